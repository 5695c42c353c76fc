//! The router held against an oracle that is slow and obviously right: rule by rule, straight
//! from the table of load-balancing-and-scaling.md 1.3, on drawn rules and requests over a small
//! alphabet so that much of it matches.

use super::*;
use crate::draw::{Stream, draw_below};
use core::cell::Cell;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Rule sets, each asked with some requests: 100,000 pairs.
const SETS: u64 = 20_000;
const REQUESTS: u64 = 5;

/// Draws one after the other.
pub(in crate::routing) struct Dice {
    pub(in crate::routing) seed: u64,
    pub(in crate::routing) next: Cell<u64>,
}

impl Dice {
    pub(in crate::routing) fn below(&self, bound: usize) -> usize {
        let n = self.next.replace(self.next.get() + 1);
        usize::try_from(draw_below(self.seed, Stream::Pull, n, bound as u64)).unwrap()
    }

    fn of<'a>(&self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn some(&self, all: &[&str]) -> Vec<String> {
        (0..=self.below(2))
            .map(|_| self.of(all).to_string())
            .collect()
    }
}

const HOSTS: &[&str] = &[
    "a.com", "B.com", "*.a.com", "?.com", "*", "x.a.com", "*.*.com",
];
const PATHS: &[&str] = &[
    "/a", "/a/*", "/a/b", "/A/*", "*b", "/?/b", "/*/b/*", "*", "/a*", "/a/b/*", "/", "/b/?*",
];
const PATH_REGEXES: &[&str] = &[
    "^/a/", "^/a/b", "b$", "^/[ab]/", "/b/", "^/a/b?$", "a|b", "^/$",
];
const VALUES: &[&str] = &["a", "B", "a*", "*b", "?", "*", "ab", "a\\*", "a?b", ""];
const NAMES: &[&str] = &["X-A", "x-b"];
const METHODS: &[&str] = &["GET", "POST", "get"];

fn condition(dice: &Dice) -> Condition {
    match dice.below(9) {
        0 | 1 => Condition::Host(Values::Wildcards(dice.some(HOSTS))),
        2 | 3 => Condition::Path(Values::Wildcards(dice.some(PATHS))),
        4 => Condition::Path(Values::Regexes(dice.some(PATH_REGEXES))),
        5 => Condition::Header {
            name: dice.of(NAMES).into(),
            values: Values::Wildcards(dice.some(VALUES)),
        },
        6 => Condition::Method(dice.some(METHODS)),
        7 => Condition::Query(vec![QueryPair {
            key: (dice.below(2) == 0).then(|| dice.of(VALUES).into()),
            value: dice.of(VALUES).into(),
        }]),
        _ => Condition::SourceIp(vec![match dice.below(3) {
            0 => Cidr {
                address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)),
                prefix: 8,
            },
            1 => Cidr {
                address: IpAddr::V4(Ipv4Addr::new(10, 1, 0, 128)),
                prefix: 25,
            },
            _ => Cidr {
                address: IpAddr::V6(Ipv6Addr::from_bits(1 << 64)),
                prefix: 64,
            },
        }]),
    }
}

pub(in crate::routing) fn rules(dice: &Dice) -> Vec<Rule> {
    let rule = |at: usize| Rule {
        priority: u32::try_from(1 + dice.below(50)).unwrap(),
        conditions: (0..=dice.below(3)).map(|_| condition(dice)).collect(),
        routed: to(u32::try_from(at).unwrap()),
    };
    (0..=dice.below(8)).map(rule).collect()
}

pub(in crate::routing) fn request(dice: &Dice) -> Request {
    let text = |most: usize, alphabet: &[&str]| -> String {
        (0..dice.below(most)).map(|_| dice.of(alphabet)).collect()
    };
    let host = dice.of(&["a.com", "b.com:80", "x.A.com", "x.y.com", "c.com"]);
    let mut request = get(&format!("http://{host}/{}", text(6, &["a", "b", "/", "A"])));
    request.method = dice.of(METHODS).into();
    let pair = |_| {
        format!(
            "{}={}",
            text(3, &["a", "b", "*"]),
            text(3, &["a", "B", "*"])
        )
    };
    let pairs: Vec<String> = (0..dice.below(3)).map(pair).collect();
    request.query = (!pairs.is_empty()).then(|| pairs.join("&"));
    request.headers = (0..dice.below(4))
        .map(|_| {
            (
                dice.of(&["X-A", "X-B"]).into(),
                text(3, &["a", "b", "\u{e9}", "A"]),
            )
        })
        .collect();
    request.source_ip = match dice.below(4) {
        0 => IpAddr::V4(Ipv4Addr::new(10, 1, 0, 200)),
        1 => IpAddr::V4(Ipv4Addr::new(10, 1, 0, 1)),
        2 => IpAddr::V4(Ipv4Addr::new(11, 0, 0, 1)),
        _ => IpAddr::V6(Ipv6Addr::from_bits((1 << 64) | 5)),
    };
    request
}

/// One character of a value, or a wildcard.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Is(char),
    One,
    Many,
}

fn signs(value: &str, escapes: bool) -> Vec<Sign> {
    let mut signs = Vec::new();
    let all: Vec<char> = value.chars().collect();
    let mut at = 0;
    while at < all.len() {
        let escaped = escapes && all[at] == '\\' && matches!(all.get(at + 1), Some('*' | '?'));
        at += usize::from(escaped);
        signs.push(match all[at] {
            '*' if !escaped => Sign::Many,
            '?' if !escaped => Sign::One,
            other => Sign::Is(other),
        });
        at += 1;
    }
    signs
}

/// Whether the signs match the text: a table of all pairs of endings.
fn says(signs: &[Sign], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut below: Vec<bool> = (0..=text.len()).map(|at| at == text.len()).collect();
    for sign in signs.iter().rev() {
        let mut row = vec![false; text.len() + 1];
        for at in (0..=text.len()).rev() {
            let next = |row: &[bool]| row.get(at + 1).copied().unwrap_or(false);
            row[at] = match sign {
                Sign::Many => below[at] || next(&row),
                Sign::One => next(&below),
                Sign::Is(wanted) => text.get(at) == Some(wanted) && next(&below),
            };
        }
        below = row;
    }
    below[0]
}

fn seen(text: &str) -> String {
    text.chars().filter(|it| (' '..='~').contains(it)).collect()
}

fn matches(value: &str, text: &str, fold: bool, escapes: bool) -> bool {
    let (value, text) = if fold {
        (value.to_lowercase(), text.to_lowercase())
    } else {
        (value.to_string(), text.to_string())
    };
    says(&signs(&value, escapes), &seen(&text))
}

fn any(values: &Values, text: &str, fold: bool) -> bool {
    match values {
        Values::Wildcards(all) => all.iter().any(|it| matches(it, text, fold, false)),
        Values::Regexes(all) => all
            .iter()
            .any(|it| regex_lite::Regex::new(it).unwrap().is_match(text)),
    }
}

fn bits(address: IpAddr) -> Vec<bool> {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1 == 1))
        .collect()
}

pub(in crate::routing) fn is_met(condition: &Condition, request: &Request) -> bool {
    match condition {
        Condition::Host(values) => {
            let host = request.host.split(':').next().unwrap();
            any(values, host, true)
        }
        Condition::Path(values) => any(values, &request.path, false),
        Condition::Header { name, values } => {
            let mut all = request.headers.iter();
            all.any(|(known, value)| {
                known.to_lowercase() == name.to_lowercase() && any(values, value, true)
            })
        }
        Condition::Method(all) => all.contains(&request.method),
        Condition::Query(pairs) => {
            let query = request.query.clone().unwrap_or_default();
            let sent: Vec<(&str, &str)> = query
                .split('&')
                .filter_map(|it| it.split_once('='))
                .collect();
            sent.iter().any(|(key, value)| {
                pairs.iter().any(|pair| {
                    let key_matches = pair
                        .key
                        .as_ref()
                        .is_none_or(|it| matches(it, key, true, true));
                    key_matches && matches(&pair.value, value, true, true)
                })
            })
        }
        Condition::SourceIp(blocks) => blocks.iter().any(|block| {
            let (block_bits, sent) = (bits(block.address), bits(request.source_ip));
            let prefix = usize::from(block.prefix);
            block_bits.len() == sent.len() && block_bits[..prefix] == sent[..prefix]
        }),
    }
}

/// The group that the oracle sends a request to.
fn group(rules: &[Rule], request: &Request) -> Routed {
    let mut met: Vec<&Rule> = Vec::new();
    for rule in rules {
        if rule.conditions.iter().all(|it| is_met(it, request)) {
            met.push(rule);
        }
    }
    let best = met.iter().map(|it| it.priority).min();
    let first = met.iter().find(|it| Some(it.priority) == best);
    first.map_or_else(|| to(99), |rule| rule.routed.clone())
}

#[test]
fn the_router_answers_as_the_table_says() {
    let (mut by_rule, mut by_default) = (0_u64, 0_u64);
    for seed in 0..SETS {
        let dice = Dice {
            seed,
            next: Cell::new(0),
        };
        let rules = rules(&dice);
        let router = Router::new(rules.clone(), to(99), RoutingSettings::default());
        for _ in 0..REQUESTS {
            let request = request(&dice);
            let chosen = router.choose(&request);
            let expected = group(&rules, &request);
            assert_eq!(
                router.action(chosen),
                &expected,
                "set {seed}: {rules:?} {request:?}"
            );
            assert_eq!(
                router.trace(&request).chosen,
                Some(chosen),
                "set {seed}: {request:?}"
            );
            match chosen {
                Chosen::Rule(_) => by_rule += 1,
                Chosen::Default => by_default += 1,
            }
        }
    }
    // Neither side may be rare, or the comparison would prove little.
    assert!(
        by_rule > SETS && by_default > SETS,
        "{by_rule} {by_default}"
    );
}
