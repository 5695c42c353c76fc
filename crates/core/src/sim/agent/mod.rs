//! The agents of the simulated hosts: what becomes of a task from the order to its end.
//!
//! Every container has a life of its own ([`container`]); durations come from the service's
//! workload, from what an operator has broken ([`conduct`]) and from [`crate::model::Settings`].
//! Source: the open agent's behaviour as told in ecs.md 1.3 to 1.8.

mod checks;
mod conduct;
mod container;
mod ports;
mod pull;
mod start;
mod stop;

pub(super) use checks::first_from;
pub(super) use container::Container;
pub(super) use pull::PullFailure;
pub(super) use start::Exit;

use super::balancer::Probes;
use super::world::{Due, World};
use crate::control::{ContainerHealth, Observation};
use crate::id::{InstanceIx, ServiceIx, TargetGroupIx, TaskDefinitionIx, TaskId};
use crate::taskdef::{ContainerDefinition, NetworkMode, TaskDefinition};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// A task as its agent knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AgentTask {
    pub(super) instance: InstanceIx,
    pub(super) service: ServiceIx,
    pub(super) definition: TaskDefinitionIx,
    /// The revision as it was when the task was placed: what the document makes of it later does
    /// not reach what runs.
    pub(super) document: Arc<TaskDefinition>,
    stage: Stage,
    /// By their places in the task definition.
    pub(super) containers: Vec<Container>,
    /// Whether all images are there, as was reported.
    pulled: bool,
    /// Why the task came to nothing, in ECS's words.
    failed: Option<String>,
    /// Health of the whole task as last reported.
    health: ContainerHealth,
    /// What load balancers have seen, by target group.
    pub(super) probes: BTreeMap<TargetGroupIx, Probes>,
    /// Whether an operator makes the load balancers' checks fail.
    pub(super) fails_probes: bool,
}

/// How far the agent is with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not let in yet.
    Waiting,
    /// Containers are pulled and started.
    Starting,
    /// Every container runs or has done its work.
    Running,
    /// Containers are stopped, or have been.
    Stopping,
}

impl World {
    pub(super) fn start_task(
        &mut self,
        task: TaskId,
        service: ServiceIx,
        definition: TaskDefinitionIx,
        instance: InstanceIx,
    ) {
        let document = Arc::clone(&self.model.definition(definition).document);
        let awsvpc = document.network_mode() == NetworkMode::Awsvpc;
        let agent = AgentTask {
            instance,
            service,
            definition,
            stage: Stage::Waiting,
            containers: vec![Container::default(); document.container_definitions.len()],
            document,
            pulled: false,
            failed: None,
            health: ContainerHealth::Unknown,
            probes: BTreeMap::new(),
            fails_probes: false,
        };
        self.agents.insert(task, Arc::new(agent));
        let settings = self.model.settings;
        if awsvpc {
            self.due_in(settings.eni_attachment, Due::NetworkAttached(task));
        } else {
            self.due_in(settings.agent_latency, Due::Accepted(task));
        }
    }

    /// The agent's task, to be changed.
    pub(super) fn agent(&mut self, task: TaskId) -> Option<&mut AgentTask> {
        self.agents.get_mut(&task).map(Arc::make_mut)
    }

    /// The agent's task, if it is at `stage`: a task that was told to stop does not go on.
    fn agent_at(&mut self, task: TaskId, stage: Stage) -> Option<&mut AgentTask> {
        self.agent(task).filter(|agent| agent.stage == stage)
    }

    pub(super) fn network_attached(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(instance) = self.agent_at(task, Stage::Waiting).map(|it| it.instance) else {
            return;
        };
        self.report(instance, Observation::NetworkAttached { task }, seen);
        self.due_in(self.model.settings.agent_latency, Due::Accepted(task));
    }

    /// The agent knows of the task, which takes its place in the host's queue.
    pub(super) fn accepted(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(instance) = self.agent_at(task, Stage::Waiting).map(|it| it.instance) else {
            return;
        };
        if self.withholds(instance, super::host::Order::Accept(task)) {
            return;
        }
        self.report(instance, Observation::TaskAccepted { task }, seen);
        self.queue_task(task, instance);
    }

    /// Whether the containers of a task run, so that one of them can end.
    pub(super) fn container_runs(&self, task: TaskId, container: usize) -> bool {
        let agent = self.agents.get(&task);
        let container = agent.and_then(|agent| agent.containers.get(container));
        container.is_some_and(Container::runs)
    }

    /// The container that a task's service is about: its first essential one.
    pub(super) fn main_container(&self, task: TaskId) -> usize {
        let agent = self.agents.get(&task);
        agent.map_or(0, |agent| main_container(&agent.document))
    }
}

/// The first essential container of a definition.
fn main_container(document: &TaskDefinition) -> usize {
    let mut containers = document.container_definitions.iter();
    containers
        .position(ContainerDefinition::is_essential)
        .unwrap_or(0)
}
