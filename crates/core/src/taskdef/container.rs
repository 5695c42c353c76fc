//! A container within a task definition, member for member (task-definition.md 1.1).

use super::choices::{
    AppProtocol, Condition, DevicePermission, EnvironmentFileType, FirelensType, LogDriver,
    Protocol, ResourceType, UlimitName, VersionConsistency,
};
use super::shape::structure;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

structure! {
    /// One container of a task definition.
    ContainerDefinition {
        /// Name, unique within the definition: 1 to 255 letters, digits, hyphens and underscores.
        name: String = "name",
        /// Image reference, with tag or digest.
        image: String = "image",
        /// Secret with the user and password of a private registry.
        repository_credentials: Option<RepositoryCredentials> = "repositoryCredentials",
        /// CPU that placement reserves and the container's share when CPU is scarce; 1024 are one vCPU, absent or 0 reserves none.
        cpu: Option<u32> = "cpu" in "CPU units",
        /// Hard limit: above it the container is killed.
        memory: Option<u32> = "memory" in "MiB",
        /// Soft limit: what placement reserves where given.
        memory_reservation: Option<u32> = "memoryReservation" in "MiB",
        /// Other containers to reach by name, as `name` or `name:alias`; bridge mode only.
        links: Option<Vec<String>> = "links",
        /// Published ports.
        port_mappings: Option<Vec<PortMapping>> = "portMappings",
        /// Whether the task ends with this container; absent means true.
        essential: Option<bool> = "essential",
        /// Restarts the container in place when it ends.
        restart_policy: Option<ContainerRestartPolicy> = "restartPolicy",
        /// Overrides the image's ENTRYPOINT; the image's CMD is then ignored too.
        entry_point: Option<Vec<String>> = "entryPoint",
        /// Overrides the image's CMD.
        command: Option<Vec<String>> = "command",
        /// Environment variables; not for secrets.
        environment: Option<Vec<KeyValuePair>> = "environment",
        /// Files of environment variables in S3, at most 10.
        environment_files: Option<Vec<EnvironmentFile>> = "environmentFiles",
        /// Volumes of the task, mounted into the container.
        mount_points: Option<Vec<MountPoint>> = "mountPoints",
        /// Containers whose volumes are mounted here too.
        volumes_from: Option<Vec<VolumeFrom>> = "volumesFrom",
        /// Settings of Linux.
        linux_parameters: Option<LinuxParameters> = "linuxParameters",
        /// Environment variables out of Secrets Manager or Parameter Store.
        secrets: Option<Vec<Secret>> = "secrets",
        /// What has to happen to other containers before this one starts.
        depends_on: Option<Vec<ContainerDependency>> = "dependsOn",
        /// How long containers that depend on this one wait for it; absent means 3 minutes.
        start_timeout: Option<u32> = "startTimeout" in "seconds",
        /// Time between the stop signal and SIGKILL; absent means 30, at most 120 on Fargate.
        stop_timeout: Option<u32> = "stopTimeout" in "seconds",
        /// Whether the image tag is resolved to a digest once per deployment; absent means enabled.
        version_consistency: Option<VersionConsistency> = "versionConsistency",
        /// Host name inside the container; not in awsvpc mode.
        hostname: Option<String> = "hostname",
        /// User to run as: user, user:group, uid, uid:gid, user:gid or uid:group.
        user: Option<String> = "user",
        /// Working directory inside the container.
        working_directory: Option<String> = "workingDirectory",
        /// Takes the network away from the container.
        disable_networking: Option<bool> = "disableNetworking",
        /// Gives the container nearly all rights on its host; not on Fargate.
        privileged: Option<bool> = "privileged",
        /// Whether the root file system is read-only.
        readonly_root_filesystem: Option<bool> = "readonlyRootFilesystem",
        /// DNS servers of the container; not in awsvpc mode.
        dns_servers: Option<Vec<String>> = "dnsServers",
        /// DNS search domains of the container; not in awsvpc mode.
        dns_search_domains: Option<Vec<String>> = "dnsSearchDomains",
        /// Lines for /etc/hosts; not in awsvpc mode.
        extra_hosts: Option<Vec<HostEntry>> = "extraHosts",
        /// Labels for SELinux and AppArmor, no-new-privileges, or a credential spec; not on Fargate.
        docker_security_options: Option<Vec<String>> = "dockerSecurityOptions",
        /// Keeps standard input open.
        interactive: Option<bool> = "interactive",
        /// Gives the container a terminal.
        pseudo_terminal: Option<bool> = "pseudoTerminal",
        /// Labels put on the Docker container.
        docker_labels: Option<BTreeMap<String, String>> = "dockerLabels",
        /// Resource limits; on Fargate only nofile.
        ulimits: Option<Vec<Ulimit>> = "ulimits",
        /// Where the container's output goes; absent means Docker's own files.
        log_configuration: Option<LogConfiguration> = "logConfiguration",
        /// Container health check; the image's own is ignored by ECS.
        health_check: Option<HealthCheck> = "healthCheck",
        /// Kernel parameters of the container's namespaces.
        system_controls: Option<Vec<SystemControl>> = "systemControls",
        /// Graphics processors and other devices.
        resource_requirements: Option<Vec<ResourceRequirement>> = "resourceRequirements",
        /// Makes this container the task's log router.
        firelens_configuration: Option<FirelensConfiguration> = "firelensConfiguration",
        /// Credential spec for gMSA, at most one.
        credential_specs: Option<Vec<String>> = "credentialSpecs",
    }

    /// Credentials of a private registry.
    RepositoryCredentials {
        /// ARN or name of the Secrets Manager secret.
        credentials_parameter: String = required "credentialsParameter",
    }

    /// One published port, or a range of them.
    PortMapping {
        /// Port inside the container, 1 to 65535.
        container_port: Option<u16> = "containerPort",
        /// Port on the host; absent or 0 in bridge mode means a dynamic port.
        host_port: Option<u16> = "hostPort",
        /// Protocol; absent means tcp.
        protocol: Option<Protocol> = "protocol",
        /// Name for Service Connect, unique in the definition.
        name: Option<String> = "name",
        /// What is spoken on the port, for Service Connect; absent means plain TCP.
        app_protocol: Option<AppProtocol> = "appProtocol",
        /// Ports inside the container, `first-last`, in place of containerPort.
        container_port_range: Option<String> = "containerPortRange",
    }

    /// Restarting a container in place.
    ContainerRestartPolicy {
        /// Whether it is restarted at all.
        enabled: Option<bool> = required "enabled",
        /// Exit codes after which it is not restarted, at most 50.
        ignored_exit_codes: Option<Vec<i32>> = "ignoredExitCodes",
        /// Time that it has to have run to be restarted, 60 to 1800; absent means 300.
        restart_attempt_period: Option<u32> = "restartAttemptPeriod" in "seconds",
    }

    /// A name and its value.
    KeyValuePair {
        /// Name.
        name: String = "name",
        /// Value; the empty text is a value, absence is none.
        value: Option<String> = "value",
    }

    /// A file of environment variables.
    EnvironmentFile {
        /// ARN of an object whose name ends in `.env`.
        value: String = required "value",
        /// Where it lies.
        kind: Option<EnvironmentFileType> = required "type",
    }

    /// A volume mounted into a container.
    MountPoint {
        /// Name of the volume.
        source_volume: Option<String> = "sourceVolume",
        /// Path inside the container.
        container_path: Option<String> = "containerPath",
        /// Whether the container cannot write to it; absent means false.
        read_only: Option<bool> = "readOnly",
    }

    /// Volumes of another container.
    VolumeFrom {
        /// That container.
        source_container: Option<String> = "sourceContainer",
        /// Whether this container cannot write to them; absent means false.
        read_only: Option<bool> = "readOnly",
    }

    /// Settings of Linux.
    LinuxParameters {
        /// Rights beyond and below Docker's default.
        capabilities: Option<KernelCapabilities> = "capabilities",
        /// Devices of the host; not on Fargate.
        devices: Option<Vec<Device>> = "devices",
        /// Runs an init process that forwards signals and reaps children.
        init_process_enabled: Option<bool> = "initProcessEnabled",
        /// Size of /dev/shm; not on Fargate.
        shared_memory_size: Option<i32> = "sharedMemorySize" in "MiB",
        /// File systems in memory.
        tmpfs: Option<Vec<Tmpfs>> = "tmpfs",
        /// Swap space beyond the memory; 0 means none. Not on Fargate.
        max_swap: Option<i32> = "maxSwap" in "MiB",
        /// Readiness to swap, 0 to 100; absent means 60. Not on Fargate.
        swappiness: Option<i32> = "swappiness",
    }

    /// Rights of a container, by Linux's names without CAP_.
    KernelCapabilities {
        /// Rights beyond Docker's default; on Fargate only SYS_PTRACE.
        add: Option<Vec<String>> = "add",
        /// Rights taken away.
        drop: Option<Vec<String>> = "drop",
    }

    /// A device of the host.
    Device {
        /// Its path on the host.
        host_path: String = required "hostPath",
        /// Its path in the container; absent means the same.
        container_path: Option<String> = "containerPath",
        /// What the container may do with it; absent means all.
        permissions: Option<Vec<DevicePermission>> = "permissions",
    }

    /// A file system in memory.
    Tmpfs {
        /// Where it is mounted.
        container_path: String = required "containerPath",
        /// Its size, at least 1.
        size: Option<i32> = required "size" in "MiB",
        /// Options of mount.
        mount_options: Option<Vec<String>> = "mountOptions",
    }

    /// A secret, as an environment variable or an option of a log driver.
    Secret {
        /// Name.
        name: String = required "name",
        /// ARN of the secret or parameter, or the parameter's name in the same Region.
        value_from: String = required "valueFrom",
    }

    /// An edge of the start order.
    ContainerDependency {
        /// The container waited for.
        container_name: String = required "containerName",
        /// What has to happen to it.
        condition: Option<Condition> = required "condition",
    }

    /// A line of /etc/hosts.
    HostEntry {
        /// Host name.
        hostname: String = required "hostname",
        /// Address.
        ip_address: String = required "ipAddress",
    }

    /// A resource limit.
    Ulimit {
        /// Which.
        name: Option<UlimitName> = required "name",
        /// Limit that the process may raise itself; -1 means none.
        soft_limit: Option<i32> = required "softLimit",
        /// Limit of the soft one; -1 means none.
        hard_limit: Option<i32> = required "hardLimit",
    }

    /// Where a container's output goes.
    LogConfiguration {
        /// The driver.
        log_driver: Option<LogDriver> = required "logDriver",
        /// The driver's options.
        options: Option<BTreeMap<String, String>> = "options",
        /// Options whose values are secrets.
        secret_options: Option<Vec<Secret>> = "secretOptions",
    }

    /// A container health check (ecs.md 1.7).
    HealthCheck {
        /// The command, beginning with CMD or CMD-SHELL.
        command: Vec<String> = required "command",
        /// Time between checks, 5 to 300; absent means 30.
        interval: Option<u32> = "interval" in "seconds",
        /// Time until a check counts as failed, 2 to 60; absent means 5.
        timeout: Option<u32> = "timeout" in "seconds",
        /// Failures until UNHEALTHY, 1 to 10; absent means 3.
        retries: Option<u32> = "retries",
        /// Time at the start during which failures do not count, 0 to 300; absent means 0.
        start_period: Option<u32> = "startPeriod" in "seconds",
    }

    /// A kernel parameter.
    SystemControl {
        /// Its name, such as net.core.somaxconn.
        namespace: Option<String> = "namespace",
        /// Its value.
        value: Option<String> = "value",
    }

    /// A resource beside CPU and memory.
    ResourceRequirement {
        /// How many GPUs, `ALL`, or the name of an accelerator.
        value: Option<String> = "value",
        /// Which resource.
        kind: Option<ResourceType> = required "type",
        /// How a device is shared; excludes value.
        sharing_strategy: Option<SharingStrategy> = "sharingStrategy",
    }

    /// How a device is shared between tasks.
    SharingStrategy {
        /// By NVIDIA's Multi-Process Service.
        nvidia_mps: Option<NvidiaMpsAllocation> = "nvidiaMps",
    }

    /// A share of a GPU.
    NvidiaMpsAllocation {
        /// Memory of the GPU, at least 1.
        memory: Option<i32> = required "memory" in "MiB",
        /// Most of the GPU's compute time, 1 to 100.
        max_compute_percent: Option<i32> = "maxComputePercent" in "%",
    }

    /// A log router.
    FirelensConfiguration {
        /// Its program.
        kind: Option<FirelensType> = required "type",
        /// Its options.
        options: Option<BTreeMap<String, String>> = "options",
    }
}

impl ContainerDefinition {
    /// Whether the task stops with this container (default true, ecs.md 1.4).
    #[must_use]
    pub fn is_essential(&self) -> bool {
        self.essential.unwrap_or(true)
    }

    /// The published ports, none if absent.
    #[must_use]
    pub fn ports(&self) -> &[PortMapping] {
        self.port_mappings.as_deref().unwrap_or_default()
    }
}
