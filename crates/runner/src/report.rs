//! What a run tells as it goes: data and sentences, no terminal.

use crate::failure::Complaint;
use std::fmt;
use stowplan_core::time::Instant;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A field of the task definition that is not honoured, with its place.
    NotHonoured(Complaint),
    /// An engine that takes part.
    Host {
        /// Its name.
        name: String,
        /// Its address.
        address: String,
        /// CPU units that it registers.
        cpu: u32,
        /// MiB that it registers.
        memory_mib: u32,
    },
    /// What runs already was taken over.
    Adopted {
        /// How many tasks.
        tasks: usize,
    },
    /// The control plane ordered something.
    Action {
        /// When.
        at: Instant,
        /// What, and why.
        text: String,
    },
    /// Something happened.
    Event {
        /// When.
        at: Instant,
        /// What.
        text: String,
    },
    /// Why a task could not be placed.
    Explanation {
        /// When.
        at: Instant,
        /// Why.
        text: String,
    },
    /// A Docker call.
    Operation {
        /// On which engine.
        host: String,
        /// Which.
        text: String,
    },
    /// Something went wrong that the run lives with.
    Warning(String),
    /// All tasks that run, whenever they have changed and are as many as can be.
    Tasks(Vec<TaskRow>),
    /// The run is being ended.
    Ending {
        /// How many tasks are to stop.
        tasks: usize,
    },
    /// A container was stopped and removed.
    Removed {
        /// On which engine.
        host: String,
        /// Its name.
        container: String,
    },
    /// Nothing of ours is left.
    Ended,
}

/// A running task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// First digits of its id.
    pub task: String,
    /// `family:revision`.
    pub revision: String,
    /// Last status.
    pub status: &'static str,
    /// Its host.
    pub host: String,
    /// Docker's names of its containers, as `docker kill` takes them.
    pub containers: Vec<String>,
    /// Where its ports answer.
    pub urls: Vec<String>,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHonoured(complaint) => complaint.fmt(f),
            Self::Host {
                name,
                address,
                cpu,
                memory_mib,
            } => {
                write!(
                    f,
                    "host `{name}` at {address}: {cpu} CPU units, {memory_mib} MiB"
                )
            }
            Self::Adopted { tasks } => write!(f, "took over {tasks} tasks that run already"),
            Self::Action { at, text }
            | Self::Event { at, text }
            | Self::Explanation { at, text } => {
                write!(f, "{at} {text}")
            }
            Self::Operation { host, text } => write!(f, "{host}: {text}"),
            Self::Warning(text) => write!(f, "warning: {text}"),
            Self::Tasks(rows) => write!(f, "{} tasks run", rows.len()),
            Self::Ending { tasks } => {
                write!(f, "stopping {tasks} tasks; Ctrl-C again kills them")
            }
            Self::Removed { host, container } => write!(f, "removed {container} on `{host}`"),
            Self::Ended => f.write_str("stopped; nothing is left"),
        }
    }
}
