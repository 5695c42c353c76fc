//! Latencies as counts in buckets whose width grows with the latency, exact in their total.
//!
//! Putting a distribution into buckets costs some microseconds, adding it to a histogram a
//! fraction of one; so the two are apart, and one [`Spread`] serves all stations that are alike.

use super::latency::Latency;
use super::{Micro, REQUEST};
use alloc::vec::Vec;

/// Upper bound of the first bucket in ms: less than that is below what a request to another host
/// can take.
const FIRST_MS: f64 = 0.1;

/// Ratio of a bucket's bounds: an error of at most 4 %, and half of it on average.
const RATIO: f64 = 1.04;

/// Bounds between buckets: the last is the first at or above 1000 s, beyond every time-out that
/// is in use.
const BOUNDS: usize = 412;

/// The bucket without upper bound.
const OVERFLOW: usize = BOUNDS;

/// Upper bounds in ms of all buckets but the last; multiplied out by the compiler, so that every
/// target has the same.
static UPPER_MS: [f64; BOUNDS] = upper_bounds();

const fn upper_bounds() -> [f64; BOUNDS] {
    let mut bounds = [FIRST_MS; BOUNDS];
    let mut at = 1;
    while at < BOUNDS {
        bounds[at] = bounds[at - 1] * RATIO;
        at += 1;
    }
    bounds
}

/// One as a share of requests; shares are multiples of its inverse.
const WHOLE: u64 = 1 << 32;

/// A distribution is cut where less is left of it, in 2^-32.
const CUT: u64 = 2;

/// How a latency falls into the buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    latency: Latency,
    mean_ns: u64,
    least_ms: f64,
    /// The bucket of the first entry of `cumulative`.
    first: usize,
    /// The share of requests in a bucket and those below it, in 2^-32; the last is [`WHOLE`].
    cumulative: Vec<u64>,
}

/// Counts of requests by latency. Memory is for the buckets between the lowest and the highest in
/// use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// The bucket of the first count.
    first: usize,
    counts: Vec<Micro>,
    total: Micro,
    /// What no request is faster than, in ms; `None` without requests.
    least_ms: Option<f64>,
    /// Sum of all latencies in ns times millionths of a request.
    sum: u128,
}

impl Spread {
    /// The spread of `latency`.
    #[must_use]
    pub fn of(latency: &Latency) -> Self {
        let mut spread = Self::default();
        spread.refit(latency);
        spread
    }

    /// Makes this the spread of `latency`: at once if it is that already, else in some
    /// microseconds and without allocating once it has grown.
    pub fn refit(&mut self, latency: &Latency) {
        if !self.cumulative.is_empty() && self.latency == *latency {
            return;
        }
        self.latency = *latency;
        self.mean_ns = (latency.mean_ms() * 1e6 + 0.5) as u64;
        self.cumulative.clear();
        let (least, tail) = (latency.least_ms(), latency.tail());
        self.least_ms = least;
        self.first = UPPER_MS.partition_point(|upper| *upper < least);
        for upper in &UPPER_MS[self.first..] {
            let beyond = tail.beyond(upper - least);
            let share = ((1.0 - beyond) * WHOLE as f64) as u64;
            if share == 0 && self.cumulative.is_empty() {
                self.first += 1;
                continue;
            }
            if share >= WHOLE - CUT {
                break;
            }
            self.cumulative.push(share);
        }
        self.cumulative.push(WHOLE);
    }
}

impl Histogram {
    /// Adds `count` requests that are spread so.
    pub fn add(&mut self, spread: &Spread, count: Micro) {
        if count == 0 {
            return;
        }
        let window = self.window(spread.first, spread.cumulative.len());
        let mut below = 0;
        for (bucket, share) in window.iter_mut().zip(&spread.cumulative) {
            let product = u128::from(count) * u128::from(*share) + u128::from(WHOLE / 2);
            let upto = (product >> 32) as u64;
            *bucket += upto - below;
            below = upto;
        }
        self.no_faster_than(Some(spread.least_ms));
        self.total += count;
        self.sum += u128::from(count) * u128::from(spread.mean_ns);
    }

    /// Adds everything that `other` holds.
    pub fn merge(&mut self, other: &Self) {
        let window = self.window(other.first, other.counts.len());
        for (bucket, count) in window.iter_mut().zip(&other.counts) {
            *bucket += count;
        }
        self.no_faster_than(other.least_ms);
        self.total += other.total;
        self.sum += other.sum;
    }

    /// All requests in it.
    #[must_use]
    pub fn count(&self) -> Micro {
        self.total
    }

    /// Mean latency in ms, exact and not read off the buckets; `None` without requests.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.total > 0).then(|| self.sum as f64 / self.total as f64 / 1e6)
    }

    /// The latency in ms that a share `p` (0 to 1) of requests does not exceed, interpolated
    /// within its bucket; `None` without requests. From the bucket without upper bound its lower
    /// bound is given.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let rank = p.clamp(0.0, 1.0) * self.total as f64;
        let mut below = 0.0;
        let mut answer = None;
        for (at, count) in self.counts.iter().enumerate() {
            if *count == 0 {
                continue;
            }
            let (lower, upper) = bounds_ms(self.first + at);
            let within = (rank - below) / *count as f64;
            answer = Some(lower + within.min(1.0) * (upper - lower));
            if within <= 1.0 {
                break;
            }
            below += *count as f64;
        }
        // The lowest bucket begins below what the fastest request takes.
        answer.map(|it| f64::max(it, self.least_ms.unwrap_or(0.0)))
    }

    /// The latency in ms of the slowest request: half a request is expected beyond. Of less than
    /// one request it is the median. `None` without requests.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        let beyond = 0.5 * self.total.min(REQUEST) as f64;
        self.quantile(1.0 - beyond / self.total.max(1) as f64)
    }

    fn no_faster_than(&mut self, least_ms: Option<f64>) {
        let known = self.least_ms.into_iter().chain(least_ms);
        self.least_ms = known.reduce(f64::min);
    }

    /// The `length` counts from bucket `first` on, there if they were not yet.
    fn window(&mut self, first: usize, length: usize) -> &mut [Micro] {
        if self.counts.is_empty() {
            self.first = first;
        }
        if first < self.first {
            let missing = self.first - first;
            self.counts.splice(0..0, core::iter::repeat_n(0, missing));
            self.first = first;
        }
        let from = first - self.first;
        if self.counts.len() < from + length {
            self.counts.resize(from + length, 0);
        }
        &mut self.counts[from..from + length]
    }
}

/// Lower and upper bound of a bucket; equal for the one without upper bound.
fn bounds_ms(bucket: usize) -> (f64, f64) {
    let lower = if bucket == 0 {
        0.0
    } else {
        UPPER_MS[bucket - 1]
    };
    let upper = if bucket < OVERFLOW {
        UPPER_MS[bucket]
    } else {
        lower
    };
    (lower, upper)
}
