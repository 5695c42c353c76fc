//! What assertions need of requests, recorded second by second while a run plays: counts, shares
//! and how long answers took, of what the labels of each metric select.

use super::flow::{Cell, Edge, GroupSecond, Second};
use super::traffic::{Histogram, Latency, Micro, REQUEST, Spread};
use super::world::World;
use crate::assert::{Distribution, Label, Labels, Metric, Ratio, Recorded, Selector, Series};
use crate::id::{TargetGroupIx, ZoneIx};
use crate::model::{Model, Scheduling, Service};
use crate::time::{Instant, Millis};
use alloc::vec::Vec;

/// Spreads that are kept: more than a design usually has kinds of targets. What is found here
/// costs nothing, another one some microseconds.
const SPREADS_MAX: usize = 32;

/// Metrics of requests as they are recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestRecorder {
    tracks: Vec<RequestTrack>,
    spreads: Spreads,
    /// The end of the last second that was recorded.
    last: Instant,
}

/// One metric with its labels.
#[derive(Clone, Debug)]
struct RequestTrack {
    selected: Selected,
    kept: Kept,
}

/// Which requests the labels select.
#[derive(Clone, Debug)]
struct Selected {
    selector: Selector,
    /// Whether it counts, by target group and load balancer.
    groups: Vec<bool>,
    balancers: Vec<bool>,
    zone: Option<ZoneIx>,
}

/// What is kept of requests.
#[derive(Clone, Debug)]
enum Kept {
    Count {
        of: fn(&Sums) -> Micro,
        counter: Counter,
    },
    Share {
        of: fn(&Sums) -> Micro,
        part: Counter,
        whole: Counter,
    },
    Latency(Distribution),
}

/// How many there were up to each second.
#[derive(Clone, Debug, Default)]
struct Counter {
    count: Micro,
    series: Series,
}

/// What became of requests in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    all: Micro,
    http_4xx: Micro,
    http_5xx: Micro,
    unanswered: Micro,
}

impl Counter {
    fn add(&mut self, at: Instant, count: Micro) {
        if count > 0 {
            self.count += count;
            self.series.set(at, self.count as f64 / REQUEST as f64);
        }
    }
}

impl Sums {
    fn add_cell(&mut self, cell: &Cell) {
        self.all += cell.all();
        self.http_5xx += cell.target_5xx + cell.elb_502 + cell.elb_503 + cell.elb_504;
        self.unanswered += cell.unanswered;
    }

    fn add_edge(&mut self, edge: &Edge) {
        self.all += edge.all();
        self.http_4xx += edge.elb_4xx;
        self.http_5xx += edge.elb_5xx;
        self.unanswered += edge.unanswered;
    }

    fn failed(&self) -> Micro {
        self.http_5xx + self.unanswered
    }
}

impl Kept {
    fn count(of: fn(&Sums) -> Micro) -> Self {
        Self::Count {
            of,
            counter: Counter::default(),
        }
    }

    fn share(of: fn(&Sums) -> Micro) -> Self {
        Self::Share {
            of,
            part: Counter::default(),
            whole: Counter::default(),
        }
    }

    /// What is kept for a metric; `None` of metrics that requests say nothing about.
    fn of(metric: Metric) -> Option<Self> {
        match metric {
            Metric::Requests => Some(Self::count(|it| it.all)),
            Metric::Http5xx => Some(Self::count(|it| it.http_5xx)),
            Metric::Http4xx => Some(Self::count(|it| it.http_4xx)),
            Metric::ErrorRate => Some(Self::share(Sums::failed)),
            Metric::Availability => Some(Self::share(|it| it.all - it.failed())),
            Metric::Latency => Some(Self::Latency(Distribution::default())),
            Metric::HealthyTasks
            | Metric::RunningTasks
            | Metric::PendingTasks
            | Metric::DesiredTasks
            | Metric::UnhealthyTasks
            | Metric::StoppedTasks
            | Metric::FailedTasks
            | Metric::HealthyTargets
            | Metric::UnhealthyTargets
            | Metric::DeployDuration
            | Metric::TimeToSteadyState
            | Metric::DeploymentsFailed
            | Metric::Rollbacks
            | Metric::CpuReservation
            | Metric::MemoryReservation
            | Metric::RegisteredInstances
            | Metric::CpuUtilization
            | Metric::MemoryUtilization => None,
        }
    }

    fn finished(self) -> Recorded {
        match self {
            Self::Count { counter, .. } => Recorded::Steps(counter.series),
            Self::Share { part, whole, .. } => Recorded::Ratio(Ratio {
                part: part.series,
                whole: whole.series,
            }),
            Self::Latency(all) => Recorded::Distribution(all),
        }
    }
}

impl RequestRecorder {
    /// Records those of the metrics that are of requests.
    pub(super) fn new<'a>(wanted: impl Iterator<Item = &'a Selector>) -> Self {
        let track = |selector: &Selector| {
            let selected = Selected {
                selector: selector.clone(),
                groups: Vec::new(),
                balancers: Vec::new(),
                zone: None,
            };
            let kept = Kept::of(selector.metric)?;
            Some(RequestTrack { selected, kept })
        };
        Self {
            tracks: wanted.filter_map(track).collect(),
            spreads: Spreads::default(),
            last: Instant::ZERO,
        }
    }

    /// Whether nobody asks.
    pub(super) fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Finds out what counts by the labels.
    pub(super) fn follow(&mut self, model: &Model) {
        for track in &mut self.tracks {
            track.selected.follow(model);
        }
    }

    /// Records the second that ended now, if one did.
    pub(super) fn see(&mut self, world: &World) {
        let second = world.traffic_second();
        if self.tracks.is_empty() || second.at <= self.last {
            return;
        }
        self.last = second.at;
        for track in &mut self.tracks {
            track.record(second, &mut self.spreads);
        }
    }

    /// What was recorded of each.
    pub(super) fn finish(self) -> impl Iterator<Item = (Selector, Recorded)> {
        let tracks = self.tracks.into_iter();
        tracks.map(|it| (it.selected.selector, it.kept.finished()))
    }
}

impl Selected {
    fn label(&self, label: Label) -> Option<&str> {
        self.selector.labels.get(label)
    }

    fn fits(&self, label: Label, name: &str) -> bool {
        self.label(label).is_none_or(|wanted| wanted == name)
    }

    fn follow(&mut self, model: &Model) {
        let zone = self.label(Label::Zone);
        // A zone that no model knows is refused before the run.
        self.zone = zone.and_then(|name| {
            let at = model.zones.iter().position(|it| it == name)?;
            Some(ZoneIx::from_at(at))
        });
        let balancers = model.load_balancers.iter();
        self.balancers = balancers
            .map(|it| self.fits(Label::LoadBalancer, &it.name))
            .collect();
        let groups = model.target_groups.iter().enumerate();
        self.groups = groups
            .map(|(at, it)| {
                self.fits(Label::TargetGroup, &it.name)
                    && self.is_of_service(model, TargetGroupIx::from_at(at))
            })
            .collect();
    }

    /// Whether the services that the labels select, if they do, register with a group. Requests of
    /// a group that two services share count for both: nothing tells them apart before a target is
    /// chosen.
    fn is_of_service(&self, model: &Model, group: TargetGroupIx) -> bool {
        if self.label(Label::Service).is_none() && self.label(Label::Cluster).is_none() {
            return true;
        }
        let registers = |service: &Service| {
            let mut targets = service.targets.iter();
            targets.any(|it| it.target_group == group || it.alternate == Some(group))
        };
        let selected = |service: &&Service| {
            service.scheduling != Scheduling::RunTask
                && self.fits(Label::Service, &service.name)
                && self.fits(Label::Cluster, &service.cluster)
        };
        model.services.iter().filter(selected).any(registers)
    }

    fn has_group(&self, second: &GroupSecond) -> bool {
        self.groups.get(second.group.at()) == Some(&true)
            && self.balancers.get(second.balancer.at()) == Some(&true)
    }

    /// What load balancers answer by themselves is of no service, group or zone, and no service's
    /// availability.
    fn has_edges(&self) -> bool {
        let narrower = [
            Label::Service,
            Label::Cluster,
            Label::TargetGroup,
            Label::Zone,
        ];
        let is_narrow = narrower.into_iter().any(|it| self.label(it).is_some());
        !is_narrow && self.selector.metric != Metric::Availability
    }

    fn cells<'a>(&'a self, second: &'a Second) -> impl Iterator<Item = &'a Cell> {
        let asked = self.label(Label::Zone).is_some();
        let groups = second.groups.iter().filter(|it| self.has_group(it));
        let cells = groups.flat_map(|it| &it.cells);
        let cells = cells.filter(move |(zone, _)| !asked || *zone == self.zone && zone.is_some());
        cells.map(|(_, cell)| cell)
    }

    fn sums(&self, second: &Second) -> Sums {
        let mut sums = Sums::default();
        self.cells(second).for_each(|cell| sums.add_cell(cell));
        if self.has_edges() {
            let edges = second.edges.iter();
            let edges = edges.filter(|(at, _)| self.balancers.get(at.at()) == Some(&true));
            edges.for_each(|(_, edge)| sums.add_edge(edge));
        }
        // Requests to a listener that is gone are of nothing that a label could name.
        if self.selector.labels == Labels::default() {
            sums.all += second.unheard;
            sums.unanswered += second.unheard;
        }
        sums
    }

    fn times(&self, second: &Second, spreads: &mut Spreads) -> Histogram {
        let mut all = Histogram::default();
        let latencies = self.cells(second).flat_map(|cell| &cell.latencies);
        for (latency, count) in latencies {
            all.add(spreads.of(latency), *count);
        }
        all
    }
}

impl RequestTrack {
    fn record(&mut self, second: &Second, spreads: &mut Spreads) {
        // Its last moment, so that windows of whole seconds have the seconds within them.
        let at = second.at - Millis(1);
        let Self { selected, kept } = self;
        match kept {
            Kept::Count { of, counter } => counter.add(at, of(&selected.sums(second))),
            Kept::Share { of, part, whole } => {
                let sums = selected.sums(second);
                part.add(at, of(&sums));
                whole.add(at, sums.all);
            }
            Kept::Latency(all) => all.push(at, selected.times(second, spreads)),
        }
    }
}

/// Distributions that were put into buckets already; the oldest makes room.
#[derive(Clone, Debug, Default)]
struct Spreads {
    known: Vec<(Latency, Spread)>,
    next: usize,
}

impl Spreads {
    fn of(&mut self, latency: &Latency) -> &Spread {
        let at = match self.known.iter().position(|(it, _)| it == latency) {
            Some(at) => at,
            None if self.known.len() < SPREADS_MAX => {
                self.known.push((*latency, Spread::of(latency)));
                self.known.len() - 1
            }
            None => {
                let at = self.next;
                self.next = (at + 1) % SPREADS_MAX;
                self.known[at].0 = *latency;
                self.known[at].1.refit(latency);
                at
            }
        };
        &self.known[at].1
    }
}
