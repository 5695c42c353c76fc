//! One field of a form: its AWS name, how it is edited, and how typed text becomes JSON.

use crate::data::traffic;
use crate::session::Intent;
use serde_json::{Map, Value, json};
use stowplan_core::design::{Edit, Part, PlacementTemplate, Service};
use stowplan_core::sim::traffic::TrafficChange;

/// How a field is edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// Cannot be edited here.
    Fact,
    /// A line of text; emptied, the field is removed.
    Text,
    /// A whole number within limits; emptied, the field is removed.
    Number {
        /// Smallest.
        min: u32,
        /// Largest.
        max: u32,
    },
    /// One of several texts.
    Choice(Vec<String>),
    /// A list of texts, one per line.
    Lines,
    /// Environment variables, `NAME=value` per line; a line break in a value is written `\n`.
    Pairs,
    /// A number kept as text among a target group's attributes.
    Attribute {
        /// Its key.
        key: &'static str,
        /// The attributes as they are.
        list: Value,
    },
    /// Field of a rule's condition; its values move along when it changes.
    ConditionField {
        /// The values.
        values: Value,
    },
    /// How often a source of the run's traffic asks, in requests per second.
    Rate(Box<TrafficChange>),
    /// The name of a part: changing it mends references.
    Name(Part),
    /// How a service's tasks are placed, by a template of the console; sets strategies and
    /// constraints together.
    Template {
        /// The service as it is.
        service: Value,
    },
}

/// A field with its present value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// AWS's name of it.
    pub label: String,
    /// Where it stands in the document.
    pub pointer: String,
    /// How it is edited.
    pub control: Control,
    /// The value as text.
    pub value: String,
    /// What holds where it is absent.
    pub default: String,
}

/// Fields of rules' conditions that the form knows, with the member that holds their values.
pub(super) const CONDITIONS: [(&str, &str); 2] = [
    ("path-pattern", "PathPatternConfig"),
    ("host-header", "HostHeaderConfig"),
];

impl Field {
    /// A fact that is said, not held in the document.
    #[must_use]
    pub fn said(label: &str, value: &str) -> Self {
        Self {
            label: label.into(),
            pointer: String::new(),
            control: Control::Fact,
            value: value.into(),
            default: String::new(),
        }
    }

    /// What typing `text` means: an edit, or an input of the run.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn intent(&self, text: &str) -> Result<Intent, String> {
        if let Control::Rate(change) = &self.control {
            return Ok(Intent::Act(Box::new(traffic::input(change, text)?)));
        }
        Ok(Intent::Edit {
            edit: Box::new(self.edit(text)?),
            merge: Some(self.pointer.clone()),
        })
    }

    /// The edit that typing `text` means.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn edit(&self, text: &str) -> Result<Edit, String> {
        let set = |value: Option<Value>| Edit::Set {
            pointer: self.pointer.clone(),
            value,
        };
        match &self.control {
            Control::Fact | Control::Rate(_) => Err("this field cannot be edited".into()),
            Control::Text | Control::Choice(_) => Ok(set(text_value(text))),
            Control::Number { min, max } => Ok(set(number_value(text, *min, *max)?)),
            Control::Lines => Ok(set(Some(lines_value(text)))),
            Control::Pairs => Ok(set(pairs_value(text)?)),
            Control::Attribute { key, list } => Ok(set(Some(attribute_value(list, key, text)?))),
            Control::ConditionField { values } => Ok(set(Some(condition_value(text, values)))),
            Control::Template { service } => Ok(set(Some(template_value(service, text)?))),
            Control::Name(part) => Ok(Edit::Rename {
                part: part.clone(),
                name: text.trim().into(),
            }),
        }
    }
}

/// The whole service, so that what a template stands for is set in one step.
fn template_value(service: &Value, name: &str) -> Result<Value, String> {
    let template = PlacementTemplate::named(name).unwrap_or(PlacementTemplate::Custom);
    if template == PlacementTemplate::Custom {
        return Err(
            "Custom leaves placementStrategy and placementConstraints as they are: change them in \
             the JSON"
                .into(),
        );
    }
    let strategies = template.strategies();
    let strategies = strategies
        .iter()
        .map(|it| json!({ "type": it.kind, "field": it.field }));
    let constraints = template.constraints();
    let constraints = constraints.iter().map(|it| json!({ "type": it.kind }));
    let mut service = service.clone();
    if let Value::Object(members) = &mut service {
        members.insert("placementStrategy".into(), strategies.collect());
        members.insert("placementConstraints".into(), constraints.collect());
    }
    Ok(service)
}

fn text_value(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::String(text.into()))
}

fn number(text: &str, min: u32, max: u32) -> Result<u32, String> {
    let number: u32 = text
        .parse()
        .map_err(|_| format!("`{text}` is not a whole number"))?;
    if (min..=max).contains(&number) {
        return Ok(number);
    }
    Err(format!("`{number}` is not within {min} to {max}"))
}

fn number_value(text: &str, min: u32, max: u32) -> Result<Option<Value>, String> {
    match text.trim() {
        "" => Ok(None),
        text => number(text, min, max).map(|number| Some(number.into())),
    }
}

fn lines_value(text: &str) -> Value {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| Value::String(line.into())).collect()
}

fn pairs_value(text: &str) -> Result<Option<Value>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let pairs: Result<Vec<Value>, String> = lines
        .map(|line| match line.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(json!({ "name": name.trim(), "value": from_one_line(value) }))
            }
            Some(_) | None => Err(format!("`{line}` is not NAME=value")),
        })
        .collect();
    let pairs = pairs?;
    Ok((!pairs.is_empty()).then_some(Value::Array(pairs)))
}

/// A text on one line: line breaks as `\n` and `\r`, backslashes doubled.
fn on_one_line(text: &str) -> String {
    let text = text.replace('\\', r"\\");
    text.replace('\n', r"\n").replace('\r', r"\r")
}

/// The text that [`on_one_line`] wrote. A backslash before anything else stands for itself.
fn from_one_line(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(sign) = rest.next() {
        let ahead = rest.clone().next();
        let meant = match (sign, ahead) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('r')) => Some('\r'),
            ('\\', Some('\\')) => Some('\\'),
            _ => None,
        };
        if meant.is_some() {
            rest.next();
        }
        text.push(meant.unwrap_or(sign));
    }
    text
}

/// The longest that a deregistration delay may be, in seconds.
const ATTRIBUTE_MAX: u32 = 3600;

fn attribute_value(list: &Value, key: &str, text: &str) -> Result<Value, String> {
    let mut attributes = list.as_array().cloned().unwrap_or_default();
    let is_it = |attribute: &Value| attribute.get("Key").and_then(Value::as_str) == Some(key);
    if text.trim().is_empty() {
        attributes.retain(|attribute| !is_it(attribute));
        return Ok(Value::Array(attributes));
    }
    let value = Value::String(number(text.trim(), 0, ATTRIBUTE_MAX)?.to_string());
    match attributes.iter_mut().find(|attribute| is_it(attribute)) {
        Some(Value::Object(found)) => drop(found.insert("Value".into(), value)),
        Some(_) | None => attributes.push(json!({ "Key": key, "Value": value })),
    }
    Ok(Value::Array(attributes))
}

fn condition_value(field: &str, values: &Value) -> Value {
    let mut condition = Map::new();
    condition.insert("Field".into(), field.into());
    let member = CONDITIONS
        .iter()
        .find(|(known, _)| *known == field)
        .map(|(_, member)| *member);
    match member {
        Some(member) => condition.insert(member.into(), json!({ "Values": values })),
        None => condition.insert("Values".into(), values.clone()),
    };
    Value::Object(condition)
}

/// Makes fields out of the document's JSON form.
pub(super) struct Fields<'a> {
    document: &'a Value,
    base: String,
}

impl<'a> Fields<'a> {
    pub(super) fn new(document: &'a Value, base: &str) -> Self {
        Self {
            document,
            base: base.into(),
        }
    }

    /// The same document from another place.
    pub(super) fn at(&self, base: &str) -> Self {
        Self::new(self.document, base)
    }

    pub(super) fn value(&self, path: &str) -> Option<&'a Value> {
        self.document.pointer(&format!("{}{path}", self.base))
    }

    pub(super) fn said(&self, path: &str) -> String {
        match self.value(path) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(
                other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)),
            ) => other.to_string(),
        }
    }

    pub(super) fn field(&self, label: &str, path: &str, control: Control, default: &str) -> Field {
        Field {
            label: label.into(),
            pointer: format!("{}{path}", self.base),
            control,
            value: self.said(path),
            default: default.into(),
        }
    }

    pub(super) fn fact(&self, label: &str, path: &str) -> Field {
        self.field(label, path, Control::Fact, "")
    }

    pub(super) fn text(&self, label: &str, path: &str, default: &str) -> Field {
        self.field(label, path, Control::Text, default)
    }

    pub(super) fn number(
        &self,
        label: &str,
        path: &str,
        limits: (u32, u32),
        default: &str,
    ) -> Field {
        let control = Control::Number {
            min: limits.0,
            max: limits.1,
        };
        self.field(label, path, control, default)
    }

    /// A choice; the present value is offered even where it is none of them.
    pub(super) fn choice(&self, label: &str, path: &str, mut options: Vec<String>) -> Field {
        let value = self.said(path);
        if !options.contains(&value) {
            options.insert(0, value);
        }
        self.field(label, path, Control::Choice(options), "")
    }

    /// A choice of which one holds where the field is absent.
    pub(super) fn choice_or(&self, label: &str, path: &str, options: &[&str]) -> Field {
        let options: Vec<String> = options.iter().map(|option| (*option).into()).collect();
        let default = options.first().cloned().unwrap_or_default();
        let field = self.choice(label, path, options.clone());
        if field.value.is_empty() {
            let control = Control::Choice(options);
            return Field {
                control,
                value: default,
                ..field
            };
        }
        field
    }

    /// The template that a service is set up by.
    pub(super) fn template(&self, service: &Service) -> Field {
        let control = Control::Template {
            service: self.value("").cloned().unwrap_or_default(),
        };
        let name = PlacementTemplate::of(service).name();
        Field {
            value: name.into(),
            ..self.field("placement template", "", control, "")
        }
    }

    pub(super) fn lines(&self, label: &str, path: &str) -> Field {
        let lines = self
            .value(path)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
        Field {
            value: lines.join("\n"),
            ..self.field(label, path, Control::Lines, "")
        }
    }

    pub(super) fn pairs(&self, label: &str, path: &str) -> Field {
        let pairs = self
            .value(path)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let said = |pair: &Value, key: &str| {
            pair.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_string()
        };
        let lines: Vec<String> = pairs
            .map(|pair| {
                format!(
                    "{}={}",
                    said(pair, "name"),
                    on_one_line(&said(pair, "value"))
                )
            })
            .collect();
        Field {
            value: lines.join("\n"),
            ..self.field(label, path, Control::Pairs, "NAME=value")
        }
    }

    pub(super) fn attribute(&self, label: &str, key: &'static str, default: &str) -> Field {
        let list = self
            .value("/Attributes")
            .cloned()
            .unwrap_or_else(|| json!([]));
        let attributes = list.as_array().into_iter().flatten();
        let mut found =
            attributes.filter(|one| one.get("Key").and_then(Value::as_str) == Some(key));
        let value = found
            .next()
            .and_then(|one| one.get("Value"))
            .and_then(Value::as_str);
        let value = value.unwrap_or_default().to_string();
        let control = Control::Attribute { key, list };
        Field {
            value,
            ..self.field(label, "/Attributes", control, default)
        }
    }
}
