//! Containers of our service that belong to no task: what a removal left that was given up while
//! an engine did not answer.
//!
//! A list may have been asked for just before a removal, so only what two lists in a row have
//! counts. Each container is handed out once; what even then stays is told at the end of the run.

use std::collections::{BTreeMap, BTreeSet};

/// Containers by name that lists had and no task owns.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    /// Those of each host's last list.
    suspected: BTreeMap<usize, BTreeSet<String>>,
    confirmed: BTreeSet<String>,
}

impl Orphans {
    /// Takes what no task owns in the newest list of `host` and returns what is an orphan by now.
    pub(super) fn confirmed(&mut self, host: usize, unowned: BTreeSet<String>) -> Vec<String> {
        let before = self.suspected.insert(host, unowned.clone());
        let before = before.unwrap_or_default();
        let twice = unowned.intersection(&before);
        let fresh = twice.filter(|name| !self.confirmed.contains(*name));
        let fresh: Vec<String> = fresh.cloned().collect();
        self.confirmed.extend(fresh.iter().cloned());
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orphan_is_in_two_lists_in_a_row_and_is_handed_out_once() {
        let mut orphans = Orphans::default();
        let mut list = |host, names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned());
            orphans.confirmed(host, names.collect())
        };
        assert_eq!(list(0, &["a"]), [""; 0]);
        assert_eq!(list(1, &["a"]), [""; 0], "of another host");
        assert_eq!(list(0, &[]), [""; 0]);
        assert_eq!(list(0, &["a"]), [""; 0], "not in a row");
        assert_eq!(list(0, &["a", "b"]), ["a"]);
        assert_eq!(list(0, &["a", "b"]), ["b"]);
    }
}
