//! Hosts that lose ECS, their power or their zone.

use super::*;
use alloc::vec::Vec;

#[test]
fn an_agent_without_ecs_goes_on_and_tells_it_later() {
    let text = r#"[{"at":"PT2M","do":"disconnectAgent","instance":"i-0a"},
        {"at":"PT2M10S","do":"exitContainer","task":"primes@us-east-1a/1","exitCode":3},
        {"at":"PT2M50S","do":"reconnectAgent","instance":"i-0a"}]"#;
    let (world, log) = run(&recording(sample(), inputs(text)), 400);
    let at: Vec<String> = log
        .iter()
        .map(|event| format!("{} {}", event.at, event_text(world.model(), event)))
        .filter(|line| line.contains("exit code 3"))
        .collect();
    assert_eq!(at.len(), 1, "{at:?}");
    assert!(
        at[0].starts_with("00:02:50"),
        "told when it is back: {at:?}"
    );
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn orders_wait_for_an_agent_that_does_not_hear() {
    let text = r#"[{"at":"PT2M","do":"disconnectAgent","instance":"i-0a"},
        {"at":"PT2M10S","do":"stopTask","task":"primes@us-east-1a"},
        {"at":"PT3M","do":"reconnectAgent","instance":"i-0a"}]"#;
    let stopped_at = |world: &World| {
        let mut tasks = world.control().tasks.values();
        tasks
            .find(|task| task.stopped.is_some())
            .unwrap()
            .stopped_at
    };
    let (world, _) = run(&recording(sample(), inputs(text)), 179);
    assert_eq!(stopped_at(&world), None);
    let (world, _) = run(&recording(sample(), inputs(text)), 190);
    assert_eq!(stopped_at(&world), Some(Instant(181_600)));
}

#[test]
fn a_stopped_host_keeps_its_place_and_its_images() {
    let text = r#"[{"at":"PT2M","do":"stopInstance","instance":"i-0a"},
        {"at":"PT4M","do":"startInstance","instance":"i-0a"},
        {"at":"PT4M1S","do":"stopInstance","instance":"i-0a"}]"#;
    let got = told(sample(), text, (120, 500), "i-0a");
    assert!(got.contains("input had no effect"), "{got}");
    assert!(got.contains("host `i-0a` is stopped"), "{got}");
    let (world, _) = run(&recording(sample(), inputs(text)), 500);
    let instance = world.model().instance_named("i-0a").unwrap();
    let known = &world.control().instances[&instance];
    assert!(known.connected && known.status.name() == "ACTIVE");
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
    let mut tasks = world.control().tasks.values();
    let lost = tasks.find(|task| task.stopped.is_some()).unwrap();
    let reason = crate::view::stopped_reason(
        world.model(),
        instance,
        &lost.stopped.as_ref().unwrap().cause,
    );
    assert_eq!(reason, "Host EC2 (instance i-0a) stopped.");
}

#[test]
fn a_host_with_tasks_is_deregistered_by_force_alone() {
    let text = r#"[{"at":"PT2M","do":"deregisterInstance","instance":"i-0a"}]"#;
    let got = told(sample(), text, (120, 130), "input");
    assert!(
        got.contains("InvalidParameterException: Found running tasks on the instance."),
        "{got}"
    );
    let text = r#"[{"at":"PT2M","do":"deregisterInstance","instance":"i-0a","force":true}]"#;
    let got = told(sample(), text, (120, 400), "i-0a");
    assert!(got.contains("container instance i-0a is INACTIVE"), "{got}");
    let (world, _) = run(&recording(sample(), inputs(text)), 400);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn a_host_is_drained_and_taken_back() {
    let text = r#"[{"at":"PT2M","do":"drainInstance","instance":"i-0a"},
        {"at":"PT3M","do":"activateInstance","instance":"i-0a"},
        {"at":"PT3M1S","do":"activateInstance","instance":"i-0a"}]"#;
    let got = told(sample(), text, (120, 200), "i-0a");
    assert_eq!(
        got,
        "00:02:00 input: drain i-0a\n\
         00:02:00 container instance i-0a is DRAINING\n\
         00:03:00 input: activate i-0a\n\
         00:03:00 container instance i-0a registered\n\
         00:03:01 input had no effect: activate i-0a: host `i-0a` is ACTIVE already\n"
    );
}

#[test]
fn a_zone_fails_and_its_hosts_boot_again() {
    let text = r#"[{"at":"PT2M","do":"failAvailabilityZone","zone":"us-east-1a"},
        {"at":"PT2M1S","do":"failAvailabilityZone","zone":"us-east-1a"},
        {"at":"PT2M2S","do":"startInstance","instance":"i-0a"},
        {"at":"PT10M","do":"recoverAvailabilityZone","zone":"us-east-1a"}]"#;
    let refused = told(sample(), text, (120, 130), "input had no effect");
    assert!(
        refused.contains("zone `us-east-1a` has failed already"),
        "{refused}"
    );
    assert!(
        refused.contains("zone `us-east-1a` has failed\n"),
        "{refused}"
    );
    let (world, _) = run(&recording(sample(), inputs(text)), 130);
    let zone = |world: &World, at| world.model().instance(at).zone.at();
    let all = world.control().tasks.values();
    let there = all.filter(|task| task.is_wanted() && zone(&world, task.instance) == 0);
    assert_eq!(there.count(), 0);
    let connected = |seconds| {
        let (world, _) = run(&recording(sample(), inputs(text)), seconds);
        let hosts = world.control().instances.values();
        hosts.filter(|host| host.connected).count()
    };
    assert_eq!((connected(689), connected(691)), (2, 4));
}

#[test]
fn a_host_that_was_to_come_to_a_failed_zone_comes_once_it_is_back() {
    let text = r#"[{"at":"PT60S","do":"edit","change":{"edit":"addContainerInstance",
            "availabilityZone":"us-east-1b","instanceType":"m5.large"}},
        {"at":"PT100S","do":"failAvailabilityZone","zone":"us-east-1b"},
        {"at":"PT300S","do":"recoverAvailabilityZone","zone":"us-east-1b"}]"#;
    let got = told(sample(), text, (120, 500), " registered");
    let got: Vec<&str> = got.lines().filter(|it| it.contains("instance")).collect();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(got[0].starts_with("00:06:30 "), "{got:?}");
}

#[test]
fn an_unreachable_zone_times_out_and_comes_back_as_it_was() {
    let text = r#"[{"at":"PT2M","do":"failAvailabilityZone","zone":"us-east-1a","hosts":"unreachable"},
        {"at":"PT2M8S","do":"recoverAvailabilityZone","zone":"us-east-1a"}]"#;
    let got = told(sample(), text, (120, 400), "is unhealthy in");
    assert_eq!(got, "", "one check that times out is not enough");
    let text =
        r#"[{"at":"PT2M","do":"failAvailabilityZone","zone":"us-east-1a","hosts":"unreachable"}]"#;
    let got = told(sample(), text, (120, 140), "(service primes)");
    assert!(got.contains("due to (reason Request timed out)"), "{got}");
}

#[test]
fn a_spot_host_goes_after_two_minutes_and_drains_before_if_its_agent_is_told_to() {
    let text = r#"[{"at":"PT2M","do":"interruptSpotInstance","instance":"i-0a"}]"#;
    let got = told(sample(), text, (120, 300), "container instance i-0a");
    assert_eq!(got, "00:04:00 container instance i-0a is INACTIVE\n");
    let mut design = sample();
    let config = serde_json::json!({"ECS_ENABLE_SPOT_INSTANCE_DRAINING": true});
    design.container_instances[0]
        .extra
        .insert("agentConfiguration".into(), config);
    let got = told(design, text, (120, 300), "container instance i-0a");
    assert_eq!(
        got,
        "00:02:00 container instance i-0a is DRAINING\n00:04:00 container instance i-0a is INACTIVE\n"
    );
}
