//! Runs of the control plane and its world: the review design's hour, a batch as a pull-request
//! gate runs it, a large rolling deployment.

use crate::HOUR;
use crate::placement::resident_bytes;
use std::sync::Arc;
use std::time::Instant as Clock;
use stowplan_core::design::{Design, Edit, sample};
use stowplan_core::sim::{Input, Recording, StampedInput, simulate};
use stowplan_core::time::{Instant, Millis};
use stowplan_tests::review::{eventful, review};

/// Prints the table.
pub(crate) fn run() {
    // First, while the process holds nothing that it could use again.
    let bytes = bytes_a_task(&large(), LARGE_LENGTH);
    println!(
        "\n{:<58} {:>9} {:>9} {:>11} {:>9} {:>12}",
        "simulation", "ms", "budget", "events", "events/s", "bytes a task"
    );
    line("review design (12 hosts, 60 tasks), 1 hour", 50.0, &|| {
        played(&quiet(eventful(review())), HOUR)
    });
    line("the same with traffic", 50.0, &|| {
        played(&eventful(review()), HOUR)
    });
    line(
        "50 scenarios of 1 hour with 500 tasks, 2 threads",
        10_000.0,
        &|| batch(quiet),
    );
    line("the same with traffic", 10_000.0, &|| batch(|it| it));
    line(
        "rolling deployment of 5,000 tasks on 1,000 hosts",
        1_000.0,
        &|| Played {
            bytes_a_task: bytes,
            ..played(&large(), LARGE_LENGTH)
        },
    );
}

/// The same run with nobody who asks.
fn quiet(recording: Recording) -> Recording {
    Recording {
        traffic: Vec::new(),
        ..recording
    }
}

/// What a run did.
#[derive(Default)]
struct Played {
    events: usize,
    bytes_a_task: usize,
}

fn line(what: &str, budget_ms: f64, run: &dyn Fn() -> Played) {
    let mut times = Vec::new();
    let mut played = Played::default();
    for _ in 0..3 {
        let start = Clock::now();
        played = run();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let median = times[1];
    let bytes = if played.bytes_a_task == 0 {
        String::new()
    } else {
        played.bytes_a_task.to_string()
    };
    println!(
        "{what:<58} {median:>9.2} {budget_ms:>9.0} {:>11} {:>9.0} {bytes:>12}",
        played.events,
        played.events as f64 / median * 1000.0,
    );
}

fn played(recording: &Recording, until: Instant) -> Played {
    let (_, log) = simulate(recording, until);
    Played {
        events: log.len(),
        bytes_a_task: 0,
    }
}

/// What the process grows by for each task that the run ever had: world, tasks and event log.
fn bytes_a_task(recording: &Recording, until: Instant) -> usize {
    let Some(before) = resident_bytes() else {
        return 0;
    };
    let (world, log) = simulate(recording, until);
    let grown = resident_bytes().unwrap_or(before).saturating_sub(before);
    let tasks = world.control().tasks_started.max(1);
    drop(log);
    usize::try_from(grown / tasks).unwrap_or(0)
}

/// The review design with hosts for 500 tasks.
fn five_hundred() -> Design {
    let mut design = review();
    let host = design.container_instances[0].clone();
    design.container_instances = (0..90)
        .map(|at| {
            let mut host = host.clone();
            host.ec2_instance_id = format!("i-{at:03}");
            host.availability_zone = format!("us-east-1{}", ["a", "b", "c"][at % 3]);
            host
        })
        .collect();
    for service in &mut design.services {
        service.desired_count = Some(83);
    }
    design
}

/// As a gate does it: every scenario on its own, two at a time.
fn batch(change: fn(Recording) -> Recording) -> Played {
    let design = five_hundred();
    let next = std::sync::atomic::AtomicU64::new(0);
    let events = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= 50 {
                        return;
                    }
                    let mut recording = change(eventful(design.clone()));
                    recording.seed = seed;
                    let (_, log) = simulate(&recording, HOUR);
                    events.fetch_add(log.len(), std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    Played {
        events: events.into_inner(),
        bytes_a_task: 0,
    }
}

const LARGE_LENGTH: Instant = Instant(2 * 3_600_000);

/// One service of 5,000 tasks on 1,000 hosts, and a new revision half an hour later.
fn large() -> Recording {
    let mut design = sample();
    let host = design.container_instances[0].clone();
    design.container_instances = (0..1000)
        .map(|at| {
            let mut host = host.clone();
            host.ec2_instance_id = format!("i-{at:04}");
            host.instance_type = "m5.xlarge".into();
            host.availability_zone = format!("us-east-1{}", ["a", "b", "c"][at % 3]);
            host
        })
        .collect();
    design.services.truncate(1);
    design.services[0].desired_count = Some(5000);
    let edit = |change| StampedInput {
        at: Millis::minutes(30),
        input: Input::Edit { change },
    };
    let (service, family) = ("primes".to_string(), "primes".to_string());
    let inputs = vec![
        edit(Edit::AddRevision { family }),
        edit(Edit::Deploy {
            service,
            task_definition: "primes:2".into(),
        }),
    ];
    Recording {
        design: Arc::new(design),
        seed: 1,
        inputs,
        traffic: Vec::new(),
    }
}
