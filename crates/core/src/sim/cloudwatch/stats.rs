//! The statistics of the samples of one minute.

use super::name::Statistic;
use crate::sim::traffic::{Histogram, Latency, Micro, REQUEST, Spread};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How far apart the means of two distributions of latencies may be to be taken for one, as a
/// share of the mean: half of what a bucket of a histogram blurs. The mean stays exact. Without
/// it, a rate that changes from second to second would cost sixty distributions a minute for each
/// target.
const ALIKE: f64 = 0.01;

/// What CloudWatch keeps of the samples of a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// How many samples; of a flow of requests not always whole.
    pub samples: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
    /// p50, p90, p95 and p99, where the metric has percentiles.
    pub percentiles: Option<Box<[f64; 4]>>,
}

impl Stats {
    /// A statistic; `None` for a percentile of a metric that has none.
    #[must_use]
    pub fn get(&self, statistic: Statistic) -> Option<f64> {
        let percentile = |at: usize| self.percentiles.as_ref().map(|it| it[at]);
        match statistic {
            Statistic::Sum => Some(self.sum),
            Statistic::Average if self.samples > 0.0 => Some(self.sum / self.samples),
            Statistic::Average => None,
            Statistic::Minimum => Some(self.minimum),
            Statistic::Maximum => Some(self.maximum),
            Statistic::SampleCount => Some(self.samples),
            Statistic::P50 => percentile(0),
            Statistic::P90 => percentile(1),
            Statistic::P95 => percentile(2),
            Statistic::P99 => percentile(3),
        }
    }

    /// Things that were counted, each a sample of 1; none of them is one sample of 0.
    pub(super) fn counted(count: Micro) -> Self {
        let count = count as f64 / REQUEST as f64;
        let value = f64::from(u8::from(count > 0.0));
        Self {
            samples: if count > 0.0 { count } else { 1.0 },
            sum: count,
            minimum: value,
            maximum: value,
            percentiles: None,
        }
    }

    /// One sample.
    pub(super) fn of(value: f64) -> Self {
        Self {
            samples: 1.0,
            sum: value,
            minimum: value,
            maximum: value,
            percentiles: None,
        }
    }
}

/// Samples of something that has a value at every moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Gauge {
    samples: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

impl Gauge {
    pub(super) fn add(&mut self, value: f64) {
        let is_first = self.samples <= 0.0;
        self.samples += 1.0;
        self.sum += value;
        self.minimum = if is_first {
            value
        } else {
            self.minimum.min(value)
        };
        self.maximum = if is_first {
            value
        } else {
            self.maximum.max(value)
        };
    }

    /// `None` without a sample.
    pub(super) fn stats(&self) -> Option<Stats> {
        (self.samples > 0.0).then_some(Stats {
            samples: self.samples,
            sum: self.sum,
            minimum: self.minimum,
            maximum: self.maximum,
            percentiles: None,
        })
    }

    pub(super) fn average(&self) -> f64 {
        self.sum / self.samples.max(1.0)
    }
}

/// Latencies of a minute, those that are alike together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Latencies {
    kinds: Vec<Kind>,
    /// Where the last one was found: the next is often the same.
    last: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    latency: Latency,
    mean_ms: f64,
    count: Micro,
    /// Sum over requests in ms.
    sum_ms: f64,
}

impl Kind {
    fn takes(&self, latency: &Latency, mean_ms: f64) -> bool {
        let near = |one: f64, other: f64| (one - other).abs() <= ALIKE * self.mean_ms;
        let least = |it: &Latency| it.base_ms + it.shift_ms;
        self.latency.lanes == latency.lanes
            && near(self.mean_ms, mean_ms)
            && near(least(&self.latency), least(latency))
    }
}

impl Latencies {
    pub(super) fn add(&mut self, latency: &Latency, count: Micro) {
        if count == 0 {
            return;
        }
        let mean_ms = latency.mean_ms();
        let fits = |it: &Kind| it.takes(latency, mean_ms);
        let at = if self.kinds.get(self.last).is_some_and(fits) {
            self.last
        } else if let Some(at) = self.kinds.iter().position(fits) {
            at
        } else {
            self.kinds.push(Kind {
                latency: *latency,
                mean_ms,
                count: 0,
                sum_ms: 0.0,
            });
            self.kinds.len() - 1
        };
        self.last = at;
        let kind = &mut self.kinds[at];
        kind.count += count;
        kind.sum_ms += mean_ms * (count as f64 / REQUEST as f64);
    }

    /// All of them with what a histogram does not know.
    pub(super) fn summed(&self) -> ResponseTimes {
        let mut times = ResponseTimes::default();
        let mut spread = Spread::default();
        for kind in &self.kinds {
            spread.refit(&kind.latency);
            times.histogram.add(&spread, kind.count);
            times.sum_ms += kind.sum_ms;
            let least = kind.latency.base_ms + kind.latency.shift_ms;
            let known = times.least_ms.unwrap_or(least);
            times.least_ms = Some(known.min(least));
        }
        times
    }
}

/// How long the answers of a minute took.
#[derive(Clone, Debug, Default)]
pub(super) struct ResponseTimes {
    histogram: Histogram,
    sum_ms: f64,
    least_ms: Option<f64>,
}

impl ResponseTimes {
    pub(super) fn merge(&mut self, other: &Self) {
        self.histogram.merge(&other.histogram);
        self.sum_ms += other.sum_ms;
        let least = self.least_ms.into_iter().chain(other.least_ms);
        self.least_ms = least.reduce(f64::min);
    }

    /// In seconds; `None` without an answer.
    pub(super) fn stats(&self) -> Option<Stats> {
        let seconds = |share: f64| Some(self.histogram.quantile(share)? / 1000.0);
        let percentiles = [seconds(0.5)?, seconds(0.9)?, seconds(0.95)?, seconds(0.99)?];
        Some(Stats {
            samples: self.histogram.count() as f64 / REQUEST as f64,
            sum: self.sum_ms / 1000.0,
            minimum: self.least_ms? / 1000.0,
            maximum: self.histogram.max()? / 1000.0,
            percentiles: Some(Box::new(percentiles)),
        })
    }
}
