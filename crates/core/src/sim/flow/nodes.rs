//! The nodes of a load balancer, one in each of its zones, and which of them DNS names
//! (load-balancing-and-scaling.md 2.8).

use super::Flow;
use super::shares::{Node, Sharing, crosses, fails_over};
use crate::id::{LoadBalancerIx, TargetGroupIx, ZoneIx};
use crate::model::{BalancerKind, HealthFloor};
use crate::sim::traffic::Micro;
use crate::sim::world::World;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Nodes of a Network Load Balancer without a healthy target are taken out of DNS (3.1); of an
/// Application Load Balancer the guide says that this is off unless it is set, the API that one
/// healthy target is needed. The guide describes the behaviour.
const NETWORK_FLOOR: u32 = 1;

impl Flow {
    /// Notes which nodes are to be taken out of DNS, or put back.
    pub(super) fn watch_nodes(&mut self, world: &World) {
        let mut down = BTreeSet::new();
        for (index, group) in &self.groups {
            let balancer = world.model().load_balancer(group.balancer);
            let compiled = world.model().target_group(*index);
            let crosses = crosses(compiled, balancer);
            // A group that nobody asks or that has no target says nothing about its zones.
            let is_used = !group.feeds.is_empty() && group.members.iter().any(|it| it.is_open);
            let mut floor = compiled.dns_failover;
            if balancer.kind == BalancerKind::Network && floor == HealthFloor::default() {
                floor.count = Some(NETWORK_FLOOR);
            }
            for zone in &balancer.zones {
                let is_dark = world.is_zone_failed(*zone);
                let members = (group.members.as_slice(), &balancer.zones);
                let fails = is_used && fails_over(crosses, floor, members, *zone);
                if is_dark || fails {
                    down.insert((group.balancer, *zone));
                }
            }
        }
        let now = world.now();
        self.down.retain(|node, _| down.contains(node));
        for node in down {
            self.down.entry(node).or_insert(now);
        }
    }

    /// The nodes of a load balancer with the share of clients that still come to each: they look a
    /// name up again as what they know of it expires, evenly over the time to live.
    pub(super) fn nodes(&self, world: &World, balancer: LoadBalancerIx) -> Vec<Node> {
        let ttl = world.model().settings.dns_ttl.0.max(1) as f64;
        let zones: Vec<ZoneIx> = {
            let compiled = world.model().load_balancer(balancer);
            compiled.zones.iter().copied().collect()
        };
        let age = |zone: &ZoneIx| {
            let since = self.down.get(&(balancer, *zone))?;
            Some((world.now().since(*since).0 as f64 / ttl).min(1.0))
        };
        let all_down = zones
            .iter()
            .all(|zone| self.down.contains_key(&(balancer, *zone)));
        let weight = |zone: &ZoneIx| match age(zone).filter(|_| !all_down) {
            Some(age) => 1.0 - age,
            None => 1.0,
        };
        let lost: f64 = zones.iter().map(|zone| 1.0 - weight(zone)).sum();
        let up = zones.iter().filter(|zone| age(zone).is_none()).count();
        let each = 1.0 / zones.len().max(1) as f64;
        let share = |zone: &ZoneIx| {
            // Those who looked the name up again went to a node that is named.
            let gained = if age(zone).is_none() && up > 0 {
                lost / up as f64
            } else {
                0.0
            };
            (weight(zone) + gained) * each
        };
        let node = |zone: &ZoneIx| Node {
            zone: *zone,
            share: share(zone),
            is_reachable: !world.is_zone_failed(*zone),
        };
        zones.iter().map(node).collect()
    }

    /// Shares a group's requests out anew.
    pub(super) fn share(&mut self, world: &World, index: TargetGroupIx) {
        let Some(mut group) = self.groups.remove(&index) else {
            return;
        };
        let nodes = self.nodes(world, group.balancer);
        let (rate, kept) = self.rate_of(world, &group.feeds);
        let sharing = Sharing {
            group: world.model().target_group(index),
            balancer: world.model().load_balancer(group.balancer),
            nodes: &nodes,
            now: world.now(),
            rate,
            kept,
            initial_fails_open: world.model().settings.initial_targets_fail_open,
        };
        group.share_out(&sharing);
        self.groups.insert(index, group);
    }

    /// Requests per second of a group, and the share of them that comes from clients with cookies.
    fn rate_of(&self, world: &World, feeds: &[super::Feed]) -> (Micro, f64) {
        let (mut all, mut kept) = (0_u64, 0_u64);
        for feed in feeds {
            let Some(source) = world.traffic.get(feed.source) else {
                continue;
            };
            let again: Micro = self.sources[feed.source].attempts().map(|it| it.1).sum();
            let rate = source.requests_per_second.rate(world.now()) + again;
            let rate = super::part(rate, feed.from, feed.to);
            all += rate;
            let keeps = source.session.is_some_and(|it| it.0 > 0);
            kept += if keeps { rate } else { 0 };
        }
        let share = if all == 0 {
            0.0
        } else {
            kept as f64 / all as f64
        };
        (all, share)
    }
}
