//! Requests on their way: what becomes of them while targets come, drain and die. Every story also
//! holds the books: what came in is answered, failed or waiting, in every second.

use super::*;
use crate::sim::traffic::TrafficSource;
use serde_json::json;

/// One load balancer on three zones, one group with two tasks on each of three hosts' zones, and
/// `changes` in the document.
pub(super) fn design(
    count: u32,
    workload: &serde_json::Value,
    group: &serde_json::Value,
) -> Design {
    let mut attributes = group["attributes"].clone();
    if attributes.is_null() {
        attributes = json!([]);
    }
    let text = json!({
        "stowplan": 1,
        "network": {"subnets": [
            {"SubnetId": "s-a", "AvailabilityZone": "z-a"},
            {"SubnetId": "s-b", "AvailabilityZone": "z-b"}
        ]},
        "clusters": [{"clusterName": "c"}],
        "containerInstances": [
            {"ec2InstanceId": "i-a", "instanceType": "m5.large", "availabilityZone": "z-a"},
            {"ec2InstanceId": "i-b", "instanceType": "m5.large", "availabilityZone": "z-b"}
        ],
        "taskDefinitions": [{"family": "web", "networkMode": "bridge", "containerDefinitions": [
            {"name": "web", "image": "web:1", "cpu": 512, "memory": 512, "essential": true,
             "portMappings": [{"containerPort": 80, "hostPort": 0}]}
        ]}],
        "services": [{"serviceName": "web", "taskDefinition": "web:1", "desiredCount": count,
            "healthCheckGracePeriodSeconds": 60,
            "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200},
            "loadBalancers": [{"targetGroupArn": "tg", "containerName": "web", "containerPort": 80}]}],
        "loadBalancers": [{"Name": "lb", "Subnets": ["s-a", "s-b"]}],
        "targetGroups": [{"Name": "tg", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2,
            "Attributes": attributes}],
        "listeners": [{"LoadBalancerArn": "lb", "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]}],
        "workloads": {"c/web": workload}
    });
    Design::read(&text.to_string()).unwrap()
}

fn delay(seconds: u32) -> serde_json::Value {
    json!({"attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": seconds.to_string()}]})
}

pub(super) fn source(rate: f64) -> TrafficSource {
    let text = json!({"name": "clients", "listener": "lb:80", "requestsPerSecond": rate});
    crate::source::read(&text.to_string()).unwrap()
}

/// Runs to `until` seconds and holds the books in each of them.
pub(super) fn play(
    design: Design,
    traffic: Vec<TrafficSource>,
    text: &str,
    until: u64,
) -> (World, Vec<Event>) {
    let mut recording = recording(design, inputs(text));
    recording.traffic = traffic;
    let mut world = World::new(&recording);
    let mut log = Vec::new();
    for second in 1..=until {
        world.run(Instant(second * 1000), &mut log);
        let (totals, waiting) = world.traffic_totals();
        assert_eq!(
            totals.received,
            totals.answered + totals.failed + waiting,
            "at second {second}"
        );
    }
    (world, log)
}

/// The lines about requests.
fn failures(world: &World, log: &[Event]) -> String {
    let is_of_requests = |event: &&Event| {
        matches!(
            event.kind,
            EventKind::RequestsFail { .. } | EventKind::RequestsFailed { .. }
        )
    };
    let events: Vec<Event> = log.iter().filter(is_of_requests).cloned().collect();
    story(world, &events, "")
}

const SLOW: &str = r#"{"startupSeconds": 2, "cpuMsPerRequest": 1, "baseLatencyMs": 20000}"#;

fn slow() -> serde_json::Value {
    serde_json::from_str(SLOW).unwrap()
}

const DEPLOY: &str =
    r#"[{"at": "PT5M", "do": "updateService", "service": "web", "forceNewDeployment": true}]"#;

pub(super) fn set_tg(seconds: u32, more: &[(&str, &str)]) -> serde_json::Value {
    let mut attributes = Vec::from([
        json!({"Key": "deregistration_delay.timeout_seconds", "Value": seconds.to_string()}),
    ]);
    attributes.extend(
        more.iter()
            .map(|(key, value)| json!({"Key": key, "Value": value})),
    );
    json!({ "attributes": attributes })
}

/// Requests of 5 ms CPU and 25 ms in all.
pub(super) fn quick() -> serde_json::Value {
    json!({"startupSeconds": 2, "cpuMsPerRequest": 5, "baseLatencyMs": 20})
}

/// The story of requests from the fifth minute on, where two quick tasks get 50 requests a second.
fn told_of(text: &str, until: u64) -> String {
    let design = design(2, &quick(), &set_tg(10, &[]));
    let (world, log) = play(design, Vec::from([source(50.0)]), text, until);
    let late = |event: &Event| event.at >= Instant(300_000);
    let log: Vec<Event> = log.into_iter().filter(late).collect();
    failures(&world, &log)
}

#[test]
fn a_drained_task_fails_what_is_in_flight_only_if_the_delay_is_shorter() {
    // Requests of 20 s at 5 a second and task: after a delay of 5 s those of the last 15 s before
    // it are still in flight, 75 of each task; both tasks of the old revision go at once.
    let traffic = || Vec::from([source(10.0)]);
    let (world, log) = play(design(2, &slow(), &delay(5)), traffic(), DEPLOY, 900);
    let late = |event: &&Event| event.at >= Instant(300_000);
    let short: Vec<Event> = log.iter().filter(late).cloned().collect();
    assert_eq!(
        failures(&world, &short),
        "\
00:05:35 requests to tg fail with 502: the deregistration delay was over with requests in flight (task #)
00:05:40 75 requests to tg failed with 502 at 00:05:35: the deregistration delay was over with requests in flight
"
    );
    // Twenty seconds and what the CPU takes are just too short for the last of them.
    for (seconds, fails) in [(15, true), (19, true), (21, false), (30, false)] {
        let (world, log) = play(design(2, &slow(), &delay(seconds)), traffic(), DEPLOY, 900);
        let late: Vec<Event> = log.iter().filter(late).cloned().collect();
        assert_eq!(failures(&world, &late).is_empty(), !fails, "{seconds} s");
    }
}

#[test]
fn before_a_target_is_registered_the_load_balancer_answers_503() {
    let design = design(2, &quick(), &set_tg(10, &[]));
    let (world, log) = play(design, Vec::from([source(50.0)]), "[]", 120);
    assert_eq!(failures(&world, &log), "\
00:00:01 requests to tg fail with 503: the target group has no registered target
00:00:21 778 requests to tg failed with 503 from 00:00:01 to 00:00:15: the target group has no registered target
");
}

#[test]
fn a_task_that_is_stopped_by_hand_refuses_connections_until_it_is_deregistered() {
    let text = r#"[{"at": "PT5M", "do": "stopTask", "task": "web"}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:01 requests to tg fail with 502: the target refuses connections (task #)
00:05:15 250 requests to tg failed with 502 from 00:05:01 to 00:05:10: the target refuses connections
");
}

#[test]
fn a_task_that_crashes_also_resets_what_is_in_flight() {
    let text = r#"[{"at": "PT5M", "do": "crashTask", "task": "web", "exitCode": 1}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:00 requests to tg fail with 502: the task ended with requests in flight (task #)
00:05:00 requests to tg fail with 502: the target refuses connections (task #)
00:05:05 0.6 requests to tg failed with 502 at 00:05:00: the task ended with requests in flight
00:05:15 250 requests to tg failed with 502 from 00:05:00 to 00:05:10: the target refuses connections
");
}

#[test]
fn a_host_that_is_gone_lets_connections_time_out() {
    let text = r#"[{"at": "PT5M", "do": "terminateInstance", "instance": "i-a"}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:11 requests to tg fail with 504: no connection to the target within the connect timeout
00:05:25 250 requests to tg failed with 504 from 00:05:11 to 00:05:20: no connection to the target within the connect timeout
00:06:00 requests to tg fail with 504: no answer of the target within the idle timeout
00:06:05 0.6 requests to tg failed with 504 at 00:06:00: no answer of the target within the idle timeout
");
}

#[test]
fn a_zone_that_fails_takes_its_node_along_until_clients_look_the_name_up_again() {
    let text = r#"[{"at": "PT5M", "do": "failAvailabilityZone", "zone": "z-a"}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:01 requests to tg fail without an answer: the load balancer's node in the zone is unreachable
00:05:11 requests to tg fail with 504: no connection to the target within the connect timeout
00:05:25 134 requests to tg failed with 504 from 00:05:11 to 00:05:20: no connection to the target within the connect timeout
00:06:00 requests to tg fail with 504: no answer of the target within the idle timeout
00:06:05 0.6 requests to tg failed with 504 at 00:06:00: no answer of the target within the idle timeout
00:06:05 762 requests to tg failed without an answer from 00:05:01 to 00:06:00: the load balancer's node in the zone is unreachable
");
}

#[test]
fn a_service_without_tasks_answers_503() {
    let text = r#"[
        {"at": "PT5M", "do": "updateService", "service": "web", "desiredCount": 0},
        {"at": "PT7M", "do": "updateService", "service": "web", "desiredCount": 2}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:11 requests to tg fail with 503: the target group has no registered target
00:07:17 6075 requests to tg failed with 503 from 00:05:11 to 00:07:11: the target group has no registered target
");
}

#[test]
fn a_rolling_update_with_a_delay_longer_than_requests_loses_none() {
    assert_eq!(told_of(DEPLOY, 900), "");
}

#[test]
fn errors_of_the_target_are_told_as_such() {
    let text = r#"[
        {"at": "PT5M", "do": "degradeContainer", "service": "web", "latencyMs": 100, "errorRate": 0.1},
        {"at": "PT6M", "do": "restoreContainer", "service": "web"}]"#;
    assert_eq!(told_of(text, 700), "\
00:05:01 requests to tg fail with 500: the target answers with an error (task #)
00:06:05 299 requests to tg failed with 500 from 00:05:01 to 00:06:00: the target answers with an error
");
}

#[test]
fn a_task_with_too_much_to_do_fails_its_health_checks() {
    // 5 ms of CPU each at 2,000 a second are 10 vCPUs; two hosts have 4.
    let text =
        r#"[{"at": "PT5M", "do": "setTraffic", "name": "clients", "requestsPerSecond": 2000}]"#;
    let design = design(2, &quick(), &set_tg(10, &[]));
    let (world, log) = play(design, Vec::from([source(50.0)]), text, 700);
    let told = story(&world, &log, "is unhealthy in");
    assert!(told.contains("Request timed out"), "{told}");
}

#[test]
fn requests_in_flight_take_memory_until_the_kernel_kills_the_task() {
    // 512 MiB, of which 100 are taken without work: 412 requests of 1 MiB fit.
    let workload = json!({"startupSeconds": 2, "cpuMsPerRequest": 1, "baseLatencyMs": 10000,
        "memoryMiB": 100, "memoryKiBPerRequest": 1024});
    let killed = |rate: f64| {
        let design = design(1, &workload, &set_tg(10, &[]));
        let (_, log) = play(design, Vec::from([source(rate)]), "[]", 120);
        log.iter().any(|event| {
            matches!(
                event.kind,
                EventKind::TaskStatusChanged {
                    out_of_memory: true,
                    ..
                }
            )
        })
    };
    assert!(!killed(40.0), "400 in flight fit");
    assert!(killed(45.0), "450 in flight do not");
}
