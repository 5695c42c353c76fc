//! Deployments beyond the plain rolling update: draining hosts, traffic that shifts, task sets.

use super::*;

/// The sample's service `primes` with two target groups and a strategy.
fn shifting(configuration: serde_json::Value) -> Design {
    let mut design = sample();
    let mut green = design.target_groups[0].clone();
    green.name = "primes-green".into();
    design.target_groups.push(green);
    let design = set("/services/0/deploymentConfiguration", configuration)
        .apply(&design)
        .unwrap();
    let advanced = serde_json::json!({
        "alternateTargetGroupArn": "primes-green",
        "productionListenerRule": "rule",
        "testListenerRule": "test-rule",
    });
    set(
        "/services/0/loadBalancers/0/advancedConfiguration",
        advanced,
    )
    .apply(&design)
    .unwrap()
}

/// The lines of deployments and their stages, without ids.
fn stages(world: &World, log: &[Event]) -> String {
    let lines = log.iter().filter_map(|event| {
        let listed = matches!(
            event.kind,
            EventKind::DeploymentChanged { .. }
                | EventKind::DeploymentStageChanged { .. }
                | EventKind::HookAwaitsAction { .. }
        );
        let text = event_text(world.model(), event);
        let is_later = event.at >= Instant(200_000) && text.contains("primes");
        (listed && is_later).then(|| format!("{} {}\n", event.at, without_ids(&text)))
    });
    lines.collect()
}

#[test]
fn blue_green_scales_up_shifts_bakes_and_cleans_up() {
    let design = shifting(serde_json::json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2 }));
    let (world, log) = run(&recording(design, deploying(200)), 900);
    let expected = "\
00:03:20 (service primes) ECS deployment ecs-svc/# in progress: primes:2
00:03:20 (service primes) deployment ecs-svc/# is in PRE_SCALE_UP, 0 % of production traffic
00:03:20 (service primes) deployment ecs-svc/# is in SCALE_UP, 0 % of production traffic
00:03:50 (service primes) deployment ecs-svc/# is in POST_SCALE_UP, 0 % of production traffic
00:04:00 (service primes) deployment ecs-svc/# is in TEST_TRAFFIC_SHIFT, 0 % of production traffic
00:04:10 (service primes) deployment ecs-svc/# is in POST_TEST_TRAFFIC_SHIFT, 0 % of production traffic
00:04:20 (service primes) deployment ecs-svc/# is in PRE_PRODUCTION_TRAFFIC_SHIFT, 0 % of production traffic
00:04:30 (service primes) deployment ecs-svc/# is in PRODUCTION_TRAFFIC_SHIFT, 100 % of production traffic
00:04:40 (service primes) deployment ecs-svc/# is in POST_PRODUCTION_TRAFFIC_SHIFT, 100 % of production traffic
00:04:50 (service primes) deployment ecs-svc/# is in BAKE_TIME, 100 % of production traffic
00:06:50 (service primes) deployment ecs-svc/# is in CLEAN_UP, 100 % of production traffic
00:08:00 (service primes) ECS deployment ecs-svc/# completed: primes:2
";
    assert_eq!(stages(&world, &log), expected);
    let group = world.model().target_group_named("primes-green").unwrap();
    let service = world.model().service_named("primes").unwrap();
    let mut tasks = world.control().tasks_of(service);
    assert!(tasks.all(|(_, task)| task.target(group).is_some()));
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn both_revisions_stand_at_full_size_until_the_old_one_is_cleaned_up() {
    let design = shifting(serde_json::json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2 }));
    let (world, _) = run(&recording(design, deploying(200)), 400);
    let service = world.model().service_named("primes").unwrap();
    let of = |revision| {
        let tasks = world.control().tasks_of(service);
        let of = tasks.filter(|(_, task)| {
            task.is_wanted() && world.model().definition(task.task_definition).revision == revision
        });
        of.count()
    };
    assert_eq!((of(1), of(2)), (4, 4));
}

#[test]
fn linear_and_canary_shift_in_steps_that_are_watched() {
    let shares = |configuration| {
        let design = shifting(configuration);
        let (world, log) = run(&recording(design, deploying(200)), 4000);
        let steps = stages(&world, &log);
        let of = |line: &str| {
            let share = line.split_once("PRODUCTION_TRAFFIC_SHIFT, ")?.1;
            (!line.contains("_PRODUCTION_TRAFFIC")).then(|| {
                format!(
                    "{} {}",
                    &line[..8],
                    share.trim_end_matches(" of production traffic")
                )
            })
        };
        steps.lines().filter_map(of).collect::<Vec<_>>().join(", ")
    };
    let linear = serde_json::json!({ "strategy": "LINEAR",
        "linearConfiguration": { "stepPercent": 40, "stepBakeTimeInMinutes": 5 } });
    assert_eq!(
        shares(linear),
        "00:04:30 40 %, 00:09:40 80 %, 00:14:50 100 %"
    );
    let canary = serde_json::json!({ "strategy": "CANARY",
        "canaryConfiguration": { "canaryPercent": 2.5, "canaryBakeTimeInMinutes": 10 } });
    assert_eq!(shares(canary), "00:04:30 2.5 %, 00:14:40 100 %");
}

#[test]
fn a_lambda_hook_is_asked_and_answers() {
    let design = shifting(
        serde_json::json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0,
        "lifecycleHooks": [{ "hookTargetArn": "arn:aws:lambda:us-east-1:111122223333:function:gate",
            "roleArn": "arn:aws:iam::111122223333:role/hook",
            "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"] }] }),
    );
    let (world, log) = run(&recording(design, deploying(200)), 900);
    let told = stages(&world, &log);
    assert!(told.contains("completed: primes:2"), "{told}");
}

#[test]
fn without_balancer_there_is_no_traffic_to_shift() {
    let mut design = without_balancer();
    let bounds = design.services[0]
        .deployment_configuration
        .get_or_insert_default();
    bounds.extra.insert("strategy".into(), "BLUE_GREEN".into());
    let (world, log) = run(&recording(design, deploying(200)), 900);
    let told = stages(&world, &log);
    assert!(!told.contains("TRAFFIC_SHIFT"), "{told}");
    assert!(told.contains("completed: primes:2"), "{told}");
}

#[test]
fn a_draining_host_is_left_start_first_and_then_stands_empty() {
    let drain = edit(set("/containerInstances/2/status", "DRAINING".into()));
    let (world, log) = run(&recording(sample(), Vec::from([at(200, drain)])), 500);
    let host = world.model().instance_named("i-0c").unwrap();
    assert_eq!(world.control().tasks_on(host).count(), 0);
    let told: Vec<Event> = log
        .into_iter()
        .filter(|event| event.at >= Instant(200_000))
        .collect();
    let expected = "\
00:03:20 (service primes) has started 1 tasks: (task #).
00:03:21 (service primes) registered 1 targets in (target-group primes-tg)
00:03:40 (service primes) has stopped 1 running tasks: (task #).
00:03:50 (service primes) deregistered 1 targets in (target-group primes-tg)
00:03:50 (service primes) has begun draining connections on 1 tasks.
00:04:40 (service primes) has reached a steady state.
";
    assert_eq!(story(&world, &told, "(service primes)"), expected);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn with_both_bounds_at_100_percent_a_host_cannot_drain() {
    let bounds = serde_json::json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 });
    let design = set("/services/0/deploymentConfiguration", bounds)
        .apply(&sample())
        .unwrap();
    let drain = edit(set("/containerInstances/2/status", "DRAINING".into()));
    let (world, log) = run(&recording(design, Vec::from([at(200, drain)])), 900);
    let host = world.model().instance_named("i-0c").unwrap();
    let primes = world.model().service_named("primes").unwrap();
    let mut there = world.control().tasks_on(host);
    assert!(there.any(|(_, task)| task.service == primes && task.is_wanted()));
    let told = story(
        &world,
        &log,
        "because of the service deployment configuration",
    );
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn an_external_service_keeps_each_task_set_at_its_share() {
    let mut design = sample();
    let family = design.task_definitions[0].clone();
    design.task_definitions.push(family);
    design.services[0].task_definition = String::new();
    design.services[0].load_balancers.clear();
    let external = serde_json::json!({ "type": "EXTERNAL" });
    let design = set("/services/0/deploymentController", external)
        .apply(&design)
        .unwrap();
    let task_set = |id: &str, revision: u32, percent: f64, status: &str| {
        serde_json::json!({ "id": id, "service": "primes", "status": status,
            "taskDefinition": format!("primes:{revision}"),
            "scale": { "value": percent, "unit": "PERCENT" } })
    };
    let both = serde_json::json!([
        task_set("blue", 1, 100.0, "PRIMARY"),
        task_set("green", 2, 30.0, "ACTIVE")
    ]);
    let design = set("/taskSets", both).apply(&design).unwrap();
    let moved = serde_json::json!([task_set("green", 2, 100.0, "PRIMARY")]);
    let inputs = Vec::from([at(200, edit(set("/taskSets", moved)))]);
    let (world, log) = run(&recording(design.clone(), Vec::new()), 150);
    let count = |world: &World, revision: u32| {
        let service = world.model().service_named("primes").unwrap();
        let tasks = world.control().tasks_of(service);
        let of = tasks.filter(|(_, task)| {
            task.is_wanted() && world.model().definition(task.task_definition).revision == revision
        });
        of.count()
    };
    // 30 % of four tasks are two: computedDesiredCount rounds up.
    assert_eq!((count(&world, 1), count(&world, 2)), (4, 2));
    let steady = story(&world, &log, "(service primes, taskSet");
    assert_eq!(steady.lines().count(), 2, "{steady}");
    let (world, _) = run(&recording(design, inputs), 400);
    assert_eq!((count(&world, 1), count(&world, 2)), (0, 4));
}

#[test]
fn code_deploy_reroutes_and_keeps_the_original_task_set() {
    let design = shifting(serde_json::json!({}));
    let controller = serde_json::json!({ "type": "CODE_DEPLOY" });
    let design = set("/services/0/deploymentController", controller)
        .apply(&design)
        .unwrap();
    let group = serde_json::json!([{
        "deploymentGroupName": "shop", "deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes",
        "ecsServices": [{ "serviceName": "primes", "clusterName": "shop" }],
        "loadBalancerInfo": { "targetGroupPairInfoList": [
            { "targetGroups": [{ "name": "primes-tg" }, { "name": "primes-green" }] }] },
        "blueGreenDeploymentConfiguration": {
            "terminateBlueInstancesOnDeploymentSuccess": { "terminationWaitTimeInMinutes": 15 } }
    }]);
    let design = set("/deploymentGroups", group).apply(&design).unwrap();
    let (world, log) = run(&recording(design, deploying(200)), 3000);
    let told = stages(&world, &log);
    assert!(told.contains("PRODUCTION_TRAFFIC_SHIFT, 10 % of"), "{told}");
    assert!(!told.contains(" TEST_TRAFFIC_SHIFT"), "{told}");
    let moment = |what: &str| {
        let line = told.lines().find(|line| line.contains(what)).unwrap();
        let minutes: u32 = line[3..5].parse().unwrap();
        minutes
    };
    assert_eq!(moment("CLEAN_UP") - moment("BAKE_TIME"), 15, "{told}");
    assert!(told.contains("completed: primes:2"), "{told}");
}

#[test]
fn only_some_edits_of_a_service_start_a_deployment() {
    // The list of ecs.md 3.1; each value differs from the sample's.
    let network = serde_json::json!({ "awsvpcConfiguration": { "subnets": ["subnet-a"] } });
    let cases = [
        ("taskDefinition", serde_json::json!("primes:2"), true),
        ("networkConfiguration", network, true),
        ("platformVersion", "1.4.0".into(), true),
        ("loadBalancers", serde_json::json!([]), true),
        (
            "serviceRegistries",
            serde_json::json!([{ "registryArn": "a", "containerName": "primes",
                "containerPort": 8080 }]),
            true,
        ),
        (
            "serviceConnectConfiguration",
            serde_json::json!({ "enabled": true }),
            true,
        ),
        (
            "volumeConfigurations",
            serde_json::json!([{ "name": "data" }]),
            true,
        ),
        ("volumeConfigurations", serde_json::Value::Null, false),
        (
            "vpcLatticeConfigurations",
            serde_json::json!([{ "portName": "a" }]),
            true,
        ),
        ("launchType", "EC2".into(), true),
        ("desiredCount", 6.into(), false),
        (
            "deploymentConfiguration",
            serde_json::json!({ "minimumHealthyPercent": 50, "maximumPercent": 150 }),
            false,
        ),
        (
            "placementConstraints",
            serde_json::json!([{ "type": "distinctInstance" }]),
            false,
        ),
        (
            "placementStrategy",
            serde_json::json!([{ "type": "random" }]),
            false,
        ),
        (
            "capacityProviderStrategy",
            serde_json::json!([{ "capacityProvider": "a", "weight": 1 }]),
            false,
        ),
        ("healthCheckGracePeriodSeconds", 90.into(), false),
        ("availabilityZoneRebalancing", "DISABLED".into(), false),
        ("enableExecuteCommand", true.into(), false),
        ("propagateTags", "SERVICE".into(), false),
    ];
    let namespace = set(
        "/cloudMapNamespaces",
        serde_json::json!([{ "Name": "local" }]),
    );
    let registry = serde_json::json!([{ "Name": "a", "NamespaceId": "local" }]);
    let design = namespace.apply(&sample()).unwrap();
    let design = set("/cloudMapServices", registry).apply(&design).unwrap();
    for (member, value, deploys) in cases {
        let mut inputs = deploying(200);
        // The revision is there either way; only the edit under test points the service at it.
        inputs.truncate(1);
        inputs.push(at(201, edit(set(&format!("/services/0/{member}"), value))));
        let (world, _) = run(&recording(design.clone(), inputs), 210);
        let started = world.control().deployments_started;
        assert_eq!(started, if deploys { 3 } else { 2 }, "{member}");
    }
}

#[test]
fn a_deployment_during_another_becomes_primary_and_both_older_ones_go() {
    let mut inputs = deploying(200);
    let (service, family) = ("primes", "primes".to_string());
    inputs.push(at(215, edit(Edit::AddRevision { family })));
    inputs.push(at(
        215,
        edit(Edit::Deploy {
            service: service.into(),
            task_definition: "primes:3".into(),
        }),
    ));
    let recording = recording(sample(), inputs);
    let (world, _) = run(&recording, 216);
    let index = world.model().service_named(service).unwrap();
    let states = |world: &World| {
        let deployments = &world.control().services[&index].deployments;
        let line = |it: &crate::control::Deployment| {
            let revision = world.model().definition(it.task_definition).revision;
            format!("{revision} {}", it.rollout_state.name())
        };
        deployments.iter().map(line).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(states(&world), "1 COMPLETED, 2 IN_PROGRESS, 3 IN_PROGRESS");
    let (world, log) = run(&recording, 600);
    assert_eq!(states(&world), "3 COMPLETED");
    let told = stages(&world, &log);
    assert!(!told.contains("completed: primes:2"), "{told}");
    assert_eq!(running(world.control(), world.model(), service), 4);
}
