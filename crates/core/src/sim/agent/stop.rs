//! Stopping the containers of a task in the reverse of their order (ecs.md 1.3 and 1.5).

use super::Stage;
use super::container::{KILLED, Life};
use crate::control::Observation;
use crate::id::TaskId;
use crate::sim::host::Order;
use crate::sim::world::{Due, World};
use crate::taskdef::{ContainerDefinition, NetworkMode, edges};
use crate::time::Millis;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl World {
    /// The control plane orders the containers of a task to be stopped.
    pub(in crate::sim) fn stop_containers(&mut self, task: TaskId) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        if agent.stage != Stage::Stopping && !self.withholds(agent.instance, Order::Stop(task)) {
            self.begin_stop(task);
        }
    }

    /// The task cannot go on: what runs of it is stopped, and `reason` is told in the end.
    pub(super) fn fail(&mut self, task: TaskId, reason: String) {
        if let Some(agent) = self.agent(task) {
            agent.failed.get_or_insert(reason);
            if agent.stage != Stage::Stopping {
                self.begin_stop(task);
            }
        }
    }

    /// What has not started never will; the rest is stopped one after the other.
    pub(super) fn begin_stop(&mut self, task: TaskId) {
        let Some(agent) = self.agent(task) else {
            return;
        };
        agent.stage = Stage::Stopping;
        for container in &mut agent.containers {
            container.check_at = None;
            if container.is_on_its_way() {
                container.life = Life::Ended {
                    exit_code: None,
                    ran: false,
                };
            }
        }
        self.shut_down(task);
    }

    /// Signals every container that nobody who depends on it needs any more. A chain therefore
    /// takes as long as its containers do together.
    pub(super) fn shut_down(&mut self, task: TaskId) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let containers = &agent.containers;
        if containers.iter().all(super::Container::has_ended) {
            self.due_in(
                self.model.settings.agent_latency,
                Due::ContainersStopped(task),
            );
            return;
        }
        let document = Arc::clone(&agent.document);
        let definitions = &document.container_definitions;
        let edges = edges(definitions);
        let is_needed = |at: usize| {
            let mut dependents = edges.iter().filter(|edge| edge.to == at);
            dependents.any(|edge| !containers[edge.from].has_ended())
        };
        let turn = (0..containers.len()).filter(|at| containers[*at].runs() && !is_needed(*at));
        let turn: Vec<(usize, Millis, i32)> = turn
            .map(|at| {
                let own = self.shutdown(agent, at);
                let limit = self.stop_timeout(agent.instance, &definitions[at]);
                // A process that minds its signal ends well; one that does not is killed.
                let exit_code = if own > limit { KILLED } else { 0 };
                (at, own.min(limit), exit_code)
            })
            .collect();
        for (container, length, exit_code) in turn {
            if let Some(agent) = self.agent(task) {
                agent.containers[container].life = Life::Stopping { exit_code };
            }
            self.due_in(length, Due::ContainerStopped(task, container));
        }
    }

    /// Time between the stop signal and SIGKILL: the container's own, else the agent's, else the
    /// default (ecs.md 1.3).
    fn stop_timeout(&self, instance: crate::id::InstanceIx, of: &ContainerDefinition) -> Millis {
        let stated = of.stop_timeout.filter(|seconds| *seconds > 0);
        let stated = stated.map(|seconds| Millis::seconds(u64::from(seconds)));
        let of_agent = || self.agent_config(instance).stop_timeout;
        stated
            .or_else(of_agent)
            .unwrap_or(self.model.settings.stop_timeout)
    }

    pub(in crate::sim) fn container_stopped(&mut self, task: TaskId, container: usize) {
        let Some(agent) = self.agent_at(task, Stage::Stopping) else {
            return;
        };
        let known = &mut agent.containers[container];
        if let Life::Stopping { exit_code } = known.life {
            known.life = Life::Ended {
                exit_code: Some(exit_code),
                ran: true,
            };
            self.shut_down(task);
        }
    }

    /// Nothing of the task runs any more: its room is free, and the agent tells how it ended.
    pub(in crate::sim) fn containers_stopped(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agent_at(task, Stage::Stopping) else {
            return;
        };
        let (instance, failed) = (agent.instance, agent.failed.take());
        let codes = unreported(&agent.containers);
        let failed_to_start = failed.is_some();
        if let Some(reason) = failed {
            self.report(instance, Observation::StartFailed { task, reason }, seen);
        }
        for (container, exit_code) in codes {
            let exited = Observation::ContainerExited {
                task,
                container,
                exit_code,
                out_of_memory: false,
            };
            self.report(instance, exited, seen);
        }
        self.release_task(task, instance);
        if failed_to_start {
            self.agents.remove(&task);
            return;
        }
        self.report(instance, Observation::ContainersStopped { task }, seen);
        let settings = self.model.settings;
        let document = Arc::clone(&self.agents[&task].document);
        let length = if document.network_mode() == NetworkMode::Awsvpc {
            settings.eni_attachment
        } else {
            settings.agent_latency
        };
        self.due_in(length, Due::NetworkDetached(task));
    }

    pub(in crate::sim) fn network_detached(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        if let Some(agent) = self.agents.remove(&task) {
            self.report(agent.instance, Observation::NetworkDetached { task }, seen);
        }
    }
}

/// Exit codes that nobody has heard of yet.
fn unreported(containers: &[super::Container]) -> Vec<(usize, i32)> {
    let containers = containers.iter().enumerate();
    let codes = containers.filter_map(|(at, container)| match container.life {
        Life::Ended {
            exit_code: Some(code),
            ..
        } if !container.reported => Some((at, code)),
        Life::Ended { .. }
        | Life::Waiting
        | Life::Pulling
        | Life::Pulled
        | Life::Starting { .. }
        | Life::Running { .. }
        | Life::Stopping { .. } => None,
    });
    codes.collect()
}
