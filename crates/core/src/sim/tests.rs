//! Whole stories on the sample, told as listed events; and the laws of time travel.

use super::*;
use crate::control::{ControlState, RolloutState, TaskStatus};
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
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(
            120,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(120, edit(deploy)),
    ]);
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
00:02:30 (service primes) has begun draining connections on 4 tasks.
00:03:20 (service primes) ECS deployment ecs-svc/# completed: primes:2
00:03:20 (service primes) (deployment ecs-svc/#) deployment completed.
00:03:20 (service primes) has reached a steady state.
";
    assert_eq!(story(&world, &log, "(service primes)"), expected);
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
        let deploy = Edit::Deploy {
            service: "primes".into(),
            task_definition: "primes:2".into(),
        };
        let inputs = Vec::from([
            at(
                200,
                edit(Edit::AddRevision {
                    family: "primes".into(),
                }),
            ),
            at(200, edit(deploy)),
        ]);
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
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(
            200,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(200, edit(deploy)),
    ]);
    let (world, log) = run(&recording(design, inputs), 900);
    let blocked = story(
        &world,
        &log,
        "was unable to stop or start tasks during a deployment",
    );
    assert_eq!(blocked.lines().count(), 1, "said once: {blocked}");
}

fn first_task(seconds: u64, inputs: &[StampedInput]) -> String {
    let (world, _) = run(&recording(sample(), inputs.to_vec()), seconds);
    let service = world.model().service_named("primes").unwrap();
    let (id, _) = world.control().tasks_of(service).next().unwrap();
    id.to_string()
}

#[test]
fn a_crashed_task_is_replaced_and_its_target_deregistered() {
    let task = first_task(120, &[]);
    let inputs = Vec::from([at(125, Input::CrashTask { task, exit_code: 3 })]);
    let (world, log) = run(&recording(sample(), inputs), 400);
    let log: Vec<Event> = log
        .into_iter()
        .filter(|event| event.at >= Instant(125_000))
        .collect();
    let expected = "\
00:02:10 (service primes) deregistered 1 targets in (target-group primes-tg)
00:02:10 (service primes) has begun draining connections on 1 tasks.
00:02:10 (service primes) has started 1 tasks: (task #).
00:02:11 (service primes) registered 1 targets in (target-group primes-tg)
00:03:20 (service primes) has reached a steady state.
";
    assert_eq!(story(&world, &log, "(service primes)"), expected);
    let crash = story(&world, &log, "exit code 3");
    assert!(
        crash.contains("Essential container in task exited (EssentialContainerExited)"),
        "{crash}"
    );
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn an_old_task_that_ends_during_a_rollout_is_replaced_from_its_own_revision() {
    // The new revision never answers, so the old one must hold the lower bound by itself.
    let task = first_task(120, &[]);
    let slow = edit(set("/workloads/shop~1primes/startupSeconds", 3000.into()));
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(120, slow),
        at(
            120,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(120, edit(deploy)),
        at(150, Input::CrashTask { task, exit_code: 1 }),
    ]);
    let (world, _) = run(&recording(sample(), inputs), 240);
    let service = world.model().service_named("primes").unwrap();
    let of_old = world.control().tasks.values().filter(|task| {
        task.service == service
            && world.model().definition(task.task_definition).revision == 1
            && task.created_at > Instant(120_000)
    });
    assert_eq!(of_old.count(), 1, "one replacement of the old revision");
    assert_eq!(world.control().services[&service].deployments.len(), 2);
}

#[test]
fn completing_a_deployment_forgets_what_older_ones_had_lost() {
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(
            180,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(180, edit(deploy)),
        at(
            195,
            Input::TerminateInstance {
                instance: "i-0d".into(),
            },
        ),
        at(
            900,
            Input::TerminateInstance {
                instance: "i-0c".into(),
            },
        ),
    ]);
    let (world, log) = run(&recording(sample(), inputs), 1500);
    let service = world.model().service_named("primes").unwrap();
    assert_eq!(world.control().services[&service].deployments.len(), 1);
    let revisions: Vec<u32> = world
        .control()
        .tasks_of(service)
        .map(|(_, task)| world.model().definition(task.task_definition).revision)
        .collect();
    assert_eq!(revisions, [2; 4]);
    assert!(!story(&world, &log, "(service primes)").contains("pending tasks"));
}

#[test]
fn a_stopped_task_is_signalled_before_it_drains() {
    // StopTask does not wait for the load balancer (ecs.md 1.3).
    let task = first_task(120, &[]);
    let inputs = Vec::from([at(125, Input::StopTask { task })]);
    let (world, log) = run(&recording(sample(), inputs), 128);
    let stopped = world
        .control()
        .tasks
        .values()
        .find(|task| task.stopped.is_some())
        .unwrap();
    assert_eq!(stopped.last_status, TaskStatus::Stopped);
    assert!(
        stopped
            .targets
            .iter()
            .all(|target| target.health.name() == "healthy")
    );
    assert!(log.len() > 10);
}

#[test]
fn a_lost_host_takes_its_tasks_along_and_they_are_placed_elsewhere() {
    let inputs = Vec::from([at(
        125,
        Input::TerminateInstance {
            instance: "i-0c".into(),
        },
    )]);
    let (world, log) = run(&recording(sample(), inputs), 400);
    let lost = world.model().instance_named("i-0c").unwrap();
    assert_eq!(world.control().tasks_on(lost).count(), 0);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    assert_eq!(running(world.control(), world.model(), "edges"), 3);
    let listed = story(&world, &log, "container instance i-0c");
    assert!(
        listed.ends_with("00:02:05 container instance i-0c is INACTIVE\n"),
        "{listed}"
    );
    let reason = world
        .control()
        .tasks
        .values()
        .find(|task| task.instance == lost)
        .unwrap();
    let cause = &reason.stopped.as_ref().unwrap().cause;
    assert_eq!(
        crate::view::stopped_reason(world.model(), lost, cause),
        "Host EC2 (instance i-0c) terminated."
    );
}

#[test]
fn a_task_that_does_not_fit_is_told_once_and_placed_when_a_host_comes() {
    let huge = set(
        "/taskDefinitions/0/containerDefinitions/0/memoryReservation",
        3000.into(),
    );
    let design = huge.apply(&sample()).unwrap();
    // One such task fits on each of the four hosts.
    let design = set("/services/0/desiredCount", 5.into())
        .apply(&design)
        .unwrap();
    let add = Edit::AddContainerInstance {
        availability_zone: "us-east-1c".into(),
        instance_type: "m5.large".into(),
    };
    let (world, log) = run(&recording(design, Vec::from([at(600, edit(add))])), 900);
    let told = story(&world, &log, "was unable to place a task");
    let expected = "(service primes) was unable to place a task because no container instance met \
        all of its requirements. The closest matching container-instance i-0a has insufficient \
        memory available.";
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains(expected), "{told}");
    assert_eq!(running(world.control(), world.model(), "primes"), 5);
}

#[test]
fn an_application_slower_than_its_grace_period_is_killed_and_told() {
    let slow = set("/workloads/shop~1primes/startupSeconds", 600.into());
    let design = slow.apply(&sample()).unwrap();
    let (world, log) = run(&recording(design, Vec::new()), 400);
    let told = story(&world, &log, "is unhealthy in (target-group primes-tg)");
    assert!(
        told.contains("due to (reason Health checks failed)"),
        "{told}"
    );
    assert!(world.control().tasks.values().any(|task| {
        let cause = task.stopped.as_ref().map(|stopped| &stopped.cause);
        matches!(
            cause,
            Some(crate::control::StoppedCause::Scheduler(
                crate::control::StopCause::UnhealthyTarget { .. }
            ))
        )
    }));
}

#[test]
fn a_deleted_service_and_host_wind_down() {
    let remove = |part| edit(Edit::Remove { part });
    let inputs = Vec::from([
        at(120, remove(crate::design::Part::Service("primes".into()))),
        at(
            130,
            remove(crate::design::Part::ContainerInstance("i-0a".into())),
        ),
    ]);
    let (world, _) = run(&recording(sample(), inputs), 400);
    let service = world.model().service_named("primes").unwrap();
    assert_eq!(world.control().tasks_of(service).count(), 0);
    assert_eq!(running(world.control(), world.model(), "edges"), 3);
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

#[test]
fn seeking_equals_the_straight_run() {
    let recording = eventful();
    let mut timeline = Timeline::new(recording.clone());
    timeline.seek(Instant(900_000));
    for n in 0..40 {
        let to = Instant(draw_below(11, Stream::Probe, n, 900_000));
        timeline.seek(to);
        let (straight, log) = simulate(&recording, to);
        assert_eq!(timeline.now(), to);
        assert!(
            timeline.world().control() == straight.control(),
            "state at {to}"
        );
        assert_eq!(
            lines(straight.model(), timeline.events()),
            lines(straight.model(), &log)
        );
    }
}

#[test]
fn what_if_equals_a_run_that_knew_the_input_from_the_start() {
    let mut timeline = Timeline::new(eventful());
    timeline.seek(Instant(900_000));
    for (n, seconds) in [(0_u64, 600), (1, 200), (2, 170), (3, 0)] {
        timeline.seek(Instant(seconds * 1000));
        let dropped = timeline.input(Input::TerminateInstance {
            instance: "i-0c".into(),
        });
        assert!(dropped > 0 || n == 0, "input {n} drops the future");
        timeline.seek(Instant(seconds * 1000 + 400_000));
        let (straight, log) = simulate(timeline.recording(), timeline.now());
        assert!(
            timeline.world().control() == straight.control(),
            "state after input {n}"
        );
        assert_eq!(
            lines(straight.model(), timeline.all_events()),
            lines(straight.model(), &log)
        );
        // Going back over the input and forth again shows it as well.
        timeline.seek(Instant(seconds * 1000 / 2));
        timeline.seek(Instant(seconds * 1000 + 300_000));
        let (straight, _) = simulate(timeline.recording(), timeline.now());
        assert!(
            timeline.world().control() == straight.control(),
            "seek after input {n}"
        );
    }
}

#[test]
fn a_refused_input_is_told_and_changes_nothing() {
    let (world, log) = run(&eventful(), 301);
    let refused = story(&world, &log, "input had no effect");
    assert!(
        refused.contains("no host `nowhere` is registered"),
        "{refused}"
    );
}

#[test]
fn capacity_is_never_exceeded_whatever_happens() {
    // Safety under faults: random hosts die, tasks crash, counts and revisions change.
    for seed in 0..8 {
        let mut inputs = Vec::new();
        for n in 0..12 {
            let pick = |bound| draw_below(seed, Stream::Probe, n * 7 + bound, bound);
            let seconds = 60 + n * 45 + pick(40);
            inputs.push(at(
                seconds,
                match pick(4) {
                    0 => Input::TerminateInstance {
                        instance: format!("i-0{}", char::from(b'a' + pick(6) as u8)),
                    },
                    1 => edit(set("/services/0/desiredCount", pick(9).into())),
                    2 => edit(Edit::AddContainerInstance {
                        availability_zone: "us-east-1b".into(),
                        instance_type: "t3.small".into(),
                    }),
                    _ => edit(set("/services/1/desiredCount", pick(7).into())),
                },
            ));
        }
        let mut world = World::new(&Recording {
            seed,
            ..recording(sample(), inputs)
        });
        let mut log = Vec::new();
        while world.now() < Instant(900_000) {
            world.step(&mut log);
            for (instance, host) in &world.control().instances {
                let registered = world.model().instance(*instance).registered;
                assert!(
                    host.reserved.cpu <= registered.cpu,
                    "seed {seed} at {}",
                    world.now()
                );
                assert!(host.reserved.memory <= registered.memory, "seed {seed}");
                let wanted = world
                    .control()
                    .tasks_on(*instance)
                    .filter(|(_, task)| task.is_wanted());
                let sum = wanted.fold(crate::units::Resources::default(), |sum, (_, task)| {
                    sum + task.reserved
                });
                assert_eq!(sum, host.reserved, "seed {seed}: the books balance");
            }
        }
        // Liveness: once faults stop, each service is at its count or its hosts are full.
        world.run(Instant(3_600_000), &mut log);
        for (at, service) in world.model().present_services() {
            let (running, pending) = world.control().counts(at);
            let fits = crate::control::explain(world.model(), world.control(), at)
                .chosen
                .is_some();
            assert!(
                running == service.desired_count || (!fits && pending == 0),
                "seed {seed}: {} has {running} of {}",
                service.name,
                service.desired_count
            );
        }
    }
}

#[test]
fn launches_keep_to_the_documented_rate_and_quota() {
    // 1,000 tiny tasks on one big host: 83 in each tick of 10 s, so 500 in a minute at most.
    let mut design = sample();
    design.container_instances.truncate(1);
    design.container_instances[0].registered_memory = Some(1_000_000);
    design.container_instances[0].registered_cpu = Some(1_000_000);
    design.services.truncate(1);
    design.services[0].desired_count = Some(1000);
    let (world, _) = run(&recording(design.clone(), Vec::new()), 59);
    assert_eq!(world.control().tasks_started, 6 * 83);
    design.services[0].desired_count = Some(u32::MAX);
    let (world, _) = run(&recording(design, Vec::new()), 59);
    assert_eq!(
        world.control().tasks_started,
        0,
        "the service is left out with a diagnostic"
    );
}

#[test]
fn a_long_run_keeps_few_checkpoints_and_still_seeks() {
    let mut timeline = Timeline::new(eventful());
    let days = Instant::ZERO + Millis::minutes(3 * 24 * 60);
    timeline.seek(days);
    timeline.seek(Instant(171_000));
    let (straight, _) = simulate(timeline.recording(), Instant(171_000));
    assert!(timeline.world().control() == straight.control());
    assert_eq!(timeline.end(), days);
}

/// The sample's `primes` without load balancer: health is 40 s of RUNNING, nothing drains.
fn without_balancer() -> Design {
    let mut design = sample();
    design.services[0].load_balancers.clear();
    design
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
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let inputs = Vec::from([
        at(
            120,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(120, edit(deploy)),
    ]);
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

#[test]
fn a_faulty_edit_leaves_what_runs_alone() {
    let inputs = Vec::from([
        at(
            120,
            edit(set("/services/0/taskDefinition", "primes:9".into())),
        ),
        at(
            130,
            edit(set("/containerInstances/0/instanceType", "m".into())),
        ),
    ]);
    let (world, _) = run(&recording(sample(), inputs), 300);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    assert!(
        world
            .control()
            .tasks
            .values()
            .all(|task| task.stopped.is_none())
    );
}

#[test]
fn crashes_before_running_throttle_further_launches() {
    let crash = set("/workloads/shop~1primes/crashAfterSeconds", 3.into());
    let (world, log) = run(
        &recording(crash.apply(&sample()).unwrap(), Vec::new()),
        1800,
    );
    assert!(
        world.control().tasks_started < 60,
        "{} launches",
        world.control().tasks_started
    );
    assert!(
        story(&world, &log, "is unable to consistently start tasks")
            .lines()
            .count()
            == 1
    );
}

#[test]
fn an_image_that_another_task_still_pulls_is_waited_for() {
    let mut design = sample();
    design.container_instances.truncate(1);
    design.services.truncate(1);
    design.services[0].desired_count = Some(2);
    design
        .workloads
        .get_mut("shop/primes")
        .unwrap()
        .image_size_mib = Some(4000);
    let (world, _) = run(&recording(design, Vec::new()), 60);
    assert!(
        world
            .control()
            .tasks
            .values()
            .all(|task| task.pull_stopped_at.is_none())
    );
}

#[test]
fn inputs_at_every_offset_keep_the_checkpoints_going() {
    let mut timeline = Timeline::new(recording(sample(), Vec::new()));
    timeline.seek(Instant(59_999));
    for _ in 0..2 {
        timeline.input(Input::StopTask { task: "0".into() });
    }
    timeline.seek(Instant(200_000));
    timeline.seek(Instant(61_000));
    let (straight, _) = simulate(timeline.recording(), Instant(61_000));
    assert!(timeline.world().control() == straight.control());
}
