//! The event log's lines: `at` in milliseconds, `kind`, the ids it concerns, and for a service
//! event the message. Fields come in a fixed order, so equal runs give equal bytes.

use super::balancing::{record_word, target_health_word};
use super::deployments::{
    deployment_event_name, event_name, rollout_reason, run_task_reason, service_deployment_status,
    share_words,
};
use super::events::{event_text, service_message};
use super::requests::{failure_words, requests_words, status};
use super::tasks::stopped_reason;
use crate::control::{Event, EventKind, StoppedCause};
use crate::id::ServiceIx;
use crate::model::{Model, Scheduling};
use alloc::string::{String, ToString};
use serde::Serialize;

/// One line; fields that do not apply are left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    at: u64,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_definition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_instance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_deployment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desired_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_connected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    production_traffic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protected_until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    began: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Tasks that RunTask started belong to a task group, not to a service.
fn is_run_task(model: &Model, service: ServiceIx) -> bool {
    model.service(service).scheduling == Scheduling::RunTask
}

/// The event as one line of JSON, without line feed.
#[must_use]
pub fn event_line(model: &Model, event: &Event) -> String {
    let line = line(model, event);
    serde_json::to_string(&line).expect("a line has only text and numbers")
}

fn line<'a>(model: &'a Model, event: &'a Event) -> Line<'a> {
    let at = event.at.0;
    match &event.kind {
        EventKind::InstanceStatusChanged { instance, status } => Line {
            kind: "ContainerInstanceStateChange",
            container_instance: Some(&model.instance(*instance).name),
            status: Some(status.name()),
            at,
            ..Line::default()
        },
        EventKind::AgentConnectivityChanged {
            instance,
            connected,
        } => Line {
            kind: "ContainerInstanceStateChange",
            container_instance: Some(&model.instance(*instance).name),
            agent_connected: Some(*connected),
            at,
            ..Line::default()
        },
        EventKind::RequestsFail {
            target_group,
            failure,
            task,
        } => Line {
            kind: "RequestsFail",
            target_group: Some(&model.target_group(*target_group).name),
            task: task.map(|task| task.to_string()),
            http_code: status(model, *target_group, *failure),
            reason: Some(failure_words(*failure)),
            at,
            ..Line::default()
        },
        EventKind::ListenerMissing { .. } => Line {
            kind: "ListenerMissing",
            message: Some(event_text(model, event)),
            at,
            ..Line::default()
        },
        EventKind::RequestsFailed {
            target_group,
            failure,
            count,
            began,
            ended,
        } => Line {
            kind: "RequestsFailed",
            target_group: Some(&model.target_group(*target_group).name),
            http_code: status(model, *target_group, *failure),
            reason: Some(failure_words(*failure)),
            requests: Some(requests_words(*count)),
            began: Some(began.0),
            ended: Some(ended.0),
            at,
            ..Line::default()
        },
        EventKind::TaskStatusChanged {
            task,
            service,
            task_definition,
            instance,
            last_status,
            desired_status,
            stopped,
            exit_code,
            out_of_memory,
        } => Line {
            kind: "TaskStateChange",
            service: (!is_run_task(model, *service)).then(|| model.service(*service).name.as_str()),
            group: is_run_task(model, *service).then(|| model.service(*service).group.as_str()),
            task: Some(task.to_string()),
            task_definition: Some(model.definition(*task_definition).name()),
            container_instance: Some(&model.instance(*instance).name),
            last_status: Some(last_status.name()),
            desired_status: Some(desired_status.name()),
            stop_code: stopped
                .as_ref()
                .map(|cause: &StoppedCause| cause.stop_code().name()),
            stopped_reason: stopped
                .as_ref()
                .map(|cause| stopped_reason(model, *instance, cause)),
            exit_code: *exit_code,
            message: out_of_memory
                .then(|| "OutOfMemoryError: Container killed due to memory usage".to_string()),
            at,
            ..Line::default()
        },
        EventKind::TargetHealthChanged {
            task,
            target_group,
            health,
            reason,
        } => Line {
            kind: "TargetHealthChange",
            task: Some(task.to_string()),
            target_group: Some(&model.target_group(*target_group).name),
            status: Some(target_health_word(*health, *reason)),
            at,
            ..Line::default()
        },
        EventKind::DeploymentChanged {
            service,
            deployment,
            task_definition,
            state,
            failure,
            back_to,
            is_rollback,
        } => Line {
            service_deployment: Some(service_deployment_status(
                *state,
                *failure,
                *back_to,
                *is_rollback,
            )),
            event_name: Some(deployment_event_name(*state)),
            message: Some(rollout_reason(
                model,
                *deployment,
                *state,
                *failure,
                *back_to,
            )),
            kind: "DeploymentStateChange",
            service: Some(&model.service(*service).name),
            task_definition: Some(model.definition(*task_definition).name()),
            deployment: Some(deployment.to_string()),
            status: Some(state.name()),
            at,
            ..Line::default()
        },
        EventKind::DeploymentStageChanged {
            service,
            deployment,
            stage,
            production,
        } => Line {
            kind: "DeploymentStageChange",
            service: Some(&model.service(*service).name),
            deployment: Some(deployment.to_string()),
            status: Some(stage.name()),
            production_traffic: Some(share_words(*production)),
            at,
            ..Line::default()
        },
        EventKind::HookAwaitsAction { service, stage } => Line {
            kind: "HookStateChange",
            event_name: Some("HOOK_AWAITING_ACTION"),
            service: Some(&model.service(*service).name),
            status: Some(stage.name()),
            at,
            ..Line::default()
        },
        EventKind::DesiredCountUpdated { service, count } => Line {
            kind: "ServiceAction",
            event_name: Some("SERVICE_DESIRED_COUNT_UPDATED"),
            service: Some(&model.service(*service).name),
            count: Some(*count),
            at,
            ..Line::default()
        },
        EventKind::AlarmStateChanged { alarm, state } => Line {
            kind: "AlarmStateChange",
            alarm: Some(&model.alarms[alarm.at()].name),
            status: Some(state.name()),
            at,
            ..Line::default()
        },
        EventKind::RunTaskFailed {
            group,
            count,
            closest,
        } => Line {
            kind: "RunTaskFailure",
            group: Some(&model.service(*group).group),
            count: Some(*count),
            message: Some(run_task_reason(model, closest.as_ref())),
            at,
            ..Line::default()
        },
        EventKind::DiscoveryRecordChanged {
            task,
            instance,
            change,
            ..
        } => Line {
            kind: "DiscoveryRecordChange",
            task: Some(task.to_string()),
            container_instance: Some(&model.instance(*instance).name),
            status: Some(record_word(*change)),
            message: Some(event_text(model, event)),
            at,
            ..Line::default()
        },
        EventKind::TaskProtectionChanged { task, until } => Line {
            kind: "TaskProtectionChange",
            task: Some(task.to_string()),
            protected_until: until.map(|until| until.0),
            at,
            ..Line::default()
        },
        EventKind::ServiceEvent { service, message } => Line {
            kind: "ServiceEvent",
            event_name: event_name(message),
            service: Some(&model.service(*service).name),
            message: Some(service_message(model, *service, message)),
            at,
            ..Line::default()
        },
        EventKind::InputApplied { label } => Line {
            kind: "Input",
            message: Some(label.clone()),
            at,
            ..Line::default()
        },
        EventKind::InputRefused { label, reason } => Line {
            kind: "InputRefused",
            message: Some(alloc::format!("{label}: {reason}")),
            at,
            ..Line::default()
        },
    }
}
