//! Sentences about one task: why it stopped, what it does and why it is where it is.

use super::balancing::target_group_words;
use crate::control::{
    ControlState, HostLoss, StopCause, StoppedCause, TargetHealth, Task, TaskStatus,
};
use crate::id::{InstanceIx, TaskId};
use crate::model::{DEFAULT_STRATEGIES, Model};
use crate::taskdef::NetworkMode;
use alloc::format;
use alloc::string::{String, ToString};

/// The task's `stoppedReason`, in ECS's words (ecs.md 1.2).
#[must_use]
pub fn stopped_reason(model: &Model, instance: InstanceIx, cause: &StoppedCause) -> String {
    match cause {
        // Of a host that drains ECS names no reason of its own.
        StoppedCause::Scheduler(
            StopCause::Scaling { deployment } | StopCause::Draining { deployment },
        ) => {
            format!("Scaling activity initiated by (deployment {deployment})")
        }
        StoppedCause::Scheduler(StopCause::UnhealthyTarget { target_group }) => {
            let group = target_group_words(model, *target_group);
            format!("Task failed ELB health checks in {group}")
        }
        StoppedCause::Scheduler(StopCause::UnhealthyContainers) => {
            "Task failed container health checks".to_string()
        }
        StoppedCause::Scheduler(StopCause::ZoneRebalancing { deployment }) => {
            format!("Availability-zone rebalancing initiated by (deployment {deployment})")
        }
        // ECS names the event for this, not the reason.
        StoppedCause::Scheduler(StopCause::ConstraintViolated) => {
            "Daemon placement constraint violated".to_string()
        }
        StoppedCause::Scheduler(StopCause::ServiceDeleted) => "Service deleted".to_string(),
        StoppedCause::EssentialContainerExited => "Essential container in task exited".to_string(),
        StoppedCause::Host(HostLoss::Deregistered) => {
            "Container instance deregistration forced by user".to_string()
        }
        StoppedCause::Host(loss) => {
            let verb = match loss {
                HostLoss::Terminated | HostLoss::Deregistered => "terminated",
                HostLoss::Stopped => "stopped",
            };
            format!(
                "Host EC2 (instance {}) {verb}.",
                model.instance(instance).name
            )
        }
        StoppedCause::Requested(text) if text.is_empty() => "Task stopped by user".to_string(),
        StoppedCause::Requested(text) | StoppedCause::FailedToStart(text) => text.clone(),
    }
}

/// What the task does now, where, and why there.
#[must_use]
pub fn task_sentence(model: &Model, state: &ControlState, id: TaskId) -> String {
    let Some(task) = state.tasks.get(&id) else {
        return "this task is gone".to_string();
    };
    let host = model.instance(task.instance);
    let zone = &model.zones[host.zone.at()];
    let revision = model.definition(task.task_definition).name();
    if let Some(stopped) = &task.stopped {
        let reason = stopped_reason(model, task.instance, &stopped.cause);
        let reason = reason.trim_end_matches('.');
        return format!(
            "{revision} on {} is {}: {reason}",
            host.name,
            task.last_status.name()
        );
    }
    let doing = match task.last_status {
        TaskStatus::Provisioning | TaskStatus::Pending if waits_for_room(model, state, task) => {
            "waits for room that stopping tasks still take"
        }
        TaskStatus::Provisioning => "is being provisioned",
        TaskStatus::Pending if task.pull_stopped_at.is_none() => "pulls its image",
        TaskStatus::Pending => "starts its containers",
        TaskStatus::Activating => "registers with its target groups",
        TaskStatus::Running => running_words(task),
        TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning
        | TaskStatus::Stopped => "stops",
    };
    let why = placement_words(model, state, task);
    format!("{revision} {doing} on {} in {zone}: {why}", host.name)
}

/// What lets a task start that waits for room which stopping tasks still take; `None` where it waits
/// for no such thing.
#[must_use]
pub fn room_hint(model: &Model, state: &ControlState, id: TaskId) -> Option<&'static str> {
    let task = state.tasks.get(&id)?;
    let waits = task.is_wanted() && waits_for_room(model, state, task);
    waits.then_some(
        "nothing, it starts once they have ended; a shorter stopTimeout or deregistration delay \
         lets it start sooner",
    )
}

/// Whether the host's agent has it in its queue: nothing of it has begun, and others on the host
/// are still to end (ecs.md 2.4). A task with an interface of its own is queued once that is there.
fn waits_for_room(model: &Model, state: &ControlState, task: &Task) -> bool {
    let definition = &model.definition(task.task_definition).document;
    let is_handed_over = match task.last_status {
        TaskStatus::Provisioning => definition.network_mode() != NetworkMode::Awsvpc,
        TaskStatus::Pending => true,
        TaskStatus::Activating
        | TaskStatus::Running
        | TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning
        | TaskStatus::Stopped => false,
    };
    let stops = |(_, other): (TaskId, &Task)| !other.is_wanted();
    is_handed_over && task.pull_started_at.is_none() && state.tasks_on(task.instance).any(stops)
}

fn running_words(task: &Task) -> &'static str {
    let all_healthy = task
        .targets
        .iter()
        .all(|target| target.health == TargetHealth::Healthy);
    match (task.targets.is_empty(), all_healthy) {
        (true, _) => "runs",
        (false, true) => "runs and is healthy",
        (false, false) => "runs and awaits its health checks",
    }
}

/// The spread that the service's strategy made, counted as it stands now.
fn placement_words(model: &Model, state: &ControlState, task: &Task) -> String {
    let zone = model.instance(task.instance).zone;
    let wanted = || {
        state
            .tasks_of(task.service)
            .filter(|(_, other)| other.is_wanted())
    };
    let in_zone = wanted()
        .filter(|(_, other)| model.instance(other.instance).zone == zone)
        .count();
    let on_host = wanted()
        .filter(|(_, other)| other.instance == task.instance)
        .count();
    let rule = if model.service(task.service).strategies == DEFAULT_STRATEGIES {
        "default placement spreads zones first, then hosts"
    } else {
        "placed by the service's placementStrategy"
    };
    format!("{rule}; the service has {in_zone} tasks in this zone, {on_host} on this host")
}
