//! The metrics of load balancers for a minute (load-balancing-and-scaling.md 4.3).
//!
//! Zones are those of the targets; AWS counts by the zone of the load balancer's node, which is
//! the same without cross-zone balancing and close to it with.

use super::name::{MetricName, Namespace};
use super::stats::{Gauge, Latencies, ResponseTimes, Stats};
use super::store::Found;
use super::{Place, Scope};
use crate::control::TargetHealth;
use crate::id::{LoadBalancerIx, TargetGroupIx, ZoneIx};
use crate::model::Model;
use crate::sim::flow::{Cell, Edge, GroupSecond, Second};
use crate::sim::traffic::{Micro, REQUEST};
use crate::sim::world::World;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

type CellKey = (LoadBalancerIx, TargetGroupIx, Option<ZoneIx>);

/// What load balancers did in the minute so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Requests {
    /// By group and zone; without a zone where no target was chosen.
    cells: BTreeMap<CellKey, (Counts, Latencies)>,
    /// By group and zone; without a zone the whole group.
    hosts: BTreeMap<CellKey, Hosts>,
    edges: BTreeMap<LoadBalancerIx, Counts>,
    /// Requests in flight.
    waiting: BTreeMap<LoadBalancerIx, Gauge>,
    /// Requests that went to targets whether healthy or not.
    failing_open: BTreeMap<(LoadBalancerIx, TargetGroupIx), Micro>,
}

/// Healthy and other targets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Hosts {
    healthy: Gauge,
    unhealthy: Gauge,
}

/// What became of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    routed: Micro,
    answered: Micro,
    target_5xx: Micro,
    connection_errors: Micro,
    elb_3xx: Micro,
    elb_4xx: Micro,
    elb_5xx: Micro,
    elb_502: Micro,
    elb_503: Micro,
    elb_504: Micro,
    fixed: Micro,
    redirects: Micro,
}

impl Counts {
    fn of(cell: &Cell) -> Self {
        Self {
            routed: cell.routed,
            answered: cell.answered,
            target_5xx: cell.target_5xx,
            connection_errors: cell.connection_errors,
            elb_5xx: cell.elb_502 + cell.elb_503 + cell.elb_504,
            elb_502: cell.elb_502,
            elb_503: cell.elb_503,
            elb_504: cell.elb_504,
            ..Self::default()
        }
    }

    /// What a load balancer answered without any group. Which of the 5xx that were is not told
    /// apart.
    fn of_edge(edge: &Edge) -> Self {
        Self {
            elb_3xx: edge.elb_3xx,
            elb_4xx: edge.elb_4xx,
            elb_5xx: edge.elb_5xx,
            fixed: edge.fixed,
            redirects: edge.redirects,
            ..Self::default()
        }
    }

    fn add(&mut self, other: &Self) {
        self.routed += other.routed;
        self.answered += other.answered;
        self.target_5xx += other.target_5xx;
        self.connection_errors += other.connection_errors;
        self.elb_3xx += other.elb_3xx;
        self.elb_4xx += other.elb_4xx;
        self.elb_5xx += other.elb_5xx;
        self.elb_502 += other.elb_502;
        self.elb_503 += other.elb_503;
        self.elb_504 += other.elb_504;
        self.fixed += other.fixed;
        self.redirects += other.redirects;
    }
}

impl Hosts {
    fn add(&mut self, healthy: u32, unhealthy: u32) {
        self.healthy.add(f64::from(healthy));
        self.unhealthy.add(f64::from(unhealthy));
    }
}

impl Requests {
    /// Takes what a second brought.
    pub(super) fn add(&mut self, model: &Model, second: &Second) {
        let mut waiting: BTreeMap<LoadBalancerIx, f64> = BTreeMap::new();
        for group in &second.groups {
            self.add_group(model, group);
            let waits = group.waiting as f64 / REQUEST as f64;
            *waiting.entry(group.balancer).or_default() += waits;
        }
        for (balancer, count) in waiting {
            self.waiting.entry(balancer).or_default().add(count);
        }
        for (balancer, edge) in &second.edges {
            let known = self.edges.entry(*balancer).or_default();
            known.add(&Counts::of_edge(edge));
        }
    }

    fn add_group(&mut self, model: &Model, second: &GroupSecond) {
        let key = |zone| (second.balancer, second.group, zone);
        for (zone, cell) in &second.cells {
            let (counts, latencies) = self.cells.entry(key(*zone)).or_default();
            counts.add(&Counts::of(cell));
            for (latency, count) in &cell.latencies {
                latencies.add(latency, *count);
            }
        }
        let (mut healthy, mut unhealthy) = (0, 0);
        for (zone, well, ill) in &second.targets {
            self.hosts
                .entry(key(Some(*zone)))
                .or_default()
                .add(*well, *ill);
            healthy += well;
            unhealthy += ill;
        }
        self.hosts
            .entry(key(None))
            .or_default()
            .add(healthy, unhealthy);
        let open = failing_open(model, second);
        if open > 0 {
            let key = (second.balancer, second.group);
            *self.failing_open.entry(key).or_default() += open;
        }
    }

    /// Makes points of the minute.
    pub(super) fn points(mut self, world: &World, into: &mut Vec<Found>) {
        self.look_at_others(world);
        let model = world.model();
        let mut teller = Teller { model, into };
        for (place, (counts, times)) in self.by_place() {
            if teller.is_network(place) {
                teller.counted(place, MetricName::NewFlowCount, counts.routed);
            } else {
                teller.requests(place, &counts, &times);
            }
        }
        for ((lb, tg), count) in &self.failing_open {
            let name = MetricName::UnhealthyRoutingRequestCount;
            teller.counted(Place::group(*lb, *tg), name, *count);
        }
        self.tell_hosts(&mut teller);
        self.tell_per_target(&mut teller);
        for (lb, waiting) in &self.waiting {
            let place = Place::balancer(*lb);
            if teller.is_network(place) {
                teller.gauge(place, MetricName::ActiveFlowCount, waiting);
            }
        }
    }

    /// Groups that take no requests are checked for health all the same; once a minute is enough.
    fn look_at_others(&mut self, world: &World) {
        let groups = world.model().target_groups.iter().enumerate();
        for (at, group) in groups.filter(|(_, it)| it.present) {
            let index = TargetGroupIx::from_at(at);
            for balancer in &group.balancers {
                if self.hosts.contains_key(&(*balancer, index, None)) {
                    continue;
                }
                let zones = targets(world, index);
                let sum = |which: fn(&(u32, u32)) -> u32| zones.values().map(which).sum();
                let whole = self.hosts.entry((*balancer, index, None)).or_default();
                whole.add(sum(|it| it.0), sum(|it| it.1));
                for (zone, (healthy, unhealthy)) in zones {
                    let key = (*balancer, index, Some(zone));
                    self.hosts.entry(key).or_default().add(healthy, unhealthy);
                }
            }
        }
    }

    /// Sums of everything that has requests or could have had some.
    fn by_place(&self) -> BTreeMap<Place, (Counts, ResponseTimes)> {
        let mut sums: BTreeMap<Place, (Counts, ResponseTimes)> = BTreeMap::new();
        for (key, (counts, latencies)) in &self.cells {
            let times = latencies.summed();
            for place in places(*key) {
                let (known, known_times) = sums.entry(place).or_default();
                known.add(counts);
                known_times.merge(&times);
            }
        }
        for key in self.hosts.keys() {
            for place in places(*key) {
                sums.entry(place).or_default();
            }
        }
        for (lb, counts) in &self.edges {
            let (known, _) = sums.entry(Place::balancer(*lb)).or_default();
            known.add(counts);
        }
        sums
    }

    fn tell_hosts(&self, teller: &mut Teller<'_>) {
        for ((lb, tg, zone), hosts) in &self.hosts {
            let place = Place {
                zone: *zone,
                ..Place::group(*lb, *tg)
            };
            teller.gauge(place, MetricName::HealthyHostCount, &hosts.healthy);
            teller.gauge(place, MetricName::UnHealthyHostCount, &hosts.unhealthy);
        }
    }

    /// AWS says "targets" and not which: the setting says (4.3). Where none is healthy, those that
    /// are registered took what there was.
    fn tell_per_target(&self, teller: &mut Teller<'_>) {
        let by_registered = teller.model.settings.count_registered_targets;
        let whole = self.hosts.iter().filter(|((_, _, zone), _)| zone.is_none());
        for ((lb, tg, _), hosts) in whole {
            let place = Place::group(*lb, *tg);
            if teller.is_network(place) {
                continue;
            }
            let first = (*lb, *tg, None);
            let cells = self.cells.range(first..);
            let cells = cells.take_while(|((of, group, _), _)| (of, group) == (lb, tg));
            let routed: Micro = cells.map(|(_, (counts, _))| counts.routed).sum();
            let healthy = hosts.healthy.average();
            let registered = healthy + hosts.unhealthy.average();
            let divisor = if by_registered || healthy <= 0.0 {
                registered
            } else {
                healthy
            };
            let each = routed as f64 / REQUEST as f64 / divisor.max(1.0);
            teller.tell(place, MetricName::RequestCountPerTarget, Stats::of(each));
        }
    }
}

/// Puts points where they belong.
struct Teller<'a> {
    model: &'a Model,
    into: &'a mut Vec<Found>,
}

impl Teller<'_> {
    fn namespace(&self, place: Place) -> Option<Namespace> {
        Namespace::of(self.model.load_balancer(place.balancer).kind)
    }

    fn is_network(&self, place: Place) -> bool {
        self.namespace(place) == Some(Namespace::NetworkElb)
    }

    fn tell(&mut self, place: Place, name: MetricName, stats: Stats) {
        if let Some(namespace) = self.namespace(place) {
            self.into.push(Found {
                namespace,
                name,
                scope: Scope::Balancing(place),
                stats,
            });
        }
    }

    fn counted(&mut self, place: Place, name: MetricName, count: Micro) {
        self.tell(place, name, Stats::counted(count));
    }

    fn gauge(&mut self, place: Place, name: MetricName, gauge: &Gauge) {
        if let Some(stats) = gauge.stats() {
            self.tell(place, name, stats);
        }
    }

    /// What is always told, and what only when there is some.
    fn requests(&mut self, place: Place, counts: &Counts, times: &ResponseTimes) {
        self.counted(place, MetricName::RequestCount, counts.routed);
        let of_targets = [
            (MetricName::HttpCodeTarget2xx, counts.answered),
            (MetricName::HttpCodeTarget5xx, counts.target_5xx),
            (
                MetricName::TargetConnectionErrorCount,
                counts.connection_errors,
            ),
        ];
        let of_balancer = [
            (MetricName::HttpCodeElb3xx, counts.elb_3xx),
            (MetricName::HttpCodeElb4xx, counts.elb_4xx),
            (MetricName::HttpCodeElb5xx, counts.elb_5xx),
            (MetricName::HttpCodeElb502, counts.elb_502),
            (MetricName::HttpCodeElb503, counts.elb_503),
            (MetricName::HttpCodeElb504, counts.elb_504),
            (MetricName::HttpFixedResponse, counts.fixed),
            (MetricName::HttpRedirect, counts.redirects),
        ];
        // These have no dimension TargetGroup.
        let of_balancer = of_balancer.into_iter().filter(|_| place.group.is_none());
        for (name, count) in of_targets.into_iter().chain(of_balancer) {
            if count > 0 {
                self.counted(place, name, count);
            }
        }
        if let Some(stats) = times.stats() {
            self.tell(place, MetricName::TargetResponseTime, stats);
        }
    }
}

/// The places that count what happens in a group and zone.
fn places((lb, tg, zone): CellKey) -> impl Iterator<Item = Place> {
    let whole = [Place::balancer(lb), Place::group(lb, tg)];
    let of_zone = whole.map(|it| Place { zone, ..it });
    let of_zone = of_zone.into_iter().filter(move |_| zone.is_some());
    whole.into_iter().chain(of_zone)
}

/// Healthy and other targets of a group by zone, as the load balancer knows them now.
fn targets(world: &World, group: TargetGroupIx) -> BTreeMap<ZoneIx, (u32, u32)> {
    let mut zones: BTreeMap<ZoneIx, (u32, u32)> = BTreeMap::new();
    let hosts = world.control().instances.values();
    let tasks = hosts.flat_map(|it| &it.tasks);
    for task in tasks.filter_map(|id| world.control().tasks.get(id)) {
        let Some(target) = task.target(group).filter(|it| it.registered) else {
            continue;
        };
        if target.health >= TargetHealth::Draining {
            continue;
        }
        let zone = world.model().instance(task.instance).zone;
        let (healthy, unhealthy) = zones.entry(zone).or_default();
        let is_healthy = target.health == TargetHealth::Healthy;
        *healthy += u32::from(is_healthy);
        *unhealthy += u32::from(!is_healthy);
    }
    zones
}

/// Requests of a second that were routed while fewer targets are healthy than the group's floor
/// for failing open asks for (2.8).
fn failing_open(model: &Model, second: &GroupSecond) -> Micro {
    let group = model.target_group(second.group);
    let balancer = model.load_balancer(second.balancer);
    let breached = |healthy: u32, unhealthy: u32| {
        let registered = u64::from(healthy) + u64::from(unhealthy);
        registered > 0
            && group
                .unhealthy_routing
                .is_breached(healthy.into(), registered)
    };
    let is_open = |zone: ZoneIx| {
        if group.cross_zone.unwrap_or(balancer.cross_zone) {
            let healthy = second.targets.iter().map(|it| it.1).sum();
            breached(healthy, second.targets.iter().map(|it| it.2).sum())
        } else {
            let own = second.targets.iter().find(|it| it.0 == zone);
            own.is_some_and(|it| breached(it.1, it.2))
        }
    };
    let cells = second.cells.iter();
    let open = cells.filter(|(zone, cell)| cell.routed > 0 && zone.is_some_and(is_open));
    open.map(|(_, cell)| cell.routed).sum()
}
