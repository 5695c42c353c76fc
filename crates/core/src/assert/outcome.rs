//! What became of an assertion, as data; [`crate::view`] words it.

use super::Comparison;
use super::metric::Metric;
use super::unit::Unit;
use crate::time::Instant;
use alloc::string::String;

/// What became of one assertion.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The assertion as it was written.
    pub text: String,
    /// Whether it holds.
    pub passed: bool,
    /// What was measured, where something was: of a violation the value that violates, else the
    /// one that came closest to it. Infinity is what did not come to pass within the run.
    pub measured: Option<f64>,
    /// How it is compared with the bound.
    pub comparison: Comparison,
    /// The bound.
    pub bound: Option<f64>,
    /// The unit of both.
    pub unit: Unit,
    /// What an availability in it was measured by.
    pub basis: Basis,
    /// The first moment at which it was violated.
    pub violated_at: Option<Instant>,
    /// Why it fails.
    pub failure: Option<Failure>,
}

/// What an availability is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// Of the time: nobody asked the services for anything.
    #[default]
    Time,
    /// Of the requests.
    Requests,
}

/// Why an assertion fails, or an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The comparison does not hold.
    Violated,
    /// Nothing of the kind happened within the window.
    NothingToMeasure(Metric),
    /// The divisor was zero.
    DivisionByZero,
    /// The arithmetic has no result: it subtracts or divides what never came to pass.
    Undefined,
    /// The metric was not recorded.
    NotRecorded(Metric),
}

/// A value that was measured and not asserted.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The value, or why there is none.
    pub value: Result<f64, Failure>,
    /// Its unit.
    pub unit: Unit,
}
