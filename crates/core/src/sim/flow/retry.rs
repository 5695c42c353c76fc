//! A source's own side: where its requests go, and what its clients do about those that failed.

use super::Flow;
use super::group::{Asker, GONE, WHOLE, part};
use super::routes::{Branch, Kept};
use crate::sim::traffic::Micro;
use crate::sim::world::World;
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What is known of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SourceFlow {
    pub(super) branches: Vec<Branch>,
    pub(super) kept: Kept,
    /// Whether its listener was found when routes were last looked for; `None` before.
    pub(super) is_heard: Option<bool>,
    /// Requests of this second that were asked before, by how often.
    attempts: Vec<Micro>,
    /// Those of later seconds, by when they begin.
    later: BTreeMap<Instant, Vec<Micro>>,
    /// What load balancers themselves answered with an error in this second.
    pub(super) failed_at_edge: Micro,
    /// Requests that failed for good.
    pub(super) gave_up: Micro,
}

impl SourceFlow {
    pub(super) fn waits(&self) -> bool {
        !self.later.is_empty()
    }

    /// Retries between two moments of the second that began at `second`: spread evenly over it.
    pub(super) fn retried(&self, second: Instant, from: Instant, to: Instant) -> Micro {
        let all: Micro = self.attempts.iter().sum();
        let up_to = |at: Instant| {
            let length = u128::from(at.since(second).0.min(1000));
            (u128::from(all) * length / 1000) as u64
        };
        up_to(to) - up_to(from)
    }

    /// All retries of this second.
    pub(super) fn attempts(&self) -> impl Iterator<Item = (u32, Micro)> {
        let attempts = self.attempts.iter().copied();
        (1..).zip(attempts)
    }

    fn fail(&mut self, attempt: u32, count: Micro, most: u32, at: Instant) {
        if attempt >= most {
            self.gave_up += count;
            return;
        }
        let next = attempt as usize;
        let attempts = self.later.entry(at).or_default();
        if attempts.len() <= next {
            attempts.resize(next + 1, 0);
        }
        attempts[next] += count;
    }

    pub(super) fn begin_second(&mut self, now: Instant) {
        self.attempts.clear();
        while let Some(entry) = self.later.first_entry().filter(|it| *it.key() <= now) {
            let due = entry.remove();
            if self.attempts.len() < due.len() {
                self.attempts.resize(due.len(), 0);
            }
            for (sum, more) in self.attempts.iter_mut().zip(due) {
                *sum += more;
            }
        }
    }
}

impl Flow {
    /// A source goes: what its requests still in flight come to concerns nobody.
    pub(super) fn forget_source(&mut self, at: usize) {
        if at < self.sources.len() {
            self.sources.remove(at);
        }
        for group in self.groups.values_mut() {
            group.feeds.clear();
            for (source, ..) in group.arriving.iter_mut().chain(&mut group.in_flight) {
                if *source == at {
                    *source = GONE;
                } else if *source > at && *source != GONE {
                    *source -= 1;
                }
            }
        }
    }

    /// Those whose requests failed in this second ask again, or give up.
    pub(super) fn ask_again(&mut self, world: &World) {
        let now = world.now();
        let mut failed: Vec<(usize, u32, Micro)> = Vec::new();
        for group in self.groups.values_mut() {
            let count = core::mem::take(&mut group.failed);
            if count > 0 {
                let askers: Vec<Asker> = [&*group.in_flight, &*group.arriving].concat();
                attribute(count, &askers, &mut failed);
            }
        }
        for at in 0..self.sources.len() {
            let count = core::mem::take(&mut self.sources[at].failed_at_edge);
            if count > 0 {
                let mix = self.mix_of(world, at, 0, WHOLE);
                attribute(count, &mix, &mut failed);
            }
        }
        for (source, attempt, count) in failed {
            let Some(retries) = world.traffic.get(source).map(|it| it.retries) else {
                continue;
            };
            let (most, backoff) = retries.map_or((0, Millis::ZERO), |it| (it.attempts, it.backoff));
            // Into the first second that begins no earlier.
            let at = (now + backoff).0.div_ceil(1000) * 1000;
            self.sources[source].fail(attempt, count, most, Instant(at));
        }
    }

    /// What of a source's requests between two shares is asked for which time.
    fn mix_of(&self, world: &World, at: usize, from: u64, to: u64) -> Vec<Asker> {
        let Some(source) = world.traffic.get(at) else {
            return Vec::new();
        };
        let next = Instant(self.second.0 + 1000);
        let fresh = source.requests_per_second.arrivals(self.second, next);
        let again = self.sources[at].attempts();
        let all = core::iter::once((0, fresh)).chain(again);
        all.map(|(attempt, count)| (at, attempt, part(count, from, to)))
            .filter(|(_, _, weight)| *weight > 0)
            .collect()
    }

    /// Of which sources and attempts the requests of each group in this second are.
    pub(super) fn remember_mixes(&mut self, world: &World) {
        let mut groups = core::mem::take(&mut self.groups);
        for group in groups.values_mut() {
            let feeds = group.feeds.iter();
            group.arriving = feeds
                .flat_map(|feed| self.mix_of(world, feed.source, feed.from, feed.to))
                .collect();
        }
        self.groups = groups;
    }

    /// What of a second's requests still waits at its end is of those who asked in it and before,
    /// as if all were well mixed.
    pub(super) fn keep_in_flight(&mut self) {
        for group in self.groups.values_mut() {
            let waiting = group.waiting();
            let mut askers: BTreeMap<(usize, u32), u64> = BTreeMap::new();
            for (source, attempt, weight) in group.in_flight.iter().chain(&group.arriving) {
                *askers.entry((*source, *attempt)).or_default() += weight;
            }
            let all: u128 = askers.values().map(|it| u128::from(*it)).sum();
            let left = |weight: u64| {
                let product = u128::from(weight) * u128::from(waiting);
                product.checked_div(all).unwrap_or(0) as u64
            };
            group.in_flight = askers
                .into_iter()
                .map(|((source, attempt), weight)| (source, attempt, left(weight)))
                .filter(|(.., weight)| *weight > 0)
                .collect();
        }
    }
}

/// Splits `count` over a mix by its weights, exactly.
fn attribute(count: Micro, mix: &[Asker], failed: &mut Vec<(usize, u32, Micro)>) {
    let total: u128 = mix.iter().map(|it| u128::from(it.2)).sum();
    if total == 0 {
        return;
    }
    let (mut so_far, mut from) = (0, 0);
    for (source, attempt, weight) in mix {
        so_far += u128::from(*weight);
        let to = (u128::from(count) * so_far / total) as u64;
        failed.push((*source, *attempt, to - from));
        from = to;
    }
}
