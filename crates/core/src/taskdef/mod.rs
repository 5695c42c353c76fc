//! ECS task definitions: the RegisterTaskDefinition shape, what is wrong with one, and what the
//! scheduler derives of it.
//!
//! Every member of the API is typed; a member that is unknown, or whose value AWS would not take,
//! is kept and written back ([`shape`] says how). It does not register anything.
//! Source: reference task-definition.md.

mod attributes;
mod check;
mod choices;
mod container;
mod definition;
mod diff;
mod fargate;
mod order;
mod read;
mod reserve;
mod shape;
mod size;
mod straight;
mod text;
mod volume;

pub use attributes::required_attributes;
pub use check::{
    BYTES_MAX, Change, FINDINGS_MAX, Finding, Fix, MEMORY_MIB_MIN, Rule, check, compatibilities,
    targets,
};
pub use choices::{
    AppProtocol, Condition, ConstraintType, CpuArchitecture, DevicePermission, EnvironmentFileType,
    FirelensType, IpcMode, IsolationMode, LaunchType, LogDriver, NetworkMode,
    OperatingSystemFamily, PidMode, Protocol, ProxyType, ResourceType, Switch, UlimitName,
    VersionConsistency, VolumeScope,
};
pub use container::{
    ContainerDefinition, ContainerDependency, ContainerRestartPolicy, Device, EnvironmentFile,
    FirelensConfiguration, HealthCheck, HostEntry, KernelCapabilities, KeyValuePair,
    LinuxParameters, LogConfiguration, MountPoint, NvidiaMpsAllocation, PortMapping,
    RepositoryCredentials, ResourceRequirement, Secret, SharingStrategy, SystemControl, Tmpfs,
    Ulimit, VolumeFrom,
};
pub use definition::{
    EphemeralStorage, InferenceAccelerator, OUTPUT_ONLY, ProxyConfiguration, RuntimePlatform, Tag,
    TaskDefinition, TaskDefinitionPlacementConstraint, TrustedExecutionConfiguration,
};
pub use diff::{Difference, diff};
pub use fargate::fargate_memory;
pub(crate) use order::edges;
pub use order::{Edge, EdgeKind, STOP_TIMEOUT_DEFAULT, circle_of, longest_stop, start_order};
pub use read::{FileShape, Placed, Reading, read_definition};
pub use reserve::{
    ReservedPort, gpus, network_interfaces, placement_queries, reserved, static_ports,
};
pub use shape::{Extra, Kind, Member, Structure, ordered_json};
pub use size::{cpu_units, memory_mib};
pub use straight::straightened;
pub use text::{formatted, mended};
pub use volume::{
    DockerVolumeConfiguration, EfsAuthorizationConfig, EfsVolumeConfiguration,
    FsxAuthorizationConfig, FsxWindowsFileServerVolumeConfiguration, HostVolumeProperties,
    S3FilesVolumeConfiguration, Volume,
};

use alloc::format;
use alloc::string::String;

/// `family:revision`, as ECS names a revision.
#[must_use]
pub fn revision_name(family: &str, revision: u32) -> String {
    format!("{family}:{revision}")
}
