//! Scenarios in words: what is wrong with one, what an assertion measured, and which inputs had no
//! effect.

use super::Words;
use crate::assert::{Basis, Failure, Measured, Metric, Outcome, Unit};
use crate::near::nearest;
use crate::sim::{ASSERTIONS_MAX, DURATION_MAX, Refused, ScenarioFault, ScenarioFaultKind};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Violations so early are those of tasks that have not started yet.
const STARTING: Millis = Millis::seconds(120);

/// The fault in words: what is wrong, then what to do.
#[must_use]
pub fn scenario_fault_words(fault: &ScenarioFault) -> Words {
    let (message, hint) = match &fault.kind {
        ScenarioFaultKind::Assertion { fault, .. } => return super::assertion_fault_words(fault),
        ScenarioFaultKind::Traffic(fault) => return super::traffic_fault_words(fault),
        ScenarioFaultKind::TooManyAssertions(count) => (
            format!("{count} assertions are more than the {ASSERTIONS_MAX} of a scenario"),
            "write several scenarios",
        ),
        ScenarioFaultKind::TooLong(duration) => (
            format!("a run of {duration} is longer than {DURATION_MAX}"),
            "make it shorter: a month is the longest",
        ),
        ScenarioFaultKind::InputBehindEnd { at, duration } => (
            format!("this happens at {at}, but the run ends at {duration}"),
            "lengthen `duration`, or let it happen earlier",
        ),
        ScenarioFaultKind::MeasureFromBehindEnd { at, duration } => (
            format!("measuring begins at {at}, but the run ends at {duration}"),
            "lengthen `duration`, or begin earlier",
        ),
    };
    Words {
        message,
        hint: Some(hint.to_string()),
    }
}

/// A value with its unit, as it would be written in an assertion: `99.87%`, `8m12s`, `2`.
#[must_use]
pub fn value_words(value: f64, unit: Unit) -> String {
    words_with(value, unit, 2)
}

fn words_with(value: f64, unit: Unit, decimals: usize) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "never" } else { "-never" }.to_string();
    }
    match unit {
        Unit::Number | Unit::Count | Unit::Ratio => trimmed(value, decimals),
        Unit::Share => format!("{}%", trimmed(value * 100.0, decimals)),
        Unit::Duration if value < 0.0 => format!("-{}", duration_words(-value)),
        Unit::Duration => duration_words(value),
    }
}

/// Two values apart: as many decimals as it takes to see that they differ.
fn apart(one: f64, other: f64, unit: Unit) -> (String, String) {
    let words = |decimals| {
        (
            words_with(one, unit, decimals),
            words_with(other, unit, decimals),
        )
    };
    let differ = one != other;
    let wanted = (2..10).find(|decimals| {
        let (one, other) = words(*decimals);
        one != other || !differ
    });
    words(wanted.unwrap_or(10))
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    if text == "-0" { "0" } else { text }.to_string()
}

/// `1h5m`, `8m12s`, `412ms`.
fn duration_words(ms: f64) -> String {
    // What is left of an average is cut to whole milliseconds.
    let ms = ms as u64;
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, rest) = (ms / 1000 % 60, ms % 1000);
    if ms < 1000 {
        return if ms == 0 {
            "0s".to_string()
        } else {
            format!("{ms}ms")
        };
    }
    let mut text = String::new();
    if hours > 0 {
        text += &format!("{hours}h");
    }
    if minutes > 0 {
        text += &format!("{minutes}m");
    }
    if rest > 0 {
        let fraction = format!("{rest:03}");
        text += &format!("{seconds}.{}s", fraction.trim_end_matches('0'));
    } else if seconds > 0 {
        text += &format!("{seconds}s");
    }
    text
}

/// A measured value in words; `-` where there is nothing to measure.
#[must_use]
pub fn measured_words(measured: &Measured) -> String {
    match &measured.value {
        Ok(value) => value_words(*value, measured.unit),
        Err(_) => "-".to_string(),
    }
}

/// What an assertion measured, and if it fails, since when: `1 at 00:03:15, wanted >= 2`.
#[must_use]
pub fn outcome_sentence(outcome: &Outcome) -> String {
    match &outcome.failure {
        None => outcome_value(outcome).unwrap_or_default(),
        Some(Failure::Violated) => violation(outcome),
        Some(failure) => {
            let at = outcome.violated_at.map(|at| format!(" at {at}"));
            format!("{}{}", failure_words(failure), at.unwrap_or_default())
        }
    }
}

/// What an assertion measured; `None` where there was nothing to measure. An availability says
/// what it is a share of where that is requests.
#[must_use]
pub fn outcome_value(outcome: &Outcome) -> Option<String> {
    let value = value_words(outcome.measured?, outcome.unit);
    Some(value + basis_words(outcome))
}

const fn basis_words(outcome: &Outcome) -> &'static str {
    match outcome.basis {
        Basis::Time => "",
        Basis::Requests => " of requests",
    }
}

fn violation(outcome: &Outcome) -> String {
    let (measured, bound) = (
        outcome.measured.unwrap_or_default(),
        outcome.bound.unwrap_or_default(),
    );
    let sign = outcome.comparison.sign();
    let at = outcome.violated_at.map(|at| format!("{at}"));
    let at = at.unwrap_or_default();
    if measured.is_infinite() {
        let bound = value_words(bound, outcome.unit);
        return format!("not within the run, wanted {sign} {bound}: time ran out at {at}");
    }
    let (measured, bound) = apart(measured, bound, outcome.unit);
    let basis = basis_words(outcome);
    format!("{measured}{basis}, wanted {sign} {bound}: first at {at}")
}

fn failure_words(failure: &Failure) -> String {
    match failure {
        Failure::Violated => String::new(),
        Failure::NothingToMeasure(Metric::DeployDuration) => {
            "nothing to measure: no deployment begins within the time".to_string()
        }
        Failure::NothingToMeasure(Metric::Latency) => {
            "nothing to measure: no request was answered within the time".to_string()
        }
        Failure::NothingToMeasure(Metric::ErrorRate) => {
            "nothing to measure: nobody asked for anything within the time".to_string()
        }
        Failure::NothingToMeasure(metric) => {
            format!("nothing to measure: there is no `{}`", metric.name())
        }
        Failure::DivisionByZero => "the divisor is zero".to_string(),
        Failure::Undefined => "what never came to pass cannot be reckoned with".to_string(),
        Failure::NotRecorded(metric) => format!("`{}` has no record", metric.name()),
    }
}

/// What to do about an assertion that fails, where that can be said.
#[must_use]
pub fn outcome_hint(outcome: &Outcome) -> Option<String> {
    match outcome.failure.as_ref()? {
        Failure::Violated | Failure::DivisionByZero => {
            let at = outcome.violated_at?;
            let early = at.0 < STARTING.0;
            early.then(|| {
                "tasks are still starting then; leave that out with `\"measureFrom\": \"PT5M\"` \
                 or `after 5m`"
                    .to_string()
            })
        }
        Failure::NothingToMeasure(Metric::DeployDuration) => Some(
            "a service's first deployment does not count; deploy in `inputs`, or measure \
             `time_to_steady_state`"
                .to_string(),
        ),
        Failure::NothingToMeasure(Metric::Latency | Metric::ErrorRate) => {
            Some("say who asks under `traffic`, or measure `healthy_targets`".to_string())
        }
        Failure::NothingToMeasure(_) | Failure::Undefined | Failure::NotRecorded(_) => None,
    }
}

/// An input that had no effect: when, what and why.
#[must_use]
pub fn refused_sentence(refused: &Refused) -> String {
    let Refused {
        at, label, reason, ..
    } = refused;
    format!("`{label}` had no effect at {at}: {reason}")
}

/// Why a value could not be read, shorter than the reader says it where there is a list of names,
/// and with the one that was probably meant.
#[must_use]
pub fn type_error_words(message: &str) -> Words {
    let parts: Vec<&str> = message.split('`').collect();
    let is_name = message.starts_with("unknown variant") || message.starts_with("unknown field");
    let plain = || Words {
        message: message.into(),
        hint: None,
    };
    let (Some(name), true) = (parts.get(1), is_name) else {
        return plain();
    };
    // Names stand between the marks: every second part.
    let known: Vec<&str> = parts.iter().skip(3).step_by(2).copied().collect();
    let near = nearest(name, known.iter().copied());
    if known.len() <= NAMES_MAX && near.is_none() {
        return plain();
    }
    let head = parts[0].trim_end().replace("variant", "name");
    Words {
        message: format!("{head} `{name}`"),
        hint: Some(near.map_or_else(
            || format!("the names are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        )),
    }
}

/// Most names that are listed in the sentence itself.
const NAMES_MAX: usize = 8;
