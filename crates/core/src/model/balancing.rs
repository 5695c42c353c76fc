//! Load balancers and target groups as a simulation needs them: defaults filled in, attributes
//! read (load-balancing-and-scaling.md 1 to 3).

use crate::id::{LoadBalancerIx, ZoneIx};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// What kind of load balancer it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BalancerKind {
    /// Application: HTTP, rules.
    #[default]
    Application,
    /// Network: connections, no rules.
    Network,
    /// Gateway: nothing of ECS stands behind one.
    Gateway,
    /// Classic: one fixed instance port, no rules, no target groups.
    Classic,
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: BalancerKind,
    /// Zones that it has a node in: those of its subnets.
    pub zones: BTreeSet<ZoneIx>,
    /// Whether each node sends to the targets of all zones, unless a target group says otherwise.
    pub cross_zone: bool,
    /// How long a connection may say nothing; a request that is not answered by then fails.
    pub idle_timeout: Millis,
    /// Whether the design still has it.
    pub present: bool,
}

/// What stands in a target group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetType {
    /// EC2 instances with a port.
    #[default]
    Instance,
    /// Addresses, such as those of `awsvpc` tasks.
    Ip,
    /// A Lambda function.
    Lambda,
    /// An Application Load Balancer behind a Network one.
    Alb,
}

/// Version of HTTP that a group's targets speak (2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
}

/// What a client speaks with a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientProtocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC over HTTP/2.
    Grpc,
}

impl ProtocolVersion {
    /// Whether targets of this version take a client's request; 464 otherwise (2.1).
    #[must_use]
    pub fn takes(self, client: ClientProtocol, method: &str) -> bool {
        match (self, client) {
            (Self::Http1, ClientProtocol::Http1 | ClientProtocol::Http2)
            | (Self::Http2, ClientProtocol::Http2 | ClientProtocol::Grpc)
            | (Self::Grpc, ClientProtocol::Grpc) => true,
            (Self::Grpc, ClientProtocol::Http2) => method == "POST",
            (Self::Http1, ClientProtocol::Grpc)
            | (Self::Http2 | Self::Grpc, ClientProtocol::Http1) => false,
        }
    }
}

/// How a target is chosen (2.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// One after the other.
    #[default]
    RoundRobin,
    /// The one with the fewest requests sent and not answered.
    LeastOutstandingRequests,
    /// At random, by weight.
    WeightedRandom,
    /// By a hash of the connection (Network Load Balancers, 3.1).
    FlowHash,
}

/// Least healthy targets, below which something is done; `None` where a bound is off (2.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HealthFloor {
    /// A number of targets.
    pub count: Option<u32>,
    /// A percentage of the registered targets.
    pub percentage: Option<u32>,
}

impl HealthFloor {
    /// Whether `healthy` of `registered` targets are too few.
    #[must_use]
    pub fn is_breached(&self, healthy: u64, registered: u64) -> bool {
        let by_count = self.count.is_some_and(|least| healthy < least.into());
        let by_share = self
            .percentage
            .is_some_and(|least| healthy * 100 < registered * u64::from(least));
        by_count || by_share
    }
}

/// A target group.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Name.
    pub name: String,
    /// What stands in it.
    pub target_type: TargetType,
    /// Version of HTTP that targets speak.
    pub version: ProtocolVersion,
    /// Time from one health check to the next.
    pub interval: Millis,
    /// Time without an answer after which a health check has failed.
    pub timeout: Millis,
    /// Passes in a row until an unhealthy target is healthy.
    pub healthy_threshold: u32,
    /// Failures in a row until a target is unhealthy.
    pub unhealthy_threshold: u32,
    /// How long a target drains.
    pub deregistration_delay: Millis,
    /// How long the share of a target that became healthy grows; zero where it has its whole
    /// share at once (2.5).
    pub slow_start: Millis,
    /// How a target is chosen.
    pub algorithm: Algorithm,
    /// Whether targets that answer worse than their peers get less (2.7).
    pub anomaly_mitigation: bool,
    /// How long a client is kept at its target; `None` where it is not (2.6).
    pub stickiness: Option<Millis>,
    /// Whether every node sends to the targets of all zones; `None` as the load balancer says.
    pub cross_zone: Option<bool>,
    /// Below this a zone is taken out of DNS.
    pub dns_failover: HealthFloor,
    /// Below this requests go to all targets, healthy or not.
    pub unhealthy_routing: HealthFloor,
    /// Load balancers whose listeners or rules forward to it.
    pub balancers: BTreeSet<LoadBalancerIx>,
    /// Whether the design still has it.
    pub present: bool,
}
