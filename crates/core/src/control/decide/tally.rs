//! The tasks of one service sorted by what the scheduler asks of them.

use super::Decider;
use crate::control::state::{ContainerHealth, TargetHealth, Task, TaskStatus};
use crate::id::{DeploymentId, ServiceIx, TaskId};
use crate::time::Instant;
use alloc::vec::Vec;

/// Tasks of one service; each wanted task is in exactly one list of its deployment's side.
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
    /// How many wanted tasks are healthy.
    pub(super) healthy: u32,
    /// How many of them are of the PRIMARY deployment.
    pub(super) primary_healthy: u32,
    /// How many tasks count towards the upper bound.
    pub(super) counted: u32,
}

/// What the checks say of a wanted task (ecs.md 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Starting,
    Healthy,
    Unhealthy,
}

impl<'a> Decider<'a> {
    pub(super) fn tally(&self, service: ServiceIx, primary: DeploymentId) -> Tally<'a> {
        let mut tally = Tally::default();
        for (id, task) in self.state.tasks_of(service) {
            if !task.is_wanted() {
                let stopping = task.last_status == TaskStatus::Stopping;
                tally.counted += u32::from(stopping && self.model.settings.count_stopping);
                continue;
            }
            tally.counted += 1;
            let health = self.health(service, task);
            let is_primary = task.deployment == primary;
            tally.healthy += u32::from(health == Health::Healthy);
            tally.primary_healthy += u32::from(is_primary && health == Health::Healthy);
            match (health, is_primary) {
                (Health::Unhealthy, _) => tally.unhealthy.push((id, task)),
                (Health::Starting | Health::Healthy, true) => tally.primary.push((id, task)),
                (Health::Healthy, false) => tally.old_healthy.push((id, task)),
                (Health::Starting, false) => tally.old_starting.push((id, task)),
            }
        }
        tally
    }

    /// Whether a wanted task counts towards minimumHealthyPercent.
    pub(super) fn is_healthy(&self, service: ServiceIx, task: &Task) -> bool {
        self.health(service, task) == Health::Healthy
    }

    /// Target groups and container checks both have their say; without either a task is healthy
    /// once it has run for 40 s.
    fn health(&self, service: ServiceIx, task: &Task) -> Health {
        let Some(started_at) = task.started_at else {
            return Health::Starting;
        };
        let service = self.model.service(service);
        let document = &self.model.definition(task.task_definition).document;
        let checked = document
            .container_definitions
            .iter()
            .any(|container| container.is_essential() && container.health_check.is_some());
        let by_targets = task.targets.iter().map(|target| match target.health {
            TargetHealth::Healthy => Health::Healthy,
            TargetHealth::Unhealthy => Health::Unhealthy,
            TargetHealth::Initial | TargetHealth::Draining | TargetHealth::Unused => {
                Health::Starting
            }
        });
        let by_containers = checked.then_some(match task.container_health {
            ContainerHealth::Unknown => Health::Starting,
            ContainerHealth::Healthy => Health::Healthy,
            ContainerHealth::Unhealthy => Health::Unhealthy,
        });
        let checks: Vec<Health> = by_targets.chain(by_containers).collect();
        let in_grace = self.now < started_at + service.grace_period;
        if checks.is_empty() {
            return self.health_by_age(started_at);
        }
        if checks.contains(&Health::Unhealthy) {
            return if in_grace {
                Health::Starting
            } else {
                Health::Unhealthy
            };
        }
        let all = checks.iter().all(|check| *check == Health::Healthy);
        if all {
            Health::Healthy
        } else {
            Health::Starting
        }
    }

    fn health_by_age(&self, started_at: Instant) -> Health {
        let healthy_at = started_at + self.model.settings.healthy_without_checks;
        if self.now >= healthy_at {
            Health::Healthy
        } else {
            Health::Starting
        }
    }
}
