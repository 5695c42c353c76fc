//! Whatever is done to a run, it stays a function of its recording, keeps its books and comes
//! back once everything is mended.

use super::*;
use alloc::vec::Vec;

/// A design whose tasks have everything: an init container, a side one, checks, two services.
fn rich() -> Design {
    let containers = serde_json::json!([
        {"name": "primes", "image": "stowplan/primes:latest", "cpu": 128, "memory": 256,
         "portMappings": [{"containerPort": 8080, "hostPort": 0}],
         "restartPolicy": {"enabled": true, "restartAttemptPeriod": 60},
         "healthCheck": {"command": ["CMD", "x"], "interval": 10, "startPeriod": 20},
         "dependsOn": [{"containerName": "init", "condition": "SUCCESS"},
                       {"containerName": "side", "condition": "HEALTHY"}]},
        {"name": "side", "image": "registry.example:5000/side", "memory": 64, "essential": false,
         "healthCheck": {"command": ["CMD", "x"], "interval": 5}, "startTimeout": 60},
        {"name": "init", "image": "init", "memory": 64, "essential": false}]);
    let pointer = "/taskDefinitions/0/containerDefinitions";
    let design = set(pointer, containers).apply(&sample()).unwrap();
    let init = serde_json::json!({"exitAfterSeconds": 3});
    let pointer = "/workloads/shop~1primes/containers/init";
    set(pointer, init).apply(&design).unwrap()
}

/// Inputs that may come at any moment; `%` stands for a number.
const ACTS: [&str; 39] = [
    r#""do":"updateService","service":"primes","forceNewDeployment":true"#,
    r#""do":"stopServiceDeployment","service":"primes","stopType":"ROLLBACK""#,
    r#""do":"updateTaskProtection","task":"edges/*","protectionEnabled":true,"expiresInMinutes":1%"#,
    r#""do":"deployBadRevision","service":"edges","failure":"healthCheck""#,
    r#""do":"updateService","service":"primes","desiredCount":%"#,
    r#""do":"stopTask","task":"primes/%""#,
    r#""do":"stopTask","task":"edges/*","reason":"r""#,
    r#""do":"crashTask","task":"primes/%","exitCode":%"#,
    r#""do":"exitContainer","task":"primes","container":"side","exitCode":%"#,
    r#""do":"killOutOfMemory","task":"edges/%""#,
    r#""do":"failHealthCheck","service":"primes","container":"side""#,
    r#""do":"failHealthCheck","task":"primes/%""#,
    r#""do":"failHealthCheck","service":"edges","check":"target""#,
    r#""do":"restoreHealthCheck","service":"primes""#,
    r#""do":"restoreHealthCheck","service":"edges""#,
    r#""do":"slowStart","service":"edges","seconds":1%"#,
    r#""do":"failImage","service":"edges""#,
    r#""do":"failRegistry","registry":"registry.example:5000""#,
    r#""do":"recoverRegistry""#,
    r#""do":"terminateInstance","instance":"i-0d""#,
    r#""do":"stopInstance","instance":"i-0a""#,
    r#""do":"startInstance","instance":"i-0a""#,
    r#""do":"deregisterInstance","instance":"i-0b","force":true"#,
    r#""do":"drainInstance","instance":"i-0c""#,
    r#""do":"activateInstance","instance":"i-0c""#,
    r#""do":"disconnectAgent","instance":"i-0c""#,
    r#""do":"reconnectAgent","instance":"i-0c""#,
    r#""do":"failAvailabilityZone","zone":"us-east-1a","hosts":"unreachable""#,
    r#""do":"failAvailabilityZone","zone":"us-east-1b""#,
    r#""do":"recoverAvailabilityZone","zone":"us-east-1a""#,
    r#""do":"recoverAvailabilityZone","zone":"us-east-1b""#,
    r#""do":"interruptSpotInstance","instance":"i-0a""#,
    r#""do":"degradeContainer","service":"primes","container":"side","errorRate":0.5"#,
    r#""do":"degradeContainer","task":"edges/*","latencyMs":6%00"#,
    r#""do":"deployBadRevision","service":"primes","failure":"exit""#,
    r#""do":"runTask","taskDefinition":"edges","count":%"#,
    r#""do":"updateService","service":"edges","desiredCount":%,"forceNewDeployment":true"#,
    r#""do":"edit","change":{"edit":"set","pointer":"/taskDefinitions/0/containerDefinitions/-","value":{"name":"x%","image":"x","memory":4,"essential":false}}"#,
    r#""do":"edit","change":{"edit":"addContainerInstance","availabilityZone":"us-east-1b","instanceType":"m5.large"}"#,
];

/// Everything that an operator can mend, and the hosts that are left made enough.
const MENDING: [&str; 19] = [
    r#""do":"updateService","service":"edges","taskDefinition":"edges:1""#,
    r#""do":"updateService","service":"primes","desiredCount":4"#,
    r#""do":"restoreHealthCheck","service":"primes""#,
    r#""do":"restoreHealthCheck","service":"edges""#,
    r#""do":"restoreContainer","service":"primes""#,
    r#""do":"restoreContainer","service":"edges""#,
    r#""do":"slowStart","service":"edges""#,
    r#""do":"restoreImage","service":"edges""#,
    r#""do":"recoverRegistry""#,
    r#""do":"recoverAvailabilityZone","zone":"us-east-1a""#,
    r#""do":"recoverAvailabilityZone","zone":"us-east-1b""#,
    r#""do":"reconnectAgent","instance":"i-0c""#,
    r#""do":"activateInstance","instance":"i-0c""#,
    r#""do":"startInstance","instance":"i-0a""#,
    r#""do":"stopTask","task":"family:edges/*""#,
    r#""do":"updateService","service":"primes","taskDefinition":"primes:1""#,
    r#""do":"updateService","service":"edges","desiredCount":3"#,
    r#""do":"edit","change":{"edit":"addContainerInstance","availabilityZone":"us-east-1a","instanceType":"m5.xlarge"}"#,
    r#""do":"edit","change":{"edit":"addContainerInstance","availabilityZone":"us-east-1c","instanceType":"m5.xlarge"}"#,
];

pub(super) const MENDED: u64 = 1500;

pub(super) fn random(seed: u64) -> Recording {
    let mut all = Vec::new();
    for n in 0..24 {
        let pick = |what: u64, bound| draw_below(seed, Stream::Placement, n * 8 + what, bound);
        let act = ACTS[pick(0, ACTS.len() as u64) as usize];
        let act = act.replace('%', &pick(1, 6).to_string());
        all.push(format!(
            r#"{{"at":"PT{}S",{act}}}"#,
            30 + pick(2, MENDED - 100)
        ));
    }
    all.extend(MENDING.map(|act| format!(r#"{{"at":"PT{MENDED}S",{act}}}"#)));
    let inputs = inputs(&format!("[{}]", all.join(",")));
    Recording {
        seed,
        ..recording(rich(), inputs)
    }
}

#[test]
fn a_rich_task_runs() {
    let (world, _) = run(&recording(rich(), Vec::new()), 200);
    assert_eq!(running(world.control(), world.model(), "primes"), 4);
}

#[test]
fn everything_comes_back_once_it_is_mended() {
    for seed in 0..40 {
        let (world, log) = run(&random(seed), MENDED + 3600);
        for (service, wanted) in [("primes", 4), ("edges", 3)] {
            let count = running(world.control(), world.model(), service);
            assert_eq!(
                count,
                wanted,
                "seed {seed}: {service}\n{}",
                story(&world, &log, "")
            );
        }
    }
}

#[test]
fn any_run_can_be_sought_through() {
    for seed in 0..10 {
        let recording = random(seed);
        let mut timeline = Timeline::new(recording.clone());
        timeline.seek(Instant(MENDED * 1000));
        for n in 0..8 {
            let to = Instant(draw_below(seed, Stream::Pull, n, MENDED * 1000));
            timeline.seek(to);
            let (straight, log) = simulate(&recording, to);
            assert!(
                timeline.world().control() == straight.control(),
                "seed {seed} at {to}"
            );
            assert_eq!(timeline.events().len(), log.len(), "seed {seed} at {to}");
        }
    }
}
