//! Deployments in words: why one failed, which stage it is in, and EventBridge's names for what a
//! service's events say (ecs.md 3.9 and 3.10).

use super::Fact;
use crate::control::{
    ControlState, Deployment, DeploymentFailure, DeploymentStop, RolloutState, ServiceMessage,
    ServiceState, TaskStatus, Verdict,
};
use crate::id::{DeploymentId, InstanceIx, ServiceIx};
use crate::model::{ALL_TRAFFIC, Model, Permille};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A deployment's revision and its standing in its service: `web:2 PRIMARY`.
#[must_use]
pub fn deployment_title(model: &Model, service: &ServiceState, deployment: &Deployment) -> String {
    let revision = model.definition(deployment.task_definition).name();
    let is_primary = service.primary().map(|it| it.id) == Some(deployment.id);
    let standing = if is_primary { "PRIMARY" } else { "ACTIVE" };
    format!("{revision} {standing}")
}

/// What DescribeServices says of a deployment, by its own names; of traffic while it shifts.
#[must_use]
pub fn deployment_facts(
    model: &Model,
    control: &ControlState,
    service: ServiceIx,
    deployment: &Deployment,
) -> Vec<Fact> {
    let (id, state) = (deployment.id, deployment.rollout_state);
    let back_to = control
        .services
        .get(&service)
        .and_then(|known| known.primary());
    let back_to = back_to.filter(|it| it.is_rollback && it.id != id);
    let back_to = back_to.map(|it| it.id);
    let reason = rollout_reason(model, id, state, deployment.failure, back_to);
    let tasks = control.tasks_of(service);
    let running = tasks.filter(|(_, task)| {
        task.deployment == id && task.is_wanted() && task.last_status == TaskStatus::Running
    });
    let (running, desired) = (running.count(), deployment.desired_count);
    let fact = |label, value| Fact { label, value };
    let mut facts = Vec::from([
        fact("rolloutState", state.name().to_string()),
        fact("rolloutStateReason", reason),
        fact("runningCount", format!("{running} of {desired} desired")),
        fact("failedTasks", deployment.failed_tasks.to_string()),
    ]);
    if let Some(shift) = deployment.shift {
        facts.push(fact("lifecycleStage", shift.stage.name().to_string()));
    }
    if deployment.shift.is_some() || !matches!(deployment.production, 0 | ALL_TRAFFIC) {
        let share = share_words(deployment.production);
        facts.push(fact("production traffic", share));
    }
    facts
}

/// `rolloutStateReason`, in ECS's words where they are known.
#[must_use]
pub fn rollout_reason(
    model: &Model,
    deployment: DeploymentId,
    state: RolloutState,
    failure: Option<DeploymentFailure>,
    back_to: Option<DeploymentId>,
) -> String {
    let Some(failure) = failure else {
        return match state {
            RolloutState::InProgress => format!("ECS deployment {deployment} in progress."),
            RolloutState::Completed => format!("ECS deployment {deployment} completed."),
            RolloutState::Failed => format!("ECS deployment {deployment} failed."),
        };
    };
    let who = match failure {
        DeploymentFailure::CircuitBreaker { .. } => "ECS deployment circuit breaker".to_string(),
        DeploymentFailure::Alarm(alarm) => {
            format!("ECS deployment alarm {}", model.alarms[alarm.at()].name)
        }
        DeploymentFailure::Hook(_)
        | DeploymentFailure::HookTimeout(_)
        | DeploymentFailure::StageTimeout(_)
        | DeploymentFailure::Stopped(_) => "ECS deployment".to_string(),
    };
    match back_to {
        Some(goal) => format!("{who}: rolling back to deploymentId {goal}."),
        None => format!("{who}: {}.", failure_words(failure)),
    }
}

/// Why a deployment failed. Of the circuit breaker's the text is documented, the others follow it.
#[must_use]
pub fn failure_words(failure: DeploymentFailure) -> String {
    match failure {
        DeploymentFailure::CircuitBreaker { .. } => "tasks failed to start".to_string(),
        DeploymentFailure::Alarm(_) => "alarm detected".to_string(),
        DeploymentFailure::Hook(stage) => format!("lifecycle hook failed at {}", stage.name()),
        DeploymentFailure::HookTimeout(stage) => {
            format!("lifecycle hook timed out at {}", stage.name())
        }
        DeploymentFailure::StageTimeout(stage) => format!("{} timed out", stage.name()),
        DeploymentFailure::Stopped(DeploymentStop::Rollback) => "rollback requested".to_string(),
        DeploymentFailure::Stopped(DeploymentStop::Abort) => "stop requested".to_string(),
    }
}

/// A share of traffic, `12.5 %`.
#[must_use]
pub fn share_words(share: Permille) -> String {
    let (whole, tenth) = (share / 10, share % 10);
    if tenth == 0 {
        format!("{whole} %")
    } else {
        format!("{whole}.{tenth} %")
    }
}

/// EventBridge's name of what a service's event says, where it has one.
#[must_use]
pub fn event_name(message: &ServiceMessage) -> Option<&'static str> {
    match message {
        ServiceMessage::SteadyState => Some("SERVICE_STEADY_STATE"),
        ServiceMessage::TaskSetSteadyState { .. } => Some("TASKSET_STEADY_STATE"),
        ServiceMessage::UnableToPlace { .. } => Some("SERVICE_TASK_PLACEMENT_FAILURE"),
        ServiceMessage::UnableToStart => Some("SERVICE_TASK_START_IMPAIRED"),
        ServiceMessage::DaemonConstraintViolated { .. } => {
            Some("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED")
        }
        ServiceMessage::StoppedRunning { .. } => Some("TASKS_STOPPED"),
        ServiceMessage::StartedTasks { .. }
        | ServiceMessage::StoppedPending { .. }
        | ServiceMessage::RegisteredTargets { .. }
        | ServiceMessage::DeregisteredTargets { .. }
        | ServiceMessage::BegunDraining { .. }
        | ServiceMessage::TargetUnhealthy { .. }
        | ServiceMessage::ContainersUnhealthy { .. }
        | ServiceMessage::DeploymentCompleted { .. }
        | ServiceMessage::DeploymentFailed { .. }
        | ServiceMessage::RollingBack { .. }
        | ServiceMessage::UnableToScaleIn { .. }
        | ServiceMessage::DeploymentBlocked
        | ServiceMessage::ZonesUnbalanced { .. }
        | ServiceMessage::ZonesBalanced { .. }
        | ServiceMessage::RebalanceStarted { .. }
        | ServiceMessage::RebalanceStopped => None,
    }
}

/// The status of the service deployment that a deployment belongs to (ecs.md 3.8). PENDING passes
/// within one turn, and a deployment that a newer one supersedes is told of by that one.
#[must_use]
pub fn service_deployment_status(
    state: RolloutState,
    failure: Option<DeploymentFailure>,
    back_to: Option<DeploymentId>,
    is_rollback: bool,
) -> &'static str {
    match (state, is_rollback) {
        (RolloutState::InProgress, false) => "IN_PROGRESS",
        (RolloutState::InProgress, true) => "ROLLBACK_IN_PROGRESS",
        (RolloutState::Completed, false) => "SUCCESSFUL",
        (RolloutState::Completed, true) => "ROLLBACK_SUCCESSFUL",
        (RolloutState::Failed, true) => "ROLLBACK_FAILED",
        (RolloutState::Failed, false) if back_to.is_some() => "ROLLBACK_REQUESTED",
        (RolloutState::Failed, false) => match failure {
            Some(DeploymentFailure::Stopped(_)) => "STOPPED",
            Some(_) | None => "STOP_REQUESTED",
        },
    }
}

/// EventBridge's name of a deployment's state.
#[must_use]
pub const fn deployment_event_name(state: RolloutState) -> &'static str {
    match state {
        RolloutState::InProgress => "SERVICE_DEPLOYMENT_IN_PROGRESS",
        RolloutState::Completed => "SERVICE_DEPLOYMENT_COMPLETED",
        RolloutState::Failed => "SERVICE_DEPLOYMENT_FAILED",
    }
}

/// The reason of a failure that RunTask returns: what the closest host lacks (ecs.md 1.2).
#[must_use]
pub fn run_task_reason(model: &Model, closest: Option<&(InstanceIx, Verdict)>) -> String {
    let Some((instance, verdict)) = closest else {
        return "No Container Instances were found in your cluster.".to_string();
    };
    let reason = match verdict {
        Verdict::NotActive | Verdict::Draining | Verdict::AgentDisconnected => "AGENT",
        Verdict::InsufficientCpu { .. } => "RESOURCE:CPU",
        Verdict::InsufficientMemory { .. } | Verdict::KeptForDaemon { cpu: 0, .. } => {
            "RESOURCE:MEMORY"
        }
        Verdict::KeptForDaemon { .. } => "RESOURCE:CPU",
        Verdict::InsufficientGpus { .. } => "RESOURCE:GPU",
        Verdict::InsufficientInterfaces { .. } => "RESOURCE:ENI",
        Verdict::PortInUse { .. } | Verdict::TooManyPorts => "RESOURCE:PORTS",
        Verdict::OutsideSubnets => "LOCATION",
        Verdict::MissingAttribute { .. } | Verdict::WrongArchitecture | Verdict::WrongOsFamily => {
            "ATTRIBUTE"
        }
        Verdict::NotMember { .. } | Verdict::NotDistinct { .. } | Verdict::HasDaemonTask => {
            "MemberOf placement constraint unsatisfied"
        }
    };
    format!("{reason} ({})", model.instance(*instance).name)
}
