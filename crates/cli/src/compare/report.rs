//! What differs between two designs, as data for every report.

use crate::exit::Exit;
use crate::gate::{Better, KeyMeasure, Loaded, Played, worst};
use stowplan_core::assert::{Comparison, Outcome, Unit};
use stowplan_core::view::value_words;

/// All scenarios of a call.
#[derive(Debug)]
pub(super) struct Report {
    /// The designs as they were given.
    pub(super) a: String,
    pub(super) b: String,
    pub(super) scenarios: Vec<Compared>,
    /// Whether a design or a scenario has errors, so that something is missing here.
    pub(super) has_errors: bool,
}

impl Report {
    /// Whether something could not be compared.
    pub(super) fn is_partial(&self) -> bool {
        let exhausted = |it: &Compared| it.exhausted.iter().any(|count| *count > 0);
        self.has_errors || self.scenarios.iter().any(exhausted)
    }
}

/// A scenario on both designs.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) file: String,
    pub(super) name: String,
    pub(super) seeds: Vec<u64>,
    pub(super) rows: Vec<Row>,
    /// Runs with inputs that had no effect.
    pub(super) refused: [usize; 2],
    /// Runs whose budget was exhausted.
    pub(super) exhausted: [usize; 2],
}

/// A measure or an assertion on both designs.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) text: String,
    pub(super) unit: Unit,
    pub(super) values: [Option<f64>; 2],
    /// Whether it holds, if it is an assertion that was judged.
    pub(super) passed: Option<[bool; 2]>,
    pub(super) better: Better,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Better,
    Worse,
    Same,
    Broken,
    Mended,
}

impl Verdict {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Same => "same",
            Self::Broken => "pass -> fail",
            Self::Mended => "fail -> pass",
        }
    }
}

impl Compared {
    pub(super) fn new(
        a: &Loaded,
        b: &Loaded,
        seeds: &[u64],
        measures: &[KeyMeasure],
        played: [&[Played]; 2],
    ) -> Self {
        let [on_a, on_b] = played;
        let measured = measures.iter().enumerate();
        let measured = measured.map(|(at, measure)| Row {
            text: measure.text.to_owned(),
            unit: measure.expression.unit,
            values: [
                worst_measured(on_a, at, measure),
                worst_measured(on_b, at, measure),
            ],
            passed: None,
            better: measure.better,
        });
        // Texts and their number are the same: both read the same file.
        let assertions = a.prepared.assertions.iter().zip(&b.prepared.assertions);
        let asserted = assertions.enumerate().filter_map(|(at, (assertion, _))| {
            let of = |runs: &'_ [Played]| {
                let outcomes = runs.iter().filter_map(|run| run.outcomes.get(at));
                worst(outcomes).cloned()
            };
            let (on_a, on_b): (Outcome, Outcome) = (of(on_a)?, of(on_b)?);
            Some(Row {
                text: assertion.text.clone(),
                unit: on_a.unit,
                values: [on_a.measured, on_b.measured],
                passed: Some([on_a.passed, on_b.passed]),
                better: direction(on_a.comparison),
            })
        });
        let count = |fails: fn(&&Played) -> bool| {
            [on_a, on_b].map(|runs| runs.iter().filter(fails).count())
        };
        Self {
            file: a.file.clone(),
            name: a.name.clone(),
            seeds: seeds.to_vec(),
            rows: asserted.chain(measured).collect(),
            refused: count(|run| !run.refused.is_empty()),
            exhausted: count(|run| run.exhausted.is_some()),
        }
    }

    /// Whether something that held on A fails on B.
    pub(super) fn regressed(&self) -> bool {
        let broken = self.rows.iter().any(|row| row.verdict() == Verdict::Broken);
        broken || (self.refused[0] == 0 && self.refused[1] > 0)
    }
}

impl Report {
    pub(super) fn exit(&self) -> Exit {
        let of_scenario = |it: &Compared| {
            if it.exhausted != [0, 0] {
                Exit::BudgetExhausted
            } else if it.regressed() {
                Exit::AssertionFailed
            } else {
                Exit::Pass
            }
        };
        let exits = self.scenarios.iter().map(of_scenario);
        exits.fold(Exit::Pass, Exit::worse)
    }
}

/// Which way the measured side of an assertion improves.
const fn direction(comparison: Comparison) -> Better {
    match comparison {
        Comparison::More | Comparison::AtLeast => Better::More,
        Comparison::Less | Comparison::AtMost => Better::Less,
        Comparison::Equal | Comparison::NotEqual => Better::Neither,
    }
}

fn worst_measured(runs: &[Played], at: usize, measure: &KeyMeasure) -> Option<f64> {
    let measured = runs.iter().filter_map(|run| run.measured.get(at));
    let values = measured.filter_map(|it| it.value.as_ref().ok().copied());
    match measure.better {
        Better::More => values.min_by(f64::total_cmp),
        Better::Less | Better::Neither => values.max_by(f64::total_cmp),
    }
}

impl Row {
    pub(super) fn verdict(&self) -> Verdict {
        match self.passed {
            Some([true, false]) => return Verdict::Broken,
            Some([false, true]) => return Verdict::Mended,
            Some([true, true] | [false, false]) | None => {}
        }
        let [Some(a), Some(b)] = self.values else {
            return Verdict::Same;
        };
        let more = match self.better {
            Better::More => b.total_cmp(&a),
            Better::Less => a.total_cmp(&b),
            Better::Neither => return Verdict::Same,
        };
        match more {
            std::cmp::Ordering::Greater => Verdict::Better,
            std::cmp::Ordering::Less => Verdict::Worse,
            std::cmp::Ordering::Equal => Verdict::Same,
        }
    }

    /// A value of one side with whether it holds.
    pub(super) fn cell(&self, side: usize) -> String {
        let value = self.values[side].map(|value| value_words(value, self.unit));
        let value = value.unwrap_or_else(|| "-".to_owned());
        match self.passed {
            Some(passed) if !passed[side] => format!("{value} FAIL"),
            Some(_) | None => value,
        }
    }

    /// How much the value changed: `+2`, `-1m20s`; of shares in points of a percent.
    pub(super) fn change(&self) -> String {
        let [Some(a), Some(b)] = self.values else {
            return String::new();
        };
        if a == b || a.is_infinite() || b.is_infinite() {
            return String::new();
        }
        let sign = if b > a { "+" } else { "-" };
        format!("{sign}{}", value_words((b - a).abs(), self.unit))
    }
}
