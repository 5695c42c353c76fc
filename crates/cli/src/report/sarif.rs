//! The report as SARIF 2.1.0, which GitHub code scanning and other review tools take.
//!
//! Paths are relative to where the command runs, which is the root of the checkout in CI; columns
//! count characters.

use super::Report;
use crate::exit::Exit;
use crate::problem::{Checked, Mending, Problem, about};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use stowplan_core::draw::digest;
use stowplan_core::severity::Severity;
use stowplan_core::source::{Lines, Place};
use stowplan_core::taskdef::BYTES_MAX;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as one document.
pub(crate) fn sarif(report: &Report, exit: Exit) -> Value {
    let rules = rules(report);
    let position: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let results = report.checked.iter().flat_map(|it| results(it, &position));
    let unread = report.unreadable.iter().map(|(file, complaint)| {
        json!({
            "level": "error",
            "message": {"text": complaint.message},
            "locations": [{"physicalLocation": {"artifactLocation": location(file)}}],
        })
    });
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Stowplan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|(code, severity)| rule(code, *severity)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.unreadable.is_empty(),
                "exitCode": exit.code(),
                "toolExecutionNotifications": unread.collect::<Vec<_>>(),
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

/// The rules that something was found by.
fn rules(report: &Report) -> BTreeMap<&'static str, Severity> {
    let problems = report.checked.iter().flat_map(|it| &it.problems);
    problems.map(|it| (it.code, it.severity)).collect()
}

fn rule(code: &str, severity: Severity) -> Value {
    let (message, hint) = about(code);
    let mut rule = json!({
        "id": code,
        "shortDescription": {"text": message},
        "defaultConfiguration": {"level": level(severity)},
    });
    if !hint.is_empty() {
        rule["help"] = json!({"text": hint});
    }
    rule
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn results(checked: &Checked, position: &BTreeMap<&str, usize>) -> Vec<Value> {
    let lines = Lines::new(&checked.source.text);
    let artifact = location(&checked.source.name);
    let result = |problem: &Problem| {
        let (start, end) = (problem.span.start, problem.span.end);
        let text = match &problem.words.hint {
            Some(hint) => format!("{}; {hint}", problem.words.message),
            None => problem.words.message.clone(),
        };
        // The same problem at the same place of the document stays the same when lines move.
        let identity = format!("{} {}", problem.code, problem.pointer);
        let mut result = json!({
            "ruleId": problem.code,
            "ruleIndex": position[problem.code],
            "level": level(problem.severity),
            "message": {"text": text},
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": region(&lines, start, end),
                },
            }],
            "partialFingerprints": {
                "rulePointer/v1": format!("{:016x}", digest(identity.as_bytes())),
            },
        });
        if !problem.pointer.is_empty() {
            result["locations"][0]["logicalLocations"] =
                json!([{"fullyQualifiedName": problem.pointer}]);
        }
        let fix = problem.fix.as_ref();
        if let Some(fix) = fix.and_then(|fix| self::fix(checked, problem, fix, &lines)) {
            result["fixes"] = json!([fix]);
        }
        result
    };
    checked.problems.iter().map(result).collect()
}

/// Longest text, in bytes, whose fixes are rendered: each is one more look at all of it. Sixteen
/// times what AWS takes.
const FIXED_BYTES_MAX: usize = 16 * BYTES_MAX;

/// A fix as the one stretch of text that it replaces.
fn fix(
    checked: &Checked,
    problem: &Problem,
    mending: &Mending,
    lines: &Lines<'_>,
) -> Option<Value> {
    let before = checked.source.text.as_str();
    if before.len() > FIXED_BYTES_MAX {
        return None;
    }
    let after = checked.text_with(mending)?;
    let same_start = before
        .char_indices()
        .zip(after.chars())
        .find(|((_, old), new)| old != new)
        .map_or(before.len().min(after.len()), |((at, _), _)| at);
    let (old, new) = (&before[same_start..], &after[same_start..]);
    let same_end: usize = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(|(old, new)| old == new)
        .map(|(old, _)| old.len_utf8())
        .sum();
    let hint = problem.words.hint.as_ref();
    let description = hint.unwrap_or(&problem.words.message);
    Some(json!({
        "description": {"text": description},
        "artifactChanges": [{
            "artifactLocation": location(&checked.source.name),
            "replacements": [{
                "deletedRegion": region(lines, same_start, before.len() - same_end),
                "insertedContent": {"text": &new[..new.len() - same_end]},
            }],
        }],
    }))
}

fn region(lines: &Lines<'_>, start: usize, end: usize) -> Value {
    let (start, end): (Place, Place) = (lines.place(start), lines.place(end.max(start)));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// Where a file is, relative to the working folder where it lies in it.
fn location(name: &str) -> Value {
    // Angle brackets belong into no URI.
    let path = Path::new(name.trim_matches(['<', '>']));
    let here = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(&here).unwrap_or(path);
    if relative.is_absolute() {
        return json!({"uri": format!("file://{}", encoded(relative))});
    }
    json!({"uri": encoded(relative), "uriBaseId": "%SRCROOT%"})
}

/// The path as a URI: what is not plain is percent-encoded (RFC 3986), `.` is left out.
fn encoded(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        Component::ParentDir => Some("..".to_owned()),
        Component::RootDir => Some(String::new()),
        Component::CurDir | Component::Prefix(_) => None,
    });
    let encode = |part: String| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        part.bytes()
            .map(|byte| {
                if plain(byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    parts.map(encode).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::encoded;
    use std::path::Path;

    #[test]
    fn paths_are_uris() {
        let uri = |path: &str| encoded(Path::new(path));
        assert_eq!(uri("./ecs/a b#é.json"), "ecs/a%20b%23%C3%A9.json");
        assert_eq!(uri("/tmp/x.json"), "/tmp/x.json");
        assert_eq!(uri("../x.json"), "../x.json");
    }
}
