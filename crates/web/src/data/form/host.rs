//! The form of a container instance.

use super::field::{Control, Field, Fields};
use super::{Action, Group, group};
use crate::session::Shown;
use stowplan_core::control::InstanceStatus;
use stowplan_core::design::Part;
use stowplan_core::model::is_capability;
use stowplan_core::sim::World;
use stowplan_core::view::resources_words;

pub(super) fn content(
    shown: &Shown<'_>,
    fields: &Fields<'_>,
    name: &str,
) -> (Vec<Group>, Vec<Action>) {
    let types = shown.model.all_instance_types();
    let types = types.map(|known| known.name.to_string()).collect();
    let named = Control::Name(Part::ContainerInstance(name.into()));
    let list = vec![
        fields.field("ec2InstanceId", "/ec2InstanceId", named, ""),
        fields.choice("instanceType", "/instanceType", types),
        fields.choice(
            "availabilityZone",
            "/availabilityZone",
            shown.design.zones(),
        ),
        fields.choice_or("status", "/status", &["ACTIVE", "DRAINING"]),
        fields.number(
            "registeredCpu",
            "/registeredCpu",
            (1, 1_000_000),
            "of the type",
        ),
        fields.number(
            "registeredMemory",
            "/registeredMemory",
            (1, 100_000_000),
            "of the type",
        ),
    ];
    let mut groups = vec![group("", list)];
    let state = state_facts(shown, name);
    if !state.is_empty() {
        groups.push(group("now", state));
    }
    groups.push(group("attributes", attribute_facts(shown, name)));
    groups.retain(|group| !group.fields.is_empty());
    (groups, Vec::new())
}

/// What a query can ask for: those of the document and those that every agent states. Of the
/// capabilities there are too many to read.
fn attribute_facts(shown: &Shown<'_>, name: &str) -> Vec<Field> {
    let Some(index) = shown.model.instance_named(name) else {
        return Vec::new();
    };
    let attributes = &shown.model.instance(index).attributes;
    let told = attributes.iter().filter(|(name, _)| !is_capability(name));
    let mut facts: Vec<Field> = told
        .map(|(name, value)| Field::said(name, value.as_deref().unwrap_or("–")))
        .collect();
    let capabilities = attributes.keys().filter(|name| is_capability(name)).count();
    if capabilities > 0 {
        facts.push(Field::said("capabilities", &capabilities.to_string()));
    }
    facts
}

fn state_facts(shown: &Shown<'_>, name: &str) -> Vec<Field> {
    let Some((index, control)) = shown.model.instance_named(name).zip(shown.control) else {
        return Vec::new();
    };
    let Some(state) = control.instances.get(&index) else {
        return Vec::new();
    };
    let stopped = shown.world.map(World::stopped_hosts).unwrap_or_default();
    let power = match state.status {
        InstanceStatus::Inactive => "terminated",
        InstanceStatus::Active | InstanceStatus::Draining if stopped.contains(&index) => "stopped",
        InstanceStatus::Active | InstanceStatus::Draining => "running",
    };
    let registered = shown.model.instance(index).registered;
    let left = registered - state.reserved;
    vec![
        Field::said("status", state.status.name()),
        Field::said(
            "agentConnected",
            if state.connected { "true" } else { "false" },
        ),
        Field::said("EC2 instance", power),
        Field::said("registeredResources", &resources_words(&registered)),
        Field::said("remainingResources", &resources_words(&left)),
        Field::said("tasks", &state.tasks.len().to_string()),
    ]
}
