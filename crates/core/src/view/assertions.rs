//! Assertions in words: what is wrong with one, then what to write instead.

use super::Words;
use super::excerpt::{alternatives, excerpt, quoted};
use crate::assert::{
    CHARS_MAX, DEPTH_MAX, Expected, Fault, FaultKind, Label, Metric, Operator, Shape, Unit,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most names that a hint lists.
const NAMES_MAX: usize = 8;

/// The assertion on one line, and a line below it with carets under the fault.
#[must_use]
pub fn assertion_excerpt(text: &str, fault: &Fault) -> String {
    excerpt(text, fault.span)
}

/// The fault in words: what is wrong, then what to do.
#[must_use]
pub fn assertion_fault_words(fault: &Fault) -> Words {
    let (message, hint) = match &fault.kind {
        FaultKind::Missing(expected) => missing_words(*expected),
        FaultKind::UnknownWord { .. }
        | FaultKind::UnknownUnit(_)
        | FaultKind::UnknownLabel { .. }
        | FaultKind::UnknownName { .. }
        | FaultKind::Unexpected(_)
        | FaultKind::LabelNotForMetric { .. }
        | FaultKind::LabelTwice(_) => word_words(&fault.kind),
        FaultKind::NotComparable { left, right } => comparison_words(*left, *right),
        FaultKind::NotJoinable {
            left,
            operator,
            right,
        } => joint_words(*left, *operator, *right),
        FaultKind::AggregateNotForMetric(metric) => aggregate_words(*metric),
        FaultKind::Empty
        | FaultKind::TooLong
        | FaultKind::TooDeep
        | FaultKind::NumberTooLong
        | FaultKind::NotAMoment(_)
        | FaultKind::SingleEquals
        | FaultKind::SecondComparison
        | FaultKind::UnclosedQuote
        | FaultKind::NoMetric
        | FaultKind::NestedAggregate
        | FaultKind::NothingToAggregate
        | FaultKind::NotAPercentile
        | FaultKind::NotAtAMoment(_)
        | FaultKind::NotOneValue
        | FaultKind::DivisionByZero
        | FaultKind::EmptyWindow
        | FaultKind::BeyondEnd(_)
        | FaultKind::NothingMatches(_) => other_words(&fault.kind),
    };
    Words {
        message,
        hint: (!hint.is_empty()).then_some(hint),
    }
}

fn missing_words(expected: Expected) -> (String, String) {
    let (what, hint) = match expected {
        Expected::Value => (
            "a metric, an aggregate or a number is missing here",
            "write one such as `min(healthy_tasks{service=web})`",
        ),
        Expected::Comparison => (
            "a comparison is missing here",
            "write `<`, `<=`, `>`, `>=`, `==` or `!=` and a bound",
        ),
        Expected::Parenthesis => ("this is never closed", "close the parenthesis or brace"),
        Expected::Label => (
            "the name of a label is missing here",
            "write it as in `{service=web}`",
        ),
        Expected::LabelSign => (
            "a label has no value here",
            "write `=` and the value, as in `{service=web}`",
        ),
        Expected::LabelValue => (
            "the value of the label is missing",
            "write it behind `=`, in quotes if it holds spaces or commas",
        ),
        Expected::Argument => (
            "this aggregate has nothing to aggregate",
            "write it in parentheses, as in `max(pending_tasks)`",
        ),
        Expected::Comma => (
            "a comma is missing here",
            "write `percentile(95, pending_tasks)`",
        ),
        Expected::Moment => (
            "a moment is missing here",
            "write one such as `10m`, `PT10M` or `00:10:00`",
        ),
        Expected::Dots => (
            "the end of the time is missing here",
            "write `during 10m..20m`, or `after 10m`",
        ),
    };
    (what.to_string(), hint.to_string())
}

/// Words that are none of the language, or names that are none of the design.
fn word_words(kind: &FaultKind) -> (String, String) {
    let meant = |near: Option<&str>| near.map(|near| format!("did you mean `{near}`?"));
    match kind {
        FaultKind::UnknownWord { word, near } => (
            format!("{} is no metric and no aggregate", quoted(word)),
            meant(*near).unwrap_or_else(metrics_hint),
        ),
        FaultKind::UnknownUnit(word) => (
            format!("{} is not a unit", quoted(word)),
            "use %, ms, s, m, h or d, without a space before it".to_string(),
        ),
        FaultKind::UnknownLabel { word, near, metric } => (
            format!("{} is not a label", quoted(word)),
            meant(*near).unwrap_or_else(|| labels_hint(*metric)),
        ),
        FaultKind::LabelNotForMetric { label, metric } => (
            format!("`{}` has no label `{}`", metric.name(), label.name()),
            labels_hint(*metric),
        ),
        FaultKind::LabelTwice(label) => (
            format!("`{}` is given twice", label.name()),
            "keep one of them, and write an assertion for each".to_string(),
        ),
        FaultKind::UnknownName {
            label,
            name,
            near,
            known,
        } => (
            format!(
                "there is no {} called {}",
                label_words(*label),
                quoted(name)
            ),
            meant(near.as_deref()).unwrap_or_else(|| names_hint(*label, known)),
        ),
        FaultKind::Unexpected(text) => (
            format!("{} does not belong here", quoted(text)),
            "end with the bound, or with `during A..B`, `at T`, `after T` or `until T`".to_string(),
        ),
        // Worded elsewhere.
        FaultKind::Empty
        | FaultKind::TooLong
        | FaultKind::TooDeep
        | FaultKind::Missing(_)
        | FaultKind::NumberTooLong
        | FaultKind::NotAMoment(_)
        | FaultKind::SingleEquals
        | FaultKind::SecondComparison
        | FaultKind::UnclosedQuote
        | FaultKind::NoMetric
        | FaultKind::NotComparable { .. }
        | FaultKind::NotJoinable { .. }
        | FaultKind::NestedAggregate
        | FaultKind::NothingToAggregate
        | FaultKind::AggregateNotForMetric(_)
        | FaultKind::NotAPercentile
        | FaultKind::NotAtAMoment(_)
        | FaultKind::NotOneValue
        | FaultKind::DivisionByZero
        | FaultKind::EmptyWindow
        | FaultKind::BeyondEnd(_)
        | FaultKind::NothingMatches(_) => (String::new(), String::new()),
    }
}

const fn label_words(label: Label) -> &'static str {
    match label {
        Label::Service => "service",
        Label::Zone => "availability zone",
        Label::TargetGroup => "target group",
        Label::Cluster => "cluster",
        Label::LoadBalancer => "load balancer",
    }
}

fn metrics_hint() -> String {
    let names: Vec<String> = Metric::ALL
        .iter()
        .map(|it| format!("`{}`", it.name()))
        .collect();
    format!("metrics are {}", alternatives(&names))
}

fn labels_hint(metric: Metric) -> String {
    let labels = metric.labels().iter();
    let names: Vec<String> = labels.map(|it| format!("`{}`", it.name())).collect();
    format!("`{}` takes {}", metric.name(), alternatives(&names))
}

fn names_hint(label: Label, known: &[String]) -> String {
    let kind = label_words(label);
    let shown = known.iter().take(NAMES_MAX);
    let shown: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
    match known.len() {
        0 => format!("the design has no {kind}"),
        1 => format!("the design has {} only", shown.join("")),
        count if count > NAMES_MAX => {
            let more = count - NAMES_MAX;
            format!("the design has {} and {more} more", shown.join(", "))
        }
        _ => format!("the design has {}", shown.join(", ")),
    }
}

const fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Number => "a number without a unit",
        Unit::Count => "a count",
        Unit::Share => "a percentage",
        Unit::Ratio => "a ratio",
        Unit::Duration => "a duration",
    }
}

fn comparison_words(left: Unit, right: Unit) -> (String, String) {
    let message = format!(
        "{} cannot be compared with {}",
        unit_words(left),
        unit_words(right)
    );
    let measured = if left == Unit::Number { right } else { left };
    let hint = match measured {
        Unit::Duration => "write a duration such as `90s`, `8m` or `PT8M`",
        Unit::Share => "write a percentage such as `99.9%`",
        Unit::Count => "write a whole number such as `2`, or divide by another count",
        Unit::Number | Unit::Ratio => "write a number or a percentage",
    };
    (message, hint.to_string())
}

fn joint_words(left: Unit, operator: Operator, right: Unit) -> (String, String) {
    let (left, right) = (unit_words(left), unit_words(right));
    let sign = operator.sign();
    let hint = match operator {
        Operator::Add | Operator::Subtract => "both sides need the same unit",
        Operator::Multiply => "multiply with a number",
        Operator::Divide => "divide by a number, or by the same unit",
    };
    (
        format!("`{sign}` does not join {left} and {right}"),
        hint.to_string(),
    )
}

fn aggregate_words(metric: Metric) -> (String, String) {
    let name = metric.name();
    let (message, hint) = match metric.shape() {
        Shape::Gauge => (
            format!("`{name}` has a value at every moment, and no sum"),
            format!("use `avg({name})` or `max({name})`"),
        ),
        Shape::Uptime => (
            format!("`{name}` is one share of the whole time already"),
            format!("write `{name}` alone"),
        ),
        Shape::Ratio => (
            format!("`{name}` is one share of all requests already"),
            format!("write `{name}` alone"),
        ),
        Shape::Distribution => (
            format!(
                "`{name}` is that of every request, and cannot be reckoned with before it is one value"
            ),
            format!("write `p99({name})`, `avg({name})` or `max({name})` and reckon with that"),
        ),
        Shape::Counter => (
            format!("`{name}` is one count for the whole time already"),
            format!("write `{name}` alone"),
        ),
        Shape::Lengths => (
            format!("`{name}` cannot be reckoned with inside an aggregate"),
            format!("write `max({name})` and reckon with that"),
        ),
    };
    (message, hint)
}

fn other_words(kind: &FaultKind) -> (String, String) {
    let (message, hint): (String, &str) = match kind {
        FaultKind::Empty => (
            "the assertion is empty".to_string(),
            "write one such as `availability >= 99.9%`",
        ),
        FaultKind::TooLong => (
            format!("an assertion has at most {CHARS_MAX} characters"),
            "write several: all of them have to hold",
        ),
        FaultKind::TooDeep => (
            format!("parentheses are nested deeper than {DEPTH_MAX} levels"),
            "take out parentheses that change nothing",
        ),
        FaultKind::NumberTooLong => (
            "this number has more than 15 digits".to_string(),
            "leave out digits that make no difference",
        ),
        FaultKind::NotAMoment(text) => (
            format!("{} has no unit of time", quoted(text)),
            "write a moment such as `10m`, `PT10M` or `00:10:00`",
        ),
        FaultKind::SingleEquals => (
            "`=` compares nothing".to_string(),
            "write `==`, or `>=` and `<=` in this order",
        ),
        FaultKind::SecondComparison => (
            "there is a comparison already".to_string(),
            "write an assertion for each: all of them have to hold",
        ),
        FaultKind::UnclosedQuote => (
            "this quote is never closed".to_string(),
            "write the same quote behind the value",
        ),
        FaultKind::NoMetric => (
            "nothing is measured here".to_string(),
            "compare a metric with a bound, as in `availability >= 99.9%`",
        ),
        FaultKind::NestedAggregate => (
            "an aggregate stands inside an aggregate".to_string(),
            "keep one of them",
        ),
        FaultKind::NothingToAggregate => (
            "this is one value already".to_string(),
            "take the aggregate off, or aggregate a metric such as `pending_tasks`",
        ),
        FaultKind::NotAPercentile => (
            "a percentile lies between 0 and 100".to_string(),
            "write `p95(pending_tasks)` or `percentile(95, pending_tasks)`",
        ),
        FaultKind::NotAtAMoment(metric) => (
            format!("`{}` is counted over time, not at a moment", metric.name()),
            "use `until T` for everything up to then",
        ),
        FaultKind::NotOneValue => (
            "this has a value at every moment".to_string(),
            "aggregate it, as in `max(pending_tasks)`",
        ),
        FaultKind::DivisionByZero => (
            "the divisor is zero whatever happens".to_string(),
            "divide by something that is not zero",
        ),
        FaultKind::EmptyWindow => (
            "this time ends before it begins".to_string(),
            "write the earlier moment first",
        ),
        FaultKind::BeyondEnd(end) => (
            format!("the run ends at {end}, so that nothing is left of this time"),
            "lengthen `duration`, or name an earlier moment",
        ),
        FaultKind::NothingMatches(metric) => (
            format!("there is no service for `{}` to measure", metric.name()),
            "name a service of this cluster, or add one to the design",
        ),
        // Worded elsewhere.
        FaultKind::Missing(_)
        | FaultKind::Unexpected(_)
        | FaultKind::UnknownWord { .. }
        | FaultKind::UnknownUnit(_)
        | FaultKind::UnknownLabel { .. }
        | FaultKind::LabelNotForMetric { .. }
        | FaultKind::LabelTwice(_)
        | FaultKind::NotComparable { .. }
        | FaultKind::NotJoinable { .. }
        | FaultKind::AggregateNotForMetric(_)
        | FaultKind::UnknownName { .. } => (String::new(), ""),
    };
    (message, hint.to_string())
}
