//! Seeds as they are given: one, or all from A to B.

use std::str::FromStr;

/// Most seeds of one call.
const SEEDS_MAX: u64 = 100_000;

/// All seeds from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seeds {
    first: u64,
    last: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not `A..B`, such as `1..50`");
        let (first, last) = text.split_once("..").ok_or_else(wrong)?;
        let last = last.strip_prefix('=').unwrap_or(last);
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
        let (first, last) = (number(first)?, number(last)?);
        if last < first {
            return Err(format!(
                "{last} comes before {first}; the smaller seed is first"
            ));
        }
        if last - first >= SEEDS_MAX {
            return Err(format!("more than {SEEDS_MAX} seeds are too many"));
        }
        Ok(Self { first, last })
    }
}

impl Seeds {
    pub(crate) fn all(self) -> Vec<u64> {
        (self.first..=self.last).collect()
    }
}

/// Which seeds to run.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct SeedChoice {
    /// Seed of everything drawn [default: the scenario's, else 1]
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    pub(crate) seed: Option<u64>,
    /// Run with every seed from A to B, both included
    #[arg(long, value_name = "A..B")]
    pub(crate) seeds: Option<Seeds>,
}

impl SeedChoice {
    /// The seeds, where a scenario's own is `own`.
    pub(crate) fn of(self, own: u64) -> Vec<u64> {
        match self.seeds {
            Some(seeds) => seeds.all(),
            None => vec![self.seed.unwrap_or(own)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_both_ends() {
        let all = |text: &str| text.parse::<Seeds>().map(Seeds::all);
        assert_eq!(all("1..3"), Ok(vec![1, 2, 3]));
        assert_eq!(all("7..=7"), Ok(vec![7]));
        for bad in ["", "3", "3..", "..3", "3..1", "a..b", "0..100000", "-1..2"] {
            assert!(all(bad).is_err(), "{bad}");
        }
    }
}
