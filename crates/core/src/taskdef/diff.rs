//! What differs between two revisions, as ECS would see it.
//!
//! Things are matched by their names, not by their positions, and what AWS fills in counts as
//! absent: 0 CPU units, `essential` true, empty lists, the host port of awsvpc mode
//! (task-definition.md 1.2, last but two).

use super::{Kind, NetworkMode, OUTPUT_ONLY, TaskDefinition, cpu_units, memory_mib, straightened};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The container that it is in, if it is in one.
    pub container: Option<String>,
    /// Where within the container or task: names of members and, in lists, of their entries.
    pub path: Vec<String>,
    /// Unit of the values, or nothing.
    pub unit: &'static str,
    /// The value before, `None` where there was none.
    pub before: Option<Value>,
    /// The value after, `None` where there is none.
    pub after: Option<Value>,
}

/// Everything that differs, containers in the order of `before`, then new ones.
#[must_use]
pub fn diff(before: &TaskDefinition, after: &TaskDefinition) -> Vec<Difference> {
    let (mut before, mut after) = (plain(before), plain(after));
    let mut found = Vec::new();
    let containers = |task: &mut Map<String, Value>| match task.remove("containerDefinitions") {
        Some(Value::Array(items)) => items,
        Some(_) | None => Vec::new(),
    };
    let (old, new) = (containers(&mut before), containers(&mut after));
    let kind = Kind::Structure(TaskDefinition::STRUCTURE);
    let task = Walk {
        container: None,
        found: &mut found,
    };
    task.compare(kind, (&Value::Object(before), &Value::Object(after)));
    let old_names = names(&old);
    let new_names = names(&new);
    let of = |items: &[Value], names: &[String], name: &str| {
        let at = names.iter().position(|known| known == name)?;
        items.get(at).cloned()
    };
    let only_new = new_names.iter().filter(|name| !old_names.contains(name));
    for name in old_names.iter().chain(only_new) {
        let pair = (of(&old, &old_names, name), of(&new, &new_names, name));
        let (Some(old), Some(new)) = pair else {
            found.push(Difference {
                container: Some(name.clone()),
                path: Vec::new(),
                unit: "",
                before: pair.0,
                after: pair.1,
            });
            continue;
        };
        let walk = Walk {
            container: Some(name),
            found: &mut found,
        };
        walk.compare(
            Kind::Structure(super::ContainerDefinition::STRUCTURE),
            (&old, &new),
        );
    }
    found
}

/// The names of the entries of a list; a second entry of one name is told apart by a count.
fn names(items: &[Value]) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let keys = items.iter().enumerate().map(|(at, item)| {
        let name = entry_name(item).unwrap_or_else(|| (at + 1).to_string());
        let count = known.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => name,
            count => format!("{name} ({count})"),
        }
    });
    keys.collect()
}

/// What an entry of a list is known by.
fn entry_name(item: &Value) -> Option<String> {
    let text = |name: &str| match item.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    if let Some(port) = text("containerPort").or_else(|| text("containerPortRange")) {
        return Some(match text("protocol") {
            Some(protocol) => format!("{port}/{protocol}"),
            None => port,
        });
    }
    let keys = [
        "name",
        "containerPath",
        "containerName",
        "sourceContainer",
        "hostPath",
        "namespace",
        "key",
        "hostname",
        "deviceName",
        "value",
        "expression",
        "type",
    ];
    keys.iter().find_map(|key| text(key))
}

struct Walk<'a> {
    container: Option<&'a str>,
    found: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn compare(mut self, kind: Kind, pair: (&Value, &Value)) {
        self.values(&mut Vec::new(), kind, "", (Some(pair.0), Some(pair.1)));
    }

    fn values(
        &mut self,
        path: &mut Vec<String>,
        kind: Kind,
        unit: &'static str,
        (before, after): (Option<&Value>, Option<&Value>),
    ) {
        if before == after {
            return;
        }
        match (kind, before, after) {
            (_, Some(Value::Object(old)), Some(Value::Object(new))) => {
                self.members(path, kind, old, new);
            }
            (Kind::List(item), Some(Value::Array(old)), Some(Value::Array(new)))
                if matches!(item, Kind::Structure(_)) =>
            {
                self.entries(path, *item, old, new);
            }
            // A new or gone list is told entry by entry.
            (Kind::List(item), Some(Value::Array(old)), None)
                if matches!(item, Kind::Structure(_)) =>
            {
                self.entries(path, *item, old, &[]);
            }
            (Kind::List(item), None, Some(Value::Array(new)))
                if matches!(item, Kind::Structure(_)) =>
            {
                self.entries(path, *item, &[], new);
            }
            _ => self.found.push(Difference {
                container: self.container.map(ToString::to_string),
                path: path.clone(),
                unit,
                before: before.cloned(),
                after: after.cloned(),
            }),
        }
    }

    fn members(
        &mut self,
        path: &mut Vec<String>,
        kind: Kind,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        let known = match kind {
            Kind::Structure(structure) => structure.members,
            Kind::Text
            | Kind::Integer(..)
            | Kind::Boolean
            | Kind::Choice(_)
            | Kind::List(_)
            | Kind::Map
            | Kind::Any => &[],
        };
        let is_known = |name: &String| known.iter().any(|member| member.name == name);
        let others = old
            .keys()
            .chain(new.keys().filter(|name| !old.contains_key(*name)));
        let others: Vec<&String> = others.filter(|name| !is_known(name)).collect();
        let in_order = known
            .iter()
            .map(|member| (member.name, member.kind, member.unit))
            .chain(
                others
                    .into_iter()
                    .map(|name| (name.as_str(), Kind::Any, "")),
            );
        for (name, kind, unit) in in_order {
            path.push(name.to_string());
            self.values(path, kind, unit, (old.get(name), new.get(name)));
            path.pop();
        }
    }

    fn entries(&mut self, path: &mut Vec<String>, item: Kind, old: &[Value], new: &[Value]) {
        let (old_names, new_names) = (names(old), names(new));
        let of = |items: &[Value], names: &[String], name: &String| {
            let at = names.iter().position(|known| known == name)?;
            items.get(at).cloned()
        };
        let only_new = new_names.iter().filter(|name| !old_names.contains(name));
        for name in old_names.iter().chain(only_new) {
            let pair = (of(old, &old_names, name), of(new, &new_names, name));
            path.push(name.clone());
            self.values(path, item, "", (pair.0.as_ref(), pair.1.as_ref()));
            path.pop();
        }
    }
}

/// The members that say something, in one form each.
fn plain(definition: &TaskDefinition) -> Map<String, Value> {
    let mut task = match straightened(definition) {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    };
    task.retain(|name, _| !OUTPUT_ONLY.contains(&name.as_str()));
    for name in ["cpu", "memory"] {
        let read = if name == "cpu" { cpu_units } else { memory_mib };
        let text = match task.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) | None => continue,
        };
        if let Some(size) = read(&text) {
            task.insert(name.into(), size.into());
        }
    }
    let shared = matches!(
        definition.network_mode,
        Some(NetworkMode::Awsvpc | NetworkMode::Host)
    );
    if task.get("networkMode") == Some(&Value::from("bridge")) {
        task.remove("networkMode");
    }
    if let Some(Value::Array(platforms)) = task.get_mut("requiresCompatibilities") {
        // A set: its order says nothing.
        crate::sort::sort_by(platforms, |a, b| a.as_str().cmp(&b.as_str()));
    }
    if let Some(Value::Array(containers)) = task.get_mut("containerDefinitions") {
        containers.iter_mut().for_each(|it| container(it, shared));
    }
    let mut task = Value::Object(task);
    without_empties(&mut task);
    match task {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// What AWS fills in is taken out.
fn container(container: &mut Value, shared_network: bool) {
    let Value::Object(members) = container else {
        return;
    };
    let defaults = [
        ("cpu", Value::from(0)),
        ("essential", Value::from(true)),
        ("versionConsistency", Value::from("enabled")),
    ];
    for (name, default) in defaults {
        if members.get(name) == Some(&default) {
            members.remove(name);
        }
    }
    for flag in [
        "privileged",
        "readonlyRootFilesystem",
        "interactive",
        "pseudoTerminal",
        "disableNetworking",
    ] {
        if members.get(flag) == Some(&Value::Bool(false)) {
            members.remove(flag);
        }
    }
    let checks = [
        ("interval", 30),
        ("timeout", 5),
        ("retries", 3),
        ("startPeriod", 0),
    ];
    if let Some(Value::Object(check)) = members.get_mut("healthCheck") {
        check.retain(|name, value| {
            !checks
                .iter()
                .any(|(known, default)| name == known && *value == *default)
        });
    }
    for list in ["mountPoints", "volumesFrom"] {
        let entries = members.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            if entry.get("readOnly") == Some(&Value::Bool(false)) {
                entry.remove("readOnly");
            }
        }
    }
    let Some(Value::Array(mappings)) = members.get_mut("portMappings") else {
        return;
    };
    for mapping in mappings.iter_mut().filter_map(Value::as_object_mut) {
        let same = shared_network && mapping.get("hostPort") == mapping.get("containerPort");
        if same || mapping.get("hostPort") == Some(&Value::from(0)) {
            mapping.remove("hostPort");
        }
        if mapping.get("protocol") == Some(&Value::from("tcp")) {
            mapping.remove("protocol");
        }
    }
}

/// Null and empty lists and objects are absence.
fn without_empties(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_empties),
        Value::Object(fields) => {
            fields.values_mut().for_each(without_empties);
            fields.retain(|_, value| match value {
                Value::Null => false,
                Value::Array(items) => !items.is_empty(),
                Value::Object(fields) => !fields.is_empty(),
                Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
