//! What is measured on series made by hand, and when it was violated.

use super::super::*;
use crate::draw::{Stream, draw_below};
use crate::time::Instant;
use crate::view::outcome_sentence;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Records by the metrics' names, without labels.
fn records() -> BTreeMap<Selector, Recorded> {
    let steps = |points: &[(u64, f64)]| {
        let points: Vec<_> = points.iter().map(|(at, it)| (minute(*at), *it)).collect();
        Recorded::Steps(Series::new(&points))
    };
    let length = |began, ended: Option<u64>| Length {
        began: minute(began),
        ended: ended.map(minute),
    };
    let steadiness = Recorded::Steadiness {
        services: Vec::from([
            Series::new(&[(minute(0), 0.0), (minute(2), 1.0)]),
            Series::new(&[
                (minute(0), 0.0),
                (minute(1), 1.0),
                (minute(10), 0.0),
                (minute(14), 1.0),
            ]),
        ]),
        inputs: Vec::from([minute(9), minute(10)]),
    };
    [
        (
            Metric::HealthyTasks,
            steps(&[(0, 0.0), (1, 4.0), (10, 1.0), (12, 4.0)]),
        ),
        (Metric::DesiredTasks, steps(&[(0, 4.0), (15, 8.0)])),
        (Metric::PendingTasks, steps(&[(0, 4.0), (1, 0.0)])),
        (
            Metric::Availability,
            steps(&[(0, 0.0), (1, 1.0), (10, 0.0), (11, 1.0)]),
        ),
        (Metric::FailedTasks, steps(&[(3, 1.0), (10, 3.0)])),
        (
            Metric::DeployDuration,
            Recorded::Lengths(Vec::from([length(5, Some(9)), length(12, None)])),
        ),
        (Metric::TimeToSteadyState, steadiness),
        (Metric::RegisteredInstances, steps(&[])),
    ]
    .into_iter()
    .map(|(metric, recorded)| {
        let labels = Labels::default();
        (Selector { metric, labels }, recorded)
    })
    .collect()
}

fn minute(at: u64) -> Instant {
    Instant(at * 60_000)
}

fn outcome(text: &str) -> String {
    let assertion = Assertion::parse(text).unwrap();
    let whole = Window {
        from: minute(0),
        to: minute(20),
    };
    let outcome = evaluate(&assertion, &records(), whole);
    let verdict = if outcome.passed { "holds" } else { "fails" };
    format!("{verdict}: {}", outcome_sentence(&outcome))
}

#[test]
fn outcomes_tell_what_was_measured_and_when_it_was_violated() {
    for (text, expected) in [
        (
            "min(healthy_tasks) >= 2",
            "fails: 0, wanted >= 2: first at 00:00:00",
        ),
        (
            "min(healthy_tasks) >= 2 after 5m",
            "fails: 1, wanted >= 2: first at 00:10:00",
        ),
        (
            "healthy_tasks >= 2 after 5m",
            "fails: 1, wanted >= 2: first at 00:10:00",
        ),
        ("healthy_tasks >= 1 after 5m", "holds: 1"),
        (
            "2 <= healthy_tasks after 5m",
            "fails: 1, wanted >= 2: first at 00:10:00",
        ),
        (
            "healthy_tasks == 4 at 10m",
            "fails: 1, wanted == 4: first at 00:10:00",
        ),
        ("healthy_tasks == 4 at 9m", "holds: 4"),
        (
            "max(healthy_tasks) >= 9",
            "fails: 4, wanted >= 9: first at 00:20:00",
        ),
        ("healthy_tasks >= desired_tasks during 1m..9m", "holds: 4"),
        (
            "healthy_tasks >= desired_tasks after 12m",
            "fails: 4, wanted >= 8: first at 00:15:00",
        ),
        (
            "min(healthy_tasks / desired_tasks) >= 50% after 2m",
            "fails: 25%, wanted >= 50%: first at 00:10:00",
        ),
        (
            "min(healthy_tasks) / max(desired_tasks) >= 0.1 after 2m",
            "holds: 0.12",
        ),
        ("availability >= 90%", "holds: 90%"),
        (
            "availability >= 90.01%",
            "fails: 90%, wanted >= 90.01%: first at 00:00:00",
        ),
        (
            "availability > 99% after 2m",
            "fails: 94.44%, wanted > 99%: first at 00:10:00",
        ),
        ("availability >= 100% during 2m..9m", "holds: 100%"),
        (
            "failed_tasks <= 1",
            "fails: 3, wanted <= 1: first at 00:10:00",
        ),
        (
            "failed_tasks == 0 after 3m",
            "fails: 3, wanted == 0: first at 00:03:00",
        ),
        ("failed_tasks <= 0 during 4m..9m", "holds: 0"),
        (
            "failed_tasks >= 4",
            "fails: 3, wanted >= 4: first at 00:20:00",
        ),
        ("avg(pending_tasks) <= 0.2", "holds: 0.2"),
        ("p95(pending_tasks) == 0", "holds: 0"),
        (
            "percentile(96, pending_tasks) == 0",
            "fails: 4, wanted == 0: first at 00:00:00",
        ),
        ("last(pending_tasks) == 0", "holds: 0"),
        (
            "deploy_duration < 8m",
            "fails: not within the run, wanted < 8m: time ran out at 00:20:00",
        ),
        (
            "deploy_duration < 5m after 10m",
            "fails: not within the run, wanted < 5m: time ran out at 00:17:00",
        ),
        ("deploy_duration < 8m until 10m", "holds: 4m"),
        (
            "deploy_duration < 3m until 10m",
            "fails: 4m, wanted < 3m: first at 00:08:00",
        ),
        ("min(deploy_duration) <= 4m", "holds: 4m"),
        (
            "deploy_duration < 8m after 15m",
            "fails: nothing to measure: no deployment begins within the time",
        ),
        ("time_to_steady_state <= 4m", "holds: 4m"),
        (
            "time_to_steady_state < 2m until 5m",
            "fails: 2m, wanted < 2m: first at 00:02:00",
        ),
        (
            "max(pending_tasks) / min(registered_instances) < 1",
            "fails: the divisor is zero",
        ),
        (
            "healthy_tasks / pending_tasks < 1",
            "fails: the divisor is zero at 00:01:00",
        ),
        (
            "deploy_duration - deploy_duration < 1m",
            "fails: what never came to pass cannot be reckoned with",
        ),
        ("running_tasks > 1", "fails: `running_tasks` has no record"),
    ] {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn whatever_is_read_can_be_evaluated() {
    let metrics = "healthy_tasks desired_tasks pending_tasks availability failed_tasks \
                   deploy_duration time_to_steady_state registered_instances 2 0 50% 5m";
    let around = "_ _ min(_) max(_) avg(_) sum(_) p95(_) percentile(50,_) first(_) -_ (_)";
    let clauses = ",,,at 10m,during 5m..10m,after 19m,until 1s";
    let mut drawn = 0;
    let mut pick = |list: &str, between: char| {
        drawn += 1;
        let words: Vec<&str> = list.split(between).filter(|it| *it != " ").collect();
        let count = u64::try_from(words.len()).unwrap();
        let at = draw_below(11, Stream::Placement, drawn, count);
        String::from(words[usize::try_from(at).unwrap()])
    };
    let side = |pick: &mut dyn FnMut(&str, char) -> String| {
        let one = pick(metrics, ' ');
        let inner = match pick("1 1 1 + - * /", ' ').as_str() {
            "1" => one,
            sign => format!("{one} {sign} {}", pick(metrics, ' ')),
        };
        pick(around, ' ').replace('_', &inner)
    };
    let (records, mut read) = (records(), 0);
    let whole = Window {
        from: minute(2),
        to: minute(20),
    };
    for _ in 0..20_000 {
        let left = format!("{} {}", side(&mut pick), pick("+ - * / _", ' '));
        let left = match left.strip_suffix('_') {
            Some(alone) => String::from(alone),
            None => left + &side(&mut pick),
        };
        let sign = pick("< <= > >= == !=", ' ');
        let text = format!("{left} {sign} {} {}", side(&mut pick), pick(clauses, ','));
        if let Ok(assertion) = Assertion::parse(&text) {
            let outcome = evaluate(&assertion, &records, whole);
            assert_eq!(outcome.passed, outcome.failure.is_none(), "{text}");
            assert!(!outcome_sentence(&outcome).is_empty(), "{text}");
            read += 1;
        }
    }
    assert!(read > 500, "only {read} texts were assertions");
}
