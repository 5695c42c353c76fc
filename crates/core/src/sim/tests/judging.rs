//! Scenarios with assertions: what is recorded equals what a count of everything gives at every
//! moment, budgets end a run, and what cannot be is told with its place.

use super::*;
use crate::assert::{Expression, Metric, Selector};
use crate::control::{InstanceStatus, TaskHealth, task_health};
use crate::id::ServiceIx;
use crate::sim::metrics::Recorder;
use crate::view::{outcome_sentence, refused_sentence, scenario_fault_words};
use alloc::collections::BTreeSet;

fn scenario(inputs: Vec<StampedInput>, assert: &[&str]) -> Scenario {
    Scenario {
        duration: Some(Millis::minutes(20)),
        inputs,
        assert: assert.iter().map(ToString::to_string).collect(),
        ..Scenario::default()
    }
}

fn judged(scenario: &Scenario) -> ScenarioRun {
    let prepared = Prepared::new(Arc::new(sample()), scenario, None).unwrap();
    run_scenario(&prepared, 7, TURNS_DEFAULT)
}

fn sentences(run: &ScenarioRun) -> Vec<String> {
    let verdict = |passed| if passed { "holds" } else { "fails" };
    let outcomes = run.outcomes.iter();
    outcomes
        .map(|it| {
            format!(
                "{} {}: {}",
                verdict(it.passed),
                it.text,
                outcome_sentence(it)
            )
        })
        .collect()
}

/// The metric of a service or of all, counted afresh.
fn counted(world: &World, metric: Metric, service: Option<&str>) -> f64 {
    let (state, model, now) = (world.control(), world.model(), world.now());
    let services = model.present_services();
    let services = services.filter(|(_, it)| service.is_none_or(|name| name == it.name));
    let services: Vec<_> = services.map(|(at, _)| at).collect();
    let tasks = || {
        let tasks = services.iter().flat_map(|service| state.tasks_of(*service));
        tasks.filter(|(_, task)| task.is_wanted())
    };
    let healthy = |wanted| {
        let tasks = tasks().filter(|(_, task)| task_health(model, task, now) == wanted);
        u32::try_from(tasks.count()).unwrap()
    };
    let there = || {
        let hosts = state.instances.iter();
        hosts.filter(|(_, it)| it.status != InstanceStatus::Inactive)
    };
    if metric == Metric::MemoryReservation {
        let reserved: u32 = there().map(|(_, it)| it.reserved.memory.0).sum();
        let registered = there().map(|(at, _)| model.instance(*at).registered.memory.0);
        return f64::from(reserved) / f64::from(registered.sum::<u32>().max(1));
    }
    let sum = |count: &dyn Fn(ServiceIx) -> u32| services.iter().map(|it| count(*it)).sum();
    let counts: [(Metric, u32); 6] = [
        (Metric::RunningTasks, sum(&|it| state.counts(it).0)),
        (Metric::PendingTasks, sum(&|it| state.counts(it).1)),
        (
            Metric::DesiredTasks,
            sum(&|it| state.desired_count(model, it)),
        ),
        (Metric::HealthyTasks, healthy(TaskHealth::Healthy)),
        (Metric::UnhealthyTasks, healthy(TaskHealth::Unhealthy)),
        (
            Metric::RegisteredInstances,
            u32::try_from(there().count()).unwrap(),
        ),
    ];
    let counted = counts.iter().find(|(known, _)| *known == metric);
    f64::from(counted.expect("the metric has an oracle").1)
}

#[test]
fn what_is_recorded_equals_a_count_of_everything_at_every_turn() {
    let texts = [
        "last(running_tasks)",
        "last(pending_tasks)",
        "last(healthy_tasks)",
        "last(unhealthy_tasks)",
        "last(registered_instances)",
        "last(memory_reservation)",
        "last(desired_tasks)",
        "last(healthy_tasks{service=edges})",
    ];
    let read = |text: &&str| Expression::parse(text).unwrap();
    let wanted: Vec<Expression> = texts.iter().map(read).collect();
    let selectors: BTreeSet<Selector> = wanted
        .iter()
        .flat_map(|it| it.selectors().into_iter().cloned())
        .collect();
    let mut without = eventful();
    without.design = Arc::new(without_balancer());
    for recording in [eventful(), without] {
        let mut world = World::new(&recording);
        let mut recorder = Recorder::new(&selectors, &world);
        let (mut log, end) = (Vec::new(), Instant(20 * 60_000));
        while world.next_at().is_some_and(|at| at <= end) {
            let told = log.len();
            world.step(&mut log);
            recorder.see(&world, &log[told..], world.next_at().unwrap_or(end));
            let records = recorder.clone().finish();
            let to = world.now();
            let window = crate::assert::Window { from: to, to };
            for expression in &wanted {
                let selector = *expression.selectors().first().unwrap();
                let measured = crate::assert::measure(expression, &records, window);
                let service = selector.labels.service.as_deref();
                let expected = counted(&world, selector.metric, service);
                let metric = selector.metric.name();
                assert_eq!(measured.value, Ok(expected), "{metric} at {to}");
            }
        }
    }
}

#[test]
fn health_that_comes_with_time_alone_is_stamped_when_it_comes() {
    let design = Arc::new(without_balancer());
    let scenario = scenario(Vec::new(), &["healthy_tasks{service=primes} >= 4 after 1s"]);
    let prepared = Prepared::new(design, &scenario, None).unwrap();
    let run = run_scenario(&prepared, 7, TURNS_DEFAULT);
    let service = run.world.model().service_named("primes").unwrap();
    let started = run.world.control().tasks_of(service);
    let last = started.filter_map(|(_, task)| task.started_at).max();
    let healthy_at = last.unwrap() + Millis::seconds(40);
    let text = |at: Instant| format!("healthy_tasks{{service=primes}} >= 4 after {}ms", at.0);
    let holds = |text: String| {
        let scenario = super::judging::scenario(Vec::new(), &[&text]);
        let design = Arc::new(without_balancer());
        let prepared = Prepared::new(design, &scenario, None).unwrap();
        run_scenario(&prepared, 7, TURNS_DEFAULT).passed()
    };
    assert!(holds(text(healthy_at)));
    assert!(!holds(text(Instant(healthy_at.0 - 1))));
}

#[test]
fn a_scenario_is_judged_with_values_and_moments() {
    let mut inputs = deploying(240);
    inputs.push(at(
        600,
        Input::TerminateInstance {
            instance: "i-0d".into(),
        },
    ));
    let scenario = scenario(
        inputs,
        &[
            "availability >= 99.9% after 3m",
            "min(healthy_tasks{service=primes}) >= 4 after 3m",
            "min(healthy_tasks) >= 7 after 3m",
            "deploy_duration{service=primes} < 8m",
            "deploy_duration < 1m",
            "deploy_duration{service=edges} < 8m",
            "time_to_steady_state < 5m",
            "registered_instances == 3 at 11m",
            "failed_tasks == 0",
            "stopped_tasks{service=primes} >= 4",
            "max(memory_reservation) <= 100%",
        ],
    );
    let run = judged(&scenario);
    let expected = "\
holds availability >= 99.9% after 3m: 100%
fails min(healthy_tasks{service=primes}) >= 4 after 3m: 3, wanted >= 4: first at 00:10:00
fails min(healthy_tasks) >= 7 after 3m: 5, wanted >= 7: first at 00:10:00
holds deploy_duration{service=primes} < 8m: 1m20s
fails deploy_duration < 1m: 1m20s, wanted < 1m: first at 00:05:00
fails deploy_duration{service=edges} < 8m: nothing to measure: no deployment begins within the time
holds time_to_steady_state < 5m: 1m20s
holds registered_instances == 3 at 11m: 3
holds failed_tasks == 0: 0
holds stopped_tasks{service=primes} >= 4: 5
holds max(memory_reservation) <= 100%: 69.46%";
    assert_eq!(sentences(&run).join("\n"), expected);
    assert!(!run.passed());
}

#[test]
fn an_input_without_effect_is_told_with_its_place_and_a_name() {
    let terminate = |seconds, instance: &str| {
        let instance = instance.into();
        at(seconds, Input::TerminateInstance { instance })
    };
    let inputs = Vec::from([
        terminate(300, "i-0a"),
        terminate(60, "i-0"),
        terminate(301, "i-0a"),
    ]);
    let run = judged(&scenario(inputs, &[]));
    let told: Vec<String> = run
        .refused
        .iter()
        .map(|it| format!("{} {}", it.input, refused_sentence(it)))
        .collect();
    assert_eq!(
        told,
        [
            "1 `terminate i-0` had no effect at 00:01:00: no host `i-0` is registered; did you mean \
             `i-0a`?",
            "2 `terminate i-0a` had no effect at 00:05:01: no host `i-0a` is registered; did you \
             mean `i-0b`?",
        ]
    );
}

#[test]
fn a_budget_ends_a_run_and_nothing_is_judged() {
    let scenario = scenario(Vec::new(), &["availability >= 0%"]);
    let prepared = Prepared::new(Arc::new(sample()), &scenario, None).unwrap();
    let run = run_scenario(&prepared, 7, 20);
    assert_eq!(run.turns, 20);
    assert!(run.exhausted.is_some() && run.outcomes.is_empty() && !run.passed());
    assert!(run_scenario(&prepared, 7, TURNS_DEFAULT).passed());
}

#[test]
fn what_can_never_happen_is_told_with_its_place() {
    let terminate = Input::TerminateInstance {
        instance: "i-0a".into(),
    };
    let mut scenario = scenario(
        Vec::from([at(60, terminate.clone()), at(1201, terminate)]),
        &["availability >= 1%", "healthy_tasks >= 1 at 30m", "nothing"],
    );
    scenario.measure_from = Some(Millis::minutes(20));
    let told = |scenario: &Scenario| -> Vec<String> {
        let faults = Prepared::new(Arc::new(sample()), scenario, None).unwrap_err();
        let words =
            |it: &ScenarioFault| format!("{}: {}", it.pointer, scenario_fault_words(it).message);
        faults.iter().map(words).collect()
    };
    assert_eq!(
        told(&scenario),
        [
            "/inputs/1/at: this happens at PT20M1S, but the run ends at PT20M",
            "/measureFrom: measuring begins at PT20M, but the run ends at PT20M",
            "/assert/1: the run ends at 00:20:00, so that nothing is left of this time",
            "/assert/2: `nothing` is no metric and no aggregate",
        ]
    );
    scenario.measure_from = None;
    scenario.assert.clear();
    scenario.duration = Some(Millis::minutes(60 * 24 * 31 + 1));
    assert_eq!(
        told(&scenario),
        ["/duration: a run of PT744H1M is longer than PT744H"]
    );
}

#[test]
fn names_that_an_edit_brings_can_be_measured() {
    let change = Edit::AddService {
        cluster: "shop".into(),
    };
    let added = change.apply(&sample()).unwrap();
    let name = &added.services.last().unwrap().service_name;
    let text = format!("last(desired_tasks{{service={name}}}) >= 1");
    let run = judged(&scenario(Vec::from([at(60, edit(change))]), &[&text]));
    assert!(run.passed(), "{:?}", sentences(&run));
}
