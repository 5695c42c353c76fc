//! Orders as one line each, for plans and logs.

use super::deployments::{failure_words, run_task_reason, share_words};
use super::events::service_message;
use super::tasks::stopped_reason;
use crate::control::{Action, StartCause, StoppedCause};
use crate::id::{InstanceIx, TaskId};
use crate::model::Model;
use alloc::format;
use alloc::string::String;

/// The order and its cause as one line.
#[must_use]
pub fn action_line(model: &Model, action: &Action) -> String {
    match action {
        Action::StartDeployment {
            service,
            deployment,
            task_definition,
            ..
        } => {
            let name = &model.service(*service).name;
            let revision = model.definition(*task_definition).name();
            format!("StartDeployment {deployment} of {name}: {revision}")
        }
        Action::CompleteDeployment {
            service,
            deployment,
        } => {
            format!(
                "CompleteDeployment {deployment} of {}",
                model.service(*service).name
            )
        }
        Action::FailDeployment {
            service,
            deployment,
            failure,
            back_to,
        } => {
            let name = &model.service(*service).name;
            let why = failure_words(*failure);
            let back = back_to.map_or_else(String::new, |goal| format!(", back to {goal}"));
            format!("FailDeployment {deployment} of {name}: {why}{back}")
        }
        Action::EnterStage {
            service,
            deployment,
            stage,
            production,
            ..
        } => {
            let (name, stage) = (&model.service(*service).name, stage.name());
            let share = share_words(*production);
            format!("EnterStage {stage} of {deployment} of {name}: {share} of traffic")
        }
        Action::InvokeHooks { service, stage, .. } => {
            let (name, stage) = (&model.service(*service).name, stage.name());
            format!("InvokeHooks of {name} at {stage}")
        }
        Action::AdoptWish {
            service,
            deployment,
        } => {
            let name = &model.service(*service).name;
            format!("AdoptWish {deployment} of {name}: it runs what is asked for")
        }
        Action::PassHooks {
            service,
            deployment,
        } => {
            let name = &model.service(*service).name;
            format!("PassHooks {deployment} of {name}")
        }
        Action::ScaleDeployment {
            service,
            deployment,
            count,
            ..
        } => {
            let name = &model.service(*service).name;
            format!("ScaleDeployment {deployment} of {name} to {count}")
        }
        Action::RefuseRunTask {
            group,
            count,
            closest,
        } => {
            let name = &model.service(*group).group;
            let reason = run_task_reason(model, closest.as_ref());
            format!("RefuseRunTask {count} of {name}: {reason}")
        }
        Action::StartTask {
            task,
            task_definition,
            instance,
            cause,
            ..
        } => {
            let revision = model.definition(*task_definition).name();
            let host = &model.instance(*instance).name;
            format!(
                "StartTask {} {revision} on {host}: {}",
                short(*task),
                start_cause(*cause)
            )
        }
        Action::StopTask { task, cause } => {
            let cause = StoppedCause::Scheduler(cause.clone());
            // The scheduler's causes do not name a host, so any index words them alike.
            let reason = stopped_reason(model, InstanceIx(0), &cause);
            format!("StopTask {}: {reason}", short(*task))
        }
        Action::StopContainers { task } => format!("StopContainers {}", short(*task)),
        Action::RegisterTarget { task, target_group } => {
            let group = &model.target_group(*target_group).name;
            format!("RegisterTarget {} in {group}", short(*task))
        }
        Action::DeregisterTarget { task, target_group } => {
            let group = &model.target_group(*target_group).name;
            format!("DeregisterTarget {} in {group}", short(*task))
        }
        Action::RegisterRecord { task, registry } => {
            let name = model.registry(*registry).full_name();
            format!("RegisterRecord {} in {name}", short(*task))
        }
        Action::UpdateRecordHealth {
            task,
            registry,
            healthy,
        } => {
            let name = model.registry(*registry).full_name();
            let health = if *healthy { "healthy" } else { "unhealthy" };
            format!("UpdateRecordHealth {} in {name}: {health}", short(*task))
        }
        Action::DeregisterRecord { task, registry } => {
            let name = model.registry(*registry).full_name();
            format!("DeregisterRecord {} in {name}", short(*task))
        }
        Action::LeaveRecord { task, registry } => {
            let name = model.registry(*registry).full_name();
            let task = short(*task);
            format!("LeaveRecord {task} in {name}: its service is deleted")
        }
        Action::SetDesiredCount { service, count } => {
            let name = &model.service(*service).name;
            format!("SetDesiredCount {count} of {name}: so many hosts fit it")
        }
        Action::SetRebalancing {
            service,
            difference,
            ..
        } => {
            let name = &model.service(*service).name;
            match difference {
                Some(tasks) => format!("SetRebalancing of {name}: zones differ by {tasks} tasks"),
                None => format!("SetRebalancing of {name}: it ends"),
            }
        }
        Action::PutServiceEvent { service, message } => {
            format!(
                "PutServiceEvent {}",
                service_message(model, *service, message)
            )
        }
    }
}

/// The first eight digits of a task's id: enough to tell tasks apart on a screen.
fn short(task: TaskId) -> String {
    format!("{:08x}", task.0 >> 96)
}

const fn start_cause(cause: StartCause) -> &'static str {
    match cause {
        StartCause::DesiredCount => "desiredCount was raised",
        StartCause::Deployment => "the deployment rolls out",
        StartCause::Replacement => "a task ended",
        StartCause::UnhealthyReplacement => "a task is unhealthy",
        StartCause::Daemon => "the host fits the daemon",
        StartCause::Draining => "the host of a task drains",
        StartCause::RunTask => "RunTask asks for it",
        StartCause::ZoneRebalancing => "the zone has fewer tasks than others",
    }
}
