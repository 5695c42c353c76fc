//! How each rule fared with a request, as data.

use super::{Authentication, Chosen, Outcome};
use crate::routing::rule::Condition;
use alloc::string::String;
use alloc::vec::Vec;

/// Every rule up to the chosen one, and what becomes of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The rules in the order in which they were asked, the chosen one last; none where the load
    /// balancer answers before.
    pub rules: Vec<RuleTrace>,
    /// What was chosen; `None` where the load balancer answers before it asks a rule.
    pub chosen: Option<Chosen>,
    /// The authentication that stands before the chosen action.
    pub authentication: Option<Authentication>,
    /// What becomes of the request.
    pub outcome: Outcome,
}

/// How one rule fared.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTrace {
    /// Its place in the router.
    pub rule: u32,
    /// Its priority.
    pub priority: u32,
    /// Its conditions, each of them compared, whether or not one before was met.
    pub conditions: Vec<ConditionTrace>,
    /// Whether all were met.
    pub met: bool,
}

/// How one condition fared.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionTrace {
    /// The condition.
    pub condition: Condition,
    /// What of the request it was held against: the host or path as compared, each header of the
    /// name, each pair of the query, the method, the address. Empty where there is none.
    pub compared: Vec<String>,
    /// Its values, in their order.
    pub values: Vec<ValueTrace>,
    /// Whether any value matched.
    pub met: bool,
}

/// How one value fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueTrace {
    /// The value as written; a pair of a query as `key=value`.
    pub value: String,
    /// Whether it matched.
    pub verdict: Verdict,
}

/// Whether a value matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It matches what stands at this place of `compared`.
    Matches {
        /// The place.
        at: usize,
    },
    /// It matches nothing.
    Differs(Mismatch),
}

/// Why a value matched nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The request has nothing to compare: no such header, no query.
    Absent,
    /// It would match if case did not count.
    Case,
    /// It would match what stands before a final slash and star, as `/img/*` and `/img`.
    OnlyWithoutSlash,
    /// The query has no such key.
    NoSuchKey,
    /// The query has the key, with another value.
    OtherValue,
    /// The address is of the other version of IP.
    OtherVersion,
    /// None of these.
    Text,
}
