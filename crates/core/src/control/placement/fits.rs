//! Which hosts of a cell fit: a bit for each, counted in blocks, so that the n-th that fits is
//! found with a glance at each block and a word at a time within one.

use alloc::vec;
use alloc::vec::Vec;

/// Words that are counted together: a kibibit, two cache lines.
const BLOCK_WORDS: usize = 16;

/// A set of positions.
#[derive(Clone, Debug)]
pub(super) struct Fits {
    words: Vec<u64>,
    /// How many bits are set in each block of words.
    blocks: Vec<u32>,
    count: u32,
}

impl Fits {
    /// So many positions, none of which fits.
    pub(super) fn new(count: usize) -> Self {
        let words = count.div_ceil(64);
        Self {
            words: vec![0; words],
            blocks: vec![0; words.div_ceil(BLOCK_WORDS)],
            count: 0,
        }
    }

    /// Says of a position whether it fits.
    pub(super) fn set(&mut self, at: usize, fits: bool) {
        let (word, bit) = (at / 64, 1_u64 << (at % 64));
        if (self.words[word] & bit != 0) == fits {
            return;
        }
        self.words[word] ^= bit;
        let block = &mut self.blocks[word / BLOCK_WORDS];
        if fits {
            *block += 1;
            self.count += 1;
        } else {
            *block -= 1;
            self.count -= 1;
        }
    }

    /// Whether a position fits.
    pub(super) fn has(&self, at: usize) -> bool {
        self.words[at / 64] & 1 << (at % 64) != 0
    }

    /// How many fit.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The position of the `nth` that fits, from 0, in their order.
    pub(super) fn nth(&self, mut nth: u32) -> usize {
        assert!(nth < self.count, "there are fewer positions that fit");
        let mut block = 0;
        while nth >= self.blocks[block] {
            nth -= self.blocks[block];
            block += 1;
        }
        let mut word = block * BLOCK_WORDS;
        while nth >= self.words[word].count_ones() {
            nth -= self.words[word].count_ones();
            word += 1;
        }
        let mut bits = self.words[word];
        for _ in 0..nth {
            // The lowest bit goes.
            bits &= bits - 1;
        }
        word * 64 + bits.trailing_zeros() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw_below};

    #[test]
    fn it_agrees_with_a_list() {
        for count in [1_usize, 63, 64, 65, 1024, 3000] {
            let mut fits = Fits::new(count);
            let mut list = vec![false; count];
            for step in 0..2000 {
                let drawn = |n, bound| draw_below(count as u64, Stream::Placement, n, bound);
                let at = drawn(2 * step, count as u64) as usize;
                let value = drawn(2 * step + 1, 3) > 0;
                fits.set(at, value);
                list[at] = value;
            }
            let fitting: Vec<usize> = (0..count).filter(|at| list[*at]).collect();
            let walked: Vec<usize> = (0..fits.count()).map(|nth| fits.nth(nth)).collect();
            assert_eq!(walked, fitting);
        }
    }
}
