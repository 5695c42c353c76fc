//! The scheduler's own acts keep the bounds, whatever happens around it: it stops no healthy task
//! below minimumHealthyPercent, starts none above maximumPercent, and overbooks no host. Once
//! faults stop, the desired count is reached or an event says why not.

use super::anything::{MENDED, random};
use super::*;
use crate::control::{Action, ServiceMessage, StopCause, TaskHealth, task_health};
use crate::id::{ServiceIx, TaskId};
use crate::model::Scheduling;
use crate::units::Resources;

/// A random recording on a random design: bounds, counts, placement, hosts, how it is deployed.
fn any(seed: u64) -> Recording {
    let pick = |what: u64, bound| draw_below(seed, Stream::HostPort, what, bound);
    let one_of = |what: u64, values: &[u32]| values[pick(what, values.len() as u64) as usize];
    let mut recording = random(seed);
    let mut design = Design::clone(&recording.design);
    for (at, service) in (0_u64..).zip(&mut design.services) {
        let bounds = service.deployment_configuration.get_or_insert_default();
        bounds.minimum_healthy_percent = Some(one_of(10 + at, &[0, 50, 75, 100, 100]));
        bounds.maximum_percent = Some(one_of(20 + at, &[100, 125, 150, 200, 200, 300]));
        let breaker = serde_json::json!({ "enable": pick(30 + at, 2) == 1, "rollback": true });
        bounds
            .extra
            .insert("deploymentCircuitBreaker".into(), breaker);
        service.desired_count = Some(one_of(40 + at, &[0, 1, 2, 3, 4, 6]));
        let kind = ["random", "binpack", "spread"][pick(50 + at, 3) as usize];
        let field = match kind {
            "binpack" => Some("memory".to_string()),
            "spread" => Some("instanceId".to_string()),
            _ => None,
        };
        service.placement_strategy = Vec::from([crate::design::PlacementStrategy {
            kind: kind.into(),
            field,
            ..Default::default()
        }]);
        if pick(60 + at, 3) == 0 {
            service.load_balancers.clear();
        }
    }
    if pick(70, 4) == 0 {
        design.services[1].scheduling_strategy = Some("DAEMON".into());
        design.services[1].placement_strategy.clear();
        let bounds = design.services[1].deployment_configuration.as_mut();
        bounds.unwrap().maximum_percent = None;
    }
    for (at, host) in (0_u64..).zip(&mut design.container_instances) {
        let types = ["t3.small", "t3.medium", "m5.large"];
        host.instance_type = types[pick(80 + at, 3) as usize].into();
    }
    recording.design = Arc::new(design);
    recording
}

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
        let service = world.control().tasks[task].service;
        // A daemon leaves a DRAINING host once nothing else is there, bounds or not.
        let leaves = matches!(cause, StopCause::Draining { .. })
            && model.service(service).scheduling == Scheduling::Daemon;
        if is_of_its_own(cause) && !leaves && was_healthy(task) {
            let desired = world.control().desired_count(model, service);
            let percent = model.service(service).minimum_healthy_percent;
            let lower = crate::units::percent_ceil(desired, percent);
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
            let desired = world.control().desired_count(world.model(), *service);
            let percent = world.model().service(*service).maximum_percent;
            let upper = crate::units::percent_floor(desired, percent);
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
    for seed in 0..150 {
        let mut world = World::new(&any(seed));
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
    for seed in 0..60 {
        let mut recording = random(seed);
        recording
            .inputs
            .retain(|it| it.at < Millis::seconds(MENDED));
        let (world, _) = run(&recording, MENDED + 3600);
        for (at, service) in world.model().present_services() {
            let known = &world.control().services[&at];
            let desired = world.control().desired_count(world.model(), at);
            let short = healthy(&world, at) < desired;
            let settled = known.said.iter().any(|(message, _)| {
                let is_why = matches!(
                    message,
                    ServiceMessage::UnableToPlace { .. }
                        | ServiceMessage::UnableToStart
                        | ServiceMessage::DeploymentBlocked
                        | ServiceMessage::UnableToScaleIn { .. }
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
