//! Service discovery: what Cloud Map and DNS know of tasks, and what stays when a service goes.

use super::*;
use crate::id::RegistryIx;
use crate::model::{RECORDS_ANSWERED_MAX, compile};
use serde_json::{Value, json};

/// A service `api` whose tasks are registered as `api.local`.
fn registered(change: impl FnOnce(&mut Value)) -> Design {
    let mut document = json!({
        "stowplan": 1,
        "clusters": [{ "clusterName": "c" }],
        "containerInstances": [{ "ec2InstanceId": "i-a", "instanceType": "m5.large",
            "availabilityZone": "z-a" }],
        "taskDefinitions": [{ "family": "api", "networkMode": "bridge", "containerDefinitions": [
            { "name": "app", "image": "a", "memory": 64,
              "portMappings": [{ "containerPort": 8080, "hostPort": 0 }] }] }],
        "services": [{ "serviceName": "api", "taskDefinition": "api:1", "desiredCount": 2,
            "serviceRegistries": [{ "registryArn":
                "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-api",
                "containerName": "app", "containerPort": 8080 }] }],
        "cloudMapNamespaces": [{ "Name": "local", "Type": "DNS_PRIVATE" }],
        "cloudMapServices": [{ "Name": "api", "Id": "srv-api", "NamespaceId": "local",
            "DnsConfig": { "DnsRecords": [{ "Type": "SRV", "TTL": 60 }] },
            "HealthCheckCustomConfig": {} }],
        "workloads": { "c/api": { "imageSizeMiB": 0, "startupSeconds": 1 } }
    });
    change(&mut document);
    let design = Design::read(&document.to_string()).unwrap();
    let found = compile(&design, None).diagnostics;
    assert_eq!(found, [], "a clean design");
    design
}

const API: RegistryIx = RegistryIx(0);

/// What became of records, a line each.
fn records(world: &World, log: &[Event]) -> String {
    let lines = log.iter().filter_map(|event| {
        let is_record = matches!(event.kind, EventKind::DiscoveryRecordChanged { .. });
        let text = event_text(world.model(), event);
        is_record.then(|| format!("{} {}\n", event.at, without_ids(&text)))
    });
    lines.collect()
}

fn play(design: Design, text: &str, seconds: u64) -> (World, String) {
    let (world, log) = run(&recording(design, inputs(text)), seconds);
    let told = records(&world, &log);
    (world, told)
}

#[test]
fn tasks_are_registered_as_they_run_and_leave_as_they_are_told_to_stop() {
    let scale = r#"[{"at":"PT100S","do":"updateService","service":"api","desiredCount":1}]"#;
    let (world, told) = play(registered(|_| {}), scale, 200);
    let ports: Vec<u16> = world
        .control()
        .lookup(API)
        .iter()
        .filter_map(|it| it.port)
        .collect();
    let [port] = ports[..] else {
        panic!("one record: {ports:?}");
    };
    assert!(port >= 32_768, "the port of the host: {port}");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(
        lines[0].starts_with("00:00:01 (task #) on i-a, port "),
        "{told}"
    );
    assert!(lines[0].ends_with(" is registered in api.local"), "{told}");
    assert!(
        lines[2].starts_with("00:01:40 "),
        "it waits for nothing: {told}"
    );
    assert!(
        lines[2].ends_with(" is deregistered in api.local"),
        "{told}"
    );
}

#[test]
fn a_task_that_dies_with_its_host_is_deregistered() {
    let terminate = r#"[{"at":"PT100S","do":"terminateInstance","instance":"i-a"}]"#;
    let (world, told) = play(registered(|_| {}), terminate, 120);
    assert_eq!(told.matches("is deregistered").count(), 2, "{told}");
    assert_eq!(world.control().lookup(API), []);
}

#[test]
fn a_deleted_service_leaves_addresses_of_tasks_that_are_gone() {
    let delete = at(100, edit(set("/services", json!([]))));
    let clean = at(
        300,
        Input::DeregisterRecords {
            registry: "api".into(),
        },
    );
    let again = at(
        400,
        Input::DeregisterRecords {
            registry: "api.local".into(),
        },
    );
    let recording = recording(registered(|_| {}), Vec::from([delete, clean, again]));
    let (world, log) = run(&recording, 299);
    let left = story(
        &world,
        &log,
        "stays registered in api.local: its service is deleted",
    );
    assert_eq!(left.lines().count(), 2, "{left}");
    let answer = world.control().lookup(API);
    assert_eq!(answer.len(), 2, "DNS still answers");
    let runs = |task| {
        let known = world.control().tasks.get(&task);
        known.is_some_and(|task| task.last_status < TaskStatus::Stopped)
    };
    assert!(answer.iter().all(|it| it.left_behind && !runs(it.task)));
    let (world, log) = run(&recording, 500);
    assert_eq!(world.control().lookup(API), []);
    let refused = story(&world, &log, "no record was left behind");
    assert_eq!(refused.lines().count(), 1, "the second time: {refused}");
}

#[test]
fn scaling_down_before_deleting_leaves_nothing() {
    let inputs = Vec::from([
        at(100, edit(set("/services/0/desiredCount", 0.into()))),
        at(200, edit(set("/services", json!([])))),
    ]);
    let (world, log) = run(&recording(registered(|_| {}), inputs), 300);
    let told = records(&world, &log);
    assert!(!told.contains("stays registered"), "{told}");
    assert_eq!(world.control().records_of(API).count(), 0);
}

#[test]
fn health_is_that_of_the_containers_and_the_unhealthy_answer_when_nobody_else_does() {
    let check = json!({ "command": ["CMD", "x"], "interval": 10 });
    let checked = |it: &mut Value| {
        it["taskDefinitions"][0]["containerDefinitions"][0]["healthCheck"] = check;
        // Nothing is replaced, so that the records can be looked at.
        it["services"][0]["healthCheckGracePeriodSeconds"] = 9999.into();
    };
    let fail = r#"[{"at":"PT60S","do":"failHealthCheck","task":"api","check":"container"},
        {"at":"PT120S","do":"failHealthCheck","service":"api","check":"container"}]"#;
    let recording = recording(registered(checked), inputs(fail));
    let at = |seconds| {
        let (world, _) = run(&recording, seconds);
        let all = world.control().records_of(API);
        let healthy = all.filter(|it| it.healthy).count();
        (healthy, world.control().lookup(API).len())
    };
    assert_eq!(at(5), (0, 2), "none is healthy before its first check");
    assert_eq!(at(50), (2, 2));
    assert_eq!(at(115), (1, 1));
    assert_eq!(at(180), (0, 2), "all of them while none is healthy");
}

#[test]
fn without_custom_health_every_record_counts_as_healthy() {
    let check = json!({ "command": ["CMD", "x"], "interval": 10 });
    let design = registered(|it| {
        it["taskDefinitions"][0]["containerDefinitions"][0]["healthCheck"] = check;
        it["cloudMapServices"][0]["HealthCheckCustomConfig"] = Value::Null;
    });
    let (world, _) = play(design, "[]", 5);
    assert!(world.control().records_of(API).all(|it| it.healthy));
}

#[test]
fn an_answer_has_eight_records_at_most_and_not_always_the_same() {
    let many = |policy: &'static str| {
        registered(move |it| {
            it["services"][0]["desiredCount"] = 12.into();
            it["cloudMapServices"][0]["DnsConfig"]["RoutingPolicy"] = policy.into();
        })
    };
    let (world, _) = play(many("MULTIVALUE"), "[]", 60);
    let answer = |query| world.control().dns_answer(world.model(), API, query);
    assert_eq!(world.control().lookup(API).len(), 12);
    assert_eq!(answer(1).len(), RECORDS_ANSWERED_MAX);
    assert_eq!(answer(1), answer(1));
    assert_ne!(answer(1), answer(2));
    let (world, _) = play(many("WEIGHTED"), "[]", 60);
    assert_eq!(world.control().dns_answer(world.model(), API, 1).len(), 1);
}

#[test]
fn another_registry_is_taken_up_by_a_new_deployment() {
    let design = registered(|it| {
        let mut other = it["cloudMapServices"][0].clone();
        (other["Name"], other["Id"]) = ("other".into(), "srv-other".into());
        it["cloudMapServices"].as_array_mut().unwrap().push(other);
    });
    let other = json!([{ "registryArn": "other", "containerName": "app", "containerPort": 8080 }]);
    let inputs = Vec::from([at(100, edit(set("/services/0/serviceRegistries", other)))]);
    let (world, _) = run(&recording(design, inputs), 400);
    let of = |at| world.control().records_of(RegistryIx(at)).count();
    assert_eq!((of(0), of(1)), (0, 2));
    assert_eq!(world.control().deployments_started, 2);
}
