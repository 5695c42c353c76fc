//! `stowplan test`: scenarios against a design, with an exit code for the gate of a pull request.

pub(crate) mod json;
mod junit;
pub(crate) mod markdown;
mod report;
mod text;

use crate::design::Opened;
use crate::exit::{Exit, Stop};
use crate::gate::{Batch, Loaded, Played, SeedChoice};
use crate::input::is_standard;
use crate::output::write_file;
use crate::terminal::Terminal;
use clap::ValueEnum;
use report::{Entry, Judged, Report};
use std::path::PathBuf;
use std::sync::Arc;
use stowplan_core::sim::{Prepared, TURNS_DEFAULT};
use stowplan_runner::Complaint;

/// Arguments of `stowplan test`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// Scenarios: `{"name", "duration", "inputs": [{"at": "PT10M", "do": …}], "assert": ["…"]}`
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    seeds: SeedChoice,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write a JUnit report to this file too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a summary for a pull request's comment to this file too
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Print every assertion with what was measured, also of scenarios that pass
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    batch: Batch,
}

const HELP: &str = "\
A scenario's \"assert\" holds one expression per text, and all have to hold with every seed:
  availability(service=edges) >= 99.9%          min(healthy_tasks{service=edges}) >= 2
  max(pending_tasks) <= 3 during 10m..20m       running_tasks{service=edges} == 4 at PT30M
  deploy_duration < 8m                          time_to_steady_state{service=edges} < 5m after 10m
  min(healthy_tasks / desired_tasks) >= 50%     avg(memory_reservation{zone=us-east-1a}) < 80%
Without a clause (during, at, after, until) the time counts from \"measureFrom\", else from the start.
A gauge without an aggregate (min, max, avg, first, last, p50 … p99.9) has to hold at every moment.

JSON is one document: {design, passed, exitCode, scenarios: [{file, name, description, passed, error,
runs: [{seed, passed, budgetExhaustedAt, assertions: [{assertion, passed, measured, bound, unit,
violatedAt, message}], refusedInputs: [{input, line, at, message}]}], failures: [{what,
message, at, hint, seeds, replay}]}]}. Shares are parts of 1, times milliseconds; what did not happen
within the run is null. Members are only ever added.

Exit codes: 0 all holds, 2 wrong usage or a file cannot be read, 3 an assertion failed or an input had
no effect, 4 the design or a scenario has errors, 5 a run's budget is exhausted (see --max-turns). Of
several, the first in the order 2, 4, 5, 3 counts.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Failures first, for people
    Text,
    /// One JSON document for programs
    Json,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let Some(opened) = Opened::new(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let mut exit = opened.exit();
    let is_faulty = exit != Exit::Pass;
    let design = Arc::new(opened.design);
    let mut loaded = Vec::new();
    for path in &arguments.scenarios {
        let file = path.display().to_string();
        // One that cannot be read does not keep the others from being run.
        let read = match Loaded::new(path, &design, None, terminal) {
            Ok(read) => read,
            Err(stop) => {
                stop.tell(terminal);
                exit = exit.worse(stop.exit());
                None
            }
        };
        let asserts = |it: &Loaded| !it.prepared.assertions.is_empty();
        if read.as_ref().is_some_and(|it| !asserts(it)) {
            let complaint = Complaint {
                message: format!("{file}: it asserts nothing, so that nothing can fail"),
                hint: Some("say in `assert` what has to hold".to_owned()),
            };
            terminal.complain("error", &complaint);
        }
        loaded.push(read.filter(asserts).ok_or(file));
    }
    for path in [&arguments.junit, &arguments.markdown]
        .into_iter()
        .flatten()
    {
        if is_standard(path) {
            return Err(Stop::unusable(Complaint {
                message: "a report goes to a file, not to standard output".to_owned(),
                hint: Some("name one, such as report.xml".to_owned()),
            }));
        }
    }
    let report = Report {
        design: arguments.path.display().to_string(),
        is_faulty,
        max_turns: arguments.batch.max_turns,
        entries: play(loaded, arguments),
    };
    let exit = exit.worse(report.exit());
    match arguments.format {
        Format::Text => text::print(&report, arguments.verbose, terminal),
        Format::Json => json::print(&report, exit, terminal)?,
    }
    if let Some(path) = &arguments.junit {
        write_file(path, &junit::junit(&report)?).map_err(Stop::unusable)?;
    }
    if let Some(path) = &arguments.markdown {
        write_file(path, &markdown::markdown(&report)).map_err(Stop::unusable)?;
    }
    Ok(exit)
}

/// Runs every scenario that could be read with every seed, all in one batch.
fn play(loaded: Vec<Result<Loaded, String>>, arguments: &Arguments) -> Vec<Entry> {
    let seeds = |loaded: &Loaded| arguments.seeds.of(loaded.prepared.seed);
    let runs: Vec<(&Prepared, u64)> = loaded
        .iter()
        .flatten()
        .flat_map(|loaded| {
            seeds(loaded)
                .into_iter()
                .map(|seed| (&loaded.prepared, seed))
        })
        .collect();
    let mut played = arguments.batch.play(&runs, Played::from).into_iter();
    let entry = |loaded: Result<Loaded, String>| match loaded {
        Err(file) => Entry::Faulty { file },
        Ok(loaded) => {
            let runs = played.by_ref().take(seeds(&loaded).len()).collect();
            Entry::Judged(Box::new(Judged { loaded, runs }))
        }
    };
    loaded.into_iter().map(entry).collect()
}

/// The option that a replay needs beside the seed.
fn turns_option(max_turns: u64) -> String {
    if max_turns == TURNS_DEFAULT {
        return String::new();
    }
    format!(" --max-turns {max_turns}")
}
