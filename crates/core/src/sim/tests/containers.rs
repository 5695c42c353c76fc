//! The order in which containers of a task start and stop, and what an end leads to.

use super::*;
use alloc::vec::Vec;

/// An essential `app` and a non-essential `init`, on which `app` depends in the given way.
fn app_after_init(condition: &str, init: &str) -> String {
    format!(
        r#"[{{"name":"app","image":"app","memory":64,
            "dependsOn":[{{"containerName":"init","condition":"{condition}"}}]}},
           {{"name":"init","image":"init","memory":64,"essential":false{init}}}]"#
    )
}

/// 40 MiB take a second or so to pull.
const WORKLOAD: &str = r#"{"imageSizeMiB":0,"containers":{"init":{"exitAfterSeconds":20}}}"#;
const FAILING: &str =
    r#"{"imageSizeMiB":0,"containers":{"init":{"exitAfterSeconds":20,"exitCode":2}}}"#;
const CHECK: &str = r#","healthCheck":{"command":["CMD","x"],"interval":10}"#;

#[test]
fn a_container_waits_for_the_start_of_another() {
    let got = life(alone(&app_after_init("START", ""), WORKLOAD), "[]", 100);
    // 0.3 s until the agent knows, 0.5 s for the manifest and 0.7 s to start, twice.
    assert_eq!(
        got,
        "0.000 PROVISIONING\n0.300 PENDING\n2.700 RUNNING\ninit 0\n"
    );
}

#[test]
fn complete_waits_for_any_end_and_success_for_a_good_one() {
    let late = "0.000 PROVISIONING\n0.300 PENDING\n22.700 RUNNING\n";
    let of = |condition, workload| life(alone(&app_after_init(condition, ""), workload), "[]", 100);
    assert_eq!(of("COMPLETE", WORKLOAD), format!("{late}init 0\n"));
    assert_eq!(of("SUCCESS", WORKLOAD), format!("{late}init 0\n"));
    assert_eq!(of("COMPLETE", FAILING), format!("{late}init 2\n"));
    // A bad end fails at once; what waited for it counts as stopped by SIGTERM.
    assert_eq!(
        of("SUCCESS", FAILING),
        "0.000 PROVISIONING\n0.300 PENDING\n21.800 STOPPED (Task failed to start)\napp 143\ninit 2\n"
    );
}

#[test]
fn healthy_waits_for_the_first_check_that_passes() {
    let workload = r#"{"imageSizeMiB":0,"containers":{"init":{"startupSeconds":25}}}"#;
    let got = life(
        alone(&app_after_init("HEALTHY", CHECK), workload),
        "[]",
        100,
    );
    // It runs at 1.5 s and is asked at 11.5, 21.5 and 31.5 s.
    assert_eq!(got, "0.000 PROVISIONING\n0.300 PENDING\n32.700 RUNNING\n");
}

#[test]
fn a_start_timeout_ends_the_wait_but_not_one_for_start() {
    let timeout = r#","startTimeout":15"#;
    let of = |condition| {
        life(
            alone(&app_after_init(condition, timeout), WORKLOAD),
            "[]",
            100,
        )
    };
    let failed = "0.000 PROVISIONING\n0.300 PENDING\n";
    assert_eq!(
        of("COMPLETE"),
        // At 16.5 s `app` gives up, `init` takes a second to stop and the agent 0.3 s to tell.
        format!("{failed}17.800 STOPPED (Task failed to start)\napp 143\ninit 0\n")
    );
    assert_eq!(of("START"), format!("{failed}2.700 RUNNING\ninit 0\n"));
    let checked = format!("{timeout}{CHECK}");
    let workload = r#"{"imageSizeMiB":0,"containers":{"init":{"startupSeconds":60}}}"#;
    let got = life(
        alone(&app_after_init("HEALTHY", &checked), workload),
        "[]",
        100,
    );
    assert!(
        got.contains("17.800 STOPPED (Task failed to start)"),
        "{got}"
    );
}

#[test]
fn a_task_without_essential_waiters_goes_on_when_they_wait_in_vain() {
    let containers = r#"[{"name":"app","image":"app","memory":64},
        {"name":"init","image":"init","memory":64,"essential":false},
        {"name":"extra","image":"extra","memory":64,"essential":false,
         "dependsOn":[{"containerName":"init","condition":"SUCCESS"}]}]"#;
    let got = life(alone(containers, FAILING), "[]", 100);
    assert_eq!(
        got,
        "0.000 PROVISIONING\n0.300 PENDING\n21.500 RUNNING\ninit 2\n"
    );
}

#[test]
fn volumes_wait_for_creation_and_links_for_the_start() {
    let of = |member: &str| {
        let containers = format!(
            r#"[{{"name":"app","image":"app","memory":64,{member}}},
                {{"name":"data","image":"data","memory":64}}]"#
        );
        life(alone(&containers, r#"{"imageSizeMiB":0}"#), "[]", 100)
    };
    let at = |second: &str| format!("0.000 PROVISIONING\n0.300 PENDING\n{second} RUNNING\n");
    assert_eq!(of(r#""links":["data"]"#), at("2.700"));
    // Created half-way through the start.
    let volumes = r#""volumesFrom":[{"sourceContainer":"data"}]"#;
    assert_eq!(of(volumes), at("2.350"));
}

#[test]
fn containers_stop_in_the_reverse_order_and_their_times_add_up() {
    let containers = r#"[{"name":"app","image":"a","memory":64,"stopTimeout":5,
         "dependsOn":[{"containerName":"proxy","condition":"START"}]},
        {"name":"proxy","image":"b","memory":64,"stopTimeout":20,
         "dependsOn":[{"containerName":"log","condition":"START"}]},
        {"name":"log","image":"c","memory":64}]"#;
    let workload = r#"{"imageSizeMiB":0,"containers":{"app":{"shutdownSeconds":60},
        "proxy":{"shutdownSeconds":2},"log":{"shutdownSeconds":100}}}"#;
    let stop = r#"[{"at":"PT100S","do":"stopTask","task":"web","reason":"enough"}]"#;
    let got = life(alone(containers, workload), stop, 200);
    // 5 s until `app` is killed, 2 s for `proxy`, 30 s until `log` is killed.
    let end = "100.000 STOPPING (enough)\n\
        137.300 DEPROVISIONING (enough)\n137.600 STOPPED (enough)\napp 137\nproxy 0\nlog 137\n";
    assert!(got.ends_with(end), "{got}");
}

#[test]
fn an_agent_has_a_stop_timeout_of_its_own_for_containers_that_state_none() {
    let containers = r#"[{"name":"app","image":"a","memory":64}]"#;
    let mut design = alone(containers, r#"{"imageSizeMiB":0,"shutdownSeconds":60}"#);
    let config = serde_json::json!({"ECS_CONTAINER_STOP_TIMEOUT": "10s"});
    let extra = &mut design.container_instances[0].extra;
    extra.insert("agentConfiguration".into(), config);
    let stop = r#"[{"at":"PT100S","do":"stopTask","task":"web","reason":"enough"}]"#;
    let got = life(design, stop, 200);
    let end = "110.300 DEPROVISIONING (enough)\n110.600 STOPPED (enough)\napp 137\n";
    assert!(got.ends_with(end), "{got}");
}

#[test]
fn a_container_that_lived_long_enough_is_restarted_and_nobody_hears_of_it() {
    let of = |policy: &str, dies: u32, exit_code: i32| {
        let containers = format!(
            r#"[{{"name":"app","image":"a","memory":64,
                "restartPolicy":{{"enabled":true,"restartAttemptPeriod":60{policy}}}}}]"#
        );
        let workload = format!(
            r#"{{"imageSizeMiB":0,"containers":{{"app":{{"exitAfterSeconds":{dies},"exitCode":{exit_code}}}}}}}"#
        );
        let design = alone(&containers, &workload);
        let (world, _) = run(&recording(design, Vec::new()), 1000);
        world.control().tasks_started
    };
    assert_eq!(of("", 61, 1), 1, "each time after the period");
    assert!(
        of("", 59, 1) > 5,
        "never: it dies before the period is over"
    );
    assert!(
        of(r#","ignoredExitCodes":[1]"#, 61, 1) > 5,
        "its exit code is ignored"
    );
    assert_eq!(of(r#","ignoredExitCodes":[1]"#, 61, 2), 1);
}

#[test]
fn a_side_container_may_end_and_an_essential_one_takes_the_rest_along() {
    let containers = r#"[{"name":"app","image":"a","memory":64},
        {"name":"side","image":"b","memory":64,"essential":false}]"#;
    let design = || alone(containers, r#"{"imageSizeMiB":0,"shutdownSeconds":4}"#);
    let text =
        r#"[{"at":"PT60S","do":"exitContainer","task":"web","container":"side","exitCode":9}]"#;
    let got = life(design(), text, 100);
    assert!(got.ends_with("1.500 RUNNING\nside 9\n"), "{got}");
    let text = r#"[{"at":"PT60S","do":"exitContainer","task":"web/*"}]"#;
    let got = life(design(), text, 100);
    let why = "(Essential container in task exited)";
    let end = format!(
        "60.000 STOPPING {why}\n64.300 DEPROVISIONING {why}\n64.600 STOPPED {why}\napp 0\nside 0\n"
    );
    assert!(got.ends_with(&end), "{got}");
}

#[test]
fn a_task_that_never_came_up_stops_at_once() {
    let text = r#"[{"at":"PT1S","do":"edit","change":{"edit":"set","pointer":"/services/0/desiredCount","value":0}}]"#;
    let containers = r#"[{"name":"app","image":"a","memory":64}]"#;
    let got = life(alone(containers, r#"{"imageSizeMiB":4000}"#), text, 100);
    assert!(got.contains("1.300 DEPROVISIONING"), "{got}");
    assert!(!got.contains("app"), "it has no exit code: {got}");
}
