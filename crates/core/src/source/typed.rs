//! From a tree to Rust types, by serde, such that an error knows its JSON pointer.
//!
//! One deserializer serves texts and values alike: each further one would put another copy of
//! every type's reading code into the page.

use super::{Member, Node, NodeKind, escape};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde_json::Value;

/// Why a value is not of a type, and where.
#[derive(Debug)]
pub struct TypeError {
    /// What is wrong, in serde's words.
    pub message: String,
    /// Names and positions from the value outwards.
    path: Vec<String>,
}

impl TypeError {
    /// The JSON pointer of the value.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for key in self.way() {
            pointer.push('/');
            pointer += &escape(key);
        }
        pointer
    }

    /// The steps to the value, the outermost first.
    pub(super) fn way(&self) -> impl Iterator<Item = &str> {
        self.path.iter().rev().map(String::as_str)
    }

    #[cold]
    pub(crate) fn inside(mut self, key: &str) -> Self {
        self.path.push(key.into());
        self
    }

    /// Takes the outermost step away if it is one that the text does not have.
    pub(super) fn without(mut self, is_ours: impl Fn(&str) -> bool) -> Self {
        if self.path.last().is_some_and(|step| is_ours(step)) {
            self.path.pop();
        }
        self
    }

    /// The error as a text that keeps its way: a `Deserialize` of our own can tell it through
    /// serde, whose errors are a text alone, and the reader outside goes on from there.
    pub(crate) fn carried(&self) -> String {
        if self.path.is_empty() {
            return self.message.clone();
        }
        let mut text = String::from(STEP);
        text += &self.path.join(STEP);
        text += END;
        text += &self.message;
        text
    }
}

/// Before each step of a way that a text carries; no name of a member has it.
const STEP: &str = "\u{1f}";

/// Behind the last one.
const END: &str = "\u{1e}";

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for TypeError {}

impl serde::de::Error for TypeError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let carried = text.strip_prefix(STEP);
        if let Some((way, message)) = carried.and_then(|text| text.split_once(END)) {
            return Self {
                message: message.into(),
                path: way.split(STEP).map(String::from).collect(),
            };
        }
        Self {
            message: text,
            path: Vec::new(),
        }
    }
}

/// The tree as a value of type `T`.
///
/// # Errors
/// A value of another type than `T` asks for.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, TypeError> {
    T::deserialize(Reader(node))
}

/// The JSON value as a value of type `T`.
///
/// # Errors
/// A value of another type than `T` asks for.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, TypeError> {
    from_node(&Node::from_value(value))
}

/// The deserializer.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub(super) &'a Node);

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = TypeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match &self.0.kind {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Bool(flag) => visitor.visit_bool(*flag),
            NodeKind::Number(number) => {
                if let Some(number) = number.as_u64() {
                    visitor.visit_u64(number)
                } else if let Some(number) = number.as_i64() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or_default())
                }
            }
            NodeKind::Text(text) | NodeKind::Opaque(text) => visitor.visit_str(text),
            NodeKind::List(items) => visitor.visit_seq(Items { items, at: 0 }),
            NodeKind::Object(members) => visitor.visit_map(Members { members, at: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.0.kind {
            NodeKind::Null => visitor.visit_none(),
            NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Opaque(_)
            | NodeKind::List(_)
            | NodeKind::Object(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        match self.0.kind {
            // serde would take members by their place.
            NodeKind::List(_) => Err(TypeError::custom("expected an object, not a list")),
            NodeKind::Null => Err(TypeError::custom("expected an object")),
            NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Opaque(_)
            | NodeKind::Object(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        match &self.0.kind {
            NodeKind::Text(text) => {
                let text: StrDeserializer<'_, TypeError> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            NodeKind::Object(members) => {
                visitor.visit_enum(MapAccessDeserializer::new(Members { members, at: 0 }))
            }
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Opaque(_)
            | NodeKind::List(_) => Err(TypeError::custom("expected a text or an object")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    items: &'a [Node],
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = TypeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TypeError> {
        let Some(item) = self.items.get(self.at) else {
            return Ok(None);
        };
        let read = seed.deserialize(Reader(item));
        let read = read.map_err(|error| error.inside(&self.at.to_string()))?;
        self.at += 1;
        Ok(Some(read))
    }
}

struct Members<'a> {
    members: &'a [Member],
    /// Twice the position, and one more while the value is due.
    at: usize,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = TypeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, TypeError> {
        let Some(member) = self.members.get(self.at / 2) else {
            return Ok(None);
        };
        self.at += 1;
        let name: StrDeserializer<'_, TypeError> = member.name.as_str().into_deserializer();
        seed.deserialize(name)
            .map(Some)
            .map_err(|error| error.inside(&member.name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TypeError> {
        let member = self.members.get(self.at / 2);
        let member = member.ok_or_else(|| TypeError::custom("a value was asked for twice"))?;
        self.at += 1;
        seed.deserialize(Reader(&member.value))
            .map_err(|error| error.inside(&member.name))
    }
}
