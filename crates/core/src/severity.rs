//! How bad a finding is.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// AWS refuses it, or the part is left out of the simulation.
    Error,
    /// It runs, but hardly as meant.
    Warning,
    /// Worth knowing.
    Info,
}
