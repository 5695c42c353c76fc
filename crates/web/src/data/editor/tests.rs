//! Every member has its place, typing changes what it names and nothing else, and what does not
//! fit is kept.

use super::groups::{CONTAINER, PAGES, TASK};
use super::*;
use serde_json::json;
use stowplan_core::taskdef::{ContainerDefinition, OUTPUT_ONLY, Structure};

fn definition(value: Value) -> TaskDefinition {
    let members = value.as_object().cloned();
    TaskDefinition::from_members(members.expect("a definition is an object"))
}

fn shown(value: &Value, section: Section) -> EditorView {
    let design = Design {
        task_definitions: vec![definition(value.clone())],
        ..Design::default()
    };
    view(&Source {
        design: &design,
        at: 0,
        section,
        draft: None,
    })
    .unwrap()
}

fn filled(value: &Value, id: &str, text: &str) -> Value {
    let mut value = value.clone();
    fill(&value, id, text).apply(&mut value);
    value
}

#[test]
fn every_member_is_in_exactly_one_group() {
    let check = |groups: &[Group], elsewhere: &[&str], structure: &Structure| {
        let grouped: Vec<&str> = groups
            .iter()
            .flat_map(|group| group.members)
            .copied()
            .collect();
        for member in structure.members {
            let times = grouped
                .iter()
                .chain(elsewhere)
                .filter(|it| **it == member.name);
            assert_eq!(times.count(), 1, "{} of {}", member.name, structure.name);
        }
        for name in grouped {
            assert!(
                structure.member(name).is_some(),
                "{name} is not in {}",
                structure.name
            );
        }
    };
    let elsewhere: Vec<&str> = PAGES.into_iter().chain(OUTPUT_ONLY).collect();
    check(TASK, &elsewhere, TaskDefinition::STRUCTURE);
    check(CONTAINER, &[], ContainerDefinition::STRUCTURE);
}

/// A definition in which every member of every structure is set, one entry to each list.
fn full(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Any => json!("x"),
        Kind::Integer(first, _) => json!(first.max(1)),
        Kind::Boolean => json!(true),
        Kind::Choice(options) => json!(options[0]),
        Kind::List(item) => json!([full(*item)]),
        Kind::Map => json!({ "k": "v" }),
        Kind::Structure(structure) => {
            let members = structure.members.iter();
            members
                .map(|member| (member.name.to_string(), full(member.kind)))
                .collect()
        }
    }
}

fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                leaves(inner, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                leaves(inner, &format!("{pointer}/{at}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(pointer.into());
        }
    }
}

#[test]
fn every_value_has_a_field_and_typing_what_stands_there_changes_nothing() {
    let value = full(structure());
    let mut wanted = Vec::new();
    leaves(&value, "", &mut wanted);
    let sections = [Section::Task, Section::Container(0), Section::Volumes];
    let mut cells = BTreeMap::new();
    for section in sections {
        cells.extend(shown(&value, section).cells);
    }
    for pointer in wanted {
        let cell = cells
            .get(&pointer)
            .unwrap_or_else(|| panic!("no field for {pointer}"));
        assert!(cell.is_set);
        assert_eq!(filled(&value, &pointer, &cell.value), value, "{pointer}");
    }
}

#[test]
fn typing_sets_exactly_the_member_and_emptying_unsets_it() {
    let value = json!({ "family": "f", "containerDefinitions": [{ "name": "c" }] });
    for (id, text, expected) in [
        (
            "/containerDefinitions/0/memory",
            "128",
            json!({ "name": "c", "memory": 128 }),
        ),
        (
            "/containerDefinitions/0/memory",
            "${M}",
            json!({ "name": "c", "memory": "${M}" }),
        ),
        (
            "/containerDefinitions/0/essential",
            "false",
            json!({ "name": "c", "essential": false }),
        ),
        (
            "/containerDefinitions/0/healthCheck/interval",
            "5",
            json!({ "name": "c", "healthCheck": { "interval": 5 } }),
        ),
        (
            "/containerDefinitions/0/linuxParameters/initProcessEnabled",
            "true",
            json!({ "name": "c", "linuxParameters": { "initProcessEnabled": true } }),
        ),
    ] {
        let next = filled(&value, id, text);
        assert_eq!(next["containerDefinitions"][0], expected, "{id}");
        assert_eq!(filled(&next, id, ""), value, "{id}");
    }
}

#[test]
fn entries_are_added_filled_and_removed() {
    let value = json!({ "family": "f", "containerDefinitions": [{ "name": "c" }] });
    for (list, member, text) in [
        ("portMappings", "/containerPort", "80"),
        ("environment", "/value", ""),
        ("command", "", "run"),
        ("ulimits", "/softLimit", "-1"),
        ("dockerLabels", "", "v"),
    ] {
        let list = format!("/containerDefinitions/0/{list}");
        let mut next = value.clone();
        let (fix, added) = add(&next, &list);
        fix.apply(&mut next);
        let entry = added.trim_start_matches('=').to_string();
        assert!(next.pointer(&entry).is_some(), "{next}");
        let next = filled(&next, &format!("{entry}{member}"), text);
        let cell = &shown(&next, Section::Container(0)).cells[&format!("{entry}{member}")];
        assert_eq!((cell.value.as_str(), cell.is_set), (text, true), "{list}");
        let mut last = next.clone();
        remove(&last, &entry).apply(&mut last);
        assert_eq!(last, value, "{list}");
    }
}

#[test]
fn what_does_not_fit_is_shown_as_it_is_and_kept() {
    let value = json!({ "family": "f", "containerDefinitions": [{
        "cpu": "${CPU}", "memory": { "Ref": "M" }, "essential": "yes", "command": "run it",
        "portMappings": [{ "containerPort": "80", "hostPort": null }], "links": [5],
        "environment": [{ "name": "A", "value": "one\ntwo" }, { "name": "B", "value": "x\r\ny" }],
        "custom": { "a": [1] },
    }] });
    let view = shown(&value, Section::Container(0));
    let cell = |name: &str| {
        view.cells[&format!("/containerDefinitions/0/{name}")]
            .value
            .as_str()
    };
    assert_eq!(cell("cpu"), "${CPU}");
    assert_eq!(cell("memory"), "{\"Ref\":\"M\"}");
    assert_eq!(cell("essential"), "yes");
    assert_eq!(cell("command"), "\"run it\"");
    assert_eq!(cell("portMappings/0/containerPort"), "80");
    assert_eq!(cell("portMappings/0/hostPort"), "null");
    assert_eq!(cell("environment/0/value"), "one\ntwo");
    assert_eq!(cell("environment/1/value"), "\"x\\r\\ny\"");
    assert_eq!(cell("custom"), "{\"a\":[1]}");
    assert!(
        view.complaints
            .contains_key("/containerDefinitions/0/essential")
    );
    let next = filled(&value, "/containerDefinitions/0/memory", "128");
    assert_eq!(next["containerDefinitions"][0]["memory"], json!(128));
}

#[test]
fn a_map_entry_takes_another_name_unless_it_is_taken() {
    let value = json!({ "containerDefinitions": [{ "dockerLabels": { "a": "1", "b": "2" } }] });
    let labels = |value: &Value| value["containerDefinitions"][0]["dockerLabels"].clone();
    let next = filled(&value, "=/containerDefinitions/0/dockerLabels/a", "c/d");
    assert_eq!(labels(&next), json!({ "c/d": "1", "b": "2" }));
    let next = filled(&value, "=/containerDefinitions/0/dockerLabels/a", "b");
    assert_eq!(next, value);
}

#[test]
fn a_container_that_is_renamed_takes_its_references_along() {
    let value = json!({ "containerDefinitions": [
        { "name": "app", "dependsOn": [{ "containerName": "log", "condition": "START" }],
          "links": ["log:l", "other"], "volumesFrom": [{ "sourceContainer": "log" }] },
        { "name": "log" },
    ], "proxyConfiguration": { "containerName": "log" } });
    let next = filled(&value, "/containerDefinitions/1/name", "router");
    assert_eq!(
        next.to_string(),
        value.to_string().replace("\"log", "\"router")
    );
}

#[test]
fn revisions_are_listed_newest_first_with_what_differs() {
    let container = |memory: u32| json!([{ "name": "c", "image": "i", "memory": memory }]);
    let revision =
        |memory| definition(json!({ "family": "f", "containerDefinitions": container(memory) }));
    let design = Design {
        task_definitions: vec![revision(64), revision(128)],
        ..Design::default()
    };
    let view = view(&Source {
        design: &design,
        at: 0,
        section: Section::Revisions,
        draft: None,
    });
    let revisions = view.unwrap().revisions;
    let names: Vec<_> = revisions
        .iter()
        .map(|it| (it.name.as_str(), it.is_shown))
        .collect();
    assert_eq!(names, [("f:2", false), ("f:1", true)]);
    assert_eq!(revisions[0].lines, ["memory of `c` 64 → 128 MiB"]);
    assert!(revisions[1].lines.is_empty());
}
