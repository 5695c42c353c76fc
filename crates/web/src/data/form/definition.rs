//! The form of a task definition: one group for the task, one for each container.

use super::field::{Field, Fields};
use super::service::{deploy, edit, new_revision};
use super::{Action, Group, group};
use crate::session::Shown;
use stowplan_core::design::{Service, last_segment};
use stowplan_core::taskdef::TaskDefinition;

/// The most CPU units and MiB that a field takes: far beyond the largest instance.
const SIZE_MAX: u32 = 10_000_000;

pub(super) fn content(
    shown: &Shown<'_>,
    fields: &Fields<'_>,
    name: &str,
) -> (Vec<Group>, Vec<Action>) {
    let family = name.rsplit_once(':').map_or(name, |(family, _)| family);
    let found = fields
        .value("")
        .and_then(|value| value.as_object().cloned());
    let definition = found.map(TaskDefinition::from_members);
    let mut groups = vec![group("", task_fields(fields))];
    let containers = definition
        .map(|known| known.container_definitions)
        .unwrap_or_default();
    for (at, container) in containers.iter().enumerate() {
        let heading = format!("container {}", container.name);
        groups.push(group(
            &heading,
            container_fields(fields, at, container.ports().len()),
        ));
    }
    (groups, actions(shown, family, name))
}

fn task_fields(fields: &Fields<'_>) -> Vec<Field> {
    let modes = ["bridge", "host", "awsvpc", "none"]
        .map(String::from)
        .to_vec();
    vec![
        fields.fact("family", "/family"),
        fields.choice("networkMode", "/networkMode", modes),
        fields.text("cpu", "/cpu", "sum of containers"),
        fields.text("memory", "/memory", "sum of containers"),
    ]
}

fn container_fields(fields: &Fields<'_>, at: usize, ports: usize) -> Vec<Field> {
    let path = |name: &str| format!("/containerDefinitions/{at}/{name}");
    let mut list = vec![
        fields.text("image", &path("image"), ""),
        fields.number("cpu", &path("cpu"), (0, SIZE_MAX), "0"),
        fields.number("memory", &path("memory"), (6, SIZE_MAX), "none"),
        fields.number(
            "memoryReservation",
            &path("memoryReservation"),
            (6, SIZE_MAX),
            "none",
        ),
        fields.pairs("environment", &path("environment")),
    ];
    for port in 0..ports {
        let path = |name: &str| path(&format!("portMappings/{port}/{name}"));
        list.push(fields.number("containerPort", &path("containerPort"), (1, 65_535), ""));
        list.push(fields.number("hostPort", &path("hostPort"), (0, 65_535), "0 (dynamic)"));
    }
    list
}

/// Deploys this revision to the services that run another one of its family.
fn actions(shown: &Shown<'_>, family: &str, name: &str) -> Vec<Action> {
    let services = shown.design.services.iter();
    let users: Vec<&Service> = services.filter(|service| uses(service, family)).collect();
    let others = users
        .iter()
        .filter(|service| last_segment(&service.task_definition) != name);
    let deploys = others.map(|service| {
        let action = deploy(&service.service_name, name);
        let label = match users.len() {
            1 => action.label,
            _ => format!("{} to {}", action.label, service.service_name),
        };
        Action { label, ..action }
    });
    let edit = [edit(name), new_revision(family)];
    deploys.chain(edit).collect()
}

/// Whether a service runs some revision of a family.
fn uses(service: &Service, family: &str) -> bool {
    let named = last_segment(&service.task_definition);
    named == family || named.rsplit_once(':').is_some_and(|(of, _)| of == family)
}
