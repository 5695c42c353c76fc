//! `stowplan place` as a user calls it: where tasks go and why, and what keeps them waiting.

use crate::command::{Folder, Told, sample};
use serde_json::{Value, json};

/// The sample with a daemon behind all others, and `edges` on one host only.
fn crowded() -> Value {
    let mut design: Value = serde_json::from_str(&sample()).expect("the sample is JSON");
    design["taskDefinitions"]
        .as_array_mut()
        .expect("a list")
        .push(
            json!({"family": "log", "networkMode": "bridge", "containerDefinitions": [
            {"name": "log", "image": "log:1", "cpu": 64, "memory": 128}]}),
        );
    let services = design["services"].as_array_mut().expect("a list");
    services.push(
        json!({"serviceName": "log", "cluster": "shop", "taskDefinition": "log:1",
        "schedulingStrategy": "DAEMON"}),
    );
    services[1]["placementConstraints"] = json!([
        {"type": "memberOf", "expression": "attribute:stack == prod"},
        {"type": "distinctInstance"}]);
    let hosts = &mut design["containerInstances"];
    hosts[1]["attributes"] = json!([{"name": "stack", "value": "prod"}]);
    hosts[2]["attributes"] = json!([{"name": "stack", "value": "test"}]);
    hosts[3]["status"] = json!("DRAINING");
    design
}

fn place(name: &str, design: &Value, arguments: &[&str]) -> Told {
    let folder = Folder::new(name);
    folder.write("d.json", design.to_string());
    folder.stowplan(&[&["place", "d.json", "--service"], arguments].concat())
}

fn parsed(told: &Told) -> Value {
    serde_json::from_str(&told.out).expect("one JSON document")
}

#[test]
fn each_task_has_a_line_with_its_reasons_and_the_zones_sum_up() {
    let folder = Folder::new("place-text");
    folder.write("shop.json", sample());
    let told = folder.stowplan(&["place", "shop.json", "--service", "primes"]);
    let expected = "\
service primes: 4 tasks of primes:1
  each needs   256 CPU units, 384 MiB
  strategies   the default: fewest tasks in its zone, then on the host

TASK  HOST  ZONE        FITS    WHY
1     i-0a  us-east-1a  4 of 4  no task in us-east-1a, no task on it, the first of 4 that are equal
2     i-0c  us-east-1b  4 of 4  no task in us-east-1b, no task on it, the first of 2 that are equal
3     i-0d  us-east-1c  4 of 4  no task in us-east-1c, no task on it
4     i-0b  us-east-1a  4 of 4  1 task in us-east-1a, no task on it

4 tasks placed
  us-east-1a  2  i-0a 1, i-0b 1
  us-east-1b  1  i-0c 1
  us-east-1c  1  i-0d 1
";
    assert_eq!(told.out, expected);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
}

#[test]
fn what_waits_is_told_with_what_would_help_and_what_each_host_lacks() {
    let told = place("place-waits", &crowded(), &["edges"]);
    let expected = "\
service edges: 3 tasks of edges:1
  each needs   512 CPU units, 768 MiB
  strategies   the default: fewest tasks in its zone, then on the host
  constraint   memberOf attribute:stack == prod
  constraint   distinctInstance
  placed first 3 tasks of log, 4 tasks of primes

TASK  HOST  ZONE        FITS    WHY
1     i-0b  us-east-1a  1 of 4  no task in us-east-1a, no task on it

1 of 3 tasks placed, 2 wait
  us-east-1a  1  i-0b 1
  us-east-1b  0
  us-east-1c  0

edges:1 waits: 0 of 4 hosts: 1 does not match `attribute:stack == prod`, 1 is DRAINING, \
1 lacks attribute stack, 1 is 113 MiB short
ECS says: (service edges) was unable to place a task because no container instance met all of its \
requirements. The closest matching container-instance i-0a is missing an attribute required by \
your task.

what would help the next one:
";
    let shown = told.out.get(..expected.len()).unwrap_or(&told.out);
    assert_eq!(shown, expected);
    let remedy = "  - give i-0a an attribute stack that matches `attribute:stack == prod`; it then \
                  fits on i-0a\n";
    assert!(told.out.contains(remedy), "{}", told.out);
    let matrix = "
HOST  ZONE        FREE                      VERDICT  STATUS    CPU  MEMORY         CONSTRAINTS
i-0a  us-east-1a  1728 CPU units, 1423 MiB  no       ✓         ✓    ✓              lacks stack
i-0b  us-east-1a  1216 CPU units, 655 MiB   no       ✓         ✓    113 MiB short  distinctInstance: has one
i-0c  us-east-1b  1472 CPU units, 1039 MiB  no       ✓         ✓    ✓              does not match
i-0d  us-east-1c  2048 CPU units, 1935 MiB  no       DRAINING  ✓    ✓              lacks stack
";
    assert!(told.out.ends_with(matrix), "{}", told.out);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
}

#[test]
fn json_has_every_candidate_with_verdicts_and_scores() {
    let told = place("place-json", &crowded(), &["edges", "--format", "json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let document = parsed(&told);
    assert_eq!(document["taskDefinition"], "edges:1");
    assert_eq!(document["cluster"], "shop");
    assert_eq!(
        document["before"],
        json!([{"service": "log", "tasks": 3, "desired": null},
            {"service": "primes", "tasks": 4, "desired": 4}])
    );
    let task = &document["tasks"][0];
    assert_eq!(
        (&task["number"], &task["host"]),
        (&json!(1), &json!("i-0b"))
    );
    assert_eq!(
        (&task["zone"], &task["fitting"]),
        (&json!("us-east-1a"), &json!(1))
    );
    assert_eq!(
        task["scores"],
        json!([{"strategy": "spread(availability-zone)", "score": 0},
            {"strategy": "spread(instanceId)", "score": 0}])
    );
    let candidates = task["candidates"].as_array().expect("a list");
    assert_eq!(candidates.len(), 4);
    assert_eq!(candidates[1]["fits"], true);
    assert_eq!(candidates[1]["scores"], task["scores"]);
    let waiting = &document["waiting"];
    assert_eq!(waiting["count"], 2);
    assert_eq!(waiting["remedies"][0]["host"], "i-0a");
    assert_eq!(waiting["remedies"][1]["host"], Value::Null);
    let stack = "attribute:stack == prod";
    assert_eq!(
        waiting["candidates"][1],
        json!({"host": "i-0b", "zone": "us-east-1a", "freeCpu": 1216, "freeMemory": 655,
            "fits": false, "scores": [], "failed": [
                {"rule": "insufficientMemory", "short": 113, "words": "113 MiB short"},
                {"rule": "notDistinct", "words": "distinctInstance: has one"}]})
    );
    assert_eq!(
        waiting["candidates"][3]["failed"],
        json!([{"rule": "draining", "words": "DRAINING"},
            {"rule": "notMember", "expression": stack, "origin": "service", "lacks": "stack",
                "words": "lacks stack"}])
    );
}

#[test]
fn a_template_is_a_what_if_by_its_name() {
    let arguments = [
        "edges",
        "--template",
        "az balanced binpack",
        "--alone",
        "--format",
        "json",
    ];
    let told = place("place-template", &crowded(), &arguments);
    let document = parsed(&told);
    assert_eq!(document["template"], "AZ Balanced BinPack");
    assert_eq!(document["before"], json!([]));
    assert_eq!(document["waiting"], Value::Null);
    let tasks = document["tasks"].as_array().expect("a list");
    let hosts: Vec<&Value> = tasks.iter().map(|task| &task["host"]).collect();
    assert_eq!(hosts, ["i-0a", "i-0c", "i-0a"]);
    assert_eq!(
        tasks[2]["scores"][1],
        json!({"strategy": "binpack(memory)", "score": 1167})
    );
    let told = place(
        "place-no-template",
        &crowded(),
        &["edges", "--template", "Bin"],
    );
    let expected = "the templates are AZ Balanced Spread, AZ Balanced BinPack, BinPack, One Task \
                    Per Host, Custom";
    assert!(told.err.contains(expected), "{}", told.err);
    assert_eq!(told.code, Some(2));
    let told = place(
        "place-odd-template",
        &crowded(),
        &["log", "--template", "BinPack"],
    );
    assert!(
        told.err
            .starts_with("warning: with BinPack: a DAEMON service takes no placement strategy"),
        "{}",
        told.err
    );
}

#[test]
fn a_daemon_has_a_task_on_each_host_that_can_have_one() {
    let mut design = crowded();
    let told = place("place-daemon", &design, &["log"]);
    let expected = "\
service log: DAEMON, a task of log:1 on each host
  each needs   64 CPU units, 128 MiB

TASK  HOST  ZONE        FITS    WHY
1     i-0a  us-east-1a  3 of 4  it has none yet
2     i-0c  us-east-1b  2 of 4  it has none yet
3     i-0b  us-east-1a  1 of 4  it has none yet

3 tasks placed
  us-east-1a  2  i-0a 1, i-0b 1
  us-east-1b  1  i-0c 1
  us-east-1c  0
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
    design["containerInstances"][0]["registeredMemory"] = json!(100);
    let told = place("place-daemon-waits", &design, &["log"]);
    assert!(
        told.out.contains("2 of 3 tasks placed, 1 waits\n"),
        "{}",
        told.out
    );
    let told = place("place-daemon-count", &design, &["log", "--count", "2"]);
    assert_eq!(
        (told.code, told.err.as_str()),
        (
            Some(2),
            "error: `log` is a DAEMON: it has one task on each host, not a number of them\n  \
             hint: leave out --count\n"
        )
    );
}

#[test]
fn a_service_is_named_with_its_cluster_where_two_have_it() {
    let mut design = crowded();
    let told = place("place-unknown", &design, &["web"]);
    let expected = "error: there is no service called `web`\n  \
                    hint: the design has `primes`, `edges`, `log`\n";
    assert_eq!((told.code, told.err.as_str()), (Some(2), expected));
    let clusters = design["clusters"].as_array_mut().expect("a list");
    clusters.push(json!({"clusterName": "spare"}));
    let services = design["services"].as_array_mut().expect("a list");
    services.push(
        json!({"serviceName": "log", "cluster": "spare", "taskDefinition": "log:1",
        "desiredCount": 1}),
    );
    let told = place("place-several", &design, &["log"]);
    let expected = "error: several clusters have a service `log`\n  \
                    hint: name one of `shop/log`, `spare/log`\n";
    assert_eq!((told.code, told.err.as_str()), (Some(2), expected));
    let told = place("place-empty", &design, &["spare/log"]);
    assert!(
        told.out.contains("\n0 of 1 task placed, 1 waits\n"),
        "{}",
        told.out
    );
    assert!(
        told.out
            .contains("\nlog:1 waits: the cluster has no hosts\n"),
        "{}",
        told.out
    );
    assert_eq!(told.code, Some(0));
}

#[test]
fn what_is_sound_of_a_faulty_design_is_answered() {
    let mut design = crowded();
    design["services"][1]["placementStrategy"] = json!([{"type": "spread"}]);
    let told = place("place-sound", &design, &["primes"]);
    assert!(told.out.contains("\n4 tasks placed\n"), "{}", told.out);
    assert!(told.err.contains("error DS016"), "{}", told.err);
    assert_eq!(told.code, Some(4));
    let told = place("place-left-out", &design, &["edges"]);
    let end = "error: `edges` is left out because of its errors\n  hint: mend them first\n";
    assert!(told.err.ends_with(end), "{}", told.err);
    assert_eq!((told.code, told.out.as_str()), (Some(4), ""));
}

#[test]
fn a_count_is_of_what_a_service_may_have() {
    for count in ["0", "5001", "many"] {
        let told = place("place-count", &crowded(), &["primes", "--count", count]);
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{count}");
    }
    let mut design = crowded();
    design["services"][0]["desiredCount"] = json!(0);
    let told = place("place-none", &design, &["primes"]);
    let end = "\nno task is asked for; --count asks for some\n";
    assert!(told.out.ends_with(end), "{}", told.out);
    let told = place("place-many", &design, &["primes", "--count", "13"]);
    assert!(
        told.out.contains("\n12 of 13 tasks placed, 1 waits\n"),
        "{}",
        told.out
    );
}

#[test]
fn tasks_of_run_task_are_placed_at_random_and_a_service_can_be_alone() {
    let folder = Folder::new("place-run-task");
    folder.write("d.json", sample());
    let told = folder.stowplan(&["place", "d.json", "--run-task", "edges", "--count", "3"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.out.contains("random"), "{}", told.out);
    assert!(
        told.out.contains("task group family:edges: 3 tasks"),
        "{}",
        told.out
    );
    assert!(told.out.contains("\n3 tasks placed\n"), "{}", told.out);
    let again = folder.stowplan(&["place", "d.json", "--run-task", "edges", "--count", "3"]);
    assert_eq!(again, told, "the seed decides");
    let unknown = folder.stowplan(&["place", "d.json", "--run-task", "nobody"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("nobody"), "{}", unknown.err);
    let nothing = folder.stowplan(&["place", "d.json"]);
    assert_eq!(nothing.code, Some(2));
    let with = folder.stowplan(&["place", "d.json", "--service", "edges", "--count", "9"]);
    let alone = folder.stowplan(&[
        "place",
        "d.json",
        "--service",
        "edges",
        "--count",
        "9",
        "--alone",
    ]);
    assert!(with.out.contains("8 of 9 tasks placed"), "{}", with.out);
    assert!(!alone.out.contains("placed first"), "{}", alone.out);
}
