//! Requests where designs are less plain: deployments that shift traffic, groups that change their
//! load balancer, tasks in two groups, sources that go, groups that nobody asks.

use super::classic::behind_classic;
use super::requests::{design, play, quick, set_tg, source};
use super::*;
use crate::sim::traffic::{Micro, REQUEST, TrafficSource};
use serde_json::{Value, json};

fn clients(text: Value) -> TrafficSource {
    crate::source::read(&text.to_string()).unwrap()
}

/// The plain design with `change` in its document.
fn changed(count: u32, workload: &Value, change: impl FnOnce(&mut Value)) -> Design {
    let plain = design(count, workload, &set_tg(10, &[]));
    let mut value = serde_json::to_value(plain).unwrap();
    change(&mut value);
    Design::read(&value.to_string()).unwrap()
}

/// Another target group like the first.
fn add_group(value: &mut Value, name: &str) {
    let mut group = value["targetGroups"][0].clone();
    group["Name"] = name.into();
    value["targetGroups"].as_array_mut().unwrap().push(group);
}

/// Requests of the last second by the name of the group.
fn received(world: &World, group: &str) -> Micro {
    let groups = world.traffic_second().groups.iter();
    let mut named = groups.filter(|it| world.model().target_group(it.group).name == group);
    let members = named.next().map(|it| it.members.iter());
    members.into_iter().flatten().map(|it| it.received).sum()
}

fn blue_green(value: &mut Value) {
    add_group(value, "green");
    value["services"][0]["deploymentConfiguration"] =
        json!({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5});
    value["services"][0]["loadBalancers"][0]["advancedConfiguration"] =
        json!({"alternateTargetGroupArn": "green", "productionListenerRule": "lb:80"});
}

const DEPLOY: &str =
    r#"[{"at": "PT5M", "do": "updateService", "service": "web", "forceNewDeployment": true}]"#;

#[test]
fn a_blue_green_deployment_moves_every_request() {
    let design = changed(2, &quick(), blue_green);
    let (world, log) = play(design, Vec::from([source(10.0)]), DEPLOY, 900);
    assert_eq!(received(&world, "green"), 10 * REQUEST);
    assert_eq!(received(&world, "tg"), 0);
    let late: Vec<Event> = log
        .into_iter()
        .filter(|it| it.at > Instant(300_000))
        .collect();
    assert_eq!(story(&world, &late, "requests to"), "");
}

#[test]
fn a_canary_gets_its_share_and_the_test_listener_the_new_revision() {
    let design = changed(2, &quick(), |value| {
        blue_green(value);
        value["services"][0]["deploymentConfiguration"] = json!({"strategy": "CANARY",
            "canaryConfiguration": {"canaryPercent": 20, "canaryBakeTimeInMinutes": 10},
            "bakeTimeInMinutes": 5});
        let advanced = &mut value["services"][0]["loadBalancers"][0]["advancedConfiguration"];
        advanced["testListenerRule"] = "lb:81".into();
        let test = json!({"LoadBalancerArn": "lb", "Protocol": "HTTP", "Port": 81,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]});
        value["listeners"].as_array_mut().unwrap().push(test);
    });
    let tester = clients(json!({"name": "tester", "listener": "lb:81", "requestsPerSecond": 1}));
    let (world, _) = play(design, Vec::from([source(10.0), tester]), DEPLOY, 600);
    let whole = |group| (received(&world, group) + REQUEST / 2) / REQUEST;
    assert_eq!((whole("green"), whole("tg")), (3, 8));
}

#[test]
fn a_service_that_moves_to_other_groups_loses_no_request_without_a_word() {
    let design = changed(2, &quick(), |value| {
        blue_green(value);
        add_group(value, "x");
        add_group(value, "y");
    });
    let text = r#"[
        {"at": "PT5M", "do": "edit", "change": {"edit": "set", "pointer": "/listeners/0/DefaultActions",
            "value": [{"Type": "forward", "TargetGroupArn": "x"}]}},
        {"at": "PT5M", "do": "edit", "change": {"edit": "set", "pointer": "/services/0/loadBalancers",
            "value": [{"targetGroupArn": "x", "containerName": "web", "containerPort": 80,
                "advancedConfiguration": {"alternateTargetGroupArn": "y", "productionListenerRule": "lb:80"}}]}}]"#;
    let (world, _) = play(design, Vec::from([source(10.0)]), text, 600);
    let (totals, _) = world.traffic_totals();
    assert_eq!(totals.received, 6000 * REQUEST);
}

#[test]
fn a_group_follows_its_listener_to_another_load_balancer() {
    let design = changed(2, &quick(), |value| {
        let other = json!({"Name": "lb2", "Subnets": ["s-a", "s-b"]});
        value["loadBalancers"].as_array_mut().unwrap().push(other);
    });
    let text = r#"[{"at": "PT200S", "do": "edit", "change": {"edit": "set",
        "pointer": "/listeners/0/LoadBalancerArn", "value": "lb2"}}]"#;
    let other = clients(json!({"name": "c", "listener": "lb2:80", "requestsPerSecond": 10}));
    let mut recording = recording(design, inputs(text));
    recording.traffic = Vec::from([other]);
    let (world, _) = simulate(&recording, Instant(300_000));
    let group = &world.traffic_second().groups[0];
    assert_eq!(world.model().load_balancer(group.balancer).name, "lb2");
}

#[test]
fn traffic_to_a_listener_that_is_not_there_is_told() {
    let design = design(2, &quick(), &set_tg(10, &[]));
    let text = r#"[{"at": "PT2M", "do": "edit", "change": {"edit": "remove", "part": {"loadBalancer": "lb"}}}]"#;
    let (world, log) = play(design, Vec::from([source(10.0)]), text, 180);
    assert_eq!(
        story(&world, &log, "no such listener"),
        "00:02:00 traffic clients asks lb:80, and there is no such listener\n"
    );
    assert_eq!(world.traffic_second().unheard, 10 * REQUEST);
}

#[test]
fn a_task_with_too_much_to_do_uses_all_of_its_cpu_though_nobody_waits_for_it() {
    let workload = json!({"startupSeconds": 2, "cpuMsPerRequest": 100, "baseLatencyMs": 0});
    let design = changed(1, &workload, |value| {
        value["services"][0]["healthCheckGracePeriodSeconds"] = 1_000_000.into();
        value["taskDefinitions"][0]["cpu"] = "512".into();
        value["taskDefinitions"][0]["memory"] = "512".into();
        value["loadBalancers"][0]["Attributes"] =
            json!([{"Key": "idle_timeout.timeout_seconds", "Value": "5"}]);
    });
    let (world, _) = play(design, Vec::from([source(100.0)]), "[]", 600);
    let used = &world.traffic_second().services[0];
    assert!((used.cpu_ms - 500.0).abs() < 5.0, "{used:?}");
}

#[test]
fn a_task_in_two_groups_has_its_cpu_once() {
    let workload = json!({"startupSeconds": 2, "cpuMsPerRequest": 10, "baseLatencyMs": 0});
    let design = changed(1, &workload, |value| {
        value["services"][0]["healthCheckGracePeriodSeconds"] = 1_000_000.into();
        value["taskDefinitions"][0]["cpu"] = "512".into();
        value["taskDefinitions"][0]["memory"] = "512".into();
        add_group(value, "tg2");
        let wire = json!({"targetGroupArn": "tg2", "containerName": "web", "containerPort": 80});
        let wires = value["services"][0]["loadBalancers"].as_array_mut();
        wires.unwrap().push(wire);
        let listener = json!({"LoadBalancerArn": "lb", "Protocol": "HTTP", "Port": 81,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg2"}]});
        value["listeners"].as_array_mut().unwrap().push(listener);
    });
    let other = clients(json!({"name": "o", "listener": "lb:81", "requestsPerSecond": 45}));
    // 90 requests of 10 ms ask for 0.9 vCPU of half of one.
    let (world, _) = play(design, Vec::from([source(45.0), other]), "[]", 300);
    let used = &world.traffic_second().services[0];
    assert_eq!((used.running, used.cpu_reserved), (1, 512));
    assert!(used.cpu_ms < 510.0, "{used:?}");
    let groups = world.traffic_second().groups.iter();
    let answered: u64 = groups
        .flat_map(|it| &it.members)
        .map(|it| it.answered)
        .sum();
    assert!(answered < 51 * REQUEST, "{answered}");
}

#[test]
fn a_group_that_nobody_needs_does_not_keep_dns_from_taking_a_sick_node_away() {
    let design = changed(2, &quick(), |value| {
        value["loadBalancers"][0]["Type"] = "network".into();
        value["listeners"][0]["Protocol"] = "TCP".into();
        value["targetGroups"][0]["Protocol"] = "TCP".into();
        value["services"][0]["healthCheckGracePeriodSeconds"] = 1_000_000.into();
        let empty = json!({"Name": "tg2", "Protocol": "TCP"});
        value["targetGroups"].as_array_mut().unwrap().push(empty);
        let listener = json!({"LoadBalancerArn": "lb", "Protocol": "TCP", "Port": 81,
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg2"}]});
        value["listeners"].as_array_mut().unwrap().push(listener);
    });
    let few = clients(json!({"name": "few", "listener": "lb:81", "requestsPerSecond": 0.001}));
    let text = r#"[{"at": "PT5M", "do": "failHealthCheck", "task": "web", "check": "target"}]"#;
    let (world, _) = play(design, Vec::from([source(10.0), few]), text, 500);
    let groups = world.traffic_second().groups.iter();
    let mut shares: Vec<Micro> = groups
        .filter(|it| world.model().target_group(it.group).name == "tg")
        .flat_map(|it| &it.members)
        .map(|it| it.received)
        .collect();
    shares.sort_unstable();
    assert_eq!(shares, [0, 10 * REQUEST]);
}

#[test]
fn behind_a_classic_load_balancer_nothing_healthy_means_503() {
    let text = r#"[{"at": "PT2M", "do": "failHealthCheck", "service": "web", "check": "target"}]"#;
    let design = behind_classic(|it| {
        it["services"][0]["healthCheckGracePeriodSeconds"] = 1_000_000.into();
    });
    let asking = clients(json!({"name": "c", "listener": "front:80", "requestsPerSecond": 10}));
    let (world, log) = play(design, Vec::from([asking]), text, 200);
    assert!(
        story(&world, &log, "fail with 503").contains("no target is healthy"),
        "{}",
        story(&world, &log, "fail")
    );
    assert_eq!(received(&world, "front"), 0);
}

#[test]
fn clients_that_are_gone_do_not_ask_again_through_others() {
    let many = clients(json!({"name": "many", "listener": "lb:80", "requestsPerSecond": 100}));
    let few = clients(
        json!({"name": "few", "listener": "lb:80", "requestsPerSecond": 1,
        "retries": {"attempts": 1, "backoff": "PT1S"}}),
    );
    let text = r#"[
        {"at": "PT5M", "do": "degradeContainer", "service": "web", "errorRate": 1, "latencyMs": 5000},
        {"at": "PT5M30.9S", "do": "stopTraffic", "name": "many"}]"#;
    let design = changed(2, &quick(), |value| {
        value["services"][0]["healthCheckGracePeriodSeconds"] = 1_000_000.into();
        // Unhealthy or not, there are only these.
        value["targetGroups"][0]["HealthCheckIntervalSeconds"] = 300.into();
    });
    let mut recording = recording(design, inputs(text));
    recording.traffic = Vec::from([many, few]);
    for second in 333..350 {
        let (world, _) = simulate(&recording, Instant(second * 1000));
        // What is in flight counts as well mixed, which lets a few of the others' failures pass for
        // those of the few; all of them would be a hundred a second.
        let asked = received(&world, "tg") as f64 / REQUEST as f64;
        assert!(asked < 5.0, "{asked} at second {second}");
    }
}

#[test]
fn a_group_that_joins_a_sticky_rule_wins_clients_only_as_sessions_end() {
    let forward = |weights: &[(&str, u32)]| {
        let groups = weights
            .iter()
            .map(|(group, weight)| json!({"TargetGroupArn": group, "Weight": weight}));
        json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": groups.collect::<Vec<_>>(),
            "TargetGroupStickinessConfig": {"Enabled": true, "DurationSeconds": 3600}}}])
    };
    let design = changed(2, &quick(), |value| {
        add_group(value, "tg2");
        value["listeners"][0]["DefaultActions"] = forward(&[("tg", 100)]);
    });
    let change = set(
        "/listeners/0/DefaultActions",
        forward(&[("tg", 50), ("tg2", 50)]),
    );
    let sticky = clients(
        json!({"name": "c", "listener": "lb:80", "requestsPerSecond": 100,
        "session": "PT10M"}),
    );
    let mut recording = recording(design, Vec::from([at(200, edit(change))]));
    recording.traffic = Vec::from([sticky]);
    // The new group is empty: what goes there is answered 503, half of a tenth after a minute.
    let failed = |second: u64| {
        let (world, _) = simulate(&recording, Instant(second * 1000));
        let groups = world.traffic_second().groups.iter();
        let cells = groups.flat_map(|it| &it.cells);
        cells.map(|(_, cell)| cell.elb_503).sum::<u64>() as f64 / REQUEST as f64
    };
    assert!(failed(202) < 1.0, "{}", failed(202));
    assert!((failed(260) - 4.8).abs() < 0.5, "{}", failed(260));
}
