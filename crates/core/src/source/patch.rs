//! Changing one value of a text and leaving the rest of it as people have laid it out.

use super::{Node, NodeKind, Span, segments};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// `text` with the value at `pointer` set or, where `value` is `None`, taken out. `root` is the
/// tree of `text` in which the pointer leads. `None` where the pointer leads nowhere, or nothing
/// would change.
#[must_use]
pub fn patch(text: &str, root: &Node, pointer: &str, value: Option<&Value>) -> Option<String> {
    let keys = segments(pointer);
    let (last, parents) = keys.split_last()?;
    let mut place = root;
    for (at, key) in parents.iter().enumerate() {
        match place.child(key) {
            Some(child) => place = child,
            None => {
                let behind = &keys[at + 1..];
                return add(text, place, key, &nested(behind, value?.clone()));
            }
        }
    }
    match (place.child(last), value) {
        (Some(old), Some(value)) => {
            let new = laid_out(value, &indent_of(text, old.span.start));
            (text[old.span.start..old.span.end] != new).then(|| spliced(text, old.span, &new))
        }
        (Some(_), None) => remove(text, place, last),
        (None, Some(value)) => add(text, place, last, value),
        (None, None) => None,
    }
}

/// `value` inside objects of these names.
fn nested(names: &[String], value: Value) -> Value {
    names.iter().rev().fold(value, |value, name| {
        let mut members = Map::new();
        members.insert(name.clone(), value);
        Value::Object(members)
    })
}

fn spliced(text: &str, span: Span, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start], &text[span.end..])
}

/// The white space that the line of `offset` begins with.
fn indent_of(text: &str, offset: usize) -> String {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    let end = line.find(|c: char| c != ' ' && c != '\t').unwrap_or(0);
    line[..end].into()
}

/// A value over as many lines as it needs, each but the first behind `indent`.
fn laid_out(value: &Value, indent: &str) -> String {
    let plain = match value {
        Value::Array(items) => items.iter().all(|it| !it.is_object() && !it.is_array()),
        Value::Object(fields) => fields.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    };
    if plain {
        return value.to_string();
    }
    let text = serde_json::to_string_pretty(value).expect("a value is JSON");
    text.replace('\n', &format!("\n{indent}"))
}

/// Adds a member, or an item at the end of a list.
fn add(text: &str, place: &Node, name: &str, value: &Value) -> Option<String> {
    let (last, label) = match &place.kind {
        NodeKind::Object(members) => (
            members.last().map(|it| Span {
                start: it.name_span.start,
                end: it.value.span.end,
            }),
            format!("{}: ", Value::from(name)),
        ),
        NodeKind::List(items) => (items.last().map(|it| it.span), String::new()),
        NodeKind::Null
        | NodeKind::Bool(_)
        | NodeKind::Number(_)
        | NodeKind::Text(_)
        | NodeKind::Opaque(_) => return None,
    };
    let Some(last) = last else {
        let inside = Span {
            start: place.span.start + 1,
            end: place.span.end.saturating_sub(1),
        };
        return Some(spliced(
            text,
            inside,
            &format!("{label}{}", laid_out(value, "")),
        ));
    };
    let line = text[..last.start].rfind('\n').map_or(0, |at| at + 1);
    let own_line = text[line..last.start].trim().is_empty() && line > 0;
    let indent = indent_of(text, last.start);
    let between = if own_line {
        format!(",\n{indent}")
    } else {
        ", ".to_string()
    };
    let new = format!("{between}{label}{}", laid_out(value, &indent));
    let behind = Span {
        start: last.end,
        end: last.end,
    };
    Some(spliced(text, behind, &new))
}

/// Takes out a member or item with the comma that parts it from its neighbour: the one before it,
/// so that its line goes too, unless a comment stands there.
fn remove(text: &str, place: &Node, name: &str) -> Option<String> {
    let all: Vec<Span> = match &place.kind {
        NodeKind::Object(members) => {
            let whole = members.iter().map(|it| Span {
                start: it.name_span.start,
                end: it.value.span.end,
            });
            whole.collect()
        }
        NodeKind::List(items) => items.iter().map(|it| it.span).collect(),
        NodeKind::Null
        | NodeKind::Bool(_)
        | NodeKind::Number(_)
        | NodeKind::Text(_)
        | NodeKind::Opaque(_) => return None,
    };
    let own = match place.members() {
        [] => name.parse().ok()?,
        members => members.iter().rposition(|it| it.name == name)?,
    };
    let Span { start, end } = *all.get(own)?;
    let before = own.checked_sub(1).map(|at| all[at].end);
    let between = |from: usize| text.get(from..start).unwrap_or_default().trim();
    if let Some(from) = before.filter(|from| between(*from) == ",") {
        return Some(spliced(text, Span { start: from, end }, ""));
    }
    let rest = text[end..].trim_start();
    let rest = rest.strip_prefix(',').map_or(rest, str::trim_start);
    let end = if all.len() > own + 1 {
        text.len() - rest.len()
    } else {
        end
    };
    Some(spliced(text, Span { start, end }, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse;
    use serde_json::json;

    fn patched(text: &str, pointer: &str, value: Option<Value>) -> String {
        let root = parse(text).root.unwrap();
        patch(text, &root, pointer, value.as_ref()).unwrap()
    }

    const TEXT: &str = "{\n    \"a\": 1, // one\n    \"b\": [1, 2],\n    \"c\": {}\n}\n";

    #[test]
    fn the_rest_stays_as_it_is_laid_out() {
        assert_eq!(
            patched(TEXT, "/a", Some(json!("x"))),
            TEXT.replace("1, // one", "\"x\", // one")
        );
        assert_eq!(patched(TEXT, "/b/0", None), TEXT.replace("[1, 2]", "[2]"));
        assert_eq!(patched(TEXT, "/b/1", None), TEXT.replace("[1, 2]", "[1]"));
        assert_eq!(
            patched(TEXT, "/b/-", Some(json!(3))),
            TEXT.replace("[1, 2]", "[1, 2, 3]")
        );
        assert_eq!(
            patched(TEXT, "/c", None),
            TEXT.replace(",\n    \"c\": {}", "")
        );
        assert_eq!(
            patched(TEXT, "/b", None),
            TEXT.replace("\"b\": [1, 2],\n    ", "")
        );
        assert_eq!(
            patched(TEXT, "/c/d/e", Some(json!(true))),
            TEXT.replace("{}", "{\"d\": {\n  \"e\": true\n}}")
        );
        assert_eq!(
            patched(TEXT, "/d", Some(json!([{"e": 1}]))),
            TEXT.replace(
                "{}\n",
                "{},\n    \"d\": [\n      {\n        \"e\": 1\n      }\n    ]\n"
            )
        );
        assert_eq!(
            patched("{\"a\":1}", "/b", Some(json!(2))),
            "{\"a\":1, \"b\": 2}"
        );
    }
}
