//! `stowplan simulate`: the run that the browser plays, as an event log and a summary; with many
//! seeds, a line for each.

mod json;
mod metrics;
mod table;

use crate::design::Opened;
use crate::exit::{Exit, Stop};
use crate::gate::{Batch, KeyMeasure, Loaded, SeedChoice, key_measures, measured};
use crate::input::is_standard;
use crate::output::write_file;
use crate::report::safe;
use crate::terminal::{Look, Terminal};
use clap::ValueEnum;
use metrics::MetricsFile;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stowplan_core::assert::{Expression, Outcome};
use stowplan_core::control::{Event, explain};
use stowplan_core::design::Design;
use stowplan_core::draw::digest;
use stowplan_core::id::ServiceIx;
use stowplan_core::sim::{Prepared, Refused, Scenario, ScenarioRun, World, run_scenario};
use stowplan_core::time::Millis;
use stowplan_core::view::{self, outcome_hint, outcome_sentence, refused_sentence};
use stowplan_runner::Complaint;

/// Arguments of `stowplan simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    #[command(flatten)]
    seeds: SeedChoice,
    /// Simulated time, such as PT10M [default: the scenario's, else PT1H]
    #[arg(long)]
    duration: Option<Millis>,
    /// Scenario file: `{"name", "seed", "duration", "traffic": […], "inputs": [{"at": "PT10M", "do": …}]}`
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Where to write the event log as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    events: Option<PathBuf>,
    #[command(flatten)]
    metrics: MetricsFile,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    batch: Batch,
}

const HELP: &str = "\
JSON is one document: {design, scenario, runs: [{seed, endsAt, budgetExhaustedAt, events, digest,
services: [{service, desired, running, pending, deployments: [{id, taskDefinition, rolloutState}]}],
measures: {…}, assertions: [{assertion, passed, measured, bound, unit, violatedAt, message}],
refusedInputs: [{input, line, at, message}]}]}. Shares are parts of 1, times milliseconds;
what did not happen within the run is null. Members are only ever added.

Exit codes: 0 simulated, 2 wrong usage or a file cannot be read or written, 3 an assertion of the
scenario failed or an input had no effect, 4 the design or the scenario has errors, 5 the budget is
exhausted (see --max-turns).";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary for people
    Text,
    /// One JSON document for programs
    Json,
}

/// What is run.
#[derive(Debug)]
struct Case {
    design: Arc<Design>,
    prepared: Prepared,
    loaded: Option<Loaded>,
    measures: Vec<KeyMeasure>,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let log_to_stdout = arguments.events.as_deref().is_some_and(is_standard);
    if log_to_stdout && arguments.format == Format::Json {
        return Err(Stop::unusable(Complaint {
            message: "the event log and the JSON summary cannot both go to standard output".into(),
            hint: Some("name a file with `--events`".into()),
        }));
    }
    arguments.metrics.check()?;
    let Some(opened) = Opened::new(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let exit = opened.exit();
    let Some(case) = prepare(Arc::new(opened.design), arguments, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let seeds = arguments.seeds.of(case.prepared.seed);
    let ended = match (arguments.seeds.seeds, arguments.format) {
        (None, Format::Text) => one(&case, &seeds, arguments, terminal)?,
        (Some(_), Format::Text) => table::print(&case, &seeds, arguments, terminal),
        (_, Format::Json) => json::print(&case, &seeds, arguments, terminal)?,
    };
    Ok(exit.worse(ended))
}

fn prepare(
    design: Arc<Design>,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Option<Case>, Stop> {
    let loaded = match &arguments.scenario {
        None => None,
        Some(path) => match Loaded::new(path, &design, arguments.duration, terminal)? {
            None => return Ok(None),
            Some(loaded) => Some(loaded),
        },
    };
    let prepared = match &loaded {
        Some(loaded) => loaded.prepared.clone(),
        None => {
            let scenario = Scenario::default();
            let prepared = Prepared::new(Arc::clone(&design), &scenario, arguments.duration);
            prepared.map_err(|faults| too_long(&faults))?
        }
    };
    let measures = key_measures()?;
    let expressions: Vec<Expression> = measures.iter().map(|it| it.expression.clone()).collect();
    Ok(Some(Case {
        design,
        prepared: prepared.measuring(&expressions),
        loaded,
        measures,
    }))
}

/// Without a scenario, only the duration of the command line can be wrong.
fn too_long(faults: &[stowplan_core::sim::ScenarioFault]) -> Stop {
    let words = faults.first().map(view::scenario_fault_words);
    Stop::unusable(Complaint {
        message: words
            .as_ref()
            .map_or(String::new(), |it| it.message.clone()),
        hint: words.and_then(|it| it.hint),
    })
}

/// How a command ends after such a run.
fn exit_of(exhausted: bool, outcomes: &[Outcome], refused: &[Refused]) -> Exit {
    if exhausted {
        Exit::BudgetExhausted
    } else if refused.is_empty() && outcomes.iter().all(|outcome| outcome.passed) {
        Exit::Pass
    } else {
        Exit::AssertionFailed
    }
}

/// One run in full.
fn one(
    case: &Case,
    seeds: &[u64],
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Exit, Stop> {
    let seed = seeds.first().copied().unwrap_or(case.prepared.seed);
    let run = run_scenario(&case.prepared, seed, arguments.batch.max_turns);
    let log = log(&run.world, &run.log);
    let file = &arguments.metrics;
    file.write(file.of(&run.world).as_ref(), terminal)?;
    let to_stdout = write_log(arguments.events.as_deref(), &log, terminal)?;
    let mut tell = |look: Look, text: &str| {
        // The log is alone on standard output, so that it can be piped.
        if to_stdout {
            terminal.aside(look, text);
        } else {
            terminal.line(look, text);
        }
    };
    tell_outcomes(&run, &mut tell);
    summarise(&case.design.name, &run, &log, &mut |text| {
        tell(Look::Plain, text);
    });
    for refused in &run.refused {
        terminal.aside(Look::Warning, &told_refused(refused));
    }
    Ok(exit_of(
        run.exhausted.is_some(),
        &run.outcomes,
        &run.refused,
    ))
}

fn told_refused(refused: &Refused) -> String {
    safe(&format!("warning: {}", refused_sentence(refused)))
}

/// Assertions, those that fail first.
fn tell_outcomes(run: &ScenarioRun, tell: &mut dyn FnMut(Look, &str)) {
    if let Some(at) = run.exhausted {
        let hint = "shorten the run, or allow more with `--max-turns`";
        let line = format!(
            "FAIL the budget of {} turns is exhausted at {at}; {hint}",
            run.turns
        );
        tell(Look::Warning, &line);
    }
    let failed = run.outcomes.iter().filter(|outcome| !outcome.passed);
    for outcome in failed {
        let line = format!("FAIL {}: {}", outcome.text, outcome_sentence(outcome));
        tell(Look::Warning, &safe(&line));
        if let Some(hint) = outcome_hint(outcome) {
            tell(Look::Plain, &format!("     hint: {hint}"));
        }
    }
    for outcome in run.outcomes.iter().filter(|outcome| outcome.passed) {
        let line = format!("pass {}: {}", outcome.text, measured(outcome));
        tell(Look::Plain, &safe(&line));
    }
}

/// The event log as text. Indices keep their meaning in later models, so that the last one words
/// every event.
fn log(world: &World, events: &[Event]) -> String {
    let model = world.model();
    events
        .iter()
        .map(|event| view::event_line(model, event) + "\n")
        .collect()
}

/// Writes the log where it is wanted; says whether that was standard output.
fn write_log(path: Option<&Path>, log: &str, terminal: &mut Terminal) -> Result<bool, Stop> {
    let Some(path) = path else { return Ok(false) };
    if is_standard(path) {
        terminal.raw(log);
        return Ok(true);
    }
    write_file(path, log).map_err(Stop::unusable)?;
    Ok(false)
}

fn summarise(name: &str, run: &ScenarioRun, log: &str, tell: &mut dyn FnMut(&str)) {
    let (seed, now) = (run.seed, run.world.now());
    let events = run.log.len();
    tell(&format!(
        "{name}: seed {seed}, {now} of simulated time, {events} events"
    ));
    for at in 0..run.world.model().services.len() {
        summarise_service(&run.world, ServiceIx::from_at(at), tell);
    }
    tell(&format!("digest {:016x}", digest(log.as_bytes())));
}

fn summarise_service(world: &World, service: ServiceIx, tell: &mut dyn FnMut(&str)) {
    let (model, state) = (world.model(), world.control());
    let compiled = model.service(service);
    if !compiled.present {
        return;
    }
    let (running, pending) = state.counts(service);
    let desired = state.desired_count(model, service);
    tell(&format!(
        "  service {}: {desired} desired, {running} running, {pending} pending",
        compiled.name
    ));
    for deployment in state
        .services
        .get(&service)
        .into_iter()
        .flat_map(|known| &known.deployments)
    {
        let revision = model.definition(deployment.task_definition).name();
        let rollout = deployment.rollout_state.name();
        tell(&format!(
            "    deployment {} {revision} {rollout}",
            deployment.id
        ));
    }
    if running + pending < desired {
        let explanation = explain(model, state, service);
        tell(&format!(
            "    {}",
            view::explanation_sentence(model, &explanation)
        ));
    }
}
