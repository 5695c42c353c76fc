//! The texts that members of a task definition may be one of (task-definition.md 1.1).

use super::shape::choice;

choice! {
    /// How the containers of a task reach the network; absent means `bridge` on Linux.
    NetworkMode {
        /// Docker's bridge; host ports are published.
        Bridge = "bridge",
        /// The host's own network.
        Host = "host",
        /// A network interface of the task's own.
        Awsvpc = "awsvpc",
        /// No network.
        None = "none",
    }

    /// Where tasks can run.
    LaunchType {
        /// EC2 instances of one's own.
        Ec2 = "EC2",
        /// Fargate.
        Fargate = "FARGATE",
        /// Hosts outside AWS (ECS Anywhere).
        External = "EXTERNAL",
        /// EC2 instances that ECS manages.
        ManagedInstances = "MANAGED_INSTANCES",
    }

    /// Whose process ids containers see.
    PidMode {
        /// The host's.
        Host = "host",
        /// Those of the task.
        Task = "task",
    }

    /// Whose shared memory and semaphores containers see.
    IpcMode {
        /// The host's.
        Host = "host",
        /// Those of the task.
        Task = "task",
        /// Only their own.
        None = "none",
    }

    /// Transport protocol of a port.
    Protocol {
        /// TCP, the default.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }

    /// What Service Connect speaks on a port.
    AppProtocol {
        /// HTTP/1.1.
        Http = "http",
        /// HTTP/2.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
    }

    /// What a dependent container waits for.
    Condition {
        /// The container has started.
        Start = "START",
        /// It has ended.
        Complete = "COMPLETE",
        /// It has ended with exit code 0.
        Success = "SUCCESS",
        /// Its health check passes.
        Healthy = "HEALTHY",
    }

    /// Whether an image tag is resolved to a digest once per deployment.
    VersionConsistency {
        /// It is, the default.
        Enabled = "enabled",
        /// Every task resolves it anew.
        Disabled = "disabled",
    }

    /// Where a file of environment variables lies.
    EnvironmentFileType {
        /// In S3.
        S3 = "s3",
    }

    /// Where a container's output goes.
    LogDriver {
        /// Files of Docker.
        JsonFile = "json-file",
        /// syslog.
        Syslog = "syslog",
        /// systemd's journal.
        Journald = "journald",
        /// Graylog.
        Gelf = "gelf",
        /// Fluentd.
        Fluentd = "fluentd",
        /// CloudWatch Logs.
        Awslogs = "awslogs",
        /// Splunk.
        Splunk = "splunk",
        /// A log router in the task.
        Awsfirelens = "awsfirelens",
    }

    /// Program of a log router.
    FirelensType {
        /// Fluentd.
        Fluentd = "fluentd",
        /// Fluent Bit.
        Fluentbit = "fluentbit",
    }

    /// A resource limit of Linux.
    UlimitName {
        /// Size of a core dump.
        Core = "core",
        /// CPU seconds.
        Cpu = "cpu",
        /// Size of the data segment.
        Data = "data",
        /// Size of a file.
        Fsize = "fsize",
        /// File locks.
        Locks = "locks",
        /// Locked memory.
        Memlock = "memlock",
        /// Bytes in message queues.
        Msgqueue = "msgqueue",
        /// Nice priority.
        Nice = "nice",
        /// Open files.
        Nofile = "nofile",
        /// Processes.
        Nproc = "nproc",
        /// Resident set.
        Rss = "rss",
        /// Real-time priority.
        Rtprio = "rtprio",
        /// Real-time microseconds.
        Rttime = "rttime",
        /// Pending signals.
        Sigpending = "sigpending",
        /// Size of the stack.
        Stack = "stack",
    }

    /// What a container may do with a device.
    DevicePermission {
        /// Read it.
        Read = "read",
        /// Write to it.
        Write = "write",
        /// Make device files.
        Mknod = "mknod",
    }

    /// A resource beside CPU and memory.
    ResourceType {
        /// Graphics processors.
        Gpu = "GPU",
        /// Elastic Inference, which has been retired.
        InferenceAccelerator = "InferenceAccelerator",
        /// Neuron devices.
        NeuronDevice = "NeuronDevice",
    }

    /// How long a Docker volume lives.
    VolumeScope {
        /// As long as the task, the default.
        Task = "task",
        /// Until it is removed by hand.
        Shared = "shared",
    }

    /// On or off, as volumes have it.
    Switch {
        /// On.
        Enabled = "ENABLED",
        /// Off.
        Disabled = "DISABLED",
    }

    /// How a task definition restricts hosts.
    ConstraintType {
        /// By an expression of the cluster query language.
        MemberOf = "memberOf",
    }

    /// Kind of proxy.
    ProxyType {
        /// App Mesh.
        Appmesh = "APPMESH",
    }

    /// Processor architecture.
    CpuArchitecture {
        /// Intel and AMD.
        X8664 = "X86_64",
        /// Graviton.
        Arm64 = "ARM64",
    }

    /// Operating system of the containers.
    OperatingSystemFamily {
        /// Linux, the default.
        Linux = "LINUX",
        /// Windows Server 2019, full.
        WindowsServer2019Full = "WINDOWS_SERVER_2019_FULL",
        /// Windows Server 2019, core.
        WindowsServer2019Core = "WINDOWS_SERVER_2019_CORE",
        /// Windows Server 2016, full.
        WindowsServer2016Full = "WINDOWS_SERVER_2016_FULL",
        /// Windows Server 2004, core.
        WindowsServer2004Core = "WINDOWS_SERVER_2004_CORE",
        /// Windows Server 2022, core.
        WindowsServer2022Core = "WINDOWS_SERVER_2022_CORE",
        /// Windows Server 2022, full.
        WindowsServer2022Full = "WINDOWS_SERVER_2022_FULL",
        /// Windows Server 2025, core.
        WindowsServer2025Core = "WINDOWS_SERVER_2025_CORE",
        /// Windows Server 2025, full.
        WindowsServer2025Full = "WINDOWS_SERVER_2025_FULL",
        /// Windows Server 20H2, core.
        WindowsServer20H2Core = "WINDOWS_SERVER_20H2_CORE",
    }

    /// How a task is kept apart from others on a managed instance.
    IsolationMode {
        /// Not at all.
        Shared = "SHARED",
        /// In a sandbox of its own.
        IsolatedSandbox = "ISOLATED_SANDBOX",
        /// In a sandbox that the host cannot look into.
        ConfidentialSandbox = "CONFIDENTIAL_SANDBOX",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the choices are declared alike, and only this one has a default"
)]
impl Default for Protocol {
    fn default() -> Self {
        Self::Tcp
    }
}
