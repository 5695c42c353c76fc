//! Task definitions as people have them, and as nobody should: each is read, none is lost.
//!
//! The corpus lies beside the project and is not part of it, so its tests find nothing to do
//! where it is not; the project's own fixtures are always there.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use stowplan_core::design::Design;
use stowplan_core::export::task_definition_json;
use stowplan_core::model::compile;
use stowplan_core::taskdef::{
    BYTES_MAX, FileShape, Kind, OUTPUT_ONLY, Reading, Structure, TaskDefinition, read_definition,
};
use stowplan_tests::files::{File, corpus, fixtures, json_files, malformed};
use stowplan_tests::generate::{Choices, bytes, definition};
use stowplan_tests::invariants::{ask_members, ask_parser, ask_text};
use stowplan_tests::workload::largest;

/// The definition that a file holds, found without our reader; CloudFormation has its own test.
fn inner(file: &File) -> Option<Value> {
    match serde_json::from_str(&file.text).ok()? {
        Value::Array(containers) => Some(json!({ "containerDefinitions": containers })),
        Value::Object(mut members) => {
            if members.contains_key("Resources") {
                return None;
            }
            let Some(Value::Object(mut inner)) = members.remove("taskDefinition") else {
                return Some(Value::Object(members));
            };
            if let Some(tags) = members.remove("tags") {
                inner.entry("tags").or_insert(tags);
            }
            Some(Value::Object(inner))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn written(reading: &Reading) -> Option<Value> {
    let definition = reading.definition.as_ref()?;
    Some(Value::Object(definition.to_members()))
}

#[test]
fn what_is_read_is_written_again() {
    let mut compared = 0;
    for file in fixtures().iter().chain(&corpus()) {
        let Some(expected) = inner(file) else {
            continue;
        };
        let reading = ask_text(&file.text);
        assert!(!reading.is_broken(), "{}", file.name);
        let ours = written(&reading).expect("a definition");
        // Members of a value are sorted, so equal texts are equal byte for byte.
        assert_eq!(ours.to_string(), expected.to_string(), "{}", file.name);
        let serialised = serde_json::to_string(&reading.definition).expect("a definition is JSON");
        let again: Value = serde_json::from_str(&serialised).expect("and is read by others");
        assert_eq!(again, expected, "{}", file.name);
        compared += 1;
    }
    // All but the CloudFormation and the one with comments.
    assert_eq!(compared, fixtures().len() + corpus().len() - 2);
}

#[test]
fn cloudformation_is_read_under_the_names_of_registration() {
    let file = fixture("cloudformation.json");
    let reading = ask_text(&file.text);
    let resource = "Search".into();
    assert_eq!(
        reading.shape,
        FileShape::CloudFormation {
            resource,
            others: 0
        }
    );
    let expected = json!({
        "family": "search",
        "cpu": "256",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{
            "name": "search",
            "image": "search:4",
            "portMappings": [{ "containerPort": 9200 }],
            "dockerLabels": { "com.example.Team": "find" },
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": { "awslogs-group": "/ecs/search", "awslogs-region": "eu-west-1" },
            },
        }],
    });
    assert_eq!(written(&reading), Some(expected));
}

#[test]
fn comments_and_last_commas_change_nothing() {
    let file = fixture("commented.json");
    let reading = ask_text(&file.text);
    assert!(!reading.is_broken());
    let expected = json!({
        "family": "notes",
        "containerDefinitions": [{
            "name": "notes",
            "image": "notes:1",
            "memory": "128",
            "environment": [{ "name": "PORT", "value": 8080 }],
        }],
    });
    assert_eq!(written(&reading), Some(expected));
}

fn fixture(name: &str) -> File {
    let mut files = fixtures().into_iter();
    files
        .find(|file| file.name == name)
        .expect("the fixture is there")
}

#[test]
fn every_fixture_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/task-definitions");
    let names = |files: Vec<File>| files.into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(names(json_files(&folder)), names(fixtures()));
}

#[test]
fn the_fixtures_use_every_member() {
    let mut unused = BTreeSet::new();
    all_members(TaskDefinition::STRUCTURE, "", &mut unused);
    for file in fixtures() {
        let reading = read_definition(&file.text);
        let members = written(&reading).expect("a definition");
        use_members(
            &members,
            Kind::Structure(TaskDefinition::STRUCTURE),
            "",
            &mut unused,
        );
    }
    assert!(unused.is_empty(), "{unused:#?}");
}

fn all_members(structure: &Structure, path: &str, all: &mut BTreeSet<String>) {
    for member in structure.members {
        let path = format!("{path}/{}", member.name);
        if let Some(inner) = structure_of(member.kind) {
            all_members(inner, &path, all);
        }
        all.insert(path);
    }
}

fn structure_of(kind: Kind) -> Option<&'static Structure> {
    match kind {
        Kind::Structure(inner) => Some(inner),
        Kind::List(item) => structure_of(*item),
        Kind::Text
        | Kind::Integer(..)
        | Kind::Boolean
        | Kind::Choice(_)
        | Kind::Map
        | Kind::Any => None,
    }
}

fn use_members(value: &Value, kind: Kind, path: &str, unused: &mut BTreeSet<String>) {
    unused.remove(path);
    match (value, kind) {
        (Value::Array(items), Kind::List(item)) => {
            items
                .iter()
                .for_each(|value| use_members(value, *item, path, unused));
        }
        (Value::Object(members), Kind::Structure(structure)) => {
            for (name, value) in members {
                if let Some(member) = structure.member(name) {
                    use_members(value, member.kind, &format!("{path}/{name}"), unused);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn what_is_exported_has_no_member_that_registration_refuses() {
    for file in fixtures().iter().chain(&corpus()) {
        let definition = read_definition(&file.text)
            .named(&file.name)
            .expect("a definition");
        let (text, _) = task_definition_json(&definition);
        let members: Map<String, Value> = serde_json::from_str(&text).expect("the export is JSON");
        let output = OUTPUT_ONLY.iter().find(|name| members.contains_key(**name));
        assert_eq!(output, None, "{}", file.name);
        let design = Design {
            stowplan: 1,
            task_definitions: vec![definition],
            ..Design::default()
        };
        let _ = compile(&design, None);
    }
}

/// What is told of a text: rule, line and column, as `TD001 34:20`.
fn told(text: &str) -> Vec<String> {
    let placed = ask_text(text).check(text, &[]);
    let line = |rule: &str, line: usize, column: usize| format!("{rule} {line}:{column}");
    let lines = placed
        .iter()
        .map(|it| line(it.finding.rule.id(), it.place.line, it.place.column));
    lines.collect()
}

#[test]
fn malformed_ones_are_told_where() {
    for file in malformed() {
        let expected: &[&str] = match file.name.as_str() {
            // No comma after line 33; placeholders within quotes are no mistake.
            "firelens-dynatrace.json" => &["TD018 26:27", "TD001 34:20"],
            // A placeholder in place of a member; what is put there brings its own comma.
            "trailing-comma-health-check.json" => &["TD004 14:13"],
            other => panic!("`{other}` is new: look at what is told of it, and state it here"),
        };
        assert_eq!(told(&file.text), expected, "{}", file.name);
        assert!(read_definition(&file.text).is_broken());
    }
}

#[test]
fn a_text_that_ends_anywhere_is_read_and_told_of() {
    for file in fixtures().iter().chain(&corpus()).chain(&malformed()) {
        let whole = file.text.trim_end();
        for end in (0..whole.len())
            .step_by(7)
            .filter(|end| whole.is_char_boundary(*end))
        {
            ask_parser(&whole[..end]);
            let told = told(&whole[..end]);
            assert!(!told.is_empty(), "{} up to byte {end}", file.name);
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_read_as_far_as_they_are() {
    let whole = fixture("ec2-bridge.json").text.into_bytes();
    for at in (0..whole.len()).step_by(101) {
        let mut broken = whole.clone();
        broken[at] = 0xff;
        let text = String::from_utf8_lossy(&broken);
        ask_parser(&text);
        let _ = ask_text(&text);
    }
}

#[test]
fn hostile_texts_come_to_an_end_and_are_told_of() {
    const MIB: usize = 1 << 20;
    let hostile = [
        "[".repeat(10 * MIB),
        r#"{"a":"#.repeat(2 * MIB),
        "[],".repeat(16 * MIB / 3),
        "[".to_string() + &"[],".repeat(5 * MIB),
        "<".repeat(MIB),
        "$(".repeat(MIB / 2),
        "{{".repeat(MIB),
        "/*".repeat(MIB),
        "\"".repeat(MIB),
        "'".repeat(MIB),
        "\\".repeat(MIB),
        "\u{a0}".repeat(MIB),
        "{\"a\"".repeat(MIB),
        "9".repeat(MIB),
        "\0".repeat(MIB),
        " ".repeat(16 * MIB + 1),
    ];
    for text in &hostile {
        let shown: String = text.chars().take(8).collect();
        let reading = read_definition(text);
        assert!(!reading.check(text, &[]).is_empty(), "{shown}");
    }
}

#[test]
fn the_largest_workload_is_close_to_the_limit_and_without_fault() {
    let text = largest();
    assert!(
        (64_000..=BYTES_MAX).contains(&text.len()),
        "{} bytes",
        text.len()
    );
    assert_eq!(told(&text), [""; 0]);
}

#[test]
fn large_definitions_come_to_an_end() {
    let many = |one: &str| vec![one; 20_000].join(",");
    let ports = many(r#"{"containerPort":80,"hostPort":80}"#);
    let links = many(r#"{"name":"a","links":["a"],"dependsOn":[{"containerName":"a"}]}"#);
    let strange: Vec<String> = (0..100_000).map(|at| format!("\"a{at}\":null")).collect();
    let texts = [
        format!(r#"{{"containerDefinitions":[{{"portMappings":[{ports}]}}]}}"#),
        format!(r#"{{"containerDefinitions":[{links}]}}"#),
        format!(r#"{{"containerDefinitions":[],{}}}"#, strange.join(",")),
        format!(
            r#"{{"containerDefinitions":[{{"image":"{}"}}]}}"#,
            "${".repeat(1 << 20)
        ),
    ];
    for text in &texts {
        assert!(!read_definition(text).check(text, &[]).is_empty());
    }
}

#[test]
fn mistakes_are_told_by_rule_and_place() {
    let cases: [(&str, &[&str]); 13] = [
        ("", &["TD001 1:1"]),
        ("null", &["TD007 1:1"]),
        ("[]", &["TD007 1:1"]),
        ("{}", &["TD007 1:1"]),
        // A space, but none of JSON's, and nothing else.
        ("\u{a0}", &["TD001 1:1", "TD001 1:1"]),
        (
            r#"{"family": 99999999999999999999, "containerDefinitions": [1]}"#,
            &["TD005 1:12", "TD009 1:59"],
        ),
        (
            r#"{"family": "a", "family": "b", "containerDefinitions": [1]}"#,
            &["TD003 1:17", "TD009 1:57"],
        ),
        (
            r#"{"family": "a", é "containerDefinitions": [1]}"#,
            &["TD001 1:17", "TD001 1:19", "TD009 1:44"],
        ),
        (
            r#"{"family": "a", "containerDefinitions": [1"#,
            &["TD001 1:41", "TD009 1:42"],
        ),
        (
            r#"{"family": "a", "containerDefinitions": [1]"#,
            &["TD001 1:1", "TD009 1:42"],
        ),
        (
            r#"{family: "a", 'containerDefinitions': [1]}"#,
            &["TD001 1:2", "TD001 1:15", "TD009 1:40"],
        ),
        (
            r#"{"family": "a", "containerDefinitions": [1,],} x"#,
            &["TD009 1:42", "TD002 1:43", "TD002 1:45", "TD001 1:48"],
        ),
        (
            r#"{"family": 007, "containerDefinitions": [1]}"#,
            &["TD001 1:12", "TD009 1:42"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text}");
        ask_parser(text);
    }
}

#[test]
fn whatever_is_in_a_definition_stays_in_it() {
    for seed in 0..3000 {
        // A definition of every size: bytes that are used up end it.
        let bytes = bytes(seed, 1 << (seed % 12));
        let members = definition(&mut Choices::new(&bytes));
        let shown = Value::Object(members.clone()).to_string();
        let asked = std::panic::catch_unwind(|| ask_members(members));
        assert!(asked.is_ok(), "seed {seed}: {shown}");
    }
}

#[test]
fn arbitrary_signs_are_read() {
    const SIGNS: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "'",
        "\\",
        "\\u00e9",
        "\\ud800",
        "//",
        "/*",
        "*/",
        "\n",
        " ",
        "\u{feff}",
        "\u{a0}",
        "é",
        "1",
        "-0",
        "007",
        ".5",
        "1e400",
        "true",
        "x",
        "{{",
        "}}",
        "${",
        "$A",
        "<",
        ">",
        "%A%",
        "\"containerDefinitions\":",
        "\"family\":",
    ];
    for seed in 0..20_000 {
        let bytes = bytes(seed, usize::try_from(seed % 24).unwrap_or(0));
        let signs = bytes
            .iter()
            .map(|byte| SIGNS[usize::from(*byte) % SIGNS.len()]);
        let text: String = signs.collect();
        let asked = std::panic::catch_unwind(|| {
            ask_parser(&text);
            let _ = ask_text(&text);
        });
        assert!(asked.is_ok(), "{text:?}");
    }
}
