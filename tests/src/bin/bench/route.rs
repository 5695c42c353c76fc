//! Requests through the 100 rules of a listener, beside the obvious way: rule by rule, each value
//! with wildcards translated for the `regex` crate.

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant as Clock;
use stowplan_core::design::Design;
use stowplan_core::draw::{Stream, draw_below};
use stowplan_core::model::compile;
use stowplan_core::routing::{Chosen, Condition, Request, Router, Values};

/// Rules of the listener: AWS's quota.
const RULES: u32 = 100;

/// Different requests, asked by turns.
const REQUESTS: u64 = 1_000;

/// Budget of the design in requests a second.
const BUDGET: f64 = 1_000_000.0;

/// Prints the table.
pub(crate) fn run() {
    println!(
        "\n{:<58} {:>12} {:>12} {:>8}",
        "route, 100 rules", "requests/s", "peer", "ratio"
    );
    let router = router();
    let naive = Naive::new(&router);
    let all = requests();
    for request in &all {
        assert_eq!(router.choose(request), naive.choose(request), "{request:?}");
    }
    let by_default = all.iter().filter(|it| router.choose(it) == Chosen::Default);
    let share = by_default.count() * 100 / all.len();
    line(
        &format!("all, {share} % of them at the default"),
        &router,
        &naive,
        &all,
    );
    for (what, from, to) in [("first 10", 0, 10), ("last 10", 90, 100)] {
        let of: Vec<Request> = all
            .iter()
            .filter(|it| match router.choose(it) {
                Chosen::Rule(at) => (from..to).contains(&at),
                Chosen::Default => false,
            })
            .cloned()
            .collect();
        line(
            &format!("that one of the {what} rules takes"),
            &router,
            &naive,
            &of,
        );
    }
    let of: Vec<Request> = all
        .iter()
        .filter(|it| router.choose(it) == Chosen::Default)
        .cloned()
        .collect();
    line("that no rule takes", &router, &naive, &of);
    println!(
        "budget: {BUDGET:.0} requests/s; peer: rule by rule, wildcards as `regex` expressions"
    );
}

fn line(what: &str, router: &Router, naive: &Naive, requests: &[Request]) {
    let ours = per_second(requests, 1_000, |it| router.choose(it));
    let peer = per_second(requests, 20, |it| naive.choose(it));
    println!("{what:<58} {ours:>12.0} {peer:>12.0} {:>7.1}x", ours / peer);
}

/// Requests a second: the median of five runs.
fn per_second(requests: &[Request], rounds: usize, choose: impl Fn(&Request) -> Chosen) -> f64 {
    let mut rates: Vec<f64> = (0..5)
        .map(|_| {
            let start = Clock::now();
            for _ in 0..rounds {
                for request in requests {
                    black_box(choose(black_box(request)));
                }
            }
            (rounds * requests.len()) as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[2]
}

/// The conditions of the rule at this place: 35 by host, 25 by path, 10 by a host with a star, 6
/// by a path with a star in front, 6 by header, 5 by query, 4 by method, 3 by address, 6 by an
/// expression.
fn conditions(at: u32) -> Value {
    let path = |value: String| json!({"Field": "path-pattern", "Values": [value]});
    match at {
        _ if at % 20 < 7 => {
            json!([{"Field": "host-header", "Values": [format!("s{at}.example.com")]},
            path("/*".to_string())])
        }
        _ if at % 20 < 12 => json!([path(format!("/service-{at}/*"))]),
        _ if at % 20 < 14 => {
            json!([{"Field": "host-header", "Values": [format!("*.t{at}.example.com")]}])
        }
        _ => match (at / 20 + at) % 6 {
            0 => json!([path(format!("*/images-{at}/*.png"))]),
            1 => json!([{"Field": "http-header", "HttpHeaderConfig":
                {"HttpHeaderName": "User-Agent", "Values": [format!("*Agent-{at}*")]}}]),
            2 => json!([{"Field": "query-string", "QueryStringConfig":
                {"Values": [{"Key": "version", "Value": format!("v{at}")}]}}]),
            3 => {
                json!([{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["DELETE"]}},
                path(format!("/orders-{at}/*"))])
            }
            4 => {
                json!([{"Field": "source-ip", "SourceIpConfig": {"Values": [format!("10.{at}.0.0/16")]}}])
            }
            _ => {
                json!([{"Field": "path-pattern", "RegexValues": [format!("^/api/v[0-9]+/r{at}(/.*)?$")]}])
            }
        },
    }
}

fn router() -> Router {
    let rules = (0..RULES).map(|at| {
        json!({
            "ListenerArn": "alb:80",
            "Priority": at + 1,
            "Conditions": conditions(at),
            "Actions": [{"Type": "forward", "TargetGroupArn": "web"}],
        })
    });
    let document = json!({
        "stowplan": 1,
        "loadBalancers": [{"Name": "alb"}],
        "targetGroups": [{"Name": "web"}],
        "listeners": [{"LoadBalancerArn": "alb", "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "web"}]}],
        "rules": rules.collect::<Vec<_>>(),
    });
    let design = Design::read(&document.to_string()).expect("the benchmark's document reads");
    let compiled = compile(&design, None);
    assert!(
        compiled.diagnostics.is_empty(),
        "{:?}",
        compiled.diagnostics
    );
    compiled.model.listeners[0].router.as_ref().clone()
}

/// Requests that are made for a rule each, drawn evenly, and one of eight for none.
fn requests() -> Vec<Request> {
    (0..REQUESTS).map(request).collect()
}

fn request(n: u64) -> Request {
    let draw = |of: u64, bound: u64| draw_below(11, Stream::Pull, n * 8 + of, bound);
    let at = draw(0, u64::from(RULES));
    let made_for = |url: String| Request::from_url(&url).expect("the benchmark's URLs are ones");
    let plain = format!(
        "http://www.example.com/shop/items/{}/details?page={}",
        draw(1, 900),
        draw(2, 9)
    );
    let mut request = match at {
        _ if draw(3, 8) == 0 => made_for(plain),
        _ if at % 20 < 7 => made_for(format!("http://S{at}.Example.com/cart/{}", draw(1, 900))),
        _ if at % 20 < 12 => made_for(format!(
            "http://www.example.com/service-{at}/items/{}",
            draw(1, 900)
        )),
        _ if at % 20 < 14 => made_for(format!("http://c{}.t{at}.example.com/", draw(1, 900))),
        _ => match (at / 20 + at) % 6 {
            0 => made_for(format!(
                "http://www.example.com/shop/images-{at}/{}.png",
                draw(1, 900)
            )),
            2 => made_for(format!("{plain}&version=v{at}")),
            3 => made_for(format!(
                "http://www.example.com/orders-{at}/{}",
                draw(1, 900)
            )),
            5 => made_for(format!(
                "http://www.example.com/api/v{}/r{at}/items",
                draw(1, 9)
            )),
            _ => made_for(plain),
        },
    };
    let kind = (at / 20 + at) % 6;
    let is_late = at % 20 >= 14;
    let agent = if is_late && kind == 1 { at } else { 900 };
    request.headers = vec![
        ("Accept".into(), "text/html,application/xhtml+xml".into()),
        (
            "User-Agent".into(),
            format!("Mozilla/5.0 (X11; Linux x86_64) Agent-{agent} (KHTML)"),
        ),
        ("Accept-Encoding".into(), "gzip, deflate, br".into()),
    ];
    if is_late && kind == 3 {
        request.method = "DELETE".into();
    }
    if is_late && kind == 4 {
        request.source_ip = [10, u8::try_from(at).expect("below 100"), 3, 4].into();
    }
    request
}

/// The obvious way.
struct Naive {
    rules: Vec<Vec<Asked>>,
}

enum Asked {
    Host(Vec<Regex>),
    Path(Vec<Regex>),
    Header(String, Vec<Regex>),
    Other(Condition),
    Query(Vec<(Option<Regex>, Regex)>),
}

fn expression(value: &str, any_case: bool) -> Regex {
    let escaped = regex::escape(value)
        .replace("\\*", ".*")
        .replace("\\?", ".");
    let built = RegexBuilder::new(&format!("^(?s:{escaped})$"))
        .case_insensitive(any_case)
        .build();
    built.expect("an escaped value is an expression")
}

fn expressions(values: &Values, any_case: bool) -> Vec<Regex> {
    match values {
        Values::Wildcards(all) => all.iter().map(|it| expression(it, any_case)).collect(),
        Values::Regexes(all) => all
            .iter()
            .map(|it| Regex::new(it).expect("the benchmark's expressions are ones"))
            .collect(),
    }
}

impl Asked {
    fn new(condition: &Condition) -> Self {
        match condition {
            Condition::Host(values) => Self::Host(expressions(values, true)),
            Condition::Path(values) => Self::Path(expressions(values, false)),
            Condition::Header { name, values } => {
                Self::Header(name.clone(), expressions(values, true))
            }
            Condition::Query(pairs) => Self::Query(
                pairs
                    .iter()
                    .map(|it| {
                        let key = it.key.as_ref().map(|key| expression(key, true));
                        (key, expression(&it.value, true))
                    })
                    .collect(),
            ),
            Condition::Method(_) | Condition::SourceIp(_) => Self::Other(condition.clone()),
        }
    }

    fn is_met(&self, request: &Request) -> bool {
        match self {
            Self::Host(all) => {
                let host = request.host.split(':').next().unwrap_or_default();
                all.iter().any(|it| it.is_match(host))
            }
            Self::Path(all) => all.iter().any(|it| it.is_match(&request.path)),
            Self::Header(name, all) => request.headers.iter().any(|(known, value)| {
                known.eq_ignore_ascii_case(name) && all.iter().any(|it| it.is_match(value))
            }),
            Self::Query(pairs) => {
                let query = request.query.as_deref().unwrap_or_default();
                query
                    .split('&')
                    .filter_map(|it| it.split_once('='))
                    .any(|(key, value)| {
                        pairs.iter().any(|(wanted, asked)| {
                            wanted.as_ref().is_none_or(|it| it.is_match(key))
                                && asked.is_match(value)
                        })
                    })
            }
            Self::Other(Condition::Method(all)) => all.contains(&request.method),
            Self::Other(Condition::SourceIp(all)) => {
                all.iter().any(|it| it.contains(request.source_ip))
            }
            Self::Other(_) => false,
        }
    }
}

impl Naive {
    fn new(router: &Router) -> Self {
        let rules = router.rules().iter();
        let rules = rules.map(|rule| rule.conditions.iter().map(Asked::new).collect());
        Self {
            rules: rules.collect(),
        }
    }

    fn choose(&self, request: &Request) -> Chosen {
        let is_met = |rule: &Vec<Asked>| rule.iter().all(|it| it.is_met(request));
        let found = self.rules.iter().position(is_met);
        found.map_or(Chosen::Default, |at| {
            Chosen::Rule(u32::try_from(at).expect("there are 100 rules"))
        })
    }
}
