//! Which rules a request may meet at all.
//!
//! A rule is filed under one thing that it demands: its hosts, where none has a wildcard, else
//! what its paths begin with, up to the second slash. What demands neither is asked every time.
//! The lists are walked together by ascending place, so the first rule that is met is the one
//! that asking them all would find.

use super::matcher::{Matcher, Patterns};
use super::router::Compiled;
use super::view::View;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Rules by what they demand, each list ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    hosts: BTreeMap<Box<[u8]>, Vec<u32>>,
    paths: BTreeMap<Box<[u8]>, Vec<u32>>,
    others: Vec<u32>,
}

impl Index {
    /// Files rules, whose conditions come in ascending order of the rules.
    pub(super) fn new(rules: &[Compiled]) -> Self {
        let mut index = Self::default();
        for (at, rule) in (0..).zip(rules) {
            index.file(at, &rule.matchers);
        }
        index
    }

    fn file(&mut self, at: u32, matchers: &[Matcher]) {
        let hosts = matchers.iter().find_map(hosts);
        let paths = matchers.iter().find_map(paths);
        let (shelf, keys) = match (hosts, paths) {
            (Some(hosts), _) => (&mut self.hosts, hosts),
            (None, Some(paths)) => (&mut self.paths, paths),
            (None, None) => {
                self.others.push(at);
                return;
            }
        };
        for key in keys {
            let list = shelf.entry(key).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }

    /// The first rule, in ascending order, that `is_met`.
    pub(super) fn first(&self, view: &View<'_>, is_met: impl Fn(u32) -> bool) -> Option<u32> {
        let none: &[u32] = &[];
        let mut lists = [
            self.hosts.get(view.host).map_or(none, Vec::as_slice),
            self.paths
                .get(segment(&view.path))
                .map_or(none, Vec::as_slice),
            &self.others,
        ];
        loop {
            let next = lists.iter_mut().filter(|it| !it.is_empty());
            let list = next.min_by_key(|it| it[0])?;
            let (at, rest) = list.split_first()?;
            if is_met(*at) {
                return Some(*at);
            }
            *list = rest;
        }
    }
}

/// Hosts that a condition demands, if it demands any by name.
fn hosts(matcher: &Matcher) -> Option<Vec<Box<[u8]>>> {
    match matcher {
        Matcher::Host {
            patterns: Patterns::Wildcards(all),
            ..
        } => all.iter().map(|it| it.exact().map(Into::into)).collect(),
        Matcher::Host { .. }
        | Matcher::Path(_)
        | Matcher::Header { .. }
        | Matcher::Method(_)
        | Matcher::Query(_)
        | Matcher::SourceIp(_) => None,
    }
}

/// What the paths of a condition begin with, if each begins with a whole segment.
fn paths(matcher: &Matcher) -> Option<Vec<Box<[u8]>>> {
    match matcher {
        Matcher::Path(Patterns::Wildcards(all)) => {
            let keys = all.iter().map(|it| match it.exact() {
                Some(path) => Some(segment(path).into()),
                None => whole_segment(&it.head()),
            });
            keys.collect()
        }
        Matcher::Path(Patterns::Regexes(all)) => {
            let keys = all.iter().map(|it| whole_segment(it.as_ref()?.head()));
            keys.collect()
        }
        Matcher::Host { .. }
        | Matcher::Header { .. }
        | Matcher::Method(_)
        | Matcher::Query(_)
        | Matcher::SourceIp(_) => None,
    }
}

/// The first segment of `head` with both its slashes, if it is there.
fn whole_segment(head: &[u8]) -> Option<Box<[u8]>> {
    let segment = segment(head);
    (segment.len() > 1 && segment.ends_with(b"/")).then(|| segment.into())
}

/// A path up to and with its second slash.
fn segment(path: &[u8]) -> &[u8] {
    let second = path.iter().skip(1).position(|it| *it == b'/');
    second.map_or(path, |at| &path[..at + 2])
}
