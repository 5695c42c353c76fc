//! What a task definition asks for and this runner does not do, told before anything starts.
//!
//! The members that are honoured are named here, structure by structure; every other one that is
//! there is listed. Members that only describe what AWS made of the definition ask nothing of a
//! runner and are not listed; neither are empty lists and `false`, which ask for nothing.

use serde_json::{Map, Value};
use stowplan_core::source::escape;
use stowplan_core::taskdef::{
    ContainerDefinition, HealthCheck, NetworkMode, OUTPUT_ONLY, PortMapping, Structure,
    TaskDefinition,
};

/// A field that is not honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unhonoured {
    /// JSON pointer within the definition.
    pub pointer: String,
    /// What happens instead, where anything does.
    pub instead: Option<&'static str>,
}

/// Members that only matter to a registration.
const ASKS_NOTHING: [&str; 3] = ["requiresCompatibilities", "tags", "enableFaultInjection"];

/// Members of a structure that are done as they say.
struct Honoured {
    structure: &'static Structure,
    members: &'static [&'static str],
}

/// What is honoured of a task definition, beside CPU and memory, which are in part.
const TASK: Honoured = Honoured {
    structure: TaskDefinition::STRUCTURE,
    members: &["family", "networkMode", "containerDefinitions"],
};

const CONTAINER: Honoured = Honoured {
    structure: ContainerDefinition::STRUCTURE,
    members: &[
        "name",
        "image",
        "cpu",
        "memory",
        "memoryReservation",
        "portMappings",
        "essential",
        "entryPoint",
        "command",
        "environment",
        "dependsOn",
        "stopTimeout",
        "hostname",
        "user",
        "workingDirectory",
        "readonlyRootFilesystem",
        "dockerLabels",
        "healthCheck",
    ],
};

const PORT_MAPPING: Honoured = Honoured {
    structure: PortMapping::STRUCTURE,
    members: &["containerPort", "hostPort", "protocol"],
};

const HEALTH_CHECK: Honoured = Honoured {
    structure: HealthCheck::STRUCTURE,
    members: &["command", "interval", "timeout", "retries", "startPeriod"],
};

/// Every member of `definition` that the runner does not honour: those of the task, then those of
/// each container, in the API's order.
#[must_use]
pub fn not_honoured(definition: &TaskDefinition) -> Vec<Unhonoured> {
    let mut list = Vec::new();
    if definition.network_mode() == NetworkMode::Awsvpc {
        list.push(Unhonoured {
            pointer: "/networkMode".into(),
            instead: Some("runs in `bridge` mode with free host ports"),
        });
    }
    TASK.others("", &definition.to_members(), &mut list);
    for (at, container) in definition.container_definitions.iter().enumerate() {
        of_container(&format!("/containerDefinitions/{at}"), container, &mut list);
    }
    list
}

fn of_container(pointer: &str, container: &ContainerDefinition, list: &mut Vec<Unhonoured>) {
    CONTAINER.others(pointer, &container.to_members(), list);
    for (at, mapping) in container.ports().iter().enumerate() {
        let pointer = format!("{pointer}/portMappings/{at}");
        PORT_MAPPING.others(&pointer, &mapping.to_members(), list);
    }
    if let Some(check) = &container.health_check {
        let pointer = format!("{pointer}/healthCheck");
        HEALTH_CHECK.others(&pointer, &check.to_members(), list);
    }
}

impl Honoured {
    /// Lists the members at `pointer` that are not honoured; those that AWS does not know last.
    fn others(&self, pointer: &str, members: &Map<String, Value>, list: &mut Vec<Unhonoured>) {
        let known = self.structure.members.iter().map(|member| member.name);
        let is_known = |name: &str| self.structure.member(name).is_some();
        let unknown = members.keys().map(String::as_str);
        let names = known.chain(unknown.filter(|name| !is_known(name)));
        let asks = |name: &&str| members.get(*name).is_some_and(asks_something);
        list.extend(
            names
                .filter(|name| !self.members.contains(name) && asks(name))
                .filter(|name| !ASKS_NOTHING.contains(name) && !OUTPUT_ONLY.contains(name))
                .map(|name| Unhonoured {
                    pointer: format!("{pointer}/{}", escape(name)),
                    instead: self.instead(name),
                }),
        );
    }

    fn instead(&self, name: &str) -> Option<&'static str> {
        match name {
            "cpu" if *self.structure == *TaskDefinition::STRUCTURE => {
                Some("counted when tasks are placed, but no limit is set")
            }
            "memory" if *self.structure == *TaskDefinition::STRUCTURE => Some(
                "counted when tasks are placed; the limit of each container that has none of its own",
            ),
            _ => None,
        }
    }
}

fn asks_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_asks_for_something_is_listed() {
        let definition = stowplan_core::source::read(
            r#"{"family":"web","cpu":"256","pidMode":"task","volumes":[],"status":"ACTIVE","x/y":1,
                "containerDefinitions":[{"name":"a","image":"b","privileged":false,"user":"1",
                "mountPoints":[],"logConfiguration":{"logDriver":"awslogs"},"links":["b"],
                "portMappings":[{"containerPort":80,"appProtocol":"http"}]}]}"#,
        )
        .unwrap();
        let pointers: Vec<_> = not_honoured(&definition)
            .into_iter()
            .map(|field| field.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/cpu",
                "/pidMode",
                "/x~1y",
                "/containerDefinitions/0/links",
                "/containerDefinitions/0/logConfiguration",
                "/containerDefinitions/0/portMappings/0/appProtocol",
            ]
        );
    }

    #[test]
    fn the_named_members_exist() {
        for Honoured { structure, members } in [TASK, CONTAINER, PORT_MAPPING, HEALTH_CHECK] {
            for member in members {
                assert!(
                    structure.member(member).is_some(),
                    "{} {member}",
                    structure.name
                );
            }
        }
    }
}
