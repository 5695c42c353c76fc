//! What ECS or Docker would refuse of a task definition, as data; [`crate::view`] words it.
//!
//! The rules are those of RegisterTaskDefinition that a run depends on (task-definition.md 2.1 to
//! 2.7), not all of them. Whether dependencies have an order is not asked here.

use super::{
    ContainerDefinition, ContainerDependency, HealthCheck, NetworkMode, TaskDefinition, memory_mib,
};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest name of a family.
const FAMILY_MAX: usize = 255;

/// A fault at a place of the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer within the definition.
    pub pointer: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The family is not a name (T01).
    FamilyName {
        /// The family as written.
        family: String,
    },
    /// A container has no name (C01).
    NoName,
    /// Two containers share a name (T05).
    NameTaken {
        /// The name.
        name: String,
    },
    /// Two mappings of the task want one host port (P05).
    HostPortTaken {
        /// The port.
        port: u16,
    },
    /// The soft limit is above the hard one (S03, S05).
    ReservationAboveLimit {
        /// MiB reserved.
        reserved: u32,
        /// MiB that may be used.
        limit: u32,
    },
    /// A health check that Docker would never execute (H01).
    NotAHealthCheck,
    /// HEALTHY is waited for of a container without health check (O03).
    NeverHealthy {
        /// The container waited for.
        container: String,
    },
    /// Ports are mapped without a network (P04).
    PortsWithoutNetwork,
}

/// Everything that is wrong with `definition`.
#[must_use]
pub fn flaws(definition: &TaskDefinition) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    flaws.extend(family(&definition.family));
    flaws.extend(names(&definition.container_definitions));
    flaws.extend(host_ports(definition));
    for (at, container) in definition.container_definitions.iter().enumerate() {
        let pointer = format!("/containerDefinitions/{at}");
        flaws.extend(reservation(&pointer, definition, container));
        flaws.extend(health_check(&pointer, container.health_check.as_ref()));
        flaws.extend(awaited_health(&pointer, definition, container));
        flaws.extend(unreachable_ports(&pointer, definition, container));
    }
    flaws
}

fn family(family: &str) -> Option<Flaw> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_name = (1..=FAMILY_MAX).contains(&family.len()) && family.chars().all(allowed);
    (!is_name).then(|| Flaw {
        pointer: "/family".into(),
        fault: Fault::FamilyName {
            family: family.into(),
        },
    })
}

fn names(containers: &[ContainerDefinition]) -> Vec<Flaw> {
    let mut known = BTreeSet::new();
    let mut flaws = Vec::new();
    for (at, ContainerDefinition { name, .. }) in containers.iter().enumerate() {
        let fault = if name.is_empty() {
            Fault::NoName
        } else if !known.insert(name) {
            Fault::NameTaken { name: name.clone() }
        } else {
            continue;
        };
        flaws.push(Flaw {
            pointer: format!("/containerDefinitions/{at}/name"),
            fault,
        });
    }
    flaws
}

/// Host ports of one task; on `host` networks a container's ports are the host's.
fn host_ports(definition: &TaskDefinition) -> Vec<Flaw> {
    let mut known = BTreeSet::new();
    let mut flaws = Vec::new();
    for (at, container) in definition.container_definitions.iter().enumerate() {
        for (place, mapping) in container.ports().iter().enumerate() {
            let protocol = mapping.protocol.unwrap_or_default();
            let Some(port) = mapping.host_port.filter(|port| *port > 0) else {
                continue;
            };
            if !known.insert((protocol, port)) {
                flaws.push(Flaw {
                    pointer: format!("/containerDefinitions/{at}/portMappings/{place}/hostPort"),
                    fault: Fault::HostPortTaken { port },
                });
            }
        }
    }
    flaws
}

fn reservation(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Option<Flaw> {
    let limits = [
        container.memory.filter(|mib| *mib > 0),
        definition.memory.as_ref().and_then(memory_mib),
    ];
    let limit = limits.into_iter().flatten().min()?;
    let reserved = container.memory_reservation.filter(|mib| *mib > limit)?;
    Some(Flaw {
        pointer: format!("{pointer}/memoryReservation"),
        fault: Fault::ReservationAboveLimit { reserved, limit },
    })
}

fn health_check(pointer: &str, check: Option<&HealthCheck>) -> Option<Flaw> {
    let command = &check?.command;
    let is_check = match command.first().map(String::as_str) {
        Some("CMD" | "CMD-SHELL") => command.len() > 1,
        Some("NONE") => true,
        Some(_) | None => false,
    };
    (!is_check).then(|| Flaw {
        pointer: format!("{pointer}/healthCheck/command"),
        fault: Fault::NotAHealthCheck,
    })
}

fn awaited_health(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Vec<Flaw> {
    let unchecked = |name: &str| {
        let mut containers = definition.container_definitions.iter();
        containers.any(|known| known.name == name && !has_check(known))
    };
    let edges = container.depends_on.iter().flatten().enumerate();
    let wrong = edges.filter(|(_, on)| on.condition == "HEALTHY" && unchecked(&on.container_name));
    let flaw = |(at, on): (usize, &ContainerDependency)| Flaw {
        pointer: format!("{pointer}/dependsOn/{at}/condition"),
        fault: Fault::NeverHealthy {
            container: on.container_name.clone(),
        },
    };
    wrong.map(flaw).collect()
}

fn has_check(container: &ContainerDefinition) -> bool {
    let check = container.health_check.as_ref();
    check.is_some_and(|check| check.command.first().is_none_or(|first| first != "NONE"))
}

fn unreachable_ports(
    pointer: &str,
    definition: &TaskDefinition,
    container: &ContainerDefinition,
) -> Option<Flaw> {
    let wrong = definition.network_mode() == NetworkMode::None && !container.ports().is_empty();
    wrong.then(|| Flaw {
        pointer: format!("{pointer}/portMappings"),
        fault: Fault::PortsWithoutNetwork,
    })
}
