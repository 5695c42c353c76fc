//! From an order to Docker calls: pure, printable, tested as text.
//!
//! What is planned here is what ECS's agent does on its host: the order in which containers of a
//! task start and stop, and what Docker is told of each. Which task starts where and why was
//! decided before, in [`stowplan_core::control`].

mod create;
mod start;
mod stop;

pub(crate) use create::{container_name, is_name_of};
pub use start::{NewTask, images, start};
pub use stop::{StopRequest, discard, stop};

use bollard::models::ContainerCreateBody;
use std::fmt;
use stowplan_core::id::TaskId;
use stowplan_core::taskdef::{self, ContainerDefinition};

/// One Docker call.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Is the image there?
    InspectImage {
        /// Image reference.
        image: String,
    },
    /// Pull an image.
    PullImage {
        /// Image reference with tag or digest.
        image: String,
    },
    /// Create a container.
    CreateContainer {
        /// Its name.
        name: String,
        /// What Docker is told.
        body: Box<ContainerCreateBody>,
    },
    /// Start a container.
    StartContainer {
        /// Its name.
        name: String,
    },
    /// Wait until a container has come far enough for the one after it.
    AwaitContainer {
        /// Its name.
        name: String,
        /// How far.
        condition: Condition,
    },
    /// List a task's containers with the ports that they got.
    ListContainers {
        /// The task.
        task: TaskId,
    },
    /// Send the stop signal, and SIGKILL after a while.
    StopContainer {
        /// Its name or id.
        name: String,
        /// Seconds until SIGKILL.
        timeout_s: u32,
    },
    /// Remove a container and its anonymous volumes, running or not.
    RemoveContainer {
        /// Its name or id.
        name: String,
    },
}

/// How far a container must have come (`dependsOn`); START needs no waiting here, since a
/// container's start is the call before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It ended.
    Complete,
    /// It ended with exit code 0.
    Success,
    /// Its health check passes.
    Healthy,
}

impl Condition {
    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "COMPLETE",
            Self::Success => "SUCCESS",
            Self::Healthy => "HEALTHY",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InspectImage { image } => write!(f, "inspect image {image}"),
            Self::PullImage { image } => write!(f, "pull image {image}"),
            Self::CreateContainer { name, body } => {
                write!(f, "create container {name} {}", without_labels(body))
            }
            Self::StartContainer { name } => write!(f, "start container {name}"),
            Self::AwaitContainer { name, condition } => {
                write!(f, "await container {name} {}", condition.name())
            }
            Self::ListContainers { task } => write!(f, "list containers of task {task}"),
            Self::StopContainer { name, timeout_s } => {
                write!(f, "stop container {name} within {timeout_s} s")
            }
            Self::RemoveContainer { name } => write!(f, "remove container {name}"),
        }
    }
}

/// Places of the containers in the order of their start: each after those that it depends on
/// (ecs.md 1.5). Links and shared volumes are not honoured, so that they order nothing here.
/// `None` for a circle; such a definition is refused before anything runs.
#[must_use]
pub fn start_order(containers: &[ContainerDefinition]) -> Option<Vec<usize>> {
    let dependencies = |container: &ContainerDefinition| ContainerDefinition {
        name: container.name.clone(),
        depends_on: container.depends_on.clone(),
        ..ContainerDefinition::default()
    };
    let containers: Vec<_> = containers.iter().map(dependencies).collect();
    let waves = taskdef::start_order(&containers).ok()?;
    Some(waves.concat())
}

/// The body as JSON in a stable order. Our labels repeat the whole definition: left out.
fn without_labels(body: &ContainerCreateBody) -> String {
    let mut value = serde_json::to_value(body).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("Labels");
    }
    value.to_string()
}

#[cfg(test)]
mod tests;
