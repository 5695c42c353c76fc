//! The report for programs. The shape is part of the contract: members are added, never renamed or
//! taken away; the command's help lists them.

use super::report::{Entry, Finding, Judged, Report};
use crate::exit::{Exit, Stop};
use crate::gate::{Loaded, Played, json_number, unit_name};
use crate::terminal::Terminal;
use anyhow::Context;
use serde_json::{Value, json};
use stowplan_core::assert::Outcome;
use stowplan_core::sim::Refused;
use stowplan_core::view::{outcome_sentence, refused_sentence};

pub(super) fn print(report: &Report, exit: Exit, terminal: &mut Terminal) -> Result<(), Stop> {
    let scenarios = report.entries.iter().map(|entry| match entry {
        Entry::Faulty { file } => json!({
            "file": file,
            "passed": false,
            "error": "it has errors and was not run",
        }),
        Entry::Judged(judged) => scenario(report, judged),
    });
    let document = json!({
        "design": report.design,
        "passed": exit == Exit::Pass,
        "exitCode": exit.code(),
        "scenarios": scenarios.collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
    terminal.raw(&(text + "\n"));
    Ok(())
}

fn scenario(report: &Report, judged: &Judged) -> Value {
    let loaded = &judged.loaded;
    let runs = judged.runs.iter().map(|run| self::run(loaded, run));
    let findings = report.findings(judged);
    json!({
        "file": loaded.file,
        "name": loaded.name,
        "description": loaded.description,
        "passed": judged.passed(),
        "error": null,
        "runs": runs.collect::<Vec<_>>(),
        "failures": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn run(loaded: &Loaded, run: &Played) -> Value {
    let outcomes = run.outcomes.iter().map(outcome);
    let refused = run.refused.iter().map(|it| self::refused(loaded, it));
    json!({
        "seed": run.seed,
        "passed": run.passed(),
        "budgetExhaustedAt": run.exhausted.map(|at| at.0),
        "assertions": outcomes.collect::<Vec<_>>(),
        "refusedInputs": refused.collect::<Vec<_>>(),
    })
}

/// An assertion's outcome, also for `simulate` and `compare`.
pub(crate) fn outcome(outcome: &Outcome) -> Value {
    json!({
        "assertion": outcome.text,
        "passed": outcome.passed,
        "measured": json_number(outcome.measured),
        "bound": json_number(outcome.bound),
        "unit": unit_name(outcome.unit),
        "violatedAt": outcome.violated_at.map(|at| at.0),
        "message": outcome_sentence(outcome),
    })
}

/// An input without effect, also for `simulate`.
pub(crate) fn refused(loaded: &Loaded, refused: &Refused) -> Value {
    json!({
        "input": format!("/inputs/{}", refused.input),
        "line": loaded.line_of_input(refused.input),
        "at": refused.at.0,
        "message": refused_sentence(refused),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "what": finding.what,
        "message": finding.message,
        "at": finding.at.map(|at| at.0),
        "hint": finding.hint,
        "seeds": finding.seeds,
        "replay": finding.replay,
    })
}
