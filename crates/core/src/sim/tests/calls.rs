//! Inputs that are calls of ECS, the names they take, and what is said against wrong ones.

use super::*;
use crate::control::{Observation, StoppedCause};
use alloc::vec::Vec;

/// What a run of `text` says against its inputs, a line each.
fn refused(text: &str) -> Vec<String> {
    let (world, log) = run(&recording(sample(), inputs(text)), 200);
    let told = log.iter().filter_map(|event| {
        let crate::control::EventKind::InputRefused { reason, .. } = &event.kind else {
            return None;
        };
        Some(reason.clone())
    });
    assert!(world.now() > Instant::ZERO);
    told.collect()
}

/// What the world tells the control plane of an input at 120 s.
fn observed(text: &str) -> Vec<Observation> {
    let (mut world, _) = run(&recording(sample(), Vec::new()), 120);
    let input: Input = crate::source::read(text).unwrap();
    let mut seen = Vec::new();
    world.play(&input, &mut seen).unwrap();
    seen
}

#[test]
fn every_input_is_written_as_it_was_read() {
    let texts = [
        r#"{"do":"updateService","service":"a","desiredCount":3,"enableECSManagedTags":true}"#,
        r#"{"do":"updateService","service":"a","forceNewDeployment":true}"#,
        r#"{"do":"registerTaskDefinition","family":"a","set":{"/cpu":"256"}}"#,
        r#"{"do":"deployBadRevision","service":"a","failure":"healthCheck"}"#,
        r#"{"do":"runTask","taskDefinition":"a","count":2,"startedBy":"me"}"#,
        r#"{"do":"stopTask","task":"a/1","reason":"r"}"#,
        r#"{"do":"exitContainer","task":"a","container":"c","exitCode":2}"#,
        r#"{"do":"killOutOfMemory","task":"a"}"#,
        r#"{"do":"failHealthCheck","task":"a","check":"target"}"#,
        r#"{"do":"restoreHealthCheck","service":"a","container":"c","check":"both"}"#,
        r#"{"do":"slowStart","service":"a","seconds":9}"#,
        r#"{"do":"failImage","image":"i"}"#,
        r#"{"do":"restoreImage","service":"a"}"#,
        r#"{"do":"deregisterInstance","instance":"i","force":true}"#,
        r#"{"do":"failAvailabilityZone","zone":"z","hosts":"unreachable"}"#,
        r#"{"do":"recoverRegistry","registry":"r"}"#,
        r#"{"do":"failRegistry"}"#,
        r#"{"do":"degradeContainer","service":"a","latencyMs":10,"errorRate":0.25}"#,
        r#"{"do":"updateTaskProtection","task":"a","protectionEnabled":true}"#,
        r#"{"do":"stopServiceDeployment","service":"a","stopType":"ROLLBACK"}"#,
        r#"{"do":"continueServiceDeployment","service":"a"}"#,
    ];
    for text in texts {
        let input: Input = crate::source::read(text).unwrap();
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&input).unwrap(), value);
        let stamped = text.replacen('{', r#"{"at":"PT1M","#, 1);
        let stamped: StampedInput = crate::source::read(&stamped).unwrap();
        assert_eq!(stamped.input, input);
        assert!(!input.label().is_empty());
    }
}

#[test]
fn names_that_are_not_there_are_told_with_the_nearest() {
    let text = r#"[{"at":"PT2M","do":"stopTask","task":"primse"},
        {"at":"PT2M","do":"stopTask","task":"primes/9"},
        {"at":"PT2M","do":"stopTask","task":"primes/x"},
        {"at":"PT2M","do":"stopTask","task":"primes@us-east-1d"},
        {"at":"PT2M","do":"stopTask","task":"00000000000000000000000000000001"},
        {"at":"PT2M","do":"exitContainer","task":"primes","container":"prime"},
        {"at":"PT2M","do":"failImage","image":"stowplan/primes:latset"},
        {"at":"PT2M","do":"failRegistry","registry":"dokcer.io"},
        {"at":"PT2M","do":"runTask","taskDefinition":"prime"},
        {"at":"PT2M","do":"updateService","service":"edge"},
        {"at":"PT2M","do":"updateService","service":"edges","taskDefinition":"edges:2"},
        {"at":"PT2M","do":"failHealthCheck"},
        {"at":"PT2M","do":"failHealthCheck","service":"primes","check":"container"},
        {"at":"PT2M","do":"degradeContainer","service":"primes","container":"prims","latencyMs":1},
        {"at":"PT2M","do":"updateService","service":"primes","serviceName":"other"},
        {"at":"PT2M","do":"runTask","taskDefinition":"primes","count":11}]"#;
    assert_eq!(
        refused(text),
        [
            "no service is called `primse`; did you mean `primes`?",
            "only 4 tasks of `primes` run",
            "`primes/x` names no task: behind the service stands a number from 1, or `*`",
            "no zone is called `us-east-1d`; did you mean `us-east-1a`?",
            "no task `00000000000000000000000000000001` runs",
            "primes has no container `prime`; did you mean `primes`?",
            "no task definition has the image `stowplan/primes:latset`; did you mean \
             `stowplan/primes:latest`?",
            "no image comes from the registry `dokcer.io`; did you mean `docker.io`?",
            "no task definition is called `prime`; did you mean `primes`?",
            "no service is called `edge`; did you mean `edges`?",
            "no task definition is called `edges:2`; did you mean `edges:1`?",
            "name a task or a service",
            "there is no health check of a container to fail",
            "primes has no container `prims`; did you mean `primes`?",
            "UpdateService does not rename a service",
            "RunTask starts 1 to 10 tasks, not 11",
        ]
    );
}

#[test]
fn a_selector_counts_running_tasks_from_the_oldest() {
    let text = r#"[{"at":"PT2M","do":"crashTask","task":"primes","exitCode":1},
        {"at":"PT4M","do":"stopTask","task":"primes/4","reason":"the youngest"}]"#;
    let (world, _) = run(&recording(sample(), inputs(text)), 260);
    let tasks = world.control().tasks.values();
    let youngest = tasks.filter(|task| task.created_at > Instant(100_000));
    let causes: Vec<&StoppedCause> = youngest
        .filter_map(|task| Some(&task.stopped.as_ref()?.cause))
        .collect();
    assert_eq!(causes, [&StoppedCause::Requested("the youngest".into())]);
}

#[test]
fn members_of_update_service_reach_the_document() {
    let text = r#"[{"at":"PT2M","do":"updateService","service":"primes","desiredCount":2,
            "enableExecuteCommand":true,"healthCheckGracePeriodSeconds":null},
        {"at":"PT2M1S","do":"updateService","service":"primes","desiredCount":"many"},
        {"at":"PT2M1S","do":"updateService","service":"primes","loadBalancers":[{"targetGroupArn":"x"}]}]"#;
    let (world, _) = run(&recording(sample(), inputs(text)), 300);
    let service = &world.design().services[0];
    assert_eq!(service.desired_count, Some(2));
    assert_eq!(service.extra["enableExecuteCommand"], true);
    assert_eq!(service.health_check_grace_period_seconds, None);
    assert_eq!(running(world.control(), world.model(), "primes"), 2);
    assert_eq!(refused(text).len(), 2, "{:?}", refused(text));
}

#[test]
fn a_revision_is_registered_whole_or_as_a_changed_copy() {
    let text = r#"[{"at":"PT2M","do":"registerTaskDefinition","family":"primes",
            "set":{"/containerDefinitions/0/image":"stowplan/primes:2"}},
        {"at":"PT2M","do":"updateService","service":"primes","taskDefinition":"primes"},
        {"at":"PT2M","do":"registerTaskDefinition","taskDefinition":{"family":"job",
            "containerDefinitions":[{"name":"job","image":"job","memory":64}]}},
        {"at":"PT2M","do":"registerTaskDefinition","taskDefinition":{"family":"bad","containerDefinitions":[]}},
        {"at":"PT2M","do":"registerTaskDefinition","family":"jobs"}]"#;
    let (world, _) = run(&recording(sample(), inputs(text)), 130);
    let names: Vec<String> = world
        .model()
        .task_definitions
        .iter()
        .map(|it| it.name())
        .collect();
    assert_eq!(names, ["edges:1", "primes:1", "primes:2", "job:1"]);
    assert_eq!(
        world.control().deployments_started,
        3,
        "the bare family is its newest"
    );
    assert_eq!(refused(text).len(), 2, "{:?}", refused(text));
}

#[test]
fn bad_revisions_fail_in_their_own_way() {
    let of = |failure: &str| {
        let text = format!(
            r#"[{{"at":"PT2M","do":"deployBadRevision","service":"primes","failure":"{failure}"}}]"#
        );
        let (world, log) = run(&recording(sample(), inputs(&text)), 400);
        let lines: String = lines(world.model(), &log).join("\n");
        let primes = world.model().service_named("primes").unwrap();
        let known = &world.control().services[&primes];
        assert_eq!(known.deployments.len(), 2, "{failure} does not get through");
        assert!(running(world.control(), world.model(), "primes") >= 4);
        lines
    };
    assert!(of("exit").contains("Essential container in task exited"));
    assert!(of("image").contains("manifest for stowplan/primes:does-not-exist not found"));
    assert!(of("healthCheck").contains("is unhealthy in"));
    assert!(of("slowStart").contains("is unhealthy in"));
}

#[test]
fn a_call_of_run_task_stands_in_the_model_and_survives_edits() {
    let call = r#"{"at":"PT2M","do":"runTask","taskDefinition":"primes","count":3}"#;
    let text = format!(
        r#"[{call},{call},
        {{"at":"PT2M1S","do":"runTask","taskDefinition":"primes:1","group":"batch",
          "placementStrategy":[{{"type":"binpack","field":"memory"}}],
          "placementConstraints":[{{"type":"distinctInstance"}}]}},
        {{"at":"PT3M","do":"updateService","service":"primes","desiredCount":2}}]"#
    );
    let (world, _) = run(&recording(sample(), inputs(&text)), 200);
    let of_calls = world.model().services.iter();
    let of_calls = of_calls.filter(|it| it.scheduling == crate::model::Scheduling::RunTask);
    let seen: Vec<_> = of_calls
        .map(|it| {
            (
                it.group.as_str(),
                it.present,
                it.strategies.len(),
                it.constraints.len(),
            )
        })
        .collect();
    assert_eq!(seen, [("family:primes", true, 1, 0), ("batch", true, 1, 1)]);
    assert_eq!(
        world.model().services[2].workload,
        world.model().services[0].workload
    );
    assert_eq!(
        observed(r#"{"do":"runTask","taskDefinition":"edges","count":2}"#),
        [Observation::RunTaskRequested {
            group: crate::id::ServiceIx(2),
            count: 2
        }]
    );
}

#[test]
fn memory_runs_out_with_code_137() {
    let text = r#"[{"at":"PT2M","do":"killOutOfMemory","task":"primes"}]"#;
    let (world, log) = run(&recording(sample(), inputs(text)), 130);
    let killed = log.iter().any(|event| {
        let crate::control::EventKind::TaskStatusChanged {
            exit_code,
            out_of_memory,
            ..
        } = event.kind
        else {
            return false;
        };
        exit_code == Some(137) && out_of_memory
    });
    assert!(killed && world.now() == Instant(130_000));
}

#[test]
fn protection_is_for_tasks_of_services_and_for_two_days_at_most() {
    let protect = |more: &str| {
        format!(r#"{{"do":"updateTaskProtection","task":"primes/*","protectionEnabled":{more}}}"#)
    };
    let until = |more: &str| {
        let seen = observed(&protect(more));
        assert_eq!(seen.len(), 4);
        let Observation::TaskProtectionUpdated { until, .. } = seen[0] else {
            return None;
        };
        until.map(|at| at.0 / 60_000)
    };
    assert_eq!(until("true"), Some(2 + 120));
    assert_eq!(until(r#"true,"expiresInMinutes":5"#), Some(2 + 5));
    assert_eq!(until("false"), None);
    let text = format!(
        "[{}]",
        protect(r#"true,"expiresInMinutes":2881"#).replacen('{', r#"{"at":"PT2M","#, 1)
    );
    assert_eq!(
        refused(&text),
        ["expiresInMinutes is 2881; it has to be between 1 and 2880"]
    );
}

#[test]
fn deployments_are_forced() {
    let service = crate::id::ServiceIx(0);
    let one = |text: &str| observed(text).pop().unwrap();
    assert_eq!(
        one(r#"{"do":"updateService","service":"primes","forceNewDeployment":true}"#),
        Observation::DeploymentForced { service }
    );
}
