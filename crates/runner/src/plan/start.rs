//! Starting a task: its images, then its containers one after the other.

use super::create::{body, container_name};
use super::{Condition, Operation, start_order};
use stowplan_core::id::{DeploymentId, TaskId};
use stowplan_core::taskdef::{self, ContainerDependency, TaskDefinition};

/// A task to start.
#[derive(Clone, Copy, Debug)]
pub struct NewTask<'a> {
    /// Its id.
    pub task: TaskId,
    /// Its service, by name.
    pub service: &'a str,
    /// Its deployment.
    pub deployment: DeploymentId,
    /// Its revision's number.
    pub revision: u32,
    /// Its definition.
    pub definition: &'a TaskDefinition,
}

/// Asks for each image of the task once.
#[must_use]
pub fn images(definition: &TaskDefinition) -> Vec<Operation> {
    let mut images: Vec<&String> = Vec::new();
    for container in &definition.container_definitions {
        if !images.contains(&&container.image) {
            images.push(&container.image);
        }
    }
    images
        .into_iter()
        .map(|image| Operation::InspectImage {
            image: image.clone(),
        })
        .collect()
}

/// Creates and starts the containers in the order of their dependencies, then asks for the ports
/// that they got. A definition whose dependencies have no order was refused before anything ran.
#[must_use]
pub fn start(task: &NewTask<'_>) -> Vec<Operation> {
    let containers = &task.definition.container_definitions;
    let order = start_order(containers).unwrap_or_else(|| (0..containers.len()).collect());
    let mut operations = Vec::new();
    for at in &order {
        let name = container_name(task, *at);
        let waits = containers[*at].depends_on.iter().flatten();
        operations.extend(waits.filter_map(|edge| await_container(task, edge)));
        operations.push(Operation::CreateContainer {
            name: name.clone(),
            body: Box::new(body(task, *at)),
        });
        operations.push(Operation::StartContainer { name });
    }
    operations.push(Operation::ListContainers { task: task.task });
    operations
}

fn await_container(task: &NewTask<'_>, edge: &ContainerDependency) -> Option<Operation> {
    let condition = match edge.condition? {
        taskdef::Condition::Complete => Condition::Complete,
        taskdef::Condition::Success => Condition::Success,
        taskdef::Condition::Healthy => Condition::Healthy,
        // The container was started before this one is created.
        taskdef::Condition::Start => return None,
    };
    let containers = &task.definition.container_definitions;
    let on = containers
        .iter()
        .position(|known| known.name == edge.container_name)?;
    Some(Operation::AwaitContainer {
        name: container_name(task, on),
        condition,
    })
}
