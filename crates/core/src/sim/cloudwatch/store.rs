//! Points as CloudWatch keeps them: a minute holds what was measured in it, an hour its minutes.
//! What is over is shared by every copy of the world, so that checkpoints cost next to nothing.

use super::name::{Dimension, MetricId, MetricName, Namespace};
use super::stats::Stats;
use super::usage::TaskUse;
use super::{Open, Place, Scope};
use crate::model::Model;
use crate::time::Instant;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Minutes that are kept in one piece.
const MINUTES_PER_CHUNK: usize = 60;

/// What CloudWatch shows of a run: a point for each whole minute that traffic was played in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricStore {
    /// All but the last are full.
    chunks: Vec<Arc<Vec<Arc<Minute>>>>,
    registry: Arc<Registry>,
    /// The minute that is being measured.
    pub(super) open: Open,
}

/// A point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point<'a> {
    /// The start of its minute.
    pub at: Instant,
    /// What was measured in it.
    pub stats: &'a Stats,
}

/// All points of a minute.
#[derive(Clone, Debug, PartialEq)]
struct Minute {
    at: Instant,
    /// By the series' number.
    points: Vec<(u32, Stats)>,
}

/// The series that there are.
#[derive(Clone, Debug, Default, PartialEq)]
struct Registry {
    numbers: BTreeMap<(MetricName, Scope), u32>,
    ids: BTreeMap<MetricId, u32>,
}

impl MetricStore {
    /// All metrics that have a point, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &MetricId> {
        self.registry.ids.keys()
    }

    /// The points of a metric, oldest first; a minute in which nothing was measured has none.
    pub fn series(&self, id: &MetricId) -> impl Iterator<Item = Point<'_>> {
        self.series_from(id, Instant::ZERO)
    }

    /// Its points from that of the minute that starts at `from`, or later.
    pub fn series_from(&self, id: &MetricId, from: Instant) -> impl Iterator<Item = Point<'_>> {
        let number = self.registry.ids.get(id).copied();
        let chunks = self.chunks.iter();
        let minutes = chunks.flat_map(move |chunk| {
            let first = chunk.partition_point(|it| it.at < from);
            chunk[first..].iter()
        });
        minutes.filter_map(move |minute| {
            let wanted = number?;
            let at = minute.points.binary_search_by_key(&wanted, |it| it.0).ok();
            let (_, stats) = minute.points.get(at?)?;
            let at = minute.at;
            Some(Point { at, stats })
        })
    }

    /// The metric that an alarm or a policy names in AWS's words; dimensions in any order, load
    /// balancers and target groups by name or as `app/NAME/ID`.
    #[must_use]
    pub fn find(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(&str, &str)],
    ) -> Option<&MetricId> {
        self.ids().find(|id| {
            let has = |(known, value): &(Dimension, String)| {
                let mut asked = dimensions.iter();
                asked.any(|(name, said)| *name == known.name() && known.means(said, value))
            };
            id.namespace.name() == namespace
                && id.name.name() == name
                && id.dimensions.len() == dimensions.len()
                && id.dimensions.iter().all(has)
        })
    }

    /// What the targets used in the last whole second, by task.
    pub(in crate::sim) fn uses(&self) -> &[TaskUse] {
        &self.open.uses
    }

    /// Whether no minute is under way.
    pub(in crate::sim) fn is_settled(&self) -> bool {
        self.open.from.is_none()
    }

    pub(super) fn keep(&mut self, model: &Model, at: Instant, found: Vec<Found>) {
        let numbered = found.into_iter().filter_map(|it| {
            let number = self.number(model, it.namespace, it.name, it.scope)?;
            Some((number, it.stats))
        });
        let mut points: Vec<(u32, Stats)> = numbered.collect();
        if points.is_empty() {
            return;
        }
        crate::sort::sort_by_key(&mut points, |it| it.0);
        let minute = Arc::new(Minute { at, points });
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < MINUTES_PER_CHUNK => Arc::make_mut(chunk).push(minute),
            Some(_) | None => self.chunks.push(Arc::new(Vec::from([minute]))),
        }
    }

    fn number(
        &mut self,
        model: &Model,
        namespace: Namespace,
        name: MetricName,
        scope: Scope,
    ) -> Option<u32> {
        if let Some(number) = self.registry.numbers.get(&(name, scope)) {
            return Some(*number);
        }
        let registry = Arc::make_mut(&mut self.registry);
        let id = MetricId {
            namespace,
            name,
            dimensions: dimensions(model, scope),
        };
        // A part that was taken out and comes back has another index and the same name.
        let next = u32::try_from(registry.ids.len()).ok()?;
        let number = *registry.ids.entry(id).or_insert(next);
        registry.numbers.insert((name, scope), number);
        Some(number)
    }
}

/// A point that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) namespace: Namespace,
    pub(super) name: MetricName,
    pub(super) scope: Scope,
    pub(super) stats: Stats,
}

fn dimensions(model: &Model, scope: Scope) -> Vec<(Dimension, String)> {
    match scope {
        Scope::Balancing(place) => of_place(model, place),
        Scope::Service(at) => {
            let service = model.service(at);
            Vec::from([
                (Dimension::ClusterName, service.cluster.clone()),
                (Dimension::ServiceName, service.name.clone()),
            ])
        }
        Scope::Cluster(host) => {
            let cluster = model.instance(host).cluster.clone();
            Vec::from([(Dimension::ClusterName, cluster)])
        }
    }
}

fn of_place(model: &Model, place: Place) -> Vec<(Dimension, String)> {
    let zone = place.zone.and_then(|at| model.zones.get(at.at()));
    let zone = zone.map(|name| (Dimension::AvailabilityZone, name.clone()));
    let balancer = model.load_balancer(place.balancer).name.clone();
    let group = place.group.map(|at| {
        let name = model.target_group(at).name.clone();
        (Dimension::TargetGroup, name)
    });
    let balancer = Some((Dimension::LoadBalancer, balancer));
    [zone, balancer, group].into_iter().flatten().collect()
}
