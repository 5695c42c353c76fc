//! The simulated world around the control plane: hosts, agents, containers, load balancers, an
//! operator. One cloneable value, stepped by events; a run is a function of its recording.
//!
//! It decides nothing that ECS decides (that is [`crate::control`]).

mod agent;
mod balancer;
mod cloudwatch;
mod condition;
mod faults;
mod flow;
mod host;
mod input;
mod metrics;
mod outage;
mod play;
mod recording;
mod requests;
mod scenario;
mod select;
mod timeline;
mod tracks;
pub mod traffic;
mod usage;
mod world;

pub use cloudwatch::{
    Dimension, MetricId, MetricName, MetricStore, MetricUnit, Namespace, Point, Statistic, Stats,
};
pub use faults::BadRevision;
pub use flow::{Cell, Edge, GroupSecond, Second, ServiceSecond, TargetSecond, Totals};
pub use input::{AlarmStateValue, Check, Input, Share, StopType, Whom};
pub use outage::ZoneHosts;
pub use recording::{Recording, Scenario, StampedInput};
pub use scenario::{
    ASSERTIONS_MAX, DURATION_DEFAULT, DURATION_MAX, Prepared, Refused, SEED_DEFAULT, ScenarioFault,
    ScenarioFaultKind, ScenarioRun, TURNS_DEFAULT, run_scenario,
};
pub use timeline::{Marker, Timeline};
pub use world::World;

use crate::control::Event;
use crate::time::Instant;
use alloc::vec::Vec;

/// Runs a recording from its start to `until` and returns every event with the world at the end.
#[must_use]
pub fn simulate(recording: &Recording, until: Instant) -> (World, Vec<Event>) {
    let mut log = Vec::new();
    let mut world = World::new(recording);
    world.run(until, &mut log);
    (world, log)
}

#[cfg(test)]
mod tests;
