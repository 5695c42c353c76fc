//! What assertions measure of requests, in numbers that can be reckoned by hand.

use super::metrics::{design, source};
use super::*;
use crate::assert::{Assertion, Window, evaluate};
use crate::sim::traffic::{Latency, REQUEST, TrafficSource};
use crate::view::outcome_sentence;

/// What assertions say of a run of ten minutes.
fn judged(design: Design, rate: Option<f64>, inputs: &str, texts: &[&str]) -> Vec<String> {
    let sources: Vec<TrafficSource> = rate.iter().map(|it| source(*it, &["/"])).collect();
    let scenario = Scenario {
        duration: Some(Millis::minutes(10)),
        measure_from: Some(Millis::minutes(2)),
        traffic: sources,
        inputs: super::inputs(inputs),
        assert: texts.iter().map(ToString::to_string).collect(),
        ..Scenario::default()
    };
    let prepared = Prepared::new(Arc::new(design), &scenario, None).unwrap();
    let run = run_scenario(&prepared, 7, TURNS_DEFAULT);
    assert!(run.refused.is_empty(), "{:?}", run.refused);
    let verdict = |passed| if passed { "holds" } else { "fails" };
    let outcomes = run.outcomes.iter();
    outcomes
        .map(|it| format!("{}: {}", verdict(it.passed), outcome_sentence(it)))
        .collect()
}

#[test]
fn assertions_measure_requests_latencies_and_use() {
    let told = judged(
        design(&[]),
        Some(10.0),
        "[]",
        &[
            "requests == 4800",
            "requests{service=web, zone=z-a} >= 599.9 during 3m..5m",
            "requests{load_balancer=lb, target_group=tg} == 10 during 3m..3m1s",
            "sum(http_5xx) == 0",
            "error_rate < 0.1%",
            "avg(latency{service=web}) <= 26ms",
            "p99(latency{service=web}) < 44ms",
            "max(cpu_utilization{service=web}) < 5.1%",
            "min(memory_utilization{zone=z-b}) >= 25%",
            "availability >= 99.9%",
        ],
    );
    assert_eq!(
        told,
        [
            "holds: 4800",
            "holds: 600",
            "holds: 10",
            "holds: 0",
            "holds: 0%",
            // 20 ms and the mean of 5 ms of CPU; and 5 ms times ln 100.
            "holds: 25ms",
            "holds: 43ms",
            "holds: 5%",
            "holds: 25%",
            "holds: 100% of requests",
        ]
    );
}

#[test]
fn failures_are_found_in_the_second_in_which_they_come() {
    let errors = r#"[
        {"at": "PT5M", "do": "degradeContainer", "service": "web", "latencyMs": 300, "errorRate": 0.5},
        {"at": "PT6M", "do": "restoreContainer", "service": "web"}]"#;
    let told = judged(
        design(&[]),
        Some(10.0),
        errors,
        &[
            "error_rate <= 50% during 5m..6m",
            "error_rate < 1%",
            "availability{service=web} >= 99.9%",
            "http_5xx == 0",
            "p95(latency) < 100ms",
            "p50(latency) < 100ms",
            "http_5xx == 0 until 5m",
        ],
    );
    // Ten a second for a minute, half of them: but for those that were on their way.
    assert_eq!(
        told,
        [
            "holds: 50%",
            "fails: 6.22%, wanted < 1%: first at 00:05:00",
            "fails: 93.78% of requests, wanted >= 99.9%: first at 00:05:00",
            "fails: 298.5, wanted == 0: first at 00:05:00",
            "fails: 326ms, wanted < 100ms: first at 00:05:00",
            "holds: 24ms",
            // Before tasks are there, 503.
            "fails: 155.5, wanted == 0: first at 00:00:00",
        ]
    );
}

#[test]
fn without_traffic_nothing_was_asked_and_availability_is_of_time() {
    let told = judged(
        design(&[]),
        None,
        "[]",
        &[
            "requests == 0",
            "p99(latency) < 1s",
            "error_rate < 1%",
            "availability >= 99.9%",
            "max(cpu_utilization) == 0%",
            "min(memory_utilization{service=web}) == 25%",
        ],
    );
    assert_eq!(
        told,
        [
            "holds: 0",
            "fails: nothing to measure: no request was answered within the time",
            "fails: nothing to measure: nobody asked for anything within the time",
            "holds: 100%",
            "holds: 0%",
            "holds: 25%",
        ]
    );
}

#[test]
fn a_window_has_the_seconds_within_it() {
    // One request a second of 10 ms, from the fifth second on of 1000 ms.
    let mut times = crate::assert::Distribution::default();
    for at in 1..=10_u64 {
        let latency = Latency {
            base_ms: if at > 5 { 1000.0 } else { 10.0 },
            lanes: 1,
            ..Latency::default()
        };
        let mut all = crate::sim::traffic::Histogram::default();
        all.add(&crate::sim::traffic::Spread::of(&latency), REQUEST);
        times.push(Instant(at * 1000 - 1), all);
    }
    let say = |text: &str| {
        let assertion = Assertion::parse(text).unwrap();
        let selector = (*assertion.selectors().first().unwrap()).clone();
        let recorded = crate::assert::Recorded::Distribution(times.clone());
        let records = [(selector, recorded)].into();
        let whole = Window {
            from: Instant::ZERO,
            to: Instant(10_000),
        };
        let outcome = evaluate(&assertion, &records, whole);
        (outcome.passed, outcome.violated_at)
    };
    assert_eq!(say("max(latency) < 100ms until 5s"), (true, None));
    assert_eq!(say("min(latency) > 100ms after 5s"), (true, None));
    assert_eq!(say("p50(latency) < 100ms"), (true, None));
    assert_eq!(say("p60(latency) < 100ms"), (false, Some(Instant(5999))));
    assert_eq!(say("latency < 100ms"), (false, Some(Instant(5999))));
    assert!(say("avg(latency) < 506ms").0);
}
