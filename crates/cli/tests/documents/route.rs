//! `stowplan route` as a user calls it: which rule takes a request, why, and who answers.

use crate::command::{Folder, Told};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn shop() -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../../examples/shop/shop.stowplan.json");
    let text = fs::read_to_string(path).expect("the example is there");
    serde_json::from_str(&text).expect("the example is JSON")
}

fn route(name: &str, design: &Value, arguments: &[&str]) -> Told {
    let folder = Folder::new(name);
    folder.write("d.json", design.to_string());
    folder.stowplan(&[&["route", "d.json"], arguments].concat())
}

fn rule(priority: u32, conditions: Value, action: Value) -> Value {
    json!({
        "ListenerArn": "shop-alb:80",
        "Priority": priority,
        "Conditions": conditions,
        "Actions": [action],
    })
}

fn path(value: &str) -> Value {
    json!([{"Field": "path-pattern", "Values": [value]}])
}

fn forward(group: &str) -> Value {
    json!({"Type": "forward", "TargetGroupArn": group})
}

/// The shop with rules of every kind of answer.
fn busy_shop() -> Value {
    let mut shop = shop();
    let canary = json!([
        {"Field": "path-pattern", "Values": ["/api/*"]},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Canary", "Values": ["always"]}},
    ]);
    let weighted = json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": "web-tg", "Weight": 1},
        {"TargetGroupArn": "api-tg", "Weight": 3},
    ]}});
    let moved = json!({"Type": "redirect", "RedirectConfig": {
        "StatusCode": "HTTP_301", "Protocol": "HTTPS", "Port": "443"}});
    let down = json!({"Type": "fixed-response", "FixedResponseConfig": {
        "StatusCode": "503", "ContentType": "text/plain", "MessageBody": "be right back"}});
    shop["rules"] = json!([
        rule(30, path("/api/*"), forward("api-tg")),
        rule(10, canary, weighted),
        rule(20, path("/old/*"), moved),
        rule(40, path("/down"), down),
    ]);
    shop
}

#[test]
fn a_request_of_the_shop_finds_its_service() {
    let told = route(
        "route-shop",
        &shop(),
        &["--url", "http://shop.example.com/api/orders"],
    );
    let expected = "\
GET http://shop.example.com/api/orders from 127.0.0.1 to shop-alb:80

rule 1 matches
  + path-pattern `/api/*` matches `/api/orders`

rule 1 is the first that matches
The request goes to `api-tg`.
  api-tg: service api: 4 tasks, container api port 8080
";
    assert_eq!(
        (told.code, told.out.as_str(), told.err.as_str()),
        (Some(0), expected, "")
    );
    let told = route(
        "route-default",
        &shop(),
        &["--url", "http://shop.example.com/api"],
    );
    let expected = "\
GET http://shop.example.com/api from 127.0.0.1 to shop-alb:80

rule 1 does not match
  - path-pattern `/api/*` does not match `/api`: the slash before the star must be there

no rule matches, so the default rule decides
The request goes to `web-tg`.
  web-tg: service web: 6 tasks, container web port 8080
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
}

#[test]
fn rules_are_asked_in_their_order_and_each_says_why() {
    let arguments = [
        "--url",
        "http://shop.example.com/api/a",
        "--header",
        "x-canary: never",
    ];
    let told = route("route-order", &busy_shop(), &arguments);
    let expected = "\
GET http://shop.example.com/api/a from 127.0.0.1 to shop-alb:80

rule 10 does not match
  + path-pattern `/api/*` matches `/api/a`
  - http-header X-Canary `always` does not match `never`

rule 20 does not match
  - path-pattern `/old/*` does not match `/api/a`

rule 30 matches
  + path-pattern `/api/*` matches `/api/a`

rule 30 is the first that matches
The request goes to `api-tg`.
  api-tg: service api: 4 tasks, container api port 8080
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
}

#[test]
fn shares_redirects_answers_and_refusals_are_told() {
    let last = |name: &str, arguments: &[&str]| {
        let told = route(name, &busy_shop(), arguments);
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
        let lines = told.out.lines().skip_while(|it| !it.contains("The "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let canary = [
        "--url",
        "http://h.com/api/a",
        "--header",
        "X-Canary: ALWAYS",
    ];
    let canary = last("route-canary", &canary);
    assert!(
        canary.starts_with("The request goes to `web-tg` (25 %) or `api-tg` (75 %)."),
        "{canary}"
    );
    assert!(
        canary.contains("\n  web-tg: service web") && canary.contains("\n  api-tg: service api")
    );
    let moved = last("route-moved", &["--url", "http://h.com/old/a?b=c"]);
    assert_eq!(
        moved,
        "The client is redirected with 301 to https://h.com:443/old/a?b=c."
    );
    let down = last("route-down", &["--url", "http://h.com/down"]);
    assert_eq!(down, "The load balancer answers 503 and `be right back`.");
    let trace = ["--url", "http://h.com/", "--method", "TRACE"];
    let refused = last("route-trace", &trace);
    assert!(
        refused.starts_with("The load balancer answers 405"),
        "{refused}"
    );
}

#[test]
fn json_has_the_trace_and_who_could_take_the_request() {
    let arguments = [
        "--url",
        "http://ignored.com/api/a?b=c",
        "--header",
        "Host: shop.example.com",
        "--source-ip",
        "2001:db8::1",
        "--format",
        "json",
    ];
    let told = route("route-json", &shop(), &arguments);
    let document: Value = serde_json::from_str(&told.out).expect("it is JSON");
    let expected = json!({
        "listener": "shop-alb:80",
        "request": {
            "method": "GET",
            "url": "http://shop.example.com/api/a?b=c",
            "host": "shop.example.com",
            "path": "/api/a",
            "query": "b=c",
            "headers": [],
            "sourceIp": "2001:db8::1",
            "authenticated": false,
        },
        "rules": [{"priority": 1, "matches": true, "conditions": [{
            "field": "path-pattern",
            "values": ["/api/*"],
            "compared": ["/api/a"],
            "matches": true,
            "why": "path-pattern `/api/*` matches `/api/a`",
        }]}],
        "matchedRulePriority": 1,
        "targetGroups": [{"name": "api-tg", "weight": 1}],
        "host": "shop.example.com",
        "url": "/api/a?b=c",
        "outcome": "The request goes to `api-tg`.",
        "registered": [{
            "targetGroup": "api-tg",
            "service": "api",
            "cluster": "shop",
            "container": "api",
            "port": 8080,
            "tasks": 4,
            "isAlternate": false,
            "words": "service api: 4 tasks, container api port 8080",
        }],
        "leftOut": [],
    });
    assert_eq!((told.code, document), (Some(0), expected));
}

#[test]
fn the_listener_is_the_one_that_the_url_means() {
    let mut shop = shop();
    let mut other = shop["listeners"][0].clone();
    other["Port"] = json!(8080);
    shop["listeners"]
        .as_array_mut()
        .expect("a list")
        .push(other);
    let told = route("route-port", &shop, &["--url", "http://h.com:8080/"]);
    let note = "note: the URL leads to `shop-alb:8080`\n  hint: --listener names another one\n";
    assert!(
        told.out
            .starts_with("GET http://h.com:8080/ from 127.0.0.1 to shop-alb:8080\n")
    );
    assert_eq!((told.code, told.err.as_str()), (Some(0), note));
    let told = route("route-no-port", &shop, &["--url", "http://h.com:81/"]);
    let error = "error: no listener has the port 81 of the URL\n  \
                 hint: name one by --listener: `shop-alb:80`, `shop-alb:8080`\n";
    assert_eq!((told.code, told.err.as_str()), (Some(2), error));
    let named = ["--url", "http://h.com:81/", "--listener", "shop-alb:80"];
    let told = route("route-named", &shop, &named);
    let note = "note: the URL does not lead to `shop-alb:80`; it is asked as if the request came \
                to port 80\n";
    assert_eq!((told.code, told.err.as_str()), (Some(0), note));
}

#[test]
fn a_listener_of_a_classic_load_balancer_has_its_name_too() {
    let mut shop = shop();
    let subnets = shop["loadBalancers"][0]["Subnets"].clone();
    let old = json!({"Name": "old", "Type": "classic", "Subnets": subnets, "Listeners": [
        {"Protocol": "HTTP", "LoadBalancerPort": 80,
         "InstanceProtocol": "HTTP", "InstancePort": 8080}]});
    let balancers = shop["loadBalancers"].as_array_mut().expect("a list");
    balancers.push(old);
    let named = ["--url", "http://h.com/", "--listener", "old:80"];
    let told = route("route-classic", &shop, &named);
    let first = "GET http://h.com/ from 127.0.0.1 to old:80\n";
    assert!(told.out.starts_with(first), "{}{}", told.out, told.err);
    assert_eq!(told.code, Some(0));
}

#[test]
fn what_cannot_be_asked_is_said() {
    let refused = |name: &str, arguments: &[&str]| {
        let told = route(name, &shop(), arguments);
        assert_eq!(
            (told.code, told.out.as_str()),
            (Some(2), ""),
            "{}",
            told.err
        );
        told.err
    };
    let url = ["--url", "http://h.com/"];
    let with = |name: &str, more: &[&str]| refused(name, &[&url, more].concat());
    assert_eq!(
        with("route-unknown", &["--listener", "shop-alb:08"]),
        "error: there is no listener called `shop-alb:08`\n  hint: did you mean `shop-alb:80`?\n"
    );
    let far = with("route-far", &["--listener", "x"]);
    assert!(far.contains("the design has `shop-alb:80` only"), "{far}");
    let header = with("route-header", &["--header", "no colon"]);
    assert!(
        header.starts_with("error: `no colon` is not a header\n  hint:"),
        "{header}"
    );
    let ip = with("route-ip", &["--source-ip", "300.1.1.1"]);
    assert!(ip.contains("this is not an IPv4 or IPv6 address"), "{ip}");
    let url = refused("route-url", &["--url", "shop.example.com/"]);
    assert!(
        url.contains("is not a URL: a URL begins with `http://` or `https://`"),
        "{url}"
    );
    let url = refused("route-url-space", &["--url", "http://h.com/a b"]);
    assert!(url.contains("percent-encoded"), "{url}");
}

#[test]
fn faulty_rules_are_left_out_and_the_rest_routes() {
    let mut shop = busy_shop();
    shop["rules"][1] = rule(
        10,
        json!([{"Field": "path-patern", "Values": ["/*"]}]),
        forward("web-tg"),
    );
    let told = route("route-faulty", &shop, &["--url", "http://h.com/api/a"]);
    assert_eq!(told.code, Some(4));
    assert!(told.out.contains("\nrule 10 is left out: "), "{}", told.out);
    assert!(
        told.out.contains("\nThe request goes to `api-tg`.\n"),
        "{}",
        told.out
    );
    assert!(told.err.contains("path-patern"), "{}", told.err);
    let mut empty = shop.clone();
    empty["listeners"] = json!([]);
    let told = route("route-nothing", &empty, &["--url", "http://h.com/"]);
    assert!(
        told.err
            .contains("error: the design has no listener that could take the request\n")
    );
    assert_eq!(told.code, Some(2));
}

#[test]
fn only_what_concerns_the_listener_is_told() {
    let mut shop = busy_shop();
    let wrong = json!([{"Field": "path-patern", "Values": ["/*"]}]);
    shop["rules"][1] = rule(10, wrong, forward("web-tg"));
    shop["services"][0]["taskDefinition"] = json!("nowhere:1");
    let told = route("route-others", &shop, &["--url", "http://h.com/api/a"]);
    assert!(told.err.contains("path-patern"), "{}", told.err);
    assert!(!told.err.contains("nowhere"), "{}", told.err);
    let line = "1 more error elsewhere in the design: see `stowplan check`\n";
    assert!(told.err.ends_with(line), "{}", told.err);
    assert_eq!(told.code, Some(4));
}

#[test]
fn a_group_without_services_has_no_target() {
    let mut shop = shop();
    let mut group = shop["targetGroups"][0].clone();
    group["Name"] = json!("empty-tg");
    shop["targetGroups"]
        .as_array_mut()
        .expect("a list")
        .push(group);
    shop["rules"] = json!([rule(1, path("/*"), forward("empty-tg"))]);
    let told = route("route-empty", &shop, &["--url", "http://h.com/"]);
    let line = "  empty-tg: no service registers with it, and the load balancer answers 503\n";
    assert!(told.out.ends_with(line), "{}", told.out);
    assert_eq!(told.code, Some(0));
}
