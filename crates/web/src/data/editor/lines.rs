//! Members as lines of a form: one field a line, lists as rows, structures under a heading.

use super::Complaint;
use super::change::kind_at;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use stowplan_core::severity::Severity;
use stowplan_core::source::escape;
use stowplan_core::taskdef::{Kind, Member, Structure};

/// How a value is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// A line of text.
    Text,
    /// A name that other things refer to: taken in when the field is left.
    Late,
    /// Text of several lines.
    Tall,
    /// A whole number.
    Number,
    /// One of these texts, or none.
    Choice(&'static [&'static str]),
    /// JSON, where a value does not fit its field.
    Raw,
}

/// A field with its present value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// AWS's name of it.
    pub label: String,
    /// Unit of the value, or nothing.
    pub unit: &'static str,
    /// One sentence about it.
    pub help: &'static str,
    /// The value as text.
    pub value: String,
    /// Whether there is a value.
    pub is_set: bool,
    /// Whether AWS requires one.
    pub is_required: bool,
}

/// A field's id, which is its JSON pointer within the definition, and how it is edited. The name
/// of an entry of a map has the entry's pointer behind an equals sign.
pub type Key = (String, Control);

/// A line of the form. A line whose words or controls change is another line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// One field.
    Field {
        /// Depth of nesting.
        depth: usize,
        /// It.
        cell: Key,
    },
    /// An entry of a list or map, its fields side by side.
    Item {
        /// Depth of nesting.
        depth: usize,
        /// JSON pointer of the entry.
        pointer: String,
        /// Its fields.
        cells: Vec<Key>,
    },
    /// The head of a list, map, structure or entry.
    Heading {
        /// Depth of nesting.
        depth: usize,
        /// JSON pointer of what it heads.
        pointer: String,
        /// Its name.
        label: String,
        /// One sentence about it.
        help: &'static str,
        /// Whether something can be added to it.
        adds: bool,
        /// Whether it can be taken out.
        removes: bool,
    },
}

impl Line {
    /// How bad the worst error or warning about a field of the line, or what it heads, is.
    pub(super) fn worst(&self, complaints: &BTreeMap<String, Complaint>) -> Option<Severity> {
        let (head, cells) = match self {
            Self::Field { cell, .. } => (None, std::slice::from_ref(cell)),
            Self::Item { pointer, cells, .. } => (Some(pointer), cells.as_slice()),
            Self::Heading { pointer, .. } => (Some(pointer), &[][..]),
        };
        let ids = head.into_iter().chain(cells.iter().map(|(id, _)| id));
        let severities = ids.filter_map(|id| complaints.get(id).map(|it| it.severity));
        severities.filter(|it| *it != Severity::Info).min()
    }

    /// The first field of the entry at `pointer`, if the line is that entry.
    pub(super) fn first_cell_at(&self, wanted: &str) -> Option<&str> {
        match self {
            Self::Item { pointer, cells, .. } if pointer == wanted => {
                cells.first().map(|(id, _)| id.as_str())
            }
            Self::Heading { pointer, .. } if pointer == wanted => Some(pointer),
            Self::Field { .. } | Self::Item { .. } | Self::Heading { .. } => None,
        }
    }
}

/// A pointer and those above it, up to the whole.
pub(super) fn upwards(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |pointer| {
        pointer.rsplit_once('/').map(|(parent, _)| parent)
    })
}

const BOOLEAN: &[&str] = &["true", "false"];

/// How a value is edited, and how it reads.
pub(super) fn control_of(pointer: &str, kind: Kind, value: Option<&Value>) -> (Control, String) {
    let fitting = match kind {
        Kind::Text if is_name(pointer) => Control::Late,
        Kind::Text => Control::Text,
        Kind::Integer(..) => Control::Number,
        Kind::Boolean => Control::Choice(BOOLEAN),
        Kind::Choice(options) => Control::Choice(options),
        Kind::List(_) | Kind::Map | Kind::Structure(_) | Kind::Any => Control::Raw,
    };
    match value {
        None => (fitting, String::new()),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => (fitting, value.to_string()),
        Some(Value::String(text)) if fitting != Control::Raw => control_of_text(fitting, text),
        Some(other) => (Control::Raw, other.to_string()),
    }
}

/// A field of the browser would change some texts by showing them.
fn control_of_text(fitting: Control, text: &str) -> (Control, String) {
    let fits_lines = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if !text.contains(char::is_control) {
        return (fitting, text.into());
    }
    if fitting == Control::Text && text.chars().all(fits_lines) {
        return (Control::Tall, text.into());
    }
    (Control::Raw, Value::from(text).to_string())
}

/// Whether what stands there is a name that other things refer to.
pub(super) fn is_name(pointer: &str) -> bool {
    let parts: Vec<&str> = pointer.split('/').collect();
    matches!(
        parts.as_slice(),
        ["", "family"] | ["", "containerDefinitions", _, "name"]
    )
}

/// Makes lines.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) cells: BTreeMap<String, Cell>,
    lines: Vec<Line>,
    headings: BTreeSet<String>,
}

/// Where a member stands.
#[derive(Clone, Copy)]
struct Level {
    depth: usize,
    /// Whether it is part of an entry of a list, where structures that are not set stay away.
    in_item: bool,
}

const TOP: Level = Level {
    depth: 0,
    in_item: false,
};

impl Level {
    fn inside(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }
}

impl Builder {
    /// The lines made since.
    pub(super) fn take(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// The field or heading that tells of what is wrong at `pointer`.
    pub(super) fn anchor<'a>(&'a self, pointer: &'a str) -> Option<&'a str> {
        upwards(pointer).find(|it| self.cells.contains_key(*it) || self.headings.contains(*it))
    }

    /// A member of the page's own structure.
    pub(super) fn member(&mut self, base: &str, member: &Member, value: Option<&Value>) {
        let pointer = format!("{base}/{}", member.name);
        self.lines_of(&pointer, member.kind, &about(member), value, TOP);
    }

    /// A member that the structure does not have.
    pub(super) fn unknown(&mut self, base: &str, name: &str, value: &Value) {
        self.unknown_at(base, name, value, TOP);
    }

    /// A value that is not the structure that it should be.
    pub(super) fn whole(&mut self, pointer: &str, value: Option<&Value>) {
        let cell = self.cell(pointer, Kind::Any, &plain(String::new()), value);
        self.lines.push(Line::Field { depth: 0, cell });
    }

    fn unknown_at(&mut self, base: &str, name: &str, value: &Value, at: Level) {
        let pointer = format!("{base}/{}", escape(name));
        let label = Cell {
            help: "kept in the document and left out of the export",
            ..plain(name.into())
        };
        let cell = self.cell(&pointer, Kind::Any, &label, Some(value));
        let depth = at.depth;
        self.lines.push(Line::Field { depth, cell });
    }

    fn cell(&mut self, pointer: &str, kind: Kind, about: &Cell, value: Option<&Value>) -> Key {
        let (control, shown) = control_of(pointer, kind, value);
        let cell = Cell {
            value: shown,
            is_set: value.is_some(),
            ..about.clone()
        };
        self.cells.insert(pointer.into(), cell);
        (pointer.into(), control)
    }

    fn heading(
        &mut self,
        pointer: &str,
        about: &Cell,
        (adds, removes): (bool, bool),
        depth: usize,
    ) {
        self.headings.insert(pointer.into());
        self.lines.push(Line::Heading {
            depth,
            pointer: pointer.into(),
            label: about.label.clone(),
            help: about.help,
            adds,
            removes,
        });
    }

    fn lines_of(
        &mut self,
        pointer: &str,
        kind: Kind,
        about: &Cell,
        value: Option<&Value>,
        at: Level,
    ) {
        match (kind, value) {
            (Kind::List(item), None) => self.list(pointer, about, *item, &[], at),
            (Kind::List(item), Some(Value::Array(items))) => {
                self.list(pointer, about, *item, items, at);
            }
            (Kind::Map, None) => self.heading(pointer, about, (true, false), at.depth),
            (Kind::Map, Some(Value::Object(fields))) => {
                self.heading(pointer, about, (true, false), at.depth);
                for (name, value) in fields {
                    self.entry(pointer, name, value, at.depth);
                }
            }
            (Kind::Structure(_), None) if at.in_item => {
                self.heading(pointer, about, (true, false), at.depth);
            }
            (Kind::Structure(structure), None) => {
                self.heading(pointer, about, (false, false), at.depth);
                self.members(pointer, structure, None, at.inside());
            }
            (Kind::Structure(structure), Some(value @ Value::Object(_))) => {
                self.heading(pointer, about, (false, true), at.depth);
                self.members(pointer, structure, Some(value), at.inside());
            }
            (kind, value) => {
                let cell = self.cell(pointer, kind, about, value);
                let depth = at.depth;
                self.lines.push(Line::Field { depth, cell });
            }
        }
    }

    fn members(&mut self, base: &str, structure: &Structure, value: Option<&Value>, at: Level) {
        for member in structure.members {
            let pointer = format!("{base}/{}", member.name);
            let inner = value.and_then(|value| value.get(member.name));
            let about = Cell {
                is_required: member.required && value.is_some(),
                ..about(member)
            };
            self.lines_of(&pointer, member.kind, &about, inner, at);
        }
        let fields = value.and_then(Value::as_object);
        for (name, value) in fields.into_iter().flatten() {
            if structure.member(name).is_none() {
                self.unknown_at(base, name, value, at);
            }
        }
    }

    fn list(&mut self, pointer: &str, about: &Cell, item: Kind, items: &[Value], at: Level) {
        self.heading(pointer, about, (true, false), at.depth);
        for (place, value) in items.iter().enumerate() {
            self.item(&format!("{pointer}/{place}"), item, place, value, at.depth);
        }
    }

    /// An entry on one row, or under a heading where it has lists or structures of its own.
    fn item(&mut self, pointer: &str, kind: Kind, place: usize, value: &Value, depth: usize) {
        let at = Level {
            depth: depth + 1,
            in_item: true,
        };
        let (Kind::Structure(structure), Value::Object(fields)) = (kind, value) else {
            let cell = self.cell(pointer, kind, &plain((place + 1).to_string()), Some(value));
            return self.row(pointer, vec![cell], depth);
        };
        let is_flat = structure.members.iter().all(|member| is_flat(member.kind))
            && fields.keys().all(|name| structure.member(name).is_some());
        if !is_flat {
            let label = format!("{} {}", structure.name, place + 1);
            self.heading(pointer, &plain(label), (false, true), depth);
            return self.members(pointer, structure, Some(value), at);
        }
        let members = structure.members.iter().map(|member| {
            let pointer = format!("{pointer}/{}", member.name);
            self.cell(
                &pointer,
                member.kind,
                &about(member),
                fields.get(member.name),
            )
        });
        let cells = members.collect();
        self.row(pointer, cells, depth);
    }

    /// An entry of a map.
    fn entry(&mut self, map: &str, name: &str, value: &Value, depth: usize) {
        let pointer = format!("{map}/{}", escape(name));
        let named = Cell {
            value: name.into(),
            is_set: true,
            ..plain("name".into())
        };
        let id = format!("={pointer}");
        self.cells.insert(id.clone(), named);
        let kind = kind_at(&pointer);
        let cell = self.cell(&pointer, kind, &plain("value".into()), Some(value));
        self.row(&pointer, vec![(id, Control::Late), cell], depth);
    }

    fn row(&mut self, pointer: &str, cells: Vec<Key>, depth: usize) {
        self.headings.insert(pointer.into());
        self.lines.push(Line::Item {
            depth,
            pointer: pointer.into(),
            cells,
        });
    }
}

const fn is_flat(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Integer(..) | Kind::Boolean | Kind::Choice(_) | Kind::Any
    )
}

/// A member's field without a value.
fn about(member: &Member) -> Cell {
    Cell {
        unit: member.unit,
        help: member.help,
        is_required: member.required,
        ..plain(member.name.into())
    }
}

/// A field of which nothing but its name is known.
const fn plain(label: String) -> Cell {
    Cell {
        label,
        unit: "",
        help: "",
        value: String::new(),
        is_set: false,
        is_required: false,
    }
}
