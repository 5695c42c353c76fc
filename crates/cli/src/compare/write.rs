//! The comparison as text, JSON and Markdown. In text and Markdown, what broke stands first.

use super::report::{Compared, Report, Row, Verdict};
use crate::exit::{Exit, Stop};
use crate::gate::{json_number, unit_name};
use crate::report::{counted, safe};
use crate::table::table;
use crate::terminal::{Look, Terminal};
use crate::test::markdown::{code, plain};
use anyhow::Context;
use serde_json::{Value, json};

pub(super) fn text(report: &Report, terminal: &mut Terminal) {
    for (at, compared) in report.scenarios.iter().enumerate() {
        if at > 0 {
            terminal.line(Look::Plain, "");
        }
        for row in broken(compared) {
            let line = format!("FAIL {}: {} held and fails now", compared.name, row.text);
            terminal.line(Look::Warning, &safe(&line));
        }
        let head = format!("{} ({}, {})", compared.name, compared.file, seeds(compared));
        terminal.line(Look::Strong, &safe(&head));
        let rows: Vec<[String; 5]> = compared.rows.iter().map(cells).collect();
        for line in table(["", "A", "B", "CHANGE", ""], &rows) {
            terminal.line(Look::Plain, &safe(&format!("  {line}")));
        }
        for note in notes(compared) {
            terminal.line(Look::Warning, &format!("  {note}"));
        }
    }
    terminal.line(Look::Plain, "");
    terminal.line(
        Look::Faint,
        &safe(&format!("A is {}, B is {}", report.a, report.b)),
    );
    terminal.line(Look::Strong, &summary(report));
}

fn broken(compared: &Compared) -> impl Iterator<Item = &Row> {
    let rows = compared.rows.iter();
    rows.filter(|row| row.verdict() == Verdict::Broken)
}

fn seeds(compared: &Compared) -> String {
    match compared.seeds.as_slice() {
        [seed] => format!("seed {seed}"),
        seeds => format!("the worst of {}", counted(seeds.len(), "seed")),
    }
}

fn cells(row: &Row) -> [String; 5] {
    let verdict = row.verdict();
    let verdict = match verdict {
        Verdict::Same => "",
        Verdict::Better | Verdict::Worse | Verdict::Broken | Verdict::Mended => verdict.name(),
    };
    let verdict = verdict.to_owned();
    [
        row.text.clone(),
        row.cell(0),
        row.cell(1),
        row.change(),
        verdict,
    ]
}

/// What makes a comparison less than it seems.
fn notes(compared: &Compared) -> Vec<String> {
    let mut notes = Vec::new();
    for (side, design) in ["A", "B"].into_iter().enumerate() {
        let runs = |count| counted(count, "run");
        match compared.exhausted[side] {
            0 => {}
            count => notes.push(format!(
                "the budget of {} on {design} is exhausted",
                runs(count)
            )),
        }
        match compared.refused[side] {
            0 => {}
            count => notes.push(format!(
                "inputs had no effect in {} on {design}; `stowplan test` says which",
                runs(count)
            )),
        }
    }
    notes
}

fn summary(report: &Report) -> String {
    let scenarios = counted(report.scenarios.len(), "scenario");
    match report.scenarios.iter().filter(|it| it.regressed()).count() {
        0 if report.is_partial() => format!("{scenarios}: not everything could be compared"),
        0 => format!("{scenarios}: nothing that held fails"),
        count => format!("{scenarios}: what held fails in {count}"),
    }
}

pub(super) fn json(report: &Report, exit: Exit, terminal: &mut Terminal) -> Result<(), Stop> {
    let scenarios = report.scenarios.iter().map(|compared| {
        json!({
            "file": compared.file,
            "name": compared.name,
            "seeds": compared.seeds,
            "regressed": compared.regressed(),
            "inputsWithoutEffect": compared.refused,
            "budgetExhausted": compared.exhausted,
            "rows": compared.rows.iter().map(row).collect::<Vec<_>>(),
        })
    });
    let document = json!({
        "a": report.a,
        "b": report.b,
        "regressed": report.scenarios.iter().any(Compared::regressed),
        "exitCode": exit.code(),
        "scenarios": scenarios.collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
    terminal.raw(&(text + "\n"));
    Ok(())
}

fn row(row: &Row) -> Value {
    json!({
        "measure": row.text,
        "unit": unit_name(row.unit),
        "isAssertion": row.passed.is_some(),
        "a": json_number(row.values[0]),
        "b": json_number(row.values[1]),
        "aPassed": row.passed.map(|passed| passed[0]),
        "bPassed": row.passed.map(|passed| passed[1]),
        "verdict": row.verdict().name(),
    })
}

pub(super) fn markdown(report: &Report, terminal: &mut Terminal) {
    let regressed = report.scenarios.iter().any(Compared::regressed);
    let mark = if regressed { "❌" } else { "✅" };
    let (a, b) = (code(&report.a), code(&report.b));
    let mut lines = vec![
        format!("### {mark} Stowplan: {}", summary(report)),
        String::new(),
        format!("A is {a}, B is {b}."),
    ];
    for compared in &report.scenarios {
        lines.push(String::new());
        lines.push(format!(
            "**{}** ({})",
            plain(&compared.name),
            seeds(compared)
        ));
        lines.push(String::new());
        lines.push("| | A | B | change | |".to_owned());
        lines.push("|---|---|---|---|---|".to_owned());
        lines.extend(compared.rows.iter().map(markdown_row));
        lines.extend(
            notes(compared)
                .iter()
                .map(|note| format!("\n⚠️ {}", plain(note))),
        );
    }
    terminal.raw(&(lines.join("\n") + "\n"));
}

fn markdown_row(row: &Row) -> String {
    let verdict = match row.verdict() {
        Verdict::Same => "",
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Broken => "❌ pass → fail",
        Verdict::Mended => "✅ fail → pass",
    };
    let (text, a, b) = (code(&row.text), row.cell(0), row.cell(1));
    format!("| {text} | {a} | {b} | {} | {verdict} |", row.change())
}
