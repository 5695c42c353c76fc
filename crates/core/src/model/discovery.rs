//! Cloud Map as ECS uses it: what tasks are registered with, and how DNS answers.
//!
//! Sources: "Service discovery" in the ECS developer guide, `ServiceRegistry` of its API and
//! `DnsConfig` of Cloud Map's. Health checks by Route 53 are not simulated: the guide has ECS tell
//! Cloud Map the health (`HealthCheckCustomConfig`).

use crate::id::RegistryIx;
use crate::time::Millis;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Most tasks that a service with a registry may have; a quota of Route 53's (ecs.md 6).
pub const REGISTERED_TASKS_MAX: u32 = 1000;

/// Most records in one DNS answer of a MULTIVALUE service (`DnsConfig.RoutingPolicy`).
pub const RECORDS_ANSWERED_MAX: usize = 8;

/// Type of a DNS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// A name of a host and a port.
    Srv,
    /// Another name; ECS registers none.
    Cname,
}

/// A record that Cloud Map makes for each registered task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// Its type.
    pub kind: RecordType,
    /// How long a client may keep it.
    pub ttl: Millis,
}

/// How many of the healthy records an answer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoutingPolicy {
    /// Up to [`RECORDS_ANSWERED_MAX`].
    #[default]
    Multivalue,
    /// One, at random.
    Weighted,
}

/// A Cloud Map service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// Name.
    pub name: String,
    /// Name of its namespace.
    pub namespace: String,
    /// Its DNS records; none where it is found by API calls alone.
    pub records: Vec<DnsRecord>,
    /// How DNS answers.
    pub routing: RoutingPolicy,
    /// Whether ECS tells it the health of tasks; without, every record counts as healthy.
    pub has_health: bool,
    /// Whether the design still has it.
    pub present: bool,
}

impl Registry {
    /// The name that clients ask for.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.name, self.namespace)
    }

    /// Whether it has records of that type.
    #[must_use]
    pub fn has(&self, kind: RecordType) -> bool {
        self.records.iter().any(|record| record.kind == kind)
    }
}

/// The port that a task is registered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryPort {
    /// That of a container, as its host publishes it.
    Container {
        /// Container.
        name: String,
        /// Its port.
        port: u16,
    },
    /// The same one of every task.
    Fixed(u16),
}

/// The registry of a service; there is one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRegistry {
    /// The Cloud Map service.
    pub registry: RegistryIx,
    /// The port; `None` where addresses alone are registered.
    pub port: Option<RegistryPort>,
}
