//! What is read, and what is refused with which words.

use super::super::*;
use crate::model::{Model, compile};
use crate::source::Span;
use crate::time::Instant;
use crate::view::{assertion_excerpt, assertion_fault_words};
use alloc::format;
use alloc::string::{String, ToString};

fn names() -> Names {
    let mut names = Names::default();
    names.add(&compile(&crate::design::sample(), None).model);
    names
}

/// The fault of a text with its place marked, in words.
fn refused(text: &str) -> String {
    let end = Instant(20 * 60_000);
    let read = Assertion::parse(text).and_then(|it| it.check(&names(), end).map(|()| it));
    match read {
        Ok(_) => "read".to_string(),
        Err(fault) => {
            let words = assertion_fault_words(&fault);
            format!(
                "{}\n{}; {}",
                assertion_excerpt(text, &fault),
                words.message,
                words.hint.unwrap_or_default()
            )
        }
    }
}

#[test]
fn assertions_of_every_kind_are_read() {
    for text in [
        "availability(service=edges) >= 99.9%",
        "min(healthy_tasks{service=edges}) >= 2",
        "deploy_duration < 8m",
        "max(pending_tasks) <= 3 during 5m..20m",
        "running_tasks{service=edges} == 4 at PT19M",
        "avg(memory_reservation{zone=us-east-1a}) < 80%",
        "min(healthy_tasks{service=edges}) / max(desired_tasks{service=edges}) >= 50%",
        "min(healthy_tasks / desired_tasks) >= 0.5 after 00:05:00",
        "time_to_steady_state{service=\"edges\"} < PT5M after 10m",
        "2 <= healthy_tasks{ service = 'edges' , zone=us-east-1a } until 1m30s",
        "percentile(95, pending_tasks) + p99.9(pending_tasks) <= (1 + 2) * 2",
        "-max(pending_tasks) > -4",
        "avg(deploy_duration{cluster=shop}) < 1h30m",
        "stopped_tasks - failed_tasks >= 0",
        "healthy_targets{target_group=edges-tg} >= 1 during PT5M..PT10M",
        "first(registered_instances) == last(registered_instances)",
        "avg(availability) > 99%",
        "sum(rollbacks) == 0",
        "deploy_duration / time_to_steady_state <= 1",
        "healthy_tasks >= desired_tasks at 0",
    ] {
        assert_eq!(refused(text), "read", "{text}");
    }
}

#[test]
fn numbers_are_exact_in_their_unit() {
    let number = |text: &str| {
        let read = Assertion::parse(&format!("{text} < deploy_duration"));
        let read = read.or_else(|_| Assertion::parse(&format!("{text} < availability")));
        let ExpressionKind::Number(value) = read.unwrap().left.kind else {
            panic!("{text} is no number");
        };
        value
    };
    for (text, value) in [
        ("99.9%", 0.999),
        ("0.07%", 0.0007),
        ("400ms", 400.0),
        ("1.5s", 1500.0),
        ("1h30m", 5_400_000.0),
        ("PT1H30M", 5_400_000.0),
        ("01:30:00", 5_400_000.0),
        ("1d", 86_400_000.0),
    ] {
        assert!(number(text) == value, "{text}");
    }
}

#[test]
fn faults_are_marked_and_explained() {
    for (text, expected) in [
        (
            "",
            "\n^\nthe assertion is empty; write one such as `availability >= 99.9%`",
        ),
        (
            "min(healthy_task{service=edges}) >= 2",
            "min(healthy_task{service=edges}) >= 2\n    ^^^^^^^^^^^^\n\
             `healthy_task` is no metric and no aggregate; did you mean `healthy_tasks`?",
        ),
        (
            "mean(healthy_tasks) >= 2",
            "mean(healthy_tasks) >= 2\n^^^^\n`mean` is no metric and no aggregate; \
             did you mean `avg`?",
        ),
        (
            "healthy_tasks{servce=edges} >= 2",
            "healthy_tasks{servce=edges} >= 2\n              ^^^^^^\n\
             `servce` is not a label; did you mean `service`?",
        ),
        (
            "desired_tasks{zone=us-east-1a} >= 2",
            "desired_tasks{zone=us-east-1a} >= 2\n              ^^^^\n\
             `desired_tasks` has no label `zone`; `desired_tasks` takes `service` or `cluster`",
        ),
        (
            "healthy_tasks{service=edge} >= 2",
            "healthy_tasks{service=edge} >= 2\n^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             there is no service called `edge`; did you mean `edges`?",
        ),
        (
            "avg(memory_reservation{zone=eu-west-3b}) < 80%",
            "avg(memory_reservation{zone=eu-west-3b}) < 80%\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             there is no availability zone called `eu-west-3b`; \
             the design has `us-east-1a`, `us-east-1b`, `us-east-1c`",
        ),
        (
            "deploy_duration < 8",
            "deploy_duration < 8\n                  ^\n\
             a duration cannot be compared with a number without a unit; \
             write a duration such as `90s`, `8m` or `PT8M`",
        ),
        (
            "availability >= 99.9",
            "availability >= 99.9\n                ^^^^\n\
             a percentage cannot be compared with a number without a unit; \
             write a percentage such as `99.9%`",
        ),
        (
            "max(pending_tasks) < 3m",
            "max(pending_tasks) < 3m\n                     ^^\n\
             a count cannot be compared with a duration; \
             write a whole number such as `2`, or divide by another count",
        ),
        (
            "healthy_tasks + deploy_duration > 1",
            "healthy_tasks + deploy_duration > 1\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             `+` does not join a count and a duration; both sides need the same unit",
        ),
        (
            "max(pending_tasks) / (2 - 2) < 1",
            "max(pending_tasks) / (2 - 2) < 1\n                     ^^^^^^^\n\
             the divisor is zero whatever happens; divide by something that is not zero",
        ),
        (
            "max(pending_tasks) / 0% < 1",
            "max(pending_tasks) / 0% < 1\n                     ^^\n\
             the divisor is zero whatever happens; divide by something that is not zero",
        ),
        (
            "sum(latency) < 400ms",
            "sum(latency) < 400ms\n    ^^^^^^^\n\
             `latency` is that of every request, and cannot be reckoned with before it is one \
             value; write `p99(latency)`, `avg(latency)` or `max(latency)` and reckon with that",
        ),
        (
            "max(error_rate) < 1%",
            "max(error_rate) < 1%\n    ^^^^^^^^^^\n\
             `error_rate` is one share of all requests already; write `error_rate` alone",
        ),
        (
            "latency < 400ms at 5m",
            "latency < 400ms at 5m\n^^^^^^^\n\
             `latency` is counted over time, not at a moment; \
             use `until T` for everything up to then",
        ),
        (
            "latency{load_balancer=shop} < 1s",
            "latency{load_balancer=shop} < 1s\n^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\
             there is no load balancer called `shop`; the design has `shop-alb` only",
        ),
        (
            "healthy_tasks = 2",
            "healthy_tasks = 2\n              ^\n`=` compares nothing; write `==`, or `>=` and `<=` in this order",
        ),
        (
            "1 < healthy_tasks < 4",
            "1 < healthy_tasks < 4\n                  ^\nthere is a comparison already; \
             write an assertion for each: all of them have to hold",
        ),
        (
            "healthy_tasks >= 2 durring 1m..2m",
            "healthy_tasks >= 2 durring 1m..2m\n                   ^^^^^^^\n\
             `durring` is no metric and no aggregate; did you mean `during`?",
        ),
        (
            "healthy_tasks >= 2 during 5..10m",
            "healthy_tasks >= 2 during 5..10m\n                          ^\n\
             `5` has no unit of time; write a moment such as `10m`, `PT10M` or `00:10:00`",
        ),
        (
            "healthy_tasks >= 2 during 10m..5m",
            "healthy_tasks >= 2 during 10m..5m\n                   ^^^^^^^^^^^^^^\n\
             this time ends before it begins; write the earlier moment first",
        ),
        (
            "healthy_tasks >= 2 at 21m",
            "healthy_tasks >= 2 at 21m\n                   ^^^^^^\n\
             the run ends at 00:20:00, so that nothing is left of this time; \
             lengthen `duration`, or name an earlier moment",
        ),
        (
            "failed_tasks == 0 at 5m",
            "failed_tasks == 0 at 5m\n^^^^^^^^^^^^\n\
             `failed_tasks` is counted over time, not at a moment; \
             use `until T` for everything up to then",
        ),
        (
            "max(failed_tasks) == 0",
            "max(failed_tasks) == 0\n    ^^^^^^^^^^^^\n\
             `failed_tasks` is one count for the whole time already; write `failed_tasks` alone",
        ),
        (
            "max(min(healthy_tasks)) > 1",
            "max(min(healthy_tasks)) > 1\n    ^^^\n\
             an aggregate stands inside an aggregate; keep one of them",
        ),
        (
            "p101(pending_tasks) < 1",
            "p101(pending_tasks) < 1\n^^^^\n\
             a percentile lies between 0 and 100; \
             write `p95(pending_tasks)` or `percentile(95, pending_tasks)`",
        ),
        (
            "deploy_duration < 8 minutes",
            "deploy_duration < 8 minutes\n                  ^\n\
             a duration cannot be compared with a number without a unit; \
             write a duration such as `90s`, `8m` or `PT8M`",
        ),
        (
            "deploy_duration < 8min",
            "deploy_duration < 8min\n                  ^^^^\n`min` is not a unit; \
             use %, ms, s, m, h or d, without a space before it",
        ),
        (
            "healthy_tasks{service=\"edges} >= 2",
            "healthy_tasks{service=\"edges} >= 2\n                      ^^^^^^^^^^^^\n\
             this quote is never closed; write the same quote behind the value",
        ),
        (
            "min(healthy_tasks >= 2",
            "min(healthy_tasks >= 2\n                  ^\n\
             this is never closed; close the parenthesis or brace",
        ),
        (
            "1 < 2",
            "1 < 2\n^^^^^\nnothing is measured here; \
             compare a metric with a bound, as in `availability >= 99.9%`",
        ),
        (
            "min(healthy_tasks)",
            "min(healthy_tasks)\n                  ^\na comparison is missing here; \
             write `<`, `<=`, `>`, `>=`, `==` or `!=` and a bound",
        ),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn no_text_overflows_the_stack_or_panics() {
    for deep in ["(", "-", "min(", "min(-(", "availability{"] {
        let text = deep.repeat(900 / deep.len());
        assert!(Assertion::parse(&text).is_err());
    }
    let long = format!("max(pending_tasks{}) < 1", "+1".repeat(480));
    assert!(Assertion::parse(&long).is_ok());
    assert!(Assertion::parse(&"x".repeat(100_000)).is_err());
    let whole = "min(healthy_tasks{service=\"é\", zone='b'}) / 2.5 >= -50% during PT1M..00:10:00";
    for (at, c) in whole.char_indices() {
        let _ = Assertion::parse(&whole[..at]);
        let _ = Assertion::parse(&format!("{}✓{}", &whole[..at], &whole[at..]));
        let _ = Assertion::parse(&format!("{}{}", &whole[..at], &whole[at + c.len_utf8()..]));
    }
}

#[test]
fn every_fault_has_words_and_something_to_do() {
    let span = Span::default();
    for kind in [
        FaultKind::TooLong,
        FaultKind::TooDeep,
        FaultKind::NumberTooLong,
        FaultKind::NotOneValue,
        FaultKind::NothingToAggregate,
        FaultKind::LabelTwice(Label::Service),
        FaultKind::NothingMatches(Metric::Availability),
        FaultKind::Missing(Expected::Dots),
        FaultKind::Missing(Expected::Comma),
    ] {
        let words = assertion_fault_words(&Fault { span, kind });
        assert!(!words.message.is_empty() && words.hint.is_some());
    }
    let empty = Model::default();
    let mut names = Names::default();
    names.add(&empty);
    let assertion = Assertion::parse("availability > 1%").unwrap();
    let fault = assertion.check(&names, Instant(60_000)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NothingMatches(Metric::Availability));
}
