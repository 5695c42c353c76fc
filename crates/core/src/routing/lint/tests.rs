//! Findings of telling rule sets, and of drawn ones held against what the router chooses.

use super::*;
use crate::routing::tests::oracle::{Dice, is_met, request, rules};
use crate::routing::tests::{get, header, regexes, strings, to, wild};
use crate::routing::{Cidr, Condition, QueryPair, Request, RoutingSettings, Rule};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use core::cell::Cell;

fn router(all: Vec<Vec<Condition>>) -> Router {
    let rules = (1..).zip(all).map(|(at, conditions)| Rule {
        priority: at * 10,
        conditions,
        routed: to(at),
    });
    Router::new(rules.collect(), to(0), RoutingSettings::default())
}

/// The findings of rules of priority 10, 20 and so on, a line each.
fn found(all: Vec<Vec<Condition>>) -> Vec<String> {
    let priority = |at: u32| 10 * (at + 1);
    let line = |finding: Finding| {
        let rule = priority(finding.rule);
        match finding.fault {
            Fault::Impossible(why) => format!("{rule} impossible {why:?}"),
            Fault::Shadowed { by } => {
                format!(
                    "{rule} shadowed {:?}",
                    by.into_iter().map(priority).collect::<Vec<_>>()
                )
            }
            Fault::Overlaps {
                earlier,
                more,
                example,
            } => format!(
                "{rule} overlaps {} {} {more} more",
                priority(earlier),
                url(&example.request())
            ),
        }
    };
    lint(&router(all)).into_iter().map(line).collect()
}

fn url(request: &Request) -> String {
    let query = request
        .query
        .as_ref()
        .map_or_else(String::new, |it| format!("?{it}"));
    let headers: Vec<String> = request
        .headers
        .iter()
        .map(|(k, v)| format!(" {k}:{v}"))
        .collect();
    format!(
        "{} {}{}{query}{}",
        request.method,
        request.host,
        request.path,
        headers.concat()
    )
}

fn path(values: &[&str]) -> Condition {
    Condition::Path(wild(values))
}

fn host(values: &[&str]) -> Condition {
    Condition::Host(wild(values))
}

fn method(values: &[&str]) -> Condition {
    Condition::Method(strings(values))
}

fn query(key: Option<&str>, value: &str) -> Condition {
    Condition::Query(vec![QueryPair {
        key: key.map(Into::into),
        value: value.into(),
    }])
}

fn block(text: &str) -> Condition {
    let (address, prefix) = text.split_once('/').unwrap();
    Condition::SourceIp(vec![Cidr {
        address: address.parse().unwrap(),
        prefix: prefix.parse().unwrap(),
    }])
}

fn nothing(all: Vec<Vec<Condition>>) {
    assert_eq!(found(all), [""; 0]);
}

#[test]
fn a_rule_behind_a_wider_one_is_never_reached() {
    let shadowed = ["20 shadowed [10]"];
    assert_eq!(
        found(vec![vec![path(&["/api/*"])], vec![path(&["/api/v1/*"])]]),
        shadowed
    );
    assert_eq!(
        found(vec![vec![path(&["/*"])], vec![path(&["*.php"])]]),
        shadowed
    );
    assert_eq!(
        found(vec![vec![path(&["*"])], vec![host(&["a.example.com"])]]),
        shadowed
    );
    assert_eq!(
        found(vec![vec![path(&["/*"])], vec![header("X-A", wild(&["*"]))]]),
        shadowed
    );
    assert_eq!(
        found(vec![
            vec![host(&["*.Example.com"])],
            vec![host(&["api.example.COM"]), path(&["/x"])]
        ]),
        shadowed
    );
    assert_eq!(
        found(vec![
            vec![path(&["/a*", "/b*"])],
            vec![path(&["/a/b", "/b?c", "/bb"])]
        ]),
        shadowed
    );
    assert_eq!(
        found(vec![
            vec![method(&["GET", "HEAD"])],
            vec![method(&["GET"]), path(&["/"])]
        ]),
        shadowed
    );
    assert_eq!(
        found(vec![vec![block("10.0.0.0/8")], vec![block("10.1.0.0/16")]]),
        shadowed
    );
    assert_eq!(
        found(vec![
            vec![query(None, "1")],
            vec![query(Some("version"), "1")]
        ]),
        shadowed
    );
    assert_eq!(
        found(vec![
            vec![header("x-a", wild(&["*b*"]))],
            vec![header("X-A", wild(&["ABC"]))]
        ]),
        shadowed
    );
}

#[test]
fn the_specific_before_the_general_is_fine() {
    nothing(vec![
        vec![
            host(&["a.example.com"]),
            path(&["/img/*"]),
            method(&["GET"]),
        ],
        vec![host(&["a.example.com"]), path(&["/img/*"])],
        vec![host(&["a.example.com"])],
        vec![host(&["*.example.com"])],
        vec![path(&["/*"])],
    ]);
    // The star of a folder does not take the folder itself, and paths mind their case.
    nothing(vec![vec![path(&["/img/*"])], vec![path(&["/img"])]]);
    nothing(vec![vec![path(&["/api/*"])], vec![path(&["/API/*"])]]);
    nothing(vec![vec![path(&["/?"])], vec![path(&["/ab"])]]);
    nothing(vec![vec![block("10.0.0.0/9")], vec![block("10.128.0.0/9")]]);
    nothing(vec![
        vec![host(&["*.example.com"])],
        vec![host(&["example.com"])],
    ]);
}

#[test]
fn conditions_on_one_header_do_not_contradict_one_another() {
    let both = vec![header("X-A", wild(&["a"])), header("x-a", wild(&["b"]))];
    nothing(vec![both.clone()]);
    // A request with both headers is matched by either.
    assert_eq!(
        found(vec![vec![header("X-A", wild(&["b"]))], both.clone()]),
        ["20 shadowed [10]"]
    );
    nothing(vec![both, vec![header("X-A", wild(&["a"]))]]);
}

#[test]
fn several_rules_may_shadow_one_together() {
    let paths = |it: Condition| vec![path(&["/api/*"]), it];
    assert_eq!(
        found(vec![
            paths(method(&["GET"])),
            paths(method(&["PUT"])),
            paths(method(&["POST"])),
            paths(method(&["POST", "GET"])),
        ]),
        ["40 shadowed [10, 30]"]
    );
    assert_eq!(
        found(vec![
            vec![block("0.0.0.0/1")],
            vec![block("128.0.0.0/1")],
            vec![block("::/0")],
            vec![path(&["/x"])],
        ]),
        ["40 shadowed [10, 20, 30]"]
    );
    assert_eq!(
        found(vec![
            vec![path(&["/"])],
            vec![path(&["/?*"])],
            vec![host(&["a.com"])]
        ]),
        ["30 shadowed [10, 20]"]
    );
    // In two places at once the halves leave something over.
    let split = vec![
        vec![path(&["/a"]), method(&["GET"])],
        vec![path(&["/b"]), method(&["PUT"])],
        vec![path(&["/a", "/b"]), method(&["GET", "PUT"])],
    ];
    nothing(split);
}

#[test]
fn conditions_that_nothing_meets() {
    assert_eq!(found(vec![vec![path(&["img/*"])]]), ["10 impossible Path"]);
    assert_eq!(
        found(vec![vec![method(&["TRACE"])]]),
        ["10 impossible Method"]
    );
    let both = vec![path(&["/a*"]), path(&["/b*"])];
    assert_eq!(found(vec![both]), ["10 impossible Contradiction"]);
    nothing(vec![vec![path(&["img/*", "/img/*"])]]);
    nothing(vec![vec![path(&["?img"])], vec![path(&["*img"])]]);
}

#[test]
fn expressions_are_compared_by_their_text_or_by_what_wildcards_could_say() {
    let regex = |text: &str| vec![Condition::Path(regexes(&[text]))];
    let twins = vec![regex("^/(a|b)/"), regex("^/(a|b)/")];
    assert_eq!(found(twins), ["20 shadowed [10]"]);
    assert_eq!(
        found(vec![vec![path(&["/*"])], regex("^/(a|b)/")]),
        ["20 shadowed [10]"]
    );
    assert_eq!(
        found(vec![vec![path(&["/a*"])], regex("^/a/x$")]),
        ["20 shadowed [10]"]
    );
    assert_eq!(
        found(vec![regex("^/a/"), vec![path(&["/a/x"])]]),
        ["20 shadowed [10]"]
    );
    // Whether these two meet is not asked.
    nothing(vec![regex("^/(a|b)/"), vec![path(&["/a/x*"])]]);
    let lower = vec![Condition::Header {
        name: "X-A".into(),
        values: regexes(&["^ABC$"]),
    }];
    assert_eq!(
        found(vec![vec![header("x-a", wild(&["abc"]))], lower]),
        ["20 shadowed [10]"]
    );
}

#[test]
fn rules_that_overlap_are_shown_by_a_request() {
    assert_eq!(
        found(vec![vec![path(&["/api/*"])], vec![path(&["*.json"])]]),
        ["20 overlaps 10 GET example.com/api/.json 0 more"]
    );
    assert_eq!(
        found(vec![
            vec![header("X-Canary", wild(&["1"]))],
            vec![path(&["/api/*"])],
            vec![path(&["/b"])]
        ]),
        ["20 overlaps 10 GET example.com/api/a x-canary:1 1 more"]
    );
    assert_eq!(
        found(vec![
            vec![host(&["*.example.com"]), method(&["POST"])],
            vec![host(&["api.*"]), query(Some("v"), "\\*?")],
        ]),
        ["20 overlaps 10 POST api.example.com/?v=*a 0 more"]
    );
    assert_eq!(
        found(vec![
            vec![query(Some("a"), "1")],
            vec![query(Some("b"), "2")]
        ]),
        ["20 overlaps 10 GET example.com/?a=1&b=2 0 more"]
    );
    // Only a request that says two things under one name would do.
    nothing(vec![
        vec![query(Some("a"), "1")],
        vec![query(Some("A"), "2")],
    ]);
    nothing(vec![
        vec![header("X-A", wild(&["1"]))],
        vec![header("X-A", wild(&["2"]))],
    ]);
}

#[test]
fn rules_that_do_the_same_or_are_decided_before_do_not_overlap() {
    let mut rules = router(vec![vec![path(&["/api/*"])], vec![path(&["*.json"])]])
        .rules()
        .to_vec();
    rules[1].routed = rules[0].routed.clone();
    let same = Router::new(rules, to(0), RoutingSettings::default());
    assert_eq!(lint(&same), []);
    // What 20 and 30 are first found to share goes to 10, which is an exception of both.
    let decided = found(vec![
        vec![path(&["/api/*.json", "/api/.json"])],
        vec![path(&["/api/*"])],
        vec![path(&["*.json"])],
    ]);
    assert_eq!(decided, [""; 0]);
}

#[test]
fn nothing_is_claimed_beyond_the_bounds() {
    let mut all: Vec<Vec<Condition>> = (0..300)
        .map(|at| vec![path(&[&format!("/{}{at}*", "*a".repeat(50))])])
        .collect();
    all.push(vec![path(&["/x/*"])]);
    all.push(vec![path(&["/x/y"])]);
    let router = router(all);
    let found = lint_within(&router, Budget::new(20_000), Budget::new(20_000));
    assert!(found.iter().all(|it| it.rule < 300), "{found:?}");
    let long = format!("/{}", "a".repeat(1000));
    nothing(vec![vec![path(&[&long])], vec![path(&[&long])]]);
}

/// Rule sets, each asked with some requests: 100,000 pairs.
const SETS: u64 = 10_000;
const REQUESTS: u64 = 10;

#[test]
fn no_drawn_request_reaches_what_is_said_to_be_unreachable() {
    let (mut dead, mut overlapping) = (0, 0);
    for seed in 0..SETS {
        let dice = Dice {
            seed: seed + 1_000_000,
            next: Cell::new(0),
        };
        let router = Router::new(rules(&dice), to(99), RoutingSettings::default());
        let found = lint(&router);
        let mut shadowed = Vec::new();
        for finding in &found {
            match &finding.fault {
                Fault::Impossible(_) | Fault::Shadowed { .. } => shadowed.push(finding.rule),
                Fault::Overlaps {
                    earlier, example, ..
                } => {
                    check_example(&router, (*earlier, finding.rule), example);
                    overlapping += 1;
                }
            }
        }
        dead += shadowed.len();
        for _ in 0..REQUESTS {
            check_request(&router, &shadowed, &request(&dice), seed);
        }
        for at in &shadowed {
            // Those that the rule itself would match are the ones that count.
            let side = Side::new(&router.rules()[*at as usize], router.settings());
            if let Some(example) = example(&side, &side, &mut Budget::new(10_000)) {
                check_request(&router, &shadowed, &example.request(), seed);
            }
        }
    }
    assert!(dead > 5_000 && overlapping > 5_000, "{dead} {overlapping}");
}

fn check_request(router: &Router, shadowed: &[u32], request: &Request, seed: u64) {
    if let Chosen::Rule(at) = router.choose(request) {
        assert!(
            !shadowed.contains(&at),
            "set {seed}: rule {at} {request:?} {:?}",
            router.rules()
        );
    }
}

fn check_example(router: &Router, (earlier, later): (u32, u32), example: &Example) {
    let request = example.request();
    let meets = |at: u32| {
        let conditions = &router.rules()[at as usize].conditions;
        conditions.iter().all(|it| is_met(it, &request))
    };
    assert!(meets(earlier) && meets(later), "{example:?}");
    assert_eq!(router.choose(&request), Chosen::Rule(earlier));
}

/// Two rules of a host, paths and methods, all of them over a few values, asked with all requests
/// that could tell them apart: a shadow is told of if and only if there is one.
#[test]
fn of_two_rules_every_shadow_is_found() {
    let values = ["/", "/a", "/*", "/a*", "*a", "/?", "*", "/a/*"];
    let paths: Vec<Vec<&str>> = values
        .iter()
        .flat_map(|x| [vec![*x], vec![*x, "/b*"]])
        .collect();
    let methods = [None, Some(vec!["GET"]), Some(vec!["GET", "PUT"])];
    let rule = |at: usize| {
        let mut conditions = vec![path(&paths[at / methods.len()])];
        conditions.extend(methods[at % methods.len()].as_ref().map(|it| method(it)));
        conditions
    };
    let asked = [
        "", "a", "b", "c", "aa", "ac", "ca", "a/", "a/c", "ab", "bc", "ba", "c/a", "cc",
    ];
    let requests = asked.iter().flat_map(|rest| {
        ["GET", "PUT", "DELETE"].map(|method| {
            let mut request = get(&format!("http://a.com/{rest}"));
            request.method = method.into();
            request
        })
    });
    let requests: Vec<Request> = requests.collect();
    let count = paths.len() * methods.len();
    let mut shadows = 0;
    for pair in 0..count * count {
        let router = router(vec![rule(pair / count), rule(pair % count)]);
        let reached = requests
            .iter()
            .any(|it| router.choose(it) == Chosen::Rule(1));
        let found = lint(&router);
        let told = found
            .iter()
            .any(|it| matches!(it.fault, Fault::Shadowed { .. }));
        assert_eq!(told, !reached, "{:?}", router.rules());
        shadows += usize::from(told);
    }
    assert!(shadows > 100, "{shadows}");
}
