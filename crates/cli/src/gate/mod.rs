//! What the commands that run scenarios have in common: reading scenarios, seeds, running many at
//! once, and the command that plays one again.

mod batch;
mod load;
mod replay;
mod seeds;

pub(crate) use batch::{Batch, Played};
pub(crate) use load::{Better, KeyMeasure, Loaded, key_measures};
pub(crate) use replay::quoted;
pub(crate) use seeds::SeedChoice;

use stowplan_core::assert::{Comparison, Outcome, Unit};
use stowplan_core::view::outcome_value;

/// How many seeds are named of many.
const SEEDS_NAMED: usize = 5;

/// `seed 3`, or `seed 3 (and 11 more of 50: 4, 7, 9, 12, 13 …)`.
pub(crate) fn seeds_words(failing: &[u64], of: usize) -> String {
    let [first, others @ ..] = failing else {
        return String::new();
    };
    if others.is_empty() {
        let alone = if of > 1 {
            format!(" of {of}")
        } else {
            String::new()
        };
        return format!("seed {first}{alone}");
    }
    let named: Vec<String> = others
        .iter()
        .take(SEEDS_NAMED)
        .map(ToString::to_string)
        .collect();
    let dots = if others.len() > SEEDS_NAMED {
        " …"
    } else {
        ""
    };
    let (more, named) = (others.len(), named.join(", "));
    format!("seed {first} (and {more} more of {of}: {named}{dots})")
}

/// The outcome of several that is nearest to failing; one that fails if there is one, the first
/// such.
pub(crate) fn worst<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Option<&'a Outcome> {
    let mut worst: Option<&Outcome> = None;
    for outcome in outcomes {
        let Some(so_far) = worst else {
            worst = Some(outcome);
            continue;
        };
        if !so_far.passed {
            break;
        }
        let (one, other) = (outcome.measured, so_far.measured);
        let closer = match outcome.comparison {
            Comparison::More | Comparison::AtLeast => one < other,
            Comparison::Less | Comparison::AtMost => one > other,
            Comparison::Equal | Comparison::NotEqual => false,
        };
        if !outcome.passed || closer {
            worst = Some(outcome);
        }
    }
    worst
}

/// What an outcome measured; `-` where there was nothing to measure.
pub(crate) fn measured(outcome: &Outcome) -> String {
    outcome_value(outcome).unwrap_or_else(|| "-".to_owned())
}

/// A number as JSON has it: what never came to pass is null.
pub(crate) fn json_number(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// A unit as JSON names it.
pub(crate) const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Number | Unit::Ratio => "number",
        Unit::Count => "count",
        Unit::Share => "share",
        Unit::Duration => "milliseconds",
    }
}
