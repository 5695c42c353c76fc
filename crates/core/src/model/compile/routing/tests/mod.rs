//! Each way in which AWS refuses a listener or a rule, told at its place; what is left routes.

mod actions;
mod anything;
mod conditions;
mod listeners;

use crate::design::Design;
use crate::draw::{Stream, draw_below};
use crate::id::LoadBalancerIx;
use crate::model::{Compiled, Listener, ListenerProtocol, Settings, compile};
use crate::routing::{Chosen, Outcome, Request, RoutingSettings};
use crate::severity::Severity;
use crate::view::diagnostic_words;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// A design with an application load balancer that listens on 80 and 443, a network one, and
/// three target groups.
fn design(rules: &Value) -> Design {
    let default = json!([{"Type": "forward", "TargetGroupArn": "web"}]);
    let listener = |balancer: &str, protocol: &str, port: u16| {
        json!({
            "LoadBalancerArn": balancer,
            "Protocol": protocol,
            "Port": port,
            "DefaultActions": default,
        })
    };
    read(&json!({
        "stowplan": 1,
        "loadBalancers": [{"Name": "alb"}, {"Name": "nlb", "Type": "network"}],
        "targetGroups": [
            {"Name": "web"},
            {"Name": "api"},
            {"Name": "sticky", "Attributes": [{"Key": "stickiness.enabled", "Value": "true"}]},
        ],
        "listeners": [listener("alb", "HTTP", 80), listener("alb", "HTTPS", 443)],
        "rules": rules,
    }))
}

fn read(document: &Value) -> Design {
    Design::read(&document.to_string()).unwrap()
}

fn conditions(conditions: Value) -> Value {
    rule("alb:80", conditions, forward("api"))
}

fn rule(listener: &str, conditions: Value, actions: Value) -> Value {
    json!({
        "ListenerArn": listener,
        "Priority": 1,
        "Conditions": conditions,
        "Actions": actions,
    })
}

fn forward(group: &str) -> Value {
    json!([{"Type": "forward", "TargetGroupArn": group}])
}

fn path(value: &str) -> Value {
    json!([{"Field": "path-pattern", "Values": [value]}])
}

fn actions(listener: &str, actions: Value) -> Value {
    rule(listener, path("/a"), actions)
}

fn found(compiled: &Compiled) -> Vec<String> {
    let all = compiled.diagnostics.iter();
    all.map(|it| format!("{} {}", it.problem.id(), it.pointer))
        .collect()
}

fn listener<'a>(compiled: &'a Compiled, name: &str) -> &'a Listener {
    let at = compiled.model.listener_named(name).unwrap();
    compiled.model.listener(at)
}

/// Asserts that a rule has this fault and no other, is worded, and is left out while the one
/// beside it routes.
fn refused(rule: &Value, expected: &str) {
    let other = json!({
        "ListenerArn": rule["ListenerArn"],
        "Priority": 2,
        "Conditions": path("/other"),
        "Actions": forward("web"),
    });
    let compiled = compile(&design(&json!([rule, other])), None);
    assert_eq!(found(&compiled), [expected.to_string()], "{rule}");
    let problem = &compiled.diagnostics[0];
    assert_eq!(problem.problem.severity(), Severity::Error, "{rule}");
    let words = diagnostic_words(problem);
    assert!(!words.message.is_empty() && words.hint.is_some(), "{rule}");
    let name = rule["ListenerArn"].as_str().unwrap();
    let rules = listener(&compiled, name).router.rules();
    let priorities: Vec<u32> = rules.iter().map(|it| it.priority).collect();
    assert_eq!(priorities, [2], "{rule}");
}

/// Asserts that a rule is taken without a word.
fn taken(rule: &Value) {
    let compiled = compile(&design(&json!([rule])), None);
    assert!(
        compiled.diagnostics.is_empty(),
        "{rule}: {:?}",
        compiled.diagnostics
    );
    let name = rule["ListenerArn"].as_str().unwrap();
    assert_eq!(listener(&compiled, name).router.rules().len(), 1, "{rule}");
}
