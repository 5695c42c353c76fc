//! The report as JUnit XML: a suite for each scenario, a case for each assertion over all seeds.
//! Nothing in it is a time of this machine, so that equal runs give equal files.

use super::report::{Entry, FAULTY_DESIGN, Finding, Judged, Report};
use crate::exit::Stop;
use crate::gate::{measured, seeds_words, worst};
use anyhow::Context;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

pub(super) fn junit(report: &Report) -> Result<String, Stop> {
    let mut junit = Junit::new("stowplan");
    if report.is_faulty {
        junit.add_test_suite(faulty(&report.design, FAULTY_DESIGN));
    }
    for entry in &report.entries {
        junit.add_test_suite(match entry {
            Entry::Faulty { file } => faulty(file, "the scenario has errors and was not run"),
            Entry::Judged(judged) => suite(report, judged),
        });
    }
    Ok(junit.to_string().context("cannot write JUnit XML")?)
}

fn faulty(file: &str, message: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("document");
    status.set_message(message);
    let mut case = TestCase::new("document", status);
    case.set_classname(file);
    let mut suite = TestSuite::new(file);
    suite.add_test_case(case);
    suite
}

fn suite(report: &Report, judged: &Judged) -> TestSuite {
    let loaded = &judged.loaded;
    let mut suite = TestSuite::new(loaded.name.as_str());
    suite.add_property(("file", loaded.file.as_str()));
    let findings = report.findings(judged);
    let assertions = &loaded.prepared.assertions;
    // What is no assertion has no case unless it fails.
    let is_assertion = |finding: &&Finding| assertions.iter().any(|it| it.text == finding.what);
    for finding in findings.iter().filter(|it| !is_assertion(it)) {
        suite.add_test_case(failed(judged, finding));
    }
    for (at, assertion) in assertions.iter().enumerate() {
        let text = assertion.text.as_str();
        let mut case = match findings.iter().find(|it| it.what == text) {
            Some(finding) => failed(judged, finding),
            None => TestCase::new(text, not_failed(judged)),
        };
        if let Some(outcome) = worst(judged.outcomes(at)).filter(|it| it.passed) {
            case.set_system_out(format!("measured {}", measured(outcome)));
        }
        case.set_classname(loaded.name.as_str());
        suite.add_test_case(case);
    }
    suite
}

/// An assertion that did not fail was not judged either if the budget was exhausted.
fn not_failed(judged: &Judged) -> TestCaseStatus {
    if judged.runs.iter().any(|run| run.exhausted.is_some()) {
        return TestCaseStatus::skipped();
    }
    TestCaseStatus::success()
}

fn failed(judged: &Judged, finding: &Finding) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("assertion");
    status.set_message(finding.message.as_str());
    let seeds = seeds_words(&finding.seeds, judged.runs.len());
    let mut lines = vec![format!("{}: {}, {seeds}", finding.what, finding.message)];
    lines.extend(finding.hint.iter().map(|hint| format!("hint: {hint}")));
    lines.push(format!("replay: {}", finding.replay));
    status.set_description(lines.join("\n"));
    let mut case = TestCase::new(finding.what.as_str(), status);
    case.set_classname(judged.loaded.name.as_str());
    case
}
