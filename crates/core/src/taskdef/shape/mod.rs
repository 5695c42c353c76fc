//! How the structures of a task definition are declared once and used everywhere.
//!
//! [`structure!`] makes of one declaration the Rust type, its reading and writing, and its
//! [`Structure`]: the names, types, units and help texts that checks, forms, the export and the
//! order of written members are driven by.
//!
//! Reading never fails and loses nothing: a member that is unknown, null, of a wrong type, or
//! written in another type than AWS takes (`"80"` for 80) is kept in `extra` as it was. Writing
//! prefers what `extra` has as long as it still reads as the typed value.

mod declare;
mod types;
mod write;

pub(crate) use declare::{choice, structure};
pub(crate) use write::Ordered;
pub use write::ordered_json;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use serde_json::{Map, Value};

/// Members that are not typed, or not in the form that their type has, by name, as read.
pub type Extra = BTreeMap<String, Value>;

/// What a member may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number of this range.
    Integer(i64, i64),
    /// `true` or `false`.
    Boolean,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Kind),
    /// Free names, each with a text.
    Map,
    /// An object with known members.
    Structure(&'static Structure),
    /// Anything: passed through.
    Any,
}

/// A structure of the API.
#[derive(Debug)]
pub struct Structure {
    /// Its name in the API.
    pub name: &'static str,
    /// Its members in the API's order.
    pub members: &'static [Member],
}

impl PartialEq for Structure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in the API.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether the API's own model requires it.
    pub required: bool,
    /// Unit of its value, or nothing.
    pub unit: &'static str,
    /// One sentence about it.
    pub help: &'static str,
}

impl Structure {
    /// The member called `name`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

impl Kind {
    /// Its name, as messages have it: `a whole number`, `a list of texts`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Integer(..) => "a whole number".into(),
            Self::Boolean => "true or false".into(),
            Self::Choice(choices) => alloc::format!("one of {}", choices.join(", ")),
            Self::List(Self::Text) => "a list of texts".into(),
            Self::List(Self::Integer(..)) => "a list of whole numbers".into(),
            Self::List(Self::Structure(_)) => "a list of objects".into(),
            Self::List(_) => "a list".into(),
            Self::Map => "an object of texts".into(),
            Self::Structure(_) => "an object".into(),
            Self::Any => "a value".into(),
        }
    }

    /// The kind of what lies at `key` within: of an item, or of a member.
    #[must_use]
    pub fn inner(self, key: &str) -> Option<Self> {
        match self {
            Self::List(item) => Some(*item),
            Self::Structure(structure) => structure.member(key).map(|member| member.kind),
            Self::Map => Some(Self::Text),
            Self::Any => Some(Self::Any),
            Self::Text | Self::Integer(..) | Self::Boolean | Self::Choice(_) => None,
        }
    }
}

/// A value as it reads.
pub(crate) enum Read<T> {
    /// Just as it would be written.
    Exact(T),
    /// It reads, but is written in another form, which is kept.
    Bent(T, Value),
    /// It does not read as this type.
    Not(Value),
}

/// A type of the API.
pub(crate) trait Shape: Sized {
    /// What it may hold.
    const KIND: Kind;
    fn read(value: Value) -> Read<Self>;
    fn write(&self) -> Value;

    /// What holds the position of an item that does not read; `None` where positions of items
    /// mean nothing.
    fn blank() -> Option<Self> {
        None
    }
}

/// A member's place in a Rust struct: optional, or empty where absent.
pub(crate) trait Slot: Default + PartialEq {
    const KIND: Kind;
    fn read(value: Value) -> Read<Self>;
    /// `None` where the member is to be left out.
    fn write(&self) -> Option<Value>;
}

/// The first of some names.
pub(crate) const fn first(names: &[&'static str]) -> &'static str {
    names[0]
}

/// What is kept of a structure, as the members to begin with. By hand, since collecting a map
/// sorts it first, with a copy of the sorting code for every structure.
pub(crate) fn kept(extra: &Extra) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in extra {
        members.insert(name.clone(), value.clone());
    }
    members
}

/// Takes the member `name` out of `fields`; what cannot be written back from the typed value goes
/// to `extra`.
#[inline(never)]
pub(crate) fn take<S: Slot>(fields: &mut Map<String, Value>, name: &str, extra: &mut Extra) -> S {
    let Some(value) = fields.remove(name) else {
        return S::default();
    };
    match S::read(value) {
        Read::Exact(slot) => slot,
        Read::Bent(slot, kept) => {
            extra.insert(name.to_string(), kept);
            slot
        }
        Read::Not(kept) => {
            extra.insert(name.to_string(), kept);
            S::default()
        }
    }
}

/// Puts the member `name` into `fields`, unless what is kept there still reads as `slot`.
#[inline(never)]
pub(crate) fn put<S: Slot>(fields: &mut Map<String, Value>, name: &str, slot: &S) {
    if let Some(kept) = fields.get(name) {
        let reads = match S::read(kept.clone()) {
            Read::Exact(read) | Read::Bent(read, _) => read == *slot,
            Read::Not(_) => *slot == S::default(),
        };
        if reads {
            return;
        }
        fields.remove(name);
    }
    if let Some(value) = slot.write() {
        fields.insert(name.to_string(), value);
    }
}

/// The members of an object, or of the one object of a list: a mistake that AWS's own samples
/// make (task-definition.md 7.5). The second is what to keep then.
pub(crate) fn members_of(value: Value) -> Result<(Map<String, Value>, Option<Value>), Value> {
    match value {
        Value::Object(members) => Ok((members, None)),
        Value::Array(items) => match items.as_slice() {
            [Value::Object(members)] => Ok((members.clone(), Some(Value::Array(items)))),
            _ => Err(Value::Array(items)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(value),
    }
}

#[cfg(test)]
mod tests {
    use crate::taskdef::{ContainerDefinition, TaskDefinition};
    use alloc::vec::Vec;
    use serde_json::{Value, json};

    fn read(value: &Value) -> TaskDefinition {
        TaskDefinition::from_members(value.as_object().unwrap().clone())
    }

    #[test]
    fn what_was_read_is_written_back_until_it_is_changed() {
        let text = json!({"family": "", "cpu": 256, "pidMode": null, "volumes": [null, {"name": 7}],
            "containerDefinitions": [{"name": "a", "memory": "128", "essential": "yes", "x": {"y": [1.5]},
                "logConfiguration": [{"logDriver": "json-file"}], "environment": [{"name": "N", "value": true}]}, 3]});
        let mut definition = read(&text);
        assert_eq!(Value::Object(definition.to_members()), text);
        let container = &mut definition.container_definitions[0];
        assert_eq!((container.memory, container.essential), (Some(128), None));
        assert!(container.log_configuration.is_some());
        container.memory = Some(256);
        container.environment = None;
        definition.cpu = None;
        let written = Value::Object(definition.to_members());
        assert_eq!(written["containerDefinitions"][0]["memory"], 256);
        assert_eq!(written["containerDefinitions"][0]["essential"], "yes");
        assert!(
            written["containerDefinitions"][0]
                .get("environment")
                .is_none()
        );
        assert!(written.get("cpu").is_none());
        // The list was not as it would be written, and is rewritten as a whole once it is changed.
        assert_eq!(written["containerDefinitions"][1], json!({}));
    }

    #[test]
    fn members_are_written_in_the_order_of_the_api() {
        let container = ContainerDefinition {
            memory: Some(64),
            image: "b".into(),
            name: "a".into(),
            ..ContainerDefinition::default()
        };
        let text = serde_json::to_string(&container).unwrap();
        assert_eq!(text, r#"{"name":"a","image":"b","memory":64}"#);
    }

    #[test]
    fn the_schema_knows_every_structure_by_its_members() {
        fn count(structure: &super::Structure, seen: &mut Vec<&'static str>) -> usize {
            if seen.contains(&structure.name) {
                return 0;
            }
            seen.push(structure.name);
            let inner = structure.members.iter().map(|member| {
                assert!(!member.help.trim().is_empty(), "{}", member.name);
                let mut kind = member.kind;
                while let super::Kind::List(item) = kind {
                    kind = *item;
                }
                if let super::Kind::Structure(structure) = kind {
                    count(structure, seen)
                } else {
                    0
                }
            });
            structure.members.len() + inner.sum::<usize>()
        }
        let mut seen = Vec::new();
        // Members of task-definition.md 1.1 from RegisterTaskDefinitionRequest down, plus revision.
        let members = count(TaskDefinition::STRUCTURE, &mut seen);
        assert_eq!((seen.len(), members), (39, 166));
    }
}
