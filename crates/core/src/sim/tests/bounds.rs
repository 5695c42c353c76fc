//! The scheduler's own acts keep the bounds, whatever happens around it: it stops no healthy task
//! below minimumHealthyPercent, starts none above maximumPercent, and overbooks no host. Once
//! faults stop, the desired count is reached or an event says why not.

use super::anything::{MENDED, random};
use super::*;
use crate::control::{Action, ServiceMessage, StopCause, TaskHealth, task_health};
use crate::id::{ServiceIx, TaskId};
use crate::units::Resources;

/// Wanted tasks that are healthy.
fn healthy(world: &World, service: ServiceIx) -> u32 {
    let (model, now) = (world.model(), world.now());
    let tasks = world.control().tasks_of(service);
    let healthy = tasks.filter(|(_, task)| {
        task.is_wanted() && task_health(model, task, now) == TaskHealth::Healthy
    });
    u32::try_from(healthy.count()).unwrap()
}

/// Tasks that count towards the upper bound: wanted ones and those that are STOPPING.
fn counted(world: &World, service: ServiceIx) -> u32 {
    let tasks = world.control().tasks_of(service);
    let counted =
        tasks.filter(|(_, task)| task.is_wanted() || task.last_status == TaskStatus::Stopping);
    u32::try_from(counted.count()).unwrap()
}

/// Whether the scheduler stops a task because it may, not because it must.
fn is_of_its_own(cause: &StopCause) -> bool {
    match cause {
        StopCause::Scaling { .. }
        | StopCause::Draining { .. }
        | StopCause::ZoneRebalancing { .. } => true,
        StopCause::UnhealthyTarget { .. }
        | StopCause::UnhealthyContainers
        | StopCause::ServiceDeleted
        | StopCause::ConstraintViolated => false,
    }
}

fn ask_lower(world: &World, before: &ControlState, actions: &[Action], what: &str) {
    let (model, now) = (world.model(), world.now());
    let was_healthy = |task: &TaskId| {
        let known = before.tasks.get(task);
        known.is_some_and(|task| task_health(model, task, now) == TaskHealth::Healthy)
    };
    for action in actions {
        let Action::StopTask { task, cause } = action else {
            continue;
        };
        if is_of_its_own(cause) && was_healthy(task) {
            let service = world.control().tasks[task].service;
            let lower = model.service(service).lower_bound();
            let left = healthy(world, service);
            assert!(left >= lower, "{what}: {left} healthy, at least {lower}");
        }
    }
}

fn ask_upper(world: &World, actions: &[Action], what: &str) {
    for action in actions {
        let Action::StartTask { service, cause, .. } = action else {
            continue;
        };
        if *cause != crate::control::StartCause::RunTask {
            let upper = world.model().service(*service).upper_bound();
            let count = counted(world, *service);
            assert!(count <= upper, "{what}: {count} tasks, at most {upper}");
        }
    }
}

fn ask_hosts(world: &World, what: &str) {
    for (instance, host) in &world.control().instances {
        let registered = world.model().instance(*instance).registered;
        assert!(registered.holds(&host.reserved), "{what}: {instance:?}");
        let tasks = world.control().tasks_on(*instance);
        let wanted = tasks.filter(|(_, task)| task.is_wanted());
        let sum = wanted.fold(Resources::default(), |sum, (_, task)| sum + task.reserved);
        assert_eq!(sum, host.reserved, "{what}: the books balance");
    }
}

#[test]
fn the_schedulers_own_acts_keep_all_bounds() {
    for seed in 0..60 {
        let mut world = World::new(&random(seed));
        while world
            .next_at()
            .is_some_and(|at| at < Instant(MENDED * 1000))
        {
            let before = world.control().clone();
            let actions = world.step(&mut Vec::new());
            let what = format!("seed {seed} at {}", world.now());
            ask_lower(&world, &before, &actions, &what);
            ask_upper(&world, &actions, &what);
            ask_hosts(&world, &what);
        }
    }
}

#[test]
fn what_is_short_at_the_end_says_why() {
    // Faults stop, and nothing is mended: a service that is short has said so.
    for seed in 0..24 {
        let mut recording = random(seed);
        recording
            .inputs
            .retain(|it| it.at < Millis::seconds(MENDED));
        let (world, _) = run(&recording, MENDED + 3600);
        for (at, service) in world.model().present_services() {
            let known = &world.control().services[&at];
            let short = healthy(&world, at) < service.desired_count;
            let settled = known.said.iter().any(|(message, _)| {
                let is_why = matches!(
                    message,
                    ServiceMessage::UnableToPlace { .. }
                        | ServiceMessage::UnableToStart
                        | ServiceMessage::DeploymentBlocked
                );
                is_why || message.is_steady_state()
            });
            // Tasks that fail their checks are told of one by one.
            let failing = known.tasks.iter().any(|id| {
                let task = &world.control().tasks[id];
                !task.was_healthy || task.stopped.is_some()
            });
            assert!(
                !short || settled || failing,
                "seed {seed}: {}",
                service.name
            );
        }
    }
}
