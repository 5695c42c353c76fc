//! Faults found at their place, and the rest still compiled.

use super::*;
use crate::design::{Edit, Part, sample};

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
            "DS007 /taskDefinitions/0/memory",
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
