//! `stowplan compare`: the same scenarios with the same seeds on two designs, and what differs.

mod report;
mod write;

use crate::design::Opened;
use crate::exit::{Exit, Stop};
use crate::gate::{Batch, KeyMeasure, Loaded, Played, SeedChoice, key_measures};
use crate::report::safe;
use crate::terminal::{Look, Terminal};
use clap::ValueEnum;
use report::{Compared, Report};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stowplan_core::assert::Expression;
use stowplan_core::design::Design;
use stowplan_core::sim::Prepared;

/// Arguments of `stowplan compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design as it was
    #[arg(value_name = "A.stowplan.json")]
    before: PathBuf,
    /// The design as it shall be
    #[arg(value_name = "B.stowplan.json")]
    after: PathBuf,
    /// Scenarios, with or without assertions
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    seeds: SeedChoice,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    batch: Batch,
}

const HELP: &str = "\
Of several seeds the worst value of each design is shown; an assertion holds if it does with every
seed. `-` stands for nothing to measure, `never` for what did not happen within the run.

JSON is one document: {a, b, regressed, exitCode, scenarios: [{file, name, seeds, regressed,
inputsWithoutEffect: [a, b], budgetExhausted: [a, b], rows: [{measure, unit, isAssertion, a, b,
aPassed, bPassed, verdict}]}]}, where verdict is better, worse, same, `pass -> fail` or `fail -> pass`. Shares are parts of 1, times
milliseconds. Members are only ever added.

Exit codes: 0 nothing that held on A fails on B, 2 wrong usage or a file cannot be read, 3 an assertion
or input that held on A fails on B, 4 a design or scenario has errors, 5 a run's budget is exhausted.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for each scenario, for people
    Text,
    /// One JSON document for programs
    Json,
    /// Tables for a pull request's comment
    Markdown,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let mut exit = Exit::Pass;
    let mut open = |path: &Path, terminal: &mut Terminal| -> Result<Option<Arc<Design>>, Stop> {
        let opened = Opened::new(path, terminal)?;
        exit = exit.worse(opened.as_ref().map_or(Exit::DocumentErrors, Opened::exit));
        Ok(opened.map(|opened| Arc::new(opened.design)))
    };
    let before = open(&arguments.before, terminal)?;
    let after = open(&arguments.after, terminal)?;
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(Exit::DocumentErrors);
    };
    let measures = key_measures()?;
    let expressions: Vec<Expression> = measures.iter().map(|it| it.expression.clone()).collect();
    let mut pairs = Vec::new();
    for path in &arguments.scenarios {
        let a = load(path, &before, &arguments.before, terminal)?;
        // What is wrong with the scenario itself is told once.
        let b = match &a {
            Some(_) => load(path, &after, &arguments.after, terminal)?,
            None => None,
        };
        match (a, b) {
            (Some(a), Some(b)) => {
                let measuring = |prepared: Prepared| prepared.measuring(&expressions);
                let (a, b) = (with(a, measuring), with(b, measuring));
                pairs.push((a, b));
            }
            _ => exit = exit.worse(Exit::DocumentErrors),
        }
    }
    let report = Report {
        a: arguments.before.display().to_string(),
        b: arguments.after.display().to_string(),
        scenarios: play(&pairs, &measures, arguments),
        has_errors: exit != Exit::Pass,
    };
    let exit = exit.worse(report.exit());
    match arguments.format {
        Format::Text => write::text(&report, terminal),
        Format::Json => write::json(&report, exit, terminal)?,
        Format::Markdown => write::markdown(&report, terminal),
    }
    Ok(exit)
}

/// Reads a scenario for one of the designs, and says for which it cannot be used.
fn load(
    path: &Path,
    design: &Arc<Design>,
    name: &Path,
    terminal: &mut Terminal,
) -> Result<Option<Loaded>, Stop> {
    let loaded = Loaded::new(path, design, None, terminal)?;
    if loaded.is_none() {
        let (path, name) = (path.display(), name.display());
        let line = format!("`{path}` does not fit `{name}` and was not run");
        terminal.aside(Look::Plain, &safe(&line));
    }
    Ok(loaded)
}

fn with(mut loaded: Loaded, measuring: impl Fn(Prepared) -> Prepared) -> Loaded {
    loaded.prepared = measuring(loaded.prepared);
    loaded
}

/// Both designs with the same seeds, all in one batch.
fn play(
    pairs: &[(Loaded, Loaded)],
    measures: &[KeyMeasure],
    arguments: &Arguments,
) -> Vec<Compared> {
    let seeds = |loaded: &Loaded| arguments.seeds.of(loaded.prepared.seed);
    let mut runs: Vec<(&Prepared, u64)> = Vec::new();
    for (a, b) in pairs {
        for loaded in [a, b] {
            runs.extend(
                seeds(loaded)
                    .into_iter()
                    .map(|seed| (&loaded.prepared, seed)),
            );
        }
    }
    let mut played = arguments.batch.play(&runs, Played::from).into_iter();
    let compared = |(a, b): &(Loaded, Loaded)| {
        let seeds = seeds(a);
        let mut next = || played.by_ref().take(seeds.len()).collect::<Vec<_>>();
        let (on_a, on_b) = (next(), next());
        Compared::new(a, b, &seeds, measures, [&on_a, &on_b])
    };
    pairs.iter().map(compared).collect()
}
