//! Edits applied to the sample: whole, or refused whole.

use super::add::letters;
use super::*;
use crate::design::sample;
use alloc::string::ToString;
use alloc::vec::Vec;

fn apply(design: &Design, edit: Edit) -> Design {
    edit.apply(design).unwrap()
}

#[test]
fn any_field_can_be_set_by_pointer_and_a_wrong_type_is_refused_whole() {
    let design = sample();
    let edit = |pointer: &str, value: Value| Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    };
    let next = apply(&design, edit("/services/0/desiredCount", 7.into()));
    assert_eq!(next.services[0].desired_count, Some(7));
    let next = apply(&next, edit("/services/0/propagateTags", "SERVICE".into()));
    assert_eq!(next.services[0].extra["propagateTags"], "SERVICE");
    let error = edit("/services/0/desiredCount", "many".into())
        .apply(&design)
        .unwrap_err();
    assert!(
        error.to_string().contains("/services/0/desiredCount"),
        "{error}"
    );
    assert!(
        edit("/services/99/desiredCount", 1.into())
            .apply(&design)
            .is_err()
    );
    assert!(edit("", Value::Null).apply(&design).is_err());
}

#[test]
fn moving_a_rule_deals_out_the_same_priorities() {
    let mut design = sample();
    let listener = design.listeners[0].name();
    let group = design.target_groups[0].name.clone();
    for priority in [10, 20, 30] {
        design = apply(
            &design,
            Edit::AddRule {
                listener: listener.clone(),
                target_group: group.clone(),
            },
        );
        design.rules.last_mut().unwrap().priority = priority;
    }
    let before: Vec<u32> = design
        .rules_of(&listener)
        .iter()
        .map(|at| design.rules[*at].priority)
        .collect();
    let moved = Edit::MoveRule {
        listener: listener.clone(),
        priority: 30,
        to: 0,
    };
    let next = apply(&design, moved.clone());
    let after: Vec<u32> = next
        .rules_of(&listener)
        .iter()
        .map(|at| next.rules[*at].priority)
        .collect();
    assert_eq!(before, after);
    let last_before = *design.rules_of(&listener).last().unwrap();
    assert_eq!(next.rules_of(&listener)[0], last_before);
    assert_eq!(moved.made(&next), Some(Part::Rule(listener, before[0])));
}

#[test]
fn a_new_service_with_target_group_and_rule_is_wired_and_can_be_removed_again() {
    let design = sample();
    let cluster = design.clusters[0].cluster_name.clone();
    let next = apply(&design, Edit::AddService { cluster });
    let service = next.services.last().unwrap().service_name.clone();
    let next = apply(
        &next,
        Edit::AddTargetGroup {
            service: Some(service.clone()),
        },
    );
    let group = next.target_groups.last().unwrap().name.clone();
    assert_eq!(
        next.services.last().unwrap().load_balancers[0].target_group_arn,
        group
    );
    let listener = next.listeners[0].name();
    let next = apply(
        &next,
        Edit::AddRule {
            listener,
            target_group: group.clone(),
        },
    );
    assert_eq!(next.rules.len(), design.rules.len() + 1);
    let next = apply(
        &next,
        Edit::Remove {
            part: Part::TargetGroup(group),
        },
    );
    assert_eq!(next.rules.len(), design.rules.len());
    assert!(next.services.last().unwrap().load_balancers.is_empty());
    let next = apply(
        &next,
        Edit::Remove {
            part: Part::Service(service),
        },
    );
    assert_eq!(next.services, design.services);
}

#[test]
fn renaming_mends_references() {
    let design = sample();
    let group = design.target_groups[0].name.clone();
    let part = Part::TargetGroup(group);
    let next = apply(
        &design,
        Edit::Rename {
            part: part.clone(),
            name: "renamed".into(),
        },
    );
    let uses = next.write().matches("\"renamed\"").count();
    assert!(
        uses >= 3,
        "the group, a rule and a service should say it: {uses}"
    );
    let taken = Edit::Rename {
        part,
        name: design.target_groups[1].name.clone(),
    };
    assert!(matches!(taken.apply(&design), Err(EditError::NameTaken(_))));
    let balancer = Part::LoadBalancer(design.load_balancers[0].name.clone());
    let next = apply(
        &design,
        Edit::Rename {
            part: balancer,
            name: "front".into(),
        },
    );
    assert_eq!(next.rules_of("front:80").len(), design.rules.len());
}

#[test]
fn zones_and_hosts_get_free_names() {
    let design = sample();
    let next = apply(&design, Edit::AddZone);
    assert_eq!(next.zones().len(), design.zones().len() + 1);
    let zone = design.zones()[0].clone();
    let add = Edit::AddContainerInstance {
        availability_zone: zone,
        instance_type: "m5.large".into(),
    };
    let next = apply(&apply(&design, add.clone()), add);
    let mut ids: Vec<_> = next
        .container_instances
        .iter()
        .map(|host| &host.ec2_instance_id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), design.container_instances.len() + 2);
    assert_eq!(
        (letters(25), letters(26)),
        ("z".to_string(), "aa".to_string())
    );
}

#[test]
fn deploying_needs_a_revision_that_exists() {
    let design = sample();
    let service = design.services[0].service_name.clone();
    let family = design.task_definitions[0].family.clone();
    let deploy = |number| Edit::Deploy {
        service: service.clone(),
        task_definition: revision_name(&family, number),
    };
    assert!(deploy(99).apply(&design).is_err());
    let next = apply(
        &design,
        Edit::AddRevision {
            family: family.clone(),
        },
    );
    let (number, ..) = next.revisions(&family).last().unwrap();
    assert_eq!(
        apply(&next, deploy(number)).services[0].task_definition,
        revision_name(&family, number)
    );
}

#[test]
fn removing_a_revision_leaves_the_numbers_of_later_ones() {
    let add = Edit::AddRevision {
        family: "primes".into(),
    };
    let design = apply(&apply(&sample(), add.clone()), add);
    let remove = Edit::Remove {
        part: Part::TaskDefinition("primes:1".into()),
    };
    let next = apply(&design, remove);
    let numbers: Vec<u32> = next
        .revisions("primes")
        .map(|(number, ..)| number)
        .collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn no_edit_makes_a_document_that_cannot_be_read_again() {
    let set = |pointer: String, value: Value| Edit::Set {
        pointer,
        value: Some(value),
    };
    assert!(set("/a".repeat(100), 1.into()).apply(&sample()).is_err());
    let deep = (0..40).fold(Value::from(1), |inner, _| serde_json::json!([inner]));
    assert!(set("/deep".into(), deep).apply(&sample()).is_err());
    assert!(set("/stowplan".into(), 2.into()).apply(&sample()).is_err());
    assert!(set("name".into(), "x".into()).apply(&sample()).is_err());
    let nothing = Edit::Set {
        pointer: "/x/y".into(),
        value: None,
    };
    assert!(nothing.apply(&sample()).is_err());
}

#[test]
fn extreme_numbers_do_not_panic() {
    let text = r#"{"stowplan":1,"taskDefinitions":[
        {"family":"a","revision":4294967295,"containerDefinitions":[]},
        {"family":"a","containerDefinitions":[]}],
        "listeners":[{"LoadBalancerArn":"alb","Port":80}],
        "rules":[{"ListenerArn":"alb:80","Priority":4294967295}],
        "targetGroups":[{"Name":"g"}]}"#;
    let design = Design::read(text).unwrap();
    let _ = crate::model::compile(&design, None);
    let add = Edit::AddRule {
        listener: "alb:80".into(),
        target_group: "g".into(),
    };
    assert_eq!(apply(&design, add).rules[1].priority, 1);
}

#[test]
fn wires_to_a_classic_load_balancer_follow_its_name_and_go_with_it() {
    let mut design = sample();
    let name = design.load_balancers[0].name.clone();
    let wire = &mut design.services[0].load_balancers[0];
    wire.target_group_arn.clear();
    wire.load_balancer_name = Some(name.clone());
    let part = Part::LoadBalancer(name);
    let renamed = Edit::Rename {
        part: part.clone(),
        name: "front".into(),
    };
    let renamed = renamed.apply(&design).unwrap();
    let wire = &renamed.services[0].load_balancers[0];
    assert_eq!(wire.load_balancer_name.as_deref(), Some("front"));
    let removed = Edit::Remove { part }.apply(&design).unwrap();
    assert!(removed.services[0].load_balancers.is_empty());
    assert!(!removed.services[1].load_balancers.is_empty());
}
