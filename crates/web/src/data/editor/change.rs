//! What typing into a field, adding and removing mean for the definition, as changes that can be
//! made to its value and to its text alike.

use super::lines::{Control, control_of};
use serde_json::{Map, Value, json};
use stowplan_core::source::{escape, segments};
use stowplan_core::taskdef::{Change, Fix, Kind, TaskDefinition};

/// What may stand at a pointer of the definition.
pub(super) fn kind_at(pointer: &str) -> Kind {
    let whole = Kind::Structure(TaskDefinition::STRUCTURE);
    let keys = segments(pointer);
    let found = keys.iter().try_fold(whole, |kind, key| kind.inner(key));
    found.unwrap_or(Kind::Any)
}

/// Typing `text` into the field `id`. Nothing is refused: what is no number stays as text, and
/// the checks tell of it.
#[must_use]
pub fn fill(definition: &Value, id: &str, text: &str) -> Fix {
    if let Some(pointer) = id.strip_prefix('=') {
        return rename_entry(definition, pointer, text);
    }
    let kind = kind_at(id);
    let (control, _) = control_of(id, kind, definition.pointer(id));
    let value = match (control, text) {
        (Control::Text | Control::Late | Control::Tall, "") if keeps_empty(id) => Some(json!("")),
        (_, "") => None,
        (Control::Raw, _) => Some(serde_json::from_str(text).unwrap_or_else(|_| json!(text))),
        (Control::Text | Control::Late | Control::Tall, _) => Some(json!(text)),
        (Control::Number | Control::Choice(_), _) => Some(scalar(kind, text)),
    };
    let Some(value) = value else {
        return remove(definition, id);
    };
    let mut fix = fix(vec![set(id, value)]);
    fix.changes.extend(references(definition, id, text));
    fix
}

/// A number or truth value where the text is one.
fn scalar(kind: Kind, text: &str) -> Value {
    let read: Option<Value> = match kind {
        Kind::Integer(..) => text.trim().parse::<i64>().ok().map(Value::from),
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Text
        | Kind::Choice(_)
        | Kind::List(_)
        | Kind::Map
        | Kind::Structure(_)
        | Kind::Any => None,
    };
    read.unwrap_or_else(|| text.into())
}

/// Whether an emptied field is a value: an item of a list or map, or the value of a pair.
fn keeps_empty(pointer: &str) -> bool {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    pointer.ends_with("/value") || matches!(kind_at(parent), Kind::List(_) | Kind::Map)
}

/// A map's entry under another name. A name that is taken stays with the entry that has it.
fn rename_entry(definition: &Value, pointer: &str, name: &str) -> Fix {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let renamed = format!("{parent}/{}", escape(name));
    match definition.pointer(pointer) {
        Some(value) if definition.pointer(&renamed).is_none() => {
            fix(vec![set(&renamed, value.clone()), gone(pointer)])
        }
        Some(_) | None => fix(Vec::new()),
    }
}

/// Where a container gets another name, what refers to it follows.
fn references(definition: &Value, pointer: &str, name: &str) -> Vec<Change> {
    let Some(of) = pointer
        .strip_prefix("/containerDefinitions/")
        .and_then(|rest| rest.strip_suffix("/name"))
        .filter(|at| !at.contains('/'))
    else {
        return Vec::new();
    };
    let containers = definition
        .get("containerDefinitions")
        .and_then(Value::as_array);
    let containers = containers.map_or(&[][..], Vec::as_slice);
    let named = |value: &Value| value.get("name").and_then(Value::as_str).map(String::from);
    let before = of
        .parse()
        .ok()
        .and_then(|at: usize| containers.get(at))
        .and_then(named);
    let Some(before) = before.filter(|before| !before.is_empty()) else {
        return Vec::new();
    };
    let same = containers
        .iter()
        .filter(|it| named(it).as_deref() == Some(&before));
    if same.count() > 1 {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let mut refer = |pointer: String| {
        let found = definition.pointer(&pointer).and_then(Value::as_str);
        let (head, alias) = match found.map(|found| found.split_once(':').unwrap_or((found, ""))) {
            Some(parts) => parts,
            None => return,
        };
        if head == before {
            let colon = if alias.is_empty() { "" } else { ":" };
            changes.push(set(&pointer, json!(format!("{name}{colon}{alias}"))));
        }
    };
    for (at, container) in containers.iter().enumerate() {
        let base = format!("/containerDefinitions/{at}");
        for (list, member) in [
            ("dependsOn", "/containerName"),
            ("volumesFrom", "/sourceContainer"),
            ("links", ""),
        ] {
            let items = container.get(list).and_then(Value::as_array);
            for item in 0..items.map_or(0, Vec::len) {
                refer(format!("{base}/{list}/{item}{member}"));
            }
        }
    }
    refer("/proxyConfiguration/containerName".into());
    changes
}

/// Taking out what is at `pointer`, and what would be empty without it.
#[must_use]
pub fn remove(definition: &Value, pointer: &str) -> Fix {
    let mut gone_with = pointer;
    while let Some((parent, _)) = gone_with.rsplit_once('/') {
        let alone = match definition.pointer(parent) {
            Some(Value::Array(items)) => items.len() == 1,
            // An entry of a list stays, so that its place can be filled again.
            Some(Value::Object(fields)) => fields.len() == 1 && !is_entry(definition, parent),
            Some(_) | None => false,
        };
        if !alone || parent.is_empty() || parent == "/containerDefinitions" {
            break;
        }
        gone_with = parent;
    }
    match definition.pointer(gone_with) {
        Some(_) => fix(vec![gone(gone_with)]),
        None => fix(Vec::new()),
    }
}

fn is_entry(definition: &Value, pointer: &str) -> bool {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    definition.pointer(parent).is_some_and(Value::is_array)
}

/// Adding an entry to the list or map at `pointer`, or beginning the structure there; with the
/// pointer of what was added.
#[must_use]
pub fn add(definition: &Value, pointer: &str) -> (Fix, String) {
    let present = definition.pointer(pointer);
    match kind_at(pointer) {
        Kind::List(item) => {
            let items = present.and_then(Value::as_array);
            let known = items.map_or(&[][..], Vec::as_slice);
            let added = format!("{pointer}/{}", known.len());
            let value = first_value(*item, known);
            let change = match items {
                Some(_) => set(&format!("{pointer}/-"), value),
                None => set(pointer, json!([value])),
            };
            (fix(vec![change]), added)
        }
        Kind::Map => {
            let fields = present.and_then(Value::as_object);
            let taken = |name: &String| fields.is_some_and(|fields| fields.contains_key(name));
            let mut names = (1..).map(|count| match count {
                1 => "name".to_string(),
                count => format!("name{count}"),
            });
            let name = names.find(|name| !taken(name)).unwrap_or_default();
            let added = format!("{pointer}/{name}");
            (fix(vec![set(&added, json!(""))]), format!("={added}"))
        }
        Kind::Structure(structure) => {
            let first = structure.members.first().map_or("", |member| member.name);
            let value = Value::Object(Map::new());
            (fix(vec![set(pointer, value)]), format!("{pointer}/{first}"))
        }
        Kind::Text | Kind::Integer(..) | Kind::Boolean | Kind::Choice(_) | Kind::Any => {
            (fix(Vec::new()), pointer.into())
        }
    }
}

/// What a new entry begins with; of several texts the first that is not there yet.
fn first_value(kind: Kind, known: &[Value]) -> Value {
    match kind {
        Kind::Choice(options) => {
            let free = |option: &&&str| !known.iter().any(|it| it.as_str() == Some(**option));
            let option = options.iter().find(free).or(options.first());
            json!(option.unwrap_or(&""))
        }
        Kind::Integer(..) => json!(0),
        Kind::Boolean => json!(false),
        Kind::List(_) => json!([]),
        Kind::Map | Kind::Structure(_) => json!({}),
        Kind::Text | Kind::Any => json!(""),
    }
}

/// Adding a container with a name that is free; with its position.
#[must_use]
pub fn add_container(definition: &Value) -> (Fix, usize) {
    let containers = definition
        .get("containerDefinitions")
        .and_then(Value::as_array);
    let known = containers.map_or(&[][..], Vec::as_slice);
    let taken = |name: &String| known.iter().any(|it| it.get("name") == Some(&json!(name)));
    let mut names = (1..).map(|count| match count {
        1 => "container".to_string(),
        count => format!("container-{count}"),
    });
    let name = names.find(|name| !taken(name)).unwrap_or_default();
    let container = json!({ "name": name });
    let change = match containers {
        Some(_) => set("/containerDefinitions/-", container),
        None => set("/containerDefinitions", json!([container])),
    };
    (fix(vec![change]), known.len())
}

fn set(pointer: &str, value: Value) -> Change {
    Change {
        pointer: pointer.into(),
        value: Some(value),
    }
}

fn gone(pointer: &str) -> Change {
    Change {
        pointer: pointer.into(),
        value: None,
    }
}

fn fix(changes: Vec<Change>) -> Fix {
    Fix {
        changes,
        is_sure: true,
    }
}
