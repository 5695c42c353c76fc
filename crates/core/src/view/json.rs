//! The event log's lines: `at` in milliseconds, `kind`, the ids it concerns, and for a service
//! event the message. Fields come in a fixed order, so equal runs give equal bytes.

use super::events::service_message;
use super::tasks::stopped_reason;
use crate::control::{Event, EventKind, StoppedCause};
use crate::model::Model;
use alloc::string::{String, ToString};
use serde::Serialize;

/// One line; fields that do not apply are left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    at: u64,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
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
    message: Option<String>,
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
            service: Some(&model.service(*service).name),
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
        } => Line {
            kind: "TargetHealthChange",
            task: Some(task.to_string()),
            target_group: Some(&model.target_group(*target_group).name),
            status: Some(health.name()),
            at,
            ..Line::default()
        },
        EventKind::DeploymentChanged {
            service,
            deployment,
            task_definition,
            completed,
        } => Line {
            kind: "DeploymentStateChange",
            service: Some(&model.service(*service).name),
            task_definition: Some(model.definition(*task_definition).name()),
            deployment: Some(deployment.to_string()),
            status: Some(if *completed {
                "COMPLETED"
            } else {
                "IN_PROGRESS"
            }),
            at,
            ..Line::default()
        },
        EventKind::ServiceEvent { service, message } => Line {
            kind: "ServiceEvent",
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
