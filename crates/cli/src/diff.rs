//! `stowplan diff`: what differs between two revisions, as ECS would see it.

use crate::exit::{Exit, Stop};
use crate::input::Source;
use crate::problem::{Checked, Content};
use crate::report::show;
use crate::terminal::{Look, Output, Terminal};
use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;
use std::path::Path;
use stowplan_core::design::Design;
use stowplan_core::severity::Severity;
use stowplan_core::taskdef::{Difference, TaskDefinition, diff, revision_name};
use stowplan_core::view::{difference_line, difference_summary};
use stowplan_runner::Complaint;

/// Arguments of `stowplan diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Task definition before, in any shape, or `DESIGN.stowplan.json#family:revision`
    #[arg(value_name = "BEFORE")]
    before: String,
    /// Task definition after
    #[arg(value_name = "AFTER")]
    after: String,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const HELP: &str = "\
Things are matched by their names, not by their places, and what AWS fills in counts as absent.

JSON is one document: {before, after, differences: [{container, path, unit, before, after, text}],
summary}; a value that is not there is null.

Exit codes: 0 whether or not there are differences, 2 a file cannot be read, 4 a file is not JSON.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each difference
    Text,
    /// One JSON document for programs
    Json,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let before = definition(&arguments.before, terminal)?;
    let after = definition(&arguments.after, terminal)?;
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(Exit::DocumentErrors);
    };
    let differences = diff(&before, &after);
    let summary = difference_summary(&differences);
    match arguments.format {
        Format::Text => {
            for difference in &differences {
                terminal.line(Look::Plain, &difference_line(difference));
            }
            terminal.line(Look::Strong, &summary);
        }
        Format::Json => {
            let document = Document {
                before: &arguments.before,
                after: &arguments.after,
                differences: differences.iter().map(Entry::new).collect(),
                summary,
            };
            let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
            terminal.line(Look::Plain, &text);
        }
    }
    Ok(Exit::Pass)
}

/// What is printed as JSON; the shape is part of the contract.
#[derive(Serialize)]
struct Document<'a> {
    before: &'a str,
    after: &'a str,
    differences: Vec<Entry<'a>>,
    summary: String,
}

#[derive(Serialize)]
struct Entry<'a> {
    container: Option<&'a str>,
    path: &'a [String],
    unit: Option<&'a str>,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    text: String,
}

impl<'a> Entry<'a> {
    fn new(difference: &'a Difference) -> Self {
        Self {
            container: difference.container.as_deref(),
            path: &difference.path,
            unit: (!difference.unit.is_empty()).then_some(difference.unit),
            before: difference.before.as_ref(),
            after: difference.after.as_ref(),
            text: difference_line(difference),
        }
    }
}

/// The definition that `argument` names; `None` if its file is broken, which was told then.
fn definition(argument: &str, terminal: &mut Terminal) -> Result<Option<TaskDefinition>, Stop> {
    let (path, revision) = parted(argument);
    let mut checked = Checked::new(Source::open(Path::new(path)).map_err(Stop::unusable)?, &[]);
    let found = match (&checked.content, revision) {
        (Content::Definition(reading), None) if !reading.is_broken() => reading.named(path),
        (Content::Design(Some(design)), _) => Some(of_design(design, argument, revision)?),
        (Content::Definition(_), Some(_)) => {
            return Err(unusable(
                format!("`{path}` is not a design, so it has no revisions to name"),
                "leave out what stands behind `#`",
            ));
        }
        (Content::Definition(_) | Content::Design(None), _) => None,
    };
    if found.is_none() {
        checked.problems.retain(|it| it.severity == Severity::Error);
        show(&checked, terminal, Output::Aside);
    }
    Ok(found)
}

/// Path and `family:revision`, unless there is a file of the whole name.
fn parted(argument: &str) -> (&str, Option<&str>) {
    match argument.rsplit_once('#') {
        Some((path, revision)) if !Path::new(argument).exists() => (path, Some(revision)),
        Some(_) | None => (argument, None),
    }
}

fn of_design(
    design: &Design,
    argument: &str,
    revision: Option<&str>,
) -> Result<TaskDefinition, Stop> {
    let families = design.families().into_iter();
    let revisions: Vec<(String, &TaskDefinition)> = families
        .flat_map(|(family, revisions)| {
            let named = move |(number, _, entry)| (revision_name(family, number), entry);
            revisions.into_iter().map(named)
        })
        .collect();
    let found = revisions
        .iter()
        .find(|(name, _)| Some(name.as_str()) == revision);
    if let Some((_, definition)) = found {
        return Ok((*definition).clone());
    }
    let names: Vec<String> = revisions
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let message = match revision {
        Some(revision) => format!("the design has no task definition `{revision}`"),
        None => format!("`{argument}` is a design: which task definition of it?"),
    };
    Err(unusable(
        message,
        &format!("put one of them behind `#`: {}", names.join(", ")),
    ))
}

fn unusable(message: String, hint: &str) -> Stop {
    Stop::unusable(Complaint {
        message,
        hint: Some(hint.to_owned()),
    })
}
