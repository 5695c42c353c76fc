//! The agents of the simulated hosts: pulling, starting and stopping containers.
//!
//! Durations come from the service's workload and from [`crate::model::Settings`].

use super::world::{Due, World};
use crate::control::{ContainerHealth, NetworkBinding, Observation, TargetHealth};
use crate::design::Workload;
use crate::draw::{Stream, draw_below};
use crate::id::{InstanceIx, ServiceIx, TargetGroupIx, TaskDefinitionIx, TaskId};
use crate::taskdef::{NetworkMode, TaskDefinition};
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// First and last port of Linux's usual ephemeral range, from which agents take dynamic host
/// ports (ecs.md 2.5).
const DYNAMIC_PORTS: (u16, u16) = (32768, 60999);

/// Pull times vary by up to this many percent. Our guess.
const PULL_JITTER_PERCENT: u64 = 20;

/// A task as its agent knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AgentTask {
    pub(super) instance: InstanceIx,
    service: ServiceIx,
    pub(super) definition: TaskDefinitionIx,
    phase: Phase,
    /// When its containers answer requests.
    pub(super) answers_at: Option<Instant>,
    /// Health checks in a row with the same answer, by target group.
    pub(super) probes: BTreeMap<TargetGroupIx, Probes>,
}

/// What the load balancer has seen of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Probes {
    pub(super) health: TargetHealth,
    pub(super) in_a_row: u32,
}

/// How far the agent is with a task. Each due event belongs to one phase and is void in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Waiting,
    Pulling,
    Starting,
    Running,
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
        let (phase, answers_at, probes) = (Phase::Waiting, None, BTreeMap::new());
        let agent = AgentTask {
            instance,
            service,
            definition,
            phase,
            answers_at,
            probes,
        };
        let awsvpc =
            self.model.definition(definition).document.network_mode() == NetworkMode::Awsvpc;
        self.agents.insert(task, agent);
        let settings = self.model.settings;
        if awsvpc {
            self.due_in(settings.eni_attachment, Due::NetworkAttached(task));
        } else {
            self.due_in(settings.agent_latency, Due::Accepted(task));
        }
    }

    /// The agent's task, if it is in `phase`: a task that was told to stop does not go on.
    fn agent_in(&mut self, task: TaskId, phase: Phase) -> Option<&mut AgentTask> {
        self.agents
            .get_mut(&task)
            .filter(|agent| agent.phase == phase)
    }

    pub(super) fn network_attached(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        if self.agent_in(task, Phase::Waiting).is_some() {
            seen.push(Observation::NetworkAttached { task });
            self.due_in(self.model.settings.agent_latency, Due::Accepted(task));
        }
    }

    /// The agent knows of the task, which takes its place in the host's queue.
    pub(super) fn accepted(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let instance = self.agent_in(task, Phase::Waiting).map(|it| it.instance);
        if let Some(instance) = instance {
            seen.push(Observation::TaskAccepted { task });
            self.queue_task(task, instance);
        }
    }

    pub(super) fn pull_started(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agent_in(task, Phase::Waiting) else {
            return;
        };
        agent.phase = Phase::Pulling;
        let (instance, service, definition) = (agent.instance, agent.service, agent.definition);
        seen.push(Observation::PullStarted { task });
        let length = self.pull_time(task, instance, service, definition);
        self.due_in(length, Due::PullStopped(task));
    }

    /// Images that the host has cost a manifest request; others their size over the bandwidth.
    fn pull_time(
        &mut self,
        task: TaskId,
        instance: InstanceIx,
        service: ServiceIx,
        definition: TaskDefinitionIx,
    ) -> Millis {
        let settings = self.model.settings;
        let document = Arc::clone(&self.model.definition(definition).document);
        let workload = &self.model.service(service).workload;
        let size = u64::from(workload.image_size_mib.unwrap_or(Workload::IMAGE_SIZE_MIB));
        let names = document
            .container_definitions
            .iter()
            .map(|container| &container.image);
        let names: Vec<String> = names.cloned().collect();
        let (now, seed) = (self.now, self.control.seed);
        let images = self.images.entry(instance).or_default();
        if names.iter().any(|name| !images.contains_key(name)) {
            // The workload gives the size of the service's image; its sidecars share that time.
            let even = size * 1000 / settings.pull_mib_per_second.max(1);
            let number = (task.0 & u128::from(u64::MAX)) as u64;
            let drawn = draw_below(seed, Stream::Pull, number, 2 * PULL_JITTER_PERCENT + 1);
            let length = Millis(even * (100 - PULL_JITTER_PERCENT + drawn) / 100);
            for name in &names {
                images.entry(name.clone()).or_insert(now + length);
            }
        }
        // An image that another task is still pulling is waited for.
        let ready_at = names.iter().filter_map(|name| images.get(name)).max();
        settings.cached_pull + ready_at.map_or(Millis::ZERO, |at| at.since(now))
    }

    pub(super) fn pull_stopped(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agent_in(task, Phase::Pulling) else {
            return;
        };
        agent.phase = Phase::Starting;
        seen.push(Observation::PullStopped { task });
        self.due_in(
            self.model.settings.container_start,
            Due::ContainersStarted(task),
        );
    }

    pub(super) fn containers_started(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let now = self.now;
        let Some(agent) = self.agent_in(task, Phase::Starting) else {
            return;
        };
        agent.phase = Phase::Running;
        let (service, definition, instance) = (agent.service, agent.definition, agent.instance);
        let document = Arc::clone(&self.model.definition(definition).document);
        let workload = self.model.service(service).workload.clone();
        let startup = Millis::seconds(u64::from(
            workload
                .startup_seconds
                .unwrap_or(Workload::STARTUP_SECONDS),
        ));
        if let Some(agent) = self.agents.get_mut(&task) {
            agent.answers_at = Some(now + startup);
        }
        let bindings = self.bindings(task, instance, &document);
        seen.push(Observation::ContainersStarted { task, bindings });
        if let Some(seconds) = workload.crash_after_seconds {
            let container = first_essential(&document);
            let crash = Due::ContainerExits {
                task,
                container,
                exit_code: 1,
            };
            self.due_in(Millis::seconds(u64::from(seconds)), crash);
        }
        if let Some(length) = first_healthy_after(&document, startup) {
            self.due_in(length, Due::ContainersHealthy(task));
        }
    }

    /// Published ports: fixed ones as written, dynamic ones drawn from the ephemeral range.
    fn bindings(
        &self,
        task: TaskId,
        instance: InstanceIx,
        document: &TaskDefinition,
    ) -> Vec<NetworkBinding> {
        let dynamic = document.network_mode() == NetworkMode::Bridge;
        let taken = self
            .control
            .tasks_on(instance)
            .flat_map(|(_, task)| &task.bindings);
        let mut taken: Vec<u16> = taken.map(|binding| binding.host_port).collect();
        let mut bindings = Vec::new();
        for container in &document.container_definitions {
            for mapping in container.ports() {
                let Some(container_port) = mapping.container_port else {
                    continue;
                };
                let fixed = mapping.host_port.filter(|port| *port > 0);
                let host_port = match fixed {
                    Some(port) => port,
                    None if dynamic => self.dynamic_port(task, bindings.len(), &taken),
                    None => container_port,
                };
                taken.push(host_port);
                let container_name = container.name.clone();
                let protocol = mapping.protocol.unwrap_or_default();
                let binding = NetworkBinding {
                    container_name,
                    container_port,
                    host_port,
                    protocol,
                };
                bindings.push(binding);
            }
        }
        bindings
    }

    fn dynamic_port(&self, task: TaskId, nth: usize, taken: &[u16]) -> u16 {
        let (first, last) = DYNAMIC_PORTS;
        let span = u64::from(last - first) + 1;
        let number = (task.0 >> 64) as u64 ^ nth as u64;
        let start = draw_below(self.control.seed, Stream::HostPort, number, span);
        let ports = (0..span).map(|step| first + ((start + step) % span) as u16);
        ports
            .into_iter()
            .find(|port| !taken.contains(port))
            .unwrap_or(first)
    }

    pub(super) fn containers_healthy(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        if self.agent_in(task, Phase::Running).is_some() {
            let health = ContainerHealth::Healthy;
            seen.push(Observation::ContainerHealthChanged { task, health });
        }
    }

    pub(super) fn containers_run(&self, task: TaskId) -> bool {
        self.agents
            .get(&task)
            .is_some_and(|agent| agent.phase == Phase::Running)
    }

    pub(super) fn first_essential(&self, task: TaskId) -> usize {
        let definition = self.agents.get(&task).map(|agent| agent.definition);
        definition.map_or(0, |at| first_essential(&self.model.definition(at).document))
    }

    /// A container ends by itself; the agent then stops the task's other containers.
    pub(super) fn container_exits(
        &mut self,
        task: TaskId,
        container: usize,
        exit_code: i32,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agents.get_mut(&task) else {
            return;
        };
        if agent.phase == Phase::Stopping {
            return;
        }
        agent.phase = Phase::Stopping;
        agent.answers_at = None;
        let document = Arc::clone(&self.model.definition(agent.definition).document);
        let shutdown = self.shutdown_time(task, &document);
        let alone = document.container_definitions.len() == 1;
        seen.push(Observation::ContainerExited {
            task,
            container,
            exit_code,
            out_of_memory: false,
        });
        let length = if alone {
            self.model.settings.agent_latency
        } else {
            shutdown
        };
        self.due_in(length, Due::ContainersStopped(task));
    }

    pub(super) fn stop_containers(&mut self, task: TaskId) {
        let Some(agent) = self.agents.get_mut(&task) else {
            return;
        };
        let started = agent.phase == Phase::Running;
        agent.phase = Phase::Stopping;
        agent.answers_at = None;
        let document = Arc::clone(&self.model.definition(agent.definition).document);
        let length = if started {
            self.shutdown_time(task, &document)
        } else {
            self.model.settings.agent_latency
        };
        self.due_in(length, Due::ContainersStopped(task));
    }

    /// The workload's own time, cut off by SIGKILL at the longest stop timeout of the task.
    fn shutdown_time(&self, task: TaskId, document: &TaskDefinition) -> Millis {
        let settings = self.model.settings;
        let service = self.agents.get(&task).map(|agent| agent.service);
        let workload = service.map(|service| &self.model.service(service).workload);
        let own = workload.and_then(|workload| workload.shutdown_seconds);
        let own = Millis::seconds(u64::from(own.unwrap_or(Workload::SHUTDOWN_SECONDS)));
        let timeouts = document.container_definitions.iter().map(|container| {
            let stated = container.stop_timeout.filter(|seconds| *seconds > 0);
            stated.map_or(settings.stop_timeout, |seconds| {
                Millis::seconds(u64::from(seconds))
            })
        });
        let limit = timeouts.max().unwrap_or(settings.stop_timeout);
        own.min(limit) + settings.agent_latency
    }

    pub(super) fn containers_stopped(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agent_in(task, Phase::Stopping) else {
            return;
        };
        let (instance, definition) = (agent.instance, agent.definition);
        let document = &self.model.definition(definition).document;
        let awsvpc = document.network_mode() == NetworkMode::Awsvpc;
        seen.push(Observation::ContainersStopped { task });
        self.release_task(task, instance);
        let settings = self.model.settings;
        let length = if awsvpc {
            settings.eni_attachment
        } else {
            settings.agent_latency
        };
        self.due_in(length, Due::NetworkDetached(task));
    }

    pub(super) fn network_detached(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        if self.agents.remove(&task).is_some() {
            seen.push(Observation::NetworkDetached { task });
        }
    }
}

fn first_essential(document: &TaskDefinition) -> usize {
    let mut containers = document.container_definitions.iter();
    containers
        .position(crate::taskdef::ContainerDefinition::is_essential)
        .unwrap_or(0)
}

/// When the slowest essential health check first passes: Docker probes one interval after the
/// start and then every interval (ecs.md 1.7). `None` without checks.
fn first_healthy_after(document: &TaskDefinition, startup: Millis) -> Option<Millis> {
    let essential = document
        .container_definitions
        .iter()
        .filter(|it| it.is_essential());
    let checks = essential.filter_map(|container| container.health_check.as_ref());
    let intervals = checks.map(|check| u64::from(check.interval.unwrap_or(30).max(1)) * 1000);
    intervals
        .map(|interval| Millis(startup.0.max(1).div_ceil(interval) * interval))
        .max()
}
