//! How many requests each target has outstanding, as a law of chance, under least outstanding
//! requests.
//!
//! AWS does not say who gets a request if several targets have the fewest; here each of them is as
//! likely. Each target's number is a birth-death process of its own: requests are answered as a
//! closed queue with so many requests answers them, and come at the rate of the group times the
//! chance that all others have more, or as many and lose the draw. The others are taken as
//! independent, so that the laws of all targets are found by iteration.

use super::queue::Serving;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Numbers of outstanding requests that are told apart; the chance to have more is nil up to
/// [`LEVEL_MAX`].
const LEVELS: usize = 16;

/// Number of outstanding requests, equal for all targets, up to which laws are computed. Beyond,
/// shares differ from those of equal numbers by less, in proportion to the level to the power of
/// -3/4, which is how the exact simulation goes.
pub(super) const LEVEL_MAX: f64 = 4.0;

/// Laws are kept while the rate has not changed by a greater part.
const UNCHANGED: f64 = 0.005;

/// Iterations after which the laws are taken as they are.
const ITERATIONS_MAX: u32 = 200;

/// The iteration ends when no target's share of all requests has changed by more.
const TOLERANCE: f64 = 2e-5;

/// Part of a new law that replaces the old one: with all of it the iteration swings.
const DAMPING: f64 = 0.5;

/// CPU time in ms that stands for none, since rates have to be finite.
const SERVICE_MIN_MS: f64 = 1e-6;

/// Nodes and weights of Gauss and Legendre for an integral from 0 to 1.
const NODES: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_93),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_07),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_07),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_93),
];

/// Targets that serve alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) lanes: u32,
    pub(super) service_ms: f64,
    pub(super) base_ms: f64,
    pub(super) size: u32,
}

/// The laws of all kinds of targets of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Laws {
    rate_per_ms: f64,
    laws: Vec<Law>,
}

#[derive(Clone, Debug, PartialEq)]
struct Law {
    kind: Kind,
    /// How much more likely a number is than the one before, if all requests came to this target.
    rises: [f64; LEVELS],
    /// Chance to have so many outstanding, and to have more.
    exactly: [f64; LEVELS],
    more: [f64; LEVELS],
    /// Chance to get the next request with so many outstanding.
    chances: [f64; LEVELS],
    /// Share of all requests that one target gets.
    share: f64,
}

impl Kind {
    pub(super) fn of(serving: &Serving) -> Self {
        Self {
            lanes: serving.lanes(),
            service_ms: serving.service_ms().max(SERVICE_MIN_MS),
            base_ms: serving.base.0 as f64,
            size: 1,
        }
    }

    fn response_ms(&self) -> f64 {
        self.base_ms + self.service_ms
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let times = self.response_ms().total_cmp(&other.response_ms());
        let service = self.service_ms.total_cmp(&other.service_ms);
        times.then(service).then(self.lanes.cmp(&other.lanes))
    }

    pub(super) fn is_like(&self, other: &Self, ratio: f64) -> bool {
        let like = |one: f64, other: f64| one <= other * ratio && other <= one * ratio;
        like(self.response_ms(), other.response_ms())
            && like(self.service_ms, other.service_ms)
            && like(f64::from(self.lanes), f64::from(other.lanes))
    }
}

impl Laws {
    /// Iterates until every law agrees with those of the others; at once if little has changed.
    pub(super) fn solve(&mut self, rate_per_ms: f64, kinds: &[Kind]) {
        let known = self.laws.iter().map(|law| &law.kind).eq(kinds);
        if known && (rate_per_ms - self.rate_per_ms).abs() <= UNCHANGED * rate_per_ms {
            return;
        }
        self.rate_per_ms = rate_per_ms;
        let targets: u32 = kinds.iter().map(|kind| kind.size).sum();
        self.laws.truncate(kinds.len());
        for (at, kind) in kinds.iter().enumerate() {
            match self.laws.get_mut(at) {
                Some(law) => law.set(kind, rate_per_ms),
                None => self.laws.push(Law::new(kind, rate_per_ms, targets)),
            }
        }
        for _ in 0..ITERATIONS_MAX {
            self.set_chances();
            let mut moved: f64 = 0.0;
            for law in &mut self.laws {
                let before = law.share;
                law.follow(DAMPING);
                moved = moved.max((law.share - before).abs());
            }
            if moved < TOLERANCE {
                break;
            }
        }
    }

    /// The share of one target of a kind.
    pub(super) fn share(&self, kind: usize) -> f64 {
        let of_all = |law: &Law| law.share * f64::from(law.kind.size);
        let sum: f64 = self.laws.iter().map(of_all).sum();
        self.laws.get(kind).map_or(0.0, |law| law.share / sum)
    }

    /// Sets for each kind the chance that one of its targets gets the next request: the integral
    /// over x of the product over all others of (more + x exactly), whose terms are the chances
    /// that so many others are equal and the draw is won.
    ///
    /// The product falls like an exponential from x = 1 on; that is taken out, so that few nodes
    /// do for any number of targets.
    fn set_chances(&mut self) {
        for n in 0..LEVELS {
            let mut steepness = 0.0;
            for law in &mut self.laws {
                law.chances[n] = 0.0;
                steepness += f64::from(law.kind.size) * law.exactly[n] / law.factor(n, 1.0);
            }
            let whole = -libm::expm1(-steepness);
            for (node, weight) in NODES {
                let falls = 1.0 - node * whole;
                let (x, slope) = if steepness > 1e-6 {
                    let x = 1.0 + libm::log(falls) / steepness;
                    (x, whole / (steepness * falls))
                } else {
                    (1.0 - node, 1.0)
                };
                self.add_node(n, x, weight * slope);
            }
        }
    }

    fn add_node(&mut self, n: usize, x: f64, weight: f64) {
        let powers = self.laws.iter();
        let all: f64 = powers
            .map(|law| power(law.factor(n, x), law.kind.size))
            .product();
        for law in &mut self.laws {
            law.chances[n] += weight * (all / law.factor(n, x)).min(1.0);
        }
    }
}

impl Law {
    /// Begins as if every target got an equal part of the requests, and none beyond the levels.
    fn new(kind: &Kind, rate_per_ms: f64, targets: u32) -> Self {
        let mut law = Self {
            kind: *kind,
            rises: [0.0; LEVELS],
            exactly: [0.0; LEVELS],
            more: [0.0; LEVELS],
            chances: [0.0; LEVELS],
            share: 0.0,
        };
        law.set(kind, rate_per_ms);
        let most = LEVEL_MAX / law.rises[1].max(1e-12);
        law.chances = [most.min(1.0 / f64::from(targets)); LEVELS];
        law.follow(1.0);
        law
    }

    /// The weight of n requests in a closed queue is a sum over those in the CPU stage: the time
    /// outside to the power of the others, by their factorial, and the CPU time for each of them
    /// divided by the lanes at work. Its ratio to that of n - 1 is the time that one answer takes.
    fn set(&mut self, kind: &Kind, rate_per_ms: f64) {
        self.kind = *kind;
        let outside = (rate_per_ms * kind.base_ms).min(1e9);
        let cpu = (rate_per_ms * kind.service_ms).min(1e9);
        let (mut delayed, mut served) = ([1.0; LEVELS], [1.0; LEVELS]);
        for n in 1..LEVELS {
            delayed[n] = delayed[n - 1] * outside / n as f64;
            served[n] = served[n - 1] * cpu / f64::from(kind.lanes.min(n as u32));
        }
        let mut before = 1.0;
        for n in 1..LEVELS {
            let weight: f64 = (0..=n).map(|k| served[k] * delayed[n - k]).sum();
            self.rises[n] = if before > 0.0 { weight / before } else { 0.0 };
            before = weight;
        }
    }

    /// Moves a `part` of the way to the law that belongs to the chances to get a request.
    fn follow(&mut self, part: f64) {
        let mut new = [1.0; LEVELS];
        let mut sum = 1.0;
        for n in 1..LEVELS {
            new[n] = new[n - 1] * self.rises[n] * self.chances[n - 1];
            sum += new[n];
        }
        self.share = 0.0;
        for (n, new) in new.iter().enumerate() {
            self.exactly[n] += part * (new / sum - self.exactly[n]);
            self.share += self.exactly[n] * self.chances[n];
        }
        let mut more = 0.0;
        for n in (0..LEVELS).rev() {
            self.more[n] = more;
            more += self.exactly[n];
        }
    }

    /// Chance that a target has more than `n` outstanding, or `n` and loses a draw; above zero.
    fn factor(&self, n: usize, x: f64) -> f64 {
        (self.more[n] + x * self.exactly[n]).max(f64::MIN_POSITIVE)
    }
}

fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}
