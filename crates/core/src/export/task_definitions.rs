//! One file for each family and revision, for
//! `aws ecs register-task-definition --cli-input-json file://…`.
//!
//! That command refuses members it does not know, so output-only and unknown fields are left out
//! and named beside the file; the document itself keeps them (task-definition.md 1.1 and 1.2).

use crate::design::Design;
use crate::taskdef::{Kind, OUTPUT_ONLY, TaskDefinition, ordered_json, straightened};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// `family.revision.json`; a family has no full stop, so the name is unambiguous.
    pub name: String,
    /// JSON with a final line feed.
    pub text: String,
    /// JSON pointers of what was left out.
    pub dropped: Vec<String>,
}

/// A file for every revision of the design, by family and then by revision.
#[must_use]
pub fn task_definition_files(design: &Design) -> Vec<ExportFile> {
    let revisions = design.families().into_values().flatten();
    let file = |(revision, _, definition): (u32, usize, &TaskDefinition)| {
        let (text, dropped) = task_definition_json(definition);
        ExportFile {
            name: file_name(&definition.family, revision),
            text,
            dropped,
        }
    };
    revisions.map(file).collect()
}

/// A family that AWS would take goes into the name as it is; anything else cannot leave the folder.
fn file_name(family: &str, revision: u32) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let family: String = family.chars().map(safe).collect();
    format!("{family}.{revision}.json")
}

/// The registration input of one definition, and what was left out of it. Values stand as AWS
/// takes them: `"80"` becomes 80 where a number belongs.
#[must_use]
pub fn task_definition_json(definition: &TaskDefinition) -> (String, Vec<String>) {
    let kind = Kind::Structure(TaskDefinition::STRUCTURE);
    let mut value = straightened(definition);
    let mut dropped = Vec::new();
    keep(&mut value, kind, "", &mut dropped);
    (written(&value, kind), dropped)
}

/// The definition as text in the API's order: two-space indent, a final line feed.
fn written(value: &Value, kind: Kind) -> String {
    let mut text = ordered_json(value, kind);
    text.push('\n');
    text
}

/// Keeps the members that registration knows; null goes everywhere, since it means absence and
/// AWS's tools refuse it.
fn keep(value: &mut Value, kind: Kind, pointer: &str, dropped: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            for (at, item) in items.iter_mut().enumerate() {
                let inner = kind.inner("").unwrap_or(Kind::Any);
                keep(item, inner, &format!("{pointer}/{at}"), dropped);
            }
        }
        Value::Object(fields) => fields.retain(|name, value| {
            let pointer = format!("{pointer}/{}", crate::source::escape(name));
            let inner = match kind {
                Kind::Structure(structure) => structure.member(name).map(|member| member.kind),
                Kind::Map
                | Kind::Any
                | Kind::List(_)
                | Kind::Text
                | Kind::Integer(..)
                | Kind::Boolean
                | Kind::Choice(_) => Some(Kind::Any),
            };
            let output_only = kind == Kind::Structure(TaskDefinition::STRUCTURE)
                && OUTPUT_ONLY.contains(&name.as_str());
            let Some(inner) = inner.filter(|_| !output_only) else {
                dropped.push(pointer);
                return false;
            };
            keep(value, inner, &pointer, dropped);
            !value.is_null()
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Edit, sample};

    #[test]
    fn one_file_per_family_and_revision() {
        let design = Edit::AddRevision {
            family: "primes".into(),
        }
        .apply(&sample())
        .unwrap();
        let names: Vec<String> = task_definition_files(&design)
            .into_iter()
            .map(|file| file.name)
            .collect();
        assert_eq!(names, ["edges.1.json", "primes.1.json", "primes.2.json"]);
    }

    #[test]
    fn values_are_written_in_the_types_that_aws_takes() {
        let text = r#"{"family":"a","cpu":256,"containerDefinitions":[{"name":"x","image":"y","memory":"64",
            "environment":[{"name":"N","value":1}],"portMappings":[{"containerPort":53,"protocol":"UDP"}],
            "logConfiguration":[{"logDriver":"json-file","options":{"max-file":3}}]}]}"#;
        let definition = crate::source::read::<TaskDefinition>(text).unwrap();
        let (text, dropped) = task_definition_json(&definition);
        let value: Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({"family": "a", "cpu": "256", "containerDefinitions": [
            {"name": "x", "image": "y", "memory": 64, "environment": [{"name": "N", "value": "1"}],
             "portMappings": [{"containerPort": 53, "protocol": "udp"}],
             "logConfiguration": {"logDriver": "json-file", "options": {"max-file": "3"}}}]});
        assert_eq!(value, expected);
        assert!(dropped.is_empty());
    }

    #[test]
    fn only_what_registration_takes_is_written() {
        let text = r#"{"family":"a","revision":3,"taskDefinitionArn":"arn:…","cpu":256,"memory":"512",
            "registeredBy":"me","pidMode":null,
            "containerDefinitions":[{"name":"x","image":"y","portBindings":[],"links":["z"],
                "portMappings":[{"containerPort":80,"bind":1}]}]}"#;
        let definition = crate::source::read::<TaskDefinition>(text).unwrap();
        let (text, dropped) = task_definition_json(&definition);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["cpu"], "256");
        assert_eq!(value["containerDefinitions"][0]["links"][0], "z");
        assert!(value.get("pidMode").is_none());
        assert_eq!(
            dropped,
            [
                "/containerDefinitions/0/portBindings",
                "/containerDefinitions/0/portMappings/0/bind",
                "/registeredBy",
                "/revision",
                "/taskDefinitionArn",
            ]
        );
    }
}
