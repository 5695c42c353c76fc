//! A few words for each input: a marker on the timeline, a line of the log.

use super::{AlarmStateValue, Check, Input, StopType, Whom};
use crate::design::Edit;
use crate::sim::faults::BadRevision;
use crate::sim::traffic::{Profile, REQUEST, Shape, TrafficChange};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Input {
    /// Whether all that it does is to break or mend something that the world keeps.
    pub(in crate::sim) const fn is_of_faults(&self) -> bool {
        matches!(
            self,
            Self::FailHealthCheck { .. }
                | Self::RestoreHealthCheck { .. }
                | Self::SlowStart { .. }
                | Self::FailImage { .. }
                | Self::RestoreImage { .. }
                | Self::FailRegistry { .. }
                | Self::RecoverRegistry { .. }
                | Self::DegradeContainer { .. }
                | Self::RestoreContainer { .. }
        )
    }

    /// A few words for a marker on the timeline and a line of the log.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Edit { change } => edit_label(change),
            Self::UpdateService {
                service,
                force_new_deployment,
                members,
                ..
            } => {
                let mut words: Vec<&str> = members.keys().map(String::as_str).collect();
                words.extend(force_new_deployment.then_some("forceNewDeployment"));
                format!("update {service}: {}", words.join(", "))
            }
            Self::RegisterTaskDefinition {
                task_definition,
                family,
                ..
            } => {
                let whole = task_definition.as_ref().map(|it| &it.family);
                let family = whole.or(family.as_ref());
                format!("register {}", family.map_or("nothing", String::as_str))
            }
            Self::DeployBadRevision { service, failure } => {
                format!("deploy a revision of {service} that {}", bad(*failure))
            }
            Self::RunTask {
                task_definition,
                count,
                ..
            } => format!("run {count} of {task_definition}"),
            Self::StopTask { task, .. } => format!("stop task {}", short(task)),
            Self::CrashTask { task, exit_code } => {
                format!("task {} exits {exit_code}", short(task))
            }
            Self::ExitContainer {
                task,
                container,
                exit_code,
            } => format!("{} exits {exit_code}", part(task, container.as_deref())),
            Self::KillOutOfMemory { task, container } => {
                format!("{} runs out of memory", part(task, container.as_deref()))
            }
            Self::FailHealthCheck { of, check, .. } => {
                format!("{} of {} fail", checks(*check), whom(of))
            }
            Self::RestoreHealthCheck { of, check, .. } => {
                format!("{} of {} pass again", checks(*check), whom(of))
            }
            Self::SlowStart { service, seconds } => match seconds {
                Some(seconds) => format!("{service} starts in {seconds} s"),
                None => format!("{service} starts as before"),
            },
            Self::FailImage { image, service } => {
                format!("image {} is gone", either(image, service))
            }
            Self::RestoreImage { image, service } => {
                format!("image {} is back", either(image, service))
            }
            Self::TerminateInstance { instance } => format!("terminate {instance}"),
            Self::StopInstance { instance } => format!("stop {instance}"),
            Self::StartInstance { instance } => format!("start {instance}"),
            Self::DeregisterInstance { instance, .. } => format!("deregister {instance}"),
            Self::DrainInstance { instance } => format!("drain {instance}"),
            Self::ActivateInstance { instance } => format!("activate {instance}"),
            Self::DisconnectAgent { instance } => format!("disconnect agent of {instance}"),
            Self::ReconnectAgent { instance } => format!("reconnect agent of {instance}"),
            Self::InterruptSpotInstance { instance } => format!("interrupt {instance}"),
            Self::FailAvailabilityZone { zone, .. } => format!("{zone} fails"),
            Self::RecoverAvailabilityZone { zone } => format!("{zone} recovers"),
            Self::FailRegistry { registry } => format!("{} fails", registry_name(registry)),
            Self::RecoverRegistry { registry } => format!("{} recovers", registry_name(registry)),
            Self::DegradeContainer { of, .. } => format!("degrade {}", whom(of)),
            Self::RestoreContainer { of, .. } => format!("restore {}", whom(of)),
            Self::UpdateTaskProtection {
                task,
                protection_enabled,
                ..
            } => {
                let what = if *protection_enabled {
                    "protect"
                } else {
                    "unprotect"
                };
                format!("{what} task {}", short(task))
            }
            Self::StopServiceDeployment { service, stop_type } => match stop_type {
                StopType::Rollback => format!("roll back {service}"),
                StopType::Abort => format!("abort deployment of {service}"),
            },
            Self::ContinueServiceDeployment { service } => {
                format!("continue deployment of {service}")
            }
            Self::FailLifecycleHook { service } => format!("hook of {service} fails"),
            Self::SetAlarmState { alarm, state_value } => {
                let state = match state_value {
                    AlarmStateValue::Ok => "OK",
                    AlarmStateValue::Alarm => "ALARM",
                    AlarmStateValue::InsufficientData => "INSUFFICIENT_DATA",
                };
                format!("alarm {alarm} is {state}")
            }
            Self::SetTraffic { source } => set_traffic_label(source),
            Self::StopTraffic { name } => format!("traffic {name} stops"),
            Self::DeregisterRecords { registry } => {
                format!("deregister leftover records of {registry}")
            }
        }
    }
}

/// The new rate where there is one that a word can tell, else what is changed.
fn set_traffic_label(source: &TrafficChange) -> String {
    let name = source.name().unwrap_or("of nobody");
    let profile = source.requests_per_second.as_ref().map(Profile::shape);
    let rest = [
        (source.requests.is_some(), "requests"),
        (source.retries.is_some(), "retries"),
        (source.session.is_some(), "session"),
    ];
    let rest = rest.iter().filter(|(is_set, _)| *is_set);
    let mut words: Vec<String> = rest.map(|(_, word)| String::from(*word)).collect();
    words.splice(0..0, profile.map(rate_words));
    if words.is_empty() {
        words.push("listener".into());
    }
    format!("traffic {name}: {}", words.join(", "))
}

fn rate_words(shape: &Shape) -> String {
    match shape {
        Shape::Constant(rate) => format!("{} requests/s", rate.micro() as f64 / REQUEST as f64),
        Shape::Ramp { .. } => "ramp".into(),
        Shape::Steps { .. } => "steps".into(),
        Shape::Daily { .. } => "daily".into(),
        Shape::Spike { .. } => "spike".into(),
        Shape::Replay { .. } => "replay".into(),
    }
}

/// An id is told by its first eight digits, a selector as it is.
fn short(task: &str) -> &str {
    let is_id = task.len() == 32 && task.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { &task[..8] } else { task }
}

fn part(task: &str, container: Option<&str>) -> String {
    match container {
        Some(container) => format!("container {container} of task {}", short(task)),
        None => format!("task {}", short(task)),
    }
}

fn whom(of: &Whom) -> String {
    match (&of.task, &of.service) {
        (Some(task), _) => format!("task {}", short(task)),
        (None, Some(service)) => service.clone(),
        (None, None) => "nobody".into(),
    }
}

fn either<'a>(image: &'a Option<String>, service: &'a Option<String>) -> String {
    match (image, service) {
        (Some(image), _) => image.clone(),
        (None, Some(service)) => format!("of {service}"),
        (None, None) => "of nobody".into(),
    }
}

fn registry_name(registry: &Option<String>) -> String {
    match registry {
        Some(registry) => format!("registry {registry}"),
        None => "every registry".into(),
    }
}

const fn checks(check: Check) -> &'static str {
    match check {
        Check::Both => "health checks",
        Check::Container => "container health checks",
        Check::Target => "target health checks",
    }
}

const fn bad(failure: BadRevision) -> &'static str {
    match failure {
        BadRevision::Exit => "exits",
        BadRevision::Image => "has no image",
        BadRevision::HealthCheck => "fails its health checks",
        BadRevision::SlowStart => "starts slowly",
    }
}

fn edit_label(edit: &Edit) -> String {
    match edit {
        Edit::Set { pointer, .. } => {
            // A whole item of a list is called by its list: its number says nothing.
            let mut names = pointer.rsplit('/');
            let is_name = |name: &&str| !name.bytes().all(|byte| byte.is_ascii_digit());
            format!("edit {}", names.find(is_name).unwrap_or(pointer))
        }
        Edit::Deploy {
            task_definition, ..
        } => format!("deploy {task_definition}"),
        Edit::AddZone => "add zone".into(),
        Edit::AddContainerInstance {
            availability_zone, ..
        } => {
            format!("add host in {availability_zone}")
        }
        Edit::AddService { .. } => "add service".into(),
        Edit::AddLoadBalancer => "add load balancer".into(),
        Edit::AddTargetGroup { .. } => "add target group".into(),
        Edit::AddRule { listener, .. } => format!("add rule to {listener}"),
        Edit::MoveRule { priority, .. } => format!("move rule {priority}"),
        Edit::AddRevision { family } => format!("new revision of {family}"),
        Edit::AddTaskDefinition { definition } => format!("add {}", definition.family),
        Edit::Rename { part, name } => format!("rename {} to {name}", part.name()),
        Edit::Remove { part } => format!("remove {}", part.name()),
        Edit::Replace { .. } => "undo or redo".into(),
    }
}
