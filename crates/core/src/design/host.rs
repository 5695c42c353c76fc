//! Hosts as DescribeContainerInstances prints them, and what the account and EC2 say of them.

use crate::taskdef::Extra;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A container instance: an EC2 host that runs the ECS agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerInstance {
    /// Id, `i-…`.
    pub ec2_instance_id: String,
    /// Instance type, such as `m5.large`.
    pub instance_type: String,
    /// Zone that it stands in.
    pub availability_zone: String,
    /// Cluster it registers to; absent means the first of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// CPU units that it registers, where they differ from the type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_cpu: Option<u32>,
    /// MiB that it registers, where they differ from what we infer from the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_memory: Option<u32>,
    /// What it registers as AWS prints it: CPU, MEMORY, PORTS, PORTS_UDP, GPU.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registered_resources: Vec<RegisteredResource>,
    /// Attributes; those that every agent states are added unless they stand here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<HostAttribute>,
    /// `ACTIVE` (the default) or `DRAINING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether its agent is connected; absent means it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_connected: Option<bool>,
    /// When it registered, as ISO text or in seconds since 1970; absent means during the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<serde_json::Value>,
    /// Versions of agent and Docker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_info: Option<VersionInfo>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One resource of a host (API:Resource).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredResource {
    /// `CPU`, `MEMORY`, `PORTS`, `PORTS_UDP` or `GPU`.
    #[serde(default)]
    pub name: String,
    /// The amount of what is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integer_value: Option<u32>,
    /// The members of what is a set: reserved ports, GPU ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_set_value: Option<Vec<String>>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An attribute of a host (API:Attribute).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HostAttribute {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Value; a capability has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Versions of what runs on a host (API:VersionInfo).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// Of the agent, such as `1.105.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A setting of the account (API:Setting); `awsvpcTrunking` is one that placement asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountSetting {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// `enabled` or `disabled`.
    #[serde(default)]
    pub value: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An instance type as EC2's DescribeInstanceTypes prints it, with two fields of our own for what
/// that call does not tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceType {
    /// Name, `family.size`.
    #[serde(default)]
    pub instance_type: String,
    /// vCPUs.
    #[serde(rename = "VCpuInfo", default)]
    pub v_cpu_info: VCpuInfo,
    /// Memory.
    #[serde(default)]
    pub memory_info: MemoryInfo,
    /// Network interfaces; absent means that they are not limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_info: Option<NetworkInfo>,
    /// GPUs; absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_info: Option<GpuInfo>,
    /// Processor; absent means x86_64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor_info: Option<ProcessorInfo>,
    /// Ours: `awsvpc` tasks with trunking; absent means that the type does not support it.
    #[serde(
        rename = "awsvpcTrunkTasks",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub awsvpc_trunk_tasks: Option<u32>,
    /// Ours: price of an hour on demand in US dollars.
    #[serde(
        rename = "usdPerHour",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub usd_per_hour: Option<f64>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// vCPUs of an instance type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VCpuInfo {
    /// How many.
    #[serde(rename = "DefaultVCpus", default)]
    pub default_v_cpus: u32,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Memory of an instance type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemoryInfo {
    /// Installed MiB.
    #[serde(rename = "SizeInMiB", default)]
    pub size_in_mib: u32,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Network interfaces of an instance type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInfo {
    /// How many, its own among them.
    #[serde(default)]
    pub maximum_network_interfaces: u32,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// GPUs of an instance type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GpuInfo {
    /// By kind.
    #[serde(default)]
    pub gpus: Vec<GpuDevice>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// GPUs of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GpuDevice {
    /// How many.
    #[serde(default)]
    pub count: u32,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Processor of an instance type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProcessorInfo {
    /// `x86_64` or `arm64`; the first counts.
    #[serde(default)]
    pub supported_architectures: Vec<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}
