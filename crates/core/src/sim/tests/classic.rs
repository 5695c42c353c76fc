//! Services behind Classic Load Balancers (load-balancing-and-scaling.md 3.2).

use super::*;
use crate::control::TargetHealth;
use crate::model::{Algorithm, compile};
use serde_json::{Value, json};

/// Three hosts in as many zones, a service `web` behind the Classic Load Balancer `front`.
pub(super) fn behind_classic(change: impl FnOnce(&mut Value)) -> Design {
    let host = |name: &str, zone: &str| json!({ "ec2InstanceId": name, "instanceType": "m5.large", "availabilityZone": zone });
    let mut document = json!({
        "stowplan": 1,
        "clusters": [{ "clusterName": "c" }],
        "network": { "subnets": [
            { "SubnetId": "subnet-a", "AvailabilityZone": "z-a" },
            { "SubnetId": "subnet-b", "AvailabilityZone": "z-b" },
            { "SubnetId": "subnet-c", "AvailabilityZone": "z-c" }] },
        "containerInstances": [host("i-a", "z-a"), host("i-b", "z-b"), host("i-c", "z-c")],
        "taskDefinitions": [{ "family": "web", "networkMode": "bridge", "containerDefinitions": [
            { "name": "app", "image": "a", "memory": 64,
              "portMappings": [{ "containerPort": 8080, "hostPort": 80 }] }] }],
        "services": [{ "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2,
            "healthCheckGracePeriodSeconds": 30,
            "loadBalancers": [
                { "loadBalancerName": "front", "containerName": "app", "containerPort": 8080 }] }],
        "loadBalancers": [{ "Name": "front", "Type": "classic",
            "Subnets": ["subnet-a", "subnet-b", "subnet-c"],
            "Listeners": [{ "Protocol": "HTTP", "LoadBalancerPort": 80,
                "InstanceProtocol": "HTTP", "InstancePort": 80 }],
            "HealthCheck": { "Target": "HTTP:80/ping", "Interval": 10, "Timeout": 5,
                "UnhealthyThreshold": 2, "HealthyThreshold": 3 } }]
    });
    change(&mut document);
    Design::read(&document.to_string()).unwrap()
}

fn healthy(world: &World) -> usize {
    let targets = world.control().tasks.values().flat_map(|it| &it.targets);
    targets
        .filter(|it| it.health == TargetHealth::Healthy)
        .count()
}

#[test]
fn instances_are_registered_with_the_load_balancer() {
    let design = behind_classic(|_| {});
    assert_eq!(compile(&design, None).diagnostics, []);
    let (world, log) = run(&recording(design, Vec::new()), 120);
    assert_eq!(
        story(&world, &log, "(service web)"),
        "00:00:00 (service web) ECS deployment ecs-svc/# in progress: web:1\n\
         00:00:00 (service web) has started 2 tasks: (task #) (task #).\n\
         00:00:05 (service web) registered 1 instances in (elb front)\n\
         00:00:05 (service web) registered 1 instances in (elb front)\n\
         00:01:30 (service web) ECS deployment ecs-svc/# completed: web:1\n\
         00:01:30 (service web) (deployment ecs-svc/#) deployment completed.\n\
         00:01:30 (service web) has reached a steady state.\n"
    );
    assert_eq!(healthy(&world), 2);
    let balancer = &world.model().load_balancers[0];
    let [listener] = balancer.classic[..] else {
        panic!("one listener: {balancer:?}");
    };
    let group = world.model().target_group(listener.target_group);
    assert_eq!((listener.port, listener.instance_port), (80, 80));
    assert_eq!(group.algorithm, Algorithm::LeastOutstandingRequests);
    assert_eq!((group.fails_open, group.surge_queue), (false, Some(1024)));
    assert!(!balancer.cross_zone && group.is_classic);
}

#[test]
fn an_instance_is_in_service_once_it_has_passed_as_often_as_the_healthy_threshold() {
    let recording = recording(behind_classic(|_| {}), Vec::new());
    // Registered at 15.5 s, asked then and every 10 s.
    let healthy_at = |seconds| healthy(&run(&recording, seconds).0);
    assert_eq!([35, 36].map(healthy_at), [0, 2]);
}

#[test]
fn a_host_takes_one_task_and_the_rest_stays_unplaced() {
    let design = behind_classic(|it| it["services"][0]["desiredCount"] = 4.into());
    let (world, log) = run(&recording(design, Vec::new()), 300);
    assert_eq!(running(world.control(), world.model(), "web"), 3);
    let unplaced = story(&world, &log, "unable to place");
    assert!(
        unplaced.contains("is already using a port required by your task."),
        "{unplaced}"
    );
}

#[test]
fn a_deployment_needs_a_free_host_and_instances_leave_at_once() {
    let inputs =
        r#"[{"at":"PT120S","do":"updateService","service":"web","forceNewDeployment":true}]"#;
    let told = told(behind_classic(|_| {}), inputs, (120, 600), "(service web)");
    let unplaced = told.matches("unable to place").count();
    let gone = told
        .matches("deregistered 1 instances in (elb front)")
        .count();
    assert_eq!((unplaced, gone), (1, 2), "{told}");
    assert!(told.contains("has reached a steady state"), "{told}");
}

#[test]
fn only_a_200_passes_and_the_scheduler_replaces_what_fails() {
    let inputs = r#"[{"at":"PT120S","do":"degradeContainer","task":"web","errorRate":1}]"#;
    let told = told(behind_classic(|_| {}), inputs, (120, 240), "(service web)");
    assert!(
        told.contains(
            "(port 80) is unhealthy in (elb front) due to (reason Instance has failed at least \
             the UnhealthyThreshold number of health checks consecutively.)"
        ),
        "{told}"
    );
    assert!(
        told.contains("replaced 1 tasks due to an unhealthy status"),
        "{told}"
    );
}

#[test]
fn a_check_of_a_port_that_nobody_has_never_passes() {
    let design = behind_classic(|it| {
        it["loadBalancers"][0]["HealthCheck"]["Target"] = "TCP:8080".into();
    });
    let (world, _) = run(&recording(design, Vec::new()), 300);
    assert_eq!(healthy(&world), 0);
    assert!(world.control().tasks_started > 4);
}

#[test]
fn a_host_in_a_zone_that_is_not_enabled_is_never_asked() {
    let design = behind_classic(|it| {
        it["loadBalancers"][0]["Subnets"] = json!(["subnet-a", "subnet-b"]);
        it["services"][0]["desiredCount"] = 3.into();
    });
    let (world, log) = run(&recording(design, Vec::new()), 60);
    let unused = log.iter().map(|it| event_text(world.model(), it));
    let unused: Vec<String> = unused.filter(|it| it.contains("is unused")).collect();
    assert_eq!(unused.len(), 1, "{unused:?}");
    assert_eq!(healthy(&world), 2);
    assert_eq!(
        story(&world, &log, "is unhealthy in"),
        "00:00:50 (service web) (task #) (port 80) is unhealthy in (elb front) due to (reason \
         Instance is in an Availability Zone that is not enabled for the load balancer)\n"
    );
}

#[test]
fn enabling_the_zone_brings_the_target_into_use() {
    let design = behind_classic(|it| {
        it["loadBalancers"][0]["Subnets"] = json!(["subnet-a", "subnet-b"]);
        it["services"][0]["desiredCount"] = 3.into();
        it["services"][0]["healthCheckGracePeriodSeconds"] = 600.into();
    });
    let all = json!(["subnet-a", "subnet-b", "subnet-c"]);
    let two = json!(["subnet-a", "subnet-b"]);
    let inputs = Vec::from([
        at(60, edit(set("/loadBalancers/0/Subnets", all))),
        at(120, edit(set("/loadBalancers/0/Subnets", two))),
    ]);
    let recording = recording(design, inputs);
    let healthy_at = |seconds| healthy(&run(&recording, seconds).0);
    assert_eq!([59, 81, 121].map(healthy_at), [2, 3, 2]);
}
