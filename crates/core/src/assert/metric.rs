//! The metrics that an assertion can name: what each counts, in which unit, and which labels
//! narrow it down.

use super::unit::Unit;
use alloc::string::String;

/// What can be measured of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Share of requests that were answered, or without any of the time at which every service
    /// that wants tasks has a healthy one.
    Availability,
    /// Tasks that are desired RUNNING and healthy by their checks (ecs.md 3.2).
    HealthyTasks,
    /// Tasks that are desired RUNNING and RUNNING.
    RunningTasks,
    /// Tasks that are desired RUNNING and not RUNNING yet.
    PendingTasks,
    /// Tasks that the services want.
    DesiredTasks,
    /// Tasks that are desired RUNNING and fail their checks after the grace period.
    UnhealthyTasks,
    /// Tasks that ended.
    StoppedTasks,
    /// Tasks that ended because they failed to start, exited or failed their checks.
    FailedTasks,
    /// Targets that are healthy.
    HealthyTargets,
    /// Targets that are unhealthy.
    UnhealthyTargets,
    /// From the start of a deployment to COMPLETED; a service's first deployment is none.
    DeployDuration,
    /// From the last input to the steady state of a service that it disturbed.
    TimeToSteadyState,
    /// Deployments that ended FAILED.
    DeploymentsFailed,
    /// Deployments that went back to what ran before.
    Rollbacks,
    /// Share of the registered CPU that wanted tasks reserve.
    CpuReservation,
    /// Share of the registered memory that wanted tasks reserve.
    MemoryReservation,
    /// Container instances that are registered.
    RegisteredInstances,
    /// Requests that were answered or failed, retries among them.
    Requests,
    /// Answers with a 5xx status, of targets or the load balancer.
    Http5xx,
    /// Answers with a 4xx status; targets give none, load balancers do.
    Http4xx,
    /// Share of requests that failed: answered with 5xx, or not at all.
    ErrorRate,
    /// Time from the request to the target's answer.
    Latency,
    /// Share of the CPU reserved by RUNNING tasks that they use.
    CpuUtilization,
    /// Share of the memory reserved by RUNNING tasks that they use.
    MemoryUtilization,
}

/// How a metric has its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A value at every moment.
    Gauge,
    /// Yes or no at every moment; as one number the share of time at which it is yes.
    Uptime,
    /// Things that happen; as one number how many do within the window.
    Counter,
    /// A part of the requests of the window.
    Ratio,
    /// Lengths of time, each of one request of the window; as one number the longest.
    Distribution,
    /// Lengths of time, each of something that begins within the window; as one number the
    /// longest.
    Lengths,
}

/// What narrows a metric down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A service by name.
    Service,
    /// An availability zone.
    Zone,
    /// A target group by name.
    TargetGroup,
    /// A cluster by name.
    Cluster,
    /// A load balancer by name.
    LoadBalancer,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 5] = [
        Self::Service,
        Self::Zone,
        Self::TargetGroup,
        Self::Cluster,
        Self::LoadBalancer,
    ];

    /// How it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Zone => "zone",
            Self::TargetGroup => "target_group",
            Self::Cluster => "cluster",
            Self::LoadBalancer => "load_balancer",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name() == name)
    }
}

/// The labels of one metric in an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labels {
    /// Service.
    pub service: Option<String>,
    /// Zone.
    pub zone: Option<String>,
    /// Target group.
    pub target_group: Option<String>,
    /// Cluster.
    pub cluster: Option<String>,
    /// Load balancer.
    pub load_balancer: Option<String>,
}

impl Labels {
    /// The value of a label.
    #[must_use]
    pub fn get(&self, label: Label) -> Option<&str> {
        match label {
            Label::Service => self.service.as_deref(),
            Label::Zone => self.zone.as_deref(),
            Label::TargetGroup => self.target_group.as_deref(),
            Label::Cluster => self.cluster.as_deref(),
            Label::LoadBalancer => self.load_balancer.as_deref(),
        }
    }

    pub(super) const fn slot(&mut self, label: Label) -> &mut Option<String> {
        match label {
            Label::Service => &mut self.service,
            Label::Zone => &mut self.zone,
            Label::TargetGroup => &mut self.target_group,
            Label::Cluster => &mut self.cluster,
            Label::LoadBalancer => &mut self.load_balancer,
        }
    }
}

impl Metric {
    /// All metrics.
    pub const ALL: [Self; 24] = [
        Self::Availability,
        Self::HealthyTasks,
        Self::RunningTasks,
        Self::PendingTasks,
        Self::DesiredTasks,
        Self::UnhealthyTasks,
        Self::StoppedTasks,
        Self::FailedTasks,
        Self::HealthyTargets,
        Self::UnhealthyTargets,
        Self::DeployDuration,
        Self::TimeToSteadyState,
        Self::DeploymentsFailed,
        Self::Rollbacks,
        Self::CpuReservation,
        Self::MemoryReservation,
        Self::RegisteredInstances,
        Self::Requests,
        Self::Http5xx,
        Self::Http4xx,
        Self::ErrorRate,
        Self::Latency,
        Self::CpuUtilization,
        Self::MemoryUtilization,
    ];

    /// How it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::HealthyTasks => "healthy_tasks",
            Self::RunningTasks => "running_tasks",
            Self::PendingTasks => "pending_tasks",
            Self::DesiredTasks => "desired_tasks",
            Self::UnhealthyTasks => "unhealthy_tasks",
            Self::StoppedTasks => "stopped_tasks",
            Self::FailedTasks => "failed_tasks",
            Self::HealthyTargets => "healthy_targets",
            Self::UnhealthyTargets => "unhealthy_targets",
            Self::DeployDuration => "deploy_duration",
            Self::TimeToSteadyState => "time_to_steady_state",
            Self::DeploymentsFailed => "deployments_failed",
            Self::Rollbacks => "rollbacks",
            Self::CpuReservation => "cpu_reservation",
            Self::MemoryReservation => "memory_reservation",
            Self::RegisteredInstances => "registered_instances",
            Self::Requests => "requests",
            Self::Http5xx => "http_5xx",
            Self::Http4xx => "http_4xx",
            Self::ErrorRate => "error_rate",
            Self::Latency => "latency",
            Self::CpuUtilization => "cpu_utilization",
            Self::MemoryUtilization => "memory_utilization",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "5xx" => Some(Self::Http5xx),
            "4xx" => Some(Self::Http4xx),
            _ => Self::ALL.into_iter().find(|metric| metric.name() == name),
        }
    }

    /// Whether it is of requests, some of which no service gets.
    #[must_use]
    pub const fn is_of_requests(self) -> bool {
        matches!(
            self,
            Self::Requests | Self::Http5xx | Self::Http4xx | Self::ErrorRate | Self::Latency
        )
    }

    /// How it has its values.
    #[must_use]
    pub const fn shape(self) -> Shape {
        match self {
            Self::Availability => Shape::Uptime,
            Self::HealthyTasks
            | Self::RunningTasks
            | Self::PendingTasks
            | Self::DesiredTasks
            | Self::UnhealthyTasks
            | Self::HealthyTargets
            | Self::UnhealthyTargets
            | Self::CpuReservation
            | Self::MemoryReservation
            | Self::RegisteredInstances
            | Self::CpuUtilization
            | Self::MemoryUtilization => Shape::Gauge,
            Self::ErrorRate => Shape::Ratio,
            Self::Latency => Shape::Distribution,
            Self::StoppedTasks
            | Self::FailedTasks
            | Self::DeploymentsFailed
            | Self::Rollbacks
            | Self::Requests
            | Self::Http5xx
            | Self::Http4xx => Shape::Counter,
            Self::DeployDuration | Self::TimeToSteadyState => Shape::Lengths,
        }
    }

    /// The unit of its values.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Availability
            | Self::ErrorRate
            | Self::CpuReservation
            | Self::MemoryReservation
            | Self::CpuUtilization
            | Self::MemoryUtilization => Unit::Share,
            Self::DeployDuration | Self::TimeToSteadyState | Self::Latency => Unit::Duration,
            Self::HealthyTasks
            | Self::RunningTasks
            | Self::PendingTasks
            | Self::DesiredTasks
            | Self::UnhealthyTasks
            | Self::StoppedTasks
            | Self::FailedTasks
            | Self::HealthyTargets
            | Self::UnhealthyTargets
            | Self::DeploymentsFailed
            | Self::Rollbacks
            | Self::RegisteredInstances
            | Self::Requests
            | Self::Http5xx
            | Self::Http4xx => Unit::Count,
        }
    }

    /// The labels that narrow it down.
    #[must_use]
    pub const fn labels(self) -> &'static [Label] {
        match self {
            Self::HealthyTasks
            | Self::RunningTasks
            | Self::PendingTasks
            | Self::UnhealthyTasks
            | Self::StoppedTasks
            | Self::FailedTasks => &[Label::Service, Label::Zone, Label::Cluster],
            Self::HealthyTargets
            | Self::UnhealthyTargets
            | Self::CpuUtilization
            | Self::MemoryUtilization => &[
                Label::Service,
                Label::Zone,
                Label::TargetGroup,
                Label::Cluster,
            ],
            Self::CpuReservation | Self::MemoryReservation | Self::RegisteredInstances => {
                &[Label::Zone, Label::Cluster]
            }
            Self::Availability
            | Self::DesiredTasks
            | Self::DeployDuration
            | Self::TimeToSteadyState
            | Self::DeploymentsFailed
            | Self::Rollbacks => &[Label::Service, Label::Cluster],
            Self::Requests | Self::Http5xx | Self::Http4xx | Self::ErrorRate | Self::Latency => {
                &Label::ALL
            }
        }
    }
}
