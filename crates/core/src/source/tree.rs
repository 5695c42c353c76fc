//! A JSON text as a tree that knows where each value stands.

use super::{Parsed, escape, segments};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Number, Value};

/// A stretch of a text, in bytes: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte behind it.
    pub end: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands, brackets and quotes included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of values.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that fits.
    Number(Number),
    /// Text, without escapes.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object; of a key that is there twice, both members are.
    Object(Vec<Member>),
    /// Something that is not JSON, such as an unquoted placeholder, as it is written.
    Opaque(String),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name, without escapes.
    pub name: String,
    /// Where the name stands, quotes included.
    pub name_span: Span,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The members of an object, none of anything else.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Object(members) => members,
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::List(_)
            | NodeKind::Opaque(_) => &[],
        }
    }

    /// The items of a list, none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Object(_)
            | NodeKind::Opaque(_) => &[],
        }
    }

    /// The member called `name`; the last one where there are two, as every JSON reader has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members().iter().rfind(|member| member.name == name)
    }

    /// The value called `name` of an object or at position `name` of a list.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            NodeKind::Object(_) => self.member(name).map(|member| &member.value),
            NodeKind::List(items) => items.get(name.parse::<usize>().ok()?),
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Opaque(_) => None,
        }
    }

    /// The value at a JSON pointer, or the nearest one above it that exists, since a missing
    /// member is reported on its object; and whether it is the very value.
    #[must_use]
    pub fn nearest(&self, pointer: &str) -> (&Self, bool) {
        let mut node = self;
        for key in segments(pointer) {
            match node.child(&key) {
                Some(child) => node = child,
                None => return (node, false),
            }
        }
        (node, true)
    }

    /// The JSON pointer of the value that stands at `span`, if one does.
    #[must_use]
    pub fn pointer_at(&self, span: Span) -> Option<String> {
        if self.span == span {
            return Some(String::new());
        }
        let holds = |node: &Self| node.span.start <= span.start && span.end <= node.span.end;
        if let NodeKind::List(items) = &self.kind {
            let at = items.partition_point(|item| item.span.end <= span.start);
            let inner = items.get(at).filter(|item| holds(item))?;
            return Some(format!("/{at}{}", inner.pointer_at(span)?));
        }
        let members = self.members();
        let at = members.partition_point(|member| member.value.span.end <= span.start);
        let member = members.get(at).filter(|member| holds(&member.value))?;
        let inner = member.value.pointer_at(span)?;
        Some(format!("/{}{inner}", escape(&member.name)))
    }

    /// The tree of a value that stands in no text: its places are empty.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let kind = match value {
            Value::Null => NodeKind::Null,
            Value::Bool(flag) => NodeKind::Bool(*flag),
            Value::Number(number) => NodeKind::Number(number.clone()),
            Value::String(text) => NodeKind::Text(text.clone()),
            Value::Array(items) => NodeKind::List(items.iter().map(Self::from_value).collect()),
            Value::Object(fields) => {
                let member = |(name, value): (&String, &Value)| Member {
                    name: name.clone(),
                    name_span: Span::default(),
                    value: Self::from_value(value),
                };
                NodeKind::Object(fields.iter().map(member).collect())
            }
        };
        Self {
            span: Span::default(),
            kind,
        }
    }

    /// The plain value. What is not JSON becomes text, as it is written.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(flag) => Value::Bool(*flag),
            NodeKind::Number(number) => Value::Number(number.clone()),
            NodeKind::Text(text) | NodeKind::Opaque(text) => Value::String(text.clone()),
            NodeKind::List(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            NodeKind::Object(members) => {
                let pairs = members
                    .iter()
                    .map(|member| (member.name.clone(), member.value.to_value()));
                Value::Object(pairs.collect::<Map<String, Value>>())
            }
        }
    }
}

impl Parsed {
    /// Where the value at `pointer` stands, or the nearest one above it. The name of a member
    /// counts as its place where `by_name` is set: an unknown field is wrong by its name.
    #[must_use]
    pub fn span(&self, pointer: &str, by_name: bool) -> Span {
        let Some(root) = &self.root else {
            return Span::default();
        };
        if by_name && let Some((parent, name)) = pointer.rsplit_once('/') {
            let name = segments(&format!("/{name}")).pop().unwrap_or_default();
            if let Some(member) = root.nearest(parent).0.member(&name) {
                return member.name_span;
            }
        }
        root.nearest(pointer).0.span
    }
}
