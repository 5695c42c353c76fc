//! What CloudWatch shows of a run, in numbers that can be reckoned by hand.

use super::*;
use crate::export::{metrics_csv, metrics_openmetrics};
use crate::sim::traffic::{Latency, REQUEST, TrafficSource};
use serde_json::{Value, json};

/// Two zones, a load balancer that redirects `/old`, answers `/no` with 404, and sends the rest to
/// two tasks of half a vCPU and 512 MiB each, of which 128 are taken without work.
pub(super) fn design(changes: &[(&str, Value)]) -> Design {
    let mut document = json!({
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
        "services": [{"serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2,
            "loadBalancers": [{"targetGroupArn": "tg", "containerName": "web", "containerPort": 80}]}],
        "loadBalancers": [{"Name": "lb", "Subnets": ["s-a", "s-b"]}],
        "targetGroups": [{"Name": "tg", "HealthCheckIntervalSeconds": 10}],
        "listeners": [{"LoadBalancerArn": "lb", "Protocol": "HTTP", "Port": 80,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]}],
        "rules": [
            {"ListenerArn": "lb:80", "Priority": 1,
             "Conditions": [{"Field": "path-pattern", "Values": ["/old"]}],
             "Actions": [{"Type": "redirect", "RedirectConfig": {"Path": "/new", "StatusCode": "HTTP_301"}}]},
            {"ListenerArn": "lb:80", "Priority": 2,
             "Conditions": [{"Field": "path-pattern", "Values": ["/no"]}],
             "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}
        ],
        "workloads": {"c/web": {"startupSeconds": 2, "cpuMsPerRequest": 5, "baseLatencyMs": 20,
            "memoryMiB": 128}}
    });
    for (pointer, value) in changes {
        *document.pointer_mut(pointer).unwrap() = value.clone();
    }
    Design::read(&document.to_string()).unwrap()
}

pub(super) fn source(rate: f64, paths: &[&str]) -> TrafficSource {
    let requests: Vec<Value> = paths.iter().map(|it| json!({ "path": it })).collect();
    let text = json!({"name": "clients", "listener": "lb:80", "requestsPerSecond": rate,
        "requests": requests});
    crate::source::read(&text.to_string()).unwrap()
}

fn recorded(design: Design, sources: Vec<TrafficSource>, text: &str) -> Recording {
    Recording {
        traffic: sources,
        ..recording(design, inputs(text))
    }
}

fn played(recording: &Recording, minutes: u64) -> World {
    simulate(recording, Instant(minutes * 60_000)).0
}

/// The points of a metric as `minute=value`, dimensions by their values.
fn points(world: &World, name: &str, dimensions: &[&str], statistic: Statistic) -> String {
    let store = world.metrics();
    let id = store.ids().find(|id| {
        let values = id.dimensions.iter().map(|(_, value)| value.as_str());
        id.name.name() == name && values.eq(dimensions.iter().copied())
    });
    let Some(id) = id else {
        return "no such metric".into();
    };
    let points = store.series(id).map(|point| {
        let value = point.stats.get(statistic).unwrap();
        format!(
            "{}={}",
            point.at.0 / 60_000,
            (value * 1000.0).round() / 1000.0
        )
    });
    points.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_steady_rate_is_counted_exactly() {
    let world = played(
        &recorded(design(&[]), Vec::from([source(10.0, &["/"])]), "[]"),
        4,
    );
    let told = |name, dimensions: &[&str], statistic| {
        let all = points(&world, name, dimensions, statistic);
        // The first minute has what comes before the tasks are healthy.
        all.split_once(' ')
            .map_or(all.clone(), |(_, rest)| rest.into())
    };
    let sum = Statistic::Sum;
    assert_eq!(told("RequestCount", &["lb"], sum), "1=600 2=600 3=600");
    assert_eq!(
        told("RequestCount", &["lb", "tg"], sum),
        "1=600 2=600 3=600"
    );
    assert_eq!(
        told("RequestCount", &["z-a", "lb"], sum),
        "1=300 2=300 3=300"
    );
    assert_eq!(
        told("RequestCount", &["z-b", "lb", "tg"], sum),
        "1=300 2=300 3=300"
    );
    assert_eq!(
        told("RequestCountPerTarget", &["lb", "tg"], sum),
        "1=300 2=300 3=300"
    );
    let maximum = Statistic::Maximum;
    assert_eq!(
        told("HealthyHostCount", &["lb", "tg"], maximum),
        "1=2 2=2 3=2"
    );
    assert_eq!(
        told("UnHealthyHostCount", &["z-a", "lb", "tg"], maximum),
        "1=0 2=0 3=0"
    );
    // 5 a second for each task, 5 ms each, of half a vCPU: 25 of 500 ms.
    let average = Statistic::Average;
    assert_eq!(
        told("CPUUtilization", &["c", "web"], average),
        "1=5 2=5 3=5"
    );
    assert_eq!(
        told("MemoryUtilization", &["c", "web"], average),
        "1=25 2=25 3=25"
    );
    assert_eq!(
        told("CPUUtilization", &["c", "web"], Statistic::SampleCount),
        "1=2 2=2 3=2"
    );
    // 512 of 2048 CPU units on each host; 50 of 4000 vCPU-milliseconds a second.
    assert_eq!(told("CPUReservation", &["c"], average), "1=25 2=25 3=25");
    assert_eq!(
        told("CPUUtilization", &["c"], average),
        "1=1.25 2=1.25 3=1.25"
    );
}

#[test]
fn what_is_told_only_when_there_is_some_has_no_other_points() {
    let stop = r#"[{"at": "PT150S", "do": "stopTraffic", "name": "clients"}]"#;
    let recording = recorded(
        design(&[]),
        Vec::from([source(12.0, &["/old", "/no", "/"])]),
        stop,
    );
    let world = played(&recording, 10);
    let diagnostics = crate::model::compile(world.design(), None).diagnostics;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let sum = |name, dimensions: &[&str]| points(&world, name, dimensions, Statistic::Sum);
    assert_eq!(sum("HTTP_Redirect_Count", &["lb"]), "0=240 1=240 2=120");
    assert_eq!(
        sum("HTTP_Fixed_Response_Count", &["lb"]),
        "0=240 1=240 2=120"
    );
    assert_eq!(sum("HTTPCode_ELB_3XX_Count", &["lb"]), "0=240 1=240 2=120");
    assert_eq!(sum("HTTPCode_ELB_4XX_Count", &["lb"]), "0=240 1=240 2=120");
    assert_eq!(sum("HTTPCode_Target_5XX_Count", &["lb"]), "no such metric");
    // What is in flight when traffic ends is played to its end, in whole minutes.
    let routed = sum("RequestCount", &["lb", "tg"]);
    assert!(routed.contains(" 1=240 2=120.1"), "{routed}");
    assert!(!routed.contains(" 4="), "{routed}");
    // Before a target is there, what is forwarded is answered with 503 and counts no request.
    let (first, _) = routed.split_once(' ').unwrap();
    let failed = sum("HTTPCode_ELB_503_Count", &["lb"]);
    let number = |text: &str| text.trim_start_matches("0=").parse::<f64>().unwrap();
    let all = number(first) + number(&failed);
    assert!(
        (239.5..=240.0).contains(&all),
        "{all}: some are on their way"
    );
    assert_eq!(
        sum("HTTPCode_ELB_503_Count", &["lb", "tg"]),
        "no such metric"
    );
}

#[test]
fn a_cluster_reserves_as_in_the_worked_example() {
    // Reference 4.2: 16384 + 2048 units, 30158 + 3768 MiB, ten tasks of 1024 and 2048.
    let hosts = json!([
        {"ec2InstanceId": "i-a", "instanceType": "m5.4xlarge", "availabilityZone": "z-a",
         "registeredCpu": 16384, "registeredMemory": 30158},
        {"ec2InstanceId": "i-b", "instanceType": "m5.large", "availabilityZone": "z-b",
         "registeredCpu": 2048, "registeredMemory": 3768}
    ]);
    let document = design(&[
        ("/containerInstances", hosts),
        ("/services/0/desiredCount", json!(10)),
        ("/taskDefinitions/0/containerDefinitions/0/cpu", json!(1024)),
        (
            "/taskDefinitions/0/containerDefinitions/0/memory",
            json!(2048),
        ),
    ]);
    let world = played(
        &recorded(document, Vec::from([source(0.0, &["/"])]), "[]"),
        2,
    );
    let last = |name| {
        let all = points(&world, name, &["c"], Statistic::Average);
        all.rsplit_once(' ').unwrap().1.to_string()
    };
    // 10240 of 18432 are 55 %, and 20480 of 33926 are 60 %, as the guide cuts them.
    assert_eq!(last("CPUReservation"), "1=55.556");
    assert_eq!(last("MemoryReservation"), "1=60.367");
    // Nobody asks: always told, and zero.
    let requests = points(&world, "RequestCount", &["lb"], Statistic::Sum);
    assert_eq!(requests, "0=0 1=0");
    assert_eq!(
        points(&world, "TargetResponseTime", &["lb"], Statistic::Average),
        "no such metric"
    );
}

#[test]
fn without_a_running_task_there_is_no_point() {
    let document = design(&[("/services/0/desiredCount", json!(0))]);
    let world = played(
        &recorded(document, Vec::from([source(1.0, &["/"])]), "[]"),
        2,
    );
    let utilization = points(&world, "CPUUtilization", &["c", "web"], Statistic::Average);
    assert_eq!(utilization, "no such metric");
    let reservation = points(&world, "CPUReservation", &["c"], Statistic::Average);
    assert_eq!(reservation, "0=0 1=0");
}

#[test]
fn metrics_are_found_in_words_of_aws_and_seen_late() {
    let world = played(
        &recorded(design(&[]), Vec::from([source(1.0, &["/"])]), "[]"),
        2,
    );
    let store = world.metrics();
    let long = [
        ("TargetGroup", "targetgroup/tg/73e2d6bc24d8a067"),
        ("LoadBalancer", "app/lb/50dc6c495c0c9188"),
    ];
    let id = store.find("AWS/ApplicationELB", "RequestCount", &long);
    let short = [("LoadBalancer", "lb"), ("TargetGroup", "tg")];
    let same = store.find("AWS/ApplicationELB", "RequestCount", &short);
    assert!(id.is_some() && id == same);
    assert_eq!(store.find("AWS/ECS", "RequestCount", &short), None);
    assert_eq!(store.find("AWS/ApplicationELB", "RequestCount", &[]), None);
    let settings = &world.model().settings;
    let seen = Namespace::ApplicationElb.visible_at(Instant(60_000), settings);
    assert_eq!(seen, Instant(210_000), "a minute and 90 s after its start");
}

#[test]
fn points_are_those_of_a_straight_run_wherever_a_seek_comes_from() {
    let recording = recorded(
        design(&[]),
        Vec::from([source(40.0, &["/", "/no"])]),
        r#"[{"at": "PT4M", "do": "stopTask", "task": "web"}]"#,
    );
    let straight = |seconds: u64| simulate(&recording, Instant(seconds * 1000)).0;
    let mut timeline = Timeline::new(recording.clone());
    for seconds in [500, 30, 299, 300, 301, 61, 420] {
        timeline.seek(Instant(seconds * 1000));
        let (sought, straight) = (timeline.world(), straight(seconds));
        assert!(sought.metrics() == straight.metrics(), "at {seconds} s");
        let settings = &straight.model().settings;
        assert_eq!(
            metrics_openmetrics(sought.metrics(), settings),
            metrics_openmetrics(straight.metrics(), settings)
        );
    }
}

/// A second of one cell, made by hand.
fn second(at: u64, cell: Cell) -> Second {
    Second {
        at: Instant(at * 1000),
        groups: Vec::from([GroupSecond {
            group: crate::id::TargetGroupIx(0),
            balancer: crate::id::LoadBalancerIx(0),
            cells: Vec::from([(Some(crate::id::ZoneIx(0)), cell)]),
            targets: Vec::from([(crate::id::ZoneIx(0), 1, u32::from(at > 60))]),
            waiting: 0,
            members: Vec::new(),
        }]),
        edges: Vec::new(),
        unheard: 0,
        services: Vec::new(),
    }
}

#[test]
fn percentiles_are_of_all_requests_of_the_minute_together() {
    let world = World::new(&recording(design(&[]), Vec::new()));
    let constant = |ms: f64| Latency {
        base_ms: ms,
        lanes: 1,
        ..Latency::default()
    };
    let cell = |ms: f64, count: u64| Cell {
        routed: count * REQUEST,
        answered: count * REQUEST,
        latencies: Vec::from([(constant(ms), count * REQUEST)]),
        ..Cell::default()
    };
    let mut store = MetricStore::default();
    // 97 requests of 10 ms in one second, 3 of 1000 ms in another: the mean of seconds would have
    // a p50 of 505 ms.
    store.record(&world, &second(1, cell(10.0, 97)));
    store.record(&world, &second(60, cell(1000.0, 3)));
    let dimensions = [("LoadBalancer", "lb")];
    let times = store.find("AWS/ApplicationELB", "TargetResponseTime", &dimensions);
    let point = store.series(times.unwrap()).next().unwrap();
    let near = |statistic, wanted: f64| {
        let value = point.stats.get(statistic).unwrap();
        let is_near = (value - wanted).abs() <= 0.04 * wanted;
        assert!(is_near, "{statistic:?} is {value}, not {wanted}");
    };
    near(Statistic::P50, 0.010);
    near(Statistic::P95, 0.010);
    near(Statistic::P99, 1.0);
    let exact = |statistic| point.stats.get(statistic).unwrap();
    assert!((exact(Statistic::Average) - 0.0397).abs() < 1e-9);
    assert_eq!(exact(Statistic::SampleCount), 100.0);
    assert_eq!(exact(Statistic::Minimum), 0.01);
    // The next minute is another point, and has none of this one's.
    let times = times.unwrap().clone();
    store.record(&world, &second(120, cell(20.0, 1)));
    let means = store
        .series(&times)
        .map(|it| it.stats.get(Statistic::Average));
    assert_eq!(means.last(), Some(Some(0.02)));
    assert_eq!(store.series(&times).count(), 2);
}

#[test]
fn exports_are_what_others_read() {
    let world = played(
        &recorded(design(&[]), Vec::from([source(10.0, &["/"])]), "[]"),
        2,
    );
    let settings = &world.model().settings;
    let csv = metrics_csv(world.metrics(), settings);
    let line = csv
        .lines()
        .find(|it| it.contains(",60,AWS/ApplicationELB,RequestCount,LoadBalancer=lb,"));
    assert_eq!(
        line,
        Some("1767225660,60,AWS/ApplicationELB,RequestCount,LoadBalancer=lb,Count,600,,,,,,,,")
    );
    let columns = csv.lines().map(|it| it.split(',').count());
    assert!(columns.clone().all(|it| it == 15), "every row is whole");
    let text = metrics_openmetrics(world.metrics(), settings);
    let wanted = "aws_applicationelb_request_count_sum{load_balancer=\"lb\"} 600 1767225660\n";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("# UNIT aws_ecs_cpuutilization_average_percent percent\n"));
}
