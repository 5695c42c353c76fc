//! Traffic as a flow: what a queue makes of a stream of requests, second by second.
//!
//! Pure and apart from everything else of the simulation: a [`Station`] is one task, a
//! [`Histogram`] holds latencies, [`split`] shares requests among
//! targets by weights such as those of [`LeastOutstanding`], an [`Anomaly`] lowers the weight of a target that fails. Amounts of requests
//! are integers, so that what arrives is answered, timed out or waiting, to the last millionth.
//! The model's assumptions and its measured error are in `docs/traffic-model.md`.

mod algorithm;
mod anomaly;
mod erlang;
mod histogram;
mod latency;
mod laws;
mod outstanding;
mod queue;

pub use algorithm::split;
pub use anomaly::{
    ANOMALY_DROP, ANOMALY_FACTOR, ANOMALY_FAILED_MIN, ANOMALY_HEALTHY_MIN, ANOMALY_RATIO_MIN,
    ANOMALY_RISE, ANOMALY_WEIGHT_MIN, Anomaly, Outcomes, Seen,
};
pub use histogram::{Histogram, Spread};
pub use latency::Latency;
pub use outstanding::{LeastOutstanding, Outstanding};
pub use queue::{CHANCE_PART, Serving, Station, Stepped};

/// An amount of requests in millionths of a request.
pub type Micro = u64;

/// One whole request.
pub const REQUEST: Micro = 1_000_000;

#[cfg(test)]
mod tests;
