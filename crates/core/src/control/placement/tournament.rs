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
    leaves: usize,
}

impl Tournament {
    /// A tree of so many leaves, none of which fits.
    pub(super) fn new(count: usize) -> Self {
        let leaves = count.next_power_of_two();
        Self {
            keys: vec![UNFIT; 2 * leaves],
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
        while node > 1 {
            node /= 2;
            let key = self.keys[2 * node].min(self.keys[2 * node + 1]);
            if self.keys[node] == key {
                return;
            }
            self.keys[node] = key;
        }
    }

    /// The smallest key; [`UNFIT`] if no leaf fits.
    pub(super) fn smallest(&self) -> u128 {
        self.keys[1]
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
                let low: Vec<usize> = (0..count).filter(|at| list[*at] < 4).collect();
                assert_eq!(tree.below(4), low);
            }
        }
    }
}
