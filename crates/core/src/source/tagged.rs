//! Enums whose variant is a member beside its fields: `{"do": "drainInstance", "instance": …}`.
//!
//! serde can derive that, but then reads every such value out of a copy of its own, with another
//! copy of all reading code in the page. Here the derived code is the one for `{variant: {…}}`,
//! which the one reader serves, and the two forms are turned into each other as values.

use super::Node;
use super::typed::{Reader, TypeError};
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::Error as _;
use serde_json::{Map, Value};

/// Reads a value of that form; `shape` makes the variant's own value out of what stands beside the
/// tag.
///
/// # Errors
/// What is missing or of another type.
pub(crate) fn read_tagged<T>(
    mut members: Map<String, Value>,
    tag: &'static str,
    shape: fn(&str, Map<String, Value>) -> Value,
    read: fn(Reader<'_>) -> Result<T, TypeError>,
) -> Result<T, TypeError> {
    let name = match members.remove(tag) {
        Some(Value::String(name)) => name,
        Some(_) => return Err(TypeError::custom("this is a text").inside(tag)),
        None => return Err(TypeError::missing_field(tag)),
    };
    let written: Vec<String> = members.keys().cloned().collect();
    let fields = shape(&name, members);
    let value = Value::Object(Map::from_iter([(name, fields)]));
    read(Reader(&Node::from_value(&value))).map_err(|error| {
        // The first step of the way leads to the variant, the next one perhaps to members that
        // are put together: neither is in the text.
        let error = error.without(|_| true);
        error.without(|step| !written.iter().any(|name| name == step))
    })
}

/// The form that is written, from the derived one.
pub(crate) fn tagged(derived: Value, tag: &str) -> Map<String, Value> {
    let (name, fields) = match derived {
        Value::String(name) => (Some(name), Value::Null),
        Value::Object(variant) => {
            let variant = variant.into_iter().next();
            variant.map_or((None, Value::Null), |(name, fields)| (Some(name), fields))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => (None, Value::Null),
    };
    let mut members = match fields {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    };
    members.extend(name.map(|name| (tag.into(), Value::String(name))));
    members
}
