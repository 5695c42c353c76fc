//! Faults found at their place, and the rest still compiled.

use super::*;
use crate::design::{self, Edit, Part, sample};

fn found(design: &Design) -> Vec<String> {
    let found = compile(design, None).diagnostics;
    found
        .iter()
        .map(|found| format!("{} {}", found.problem.id(), found.pointer))
        .collect()
}

fn set(design: &Design, pointer: &str, value: serde_json::Value) -> Design {
    Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    }
    .apply(design)
    .unwrap()
}

#[test]
fn the_sample_compiles_clean() {
    assert!(found(&sample()).is_empty(), "{:?}", found(&sample()));
}

#[test]
fn each_fault_is_found_at_its_place_and_the_rest_still_compiles() {
    for (pointer, value, expected) in [
        (
            "/services/0/taskDefinition",
            "nowhere:3",
            "DS002 /services/0/taskDefinition",
        ),
        ("/services/0/cluster", "other", "DS002 /services/0/cluster"),
        (
            "/services/1/loadBalancers/0/targetGroupArn",
            "gone",
            "DS002 /services/1/loadBalancers/0/targetGroupArn",
        ),
        (
            "/services/1/loadBalancers/0/containerName",
            "gone",
            "DS009 /services/1/loadBalancers/0",
        ),
        (
            "/services/1/serviceName",
            "primes",
            "DS001 /services/1/serviceName",
        ),
        (
            "/containerInstances/0/instanceType",
            "z9.large",
            "DS003 /containerInstances/0/instanceType",
        ),
        (
            "/taskDefinitions/0/memory",
            "much",
            "TD034 /taskDefinitions/0/memory",
        ),
        (
            "/rules/1/ListenerArn",
            "nowhere:80",
            "DS002 /rules/1/ListenerArn",
        ),
        (
            "/rules/0/Actions/0/TargetGroupArn",
            "gone",
            "DS002 /rules/0/Actions/0/TargetGroupArn",
        ),
    ] {
        let design = set(&sample(), pointer, value.into());
        let found = found(&design);
        assert!(
            found.iter().any(|line| line == expected),
            "{pointer}: {found:?}"
        );
        let model = compile(&design, None).model;
        let sound = model.present_services().count() + model.present_instances().count();
        assert!(
            sound >= 4,
            "{pointer}: only the faulty part may be left out"
        );
    }
}

#[test]
fn deadlocks_and_duplicate_priorities() {
    let design = set(
        &sample(),
        "/services/0/deploymentConfiguration/maximumPercent",
        100.into(),
    );
    assert_eq!(
        found(&design),
        ["DS012 /services/0/deploymentConfiguration"]
    );
    let design = set(&sample(), "/rules/1/Priority", 1.into());
    assert_eq!(found(&design), ["DS010 /rules/1/Priority"]);
}

#[test]
fn indices_survive_removal_and_addition() {
    let before = compile(&sample(), None).model;
    let part = Part::Service("primes".into());
    let design = Edit::Remove { part }.apply(&sample()).unwrap();
    let design = Edit::AddService {
        cluster: "shop".into(),
    }
    .apply(&design)
    .unwrap();
    let after = compile(&design, Some(&before)).model;
    assert_eq!(after.service_named("edges"), before.service_named("edges"));
    let removed = before.service_named("primes").unwrap();
    assert!(!after.service(removed).present);
    assert_eq!(after.services.len(), 3);
}

#[test]
fn no_document_panics() {
    for text in [
        r#"{"stowplan":1}"#,
        r#"{"stowplan":1,"services":[{"serviceName":"a"}]}"#,
        r#"{"stowplan":1,"services":[{"serviceName":"a","taskDefinition":":","desiredCount":4294967295}],
            "taskDefinitions":[{"family":"","containerDefinitions":[{}]}]}"#,
        r#"{"stowplan":1,"rules":[{"ListenerArn":"","Priority":0}],"listeners":[{"LoadBalancerArn":"arn:","Port":0}]}"#,
    ] {
        let design = Design::read(text).unwrap();
        let _ = compile(&design, None);
    }
}

#[test]
fn one_target_group_twice_and_memory_of_zero_are_found() {
    let wire = serde_json::json!({ "targetGroupArn": "primes-tg", "containerName": "primes",
        "containerPort": 8080 });
    let design = set(&sample(), "/services/0/loadBalancers/-", wire);
    assert_eq!(
        found(&design),
        ["DS001 /services/0/loadBalancers/1/targetGroupArn"]
    );
    let mut design = set(&sample(), "/taskDefinitions/0/memory", "0".into());
    design.task_definitions[0].container_definitions[0].memory = None;
    design.task_definitions[0].container_definitions[0].memory_reservation = None;
    assert_eq!(
        found(&design)[0],
        "TD074 /taskDefinitions/0/containerDefinitions/0"
    );
}

#[test]
fn services_of_one_name_in_two_clusters_and_a_listener_by_its_arn() {
    let mut design = sample();
    design.clusters.push(design::Cluster {
        cluster_name: "other".into(),
        ..Default::default()
    });
    let mut twin = design.services[0].clone();
    twin.cluster = Some("other".into());
    design.services.push(twin);
    let arn = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/shop-alb/50dc/f2f7";
    design.listeners[0]
        .extra
        .insert("ListenerArn".into(), arn.into());
    design.rules[0].listener_arn = arn.into();
    assert!(found(&design).is_empty(), "{:?}", found(&design));
    assert_eq!(design.rules_of("shop-alb:80").len(), 2);
}
