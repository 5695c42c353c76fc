//! Traffic as a flow: who asks what of which listener and how often, and what a queue makes of such
//! a stream of requests, second by second.
//!
//! Apart from everything else of the simulation: a [`TrafficSource`] says what comes, a [`Station`]
//! is one task, a [`Histogram`] holds latencies, [`LeastOutstanding`] and [`Anomaly`] decide about
//! shares. Amounts of requests are integers, so that what arrives is answered, timed out or
//! waiting, to the last millionth. The model's assumptions and its measured error are in
//! `docs/traffic-model.md`.

mod algorithm;
mod anomaly;
mod check;
mod curve;
mod erlang;
mod histogram;
mod latency;
mod laws;
mod outstanding;
mod profile;
mod queue;
mod rate;
mod replay;
mod source;

pub use algorithm::split;
pub use anomaly::{
    ANOMALY_DROP, ANOMALY_FACTOR, ANOMALY_FAILED_MIN, ANOMALY_HEALTHY_MIN, ANOMALY_RATIO_MIN,
    ANOMALY_RISE, ANOMALY_WEIGHT_MIN, Anomaly, Outcomes, Seen,
};
pub(super) use check::Checks;
pub use check::TrafficFault;
pub use histogram::{Histogram, Spread};
pub use latency::Latency;
pub use outstanding::{LeastOutstanding, Outstanding};
pub use profile::{Profile, ReplayData, STEPS_MAX, Shape, Step};
pub use queue::{CHANCE_PART, Serving, Station, Stepped};
pub use rate::{Micro, RATE_MAX, REQUEST, Rate};
pub use replay::{CSV_ROWS_MAX, CsvFault, CsvFaultKind};
pub use source::{
    ATTEMPTS_MAX, Protocol, REQUESTS_MAX, Request, Retries, SOURCES_MAX, TrafficChange,
    TrafficSource, WEIGHT_MAX,
};

#[cfg(test)]
mod tests;
