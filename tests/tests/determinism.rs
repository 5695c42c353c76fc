//! The recorded run gives the same event log on every target; `wasm.rs` is the other half.
//!
//! Both compare with one file in `fixtures/`; `cargo xtask bless` rewrites it after a change of
//! behaviour that is meant.

use std::path::Path;
use stowplan_core::sim::World;
use stowplan_core::time::Instant;
use stowplan_tests::{EVENT_LOG, event_log, recording, shop};

/// Traffic of scenarios that state none.
const SHOPPERS: &str = r#"[{"listener": "shop-alb:80", "requestsPerSecond": 60,
    "requests": [{"weight": 3}, {"path": "/api/items"}], "retries": {"attempts": 1}, "session": "PT5M"}]"#;

#[test]
fn the_recorded_run_writes_the_expected_log() {
    let (recording, until) = recording();
    let log = event_log(&recording, until);
    if std::env::var_os("STOWPLAN_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.events.jsonl");
        std::fs::write(path, log).unwrap();
        return;
    }
    let mut lines = log.lines().zip(EVENT_LOG.lines()).enumerate();
    if let Some((at, (ours, expected))) = lines.find(|(_, (ours, expected))| ours != expected) {
        panic!("line {}:\n  ours     {ours}\n  expected {expected}", at + 1);
    }
    assert_eq!(
        log.len(),
        EVENT_LOG.len(),
        "one log goes on where the other ends"
    );
}

#[test]
fn the_seed_matters_and_nothing_else_does() {
    let (mut recording, until) = recording();
    assert_eq!(event_log(&recording, until), event_log(&recording, until));
    recording.seed += 1;
    assert_ne!(event_log(&recording, until), EVENT_LOG);
}

#[test]
fn every_scenario_of_the_example_has_its_digest_and_has_it_twice() {
    let digests = shop::digests();
    if std::env::var_os("STOWPLAN_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios.digests");
        std::fs::write(path, digests).unwrap();
        return;
    }
    assert_eq!(digests, shop::DIGESTS);
    assert_eq!(digests, shop::digests(), "played again");
}

#[test]
fn the_list_of_scenarios_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop/scenarios");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    let known = shop::SCENARIOS.iter();
    let known: Vec<String> = known
        .map(|(name, _)| format!("{name}.scenario.json"))
        .collect();
    assert_eq!(there, known);
}

/// Scenarios in, event lines out: the diff of these files says what a change of behaviour means.
#[test]
fn every_scenario_of_the_example_tells_its_story() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stories");
    for (name, text) in shop::SCENARIOS {
        let path = folder.join(format!("{name}.txt"));
        let told = shop::story(text);
        if std::env::var_os("STOWPLAN_BLESS").is_some() {
            std::fs::write(path, told).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(path).unwrap();
        let mut lines = told.lines().zip(expected.lines()).enumerate();
        if let Some((at, (ours, expected))) = lines.find(|(_, (ours, expected))| ours != expected) {
            panic!(
                "{name}, line {}:\n  ours     {ours}\n  expected {expected}",
                at + 1
            );
        }
        assert_eq!(told.lines().count(), expected.lines().count(), "{name}");
    }
}

#[test]
fn the_books_of_every_scenario_balance_in_every_second() {
    for (name, text) in shop::SCENARIOS {
        let (mut recording, until) = shop::recording(text);
        if recording.traffic.is_empty() {
            recording.traffic = stowplan_core::source::read(SHOPPERS).unwrap();
        }
        let (mut world, mut log) = (World::new(&recording), Vec::new());
        for second in 1..=until.0 / 1000 {
            world.run(Instant(second * 1000), &mut log);
            let (totals, waiting) = world.traffic_totals();
            let accounted = totals.answered + totals.failed + waiting;
            assert_eq!(totals.received, accounted, "{name} at second {second}");
        }
        let (totals, _) = world.traffic_totals();
        assert!(totals.answered > 0, "{name}");
    }
}
