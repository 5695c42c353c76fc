//! Setting any field by its JSON pointer.

use super::EditError;
use crate::design::Design;
use crate::source::{from_value, segments};
use alloc::format;
use alloc::string::{String, ToString};
use serde_json::Value;

/// Sets or removes one field through the document's JSON form, so that every AWS field can be
/// edited by its own name, typed or not.
pub(super) fn set(
    design: &Design,
    pointer: &str,
    value: Option<Value>,
) -> Result<Design, EditError> {
    let wrong = |message: String| EditError::WrongType {
        pointer: pointer.to_string(),
        message,
    };
    let mut document = serde_json::to_value(design).expect("a design has only JSON values");
    if !pointer.starts_with('/') {
        return Err(wrong("a JSON pointer begins with `/`".into()));
    }
    // Null means absent to AWS, and a recording could not tell it from no value.
    let value = value.filter(|value| !value.is_null());
    let keys = segments(pointer);
    if keys.len() > DEPTH_MAX || value.as_ref().is_some_and(|value| depth(value) > DEPTH_MAX) {
        return Err(wrong(format!("nesting is limited to {DEPTH_MAX} levels")));
    }
    let (last, parents) = keys
        .split_last()
        .ok_or_else(|| wrong("the whole document cannot be set".into()))?;
    let mut place = &mut document;
    for key in parents {
        place = enter(place, key, value.is_some())
            .ok_or_else(|| wrong(format!("`{key}` leads nowhere")))?;
    }
    put(place, last, value).map_err(&wrong)?;
    from_value(&document).map_err(|error| wrong(error.message))
}

/// Deepest place that an edit may reach and deepest value that it may put there: the document
/// stays below the 128 levels that JSON readers take, even inside a recording.
const DEPTH_MAX: usize = 32;

fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    deepest.map_or(0, |deepest| deepest + 1)
}

/// Goes one key down; missing objects are made only where a value is to be put.
fn enter<'a>(value: &'a mut Value, key: &str, make: bool) -> Option<&'a mut Value> {
    match value {
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        Value::Object(fields) => {
            if make && !fields.contains_key(key) {
                fields.insert(key.into(), Value::Object(serde_json::Map::new()));
            }
            fields.get_mut(key)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn put(place: &mut Value, key: &str, value: Option<Value>) -> Result<(), String> {
    match (place, value) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(key.into(), value);
        }
        (Value::Object(fields), None) => {
            fields.remove(key);
        }
        (Value::Array(items), value) => {
            let at = if key == "-" {
                Some(items.len())
            } else {
                key.parse().ok()
            };
            let at = at
                .filter(|at| *at <= items.len())
                .ok_or("no such place in the list")?;
            match value {
                Some(value) if at == items.len() => items.push(value),
                Some(value) => items[at] = value,
                None if at < items.len() => drop(items.remove(at)),
                None => {}
            }
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {
            return Err(format!("`{key}` leads nowhere"));
        }
    }
    Ok(())
}
