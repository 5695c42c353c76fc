//! ECS task definitions: the RegisterTaskDefinition shape, and what the scheduler derives of it.
//!
//! Fields that Stowplan acts on are typed; every other field is kept in `extra` and written back.
//! It does not register anything and does not check AWS's cross-field rules.
//! Source: reference task-definition.md 1.1.

mod container;
mod flaws;
mod read;
mod reserve;
mod size;

pub use container::{
    ContainerDefinition, ContainerDependency, HealthCheck, KeyValuePair, PortMapping, Protocol,
};
pub use flaws::{Fault, Flaw, flaws};
pub use read::read_task_definition;
pub use reserve::{ReservedPort, reserved, static_ports};
pub use size::{Size, cpu_units, memory_mib};

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Fields that are not typed yet, by name, as they were read.
pub type Extra = BTreeMap<String, Value>;

/// How the containers of a task reach the network; absent means `bridge` on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkMode {
    /// Docker's bridge; host ports are published.
    Bridge,
    /// The host's own network.
    Host,
    /// A network interface of the task's own.
    Awsvpc,
    /// No network.
    None,
}

/// One revision of a family: what RegisterTaskDefinition takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinition {
    /// Name of the family, 1 to 255 of letters, digits, `_` and `-`.
    pub family: String,
    /// Network mode; absent means `bridge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<NetworkMode>,
    /// The containers, at most 10.
    pub container_definitions: Vec<ContainerDefinition>,
    /// CPU of the whole task: units as text, or `"1 vCPU"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Size>,
    /// Memory of the whole task: MiB as text, or `"2 GB"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Size>,
    /// The revision number that AWS gave; output only, never exported for registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TaskDefinition {
    /// The network mode in force: `bridge` where none is stated (task-definition.md T06, Linux).
    #[must_use]
    pub fn network_mode(&self) -> NetworkMode {
        self.network_mode.unwrap_or(NetworkMode::Bridge)
    }
}

/// `family:revision`, as ECS names a revision.
#[must_use]
pub fn revision_name(family: &str, revision: u32) -> String {
    format!("{family}:{revision}")
}
