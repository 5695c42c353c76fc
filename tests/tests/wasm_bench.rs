//! Figures of the browser, never asserted: `cargo xtask bench browser` prints them.
#![cfg(target_arch = "wasm32")]

use stowplan_core::sim::simulate;
use stowplan_core::time::Instant;
use stowplan_tests::review::{eventful, review};
use stowplan_tests::workload::{largest, read_check, read_check_print, thousand};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const RUNS: usize = 15;

/// Runs that are not counted.
const WARM_UP: usize = 30;

#[wasm_bindgen_test]
fn figures() {
    let text = largest();
    show("one task definition of 64 KiB parsed and checked", || {
        std::hint::black_box(read_check(&text));
    });
    show("  the browser's JSON.parse of it", || {
        let _ = std::hint::black_box(js_sys::JSON::parse(&text));
    });
    let recording = eventful(review());
    show(
        "review design (12 hosts, 60 tasks), 1 hour (budget 150)",
        || {
            std::hint::black_box(simulate(&recording, Instant(3_600_000)));
        },
    );
    let texts = thousand();
    show("1,000 task definitions parsed, checked and printed", || {
        let sizes = texts.iter().map(|text| read_check_print(text));
        std::hint::black_box(sizes.sum::<usize>());
    });
}

fn show(what: &str, work: impl Fn()) {
    let clock = web_sys::window().and_then(|window| window.performance());
    let clock = clock.expect("a browser has a clock");
    // The browser compiles what is used often a second time, meanwhile; what is asked is how long
    // it takes from then on, as with every key that is typed.
    (0..WARM_UP).for_each(|_| work());
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = clock.now();
            work();
            clock.now() - start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (min, median, max) = (times[0], times[RUNS / 2], times[RUNS - 1]);
    console_log!("browser    {min:>9.3} {median:>9.3} {max:>9.3}  {what}");
}
