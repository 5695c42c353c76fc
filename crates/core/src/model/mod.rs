//! A design compiled to index-based, immutable parts, with what is wrong told beside it.
//!
//! Compiling never fails: a part with an error is left out, the rest runs (invariant 7). Indices
//! keep their meaning when an edited design is compiled again over the model before it.

mod catalogue;
mod compile;
mod diagnostic;
mod settings;

pub use catalogue::{INSTANCE_TYPES, InstanceType, instance_type, registered_memory};
pub use compile::{Compiled, compile, definition_findings};
pub use diagnostic::{Diagnostic, Problem, TASKS_PER_SERVICE_MAX};
pub use settings::Settings;

use crate::design::Workload;
use crate::id::{InstanceIx, ServiceIx, TargetGroupIx, TaskDefinitionIx, ZoneIx};
use crate::taskdef::{ReservedPort, TaskDefinition};
use crate::time::Millis;
use crate::units::{Resources, percent_ceil, percent_floor};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A compiled design. Parts that were removed keep their index with `present` false.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// What AWS leaves open, as named settings.
    pub settings: Settings,
    /// Zone names by [`ZoneIx`].
    pub zones: Vec<String>,
    /// Hosts by [`InstanceIx`].
    pub instances: Vec<Instance>,
    /// Task definitions by [`TaskDefinitionIx`].
    pub task_definitions: Vec<Definition>,
    /// Services by [`ServiceIx`].
    pub services: Vec<Service>,
    /// Target groups by [`TargetGroupIx`].
    pub target_groups: Vec<TargetGroup>,
}

/// A host.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// `ec2InstanceId`.
    pub name: String,
    /// Cluster that it registers to.
    pub cluster: String,
    /// Its zone.
    pub zone: ZoneIx,
    /// Its type's name.
    pub instance_type: String,
    /// What it registers.
    pub registered: Resources,
    /// Whether the design still has it.
    pub present: bool,
}

/// A revision of a task definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Family.
    pub family: String,
    /// Revision number, from 1.
    pub revision: u32,
    /// What one task of it reserves.
    pub reserved: Resources,
    /// Host ports that one task of it holds.
    pub static_ports: Vec<ReservedPort>,
    /// The document's entry, for the runner and the simulated agent.
    pub document: Arc<TaskDefinition>,
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Name.
    pub name: String,
    /// Cluster.
    pub cluster: String,
    /// The revision it should run.
    pub task_definition: TaskDefinitionIx,
    /// How many tasks to keep.
    pub desired_count: u32,
    /// Lower bound of a deployment in percent.
    pub minimum_healthy_percent: u32,
    /// Upper bound of a deployment in percent.
    pub maximum_percent: u32,
    /// Failed checks are ignored for so long after a task's start.
    pub grace_period: Millis,
    /// Target groups that its tasks register with.
    pub targets: Vec<ServiceTarget>,
    /// Placement strategies in order; empty means ECS's default.
    pub strategies: Vec<Strategy>,
    /// At most one task of the service on each host.
    pub distinct_instance: bool,
    /// How its containers behave.
    pub workload: Workload,
    /// Whether the design still has it, without error.
    pub present: bool,
}

/// One target group of a service, and the container port registered with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTarget {
    /// Target group.
    pub target_group: TargetGroupIx,
    /// Container, by its place in the task definition's list at compile time, by name after.
    pub container_name: String,
    /// Container port.
    pub container_port: u16,
}

/// A placement strategy (reference ecs.md 2.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Fewest tasks of the service per zone.
    SpreadZone,
    /// Fewest tasks of the service per host.
    SpreadInstance,
    /// Least CPU remaining.
    BinpackCpu,
    /// Least memory remaining.
    BinpackMemory,
    /// A seeded draw.
    Random,
}

/// A target group.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Name.
    pub name: String,
    /// Time from one health check to the next.
    pub interval: Millis,
    /// Passes in a row until an unhealthy target is healthy.
    pub healthy_threshold: u32,
    /// Failures in a row until a target is unhealthy.
    pub unhealthy_threshold: u32,
    /// How long a target drains.
    pub deregistration_delay: Millis,
    /// Whether the design still has it.
    pub present: bool,
}

impl Model {
    /// The host at `index`.
    #[must_use]
    pub fn instance(&self, index: InstanceIx) -> &Instance {
        &self.instances[index.at()]
    }

    /// The task definition at `index`.
    #[must_use]
    pub fn definition(&self, index: TaskDefinitionIx) -> &Definition {
        &self.task_definitions[index.at()]
    }

    /// The service at `index`.
    #[must_use]
    pub fn service(&self, index: ServiceIx) -> &Service {
        &self.services[index.at()]
    }

    /// The target group at `index`.
    #[must_use]
    pub fn target_group(&self, index: TargetGroupIx) -> &TargetGroup {
        &self.target_groups[index.at()]
    }

    /// The host called `name`.
    #[must_use]
    pub fn instance_named(&self, name: &str) -> Option<InstanceIx> {
        self.instances
            .iter()
            .position(|host| host.name == name)
            .map(InstanceIx::from_at)
    }

    /// The service called `name`.
    #[must_use]
    pub fn service_named(&self, name: &str) -> Option<ServiceIx> {
        self.services
            .iter()
            .position(|service| service.name == name)
            .map(ServiceIx::from_at)
    }

    /// The target group called `name`.
    #[must_use]
    pub fn target_group_named(&self, name: &str) -> Option<TargetGroupIx> {
        self.target_groups
            .iter()
            .position(|group| group.name == name)
            .map(TargetGroupIx::from_at)
    }

    /// Services that are present, with their indices.
    pub fn present_services(&self) -> impl Iterator<Item = (ServiceIx, &Service)> {
        let all = self.services.iter().enumerate();
        all.filter(|(_, service)| service.present)
            .map(|(at, service)| (ServiceIx::from_at(at), service))
    }

    /// Hosts that are present, with their indices.
    pub fn present_instances(&self) -> impl Iterator<Item = (InstanceIx, &Instance)> {
        let all = self.instances.iter().enumerate();
        all.filter(|(_, host)| host.present)
            .map(|(at, host)| (InstanceIx::from_at(at), host))
    }
}

impl Service {
    /// Fewest healthy tasks during a deployment: rounded up (ecs.md 3.3).
    #[must_use]
    pub fn lower_bound(&self) -> u32 {
        percent_ceil(self.desired_count, self.minimum_healthy_percent)
    }

    /// Most tasks during a deployment: rounded down (ecs.md 3.3).
    #[must_use]
    pub fn upper_bound(&self) -> u32 {
        percent_floor(self.desired_count, self.maximum_percent)
    }
}

impl Definition {
    /// `family:revision`.
    #[must_use]
    pub fn name(&self) -> String {
        crate::taskdef::revision_name(&self.family, self.revision)
    }
}
