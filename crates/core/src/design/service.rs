//! A service (CreateService) and what a simulation must know of its containers.

use crate::taskdef::Extra;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A service, field for field as CreateService takes it (task-definition.md 1.3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Name, unique within its cluster.
    pub service_name: String,
    /// Cluster by name or ARN; absent means the first of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// `family:revision`, a bare family (its newest revision) or an ARN.
    #[serde(default)]
    pub task_definition: String,
    /// How many tasks to keep; absent means 0 as nothing is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<u32>,
    /// Target groups that the tasks register with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_balancers: Vec<ServiceLoadBalancer>,
    /// Bounds of a rolling update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_configuration: Option<DeploymentConfiguration>,
    /// Order in which hosts are preferred; empty means ECS's default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_strategy: Vec<PlacementStrategy>,
    /// What a host must satisfy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Seconds after a task's start during which failed checks are ignored; absent means 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_grace_period_seconds: Option<u32>,
    /// `REPLICA` (the default) or `DAEMON`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduling_strategy: Option<String>,
    /// `ENABLED` (what CreateService takes where nothing stands, since September 2025) or
    /// `DISABLED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone_rebalancing: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One target group of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceLoadBalancer {
    /// Target group by name or ARN.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target_group_arn: String,
    /// Classic Load Balancer by name, in place of a target group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer_name: Option<String>,
    /// Container whose port is registered.
    #[serde(default)]
    pub container_name: String,
    /// That container's port.
    #[serde(default)]
    pub container_port: u16,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How far a deployment may go below and above the desired count (ecs.md 3.3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConfiguration {
    /// Lower bound in percent, rounded up; absent means 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_healthy_percent: Option<u32>,
    /// Upper bound in percent, rounded down; absent means 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_percent: Option<u32>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One strategy of the list; earlier ones weigh more (ecs.md 2.10).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacementStrategy {
    /// `spread`, `binpack` or `random`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// `instanceId`, `attribute:…`, `cpu` or `memory`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One constraint; all must hold (ecs.md 2.8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacementConstraint {
    /// `distinctInstance` or `memberOf`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Cluster query of a `memberOf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a service's containers behave: measured or guessed by the user, never by AWS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// Size of the image in MiB; absent means [`Workload::IMAGE_SIZE_MIB`].
    #[serde(
        rename = "imageSizeMiB",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub image_size_mib: Option<u32>,
    /// Seconds from container start until it answers; absent means [`Workload::STARTUP_SECONDS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup_seconds: Option<u32>,
    /// Seconds from its start until the first essential container exits by itself with code 1;
    /// absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crash_after_seconds: Option<u32>,
    /// Seconds that the container takes to end after its stop signal; absent means
    /// [`Workload::SHUTDOWN_SECONDS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shutdown_seconds: Option<u32>,
    /// An error as ECS words it, with which no container gets as far as starting:
    /// `ResourceInitializationError: …` before anything is pulled, any other after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_error: Option<String>,
    /// CPU time that one request takes, in ms of a whole vCPU; absent means
    /// [`Workload::CPU_MS_PER_REQUEST`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms_per_request: Option<f64>,
    /// Time that one request takes beside that, such as a database's; absent means
    /// [`Workload::BASE_LATENCY_MS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_latency_ms: Option<u32>,
    /// Share of answers that are errors (500), 0 to 1; absent means 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Memory that a task takes without any work, in MiB; absent means [`Workload::MEMORY_MIB`].
    #[serde(rename = "memoryMiB", default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
    /// Memory that each request in flight takes besides, in KiB; absent means 0.
    #[serde(
        rename = "memoryKiBPerRequest",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub memory_kib_per_request: Option<u32>,
    /// Containers that differ from the rest, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub containers: BTreeMap<String, ContainerWorkload>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How one container behaves; what is absent is as the whole [`Workload`] says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerWorkload {
    /// Size of its image in MiB.
    #[serde(
        rename = "imageSizeMiB",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub image_size_mib: Option<u32>,
    /// Seconds from its start until it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup_seconds: Option<u32>,
    /// Seconds that it takes to end after its stop signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shutdown_seconds: Option<u32>,
    /// Seconds from its start until it ends by itself, such as an init container or a batch job
    /// does; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_after_seconds: Option<u32>,
    /// The exit code with which it then ends; absent means 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// An error as ECS words it, with which it does not get as far as starting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_error: Option<String>,
    /// CPU time that one request takes, in ms of a whole vCPU; absent means as the workload says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms_per_request: Option<f64>,
    /// Time that one request takes beside that, such as a database's; absent means as the workload says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_latency_ms: Option<u32>,
    /// Share of answers that are errors (500), 0 to 1; absent means as the workload says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Workload {
    /// Image size assumed where none is given; a slim language runtime is about this.
    pub const IMAGE_SIZE_MIB: u32 = 180;
    /// Start-up time assumed where none is given; our own guess for a small web service.
    pub const STARTUP_SECONDS: u32 = 5;
    /// Shut-down time assumed where none is given: a process that handles SIGTERM.
    pub const SHUTDOWN_SECONDS: u32 = 1;
    /// CPU time of a request assumed where none is given: our own guess for a small web service.
    pub const CPU_MS_PER_REQUEST: f64 = 5.0;
    /// Time beside the CPU assumed where none is given: a query or two of a near database.
    pub const BASE_LATENCY_MS: u32 = 20;
    /// Memory assumed where none is given: a slim language runtime without work.
    pub const MEMORY_MIB: u32 = 64;
}
