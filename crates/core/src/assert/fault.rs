//! What can be wrong with an assertion, as data; [`crate::view`] words it.

use super::metric::{Label, Metric};
use super::unit::{Operator, Unit};
use crate::source::Span;
use crate::time::Instant;
use alloc::string::String;
use alloc::vec::Vec;

/// What is wrong, and where in the text; a span without length stands at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: FaultKind,
}

/// What would have had to stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A metric, an aggregate or a number.
    Value,
    /// A comparison.
    Comparison,
    /// The parenthesis that closes another.
    Parenthesis,
    /// The name of a label, or the end of the labels.
    Label,
    /// The sign between a label and its value.
    LabelSign,
    /// The value of a label.
    LabelValue,
    /// What an aggregate aggregates, in parentheses.
    Argument,
    /// The comma behind the percentage of a percentile.
    Comma,
    /// A moment.
    Moment,
    /// The two dots between two moments.
    Dots,
}

/// The ways in which a text is not an assertion.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// There is nothing.
    Empty,
    /// It is longer than is read.
    TooLong,
    /// It is nested deeper than is read.
    TooDeep,
    /// Something is missing.
    Missing(Expected),
    /// Something stands where it does not belong.
    Unexpected(String),
    /// A word that is no metric and no aggregate.
    UnknownWord {
        /// The word.
        word: String,
        /// The one that was probably meant.
        near: Option<&'static str>,
    },
    /// A unit that is none.
    UnknownUnit(String),
    /// A number with more digits than are read.
    NumberTooLong,
    /// A moment that is none.
    NotAMoment(String),
    /// One equals sign where two belong.
    SingleEquals,
    /// A second comparison.
    SecondComparison,
    /// A label that is none.
    UnknownLabel {
        /// The word.
        word: String,
        /// The one that was probably meant.
        near: Option<&'static str>,
        /// The metric that it should narrow down.
        metric: Metric,
    },
    /// A label that does not narrow this metric down.
    LabelNotForMetric {
        /// The label.
        label: Label,
        /// The metric.
        metric: Metric,
    },
    /// A label that is given twice.
    LabelTwice(Label),
    /// A quote without its second.
    UnclosedQuote,
    /// Nothing is measured.
    NoMetric,
    /// Two units that cannot be compared.
    NotComparable {
        /// The unit on the left.
        left: Unit,
        /// The unit on the right.
        right: Unit,
    },
    /// Two units that cannot be joined by this operator.
    NotJoinable {
        /// The unit on the left.
        left: Unit,
        /// The operator.
        operator: Operator,
        /// The unit on the right.
        right: Unit,
    },
    /// An aggregate within an aggregate.
    NestedAggregate,
    /// An aggregate of something that has one value only.
    NothingToAggregate,
    /// An aggregate that this metric does not have.
    AggregateNotForMetric(Metric),
    /// A percentile outside 0 to 100.
    NotAPercentile,
    /// A metric that has no value at one moment.
    NotAtAMoment(Metric),
    /// A value for every moment where one for the run is asked for.
    NotOneValue,
    /// A divisor that is zero whatever happens.
    DivisionByZero,
    /// A window that ends before it begins.
    EmptyWindow,
    /// A moment behind the end of the run.
    BeyondEnd(Instant),
    /// A name that the design does not have.
    UnknownName {
        /// What it should be the name of.
        label: Label,
        /// The name.
        name: String,
        /// The one that was probably meant.
        near: Option<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Names that exist but have nothing in common.
    NothingMatches(Metric),
}

impl Fault {
    pub(super) const fn new(span: Span, kind: FaultKind) -> Self {
        Self { span, kind }
    }
}
