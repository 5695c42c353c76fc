//! Setting any field by its JSON pointer.

use super::EditError;
use crate::design::Design;
use crate::source::segments;
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
    let keys = segments(pointer);
    let (last, parents) = keys
        .split_last()
        .ok_or_else(|| wrong("the whole document cannot be set".into()))?;
    let mut place = &mut document;
    for key in parents {
        place = enter(place, key).ok_or_else(|| wrong(format!("`{key}` leads nowhere")))?;
    }
    put(place, last, value).map_err(&wrong)?;
    let design = serde_path_to_error::deserialize(document);
    design.map_err(|error| wrong(error.inner().to_string()))
}

fn enter<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        Value::Object(fields) => {
            let empty = || Value::Object(serde_json::Map::new());
            Some(fields.entry(key).or_insert_with(empty))
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
