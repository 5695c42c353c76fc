//! Subjects and operators, their spellings, and which goes with which (ecs.md 2.9).

use core::fmt;

/// What an expression can ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whether the agent is connected.
    AgentConnected,
    /// The agent's version.
    AgentVersion,
    /// An attribute, whose name follows.
    Attribute,
    /// The id of the EC2 instance.
    Ec2InstanceId,
    /// When the host registered.
    RegisteredAt,
    /// Tasks that run on the host.
    RunningTasksCount,
    /// The groups of the tasks on the host.
    TaskGroup,
}

/// How a subject is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`.
    Equals,
    /// `!=`.
    NotEquals,
    /// `>`.
    GreaterThan,
    /// `>=`.
    GreaterThanEqual,
    /// `<`.
    LessThan,
    /// `<=`.
    LessThanEqual,
    /// `exists`.
    Exists,
    /// `!exists`.
    NotExists,
    /// `in`.
    In,
    /// `!in`.
    NotIn,
    /// `=~`.
    Matches,
    /// `!~`.
    NotMatches,
}

impl Subject {
    /// All of them, in the order of the guide.
    pub const ALL: [Self; 7] = [
        Self::AgentConnected,
        Self::AgentVersion,
        Self::Attribute,
        Self::Ec2InstanceId,
        Self::RegisteredAt,
        Self::RunningTasksCount,
        Self::TaskGroup,
    ];

    /// How it is written; a name follows `attribute:`.
    #[must_use]
    pub const fn spelling(self) -> &'static str {
        match self {
            Self::AgentConnected => "agentConnected",
            Self::AgentVersion => "agentVersion",
            Self::Attribute => "attribute:",
            Self::Ec2InstanceId => "ec2InstanceId",
            Self::RegisteredAt => "registeredAt",
            Self::RunningTasksCount => "runningTasksCount",
            Self::TaskGroup => "task:group",
        }
    }

    /// Whether it can be asked this. The guide lists the operators of all subjects but attributes,
    /// which take all, and groups, which take all but ordering; both are our reading of it.
    #[must_use]
    pub const fn takes(self, operator: Operator) -> bool {
        match operator {
            Operator::Equals | Operator::NotEquals => true,
            Operator::GreaterThan
            | Operator::GreaterThanEqual
            | Operator::LessThan
            | Operator::LessThanEqual => !self.is_plain_text(),
            Operator::Exists | Operator::NotExists => {
                matches!(self, Self::Attribute | Self::TaskGroup)
            }
            Operator::In | Operator::NotIn | Operator::Matches | Operator::NotMatches => {
                self.is_plain_text() || matches!(self, Self::Attribute)
            }
        }
    }

    /// Whether its values are texts without an order.
    const fn is_plain_text(self) -> bool {
        match self {
            Self::AgentConnected | Self::Ec2InstanceId | Self::TaskGroup => true,
            Self::AgentVersion | Self::Attribute | Self::RegisteredAt | Self::RunningTasksCount => {
                false
            }
        }
    }
}

impl Operator {
    /// All of them, in the order of the guide.
    pub const ALL: [Self; 12] = [
        Self::Equals,
        Self::NotEquals,
        Self::GreaterThan,
        Self::GreaterThanEqual,
        Self::LessThan,
        Self::LessThanEqual,
        Self::Exists,
        Self::NotExists,
        Self::In,
        Self::NotIn,
        Self::Matches,
        Self::NotMatches,
    ];

    /// Its short spelling.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Equals => "==",
            Self::NotEquals => "!=",
            Self::GreaterThan => ">",
            Self::GreaterThanEqual => ">=",
            Self::LessThan => "<",
            Self::LessThanEqual => "<=",
            Self::Exists => "exists",
            Self::NotExists => "!exists",
            Self::In => "in",
            Self::NotIn => "!in",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// Its spelling in words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "not_equals",
            Self::GreaterThan => "greater_than",
            Self::GreaterThanEqual => "greater_than_equal",
            Self::LessThan => "less_than",
            Self::LessThanEqual => "less_than_equal",
            Self::Exists => "exists",
            Self::NotExists => "not_exists",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Matches => "matches",
            Self::NotMatches => "not_matches",
        }
    }

    /// The operator of a spelling, short or in words.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let is_it = |it: &Self| it.symbol() == text || it.word() == text;
        Self::ALL.into_iter().find(is_it)
    }

    /// Whether it is the opposite of another, wherever the subject has a value.
    #[must_use]
    pub(super) const fn is_negated(self) -> bool {
        match self {
            Self::NotEquals | Self::NotExists | Self::NotIn | Self::NotMatches => true,
            Self::Equals
            | Self::GreaterThan
            | Self::GreaterThanEqual
            | Self::LessThan
            | Self::LessThanEqual
            | Self::Exists
            | Self::In
            | Self::Matches => false,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
