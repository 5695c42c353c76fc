//! The recorded run gives the same event log on every target; `wasm.rs` is the other half.
//!
//! Both compare with one file in `fixtures/`; `cargo xtask bless` rewrites it after a change of
//! behaviour that is meant.

use std::path::Path;
use stowplan_tests::{EVENT_LOG, event_log, recording};

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
