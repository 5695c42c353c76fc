//! Deployments that fail: the circuit breaker and its thresholds, alarms, hooks, somebody's word;
//! and what is told of them. Scenario inputs in, event lines out.

use super::*;
use crate::control::DeploymentFailure;
use serde_json::{Value, json};

/// Inputs as a scenario file has them, with the seconds at which they happen.
pub(super) fn inputs(list: &[(u64, Value)]) -> Vec<StampedInput> {
    let read = |(seconds, input): &(u64, Value)| {
        at(*seconds, serde_json::from_value(input.clone()).unwrap())
    };
    list.iter().map(read).collect()
}

/// The sample with other values at some pointers.
pub(super) fn sample_with(changes: &[(&str, Value)]) -> Design {
    let apply = |design: Design, (pointer, value): &(&str, Value)| {
        set(pointer, value.clone()).apply(&design).unwrap()
    };
    changes.iter().fold(sample(), apply)
}

/// What is told of deployments from 200 s on.
pub(super) fn told(design: Design, list: &[(u64, Value)], seconds: u64) -> (World, String) {
    let (world, log) = run(&recording(design, inputs(list)), seconds);
    let later = |event: &&Event| event.at >= Instant(200_000);
    let is_listed = |text: &str| {
        [
            "deployment",
            "rolling back",
            "alarm",
            "hook",
            "protect",
            "RunTask",
            "input",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    let lines = log.iter().filter(later).filter_map(|event| {
        let text = event_text(world.model(), event);
        let listed = event_is_listed(event) && is_listed(&text);
        listed.then(|| format!("{} {}\n", event.at, without_ids(&text)))
    });
    let lines = lines.collect();
    (world, lines)
}

pub(super) fn breaker(rollback: bool) -> Value {
    json!({ "minimumHealthyPercent": 100, "maximumPercent": 200,
        "deploymentCircuitBreaker": { "enable": true, "rollback": rollback } })
}

pub(super) const CONFIGURATION: &str = "/services/0/deploymentConfiguration";

#[test]
fn a_revision_that_crashes_trips_the_breaker_and_the_last_completed_one_comes_back() {
    let design = sample_with(&[(CONFIGURATION, breaker(true))]);
    let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "exit" });
    let (world, lines) = told(design, &[(200, bad)], 900);
    let expected = "\
00:03:20 input: deploy a revision of primes that exits
00:03:20 (service primes) ECS deployment ecs-svc/# in progress: primes:2
00:03:30 (service primes) ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/#: primes:2
00:03:30 (service primes) ECS deployment ecs-svc/# in progress: primes:1
00:03:30 (service primes) (deployment ecs-svc/#) deployment failed: tasks failed to start.
00:03:30 (service primes) rolling back to deployment ecs-svc/#.
00:04:20 (service primes) ECS deployment ecs-svc/# completed: primes:1
00:04:20 (service primes) (deployment ecs-svc/#) deployment completed.
";
    assert_eq!(lines, expected);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn without_rollback_the_failed_deployment_stalls_and_the_old_tasks_stay() {
    let design = sample_with(&[(CONFIGURATION, breaker(false))]);
    let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "exit" });
    let (world, lines) = told(design, &[(200, bad)], 900);
    assert!(
        lines.contains("ECS deployment circuit breaker: tasks failed to start: primes:2"),
        "{lines}"
    );
    let service = world.model().service_named("primes").unwrap();
    let known = &world.control().services[&service];
    let primary = known.primary().unwrap();
    assert_eq!(primary.rollout_state, RolloutState::Failed);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    let started = world.control().tasks_started;
    let (later, _) = told(
        sample_with(&[(CONFIGURATION, breaker(false))]),
        &[(
            200,
            json!({ "do": "deployBadRevision", "service": "primes", "failure": "exit" }),
        )],
        3600,
    );
    assert_eq!(
        later.control().tasks_started,
        started,
        "it launches no more"
    );
}

#[test]
fn the_first_deployment_ever_has_nothing_to_go_back_to() {
    let design = sample_with(&[
        (CONFIGURATION, breaker(true)),
        ("/workloads/shop~1primes/crashAfterSeconds", 1.into()),
    ]);
    let (world, _) = told(design, &[], 1800);
    let service = world.model().service_named("primes").unwrap();
    let known = &world.control().services[&service];
    assert_eq!(known.deployments.len(), 1);
    assert_eq!(known.primary().unwrap().rollout_state, RolloutState::Failed);
}

#[test]
fn thresholds_count_as_they_are_set() {
    // How many tasks of the bad revision it takes, with 4 wanted.
    let failures = |threshold: Value| {
        let mut configuration = breaker(true);
        configuration["deploymentCircuitBreaker"]["thresholdConfiguration"] = threshold;
        let design = sample_with(&[(CONFIGURATION, configuration)]);
        let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "exit" });
        let (_, log) = run(&recording(design, inputs(&[(200, bad)])), 3600);
        let failed = log.iter().find_map(|event| {
            let EventKind::DeploymentChanged { failure, .. } = &event.kind else {
                return None;
            };
            let Some(DeploymentFailure::CircuitBreaker { failures }) = failure else {
                return None;
            };
            Some(*failures)
        });
        failed.unwrap()
    };
    // Four start together, so a threshold of three is passed by one.
    assert_eq!(
        failures(json!({ "type": "BOUNDED_PERCENT", "value": 50 })),
        4
    );
    assert_eq!(
        failures(json!({ "type": "UNBOUNDED_PERCENT", "value": 200 })),
        4
    );
    assert!(failures(json!({ "type": "COUNT", "value": 6 })) >= 6);
}

#[test]
fn one_task_that_never_answers_trips_the_breaker_after_three_replacements() {
    // A posted case: a load balancer that gets 500s, one task wanted; three replacements, about
    // ten minutes (ecs.md 3.7). Here it is about half of that: the case ran on Fargate, where each
    // task waits for capacity and pulls its whole image anew.
    let design = sample_with(&[
        (CONFIGURATION, breaker(true)),
        ("/services/0/desiredCount", 1.into()),
        ("/services/0/healthCheckGracePeriodSeconds", 60.into()),
        ("/workloads/shop~1primes/imageSizeMiB", 1600.into()),
        ("/targetGroups/0/HealthCheckIntervalSeconds", 30.into()),
    ]);
    let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "healthCheck" });
    let (world, lines) = told(design, &[(200, bad)], 3600);
    let failed = lines
        .lines()
        .find(|line| line.contains("rolling back to deployment "));
    let minute: u64 = failed.unwrap()[3..5].parse().unwrap();
    assert!((4..=14).contains(&(minute - 3)), "{lines}");
    assert_eq!(running(world.control(), world.model(), "primes"), 1);
}

#[test]
fn an_image_that_cannot_be_pulled_trips_the_breaker_in_about_ten_minutes() {
    // Posted cases: 8 to 12 minutes (ecs.md 3.7).
    let design = sample_with(&[
        (CONFIGURATION, breaker(true)),
        ("/services/0/desiredCount", 1.into()),
    ]);
    let bad = json!({ "do": "deployBadRevision", "service": "primes", "failure": "image" });
    let (world, lines) = told(design, &[(200, bad)], 3600);
    let failed = lines
        .lines()
        .find(|line| line.contains("rolling back to deployment "));
    let minute: u64 = failed.unwrap()[3..5].parse().unwrap();
    assert!((7..=13).contains(&(minute - 3)), "{lines}");
    let mut stopped = world.control().tasks.values().filter_map(|task| {
        let cause = &task.stopped.as_ref()?.cause;
        Some(crate::view::stopped_reason(
            world.model(),
            task.instance,
            cause,
        ))
    });
    assert!(stopped.any(|reason| reason.starts_with("CannotPullContainerError")));
}

fn with_alarm(configuration: Value) -> Design {
    let alarm = json!([{ "AlarmName": "errors", "Namespace": "AWS/ApplicationELB",
        "MetricName": "HTTPCode_Target_5XX_Count", "Period": 60, "EvaluationPeriods": 3 }]);
    sample_with(&[("/alarms", alarm), (CONFIGURATION, configuration)])
}

fn alarms() -> Value {
    json!({ "alarms": { "alarmNames": ["errors"], "enable": true, "rollback": true } })
}

#[test]
fn an_alarm_during_the_bake_time_rolls_back() {
    let deploy = [
        (
            400,
            json!({ "do": "registerTaskDefinition", "family": "primes",
            "set": { "/containerDefinitions/0/image": "stowplan/primes:2" } }),
        ),
        (
            400,
            json!({ "do": "updateService", "service": "primes", "taskDefinition": "primes:2" }),
        ),
        (
            560,
            json!({ "do": "setAlarmState", "alarm": "errors", "stateValue": "ALARM" }),
        ),
    ];
    let (world, lines) = told(with_alarm(alarms()), &deploy, 1200);
    let expected = "\
00:09:20 input: alarm errors is ALARM
00:09:20 alarm errors is ALARM
00:09:20 (service primes) ECS deployment alarm errors: rolling back to deploymentId ecs-svc/#: primes:2
00:09:20 (service primes) ECS deployment ecs-svc/# in progress: primes:1
00:09:20 (service primes) (deployment ecs-svc/#) deployment failed: alarm detected.
00:09:20 (service primes) rolling back to deployment ecs-svc/#.
";
    assert!(lines.contains(expected), "{lines}");
    assert!(lines.ends_with("deployment completed.\n"), "{lines}");
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn an_alarm_that_stands_before_the_deployment_is_ignored_for_all_of_it() {
    let deploy = [
        (
            190,
            json!({ "do": "setAlarmState", "alarm": "errors", "stateValue": "ALARM" }),
        ),
        (
            200,
            json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
        ),
        (
            230,
            json!({ "do": "setAlarmState", "alarm": "errors", "stateValue": "OK" }),
        ),
        (
            250,
            json!({ "do": "setAlarmState", "alarm": "errors", "stateValue": "ALARM" }),
        ),
    ];
    let (_, lines) = told(with_alarm(alarms()), &deploy, 1200);
    assert!(!lines.contains("rolling back"), "{lines}");
    assert!(lines.contains("deployment completed."), "{lines}");
}

/// Blue/green over two target groups, with a hook.
pub(super) fn blue_green(hook: Value) -> Design {
    let mut green = serde_json::to_value(&sample().target_groups[0]).unwrap();
    green["Name"] = "primes-green".into();
    sample_with(&[
        ("/targetGroups/2", green),
        (
            "/services/0/loadBalancers/0/advancedConfiguration",
            json!({ "alternateTargetGroupArn": "primes-green", "productionListenerRule": "a" }),
        ),
        (
            CONFIGURATION,
            json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "lifecycleHooks": [hook] }),
        ),
    ])
}

#[test]
fn a_pause_waits_for_somebody() {
    let pause = json!({ "targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"] });
    let list = [
        (
            200,
            json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
        ),
        (
            210,
            json!({ "do": "continueServiceDeployment", "service": "primes" }),
        ),
        (
            900,
            json!({ "do": "continueServiceDeployment", "service": "primes" }),
        ),
    ];
    let (_, lines) = told(blue_green(pause), &list, 1400);
    let expected = "\
00:03:30 input had no effect: continue deployment of primes: no deployment of `primes` waits for a lifecycle hook
00:03:50 (service primes) deployment ecs-svc/# is in POST_SCALE_UP, 0 % of production traffic
00:03:50 (service primes) a lifecycle hook awaits action at POST_SCALE_UP
00:15:00 input: continue deployment of primes
00:15:00 (service primes) deployment ecs-svc/# is in PRE_PRODUCTION_TRAFFIC_SHIFT, 0 % of production traffic
";
    assert!(lines.contains(expected), "{lines}");
    assert!(lines.contains("deployment completed."), "{lines}");
}

#[test]
fn a_pause_that_nobody_answers_rolls_back_or_goes_on_as_it_says() {
    let list = [(
        200,
        json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
    )];
    let pause = |action: &str| {
        json!({ "targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"],
            "timeoutConfiguration": { "timeoutInMinutes": 5, "action": action } })
    };
    let (world, lines) = told(blue_green(pause("ROLLBACK")), &list, 1400);
    assert!(
        lines.contains("deployment failed: lifecycle hook timed out at PRE_SCALE_UP."),
        "{lines}"
    );
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    let (_, lines) = told(blue_green(pause("CONTINUE")), &list, 1400);
    assert!(!lines.contains("failed"), "{lines}");
    assert!(lines.contains("deployment completed."), "{lines}");
}

#[test]
fn a_lambda_that_says_no_after_the_shift_takes_the_traffic_back() {
    let hook = json!({ "hookTargetArn": "arn:aws:lambda:us-east-1:111122223333:function:gate",
        "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"] });
    let list = [
        (
            200,
            json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
        ),
        (
            201,
            json!({ "do": "failLifecycleHook", "service": "primes" }),
        ),
    ];
    let (world, lines) = told(blue_green(hook), &list, 1400);
    assert!(
        lines.contains("deployment failed: lifecycle hook failed at POST_PRODUCTION_TRAFFIC_SHIFT"),
        "{lines}"
    );
    let service = world.model().service_named("primes").unwrap();
    let known = &world.control().services[&service];
    assert_eq!(known.deployments.len(), 1);
    assert_eq!(known.deployments[0].production, 1000);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn a_deployment_is_stopped_by_hand() {
    let list = |stop: &str| {
        [
            (
                200,
                json!({ "do": "updateService", "service": "primes", "forceNewDeployment": true }),
            ),
            (
                205,
                json!({ "do": "stopServiceDeployment", "service": "primes", "stopType": stop }),
            ),
        ]
    };
    let (_, lines) = told(sample(), &list("ROLLBACK"), 600);
    assert!(
        lines.contains("deployment failed: rollback requested."),
        "{lines}"
    );
    assert!(lines.ends_with("deployment completed.\n"), "{lines}");
    let (world, lines) = told(sample(), &list("ABORT"), 600);
    assert!(
        lines.contains("deployment failed: stop requested."),
        "{lines}"
    );
    assert!(!lines.contains("rolling back"), "{lines}");
    let service = world.model().service_named("primes").unwrap();
    assert!(running(world.control(), world.model(), "primes") >= 4);
    assert_eq!(world.control().services[&service].deployments.len(), 2);
}

#[test]
fn protected_tasks_outlive_scale_in_until_the_protection_ends() {
    let list = [
        (
            200,
            json!({ "do": "updateTaskProtection", "task": "primes/*", "protectionEnabled": true,
            "expiresInMinutes": 10 }),
        ),
        (
            210,
            json!({ "do": "updateService", "service": "primes", "desiredCount": 1 }),
        ),
    ];
    let (world, lines) = told(sample(), &list, 700);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    assert!(
        lines.contains("was unable to scale in due to (reason 3 tasks under protection)"),
        "{lines}"
    );
    let (world, _) = told(sample(), &list, 1000);
    assert_eq!(running(world.control(), world.model(), "primes"), 1);
}

#[test]
fn run_task_places_what_fits_and_returns_the_rest_as_failures() {
    let list = [(
        200,
        json!({ "do": "runTask", "taskDefinition": "edges", "count": 10 }),
    )];
    let (world, lines) = told(sample(), &list, 400);
    let expected = "\
00:03:20 input: run 10 of edges
00:03:20 RunTask of family:edges: 5 failures: RESOURCE:MEMORY (i-0a)
";
    assert_eq!(lines, expected);
    let group = world
        .model()
        .services
        .iter()
        .position(|it| it.group == "family:edges");
    let group = crate::id::ServiceIx::from_at(group.unwrap());
    assert_eq!(world.control().tasks_of(group).count(), 5);
    assert_eq!(running(world.control(), world.model(), "edges"), 3);
}

#[test]
fn standalone_tasks_are_neither_replaced_nor_drained() {
    let list = [
        (200, json!({ "do": "runTask", "taskDefinition": "primes" })),
        (250, json!({ "do": "drainInstance", "instance": "i-0a" })),
        (250, json!({ "do": "drainInstance", "instance": "i-0b" })),
        (250, json!({ "do": "drainInstance", "instance": "i-0c" })),
        (250, json!({ "do": "drainInstance", "instance": "i-0d" })),
        (
            400,
            json!({ "do": "exitContainer", "task": "family:primes", "exitCode": 0 }),
        ),
    ];
    let (world, _) = told(sample(), &list[..5], 390);
    let group = world
        .model()
        .services
        .iter()
        .position(|it| it.group == "family:primes");
    let group = crate::id::ServiceIx::from_at(group.unwrap());
    assert_eq!(
        world.control().counts(group),
        (1, 0),
        "it drains no standalone task"
    );
    let (world, _) = told(sample(), &list, 600);
    assert_eq!(
        world.control().tasks_of(group).count(),
        0,
        "and replaces none"
    );
}
