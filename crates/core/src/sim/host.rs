//! The agent's own view of its host: what really runs there, and the queue of tasks that wait for
//! room behind those that still stop (ecs.md 2.4, agent 1.74.1 and later).
//!
//! The control plane gives room away as soon as a task is desired STOPPED; the agent starts the
//! next one only once the containers are gone. Its queue is strict: while the head does not fit,
//! nobody behind it starts either.

use super::world::{Due, World};
use crate::control::Observation;
use crate::design::{ContainerInstance, Design};
use crate::id::{InstanceIx, TaskDefinitionIx, TaskId};
use crate::model::Model;
use crate::taskdef::ReservedPort;
use crate::time::{Instant, Millis};
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde_json::Value;

/// What the agent of one host knows, and how the host is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HostAgent {
    used: Resources,
    ports: BTreeSet<ReservedPort>,
    /// Tasks that were let in, with what they take.
    running: BTreeMap<TaskId, (Resources, Vec<ReservedPort>)>,
    /// Tasks that wait, the first to be let in at the front.
    queue: VecDeque<(TaskId, TaskDefinitionIx)>,
    /// Images that it has and when their pull was or will be over.
    pub(super) images: BTreeMap<String, Instant>,
    /// Whether the EC2 instance runs.
    pub(super) power: Power,
    /// Whether its agent has lost ECS by itself.
    pub(super) disconnected: bool,
    /// Whether nobody reaches its zone.
    pub(super) unreachable: bool,
    /// What its agent will tell when it finds ECS again, in the order in which it happened.
    withheld: Vec<Observation>,
    /// What ECS ordered meanwhile.
    orders: Vec<Order>,
}

/// Whether an EC2 instance runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Power {
    /// It runs.
    #[default]
    On,
    /// It was stopped, and can be started again.
    Off,
    /// It was terminated.
    Gone,
}

/// An order that waits for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Take a task up.
    Accept(TaskId),
    /// Stop a task's containers.
    Stop(TaskId),
}

/// When the agent asks a registry (`ECS_IMAGE_PULL_BEHAVIOR`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PullBehavior {
    /// Always, but what the host has will do if the pull fails.
    #[default]
    Default,
    /// Always, and the task fails with the pull.
    Always,
    /// Only for what was never pulled on this host.
    Once,
    /// Only for what the host does not have.
    PreferCached,
}

/// The part of `/etc/ecs/ecs.config` that is played: `agentConfiguration` of a container instance
/// in the document, by the agent's own variable names (ecs.md 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AgentConfig {
    /// `ECS_IMAGE_PULL_BEHAVIOR`.
    pub(super) pull_behavior: PullBehavior,
    /// `ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT`, default false.
    pub(super) pull_upfront: bool,
    /// `ECS_ENABLE_SPOT_INSTANCE_DRAINING`, default false.
    pub(super) spot_draining: bool,
    /// `ECS_CONTAINER_STOP_TIMEOUT`, at least one second.
    pub(super) stop_timeout: Option<Millis>,
}

impl AgentConfig {
    fn of(host: &ContainerInstance) -> Option<Self> {
        let config = host.extra.get("agentConfiguration")?;
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        let is_on = |name: &str| match config.get(name) {
            Some(Value::Bool(on)) => *on,
            Some(Value::String(text)) => text == "true",
            Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => {
                false
            }
        };
        let pull_behavior = match text("ECS_IMAGE_PULL_BEHAVIOR") {
            Some("always") => PullBehavior::Always,
            Some("once") => PullBehavior::Once,
            Some("prefer-cached") => PullBehavior::PreferCached,
            Some(_) | None => PullBehavior::Default,
        };
        Some(Self {
            pull_behavior,
            pull_upfront: is_on("ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT"),
            spot_draining: is_on("ECS_ENABLE_SPOT_INSTANCE_DRAINING"),
            stop_timeout: text("ECS_CONTAINER_STOP_TIMEOUT").and_then(go_duration),
        })
    }

    /// Those hosts' that state any.
    pub(super) fn of_hosts(design: &Design, model: &Model) -> BTreeMap<InstanceIx, Self> {
        let hosts = design.container_instances.iter();
        hosts
            .filter_map(|host| {
                let config = Self::of(host)?;
                Some((model.instance_named(&host.ec2_instance_id)?, config))
            })
            .collect()
    }
}

/// A duration as the agent reads it, `30s` or `2m`, cut off below one second.
fn go_duration(text: &str) -> Option<Millis> {
    let (number, unit) = match text.strip_suffix('s') {
        Some(number) => (number, 1),
        None => (text.strip_suffix('m')?, 60),
    };
    let seconds = number.parse::<u64>().ok()?.saturating_mul(unit);
    Some(Millis::seconds(seconds.max(1)))
}

impl HostAgent {
    /// Whether its agent and ECS hear each other.
    pub(super) fn is_connected(&self) -> bool {
        self.power == Power::On && !self.disconnected && !self.unreachable
    }

    /// Everything that ran is gone, as after a loss of power; the disk keeps its images.
    pub(super) fn empty(&mut self) {
        let images = core::mem::take(&mut self.images);
        *self = Self {
            images,
            power: self.power,
            disconnected: self.disconnected,
            unreachable: self.unreachable,
            ..Self::default()
        };
    }

    /// What was withheld, now that ECS hears it.
    pub(super) fn take_withheld(&mut self) -> (Vec<Observation>, Vec<Order>) {
        let told = core::mem::take(&mut self.withheld);
        (told, core::mem::take(&mut self.orders))
    }
}

impl World {
    /// A host's agent, to be changed.
    pub(super) fn host(&mut self, instance: InstanceIx) -> &mut HostAgent {
        Arc::make_mut(self.hosts.entry(instance).or_default())
    }

    pub(super) fn agent_config(&self, instance: InstanceIx) -> AgentConfig {
        self.configs.get(&instance).copied().unwrap_or_default()
    }

    /// Tells ECS what an agent saw, or keeps it until the agent is connected again.
    pub(super) fn report(
        &mut self,
        instance: InstanceIx,
        observation: Observation,
        seen: &mut Vec<Observation>,
    ) {
        if self.is_connected(instance) {
            seen.push(observation);
        } else {
            self.host(instance).withheld.push(observation);
        }
    }

    /// Whether an order has to wait since the agent does not hear it.
    pub(super) fn withholds(&mut self, instance: InstanceIx, order: Order) -> bool {
        let connected = self.is_connected(instance);
        if !connected && !self.host(instance).orders.contains(&order) {
            self.host(instance).orders.push(order);
        }
        !connected
    }

    pub(super) fn is_connected(&self, instance: InstanceIx) -> bool {
        let host = self.hosts.get(&instance);
        host.is_none_or(|host| host.is_connected())
    }

    /// Puts a task at the end of its host's queue.
    pub(super) fn queue_task(&mut self, task: TaskId, instance: InstanceIx) {
        let Some(definition) = self.agents.get(&task).map(|agent| agent.definition) else {
            return;
        };
        self.host(instance).queue.push_back((task, definition));
        self.let_in(instance);
    }

    /// Gives back what an ended task took, or its place in the queue, and lets the next ones in.
    pub(super) fn release_task(&mut self, task: TaskId, instance: InstanceIx) {
        let Some(host) = self.hosts.get_mut(&instance).map(Arc::make_mut) else {
            return;
        };
        host.queue.retain(|(waiting, _)| *waiting != task);
        if let Some((used, ports)) = host.running.remove(&task) {
            host.used -= used;
            ports.iter().for_each(|port| {
                host.ports.remove(port);
            });
        }
        self.let_in(instance);
    }

    /// Whether a task waits in its host's queue.
    #[must_use]
    pub fn is_queued(&self, task: TaskId) -> bool {
        let instance = self.agents.get(&task).map(|agent| agent.instance);
        let host = instance.and_then(|instance| self.hosts.get(&instance));
        host.is_some_and(|host| host.queue.iter().any(|(waiting, _)| *waiting == task))
    }

    /// Starts those at the front of the queue that fit.
    pub(super) fn let_in(&mut self, instance: InstanceIx) {
        let registered = self.model.instance(instance).registered;
        loop {
            let Some(host) = self.hosts.get_mut(&instance) else {
                return;
            };
            let Some((task, definition)) = host.queue.front().copied() else {
                return;
            };
            let definition = self.model.definition(definition);
            // The agent counts no interfaces: they are attached before it learns of the task.
            let need = Resources {
                interfaces: 0,
                ..definition.reserved
            };
            let ports = &definition.static_ports;
            let is_free = |port: &ReservedPort| !host.ports.contains(port);
            if !(registered - host.used).holds(&need) || !ports.iter().all(is_free) {
                return;
            }
            let host = Arc::make_mut(host);
            host.queue.pop_front();
            host.used += need;
            host.ports.extend(ports);
            host.running.insert(task, (need, ports.clone()));
            self.due(self.now, Due::PullStarted(task));
        }
    }
}
