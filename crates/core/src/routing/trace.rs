//! How each rule fared with a request, as data.

use super::matcher::{Matcher, Pair, Patterns};
use super::view::{Room, View};
use super::wildcard::{Manner, Wildcard};
use super::{Authentication, Chosen, Cidr, Condition, Outcome, Request, Router, Rule, Values};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

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

impl Router {
    /// How each rule fares with a request, and what becomes of it. Asks rule by rule, without the
    /// index that [`Router::choose`] has.
    #[must_use]
    pub fn trace(&self, request: &Request) -> Trace {
        if let Some(refusal) = self.refusal(request) {
            return Trace {
                rules: Vec::new(),
                chosen: None,
                authentication: None,
                outcome: Outcome::Refused(refusal),
            };
        }
        let mut room = Room::new();
        let view = View::new(request, self.settings(), &mut room);
        let mut rules = Vec::new();
        let mut chosen = Chosen::Default;
        for (at, rule) in (0..).zip(self.rules()) {
            let matchers = &self.compiled()[at as usize].matchers;
            let trace = rule_trace(at, rule, matchers, &view);
            let met = trace.met;
            rules.push(trace);
            if met {
                chosen = Chosen::Rule(at);
                break;
            }
        }
        Trace {
            rules,
            chosen: Some(chosen),
            authentication: self.action(chosen).authentication,
            outcome: self.done(chosen, request),
        }
    }
}

fn rule_trace(at: u32, rule: &Rule, matchers: &[Matcher], view: &View<'_>) -> RuleTrace {
    let both = rule.conditions.iter().zip(matchers);
    let conditions: Vec<ConditionTrace> = both
        .map(|(condition, matcher)| condition_trace(condition, matcher, view))
        .collect();
    RuleTrace {
        rule: at,
        priority: rule.priority,
        met: conditions.iter().all(|it| it.met),
        conditions,
    }
}

fn condition_trace(condition: &Condition, matcher: &Matcher, view: &View<'_>) -> ConditionTrace {
    let compared = compared(matcher, view);
    let values = shown(condition);
    let values: Vec<ValueTrace> = (0..)
        .zip(values)
        .map(|(at, value)| ValueTrace {
            verdict: verdict(matcher, at, &value, &compared, view),
            value,
        })
        .collect();
    ConditionTrace {
        condition: condition.clone(),
        compared,
        met: values.iter().any(|it| it.verdict.is_match()),
        values,
    }
}

impl Verdict {
    /// Whether the value matched.
    #[must_use]
    pub const fn is_match(&self) -> bool {
        match self {
            Self::Matches { .. } => true,
            Self::Differs(_) => false,
        }
    }
}

/// What of the request the condition is held against.
fn compared(matcher: &Matcher, view: &View<'_>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match matcher {
        Matcher::Host { as_sent: true, .. } => vec![text(&view.host_as_sent)],
        Matcher::Host { .. } => vec![text(view.host)],
        Matcher::Path(_) => vec![text(&view.path)],
        Matcher::Header { name, .. } => view.headers(name).map(|it| text(&it)).collect(),
        Matcher::Method(_) => vec![text(&view.method())],
        Matcher::Query(_) => {
            let pair = |(key, value): (&[u8], &[u8])| format!("{}={}", text(key), text(value));
            view.pairs().map(pair).collect()
        }
        Matcher::SourceIp(_) => vec![view.request.source_ip.to_string()],
    }
}

/// The values of a condition as written.
fn shown(condition: &Condition) -> Vec<String> {
    match condition {
        Condition::Host(values) | Condition::Path(values) | Condition::Header { values, .. } => {
            match values {
                Values::Wildcards(all) | Values::Regexes(all) => all.clone(),
            }
        }
        Condition::Method(methods) => methods.clone(),
        Condition::Query(pairs) => pairs.iter().map(ToString::to_string).collect(),
        Condition::SourceIp(blocks) => blocks.iter().map(ToString::to_string).collect(),
    }
}

fn verdict(
    matcher: &Matcher,
    at: usize,
    value: &str,
    compared: &[String],
    view: &View<'_>,
) -> Verdict {
    let found = match matcher {
        Matcher::Host { patterns, .. } | Matcher::Header { patterns, .. } => {
            return of_patterns(patterns, at, value, compared);
        }
        Matcher::Path(patterns) => return of_patterns(patterns, at, value, compared),
        Matcher::Method(methods) => methods.get(at).filter(|it| {
            let sent = compared.first().map(String::as_bytes);
            sent == Some(it.as_ref())
        }),
        Matcher::Query(pairs) => return of_pair(pairs.get(at), view),
        Matcher::SourceIp(blocks) => return of_block(blocks.get(at), view),
    };
    let differs = |sent: &String| {
        if sent.eq_ignore_ascii_case(value) {
            Mismatch::Case
        } else {
            Mismatch::Text
        }
    };
    match found {
        Some(_) => Verdict::Matches { at: 0 },
        None => Verdict::Differs(compared.first().map_or(Mismatch::Absent, differs)),
    }
}

fn of_patterns(patterns: &Patterns, at: usize, value: &str, compared: &[String]) -> Verdict {
    let matches = |text: &str| patterns.matches(at, text.as_bytes());
    if let Some(at) = compared.iter().position(|it| matches(it)) {
        return Verdict::Matches { at };
    }
    let with_slash = |text: &String| value.ends_with("/*") && matches(&format!("{text}/"));
    let other_case = |text: &String| {
        let manner = Manner {
            any_case: true,
            escapes: false,
            anchored: true,
            separator: None,
        };
        !patterns.are_regexes() && Wildcard::new(value, manner).matches(text.as_bytes())
    };
    Verdict::Differs(if compared.is_empty() {
        Mismatch::Absent
    } else if compared.iter().any(with_slash) {
        Mismatch::OnlyWithoutSlash
    } else if compared.iter().any(other_case) {
        Mismatch::Case
    } else {
        Mismatch::Text
    })
}

fn of_pair(pair: Option<&Pair>, view: &View<'_>) -> Verdict {
    let Some(pair) = pair else {
        return Verdict::Differs(Mismatch::Text);
    };
    let found = view
        .pairs()
        .position(|(key, value)| pair.matches(key, value));
    if let Some(at) = found {
        return Verdict::Matches { at };
    }
    Verdict::Differs(if view.pairs().next().is_none() {
        Mismatch::Absent
    } else if !pair.has_key() {
        Mismatch::Text
    } else if view.pairs().any(|(key, _)| pair.key_matches(key)) {
        Mismatch::OtherValue
    } else {
        Mismatch::NoSuchKey
    })
}

fn of_block(block: Option<&Cidr>, view: &View<'_>) -> Verdict {
    let address = view.request.source_ip;
    match block {
        Some(block) if block.contains(address) => Verdict::Matches { at: 0 },
        Some(block) if block.address.is_ipv4() != address.is_ipv4() => {
            Verdict::Differs(Mismatch::OtherVersion)
        }
        Some(_) | None => Verdict::Differs(Mismatch::Text),
    }
}
