//! What AWS refuses about Classic Load Balancers, health checks, attributes and service discovery.

use super::*;
use crate::model::{Algorithm, StickyBy, TargetProtocol};
use crate::time::Millis;
use alloc::vec;
use serde_json::{Value, json};

/// A service behind a Classic Load Balancer and one with a registry.
fn document() -> Design {
    let text = json!({
        "stowplan": 1,
        "clusters": [{ "clusterName": "c" }],
        "containerInstances": [{ "ec2InstanceId": "i-a", "instanceType": "m5.large",
            "availabilityZone": "z-a" }],
        "taskDefinitions": [
            { "family": "web", "networkMode": "bridge", "containerDefinitions": [
                { "name": "app", "image": "a", "memory": 64,
                  "portMappings": [{ "containerPort": 8080, "hostPort": 80 }] }] },
            { "family": "own", "networkMode": "awsvpc", "containerDefinitions": [
                { "name": "app", "image": "a", "memory": 64,
                  "portMappings": [{ "containerPort": 8080 }] }] }],
        "services": [
            { "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 1,
              "loadBalancers": [
                { "loadBalancerName": "front", "containerName": "app", "containerPort": 8080 }] },
            { "serviceName": "own", "taskDefinition": "own:1", "desiredCount": 1,
              "serviceRegistries": [{ "registryArn": "own" }] }],
        "targetGroups": [{ "Name": "group" }],
        "loadBalancers": [{ "Name": "front", "Type": "classic",
            "Listeners": [{ "Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80 }] }],
        "cloudMapNamespaces": [{ "Name": "local", "Id": "ns-1" }],
        "cloudMapServices": [{ "Name": "own", "NamespaceId": "ns-1",
            "DnsConfig": { "DnsRecords": [{ "Type": "A" }] } }]
    });
    Design::read(&text.to_string()).unwrap()
}

/// What is found once these members are set.
fn with(members: &[(&str, Value)]) -> Vec<String> {
    let mut design = document();
    for (pointer, value) in members {
        design = set(&design, pointer, value.clone());
    }
    found(&design)
}

#[test]
fn a_classic_load_balancer_becomes_an_implicit_target_group() {
    assert_eq!(with(&[]), Vec::<String>::new());
    let model = compile(&document(), None).model;
    let group = model.load_balancers[0].classic[0].target_group;
    let implicit = model.target_group(group);
    assert_eq!(implicit.name, "front");
    assert_eq!(implicit.algorithm, Algorithm::RoundRobin);
    assert_eq!(implicit.check.protocol, TargetProtocol::Tcp);
    assert_eq!(implicit.healthy_threshold, 10);
    assert_eq!(implicit.deregistration_delay, Millis::ZERO);
    assert_eq!(model.services[0].targets[0].target_group, group);
    // It keeps its place beside a target group of its name, and when the document is edited.
    let edited = set(&document(), "/targetGroups/0/Name", "front".into());
    let again = compile(&edited, Some(&model)).model;
    assert_eq!(again.load_balancers[0].classic[0].target_group, group);
    assert_eq!(again.target_groups.len(), 3);
    let draining = json!({ "Enabled": true, "Timeout": 20 });
    let drains = set(&document(), "/loadBalancers/0/ConnectionDraining", draining);
    let model = compile(&drains, None).model;
    assert_eq!(
        model.target_group(group).deregistration_delay,
        Millis::seconds(20)
    );
}

#[test]
fn what_a_classic_load_balancer_does_not_take() {
    let wire = "/services/0/loadBalancers/0";
    let own = json!([{ "loadBalancerName": "front", "containerName": "app",
        "containerPort": 8080 }]);
    let group = json!({ "targetGroupArn": "group", "containerName": "app", "containerPort": 8080 });
    let both = json!([own[0], group]);
    for (members, expected) in [
        (
            vec![("/services/0/loadBalancers/0/loadBalancerName", json!("x"))],
            format!("DS002 {wire}/loadBalancerName"),
        ),
        (
            vec![("/services/1/loadBalancers", own.clone())],
            "DS040 /services/1/loadBalancers/0/loadBalancerName".into(),
        ),
        (
            vec![("/services/0/launchType", json!("FARGATE"))],
            format!("DS040 {wire}/loadBalancerName"),
        ),
        (
            vec![(
                "/taskDefinitions/0/containerDefinitions/0/portMappings/0/hostPort",
                json!(0),
            )],
            format!("DS040 {wire}/containerPort"),
        ),
        (
            vec![("/loadBalancers/0/Listeners/0/InstancePort", json!(81))],
            format!("DS040 {wire}/containerPort"),
        ),
        (
            vec![("/services/0/loadBalancers", json!([own[0], own[0]]))],
            format!("DS040 {wire}/loadBalancerName"),
        ),
        (
            vec![("/services/0/loadBalancers", both)],
            format!("DS040 {wire}/loadBalancerName"),
        ),
        (
            vec![(
                "/services/0/deploymentConfiguration",
                json!({ "strategy": "CANARY" }),
            )],
            format!("DS040 {wire}/loadBalancerName"),
        ),
        (
            vec![("/loadBalancers/0/Listeners", json!([]))],
            format!("DS040 {wire}/loadBalancerName"),
        ),
        (
            vec![("/services/0/availabilityZoneRebalancing", json!("ENABLED"))],
            "DS023 /services/0/availabilityZoneRebalancing".into(),
        ),
        (
            vec![("/services/0/desiredCount", json!(2))],
            "DS041 /services/0/desiredCount".into(),
        ),
        (
            vec![(
                "/loadBalancers/0/HealthCheck",
                json!({ "Target": "HTTP:80" }),
            )],
            "DS029 /loadBalancers/0/HealthCheck/Target".into(),
        ),
        (
            vec![(
                "/loadBalancers/0/HealthCheck",
                json!({ "Interval": 5, "Timeout": 5 }),
            )],
            "DS043 /loadBalancers/0/HealthCheck/Timeout".into(),
        ),
    ] {
        let got = with(&members);
        assert!(got.contains(&expected), "{members:?}: {got:?}");
    }
}

#[test]
fn health_checks_have_ranges_and_defaults_by_protocol() {
    let group = |member: &str, value: Value| with(&[(&format!("/targetGroups/0/{member}"), value)]);
    for (member, value) in [
        ("HealthCheckIntervalSeconds", json!(4)),
        ("HealthCheckTimeoutSeconds", json!(121)),
        ("HealthyThresholdCount", json!(1)),
        ("UnhealthyThresholdCount", json!(11)),
    ] {
        let got = group(member, value);
        assert_eq!(got[0], format!("DS031 /targetGroups/0/{member}"));
    }
    let got = group("HealthCheckTimeoutSeconds", json!(30));
    assert_eq!(got, ["DS043 /targetGroups/0/HealthCheckTimeoutSeconds"]);
    let equal = [
        ("/targetGroups/0/HealthCheckTimeoutSeconds", json!(30)),
        ("/targetGroups/0/Protocol", json!("TCP")),
    ];
    assert_eq!(
        with(&equal),
        Vec::<String>::new(),
        "as long as the interval is enough there"
    );
    let got = group("Matcher", json!({ "HttpCode": "600" }));
    assert_eq!(got, ["DS044 /targetGroups/0/Matcher/HttpCode"]);
    let got = group("HealthCheckProtocol", json!("TCP"));
    assert_eq!(got, ["DS026 /targetGroups/0/HealthCheckProtocol"]);
    let got = group("HealthCheckPort", json!("http"));
    assert_eq!(got, ["DS026 /targetGroups/0/HealthCheckPort"]);
    let timeout = |members: Value| {
        let model = compile(&set(&document(), "/targetGroups/0", members), None).model;
        model.target_groups[0].timeout
    };
    assert_eq!(timeout(json!({ "Name": "group" })), Millis::seconds(5));
    let network = json!({ "Name": "group", "Protocol": "TCP" });
    assert_eq!(timeout(network), Millis::seconds(10));
    let http = json!({ "Name": "group", "Protocol": "TCP", "HealthCheckProtocol": "HTTP" });
    assert_eq!(timeout(http), Millis::seconds(6));
}

#[test]
fn a_group_of_a_network_load_balancer_differs() {
    let attributes = json!([{ "Key": "stickiness.enabled", "Value": "true" }]);
    let members = json!({ "Name": "group", "Protocol": "UDP", "Attributes": attributes });
    let model = compile(&set(&document(), "/targetGroups/0", members), None).model;
    let group = &model.target_groups[0];
    assert_eq!(group.algorithm, Algorithm::FlowHash);
    assert_eq!(group.sticky_by, StickyBy::SourceAddress);
    assert!(group.stickiness.is_some() && group.terminates_connections);
}

#[test]
fn attributes_that_do_not_go_together_are_told() {
    let attributes = |protocol: &str, list: &[(&str, &str)]| {
        let list: Vec<Value> = list
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        with(&[
            ("/targetGroups/0/Protocol", protocol.into()),
            ("/targetGroups/0/Attributes", list.into()),
        ])
    };
    let (algorithm, slow) = (
        "load_balancing.algorithm.type",
        "slow_start.duration_seconds",
    );
    let at = |at: usize| Vec::from([format!("DS042 /targetGroups/0/Attributes/{at}/Value")]);
    let least = (algorithm, "least_outstanding_requests");
    assert_eq!(attributes("HTTP", &[least, (slow, "30")]), at(1));
    assert_eq!(
        attributes("HTTP", &[least, (slow, "0")]),
        Vec::<String>::new()
    );
    assert_eq!(attributes("TCP", &[(slow, "30")]), at(0));
    assert_eq!(attributes("TCP", &[(algorithm, "round_robin")]), at(0));
    let mitigation = "load_balancing.algorithm.anomaly_mitigation";
    assert_eq!(attributes("HTTP", &[(mitigation, "on")]), at(0));
    let weighted = (algorithm, "weighted_random");
    assert_eq!(
        attributes("HTTP", &[(mitigation, "on"), weighted]),
        Vec::<String>::new()
    );
    let sticky = ("stickiness.enabled", "true");
    let zones = ("load_balancing.cross_zone.enabled", "false");
    assert_eq!(attributes("HTTP", &[sticky, zones]), at(1));
    assert_eq!(
        attributes("HTTP", &[("stickiness.type", "source_ip")]),
        at(0)
    );
    assert_eq!(
        attributes("TCP", &[("stickiness.type", "lb_cookie")]),
        at(0)
    );
    let cookie = ("stickiness.app_cookie.cookie_name", "AWSALBX");
    assert_eq!(attributes("HTTP", &[cookie]), at(0));
    let got = attributes("HTTP", &[(slow, "29")]);
    assert_eq!(got, ["DS031 /targetGroups/0/Attributes/0/Value"]);
}

#[test]
fn what_service_discovery_does_not_take() {
    let registries = "/services/1/serviceRegistries";
    let srv = json!([{ "Type": "SRV", "TTL": 60 }]);
    let records = "/cloudMapServices/0/DnsConfig/DnsRecords";
    let ports = json!([{ "registryArn": "own", "containerName": "app", "containerPort": 8080 }]);
    for (members, expected) in [
        (
            vec![(registries, json!([{ "registryArn": "gone" }]))],
            "DS002 /services/1/serviceRegistries/0/registryArn",
        ),
        (
            vec![("/cloudMapServices/0/NamespaceId", json!("gone"))],
            "DS002 /cloudMapServices/0/NamespaceId",
        ),
        (
            vec![(
                registries,
                json!([{ "registryArn": "own" }, { "registryArn": "own" }]),
            )],
            "DS045 /services/1/serviceRegistries",
        ),
        (
            vec![(records, srv.clone())],
            "DS045 /services/1/serviceRegistries/0",
        ),
        (
            vec![
                ("/services/1/taskDefinition", json!("web:1")),
                (registries, ports.clone()),
            ],
            "DS045 /services/1/serviceRegistries/0",
        ),
        (
            vec![
                ("/taskDefinitions/1/networkMode", json!("none")),
                (
                    "/taskDefinitions/1/containerDefinitions/0/portMappings",
                    json!([]),
                ),
            ],
            "DS045 /services/1/serviceRegistries/0",
        ),
        (
            vec![("/services/1/desiredCount", json!(1001))],
            "DS045 /services/1/desiredCount",
        ),
        (
            vec![(
                registries,
                json!([{ "registryArn": "own", "containerName": "app",
                "containerPort": 1 }]),
            )],
            "DS009 /services/1/serviceRegistries/0",
        ),
        (
            vec![
                ("/services/0/serviceRegistries", ports.clone()),
                (records, srv.clone()),
            ],
            "DS045 /services/0/serviceRegistries/0",
        ),
    ] {
        let got = with(&members);
        assert!(got.contains(&expected.to_string()), "{members:?}: {got:?}");
    }
    let port = json!([{ "registryArn": "own", "port": 8080 }]);
    for stated in [ports, port] {
        let sound = [(records, srv.clone()), (registries, stated)];
        assert_eq!(with(&sound), Vec::<String>::new());
    }
}
