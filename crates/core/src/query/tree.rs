//! A compiled expression: single tests, joined by and, or, not.

use super::operator::Operator;
use super::pattern::Pattern;
use crate::source::Span;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A part of an expression and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// Any of these; two or more.
    Or(Vec<Node>),
    /// All of these; two or more.
    And(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A single expression.
    Single(Test),
}

/// A subject and what is asked of it.
#[derive(Clone, Debug)]
pub(super) enum Test {
    AgentConnected(TextTest),
    AgentVersion(Relation, String),
    Attribute { name: String, test: TextTest },
    Ec2InstanceId(TextTest),
    RegisteredAt(Relation, i64),
    RunningTasksCount(Relation, i64),
    TaskGroup(TextTest),
}

impl Test {
    /// The name of the attribute that it asks for.
    pub(super) fn attribute(&self) -> Option<&str> {
        match self {
            Self::Attribute { name, .. } => Some(name),
            Self::AgentConnected(_)
            | Self::AgentVersion(..)
            | Self::Ec2InstanceId(_)
            | Self::RegisteredAt(..)
            | Self::RunningTasksCount(..)
            | Self::TaskGroup(_) => None,
        }
    }
}

/// What is asked of a subject whose values are texts.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    /// Whether there is a value.
    Exists,
    /// Whether there is none.
    NotExists,
    /// Whether some value is as asked.
    Is(Asked),
    /// Whether some value is not as asked.
    IsNot(Asked),
}

/// What a text can be compared with.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Equal(String),
    In(Vec<String>),
    Match(Pattern),
    Compare(Relation, String),
}

/// How two values of an ordered kind stand to each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
}

impl Relation {
    /// The relation that an operator asks for, if it compares.
    pub(super) const fn of(operator: Operator) -> Option<Self> {
        match operator {
            Operator::Equals => Some(Self::Equal),
            Operator::NotEquals => Some(Self::NotEqual),
            Operator::GreaterThan => Some(Self::Greater),
            Operator::GreaterThanEqual => Some(Self::GreaterEqual),
            Operator::LessThan => Some(Self::Less),
            Operator::LessThanEqual => Some(Self::LessEqual),
            Operator::Exists
            | Operator::NotExists
            | Operator::In
            | Operator::NotIn
            | Operator::Matches
            | Operator::NotMatches => None,
        }
    }

    /// Whether two values of this order are related so.
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
        }
    }
}
