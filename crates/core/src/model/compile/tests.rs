//! Faults found at their place, and the rest still compiled.

mod balancing;
mod workloads;

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

#[test]
fn faulty_placement_is_told_at_its_place_and_the_rest_still_runs() {
    use serde_json::json;
    let eleven: Vec<_> = (0..11)
        .map(|at| json!({"type": "memberOf", "expression": format!("attribute:rack == r{at}")}))
        .collect();
    let six = [(); 6].map(|()| json!({"type": "spread", "field": "instanceId"}));
    let strategies = "/services/0/placementStrategy";
    let constraints = "/services/0/placementConstraints";
    let member_of = |text: &str| json!([{"type": "memberOf", "expression": text}]);
    for (pointer, value, expected) in [
        (
            strategies,
            json!([{"type": "spread"}]),
            "DS016 /services/0/placementStrategy/0",
        ),
        (
            strategies,
            json!([{"type": "binpack"}]),
            "DS016 /services/0/placementStrategy/0",
        ),
        (
            strategies,
            json!([{"type": "spread", "field": "zone"}]),
            "DS014 /services/0/placementStrategy/0",
        ),
        (
            strategies,
            json!([{"type": "pack", "field": "cpu"}]),
            "DS014 /services/0/placementStrategy/0",
        ),
        (
            strategies,
            json!([{"type": "random", "fiield": "x"}]),
            "DS030 /services/0/placementStrategy/0/fiield",
        ),
        (
            strategies,
            json!(six),
            "DS017 /services/0/placementStrategy",
        ),
        (
            constraints,
            json!(eleven),
            "DS018 /services/0/placementConstraints",
        ),
        (
            constraints,
            json!([{"type": "anywhere"}]),
            "DS019 /services/0/placementConstraints/0",
        ),
        (
            constraints,
            json!([{"type": "memberOf"}]),
            "DS020 /services/0/placementConstraints/0",
        ),
        (
            constraints,
            json!([{"type": "distinctInstance", "expression": "a"}]),
            "DS021 /services/0/placementConstraints/0",
        ),
        (
            constraints,
            member_of("colour == red"),
            "DS022 /services/0/placementConstraints/0/expression",
        ),
        (
            constraints,
            member_of("attribute:a ~~ b"),
            "DS022 /services/0/placementConstraints/0/expression",
        ),
        (
            constraints,
            member_of("attribute:a in []"),
            "DS022 /services/0/placementConstraints/0/expression",
        ),
        (
            "/services/0/schedulingStrategy",
            json!("SOMETIMES"),
            "DS026 /services/0/schedulingStrategy",
        ),
        (
            "/services/0/availabilityZoneRebalancing",
            json!("YES"),
            "DS026 /services/0/availabilityZoneRebalancing",
        ),
        (
            "/containerInstances/0/status",
            json!("ASLEEP"),
            "DS026 /containerInstances/0/status",
        ),
        (
            "/containerInstances/0/registeredAt",
            json!("yesterday"),
            "DS027 /containerInstances/0/registeredAt",
        ),
        (
            "/containerInstances/0/attributes",
            json!([{"name": "a b", "value": "c"}]),
            "DS028 /containerInstances/0/attributes/0",
        ),
        (
            "/containerInstances/0/attributes",
            json!([{"name": "ok"}, 7]),
            "DS029 /containerInstances/0/attributes/1",
        ),
        ("/instanceTypes", json!([{}]), "DS029 /instanceTypes/0"),
    ] {
        let design = set(&sample(), pointer, value);
        let compiled = compile(&design, None);
        let told = found(&design);
        assert_eq!(told, [expected], "{pointer}");
        let words = crate::view::diagnostic_words(&compiled.diagnostics[0]);
        assert!(
            !words.message.is_empty() && words.hint.is_some(),
            "{expected}"
        );
        assert!(
            compiled.model.service_named("edges").is_some(),
            "the rest runs: {expected}"
        );
        let hosts = compiled.model.present_instances().count();
        assert!(hosts >= 3, "{expected}");
    }
}

#[test]
fn rebalancing_and_daemons_say_what_they_cannot_have() {
    use serde_json::json;
    let enabled = set(
        &sample(),
        "/services/0/availabilityZoneRebalancing",
        json!("ENABLED"),
    );
    assert!(found(&enabled).is_empty());
    let by_host = json!([{"type": "spread", "field": "instanceId"}]);
    let design = set(&enabled, "/services/0/placementStrategy", by_host);
    assert_eq!(
        found(&design),
        ["DS023 /services/0/availabilityZoneRebalancing"]
    );
    let quiet = |design: &Design| {
        let model = compile(design, None).model;
        model
            .service(model.service_named("primes").unwrap())
            .zone_rebalancing
    };
    assert!(
        quiet(&sample()),
        "what CreateService takes where nothing stands"
    );
    assert!(!quiet(&design));
    let daemon = set(&sample(), "/services/1/schedulingStrategy", json!("DAEMON"));
    let design = set(
        &daemon,
        "/services/1/placementStrategy",
        json!([{"type": "random"}]),
    );
    let mut told = found(&design);
    told.sort();
    assert_eq!(
        told,
        [
            "DS024 /services/1/deploymentConfiguration/maximumPercent",
            "DS025 /services/1/placementStrategy"
        ]
    );
}
