//! What a load balancer does with a request, in words and as JSON.

use super::deployments::share_words;
use crate::model::Model;
use crate::routing::{
    Authentication, AuthenticationKind, Chosen, Condition, ConditionTrace, Forwarded, Mismatch,
    Outcome, Refusal, Rewriting, Rewritten, RuleTrace, Trace, TransformKind, Unauthenticated,
    ValueTrace, Verdict,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// One line for a condition: what was compared, and why it was met or not.
#[must_use]
pub fn condition_words(trace: &ConditionTrace) -> String {
    let field = field_words(&trace.condition);
    let met = trace.values.iter().find_map(|it| match it.verdict {
        Verdict::Matches { at } => Some((it, at)),
        Verdict::Differs(_) => None,
    });
    if let Some((value, at)) = met {
        let what = trace.compared.get(at).map_or("", String::as_str);
        return format!("{field} `{}` matches `{what}`", value.value);
    }
    let values: Vec<String> = trace
        .values
        .iter()
        .map(|it| format!("`{}`", it.value))
        .collect();
    let verb = if values.len() == 1 { "does" } else { "do" };
    let values = values.join(" and ");
    let why = reason(trace).map_or_else(String::new, |why| format!(": {why}"));
    match trace.compared.as_slice() {
        [] => format!("{field} {values} {verb} not match{why}"),
        sent => {
            let sent: Vec<String> = sent.iter().map(|it| format!("`{it}`")).collect();
            format!(
                "{field} {values} {verb} not match {}{why}",
                sent.join(" or ")
            )
        }
    }
}

/// The condition's field in AWS's words.
fn field_words(condition: &Condition) -> String {
    match condition {
        Condition::Host(_) => "host-header".to_string(),
        Condition::Path(_) => "path-pattern".to_string(),
        Condition::Header { name, .. } => format!("http-header {name}"),
        Condition::Method(_) => "http-request-method".to_string(),
        Condition::Query(_) => "query-string".to_string(),
        Condition::SourceIp(_) => "source-ip".to_string(),
    }
}

/// Why no value matched, where there is more to say than that none did: once where it holds for
/// all values, else value by value.
fn reason(trace: &ConditionTrace) -> Option<String> {
    let said = |it: &ValueTrace| match it.verdict {
        Verdict::Matches { .. } => None,
        Verdict::Differs(mismatch) => mismatch_words(mismatch, &trace.condition),
    };
    let first = trace.values.first().and_then(said);
    if trace.values.iter().all(|it| said(it) == first) {
        return first.map(ToString::to_string);
    }
    let each = trace.values.iter();
    let each = each.filter_map(|it| Some(format!("for `{}` {}", it.value, said(it)?)));
    Some(each.collect::<Vec<_>>().join(", "))
}

fn mismatch_words(mismatch: Mismatch, condition: &Condition) -> Option<&'static str> {
    match mismatch {
        Mismatch::Absent => Some(match condition {
            Condition::Header { .. } => "the request has no such header",
            Condition::Query(_) => "the request has no query",
            Condition::Host(_)
            | Condition::Path(_)
            | Condition::Method(_)
            | Condition::SourceIp(_) => "the request has none",
        }),
        Mismatch::Case => Some("upper and lower case count here"),
        Mismatch::OnlyWithoutSlash => Some("the slash before the star must be there"),
        Mismatch::NoSuchKey => Some("the query has no such key"),
        Mismatch::OtherValue => Some("the key has another value"),
        Mismatch::OtherVersion => Some("one is an IPv4 address, the other an IPv6 one"),
        Mismatch::Text => None,
    }
}

/// What chose the action: `rule 10`, or `the default rule`.
#[must_use]
pub fn chosen_words(chosen: Option<Chosen>, rules: &[RuleTrace]) -> String {
    match chosen {
        None => "no rule is asked".to_string(),
        Some(Chosen::Default) => "no rule matches, so the default rule decides".to_string(),
        Some(Chosen::Rule(at)) => {
            let rule = rules.iter().find(|it| it.rule == at);
            let priority = rule.map_or(0, |it| it.priority);
            format!("rule {priority} is the first that matches")
        }
    }
}

/// One sentence for what becomes of the request.
#[must_use]
pub fn route_sentence(model: &Model, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => {
            let (status, why) = (refusal.status(), refusal_words(*refusal));
            format!("The load balancer answers {status} before it asks a rule: {why}.")
        }
        Outcome::Unauthenticated { kind, answer } => unauthenticated_sentence(*kind, *answer),
        Outcome::Forwarded(forwarded) => forwarded_sentence(model, forwarded),
        Outcome::NoWeight { status } => {
            format!("The load balancer answers {status}: all weights of the forward are zero.")
        }
        Outcome::RewriteFailed { rewritings } => {
            let failed = rewritings.last().map(rewriting_words).unwrap_or_default();
            format!("The load balancer answers 500: {failed}.")
        }
        Outcome::Redirected { status, location } => {
            format!(
                "The client is redirected with {} to {location}.",
                status.code()
            )
        }
        Outcome::RedirectTooLong { length, status } => format!(
            "The redirect fails with {status}: its URL of {length} bytes is longer than 8K."
        ),
        Outcome::Answered(response) => {
            let body = if response.body.is_empty() {
                "without a body".to_string()
            } else {
                format!("and `{}`", response.body)
            };
            format!("The load balancer answers {} {body}.", response.status)
        }
    }
}

fn refusal_words(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Trace => "TRACE is not allowed",
        Refusal::RequestLineTooLong => "the request line is longer than 16K",
        Refusal::HeaderTooLong => "a header is longer than 16K",
        Refusal::HeadersTooLong => "the headers are longer than 64K",
        Refusal::TooManyForwardedFor => "X-Forwarded-For has more than 30 addresses",
        Refusal::TransferEncoding => "Transfer-Encoding is neither chunked nor identity",
        Refusal::Malformed => "this is not HTTP",
    }
}

fn unauthenticated_sentence(kind: AuthenticationKind, answer: Unauthenticated) -> String {
    let what = match kind {
        AuthenticationKind::Oidc | AuthenticationKind::Cognito => "no session",
        AuthenticationKind::Jwt => "no valid token",
    };
    match answer {
        Unauthenticated::Authenticate => {
            let provider = provider_words(kind);
            format!("The request carries {what}, so the client is sent to {provider} with 302.")
        }
        Unauthenticated::Deny | Unauthenticated::Allow => {
            format!("The load balancer answers 401: the request carries {what}.")
        }
    }
}

fn provider_words(kind: AuthenticationKind) -> &'static str {
    match kind {
        AuthenticationKind::Oidc => "the OpenID Connect provider",
        AuthenticationKind::Cognito => "Amazon Cognito",
        AuthenticationKind::Jwt => "the issuer of its token",
    }
}

/// What an authentication before the action asks for.
#[must_use]
pub fn authentication_words(authentication: Authentication) -> &'static str {
    match (authentication.kind, authentication.unauthenticated) {
        (_, Unauthenticated::Allow) => "asks for a session and lets requests without one pass",
        (AuthenticationKind::Jwt, _) => "asks for a valid token",
        (_, Unauthenticated::Authenticate) => "asks for a session and sends others to log in",
        (_, Unauthenticated::Deny) => "asks for a session and refuses others",
    }
}

fn forwarded_sentence(model: &Model, forwarded: &Forwarded) -> String {
    let group = |at| model.target_group(at).name.as_str();
    let groups = match forwarded.groups.as_slice() {
        [only] => format!("`{}`", group(only.target_group)),
        several => {
            let shares = several.iter().map(|it| {
                let share = share_words(permille(it.weight, forwarded.total));
                format!("`{}` ({share})", group(it.target_group))
            });
            shares.collect::<Vec<_>>().join(" or ")
        }
    };
    let stays = forwarded.stickiness.map_or_else(String::new, |length| {
        format!(", where the client stays for {} s", length.0 / 1000)
    });
    let rewritten: Vec<String> = forwarded.rewritings.iter().map(rewriting_words).collect();
    let rewritten = match rewritten.as_slice() {
        [] => String::new(),
        all => format!(": {}", all.join(", ")),
    };
    format!("The request goes to {groups}{stays}{rewritten}.")
}

/// A weight's share, rounded to thousandths.
fn permille(weight: u32, total: u32) -> u32 {
    let rounded = weight.saturating_mul(1000).saturating_add(total / 2);
    rounded.checked_div(total).unwrap_or(0)
}

/// What one transform did.
fn rewriting_words(rewriting: &Rewriting) -> String {
    let kind = match rewriting.kind {
        TransformKind::HostHeader => "host-header-rewrite",
        TransformKind::Url => "url-rewrite",
    };
    let input = &rewriting.input;
    match &rewriting.result {
        Rewritten::Unchanged => format!("{kind} leaves `{input}` as it is"),
        Rewritten::To(made) => format!("{kind} makes `{input}` into `{made}`"),
        Rewritten::Failed(made) => {
            format!("{kind} makes `{input}` into `{made}`, which cannot be sent")
        }
    }
}

/// A trace as data: what is said above beside what it says it of.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteReport {
    /// The rules that were asked.
    pub rules: Vec<RuleReport>,
    /// Priority of the chosen rule; 0 for the default, -1 where no rule was asked, as the access
    /// log has it (1.2).
    pub matched_rule_priority: i64,
    /// What an authentication asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<&'static str>,
    /// Status of the load balancer's own answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Where a redirect leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Target groups and their weights.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target_groups: Vec<GroupReport>,
    /// Host and URL as a target gets them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// See `host`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The sentence.
    pub outcome: String,
}

/// A rule that was asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleReport {
    /// Its priority.
    pub priority: u32,
    /// Whether all its conditions were met.
    pub matches: bool,
    /// Its conditions.
    pub conditions: Vec<ConditionReport>,
}

/// A condition that was asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionReport {
    /// Its field, and the header's name.
    pub field: String,
    /// Its values as written.
    pub values: Vec<String>,
    /// What of the request they were held against.
    pub compared: Vec<String>,
    /// Whether any matched.
    pub matches: bool,
    /// The line.
    pub why: String,
}

/// A target group of a forward.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupReport {
    /// Its name.
    pub name: String,
    /// Its weight.
    pub weight: u32,
}

/// A trace with its words.
#[must_use]
pub fn route_report(model: &Model, trace: &Trace) -> RouteReport {
    let mut report = RouteReport {
        rules: trace.rules.iter().map(rule_report).collect(),
        matched_rule_priority: match trace.chosen {
            None => -1,
            Some(Chosen::Default) => 0,
            Some(Chosen::Rule(_)) => trace.rules.last().map_or(0, |it| it.priority.into()),
        },
        authentication: trace.authentication.map(authentication_words),
        status: trace.outcome.status(),
        location: None,
        target_groups: Vec::new(),
        host: None,
        url: None,
        outcome: route_sentence(model, &trace.outcome),
    };
    match &trace.outcome {
        Outcome::Forwarded(forwarded) => {
            let groups = forwarded.groups.iter().map(|it| GroupReport {
                name: model.target_group(it.target_group).name.clone(),
                weight: it.weight,
            });
            report.target_groups = groups.collect();
            report.host = Some(forwarded.host.clone());
            report.url = Some(forwarded.url.clone());
        }
        Outcome::Redirected { location, .. } => report.location = Some(location.clone()),
        Outcome::Refused(_)
        | Outcome::Unauthenticated { .. }
        | Outcome::NoWeight { .. }
        | Outcome::RewriteFailed { .. }
        | Outcome::RedirectTooLong { .. }
        | Outcome::Answered(_) => {}
    }
    report
}

fn rule_report(rule: &RuleTrace) -> RuleReport {
    let conditions = rule.conditions.iter().map(|it| ConditionReport {
        field: field_words(&it.condition),
        values: it.values.iter().map(|value| value.value.clone()).collect(),
        compared: it.compared.clone(),
        matches: it.met,
        why: condition_words(it),
    });
    RuleReport {
        priority: rule.priority,
        matches: rule.met,
        conditions: conditions.collect(),
    }
}

#[cfg(test)]
mod tests;
