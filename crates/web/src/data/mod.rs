//! The document and the run as plain rows: what the outline, the inspector and the charts show.

pub mod acts;
pub mod assertions;
pub mod chart;
pub mod editor;
pub mod examples;
pub mod form;
pub mod metrics;
pub mod outline;
pub mod request;
pub mod traffic;
pub mod why;
