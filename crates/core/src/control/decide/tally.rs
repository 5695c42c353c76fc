//! The tasks of one service sorted by what the scheduler asks of them.

use super::Decider;
use super::react::leaves_at_once;
use crate::control::health::{TaskHealth, task_health};
use crate::control::state::{InstanceStatus, Task, TaskStatus};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskId};
use crate::model::Scheduling;
use alloc::vec::Vec;

/// Tasks of one service; each wanted task is in exactly one list.
#[derive(Debug, Default)]
pub(super) struct Tally<'a> {
    /// Wanted tasks of the PRIMARY deployment that are not unhealthy: healthy or on their way.
    pub(super) primary: Vec<(TaskId, &'a Task)>,
    /// Wanted tasks of older deployments that are healthy.
    pub(super) old_healthy: Vec<(TaskId, &'a Task)>,
    /// Wanted tasks of older deployments that are still on their way.
    pub(super) old_starting: Vec<(TaskId, &'a Task)>,
    /// Wanted tasks of any deployment that fail their checks after the grace period.
    pub(super) unhealthy: Vec<(TaskId, &'a Task)>,
    /// Wanted tasks on DRAINING hosts that do not run yet: they stop at once (ecs.md 3.11).
    pub(super) draining: Vec<(TaskId, &'a Task)>,
    /// How many wanted tasks are healthy.
    pub(super) healthy: u32,
    /// How many of them are of the PRIMARY deployment.
    pub(super) primary_healthy: u32,
    /// How many tasks count towards the upper bound.
    pub(super) counted: u32,
}

impl<'a> Decider<'a> {
    /// The tasks of a service, or of `only` one of its deployments. Those on DRAINING hosts are
    /// surplus like those of older deployments (ecs.md 3.11; how is inferred).
    pub(super) fn tally(
        &self,
        service: ServiceIx,
        primary: DeploymentId,
        only: Option<DeploymentId>,
    ) -> Tally<'a> {
        let is_replica = self.model.service(service).scheduling == Scheduling::Replica;
        let mut tally = Tally::default();
        for (id, task) in self.state.tasks_of(service) {
            if only.is_some_and(|only| task.deployment != only) {
                continue;
            }
            if !task.is_wanted() {
                let stopping = task.last_status == TaskStatus::Stopping
                    || (task.last_status < TaskStatus::Stopping && leaves_at_once(task));
                tally.counted += u32::from(stopping && self.model.settings.count_stopping);
                continue;
            }
            tally.counted += 1;
            let health = task_health(self.model, task, self.now);
            let drains = is_replica && self.is_draining(task.instance);
            let is_primary = task.deployment == primary && !drains;
            tally.healthy += u32::from(health == TaskHealth::Healthy);
            tally.primary_healthy += u32::from(is_primary && health == TaskHealth::Healthy);
            if drains && task.last_status < TaskStatus::Running {
                tally.draining.push((id, task));
                continue;
            }
            match (health, is_primary) {
                (TaskHealth::Unhealthy, _) => tally.unhealthy.push((id, task)),
                (TaskHealth::Starting | TaskHealth::Healthy, true) => {
                    tally.primary.push((id, task))
                }
                (TaskHealth::Healthy, false) => tally.old_healthy.push((id, task)),
                (TaskHealth::Starting, false) => tally.old_starting.push((id, task)),
            }
        }
        tally
    }

    /// Whether a host is DRAINING.
    pub(super) fn is_draining(&self, instance: InstanceIx) -> bool {
        let known = self.state.instances.get(&instance);
        known.is_some_and(|known| known.status == InstanceStatus::Draining)
    }

    /// Whether a wanted task counts towards minimumHealthyPercent.
    pub(super) fn is_healthy(&self, task: &Task) -> bool {
        task_health(self.model, task, self.now) == TaskHealth::Healthy
    }
}
