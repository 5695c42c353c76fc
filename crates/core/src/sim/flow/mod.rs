//! Requests on their way through the world: from sources through rules to target groups and tasks,
//! as a flow in seconds (design, section 3).
//!
//! A group is played on its own whenever something about it changes, and all of them at each whole
//! second, so that shares hold exactly from the moment at which a target's health changes.
//! What is in flight when a target goes fails at that very moment. Everything is a function of the
//! recording: no request is drawn.

mod by_rule;
mod count;
mod group;
mod hosts;
mod members;
mod nodes;
mod retry;
mod routes;
mod second;
mod shares;
mod stale;
mod usage;
mod windows;

pub use count::{Cell, Edge};
pub use group::Totals;
pub use second::{GroupSecond, Second, ServiceSecond, TargetSecond};

use super::cloudwatch::MetricStore;
use super::traffic::Micro;
use super::world::{Due, World};
use crate::control::Event;
use crate::id::{InstanceIx, LoadBalancerIx, TargetGroupIx, TaskId, ZoneIx};
use crate::time::{Instant, Millis};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use group::{Failed, Feed, GroupFlow, part};
use retry::SourceFlow;
use routes::{End, Routes};
use stale::Stale;
use windows::Windows;

/// How long the flow goes on between two looks at everything.
const SECOND: Millis = Millis::seconds(1);

/// Everything that is on its way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flow {
    /// By the places of the traffic sources.
    sources: Vec<SourceFlow>,
    groups: BTreeMap<TargetGroupIx, GroupFlow>,
    /// What load balancers answered by themselves in this second.
    edges: BTreeMap<LoadBalancerIx, Edge>,
    /// Requests of this second that nobody listened to.
    unheard: Micro,
    /// All that the edge, or nobody, ever answered.
    edge_totals: Totals,
    /// When this second began.
    second: Instant,
    /// From when on feeds count: the start of the second, or when routes last changed in it.
    base: Instant,
    /// Nodes that DNS takes away, and since when.
    down: BTreeMap<(LoadBalancerIx, ZoneIx), Instant>,
    windows: Windows,
    stale: Stale,
    /// Members by host, the places of [`GroupFlow::members`].
    by_host: Vec<(InstanceIx, TargetGroupIx, usize)>,
    /// Whether that list is of other members.
    hosts_are_stale: bool,
    /// Tasks too busy to answer a health check in time.
    swamped: BTreeSet<(TaskId, TargetGroupIx)>,
    /// Whether the next second is on the list of what is due.
    ticks: bool,
    /// What failed before an input of this moment, still to be told.
    untold: Vec<(TargetGroupIx, Failed)>,
    /// The last whole second.
    last: Arc<Second>,
    /// What CloudWatch shows of all of them.
    pub(super) metrics: MetricStore,
}

/// What a turn of the flow asks of the world.
#[derive(Debug, Default)]
struct Asked {
    /// Tasks whose health checks may go another way now.
    probes: BTreeSet<TaskId>,
    /// Containers that take more memory than they may.
    out_of_memory: Vec<(TaskId, TargetGroupIx)>,
}

impl World {
    /// What traffic did in the last whole second; nothing before the first, or without traffic.
    #[must_use]
    pub fn traffic_second(&self) -> &Second {
        &self.flow.last
    }

    /// All requests of a run so far: those that came to any load balancer, were answered and
    /// failed. What is left of them waits.
    #[must_use]
    pub fn traffic_totals(&self) -> (Totals, Micro) {
        let flow = &self.flow;
        let mut totals = flow.edge_totals;
        for group in flow.groups.values() {
            totals.received += group.totals.received;
            totals.answered += group.totals.answered;
            totals.failed += group.totals.failed;
        }
        let waiting = flow.groups.values().map(GroupFlow::waiting).sum();
        (totals, waiting)
    }

    /// Whether the flow has anything to do in a second. A minute of metrics is played to its end.
    fn has_traffic(&self) -> bool {
        !self.traffic.is_empty() || self.flow.is_busy() || !self.flow.metrics.is_settled()
    }

    /// Lets seconds pass, if there is traffic and they do not yet.
    pub(super) fn start_traffic(&mut self) {
        if self.flow.ticks || !self.has_traffic() {
            return;
        }
        let now = self.now;
        let flow = Arc::make_mut(&mut self.flow);
        flow.ticks = true;
        flow.stale.everything();
        flow.second = now;
        flow.base = now;
        self.due(now.next_multiple(SECOND), Due::SecondEnds);
    }

    /// Follows a turn of the world: `told` happened in it, and `second_ends` tells whether a whole
    /// second is over.
    pub(super) fn follow_traffic(&mut self, told: usize, second_ends: bool, log: &mut Vec<Event>) {
        self.start_traffic();
        if !self.flow.ticks {
            return;
        }
        let mut flow = core::mem::take(&mut self.flow);
        let it = Arc::make_mut(&mut flow);
        it.hear(self, &log[told..]);
        if second_ends || it.stale.is_stale() {
            let mut asked = Asked::default();
            it.turn(self, second_ends, &mut asked, log);
            self.flow = flow;
            self.obey_traffic(asked);
        } else {
            self.flow = flow;
        }
        if second_ends {
            self.plan_second();
        }
    }

    fn plan_second(&mut self) {
        if self.has_traffic() {
            self.due(self.now.next_multiple(SECOND), Due::SecondEnds);
        } else {
            Arc::make_mut(&mut self.flow).ticks = false;
        }
    }

    fn obey_traffic(&mut self, asked: Asked) {
        for task in asked.probes {
            self.resume_probes(task);
        }
        for (task, group) in asked.out_of_memory {
            let Some(agent) = self.agents.get(&task) else {
                continue;
            };
            let container = self.target_container(task, agent, group);
            // Behind everything of this moment.
            self.due_in(Millis(1), Due::OutOfMemory(task, container));
        }
    }

    /// Plays requests up to the present moment by what holds until now, before a source changes.
    pub(super) fn settle_traffic(&mut self) {
        let mut flow = core::mem::take(&mut self.flow);
        let it = Arc::make_mut(&mut flow);
        let mut told = BTreeMap::new();
        it.advance_all(self, &mut told);
        for (group, failed) in told {
            it.untold.extend(failed.into_iter().map(|it| (group, it)));
        }
        self.flow = flow;
    }

    /// A source of traffic goes, by its place in the list.
    pub(super) fn forget_source(&mut self, at: usize) {
        Arc::make_mut(&mut self.flow).forget_source(at);
    }

    /// Whether a task has so much to do that it answers a health check of `group` too late.
    pub(super) fn is_swamped(&self, task: TaskId, group: TargetGroupIx) -> bool {
        self.flow.swamped.contains(&(task, group))
    }

    /// Something about a task that no event tells may concern requests.
    pub(super) fn touch_traffic(&mut self, task: TaskId) {
        if !self.flow.ticks {
            return;
        }
        let known = self.control.tasks.get(&task);
        let targets = known.into_iter().flat_map(|it| &it.targets);
        let groups: Vec<TargetGroupIx> = targets.map(|it| it.target_group).collect();
        let flow = Arc::make_mut(&mut self.flow);
        groups.into_iter().for_each(|it| flow.stale.group(it));
    }
}

impl Flow {
    fn is_busy(&self) -> bool {
        let waits = self.groups.values().any(|it| it.waiting() > 0);
        waits || self.sources.iter().any(SourceFlow::waits) || !self.windows.is_empty()
    }

    /// Plays on to the present moment and finds anew what has changed.
    fn turn(&mut self, world: &World, second_ends: bool, asked: &mut Asked, log: &mut Vec<Event>) {
        let mut told = BTreeMap::new();
        let stale = core::mem::take(&mut self.stale);
        if second_ends || stale.routes {
            self.advance_all(world, &mut told);
        }
        if second_ends {
            self.end_second(world, asked);
        }
        if stale.routes {
            self.reroute(world);
        }
        let mut groups: Vec<TargetGroupIx> = if stale.all {
            self.groups.keys().copied().collect()
        } else {
            stale.groups.into_iter().collect()
        };
        if second_ends && !stale.all {
            let unsettled = self.groups.iter().filter(|(_, it)| it.is_unsettled());
            groups.extend(unsettled.map(|(index, _)| *index));
        }
        for index in groups {
            self.renew_group(world, index, &mut told);
        }
        if second_ends || stale.all {
            self.share_among_hosts(world);
        }
        self.tell(world.now(), told, log);
    }

    /// Requests of a source up to a moment of this second, since feeds count.
    fn arrived(&self, world: &World, source: usize, to: Instant) -> Micro {
        let profile = &world.traffic[source].requests_per_second;
        let fresh = profile.arrivals(self.base, to);
        fresh + self.sources[source].retried(self.second, self.base, to)
    }

    fn inflow(&self, world: &World, group: &GroupFlow, to: Instant) -> Micro {
        let of = |feed: &Feed| {
            let up_to = |at| part(self.arrived(world, feed.source, at), feed.from, feed.to);
            up_to(to) - up_to(group.at)
        };
        group.feeds.iter().map(of).sum()
    }

    fn advance(
        &mut self,
        world: &World,
        index: TargetGroupIx,
        told: &mut BTreeMap<TargetGroupIx, Vec<Failed>>,
    ) {
        let now = world.now();
        let Some(group) = self.groups.get(&index).filter(|it| it.at < now) else {
            return;
        };
        let inflow = self.inflow(world, group, now);
        let connect_timeout = world.model().settings.target_connect_timeout;
        let told = told.entry(index).or_default();
        if let Some(group) = self.groups.get_mut(&index) {
            group.advance(now, inflow, connect_timeout, told);
        }
    }

    fn advance_all(&mut self, world: &World, told: &mut BTreeMap<TargetGroupIx, Vec<Failed>>) {
        let groups: Vec<TargetGroupIx> = self.groups.keys().copied().collect();
        for index in groups {
            self.advance(world, index, told);
        }
        self.answer_at_edges(world);
        self.base = world.now();
    }

    /// What load balancers answer by themselves, up to now.
    fn answer_at_edges(&mut self, world: &World) {
        for at in 0..self.sources.len() {
            let arrived = self.arrived(world, at, world.now());
            let branches = core::mem::take(&mut self.sources[at].branches);
            for branch in &branches {
                let count = part(arrived, branch.from, branch.to);
                self.answer_at_edge(at, branch.end, count);
            }
            let source = &mut self.sources[at];
            source.branches = branches;
        }
    }

    fn answer_at_edge(&mut self, source: usize, end: End, count: Micro) {
        let failed = match end {
            End::Group(_) => return,
            End::Answer {
                balancer,
                status,
                own,
            } => {
                let edge = self.edges.entry(balancer).or_default();
                edge.answer(status, own, count);
                status >= 500
            }
            End::Nobody => {
                self.unheard += count;
                true
            }
        };
        self.edge_totals.received += count;
        if failed {
            self.edge_totals.failed += count;
            self.sources[source].failed_at_edge += count;
        } else {
            self.edge_totals.answered += count;
        }
    }

    /// Finds out anew where every source's requests go. Everything was played to this moment.
    fn reroute(&mut self, world: &World) {
        self.sources
            .resize_with(world.traffic.len(), SourceFlow::default);
        for group in self.groups.values_mut() {
            group.feeds.clear();
        }
        let routes = Routes {
            model: world.model(),
            control: world.control(),
            design: world.design(),
        };
        for (at, source) in world.traffic.iter().enumerate() {
            let known = &mut self.sources[at];
            known.branches = routes.of(source, &mut known.kept);
            for branch in &known.branches {
                let End::Group(index) = branch.end else {
                    continue;
                };
                let balancer = routes.balancer_of(source).unwrap_or(LoadBalancerIx(0));
                let fresh = || GroupFlow::new(balancer, world.now());
                let group = self.groups.entry(index).or_insert_with(fresh);
                group.feeds.push(Feed {
                    source: at,
                    from: branch.from,
                    to: branch.to,
                });
            }
        }
        self.remember_mixes(world);
    }

    /// A group's targets, and their shares, from now on.
    fn renew_group(
        &mut self,
        world: &World,
        index: TargetGroupIx,
        told: &mut BTreeMap<TargetGroupIx, Vec<Failed>>,
    ) {
        self.advance(world, index, told);
        let Some(mut group) = self.groups.remove(&index) else {
            return;
        };
        let balancer = world.model().load_balancer(group.balancer);
        group.idle_timeout = balancer.idle_timeout;
        let told = told.entry(index).or_default();
        world.renew_members(index, &mut group, told);
        self.groups.insert(index, group);
        self.share(world, index);
        self.hosts_are_stale = true;
    }

    /// Says which failures began and which are over.
    fn tell(
        &mut self,
        now: Instant,
        told: BTreeMap<TargetGroupIx, Vec<Failed>>,
        log: &mut Vec<Event>,
    ) {
        let before = core::mem::take(&mut self.untold).into_iter();
        let told = told.into_iter();
        let told = told.flat_map(|(group, all)| all.into_iter().map(move |it| (group, it)));
        for (group, failed) in before.chain(told) {
            self.windows.fail(now, group, &failed, log);
        }
        self.windows.close(now, log);
    }
}
