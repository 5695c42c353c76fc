//! A rule as sets: what each of its conditions allows, by what it compares.

use super::automaton::Union;
use super::blocks::Blocks;
use super::sets::{Place, Set, Shared, Texts, is_within, shared};
use super::simple_regex::as_wildcards;
use super::{Budget, Impossible, Proof};
use crate::routing::matcher::Manners;
use crate::routing::wildcard::{Manner, Token, read};
use crate::routing::{Condition, QueryPair, RoutingSettings, Rule, Values};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Longest value that is looked at, in tokens: AWS takes 128 characters, of a pair twice as many.
const TOKENS_MAX: usize = 300;

/// The method that no rule sees: it is answered 405 (1.7).
const UNSEEN_METHOD: &str = "TRACE";

/// Stands between the key and the value of a pair, where no wildcard takes it. No text has it:
/// only visible ASCII is compared.
const DIVIDER: u8 = 0;

/// A rule as sets.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// By place: those that are cheap to compare come first.
    pub(super) conditions: Vec<(Place, Set)>,
}

impl Side {
    pub(super) fn new(rule: &Rule, settings: RoutingSettings) -> Self {
        let all = rule.conditions.iter();
        let mut conditions: Vec<(Place, Set)> = all.map(|it| of_condition(it, settings)).collect();
        conditions.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self { conditions }
    }

    pub(super) fn at<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = &'a Set> {
        let here = self.conditions.iter().filter(move |(it, _)| it == place);
        here.map(|(_, set)| set)
    }

    /// Whether each request that the rule matches meets one of `conditions`, all of `place`.
    pub(super) fn implies(&self, place: &Place, conditions: &[&Set], budget: &mut Budget) -> Proof {
        let mut stated = self.at(place).peekable();
        if stated.peek().is_none() {
            return anything_is_within(place, conditions, budget);
        }
        let count = self.at(place).count();
        let proof = Proof::any(stated.map(|set| is_within(set, conditions, budget)));
        // Several conditions of one place allow less together than each of them.
        match proof {
            Proof::No if place.is_single() && count > 1 => Proof::Unknown,
            Proof::Yes | Proof::No | Proof::Unknown => proof,
        }
    }

    /// Why no request meets its conditions, where that is so.
    pub(super) fn impossible(&self, budget: &mut Budget) -> Option<Impossible> {
        for (at, (place, set)) in self.conditions.iter().enumerate() {
            if set.is_empty() {
                return match place {
                    Place::Path => Some(Impossible::Path),
                    Place::Method => Some(Impossible::Method),
                    Place::SourceIp | Place::Header(_) | Place::Query | Place::Host => None,
                };
            }
            let mut before = self.conditions[..at].iter();
            let contradicts = |(other, known): &(Place, Set)| {
                other == place && shared(known, set, budget) == Shared::Nothing
            };
            if place.is_single() && before.any(contradicts) {
                return Some(Impossible::Contradiction);
            }
        }
        None
    }
}

/// Whether whatever a request has at `place` meets one of the conditions.
fn anything_is_within(place: &Place, conditions: &[&Set], budget: &mut Budget) -> Proof {
    match place {
        Place::Header(_) | Place::Query | Place::Method => Proof::No,
        Place::SourceIp => is_within(&Set::Blocks(Blocks::all()), conditions, budget),
        Place::Host | Place::Path => {
            let texts = conditions.iter().find_map(|it| it.texts());
            let Some(everything) = texts.and_then(Texts::everything) else {
                return Proof::Unknown;
            };
            is_within(&Set::Texts(everything), conditions, budget)
        }
    }
}

impl Texts {
    fn new(kind: Kind) -> Self {
        Self {
            patterns: Vec::new(),
            regexes: BTreeSet::new(),
            has_unknown: false,
            union: Union::new(kind.separator),
            universe: kind.universe,
            separator: kind.separator,
        }
    }

    /// All texts of the place.
    fn everything(&self) -> Option<Self> {
        let universe = self.universe.clone()?;
        let mut texts = Self::new(Kind {
            separator: self.separator,
            universe: self.universe.clone(),
        });
        texts.add(universe);
        Some(texts)
    }

    fn add(&mut self, pattern: Vec<Token>) {
        let is_odd = |token: &Token| *token == Token::Byte(DIVIDER);
        let dividers = usize::from(self.separator == Some(DIVIDER));
        let odd = pattern.iter().filter(|it| is_odd(it)).count();
        if pattern.len() > TOKENS_MAX || odd != dividers {
            self.has_unknown = true;
        } else {
            self.union.add(&pattern);
            self.patterns.push(pattern);
        }
    }
}

/// What the texts of a place are like.
struct Kind {
    separator: Option<u8>,
    universe: Option<Vec<Token>>,
}

fn of_condition(condition: &Condition, settings: RoutingSettings) -> (Place, Set) {
    let manners = Manners(settings);
    match condition {
        Condition::Host(values) => {
            let lower = |value: &str| value.to_ascii_lowercase();
            let regexes = settings.host_regex_is_lowercased;
            let reader = Reader::new(manners.of_host(), regexes, settings);
            (Place::Host, reader.texts(values, lower, |it| vec![it], &[]))
        }
        Condition::Path(values) => {
            let manner = manners.of_path();
            let reader = Reader::new(manner, true, settings);
            let rooted = |it: Vec<Token>| rooted(&it, manner.separator);
            let start = [Token::Byte(b'/')];
            (
                Place::Path,
                reader.texts(values, str::to_string, rooted, &start),
            )
        }
        Condition::Header { name, values } => {
            let regexes = settings.header_regex_ignores_case;
            let reader = Reader::new(manners.of_header(), regexes, settings);
            let place = Place::Header(name.to_ascii_lowercase());
            (
                place,
                reader.texts(values, str::to_string, |it| vec![it], &[]),
            )
        }
        Condition::Method(methods) => {
            let seen = methods.iter().filter(|it| *it != UNSEEN_METHOD);
            (Place::Method, Set::Words(seen.cloned().collect()))
        }
        Condition::Query(pairs) => (Place::Query, of_pairs(pairs, manners.of_query())),
        Condition::SourceIp(blocks) => (Place::SourceIp, Set::Blocks(Blocks::new(blocks))),
    }
}

/// How values of a kind become patterns.
struct Reader {
    manner: Manner,
    /// Whether expressions are held against the same texts, with the same case rule, as values
    /// with wildcards, so that the two can be compared.
    reads_regexes: bool,
    regex_is_anchored: bool,
}

impl Reader {
    fn new(manner: Manner, same_case: bool, settings: RoutingSettings) -> Self {
        Self {
            manner,
            // The dot takes whole characters and no line feed; of visible ASCII that is all.
            reads_regexes: same_case
                && manner.separator.is_none()
                && settings.invisible_characters_are_skipped,
            regex_is_anchored: settings.regex_is_anchored,
        }
    }

    fn texts(
        &self,
        values: &Values,
        folded: impl Fn(&str) -> String,
        cut: impl Fn(Vec<Token>) -> Vec<Vec<Token>>,
        start: &[Token],
    ) -> Set {
        let separator = self.manner.separator;
        let universe = separator
            .is_none()
            .then(|| [start, &[Token::Star]].concat());
        let mut texts = Texts::new(Kind {
            separator,
            universe,
        });
        match values {
            Values::Wildcards(values) => {
                let read = values.iter().map(|it| read(&folded(it), self.manner));
                read.flat_map(&cut).for_each(|it| texts.add(it));
            }
            Values::Regexes(values) => {
                for value in values {
                    match self.of_regex(value) {
                        Some(pattern) => cut(pattern).into_iter().for_each(|it| texts.add(it)),
                        None => drop(texts.regexes.insert(value.clone())),
                    }
                }
            }
        }
        Set::Texts(texts)
    }

    fn of_regex(&self, regex: &str) -> Option<Vec<Token>> {
        let mut pattern =
            as_wildcards(regex, self.regex_is_anchored).filter(|_| self.reads_regexes)?;
        for token in &mut pattern {
            if let Token::Byte(byte) = token
                && self.manner.any_case
            {
                byte.make_ascii_lowercase();
            }
        }
        Some(pattern)
    }
}

/// What of a pattern begins with the slash that all paths begin with. The request `OPTIONS *` has
/// no path and is about the server itself: it is left out of what is claimed here.
fn rooted(pattern: &[Token], separator: Option<u8>) -> Vec<Vec<Token>> {
    let slash = [Token::Byte(b'/')];
    let takes_slash = separator != Some(b'/');
    match pattern.split_first() {
        Some((Token::Byte(b'/'), _)) => vec![pattern.to_vec()],
        Some((Token::One, rest)) if takes_slash => vec![[&slash, rest].concat()],
        Some((Token::Star, rest)) => {
            let mut found = rooted(rest, separator);
            if takes_slash {
                found.push([&slash, pattern].concat());
            }
            found
        }
        Some((Token::Byte(_) | Token::One, _)) | None => Vec::new(),
    }
}

fn of_pairs(pairs: &[QueryPair], manner: Manner) -> Set {
    let any = [Token::Star, Token::Byte(DIVIDER), Token::Star];
    let mut texts = Texts::new(Kind {
        separator: Some(DIVIDER),
        universe: Some(any.to_vec()),
    });
    for pair in pairs {
        let key = pair.key.as_deref().map(|key| read(key, manner));
        let mut pattern = key.unwrap_or_else(|| vec![Token::Star]);
        pattern.push(Token::Byte(DIVIDER));
        pattern.extend(read(&pair.value, manner));
        texts.add(pattern);
    }
    Set::Texts(texts)
}

/// Key and value of a text that of pairs was found.
pub(super) fn pair_of(text: &[u8]) -> (&[u8], &[u8]) {
    let at = text
        .iter()
        .position(|it| *it == DIVIDER)
        .unwrap_or(text.len());
    (&text[..at], text.get(at + 1..).unwrap_or_default())
}

/// The keys of pairs, as a set of texts.
pub(super) fn keys_of(texts: &Texts) -> Texts {
    let mut keys = Texts::new(Kind {
        separator: texts.separator,
        universe: None,
    });
    for pattern in &texts.patterns {
        let is_key = |token: &&Token| **token != Token::Byte(DIVIDER);
        let mut key: Vec<Token> = pattern.iter().take_while(is_key).copied().collect();
        key.push(Token::Byte(DIVIDER));
        keys.add(key);
    }
    keys
}
