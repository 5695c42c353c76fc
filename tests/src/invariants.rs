//! What holds of every text and of every task definition, whatever they are.
//!
//! Each function panics where it does not hold. The property tests ask them of generated and
//! broken documents, the fuzz targets in `fuzz/` of whatever they think up.

use serde_json::{Map, Value};
use stowplan_core::export::task_definition_json;
use stowplan_core::source::{
    Lines, MISTAKES_MAX, MistakeKind, Node, NodeKind, Parsed, Span, TEXT_BYTES_MAX, parse,
};
use stowplan_core::taskdef::{
    FINDINGS_MAX, FileShape, Finding, Fix, LaunchType, Reading, Rule, TaskDefinition, check,
    compatibilities, longest_stop, ordered_json, read_definition, reserved, start_order,
    static_ports,
};
use stowplan_core::view::{finding_words, mistake_words, placed_words};

/// Reads `text` as JSON and asks all that holds of the tree and its mistakes.
///
/// # Panics
/// If something does not hold.
pub fn ask_parser(text: &str) {
    let parsed = parse(text);
    assert!(
        parsed.mistakes.len() <= MISTAKES_MAX,
        "mistakes are bounded"
    );
    let lines = Lines::new(text);
    for mistake in &parsed.mistakes {
        ask_span(text, mistake.span);
        let place = lines.place(mistake.span.start);
        assert!(place.line > 0 && place.column > 0, "places count from 1");
        assert!(!mistake_words(&mistake.kind).message.is_empty());
    }
    if let Some(root) = &parsed.root {
        ask_node(text, root);
        assert_eq!(root.pointer_at(root.span).as_deref(), Some(""));
        let value = root.to_value();
        let again = parse(&value.to_string());
        assert!(again.mistakes.is_empty(), "what is written has no mistakes");
        let again = again.root.as_ref().map(Node::to_value);
        assert!(again.is_some_and(|again| again == value), "{value}");
    } else {
        assert!(
            !parsed.mistakes.is_empty(),
            "nothing is missing for nothing"
        );
    }
    ask_serde(text, &parsed);
}

/// What serde_json reads, we read alike, and what it refuses, we complain of.
fn ask_serde(text: &str, parsed: &Parsed) {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    let too_large =
        |kind: &MistakeKind| matches!(kind, MistakeKind::NumberTooLarge(_) | MistakeKind::TooMany);
    // serde_json rounds such a number and reads any amount; we tell.
    if plain.len() > TEXT_BYTES_MAX || parsed.mistakes.iter().any(|it| too_large(&it.kind)) {
        return;
    }
    match serde_json::from_str::<Value>(plain) {
        Ok(theirs) => {
            let duplicate = |kind: &MistakeKind| matches!(kind, MistakeKind::DuplicateName(_));
            let other = parsed.mistakes.iter().find(|it| !duplicate(&it.kind));
            assert_eq!(other, None, "JSON has no mistakes but names given twice");
            let ours = parsed.root.as_ref().map(Node::to_value);
            let ours = ours.expect("JSON has a value");
            assert!(
                is_same(&ours, &theirs),
                "{ours} is read as {theirs} by others"
            );
        }
        Err(error) => assert!(
            !parsed.mistakes.is_empty(),
            "serde_json refuses it: {error}"
        ),
    }
}

/// Equal, but for the last bits of a fraction, which serde_json does not take care of.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) if ours != theirs => {
            let close = |(a, b): (f64, f64)| (a - b).abs() <= a.abs() * 1e-14;
            ours.is_f64()
                && theirs.is_f64()
                && ours.as_f64().zip(theirs.as_f64()).is_some_and(close)
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(a, b)| is_same(a, b))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(a, b)| a.0 == b.0 && is_same(a.1, b.1))
        }
        (a, b) => a == b,
    }
}

fn ask_span(text: &str, span: Span) {
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} is no part of the text"
    );
}

fn ask_node(text: &str, node: &Node) {
    ask_span(text, node.span);
    let mut behind = node.span.start;
    let mut inside = |span: Span| {
        ask_span(text, span);
        assert!(
            behind <= span.start && span.end <= node.span.end,
            "{span:?} lies outside {:?} or before its elder",
            node.span
        );
        behind = span.end;
    };
    match &node.kind {
        NodeKind::List(items) => {
            for item in items {
                inside(item.span);
                ask_node(text, item);
            }
        }
        NodeKind::Object(members) => {
            for member in members {
                inside(member.name_span);
                inside(member.value.span);
                ask_node(text, &member.value);
            }
        }
        NodeKind::Null
        | NodeKind::Bool(_)
        | NodeKind::Number(_)
        | NodeKind::Text(_)
        | NodeKind::Opaque(_) => {}
    }
}

/// Reads `text` as a task definition and asks all that holds of it.
///
/// # Panics
/// If something does not hold.
pub fn ask_text(text: &str) -> Reading {
    let reading = read_definition(text);
    let placed = reading.check(text, &[]);
    assert!(
        placed.len() <= MISTAKES_MAX + FINDINGS_MAX + 1,
        "findings are bounded"
    );
    for it in &placed {
        ask_span(text, it.span);
        assert!(!placed_words(it).message.is_empty());
    }
    assert_eq!(
        placed,
        reading.check(text, &[]),
        "checking twice gives the same"
    );
    let _ = reading.check(text, LaunchType::ALL);
    match (&reading.definition, &reading.parsed.root) {
        (Some(definition), Some(root)) => {
            if reading.shape == FileShape::Plain {
                assert_eq!(
                    Value::Object(definition.to_members()),
                    root.to_value(),
                    "nothing is lost"
                );
            }
            assert!(
                reading
                    .named("a b.json")
                    .is_some_and(|it| !it.family.is_empty())
            );
            ask_definition(definition);
        }
        (Some(_), None) => panic!("there is no definition without a value"),
        (None, _) => assert!(!placed.is_empty(), "what is not read is complained of"),
    }
    reading
}

/// Reads `members` as a definition, writes it, and asks all that holds of it.
///
/// # Panics
/// If something does not hold.
pub fn ask_members(members: Map<String, Value>) {
    let definition = TaskDefinition::from_members(members.clone());
    assert_eq!(
        Value::Object(definition.to_members()),
        Value::Object(members),
        "nothing is lost"
    );
    ask_definition(&definition);
}

/// Asks all that holds of a definition, however wrong it is.
///
/// # Panics
/// If something does not hold.
pub fn ask_definition(definition: &TaskDefinition) {
    let members = definition.to_members();
    assert!(
        TaskDefinition::from_members(members.clone()) == *definition,
        "what is written reads back"
    );
    let found = check(definition, LaunchType::ALL);
    assert!(found.len() <= FINDINGS_MAX, "findings are bounded");
    assert!(
        found == check(definition, LaunchType::ALL),
        "checking twice gives the same"
    );
    let value = Value::Object(members);
    let bent = found.iter().filter(|it| it.rule == Rule::ListForObject);
    let bent: Vec<String> = bent.map(|it| format!("{}/", it.pointer)).collect();
    for finding in &found {
        ask_finding(finding, &value, &bent);
    }
    // Checked again after a few fixes only: each costs as much as all that was asked before.
    let fixes: Vec<&Fix> = found.iter().filter_map(|it| it.fix.as_ref()).collect();
    for fix in fixes.iter().step_by(1 + fixes.len() / 3) {
        let _ = check(
            &TaskDefinition::from_members(mended(&value, fix)),
            LaunchType::ALL,
        );
    }
    let written = ordered_json(
        &value,
        stowplan_core::taskdef::Kind::Structure(TaskDefinition::STRUCTURE),
    );
    assert!(
        serde_json::from_str::<Value>(&written).is_ok_and(|it| it == value),
        "the order of members is all that writing changes"
    );
    ask_export(definition, &found);
    // Only that they come to an end.
    let _ = compatibilities(definition);
    let _ = reserved(definition);
    let _ = static_ports(definition);
    let _ = start_order(&definition.container_definitions);
    let _ = longest_stop(definition);
}

/// `bent` are the lists where an object belongs. What is wrong inside is told under the pointers
/// of the object, which are there only once the list is mended.
fn ask_finding(finding: &Finding, value: &Value, bent: &[String]) {
    assert!(!finding_words(finding).message.is_empty());
    let Some(fix) = &finding.fix else {
        return;
    };
    let mended = mended(value, fix);
    let inside = |list: &String| fix.changes.iter().any(|it| it.pointer.starts_with(list));
    assert!(
        Value::Object(mended) != *value || bent.iter().any(inside),
        "a fix changes something: {finding:?}"
    );
}

fn mended(value: &Value, fix: &Fix) -> Map<String, Value> {
    let mut mended = value.clone();
    fix.apply(&mut mended);
    let Value::Object(members) = mended else {
        panic!("a fix leaves a definition: {fix:?}");
    };
    members
}

/// What is exported is JSON without null, and exporting it again changes nothing.
fn ask_export(definition: &TaskDefinition, found: &[Finding]) {
    let (text, _) = task_definition_json(definition);
    let members: Map<String, Value> = serde_json::from_str(&text).expect("the export is JSON");
    assert!(!members.values().any(has_null), "{text}");
    let (again, dropped) = task_definition_json(&TaskDefinition::from_members(members));
    // A list where none belongs reads as an object once the nulls beside it are gone.
    let is_bent = |it: &Finding| matches!(it.rule, Rule::WrongType | Rule::NullMember);
    if !found.iter().any(is_bent) {
        let differ = text
            .lines()
            .zip(again.lines())
            .find(|(one, other)| one != other);
        assert_eq!(differ, None, "exported again");
        assert!(dropped.is_empty(), "exported again: {dropped:?}");
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
