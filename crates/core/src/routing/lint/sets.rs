//! What one condition allows, as a set, and what can be proven of such sets.

use super::automaton::{self, Common, Union, common, is_covered};
use super::blocks::Blocks;
use super::{Budget, Proof};
use crate::routing::wildcard::Token;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// What a condition compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Method.
    Method,
    /// Address that the connection comes from.
    SourceIp,
    /// The headers of a name, in lower case; a request may have several.
    Header(String),
    /// The pairs of the query.
    Query,
    /// Host.
    Host,
    /// Path.
    Path,
}

impl Place {
    /// Whether a request has just one; of others, one that is right suffices.
    pub(super) const fn is_single(&self) -> bool {
        match self {
            Self::Method | Self::SourceIp | Self::Host | Self::Path => true,
            Self::Header(_) | Self::Query => false,
        }
    }
}

/// What a condition allows.
#[derive(Clone, Debug)]
pub(super) enum Set {
    /// Texts that match.
    Texts(Texts),
    /// These words.
    Words(BTreeSet<String>),
    /// These addresses.
    Blocks(Blocks),
}

/// Texts that match one of several values.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// Values with wildcards.
    pub(super) patterns: Vec<Vec<Token>>,
    /// Regular expressions of which only the text is known.
    pub(super) regexes: BTreeSet<String>,
    /// Whether there are others, of which nothing is known.
    pub(super) has_unknown: bool,
    /// The values with wildcards together.
    pub(super) union: Union,
    /// A value that all texts of the place match; `None` where wildcards do not take everything.
    pub(super) universe: Option<Vec<Token>>,
    /// What neither `*` nor `?` takes.
    pub(super) separator: Option<u8>,
}

impl Texts {
    /// Whether values cannot be told by wildcards alone.
    fn is_vague(&self) -> bool {
        self.has_unknown || !self.regexes.is_empty()
    }
}

/// What is left of a claim whose refutation only looked at values with wildcards.
const fn weakened(proof: Proof, is_vague: bool) -> Proof {
    match proof {
        Proof::No if is_vague => Proof::Unknown,
        Proof::Yes | Proof::No | Proof::Unknown => proof,
    }
}

/// Whether all that `set` allows is allowed by one of `others`, all of the same place.
pub(super) fn is_within(set: &Set, others: &[&Set], budget: &mut Budget) -> Proof {
    match set {
        Set::Texts(texts) => {
            let others: Vec<&Texts> = others.iter().filter_map(|it| it.texts()).collect();
            texts_are_within(texts, &others, budget)
        }
        Set::Words(words) => {
            let all: Vec<&BTreeSet<String>> = others.iter().filter_map(|it| it.words()).collect();
            let is_there = |word: &String| all.iter().any(|it| it.contains(word));
            decided(budget.spend(words.len()), words.iter().all(is_there))
        }
        Set::Blocks(blocks) => {
            let all: Vec<&Blocks> = others.iter().filter_map(|it| it.blocks()).collect();
            let steps = blocks.len() + all.iter().map(|it| it.len()).sum::<usize>();
            decided(budget.spend(steps), blocks.is_within(&all))
        }
    }
}

const fn decided(is_paid: bool, holds: bool) -> Proof {
    match (is_paid, holds) {
        (false, _) => Proof::Unknown,
        (true, true) => Proof::Yes,
        (true, false) => Proof::No,
    }
}

fn texts_are_within(texts: &Texts, others: &[&Texts], budget: &mut Budget) -> Proof {
    let merged;
    let union = match others {
        [only] => &only.union,
        several => {
            let mut union = Union::new(texts.separator);
            several.iter().for_each(|it| union.add_all(&it.union));
            merged = union;
            &merged
        }
    };
    let is_vague = others.iter().any(|it| it.is_vague());
    let of_patterns = texts.patterns.iter();
    let mut known =
        Proof::all(of_patterns.map(|it| weakened(is_covered(it, union, budget), is_vague)));
    let named = |regex: &String| others.iter().any(|it| it.regexes.contains(regex));
    let rest_is_named = texts.regexes.iter().all(named) && !texts.has_unknown;
    if known != Proof::No && !rest_is_named {
        let universe = texts.universe.as_deref();
        let everything = universe.map(|it| is_covered(it, union, budget));
        if everything != Some(Proof::Yes) {
            known = Proof::Unknown;
        }
    }
    known
}

/// Something that both sets allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shared {
    /// A text or word.
    Text(Vec<u8>),
    /// An address.
    Address(core::net::IpAddr),
    /// There is nothing.
    Nothing,
    /// Not looked for to the end, or hidden in a regular expression.
    Unknown,
}

/// Something that both sets, of the same place, allow.
pub(super) fn shared(a: &Set, b: &Set, budget: &mut Budget) -> Shared {
    match (a, b) {
        (Set::Texts(a), Set::Texts(b)) => shared_text(a, b, budget),
        (Set::Words(a), Set::Words(b)) => match a.intersection(b).next() {
            Some(word) => Shared::Text(word.clone().into_bytes()),
            None => Shared::Nothing,
        },
        (Set::Blocks(a), Set::Blocks(b)) => match a.shared(b) {
            Some(address) => Shared::Address(address),
            None => Shared::Nothing,
        },
        (Set::Texts(_) | Set::Words(_) | Set::Blocks(_), _) => Shared::Unknown,
    }
}

/// Whether a glance shows that the sets, of the same place, have nothing in common.
pub(super) fn are_apart(a: &Set, b: &Set) -> bool {
    match (a, b) {
        (Set::Texts(a), Set::Texts(b)) => {
            let part = |x: &Vec<Token>| b.patterns.iter().all(|y| automaton::are_apart(x, y));
            !a.is_vague() && !b.is_vague() && a.patterns.iter().all(part)
        }
        (Set::Words(a), Set::Words(b)) => a.is_disjoint(b),
        (Set::Blocks(a), Set::Blocks(b)) => a.shared(b).is_none(),
        (Set::Texts(_) | Set::Words(_) | Set::Blocks(_), _) => false,
    }
}

/// Something that the set allows.
pub(super) fn any_of(set: &Set, budget: &mut Budget) -> Shared {
    shared(set, set, budget)
}

fn shared_text(a: &Texts, b: &Texts, budget: &mut Budget) -> Shared {
    let mut is_known = !a.is_vague() && !b.is_vague();
    let pairs = a
        .patterns
        .iter()
        .flat_map(|x| b.patterns.iter().map(move |y| (x, y)));
    for (x, y) in pairs {
        match common(x, y, a.separator, budget) {
            Common::Text(text) => return Shared::Text(text),
            Common::Nothing => {}
            Common::Unknown => is_known = false,
        }
    }
    if is_known {
        Shared::Nothing
    } else {
        Shared::Unknown
    }
}

impl Set {
    /// Whether it allows nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Texts(texts) => texts.patterns.is_empty() && !texts.is_vague(),
            Self::Words(words) => words.is_empty(),
            Self::Blocks(blocks) => blocks.len() == 0,
        }
    }

    pub(super) const fn texts(&self) -> Option<&Texts> {
        match self {
            Self::Texts(texts) => Some(texts),
            Self::Words(_) | Self::Blocks(_) => None,
        }
    }

    const fn words(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::Words(words) => Some(words),
            Self::Texts(_) | Self::Blocks(_) => None,
        }
    }

    const fn blocks(&self) -> Option<&Blocks> {
        match self {
            Self::Blocks(blocks) => Some(blocks),
            Self::Texts(_) | Self::Words(_) => None,
        }
    }
}
