//! Events as lines of text; service events worded as ECS words them (ecs.md 3.9).

use super::balancing::{
    record_word, target_group_words, target_health_word, target_reason_words, targets_word,
};
use super::deployments::{failure_words, rollout_reason, run_task_reason, share_words};
use super::requests::{failed_text, failing_text};
use super::tasks::stopped_reason;
use crate::control::{
    AlarmState, Event, EventKind, InstanceStatus, RecordChange, RolloutState, ServiceMessage,
    TargetHealth, TaskStatus, Verdict,
};
use crate::id::{InstanceIx, ServiceIx, TaskId, ZoneIx};
use crate::model::Model;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How a line should look; never by colour alone, the text says it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    Plain,
    /// Something went well.
    Good,
    /// Something needs an eye.
    Warning,
    /// Something failed.
    Bad,
}

/// The event as one line, without its time.
#[must_use]
pub fn event_text(model: &Model, event: &Event) -> String {
    match &event.kind {
        EventKind::InstanceStatusChanged { instance, status } => {
            let name = &model.instance(*instance).name;
            match status {
                InstanceStatus::Active => format!("container instance {name} registered"),
                InstanceStatus::Draining | InstanceStatus::Inactive => {
                    format!("container instance {name} is {}", status.name())
                }
            }
        }
        EventKind::AgentConnectivityChanged {
            instance,
            connected,
        } => {
            let name = &model.instance(*instance).name;
            let now = if *connected {
                "connected"
            } else {
                "disconnected"
            };
            format!("container instance {name}: its agent is {now}")
        }
        EventKind::TaskStatusChanged { .. } => task_status_text(model, &event.kind),
        EventKind::RequestsFail {
            target_group,
            failure,
            task,
        } => failing_text(model, *target_group, *failure, *task),
        EventKind::ListenerMissing { source, listener } => {
            format!("traffic {source} asks {listener}, and there is no such listener")
        }
        EventKind::RequestsFailed {
            target_group,
            failure,
            count,
            began,
            ended,
        } => failed_text(model, *target_group, *failure, *count, (*began, *ended)),
        EventKind::TargetHealthChanged {
            task,
            target_group,
            health,
            reason,
        } => {
            let group = &model.target_group(*target_group).name;
            let health = target_health_word(*health, *reason);
            format!("target of (task {task}) is {health} in {group}")
        }
        EventKind::DiscoveryRecordChanged { .. } => record_text(model, &event.kind),
        EventKind::DeploymentChanged {
            service,
            deployment,
            task_definition,
            state,
            failure,
            back_to,
            ..
        } => {
            let name = &model.service(*service).name;
            let revision = model.definition(*task_definition).name();
            let reason = rollout_reason(model, *deployment, *state, *failure, *back_to);
            let reason = reason.trim_end_matches('.');
            format!("(service {name}) {reason}: {revision}")
        }
        EventKind::DeploymentStageChanged {
            service,
            deployment,
            stage,
            production,
        } => {
            let (name, stage) = (&model.service(*service).name, stage.name());
            let share = share_words(*production);
            format!(
                "(service {name}) deployment {deployment} is in {stage}, {share} of production traffic"
            )
        }
        EventKind::HookAwaitsAction { service, stage } => {
            let (name, stage) = (&model.service(*service).name, stage.name());
            format!("(service {name}) a lifecycle hook awaits action at {stage}")
        }
        EventKind::DesiredCountUpdated { service, count } => {
            let name = &model.service(*service).name;
            format!("(service {name}) desired count is {count}")
        }
        EventKind::AlarmStateChanged { alarm, state } => {
            format!(
                "alarm {} is {}",
                model.alarms[alarm.at()].name,
                state.name()
            )
        }
        EventKind::RunTaskFailed {
            group,
            count,
            closest,
        } => {
            let name = &model.service(*group).group;
            let reason = run_task_reason(model, closest.as_ref());
            format!("RunTask of {name}: {count} failures: {reason}")
        }
        EventKind::TaskProtectionChanged { task, until } => match until {
            Some(until) => format!("(task {task}) is protected from scale-in until {until}"),
            None => format!("(task {task}) is not protected from scale-in any more"),
        },
        EventKind::ServiceEvent { service, message } => service_message(model, *service, message),
        EventKind::InputApplied { label } => format!("input: {label}"),
        EventKind::InputRefused { label, reason } => {
            format!("input had no effect: {label}: {reason}")
        }
    }
}

fn record_text(model: &Model, kind: &EventKind) -> String {
    let EventKind::DiscoveryRecordChanged {
        task,
        registry,
        instance,
        port,
        change,
    } = kind
    else {
        return String::new();
    };
    let name = model.registry(*registry).full_name();
    let host = &model.instance(*instance).name;
    let port = port.map_or_else(String::new, |port| format!(", port {port}"));
    match change {
        RecordChange::LeftBehind => format!(
            "(task {task}) on {host}{port} stays registered in {name}: its service is deleted"
        ),
        RecordChange::Registered
        | RecordChange::Healthy
        | RecordChange::Unhealthy
        | RecordChange::Deregistered => {
            let change = record_word(*change);
            format!("(task {task}) on {host}{port} is {change} in {name}")
        }
    }
}

fn task_status_text(model: &Model, kind: &EventKind) -> String {
    let EventKind::TaskStatusChanged {
        task,
        task_definition,
        instance,
        last_status,
        desired_status,
        stopped,
        exit_code,
        out_of_memory,
        ..
    } = kind
    else {
        return String::new();
    };
    let revision = model.definition(*task_definition).name();
    let host = &model.instance(*instance).name;
    let mut text = format!("(task {task}) {revision} on {host} {}", last_status.name());
    if *desired_status == TaskStatus::Stopped && *last_status < TaskStatus::Deactivating {
        text += ", desired STOPPED";
    }
    if let Some(cause) = stopped {
        text += &format!(
            ": {} ({})",
            stopped_reason(model, *instance, cause),
            cause.stop_code().name()
        );
    }
    if let Some(code) = exit_code {
        text += &format!(", exit code {code}");
    }
    if *out_of_memory {
        text += ", OutOfMemoryError: Container killed due to memory usage";
    }
    text
}

fn task_list(tasks: &[TaskId]) -> String {
    let names: Vec<String> = tasks.iter().map(|task| format!("(task {task})")).collect();
    names.join(" ")
}

/// A message of a service's event list, in ECS's words.
#[must_use]
pub fn service_message(model: &Model, service: ServiceIx, message: &ServiceMessage) -> String {
    let name = &model.service(service).name;
    let text = match message {
        ServiceMessage::SteadyState => "has reached a steady state.".to_string(),
        ServiceMessage::StartedTasks {
            tasks,
            replacing_unhealthy,
        } => {
            let list = task_list(tasks);
            let replaced = match replacing_unhealthy {
                0 => String::new(),
                count => format!(" Amazon ECS replaced {count} tasks due to an unhealthy status."),
            };
            format!("has started {} tasks: {list}.{replaced}", tasks.len())
        }
        ServiceMessage::StoppedRunning { tasks } => {
            format!(
                "has stopped {} running tasks: {}.",
                tasks.len(),
                task_list(tasks)
            )
        }
        ServiceMessage::StoppedPending { count } => format!("stopped {count} pending tasks."),
        ServiceMessage::RegisteredTargets {
            count,
            target_group,
        } => {
            format!(
                "registered {count} {} in {}",
                targets_word(model, *target_group),
                target_group_words(model, *target_group)
            )
        }
        ServiceMessage::DeregisteredTargets {
            count,
            target_group,
        } => {
            format!(
                "deregistered {count} {} in {}",
                targets_word(model, *target_group),
                target_group_words(model, *target_group)
            )
        }
        ServiceMessage::BegunDraining { count, task_set } => {
            let set = task_set.map(|it| format!("(taskSet {it}) "));
            let set = set.unwrap_or_default();
            format!("{set}has begun draining connections on {count} tasks.")
        }
        ServiceMessage::TargetUnhealthy {
            task,
            port,
            target_group,
            reason,
        } => {
            let is_classic = model.target_group(*target_group).is_classic;
            let reason = target_reason_words(*reason, is_classic);
            let group = target_group_words(model, *target_group);
            format!("(task {task}) (port {port}) is unhealthy in {group} due to (reason {reason})")
        }
        ServiceMessage::ContainersUnhealthy { task } => {
            format!("(task {task}) failed container health checks.")
        }
        ServiceMessage::DeploymentCompleted { deployment } => {
            format!("(deployment {deployment}) deployment completed.")
        }
        ServiceMessage::DeploymentFailed {
            deployment,
            failure,
        } => format!(
            "(deployment {deployment}) deployment failed: {}.",
            failure_words(*failure)
        ),
        ServiceMessage::RollingBack { deployment } => {
            format!("rolling back to deployment {deployment}.")
        }
        ServiceMessage::TaskSetSteadyState { deployment } => {
            format!("(taskSet {deployment}) has reached a steady state.")
        }
        ServiceMessage::UnableToScaleIn { deployment, count } => format!(
            "was unable to reach steady state because (taskSet {deployment}) was unable to scale in due to (reason {count} tasks under protection)"
        ),
        ServiceMessage::UnableToPlace { closest } => unable_to_place(model, closest.as_ref()),
        ServiceMessage::DeploymentBlocked => {
            "was unable to stop or start tasks during a deployment because of the service \
             deployment configuration. Update the minimumHealthyPercent or maximumPercent value \
             and try again."
                .to_string()
        }
        ServiceMessage::ZonesUnbalanced { zones } => format!(
            "is not AZ balanced with {}. AZ Rebalancing in progress.",
            zone_list(model, zones)
        ),
        ServiceMessage::ZonesBalanced { zones } => {
            format!("is AZ balanced with {}.", zone_list(model, zones))
        }
        ServiceMessage::RebalanceStarted { zone, tasks } => format!(
            "has started {} tasks in {} to AZ Rebalance: {}.",
            tasks.len(),
            model.zones[zone.at()],
            task_list(tasks)
        ),
        ServiceMessage::RebalanceStopped => "stopped AZ Rebalancing.".to_string(),
        // ECS names this event SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED; its text is not
        // documented.
        ServiceMessage::DaemonConstraintViolated { tasks } => format!(
            "has stopped {} daemon tasks that violate its placement constraints: {}.",
            tasks.len(),
            task_list(tasks)
        ),
        ServiceMessage::UnableToStart => {
            "is unable to consistently start tasks successfully.".to_string()
        }
    };
    // Of a task set ECS names the service and the set in one bracket.
    match text.strip_prefix("(taskSet ") {
        Some(rest) => format!("(service {name}, taskSet {rest}"),
        None => format!("(service {name}) {text}"),
    }
}

fn zone_list(model: &Model, zones: &[(ZoneIx, u32)]) -> String {
    let zone =
        |(zone, count): &(ZoneIx, u32)| format!("{count} tasks in {}", model.zones[zone.at()]);
    let zones: Vec<String> = zones.iter().map(zone).collect();
    zones.join(", ")
}

fn unable_to_place(model: &Model, closest: Option<&(InstanceIx, Verdict)>) -> String {
    let start = "was unable to place a task because no container instance met all of its \
                 requirements.";
    let Some((instance, verdict)) = closest else {
        return format!("{start} Reason: No Container Instances were found in your cluster.");
    };
    let name = &model.instance(*instance).name;
    // Those of CPU, ports, attributes and AGENT are documented; the others follow them (ecs.md 3.9).
    let lacks = match verdict {
        Verdict::NotActive | Verdict::Draining | Verdict::AgentDisconnected => {
            "encountered error \"AGENT\"."
        }
        Verdict::InsufficientCpu { .. } => "has insufficient CPU units available.",
        Verdict::InsufficientMemory { .. } | Verdict::KeptForDaemon { cpu: 0, .. } => {
            "has insufficient memory available."
        }
        Verdict::KeptForDaemon { .. } => "has insufficient CPU units available.",
        Verdict::InsufficientGpus { .. } => "has insufficient GPU units available.",
        Verdict::InsufficientInterfaces { .. } => "has insufficient network interfaces available.",
        Verdict::PortInUse { .. } | Verdict::TooManyPorts => {
            "is already using a port required by your task."
        }
        Verdict::MissingAttribute { .. }
        | Verdict::WrongArchitecture
        | Verdict::WrongOsFamily
        | Verdict::NotMember { lacks: Some(_), .. } => {
            "is missing an attribute required by your task."
        }
        Verdict::OutsideSubnets => "encountered error \"LOCATION\".",
        Verdict::NotDistinct { .. } | Verdict::HasDaemonTask => {
            "does not satisfy the distinctInstance placement constraint."
        }
        Verdict::NotMember { lacks: None, .. } => {
            "does not satisfy the memberOf placement constraint."
        }
    };
    format!("{start} The closest matching container-instance {name} {lacks}")
}

/// How the line should look.
#[must_use]
pub fn event_tone(event: &Event) -> Tone {
    match &event.kind {
        EventKind::InstanceStatusChanged { status, .. } => match status {
            InstanceStatus::Active => Tone::Plain,
            InstanceStatus::Draining => Tone::Warning,
            InstanceStatus::Inactive => Tone::Bad,
        },
        EventKind::AgentConnectivityChanged { connected, .. } => {
            if *connected {
                Tone::Plain
            } else {
                Tone::Warning
            }
        }
        EventKind::TaskStatusChanged { exit_code, .. } => {
            if exit_code.is_some() {
                Tone::Bad
            } else {
                Tone::Plain
            }
        }
        EventKind::TargetHealthChanged { health, .. } => match health {
            TargetHealth::Unhealthy => Tone::Bad,
            TargetHealth::Initial
            | TargetHealth::Healthy
            | TargetHealth::Draining
            | TargetHealth::Unused => Tone::Plain,
        },
        EventKind::DiscoveryRecordChanged { change, .. } => match change {
            RecordChange::LeftBehind => Tone::Warning,
            RecordChange::Unhealthy => Tone::Bad,
            RecordChange::Registered | RecordChange::Healthy | RecordChange::Deregistered => {
                Tone::Plain
            }
        },
        EventKind::DeploymentChanged { state, .. } => match state {
            RolloutState::InProgress => Tone::Plain,
            RolloutState::Completed => Tone::Good,
            RolloutState::Failed => Tone::Bad,
        },
        EventKind::DeploymentStageChanged { .. }
        | EventKind::DesiredCountUpdated { .. }
        | EventKind::TaskProtectionChanged { .. } => Tone::Plain,
        EventKind::HookAwaitsAction { .. } => Tone::Warning,
        EventKind::AlarmStateChanged { state, .. } => match state {
            AlarmState::Alarm => Tone::Bad,
            AlarmState::Ok | AlarmState::InsufficientData => Tone::Plain,
        },
        EventKind::RunTaskFailed { .. }
        | EventKind::RequestsFail { .. }
        | EventKind::ListenerMissing { .. } => Tone::Bad,
        EventKind::ServiceEvent { message, .. } => message_tone(message),
        EventKind::InputApplied { .. } | EventKind::RequestsFailed { .. } => Tone::Plain,
        EventKind::InputRefused { .. } => Tone::Warning,
    }
}

fn message_tone(message: &ServiceMessage) -> Tone {
    match message {
        ServiceMessage::SteadyState
        | ServiceMessage::TaskSetSteadyState { .. }
        | ServiceMessage::DeploymentCompleted { .. } => Tone::Good,
        ServiceMessage::ZonesBalanced { .. } => Tone::Good,
        ServiceMessage::UnableToPlace { .. }
        | ServiceMessage::DeploymentBlocked
        | ServiceMessage::RollingBack { .. }
        | ServiceMessage::UnableToScaleIn { .. }
        | ServiceMessage::ZonesUnbalanced { .. }
        | ServiceMessage::RebalanceStopped => Tone::Warning,
        ServiceMessage::UnableToStart
        | ServiceMessage::DeploymentFailed { .. }
        | ServiceMessage::TargetUnhealthy { .. }
        | ServiceMessage::DaemonConstraintViolated { .. }
        | ServiceMessage::ContainersUnhealthy { .. } => Tone::Bad,
        ServiceMessage::StartedTasks { .. }
        | ServiceMessage::StoppedRunning { .. }
        | ServiceMessage::StoppedPending { .. }
        | ServiceMessage::RegisteredTargets { .. }
        | ServiceMessage::DeregisteredTargets { .. }
        | ServiceMessage::RebalanceStarted { .. }
        | ServiceMessage::BegunDraining { .. } => Tone::Plain,
    }
}

/// Whether the event belongs on the list that people read; the others are detail for the log.
#[must_use]
pub fn event_is_listed(event: &Event) -> bool {
    match &event.kind {
        EventKind::InstanceStatusChanged { .. }
        | EventKind::AgentConnectivityChanged { .. }
        | EventKind::DeploymentChanged { .. }
        | EventKind::DeploymentStageChanged { .. }
        | EventKind::HookAwaitsAction { .. }
        | EventKind::AlarmStateChanged { .. }
        | EventKind::RunTaskFailed { .. }
        | EventKind::TaskProtectionChanged { .. }
        | EventKind::ServiceEvent { .. }
        | EventKind::RequestsFail { .. }
        | EventKind::RequestsFailed { .. }
        | EventKind::ListenerMissing { .. }
        | EventKind::InputApplied { .. }
        | EventKind::InputRefused { .. } => true,
        EventKind::TaskStatusChanged { exit_code, .. } => exit_code.is_some(),
        // What a client sees of it; ordinary comings and goings are detail.
        EventKind::DiscoveryRecordChanged { change, .. } => *change == RecordChange::LeftBehind,
        EventKind::TargetHealthChanged { .. } | EventKind::DesiredCountUpdated { .. } => false,
    }
}
