//! Who could take a request, in words and as JSON: the services whose tasks register with a target
//! group. Beside it what is said around a routed request.

use super::Words;
use crate::id::TargetGroupIx;
use crate::model::{Listener, Model, Scheduling, Service, ServiceTarget};
use crate::near::nearest;
use crate::routing::{Request, RuleTrace};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;

/// A service whose tasks register with a target group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredReport<'a> {
    /// The group.
    pub target_group: &'a str,
    /// The service.
    pub service: &'a str,
    /// Its cluster.
    pub cluster: &'a str,
    /// The container.
    pub container: &'a str,
    /// Its port.
    pub port: u16,
    /// How many tasks the service wants; `None` for a DAEMON.
    pub tasks: Option<u32>,
    /// Whether they stand in the group only while or after traffic shifts.
    pub is_alternate: bool,
    /// The line.
    pub words: String,
}

/// The services whose tasks register with `group`, in the order of the document.
#[must_use]
pub fn registered_reports(model: &Model, group: TargetGroupIx) -> Vec<RegisteredReport<'_>> {
    let of_service = |service| registrations(model, group, service);
    let services = model.present_services();
    services
        .flat_map(|(_, service)| of_service(service))
        .collect()
}

fn registrations<'a>(
    model: &'a Model,
    group: TargetGroupIx,
    service: &'a Service,
) -> impl Iterator<Item = RegisteredReport<'a>> {
    let is_meant =
        move |it: &&ServiceTarget| it.target_group == group || it.alternate == Some(group);
    let targets = service.targets.iter().filter(is_meant);
    targets.map(move |target| {
        let is_alternate = target.target_group != group;
        RegisteredReport {
            target_group: &model.target_group(group).name,
            service: &service.name,
            cluster: &service.cluster,
            container: &target.container_name,
            port: target.container_port,
            tasks: (service.scheduling != Scheduling::Daemon).then_some(service.desired_count),
            is_alternate,
            words: words(service, target, is_alternate),
        }
    })
}

fn words(service: &Service, target: &ServiceTarget, is_alternate: bool) -> String {
    let tasks = match (service.scheduling, service.desired_count) {
        (Scheduling::Daemon, _) => "a task on each host".to_string(),
        (Scheduling::Replica | Scheduling::RunTask, 1) => "1 task".to_string(),
        (Scheduling::Replica | Scheduling::RunTask, count) => format!("{count} tasks"),
    };
    let when = if is_alternate {
        ", while traffic shifts to it"
    } else {
        ""
    };
    let (name, container) = (&service.name, &target.container_name);
    let port = target.container_port;
    format!("service {name}: {tasks}, container {container} port {port}{when}")
}

/// A line for each service whose tasks could take the request, or that there is none.
#[must_use]
pub fn registered_lines(model: &Model, group: TargetGroupIx) -> Vec<String> {
    let name = &model.target_group(group).name;
    let reports = registered_reports(model, group);
    if reports.is_empty() {
        // Documented: a group without registered targets (1.7).
        return vec![format!(
            "{name}: no service registers with it, and the load balancer answers 503"
        )];
    }
    let lines = reports.into_iter();
    lines.map(|it| format!("{name}: {}", it.words)).collect()
}

/// What is asked, and where it goes.
#[must_use]
pub fn request_words(request: &Request, listener: &Listener) -> String {
    let (method, url, from) = (&request.method, url_of(request), request.source_ip);
    format!("{method} {url} from {from} to {}", listener.name)
}

/// The URL that the client asks for; its host as the request has it.
#[must_use]
pub fn url_of(request: &Request) -> String {
    let scheme = request.protocol.name().to_ascii_lowercase();
    let query = request.query.as_ref();
    let query = query.map_or_else(String::new, |it| format!("?{it}"));
    format!("{scheme}://{}{}{query}", request.host, request.path)
}

/// The head of a rule's block.
#[must_use]
pub fn rule_title(rule: &RuleTrace) -> String {
    let verdict = if rule.met {
        "matches"
    } else {
        "does not match"
    };
    format!("rule {} {verdict}", rule.priority)
}

/// That a rule of the document takes no part.
#[must_use]
pub fn left_out_words(priority: u32, why: &str) -> String {
    format!("rule {priority} is left out: {why}")
}

/// What to tell where a listener was chosen by the URL, or has another port or scheme than it.
#[must_use]
pub fn listener_note(listener: &Listener, is_guess: bool, differs: bool) -> Option<Words> {
    let (name, port) = (&listener.name, listener.port);
    let (message, hint) = if differs {
        (
            format!(
                "the URL does not lead to `{name}`; it is asked as if the request came to port {port}"
            ),
            None,
        )
    } else if is_guess {
        (
            format!("the URL leads to `{name}`"),
            Some("--listener names another one".to_string()),
        )
    } else {
        return None;
    };
    Some(Words { message, hint })
}

/// The known name that was probably meant.
#[must_use]
pub fn nearest_name<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest(text, known)
}
