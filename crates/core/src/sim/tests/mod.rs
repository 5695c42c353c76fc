//! Whole stories on the sample, told as listed events; and the laws of time travel.

mod anything;
mod asked;
mod books;
mod bounds;
mod calls;
mod classic;
mod containers;
mod deployments;
mod discovery;
mod failing;
mod faults;
mod health;
mod hosts;
mod interplay;
mod judging;
mod metrics;
mod placing;
mod pulls;
mod requests;
mod routes;
mod shares;
mod targets;
mod traffic;
mod travel;

use super::*;
use crate::control::{ControlState, EventKind, RolloutState, TaskStatus};
use crate::design::{Design, Edit, sample};
use crate::draw::{Stream, draw_below};
use crate::time::Millis;
use crate::view::{event_is_listed, event_line, event_text};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

fn recording(design: Design, inputs: Vec<StampedInput>) -> Recording {
    Recording {
        design: Arc::new(design),
        seed: 7,
        inputs,
        traffic: Vec::new(),
    }
}

fn at(seconds: u64, input: Input) -> StampedInput {
    StampedInput {
        at: Millis::seconds(seconds),
        input,
    }
}

fn set(pointer: &str, value: serde_json::Value) -> Edit {
    Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    }
}

/// A new revision of `primes` and its deployment at one moment.
fn deploying(seconds: u64) -> Vec<StampedInput> {
    let family = "primes".into();
    let (service, task_definition) = ("primes".into(), "primes:2".into());
    let deploy = Edit::Deploy {
        service,
        task_definition,
    };
    Vec::from([
        at(seconds, edit(Edit::AddRevision { family })),
        at(seconds, edit(deploy)),
    ])
}

/// Inputs as a scenario file has them.
fn inputs(text: &str) -> Vec<StampedInput> {
    crate::source::read(text).unwrap()
}

/// The story of `about` on `design` under the inputs of `text`, from `from` seconds on.
fn told(design: Design, text: &str, (from, until): (u64, u64), about: &str) -> String {
    let (world, log) = run(&recording(design, inputs(text)), until);
    let late = |event: &Event| event.at >= Instant(from * 1000);
    let log: Vec<Event> = log.into_iter().filter(late).collect();
    story(&world, &log, about)
}

/// One service `web` of one task with the containers of `text` and a workload, on one host.
fn alone(containers: &str, workload: &str) -> Design {
    let text = format!(
        r#"{{"stowplan":1,"clusters":[{{"clusterName":"c"}}],
        "containerInstances":[{{"ec2InstanceId":"i-a","instanceType":"m5.large","availabilityZone":"z-a"}}],
        "taskDefinitions":[{{"family":"web","networkMode":"bridge","containerDefinitions":{containers}}}],
        "services":[{{"serviceName":"web","taskDefinition":"web:1","desiredCount":1}}],
        "workloads":{{"c/web":{workload}}}}}"#
    );
    let design = Design::read(&text).unwrap();
    let found = crate::model::compile(&design, None).diagnostics;
    let is_error =
        |it: &&crate::model::Diagnostic| it.problem.severity() == crate::severity::Severity::Error;
    assert_eq!(found.iter().find(is_error), None);
    design
}

/// What becomes of the first task: its statuses with the second and its exit codes in the end.
fn life(design: Design, text: &str, until: u64) -> String {
    let (world, log) = run(&recording(design, inputs(text)), until);
    let mut first = None;
    let mut lines = String::new();
    for event in &log {
        let crate::control::EventKind::TaskStatusChanged {
            task,
            last_status,
            stopped,
            instance,
            ..
        } = &event.kind
        else {
            continue;
        };
        if *first.get_or_insert(*task) != *task {
            continue;
        }
        let reason = stopped.as_ref().map(|cause| {
            let reason = crate::view::stopped_reason(world.model(), *instance, cause);
            format!(" ({reason})")
        });
        let (seconds, rest) = (event.at.0 / 1000, event.at.0 % 1000);
        let name = last_status.name();
        lines += &format!("{seconds}.{rest:03} {name}{}\n", reason.unwrap_or_default());
    }
    let task = first.and_then(|task| world.control().tasks.get(&task));
    if let Some(task) = task.filter(|task| !task.exit_codes.is_empty()) {
        let document = &world.model().definition(task.task_definition).document;
        for (at, code) in &task.exit_codes {
            let name = &document.container_definitions[*at].name;
            lines += &format!("{name} {code}\n");
        }
    }
    lines
}

fn edit(change: Edit) -> Input {
    Input::Edit { change }
}

/// The listed events of one service (or of none) with ids shortened to `#`, a line each.
fn story(world: &World, log: &[Event], about: &str) -> String {
    let lines = log
        .iter()
        .filter(|event| event_is_listed(event))
        .filter_map(|event| {
            let text = event_text(world.model(), event);
            text.contains(about)
                .then(|| format!("{} {}\n", event.at, without_ids(&text)))
        });
    lines.collect()
}

/// Replaces every run of 19 or more digits or hexadecimal digits by `#`.
fn without_ids(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let hex = word.chars().filter(char::is_ascii_hexdigit).count();
        let cleaned = if hex >= 19 {
            let tail: String = word
                .chars()
                .rev()
                .take_while(|c| !c.is_ascii_hexdigit())
                .collect();
            let tail: String = tail.chars().rev().collect();
            let head = if word.starts_with("ecs-svc/") {
                "ecs-svc/"
            } else {
                ""
            };
            format!("{head}#{tail}")
        } else {
            word.to_string()
        };
        words.push(cleaned);
    }
    words.join(" ")
}

fn run(recording: &Recording, seconds: u64) -> (World, Vec<Event>) {
    simulate(recording, Instant(seconds * 1000))
}

fn running(control: &ControlState, model: &crate::model::Model, service: &str) -> u32 {
    control.counts(model.service_named(service).unwrap()).0
}

fn first_task(seconds: u64, inputs: &[StampedInput]) -> String {
    let (world, _) = run(&recording(sample(), inputs.to_vec()), seconds);
    let service = world.model().service_named("primes").unwrap();
    let (id, _) = world.control().tasks_of(service).next().unwrap();
    id.to_string()
}

fn eventful() -> Recording {
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(
            150,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(150, edit(deploy)),
        at(
            171,
            Input::TerminateInstance {
                instance: "i-0d".into(),
            },
        ),
        at(300, edit(set("/services/1/desiredCount", 5.into()))),
        at(
            300,
            Input::TerminateInstance {
                instance: "nowhere".into(),
            },
        ),
    ]);
    recording(sample(), inputs)
}

fn lines(model: &crate::model::Model, log: &[Event]) -> Vec<String> {
    log.iter().map(|event| event_line(model, event)).collect()
}

/// The sample's `primes` without load balancer: health is 40 s of RUNNING, nothing drains.
fn without_balancer() -> Design {
    let mut design = sample();
    design.services[0].load_balancers.clear();
    design
}

#[test]
fn a_first_deployment_reaches_a_steady_state() {
    let (world, log) = run(&recording(sample(), Vec::new()), 300);
    let expected = "\
00:00:00 (service primes) ECS deployment ecs-svc/# in progress: primes:1
00:00:00 (service primes) has started 4 tasks: (task #) (task #) (task #) (task #).
00:00:01 (service primes) registered 1 targets in (target-group primes-tg)
00:00:01 (service primes) registered 1 targets in (target-group primes-tg)
00:00:01 (service primes) registered 1 targets in (target-group primes-tg)
00:00:01 (service primes) registered 1 targets in (target-group primes-tg)
00:01:10 (service primes) ECS deployment ecs-svc/# completed: primes:1
00:01:10 (service primes) (deployment ecs-svc/#) deployment completed.
00:01:10 (service primes) has reached a steady state.
";
    assert_eq!(story(&world, &log, "(service primes)"), expected);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    assert_eq!(running(world.control(), world.model(), "edges"), 3);
}

#[test]
fn a_task_passes_through_every_status_in_order() {
    let inputs = Vec::from([at(120, edit(set("/services/0/desiredCount", 3.into())))]);
    let (world, log) = run(&recording(sample(), inputs), 300);
    let stopped = world
        .control()
        .tasks
        .iter()
        .find(|(_, task)| task.stopped_at.is_some());
    let (id, _) = stopped.expect("one of four tasks was stopped");
    let statuses: Vec<&str> = log
        .iter()
        .filter_map(|event| {
            let crate::control::EventKind::TaskStatusChanged {
                task, last_status, ..
            } = &event.kind
            else {
                return None;
            };
            (task == id).then(|| last_status.name())
        })
        .collect();
    assert_eq!(
        statuses,
        [
            "PROVISIONING",
            "PENDING",
            "ACTIVATING",
            "RUNNING",
            "DEACTIVATING",
            "STOPPING",
            "DEPROVISIONING",
            "STOPPED"
        ]
    );
}

#[test]
fn a_rolling_update_starts_new_tasks_before_it_stops_old_ones() {
    let inputs = deploying(120);
    let recording = recording(sample(), inputs);
    let (world, log) = run(&recording, 600);
    let log: Vec<Event> = log
        .into_iter()
        .filter(|event| event.at >= Instant(120_000))
        .collect();
    let expected = "\
00:02:00 (service primes) ECS deployment ecs-svc/# in progress: primes:2
00:02:00 (service primes) has started 4 tasks: (task #) (task #) (task #) (task #).
00:02:01 (service primes) registered 4 targets in (target-group primes-tg)
00:02:20 (service primes) has stopped 4 running tasks: (task #) (task #) (task #) (task #).
00:02:30 (service primes) deregistered 4 targets in (target-group primes-tg)
00:02:30 (service primes, taskSet ecs-svc/#) has begun draining connections on 4 tasks.
00:03:20 (service primes) ECS deployment ecs-svc/# completed: primes:2
00:03:20 (service primes) (deployment ecs-svc/#) deployment completed.
00:03:20 (service primes) has reached a steady state.
";
    assert_eq!(story(&world, &log, "(service primes"), expected);
    let definitions: Vec<String> = world
        .control()
        .tasks_of(world.model().service_named("primes").unwrap())
        .map(|(_, task)| world.model().definition(task.task_definition).name())
        .collect();
    assert_eq!(definitions, ["primes:2"; 4]);
}

#[test]
fn minimum_healthy_percent_is_kept_at_every_moment_of_a_rollout() {
    // Safety: our own acts never take the service below ceil(desired × minimumHealthyPercent)
    // running tasks, nor above floor(desired × maximumPercent) that count.
    for (minimum, maximum) in [(100, 200), (50, 200), (50, 100), (75, 125), (0, 100)] {
        let design = set(
            "/services/0/deploymentConfiguration/minimumHealthyPercent",
            minimum.into(),
        )
        .apply(&sample())
        .unwrap();
        let design = set(
            "/services/0/deploymentConfiguration/maximumPercent",
            maximum.into(),
        )
        .apply(&design)
        .unwrap();
        let inputs = deploying(200);
        let mut world = World::new(&recording(design, inputs));
        let mut log = Vec::new();
        world.run(Instant(200_000), &mut log);
        let service = world.model().service_named("primes").unwrap();
        while world.now() < Instant(1_500_000) {
            world.step(&mut log);
            let compiled = world.model().service(service);
            let wanted = world
                .control()
                .tasks_of(service)
                .filter(|(_, task)| task.is_wanted());
            let (mut running, mut all) = (0, 0);
            for (_, task) in wanted {
                all += 1;
                running += u32::from(task.last_status == TaskStatus::Running);
            }
            assert!(
                running >= compiled.lower_bound(),
                "{minimum}/{maximum} at {}",
                world.now()
            );
            assert!(
                all <= compiled.upper_bound(),
                "{minimum}/{maximum} at {}",
                world.now()
            );
        }
        let known = &world.control().services[&service];
        let primary = known.primary().unwrap();
        assert_eq!(
            primary.rollout_state,
            RolloutState::Completed,
            "{minimum}/{maximum}"
        );
        assert_eq!(
            world.model().definition(primary.task_definition).name(),
            "primes:2"
        );
    }
}

#[test]
fn bounds_that_let_nothing_move_are_told() {
    let design = set(
        "/services/0/deploymentConfiguration/maximumPercent",
        100.into(),
    )
    .apply(&sample())
    .unwrap();
    let inputs = deploying(200);
    let (world, log) = run(&recording(design, inputs), 900);
    let blocked = story(
        &world,
        &log,
        "was unable to stop or start tasks during a deployment",
    );
    assert_eq!(blocked.lines().count(), 1, "said once: {blocked}");
}

#[test]
fn a_service_without_load_balancer_stops_what_it_no_longer_wants() {
    let inputs = Vec::from([at(120, edit(set("/services/0/desiredCount", 2.into())))]);
    let (world, _) = run(&recording(without_balancer(), inputs), 200);
    let service = world.model().service_named("primes").unwrap();
    let statuses: Vec<TaskStatus> = world
        .control()
        .tasks_of(service)
        .map(|(_, task)| task.last_status)
        .collect();
    assert_eq!(statuses, [TaskStatus::Running; 2]);
    let stopped = world
        .control()
        .tasks
        .values()
        .filter(|it| it.last_status == TaskStatus::Stopped);
    assert_eq!(stopped.count(), 2);
}

#[test]
fn stopping_tasks_count_towards_the_upper_bound() {
    // Minimum 0 and maximum 100 percent: the old tasks must be gone before new ones start.
    let mut design = without_balancer();
    let bounds = design.services[0]
        .deployment_configuration
        .get_or_insert_default();
    (bounds.minimum_healthy_percent, bounds.maximum_percent) = (Some(0), Some(100));
    design
        .workloads
        .get_mut("shop/primes")
        .unwrap()
        .shutdown_seconds = Some(25);
    let inputs = deploying(120);
    let mut world = World::new(&recording(design, inputs));
    while world.now() < Instant(300_000) {
        world.step(&mut Vec::new());
        let service = world.model().service_named("primes").unwrap();
        let counted = world
            .control()
            .tasks_of(service)
            .filter(|(_, task)| task.is_wanted() || task.last_status == TaskStatus::Stopping);
        assert!(counted.count() <= 4, "at {}", world.now());
    }
}

#[test]
fn a_changed_load_balancer_starts_a_deployment() {
    let wire = serde_json::json!([{ "targetGroupArn": "primes-tg", "containerName": "primes",
        "containerPort": 8080 }]);
    let inputs = Vec::from([at(200, edit(set("/services/0/loadBalancers", wire)))]);
    let (world, _) = run(&recording(without_balancer(), inputs), 500);
    let service = world.model().service_named("primes").unwrap();
    let mut tasks = world.control().tasks_of(service);
    assert!(tasks.all(|(_, task)| task.targets.iter().any(|it| it.health.name() == "healthy")));
    assert_eq!(world.control().deployments_started, 3);
}
