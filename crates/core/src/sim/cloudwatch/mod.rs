//! What CloudWatch would show of a run (load-balancing-and-scaling.md 4): points of a minute by
//! CloudWatch's own names, made of what each second of traffic brought.
//!
//! It measures while traffic is played, to the end of the last minute with any; a world without a
//! source has no points. Where AWS publishes nothing, nothing is here: a metric that is only told
//! when it is not zero has no point in other minutes.

mod balancing;
mod ecs;
mod name;
mod stats;
mod store;
mod usage;

pub use name::{Dimension, MetricId, MetricName, MetricUnit, Namespace, Statistic};
pub use stats::Stats;
pub use store::{MetricStore, Point};
use usage::TaskUse;
pub(super) use usage::{Used, use_of};

use super::flow::Second;
use super::world::World;
use crate::id::{InstanceIx, LoadBalancerIx, ServiceIx, TargetGroupIx, TaskId, ZoneIx};
use crate::time::{Instant, Millis};
use alloc::vec::Vec;
use balancing::Requests;
use store::Found;

/// The resolution of the metrics of load balancers and of ECS (4.2, 4.3).
pub(super) const MINUTE: Millis = Millis::minutes(1);

/// What a metric is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Balancing(Place),
    Service(ServiceIx),
    /// The cluster of which this is the first host.
    Cluster(InstanceIx),
}

/// A load balancer, or a part of what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    balancer: LoadBalancerIx,
    group: Option<TargetGroupIx>,
    zone: Option<ZoneIx>,
}

impl Place {
    const fn balancer(balancer: LoadBalancerIx) -> Self {
        Self {
            balancer,
            group: None,
            zone: None,
        }
    }

    const fn group(balancer: LoadBalancerIx, group: TargetGroupIx) -> Self {
        Self {
            balancer,
            group: Some(group),
            zone: None,
        }
    }
}

/// A minute that is not over.
#[derive(Clone, Debug, Default, PartialEq)]
struct Open {
    /// Its start; `None` where nothing was measured since the last one.
    from: Option<Instant>,
    requests: Requests,
    /// By task.
    uses: Vec<TaskUse>,
}

impl World {
    /// What CloudWatch shows of the run, to the last whole minute of traffic.
    #[must_use]
    pub fn metrics(&self) -> &MetricStore {
        &self.flow.metrics
    }
}

impl MetricStore {
    /// Takes what targets of one group used in the second that is about to be recorded; they come
    /// in the order of their tasks.
    pub(super) fn count_uses(&mut self, of_group: impl Iterator<Item = (TaskId, Used)>) {
        usage::count(&mut self.open.uses, of_group);
    }

    /// Begins a second, before anything of it is counted.
    pub(super) fn begin_second(&mut self) {
        usage::begin_second(&mut self.open.uses);
    }

    /// Takes a second of traffic, which ends now.
    pub(super) fn record(&mut self, world: &World, second: &Second) {
        // A second belongs to the minute that its last moment lies in.
        let last = second.at - Millis(1);
        let minute = Instant(last.0 / MINUTE.0 * MINUTE.0);
        if self.open.from.is_some_and(|from| from != minute) {
            self.close(world);
        }
        self.open.from = Some(minute);
        self.open.requests.add(world.model(), second);
        if second.at == minute + MINUTE {
            self.close(world);
        }
    }

    /// Makes points of the minute that is over.
    fn close(&mut self, world: &World) {
        let Some(at) = self.open.from.take() else {
            return;
        };
        let requests = core::mem::take(&mut self.open.requests);
        let mut found: Vec<Found> = Vec::new();
        requests.points(world, &mut found);
        ecs::points(world, at, &self.open.uses, &mut found);
        self.keep(world.model(), at, found);
        self.open.uses.retain(|it| it.second != Used::default());
        for it in &mut self.open.uses {
            it.minute = Used::default();
        }
    }
}
