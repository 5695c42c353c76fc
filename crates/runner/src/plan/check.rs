//! What ECS or Docker would refuse of a task definition, found before anything is created.
//!
//! The rules are those of RegisterTaskDefinition that a run depends on (task-definition.md 1.1);
//! the rest is AWS's to check. Whether dependencies have an order is in [`mod@super::order`].

use std::collections::BTreeSet;
use stowplan_core::taskdef::{
    ContainerDefinition, HealthCheck, NetworkMode, TaskDefinition, memory_mib,
};

/// Longest name of a family.
const FAMILY_MAX: usize = 255;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer within the definition.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// Everything that is wrong with `definition`.
#[must_use]
pub fn problems(definition: &TaskDefinition) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(family(&definition.family));
    problems.extend(names(&definition.container_definitions));
    problems.extend(host_ports(definition));
    for (at, container) in definition.container_definitions.iter().enumerate() {
        let pointer = format!("/containerDefinitions/{at}");
        problems.extend(reservation(&pointer, definition, container));
        problems.extend(health_check(&pointer, container.health_check.as_ref()));
        problems.extend(awaited_health(&pointer, definition, container));
        problems.extend(unreachable_ports(&pointer, definition, container));
    }
    problems
}

fn family(family: &str) -> Option<Problem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_name = (1..=FAMILY_MAX).contains(&family.len()) && family.chars().all(allowed);
    (!is_name).then(|| Problem {
        pointer: "/family".into(),
        message: format!("`{family}` is not a name of a family"),
        hint: "give it 1 to 255 letters, digits, `_` and `-`",
    })
}

fn names(containers: &[ContainerDefinition]) -> Vec<Problem> {
    let mut known = BTreeSet::new();
    let mut problems = Vec::new();
    for (at, ContainerDefinition { name, .. }) in containers.iter().enumerate() {
        let message = if name.is_empty() {
            "the container has no name".to_owned()
        } else if !known.insert(name) {
            format!("another container is called `{name}` too")
        } else {
            continue;
        };
        problems.push(Problem {
            pointer: format!("/containerDefinitions/{at}/name"),
            message,
            hint: "give each container of the task a name of its own",
        });
    }
    problems
}

/// Host ports of one task; on `host` networks a container's ports are the host's.
fn host_ports(definition: &TaskDefinition) -> Vec<Problem> {
    let mut known = BTreeSet::new();
    let mut problems = Vec::new();
    for (at, container) in definition.container_definitions.iter().enumerate() {
        for (place, mapping) in container.ports().iter().enumerate() {
            let protocol = mapping.protocol.unwrap_or_default();
            let Some(port) = mapping.host_port.filter(|port| *port > 0) else {
                continue;
            };
            if !known.insert((protocol, port)) {
                problems.push(Problem {
                    pointer: format!("/containerDefinitions/{at}/portMappings/{place}/hostPort"),
                    message: format!("host port {port} is taken by another mapping of the task"),
                    hint: "use another port, or 0 for any free one",
                });
            }
        }
    }
    problems
}

fn reservation(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Option<Problem> {
    let limits = [
        container.memory.filter(|mib| *mib > 0),
        definition.memory.as_ref().and_then(memory_mib),
    ];
    let limit = limits.into_iter().flatten().min()?;
    let reserved = container.memory_reservation.filter(|mib| *mib > limit)?;
    Some(Problem {
        pointer: format!("{pointer}/memoryReservation"),
        message: format!("{reserved} MiB are reserved, but at most {limit} MiB may be used"),
        hint: "reserve no more than `memory` of the container and of the task",
    })
}

fn health_check(pointer: &str, check: Option<&HealthCheck>) -> Option<Problem> {
    let command = &check?.command;
    let is_check = match command.first().map(String::as_str) {
        Some("CMD" | "CMD-SHELL") => command.len() > 1,
        Some("NONE") => true,
        Some(_) | None => false,
    };
    (!is_check).then(|| Problem {
        pointer: format!("{pointer}/healthCheck/command"),
        message: "this is not a health check".into(),
        hint: "begin with CMD or CMD-SHELL and go on with what to execute",
    })
}

fn awaited_health(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Vec<Problem> {
    let unchecked = |name: &str| {
        let mut containers = definition.container_definitions.iter();
        containers.any(|known| known.name == name && !has_check(known))
    };
    let edges = container.depends_on.iter().flatten().enumerate();
    let wrong = edges.filter(|(_, on)| on.condition == "HEALTHY" && unchecked(&on.container_name));
    let problem = |(at, on): (usize, &stowplan_core::taskdef::ContainerDependency)| Problem {
        pointer: format!("{pointer}/dependsOn/{at}/condition"),
        message: format!(
            "`{}` has no health check and never is HEALTHY",
            on.container_name
        ),
        hint: "give it a `healthCheck`, or wait for START",
    };
    wrong.map(problem).collect()
}

fn has_check(container: &ContainerDefinition) -> bool {
    let check = container.health_check.as_ref();
    check.is_some_and(|check| check.command.first().is_none_or(|first| first != "NONE"))
}

fn unreachable_ports(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Option<Problem> {
    let wrong = definition.network_mode() == NetworkMode::None && !container.ports().is_empty();
    wrong.then(|| Problem {
        pointer: format!("{pointer}/portMappings"),
        message: "a task without a network has no ports".into(),
        hint: "take the mappings out, or choose another `networkMode`",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<String> {
        let definition: TaskDefinition = stowplan_core::source::read(text).unwrap();
        let shown = problems(&definition).into_iter();
        shown
            .map(|it| format!("{}: {}", it.pointer, it.message))
            .collect()
    }

    /// A task of the containers that `containers` lists.
    fn task(containers: &str) -> String {
        format!(r#"{{"family":"a","containerDefinitions":[{containers}]}}"#)
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn families_have_names() {
        let of = |name: &str| {
            check(&format!(
                r#"{{"family":"{name}","containerDefinitions":[]}}"#
            ))
        };
        assert_eq!(of("web_1-a"), NONE);
        assert_eq!(of(""), ["/family: `` is not a name of a family"]);
        assert_eq!(of("a b"), ["/family: `a b` is not a name of a family"]);
        assert_eq!(of(&"x".repeat(255)), NONE);
        assert_eq!(of(&"x".repeat(256)).len(), 1);
    }

    #[test]
    fn containers_have_names_of_their_own() {
        assert_eq!(
            check(&task(r#"{"name":"a"},{"name":"b"},{"name":"a"},{}"#)),
            [
                "/containerDefinitions/2/name: another container is called `a` too",
                "/containerDefinitions/3/name: the container has no name",
            ]
        );
    }

    #[test]
    fn no_more_is_reserved_than_may_be_used() {
        let wrong = "/containerDefinitions/0/memoryReservation: 128 MiB are reserved, but at most 64 MiB may be used";
        assert_eq!(
            check(&task(r#"{"name":"a","memory":64,"memoryReservation":128}"#)),
            [wrong]
        );
        assert_eq!(
            check(&task(
                r#"{"name":"a","memory":128,"memoryReservation":128}"#
            )),
            NONE
        );
        let of_task = r#"{"family":"a","memory":"64","containerDefinitions":[{"name":"a","memoryReservation":128}]}"#;
        assert_eq!(check(of_task), [wrong]);
    }

    #[test]
    fn health_checks_say_how_they_are_executed() {
        let of = |command: &str| {
            check(&task(&format!(
                r#"{{"name":"a","healthCheck":{{"command":{command}}}}}"#
            )))
        };
        for right in [
            r#"["CMD","true"]"#,
            r#"["CMD-SHELL","true"]"#,
            r#"["NONE"]"#,
        ] {
            assert_eq!(of(right), NONE, "{right}");
        }
        let wrong = "/containerDefinitions/0/healthCheck/command: this is not a health check";
        for command in ["[]", r#"["CMD"]"#, r#"["curl","-f","localhost"]"#] {
            assert_eq!(of(command), [wrong], "{command}");
        }
    }

    #[test]
    fn only_a_checked_container_can_be_healthy() {
        let awaiting = r#"{"name":"a","dependsOn":[{"containerName":"b","condition":"HEALTHY"}]}"#;
        let wrong = "/containerDefinitions/0/dependsOn/0/condition: `b` has no health check and never is HEALTHY";
        assert_eq!(
            check(&task(&format!(r#"{awaiting},{{"name":"b"}}"#))),
            [wrong]
        );
        let none = r#"{"name":"b","healthCheck":{"command":["NONE"]}}"#;
        assert_eq!(check(&task(&format!("{awaiting},{none}"))), [wrong]);
        let checked = r#"{"name":"b","healthCheck":{"command":["CMD","true"]}}"#;
        assert_eq!(check(&task(&format!("{awaiting},{checked}"))), NONE);
    }

    #[test]
    fn a_task_without_a_network_has_no_ports() {
        let text = r#"{"family":"a","networkMode":"none","containerDefinitions":[
            {"name":"a","portMappings":[{"containerPort":80}]},{"name":"b","portMappings":[]}]}"#;
        assert_eq!(
            check(text),
            ["/containerDefinitions/0/portMappings: a task without a network has no ports"]
        );
    }

    #[test]
    fn a_host_port_is_taken_once() {
        let wrong = "/containerDefinitions/1/portMappings/0/hostPort: host port 80 is taken by another mapping of the task";
        let other = |mapping: &str| {
            check(&task(&format!(
                r#"{{"name":"a","portMappings":[{{"containerPort":1,"hostPort":80}},{{"containerPort":2,"hostPort":0}}]}},
                {{"name":"b","portMappings":[{mapping},{{"containerPort":3,"hostPort":0}}]}}"#
            )))
        };
        assert_eq!(other(r#"{"containerPort":80,"hostPort":80}"#), [wrong]);
        assert_eq!(
            other(r#"{"containerPort":80,"hostPort":80,"protocol":"udp"}"#),
            NONE
        );
    }
}
