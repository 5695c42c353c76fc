//! What breaks, and what the scheduler makes of it.

use super::*;
use alloc::vec::Vec;

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
    let inputs = Vec::from([at(125, Input::StopTask { task, reason: None })]);
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
    let container = "/taskDefinitions/0/containerDefinitions/0";
    let huge = set(&format!("{container}/memory"), 1100.into());
    let design = huge.apply(&sample()).unwrap();
    let huge = set(&format!("{container}/memoryReservation"), 1100.into());
    let design = huge.apply(&design).unwrap();
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

#[test]
fn capacity_is_never_exceeded_whatever_happens() {
    // Safety under faults: random hosts die, tasks crash, counts and revisions change.
    for seed in 0..8 {
        let mut inputs = Vec::new();
        for n in 0..12 {
            let pick = |bound| draw_below(seed, Stream::Placement, n * 7 + bound, bound);
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
