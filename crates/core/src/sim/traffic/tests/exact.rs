//! The exact queue: every request on its own, Poisson arrivals, exponential service, lanes that
//! serve in order of arrival.

use crate::draw::{Stream, draw};
use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Numbers drawn one after the other.
pub(super) struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    pub(super) fn whole(&mut self, bound: u64) -> u64 {
        self.drawn += 1;
        draw(self.seed, Stream::ProbeError, self.drawn) % bound
    }

    /// Above 0 and below 1.
    pub(super) fn uniform(&mut self) -> f64 {
        self.drawn += 1;
        let bits = draw(self.seed, Stream::ProbeError, self.drawn) >> 11;
        (bits as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(self.uniform())
    }
}

/// A queue whose lanes are known by when each becomes free.
pub(super) struct Lanes {
    free_ms: Vec<f64>,
    service_ms: f64,
}

impl Lanes {
    pub(super) fn new(lanes: u32, service_ms: f64) -> Self {
        Self {
            free_ms: vec![0.0; lanes as usize],
            service_ms,
        }
    }

    /// When a request that joins at `now_ms` is done.
    pub(super) fn serve(&mut self, now_ms: f64, chance: &mut Chance) -> f64 {
        let mut first = 0;
        for lane in 1..self.free_ms.len() {
            if self.free_ms[lane] < self.free_ms[first] {
                first = lane;
            }
        }
        let done = self.free_ms[first].max(now_ms) + chance.exponential(self.service_ms);
        self.free_ms[first] = done;
        done
    }
}

/// Sojourn times in ms of `requests` after as many tenths to warm up, sorted.
pub(super) fn stationary(lanes: u32, rho: f64, service_ms: f64, requests: usize) -> Vec<f64> {
    let mut chance = Chance::new(11 + u64::from(lanes));
    let mut queue = Lanes::new(lanes, service_ms);
    let gap = service_ms / (rho * f64::from(lanes));
    let mut now = 0.0;
    let mut times = Vec::with_capacity(requests);
    for nth in 0..requests + requests / 10 {
        now += chance.exponential(gap);
        let done = queue.serve(now, &mut chance);
        if nth >= requests / 10 {
            times.push(done - now);
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    times
}

/// What `runs` runs of a queue show, second by second.
pub(super) struct Course {
    /// Mean number of requests in the queue and on lanes at the end of each second.
    pub(super) number: Vec<f64>,
    /// Latencies in ms of all that were answered in each second, sorted.
    pub(super) latencies: Vec<Vec<f64>>,
}

/// Plays `rates` (requests a second, one for each second) over and over.
pub(super) fn course(lanes: u32, service_ms: f64, rates: &[f64], runs: u64) -> Course {
    let mut course = Course {
        number: vec![0.0; rates.len()],
        latencies: vec![Vec::new(); rates.len()],
    };
    for run in 0..runs {
        play(lanes, service_ms, rates, run, &mut course);
    }
    for number in &mut course.number {
        *number /= runs as f64;
    }
    for latencies in &mut course.latencies {
        latencies.sort_unstable_by(f64::total_cmp);
    }
    course
}

fn play(lanes: u32, service_ms: f64, rates: &[f64], run: u64, course: &mut Course) {
    let mut chance = Chance::new(1000 + run);
    let mut queue = Lanes::new(lanes, service_ms);
    for (second, rate) in rates.iter().enumerate() {
        let end = (second + 1) as f64 * 1000.0;
        let mut now = second as f64 * 1000.0 + chance.exponential(1000.0 / rate);
        while now < end {
            let done = queue.serve(now, &mut chance);
            let until = (done / 1000.0) as usize;
            let last = until.min(rates.len());
            for number in &mut course.number[second..last] {
                *number += 1.0;
            }
            if let Some(latencies) = course.latencies.get_mut(until) {
                latencies.push(done - now);
            }
            now += chance.exponential(1000.0 / rate);
        }
    }
}

/// Which share of requests each target gets if each goes to one with the fewest outstanding,
/// drawn among several; answers take exponential times.
pub(super) fn fewest(rate_per_ms: f64, means_ms: &[f64], requests: usize) -> Vec<f64> {
    let mut chance = Chance::new(5);
    let mut outstanding = vec![0_u32; means_ms.len()];
    let mut got = vec![0_u32; means_ms.len()];
    let mut answers: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut now = 0.0;
    for nth in 0..requests + requests / 20 {
        now += chance.exponential(1.0 / rate_per_ms);
        while let Some(Reverse((at, target))) = answers.peek().copied() {
            if at as f64 / 1e6 > now {
                break;
            }
            outstanding[target] -= 1;
            answers.pop();
        }
        let target = one_with_fewest(&outstanding, &mut chance);
        outstanding[target] += 1;
        let done = now + chance.exponential(means_ms[target]);
        answers.push(Reverse(((done * 1e6) as u64, target)));
        if nth >= requests / 20 {
            got[target] += 1;
        }
    }
    got.iter()
        .map(|got| f64::from(*got) / requests as f64)
        .collect()
}

pub(super) fn one_with_fewest(outstanding: &[u32], chance: &mut Chance) -> usize {
    let fewest = outstanding.iter().min().copied().unwrap_or(0);
    let ties = outstanding.iter().filter(|own| **own == fewest).count();
    let drawn = chance.whole(ties as u64) as usize;
    let mut with_fewest = (0..outstanding.len()).filter(|at| outstanding[*at] == fewest);
    with_fewest.nth(drawn).unwrap_or(0)
}
