//! What is wrong with a design, as data. The wording is in [`crate::view`].

use crate::severity::Severity;
use crate::taskdef::Finding;
use alloc::string::String;

/// Most tasks that a service may have; a quota that AWS does not raise (ecs.md 6).
pub const TASKS_PER_SERVICE_MAX: u32 = 5000;

/// A finding at a place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// JSON pointer of the offending value.
    pub pointer: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Everything that compiling can find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Two parts of a kind share a name; the later one is left out.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A reference leads to no part.
    UnknownReference {
        /// Kind of part that was meant.
        kind: &'static str,
        /// The reference as written.
        reference: String,
    },
    /// The instance type is not in the catalogue and the host states no size of its own.
    UnknownInstanceType {
        /// The type as written.
        name: String,
    },
    /// A task definition breaks a rule; the pointer leads into the document.
    TaskDefinition(Finding),
    /// The service registers a container or port that its task definition does not have.
    UnknownContainerPort {
        /// The container.
        container: String,
        /// The port.
        port: u16,
    },
    /// Two rules of a listener have one priority; the later one is never asked.
    DuplicatePriority {
        /// The priority.
        priority: u32,
    },
    /// A priority outside 1 to 50000.
    PriorityOutOfRange {
        /// The priority.
        priority: u32,
    },
    /// Nothing can start or stop during a deployment (ecs.md 3.3).
    DeploymentDeadlock {
        /// Fewest healthy tasks.
        lower: u32,
        /// Most tasks.
        upper: u32,
    },
    /// The field is kept, but this build does not simulate what it means.
    NotSimulated {
        /// What, in AWS's words.
        what: String,
    },
    /// More tasks than a service may have.
    TooManyTasks {
        /// The desired count as written.
        desired: u32,
    },
    /// A placement strategy that does not exist.
    UnknownStrategy {
        /// Type and field as written.
        text: String,
    },
}

impl Problem {
    /// The stable id under which the finding is documented.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::DuplicateName { .. } => "DS001",
            Self::UnknownReference { .. } => "DS002",
            Self::UnknownInstanceType { .. } => "DS003",
            Self::TaskDefinition(finding) => finding.rule.id(),
            Self::UnknownContainerPort { .. } => "DS009",
            Self::DuplicatePriority { .. } => "DS010",
            Self::PriorityOutOfRange { .. } => "DS011",
            Self::DeploymentDeadlock { .. } => "DS012",
            Self::NotSimulated { .. } => "DS013",
            Self::UnknownStrategy { .. } => "DS014",
            Self::TooManyTasks { .. } => "DS015",
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::DuplicateName { .. }
            | Self::UnknownReference { .. }
            | Self::UnknownInstanceType { .. }
            | Self::UnknownContainerPort { .. }
            | Self::DuplicatePriority { .. }
            | Self::PriorityOutOfRange { .. }
            | Self::TooManyTasks { .. }
            | Self::UnknownStrategy { .. } => Severity::Error,
            Self::TaskDefinition(finding) => finding.rule.severity(),
            Self::DeploymentDeadlock { .. } => Severity::Warning,
            Self::NotSimulated { .. } => Severity::Info,
        }
    }
}
