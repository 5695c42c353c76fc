//! The recorded run in WebAssembly, inside a browser: its log equals the native one byte for byte.
#![cfg(target_arch = "wasm32")]

use stowplan_core::draw::digest;
use stowplan_tests::{EVENT_LOG, event_log, recording, shop};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_recorded_run_has_the_native_digest() {
    let (recording, until) = recording();
    let log = event_log(&recording, until);
    assert_eq!(digest(log.as_bytes()), digest(EVENT_LOG.as_bytes()));
    assert!(log == EVENT_LOG, "equal digests, equal bytes");
}

#[wasm_bindgen_test]
fn every_scenario_of_the_example_has_the_native_digest() {
    assert_eq!(shop::digests(), shop::DIGESTS);
}
