//! `stowplan check`: everything that is wrong with files, in one pass.

use crate::exit::{Exit, Stop};
use crate::input::{Source, is_standard};
use crate::output::write_file;
use crate::problem::Checked;
use crate::report::{Report, counted, json, sarif, show};
use crate::terminal::{Look, Output, Terminal};
use anyhow::Context;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::path::{Path, PathBuf};
use stowplan_core::severity::Severity;
use stowplan_core::taskdef::{FINDINGS_MAX, LaunchType};
use stowplan_runner::Complaint;

/// Arguments of `stowplan check`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Task definitions, also as `describe-task-definition` prints them, Terraform's bare list of
    /// containers or CloudFormation; designs; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Check for this platform, whatever the definition says; may be given several times
    #[arg(long = "for", value_enum, ignore_case = true, value_name = "PLATFORM")]
    platforms: Vec<Platform>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// From which severity on the exit code is 4
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Write files back with what surely can be mended mended; `-` goes to standard output
    #[arg(long)]
    fix: bool,
}

const HELP: &str = "\
JSON is one document: {findings: [{file, rule, severity, pointer, line, column, endLine, endColumn,
message, help, fix, fixIsSafe}], unreadable: [{file, message, help}], summary: {files, errors,
warnings, infos, unreadable}}. Lines and columns count from 1; members are only ever added.

Exit codes: 0 no errors, 2 a file cannot be read, 4 there are errors (see --fail-on).";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Excerpts for people
    Text,
    /// One JSON document for programs
    Json,
    /// SARIF 2.1.0 for code scanning
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
}

/// A launch type, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Platform(LaunchType);

impl ValueEnum for Platform {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self(LaunchType::Ec2),
            Self(LaunchType::Fargate),
            Self(LaunchType::External),
            Self(LaunchType::ManagedInstances),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let name = self.0.name();
        Some(PossibleValue::new(name))
    }
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let standard = arguments.paths.iter().filter(|path| is_standard(path));
    if standard.count() > 1 {
        return Err(Stop::unusable(Complaint {
            message: "standard input is named twice".into(),
            hint: Some("name `-` once".into()),
        }));
    }
    let platforms: Vec<LaunchType> = arguments.platforms.iter().map(|it| it.0).collect();
    let mut report = Report::default();
    for path in &arguments.paths {
        match checked(path, &platforms, arguments.fix, terminal) {
            Ok(checked) => report.checked.push(checked),
            Err(complaint) => report
                .unreadable
                .push((path.display().to_string(), complaint)),
        }
    }
    let exit = exit(&report, arguments.fail_on);
    // What was mended of standard input is alone on standard output.
    let gives_text = arguments.fix && arguments.paths.iter().any(|path| is_standard(path));
    let output = if gives_text {
        Output::Aside
    } else {
        Output::Result
    };
    let document = match arguments.format {
        Format::Text => {
            show_all(&report, arguments.fix, terminal, output);
            return Ok(exit);
        }
        Format::Json => json(&report),
        Format::Sarif => serde_json::to_string_pretty(&sarif(&report, exit)),
    };
    let document = document.context("cannot write JSON")?;
    terminal.print(output, Look::Plain, &document);
    Ok(exit)
}

fn checked(
    path: &Path,
    platforms: &[LaunchType],
    fix: bool,
    terminal: &mut Terminal,
) -> Result<Checked, Complaint> {
    let checked = Checked::new(Source::open(path)?, platforms);
    if !fix {
        return Ok(checked);
    }
    let (text, count) = checked.mended(platforms);
    let marked = checked.source.marked(&text);
    if is_standard(path) {
        terminal.raw(&marked);
    } else if text != checked.source.text {
        write_file(path, &marked)?;
    }
    if count > 0 {
        let name = &checked.source.name;
        terminal.aside(
            Look::Strong,
            &format!("{name}: {} mended", counted(count, "problem")),
        );
    }
    let source = Source {
        text,
        ..checked.source
    };
    Ok(Checked::new(source, platforms))
}

fn show_all(report: &Report, fix: bool, terminal: &mut Terminal, output: Output) {
    for checked in &report.checked {
        show(checked, terminal, output);
    }
    for (_, complaint) in &report.unreadable {
        terminal.complain("error", complaint);
    }
    let problems = report.checked.iter().flat_map(|it| &it.problems);
    let sure = problems.filter(|it| it.fix.as_ref().is_some_and(|fix| fix.is_sure));
    let mut summary = report.summary();
    let is_full = |it: &Checked| it.problems.len() >= FINDINGS_MAX;
    if report.checked.iter().any(is_full) {
        summary += &format!("; of a file at most {FINDINGS_MAX} findings are told");
    }
    match sure.count() {
        0 => {}
        _ if fix => {}
        1 => summary += "; `--fix` mends one finding",
        count => summary += &format!("; `--fix` mends {count} findings"),
    }
    terminal.print(output, Look::Strong, &summary);
}

fn exit(report: &Report, fail_on: FailOn) -> Exit {
    let warnings = match fail_on {
        FailOn::Error => 0,
        FailOn::Warning => report.count(Severity::Warning),
    };
    if !report.unreadable.is_empty() {
        Exit::Unusable
    } else if report.count(Severity::Error) + warnings > 0 {
        Exit::DocumentErrors
    } else {
        Exit::Pass
    }
}
