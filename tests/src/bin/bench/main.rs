//! Figures, never asserted: `cargo xtask bench [NAME]` prints them as a table.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod placement;
mod route;
mod simulation;
mod targets;

use serde_json::Value;
use std::time::Instant as Clock;
use stowplan_core::design::{Edit, sample};
use stowplan_core::sim::{Timeline, simulate};
use stowplan_core::time::Instant;
use stowplan_tests::review::{eventful, review};
use stowplan_tests::{event_log, recording, workload};

/// What is measured; each run returns its milliseconds.
struct Bench {
    name: &'static str,
    what: &'static str,
    run: fn() -> f64,
    peer: Option<Peer>,
}

/// What another does with the same input.
struct Peer {
    what: &'static str,
    run: fn() -> f64,
}

const fn alone(name: &'static str, what: &'static str, run: fn() -> f64) -> Bench {
    Bench {
        name,
        what,
        run,
        peer: None,
    }
}

const BENCHES: &[Bench] = &[
    alone(
        "simulate",
        "sample design, 1 simulated hour with a deployment and a lost host",
        hour,
    ),
    alone(
        "simulate",
        "review design (12 hosts, 6 services, 60 tasks), the same hour",
        review_hour,
    ),
    alone(
        "log",
        "recorded run of 20 minutes with its event log as text",
        log,
    ),
    alone(
        "seek",
        "one seek to a random moment of a played hour (mean of 100)",
        seek,
    ),
    alone(
        "edit",
        "one edit and compilation of the review design",
        edit,
    ),
    Bench {
        name: "taskdef",
        what: "1,000 task definitions parsed, checked and printed",
        run: definitions,
        peer: Some(Peer {
            what: "serde_json parses and prints them",
            run: definitions_by_serde,
        }),
    },
    Bench {
        name: "taskdef",
        what: "one task definition of 64 KiB parsed and checked",
        run: largest_definition,
        peer: Some(Peer {
            what: "serde_json parses it",
            run: largest_by_serde,
        }),
    },
];

const RUNS: usize = 7;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [alone, strategy] = wanted.as_slice()
        && alone == placement::ALONE
    {
        placement::alone(strategy);
        return;
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if is_wanted("simulate") {
        simulation::run();
    }
    if BENCHES.iter().any(|bench| is_wanted(bench.name)) {
        times(&is_wanted);
    }
    if is_wanted("route") {
        route::run();
        targets::run();
    }
    if is_wanted("placement") {
        placement::run();
    }
}

/// The benchmarks that are a time each.
fn times(is_wanted: &dyn Fn(&str) -> bool) {
    println!(
        "{:<10} {:>9} {:>9} {:>9} {:>9} {:>7}  what",
        "bench", "min ms", "median", "max", "peer", "ratio"
    );
    for bench in BENCHES {
        if !is_wanted(bench.name) {
            continue;
        }
        let [min, median, max] = figures(bench.run);
        let (peer, what) = match &bench.peer {
            None => (format!("{:>9} {:>7}", "", ""), bench.what.to_string()),
            Some(Peer { what, run }) => {
                let [_, peer, _] = figures(*run);
                let figures = format!("{peer:>9.3} {:>6.1}x", median / peer);
                (figures, format!("{}; peer: {what}", bench.what))
            }
        };
        println!(
            "{:<10} {min:>9.3} {median:>9.3} {max:>9.3} {peer}  {what}",
            bench.name
        );
    }
}

/// Minimum, median and maximum of some runs.
fn figures(run: fn() -> f64) -> [f64; 3] {
    let mut times: Vec<f64> = (0..RUNS).map(|_| run()).collect();
    times.sort_by(f64::total_cmp);
    [times[0], times[RUNS / 2], times[RUNS - 1]]
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Clock::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64() * 1000.0
}

const HOUR: Instant = Instant(3_600_000);

fn hour() -> f64 {
    let recording = eventful(sample());
    timed(|| simulate(&recording, HOUR))
}

fn review_hour() -> f64 {
    let recording = eventful(review());
    timed(|| simulate(&recording, HOUR))
}

fn log() -> f64 {
    let (recording, until) = recording();
    timed(|| event_log(&recording, until))
}

fn seek() -> f64 {
    let mut timeline = Timeline::new(eventful(review()));
    timeline.seek(HOUR);
    // Strides that are not multiples of the checkpoints' distance visit all offsets.
    let all = timed(|| (1..=100_u64).for_each(|n| timeline.seek(Instant(n * 2_311_871 % HOUR.0))));
    all / 100.0
}

fn edit() -> f64 {
    let design = review();
    let edit = Edit::Set {
        pointer: "/services/0/desiredCount".into(),
        value: Some(3.into()),
    };
    timed(|| {
        edit.apply(&design)
            .map(|next| stowplan_core::model::compile(&next, None))
    })
}

fn definitions() -> f64 {
    let texts = workload::thousand();
    timed(|| {
        texts
            .iter()
            .map(|text| workload::read_check_print(text))
            .sum::<usize>()
    })
}

fn definitions_by_serde() -> f64 {
    let texts = workload::thousand();
    let print = |text: &&str| {
        let value: Value = serde_json::from_str(text).expect("the fixtures are JSON");
        serde_json::to_string_pretty(&value).map_or(0, |text| text.len())
    };
    timed(|| texts.iter().map(print).sum::<usize>())
}

fn largest_definition() -> f64 {
    let text = workload::largest();
    timed(|| workload::read_check(&text))
}

fn largest_by_serde() -> f64 {
    let text = workload::largest();
    timed(|| serde_json::from_str::<Value>(&text))
}
