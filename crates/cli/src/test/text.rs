//! The report for people: what failed first, each with the command that plays it again; then what
//! holds, with what was measured.

use super::report::{Entry, FAULTY_DESIGN, Finding, Judged, Report};
use crate::gate::{measured, seeds_words, worst};
use crate::report::{counted, safe};
use crate::terminal::{Look, Terminal};

pub(super) fn print(report: &Report, is_verbose: bool, terminal: &mut Terminal) {
    let mut failures = 0;
    for judged in report.judged() {
        for finding in report.findings(judged) {
            failures += 1;
            print_failure(judged, &finding, terminal);
        }
    }
    if failures > 0 {
        terminal.line(Look::Plain, "");
    }
    if report.is_faulty {
        let line = format!("FAIL {}: {FAULTY_DESIGN}", report.design);
        terminal.line(Look::Warning, &safe(&line));
    }
    for entry in &report.entries {
        match entry {
            Entry::Faulty { file } => {
                let line = format!("FAIL {file}: it has errors and was not run");
                terminal.line(Look::Warning, &safe(&line));
            }
            Entry::Judged(judged) if judged.passed() && !is_verbose => {
                terminal.line(Look::Plain, &safe(&headline(judged)));
            }
            Entry::Judged(judged) => print_scenario(judged, terminal),
        }
    }
    terminal.line(Look::Strong, &summary(report));
}

fn print_failure(judged: &Judged, finding: &Finding, terminal: &mut Terminal) {
    let head = format!("FAIL {}: {}", judged.loaded.name, finding.what);
    terminal.line(Look::Warning, &safe(&head));
    let seeds = seeds_words(&finding.seeds, judged.runs.len());
    let message = format!("     {}, {seeds}", finding.message);
    terminal.line(Look::Plain, &safe(&message));
    if let Some(hint) = &finding.hint {
        terminal.line(Look::Plain, &safe(&format!("     hint: {hint}")));
    }
    terminal.line(
        Look::Faint,
        &safe(&format!("     replay: {}", finding.replay)),
    );
}

fn headline(judged: &Judged) -> String {
    let loaded = &judged.loaded;
    let verdict = if judged.passed() { "pass" } else { "fail" };
    let seeds = match judged.runs.as_slice() {
        [run] => format!("seed {}", run.seed),
        runs => counted(runs.len(), "seed"),
    };
    let file = if loaded.file == loaded.name {
        String::new()
    } else {
        format!("{}, ", loaded.file)
    };
    let assertions = counted(loaded.prepared.assertions.len(), "assertion");
    format!("{verdict} {} ({file}{assertions}, {seeds})", loaded.name)
}

/// One line for a scenario and one for each assertion with the value that came closest to its
/// bound over all seeds.
fn print_scenario(judged: &Judged, terminal: &mut Terminal) {
    let loaded = &judged.loaded;
    terminal.line(Look::Plain, &safe(&headline(judged)));
    let assertions = &loaded.prepared.assertions;
    if assertions.is_empty() {
        terminal.line(Look::Faint, "     it asserts nothing");
    }
    let texts = assertions.iter().map(|it| it.text.chars().count());
    let width = texts.max().unwrap_or(0);
    for (at, assertion) in assertions.iter().enumerate() {
        let Some(outcome) = worst(judged.outcomes(at)) else {
            continue;
        };
        let mark = if outcome.passed { "    " } else { "FAIL" };
        let line = format!("{mark} {:width$}  {}", assertion.text, measured(outcome));
        terminal.line(Look::Plain, &safe(&line));
    }
}

fn summary(report: &Report) -> String {
    let scenarios = counted(report.entries.len(), "scenario");
    let runs: usize = report.judged().map(|judged| judged.runs.len()).sum();
    let passed = report.judged().filter(|judged| judged.passed()).count();
    let failed = report.entries.len() - passed;
    let verdict = match (passed, failed) {
        (_, 0) if report.is_faulty => "all passed, but the design has errors".to_owned(),
        (_, 0) => "all passed".to_owned(),
        (0, _) => "all failed".to_owned(),
        (passed, failed) => format!("{failed} failed, {passed} passed"),
    };
    format!("{scenarios}, {}: {verdict}", counted(runs, "run"))
}
