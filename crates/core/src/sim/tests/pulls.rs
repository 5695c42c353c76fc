//! Pulling images, and failing to.

use super::*;
use alloc::vec::Vec;

const APP: &str = r#"[{"name":"app","image":"r.example/app:1","memory":64}]"#;

/// The reasons for which tasks stopped, in order, and how many still run.
fn ends(design: Design, text: &str, until: u64) -> (Vec<String>, u32) {
    let (world, log) = run(&recording(design, inputs(text)), until);
    let stopped = log.iter().filter_map(|event| {
        let crate::control::EventKind::TaskStatusChanged {
            instance,
            last_status: TaskStatus::Stopped,
            stopped: Some(cause),
            ..
        } = &event.kind
        else {
            return None;
        };
        Some(crate::view::stopped_reason(world.model(), *instance, cause))
    });
    (
        stopped.collect(),
        running(world.control(), world.model(), "web"),
    )
}

fn with_config(config: &str) -> Design {
    let mut design = alone(APP, r#"{"imageSizeMiB":0}"#);
    let config = serde_json::from_str(config).unwrap();
    let extra = &mut design.container_instances[0].extra;
    extra.insert("agentConfiguration".into(), config);
    design
}

#[test]
fn an_image_that_is_gone_and_a_registry_that_is_silent_have_their_own_words() {
    let design = || alone(APP, r#"{"imageSizeMiB":0}"#);
    let (ended, _) = ends(
        design(),
        r#"[{"at":"PT0S","do":"failImage","service":"web"}]"#,
        160,
    );
    assert_eq!(
        ended,
        [
            "CannotPullContainerError: Error response from daemon: manifest for r.example/app:1 not \
          found: manifest unknown: Requested image not found"
        ]
    );
    let (ended, _) = ends(
        design(),
        r#"[{"at":"PT0S","do":"failRegistry","registry":"r.example"}]"#,
        170,
    );
    assert_eq!(
        ended,
        [
            "CannotPullContainerError: Error response from daemon: Get \"https://r.example/v2/\": \
          net/http: request canceled while waiting for connection (Client.Timeout exceeded while \
          awaiting headers)"
        ]
    );
    let text = r#"[{"at":"PT0S","do":"failRegistry"},{"at":"PT20S","do":"recoverRegistry"}]"#;
    let (ended, running) = ends(design(), text, 120);
    // The agent tries again until the registry is back.
    assert_eq!((ended.len(), running), (0, 1), "{ended:?}");
    let text = r#"[{"at":"PT0S","do":"failImage","image":"r.example/app:1"},
        {"at":"PT20S","do":"restoreImage","image":"r.example/app:1"}]"#;
    assert_eq!(ends(design(), text, 300).1, 1);
}

#[test]
fn what_a_host_keeps_does_when_the_registry_fails_is_the_agents_setting() {
    let text = r#"[{"at":"PT60S","do":"failRegistry"},
        {"at":"PT70S","do":"crashTask","task":"web","exitCode":1}]"#;
    for (behavior, works) in [
        ("default", true),
        ("always", false),
        ("once", true),
        ("prefer-cached", true),
    ] {
        let config = format!(r#"{{"ECS_IMAGE_PULL_BEHAVIOR":"{behavior}"}}"#);
        let (_, running) = ends(with_config(&config), text, 100);
        assert_eq!(running == 1, works, "{behavior}");
    }
}

#[test]
fn an_agent_may_pull_ahead_of_the_order() {
    let containers = r#"[{"name":"app","image":"app","memory":64,
            "dependsOn":[{"containerName":"init","condition":"COMPLETE"}]},
        {"name":"init","image":"init","memory":64,"essential":false}]"#;
    let workload = r#"{"containers":{"init":{"imageSizeMiB":0,"exitAfterSeconds":60},
        "app":{"imageSizeMiB":400}}}"#;
    let design = alone(containers, workload);
    let ran = |design: &Design| {
        let (world, _) = run(&recording(design.clone(), Vec::new()), 200);
        world
            .control()
            .tasks
            .values()
            .next()
            .unwrap()
            .started_at
            .unwrap()
            .0
    };
    let after = ran(&design);
    let mut ahead = design;
    let config = serde_json::json!({"ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT": "true"});
    ahead.container_instances[0]
        .extra
        .insert("agentConfiguration".into(), config);
    assert_eq!(ran(&ahead), 62_200, "start, 60 s, start");
    assert!(
        after > 70_000,
        "the pull of some ten seconds comes after: {after}"
    );
}

#[test]
fn a_side_container_without_image_is_missed_only_by_those_who_wait_for_it() {
    let of = |more: &str| {
        let containers = format!(
            r#"[{{"name":"app","image":"app","memory":64{more}}},
                {{"name":"side","image":"side","memory":64,"essential":false}}]"#
        );
        let text = r#"[{"at":"PT0S","do":"failImage","image":"side"}]"#;
        life(alone(&containers, r#"{"imageSizeMiB":0}"#), text, 200)
    };
    let begin = "0.000 PROVISIONING\n0.300 PENDING\n";
    assert_eq!(of(""), format!("{begin}155.300 RUNNING\n"));
    let waits = r#","dependsOn":[{"containerName":"side","condition":"START"}]"#;
    let end = "155.600 STOPPED (Task failed to start)\napp 143\n";
    assert_eq!(of(waits), format!("{begin}{end}"));
}

#[test]
fn errors_of_resources_come_before_the_pull_and_others_after_it() {
    let of = |error: &str| {
        let workload = format!(r#"{{"imageSizeMiB":0,"startError":"{error}"}}"#);
        life(alone(APP, &workload), "[]", 5)
    };
    let error = "ResourceInitializationError: unable to pull secrets or registry auth";
    assert_eq!(
        of(error),
        format!("0.000 PROVISIONING\n0.300 PENDING\n0.600 STOPPED ({error})\n")
    );
    let error = "CannotStartContainerError: Error response from daemon: no such file or directory";
    assert_eq!(
        of(error),
        format!("0.000 PROVISIONING\n0.300 PENDING\n1.800 STOPPED ({error})\n")
    );
}
