//! The report as JSON, for programs. The shape is part of the contract: members are added, never
//! renamed or taken away.
//!
//! ```json
//! { "findings": [ { "file", "rule", "severity", "pointer", "line", "column", "endLine",
//!                   "endColumn", "message", "help", "fix", "fixIsSafe" } ],
//!   "unreadable": [ { "file", "message", "help" } ],
//!   "summary": { "files", "errors", "warnings", "infos", "unreadable" } }
//! ```
//!
//! Lines and columns count from 1, columns in characters; the end is the first place behind.
//! `fix` is null or a list of `{"pointer", "value"}`, without `value` where something is to be
//! taken out, to be made in this order; `--fix` makes those that are safe.

use super::Report;
use crate::problem::{Checked, Problem, changes_json};
use serde::Serialize;
use serde_json::Value;
use stowplan_core::severity::Severity;
use stowplan_core::source::Lines;
use stowplan_core::view::severity_word;

/// The whole document.
#[derive(Serialize)]
struct Document<'a> {
    findings: Vec<Finding<'a>>,
    unreadable: Vec<Unreadable<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    file: &'a str,
    rule: &'a str,
    severity: &'a str,
    pointer: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    help: Option<&'a str>,
    fix: Option<Value>,
    fix_is_safe: bool,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    file: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    unreadable: usize,
}

/// The report as one document.
pub(crate) fn json(report: &Report) -> serde_json::Result<String> {
    let unreadable = report
        .unreadable
        .iter()
        .map(|(file, complaint)| Unreadable {
            file,
            message: &complaint.message,
            help: complaint.hint.as_deref(),
        });
    serde_json::to_string_pretty(&Document {
        findings: report.checked.iter().flat_map(findings).collect(),
        unreadable: unreadable.collect(),
        summary: Summary {
            files: report.checked.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            unreadable: report.unreadable.len(),
        },
    })
}

fn findings(checked: &Checked) -> Vec<Finding<'_>> {
    let lines = Lines::new(&checked.source.text);
    let problems = checked.problems.iter();
    problems
        .map(|problem| finding(checked, problem, &lines))
        .collect()
}

fn finding<'a>(checked: &'a Checked, problem: &'a Problem, lines: &Lines<'_>) -> Finding<'a> {
    let start = lines.place(problem.span.start);
    let end = lines.place(problem.span.end);
    let fix = problem.fix.as_ref();
    Finding {
        file: &checked.source.name,
        rule: problem.code,
        severity: severity_word(problem.severity),
        pointer: &problem.pointer,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: &problem.words.message,
        help: problem.words.hint.as_deref(),
        fix: fix.map(|fix| changes_json(&fix.changes)),
        fix_is_safe: fix.is_some_and(|fix| fix.is_sure),
    }
}
