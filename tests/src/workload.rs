//! What benchmarks do to task definitions, here so that it is the same natively and in a browser.

use crate::files::FIXTURES;
use serde_json::{Value, json};
use stowplan_core::taskdef::{BYTES_MAX, Kind, TaskDefinition, ordered_json, read_definition};

/// A thousand definitions: the project's own, over and over.
#[must_use]
pub fn thousand() -> Vec<&'static str> {
    let plain = FIXTURES.iter().map(|(_, text)| *text);
    // Comments are not for the peer that we stand beside.
    let plain: Vec<&str> = plain.filter(|text| !text.starts_with("//")).collect();
    plain.into_iter().cycle().take(1000).collect()
}

/// A definition without a fault that is as long as AWS takes one, 64 KiB of indented JSON.
#[must_use]
pub fn largest() -> String {
    let text =
        |variables: usize| serde_json::to_string_pretty(&large(variables)).unwrap_or_default();
    let lengths = (1..).map(text);
    lengths
        .take_while(|text| text.len() <= BYTES_MAX)
        .last()
        .unwrap_or_default()
}

fn large(variables: usize) -> Value {
    let containers = (0..10).map(|at| {
        let environment = (0..variables).map(|n| {
            json!({ "name": format!("VARIABLE_{n}"), "value": format!("value {n} of container {at}") })
        });
        json!({
            "name": format!("container-{at}"),
            "image": format!("registry.example.com/large/part-{at}:1.0.{at}"),
            "memory": 256,
            "memoryReservation": 128,
            "portMappings": [{ "containerPort": 8000 + at, "name": format!("port-{at}") }],
            "environment": environment.collect::<Vec<Value>>(),
            "healthCheck": { "command": ["CMD-SHELL", "curl -f localhost || exit 1"] },
        })
    });
    json!({
        "family": "large",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["EC2"],
        "containerDefinitions": containers.collect::<Vec<Value>>(),
    })
}

/// Reads, checks and prints a definition; gives a number that depends on all of it.
#[must_use]
pub fn read_check_print(text: &str) -> usize {
    let reading = read_definition(text);
    let found = reading.check(text, &[]).len();
    let printed = reading.definition.map_or_else(String::new, |definition| {
        let members = Value::Object(definition.to_members());
        ordered_json(&members, Kind::Structure(TaskDefinition::STRUCTURE))
    });
    found + printed.len()
}

/// Reads and checks a definition, as after every key that is pressed.
#[must_use]
pub fn read_check(text: &str) -> usize {
    read_definition(text).check(text, &[]).len()
}
