//! The assertion language, in which a scenario says what has to hold of its run.
//!
//! One assertion is one comparison: `min(healthy_tasks{service=edges}) >= 2`,
//! `availability(service=edges) >= 99.9%`, `deploy_duration < 8m`,
//! `max(pending_tasks) <= 3 during 10m..20m`, `running_tasks{service=edges} == 4 at PT30M`.
//! It is read here, its names are checked against a model, and it is evaluated on what
//! [`crate::sim`] recorded. What is wrong with one is data; [`crate::view`] words it.
//!
//! ```text
//! assertion  = sum comparison sum [ clause ]
//! comparison = "<" | "<=" | ">" | ">=" | "==" | "!="
//! sum        = product { ("+" | "-") product }
//! product    = factor { ("*" | "/") factor }
//! factor     = "-" factor | "(" sum ")" | quantity | metric | aggregate
//! metric     = NAME [ ("{" | "(") [ label "=" value { "," label "=" value } ] ("}" | ")") ]
//! aggregate  = "min" | "max" | "avg" | "sum" | "first" | "last" | "p50" … "p99.9" "(" sum ")"
//!            | "percentile" "(" NUMBER "," sum ")"
//! quantity   = NUMBER [ "%" | "ms" | "s" | "m" | "h" | "d" ] | ISO 8601 (PT10M) | 00:10:00
//! clause     = "during" moment ".." moment | "at" moment | "after" moment | "until" moment
//! ```
//!
//! What it means:
//! - The *window* is what the clause says, both ends included; moments count from the start of the
//!   run. Without a clause it begins at the scenario's `measureFrom`, else at the start, and ends
//!   with the run.
//! - A gauge (`healthy_tasks`) that stands outside every aggregate means *at every moment of the
//!   window*; with `at` it means that moment, after everything that happens at it.
//! - Averages and percentiles weigh a value by how long it held. What is within an aggregate may
//!   itself be arithmetic: `min(healthy_tasks / desired_tasks)`.
//! - A counter (`failed_tasks`) is how many there were within the window.
//! - A length of time (`deploy_duration`) is the longest of those that begin within the window,
//!   unless an aggregate says otherwise. One that does not end within the run is longer than
//!   everything. If none begins, there is nothing to measure and the assertion fails: a
//!   gate that silently measures nothing is open.
//! - `latency` is how long each answer took: an aggregate of it is of all requests of the window
//!   together, and without one it is the longest.
//! - `error_rate` is how many requests of the window failed, of all. Where there are none, there is
//!   nothing to measure.
//! - `availability` is how many requests of the window to the services were answered, of all, where
//!   there are any; else the share of the window at which every service that wants a task has a
//!   healthy one. The outcome says which.
//! - Without labels, all services, hosts, load balancers or target groups count together.
//! - The first moment of a violation is the first at which the comparison does not hold when each
//!   aggregate is taken at that moment alone.

mod bind;
mod check;
mod cursor;
mod evaluate;
mod fault;
mod metric;
mod outcome;
mod parse;
mod recorded;
mod ruler;
mod series;
#[cfg(test)]
mod tests;
mod unit;

pub use bind::Names;
pub use evaluate::{Window, evaluate, measure};
pub use fault::{Expected, Fault, FaultKind};
pub use metric::{Label, Labels, Metric, Shape};
pub use outcome::{Basis, Failure, Measured, Outcome};
pub use recorded::{Distribution, Ratio, Recorded};
pub use series::{Length, Series};
pub use unit::{Operator, Unit};

use crate::source::Span;
use crate::time::Instant;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// Longest assertion, in characters.
pub const CHARS_MAX: usize = 1000;

/// Deepest nesting of parentheses, signs and aggregates; it keeps the stack in bounds.
pub const DEPTH_MAX: usize = 32;

/// An assertion, ready to be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// As it was written.
    pub text: String,
    /// What stands before the comparison.
    pub left: Expression,
    /// The comparison.
    pub comparison: Comparison,
    /// What stands behind it.
    pub right: Expression,
    /// When it has to hold.
    pub clause: Clause,
    /// Where the clause stands.
    pub clause_span: Span,
}

/// A part that has a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Where it stands in the text.
    pub span: Span,
    /// The unit of its value.
    pub unit: Unit,
    /// Whether it has a value at every moment and none for the window.
    pub varies: bool,
    /// What it is.
    pub kind: ExpressionKind,
}

/// The kinds of parts.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A number in its base unit: shares as parts of one, durations in milliseconds.
    Number(f64),
    /// Minus something.
    Negative(Box<Expression>),
    /// Two parts joined.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// A metric.
    Metric(Selector),
    /// Many values made one.
    Aggregate(Aggregate, Box<Expression>),
}

/// A metric and what narrows it down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    /// What is measured.
    pub metric: Metric,
    /// Of what.
    pub labels: Labels,
}

/// How many values become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregate {
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The mean over time.
    Avg,
    /// All of them together.
    Sum,
    /// The value at the start of the window.
    First,
    /// The value at its end.
    Last,
    /// The value that is not exceeded for so many percent of the time.
    Percentile(f64),
}

/// How two sides are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// When an assertion has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// From the scenario's `measureFrom` to the end.
    Whole,
    /// Between two moments.
    During(Instant, Instant),
    /// At one moment.
    At(Instant),
    /// From a moment to the end.
    After(Instant),
    /// From the start to a moment.
    Until(Instant),
}

impl Assertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// The text is none, or compares what cannot be compared; the first fault, with its place.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse::assertion(text)
    }

    /// The metrics that it needs.
    #[must_use]
    pub fn selectors(&self) -> BTreeSet<&Selector> {
        let mut found = self.left.selectors();
        found.extend(self.right.selectors());
        found
    }
}

impl Expression {
    /// Reads an expression alone, for what is measured and not asserted.
    ///
    /// # Errors
    /// The text is none, or it has a value at every moment and none for the window.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse::expression(text)
    }

    /// The metrics that it needs.
    #[must_use]
    pub fn selectors(&self) -> BTreeSet<&Selector> {
        let mut found = BTreeSet::new();
        self.each_metric(&mut |selector, _| {
            found.insert(selector);
        });
        found
    }

    fn each_metric<'a>(&'a self, tell: &mut impl FnMut(&'a Selector, Span)) {
        match &self.kind {
            ExpressionKind::Number(_) => {}
            ExpressionKind::Negative(inner) | ExpressionKind::Aggregate(_, inner) => {
                inner.each_metric(tell);
            }
            ExpressionKind::Binary(_, left, right) => {
                left.each_metric(tell);
                right.each_metric(tell);
            }
            ExpressionKind::Metric(selector) => tell(selector, self.span),
        }
    }

    fn has_metric(&self) -> bool {
        !self.selectors().is_empty()
    }
}

/// Parts of the larger of two values by which they may differ and still count as equal: shares of
/// requests are rounded to millionths of one, and nobody who writes `== 20%` means the eighth
/// digit. No duration below two hours is concerned.
const SAME: f64 = 1e-7;

fn is_same(one: f64, other: f64) -> bool {
    // Infinite values differ from all but themselves.
    one == other || (one - other).abs() <= SAME * f64::max(one.abs(), other.abs()).min(f64::MAX)
}

impl Comparison {
    /// Its sign.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(self, left: f64, right: f64) -> bool {
        let is_equal = is_same(left, right);
        match self {
            Self::Less => left < right && !is_equal,
            Self::AtMost => left <= right || is_equal,
            Self::More => left > right && !is_equal,
            Self::AtLeast => left >= right || is_equal,
            Self::Equal => is_equal,
            Self::NotEqual => !is_equal,
        }
    }

    /// The same comparison with its sides exchanged.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
        }
    }
}
