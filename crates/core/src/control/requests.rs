//! The ways in which a request fails, for events and metrics (load-balancing-and-scaling.md 1.7).

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestFailure {
    /// The target group has no registered target that does not drain.
    EmptyGroup,
    /// Nothing is registered in the zone of the load balancer's node, which sends nowhere else.
    EmptyZone,
    /// Every target group of the action has weight zero.
    NoWeight,
    /// No target is healthy, and this kind of load balancer then sends to none.
    NoHealthyTarget,
    /// The target answers a connection with a reset: its container does not listen.
    ConnectionRefused,
    /// The task ended with the request in flight.
    ConnectionReset,
    /// The deregistration delay was over with the request in flight.
    DelayExpired,
    /// Nothing at the target's address answered a connection in time.
    ConnectTimeout,
    /// The target did not answer before the idle timeout.
    IdleTimeout,
    /// The target itself answered with an error.
    TargetError,
    /// The node of the load balancer that the client chose is not reachable.
    NodeUnreachable,
}

impl RequestFailure {
    /// The status code that the client sees; `None` where nobody answers.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::EmptyGroup | Self::EmptyZone | Self::NoWeight | Self::NoHealthyTarget => {
                Some(503)
            }
            Self::ConnectionRefused | Self::ConnectionReset | Self::DelayExpired => Some(502),
            Self::ConnectTimeout | Self::IdleTimeout => Some(504),
            Self::TargetError => Some(500),
            Self::NodeUnreachable => None,
        }
    }

    /// Whether a target was chosen for the request before it failed: only then it counts as a
    /// request of the load balancer (4.3).
    #[must_use]
    pub const fn has_target(self) -> bool {
        match self {
            Self::EmptyGroup
            | Self::EmptyZone
            | Self::NoWeight
            | Self::NoHealthyTarget
            | Self::NodeUnreachable => false,
            Self::ConnectionRefused
            | Self::ConnectionReset
            | Self::DelayExpired
            | Self::ConnectTimeout
            | Self::IdleTimeout
            | Self::TargetError => true,
        }
    }
}
