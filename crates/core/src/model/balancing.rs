//! Load balancers and target groups as a simulation needs them: defaults filled in, attributes
//! read (load-balancing-and-scaling.md 1 to 3).

use crate::id::{LoadBalancerIx, TargetGroupIx, ZoneIx};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

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

impl BalancerKind {
    /// Whether it answers requests with a status; the others reset connections.
    #[must_use]
    pub const fn has_status(self) -> bool {
        match self {
            Self::Application | Self::Classic => true,
            Self::Network | Self::Gateway => false,
        }
    }
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
    /// Listeners of a Classic Load Balancer, which needs no rules; none of any other.
    pub classic: Vec<ClassicListener>,
    /// Whether the design still has it.
    pub present: bool,
}

/// A listener of a Classic Load Balancer: a port, and one instance port for all instances (3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassicListener {
    /// What clients speak: HTTP, HTTPS, TCP, or TLS, which is called SSL there.
    pub protocol: TargetProtocol,
    /// Port of the load balancer.
    pub port: u16,
    /// Port of every instance behind it.
    pub instance_port: u16,
    /// The implicit target group of the load balancer.
    pub target_group: TargetGroupIx,
}

impl ClassicListener {
    /// How it picks an instance: the one with the fewest requests for HTTP and HTTPS, one after
    /// the other for TCP and SSL (3.2).
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.protocol {
            TargetProtocol::Http | TargetProtocol::Https => Algorithm::LeastOutstandingRequests,
            TargetProtocol::Tcp
            | TargetProtocol::Tls
            | TargetProtocol::Udp
            | TargetProtocol::TcpUdp => Algorithm::RoundRobin,
        }
    }
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

/// What is spoken with targets, or by a health check (2.1, 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetProtocol {
    /// HTTP.
    #[default]
    Http,
    /// HTTP over TLS.
    Https,
    /// Connections.
    Tcp,
    /// Connections over TLS; a Classic Load Balancer says SSL.
    Tls,
    /// Datagrams.
    Udp,
    /// Connections and datagrams on one port.
    TcpUdp,
}

impl TargetProtocol {
    /// Whether it is requests that are spoken: an Application Load Balancer's.
    #[must_use]
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

/// Which HTTP is spoken with targets (2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC over HTTP/2.
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

/// The port that health checks ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckPort {
    /// That with which the target is registered.
    #[default]
    Traffic,
    /// The same one of every target.
    Port(u16),
}

/// What a health check says, and what it takes for an answer (2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// HTTP and HTTPS ask for a page; the others want a connection.
    pub protocol: TargetProtocol,
    /// Whether it calls a gRPC method; its codes are then those of gRPC.
    pub is_grpc: bool,
    /// Path it asks for.
    pub path: String,
    /// Port it asks.
    pub port: CheckPort,
    /// Codes with which it passes, as ranges with both ends; of no meaning to a connection.
    pub matcher: Vec<(u16, u16)>,
}

impl HealthCheck {
    /// Whether an answer with `code` passes.
    #[must_use]
    pub fn takes(&self, code: u16) -> bool {
        let mut ranges = self.matcher.iter();
        ranges.any(|(least, most)| (*least..=*most).contains(&code))
    }
}

/// What keeps a client at its target (2.6, 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StickyBy {
    /// A cookie of the load balancer's own.
    #[default]
    BalancerCookie,
    /// A cookie of the application's.
    ApplicationCookie,
    /// The client's address.
    SourceAddress,
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
    /// What is spoken with targets.
    pub protocol: TargetProtocol,
    /// Which HTTP that is.
    pub version: ProtocolVersion,
    /// Port of the group, where one is stated; ECS registers targets with ports of their own.
    pub port: Option<u16>,
    /// How targets are checked.
    pub check: HealthCheck,
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
    /// By what it is kept.
    pub sticky_by: StickyBy,
    /// Whether connections are cut when the deregistration delay is over (3.1).
    pub terminates_connections: bool,
    /// Whether it is the implicit one of a Classic Load Balancer: the unit of registration is the
    /// instance, whatever its port (3.2).
    pub is_classic: bool,
    /// Whether all targets get requests while none is healthy.
    pub fails_open: bool,
    /// How many requests wait for a target while there is none; `None` where none waits (3.2).
    pub surge_queue: Option<u32>,
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
