//! Every example and rule of load-balancing-and-scaling.md 1.3, with its reason.

use super::*;
use crate::routing::Mismatch::{
    Absent, Case, NoSuchKey, OnlyWithoutSlash, OtherValue, OtherVersion, Text,
};
use core::net::IpAddr;

fn host(values: &[&str]) -> Router {
    router(vec![Condition::Host(wild(values))])
}

fn path(values: &[&str]) -> Router {
    router(vec![Condition::Path(wild(values))])
}

fn query(pairs: &[(Option<&str>, &str)]) -> Router {
    let pairs = pairs.iter().map(|(key, value)| QueryPair {
        key: key.map(String::from),
        value: (*value).into(),
    });
    router(vec![Condition::Query(pairs.collect())])
}

#[test]
fn hosts_disregard_case_and_port_and_stars_cross_dots() {
    let all = host(&["*.example.com"]);
    for (url, expected) in [
        ("http://test.example.com/", true),
        ("http://TEST.Example.COM/", true),
        ("http://a.b.example.com:8080/", true),
        ("http://example.com/", false),
        ("http://test.example.com.evil.org/", false),
    ] {
        assert_eq!(meets(&all, &get(url)), expected, "{url}");
    }
    assert_eq!(
        verdict(&all, &get("http://example.com/")),
        Verdict::Differs(Text)
    );
    assert!(meets(
        &host(&["Shop.Example.com"]),
        &get("http://shop.example.com/")
    ));
    assert!(meets(
        &host(&["a?.example.com"]),
        &get("http://ab.example.com/")
    ));
    assert!(!meets(
        &host(&["a?.example.com"]),
        &get("http://a.example.com/")
    ));
}

#[test]
fn a_port_in_the_host_counts_where_the_setting_says_so() {
    let kept = RoutingSettings {
        host_port_is_stripped: false,
        ..RoutingSettings::default()
    };
    let router = with(vec![Condition::Host(wild(&["a.example.com"]))], kept);
    assert!(!meets(&router, &get("http://a.example.com:8080/")));
    assert!(meets(&router, &get("http://a.example.com/")));
}

#[test]
fn an_address_of_version_6_keeps_its_colons() {
    let literal = host(&["[2001:db8::1]"]);
    assert!(meets(&literal, &get("http://[2001:DB8::1]:8080/")));
}

#[test]
fn paths_count_case_and_stars_cover_every_depth() {
    let img = path(&["/img/*"]);
    for (url, expected) in [
        ("http://h.com/img/a", true),
        ("http://h.com/img/", true),
        ("http://h.com/img/a/b/c.png", true),
        ("http://h.com/img/a?b=/c", true),
        ("http://h.com/img", false),
        ("http://h.com/IMG/a", false),
        ("http://h.com/x/img/a", false),
    ] {
        assert_eq!(meets(&img, &get(url)), expected, "{url}");
    }
    let differs = |url: &str| verdict(&img, &get(url));
    assert_eq!(
        differs("http://h.com/img"),
        Verdict::Differs(OnlyWithoutSlash)
    );
    assert_eq!(differs("http://h.com/IMG/a"), Verdict::Differs(Case));
    assert_eq!(differs("http://h.com/api/a"), Verdict::Differs(Text));
    let pics = path(&["/img/*/pics"]);
    assert!(meets(&pics, &get("http://h.com/img/a/pics")));
    assert!(meets(&pics, &get("http://h.com/img/a/b/pics")));
    assert!(!meets(&pics, &get("http://h.com/img/a/pics/b")));
}

#[test]
fn paths_are_compared_as_sent() {
    assert!(meets(&path(&["/a%20b"]), &get("http://h.com/a%20b")));
    assert!(!meets(&path(&["/a b"]), &get("http://h.com/a%20b")));
    assert!(!meets(&path(&["/a/b"]), &get("http://h.com//a/./b")));
    // No escapes in paths: a backslash is one.
    assert!(meets(&path(&["/a\\*"]), &get("http://h.com/a\\b")));
    // The query is no part of it.
    assert!(!meets(&path(&["/a*=1"]), &get("http://h.com/a?b=1")));
}

#[test]
fn paths_are_normalised_where_the_setting_says_so() {
    let normal = RoutingSettings {
        paths_are_normalised: true,
        ..RoutingSettings::default()
    };
    let meets = |value: &str, sent: &str| {
        let router = with(vec![Condition::Path(wild(&[value]))], normal);
        let mut request = get("http://h.com/");
        request.path = sent.into();
        super::meets(&router, &request)
    };
    assert!(meets("/a/b", "//a/./c/../b"));
    assert!(meets("/a/", "/a/b/.."));
    assert!(meets("/~a%2Fb", "/%7ea%2Fb"));
    assert!(meets("/", "/../.."));
    assert!(meets("/%", "/é%"));
}

#[test]
fn a_grpc_path_selects_package_service_and_method() {
    let service = path(&["/helloworld.Greeter/*"]);
    assert!(meets(
        &service,
        &get("https://h.com/helloworld.Greeter/SayHello")
    ));
    assert!(!meets(
        &service,
        &get("https://h.com/helloworld.Other/SayHello")
    ));
}

#[test]
fn headers_disregard_case_and_are_tried_in_order() {
    let agents = router(vec![header("User-Agent", wild(&["*Chrome*", "*Safari*"]))]);
    assert!(meets(
        &agents,
        &with_header("user-agent", "Mozilla (chrome/99)")
    ));
    assert_eq!(
        verdict(&agents, &get("http://example.com/")),
        Verdict::Differs(Absent)
    );
    assert_eq!(
        verdict(&agents, &with_header("User-Agent", "curl")),
        Verdict::Differs(Text)
    );
    let mut twice = with_header("X-Version", "1");
    twice.headers.push(("x-version".into(), "Beta".into()));
    let beta = router(vec![header("X-Version", wild(&["beta"]))]);
    assert!(meets(&beta, &twice));
    assert_eq!(verdict(&beta, &twice), Verdict::Matches { at: 1 });
    let compared = &beta.trace(&twice).rules[0].conditions[0].compared;
    assert_eq!(compared, &strings(&["1", "Beta"]));
}

#[test]
fn several_header_conditions_must_all_be_met() {
    let both = router(vec![
        header("A", wild(&["*one*"])),
        header("A", wild(&["*two*"])),
    ]);
    assert!(meets(&both, &with_header("a", "two one")));
    assert!(!meets(&both, &with_header("a", "two")));
}

#[test]
fn methods_are_exact() {
    let methods = router(vec![Condition::Method(strings(&["POST", "CUSTOM"]))]);
    let sent = |method: &str| Request {
        method: method.into(),
        ..get("http://h.com/")
    };
    assert!(meets(&methods, &sent("POST")));
    assert!(meets(&methods, &sent("CUSTOM")));
    assert!(!meets(&methods, &sent("post")));
    assert_eq!(verdict(&methods, &sent("post")), Verdict::Differs(Case));
    assert_eq!(verdict(&methods, &sent("GET")), Verdict::Differs(Text));
}

#[test]
fn any_pair_of_the_query_suffices() {
    let version = query(&[(Some("version"), "v1"), (None, "*example*")]);
    for (url, expected) in [
        ("http://h.com/?version=v1", true),
        ("http://h.com/?a=b&VERSION=V1", true),
        ("http://h.com/?a=an-Example-of", true),
        ("http://h.com/?version=v2", false),
        ("http://h.com/?versions=v1", false),
        // A value under any key is no key.
        ("http://h.com/?example=1", false),
        ("http://h.com/", false),
    ] {
        assert_eq!(meets(&version, &get(url)), expected, "{url}");
    }
    let first = |url: &str| verdict(&version, &get(url));
    assert_eq!(
        first("http://h.com/?version=v2"),
        Verdict::Differs(OtherValue)
    );
    assert_eq!(first("http://h.com/?a=v1"), Verdict::Differs(NoSuchKey));
    assert_eq!(first("http://h.com/"), Verdict::Differs(Absent));
}

#[test]
fn a_backslash_makes_a_wildcard_of_the_query_literal() {
    let literal = query(&[(Some("a\\*"), "b\\?")]);
    assert!(meets(&literal, &get("http://h.com/?a*=b?")));
    assert!(!meets(&literal, &get("http://h.com/?ax=b?")));
    // Any other backslash is itself, and values are compared as sent.
    assert!(meets(
        &query(&[(None, "a\\b%20c")]),
        &get("http://h.com/?k=a\\b%20c")
    ));
    assert!(!meets(
        &query(&[(None, "a c")]),
        &get("http://h.com/?k=a%20c")
    ));
    // A key alone has an empty value.
    assert!(meets(
        &query(&[(Some("debug"), "")]),
        &get("http://h.com/?debug")
    ));
}

#[test]
fn addresses_are_those_of_the_connection() {
    let block = |address: &str, prefix| Cidr {
        address: address.parse().unwrap(),
        prefix,
    };
    let router = router(vec![Condition::SourceIp(vec![
        block("192.0.2.0", 24),
        block("2001:db8::", 32),
    ])]);
    let from = |address: &str| Request {
        source_ip: address.parse::<IpAddr>().unwrap(),
        ..with_header("X-Forwarded-For", "192.0.2.1")
    };
    assert!(meets(&router, &from("192.0.2.255")));
    assert!(!meets(&router, &from("192.0.3.0")));
    assert!(meets(&router, &from("2001:db8:ffff::1")));
    assert!(!meets(&router, &from("2001:db9::1")));
    assert_eq!(
        verdict(&router, &from("::1")),
        Verdict::Differs(OtherVersion)
    );
    assert!(block("0.0.0.0", 0).contains("255.255.255.255".parse().unwrap()));
    assert!(!block("10.0.0.1", 32).contains("10.0.0.2".parse().unwrap()));
    assert!(block("::", 0).contains("ffff::".parse().unwrap()));
}

#[test]
fn only_visible_ascii_takes_part() {
    let agent = router(vec![header("A", wild(&["ab c"]))]);
    assert!(meets(&agent, &with_header("A", "a\tb\u{e9} c")));
    let kept = RoutingSettings {
        invisible_characters_are_skipped: false,
        ..RoutingSettings::default()
    };
    let strict = with(vec![header("A", wild(&["ab c"]))], kept);
    assert!(!meets(&strict, &with_header("A", "a\tb c")));
    assert!(meets(&strict, &with_header("A", "AB C")));
}

#[test]
fn conditions_are_joined_by_and_and_rules_asked_by_priority() {
    let rule = |priority, conditions, group| Rule {
        priority,
        conditions,
        routed: to(group),
    };
    let api = || Condition::Path(wild(&["/api/*"]));
    let shop = Condition::Host(wild(&["shop.example.com"]));
    let rules = vec![
        rule(30, vec![api()], 3),
        rule(10, vec![api(), shop], 1),
        rule(20, vec![Condition::Path(wild(&["/api/v1/*"]))], 2),
    ];
    let router = Router::new(rules, to(0), RoutingSettings::default());
    let priority = |url: &str| match router.choose(&get(url)) {
        Chosen::Rule(at) => router.rules()[at as usize].priority,
        Chosen::Default => 0,
    };
    assert_eq!(priority("http://shop.example.com/api/v1/a"), 10);
    assert_eq!(priority("http://example.com/api/v1/a"), 20);
    assert_eq!(priority("http://example.com/api/v2/a"), 30);
    assert_eq!(priority("http://example.com/"), 0);
    let trace = router.trace(&get("http://example.com/api/v1/a"));
    let asked: Vec<(u32, bool)> = trace.rules.iter().map(|it| (it.priority, it.met)).collect();
    assert_eq!(asked, [(10, false), (20, true)]);
}

#[test]
fn settings_change_how_wildcards_are_read() {
    let settings = |spans, anchored| RoutingSettings {
        wildcards_span_separators: spans,
        wildcards_are_anchored: anchored,
        ..RoutingSettings::default()
    };
    let of = |value: &str, settings| with(vec![Condition::Path(wild(&[value]))], settings);
    assert!(!meets(
        &of("/a/*", settings(false, true)),
        &get("http://h.com/a/b/c")
    ));
    assert!(meets(
        &of("/a/*/c", settings(false, true)),
        &get("http://h.com/a/b/c")
    ));
    assert!(!meets(
        &of("/a?b", settings(false, true)),
        &get("http://h.com/a/b")
    ));
    assert!(meets(
        &of("/b", settings(true, false)),
        &get("http://h.com/a/b/c")
    ));
}
