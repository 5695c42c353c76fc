//! What counts as a healthy task (ecs.md 3.2): its target groups and its container checks both
//! have their say; without either it is healthy once it has run for a while.

use super::state::{ContainerHealth, TargetHealth, Task};
use crate::model::Model;
use crate::time::Instant;

/// What the checks say of a wanted task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskHealth {
    /// Not RUNNING yet, or no check has decided yet, or it fails within its grace period.
    Starting,
    /// Counts towards minimumHealthyPercent.
    Healthy,
    /// Fails its checks after the grace period.
    Unhealthy,
}

/// The health of a task at `now`, whether it is wanted or not.
#[must_use]
pub fn task_health(model: &Model, task: &Task, now: Instant) -> TaskHealth {
    let Some(started_at) = task.started_at else {
        return TaskHealth::Starting;
    };
    let by_targets = task.targets.iter().map(|target| match target.health {
        TargetHealth::Healthy => TaskHealth::Healthy,
        TargetHealth::Unhealthy => TaskHealth::Unhealthy,
        TargetHealth::Initial | TargetHealth::Draining | TargetHealth::Unused => {
            TaskHealth::Starting
        }
    });
    let is_checked = model.definition(task.task_definition).has_health_check;
    let by_containers = is_checked.then_some(match task.container_health {
        ContainerHealth::Unknown => TaskHealth::Starting,
        ContainerHealth::Healthy => TaskHealth::Healthy,
        ContainerHealth::Unhealthy => TaskHealth::Unhealthy,
    });
    let worst = by_targets
        .chain(by_containers)
        .max_by_key(|it| badness(*it));
    match worst {
        None if now >= started_at + model.settings.healthy_without_checks => TaskHealth::Healthy,
        None => TaskHealth::Starting,
        Some(TaskHealth::Unhealthy)
            if now < started_at + model.service(task.service).grace_period =>
        {
            TaskHealth::Starting
        }
        Some(decided) => decided,
    }
}

const fn badness(health: TaskHealth) -> u8 {
    match health {
        TaskHealth::Healthy => 0,
        TaskHealth::Starting => 1,
        TaskHealth::Unhealthy => 2,
    }
}
