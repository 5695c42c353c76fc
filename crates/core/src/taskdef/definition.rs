//! A task definition, member for member (task-definition.md 1.1 and 1.2).

use super::choices::{
    ConstraintType, CpuArchitecture, IpcMode, IsolationMode, LaunchType, NetworkMode,
    OperatingSystemFamily, PidMode, ProxyType,
};
use super::shape::structure;
use super::{ContainerDefinition, KeyValuePair, Volume};
use alloc::string::String;
use alloc::vec::Vec;

structure! {
    /// One revision of a family: what RegisterTaskDefinition takes.
    TaskDefinition {
        /// Name of the family, 1 to 255 letters, digits, hyphens and underscores.
        family: String = required "family",
        /// Role that the containers act as.
        task_role_arn: Option<String> = "taskRoleArn",
        /// Role that ECS pulls images, reads secrets and writes logs with.
        execution_role_arn: Option<String> = "executionRoleArn",
        /// How containers reach the network; absent means bridge on Linux, Fargate needs awsvpc.
        network_mode: Option<NetworkMode> = "networkMode",
        /// The containers, at most 10.
        container_definitions: Vec<ContainerDefinition> = required "containerDefinitions",
        /// Volumes that containers can mount.
        volumes: Option<Vec<Volume>> = "volumes",
        /// Which hosts may run the task, at most 10; not on Fargate.
        placement_constraints: Option<Vec<TaskDefinitionPlacementConstraint>> = "placementConstraints",
        /// Where the definition is to be able to run; AWS checks it for these.
        requires_compatibilities: Option<Vec<LaunchType>> = "requiresCompatibilities",
        /// CPU of the whole task: `"512"` or `"0.5 vCPU"`; 128 to 196608, on Fargate certain values.
        cpu: Option<String> = "cpu" in "CPU units",
        /// Memory of the whole task: `"1024"` or `"1 GB"`; on Fargate certain values for each CPU.
        memory: Option<String> = "memory" in "MiB",
        /// Tags of the revision, at most 50.
        tags: Option<Vec<Tag>> = "tags",
        /// Whose process ids containers see; on Fargate only task.
        pid_mode: Option<PidMode> = "pidMode",
        /// Whose shared memory containers see; not on Fargate.
        ipc_mode: Option<IpcMode> = "ipcMode",
        /// The proxy container of App Mesh.
        proxy_configuration: Option<ProxyConfiguration> = "proxyConfiguration",
        /// Elastic Inference accelerators; the service has been retired.
        inference_accelerators: Option<Vec<InferenceAccelerator>> = "inferenceAccelerators",
        /// Size of the task's own disk on Fargate; absent means 20 GiB.
        ephemeral_storage: Option<EphemeralStorage> = "ephemeralStorage",
        /// Processor and operating system; absent means X86_64 and LINUX on Fargate.
        runtime_platform: Option<RuntimePlatform> = "runtimePlatform",
        /// Lets AWS FIS disturb the task; awsvpc or host mode, not Windows.
        enable_fault_injection: Option<bool> = "enableFaultInjection",
        /// How the task is kept apart from others; Managed Instances only.
        trusted_execution_configuration: Option<TrustedExecutionConfiguration> = "trustedExecutionConfiguration",
        /// The revision number that AWS gave; output only, never exported for registration.
        revision: Option<u32> = "revision",
    }

    /// An expression that hosts have to match.
    TaskDefinitionPlacementConstraint {
        /// Always memberOf.
        kind: Option<ConstraintType> = "type",
        /// Expression of the cluster query language.
        expression: Option<String> = "expression",
    }

    /// A tag.
    Tag {
        /// Key, 1 to 128 characters, not beginning with `aws:`.
        key: Option<String> = "key",
        /// Value, at most 256 characters.
        value: Option<String> = "value",
    }

    /// The proxy container of App Mesh.
    ProxyConfiguration {
        /// Always APPMESH.
        kind: Option<ProxyType> = "type",
        /// The proxy container.
        container_name: String = required "containerName",
        /// What the proxy takes and leaves.
        properties: Option<Vec<KeyValuePair>> = "properties",
    }

    /// An Elastic Inference accelerator.
    InferenceAccelerator {
        /// Name that a container asks for.
        device_name: String = required "deviceName",
        /// Type, such as eia2.medium.
        device_type: String = required "deviceType",
    }

    /// The task's own disk on Fargate.
    EphemeralStorage {
        /// Size, 21 to 200.
        size_in_gib: Option<i32> = required "sizeInGiB" in "GiB",
    }

    /// Processor and operating system.
    RuntimePlatform {
        /// Processor architecture.
        cpu_architecture: Option<CpuArchitecture> = "cpuArchitecture",
        /// Operating system.
        operating_system_family: Option<OperatingSystemFamily> = "operatingSystemFamily",
    }

    /// How the task is kept apart from others.
    TrustedExecutionConfiguration {
        /// How strictly.
        isolation_mode: Option<IsolationMode> = required "isolationMode",
        /// What an attested sandbox has to show; needed for a confidential one.
        attestation_policy: Option<String> = "attestationPolicy",
    }
}

/// Members of a description that registration does not take: AWS makes them
/// (task-definition.md 1.2). They stay in the document and are left out of the export.
pub const OUTPUT_ONLY: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "deregisteredAt",
    "deleteRequestedAt",
    "registeredBy",
];

impl TaskDefinition {
    /// The network mode in force: `bridge` where none is stated (task-definition.md T06, Linux).
    #[must_use]
    pub fn network_mode(&self) -> NetworkMode {
        self.network_mode.unwrap_or(NetworkMode::Bridge)
    }
}
