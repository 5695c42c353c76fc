//! The example of the gate: its design and its scenarios, run as `stowplan test` runs them.

use crate::event_log;
use std::sync::Arc;
use stowplan_core::control::Event;
use stowplan_core::design::Design;
use stowplan_core::draw::digest;
use stowplan_core::sim::{Recording, Scenario, simulate};
use stowplan_core::source;
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view::{event_is_listed, event_text};

/// The design.
pub const DESIGN: &str = include_str!("../../examples/shop/shop.stowplan.json");

/// Names and texts of its scenarios; a test holds the list against the folder.
pub const SCENARIOS: &[(&str, &str)] = &[
    (
        "agent-disconnect",
        include_str!("../../examples/shop/scenarios/agent-disconnect.scenario.json"),
    ),
    (
        "bad-deploy",
        include_str!("../../examples/shop/scenarios/bad-deploy.scenario.json"),
    ),
    (
        "batch-beside-services",
        include_str!("../../examples/shop/scenarios/batch-beside-services.scenario.json"),
    ),
    (
        "blue-green",
        include_str!("../../examples/shop/scenarios/blue-green.scenario.json"),
    ),
    (
        "canary-alarm",
        include_str!("../../examples/shop/scenarios/canary-alarm.scenario.json"),
    ),
    (
        "deploy-during-zone-loss",
        include_str!("../../examples/shop/scenarios/deploy-during-zone-loss.scenario.json"),
    ),
    (
        "deploy-under-load",
        include_str!("../../examples/shop/scenarios/deploy-under-load.scenario.json"),
    ),
    (
        "failing-health-check",
        include_str!("../../examples/shop/scenarios/failing-health-check.scenario.json"),
    ),
    (
        "host-refresh",
        include_str!("../../examples/shop/scenarios/host-refresh.scenario.json"),
    ),
    (
        "instance-drain",
        include_str!("../../examples/shop/scenarios/instance-drain.scenario.json"),
    ),
    (
        "out-of-memory",
        include_str!("../../examples/shop/scenarios/out-of-memory.scenario.json"),
    ),
    (
        "registry-outage",
        include_str!("../../examples/shop/scenarios/registry-outage.scenario.json"),
    ),
    (
        "rolling-deploy",
        include_str!("../../examples/shop/scenarios/rolling-deploy.scenario.json"),
    ),
    (
        "scale-in-protected",
        include_str!("../../examples/shop/scenarios/scale-in-protected.scenario.json"),
    ),
    (
        "short-deregistration-delay",
        include_str!("../../examples/shop/scenarios/short-deregistration-delay.scenario.json"),
    ),
    (
        "spot-storm",
        include_str!("../../examples/shop/scenarios/spot-storm.scenario.json"),
    ),
    (
        "thundering-herd",
        include_str!("../../examples/shop/scenarios/thundering-herd.scenario.json"),
    ),
    (
        "traffic-peak",
        include_str!("../../examples/shop/scenarios/traffic-peak.scenario.json"),
    ),
    (
        "unpullable-image",
        include_str!("../../examples/shop/scenarios/unpullable-image.scenario.json"),
    ),
    (
        "zone-loss-at-peak",
        include_str!("../../examples/shop/scenarios/zone-loss-at-peak.scenario.json"),
    ),
    (
        "zone-loss-under-load",
        include_str!("../../examples/shop/scenarios/zone-loss-under-load.scenario.json"),
    ),
];

/// The digest of each scenario's event log, on every target.
pub const DIGESTS: &str = include_str!("../fixtures/scenarios.digests");

/// What a scenario is a function of, and how long it lasts.
///
/// # Panics
/// If the example cannot be read.
#[must_use]
pub fn recording(text: &str) -> (Recording, Instant) {
    let scenario: Scenario = source::read(text).expect("the example is a scenario");
    let design = Design::read(DESIGN).expect("the example is a design");
    let length = scenario.duration.unwrap_or(Millis::minutes(60));
    let recording = Recording {
        design: Arc::new(design),
        seed: scenario.seed.unwrap_or(1),
        inputs: scenario.inputs,
        traffic: scenario.traffic,
    };
    (recording, Instant::ZERO + length)
}

/// A line for each scenario: its name and the digest of its event log.
#[must_use]
pub fn digests() -> String {
    let line = |(name, text): &(&str, &str)| {
        let (recording, until) = recording(text);
        let log = event_log(&recording, until);
        format!("{:016x} {name}\n", digest(log.as_bytes()))
    };
    SCENARIOS.iter().map(line).collect()
}

/// What people read of a run: the listed events, a line each, ids shortened to `#`.
#[must_use]
pub fn story(text: &str) -> String {
    let (recording, until) = recording(text);
    let (world, log) = simulate(&recording, until);
    let listed = log.iter().filter(|event| event_is_listed(event));
    let line = |event: &Event| {
        let text = event_text(world.model(), event);
        format!("{} {}\n", event.at, without_ids(&text))
    };
    listed.map(line).collect()
}

/// Replaces ids, which are long runs of digits or hexadecimal digits, by `#`.
fn without_ids(text: &str) -> String {
    let mut short = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|c: char| !c.is_ascii_hexdigit());
        let (word, tail) = rest.split_at(run.unwrap_or(rest.len()));
        short += if word.len() >= 19 { "#" } else { word };
        let next = tail.find(|c: char| c.is_ascii_hexdigit());
        let (between, tail) = tail.split_at(next.unwrap_or(tail.len()));
        short += between;
        rest = tail;
    }
    short
}
