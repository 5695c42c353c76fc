//! Container health checks and those of load balancers, and what an operator does to them.

use super::*;
use crate::control::{ContainerHealth, EventKind};
use alloc::vec::Vec;

fn checked(check: &str) -> String {
    format!(
        r#"[{{"name":"app","image":"a","memory":64,"healthCheck":{{"command":["CMD","x"]{check}}}}}]"#
    )
}

/// When the only task's own health was first so, in milliseconds.
fn first(design: &Design, text: &str, wanted: ContainerHealth) -> Option<u64> {
    let mut world = World::new(&recording(design.clone(), inputs(text)));
    while world.now() < Instant(300_000) {
        world.step(&mut Vec::new());
        let mut tasks = world.control().tasks.values();
        if tasks.any(|task| task.container_health == wanted) {
            return Some(world.now().0);
        }
    }
    None
}

#[test]
fn the_first_check_comes_one_interval_after_the_start() {
    let design = alone(&checked(r#","interval":20"#), r#"{"imageSizeMiB":0}"#);
    assert_eq!(first(&design, "[]", ContainerHealth::Healthy), Some(21_500));
    let design = alone(&checked(""), r#"{"imageSizeMiB":0,"startupSeconds":31}"#);
    assert_eq!(first(&design, "[]", ContainerHealth::Healthy), Some(61_500));
}

#[test]
fn retries_count_from_the_end_of_the_start_period() {
    let of = |check: &str| {
        let design = alone(
            &checked(check),
            r#"{"imageSizeMiB":0,"startupSeconds":1000}"#,
        );
        first(&design, "[]", ContainerHealth::Unhealthy)
    };
    assert_eq!(of(r#","interval":10"#), Some(31_500));
    assert_eq!(of(r#","interval":10,"retries":5"#), Some(51_500));
    // The checks at 11.5 to 21.5 s do not count.
    assert_eq!(of(r#","interval":10,"startPeriod":25"#), Some(51_500));
}

#[test]
fn a_check_can_be_broken_and_mended() {
    let design = alone(&checked(r#","interval":10"#), r#"{"imageSizeMiB":0}"#);
    let of_task = r#"[{"at":"PT60S","do":"failHealthCheck","task":"web","container":"app","check":"container"},
        {"at":"PT85S","do":"restoreHealthCheck","task":"web"}]"#;
    // The service has no time to replace it before it is well again: it is asked at 61.5, 71.5
    // and 81.5 s, and at 91.5 s.
    let mut world = World::new(&recording(design.clone(), inputs(of_task)));
    let mut log = Vec::new();
    world.run(Instant(81_500), &mut log);
    let health = |world: &World| {
        world
            .control()
            .tasks
            .values()
            .next()
            .unwrap()
            .container_health
    };
    assert_eq!(health(&world), ContainerHealth::Unhealthy);
    world.run(Instant(91_500), &mut log);
    assert_eq!(health(&world), ContainerHealth::Healthy);
    let of_service = r#"[{"at":"PT60S","do":"failHealthCheck","service":"web"}]"#;
    let (world, _) = run(&recording(design, inputs(of_service)), 400);
    assert!(
        world.control().tasks_started > 3,
        "replacements fail as well"
    );
}

#[test]
fn a_check_that_hangs_has_failed_when_its_timeout_is_over() {
    let design = alone(
        &checked(r#","interval":10,"timeout":4"#),
        r#"{"imageSizeMiB":0}"#,
    );
    let text = r#"[{"at":"PT60S","do":"degradeContainer","task":"web","latencyMs":5000}]"#;
    assert_eq!(
        first(&design, text, ContainerHealth::Unhealthy),
        Some(85_500)
    );
    let text = r#"[{"at":"PT60S","do":"degradeContainer","task":"web","latencyMs":4000}]"#;
    assert_eq!(first(&design, text, ContainerHealth::Unhealthy), None);
}

/// What load balancers made of tasks of `primes`, and why.
fn targets(text: &str, until: u64) -> Vec<String> {
    let (world, log) = run(&recording(sample(), inputs(text)), until);
    let late = log.iter().filter(|event| event.at >= Instant(120_000));
    let mut lines = Vec::new();
    for event in late {
        if let EventKind::TargetHealthChanged { health, .. } = &event.kind {
            lines.push(format!("{} {}", event.at, health.name()));
        }
        let text = event_text(world.model(), event);
        if let Some((_, reason)) = text.split_once("due to (reason ") {
            lines.push(format!("{} {reason}", event.at));
        }
    }
    lines
}

#[test]
fn a_target_that_fails_is_told_with_its_reason() {
    let fail = |input: &str| targets(&format!(r#"[{{"at":"PT120S",{input}}}]"#), 149);
    let told = |second: &str, reason: &str| {
        // The service's event comes when the scheduler looks.
        Vec::from([format!("{second} unhealthy"), format!("00:02:20 {reason})")])
    };
    // It is asked every 10 s and unhealthy after two failures.
    let got = fail(r#""do":"failHealthCheck","task":"primes","check":"target""#);
    assert_eq!(got[..2], told("00:02:11", "Health checks failed"));
    let got = fail(r#""do":"degradeContainer","task":"primes","latencyMs":5001"#);
    assert_eq!(got[..2], told("00:02:16", "Request timed out"));
    let got = fail(r#""do":"degradeContainer","task":"primes","errorRate":1"#);
    assert_eq!(
        got[..2],
        told("00:02:11", "Health checks failed with these codes: [500]")
    );
    let got = fail(r#""do":"failHealthCheck","task":"primes","check":"container""#);
    assert_eq!(got, Vec::<String>::new(), "it has no check of its own");
}

#[test]
fn a_share_of_errors_is_drawn_and_the_same_in_every_run() {
    let text = r#"[{"at":"PT120S","do":"degradeContainer","service":"primes","errorRate":0.4}]"#;
    let got = targets(text, 1200);
    assert!(got.len() > 2, "{got:?}");
    assert_eq!(got, targets(text, 1200));
    let restored = r#"[{"at":"PT120S","do":"degradeContainer","service":"primes","errorRate":0.4},
        {"at":"PT121S","do":"restoreContainer","service":"primes"}]"#;
    assert_eq!(targets(restored, 1200), Vec::<String>::new());
}

#[test]
fn what_is_broken_of_a_service_reaches_the_named_container_of_tasks_to_come() {
    let design = alone(&checked(r#","interval":10"#), r#"{"imageSizeMiB":0}"#);
    let unhealthy = |text: &str| {
        let (world, log) = run(&recording(design.clone(), inputs(text)), 600);
        story(&world, &log, "container health checks")
            .lines()
            .count()
    };
    let text = r#"[{"at":"PT60S","do":"degradeContainer","service":"web","container":"app","latencyMs":9000}]"#;
    assert!(unhealthy(text) > 2);
    let text = r#"[{"at":"PT60S","do":"degradeContainer","service":"web","container":"app","latencyMs":9000},
        {"at":"PT62S","do":"restoreContainer","service":"web","container":"app"}]"#;
    assert_eq!(unhealthy(text), 0);
}

#[test]
fn slow_starts_concern_what_starts_from_then_on() {
    let text = r#"[{"at":"PT2M","do":"slowStart","service":"primes","seconds":400},
        {"at":"PT2M","do":"crashTask","task":"primes","exitCode":1}]"#;
    let got = told(sample(), text, (120, 220), "is unhealthy in");
    assert_eq!(got.lines().count(), 1, "{got}");
}
