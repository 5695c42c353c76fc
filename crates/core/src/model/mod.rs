//! A design compiled to index-based, immutable parts, with what is wrong told beside it.
//!
//! Compiling never fails: a part with an error is left out, the rest runs (invariant 7). Indices
//! keep their meaning when an edited design is compiled again over the model before it.

mod balancing;
mod capabilities;
mod catalogue;
mod compile;
mod deployment;
mod diagnostic;
mod discovery;
mod fault;
mod listener;
mod order;
mod placement;
mod settings;
mod workload;

pub use balancing::{
    Algorithm, BalancerKind, CheckPort, ClassicListener, ClientProtocol, HealthCheck, HealthFloor,
    LoadBalancer, ProtocolVersion, StickyBy, TargetGroup, TargetProtocol, TargetType,
};
pub use capabilities::{
    AVAILABILITY_ZONE, Attributes, CPU_ARCHITECTURE, OS_FAMILY, TRUNK_ID, is_capability,
};
pub use catalogue::{
    Architecture, INSTANCE_TYPES, InstanceType, PRICES_OF, instance_type, registered_memory,
};
pub use compile::{Compiled, compile, definition_findings, host_of_type};
pub use deployment::{
    ALL_TRAFFIC, Alarm, CircuitBreaker, Controller, Deploying, DeploymentAlarms, Hook, HookKind,
    Permille, Rollout, Stage, THRESHOLD_PERCENT, TaskSet, Threshold,
};
pub use diagnostic::{
    AttributeObstacle, ClassicObstacle, DeploymentObstacle, Diagnostic, DiscoveryObstacle, Problem,
    RebalancingObstacle, TASKS_PER_SERVICE_MAX,
};
pub use discovery::{
    DnsRecord, RECORDS_ANSWERED_MAX, REGISTERED_TASKS_MAX, RecordType, Registry, RegistryPort,
    RoutingPolicy, ServiceRegistry,
};
pub use fault::{
    ActionFault, AnswerFault, ConditionFault, ListenerFault, Quota, RoutingFault, TransformFault,
};
pub use listener::{Listener, ListenerProtocol};
pub use order::OrderFault;
pub use placement::{
    CONSTRAINTS_MAX, Constraint, ConstraintOrigin, DEFAULT_STRATEGIES, RUN_TASK_STRATEGIES,
    STRATEGIES_MAX, Scheduling, SpreadField, Strategy,
};
pub use settings::Settings;
pub use workload::WorkloadFault;

use crate::design::Workload;
use crate::id::{
    InstanceIx, ListenerIx, LoadBalancerIx, RegistryIx, ServiceIx, TargetGroupIx, TaskDefinitionIx,
    ZoneIx,
};
use crate::query::Query;
use crate::taskdef::{ReservedPort, TaskDefinition};
use crate::time::Millis;
use crate::units::{Resources, percent_ceil, percent_floor};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A compiled design. Parts that were removed keep their index with `present` false.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// What AWS leaves open, as named settings.
    pub settings: Settings,
    /// Instance types that the document brings along; they come before the catalogue's.
    pub instance_types: Vec<InstanceType>,
    /// Zone names by [`ZoneIx`].
    pub zones: Vec<String>,
    /// Hosts by [`InstanceIx`].
    pub instances: Vec<Instance>,
    /// Task definitions by [`TaskDefinitionIx`].
    pub task_definitions: Vec<Definition>,
    /// Services by [`ServiceIx`].
    pub services: Vec<Service>,
    /// Load balancers by [`LoadBalancerIx`].
    pub load_balancers: Vec<LoadBalancer>,
    /// Target groups by [`TargetGroupIx`].
    pub target_groups: Vec<TargetGroup>,
    /// Listeners by [`ListenerIx`].
    pub listeners: Vec<Listener>,
    /// Alarms by [`crate::id::AlarmIx`].
    pub alarms: Vec<Alarm>,
    /// Cloud Map services by [`RegistryIx`].
    pub registries: Vec<Registry>,
    /// Whether any expression asks which task groups stand on a host.
    pub asks_for_groups: bool,
    /// Whether the account has `awsvpcTrunking` enabled: hosts of types that support it have it.
    pub trunking: bool,
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
    /// Host ports that no task gets: the agent's and SSH's, or as the document says.
    pub reserved_ports: BTreeSet<ReservedPort>,
    /// Its attributes, capabilities among them.
    pub attributes: Attributes,
    /// Version of its agent.
    pub agent_version: String,
    /// When it registered, in seconds since 1970, where the document says.
    pub registered_at: Option<i64>,
    /// Whether the document has it DRAINING: nothing is placed on it.
    pub draining: bool,
    /// Whether its agent is connected.
    pub agent_connected: bool,
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
    /// Names of the capabilities that a host must have.
    pub required_attributes: Vec<String>,
    /// Its own `memberOf` constraints, by their places in its list; they hold beside the service's.
    pub constraints: Vec<(usize, Query)>,
    /// Whether an essential container has a health check, which then decides about the task.
    pub has_health_check: bool,
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
    /// The Cloud Map service that its tasks register with.
    pub registry: Option<ServiceRegistry>,
    /// How it is deployed.
    pub deploying: Deploying,
    /// Placement strategies in order: those of the document or ECS's default.
    pub strategies: Vec<Strategy>,
    /// Its own placement constraints, by their places in its list.
    pub constraints: Vec<(usize, Constraint)>,
    /// Zones that its tasks may stand in, by the subnets of an `awsvpc` service.
    pub zones: Option<BTreeSet<ZoneIx>>,
    /// A number of tasks, or one on each host.
    pub scheduling: Scheduling,
    /// Whether zones are evened out once it is steady (ecs.md 2.13).
    pub zone_rebalancing: bool,
    /// The task group of its tasks, `service:NAME` (ecs.md 2.9).
    pub group: String,
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
    /// The other one of a pair, between which deployments shift traffic.
    pub alternate: Option<TargetGroupIx>,
    /// Container, by its place in the task definition's list at compile time, by name after.
    pub container_name: String,
    /// Container port.
    pub container_port: u16,
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

    /// The load balancer at `index`.
    #[must_use]
    pub fn load_balancer(&self, index: LoadBalancerIx) -> &LoadBalancer {
        &self.load_balancers[index.at()]
    }

    /// The target group at `index`.
    #[must_use]
    pub fn target_group(&self, index: TargetGroupIx) -> &TargetGroup {
        &self.target_groups[index.at()]
    }

    /// The listener at `index`.
    #[must_use]
    pub fn listener(&self, index: ListenerIx) -> &Listener {
        &self.listeners[index.at()]
    }

    /// The listener called `name`: `load-balancer:port`.
    #[must_use]
    pub fn listener_named(&self, name: &str) -> Option<ListenerIx> {
        self.listeners
            .iter()
            .position(|listener| listener.name == name)
            .map(ListenerIx::from_at)
    }

    /// The Cloud Map service at `index`.
    #[must_use]
    pub fn registry(&self, index: RegistryIx) -> &Registry {
        &self.registries[index.at()]
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

    /// Services that are present, with their indices; calls of RunTask are none.
    pub fn present_services(&self) -> impl Iterator<Item = (ServiceIx, &Service)> {
        let all = self.services.iter().enumerate();
        all.filter(|(_, it)| it.present && it.scheduling != Scheduling::RunTask)
            .map(|(at, service)| (ServiceIx::from_at(at), service))
    }

    /// Whether a load balancer that sends to `group` has a node in `zone`: targets elsewhere are
    /// `unused` (load-balancing-and-scaling.md 2.8). Where no load balancer is known to send to
    /// it, every zone counts.
    #[must_use]
    pub fn is_zone_enabled(&self, group: TargetGroupIx, zone: ZoneIx) -> bool {
        let balancers = &self.target_group(group).balancers;
        let mut zones = balancers.iter().map(|at| &self.load_balancer(*at).zones);
        balancers.is_empty() || zones.any(|zones| zones.contains(&zone))
    }

    /// Hosts that are present, with their indices.
    pub fn present_instances(&self) -> impl Iterator<Item = (InstanceIx, &Instance)> {
        let all = self.instances.iter().enumerate();
        all.filter(|(_, host)| host.present)
            .map(|(at, host)| (InstanceIx::from_at(at), host))
    }
}

impl Model {
    /// The instance type called `name`: the document's own, else the catalogue's.
    #[must_use]
    pub fn instance_type(&self, name: &str) -> Option<&InstanceType> {
        let stated = self.instance_types.iter().find(|known| known.name == name);
        stated.or_else(|| instance_type(name))
    }

    fn any_query_asks_for_groups(&self) -> bool {
        let of_definitions = self.task_definitions.iter().flat_map(|it| &it.constraints);
        let of_services = self.services.iter().flat_map(|it| &it.constraints);
        let of_services = of_services.filter_map(|(_, it)| match it {
            Constraint::MemberOf(query) => Some(query),
            Constraint::DistinctInstance => None,
        });
        let mut all = of_definitions.map(|(_, query)| query).chain(of_services);
        all.any(Query::asks_for_groups)
    }

    /// The constraint that `origin` names, as an expression; `None` for distinctInstance.
    #[must_use]
    pub fn expression(
        &self,
        service: ServiceIx,
        definition: TaskDefinitionIx,
        origin: ConstraintOrigin,
    ) -> Option<&Query> {
        match origin {
            ConstraintOrigin::TaskDefinition(at) => {
                let mut constraints = self.definition(definition).constraints.iter();
                constraints
                    .find(|(known, _)| *known == at)
                    .map(|(_, query)| query)
            }
            ConstraintOrigin::Service(at) => {
                let mut constraints = self.service(service).constraints.iter();
                let found = constraints.find(|(known, _)| *known == at)?;
                match &found.1 {
                    Constraint::MemberOf(query) => Some(query),
                    Constraint::DistinctInstance => None,
                }
            }
        }
    }

    /// All instance types, the document's own first.
    pub fn all_instance_types(&self) -> impl Iterator<Item = &InstanceType> {
        let hidden = |known: &&InstanceType| {
            let stated = &self.instance_types;
            !stated.iter().any(|own| own.name == known.name)
        };
        let catalogue = INSTANCE_TYPES.iter().filter(hidden);
        self.instance_types.iter().chain(catalogue)
    }
}

impl Service {
    /// Makes it stand for tasks that RunTask starts: they are of the group `family:FAMILY` and,
    /// where no strategy is asked for, placed at random (ecs.md 2.9 and 2.10).
    pub fn stand_for_run_task(&mut self, family: &str, has_strategy: bool) {
        self.group = alloc::format!("family:{family}");
        if !has_strategy {
            self.strategies = RUN_TASK_STRATEGIES.to_vec();
        }
    }

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
