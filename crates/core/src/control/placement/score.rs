//! Strategies as scores, lower is better, compared in order (ecs.md 2.10 and 2.11).
//!
//! Chained strategies narrow the best-scoring subset, which is the same as comparing score lists
//! from the left. Tasks count for spreading while they are wanted, pending ones included, or else
//! a burst would pile up on one host.

use super::room::HostRoom;
use crate::control::state::{ControlState, Task};
use crate::draw::{Stream, draw};
use crate::id::{InstanceIx, ServiceIx, TaskId, ZoneIx};
use crate::model::{Model, Strategy};
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

/// How many wanted tasks of one service stand in each zone and on each host.
#[derive(Clone, Debug, Default)]
pub(in crate::control) struct Spread {
    zones: BTreeMap<ZoneIx, u64>,
    instances: BTreeMap<InstanceIx, u64>,
    /// Tasks placed by the decision under way: each random choice needs a number of its own.
    placed: u64,
}

impl Spread {
    /// The spread of the wanted tasks of `service`.
    pub(in crate::control) fn of(model: &Model, state: &ControlState, service: ServiceIx) -> Self {
        let mut spread = Self::default();
        for (_, task) in state.tasks_of(service).filter(|(_, task)| task.is_wanted()) {
            spread.add(model, task.instance);
        }
        spread.placed = 0;
        spread
    }

    /// Counts one more task.
    pub(in crate::control) fn add(&mut self, model: &Model, instance: InstanceIx) {
        *self.zones.entry(model.instance(instance).zone).or_default() += 1;
        *self.instances.entry(instance).or_default() += 1;
        self.placed += 1;
    }

    /// Counts one task less.
    pub(in crate::control) fn remove(&mut self, model: &Model, instance: InstanceIx) {
        let zone = self.zones.entry(model.instance(instance).zone).or_default();
        *zone = zone.saturating_sub(1);
        let host = self.instances.entry(instance).or_default();
        *host = host.saturating_sub(1);
    }

    /// Tasks on a host.
    pub(super) fn on_instance(&self, instance: InstanceIx) -> u64 {
        self.instances.get(&instance).copied().unwrap_or(0)
    }

    fn in_zone(&self, model: &Model, instance: InstanceIx) -> u64 {
        self.zones
            .get(&model.instance(instance).zone)
            .copied()
            .unwrap_or(0)
    }
}

/// What a service without strategies does: zones evenly, then the host with the fewest tasks of
/// the service.
const DEFAULT: &[Strategy] = &[Strategy::SpreadZone, Strategy::SpreadInstance];

fn strategies(model: &Model, service: ServiceIx) -> &[Strategy] {
    let stated = &model.service(service).strategies;
    if stated.is_empty() { DEFAULT } else { stated }
}

/// The host's score by each strategy of the service.
pub(super) fn scores(
    model: &Model,
    state: &ControlState,
    spread: &Spread,
    host: &HostRoom,
    service: ServiceIx,
) -> Vec<u64> {
    let score = |strategy: &Strategy| match strategy {
        Strategy::SpreadZone => spread.in_zone(model, host.instance),
        Strategy::SpreadInstance => spread.on_instance(host.instance),
        Strategy::BinpackCpu => u64::from(host.free.cpu.0),
        Strategy::BinpackMemory => u64::from(host.free.memory.0),
        Strategy::Random => {
            let number = (state.tasks_started + spread.placed) << 20 | u64::from(host.instance.0);
            draw(state.seed, Stream::Placement, number)
        }
    };
    strategies(model, service).iter().map(score).collect()
}

/// The task of `tasks` that ECS stops first: one that does not run yet, then by the strategies in
/// reverse, then the lowest id, which is a drawn number and so as good as random.
pub(in crate::control) fn first_to_stop(
    model: &Model,
    state: &ControlState,
    spread: &Spread,
    service: ServiceIx,
    tasks: &[(TaskId, &Task)],
) -> Option<TaskId> {
    let key =
        |(id, task): &&(TaskId, &Task)| {
            let running = task.started_at.is_some();
            let mut keys = vec![u64::from(running)];
            keys.extend(strategies(model, service).iter().map(|strategy| {
                u64::MAX - stop_score(model, state, spread, task.instance, strategy)
            }));
            (keys, *id)
        };
    tasks.iter().min_by_key(key).map(|(id, _)| *id)
}

/// How much a strategy wants a task of this host to go: fullest zone or host for spread, the host
/// that would be left with most free for binpack.
fn stop_score(
    model: &Model,
    state: &ControlState,
    spread: &Spread,
    instance: InstanceIx,
    strategy: &Strategy,
) -> u64 {
    let free = || {
        let reserved = state
            .instances
            .get(&instance)
            .map(|host| host.reserved)
            .unwrap_or_default();
        model.instance(instance).registered - reserved
    };
    match strategy {
        Strategy::SpreadZone => spread.in_zone(model, instance),
        Strategy::SpreadInstance => spread.on_instance(instance),
        Strategy::BinpackCpu => u64::from(free().cpu.0),
        Strategy::BinpackMemory => u64::from(free().memory.0),
        Strategy::Random => 0,
    }
}
