//! Tests of routing: the examples of AWS's text, the walk's steps, and the router held against an
//! oracle.

mod actions;
mod conditions;
pub(super) mod oracle;
mod patterns;
mod requests;

use super::*;
use crate::id::TargetGroupIx;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// A forward to the group of this number.
pub(super) fn to(group: u32) -> Routed {
    routed(RoutingAction::Forward(Forward {
        groups: vec![Weighted {
            target_group: TargetGroupIx(group),
            weight: 1,
        }],
        stickiness: None,
    }))
}

fn routed(action: RoutingAction) -> Routed {
    Routed {
        authentication: None,
        action,
        transforms: Vec::new(),
    }
}

pub(super) fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

pub(super) fn wild(values: &[&str]) -> Values {
    Values::Wildcards(strings(values))
}

pub(super) fn regexes(values: &[&str]) -> Values {
    Values::Regexes(strings(values))
}

pub(super) fn header(name: &str, values: Values) -> Condition {
    Condition::Header {
        name: name.into(),
        values,
    }
}

/// A router whose only rule has these conditions.
fn router(conditions: Vec<Condition>) -> Router {
    with(conditions, RoutingSettings::default())
}

fn with(conditions: Vec<Condition>, settings: RoutingSettings) -> Router {
    let rule = Rule {
        priority: 10,
        conditions,
        routed: to(1),
    };
    Router::new(vec![rule], to(0), settings)
}

pub(super) fn get(url: &str) -> Request {
    Request::from_url(url).unwrap()
}

fn with_header(name: &str, value: &str) -> Request {
    let mut request = get("http://example.com/");
    request.headers.push((name.into(), value.into()));
    request
}

/// Whether the only rule is chosen, by both ways.
fn meets(router: &Router, request: &Request) -> bool {
    let chosen = router.choose(request);
    assert_eq!(router.trace(request).chosen, Some(chosen), "{request:?}");
    chosen == Chosen::Rule(0)
}

/// The verdict on the first value of the first condition.
fn verdict(router: &Router, request: &Request) -> Verdict {
    router.trace(request).rules[0].conditions[0].values[0].verdict
}
