//! What the tests of the whole share: the recorded run that both targets must play alike, task
//! definitions made of bytes, and what holds of every one of them.
//!
//! The tests themselves are the targets in `tests/`; `cargo xtask test` runs them and provides
//! the browser and the Docker engine that some of them need.

pub mod files;
pub mod generate;
pub mod invariants;
pub mod review;
mod rules_page;
pub mod shop;
pub mod workload;

pub use rules_page::rules_page;

use std::sync::Arc;
use stowplan_core::design::sample;
use stowplan_core::sim::{Recording, Scenario, simulate};
use stowplan_core::source;
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view::event_line;

/// The scenario file of the recorded run: a deployment, a lost host, a raised count, a crash.
pub const SCENARIO: &str = include_str!("../fixtures/shop.scenario.json");

/// The event log that every target must write for it, byte for byte.
pub const EVENT_LOG: &str = include_str!("../fixtures/shop.events.jsonl");

/// The recorded run: the sample design under [`SCENARIO`], and how long it lasts.
#[must_use]
pub fn recording() -> (Recording, Instant) {
    let scenario: Scenario = source::read(SCENARIO).expect("the fixture is a scenario");
    let length = scenario.duration.unwrap_or(Millis::minutes(60));
    let (design, seed) = (Arc::new(sample()), scenario.seed.unwrap_or(1));
    (
        Recording {
            design,
            seed,
            inputs: scenario.inputs,
            traffic: scenario.traffic,
        },
        Instant::ZERO + length,
    )
}

/// The event log of a recording as the command line and the browser write it.
#[must_use]
pub fn event_log(recording: &Recording, until: Instant) -> String {
    let (world, log) = simulate(recording, until);
    log.iter()
        .map(|event| event_line(world.model(), event) + "\n")
        .collect()
}
