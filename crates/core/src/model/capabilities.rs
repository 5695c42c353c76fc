//! Attributes that every host has, whatever the document says of it: those that ECS makes and the
//! capabilities that the agent registers (ecs.md 2.9).

use super::catalogue::Architecture;
use crate::design::HostAttribute;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

/// Attributes of a host by name; a capability has no value.
pub type Attributes = BTreeMap<String, Option<String>>;

/// The zone of a host.
pub const AVAILABILITY_ZONE: &str = "ecs.availability-zone";
/// The architecture of its processor.
pub const CPU_ARCHITECTURE: &str = "ecs.cpu-architecture";
/// The family of its operating system.
pub const OS_FAMILY: &str = "ecs.os-family";
/// Present on hosts whose interface was trunked when they were launched (ecs.md 2.6).
pub const TRUNK_ID: &str = "ecs.awsvpc-trunk-id";
const INSTANCE_TYPE: &str = "ecs.instance-type";
const OS_TYPE: &str = "ecs.os-type";
const GPU_CAPABILITY: &str = "ecs.capability.gpu";
const TRUNKING_CAPABILITY: &str = "ecs.capability.task-eni-trunking";

/// Capabilities of a current agent on an ECS-optimized Linux image. Which of them an image really
/// has is not listed by AWS, so we take all that need no set-up of the user's: what is left out
/// here (SELinux, AppArmor, gMSA, FSx for Windows, volume plugins) is a host's own to state.
const CAPABILITIES: &[&str] = &[
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.logging-driver.fluentd",
    "com.amazonaws.ecs.capability.logging-driver.gelf",
    "com.amazonaws.ecs.capability.logging-driver.journald",
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.logging-driver.splunk",
    "com.amazonaws.ecs.capability.logging-driver.syslog",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    "ecs.capability.aws-appmesh",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-restart-policy",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.efs",
    "ecs.capability.efsAuth",
    "ecs.capability.env-files.s3",
    "ecs.capability.execute-command",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.fault-injection",
    "ecs.capability.firelens.fluentbit",
    "ecs.capability.firelens.fluentd",
    "ecs.capability.increased-task-cpu-limit",
    "ecs.capability.logging-driver.awsfirelens",
    "ecs.capability.network.container-port-range",
    "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.secrets.asm.bootstrap.log-driver",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.bootstrap.log-driver",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.service-connect-v1",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eia",
    "ecs.capability.task-eni",
];

/// Whether an attribute is one that an agent registers for what it can do.
#[must_use]
pub fn is_capability(name: &str) -> bool {
    name.starts_with("ecs.capability.") || name.starts_with("com.amazonaws.ecs.capability.")
}

/// What is known of a host without its document's attributes.
pub(super) struct Given<'a> {
    pub(super) zone: &'a str,
    pub(super) instance_type: &'a str,
    pub(super) architecture: Architecture,
    pub(super) gpus: u32,
    pub(super) trunking: bool,
}

/// The attributes of a host. What the document states wins; one that states any capability has
/// told all of them, as a host pasted from DescribeContainerInstances has.
pub(super) fn attributes(given: &Given<'_>, stated: &[HostAttribute<'_>]) -> Attributes {
    let mut all = Attributes::new();
    let made = [
        (AVAILABILITY_ZONE, given.zone),
        (INSTANCE_TYPE, given.instance_type),
        (CPU_ARCHITECTURE, given.architecture.name()),
        (OS_TYPE, "linux"),
        (OS_FAMILY, "LINUX"),
    ];
    all.extend(made.map(|(name, value)| (name.to_string(), Some(value.to_string()))));
    if !stated.iter().any(|(name, _)| is_capability(name)) {
        all.extend(CAPABILITIES.iter().map(|name| ((*name).to_string(), None)));
        let special = [
            (GPU_CAPABILITY, given.gpus > 0),
            (TRUNKING_CAPABILITY, given.trunking),
        ];
        let special = special.into_iter().filter(|(_, has)| *has);
        all.extend(special.map(|(name, _)| (name.to_string(), None)));
    }
    let owned =
        |(name, value): &HostAttribute<'_>| ((*name).to_string(), value.map(ToString::to_string));
    all.extend(stated.iter().map(owned));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taskdef::{TaskDefinition, required_attributes};

    #[test]
    fn a_host_that_states_a_capability_has_stated_all() {
        let given = Given {
            zone: "z",
            instance_type: "m5.large",
            architecture: Architecture::X86,
            gpus: 0,
            trunking: false,
        };
        let plain = attributes(&given, &[]);
        assert!(plain.contains_key("ecs.capability.task-eni"));
        assert_eq!(plain["ecs.instance-type"].as_deref(), Some("m5.large"));
        let stated = attributes(&given, &[("ecs.capability.efs", None)]);
        assert!(!stated.contains_key("ecs.capability.task-eni"));
        assert!(stated.contains_key("ecs.capability.efs"));
    }

    #[test]
    fn what_an_ordinary_task_asks_for_is_there() {
        let text = r#"{"family":"a","networkMode":"awsvpc","taskRoleArn":"r","executionRoleArn":"e","cpu":"16 vCPU",
            "volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1","transitEncryption":"ENABLED"}}],
            "containerDefinitions":[{"name":"a","image":"1.dkr.ecr.us-east-1.amazonaws.com/a:1","privileged":true,
              "healthCheck":{"command":["CMD","true"]},"secrets":[{"name":"S","valueFrom":"arn:aws:ssm:us-east-1:1:parameter/s"}],
              "logConfiguration":{"logDriver":"awslogs"}}]}"#;
        let definition: TaskDefinition = crate::source::read(text).unwrap();
        for name in required_attributes(&definition) {
            assert!(CAPABILITIES.contains(&name.as_str()), "{name}");
        }
    }
}
