//! What is wrong with a design, as data. The wording is in [`crate::view`].

use super::{OrderFault, RoutingFault, WorkloadFault};
use crate::query::QueryError;
use crate::severity::Severity;
use crate::taskdef::Finding;
use alloc::string::String;

/// Most tasks that a service may have; a quota that AWS does not raise (ecs.md 6).
pub const TASKS_PER_SERVICE_MAX: u32 = 5000;

/// A finding at a place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// JSON pointer of the offending value.
    pub pointer: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Everything that compiling can find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Two parts of a kind share a name; the later one is left out.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A reference leads to no part.
    UnknownReference {
        /// Kind of part that was meant.
        kind: &'static str,
        /// The reference as written.
        reference: String,
    },
    /// The instance type is not in the catalogue and the host states no size of its own.
    UnknownInstanceType {
        /// The type as written.
        name: String,
    },
    /// A task definition breaks a rule; the pointer leads into the document.
    TaskDefinition(Finding),
    /// The service registers a container or port that its task definition does not have.
    UnknownContainerPort {
        /// The container.
        container: String,
        /// The port.
        port: u16,
    },
    /// Two rules of a listener have one priority; the later one is never asked.
    DuplicatePriority {
        /// The priority.
        priority: u32,
    },
    /// A priority outside 1 to 50000.
    PriorityOutOfRange {
        /// The priority.
        priority: u32,
    },
    /// Nothing can start or stop during a deployment (ecs.md 3.3).
    DeploymentDeadlock {
        /// Fewest healthy tasks.
        lower: u32,
        /// Most tasks.
        upper: u32,
    },
    /// The field is kept, but this build does not simulate what it means.
    NotSimulated {
        /// What, in AWS's words.
        what: String,
    },
    /// More tasks than a service may have.
    TooManyTasks {
        /// The desired count as written.
        desired: u32,
    },
    /// A placement strategy that does not exist.
    UnknownStrategy {
        /// Type and field as written.
        text: String,
    },
    /// A spread or binpack strategy that does not say over what.
    StrategyWithoutField {
        /// Its type.
        kind: String,
    },
    /// More strategies than a service may have.
    TooManyStrategies {
        /// How many.
        count: usize,
    },
    /// More constraints than a task may have, the task definition's among them.
    TooManyConstraints {
        /// How many.
        count: usize,
    },
    /// A placement constraint that does not exist.
    UnknownConstraint {
        /// Its type as written.
        kind: String,
    },
    /// A `memberOf` without an expression.
    ConstraintWithoutExpression,
    /// A `distinctInstance` with an expression.
    DistinctWithExpression,
    /// An expression that the cluster query language does not have.
    BadExpression {
        /// The expression.
        text: String,
        /// What is wrong, and where in it.
        error: QueryError,
    },
    /// Zone rebalancing is asked for where it cannot be.
    RebalancingImpossible {
        /// What forbids it.
        obstacle: RebalancingObstacle,
    },
    /// A DAEMON service with a maximumPercent other than 100.
    DaemonMaximumPercent {
        /// As written.
        percent: u32,
    },
    /// A DAEMON service with placement strategies, which it does not take.
    DaemonWithStrategy,
    /// A word that AWS does not know where it has a fixed list.
    UnknownWord {
        /// The word.
        word: String,
        /// Those that there are.
        known: &'static [&'static str],
    },
    /// A moment that is neither ISO text nor seconds since 1970.
    BadMoment {
        /// As written.
        text: String,
    },
    /// A host's attribute without a name, or with a value that AWS does not take.
    BadAttribute {
        /// Name and value as written.
        text: String,
    },
    /// A field that AWS does not know, which decides nothing.
    UnknownField {
        /// Its name.
        name: String,
    },
    /// A service and a Classic Load Balancer that do not go together, or a Classic Load Balancer
    /// that cannot be.
    ClassicImpossible {
        /// What forbids it.
        obstacle: ClassicObstacle,
    },
    /// More tasks than hosts, where a host takes one of them.
    MoreTasksThanHosts {
        /// The desired count.
        desired: u32,
        /// Hosts of the cluster.
        hosts: usize,
    },
    /// Attributes of a target group that do not go together.
    AttributeConflict {
        /// What forbids it.
        obstacle: AttributeObstacle,
    },
    /// A health check that may take longer than it is until the next one.
    CheckTimeoutTooLong {
        /// Timeout in seconds.
        timeout: u32,
        /// Interval in seconds.
        interval: u32,
    },
    /// Codes of a health check that are no list or range, or not within bounds.
    BadMatcher {
        /// As written.
        written: String,
        /// Lowest code.
        least: u16,
        /// Highest code.
        most: u16,
    },
    /// A service and a Cloud Map service that do not go together.
    DiscoveryImpossible {
        /// What forbids it.
        obstacle: DiscoveryObstacle,
    },
    /// A value of another shape than AWS's, which is left alone.
    WrongShape {
        /// What belongs there.
        expected: &'static str,
    },
    /// A number that AWS does not take.
    OutOfRange {
        /// As written.
        written: String,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A task set beside another one that is PRIMARY.
    SecondPrimary {
        /// Its id.
        name: String,
    },
    /// A service that cannot be deployed as it is written.
    DeploymentImpossible {
        /// What forbids it.
        obstacle: DeploymentObstacle,
    },
    /// A listener or rule that AWS would refuse, or that comes close.
    Routing(RoutingFault),
    /// A rule that AWS takes and that its place among others makes pointless or doubtful.
    Order(OrderFault),
    /// What a workload says that cannot be, or that means nothing.
    Workload(WorkloadFault),
}

/// What keeps a service from being deployed as it is written (ecs.md 3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentObstacle {
    /// DAEMON services are deployed by ECS alone.
    DaemonController,
    /// The circuit breaker acts on ROLLING deployments alone.
    BreakerNotRolling,
    /// There is no second target group to shift traffic to.
    NoAlternateTargetGroup,
    /// No CodeDeploy deployment group names the service.
    NoDeploymentGroup,
    /// There is no such stage, or it takes no hook of this kind.
    HookStage,
}

/// What keeps zones from being rebalanced (ecs.md 2.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebalancingObstacle {
    /// DAEMON services have one task on each host.
    Daemon,
    /// There is no room to start before something stops.
    MaximumPercent,
    /// The first strategy is another than spread over zones.
    FirstStrategy,
    /// A constraint asks for the zone.
    ZoneConstraint,
    /// It stands behind a Classic Load Balancer.
    Classic,
}

/// Why a service cannot stand behind a Classic Load Balancer (load-balancing-and-scaling.md 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassicObstacle {
    /// Its tasks have network interfaces of their own, or none.
    NetworkMode,
    /// Its tasks run on Fargate.
    Fargate,
    /// The container's port has no fixed port of the host that is an instance port.
    HostPort,
    /// It names more than one.
    Several,
    /// It names target groups as well.
    BesideTargetGroups,
    /// Its deployments shift traffic, or are not ECS's own.
    Deployment,
    /// The load balancer has no listener with an instance port.
    NoListener,
}

/// Attributes of a target group that AWS does not take (load-balancing-and-scaling.md 2.5 to 2.8
/// and 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeObstacle {
    /// Slow start where the target with the fewest requests is chosen.
    SlowStartWithLeastOutstanding,
    /// Slow start behind a Network Load Balancer.
    SlowStartOfNetwork,
    /// An algorithm behind a Network Load Balancer.
    AlgorithmOfNetwork,
    /// Anomaly mitigation with another algorithm than weighted random.
    MitigationWithoutWeights,
    /// Stickiness where requests stay in their zone.
    StickyWithinZones,
    /// A stickiness of the other kind of load balancer.
    StickinessType,
    /// The name of a cookie that is the load balancer's own.
    ReservedCookie,
}

/// Why a service cannot be registered with Cloud Map (service-discovery considerations of the ECS
/// developer guide).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscoveryObstacle {
    /// It names more than one registry.
    Several,
    /// Its tasks have no network.
    NoNetwork,
    /// Its tasks share the host's address, and the records are not SRV.
    NotSrv,
    /// The records want a port, and none is named.
    NoPort,
    /// Both a container's port and a port are named.
    PortTwice,
    /// It may have more tasks than can be registered.
    TooManyTasks,
    /// It stands behind a Classic Load Balancer.
    Classic,
}

impl Problem {
    /// The stable id under which the finding is documented.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::DuplicateName { .. } => "DS001",
            Self::UnknownReference { .. } => "DS002",
            Self::UnknownInstanceType { .. } => "DS003",
            Self::TaskDefinition(finding) => finding.rule.id(),
            Self::UnknownContainerPort { .. } => "DS009",
            Self::DuplicatePriority { .. } => "DS010",
            Self::PriorityOutOfRange { .. } => "DS011",
            Self::DeploymentDeadlock { .. } => "DS012",
            Self::NotSimulated { .. } => "DS013",
            Self::UnknownStrategy { .. } => "DS014",
            Self::TooManyTasks { .. } => "DS015",
            Self::StrategyWithoutField { .. } => "DS016",
            Self::TooManyStrategies { .. } => "DS017",
            Self::TooManyConstraints { .. } => "DS018",
            Self::UnknownConstraint { .. } => "DS019",
            Self::ConstraintWithoutExpression => "DS020",
            Self::DistinctWithExpression => "DS021",
            Self::BadExpression { .. } => "DS022",
            Self::RebalancingImpossible { .. } => "DS023",
            Self::DaemonMaximumPercent { .. } => "DS024",
            Self::DaemonWithStrategy => "DS025",
            Self::UnknownWord { .. } => "DS026",
            Self::BadMoment { .. } => "DS027",
            Self::BadAttribute { .. } => "DS028",
            Self::WrongShape { .. } => "DS029",
            Self::UnknownField { .. } => "DS030",
            Self::OutOfRange { .. } => "DS031",
            Self::DeploymentImpossible { .. } => "DS032",
            Self::SecondPrimary { .. } => "DS033",
            Self::Routing(fault) => fault.id(),
            Self::ClassicImpossible { .. } => "DS040",
            Self::MoreTasksThanHosts { .. } => "DS041",
            Self::AttributeConflict { .. } => "DS042",
            Self::CheckTimeoutTooLong { .. } => "DS043",
            Self::BadMatcher { .. } => "DS044",
            Self::DiscoveryImpossible { .. } => "DS045",
            Self::Workload(
                WorkloadFault::CpuTime { .. }
                | WorkloadFault::ErrorRate { .. }
                | WorkloadFault::Memory { .. },
            ) => "DS046",
            Self::Workload(WorkloadFault::Service { .. } | WorkloadFault::Member { .. }) => "DS047",
            Self::Order(fault) => fault.id(),
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::DuplicateName { .. }
            | Self::UnknownReference { .. }
            | Self::UnknownInstanceType { .. }
            | Self::UnknownContainerPort { .. }
            | Self::DuplicatePriority { .. }
            | Self::PriorityOutOfRange { .. }
            | Self::TooManyTasks { .. }
            | Self::UnknownStrategy { .. }
            | Self::StrategyWithoutField { .. }
            | Self::TooManyStrategies { .. }
            | Self::TooManyConstraints { .. }
            | Self::UnknownConstraint { .. }
            | Self::ConstraintWithoutExpression
            | Self::DistinctWithExpression
            | Self::BadExpression { .. }
            | Self::DaemonMaximumPercent { .. }
            | Self::ClassicImpossible { .. }
            | Self::DiscoveryImpossible { .. }
            | Self::UnknownWord { .. } => Severity::Error,
            Self::TaskDefinition(finding) => finding.rule.severity(),
            Self::Routing(fault) => fault.severity(),
            Self::Order(fault) => fault.severity(),
            Self::DeploymentImpossible {
                obstacle:
                    DeploymentObstacle::DaemonController
                    | DeploymentObstacle::NoAlternateTargetGroup
                    | DeploymentObstacle::NoDeploymentGroup,
            } => Severity::Error,
            Self::DeploymentImpossible {
                obstacle: DeploymentObstacle::BreakerNotRolling | DeploymentObstacle::HookStage,
            }
            | Self::OutOfRange { .. }
            | Self::Workload(_)
            | Self::SecondPrimary { .. }
            | Self::MoreTasksThanHosts { .. }
            | Self::AttributeConflict { .. }
            | Self::CheckTimeoutTooLong { .. }
            | Self::BadMatcher { .. }
            | Self::DeploymentDeadlock { .. }
            | Self::RebalancingImpossible { .. }
            | Self::DaemonWithStrategy
            | Self::BadMoment { .. }
            | Self::BadAttribute { .. }
            | Self::WrongShape { .. }
            | Self::UnknownField { .. } => Severity::Warning,
            Self::NotSimulated { .. } => Severity::Info,
        }
    }
}
