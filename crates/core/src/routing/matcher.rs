//! Conditions, compiled (load-balancing-and-scaling.md 1.3).

use super::regex::{Regex, RegexManner};
use super::view::View;
use super::wildcard::{Manner, Wildcard};
use super::{Cidr, Condition, QueryPair, RoutingSettings, Values};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A condition, compiled.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Host { patterns: Patterns, as_sent: bool },
    Path(Patterns),
    Header { name: String, patterns: Patterns },
    Method(Vec<Box<[u8]>>),
    Query(Vec<Pair>),
    SourceIp(Vec<Cidr>),
}

/// Values of one kind, compiled; in the order of the document.
#[derive(Clone, Debug)]
pub(super) enum Patterns {
    Wildcards(Vec<Wildcard>),
    Regexes(Vec<Option<Regex>>),
}

/// A pair of a query, compiled.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    key: Option<Wildcard>,
    value: Wildcard,
}

impl Pair {
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn key_matches(&self, key: &[u8]) -> bool {
        self.key.as_ref().is_none_or(|wanted| wanted.matches(key))
    }

    pub(super) fn matches(&self, key: &[u8], value: &[u8]) -> bool {
        self.key_matches(key) && self.value.matches(value)
    }
}

impl Patterns {
    fn new(values: &Values, manner: Manner, regex: RegexManner) -> Self {
        match values {
            Values::Wildcards(values) => {
                let all = values.iter().map(|it| Wildcard::new(it, manner));
                Self::Wildcards(all.collect())
            }
            Values::Regexes(values) => {
                Self::Regexes(values.iter().map(|it| Regex::new(it, regex)).collect())
            }
        }
    }

    fn any(&self, text: &[u8]) -> bool {
        match self {
            Self::Wildcards(all) => all.iter().any(|it| it.matches(text)),
            Self::Regexes(all) => all.iter().flatten().any(|it| it.matches(text)),
        }
    }

    /// Whether the value at this place matches.
    pub(super) fn matches(&self, at: usize, text: &[u8]) -> bool {
        match self {
            Self::Wildcards(all) => all.get(at).is_some_and(|it| it.matches(text)),
            Self::Regexes(all) => all
                .get(at)
                .and_then(Option::as_ref)
                .is_some_and(|it| it.matches(text)),
        }
    }

    /// Whether they are expressions, which are dear.
    pub(super) fn are_regexes(&self) -> bool {
        match self {
            Self::Wildcards(_) => false,
            Self::Regexes(_) => true,
        }
    }
}

/// How values with wildcards are read, by what they are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners(pub(super) RoutingSettings);

impl Manners {
    fn of(self, any_case: bool, separator: Option<u8>) -> Manner {
        Manner {
            any_case,
            escapes: false,
            anchored: self.0.wildcards_are_anchored,
            separator: separator.filter(|_| !self.0.wildcards_span_separators),
        }
    }

    /// Of a host, which is in lower case already, as the values must be.
    pub(super) fn of_host(self) -> Manner {
        self.of(false, Some(b'.'))
    }

    pub(super) fn of_path(self) -> Manner {
        self.of(false, Some(b'/'))
    }

    pub(super) fn of_header(self) -> Manner {
        self.of(true, None)
    }

    /// Of a key or a value of a query.
    pub(super) fn of_query(self) -> Manner {
        Manner {
            escapes: true,
            ..self.of(true, None)
        }
    }
}

impl Matcher {
    pub(super) fn new(condition: &Condition, settings: RoutingSettings) -> Self {
        let manner = Manners(settings);
        let regex = |any_case: bool| RegexManner {
            anchored: settings.regex_is_anchored,
            any_case,
        };
        match condition {
            Condition::Host(values) => Self::Host {
                // The text is in lower case already.
                patterns: Patterns::new(&lowered(values), manner.of_host(), regex(false)),
                as_sent: is_regex(values) && !settings.host_regex_is_lowercased,
            },
            Condition::Path(values) => {
                let (manner, regex) = (manner.of_path(), regex(false));
                Self::Path(Patterns::new(values, manner, regex))
            }
            Condition::Header { name, values } => {
                let regex = regex(settings.header_regex_ignores_case);
                Self::Header {
                    name: name.clone(),
                    patterns: Patterns::new(values, manner.of_header(), regex),
                }
            }
            Condition::Method(methods) => {
                let all = methods.iter().map(|it| it.as_bytes().into());
                Self::Method(all.collect())
            }
            Condition::Query(pairs) => {
                let manner = manner.of_query();
                Self::Query(pairs.iter().map(|it| pair(it, manner)).collect())
            }
            Condition::SourceIp(blocks) => Self::SourceIp(blocks.clone()),
        }
    }

    /// Whether the condition is met.
    pub(super) fn is_met(&self, view: &View<'_>) -> bool {
        match self {
            Self::Host { patterns, as_sent } => {
                let host = if *as_sent {
                    &view.host_as_sent
                } else {
                    view.host
                };
                patterns.any(host)
            }
            Self::Path(patterns) => patterns.any(&view.path),
            Self::Header { name, patterns } => view.headers(name).any(|value| patterns.any(&value)),
            Self::Method(methods) => {
                let method = view.method();
                methods.iter().any(|it| **it == *method)
            }
            Self::Query(pairs) => view
                .pairs()
                .any(|(key, value)| pairs.iter().any(|pair| pair.matches(key, value))),
            Self::SourceIp(blocks) => {
                let address = view.request.source_ip;
                blocks.iter().any(|block| block.contains(address))
            }
        }
    }

    /// How dear it is to ask, for an order within a rule: none changes the answer.
    pub(super) fn cost(&self) -> u8 {
        match self {
            Self::Method(_) => 0,
            Self::SourceIp(_) => 1,
            Self::Host { patterns, .. } | Self::Path(patterns) if !patterns.are_regexes() => 2,
            Self::Header { patterns, .. } if !patterns.are_regexes() => 3,
            Self::Query(_) => 4,
            Self::Host { .. } | Self::Path(_) | Self::Header { .. } => 5,
        }
    }
}

fn is_regex(values: &Values) -> bool {
    match values {
        Values::Wildcards(_) => false,
        Values::Regexes(_) => true,
    }
}

/// Hosts in lower case; expressions as they are.
fn lowered(values: &Values) -> Values {
    match values {
        Values::Wildcards(all) => {
            Values::Wildcards(all.iter().map(|it| it.to_ascii_lowercase()).collect())
        }
        Values::Regexes(all) => Values::Regexes(all.clone()),
    }
}

fn pair(pair: &QueryPair, manner: Manner) -> Pair {
    Pair {
        key: pair.key.as_deref().map(|key| Wildcard::new(key, manner)),
        value: Wildcard::new(&pair.value, manner),
    }
}

impl Cidr {
    /// Whether the block contains `address`.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                let rest = 32_u32.saturating_sub(self.prefix.into());
                let differ = block.to_bits() ^ address.to_bits();
                differ.checked_shr(rest).unwrap_or(0) == 0
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                let rest = 128_u32.saturating_sub(self.prefix.into());
                let differ = block.to_bits() ^ address.to_bits();
                differ.checked_shr(rest).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}
