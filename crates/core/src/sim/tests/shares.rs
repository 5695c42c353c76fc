//! Which target gets which share of the requests: zones, health, algorithms, slow starts, clients
//! that keep cookies, deployments that shift traffic.

use super::requests::{design, play, quick, set_tg, source};
use super::*;
use crate::sim::traffic::TrafficSource;
use serde_json::json;

/// The share of each target in the last second, by zone and then by task.
fn shares(world: &World) -> Vec<f64> {
    let second = world.traffic_second();
    let members = second.groups.iter().flat_map(|it| &it.members);
    let members: Vec<(_, u64)> = members.map(|it| (it.task, it.received)).collect();
    let all: u64 = members.iter().map(|(_, count)| count).sum();
    let mut by_zone: Vec<_> = members
        .iter()
        .map(|(task, count)| {
            let known = &world.control().tasks[task];
            let zone = world.model().instance(known.instance).zone;
            (zone, *task, *count as f64 / all as f64)
        })
        .collect();
    by_zone.sort_by_key(|it| (it.0, it.1));
    by_zone.into_iter().map(|(.., share)| share).collect()
}

#[track_caller]
fn about(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    let near = |(found, wanted): (&f64, &f64)| (found - wanted).abs() < 0.01;
    assert!(found.iter().zip(wanted).all(near), "{found:?}");
}

/// Three tasks: two in one zone and one in the other.
fn after(attributes: &[(&str, &str)], text: &str, until: u64) -> Vec<f64> {
    let design = design(3, &quick(), &set_tg(10, attributes));
    let (world, _) = play(design, Vec::from([source(60.0)]), text, until);
    shares(&world)
}

#[test]
fn round_robin_gives_every_target_of_every_zone_as_much() {
    about(&after(&[], "[]", 120), &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
}

#[test]
fn without_cross_zone_each_node_has_its_own_targets_alone() {
    let attributes = [("load_balancing.cross_zone.enabled", "false")];
    let found = after(&attributes, "[]", 120);
    let (lone, paired) = (0.5, 0.25);
    // Which zone has two of the three tasks is placement's to say.
    if found[0] > 0.4 {
        about(&found, &[lone, paired, paired]);
    } else {
        about(&found, &[paired, paired, lone]);
    }
}

#[test]
fn unhealthy_targets_get_nothing_unless_all_are() {
    let one = r#"[{"at": "PT5M", "do": "failHealthCheck", "task": "web", "check": "target"}]"#;
    let found = after(&[], one, 325);
    assert_eq!(
        found.iter().filter(|share| **share == 0.0).count(),
        1,
        "{found:?}"
    );
    let all = r#"[{"at": "PT5M", "do": "failHealthCheck", "task": "web/*", "check": "target"}]"#;
    about(&after(&[], all, 325), &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
}

#[test]
fn a_target_that_starts_slowly_gets_its_share_little_by_little() {
    // A new task beside three: in half of its time it weighs half as much as they do.
    let attributes = [("slow_start.duration_seconds", "60")];
    let text = r#"[{"at": "PT5M", "do": "updateService", "service": "web", "desiredCount": 4}]"#;
    let design = || design(3, &quick(), &set_tg(10, &attributes));
    let mut weights = Vec::new();
    for until in 300..420 {
        let (world, _) = super::run(
            &Recording {
                traffic: Vec::from([source(60.0)]),
                ..recording(design(), inputs(text))
            },
            until,
        );
        let found = shares(&world);
        if let [a, b, c, d] = found[..] {
            let least = f64::min(f64::min(a, b), f64::min(c, d));
            let most = f64::max(f64::max(a, b), f64::max(c, d));
            weights.push(least / most);
        }
    }
    let growing = weights.iter().position(|it| *it > 0.0).unwrap();
    let half = weights[growing + 30];
    assert!((half - 0.5).abs() < 0.05, "{half} of {weights:?}");
    assert!(weights[growing + 61] > 0.99, "{weights:?}");
    // The first of the group had its whole share at once, and so more than those that came after
    // it was healthy.
    let first = after(&attributes, "[]", 30);
    assert!(first.iter().any(|share| *share > 0.5), "{first:?}");
    about(
        &after(&attributes, "[]", 120),
        &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    );
}

#[test]
fn least_outstanding_requests_spares_a_target_that_answers_late() {
    let attributes = [(
        "load_balancing.algorithm.type",
        "least_outstanding_requests",
    )];
    let text = r#"[{"at": "PT5M", "do": "degradeContainer", "task": "web", "latencyMs": 2000}]"#;
    let mut found = after(&attributes, text, 420);
    found.sort_by(f64::total_cmp);
    assert!(found[0] < 0.1, "{found:?}");
    assert!((found[1] - found[2]).abs() < 0.01, "{found:?}");
}

#[test]
fn anomaly_mitigation_takes_requests_from_a_target_that_fails() {
    let attributes = [
        ("load_balancing.algorithm.type", "weighted_random"),
        ("load_balancing.algorithm.anomaly_mitigation", "on"),
    ];
    // Its health checks fail now and then, too few in a row to matter.
    let text = r#"[
        {"at": "PT5M", "do": "degradeContainer", "task": "web", "latencyMs": 0, "errorRate": 0.2},
        {"at": "PT10M", "do": "restoreContainer", "task": "web"}]"#;
    let mut found = after(&attributes, text, 400);
    found.sort_by(f64::total_cmp);
    assert!(found[0] < 0.05, "{found:?}");
    about(
        &after(&attributes, text, 800),
        &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    );
}

#[test]
fn clients_that_keep_cookies_come_to_a_new_target_only_as_sessions_end() {
    let attributes = [
        ("stickiness.enabled", "true"),
        ("stickiness.type", "lb_cookie"),
    ];
    let text = r#"[{"at": "PT5M", "do": "updateService", "service": "web", "desiredCount": 4}]"#;
    let sticky: TrafficSource = {
        let text = json!({"name": "clients", "listener": "lb:80", "requestsPerSecond": 60,
            "session": "PT5M"});
        crate::source::read(&text.to_string()).unwrap()
    };
    let design = design(3, &quick(), &set_tg(10, &attributes));
    let least = |until| {
        let (world, _) = play(design.clone(), Vec::from([sticky.clone()]), text, until);
        let found = shares(&world);
        found.into_iter().fold(1.0, f64::min)
    };
    // A minute after it became healthy a fifth of the sessions of five minutes have ended.
    assert!(least(390) < 0.08, "{}", least(390));
    assert!(least(1800) > 0.24, "{}", least(1800));
}

#[test]
fn retries_ask_again_what_failed() {
    let retrying: TrafficSource = {
        let text = json!({"name": "clients", "listener": "lb:80", "requestsPerSecond": 60,
            "retries": {"attempts": 2, "backoff": "PT1S"}});
        crate::source::read(&text.to_string()).unwrap()
    };
    let text = r#"[{"at": "PT5M", "do": "degradeContainer", "service": "web", "errorRate": 0.5}]"#;
    let design = design(3, &quick(), &set_tg(10, &[]));
    let (world, _) = play(design, Vec::from([retrying]), text, 330);
    // Half of 60 ask again, and half of those: 60 + 30 + 15.
    let second = world.traffic_second();
    let received: u64 = second.groups[0].members.iter().map(|it| it.received).sum();
    assert!((received as f64 / 1e6 - 105.0).abs() < 1.0, "{received}");
}
