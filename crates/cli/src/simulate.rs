//! `stowplan simulate`: the run that the browser plays, as an event log and a summary.

use crate::design::Opened;
use crate::exit::{Exit, Stop};
use crate::input::{Source, is_standard};
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stowplan_core::control::{Event, explain};
use stowplan_core::draw::digest;
use stowplan_core::id::ServiceIx;
use stowplan_core::sim::{Recording, Scenario, Timeline, World};
use stowplan_core::source::read;
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view;

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
    let scenario = match &arguments.scenario {
        Some(path) => {
            let source = Source::open(path).map_err(Stop::unusable)?;
            source.parse(read::<Scenario>)?
        }
        None => Scenario::default(),
    };
    let Some(opened) = Opened::new(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let exit = opened.exit();
    let duration = arguments.duration.or(scenario.duration).unwrap_or(DURATION);
    let recording = Recording {
        design: Arc::new(opened.design),
        seed: arguments.seed.or(scenario.seed).unwrap_or(SEED),
        inputs: scenario.inputs,
    };
    let mut timeline = Timeline::new(recording);
    timeline.seek(Instant::ZERO + duration);
    let log = log(timeline.world(), timeline.events());
    let to_stdout = write_log(arguments.events.as_deref(), &log, terminal)?;
    let mut tell = |text: &str| {
        // The log is alone on standard output, so that it can be piped.
        if to_stdout {
            terminal.aside(Look::Plain, text)
        } else {
            terminal.line(Look::Plain, text)
        }
    };
    summarise(&timeline, &log, &mut tell);
    Ok(exit)
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
    let written = std::fs::write(path, log);
    written.with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(false)
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
