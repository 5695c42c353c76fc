//! A trace in words: each reason and each outcome as it is read.

use super::*;
use crate::design::Design;
use crate::model::{Diagnostic, compile};
use crate::routing::Request;
use crate::severity::Severity;
use serde_json::{Value, json};

/// A model whose listener has these rules, by ascending priority.
fn model(rules: &[(Value, Value)]) -> Model {
    let rules = (1..).zip(rules).map(|(priority, (conditions, actions))| {
        json!({"ListenerArn": "alb:443", "Priority": priority, "Conditions": conditions, "Actions": actions})
    });
    let document = json!({
        "stowplan": 1,
        "loadBalancers": [{"Name": "alb"}],
        "targetGroups": [{"Name": "web"}, {"Name": "api"}],
        "listeners": [{"LoadBalancerArn": "alb", "Protocol": "HTTPS", "Port": 443,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "web"}]}],
        "rules": rules.collect::<Vec<_>>(),
    });
    let compiled = compile(&Design::read(&document.to_string()).unwrap(), None);
    let is_error = |it: &Diagnostic| it.problem.severity() == Severity::Error;
    let faulty = compiled.diagnostics.iter().any(is_error);
    assert!(!faulty, "{:?}", compiled.diagnostics);
    compiled.model
}

fn web() -> Value {
    json!([{"Type": "forward", "TargetGroupArn": "web"}])
}

fn request(url: &str) -> Request {
    Request::from_url(url).unwrap()
}

/// The line of the only condition of the only rule.
fn line(condition: &Value, request: &Request) -> String {
    let model = model(&[(json!([condition]), web())]);
    let trace = model.listeners[0].router.trace(request);
    condition_words(&trace.rules[0].conditions[0])
}

#[test]
fn a_reason_is_said_only_of_the_values_that_have_it() {
    let blocks = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "2001:db8::/32"]}});
    assert_eq!(
        line(&blocks, &request("https://h.com/")),
        "source-ip `10.0.0.0/8` and `2001:db8::/32` do not match `127.0.0.1`: \
         for `2001:db8::/32` one is an IPv4 address, the other an IPv6 one"
    );
    let pairs = json!({"Field": "query-string", "QueryStringConfig": {"Values": [
        {"Key": "ver", "Value": "1"}, {"Key": "v", "Value": "1"}, {"Value": "debug*"}]}});
    assert_eq!(
        line(&pairs, &request("https://h.com/?v=2")),
        "query-string `ver=1` and `v=1` and `debug*` do not match `v=2`: \
         for `ver=1` the query has no such key, for `v=1` the key has another value"
    );
}

#[test]
fn a_line_says_what_was_compared_and_why_it_failed() {
    let api = json!({"Field": "path-pattern", "Values": ["/api/*"]});
    let said = |url: &str| line(&api, &request(url));
    assert_eq!(
        said("https://h.com/api/a"),
        "path-pattern `/api/*` matches `/api/a`"
    );
    assert_eq!(
        said("https://h.com/img/a"),
        "path-pattern `/api/*` does not match `/img/a`"
    );
    assert_eq!(
        said("https://h.com/API/a"),
        "path-pattern `/api/*` does not match `/API/a`: upper and lower case count here"
    );
    assert_eq!(
        said("https://h.com/api"),
        "path-pattern `/api/*` does not match `/api`: the slash before the star must be there"
    );
    let header = json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-A", "Values": ["a", "b"]}});
    let mut sent = request("https://h.com/");
    assert_eq!(
        line(&header, &sent),
        "http-header X-A `a` and `b` do not match: the request has no such header"
    );
    sent.headers = alloc::vec![("x-a".into(), "c".into()), ("x-a".into(), "d".into())];
    assert_eq!(
        line(&header, &sent),
        "http-header X-A `a` and `b` do not match `c` or `d`"
    );
    let query = json!({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}});
    let said = |url: &str| line(&query, &request(url));
    assert_eq!(
        said("https://h.com/?v=1"),
        "query-string `v=1` matches `v=1`"
    );
    assert_eq!(
        said("https://h.com/?v=2"),
        "query-string `v=1` does not match `v=2`: the key has another value"
    );
    assert_eq!(
        said("https://h.com/?w=1"),
        "query-string `v=1` does not match `w=1`: the query has no such key"
    );
    assert_eq!(
        said("https://h.com/"),
        "query-string `v=1` does not match: the request has no query"
    );
    let block = json!({"Field": "source-ip", "SourceIpConfig": {"Values": ["2001:db8::/32"]}});
    assert_eq!(
        line(&block, &request("https://h.com/")),
        "source-ip `2001:db8::/32` does not match `127.0.0.1`: one is an IPv4 address, the other an IPv6 one"
    );
}

/// The sentence for what the only rule makes of `request`.
fn sentence(actions: Value, request: &Request) -> String {
    let any = json!([{"Field": "path-pattern", "Values": ["*"]}]);
    let model = model(&[(any, actions)]);
    let outcome = model.listeners[0].router.outcome(request);
    route_sentence(&model, &outcome)
}

#[test]
fn a_sentence_says_what_becomes_of_the_request() {
    let get = request("https://h.com/a?b=c");
    assert_eq!(sentence(web(), &get), "The request goes to `web`.");
    let weighted = json!([{"Type": "forward", "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": "web", "Weight": 1}, {"TargetGroupArn": "api", "Weight": 2}],
        "TargetGroupStickinessConfig": {"Enabled": true, "DurationSeconds": 60}}}]);
    assert_eq!(
        sentence(weighted, &get),
        "The request goes to `web` (33.3 %) or `api` (66.7 %), where the client stays for 60 s."
    );
    let redirect = json!([{"Type": "redirect", "RedirectConfig": {"Host": "www.#{host}", "StatusCode": "HTTP_302"}}]);
    assert_eq!(
        sentence(redirect, &get),
        "The client is redirected with 302 to https://www.h.com:443/a?b=c."
    );
    let fixed = json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "gone"}}]);
    assert_eq!(
        sentence(fixed, &get),
        "The load balancer answers 404 and `gone`."
    );
    let jwt = json!([{"Type": "jwt-validation", "JwtValidationConfig": {}, "Order": 1},
        {"Type": "forward", "TargetGroupArn": "web", "Order": 2}]);
    assert_eq!(
        sentence(jwt, &get),
        "The load balancer answers 401: the request carries no valid token."
    );
    let mut trace = get;
    trace.method = "TRACE".into();
    assert_eq!(
        sentence(web(), &trace),
        "The load balancer answers 405 before it asks a rule: TRACE is not allowed."
    );
}

#[test]
fn a_report_holds_the_same_as_data() {
    let host = json!([{"Field": "host-header", "Values": ["api.h.com"]}]);
    let path = json!([{"Field": "path-pattern", "Values": ["/a"]}]);
    let model = model(&[
        (host, web()),
        (path, json!([{"Type": "forward", "TargetGroupArn": "api"}])),
    ]);
    let report = |url: &str| {
        let trace = model.listeners[0].router.trace(&request(url));
        serde_json::to_value(route_report(&model, &trace)).unwrap()
    };
    assert_eq!(
        report("https://h.com/a?b"),
        json!({
            "rules": [
                {"priority": 1, "matches": false, "conditions": [{
                    "field": "host-header", "values": ["api.h.com"], "compared": ["h.com"],
                    "matches": false, "why": "host-header `api.h.com` does not match `h.com`"}]},
                {"priority": 2, "matches": true, "conditions": [{
                    "field": "path-pattern", "values": ["/a"], "compared": ["/a"],
                    "matches": true, "why": "path-pattern `/a` matches `/a`"}]},
            ],
            "matchedRulePriority": 2,
            "targetGroups": [{"name": "api", "weight": 1}],
            "host": "h.com",
            "url": "/a?b",
            "outcome": "The request goes to `api`.",
        })
    );
    assert_eq!(report("https://h.com/")["matchedRulePriority"], 0);
    let trace = model.listeners[0].router.trace(&request("https://h.com/"));
    assert_eq!(
        chosen_words(trace.chosen, &trace.rules),
        "no rule matches, so the default rule decides"
    );
    let trace = model.listeners[0].router.trace(&request("https://h.com/a"));
    assert_eq!(
        chosen_words(trace.chosen, &trace.rules),
        "rule 2 is the first that matches"
    );
}
