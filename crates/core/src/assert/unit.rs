//! Units of numbers and what may be done with them: a duration is never compared with a count.

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number as it is written, without a unit.
    Number,
    /// How many of something.
    Count,
    /// A part of a whole, written in percent.
    Share,
    /// One count divided by another: it compares with numbers and with percentages.
    Ratio,
    /// A length of time.
    Duration,
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Operator {
    /// Its sign.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }

    /// The unit of the result; `None` where it would mean nothing.
    pub(super) fn unit(self, left: Unit, right: Unit) -> Option<Unit> {
        match self {
            Self::Add | Self::Subtract => left.with(right),
            Self::Multiply => match (left, right) {
                (Unit::Duration, Unit::Duration) => None,
                (Unit::Duration, _) | (_, Unit::Duration) => Some(Unit::Duration),
                (Unit::Count, _) | (_, Unit::Count) => Some(Unit::Count),
                (Unit::Share, _) | (_, Unit::Share) => Some(Unit::Share),
                (Unit::Ratio, _) | (_, Unit::Ratio) => Some(Unit::Ratio),
                (Unit::Number, Unit::Number) => Some(Unit::Number),
            },
            Self::Divide => match (left, right) {
                (Unit::Number, Unit::Number) => Some(Unit::Number),
                (Unit::Duration, Unit::Duration) => Some(Unit::Ratio),
                (_, Unit::Duration) => None,
                (Unit::Duration, _) => Some(Unit::Duration),
                (Unit::Count, Unit::Number | Unit::Share | Unit::Ratio) => Some(Unit::Count),
                (Unit::Share, Unit::Number) => Some(Unit::Share),
                (Unit::Number | Unit::Count | Unit::Share | Unit::Ratio, _) => Some(Unit::Ratio),
            },
        }
    }
}

impl Unit {
    /// The unit that two numbers have in common when they are compared or added.
    pub(super) fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (left, right) if left == right => Some(left),
            (Self::Number, Self::Count) | (Self::Count, Self::Number) => Some(Self::Count),
            (Self::Number, Self::Ratio) | (Self::Ratio, Self::Number) => Some(Self::Ratio),
            (Self::Share, Self::Ratio) | (Self::Ratio, Self::Share) => Some(Self::Share),
            _ => None,
        }
    }
}
