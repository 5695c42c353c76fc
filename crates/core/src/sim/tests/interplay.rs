//! Several things at once: what one of them alone would not show.

use super::failing::{CONFIGURATION, blue_green, breaker, inputs, sample_with, told};
use super::*;
use crate::control::ServiceMessage;
use serde_json::{Value, json};

fn force(seconds: u64) -> (u64, Value) {
    (
        seconds,
        json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
    )
}

/// How many tasks of a revision are wanted.
fn of_revision(world: &World, revision: u32) -> usize {
    let service = world.model().service_named("primes").unwrap();
    let tasks = world.control().tasks_of(service);
    let of = tasks.filter(|(_, task)| {
        task.is_wanted() && world.model().definition(task.task_definition).revision == revision
    });
    of.count()
}

#[test]
fn a_run_task_takes_no_deployments_id() {
    let list = [
        (200, json!({ "do": "runTask", "taskDefinition": "primes" })),
        force(200),
        force(300),
    ];
    let (world, log) = run(&recording(sample(), inputs(&list)), 900);
    let mut ids: Vec<String> = Vec::new();
    for event in &log {
        if let EventKind::DeploymentChanged {
            deployment,
            state: RolloutState::InProgress,
            ..
        } = &event.kind
        {
            ids.push(deployment.to_string());
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "each deployment has an id of its own");
    let done = story(&world, &log, "deployment completed.");
    assert_eq!(done.lines().count(), count, "and completes once\n{done}");
}

#[test]
fn a_task_set_of_no_tasks_stays_the_same_one() {
    let mut design = sample_with(&[
        (
            "/services/0/deploymentController",
            json!({ "type": "EXTERNAL" }),
        ),
        (
            "/taskSets",
            json!([
                { "id": "a", "service": "primes", "taskDefinition": "primes:1",
                    "scale": { "value": 100, "unit": "PERCENT" }, "status": "PRIMARY" },
                { "id": "b", "service": "primes", "taskDefinition": "primes:1",
                    "scale": { "value": 0, "unit": "PERCENT" } },
            ]),
        ),
    ]);
    design.services[0].load_balancers.clear();
    let (world, log) = run(&recording(design, Vec::new()), 1800);
    let begun = story(&world, &log, "(service primes) ECS deployment");
    assert_eq!(begun.lines().count(), 2, "{begun}");
    let steady = story(&world, &log, "(service primes) has reached a steady state.");
    assert_eq!(steady.lines().count(), 1, "{steady}");
}

#[test]
fn a_lambda_on_the_first_stage_is_asked() {
    let hook = json!({ "hookTargetArn": "arn:aws:lambda:us-east-1:111122223333:function:gate",
        "lifecycleStages": ["PRE_SCALE_UP"] });
    let (_, lines) = told(blue_green(hook), &[force(200)], 900);
    assert!(lines.contains("deployment completed."), "{lines}");
}

#[test]
fn hosts_that_boot_when_their_zone_fails_again_come_back_in_the_end() {
    let zone = "us-east-1a";
    let list = [
        (200, json!({ "do": "failAvailabilityZone", "zone": zone })),
        (
            300,
            json!({ "do": "recoverAvailabilityZone", "zone": zone }),
        ),
        (330, json!({ "do": "failAvailabilityZone", "zone": zone })),
        (
            600,
            json!({ "do": "recoverAvailabilityZone", "zone": zone }),
        ),
    ];
    let (world, _) = run(&recording(sample(), inputs(&list)), 900);
    let mut hosts = world.control().instances.values();
    assert!(hosts.all(|host| host.connected));
}

#[test]
fn a_new_deployment_during_a_rollback_shifts_traffic_too() {
    let hook = json!({ "hookTargetArn": "arn:aws:lambda:us-east-1:111122223333:function:gate",
        "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"] });
    let list = [
        force(200),
        (
            201,
            json!({ "do": "failLifecycleHook", "service": "primes" }),
        ),
        force(290),
    ];
    let (world, lines) = told(blue_green(hook), &list, 1400);
    let from = lines
        .find("input: update primes: forceNewDeployment\n")
        .unwrap();
    let second = &lines[from..]
        .split("00:04:50 input")
        .nth(1)
        .unwrap_or_default();
    assert!(second.contains("is in BAKE_TIME"), "{lines}");
    assert!(second.contains("deployment completed."), "{lines}");
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn traffic_goes_back_to_the_old_revision_before_a_superseded_one_is_stopped() {
    let pause = json!({ "targetType": "PAUSE",
        "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"] });
    let list = [force(200), force(400)];
    let recording = recording(blue_green(pause), inputs(&list));
    let (world, _) = run(&recording, 390);
    let service = world.model().service_named("primes").unwrap();
    let shares = |world: &World| -> Vec<u32> {
        let known = &world.control().services[&service];
        known.deployments.iter().map(|it| it.production).collect()
    };
    assert_eq!(shares(&world), [0, 1000]);
    let (world, _) = run(&recording, 400);
    assert_eq!(shares(&world), [1000, 0, 0]);
}

#[test]
fn an_alarm_during_the_clean_up_comes_too_late() {
    let mut design = blue_green(json!({ "targetType": "PAUSE", "lifecycleStages": [] }));
    let alarm = json!([{ "AlarmName": "errors", "Period": 60, "EvaluationPeriods": 1 }]);
    design = set("/alarms", alarm).apply(&design).unwrap();
    let alarms = json!({ "alarmNames": ["errors"], "enable": true, "rollback": true });
    design = set(&format!("{CONFIGURATION}/alarms"), alarms)
        .apply(&design)
        .unwrap();
    let (world, log) = run(&recording(design.clone(), inputs(&[force(200)])), 900);
    let cleaned = story(&world, &log, "is in CLEAN_UP");
    let minute: u64 = cleaned[3..5].parse().unwrap();
    let second: u64 = cleaned[6..8].parse().unwrap();
    let late = (
        minute * 60 + second + 15,
        json!({ "do": "setAlarmState", "alarm": "errors", "stateValue": "ALARM" }),
    );
    let (world, lines) = told(design, &[force(200), late], 900);
    assert!(!lines.contains("rolling back"), "{lines}");
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn one_wave_of_failed_launches_is_one_failure_and_success_ends_the_wait() {
    // Ten tasks that all fail in one outage are tried again at once when it is over.
    let design = sample_with(&[
        ("/services/0/desiredCount", 4.into()),
        ("/services/1/desiredCount", 0.into()),
    ]);
    let list = [
        (0, json!({ "do": "failRegistry" })),
        (200, json!({ "do": "recoverRegistry" })),
    ];
    let (world, _) = run(&recording(design, inputs(&list)), 260);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn task_sets_share_the_launch_rate_of_their_service() {
    let mut design = sample_with(&[
        (
            "/services/0/deploymentController",
            json!({ "type": "EXTERNAL" }),
        ),
        ("/services/0/desiredCount", 1000.into()),
        ("/taskDefinitions/0/containerDefinitions/0/cpu", 1.into()),
        ("/containerInstances/0/registeredMemory", 4_000_000.into()),
    ]);
    design.services[0].load_balancers.clear();
    let set_of = |id: &str| {
        json!({ "id": id, "service": "primes", "taskDefinition": "primes:1",
            "scale": { "value": 100, "unit": "PERCENT" } })
    };
    design = set("/taskSets", json!([set_of("a"), set_of("b"), set_of("c")]))
        .apply(&design)
        .unwrap();
    let (world, _) = run(&recording(design, Vec::new()), 59);
    let service = world.model().service_named("primes").unwrap();
    assert_eq!(world.control().tasks_of(service).count(), 6 * 83);
}

#[test]
fn what_failed_can_be_asked_for_again_and_what_runs_needs_no_deployment() {
    let design = || sample_with(&[(CONFIGURATION, breaker(true))]);
    let bad = || {
        (
            200,
            json!({ "do": "deployBadRevision", "service": "primes", "failure": "image" }),
        )
    };
    let update = |seconds: u64, revision: &str| {
        (
            seconds,
            json!({ "do": "updateService", "service": "primes", "taskDefinition": revision }),
        )
    };
    let mended = (
        1390,
        json!({ "do": "restoreImage", "image": "stowplan/primes:does-not-exist" }),
    );
    let (world, lines) = told(design(), &[bad(), mended, update(1400, "primes:2")], 2400);
    assert!(lines.contains("completed: primes:2"), "{lines}");
    assert_eq!(of_revision(&world, 2), 4);
    let (world, lines) = told(design(), &[bad(), update(1400, "primes:1")], 2400);
    let after = lines.split("00:23:20 input").nth(1).unwrap();
    assert!(!after.contains("ECS deployment"), "{lines}");
    assert_eq!(of_revision(&world, 1), 4);
}

#[test]
fn registering_a_revision_deploys_nothing() {
    let design = sample_with(&[("/services/0/taskDefinition", "primes".into())]);
    let register = json!({ "do": "registerTaskDefinition", "family": "primes",
        "set": { "/containerDefinitions/0/image": "stowplan/primes:2" } });
    let update = json!({ "do": "updateService", "service": "primes", "taskDefinition": "primes" });
    let (world, _) = told(design.clone(), &[(200, register.clone())], 600);
    assert_eq!(of_revision(&world, 1), 4);
    let (world, _) = told(design, &[(200, register), (300, update)], 900);
    assert_eq!(of_revision(&world, 2), 4);
}

#[test]
fn an_old_task_replaced_in_a_blocked_deployment_stays() {
    let bounds = json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 });
    let design = sample_with(&[(CONFIGURATION, bounds)]);
    let mut all = deploying(200);
    all.extend(inputs(&[(
        400,
        json!({ "do": "crashTask", "task": "primes", "exitCode": 1 }),
    )]));
    let (world, _) = run(&recording(design, all), 1200);
    assert_eq!((of_revision(&world, 1), of_revision(&world, 2)), (4, 0));
}

#[test]
fn a_service_that_is_added_again_under_its_name_is_another_one() {
    let service = serde_json::to_value(&sample().services[1]).unwrap();
    let remove = edit(Edit::Remove {
        part: crate::design::Part::Service("edges".into()),
    });
    let all = Vec::from([at(200, remove), at(600, edit(set("/services/-", service)))]);
    let (world, log) = run(&recording(sample(), all), 900);
    let begun = story(&world, &log, "(service edges) ECS deployment");
    assert_eq!(begun.lines().count(), 4, "{begun}");
    assert_eq!(running(world.control(), world.model(), "edges"), 3);
}

#[test]
fn a_condition_is_said_again_once_a_steady_state_was_between() {
    let protect = json!({ "do": "updateTaskProtection", "task": "primes/*",
        "protectionEnabled": true, "expiresInMinutes": 120 });
    let count = |seconds: u64, count: u32| {
        (
            seconds,
            json!({ "do": "updateService", "service": "primes", "desiredCount": count }),
        )
    };
    let list = [(200, protect), count(210, 2), count(400, 4), count(800, 2)];
    let (world, lines) = told(sample(), &list, 1200);
    let said = lines
        .lines()
        .filter(|line| line.contains("unable to scale in"));
    assert_eq!(said.count(), 2, "{lines}");
    let service = world.model().service_named("primes").unwrap();
    let known = &world.control().services[&service];
    let is_it = |it: &ServiceMessage| matches!(it, ServiceMessage::UnableToScaleIn { .. });
    assert!(known.said.iter().any(|(it, _)| is_it(it)));
}

#[test]
fn tasks_added_during_a_rollout_are_of_the_old_revision_too() {
    // The new revision never becomes healthy, so the old one has to hold the raised lower bound.
    let slow = json!({ "do": "deployBadRevision", "service": "primes", "failure": "slowStart" });
    let more = json!({ "do": "updateService", "service": "primes", "desiredCount": 6 });
    let design = sample_with(&[("/services/1/desiredCount", 0.into())]);
    let (world, _) = told(design, &[(200, slow), (220, more)], 280);
    assert_eq!(of_revision(&world, 1), 6);
}

#[test]
fn code_deploy_ignores_stated_bounds() {
    let design = sample_with(&[
        (
            CONFIGURATION,
            json!({ "minimumHealthyPercent": 0, "maximumPercent": 100 }),
        ),
        (
            "/services/0/deploymentController",
            json!({ "type": "EXTERNAL" }),
        ),
    ]);
    let model = crate::model::compile(&design, None).model;
    let service = model.service(model.service_named("primes").unwrap());
    assert_eq!(
        (service.minimum_healthy_percent, service.maximum_percent),
        (100, 200)
    );
}

#[test]
fn a_mend_rolls_out_although_the_old_revision_never_gets_healthy() {
    let bounds = json!({ "minimumHealthyPercent": 50, "maximumPercent": 100 });
    let check = json!({ "command": ["CMD", "x"], "interval": 5, "retries": 1 });
    let mut design = sample_with(&[
        (CONFIGURATION, bounds),
        ("/services/0/desiredCount", 2.into()),
        ("/services/0/healthCheckGracePeriodSeconds", 0.into()),
        (
            "/taskDefinitions/0/containerDefinitions/0/healthCheck",
            check,
        ),
        ("/workloads/shop~1primes/startupSeconds", 3000.into()),
    ]);
    design.services[0].load_balancers.clear();
    let mut all = inputs(&[(
        200,
        json!({ "do": "slowStart", "service": "primes", "seconds": 1 }),
    )]);
    all.extend(deploying(200));
    let (world, _) = run(&recording(design, all), 1500);
    assert_eq!((of_revision(&world, 1), of_revision(&world, 2)), (0, 2));
}

#[test]
fn beside_a_failed_deployment_the_service_can_still_be_scaled_in_and_drained() {
    let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "exit" });
    let design = || sample_with(&[(CONFIGURATION, breaker(false))]);
    let zero = json!({ "do": "updateService", "service": "primes", "desiredCount": 1 });
    let (world, _) = told(design(), &[(200, bad.clone()), (600, zero)], 1200);
    assert_eq!(of_revision(&world, 1), 1);
    let mut design = design();
    let bounds = design.services[0].deployment_configuration.as_mut();
    bounds.unwrap().minimum_healthy_percent = Some(50);
    let drain = json!({ "do": "drainInstance", "instance": "i-0a" });
    let (world, _) = told(design, &[(200, bad), (600, drain)], 1200);
    let host = world.model().instance_named("i-0a").unwrap();
    let primes = world.model().service_named("primes").unwrap();
    let mut there = world.control().tasks_on(host);
    assert!(!there.any(|(_, task)| task.service == primes && task.is_wanted()));
}

#[test]
fn going_back_to_the_revision_alone_does_not_fulfil_the_rest_of_an_update() {
    // Revision and load balancer change together and fail; then the revision alone is set back.
    let design = sample_with(&[(CONFIGURATION, breaker(true))]);
    let list = [
        (
            200,
            json!({ "do": "registerTaskDefinition", "family": "primes",
                "set": { "/containerDefinitions/0/image": "gone" } }),
        ),
        (200, json!({ "do": "failImage", "image": "gone" })),
        (
            200,
            json!({ "do": "updateService", "service": "primes", "taskDefinition": "primes:2",
                "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-a"] } } }),
        ),
        (
            1400,
            json!({ "do": "updateService", "service": "primes", "taskDefinition": "primes:1" }),
        ),
    ];
    let (world, lines) = told(design, &list, 2400);
    let after = lines.split("00:23:20 input").nth(1).unwrap();
    assert!(after.contains("completed: primes:1"), "{lines}");
    let service = world.model().service_named("primes").unwrap();
    assert_eq!(world.control().services[&service].deployments.len(), 1);
}

#[test]
fn a_task_that_drains_is_stopping_only_behind_its_drain() {
    // RUNNING to STOPPING is what stoppingAt tells (ecs.md 1.1): not the drain before it.
    let less = json!({ "do": "updateService", "service": "primes", "desiredCount": 3 });
    let (world, _) = run(&recording(sample(), inputs(&[(200, less)])), 300);
    let mut tasks = world.control().tasks.values();
    let task = tasks.find(|task| task.stopped.is_some()).unwrap();
    let told = task.stopped.as_ref().unwrap().at;
    let moments = [
        Some(told),
        task.stopping_at,
        task.execution_stopped_at,
        task.stopped_at,
    ];
    assert!(
        moments.is_sorted() && !moments.contains(&None),
        "{moments:?}"
    );
    assert!(
        task.stopping_at >= Some(told + Millis::seconds(30)),
        "{moments:?}"
    );
}
