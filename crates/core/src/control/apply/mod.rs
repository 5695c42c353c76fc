//! The only writer of [`ControlState`] (invariant 3): folds one fact into it.
//!
//! Facts about parts that are not known (any more) are ignored: an agent may report late.

mod deployments;
mod discovery;
mod observed;
mod ordered;

use super::event::{Event, EventKind};
use super::fact::Fact;
use super::state::{
    ControlState, Deployment, InstanceState, RoomChange, ServiceState, Stopped, StoppedCause,
    TargetHealth, Task, TaskStatus,
};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskId};
use crate::model::Model;
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How long a STOPPED task can still be described: at least an hour (ecs.md 1.1).
const STOPPED_TASKS_KEPT: Millis = Millis::minutes(60);

impl ControlState {
    /// Folds `fact` at `now` and says what changed in `log`.
    pub fn apply(&mut self, model: &Model, now: Instant, fact: &Fact, log: &mut Vec<Event>) {
        let mut applier = Applier {
            state: self,
            model,
            now,
            log,
        };
        match fact {
            Fact::Observed(observation) => {
                applier.observed(observation);
                applier.wake();
            }
            Fact::Ordered(action) => applier.ordered(action),
            Fact::Ticked => applier.ticked(),
            Fact::Considered => {
                applier.state.run_task.clear();
                applier.state.attention.clear();
                applier.state.room_changes.hosts.clear();
                applier.state.due.clear();
            }
            Fact::WakeSet(wake_at) => applier.state.wake_at = *wake_at,
        }
    }
}

/// The state, lent to one `apply`, with what every step needs.
struct Applier<'a> {
    state: &'a mut ControlState,
    model: &'a Model,
    now: Instant,
    log: &'a mut Vec<Event>,
}

impl Applier<'_> {
    fn say(&mut self, kind: EventKind) {
        self.log.push(Event { at: self.now, kind });
    }

    /// The scheduler looks again at its next tick, sooner if it was to look sooner.
    fn wake(&mut self) {
        let next = self.now.next_multiple(self.model.settings.scheduler_tick);
        self.state.wake_at = Some(self.state.wake_at.map_or(next, |at| at.min(next)));
    }

    fn ticked(&mut self) {
        self.state.wake_at = None;
        let services = 0..self.model.services.len();
        self.state.due.extend(services.map(ServiceIx::from_at));
        let oldest = self.now - STOPPED_TASKS_KEPT;
        let keep = |_: &TaskId, task: &mut Arc<Task>| {
            task.stopped_at.is_none_or(|at| at >= oldest) || !drained(task)
        };
        self.state.tasks.retain(keep);
        self.note_healthy();
        // A deleted service whose last task is gone is INACTIVE: one of its name is another one.
        let model = self.model;
        let is_there = |at: &ServiceIx, known: &mut ServiceState| {
            model.service(*at).present || !known.tasks.is_empty()
        };
        self.state.services.retain(is_there);
    }

    /// A known deployment, to be changed.
    fn deployment(&mut self, service: ServiceIx, id: DeploymentId) -> Option<&mut Deployment> {
        let known = self.state.services.get_mut(&service)?;
        known.deployments.iter_mut().find(|known| known.id == id)
    }

    fn service(&mut self, service: ServiceIx) -> &mut ServiceState {
        self.state.services.entry(service).or_default()
    }

    /// A known host, to be changed: whoever follows the room on hosts is told.
    fn instance(&mut self, instance: InstanceIx) -> Option<&mut InstanceState> {
        let known = self.state.instances.get_mut(&instance);
        if known.is_some() {
            self.state.room_changes.count += 1;
            self.state.room_changes.hosts.push(RoomChange {
                instance,
                counted: None,
            });
        }
        known
    }

    /// Tells whoever follows the room on hosts that a service has a wanted task more or less.
    fn counted(&mut self, instance: InstanceIx, service: ServiceIx, by: i32) {
        self.state.room_changes.count += 1;
        self.state.room_changes.hosts.push(RoomChange {
            instance,
            counted: Some((service, by)),
        });
    }

    /// Runs `change` on a known task, marks it for attention and tells a change of status.
    fn task(&mut self, id: TaskId, change: impl FnOnce(&mut Task, Instant)) {
        let Some(task) = self.state.tasks.get_mut(&id).map(Arc::make_mut) else {
            return;
        };
        let before = (task.last_status, task.desired_status);
        change(task, self.now);
        if task.last_status >= TaskStatus::Stopping {
            task.stopping_at.get_or_insert(self.now);
        }
        let after = (task.last_status, task.desired_status);
        let (service, wanted) = (task.service, task.is_wanted());
        self.state.attention.insert(id);
        if wanted || before.1 != after.1 {
            self.changed(service);
        }
        if before != after {
            self.say_status(id, None);
        }
        self.forget_if_gone(id);
    }

    /// Something of the service changed: it is not steady any more.
    fn changed(&mut self, service: ServiceIx) {
        let now = self.now;
        let service = self.service(service);
        service.changed_at = now;
        service
            .said
            .retain(|(message, _)| !message.is_steady_state());
    }

    fn say_status(&mut self, id: TaskId, exit: Option<(i32, bool)>) {
        let task = &self.state.tasks[&id];
        let kind = EventKind::TaskStatusChanged {
            task: id,
            service: task.service,
            task_definition: task.task_definition,
            instance: task.instance,
            last_status: task.last_status,
            desired_status: task.desired_status,
            stopped: task.stopped.as_ref().map(|stopped| stopped.cause.clone()),
            exit_code: exit.map(|(code, _)| code),
            out_of_memory: exit.is_some_and(|(_, killed)| killed),
        };
        self.say(kind);
    }

    /// A task that is no longer wanted gives its host's room back at once (ecs.md 2.4).
    fn unwant(&mut self, id: TaskId, cause: StoppedCause) {
        let now = self.now;
        let Some(task) = self
            .state
            .tasks
            .get_mut(&id)
            .filter(|task| task.is_wanted())
            .map(Arc::make_mut)
        else {
            return;
        };
        task.desired_status = TaskStatus::Stopped;
        task.stopped = Some(Stopped { cause, at: now });
        let (service, instance) = (task.service, task.instance);
        let (reserved, ports) = (task.reserved, task.static_ports.clone());
        if let Some(host) = self.instance(instance) {
            host.reserved -= reserved;
            for port in &ports {
                host.ports.remove(port);
            }
            host.running = host.running.saturating_sub(1);
        }
        count_down(&mut self.service(service).on, instance);
        self.counted(instance, service, -1);
        self.state.attention.insert(id);
        self.changed(service);
    }

    /// Takes a task that has ended off its host's and, once drained, its service's list.
    fn forget_if_gone(&mut self, id: TaskId) {
        let task = &self.state.tasks[&id];
        if task.last_status != TaskStatus::Stopped {
            return;
        }
        let (service, instance, drained) = (task.service, task.instance, drained(task));
        if let Some(host) = self.instance(instance) {
            host.tasks.retain(|known| *known != id);
        }
        if drained {
            self.service(service).tasks.remove(&id);
            self.retire_deployments(service);
        }
    }

    /// An ACTIVE deployment without tasks and without any to keep is INACTIVE: it goes.
    fn retire_deployments(&mut self, service: ServiceIx) {
        let tasks = &self.state.tasks;
        let sets = &self.model.service(service).deploying.task_sets;
        let Some(known) = self.state.services.get_mut(&service) else {
            return;
        };
        let ServiceState {
            deployments,
            tasks: ids,
            ..
        } = known;
        let primary = deployments.last().map(|deployment| deployment.id);
        deployments.retain(|deployment| {
            Some(deployment.id) == primary
                || deployment.desired_count > 0
                || sets.iter().any(|set| {
                    set.id == deployment.wish.task_set
                        && set.task_definition == deployment.task_definition
                })
                || ids.iter().any(|id| tasks[id].deployment == deployment.id)
        });
    }
}

/// One less of `key`; what is down to none is taken out, so that it is as if it had never been.
fn count_down<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    if let Entry::Occupied(mut entry) = counts.entry(key) {
        *entry.get_mut() -= 1;
        if *entry.get() == 0 {
            entry.remove();
        }
    }
}

/// Whether no registration of the task is left.
fn drained(task: &Task) -> bool {
    task.targets
        .iter()
        .all(|target| target.health == TargetHealth::Unused)
}
