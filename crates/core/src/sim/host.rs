//! The agent's own view of its host: what really runs there, and the queue of tasks that wait for
//! room behind those that still stop (ecs.md 2.4, agent 1.74.1 and later).
//!
//! The control plane gives room away as soon as a task is desired STOPPED; the agent starts the
//! next one only once the containers are gone. Its queue is strict: while the head does not fit,
//! nobody behind it starts either.

use super::world::{Due, World};
use crate::id::{InstanceIx, TaskDefinitionIx, TaskId};
use crate::taskdef::ReservedPort;
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

/// What the agent of one host knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HostAgent {
    used: Resources,
    ports: BTreeSet<ReservedPort>,
    /// Tasks that were let in, with what they take.
    running: BTreeMap<TaskId, (Resources, Vec<ReservedPort>)>,
    /// Tasks that wait, the first to be let in at the front.
    queue: VecDeque<(TaskId, TaskDefinitionIx)>,
}

impl World {
    /// Puts a task at the end of its host's queue.
    pub(super) fn queue_task(&mut self, task: TaskId, instance: InstanceIx) {
        let Some(definition) = self.agents.get(&task).map(|agent| agent.definition) else {
            return;
        };
        let host = self.hosts.entry(instance).or_default();
        host.queue.push_back((task, definition));
        self.let_in(instance);
    }

    /// Gives back what an ended task took, or its place in the queue, and lets the next ones in.
    pub(super) fn release_task(&mut self, task: TaskId, instance: InstanceIx) {
        let Some(host) = self.hosts.get_mut(&instance) else {
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
            host.queue.pop_front();
            host.used += need;
            host.ports.extend(ports);
            host.running.insert(task, (need, ports.clone()));
            self.due(self.now, Due::PullStarted(task));
        }
    }
}
