//! `stowplan simulate`: the run that the browser plays, as an event log and a summary.

use crate::exit::{Exit, Stop};
use crate::input::Text;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stowplan_core::control::{Event, explain};
use stowplan_core::design::Design;
use stowplan_core::draw::digest;
use stowplan_core::id::ServiceIx;
use stowplan_core::model::{Diagnostic, Severity, compile};
use stowplan_core::sim::{Recording, Scenario, Timeline, World};
use stowplan_core::source::{Place, locate, read};
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view;
use stowplan_runner::Complaint;

/// Seed of a run that names none; the browser uses the same.
const SEED: u64 = 1;

/// Length of a run that names none.
const DURATION: Millis = Millis::minutes(60);

/// Arguments of `stowplan simulate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// Seed of everything drawn [default: the scenario's, else 1]
    #[arg(long)]
    seed: Option<u64>,
    /// Simulated time, such as PT10M [default: the scenario's, else PT1H]
    #[arg(long)]
    duration: Option<Millis>,
    /// Scenario file: `{"name", "seed", "duration", "inputs": [{"at": "PT10M", "do": …}]}`
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Where to write the event log as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let source = Text::open(&arguments.path)?;
    let design = source.parse(Design::read)?;
    let scenario = match &arguments.scenario {
        Some(path) => Text::open(path)?.parse(read::<Scenario>)?,
        None => Scenario::default(),
    };
    let diagnostics = compile(&design, None).diagnostics;
    for diagnostic in &diagnostics {
        complain(terminal, &source, diagnostic);
    }
    let duration = arguments.duration.or(scenario.duration).unwrap_or(DURATION);
    let recording = Recording {
        design: Arc::new(design),
        seed: arguments.seed.or(scenario.seed).unwrap_or(SEED),
        inputs: scenario.inputs,
    };
    let mut timeline = Timeline::new(recording);
    timeline.seek(Instant::ZERO + duration);
    let log = log(timeline.world(), timeline.events());
    let to_stdout = write_log(arguments.events.as_deref(), &log)?;
    let mut tell = |text: &str| {
        // The log is alone on standard output, so that it can be piped.
        if to_stdout {
            terminal.aside(Look::Plain, text)
        } else {
            terminal.line(Look::Plain, text)
        }
    };
    summarise(&timeline, &log, &mut tell);
    let is_error = |it: &Diagnostic| it.problem.severity() == Severity::Error;
    Ok(if diagnostics.iter().any(is_error) {
        Exit::DocumentErrors
    } else {
        Exit::Pass
    })
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
fn write_log(path: Option<&Path>, log: &str) -> Result<bool, Stop> {
    let Some(path) = path else { return Ok(false) };
    if path == Path::new("-") {
        // A reader that has gone (`| head`) is no reason to fail.
        let _ = std::io::stdout().lock().write_all(log.as_bytes());
        return Ok(true);
    }
    let written = std::fs::write(path, log);
    written.with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(false)
}

/// `file:line:col: severity DS006: message (pointer)`, and a hint.
fn complain(terminal: &mut Terminal, source: &Text, diagnostic: &Diagnostic) {
    let Diagnostic { pointer, problem } = diagnostic;
    let Place { line, column } =
        locate(&source.text, pointer).unwrap_or(Place { line: 1, column: 1 });
    let words = view::diagnostic_words(diagnostic);
    let severity = view::severity_word(problem.severity());
    let message = format!(
        "{}:{line}:{column}: {severity} {}: {} ({pointer})",
        source.path,
        problem.id(),
        words.message
    );
    terminal.aside(
        Look::Plain,
        &Complaint {
            message,
            hint: words.hint,
        }
        .to_string(),
    );
}

fn summarise(timeline: &Timeline, log: &str, tell: &mut dyn FnMut(&str)) {
    let recording = timeline.recording();
    let (name, seed, now) = (&recording.design.name, recording.seed, timeline.now());
    tell(&format!(
        "{name}: seed {seed}, {now} of simulated time, {} events",
        log.lines().count()
    ));
    let world = timeline.world();
    for at in 0..world.model().services.len() {
        summarise_service(world, ServiceIx::from_at(at), tell);
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
    let desired = compiled.desired_count;
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
