//! What a metric is called, in CloudWatch's own words: namespace, name, dimensions, unit, and the
//! statistics that are valid for it (load-balancing-and-scaling.md 4.2 and 4.3).

use crate::model::{BalancerKind, Settings};
use crate::time::{Instant, Millis};
use alloc::string::String;
use alloc::vec::Vec;

/// Whose metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Namespace {
    /// `AWS/ApplicationELB`.
    ApplicationElb,
    /// `AWS/NetworkELB`.
    NetworkElb,
    /// `AWS/ECS`.
    Ecs,
}

/// A metric's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricName {
    /// Requests for which a target was chosen.
    RequestCount,
    /// Requests of a target group divided by its healthy targets.
    RequestCountPerTarget,
    /// Time from leaving the load balancer to the target's answer.
    TargetResponseTime,
    /// Connections to targets that failed.
    TargetConnectionErrorCount,
    /// Answers of targets.
    HttpCodeTarget2xx,
    /// Answers of targets.
    HttpCodeTarget5xx,
    /// Answers of the load balancer itself.
    HttpCodeElb3xx,
    /// Answers of the load balancer itself.
    HttpCodeElb4xx,
    /// Answers of the load balancer itself.
    HttpCodeElb5xx,
    /// Answers of the load balancer itself.
    HttpCodeElb502,
    /// Answers of the load balancer itself.
    HttpCodeElb503,
    /// Answers of the load balancer itself.
    HttpCodeElb504,
    /// Fixed responses.
    HttpFixedResponse,
    /// Redirects.
    HttpRedirect,
    /// Targets that pass their checks.
    HealthyHostCount,
    /// Targets that do not.
    UnHealthyHostCount,
    /// Requests that were routed although too few targets are healthy (fail open).
    UnhealthyRoutingRequestCount,
    /// Flows of a Network Load Balancer that are open.
    ActiveFlowCount,
    /// Flows of a Network Load Balancer that were opened.
    NewFlowCount,
    /// CPU used, of what is reserved (service) or registered (cluster).
    CpuUtilization,
    /// Memory used, of what is reserved (service) or registered (cluster).
    MemoryUtilization,
    /// CPU that RUNNING tasks reserve, of what is registered.
    CpuReservation,
    /// Memory that RUNNING tasks reserve, of what is registered.
    MemoryReservation,
}

/// CloudWatch's unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// `Count`.
    Count,
    /// `Seconds`.
    Seconds,
    /// `Percent`.
    Percent,
}

/// A statistic of the samples of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// All samples together.
    Sum,
    /// Their mean.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// How many there are.
    SampleCount,
    /// What half of them do not exceed.
    P50,
    /// What 90 % of them do not exceed.
    P90,
    /// What 95 % of them do not exceed.
    P95,
    /// What 99 % of them do not exceed.
    P99,
}

/// A dimension's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// `AvailabilityZone`.
    AvailabilityZone,
    /// `ClusterName`.
    ClusterName,
    /// `LoadBalancer`.
    LoadBalancer,
    /// `ServiceName`.
    ServiceName,
    /// `TargetGroup`.
    TargetGroup,
}

/// A metric: two are the same if all of it is. Load balancers and target groups stand in the
/// dimensions by the names that the document has for them; AWS puts `app/` or `targetgroup/`
/// before them and an id that it draws behind ([`super::MetricStore::find`] takes both forms).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricId {
    /// Namespace.
    pub namespace: Namespace,
    /// Name.
    pub name: MetricName,
    /// Dimensions by name.
    pub dimensions: Vec<(Dimension, String)>,
}

impl Namespace {
    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApplicationElb => "AWS/ApplicationELB",
            Self::NetworkElb => "AWS/NetworkELB",
            Self::Ecs => "AWS/ECS",
        }
    }

    /// That of a load balancer's metrics; `None` for kinds whose metrics are not modelled.
    pub(super) const fn of(kind: BalancerKind) -> Option<Self> {
        match kind {
            BalancerKind::Application => Some(Self::ApplicationElb),
            BalancerKind::Network => Some(Self::NetworkElb),
            BalancerKind::Gateway | BalancerKind::Classic => None,
        }
    }

    /// How long after its minute is over a point can be seen (4.4).
    #[must_use]
    pub const fn delay(self, settings: &Settings) -> Millis {
        match self {
            Self::ApplicationElb | Self::NetworkElb => settings.metric_delay_elb,
            Self::Ecs => settings.metric_delay_ecs,
        }
    }

    /// When the point of the minute that starts at `at` can be seen.
    #[must_use]
    pub fn visible_at(self, at: Instant, settings: &Settings) -> Instant {
        at + super::MINUTE + self.delay(settings)
    }
}

impl MetricName {
    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestCount => "RequestCount",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::TargetResponseTime => "TargetResponseTime",
            Self::TargetConnectionErrorCount => "TargetConnectionErrorCount",
            Self::HttpCodeTarget2xx => "HTTPCode_Target_2XX_Count",
            Self::HttpCodeTarget5xx => "HTTPCode_Target_5XX_Count",
            Self::HttpCodeElb3xx => "HTTPCode_ELB_3XX_Count",
            Self::HttpCodeElb4xx => "HTTPCode_ELB_4XX_Count",
            Self::HttpCodeElb5xx => "HTTPCode_ELB_5XX_Count",
            Self::HttpCodeElb502 => "HTTPCode_ELB_502_Count",
            Self::HttpCodeElb503 => "HTTPCode_ELB_503_Count",
            Self::HttpCodeElb504 => "HTTPCode_ELB_504_Count",
            Self::HttpFixedResponse => "HTTP_Fixed_Response_Count",
            Self::HttpRedirect => "HTTP_Redirect_Count",
            Self::HealthyHostCount => "HealthyHostCount",
            Self::UnHealthyHostCount => "UnHealthyHostCount",
            Self::UnhealthyRoutingRequestCount => "UnhealthyRoutingRequestCount",
            Self::ActiveFlowCount => "ActiveFlowCount",
            Self::NewFlowCount => "NewFlowCount",
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::CpuReservation => "CPUReservation",
            Self::MemoryReservation => "MemoryReservation",
        }
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> MetricUnit {
        match self {
            Self::TargetResponseTime => MetricUnit::Seconds,
            Self::CpuUtilization
            | Self::MemoryUtilization
            | Self::CpuReservation
            | Self::MemoryReservation => MetricUnit::Percent,
            Self::RequestCount
            | Self::RequestCountPerTarget
            | Self::TargetConnectionErrorCount
            | Self::HttpCodeTarget2xx
            | Self::HttpCodeTarget5xx
            | Self::HttpCodeElb3xx
            | Self::HttpCodeElb4xx
            | Self::HttpCodeElb5xx
            | Self::HttpCodeElb502
            | Self::HttpCodeElb503
            | Self::HttpCodeElb504
            | Self::HttpFixedResponse
            | Self::HttpRedirect
            | Self::HealthyHostCount
            | Self::UnHealthyHostCount
            | Self::UnhealthyRoutingRequestCount
            | Self::ActiveFlowCount
            | Self::NewFlowCount => MetricUnit::Count,
        }
    }

    /// The statistics that mean something of it (4.3): of things that are counted their number, of
    /// others what their samples say.
    #[must_use]
    pub const fn statistics(self) -> &'static [Statistic] {
        match self {
            Self::RequestCount
            | Self::RequestCountPerTarget
            | Self::TargetConnectionErrorCount
            | Self::HttpCodeTarget2xx
            | Self::HttpCodeTarget5xx
            | Self::HttpCodeElb3xx
            | Self::HttpCodeElb4xx
            | Self::HttpCodeElb5xx
            | Self::HttpCodeElb502
            | Self::HttpCodeElb503
            | Self::HttpCodeElb504
            | Self::HttpFixedResponse
            | Self::HttpRedirect
            | Self::UnhealthyRoutingRequestCount
            | Self::NewFlowCount => &[Statistic::Sum],
            Self::HealthyHostCount | Self::UnHealthyHostCount | Self::ActiveFlowCount => {
                &[Statistic::Average, Statistic::Minimum, Statistic::Maximum]
            }
            Self::CpuUtilization
            | Self::MemoryUtilization
            | Self::CpuReservation
            | Self::MemoryReservation => &[
                Statistic::Average,
                Statistic::Minimum,
                Statistic::Maximum,
                Statistic::SampleCount,
            ],
            Self::TargetResponseTime => &[
                Statistic::Average,
                Statistic::Minimum,
                Statistic::Maximum,
                Statistic::SampleCount,
                Statistic::P50,
                Statistic::P90,
                Statistic::P95,
                Statistic::P99,
            ],
        }
    }
}

impl MetricUnit {
    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
            Self::Percent => "Percent",
        }
    }
}

impl Statistic {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sum,
        Self::Average,
        Self::Minimum,
        Self::Maximum,
        Self::SampleCount,
        Self::P50,
        Self::P90,
        Self::P95,
        Self::P99,
    ];

    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

impl Dimension {
    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AvailabilityZone => "AvailabilityZone",
            Self::ClusterName => "ClusterName",
            Self::LoadBalancer => "LoadBalancer",
            Self::ServiceName => "ServiceName",
            Self::TargetGroup => "TargetGroup",
        }
    }

    /// Whether a value as AWS writes it, or as the document names the part, means `name`.
    pub(super) fn means(self, value: &str, name: &str) -> bool {
        let in_arn = match self {
            Self::LoadBalancer | Self::TargetGroup => value.split('/').nth(1),
            Self::AvailabilityZone | Self::ClusterName | Self::ServiceName => None,
        };
        value == name || in_arn == Some(name)
    }
}
