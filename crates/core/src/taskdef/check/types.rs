//! What the structures themselves demand: known members of known types, all of those required.

use super::{Finding, Findings, Fix, Rule, Unsure, clipped, within};
use crate::near::nearest;
use crate::source::{escape, is_placeholder};
use crate::taskdef::shape::Shape;
use crate::taskdef::{KeyValuePair, Kind, OUTPUT_ONLY, Structure, TaskDefinition};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Number, Value};

/// Bytes from which a definition is close to the largest one; our own choice, to warn early.
const NEARLY_TOO_LARGE: usize = 60_000;

/// Most changes of one fix. Each is made in the text and read again; the next fix has the rest.
const CHANGES_MAX: usize = 200;

/// What is wrong with the types of `definition`, which would be registered as so many bytes, and
/// the places whose values cannot be known.
pub(super) fn types(definition: &Value, bytes: usize) -> (Findings, Unsure) {
    let mut walk = Walk::default();
    walk.value("", <TaskDefinition as Shape>::KIND, definition);
    let Walk {
        mut found,
        nulls,
        placeholders,
        mut open,
    } = walk;
    open.extend(found.unread());
    // Told once: files have dozens of them, and each is the same.
    if let Some(first) = nulls.first() {
        let null = found.add(Rule::NullMember, first, [&(nulls.len() - 1).to_string()]);
        let mut fix = Fix {
            changes: Vec::new(),
            is_sure: true,
        };
        // The last first: taking out an item moves those behind it.
        for pointer in nulls[..nulls.len().min(CHANGES_MAX)].iter().rev() {
            fix.changes.extend(Fix::remove(pointer).changes);
        }
        null.fix(fix);
    }
    if let Some((first, text)) = placeholders.first() {
        let more = (placeholders.len() - 1).to_string();
        found.add(Rule::Placeholder, first, [text, &more]);
    }
    if bytes > super::BYTES_MAX {
        found.add(Rule::TooLarge, "", [&bytes.to_string()]);
    } else if bytes >= NEARLY_TOO_LARGE {
        found.add(Rule::NearlyTooLarge, "", [&bytes.to_string()]);
    }
    (found, Unsure(open))
}

#[derive(Default)]
struct Walk {
    found: Findings,
    nulls: Vec<String>,
    placeholders: Vec<(String, String)>,
    /// Places of which nothing can be known; a text with a placeholder at least is a text.
    open: BTreeSet<String>,
}

impl Walk {
    fn value(&mut self, pointer: &str, kind: Kind, value: &Value) {
        if self.found.0.len() > super::FINDINGS_MAX {
            return;
        }
        if is_intrinsic(value) {
            let name = value.as_object().and_then(|fields| fields.keys().next());
            let name = name.cloned().unwrap_or_default();
            self.open.insert(pointer.into());
            return self.placeholders.push((pointer.into(), name));
        }
        match (kind, value) {
            (_, Value::Null) => self.nulls.push(pointer.into()),
            (_, Value::String(text)) if is_placeholder(text) => {
                // What the shell will expand is nobody's template, and no rule reads a command.
                if is_in_command(pointer) && !text.contains("{{") {
                    return;
                }
                if kind != Kind::Text {
                    self.open.insert(pointer.into());
                }
                self.placeholders.push((pointer.into(), text.clone()));
            }
            (Kind::List(item), Value::Array(items)) => {
                for (at, value) in items.iter().enumerate() {
                    if is_right(*item, value) {
                        continue;
                    }
                    let pointer = format!("{pointer}/{at}");
                    if value.is_null() {
                        self.open.insert(pointer.clone());
                    }
                    self.value(&pointer, *item, value);
                }
            }
            (Kind::Map, Value::Object(fields)) => {
                let others = fields
                    .iter()
                    .filter(|(_, value)| !is_right(Kind::Text, value));
                for (name, value) in others {
                    self.value(&format!("{pointer}/{}", escape(name)), Kind::Text, value);
                }
            }
            (Kind::Structure(structure), Value::Object(fields)) => {
                self.members(pointer, structure, fields);
            }
            (Kind::Structure(structure), Value::Array(items)) => match items.as_slice() {
                [item @ Value::Object(fields)] => {
                    let alone = self.found.add(Rule::ListForObject, pointer, []);
                    alone.fix(Fix::set(pointer, item.clone()).surely());
                    self.members(&within(pointer, "0"), structure, fields);
                }
                _ => self.wrong_type(pointer, kind, value),
            },
            (Kind::Integer(first, last), Value::Number(_) | Value::String(_)) => {
                self.integer(pointer, (first, last), value);
            }
            (Kind::Choice(choices), Value::String(text)) if !choices.contains(&text.as_str()) => {
                self.choice(pointer, choices, text);
            }
            (Kind::Boolean, Value::String(text))
                if matches!(text.to_ascii_lowercase().as_str(), "true" | "false") =>
            {
                let flag = text.eq_ignore_ascii_case("true");
                let bent = self
                    .found
                    .add(Rule::TextForNumber, pointer, [text, &flag.to_string()]);
                bent.fix(Fix::set(pointer, flag).surely());
            }
            (Kind::Text, Value::Number(_) | Value::Bool(_)) => self.number_for_text(pointer, value),
            (Kind::Any, _)
            | (Kind::Text | Kind::Choice(_), Value::String(_))
            | (Kind::Boolean, Value::Bool(_)) => {}
            (
                Kind::Text
                | Kind::Integer(..)
                | Kind::Boolean
                | Kind::Choice(_)
                | Kind::List(_)
                | Kind::Map
                | Kind::Structure(_),
                _,
            ) => self.wrong_type(pointer, kind, value),
        }
    }

    fn wrong_type(&mut self, pointer: &str, kind: Kind, value: &Value) {
        let is_command = COMMANDS.iter().any(|member| pointer.ends_with(member));
        if let (Value::String(text), true) = (value, is_command) {
            let command = self.found.add(Rule::CommandText, pointer, [text]);
            let words: Vec<Value> = text.split_whitespace().map(Value::from).collect();
            let plain = !text.contains(['"', '\'', '\\', '$', '|', '&', ';', '>', '<', '*']);
            if plain && !words.is_empty() {
                command.fix(Fix::set(pointer, words));
            }
            return;
        }
        let wrong = self
            .found
            .add(Rule::WrongType, pointer, [&shown(value), &kind.name()]);
        let Kind::List(item) = kind else { return };
        match (*item, value) {
            (Kind::Text, Value::String(text)) if !text.is_empty() => {
                wrong.fix(Fix::set(pointer, alloc::vec![value.clone()]));
            }
            (Kind::Structure(structure), Value::Object(fields)) => {
                if fields.keys().any(|name| structure.member(name).is_some()) {
                    wrong.fix(Fix::set(pointer, alloc::vec![value.clone()]));
                } else if structure == KeyValuePair::STRUCTURE
                    && fields.values().all(Value::is_string)
                {
                    wrong.fix(Fix::set(pointer, pairs(fields)));
                }
            }
            _ => {}
        }
    }

    fn number_for_text(&mut self, pointer: &str, value: &Value) {
        let is_environment = pointer.contains("/environment/");
        let rule = if is_environment {
            Rule::EnvironmentValue
        } else {
            Rule::NumberForText
        };
        let text = value.to_string();
        let bent = self.found.add(rule, pointer, [&text]);
        bent.fix(Fix::set(pointer, text).surely());
    }

    fn integer(&mut self, pointer: &str, (first, last): (i64, i64), value: &Value) {
        let of_text = |text: &str| text.trim().parse::<Number>().ok()?.as_f64();
        let number = value.as_str().map_or_else(|| value.as_f64(), of_text);
        let Some(number) = number else {
            let kind = Kind::Integer(first, last);
            return self.wrong_type(pointer, kind, value);
        };
        #[expect(clippy::cast_precision_loss, reason = "the bounds are below 2^53")]
        let fits = (first as f64..=last as f64).contains(&number);
        #[expect(clippy::cast_possible_truncation, reason = "within the bounds")]
        let whole = number as i64;
        #[expect(clippy::cast_precision_loss, reason = "the bounds are below 2^53")]
        let is_whole = whole as f64 - number == 0.0;
        if !fits || !is_whole {
            self.out_of_range(pointer, (first, last), value);
        } else if value.is_f64() {
            // 80.0 is 80, but AWS's tools take it for no whole number.
            let wrong = self.out_of_range(pointer, (first, last), value);
            wrong.fix(Fix::set(pointer, whole).surely());
        } else if value.is_string() {
            let bent = self.found.add(
                Rule::TextForNumber,
                pointer,
                [&shown(value), &whole.to_string()],
            );
            bent.fix(Fix::set(pointer, whole).surely());
        }
    }

    fn out_of_range(
        &mut self,
        pointer: &str,
        (first, last): (i64, i64),
        value: &Value,
    ) -> &mut Finding {
        let words = [shown(value), first.to_string(), last.to_string()];
        self.found
            .add(Rule::OutOfRange, pointer, [&words[0], &words[1], &words[2]])
    }

    fn choice(&mut self, pointer: &str, choices: &[&str], text: &str) {
        let all = choices.join(", ");
        let wrong = self.found.add(Rule::NotAChoice, pointer, [text, &all]);
        if let Some(near) = nearest(text, choices.iter().copied()) {
            let fix = Fix::set(pointer, near);
            let same = near.eq_ignore_ascii_case(text);
            wrong.fix(if same { fix.surely() } else { fix });
        }
    }

    fn members(&mut self, pointer: &str, structure: &Structure, fields: &Map<String, Value>) {
        for member in structure.members.iter().filter(|member| member.required) {
            let missing = match fields.get(member.name) {
                None | Some(Value::Null) => true,
                // An empty text says nothing, except to the rule of the family's name.
                Some(Value::String(text)) => {
                    text.is_empty() && member.kind == Kind::Text && member.name != "family"
                }
                Some(_) => false,
            };
            // A definition without containers has a rule of its own.
            if missing && member.name != "containerDefinitions" {
                let pointer = format!("{pointer}/{}", member.name);
                self.found
                    .add(Rule::MissingMember, pointer, [structure.name, member.name]);
            }
        }
        for (name, value) in fields {
            let is_output =
                structure == TaskDefinition::STRUCTURE && OUTPUT_ONLY.contains(&name.as_str());
            let member = structure.member(name);
            if !is_output && member.is_some_and(|member| is_right(member.kind, value)) {
                continue;
            }
            let pointer = format!("{pointer}/{}", escape(name));
            if is_output {
                self.found.add(Rule::OutputOnly, pointer, [name]);
                continue;
            }
            match member {
                Some(member) => self.value(&pointer, member.kind, value),
                None => self.unknown(&pointer, structure, name, value, fields),
            }
        }
    }

    fn unknown(
        &mut self,
        pointer: &str,
        structure: &Structure,
        name: &str,
        value: &Value,
        fields: &Map<String, Value>,
    ) {
        if self.found.0.len() > super::FINDINGS_MAX {
            return;
        }
        let habits = HABITS.iter().find(|(habit, _)| *habit == name);
        let free = |near: &&str| !fields.contains_key(*near) && structure.member(near).is_some();
        let names = structure.members.iter().map(|member| member.name);
        let near = habits
            .map(|(_, near)| *near)
            .or_else(|| nearest(name, names));
        let near = near.filter(free);
        let unknown = self.found.add(
            Rule::UnknownMember,
            pointer,
            [structure.name, name, near.unwrap_or_default()],
        );
        if let Some(near) = near {
            unknown.fix(Fix::rename(pointer, near, value));
        }
    }
}

/// Members that people carry over from elsewhere (task-definition.md 1.2 and section 3).
const HABITS: [(&str, &str); 5] = [
    ("portBindings", "portMappings"),
    ("ports", "portMappings"),
    ("env", "environment"),
    ("entrypoint", "entryPoint"),
    ("volumeMounts", "mountPoints"),
];

/// Members that hold commands.
const COMMANDS: [&str; 2] = ["/command", "/entryPoint"];

/// Whether a plain value is just as it should be: nearly all are, and need no place.
fn is_right(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Text, Value::String(text)) => !is_placeholder(text),
        (Kind::Choice(choices), Value::String(text)) => choices.contains(&text.as_str()),
        (Kind::Boolean, Value::Bool(_)) => true,
        (Kind::Integer(first, last), Value::Number(number)) => number
            .as_i64()
            .is_some_and(|number| (first..=last).contains(&number)),
        _ => false,
    }
}

/// Whether `pointer` leads to a word of a command.
fn is_in_command(pointer: &str) -> bool {
    let list = pointer.rsplit_once('/').map_or("", |(list, _)| list);
    COMMANDS.iter().any(|member| list.ends_with(member))
}

/// An object of variables, as Compose has it, as the list that ECS has.
fn pairs(fields: &Map<String, Value>) -> Vec<Value> {
    let pair = |(name, value): (&String, &Value)| {
        let mut pair = Map::new();
        pair.insert("name".into(), name.as_str().into());
        pair.insert("value".into(), value.clone());
        Value::Object(pair)
    };
    fields.iter().map(pair).collect()
}

/// A reference of CloudFormation, whose value is known only when the stack is made.
fn is_intrinsic(value: &Value) -> bool {
    let one = value.as_object().filter(|fields| fields.len() == 1);
    let name = one.and_then(|fields| fields.keys().next());
    name.is_some_and(|name| name == "Ref" || name.starts_with("Fn::"))
}

/// A value as a message shows it.
fn shown(value: &Value) -> String {
    clipped(&value.to_string(), 40)
}
