//! What is counted of requests: by target group and zone, and at the load balancer's edge, as the
//! metrics of load-balancing-and-scaling.md 4.3 tell it apart.

use crate::control::RequestFailure;
use crate::sim::traffic::{Latency, Micro};
use alloc::vec::Vec;

/// What became of the requests of one target group, where the target stands in one zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Requests for which a target was chosen and that were answered or failed.
    pub routed: Micro,
    /// Answers of targets with a status of 2xx.
    pub answered: Micro,
    /// Answers of targets with a status of 5xx.
    pub target_5xx: Micro,
    /// Answers of the load balancer itself.
    pub elb_502: Micro,
    /// Answers of the load balancer itself.
    pub elb_503: Micro,
    /// Answers of the load balancer itself.
    pub elb_504: Micro,
    /// Requests that nobody answered.
    pub unanswered: Micro,
    /// Connections to targets that failed.
    pub connection_errors: Micro,
    /// How long answers took, and how many took so long.
    pub latencies: Vec<(Latency, Micro)>,
}

/// What a listener did without any target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// Redirects.
    pub redirects: Micro,
    /// Fixed responses.
    pub fixed: Micro,
    /// Answers of the load balancer with a status of 2xx.
    pub elb_2xx: Micro,
    /// Answers of the load balancer with a status of 3xx.
    pub elb_3xx: Micro,
    /// Answers of the load balancer with a status of 4xx.
    pub elb_4xx: Micro,
    /// Answers of the load balancer with a status of 5xx.
    pub elb_5xx: Micro,
    /// Requests that nobody answered.
    pub unanswered: Micro,
}

impl Cell {
    pub(super) fn answer(&mut self, latency: &Latency, well: Micro, errors: Micro) {
        let all = well + errors;
        if all == 0 {
            return;
        }
        self.answered += well;
        self.routed += well;
        match self.latencies.last_mut().filter(|(it, _)| it == latency) {
            Some((_, count)) => *count += all,
            None => self.latencies.push((*latency, all)),
        }
    }

    pub(super) fn fail(&mut self, failure: RequestFailure, count: Micro) {
        if failure.has_target() {
            self.routed += count;
        }
        let slot = match failure {
            RequestFailure::TargetError => &mut self.target_5xx,
            RequestFailure::EmptyGroup
            | RequestFailure::EmptyZone
            | RequestFailure::NoWeight
            | RequestFailure::NoHealthyTarget => &mut self.elb_503,
            RequestFailure::ConnectionRefused
            | RequestFailure::ConnectionReset
            | RequestFailure::DelayExpired => &mut self.elb_502,
            RequestFailure::ConnectTimeout | RequestFailure::IdleTimeout => &mut self.elb_504,
            RequestFailure::NodeUnreachable => &mut self.unanswered,
        };
        *slot += count;
        match failure {
            RequestFailure::ConnectionRefused | RequestFailure::ConnectTimeout => {
                self.connection_errors += count;
            }
            RequestFailure::TargetError
            | RequestFailure::EmptyGroup
            | RequestFailure::EmptyZone
            | RequestFailure::NoWeight
            | RequestFailure::NoHealthyTarget
            | RequestFailure::ConnectionReset
            | RequestFailure::DelayExpired
            | RequestFailure::IdleTimeout
            | RequestFailure::NodeUnreachable => {}
        }
    }

    /// All requests in it.
    #[must_use]
    pub fn all(&self) -> Micro {
        self.answered + self.failed()
    }

    /// Requests that failed.
    #[must_use]
    pub fn failed(&self) -> Micro {
        self.target_5xx + self.elb_502 + self.elb_503 + self.elb_504 + self.unanswered
    }
}

impl Edge {
    /// Counts an answer of the load balancer.
    pub(super) fn count(&mut self, status: u16, count: Micro) {
        let slot = match status / 100 {
            2 => &mut self.elb_2xx,
            3 => &mut self.elb_3xx,
            4 => &mut self.elb_4xx,
            _ => &mut self.elb_5xx,
        };
        *slot += count;
    }

    /// All requests in it.
    #[must_use]
    pub fn all(&self) -> Micro {
        self.elb_2xx + self.elb_3xx + self.elb_4xx + self.elb_5xx + self.unanswered
    }
}
