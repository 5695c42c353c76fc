//! The cluster query language, in which placement constraints of type `memberOf` and filters of
//! container instances are written (ecs.md 2.9, DG:cluster-query-language).
//!
//! It reads an expression once and then says of a host whether it matches, and if not, which part
//! keeps it away. It deliberately collects nothing about hosts: the caller brings [`HostFacts`].
//! It has no words for its errors either; [`crate::view`] words them.
//!
//! What AWS leaves open, and how we chose:
//! - `and` binds tighter than `or`, `not` tighter than both, as in every language that people
//!   who write such expressions know.
//! - Subjects, word operators, names and values are case-sensitive: the guide gives one spelling.
//! - An operator asks whether *some* value of its subject satisfies it. A missing attribute has no
//!   value, so that everything but `not_exists` fails on it; the guide says so of `!=`. A host
//!   has one value of `task:group` per task: `task:group != x` therefore asks for a host with a
//!   task of another group, and an empty host does not match. Anti-affinity is
//!   `not(task:group == x)`, which is the guide's example and plain negation.
//! - An attribute without a value exists and equals nothing: `!=`, `not_in` and `!~` hold, since
//!   the guide reads `stack != prod` as "has stack, and it is not prod"; all else fails.
//! - `>`, `>=`, `<`, `<=` on attributes compare numbers if both sides are decimal numbers, since
//!   nobody means that 10 is less than 9; otherwise they compare code points.
//! - `exists` and `not_exists` are for attributes and for `task:group` (any task at all); ordering
//!   is not for groups. The guide lists operators of the other subjects only.
//! - An unquoted value ends at white space, a parenthesis, `,`, `]`, `&&` or `||`; an unquoted
//!   pattern may hold `,` and `]`. The words `and` and `or` need quotes to be values. A
//!   quoted value holds everything up to the same quote; there are no escapes, for backslashes
//!   belong to patterns.
//! - A pattern has to match the whole value, see `pattern`.
//! - A date without a time is midnight, a time without an offset is UTC, see [`parse_moment`].

mod matching;
mod moment;
mod number;
mod operator;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod version;

#[cfg(test)]
pub(crate) use tests::faulty_texts;

pub use moment::parse_moment;
pub use operator::{Operator, Subject};
pub use pattern::PatternFault;
pub use version::compare_versions;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use tree::{Node, Test};

/// Longest expression, in characters (API:PlacementConstraint).
pub const EXPRESSION_CHARS_MAX: usize = 2000;

/// Deepest nesting of parentheses and negations. AWS names no limit; ours keeps the stack in
/// bounds.
pub const DEPTH_MAX: usize = 64;

/// An expression of the cluster query language, ready to be asked about hosts.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    root: Node,
}

/// Two queries are equal if their texts are.
impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Query {}

/// What is known of a container instance.
#[derive(Clone, Copy, Debug)]
pub struct HostFacts<'a> {
    /// Attributes by name, with their value where they have one.
    pub attributes: &'a BTreeMap<String, Option<String>>,
    /// The id of its EC2 instance; empty where it is none, and then nothing is true of it.
    pub ec2_instance_id: &'a str,
    /// Whether the agent is connected.
    pub agent_connected: bool,
    /// The agent's version; nothing is true of one that cannot be read.
    pub agent_version: &'a str,
    /// When it registered, in seconds since 1970 UTC; without it, nothing is true of it.
    pub registered_at: Option<i64>,
    /// Tasks that run on it.
    pub running_tasks_count: u32,
    /// The groups of its tasks. The caller decides which statuses count.
    pub task_groups: &'a [&'a str],
}

/// Why a host does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss<'a> {
    /// The text of the single expression that fails, of the negation that fails, or of the
    /// alternatives of which none holds.
    pub part: &'a str,
    /// The name of the attribute, if the single expression fails because the host has none of
    /// this name.
    pub lacks_attribute: Option<&'a str>,
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The byte of the text at which the fault begins.
    pub at: usize,
    /// The first byte behind it; the same as `at` at the end of the text.
    pub end: usize,
    /// What is wrong.
    pub kind: QueryErrorKind,
}

/// The ways in which a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryErrorKind {
    /// Nothing but white space.
    Empty,
    /// More than [`EXPRESSION_CHARS_MAX`] characters.
    TooLong {
        /// How many there are.
        chars: usize,
    },
    /// More than [`DEPTH_MAX`] parentheses and negations inside each other.
    TooDeep,
    /// An expression belongs here: behind a connective or a negation, or in parentheses.
    MissingExpression,
    /// The first word of an expression names nothing to ask about.
    UnknownSubject {
        /// The word.
        word: String,
    },
    /// `attribute:` without a name behind it.
    MissingAttributeName,
    /// A name with a character that no attribute's name can have.
    InvalidAttributeName {
        /// The name.
        name: String,
    },
    /// Nothing, or a connective, where an operator belongs.
    MissingOperator,
    /// What stands where an operator belongs is none.
    UnknownOperator {
        /// What stands there.
        text: String,
    },
    /// The subject cannot be asked this.
    OperatorNotForSubject {
        /// The operator.
        operator: Operator,
        /// The subject.
        subject: Subject,
    },
    /// Nothing, or a connective, where a value belongs.
    MissingValue,
    /// A value behind an operator that takes none.
    UnexpectedValue {
        /// The operator.
        operator: Operator,
        /// The value.
        text: String,
    },
    /// No `[` behind an operator that takes a list.
    ListNeeded {
        /// The operator.
        operator: Operator,
    },
    /// A `[` behind an operator that takes one value.
    ListNotAllowed {
        /// The operator.
        operator: Operator,
    },
    /// A list without values.
    EmptyList,
    /// A list without its `]`.
    UnclosedList,
    /// Two values of a list without a comma between them.
    MissingComma,
    /// A quote without its second one.
    UnclosedQuote,
    /// A `(` without its `)`.
    UnclosedParenthesis,
    /// A parenthesis in a value without quotes.
    ParenthesisInValue,
    /// Something else than a connective behind an expression.
    UnexpectedText {
        /// What stands there.
        text: String,
    },
    /// Not a pattern, or not one that we match.
    InvalidRegex {
        /// What is wrong with it.
        reason: PatternFault,
    },
    /// Not numbers with dots between them.
    InvalidVersion {
        /// The value.
        text: String,
    },
    /// Neither a date nor a date with a time.
    InvalidMoment {
        /// The value.
        text: String,
    },
    /// Not a whole number.
    InvalidNumber {
        /// The value.
        text: String,
    },
    /// Neither `true` nor `false`.
    InvalidBoolean {
        /// The value.
        text: String,
    },
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first fault of the text.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let root = parse::parse(text)?;
        let text = text.to_string();
        Ok(Self { text, root })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the host matches.
    #[must_use]
    pub fn matches(&self, host: &HostFacts<'_>) -> bool {
        self.root.holds(host)
    }

    /// Whether the verdict on a host can change during a run: while tasks come and go, when its
    /// agent connects, or when it registers.
    #[must_use]
    pub fn depends_on_state(&self) -> bool {
        self.tests().iter().any(|test| match test {
            Test::AgentConnected(_)
            | Test::RunningTasksCount(..)
            | Test::TaskGroup(_)
            | Test::RegisteredAt(..) => true,
            Test::AgentVersion(..) | Test::Attribute { .. } | Test::Ec2InstanceId(_) => false,
        })
    }

    /// Whether it asks for groups, so that callers need not collect them otherwise.
    #[must_use]
    pub fn asks_for_groups(&self) -> bool {
        let asks = |test: &&Test| matches!(test, Test::TaskGroup(_));
        self.tests().iter().any(asks)
    }

    /// The names of the attributes that it asks for, in the order of the text, as often as they
    /// stand there.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.tests().into_iter().filter_map(Test::attribute)
    }

    /// Why the host does not match: the first part of the text that keeps it from matching.
    #[must_use]
    pub fn miss<'a>(&'a self, host: &HostFacts<'_>) -> Option<Miss<'a>> {
        let (span, lacks_attribute) = self.root.miss(host)?;
        Some(Miss {
            part: &self.text[span.start..span.end],
            lacks_attribute,
        })
    }

    fn tests(&self) -> Vec<&Test> {
        let mut tests = Vec::new();
        self.root.collect_tests(&mut tests);
        tests
    }
}
