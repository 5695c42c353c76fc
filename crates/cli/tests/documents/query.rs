//! `stowplan query` as a user calls it: hosts that match, and expressions that are none.

use crate::command::{Folder, Told, sample};
use serde_json::{Value, json};

fn query(name: &str, arguments: &[&str]) -> Told {
    let mut design: Value = serde_json::from_str(&sample()).expect("the sample is JSON");
    let hosts = &mut design["containerInstances"];
    hosts[1]["attributes"] = json!([{"name": "stack", "value": "prod"}]);
    hosts[2]["attributes"] = json!([{"name": "stack", "value": "test"}, {"name": "ssd"}]);
    let folder = Folder::new(name);
    folder.write("d.json", design.to_string());
    folder.stowplan(&[&["query", "d.json"], arguments].concat())
}

#[test]
fn hosts_that_match_are_listed_with_what_is_asked_for() {
    let told = query(
        "query-text",
        &["attribute:stack exists or attribute:ssd exists"],
    );
    let expected = "\
HOST  TYPE      ZONE        stack  ssd
i-0b  t3.small  us-east-1a  prod   -
i-0c  t3.small  us-east-1b  test   (no value)
2 of 4 hosts match
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
    assert_eq!(told.err, "");
    let none = query(
        "query-none",
        &["attribute:ecs.availability-zone == eu-west-1a"],
    );
    assert_eq!(
        (none.code, none.out.as_str()),
        (Some(0), "0 of 4 hosts match\n")
    );
}

#[test]
fn why_says_which_part_keeps_a_host_away() {
    let expression = "attribute:stack != test and attribute:ecs.availability-zone =~ .*a";
    let told = query("query-why", &[expression, "--why"]);
    let expected = "\
HOST  TYPE      ZONE        stack  WHY NOT
i-0b  t3.small  us-east-1a  prod
i-0a  t3.small  us-east-1a  -      lacks stack
i-0c  t3.small  us-east-1b  test   fails `attribute:stack != test`
i-0d  t3.small  us-east-1c  -      lacks stack
1 of 4 hosts matches
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
}

#[test]
fn tasks_count_once_they_are_placed() {
    let expression = "task:group == service:edges";
    let told = query("query-idle", &[expression]);
    assert_eq!(told.out, "0 of 4 hosts match\n");
    let note = "note: the expression asks for what changes during a run, and nothing runs yet\n  \
                hint: --placed asks after the tasks of all services were placed\n";
    assert_eq!((told.code, told.err.as_str()), (Some(0), note));
    let told = query("query-placed", &[expression, "--placed"]);
    let expected = "\
HOST  TYPE      ZONE        TASKS  GROUPS
i-0a  t3.small  us-east-1a  2      service:primes, service:edges
i-0c  t3.small  us-east-1b  2      service:primes, service:edges
i-0d  t3.small  us-east-1c  2      service:primes, service:edges
3 of 4 hosts match
";
    assert_eq!((told.out.as_str(), told.err.as_str()), (expected, ""));
}

#[test]
fn json_has_the_hosts_with_their_attributes() {
    let arguments = [
        "attribute:stack == prod",
        "--why",
        "--format",
        "json",
        "--cluster",
        "shop",
    ];
    let told = query("query-json", &arguments);
    let document: Value = serde_json::from_str(&told.out).expect("one JSON document");
    assert_eq!(document["count"], 1);
    let hosts = document["hosts"].as_array().expect("a list");
    assert_eq!(hosts.len(), 4);
    assert_eq!(
        hosts[1],
        json!({"host": "i-0b", "cluster": "shop", "instanceType": "t3.small",
            "zone": "us-east-1a", "attributes": {"stack": "prod"}, "runningTasksCount": 0,
            "taskGroups": [], "matches": true, "failing": null, "lacks": null})
    );
    assert_eq!(hosts[0]["lacks"], "stack");
    assert_eq!(hosts[2]["failing"], "attribute:stack == prod");
    assert_eq!(hosts[2]["lacks"], Value::Null);
}

#[test]
fn a_fault_is_marked_in_the_expression() {
    let told = query("query-fault", &["attribute:stack = prod"]);
    let expected = "\
error: `=` is not an operator
    attribute:stack = prod
                    ^
  hint: did you mean `==`?
";
    assert_eq!((told.code, told.err.as_str()), (Some(2), expected));
    assert_eq!(told.out, "");
    let told = query(
        "query-cluster",
        &["attribute:stack exists", "--cluster", "x"],
    );
    let expected = "error: there is no cluster called `x`\n  hint: the design has `shop` only\n";
    assert_eq!((told.code, told.err.as_str()), (Some(2), expected));
}
