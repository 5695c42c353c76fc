//! Rewriting task-definition files: their canonical form, and mending what is wrong.

use super::shape::Shape as _;
use super::{Change, ContainerDefinition, FileShape, Fix, Kind, Placed, Reading, TaskDefinition};
use super::{LaunchType, read_definition};
use crate::source::{Member, MistakeKind, Node, NodeKind, Span, parse, patch, segments};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Longest text that is mended, in bytes: sixteen times what AWS takes. Each fix is a copy of it.
const MENDED_BYTES_MAX: usize = 16 * super::BYTES_MAX;

/// Most times that a text is looked at anew while it is mended: a fix may bring to light what a
/// wrong type had hidden.
const PASSES_MAX: usize = 16;

/// The file in its canonical form: two-space indent, members in the API's order, unknown ones and
/// free maps as they stood, a final line feed. Its shape stays, and so does its value.
///
/// # Errors
/// What is not JSON, and comments, since JSON has no place for them.
pub fn formatted(text: &str) -> Result<String, Vec<Placed>> {
    let reading = read_definition(text);
    let lost = |it: &Placed| {
        it.mistake
            .as_ref()
            .is_some_and(|mistake| *mistake != MistakeKind::TrailingComma)
    };
    let mistakes: Vec<Placed> = reading.check(text, &[]).into_iter().filter(lost).collect();
    let root = match &reading.parsed.root {
        Some(root) if mistakes.is_empty() => root,
        Some(_) | None => return Err(mistakes),
    };
    let kind = match reading.shape {
        FileShape::Plain if reading.definition.is_some() => TaskDefinition::KIND,
        FileShape::Containers => Kind::List(&<ContainerDefinition as super::shape::Shape>::KIND),
        FileShape::Described => Kind::Structure(DESCRIBED),
        FileShape::Plain | FileShape::CloudFormation { .. } => Kind::Any,
    };
    let mut formatted = String::new();
    print(&mut formatted, (text, root), kind, 0);
    formatted.push('\n');
    Ok(formatted)
}

/// What `describe-task-definition` prints.
const DESCRIBED: &super::Structure = &super::Structure {
    name: "DescribeTaskDefinitionResponse",
    members: &[super::Member {
        name: "taskDefinition",
        kind: TaskDefinition::KIND,
        required: true,
        unit: "",
        help: "",
    }],
};

fn print(text: &mut String, (source, node): (&str, &Node), kind: Kind, depth: usize) {
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(core::iter::repeat_n("  ", depth));
    };
    match &node.kind {
        NodeKind::List(items) if !items.is_empty() => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                let inner = kind.inner("").unwrap_or(Kind::Any);
                print(text, (source, item), inner, depth + 1);
            }
            line(text, depth);
            text.push(']');
        }
        NodeKind::Object(members) if !members.is_empty() => {
            text.push('{');
            for (at, member) in in_order(members, kind).into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                text.push_str(&format!("{}: ", Value::from(member.name.as_str())));
                let inner = kind.inner(&member.name).unwrap_or(Kind::Any);
                print(text, (source, &member.value), inner, depth + 1);
            }
            line(text, depth);
            text.push('}');
        }
        // As it is written: not every number is the same number after reading.
        NodeKind::Number(_) => {
            text.push_str(
                source
                    .get(node.span.start..node.span.end)
                    .unwrap_or_default(),
            );
        }
        NodeKind::List(_)
        | NodeKind::Object(_)
        | NodeKind::Null
        | NodeKind::Bool(_)
        | NodeKind::Text(_)
        | NodeKind::Opaque(_) => text.push_str(&node.to_value().to_string()),
    }
}

/// The members in the API's order; what it does not know comes last, as it stood.
fn in_order(members: &[Member], kind: Kind) -> Vec<&Member> {
    let mut ordered: Vec<&Member> = members.iter().collect();
    if let Kind::Structure(structure) = kind {
        let position = |name: &str| structure.members.iter().position(|it| it.name == name);
        crate::sort::sort_by_key(&mut ordered, |member| {
            position(&member.name).unwrap_or(usize::MAX)
        });
    }
    ordered
}

impl Reading {
    /// The text with one fix applied and everything else laid out as it was; `None` where the fix
    /// changes nothing.
    #[must_use]
    pub fn fixed(&self, text: &str, fix: &Fix) -> Option<String> {
        let mut current = text.to_string();
        for (at, change) in fix.changes.iter().enumerate() {
            let moved;
            let reading = if at == 0 {
                self
            } else {
                moved = read_definition(&current);
                &moved
            };
            let root = reading.root.as_ref()?;
            let pointer = self.named_as_in_file(root, &change.pointer);
            current = patch(&current, root, &pointer, change.value.as_ref())?;
        }
        (current != text).then_some(current)
    }

    /// In CloudFormation a member that is new begins with a capital.
    fn named_as_in_file(&self, root: &Node, pointer: &str) -> String {
        if !matches!(self.shape, FileShape::CloudFormation { .. }) || root.nearest(pointer).1 {
            return pointer.into();
        }
        let keys = segments(pointer);
        let mut known = root;
        let mut named = String::new();
        for key in &keys {
            match known.child(key) {
                Some(child) => {
                    known = child;
                    named += &format!("/{key}");
                }
                None => {
                    let mut letters = key.chars();
                    let first = letters.next().map(|c| c.to_ascii_uppercase());
                    let rest = letters.as_str();
                    named.push('/');
                    named.extend(first);
                    named += rest;
                }
            }
        }
        named
    }
}

/// The text with every fix applied that cannot change what is meant, and how many those were.
/// Commas that nothing follows go too.
#[must_use]
pub fn mended(text: &str, platforms: &[LaunchType]) -> (String, usize) {
    let (mut current, mut count) = without_trailing_commas(text);
    if text.len() > MENDED_BYTES_MAX {
        return (text.to_string(), 0);
    }
    for _ in 0..PASSES_MAX {
        let reading = read_definition(&current);
        let found = reading.check(&current, platforms);
        let Some((next, fixes)) = reading.surely_fixed(&current, &found) else {
            break;
        };
        current = next;
        count += fixes;
    }
    // What was taken out may leave the comma before it.
    let (current, commas) = without_trailing_commas(&current);
    (current, count + commas)
}

fn without_trailing_commas(text: &str) -> (String, usize) {
    let mut current = text.to_string();
    let mistakes = parse(text).mistakes.into_iter();
    let commas = mistakes.filter(|it| it.kind == MistakeKind::TrailingComma);
    let spans: Vec<Span> = commas.map(|it| it.span).collect();
    for span in spans.iter().rev() {
        current.replace_range(span.start..span.end, "");
    }
    (current, spans.len())
}

impl Reading {
    /// The text with the sure fixes of `found`, and how many; `None` where there are none. A
    /// change around another one waits for the next look.
    fn surely_fixed(&self, text: &str, found: &[Placed]) -> Option<(String, usize)> {
        let root = self.root.as_ref()?;
        let fixes = found.iter().filter_map(|it| it.finding.fix.as_ref());
        let mut changes: Vec<(Span, usize, &Change)> = Vec::new();
        for (at, fix) in fixes.filter(|fix| fix.is_sure).enumerate() {
            for change in &fix.changes {
                let (node, is_there) = root.nearest(&change.pointer);
                if is_there {
                    changes.push((node.span, at, change));
                }
            }
        }
        // From the end, so that what stands before stays where it is.
        crate::sort::sort_by_key(&mut changes, |(span, ..)| core::cmp::Reverse(span.start));
        let mut current = text.to_string();
        let mut applied = BTreeSet::new();
        let mut edited_from = usize::MAX;
        for (span, fix, change) in changes {
            if span.end > edited_from {
                continue;
            }
            if let Some(next) = patch(&current, root, &change.pointer, change.value.as_ref()) {
                current = next;
                edited_from = span.start;
                applied.insert(fix);
            }
        }
        (!applied.is_empty()).then_some((current, applied.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_put_in_order_and_keeps_its_shape_and_value() {
        let text = "{\"tags\":[],\"taskDefinition\":{\"containerDefinitions\":[{\"image\":\"b\",\
            \"dockerLabels\":{\"z\":\"1\",\"a\":\"2\"},\"name\":\"a\",\"x\":1e2},],\"family\":\"f\"}}";
        let expected = "{
  \"taskDefinition\": {
    \"family\": \"f\",
    \"containerDefinitions\": [
      {
        \"name\": \"a\",
        \"image\": \"b\",
        \"dockerLabels\": {
          \"z\": \"1\",
          \"a\": \"2\"
        },
        \"x\": 1e2
      }
    ]
  },
  \"tags\": []
}
";
        assert_eq!(formatted(text).as_deref(), Ok(expected));
        assert_eq!(formatted(expected).as_deref(), Ok(expected));
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let text = "{\"family\":\"f\", // the shop\n\"containerDefinitions\":[]}";
        let refused = formatted(text).unwrap_err();
        assert_eq!((refused[0].place.line, refused[0].place.column), (1, 16));
        assert!(formatted("{\"family\":").is_err());
    }

    #[test]
    fn many_fixes_are_made_at_once_and_hidden_ones_after_them() {
        let ports: Vec<String> = (1..1500)
            .map(|port| format!("{{\"containerPort\": \"{port}\", \"hostPort\": null}}"))
            .collect();
        let text = format!(
            "{{\"family\": \"f\", \"containerDefinitions\": [{{\"name\": \"a\", \"image\": \"b\", \"memory\": 64,\n\
             \"logConfiguration\": [{{\"logDriver\": \"json-file\", \"options\": {{\"n\": 1}},}}], \"portMappings\": [{}]}}]}}",
            ports.join(",\n")
        );
        let (mended, count) = mended(&text, &[]);
        let value: Value = serde_json::from_str(&mended).unwrap();
        let container = &value["containerDefinitions"][0];
        assert_eq!(container["logConfiguration"]["options"]["n"], "1");
        assert_eq!(
            container["portMappings"][1498],
            serde_json::json!({"containerPort": 1499})
        );
        assert!(count > 1000, "{count}");
    }

    #[test]
    fn mending_twice_changes_nothing_more() {
        let text = "{\"family\": \"f\", \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"b\", \"memory\": 64, /* x */ \"user\": null}]}";
        let (once, _) = mended(text, &[]);
        assert!(once.contains("64 /* x */ }"), "{once}");
        assert_eq!(mended(&once, &[]), (once.clone(), 0));
    }

    #[test]
    fn what_is_meant_is_mended_in_place() {
        let text = "{\n  \"family\": \"f\",\n  \"cpu\": 256, \"pidMode\": null,\n  \"containerDefinitions\": [\n    \
            {\"name\": \"a\", \"image\": \"b\", \"memory\": \"64\",\n     \"portMappings\": [{\"containerPort\": 53, \"protocol\": \"UDP\"}]}\n  ]\n}\n";
        let (mended, count) = mended(text, &[]);
        assert_eq!(count, 4);
        let expected = text
            .replace("256, \"pidMode\": null", "\"256\"")
            .replace("\"64\"", "64")
            .replace("UDP", "udp");
        assert_eq!(mended, expected);
    }
}
