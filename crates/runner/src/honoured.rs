//! What a task definition asks for and this runner does not do, told before anything starts.
//!
//! Fields that only describe what AWS made of the definition ask nothing of a runner and are not
//! listed; neither are empty lists and `false`, which ask for nothing.

use serde_json::Value;
use stowplan_core::taskdef::{ContainerDefinition, Extra, NetworkMode, TaskDefinition};

/// A field that is not honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unhonoured {
    /// JSON pointer within the definition.
    pub pointer: String,
    /// What happens instead, where anything does.
    pub instead: Option<&'static str>,
}

/// Output of DescribeTaskDefinition, and fields that only matter to a registration.
const ASKS_NOTHING: [&str; 10] = [
    "taskDefinitionArn",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "requiresCompatibilities",
    "tags",
    "enableFaultInjection",
];

/// Every field of `definition` that the runner does not honour, in the document's order.
#[must_use]
pub fn not_honoured(definition: &TaskDefinition) -> Vec<Unhonoured> {
    let mut list = Vec::new();
    let mut add = |pointer: String, instead| list.push(Unhonoured { pointer, instead });
    if definition.network_mode() == NetworkMode::Awsvpc {
        add(
            "/networkMode".into(),
            Some("runs in `bridge` mode with free host ports"),
        );
    }
    if definition.cpu.is_some() {
        add(
            "/cpu".into(),
            Some("counted when tasks are placed, but no limit is set"),
        );
    }
    if definition.memory.is_some() {
        add(
            "/memory".into(),
            Some(
                "counted when tasks are placed; the limit of each container that has none of its own",
            ),
        );
    }
    extras("", &definition.extra, &mut list);
    for (at, container) in definition.container_definitions.iter().enumerate() {
        of_container(&format!("/containerDefinitions/{at}"), container, &mut list);
    }
    list
}

fn of_container(pointer: &str, container: &ContainerDefinition, list: &mut Vec<Unhonoured>) {
    extras(pointer, &container.extra, list);
    for (at, mapping) in container.ports().iter().enumerate() {
        extras(
            &format!("{pointer}/portMappings/{at}"),
            &mapping.extra,
            list,
        );
    }
    if let Some(check) = &container.health_check {
        extras(&format!("{pointer}/healthCheck"), &check.extra, list);
    }
}

fn extras(pointer: &str, extra: &Extra, list: &mut Vec<Unhonoured>) {
    let asks = |(name, value): &(&String, &Value)| {
        !ASKS_NOTHING.contains(&name.as_str()) && asks_something(value)
    };
    list.extend(extra.iter().filter(asks).map(|(name, _)| Unhonoured {
        pointer: format!("{pointer}/{}", stowplan_core::source::escape(name)),
        instead: None,
    }));
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
            r#"{"family":"web","cpu":"256","pidMode":"task","volumes":[],"status":"ACTIVE",
                "containerDefinitions":[{"name":"a","image":"b","privileged":false,"user":"1",
                "mountPoints":[],"logConfiguration":{"logDriver":"awslogs"},
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
                "/containerDefinitions/0/logConfiguration",
                "/containerDefinitions/0/portMappings/0/appProtocol",
            ]
        );
    }
}
