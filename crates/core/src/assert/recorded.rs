//! What a run recorded of a metric: steps, lengths of time, shares of requests, and how long
//! requests took.
//!
//! What a second of traffic brought is stamped with its last millisecond, so that a window of whole
//! seconds has exactly the requests of its own.

use super::Aggregate;
use super::evaluate::Window;
use super::series::{Length, Series, until_steady};
use crate::sim::traffic::Histogram;
use crate::time::Instant;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What was recorded of one metric with its labels.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// A value at every moment; of a counter how many there were up to then.
    Steps(Series),
    /// Things that took time, by when they began.
    Lengths(Vec<Length>),
    /// Of each service whether it was steady, and when something was done to the design or the
    /// world.
    Steadiness {
        /// 1 while the service is steady, 0 otherwise.
        services: Vec<Series>,
        /// Inputs.
        inputs: Vec<Instant>,
    },
    /// A share of requests.
    Ratio(Ratio),
    /// Whether services could answer, and which share of what they were asked they did.
    Availability {
        /// 1 while every service has a healthy task, 0 otherwise.
        uptime: Series,
        /// Requests that were answered well, of all.
        requests: Ratio,
    },
    /// How long requests took.
    Distribution(Distribution),
}

/// Two counts up to each moment, of which the first is a part of the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ratio {
    /// What counts.
    pub part: Series,
    /// What it is a part of.
    pub whole: Series,
}

/// Requests by how long they took, second by second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    seconds: Vec<(Instant, Arc<Histogram>)>,
}

impl Ratio {
    /// The share within a window, both ends included; `None` where the whole is nothing.
    pub(super) fn over(&self, window: Window) -> Option<f64> {
        let whole = self.whole.growth(window);
        (whole > 0.0).then(|| self.part.growth(window) / whole)
    }
}

impl Distribution {
    /// Adds what came at `at`, which is later than everything before. Equal seconds share memory.
    pub fn push(&mut self, at: Instant, histogram: Histogram) {
        if histogram.count() == 0 {
            return;
        }
        let before = self.seconds.last().map(|(_, it)| it);
        let shared = match before.filter(|it| ***it == histogram) {
            Some(same) => Arc::clone(same),
            None => Arc::new(histogram),
        };
        self.seconds.push((at, shared));
    }

    fn within(&self, window: Window) -> &[(Instant, Arc<Histogram>)] {
        let first = self.seconds.partition_point(|(at, _)| *at < window.from);
        let behind = self.seconds.partition_point(|(at, _)| *at <= window.to);
        self.seconds.get(first..behind).unwrap_or_default()
    }

    /// An aggregate in ms over all requests of a window together; `None` where there are none.
    pub(super) fn over(&self, aggregate: Aggregate, window: Window) -> Option<f64> {
        let mut all = Histogram::default();
        for (_, second) in self.within(window) {
            all.merge(second);
        }
        match aggregate {
            Aggregate::Min => all.quantile(0.0),
            Aggregate::Avg => all.mean(),
            // Of percentiles beyond it, that of the slowest request is told.
            Aggregate::Percentile(percent) => {
                let value = all.quantile(percent / 100.0)?;
                all.max().map(|slowest| f64::min(value, slowest))
            }
            // The others are refused when the text is read.
            Aggregate::Max | Aggregate::Sum | Aggregate::First | Aggregate::Last => all.max(),
        }
    }
}

impl Recorded {
    /// Its value at every moment, if it has one.
    pub(super) fn steps(&self) -> Option<&Series> {
        match self {
            Self::Steps(series) | Self::Availability { uptime: series, .. } => Some(series),
            Self::Lengths(_) | Self::Steadiness { .. } | Self::Ratio(_) | Self::Distribution(_) => {
                None
            }
        }
    }

    /// Its share of requests, if it has one.
    pub(super) fn ratio(&self) -> Option<&Ratio> {
        match self {
            Self::Ratio(ratio)
            | Self::Availability {
                requests: ratio, ..
            } => Some(ratio),
            Self::Steps(_) | Self::Lengths(_) | Self::Steadiness { .. } | Self::Distribution(_) => {
                None
            }
        }
    }

    /// The moments of a window at which something changes, without its start.
    pub(super) fn changes(&self, window: Window) -> Vec<Instant> {
        let steps = self.steps().into_iter();
        let whole = self.ratio().map(|it| &it.whole);
        let mut moments: Vec<Instant> = steps
            .chain(whole)
            .flat_map(|it| it.changes(window))
            .collect();
        if let Self::Distribution(all) = self {
            moments.extend(all.within(window).iter().map(|(at, _)| *at));
        }
        moments
    }

    /// The lengths that begin within a window.
    pub(super) fn lengths(&self, window: Window) -> Vec<Length> {
        match self {
            Self::Steps(_) | Self::Ratio(_) | Self::Availability { .. } | Self::Distribution(_) => {
                Vec::new()
            }
            Self::Lengths(all) => {
                let within = |it: &&Length| window.from <= it.began && it.began <= window.to;
                let all = all.iter().filter(within);
                all.map(|it| it.cut(window.to)).collect()
            }
            Self::Steadiness { services, inputs } => {
                let within = inputs
                    .iter()
                    .filter(|at| window.from <= **at && **at <= window.to);
                let began = within.copied().max().unwrap_or(window.from);
                let to = window.to;
                let services = services.iter();
                services
                    .map(|it| until_steady(it, Window { from: began, to }))
                    .collect()
            }
        }
    }
}
