//! Traffic: who asks what of which listener, and how often.

mod check;
mod curve;
mod profile;
mod rate;
mod replay;
mod source;

pub(super) use check::Checks;
pub use check::TrafficFault;
pub use profile::{Profile, ReplayData, STEPS_MAX, Shape, Step};
pub use rate::{Micro, RATE_MAX, REQUEST, Rate};
pub use replay::{CSV_ROWS_MAX, CsvFault, CsvFaultKind};
pub use source::{
    ATTEMPTS_MAX, Protocol, REQUESTS_MAX, Request, Retries, SOURCES_MAX, TrafficChange,
    TrafficSource, WEIGHT_MAX,
};
