//! Least outstanding requests: which share each target gets when every request goes to a target
//! with the fewest requests unanswered (load-balancing-and-scaling.md 2.7).
//!
//! Two limits are joined. With many requests outstanding all targets have as many: the level that
//! all reach by the end of the second follows from what each answers with so many. With few, chance
//! and ties decide, and [`Laws`] tells by how much shares differ from those of equal numbers. Both
//! take a target as the queue that [`super::Station`] is and not by its last response time, which
//! would swing from second to second once CPUs are busy. The error against exact simulations is in
//! `docs/traffic-model.md`.

use super::Micro;
use super::erlang::Balance;
use super::laws::{Kind, LEVEL_MAX, Laws};
use super::queue::{Serving, requests};
use crate::time::Millis;
use alloc::vec::Vec;

/// Targets whose times are within this ratio are of one kind, or within its square and so on,
/// until there are no more than [`KINDS_MAX`].
const ALIKE: f64 = 1.02;

/// Kinds of targets that are told apart; the time that shares take is in proportion.
const KINDS_MAX: usize = 6;

/// Halvings of the interval of the level: what is left is below a billionth of it.
const BISECTIONS: u32 = 32;

/// A target as the load balancer finds it at the beginning of a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outstanding {
    /// How it serves in this second.
    pub serving: Serving,
    /// [`super::Station::waiting`]: what it was sent and has not answered.
    pub waiting: Micro,
}

/// Shares by least outstanding requests for the targets of one group, with what was computed
/// last: from one second to the next little changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeastOutstanding {
    laws: Laws,
    shares: Vec<f64>,
}

impl LeastOutstanding {
    /// The share of each target, adding up to 1, of requests that come at `rate_per_ms` a
    /// millisecond for a segment of `length`.
    pub fn shares(&mut self, rate_per_ms: f64, length: Millis, targets: &[Outstanding]) -> &[f64] {
        self.shares.clear();
        let rate = if rate_per_ms > 0.0 { rate_per_ms } else { 0.0 };
        let group = Group::of(targets, length);
        if rate == 0.0 || group.kinds.is_empty() {
            self.shares
                .resize(targets.len(), 1.0 / targets.len().max(1) as f64);
            return &self.shares;
        }
        let level = group.level(rate);
        self.shares.extend(group.rates(level));
        if group.kinds.len() > 1 {
            self.add_chance(rate, level, &group);
        }
        let sum: f64 = self.shares.iter().sum();
        for share in &mut self.shares {
            *share /= sum;
        }
        &self.shares
    }

    /// Adds what chance and ties make of the rates; it fades as levels grow.
    fn add_chance(&mut self, rate: f64, level: f64, group: &Group) {
        let stationary = level.min(LEVEL_MAX);
        let answered = group.answered(stationary);
        let sum: f64 = answered
            .iter()
            .zip(&group.kinds)
            .map(|(each, kind)| each * f64::from(kind.size))
            .sum();
        self.laws.solve(sum, &group.kinds);
        let fades = LEVEL_MAX / level.max(LEVEL_MAX);
        let half = libm::sqrt(fades);
        let part = rate * half * libm::sqrt(half);
        for (share, kind) in self.shares.iter_mut().zip(&group.kind_of) {
            let apart = self.laws.share(*kind) - answered[*kind] / sum;
            *share = (*share + part * apart).max(0.0);
        }
    }
}

/// The targets by kind.
struct Group {
    kinds: Vec<Kind>,
    kind_of: Vec<usize>,
    /// Outstanding requests of each target beyond [`LEVEL_MAX`].
    excess: Vec<f64>,
    length_ms: f64,
}

impl Group {
    fn of(targets: &[Outstanding], length: Millis) -> Self {
        let mut alike = ALIKE;
        let mut kinds;
        let mut kind_of;
        let mut sorted: Vec<(Kind, usize)> = targets
            .iter()
            .enumerate()
            .map(|(at, target)| (Kind::of(&target.serving), at))
            .collect();
        sorted.sort_by(|(one, at), (other, beside)| one.compare(other).then(at.cmp(beside)));
        loop {
            kind_of = alloc::vec![0; targets.len()];
            kinds = Vec::<Kind>::new();
            for (kind, at) in &sorted {
                match kinds.last_mut() {
                    Some(last) if last.is_like(kind, alike) => last.size += 1,
                    Some(_) | None => kinds.push(*kind),
                }
                kind_of[*at] = kinds.len() - 1;
            }
            if kinds.len() <= KINDS_MAX {
                break;
            }
            alike *= alike;
        }
        let beyond = |target: &Outstanding| (requests(target.waiting) - LEVEL_MAX).max(0.0);
        Self {
            kinds,
            kind_of,
            excess: targets.iter().map(beyond).collect(),
            length_ms: length.0.max(1) as f64,
        }
    }

    /// Requests a millisecond that a target of each kind answers with `level` outstanding.
    fn answered(&self, level: f64) -> Vec<f64> {
        self.kinds.iter().map(|kind| kind.answered(level)).collect()
    }

    /// The rate each target gets if all have `level` outstanding at the end of the segment: what
    /// it answers, and what it lacks. Only a backlog counts for the latter; below, numbers change
    /// within a fraction of a second.
    fn rates(&self, level: f64) -> impl Iterator<Item = f64> {
        let answered = self.answered(level);
        let reached = (level - LEVEL_MAX).max(0.0);
        let targets = self.kind_of.iter().zip(&self.excess);
        targets.map(move |(kind, excess)| {
            (answered[*kind] + (reached - excess) / self.length_ms).max(0.0)
        })
    }

    /// The level at which the targets together get `rate`.
    fn level(&self, rate: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        while self.rates(high).sum::<f64>() < rate && high < 1e15 {
            low = high;
            high *= 2.0;
        }
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if self.rates(middle).sum::<f64>() < rate {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

impl Kind {
    fn answered(&self, level: f64) -> f64 {
        let per_ms = f64::from(self.lanes) / self.service_ms;
        let capacity = per_ms * self.base_ms;
        let balance = Balance {
            lanes: self.lanes,
            offered: level,
            capacity,
            near: level / (level + capacity + f64::from(self.lanes)),
        };
        per_ms * balance.rho()
    }
}
