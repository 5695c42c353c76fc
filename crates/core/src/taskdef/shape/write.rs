//! Writing values in the order of the API.

use super::Kind;
use alloc::string::String;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

/// A value whose objects are written in the order of the API, unknown members last.
pub(crate) struct Ordered<'a>(pub(crate) &'a Value, pub(crate) Kind);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value, kind) = self;
        match value {
            Value::Array(items) => {
                // A list where a structure belongs is read as one, and so is its item.
                let inner = if let Kind::List(item) = kind {
                    **item
                } else {
                    *kind
                };
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered(item, inner))?;
                }
                list.end()
            }
            Value::Object(fields) => {
                let members = match kind {
                    Kind::Structure(structure) => structure.members,
                    Kind::Text
                    | Kind::Integer(..)
                    | Kind::Boolean
                    | Kind::Choice(_)
                    | Kind::List(_)
                    | Kind::Map
                    | Kind::Any => &[],
                };
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for member in members {
                    if let Some(value) = fields.get(member.name) {
                        map.serialize_entry(member.name, &Ordered(value, member.kind))?;
                    }
                }
                let known = |name: &str| members.iter().any(|member| member.name == name);
                for (name, value) in fields.iter().filter(|(name, _)| !known(name)) {
                    map.serialize_entry(name, &Ordered(value, Kind::Any))?;
                }
                map.end()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                value.serialize(serializer)
            }
        }
    }
}

/// `value` as JSON in the order of the API, with two-space indent and without a final line feed.
#[must_use]
pub fn ordered_json(value: &Value, kind: Kind) -> String {
    serde_json::to_string_pretty(&Ordered(value, kind)).expect("a value is JSON")
}
