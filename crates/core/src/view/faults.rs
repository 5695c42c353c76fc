//! What is wrong with listeners and rules, in words.

use crate::model::{
    ActionFault, AnswerFault, ConditionFault, ListenerFault, Quota, RoutingFault, TransformFault,
};
use crate::routing::RegexFault;
use alloc::format;
use alloc::string::{String, ToString};

/// The finding in words: what is wrong, and what to do.
pub(super) fn routing_words(fault: &RoutingFault) -> (String, &'static str) {
    match fault {
        RoutingFault::Condition(fault) => condition_words(fault),
        RoutingFault::Action(fault) => action_words(*fault),
        RoutingFault::Answer(fault) => answer_words(fault),
        RoutingFault::Transform(fault) => transform_words(fault),
        RoutingFault::Listener(fault) => listener_words(*fault),
        RoutingFault::Limit { quota, count } => quota_words(*quota, *count),
    }
}

fn said(message: &str, hint: &'static str) -> (String, &'static str) {
    (message.to_string(), hint)
}

fn condition_words(fault: &ConditionFault) -> (String, &'static str) {
    match fault {
        ConditionFault::None => said(
            "a rule needs at least one condition",
            "add one, or make its action the listener's default",
        ),
        ConditionFault::NoValues => {
            said("this condition has nothing to compare with", "add a value")
        }
        ConditionFault::TwoPlaces => said(
            "the values stand in the condition and in its configuration",
            "keep those of the configuration",
        ),
        ConditionFault::OtherConfig { config } => (
            format!("`{config}` belongs to another field"),
            "take it out, or change the condition's Field",
        ),
        ConditionFault::ConfigNeeded { config } => (
            "this field does not take values here".to_string(),
            match *config {
                "HttpHeaderConfig" => "write them in HttpHeaderConfig",
                "HttpRequestMethodConfig" => "write them in HttpRequestMethodConfig",
                "QueryStringConfig" => "write them in QueryStringConfig",
                _ => "write them in SourceIpConfig",
            },
        ),
        ConditionFault::OneValueOnly => said(
            "the condition's own Values takes one value",
            "write several in HostHeaderConfig or PathPatternConfig",
        ),
        ConditionFault::ValuesAndRegexes => said(
            "a condition has values or regular expressions, not both",
            "split it into two rules",
        ),
        ConditionFault::RegexNotHere => said(
            "this field takes no regular expressions",
            "host-header, path-pattern and http-header do",
        ),
        ConditionFault::Repeated => said(
            "a rule has one condition of this field",
            "write all values into one condition; only http-header and query-string may repeat",
        ),
        ConditionFault::TooLong { length, most } => (
            format!("{length} characters are more than the {most} that AWS takes"),
            "shorten it",
        ),
        ConditionFault::Character { character } => (
            format!("`{}` is not taken here", character.escape_debug()),
            "leave it out, or let `?` stand for it where the field has wildcards",
        ),
        ConditionFault::MethodCase { method } => (
            format!("methods are upper case, as `{method}` is, and are compared letter for letter"),
            "write it in upper case",
        ),
        ConditionFault::MethodWildcard => said(
            "a method has no wildcards",
            "write each method out, or take the condition out to take them all",
        ),
        ConditionFault::PathWithQuery => said(
            "a path-pattern is not held against the query, and its `?` stands for any character",
            "write what stands behind the `?` into a query-string condition",
        ),
        ConditionFault::HostWithPort => said(
            "a host-header value has no port",
            "leave the port out; it is the listener's",
        ),
        ConditionFault::HostWithoutDot => {
            said("a host has at least one dot", "write it with its domain")
        }
        ConditionFault::HostEnd => said(
            "only letters may follow a host's last dot",
            "write a domain name, without port or address",
        ),
        ConditionFault::HostAsHeader => said(
            "http-header does not take the Host header",
            "use a host-header condition",
        ),
        ConditionFault::HeaderName => said(
            "this is not the name of a header",
            "use letters, digits and hyphens",
        ),
        ConditionFault::Cidr => said(
            "this is not a CIDR block",
            "write an address and a prefix, such as `192.0.2.0/24` or `2001:db8::/32`",
        ),
        ConditionFault::Broadcast => {
            said("AWS does not take 255.255.255.255/32", "use another block")
        }
        ConditionFault::Regex(fault) => regex_words(fault),
    }
}

fn regex_words(fault: &RegexFault) -> (String, &'static str) {
    let lacks = |what: &str| {
        let message = format!("AWS's regular expressions have no {what}");
        (message, "write it without")
    };
    match fault {
        RegexFault::LookAround => lacks("lookahead or lookbehind"),
        RegexFault::BackReference => lacks("back references"),
        RegexFault::AtomicGroup => lacks("atomic groups"),
        RegexFault::Possessive => lacks("possessive quantifiers"),
        RegexFault::Recursion => lacks("recursion"),
        RegexFault::UnicodeClass => lacks("Unicode classes"),
        RegexFault::TooLarge => said(
            "this regular expression is too large",
            "repeat less, or nest less deep",
        ),
        RegexFault::Invalid(message) => (
            format!("this is not a regular expression: {message}"),
            "correct it",
        ),
    }
}

fn action_words(fault: ActionFault) -> (String, &'static str) {
    match fault {
        ActionFault::NoRouting => said(
            "nothing says where requests go",
            "add a forward, a redirect or a fixed-response",
        ),
        ActionFault::SecondRouting => said(
            "there is a forward, redirect or fixed-response already",
            "keep one; a forward takes several target groups",
        ),
        ActionFault::SecondAuthentication => said("there is an authentication already", "keep one"),
        ActionFault::RoutingNotLast => said(
            "the action that routes comes before the authentication",
            "give it the highest Order",
        ),
        ActionFault::NoOrder => said("several actions need an Order each", "number them from 1"),
        ActionFault::SameOrder => said("two actions have the same Order", "number them from 1"),
        ActionFault::OrderOutOfRange { order } => {
            (format!("{order} is not an Order"), "use 1 to 50000")
        }
        ActionFault::AuthenticationNeedsHttps => said(
            "only an HTTPS listener authenticates",
            "make it HTTPS, or take the action out",
        ),
        ActionFault::NoConfig { config } => (format!("`{config}` is missing"), "add it"),
        ActionFault::TwoPlaces => said(
            "TargetGroupArn and ForwardConfig name different target groups",
            "take TargetGroupArn out",
        ),
        ActionFault::GroupTwice => said(
            "this target group is listed already",
            "add its weight to the other one",
        ),
        ActionFault::NoWeight => said(
            "several target groups need a weight each",
            "use 0 to 999; a group's share is its weight by their sum",
        ),
        ActionFault::WeightOutOfRange { weight } => {
            (format!("{weight} is not a weight"), "use 0 to 999")
        }
        ActionFault::AllWeightsZero => said(
            "no target group gets requests: all weights are zero",
            "give one of them a weight above 0",
        ),
        ActionFault::StickinessDuration => said(
            "stickiness needs a duration",
            "set DurationSeconds to 1 to 604800, or Enabled to false",
        ),
        ActionFault::StickinessNeeded => said(
            "a target group keeps its clients, but the forward would send them to another group",
            "enable TargetGroupStickinessConfig, or switch the group's stickiness off",
        ),
        ActionFault::ForwardOnly => said(
            "this listener can only forward",
            "use a forward, or an HTTP listener",
        ),
    }
}

fn answer_words(fault: &AnswerFault) -> (String, &'static str) {
    match fault {
        AnswerFault::RedirectStatus => said(
            "this is not the status of a redirect",
            "use HTTP_301 or HTTP_302",
        ),
        AnswerFault::RedirectProtocol => said(
            "this is not the protocol of a redirect",
            "use HTTP, HTTPS or #{protocol}",
        ),
        AnswerFault::RedirectPort => said(
            "this is not the port of a redirect",
            "use 1 to 65535, or #{port}",
        ),
        AnswerFault::RedirectLength {
            length,
            least,
            most,
        } => (
            format!("{length} characters are not between {least} and {most}"),
            "write fewer, or leave it out to keep the request's",
        ),
        AnswerFault::RedirectPath => said(
            "a redirect's path begins with a slash",
            "write it as /#{path} or /new",
        ),
        AnswerFault::RedirectQuery => {
            said("a redirect's query is written without `?`", "take it out")
        }
        AnswerFault::Placeholder { text } => (
            format!("`{text}` is not filled in here"),
            "protocol, host, port, path and query stand for themselves; host and port also in a path, all in a query",
        ),
        AnswerFault::RedirectLoop => said(
            "this redirect leads where it came from",
            "change its protocol, host, port or path",
        ),
        AnswerFault::RedirectDowngrade => said(
            "AWS does not redirect from HTTPS to HTTP",
            "use HTTPS or #{protocol}",
        ),
        AnswerFault::FixedStatus => said(
            "this is not the status of a fixed response",
            "use a number of 200 to 299 or 400 to 599",
        ),
        AnswerFault::FixedBody { length } => (
            format!("{length} characters are more than the 1024 of a body"),
            "shorten it",
        ),
    }
}

fn transform_words(fault: &TransformFault) -> (String, &'static str) {
    match fault {
        TransformFault::OnDefault => said(
            "the default rule has no transforms",
            "add a rule with path-pattern `*` and transform there",
        ),
        TransformFault::Twice => said(
            "a rule has one transform of this type",
            "write both into one expression, or split the rule",
        ),
        TransformFault::Rewrites { count } => {
            (format!("{count} rewrites, where AWS takes one"), "keep one")
        }
        TransformFault::TooLong { length } => (
            format!("{length} characters are more than the 1024 that AWS takes"),
            "shorten it",
        ),
        TransformFault::NoSuchGroup { group, groups } => (
            format!("`${group}` refers to a group that is not there: the expression has {groups}"),
            "put what it stands for in parentheses",
        ),
        TransformFault::Regex(fault) => regex_words(fault),
    }
}

fn listener_words(fault: ListenerFault) -> (String, &'static str) {
    match fault {
        ListenerFault::Port => said("0 is not a port", "use 1 to 65535"),
        ListenerFault::Protocol => said(
            "this kind of load balancer does not listen with this protocol",
            "application: HTTP or HTTPS; network: TCP, TLS, UDP or TCP_UDP; gateway: GENEVE",
        ),
        ListenerFault::TakesNoRules => said(
            "this listener takes no rules: it forwards connections as they are",
            "use an application load balancer",
        ),
    }
}

fn quota_words(quota: Quota, count: usize) -> (String, &'static str) {
    let what = match quota {
        Quota::ConditionValues => "values of one condition",
        Quota::RuleValues => "values of a rule's conditions together",
        Quota::RuleWildcards => "wildcards in a rule's conditions together",
        Quota::ForwardGroups => "target groups of one forward",
        Quota::BalancerRules => "rules of a load balancer",
        Quota::BalancerGroups => "target groups of a load balancer",
        Quota::BalancerListeners => "listeners of a load balancer",
        Quota::GroupBalancers => "load balancers of a target group",
    };
    let hint = match quota {
        Quota::ConditionValues => "split the rule; AWS's guide and its list of quotas disagree",
        Quota::RuleValues | Quota::RuleWildcards => "split the rule into two with one action",
        Quota::ForwardGroups => "leave some out",
        Quota::BalancerRules | Quota::BalancerListeners => "ask AWS for more",
        Quota::BalancerGroups => "use another load balancer",
        Quota::GroupBalancers => "give each load balancer a group of its own",
    };
    let most = quota.most();
    (format!("{count} {what}, where AWS takes {most}"), hint)
}
