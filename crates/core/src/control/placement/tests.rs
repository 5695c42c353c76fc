//! Placement told as text: which host each of several tasks goes to, and why not elsewhere.

use super::*;
use crate::control::{Action, Fact, Observation, StartCause};
use crate::design::{Design, Edit, sample};
use crate::id::{DeploymentId, TaskId};
use crate::model::compile;
use crate::time::Instant;
use alloc::format;
use alloc::string::String;

fn set(design: &Design, pointer: &str, value: serde_json::Value) -> Design {
    Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    }
    .apply(design)
    .unwrap()
}

/// Places `count` tasks of the sample's `primes` on hosts that all registered; host names in
/// order, `-` where nothing fits.
fn placed(design: &Design, count: usize) -> String {
    let model = compile(design, None).model;
    let service = model.service_named("primes").unwrap();
    let mut state = ControlState::new(1);
    let mut log = Vec::new();
    for (instance, _) in model.present_instances() {
        let seen = Observation::InstanceRegistered { instance };
        state.apply(&model, Instant::ZERO, &Fact::Observed(seen), &mut log);
    }
    let mut names = Vec::new();
    for number in 0..count {
        let explanation = explain(&model, &state, service);
        let room = Room::of(&model, &state);
        let spread = Spread::of(&model, &state, service);
        let definition = explanation.task_definition;
        assert_eq!(
            choose(&model, &state, &room, &spread, service, definition),
            explanation.chosen
        );
        let Some(instance) = explanation.chosen else {
            names.push("-");
            continue;
        };
        names.push(&model.instance(instance).name);
        let start = Action::StartTask {
            task: TaskId(number as u128),
            service,
            deployment: DeploymentId(1),
            task_definition: definition,
            instance,
            cause: StartCause::DesiredCount,
        };
        state.apply(&model, Instant::ZERO, &Fact::Ordered(start), &mut log);
    }
    names.join(" ")
}

#[test]
fn the_default_spreads_zones_then_hosts() {
    // Zones a, b, c in turn; the second task of zone a goes to its emptier host.
    assert_eq!(placed(&sample(), 7), "i-0a i-0c i-0d i-0b i-0c i-0d i-0a");
}

#[test]
fn a_static_port_admits_one_task_per_host() {
    let pointer = "/taskDefinitions/0/containerDefinitions/0/portMappings/0/hostPort";
    let design = set(&sample(), pointer, 8080.into());
    assert_eq!(placed(&design, 6), "i-0a i-0c i-0d i-0b - -");
    let ssh = set(&sample(), pointer, 22.into());
    assert_eq!(placed(&ssh, 1), "-");
}

#[test]
fn distinct_instance_counts_the_service_alone() {
    let constraint = serde_json::json!([{ "type": "distinctInstance" }]);
    let design = set(&sample(), "/services/0/placementConstraints", constraint);
    assert_eq!(placed(&design, 5), "i-0a i-0c i-0d i-0b -");
}

#[test]
fn binpack_fills_one_host_before_the_next() {
    let strategy = serde_json::json!([{ "type": "binpack", "field": "memory" }]);
    let design = set(&sample(), "/services/0/placementStrategy", strategy);
    // t3.small: 2048 CPU units hold 8 tasks of 256; 1935 MiB hold 5 of 384.
    assert_eq!(
        placed(&design, 9),
        "i-0a i-0a i-0a i-0a i-0a i-0b i-0b i-0b i-0b"
    );
}

#[test]
fn random_depends_on_the_seed_alone() {
    let strategy = serde_json::json!([{ "type": "random" }]);
    let design = set(&sample(), "/services/0/placementStrategy", strategy);
    assert_eq!(placed(&design, 8), placed(&design, 8));
    let hosts: alloc::collections::BTreeSet<_> =
        placed(&design, 8).split(' ').map(String::from).collect();
    assert!(
        hosts.len() > 1,
        "eight draws on four hosts should not all agree: {hosts:?}"
    );
}

#[test]
fn every_refusal_is_explained() {
    let design = set(
        &sample(),
        "/taskDefinitions/0/containerDefinitions/0/memory",
        8000.into(),
    );
    let design = set(
        &design,
        "/taskDefinitions/0/containerDefinitions/0/memoryReservation",
        8000.into(),
    );
    let design = set(
        &design,
        "/taskDefinitions/0/containerDefinitions/0/cpu",
        4096.into(),
    );
    let model = compile(&design, None).model;
    let service = model.service_named("primes").unwrap();
    let explanation = explain(&model, &ControlState::new(1), service);
    assert_eq!(explanation.chosen, None);
    let verdicts: Vec<String> = explanation
        .candidates
        .iter()
        .map(|host| format!("{:?}", host.failed))
        .collect();
    assert_eq!(verdicts.len(), 4);
    assert_eq!(
        verdicts[0],
        "[NotActive, InsufficientCpu { short: 2048 }, InsufficientMemory { short: 6065 }]"
    );
    assert_eq!(explanation.closest(), None, "no host is registered");
}
