//! Placement in a run: the host's queue, daemons, zones evened out, and why a task went where.

use super::*;
use crate::control::{StartCause, explain};
use crate::id::TaskId;
use crate::view::{past_answer, task_sentence};

fn applied(design: Design, pointer: &str, value: serde_json::Value) -> Design {
    set(pointer, value).apply(&design).unwrap()
}

/// One host, and one service of one task that takes nearly all of its memory and 20 s to stop.
fn full_host() -> Design {
    let mut design = sample();
    design.container_instances.truncate(1);
    design.services.truncate(1);
    let container = "/taskDefinitions/0/containerDefinitions/0";
    design = applied(design, &format!("{container}/memory"), 1500.into());
    design = applied(
        design,
        &format!("{container}/memoryReservation"),
        1500.into(),
    );
    design = applied(design, "/services/0/desiredCount", 1.into());
    let bounds = serde_json::json!({"minimumHealthyPercent": 0, "maximumPercent": 200});
    design = applied(design, "/services/0/deploymentConfiguration", bounds);
    applied(design, "/workloads/shop~1primes/shutdownSeconds", 20.into())
}

#[test]
fn a_task_is_placed_at_once_and_waits_in_the_hosts_queue() {
    let (world, _) = run(&recording(full_host(), deploying(120)), 135);
    let (model, state) = (world.model(), world.control());
    let service = model.service_named("primes").unwrap();
    let tasks: Vec<_> = state.tasks_of(service).collect();
    let (new, task) = tasks.iter().find(|(_, task)| task.is_wanted()).unwrap();
    let (_, old) = tasks.iter().find(|(_, task)| !task.is_wanted()).unwrap();
    assert_eq!(
        old.instance, task.instance,
        "the room is free as soon as it is given up"
    );
    assert_eq!(task.created_at, old.stopped.as_ref().unwrap().at);
    assert_eq!(
        (task.last_status, task.pull_started_at),
        (TaskStatus::Pending, None)
    );
    assert!(world.is_queued(*new));
    let sentence = task_sentence(model, state, *new);
    assert!(sentence.contains("waits for room"), "{sentence}");
    // Deregistration comes a tick later and takes 30 s, stopping takes 20 s more.
    let (world, _) = run(&recording(full_host(), deploying(120)), 300);
    let (_, task) = world.control().tasks_of(service).next().unwrap();
    let waited = task.pull_started_at.unwrap().since(task.created_at);
    assert!(
        (60_000..61_000).contains(&waited.0),
        "it starts when the containers are gone, after {waited:?}"
    );
    assert_eq!(task.last_status, TaskStatus::Running);
}

#[test]
fn the_queue_is_strict_the_head_keeps_those_behind_it_waiting() {
    let mut design = full_host();
    // A second service whose small tasks would fit beside the old one.
    let mut small = design.services[0].clone();
    small.service_name = "small".into();
    small.load_balancers.clear();
    let mut definition = design.task_definitions[0].clone();
    definition.family = "small".into();
    definition.container_definitions[0].memory = Some(100);
    definition.container_definitions[0].memory_reservation = Some(100);
    design.task_definitions.push(definition);
    small.task_definition = "small:1".into();
    small.desired_count = Some(0);
    design.services.push(small);
    let mut inputs = deploying(120);
    inputs.push(at(125, edit(set("/services/1/desiredCount", 1.into()))));
    let (world, _) = run(&recording(design, inputs), 150);
    let small = world.model().service_named("small").unwrap();
    let (id, task) = world.control().tasks_of(small).next().unwrap();
    assert_eq!(
        task.last_status,
        TaskStatus::Pending,
        "there is room for it, but not its turn"
    );
    assert!(world.is_queued(id));
}

fn with_daemon() -> Design {
    let mut design = sample();
    let mut daemon = design.services[1].clone();
    daemon.service_name = "agent".into();
    daemon.scheduling_strategy = Some("DAEMON".into());
    daemon.load_balancers.clear();
    daemon.deployment_configuration = None;
    design.services.push(daemon);
    design
}

#[test]
fn a_daemon_has_a_task_on_each_host_also_on_one_that_comes() {
    let add = Edit::AddContainerInstance {
        availability_zone: "us-east-1c".into(),
        instance_type: "t3.small".into(),
    };
    let (world, log) = run(
        &recording(with_daemon(), Vec::from([at(300, edit(add))])),
        900,
    );
    let (model, state) = (world.model(), world.control());
    let agent = model.service_named("agent").unwrap();
    assert_eq!(state.desired_count(model, agent), 5);
    assert!(state.services[&agent].on.values().all(|count| *count == 1));
    assert_eq!(state.services[&agent].on.len(), 5);
    let started: Vec<String> = story(&world, &log, "(service agent) has started")
        .lines()
        .map(|line| line.split(" tasks").next().unwrap_or_default().into())
        .collect();
    assert_eq!(
        started,
        [
            "00:00:00 (service agent) has started 4",
            "00:06:40 (service agent) has started 1"
        ]
    );
    let causes = state.tasks_of(agent).map(|(_, task)| task.cause);
    assert_eq!(
        causes.filter(|cause| *cause == StartCause::Daemon).count(),
        1
    );
}

#[test]
fn a_daemon_leaves_a_host_that_its_constraint_no_longer_allows() {
    let constraint = serde_json::json!([
        {"type": "memberOf", "expression": "attribute:ecs.availability-zone != us-east-1a"}]);
    let change = edit(set("/services/2/placementConstraints", constraint));
    let (world, log) = run(&recording(with_daemon(), Vec::from([at(200, change)])), 400);
    let agent = world.model().service_named("agent").unwrap();
    assert_eq!(world.control().counts(agent), (2, 0));
    let told = story(&world, &log, "daemon tasks that violate");
    assert!(
        told.contains("has stopped 2 daemon tasks that violate"),
        "{told}"
    );
}

#[test]
fn zones_are_evened_out_once_steady_starting_before_stopping() {
    let terminate = |instance: &str| Input::TerminateInstance {
        instance: instance.into(),
    };
    let add = Edit::AddContainerInstance {
        availability_zone: "us-east-1c".into(),
        instance_type: "t3.small".into(),
    };
    let mut design = sample();
    design.services.truncate(1);
    let inputs = Vec::from([at(200, terminate("i-0d")), at(500, edit(add.clone()))]);
    let (world, log) = run(&recording(design.clone(), inputs), 1000);
    let told = story(&world, &log, "(service primes)");
    let told: Vec<&str> = told.lines().filter(|line| line.contains("AZ")).collect();
    assert_eq!(
        told,
        [
            "00:10:00 (service primes) is not AZ balanced with 2 tasks in us-east-1a, 2 tasks in \
             us-east-1b, 0 tasks in us-east-1c. AZ Rebalancing in progress.",
            "00:10:00 (service primes) has started 1 tasks in us-east-1c to AZ Rebalance: (task #).",
            "00:10:20 (service primes) is AZ balanced with 2 tasks in us-east-1a, 1 tasks in \
             us-east-1b, 1 tasks in us-east-1c.",
        ]
    );
    let reasons = log.iter().map(|event| event_line(world.model(), event));
    let rebalanced =
        reasons.filter(|line| line.contains("Availability-zone rebalancing initiated"));
    assert!(rebalanced.count() > 0, "the stop has its own reason");
    // Never below the desired count on the way.
    for second in 580..1000 {
        let (world, _) = run(
            &recording(
                design.clone(),
                Vec::from([at(200, terminate("i-0d")), at(500, edit(add.clone()))]),
            ),
            second,
        );
        assert!(
            running(world.control(), world.model(), "primes") >= 4,
            "at {second} s"
        );
    }
    let off = applied(
        design,
        "/services/0/availabilityZoneRebalancing",
        "DISABLED".into(),
    );
    let inputs = Vec::from([at(200, terminate("i-0d")), at(500, edit(add))]);
    let (world, log) = run(&recording(off, inputs), 1000);
    assert_eq!(story(&world, &log, "AZ"), "");
}

#[test]
fn a_task_that_stands_can_be_asked_why_and_asking_changes_nothing() {
    let recording = eventful();
    let mut timeline = Timeline::new(recording.clone());
    timeline.seek(Instant(1_500_000));
    let before = timeline.events().len();
    let ids: Vec<TaskId> = timeline.world().control().tasks.keys().copied().collect();
    assert!(ids.len() > 5);
    for id in ids {
        let (told, model) = timeline.explain_start(id).unwrap();
        let task = &timeline.world().control().tasks[&id];
        assert_eq!(
            told.chosen,
            Some(task.instance),
            "the replay places it alike"
        );
        assert_eq!(told.task_definition, task.task_definition);
        let answer = past_answer(&model, &told);
        assert!(answer.sentence.contains("went to"), "{}", answer.sentence);
        assert!(answer.remedies.is_empty());
    }
    assert_eq!(timeline.events().len(), before);
    assert_eq!(
        timeline.explain_start(TaskId(1)).map(|(told, _)| told),
        None
    );
}

#[test]
fn what_is_explained_next_is_what_happens_next() {
    let design = applied(sample(), "/services/0/desiredCount", 5.into());
    let raise = edit(set("/services/0/desiredCount", 6.into()));
    let (before, _) = run(&recording(design.clone(), Vec::new()), 299);
    let primes = before.model().service_named("primes").unwrap();
    let told = explain(before.model(), before.control(), primes);
    let (after, _) = run(&recording(design, Vec::from([at(300, raise)])), 310);
    let newest = after
        .control()
        .tasks_of(primes)
        .max_by_key(|(_, task)| task.created_at);
    assert_eq!(told.chosen, newest.map(|(_, task)| task.instance));
}

#[test]
fn a_host_that_registers_late_is_asked_when_it_registered() {
    let mut design = sample();
    design.container_instances.truncate(1);
    design.services.truncate(1);
    let constraint = serde_json::json!([
        {"type": "memberOf", "expression": "registeredAt > 2001-01-01"}]);
    design = applied(design, "/services/0/placementConstraints", constraint);
    // Five fit on the first host.
    design = applied(design, "/services/0/desiredCount", 6.into());
    let add = Edit::AddContainerInstance {
        availability_zone: "us-east-1b".into(),
        instance_type: "t3.small".into(),
    };
    let (world, _) = run(&recording(design, Vec::from([at(300, edit(add))])), 600);
    assert_eq!(running(world.control(), world.model(), "primes"), 6);
}

#[test]
fn zones_are_looked_at_after_a_deployment() {
    let mut design = sample();
    design.services.truncate(1);
    for at in 2..4 {
        let pointer = format!("/containerInstances/{at}/status");
        design = applied(design, &pointer, "DRAINING".into());
    }
    let activate = |host: usize| {
        let pointer = format!("/containerInstances/{host}/status");
        at(30, edit(set(&pointer, "ACTIVE".into())))
    };
    let (world, log) = run(
        &recording(design, Vec::from([activate(2), activate(3)])),
        400,
    );
    let told = story(&world, &log, "AZ Rebalanc");
    let started: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("has started"))
        .collect();
    assert!(!started.is_empty(), "it does not wait for hours: {told}");
}

#[test]
fn moving_tasks_that_do_not_stay_is_given_up() {
    let mut design = sample();
    design.services.truncate(1);
    design.services[0].load_balancers.clear();
    let add = Edit::AddContainerInstance {
        availability_zone: "us-east-1c".into(),
        instance_type: "t3.small".into(),
    };
    design.container_instances.truncate(3);
    // From then on every task that starts ends after ten seconds, before it counts as healthy.
    let crash = set("/workloads/shop~1primes/crashAfterSeconds", 10.into());
    let inputs = Vec::from([at(200, edit(crash)), at(210, edit(add))]);
    let (world, log) = run(&recording(design, inputs), 1500);
    let told = story(&world, &log, "AZ Rebalanc");
    let count = |what: &str| told.lines().filter(|line| line.contains(what)).count();
    assert_eq!(
        (count("has started"), count("stopped AZ Rebalancing")),
        (1, 1),
        "{told}"
    );
}

#[test]
fn a_daemon_that_fits_nowhere_keeps_nobody_away_and_what_is_kept_is_said() {
    let mut design = with_daemon();
    design = applied(
        design,
        "/taskDefinitions/1/containerDefinitions/0/memory",
        4096.into(),
    );
    design = applied(design, "/services/1/desiredCount", 0.into());
    let (world, _) = run(&recording(design, Vec::new()), 120);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    // The daemon's 768 MiB are kept on a host that has no task of it yet.
    let model = crate::model::compile(&with_daemon(), None).model;
    let state = ControlState::registered(&model, 1);
    let mut trial = crate::control::Trial::of(&model, state);
    let primes = model.service_named("primes").unwrap();
    while trial.place(primes).is_some() {}
    let told = trial.explain(primes);
    let answer = crate::view::answer(&model, &told);
    assert!(
        answer
            .sentence
            .contains("4 keep what is free for daemon tasks"),
        "{}",
        answer.sentence
    );
}
