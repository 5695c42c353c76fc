//! The capabilities that a host needs to run a task, as AWS lists them in `requiresAttributes`.
//!
//! The names are those that the agent registers (ecs.md 2.9, agent_capability.go). Which member
//! asks for which is not documented but for a few; we infer it from the names. Versions of Docker's
//! API (`docker-remote-api.1.xx`) are left out: which member asks for which is not known.

use super::{
    ContainerDefinition, FirelensType, LogDriver, NetworkMode, ResourceType, Switch,
    TaskDefinition, Volume, cpu_units,
};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

/// Task CPU, in CPU units, above which the agent has to know the raised limit (10 vCPU).
const TASK_CPU_OF_OLD: u32 = 10 * 1024;

/// The names of the capabilities, each once, in alphabetical order.
#[must_use]
pub fn required_attributes(definition: &TaskDefinition) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    of_task(definition, &mut names);
    for container in &definition.container_definitions {
        of_container(definition, container, &mut names);
    }
    for volume in definition.volumes.iter().flatten() {
        of_volume(volume, &mut names);
    }
    names
}

/// A capability of the agent's older naming.
fn old(name: &str) -> String {
    format!("com.amazonaws.ecs.capability.{name}")
}

/// A capability of its newer naming.
fn new(name: &str) -> String {
    format!("ecs.capability.{name}")
}

fn given<T>(list: Option<&alloc::vec::Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

fn of_task(definition: &TaskDefinition, names: &mut BTreeSet<String>) {
    if definition.network_mode == Some(NetworkMode::Awsvpc) {
        names.insert(new("task-eni"));
    }
    if definition
        .task_role_arn
        .as_ref()
        .is_some_and(|role| !role.is_empty())
    {
        let on_host = definition.network_mode == Some(NetworkMode::Host);
        names.insert(old(if on_host {
            "task-iam-role-network-host"
        } else {
            "task-iam-role"
        }));
    }
    let cpu = definition.cpu.as_deref().and_then(cpu_units);
    if cpu.is_some() || definition.memory.is_some() {
        names.insert(new("task-cpu-mem-limit"));
    }
    if cpu.is_some_and(|units| units > TASK_CPU_OF_OLD) {
        names.insert(new("increased-task-cpu-limit"));
    }
    if definition.pid_mode.is_some() || definition.ipc_mode.is_some() {
        names.insert(new("pid-ipc-namespace-sharing"));
    }
    if definition.proxy_configuration.is_some() {
        names.insert(new("aws-appmesh"));
    }
    if given(definition.inference_accelerators.as_ref()) {
        names.insert(new("task-eia"));
    }
    if definition.enable_fault_injection == Some(true) {
        names.insert(new("fault-injection"));
    }
}

fn of_container(
    definition: &TaskDefinition,
    container: &ContainerDefinition,
    names: &mut BTreeSet<String>,
) {
    let by_execution_role = definition
        .execution_role_arn
        .as_ref()
        .is_some_and(|it| !it.is_empty());
    let flags = [
        (
            container.privileged == Some(true),
            old("privileged-container"),
        ),
        (
            container.health_check.is_some(),
            new("container-health-check"),
        ),
        (
            given(container.depends_on.as_ref()),
            new("container-ordering"),
        ),
        (
            container.restart_policy.is_some(),
            new("container-restart-policy"),
        ),
        (
            given(container.environment_files.as_ref()),
            new("env-files.s3"),
        ),
        (
            container.repository_credentials.is_some(),
            new("private-registry-authentication.secretsmanager"),
        ),
        (given(container.credential_specs.as_ref()), new("gmsa")),
        (
            container
                .ports()
                .iter()
                .any(|it| it.container_port_range.is_some()),
            new("network.container-port-range"),
        ),
    ];
    names.extend(
        flags
            .into_iter()
            .filter(|(needed, _)| *needed)
            .map(|(_, name)| name),
    );
    if container.image.contains(".dkr.ecr.") {
        names.insert(old("ecr-auth"));
        if by_execution_role {
            names.insert(new("execution-role-ecr-pull"));
        }
    }
    for option in container.docker_security_options.iter().flatten() {
        let kind = option.split(':').next().unwrap_or_default();
        match kind {
            "label" => names.insert(old("selinux")),
            "apparmor" => names.insert(old("apparmor")),
            "credentialspec" => names.insert(new("gmsa")),
            _ => false,
        };
    }
    for secret in container.secrets.iter().flatten() {
        names.insert(new(&format!(
            "secrets.{}.environment-variables",
            store(&secret.value_from)
        )));
    }
    let requirements = container.resource_requirements.iter().flatten();
    if requirements
        .clone()
        .any(|it| it.kind == Some(ResourceType::Gpu))
    {
        names.insert(new("gpu"));
    }
    logs(container, by_execution_role, names);
}

/// Which store a secret comes from: Secrets Manager or Parameter Store.
fn store(value_from: &str) -> &'static str {
    if value_from.contains(":secretsmanager:") {
        "asm"
    } else {
        "ssm"
    }
}

fn logs(container: &ContainerDefinition, by_execution_role: bool, names: &mut BTreeSet<String>) {
    if let Some(firelens) = container
        .firelens_configuration
        .as_ref()
        .and_then(|it| it.kind)
    {
        names.insert(new(match firelens {
            FirelensType::Fluentd => "firelens.fluentd",
            FirelensType::Fluentbit => "firelens.fluentbit",
        }));
    }
    let Some(log) = &container.log_configuration else {
        return;
    };
    for secret in log.secret_options.iter().flatten() {
        let store = store(&secret.value_from);
        names.insert(new(&format!("secrets.{store}.bootstrap.log-driver")));
    }
    match log.log_driver {
        None => {}
        Some(LogDriver::Awsfirelens) => {
            names.insert(new("logging-driver.awsfirelens"));
        }
        Some(driver) => {
            names.insert(old(&format!("logging-driver.{}", driver.name())));
            if driver == LogDriver::Awslogs && by_execution_role {
                names.insert(new("execution-role-awslogs"));
            }
        }
    }
}

fn of_volume(volume: &Volume, names: &mut BTreeSet<String>) {
    if let Some(efs) = &volume.efs_volume_configuration {
        names.insert(new("efs"));
        let authorization = efs.authorization_config.is_some();
        if authorization || efs.transit_encryption == Some(Switch::Enabled) {
            names.insert(new("efsAuth"));
        }
    }
    if volume.fsx_volume_configuration.is_some() {
        names.insert(new("fsxWindowsFileServer"));
    }
    let docker = volume.docker_volume_configuration.as_ref();
    if let Some(driver) = docker.and_then(|docker| docker.driver.as_deref())
        && driver != "local"
    {
        names.insert(new(&format!("docker-plugin.{driver}")).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn capabilities_follow_from_what_is_used() {
        let text = r#"{"family":"a","networkMode":"awsvpc","taskRoleArn":"r","executionRoleArn":"e","cpu":"16 vCPU",
            "volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1"}}],
            "containerDefinitions":[{"name":"a","image":"1.dkr.ecr.us-east-1.amazonaws.com/a:1",
              "healthCheck":{"command":["CMD","true"]},"secrets":[{"name":"S","valueFrom":"arn:aws:ssm:us-east-1:1:parameter/s"}],
              "logConfiguration":{"logDriver":"awslogs"}}]}"#;
        let definition: TaskDefinition = crate::source::read(text).unwrap();
        let names: Vec<String> = required_attributes(&definition).into_iter().collect();
        assert_eq!(
            names,
            [
                "com.amazonaws.ecs.capability.ecr-auth",
                "com.amazonaws.ecs.capability.logging-driver.awslogs",
                "com.amazonaws.ecs.capability.task-iam-role",
                "ecs.capability.container-health-check",
                "ecs.capability.efs",
                "ecs.capability.execution-role-awslogs",
                "ecs.capability.execution-role-ecr-pull",
                "ecs.capability.increased-task-cpu-limit",
                "ecs.capability.secrets.ssm.environment-variables",
                "ecs.capability.task-cpu-mem-limit",
                "ecs.capability.task-eni",
            ]
        );
        assert!(required_attributes(&TaskDefinition::default()).is_empty());
    }
}
