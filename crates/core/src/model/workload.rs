//! What is wrong with what a design says of its containers' behaviour, as data.

use alloc::string::String;

/// A workload that cannot be, or that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkloadFault {
    /// A CPU time below 0, or one that is no number.
    CpuTime {
        /// As written.
        written: String,
    },
    /// A share of errors outside 0 to 1.
    ErrorRate {
        /// As written.
        written: String,
    },
    /// A task without work needs more memory than it has.
    Memory {
        /// As written, in MiB.
        written: u32,
        /// What a task of the service reserves, in MiB.
        reserved: u32,
    },
    /// A key that names no service.
    Service {
        /// The key.
        name: String,
        /// The service that was probably meant.
        near: Option<String>,
    },
    /// A member that no workload has, and that is probably a misspelt one.
    Member {
        /// Its name.
        name: String,
        /// The member that was probably meant.
        near: &'static str,
    },
}
