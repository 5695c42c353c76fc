//! Health checks of target groups: matchers, protocols, ports (load-balancing-and-scaling.md 2.2
//! and 3.1), and targets in zones that are not enabled.

use super::*;
use crate::control::TargetHealth;
use crate::id::LoadBalancerIx;

/// Healthy targets of `primes` at 110 s, and at 200 s where all its containers answer with errors
/// from 120 s on.
fn healthy(members: &[(&str, serde_json::Value)]) -> (usize, usize) {
    let mut design = sample();
    for (member, value) in members {
        let pointer = format!("/targetGroups/0/{member}");
        design = set(&pointer, value.clone()).apply(&design).unwrap();
    }
    let grace = set("/services/0/healthCheckGracePeriodSeconds", 9999.into());
    let design = grace.apply(&design).unwrap();
    let errs = r#"[{"at":"PT120S","do":"degradeContainer","service":"primes","errorRate":1}]"#;
    let recording = recording(design, inputs(errs));
    let count = |seconds| {
        let (world, _) = run(&recording, seconds);
        let service = world.model().service_named("primes").unwrap();
        let tasks = world.control().tasks_of(service);
        let targets = tasks.flat_map(|(_, task)| &task.targets);
        targets
            .filter(|it| it.health == TargetHealth::Healthy)
            .count()
    };
    (count(110), count(200))
}

#[test]
fn the_matcher_says_which_answers_pass() {
    let matcher = |codes: &str| healthy(&[("Matcher", serde_json::json!({ "HttpCode": codes }))]);
    assert_eq!(healthy(&[]), (4, 0));
    assert_eq!(matcher("200-299"), (4, 0));
    assert_eq!(matcher("301"), (0, 0), "a task answers 200");
}

#[test]
fn a_network_load_balancer_wants_a_connection_or_takes_more_codes() {
    let tcp = ("Protocol", "TCP".into());
    assert_eq!(
        healthy(core::slice::from_ref(&tcp)),
        (4, 4),
        "the system accepts"
    );
    let http = ("HealthCheckProtocol", "HTTP".into());
    assert_eq!(healthy(&[tcp.clone(), http.clone()]), (4, 0));
    let codes = ("Matcher", serde_json::json!({ "HttpCode": "200-599" }));
    assert_eq!(healthy(&[tcp, http, codes]), (4, 4));
}

#[test]
fn grpc_answers_with_codes_of_its_own() {
    let grpc = ("ProtocolVersion", "GRPC".into());
    let default = ("HealthCheckPath", serde_json::Value::Null);
    assert_eq!(healthy(&[grpc.clone(), default]), (4, 0));
    let path = ("HealthCheckPath", "/grpc.health.v1.Health/Check".into());
    assert_eq!(
        healthy(&[grpc.clone(), path.clone()]),
        (0, 0),
        "it answers 0, not 12"
    );
    let codes = ("Matcher", serde_json::json!({ "GrpcCode": "0" }));
    assert_eq!(healthy(&[grpc, path, codes]), (4, 0));
}

#[test]
fn a_fixed_check_port_does_not_find_tasks_on_dynamic_ports() {
    assert_eq!(healthy(&[("HealthCheckPort", "8080".into())]), (0, 0));
    assert_eq!(
        healthy(&[("HealthCheckPort", "traffic-port".into())]),
        (4, 0)
    );
}

#[test]
fn a_target_in_a_zone_that_is_not_enabled_is_unused_and_replaced() {
    let subnets = serde_json::json!(["subnet-a", "subnet-b"]);
    let design = set("/loadBalancers/0/Subnets", subnets)
        .apply(&sample())
        .unwrap();
    let mut world = World::new(&recording(design, Vec::new()));
    let group = world.model.target_group_named("primes-tg").unwrap();
    let model = Arc::make_mut(&mut world.model);
    model.target_groups[group.at()]
        .balancers
        .insert(LoadBalancerIx(0));
    let mut log = Vec::new();
    world.run(Instant(170_000), &mut log);
    let first = story(&world, &log, "is unhealthy in (target-group primes-tg)");
    let first = first.lines().next().unwrap_or_default();
    assert!(
        first.ends_with(
            "due to (reason Target is in an Availability Zone that is not enabled for the load \
             balancer)"
        ),
        "{first}"
    );
    let replaced = story(&world, &log, "(service primes) has started 1 tasks");
    assert!(
        replaced.contains("due to an unhealthy status"),
        "{replaced}"
    );
    let unused = log.iter().map(|event| event_text(world.model(), event));
    assert!(
        unused
            .filter(|text| text.contains("is unused in primes-tg"))
            .count()
            > 0
    );
}
