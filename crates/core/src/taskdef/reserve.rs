//! What a task takes from a host, as the scheduler counts it (ecs.md 2.2, 2.3, 2.5).

use super::{NetworkMode, Protocol, ResourceType, TaskDefinition, cpu_units, memory_mib};
use crate::query::Query;
use crate::units::{CpuUnits, MemoryMib, Resources};
use alloc::vec::Vec;

/// A host port that only one task of a host can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReservedPort {
    /// Protocol; TCP and UDP are tracked apart.
    pub protocol: Protocol,
    /// Port number on the host.
    pub port: u16,
}

/// CPU: the task's if set, else the sum over containers. Memory: the task's if set, else the sum
/// of the soft limits where given and of the hard ones elsewhere. Interfaces and GPUs: see
/// [`network_interfaces`] and [`gpus`].
#[must_use]
pub fn reserved(definition: &TaskDefinition) -> Resources {
    let containers = &definition.container_definitions;
    let cpu_sum = || {
        containers
            .iter()
            .filter_map(|container| container.cpu)
            .fold(0, add)
    };
    let memory_sum = || {
        let soft_or_hard = |container: &super::ContainerDefinition| {
            container
                .memory_reservation
                .filter(|soft| *soft > 0)
                .or(container.memory)
        };
        containers.iter().filter_map(soft_or_hard).fold(0, add)
    };
    Resources {
        cpu: CpuUnits(
            definition
                .cpu
                .as_deref()
                .and_then(cpu_units)
                .unwrap_or_else(cpu_sum),
        ),
        memory: MemoryMib(
            definition
                .memory
                .as_deref()
                .and_then(memory_mib)
                .unwrap_or_else(memory_sum),
        ),
        interfaces: network_interfaces(definition),
        gpus: gpus(definition),
    }
}

fn add(sum: u32, value: u32) -> u32 {
    sum.saturating_add(value)
}

/// Host ports that the task holds exclusively: fixed ones in bridge mode, every mapped port in
/// host mode (where host and container port are the same), none in awsvpc mode.
#[must_use]
pub fn static_ports(definition: &TaskDefinition) -> Vec<ReservedPort> {
    let mode = definition.network_mode();
    let mappings = definition
        .container_definitions
        .iter()
        .flat_map(|container| container.ports());
    let mut ports: Vec<ReservedPort> = mappings
        .filter_map(|mapping| {
            let port = match mode {
                NetworkMode::Bridge => mapping.host_port,
                NetworkMode::Host => mapping
                    .host_port
                    .filter(|port| *port > 0)
                    .or(mapping.container_port),
                NetworkMode::Awsvpc | NetworkMode::None => None,
            };
            let protocol = mapping.protocol.unwrap_or_default();
            port.filter(|port| *port > 0)
                .map(|port| ReservedPort { protocol, port })
        })
        .collect();
    crate::sort::sort(&mut ports);
    ports.dedup();
    ports
}

/// GPUs that the task holds exclusively, over all containers (ecs.md 2.7). Shared ones (`ALL`)
/// count as none.
#[must_use]
pub fn gpus(definition: &TaskDefinition) -> u32 {
    let containers = definition.container_definitions.iter();
    let resources = containers.flat_map(|it| it.resource_requirements.iter().flatten());
    let counts = resources
        .filter(|resource| resource.kind == Some(ResourceType::Gpu))
        .filter_map(|resource| resource.value.as_ref()?.parse().ok());
    counts.fold(0, add)
}

/// Its `memberOf` constraints that can be read, by their places; a rule tells of the others.
#[must_use]
pub fn placement_queries(definition: &TaskDefinition) -> Vec<(usize, Query)> {
    let constraints = definition.placement_constraints.iter().flatten();
    let expressions = constraints.map(|constraint| constraint.expression.as_deref());
    let queries = expressions.map(|text| Query::parse(text?).ok());
    let numbered = queries.enumerate();
    numbered
        .filter_map(|(at, query)| Some((at, query?)))
        .collect()
}

/// Network interfaces of its host that the task takes: one in awsvpc mode (ecs.md 2.6).
#[must_use]
pub fn network_interfaces(definition: &TaskDefinition) -> u32 {
    u32::from(definition.network_mode == Some(NetworkMode::Awsvpc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(json: &str) -> TaskDefinition {
        crate::source::read(json).unwrap()
    }

    #[test]
    fn task_level_sizes_win_over_sums_and_soft_limits_over_hard_ones() {
        let sums = definition(
            r#"{"family":"a","containerDefinitions":[
                {"name":"x","cpu":100,"memory":512,"memoryReservation":256},
                {"name":"y","memory":128},{"name":"z","cpu":0,"memoryReservation":0,"memory":64}]}"#,
        );
        assert_eq!(reserved(&sums), Resources::new(100, 256 + 128 + 64));
        let task_level = definition(
            r#"{"family":"a","cpu":"1 vCPU","memory":"2 GB","containerDefinitions":[{"memory":1}]}"#,
        );
        assert_eq!(reserved(&task_level), Resources::new(1024, 2048));
    }

    #[test]
    fn gpus_and_interfaces_are_counted_over_the_task() {
        let task = definition(
            r#"{"family":"a","networkMode":"awsvpc","containerDefinitions":[
                {"resourceRequirements":[{"type":"GPU","value":"2"}]},
                {"resourceRequirements":[{"type":"GPU","value":"1"},{"type":"NeuronDevice","value":"ALL"}]}]}"#,
        );
        assert_eq!((gpus(&task), network_interfaces(&task)), (3, 1));
        assert_eq!(network_interfaces(&TaskDefinition::default()), 0);
    }

    #[test]
    fn static_ports_by_network_mode() {
        let ports = |mode: &str| {
            let json = alloc::format!(
                r#"{{"family":"a","networkMode":"{mode}","containerDefinitions":[{{"portMappings":[
                {{"containerPort":80,"hostPort":8080}},{{"containerPort":81}},
                {{"containerPort":53,"hostPort":53,"protocol":"udp"}}]}}]}}"#
            );
            static_ports(&definition(&json))
                .iter()
                .map(|port| port.port)
                .collect::<Vec<_>>()
        };
        assert_eq!(ports("bridge"), [8080, 53]);
        assert_eq!(ports("host"), [81, 8080, 53]);
        assert!(ports("awsvpc").is_empty());
    }
}
