//! What a listener of an Application Load Balancer does with a request, and why
//! (load-balancing-and-scaling.md 1.2 to 1.7).
//!
//! A [`Router`] is the compiled rules of one listener. [`Router::choose`] is the fast path of the
//! traffic engine; [`Router::trace`] tells how each rule fared. Both are plain data: the words are
//! in [`crate::view`]. Nothing here knows targets: which one of a group gets the request is
//! decided elsewhere.

mod action;
mod index;
mod lint;
mod matcher;
mod outcome;
mod redirect;
mod refusal;
mod regex;
mod request;
mod rewrite;
mod router;
mod rule;
mod settings;
mod trace;
mod view;
mod wildcard;

pub use action::{
    Authentication, AuthenticationKind, FixedResponse, Forward, Redirect, RedirectStatus, Routed,
    RoutingAction, Transform, TransformKind, Unauthenticated, Weighted,
};
pub use lint::{Example, Fault, Finding, Impossible, LINT_RULES_MAX, LINT_STEPS_MAX, lint};
pub use outcome::{Forwarded, Outcome, Refusal, Rewriting, Rewritten};
pub use redirect::REDIRECT_DEFAULTS;
pub use regex::RegexFault;
pub use request::{HttpVersion, Protocol, Request, UrlError};
pub use router::{Chosen, Router};
pub use rule::{Cidr, Condition, QueryPair, Rule, Values};
pub use settings::RoutingSettings;
pub use trace::{ConditionTrace, Mismatch, RuleTrace, Trace, ValueTrace, Verdict};

pub use refusal::is_token;
pub(crate) use regex::{Piece, groups_of, pieces};
pub(crate) use wildcard::wildcards;

#[cfg(test)]
mod tests;
