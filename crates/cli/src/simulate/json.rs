//! Runs for programs. The shape is part of the contract: members are added, never renamed or taken
//! away; the command's help lists them.

use super::{Arguments, Case, exit_of, log, write_log};
use crate::exit::{Exit, Stop};
use crate::gate::json_number;
use crate::terminal::Terminal;
use crate::test::json::{outcome, refused};
use anyhow::Context;
use serde_json::{Map, Value, json};
use stowplan_core::draw::digest;
use stowplan_core::id::ServiceIx;
use stowplan_core::sim::{Prepared, ScenarioRun, World};

pub(super) fn print(
    case: &Case,
    seeds: &[u64],
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Exit, Stop> {
    let runs: Vec<(&Prepared, u64)> = seeds.iter().map(|seed| (&case.prepared, *seed)).collect();
    let keeps_log = arguments.events.is_some();
    let keep = |run: ScenarioRun| {
        let exit = exit_of(run.exhausted.is_some(), &run.outcomes, &run.refused);
        let log = log(&run.world, &run.log);
        let value = self::run(case, &run, &log);
        let log = if keeps_log { log } else { String::new() };
        (exit, value, log, arguments.metrics.of(&run.world))
    };
    let played = arguments.batch.play(&runs, keep);
    let mut exit = Exit::Pass;
    let mut values = Vec::new();
    for (ended, value, log, metrics) in played {
        exit = exit.worse(ended);
        values.push(value);
        arguments.metrics.write(metrics.as_ref(), terminal)?;
        write_log(arguments.events.as_deref(), &log, terminal)?;
    }
    let document = json!({
        "design": case.design.name,
        "scenario": case.loaded.as_ref().map(|loaded| &loaded.name),
        "runs": values,
    });
    let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
    terminal.raw(&(text + "\n"));
    Ok(exit)
}

fn run(case: &Case, run: &ScenarioRun, log: &str) -> Value {
    let measures = case.measures.iter().zip(&run.measured);
    let measures = measures.map(|(measure, measured)| {
        let value = json_number(measured.value.as_ref().ok().copied());
        (measure.text.to_owned(), json!(value))
    });
    let loaded = case.loaded.as_ref();
    let refused = run.refused.iter();
    let refused = refused.filter_map(|it| Some(self::refused(loaded?, it)));
    json!({
        "seed": run.seed,
        "endsAt": run.world.now().0,
        "budgetExhaustedAt": run.exhausted.map(|at| at.0),
        "events": run.log.len(),
        "digest": format!("{:016x}", digest(log.as_bytes())),
        "services": services(&run.world),
        "measures": measures.collect::<Map<String, Value>>(),
        "assertions": run.outcomes.iter().map(outcome).collect::<Vec<_>>(),
        "refusedInputs": refused.collect::<Vec<_>>(),
    })
}

fn services(world: &World) -> Vec<Value> {
    let (model, state) = (world.model(), world.control());
    let service = |(at, compiled): (ServiceIx, &stowplan_core::model::Service)| {
        let (running, pending) = state.counts(at);
        let known = state.services.get(&at);
        let deployments = known.into_iter().flat_map(|known| &known.deployments);
        let deployments = deployments.map(|deployment| {
            json!({
                "id": deployment.id.to_string(),
                "taskDefinition": model.definition(deployment.task_definition).name(),
                "rolloutState": deployment.rollout_state.name(),
            })
        });
        json!({
            "service": compiled.name,
            "desired": state.desired_count(model, at),
            "running": running,
            "pending": pending,
            "deployments": deployments.collect::<Vec<_>>(),
        })
    };
    model.present_services().map(service).collect()
}
