//! A tournament over the hosts of a cell: the smallest key at the root, changed in as many steps
//! as the tree is high. Written and read by position, so that equal contents are equal trees.

use alloc::vec;
use alloc::vec::Vec;

/// The key of a host that does not fit; no key of one that fits is as large.
pub(super) const UNFIT: u128 = u128::MAX;

/// Keys by position in a complete binary tree; the parent of `n` is `n / 2`.
#[derive(Clone, Debug)]
pub(super) struct Tournament {
    keys: Vec<u128>,
    /// How many leaves below each node fit.
    fitting: Vec<u32>,
    leaves: usize,
}

impl Tournament {
    /// A tree of so many leaves, none of which fits.
    pub(super) fn new(count: usize) -> Self {
        let leaves = count.next_power_of_two();
        Self {
            keys: vec![UNFIT; 2 * leaves],
            fitting: vec![0; 2 * leaves],
            leaves,
        }
    }

    /// Sets the key of a leaf.
    pub(super) fn set(&mut self, leaf: usize, key: u128) {
        let mut node = self.leaves + leaf;
        if self.keys[node] == key {
            return;
        }
        self.keys[node] = key;
        self.fitting[node] = u32::from(key != UNFIT);
        while node > 1 {
            node /= 2;
            let key = self.keys[2 * node].min(self.keys[2 * node + 1]);
            let fitting = self.fitting[2 * node] + self.fitting[2 * node + 1];
            if self.keys[node] == key && self.fitting[node] == fitting {
                return;
            }
            self.keys[node] = key;
            self.fitting[node] = fitting;
        }
    }

    /// The smallest key; [`UNFIT`] if no leaf fits.
    pub(super) fn smallest(&self) -> u128 {
        self.keys[1]
    }

    /// How many leaves fit.
    pub(super) fn fitting(&self) -> u32 {
        self.fitting[1]
    }

    /// The leaf of the `nth` that fits, from 0, in the order of the leaves.
    pub(super) fn nth_fitting(&self, mut nth: u32) -> usize {
        assert!(nth < self.fitting(), "there are fewer leaves that fit");
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            let left = self.fitting[node];
            if nth >= left {
                nth -= left;
                node += 1;
            }
        }
        node - self.leaves
    }

    /// The leaves whose keys are below `bound`, in their order. Only branches that hold one are
    /// entered.
    pub(super) fn below(&self, bound: u128) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![1];
        while let Some(node) = open.pop() {
            if self.keys[node] >= bound {
                continue;
            }
            if node >= self.leaves {
                found.push(node - self.leaves);
            } else {
                open.push(2 * node + 1);
                open.push(2 * node);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw_below};

    #[test]
    fn it_agrees_with_a_list() {
        for count in [1_usize, 2, 3, 7, 64, 100] {
            let mut tree = Tournament::new(count);
            let mut list = vec![UNFIT; count];
            for step in 0..500 {
                let drawn = |n, bound| draw_below(count as u64, Stream::Placement, n, bound);
                let leaf = drawn(2 * step, count as u64) as usize;
                let key = match drawn(2 * step + 1, 12) {
                    0 => UNFIT,
                    key => u128::from(key),
                };
                tree.set(leaf, key);
                list[leaf] = key;
                assert_eq!(Some(tree.smallest()), list.iter().min().copied());
                let fitting: Vec<usize> = (0..count).filter(|at| list[*at] != UNFIT).collect();
                assert_eq!(tree.fitting() as usize, fitting.len());
                let walked: Vec<usize> = (0..tree.fitting())
                    .map(|nth| tree.nth_fitting(nth))
                    .collect();
                assert_eq!(walked, fitting);
                let low: Vec<usize> = (0..count).filter(|at| list[*at] < 4).collect();
                assert_eq!(tree.below(4), low);
            }
        }
    }
}
