//! The report as Markdown for a pull request's comment: the verdict, a table with failures first,
//! and the commands that play them again.

use super::report::{Entry, FAULTY_DESIGN, Judged, Report};
use crate::gate::{measured, seeds_words, worst};
use crate::report::counted;
use std::fmt::Write;

/// Most rows of passed assertions: a comment is read, not searched.
const ROWS_MAX: usize = 100;

pub(super) fn markdown(report: &Report) -> String {
    let failed = report.entries.len() - report.judged().filter(|it| it.passed()).count();
    let scenarios = counted(report.entries.len(), "scenario");
    let mut text = match failed {
        0 if report.is_faulty => format!("### ❌ Stowplan: {FAULTY_DESIGN}\n\n"),
        0 => format!("### ✅ Stowplan: {scenarios} passed\n\n"),
        failed => format!("### ❌ Stowplan: {failed} of {scenarios} failed\n\n"),
    };
    text += "| | scenario | assertion | measured | seeds |\n|---|---|---|---|---|\n";
    let mut replays = Vec::new();
    for entry in &report.entries {
        match entry {
            Entry::Faulty { file } => {
                let file = code(file);
                let _ = writeln!(text, "| ❌ | {file} | it has errors and was not run | | |");
            }
            Entry::Judged(judged) => failures(report, judged, &mut text, &mut replays),
        }
    }
    passes(report, &mut text);
    if !replays.is_empty() {
        let replays = replays.join("\n");
        let _ = write!(
            text,
            "\n<details><summary>Play the failures again</summary>\n\n```sh\n{replays}\n```\n\n\
             </details>\n"
        );
    }
    text
}

fn failures(report: &Report, judged: &Judged, text: &mut String, replays: &mut Vec<String>) {
    for finding in report.findings(judged) {
        let mut message = plain(&finding.message);
        if let Some(hint) = &finding.hint {
            let _ = write!(message, "<br>_{}_", plain(hint));
        }
        let seeds = seeds_words(&finding.seeds, judged.runs.len());
        let (name, what) = (plain(&judged.loaded.name), code(&finding.what));
        let _ = writeln!(text, "| ❌ | {name} | {what} | {message} | {seeds} |");
        if !replays.contains(&finding.replay) {
            replays.push(finding.replay);
        }
    }
}

fn passes(report: &Report, text: &mut String) {
    let mut rows = Vec::new();
    for judged in report.judged() {
        let name = plain(&judged.loaded.name);
        let seeds = match judged.runs.as_slice() {
            [run] => format!("seed {}", run.seed),
            runs => format!("all {}", runs.len()),
        };
        for (at, assertion) in judged.loaded.prepared.assertions.iter().enumerate() {
            if let Some(outcome) = worst(judged.outcomes(at)).filter(|it| it.passed) {
                let (what, measured) = (code(&assertion.text), measured(outcome));
                rows.push(format!("| ✅ | {name} | {what} | {measured} | {seeds} |\n"));
            }
        }
    }
    let more = rows.len().saturating_sub(ROWS_MAX);
    text.extend(rows.into_iter().take(ROWS_MAX));
    if more > 0 {
        let _ = writeln!(text, "| ✅ | and {more} more | | | |");
    }
}

/// Text in a cell of a table: nothing in it is markup but what stands in backticks.
pub(crate) fn plain(text: &str) -> String {
    let mut escaped = String::new();
    let mut in_code = false;
    for c in text.chars() {
        in_code ^= c == '`';
        match c {
            '\n' | '\r' => escaped.push(' '),
            '|' => escaped += "\\|",
            c if in_code => escaped.push(c),
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '*' | '_' | '[' | ']' | '\\' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text in a cell as code. A bar would end the cell even there, and a backtick the code.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    if text.contains('`') {
        return format!("`` {text} ``");
    }
    format!("`{text}`")
}
