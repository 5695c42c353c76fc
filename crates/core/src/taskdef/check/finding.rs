//! A finding, and the fix that can be applied to it.

use super::Rule;
use crate::source::segments;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;

/// A rule that is broken at a place of the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// JSON pointer within the definition.
    pub pointer: String,
    /// What the sentence about it names, in the order of its blanks.
    pub arguments: Vec<String>,
    /// What would mend it, where that is clear.
    pub fix: Option<Fix>,
}

/// Changes that mend a finding, to be made in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The changes.
    pub changes: Vec<Change>,
    /// Whether they cannot change what is meant, so that nobody has to be asked.
    pub is_sure: bool,
}

/// One change of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// JSON pointer within the definition; a last `-` stands behind the end of a list.
    pub pointer: String,
    /// The new value, or `None` to take the member or item out.
    pub value: Option<Value>,
}

impl Fix {
    /// Puts `value` at `pointer`.
    pub(crate) fn set(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            changes: vec![Change {
                pointer: pointer.into(),
                value: Some(value.into()),
            }],
            is_sure: false,
        }
    }

    /// Takes out what is at `pointer`.
    pub(crate) fn remove(pointer: impl Into<String>) -> Self {
        Self {
            changes: vec![Change {
                pointer: pointer.into(),
                value: None,
            }],
            is_sure: false,
        }
    }

    /// The same, as one that cannot change what is meant.
    pub(crate) fn surely(self) -> Self {
        Self {
            is_sure: true,
            ..self
        }
    }

    /// Gives the member at `pointer` another name.
    pub(crate) fn rename(pointer: &str, name: &str, value: &Value) -> Self {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let mut fix = Self::set(format!("{parent}/{name}"), value.clone());
        fix.changes.extend(Self::remove(pointer).changes);
        fix
    }

    /// Makes the changes in `definition`. A change whose place is gone is left out.
    pub fn apply(&self, definition: &mut Value) {
        for change in &self.changes {
            change.apply(definition);
        }
    }
}

impl Change {
    fn apply(&self, definition: &mut Value) {
        let keys = segments(&self.pointer);
        let Some((last, parents)) = keys.split_last() else {
            return;
        };
        let mut place = definition;
        for key in parents {
            let inner = match place {
                Value::Array(items) => key.parse().ok().and_then(|at: usize| items.get_mut(at)),
                Value::Object(fields) => {
                    if self.value.is_some() && !fields.contains_key(key) {
                        fields.insert(key.clone(), Value::Object(serde_json::Map::new()));
                    }
                    fields.get_mut(key)
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            match inner {
                Some(inner) => place = inner,
                None => return,
            }
        }
        match (place, &self.value) {
            (Value::Object(fields), Some(value)) => {
                fields.insert(last.clone(), value.clone());
            }
            (Value::Object(fields), None) => {
                fields.remove(last);
            }
            (Value::Array(items), Some(value)) => match last.parse::<usize>() {
                Ok(at) if at < items.len() => items[at] = value.clone(),
                Ok(_) | Err(_) => items.push(value.clone()),
            },
            (Value::Array(items), None) => {
                if let Some(at) = last.parse().ok().filter(|at: &usize| *at < items.len()) {
                    items.remove(at);
                }
            }
            (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {}
        }
    }
}
