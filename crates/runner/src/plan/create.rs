//! What Docker is told of one container (task-definition.md 4.2).

use super::NewTask;
use crate::labels::Labels;
use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, PortBinding, RestartPolicy,
    RestartPolicyNameEnum,
};
use std::collections::BTreeMap;
use stowplan_core::id::TaskId;
use stowplan_core::taskdef::{
    ContainerDefinition, HealthCheck, NetworkMode, PortMapping, Protocol, memory_mib,
};

const MIB: i64 = 1024 * 1024;

/// Least memory that Docker takes, in MiB (measured, task-definition.md 4.9).
const MEMORY_MIB_MIN: u32 = 6;

/// CPU shares that the kernel takes; ECS's agent clamps to them (task-definition.md 4.2).
const CPU_SHARES: std::ops::RangeInclusive<u32> = 2..=262_144;

/// `ecs-<family>-<revision>-<container>-<20 hex>`, as ECS's agent names containers; the digits
/// are the task's first 18 and the container's place, so that a name is known without asking.
pub(crate) fn container_name(task: &NewTask<'_>, container: usize) -> String {
    let definition = &task.definition.container_definitions[container];
    let sanitised: String = definition
        .name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    format!(
        "{NAME_HEAD}{}-{}-{sanitised}{}",
        task.definition.family,
        task.revision,
        name_tail(task.task, container)
    )
}

/// Whether `name` is that of the container at place `container` of `task`.
pub(crate) fn is_name_of(name: &str, task: TaskId, container: usize) -> bool {
    name.starts_with(NAME_HEAD) && name.ends_with(&name_tail(task, container))
}

const NAME_HEAD: &str = "ecs-";

fn name_tail(TaskId(id): TaskId, container: usize) -> String {
    let digits = format!("{id:032x}");
    format!("-{}{container:02x}", &digits[..18])
}

/// The body of the create call.
pub(super) fn body(task: &NewTask<'_>, container: usize) -> ContainerCreateBody {
    let definition = &task.definition.container_definitions[container];
    let ports = published(task, definition);
    let list = |items: &Option<Vec<String>>| items.clone().filter(|items| !items.is_empty());
    ContainerCreateBody {
        image: Some(definition.image.clone()),
        cmd: list(&definition.command),
        entrypoint: list(&definition.entry_point),
        env: definition.environment.as_ref().map(|pairs| {
            pairs
                .iter()
                .map(|pair| {
                    format!(
                        "{}={}",
                        pair.name,
                        pair.value.as_deref().unwrap_or_default()
                    )
                })
                .collect()
        }),
        working_dir: definition.working_directory.clone(),
        user: definition.user.clone(),
        hostname: definition.hostname.clone(),
        healthcheck: Some(health_check(definition.health_check.as_ref())),
        exposed_ports: (!ports.is_empty()).then(|| ports.keys().cloned().collect()),
        labels: Some(labels(task, container, definition)),
        host_config: Some(host_config(task, definition, ports)),
        ..ContainerCreateBody::default()
    }
}

fn labels<M: FromIterator<(String, String)>>(
    task: &NewTask<'_>,
    container: usize,
    definition: &ContainerDefinition,
) -> M {
    let ours = Labels {
        task: task.task,
        service: task.service.to_owned(),
        deployment: task.deployment,
        family: task.definition.family.clone(),
        revision: task.revision,
        container,
        container_name: definition.name.clone(),
        definition: crate::labels::content(task.definition),
    };
    let theirs = definition.docker_labels.clone().unwrap_or_default();
    let mut labels: BTreeMap<String, String> = theirs;
    labels.extend(ours.write());
    labels.into_iter().collect()
}

fn host_config(
    task: &NewTask<'_>,
    definition: &ContainerDefinition,
    ports: BTreeMap<String, Vec<PortBinding>>,
) -> HostConfig {
    // Without a limit of its own a container may use what the whole task may.
    let task_memory = || task.definition.memory.as_deref().and_then(memory_mib);
    let memory = definition
        .memory
        .filter(|mib| *mib > 0)
        .or_else(task_memory);
    let bytes = |mib: u32| i64::from(mib.max(MEMORY_MIB_MIN)) * MIB;
    let soft = definition.memory_reservation.filter(|mib| *mib > 0);
    let shares = definition
        .cpu
        .unwrap_or(0)
        .clamp(*CPU_SHARES.start(), *CPU_SHARES.end());
    HostConfig {
        cpu_shares: Some(i64::from(shares)),
        memory: memory.map(bytes),
        memory_reservation: soft.map(bytes),
        readonly_rootfs: definition.readonly_root_filesystem,
        network_mode: Some(network_mode(task.definition.network_mode()).to_owned()),
        port_bindings: (!ports.is_empty()).then(|| {
            ports
                .into_iter()
                .map(|(port, bindings)| (port, Some(bindings)))
                .collect()
        }),
        // The scheduler replaces tasks; Docker must not bring containers back behind its back.
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        ..HostConfig::default()
    }
}

const fn network_mode(mode: NetworkMode) -> &'static str {
    match mode {
        NetworkMode::Bridge | NetworkMode::Awsvpc => "bridge",
        NetworkMode::Host => "host",
        NetworkMode::None => "none",
    }
}

/// Published ports as `8080/tcp` → host ports. An empty host port lets Docker choose a free one,
/// which cannot collide with another process; ECS's agent chooses and probes itself. On `host`
/// and `none` networks Docker publishes nothing.
fn published(
    task: &NewTask<'_>,
    definition: &ContainerDefinition,
) -> BTreeMap<String, Vec<PortBinding>> {
    let mode = task.definition.network_mode();
    let mut ports: BTreeMap<String, Vec<PortBinding>> = BTreeMap::new();
    if matches!(mode, NetworkMode::Host | NetworkMode::None) {
        return ports;
    }
    for mapping in definition.ports() {
        let Some(container_port) = mapping.container_port else {
            continue;
        };
        let key = format!("{container_port}/{}", protocol(mapping));
        let fixed = mapping
            .host_port
            .filter(|port| *port > 0 && mode == NetworkMode::Bridge);
        let host_port = fixed.map(|port| port.to_string()).unwrap_or_default();
        let binding = PortBinding {
            host_ip: Some(String::new()),
            host_port: Some(host_port),
        };
        ports.entry(key).or_default().push(binding);
    }
    ports
}

fn protocol(mapping: &PortMapping) -> &'static str {
    match mapping.protocol.unwrap_or_default() {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    }
}

/// Defaults are sent as numbers (ecs.md 1.7). Without a check the image's own is switched off:
/// Docker would run it and ECS ignores it.
fn health_check(check: Option<&HealthCheck>) -> HealthConfig {
    let Some(check) = check else {
        return HealthConfig {
            test: Some(vec!["NONE".into()]),
            ..HealthConfig::default()
        };
    };
    let nanoseconds = |seconds: u32| i64::from(seconds) * 1_000_000_000;
    HealthConfig {
        test: Some(check.command.clone()),
        interval: Some(nanoseconds(check.interval.unwrap_or(30))),
        timeout: Some(nanoseconds(check.timeout.unwrap_or(5))),
        retries: Some(i64::from(check.retries.unwrap_or(3))),
        start_period: Some(nanoseconds(check.start_period.unwrap_or(0))),
        ..HealthConfig::default()
    }
}
