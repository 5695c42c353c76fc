//! The end of a second: who asks again, who keeps to which target, what was used; and the record
//! of it for metrics.

use super::group::{Conduct, GroupFlow, Member};
use super::routes::{Own, Routes};
use super::shares::is_sticky;
use super::{Asked, Cell, Edge, Flow, SECOND};
use crate::id::{LoadBalancerIx, ServiceIx, TargetGroupIx, TaskId, ZoneIx};
use crate::model::{Algorithm, TargetGroup};
use crate::sim::traffic::{Latency, Outcomes, REQUEST, Seen};
use crate::sim::world::World;
use crate::time::Instant;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What traffic did in one whole second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Second {
    /// Its end.
    pub at: Instant,
    /// By target group.
    pub groups: Vec<GroupSecond>,
    /// What load balancers answered without a target.
    pub edges: Vec<(LoadBalancerIx, Edge)>,
    /// Requests to listeners that are not there, in millionths.
    pub unheard: u64,
    /// By service.
    pub services: Vec<ServiceSecond>,
}

/// What one target group did in one second.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSecond {
    /// The group.
    pub group: TargetGroupIx,
    /// Its load balancer.
    pub balancer: LoadBalancerIx,
    /// What became of its requests, by the zone of the target; `None` where none was chosen.
    pub cells: Vec<(Option<ZoneIx>, Cell)>,
    /// Healthy and unhealthy targets by zone.
    pub targets: Vec<(ZoneIx, u32, u32)>,
    /// By target, draining ones among them.
    pub members: Vec<TargetSecond>,
    /// Requests in flight at its end, in millionths.
    pub waiting: u64,
}

/// What one target did in one second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetSecond {
    /// Its task.
    pub task: TaskId,
    /// Requests that the load balancer chose it for, in millionths.
    pub received: u64,
    /// Requests that it answered, in millionths.
    pub answered: u64,
    /// Requests that failed with it, its own errors among them, in millionths.
    pub failed: u64,
    /// Requests that wait for its answer, in millionths.
    pub waiting: u64,
    /// How long its answers take.
    pub latency: Latency,
    /// Its weight by anomaly mitigation, 1 where there is nothing to mitigate.
    pub weight: f64,
}

/// What the tasks of a service that take requests used in one second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceSecond {
    /// The service.
    pub service: ServiceIx,
    /// The zone that they stand in.
    pub zone: ZoneIx,
    /// RUNNING tasks.
    pub running: u32,
    /// CPU used, in vCPU-milliseconds.
    pub cpu_ms: f64,
    /// CPU reserved, in units of 1/1024 vCPU.
    pub cpu_reserved: u64,
    /// Memory used in MiB.
    pub memory_mib: f64,
    /// Memory reserved in MiB.
    pub memory_reserved: u64,
}

impl Edge {
    pub(super) fn answer(&mut self, status: u16, own: Own, count: u64) {
        match own {
            Own::Fixed => self.fixed += count,
            Own::Redirect => self.redirects += count,
            Own::Other => {}
        }
        self.count(status, count);
    }
}

impl GroupFlow {
    /// Whether its shares or targets change by the clock alone.
    pub(super) fn is_unsettled(&self) -> bool {
        self.members
            .iter()
            .any(|it| it.conduct != Conduct::Serves || !it.station.is_idle() && !it.is_open)
    }

    /// How each target did beside its peers (2.7).
    fn detect_anomalies(&mut self, group: &TargetGroup) {
        let outcome = |second: &super::group::MemberSecond| Outcomes {
            requests: second.done + second.unanswered,
            failed: second.errors,
        };
        let healthy = self.members.iter().filter(|it| it.is_healthy).count();
        let mut all = Outcomes::default();
        for member in self.members.iter().filter(|it| it.is_healthy) {
            let own = outcome(&member.second);
            all.requests += own.requests;
            all.failed += own.failed;
        }
        let mitigates = group.algorithm == Algorithm::WeightedRandom && group.anomaly_mitigation;
        for member in self.members.iter_mut().filter(|it| it.is_healthy) {
            let own = outcome(&member.second);
            let others = Outcomes {
                requests: all.requests - own.requests,
                failed: all.failed - own.failed,
            };
            member.anomaly.step(&Seen {
                own,
                others,
                healthy,
                mitigates,
            });
        }
    }

    /// Clients that keep to a target: sessions end, and new ones begin where the algorithm sends
    /// them (2.6). One that is not asked any more is left by its clients at once.
    fn renew_pins(&mut self, ended: f64) {
        let pinned: f64 = self.members.iter().map(|it| it.pinned).sum();
        for member in &mut self.members {
            if member.drawn <= 0.0 {
                member.pinned = 0.0;
            } else if pinned <= 0.0 {
                member.pinned = member.drawn;
            } else {
                member.pinned += ended * (member.drawn - member.pinned);
            }
        }
        let sum: f64 = self.members.iter().map(|it| it.pinned).sum();
        if sum > 0.0 {
            self.members.iter_mut().for_each(|it| it.pinned /= sum);
        }
    }
}

impl Flow {
    /// Everything was played to the end of the second.
    pub(super) fn end_second(&mut self, world: &World, asked: &mut Asked) {
        self.ask_again(world);
        self.keep_in_flight();
        let now = world.now();
        self.record(world, asked);
        self.measure(world);
        self.watch_load(world, asked);
        self.watch_nodes(world);
        self.second = now;
        let routes = Routes {
            model: world.model(),
            control: world.control(),
            design: world.design(),
        };
        let mut moved = false;
        for (at, source) in self.sources.iter_mut().enumerate() {
            source.begin_second(now);
            if let Some(known) = world.traffic.get(at)
                && !source.kept.is_empty()
            {
                routes.renew(known, &mut source.kept, SECOND);
                moved = true;
            }
        }
        if moved {
            self.reroute(world);
        } else {
            self.remember_mixes(world);
        }
        self.move_shares(world);
    }

    /// Shares that change by the clock: clients that keep cookies, slow starts, algorithms that
    /// look at answers, nodes that DNS takes away.
    fn move_shares(&mut self, world: &World) {
        let groups: Vec<TargetGroupIx> = self.groups.keys().copied().collect();
        for index in groups {
            let compiled = world.model().target_group(index);
            let Some(group) = self.groups.get(&index) else {
                continue;
            };
            let sticky = is_sticky(compiled, world.model().load_balancer(group.balancer));
            let ended = self.sessions_ended(world, group).filter(|_| sticky);
            let Some(group) = self.groups.get_mut(&index) else {
                continue;
            };
            group.detect_anomalies(compiled);
            if let Some(ended) = ended {
                group.renew_pins(ended);
            }
            for member in &mut group.members {
                member.second = super::group::MemberSecond::default();
            }
            let is_down = self.down.keys().any(|(it, _)| *it == group.balancer);
            let moves = sticky
                || compiled.slow_start.0 > 0
                || compiled.algorithm == Algorithm::LeastOutstandingRequests
                || compiled.anomaly_mitigation
                || is_down
                || group.had_node_down;
            group.had_node_down = is_down;
            if moves {
                self.share(world, index);
            }
        }
    }

    /// The share of sessions that end in a second, of the clients of a group that have any.
    fn sessions_ended(&self, world: &World, group: &GroupFlow) -> Option<f64> {
        let (mut all, mut ends) = (0.0, 0.0);
        for feed in &group.feeds {
            let source = world.traffic.get(feed.source)?;
            let Some(session) = source.session.filter(|it| it.0 > 0) else {
                continue;
            };
            let rate = source.requests_per_second.rate(world.now());
            let rate = super::part(rate, feed.from, feed.to) as f64;
            all += rate;
            ends += rate * SECOND.0 as f64 / session.0 as f64;
        }
        (all > 0.0).then(|| (ends / all).min(1.0))
    }

    /// Which targets answer a health check too late, and which tasks take too much memory.
    fn watch_load(&mut self, world: &World, asked: &mut Asked) {
        let mut swamped = BTreeSet::new();
        for (index, group) in &self.groups {
            let timeout = world.model().target_group(*index).timeout.0 as f64;
            for member in &group.members {
                let queued = member.station.in_cpu() as f64 / REQUEST as f64;
                if queued * member.serving.service_ms < timeout {
                    continue;
                }
                // A check asks for little: it waits for the CPU, but for nothing beside it.
                let wait = member.latency.mean_ms() - member.latency.base_ms;
                let waits = wait > timeout && !member.station.is_idle();
                if waits && member.conduct == Conduct::Serves {
                    swamped.insert((member.task, *index));
                }
            }
        }
        let changed = swamped.symmetric_difference(&self.swamped);
        asked.probes.extend(changed.map(|(task, _)| *task));
        self.swamped = swamped;
    }

    fn record(&mut self, world: &World, asked: &mut Asked) {
        let mut groups = Vec::with_capacity(self.groups.len());
        for (index, group) in &mut self.groups {
            let mut targets: BTreeMap<ZoneIx, (u32, u32)> = BTreeMap::new();
            let zones = &world.model().load_balancer(group.balancer).zones;
            let counts = |it: &&Member| it.is_open && zones.contains(&it.zone);
            for member in group.members.iter().filter(counts) {
                let (healthy, unhealthy) = targets.entry(member.zone).or_default();
                *healthy += u32::from(member.is_healthy);
                *unhealthy += u32::from(!member.is_healthy);
            }
            let targets = targets.into_iter();
            let members = group.members.iter().map(|it| TargetSecond {
                task: it.task,
                received: it.second.received,
                answered: it.second.done,
                failed: it.second.errors,
                waiting: it.station.waiting(),
                latency: it.latency,
                weight: it.anomaly.weight(),
            });
            groups.push(GroupSecond {
                group: *index,
                balancer: group.balancer,
                members: members.collect(),
                cells: core::mem::take(&mut group.cells).into_iter().collect(),
                targets: targets
                    .map(|(zone, (healthy, unhealthy))| (zone, healthy, unhealthy))
                    .collect(),
                waiting: group.waiting(),
            });
        }
        let edges = core::mem::take(&mut self.edges);
        self.last = Arc::new(Second {
            at: world.now(),
            groups,
            edges: edges.into_iter().collect(),
            unheard: core::mem::take(&mut self.unheard),
            services: self.used(asked),
        });
    }

    /// What tasks used, by service and zone. A task in several groups is one task.
    fn used(&self, asked: &mut Asked) -> Vec<ServiceSecond> {
        let mut tasks: Vec<(TaskId, TargetGroupIx, &Member)> = Vec::new();
        for (index, group) in &self.groups {
            tasks.extend(group.members.iter().map(|it| (it.task, *index, it)));
        }
        // Members stand by task already where no task is in two groups.
        tasks.sort_by_key(|(task, group, _)| (*task, *group));
        let mut used: BTreeMap<(ServiceIx, ZoneIx), ServiceSecond> = BTreeMap::new();
        for registrations in tasks.chunk_by(|one, other| one.0 == other.0) {
            let Some((task, group, member)) = registrations.first().copied() else {
                continue;
            };
            let reserved = member.reserved;
            let members = registrations.iter().map(|it| it.2);
            let in_flight: u64 = members.clone().map(|it| it.station.waiting()).sum();
            let (idle, each) = member.memory_mib;
            let asks = idle + each * (in_flight as f64 / REQUEST as f64);
            let key = (member.service, member.zone);
            let sum = used.entry(key).or_insert_with(|| ServiceSecond::new(key));
            sum.running += 1;
            sum.cpu_ms += members.map(|it| it.second.cpu_ms).sum::<f64>();
            sum.cpu_reserved += u64::from(reserved.cpu.0);
            // What is beyond is what the kernel kills it for.
            sum.memory_mib += asks.min(f64::from(reserved.memory.0));
            sum.memory_reserved += u64::from(reserved.memory.0);
            let too_much = asks > f64::from(reserved.memory.0);
            if too_much && member.conduct == Conduct::Serves {
                asked.out_of_memory.push((task, group));
            }
        }
        used.into_values().collect()
    }
}

impl ServiceSecond {
    fn new((service, zone): (ServiceIx, ZoneIx)) -> Self {
        Self {
            service,
            zone,
            running: 0,
            cpu_ms: 0.0,
            cpu_reserved: 0,
            memory_mib: 0.0,
            memory_reserved: 0,
        }
    }
}
