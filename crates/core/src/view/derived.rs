//! What ECS makes of a task definition, in words: what it reserves, where it can run, in which
//! order it starts and how long it may take to stop.

use crate::taskdef::{
    LaunchType, TaskDefinition, compatibilities, gpus, longest_stop, network_interfaces,
    required_attributes, reserved, start_order, static_ports,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A fact: what is asked, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What is asked.
    pub label: &'static str,
    /// The answer.
    pub value: String,
}

/// The facts of a definition, in a fixed order. What does not apply is left out.
#[must_use]
pub fn definition_facts(definition: &TaskDefinition) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: &'static str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label, value });
        }
    };
    add("reserves on its host", reservation(definition));
    let platforms = compatibilities(definition);
    let platforms: Vec<&str> = platforms.into_iter().map(LaunchType::name).collect();
    add(
        "can run on",
        if platforms.is_empty() {
            "nothing as it stands".into()
        } else {
            platforms.join(", ")
        },
    );
    add("containers start", order(definition));
    let stop = longest_stop(definition).filter(|_| !definition.container_definitions.is_empty());
    add(
        "stopping takes at most",
        stop.map_or_else(String::new, |seconds| format!("{seconds} s")),
    );
    let attributes: Vec<String> = required_attributes(definition).into_iter().collect();
    add("needs hosts with at least", attributes.join(", "));
    facts
}

fn reservation(definition: &TaskDefinition) -> String {
    let resources = reserved(definition);
    let mut parts = Vec::from([
        format!("{} CPU units", resources.cpu.0),
        format!("{} MiB", resources.memory.0),
    ]);
    let ports: Vec<String> = static_ports(definition)
        .iter()
        .map(|it| format!("{}/{}", it.port, it.protocol.name()))
        .collect();
    if !ports.is_empty() {
        parts.push(format!("host ports {}", ports.join(" ")));
    }
    match gpus(definition) {
        0 => {}
        1 => parts.push("1 GPU".into()),
        count => parts.push(format!("{count} GPUs")),
    }
    if network_interfaces(definition) > 0 {
        parts.push("1 network interface".into());
    }
    parts.join(", ")
}

/// `a and b, then c`; nothing where one container or none makes it plain.
fn order(definition: &TaskDefinition) -> String {
    let containers = &definition.container_definitions;
    if containers.len() < 2 {
        return String::new();
    }
    let Ok(waves) = start_order(containers) else {
        return "never: they wait for each other".to_string();
    };
    let wave = |wave: &Vec<usize>| {
        let names: Vec<&str> = wave
            .iter()
            .map(|at| containers[*at].name.as_str())
            .collect();
        names.join(" and ")
    };
    let waves: Vec<String> = waves.iter().map(wave).collect();
    if waves.len() == 1 {
        return "all at once".into();
    }
    waves.join(", then ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_task_with_a_proxy() {
        let text = r#"{"family":"shop","networkMode":"bridge","containerDefinitions":[
            {"name":"web","image":"w","memory":256,"cpu":128,"dependsOn":[{"containerName":"proxy","condition":"START"}],
             "portMappings":[{"containerPort":80,"hostPort":8080}]},
            {"name":"proxy","image":"p","memory":64,"stopTimeout":5}]}"#;
        let definition: TaskDefinition = crate::source::read(text).unwrap();
        let facts: Vec<String> = definition_facts(&definition)
            .iter()
            .map(|fact| format!("{}: {}", fact.label, fact.value))
            .collect();
        assert_eq!(
            facts,
            [
                "reserves on its host: 128 CPU units, 320 MiB, host ports 8080/tcp",
                "can run on: EC2, EXTERNAL, MANAGED_INSTANCES",
                "containers start: proxy, then web",
                "stopping takes at most: 35 s",
                "needs hosts with at least: ecs.capability.container-ordering",
            ]
        );
    }
}
