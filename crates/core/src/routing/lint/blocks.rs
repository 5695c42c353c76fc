//! CIDR blocks as ranges of addresses: union and containment are exact, of both versions of IP.

use crate::routing::Cidr;
use alloc::vec;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses of both versions: ranges of ascending addresses that neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blocks(Vec<Range>);

/// Addresses of one version from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    is_v6: bool,
    first: u128,
    last: u128,
}

impl Range {
    fn of(block: Cidr) -> Self {
        let (is_v6, address, bits) = match block.address {
            IpAddr::V4(address) => (false, u128::from(address.to_bits()), 32_u32),
            IpAddr::V6(address) => (true, address.to_bits(), 128),
        };
        let rest = bits.saturating_sub(block.prefix.into());
        let free = 1_u128.checked_shl(rest).map_or(u128::MAX, |it| it - 1);
        let first = address & !free;
        Self {
            is_v6,
            first,
            last: first | free,
        }
    }

    /// Whether `next`, which begins no earlier, overlaps this range or goes on where it ends.
    fn reaches(self, next: Self) -> bool {
        self.is_v6 == next.is_v6 && next.first <= self.last.saturating_add(1)
    }

    fn contains(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last <= self.last
    }
}

impl Blocks {
    pub(super) fn new(blocks: &[Cidr]) -> Self {
        Self::merged(blocks.iter().map(|it| Range::of(*it)).collect())
    }

    /// Every address.
    pub(super) fn all() -> Self {
        let version = |is_v6, last| Range {
            is_v6,
            first: 0,
            last,
        };
        Self(vec![
            version(false, u32::MAX.into()),
            version(true, u128::MAX),
        ])
    }

    fn merged(mut ranges: Vec<Range>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<Range> = Vec::new();
        for range in ranges {
            match merged.last_mut().filter(|it| it.reaches(range)) {
                Some(before) => before.last = before.last.max(range.last),
                None => merged.push(range),
            }
        }
        Self(merged)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether each address is one of `others`.
    pub(super) fn is_within(&self, others: &[&Self]) -> bool {
        let all = others.iter().flat_map(|it| it.0.iter().copied());
        let all = Self::merged(all.collect());
        let is_there = |range: &Range| all.0.iter().any(|it| it.contains(*range));
        self.0.iter().all(is_there)
    }

    /// The first address of both.
    pub(super) fn shared(&self, other: &Self) -> Option<IpAddr> {
        let pairs = self
            .0
            .iter()
            .flat_map(|x| other.0.iter().map(move |y| (x, y)));
        let mut pairs = pairs.filter(|(x, y)| x.is_v6 == y.is_v6);
        pairs.find_map(|(x, y)| {
            let first = x.first.max(y.first);
            (first <= x.last.min(y.last)).then(|| address(x.is_v6, first))
        })
    }
}

fn address(is_v6: bool, number: u128) -> IpAddr {
    match u32::try_from(number) {
        Ok(number) if !is_v6 => IpAddr::V4(Ipv4Addr::from_bits(number)),
        Ok(_) | Err(_) => IpAddr::V6(Ipv6Addr::from_bits(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(texts: &[&str]) -> Blocks {
        let read = |text: &&str| {
            let (address, prefix) = text.split_once('/').expect("a block has a slash");
            Cidr {
                address: address.parse().expect("an address"),
                prefix: prefix.parse().expect("a number"),
            }
        };
        Blocks::new(&texts.iter().map(read).collect::<Vec<_>>())
    }

    fn is_within(inner: &[&str], outer: &[&[&str]]) -> bool {
        let outer: Vec<Blocks> = outer.iter().map(|it| blocks(it)).collect();
        blocks(inner).is_within(&outer.iter().collect::<Vec<_>>())
    }

    #[test]
    fn halves_make_a_whole_and_versions_do_not_mix() {
        assert!(is_within(
            &["10.0.0.0/8"],
            &[&["10.0.0.0/9"], &["10.128.0.0/9"]]
        ));
        assert!(!is_within(
            &["10.0.0.0/8"],
            &[&["10.0.0.0/9"], &["11.0.0.0/8"]]
        ));
        assert!(!is_within(
            &["10.0.0.0/8"],
            &[&["10.0.0.0/9", "10.128.0.0/10"]]
        ));
        assert!(is_within(&["10.1.2.3/32"], &[&["10.1.99.99/16"]]));
        assert!(is_within(
            &["2001:db8::/33", "2001:db8:8000::/33"],
            &[&["2001:db8::/32"]]
        ));
        assert!(!is_within(&["::a00:0/104"], &[&["10.0.0.0/8"]]));
        let everything: [&[&str]; 2] = [&["0.0.0.0/0"], &["::/0"]];
        assert!(Blocks::all().is_within(&[&blocks(everything[0]), &blocks(everything[1])]));
        assert!(!Blocks::all().is_within(&[&blocks(everything[0])]));
    }

    #[test]
    fn ranges_decide_as_addresses_one_by_one_do() {
        // Blocks of the last eight bits, all of them, against all pairs of others.
        let all: Vec<Cidr> = (24_u8..=32)
            .flat_map(|prefix| {
                let size = 1_u32 << (32 - prefix);
                (0..256 / size).map(move |at| Cidr {
                    address: IpAddr::V4(Ipv4Addr::from_bits(at * size)),
                    prefix,
                })
            })
            .filter(|it| it.prefix <= 28)
            .collect();
        let members = |it: &Cidr| -> Vec<bool> {
            let address = |at| IpAddr::V4(Ipv4Addr::from_bits(at));
            (0..256)
                .step_by(16)
                .map(|at| it.contains(address(at)))
                .collect()
        };
        for a in &all {
            for b in &all {
                for c in &all {
                    let (x, y, z) = (members(a), members(b), members(c));
                    let expected = (0..16).all(|at| !x[at] || y[at] || z[at]);
                    let (a, b, c) = (&[*a], &[*b], &[*c]);
                    let found = Blocks::new(a).is_within(&[&Blocks::new(b), &Blocks::new(c)]);
                    assert_eq!(found, expected, "{a:?} {b:?} {c:?}");
                }
                let both = (0..16).any(|at| members(a)[at] && members(b)[at]);
                let found = Blocks::new(&[*a]).shared(&Blocks::new(&[*b]));
                assert_eq!(found.is_some(), both);
                assert!(found.is_none_or(|it| a.contains(it) && b.contains(it)));
            }
        }
    }
}
