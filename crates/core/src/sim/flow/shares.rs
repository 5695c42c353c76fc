//! Which target gets which share of a group's requests: nodes by zone, health, algorithm
//! (load-balancing-and-scaling.md 1.8 and 2.5 to 2.8).

use super::SECOND;
use super::group::{GroupFlow, Lost, Member, WHOLE};
use crate::control::RequestFailure;
use crate::id::ZoneIx;
use crate::model::{Algorithm, HealthFloor, LoadBalancer, TargetGroup};
use crate::sim::traffic::{LeastOutstanding, Outstanding, REQUEST};
use crate::time::{Instant, Millis};
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// A node of a load balancer: one for each zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) zone: ZoneIx,
    /// Share of the clients that come to it.
    pub(super) share: f64,
    /// Whether it answers at all.
    pub(super) is_reachable: bool,
}

/// What shares depend on beside the members.
pub(super) struct Sharing<'a> {
    pub(super) group: &'a TargetGroup,
    pub(super) balancer: &'a LoadBalancer,
    pub(super) nodes: &'a [Node],
    pub(super) now: Instant,
    /// Requests in a second, in millionths.
    pub(super) rate: u64,
    /// Share of the requests of clients that keep cookies.
    pub(super) kept: f64,
    /// Whether a group whose targets are all `initial` fails open (1.8).
    pub(super) initial_fails_open: bool,
}

/// Whether every node sends to the targets of all zones.
pub(super) fn crosses(group: &TargetGroup, balancer: &LoadBalancer) -> bool {
    group.cross_zone.unwrap_or(balancer.cross_zone)
}

/// Whether clients are kept at their targets. Not where nodes keep to their zones (2.8). What a
/// Network Load Balancer keeps by address is forgotten whenever a target comes or goes (3.1), so
/// that shares are those of the algorithm.
pub(super) fn is_sticky(group: &TargetGroup, balancer: &LoadBalancer) -> bool {
    group.stickiness.is_some() && group.protocol.is_http() && crosses(group, balancer)
}

/// Least share of slow start, so that a target is asked at all (2.5, our choice).
const SLOW_START_LEAST: f64 = 0.01;

impl Sharing<'_> {
    fn crosses(&self) -> bool {
        crosses(self.group, self.balancer)
    }

    /// Targets that a node may send to: registered and not draining, in a zone that the load
    /// balancer serves.
    fn registered(&self, members: &[Member], node: ZoneIx) -> Vec<usize> {
        let crosses = self.crosses();
        let serves = |zone: ZoneIx| {
            if crosses {
                self.balancer.zones.contains(&zone)
            } else {
                zone == node
            }
        };
        let all = members.iter().enumerate();
        all.filter(|(_, it)| it.is_open && serves(it.zone))
            .map(|(at, _)| at)
            .collect()
    }

    /// Those that a node sends to: the healthy ones, or all where too few are healthy.
    fn candidates(&self, members: &[Member], node: ZoneIx) -> Result<Vec<usize>, RequestFailure> {
        let registered = self.registered(members, node);
        if registered.is_empty() {
            return Err(if self.crosses() {
                RequestFailure::EmptyGroup
            } else {
                RequestFailure::EmptyZone
            });
        }
        let healthy: Vec<usize> = registered
            .iter()
            .copied()
            .filter(|at| members[*at].is_healthy)
            .collect();
        if healthy.is_empty() {
            let all_initial = registered.iter().all(|at| members[*at].is_initial);
            let opens = self.group.fails_open && (!all_initial || self.initial_fails_open);
            return if opens {
                Ok(registered)
            } else {
                Err(RequestFailure::NoHealthyTarget)
            };
        }
        let floor = self.group.unhealthy_routing;
        if floor.is_breached(healthy.len() as u64, registered.len() as u64) {
            return Ok(registered);
        }
        Ok(healthy)
    }

    /// How much a target counts beside its peers.
    fn weight(&self, member: &Member) -> f64 {
        let mut weight = 1.0;
        if member.starts_slowly && self.group.slow_start > Millis::ZERO {
            let age = self.now.since(member.healthy_since).0 as f64;
            let grown = age / self.group.slow_start.0 as f64;
            weight = grown.clamp(SLOW_START_LEAST, 1.0);
        }
        if self.group.algorithm == Algorithm::WeightedRandom && self.group.anomaly_mitigation {
            weight *= member.anomaly.weight();
        }
        weight
    }

    /// Adds what a node sends to each target.
    fn spread(
        &self,
        members: &[Member],
        (among, outstanding): (&[usize], &mut LeastOutstanding),
        share: f64,
        (shares, drawn): (&mut [f64], &mut [f64]),
    ) {
        let weights: Vec<f64> = among.iter().map(|at| self.weight(&members[*at])).collect();
        let chosen = match self.group.algorithm {
            Algorithm::RoundRobin | Algorithm::WeightedRandom | Algorithm::FlowHash => {
                normalised(weights)
            }
            Algorithm::LeastOutstandingRequests => {
                let rate_per_ms = self.rate as f64 / REQUEST as f64 / 1000.0 * share;
                let targets: Vec<Outstanding> = among
                    .iter()
                    .map(|at| Outstanding {
                        serving: members[*at].serving,
                        waiting: members[*at].station.waiting(),
                    })
                    .collect();
                outstanding.shares(rate_per_ms, SECOND, &targets).to_vec()
            }
        };
        let pinned: f64 = among.iter().map(|at| members[*at].pinned).sum();
        let keeps = pinned > 0.0 && is_sticky(self.group, self.balancer);
        let kept = if keeps { self.kept } else { 0.0 };
        for (at, chosen) in among.iter().zip(chosen) {
            let held = if pinned > 0.0 {
                members[*at].pinned / pinned
            } else {
                0.0
            };
            drawn[*at] += share * chosen;
            shares[*at] += share * (chosen * (1.0 - kept) + held * kept);
        }
    }
}

/// Weights made to add up to one; equal ones where all are zero.
fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let count = weights.len().max(1) as f64;
    for weight in &mut weights {
        *weight = if sum > 0.0 {
            *weight / sum
        } else {
            1.0 / count
        };
    }
    weights
}

impl GroupFlow {
    /// Finds every target's share anew.
    pub(super) fn share_out(&mut self, sharing: &Sharing<'_>) {
        let mut shares = vec![0.0; self.members.len()];
        let mut drawn = shares.clone();
        let mut lost: Vec<(RequestFailure, f64)> = Vec::new();
        let crosses = sharing.crosses();
        let reachable: f64 = sharing
            .nodes
            .iter()
            .filter(|it| it.is_reachable)
            .map(|it| it.share)
            .sum();
        for node in sharing.nodes.iter().filter(|it| it.share > 0.0) {
            if !node.is_reachable {
                lost.push((RequestFailure::NodeUnreachable, node.share));
            } else if !crosses {
                let into = (&mut *shares, &mut *drawn, &mut lost);
                self.spread_node(sharing, node.zone, node.share, into);
            }
        }
        // With cross-zone on every node does the same.
        if crosses && reachable > 0.0 {
            let any = sharing.nodes.iter().find(|it| it.is_reachable);
            let zone = any.map_or(ZoneIx(0), |it| it.zone);
            let into = (&mut *shares, &mut *drawn, &mut lost);
            self.spread_node(sharing, zone, reachable, into);
        }
        let is_nobody = shares.iter().all(|share| *share <= 0.0);
        if is_nobody && lost.iter().all(|(_, share)| *share <= 0.0) {
            lost.push((RequestFailure::EmptyGroup, 1.0));
        }
        for (member, drawn) in self.members.iter_mut().zip(drawn) {
            member.drawn = drawn;
        }
        self.set_shares(&shares, &lost);
    }

    fn spread_node(
        &mut self,
        sharing: &Sharing<'_>,
        zone: ZoneIx,
        share: f64,
        (shares, drawn, lost): (&mut [f64], &mut [f64], &mut Vec<(RequestFailure, f64)>),
    ) {
        match sharing.candidates(&self.members, zone) {
            Ok(among) => {
                let outstanding = self.outstanding.entry(zone).or_default();
                let into = (shares, drawn);
                sharing.spread(&self.members, (&among, outstanding), share, into);
            }
            Err(failure) => match lost.iter_mut().find(|(known, _)| *known == failure) {
                Some((_, sum)) => *sum += share,
                None => lost.push((failure, share)),
            },
        }
    }

    /// Cumulative shares in fractions of 2^32. The last that is not zero ends at one, so that
    /// nothing is lost in rounding and nothing goes where nothing should.
    fn set_shares(&mut self, shares: &[f64], lost: &[(RequestFailure, f64)]) {
        let all = shares.iter().chain(lost.iter().map(|(_, share)| share));
        let all: Vec<f64> = all.copied().collect();
        let sum: f64 = all.iter().sum();
        let last = all.iter().rposition(|share| *share > 0.0);
        let mut so_far = 0.0;
        let mut ends = Vec::with_capacity(shares.len() + lost.len());
        for (at, share) in all.iter().enumerate() {
            so_far += share;
            let end = if last.is_some_and(|last| at >= last) || sum <= 0.0 {
                WHOLE
            } else {
                ((so_far / sum) * WHOLE as f64) as u64
            };
            ends.push(end.min(WHOLE));
        }
        for (member, end) in self.members.iter_mut().zip(&ends) {
            member.share_end = *end;
        }
        let behind = ends.iter().skip(shares.len());
        self.lost = lost
            .iter()
            .zip(behind)
            .map(|((failure, _), end)| Lost {
                failure: *failure,
                share_end: *end,
            })
            .collect();
    }
}

/// Whether too few targets of a zone are healthy, so that DNS takes its node away (2.8).
pub(super) fn fails_over(
    sharing_crosses: bool,
    floor: HealthFloor,
    (members, zones): (&[Member], &BTreeSet<ZoneIx>),
    zone: ZoneIx,
) -> bool {
    // Those in zones without a node are unused.
    let counts = |it: &&Member| {
        it.is_open && zones.contains(&it.zone) && (sharing_crosses || it.zone == zone)
    };
    let (mut registered, mut healthy) = (0, 0);
    for member in members.iter().filter(counts) {
        registered += 1;
        healthy += u64::from(member.is_healthy);
    }
    floor.is_breached(healthy, registered)
}
