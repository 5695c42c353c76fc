//! What AWS counts over a whole load balancer (load-balancing-and-scaling.md 1.1).

use super::Opened;
use crate::id::{LoadBalancerIx, TargetGroupIx};
use crate::model::compile::Compiler;
use crate::model::{BalancerKind, Quota};
use crate::routing::Routed;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;

/// What one load balancer has.
#[derive(Default)]
struct Counts {
    listeners: usize,
    rules: usize,
    groups: BTreeSet<TargetGroupIx>,
}

impl Compiler<'_> {
    pub(super) fn routing_limits(&mut self, opened: &[Opened]) {
        let mut counts: BTreeMap<LoadBalancerIx, Counts> = BTreeMap::new();
        for it in opened {
            let counts = counts.entry(it.listener.load_balancer).or_default();
            counts.listeners += 1;
            counts.rules += it.rules.len();
            let rules = it.rules.iter().map(|rule| &rule.routed);
            let all = rules.chain([&it.default]);
            counts.groups.extend(all.flat_map(Routed::target_groups));
        }
        for (at, balancer) in self.design.load_balancers.iter().enumerate() {
            let index = self.names.load_balancers.get(&balancer.name).copied();
            let Some(index) = index.map(LoadBalancerIx::from_at) else {
                continue;
            };
            let is_application = match self.model.load_balancer(index).kind {
                BalancerKind::Application => true,
                BalancerKind::Network | BalancerKind::Gateway | BalancerKind::Classic => false,
            };
            // Taken out, so that a name that stands twice is told of once.
            let Some(counts) = counts.remove(&index).filter(|_| is_application) else {
                continue;
            };
            let pointer = format!("/loadBalancers/{at}");
            self.quota(&pointer, Quota::BalancerListeners, counts.listeners);
            self.quota(&pointer, Quota::BalancerRules, counts.rules);
            self.quota(&pointer, Quota::BalancerGroups, counts.groups.len());
        }
    }

    /// Target groups behind more than one load balancer.
    pub(super) fn shared_groups(&mut self) {
        for (at, group) in self.design.target_groups.iter().enumerate() {
            let index = self.names.target_groups.get(&group.name).copied();
            let balancers = index.and_then(|it| self.model.target_groups.get(it));
            let count = balancers.map_or(0, |it| it.balancers.len());
            let pointer = format!("/targetGroups/{at}");
            self.quota(&pointer, Quota::GroupBalancers, count);
        }
    }
}
