//! The task-definition editor as data: sections, grouped fields, the JSON beside them and what is
//! wrong with both. Everything is driven by the structures of the core; no field is named here
//! but to say which group it belongs to.

mod change;
mod groups;
mod lines;
mod text;

pub use change::{add, add_container, fill, remove};
pub use lines::{Cell, Control, Key, Line};
pub use text::{Draft, meaning, written};

use groups::Group;
use lines::Builder;
use serde_json::Value;
use std::collections::BTreeMap;
use stowplan_core::design::Design;
use stowplan_core::severity::Severity;
use stowplan_core::source::{Place, Span, segments};
use stowplan_core::taskdef::{
    Finding, Fix, Kind, TaskDefinition, check, diff, read_definition, revision_name, targets,
};
use stowplan_core::view::{
    Words, difference_line, difference_summary, finding_words, placed_words, severity_word,
};

/// A page of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// What concerns the whole task.
    #[default]
    Task,
    /// A container, by its position.
    Container(usize),
    /// The volumes.
    Volumes,
    /// The revisions of the family.
    Revisions,
}

/// What the editor is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The document that is shown.
    pub design: &'a Design,
    /// Position of the edited definition in it.
    pub at: usize,
    /// The page of the form.
    pub section: Section,
    /// What was typed as JSON.
    pub draft: Option<&'a Draft>,
}

/// Everything that the editor shows.
#[derive(Clone, Debug, PartialEq)]
pub struct EditorView {
    /// `family:revision`.
    pub name: String,
    /// The page of the form.
    pub section: Section,
    /// All pages.
    pub tabs: Vec<Tab>,
    /// The page's fields.
    pub groups: Vec<GroupView>,
    /// The page's fields by their ids.
    pub cells: BTreeMap<String, Cell>,
    /// What is wrong with fields and headings of the page, by their ids.
    pub complaints: BTreeMap<String, Complaint>,
    /// The JSON.
    pub text: String,
    /// Whether the JSON is not what the form shows, since it cannot be read.
    pub is_broken: bool,
    /// Why the document cannot hold the JSON, where it cannot.
    pub refused: Option<String>,
    /// What is wrong, in the order of the JSON.
    pub problems: Vec<Problem>,
    /// The family's revisions, newest first; empty on other pages.
    pub revisions: Vec<Revision>,
}

/// The handle of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// The page.
    pub section: Section,
    /// Its name.
    pub label: String,
    /// Errors and warnings in it.
    pub problems: usize,
    /// Whether one of them is an error.
    pub has_errors: bool,
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// Heading.
    pub heading: &'static str,
    /// How many of its members are set.
    pub set: usize,
    /// How bad the worst error or warning in it is.
    pub worst: Option<Severity>,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// How bad the worst of it is.
    pub severity: Severity,
    /// All of it in words.
    pub text: String,
}

/// Something wrong, at its place in the JSON and in the definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Its stable id.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Severity as a word.
    pub word: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Line and column in the JSON.
    pub place: Place,
    /// Bytes in the JSON.
    pub span: Span,
    /// JSON pointer into the definition.
    pub pointer: String,
    /// What would mend it.
    pub fix: Option<Fix>,
}

/// A revision of the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// `family:revision`.
    pub name: String,
    /// Whether it is the one that is edited.
    pub is_shown: bool,
    /// What differs from the revision before, in one sentence.
    pub summary: String,
    /// What differs, line by line.
    pub lines: Vec<String>,
}

/// The editor of one definition; `None` where it is gone.
#[must_use]
pub fn view(source: &Source<'_>) -> Option<EditorView> {
    let definition = source.design.task_definitions.get(source.at)?;
    let name = name_at(source.design, source.at)?;
    let json = text::text(definition, source.draft);
    let problems: Vec<Problem> = json.placed.iter().map(problem).collect();
    let findings: Vec<Finding> = if json.is_broken {
        check(definition, &targets(definition))
    } else {
        json.placed.into_iter().map(|it| it.finding).collect()
    };
    let value = Value::Object(definition.to_members());
    let section = existing(source.section, &value);
    let mut builder = Builder::default();
    let groups = page(&mut builder, section, &value);
    let complaints = complaints(&builder, section, &findings);
    let groups = groups.into_iter().map(|(group, set, lines)| GroupView {
        heading: group.heading,
        set,
        worst: lines
            .iter()
            .filter_map(|line| line.worst(&complaints))
            .min(),
        lines,
    });
    Some(EditorView {
        section,
        tabs: tabs(&value, &findings),
        groups: groups.collect(),
        cells: builder.cells,
        complaints,
        text: json.text,
        is_broken: json.is_broken,
        refused: json
            .is_broken
            .then(|| source.draft?.refused.clone())
            .flatten(),
        problems,
        revisions: match section {
            Section::Revisions => revisions(source, definition),
            Section::Task | Section::Container(_) | Section::Volumes => Vec::new(),
        },
        name,
    })
}

/// The name of the definition at a position of the document.
#[must_use]
pub fn name_at(design: &Design, at: usize) -> Option<String> {
    let family = &design.task_definitions.get(at)?.family;
    let (number, ..) = design
        .revisions(family)
        .find(|(_, place, _)| *place == at)?;
    Some(revision_name(family, number))
}

/// The page that a place of the definition is on.
#[must_use]
pub fn section_of(pointer: &str) -> Section {
    let keys = segments(pointer);
    let key = |at: usize| keys.get(at).map_or("", String::as_str);
    match (key(0), key(1).parse()) {
        ("containerDefinitions", Ok(at)) => Section::Container(at),
        ("volumes", _) => Section::Volumes,
        _ => Section::Task,
    }
}

/// A container that is gone gives way to the task.
fn existing(section: Section, definition: &Value) -> Section {
    match section {
        Section::Container(at) if at >= containers(definition).len() => Section::Task,
        Section::Task | Section::Container(_) | Section::Volumes | Section::Revisions => section,
    }
}

fn containers(definition: &Value) -> &[Value] {
    let containers = definition.get("containerDefinitions");
    containers
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn tabs(definition: &Value, findings: &[Finding]) -> Vec<Tab> {
    let containers = containers(definition)
        .iter()
        .enumerate()
        .map(|(at, container)| {
            let name = container.get("name").and_then(Value::as_str);
            let name = name.filter(|name| !name.is_empty());
            let label = name.map_or_else(|| format!("container {}", at + 1), String::from);
            (Section::Container(at), label)
        });
    let first = [(Section::Task, "Task".to_string())].into_iter();
    let last = [
        (Section::Volumes, "Volumes".to_string()),
        (Section::Revisions, "Revisions".to_string()),
    ];
    let tab = |(section, label): (Section, String)| {
        let of_it = findings
            .iter()
            .filter(|it| section_of(&it.pointer) == section);
        let severities = of_it.map(|it| it.rule.severity());
        let bad: Vec<_> = severities.filter(|it| *it != Severity::Info).collect();
        Tab {
            section,
            label,
            problems: bad.len(),
            has_errors: bad.contains(&Severity::Error),
        }
    };
    first.chain(containers).chain(last).map(tab).collect()
}

/// The groups of a page, each with how many of its members are set.
fn page(
    builder: &mut Builder,
    section: Section,
    definition: &Value,
) -> Vec<(Group, usize, Vec<Line>)> {
    let (base, kind, groups) = match section {
        Section::Task => (String::new(), structure(), groups::TASK),
        Section::Container(at) => {
            let base = format!("/containerDefinitions/{at}");
            let kind = change::kind_at(&base);
            (base, kind, groups::CONTAINER)
        }
        Section::Volumes => return vec![volumes(builder, definition)],
        Section::Revisions => return Vec::new(),
    };
    let value = definition.pointer(&base);
    let (Kind::Structure(structure), Some(Value::Object(fields))) = (kind, value) else {
        builder.whole(&base, value);
        let whole = Group {
            heading: "Container",
            members: &[],
        };
        return vec![(whole, 1, builder.take())];
    };
    let mut made: Vec<(Group, usize, Vec<Line>)> = Vec::new();
    for group in groups {
        for name in group.members {
            if let Some(member) = structure.member(name) {
                builder.member(&base, member, fields.get(*name));
            }
        }
        let set = group
            .members
            .iter()
            .filter(|name| fields.contains_key(**name));
        made.push((*group, set.count(), builder.take()));
    }
    let others = groups::others(groups, fields);
    for name in &others {
        builder.unknown(&base, name, &fields[*name]);
    }
    if !others.is_empty() {
        made.push((groups::OTHERS, others.len(), builder.take()));
    }
    made
}

fn structure() -> Kind {
    Kind::Structure(TaskDefinition::STRUCTURE)
}

fn volumes(builder: &mut Builder, definition: &Value) -> (Group, usize, Vec<Line>) {
    let value = definition.get("volumes");
    if let Some(member) = TaskDefinition::STRUCTURE.member("volumes") {
        builder.member("", member, value);
    }
    (
        groups::VOLUMES,
        usize::from(value.is_some()),
        builder.take(),
    )
}

fn complaints(
    builder: &Builder,
    section: Section,
    findings: &[Finding],
) -> BTreeMap<String, Complaint> {
    let mut complaints: BTreeMap<String, Complaint> = BTreeMap::new();
    let here = findings
        .iter()
        .filter(|it| section_of(&it.pointer) == section);
    for finding in here {
        let Some(anchor) = builder.anchor(&finding.pointer) else {
            continue;
        };
        let text = sentence(finding_words(finding));
        let severity = finding.rule.severity();
        match complaints.get_mut(anchor) {
            None => drop(complaints.insert(anchor.into(), Complaint { severity, text })),
            Some(known) => {
                known.severity = known.severity.min(severity);
                known.text = format!("{}\n{text}", known.text);
            }
        }
    }
    complaints
}

fn sentence(words: Words) -> String {
    match words.hint {
        Some(hint) => format!("{}; {hint}", words.message),
        None => words.message,
    }
}

fn problem(placed: &stowplan_core::taskdef::Placed) -> Problem {
    let words = placed_words(placed);
    let finding = &placed.finding;
    Problem {
        id: finding.rule.id(),
        severity: finding.rule.severity(),
        word: severity_word(finding.rule.severity()),
        message: words.message,
        hint: words.hint,
        place: placed.place,
        span: placed.span,
        pointer: finding.pointer.clone(),
        fix: finding.fix.clone(),
    }
}

fn revisions(source: &Source<'_>, shown: &TaskDefinition) -> Vec<Revision> {
    let mut before: Option<&TaskDefinition> = None;
    let mut revisions = Vec::new();
    for (number, at, definition) in source.design.revisions(&shown.family) {
        let (summary, lines) = match before {
            None => ("the first revision here".to_string(), Vec::new()),
            Some(before) => {
                let found = diff(before, definition);
                let lines = found.iter().map(difference_line).collect();
                (difference_summary(&found), lines)
            }
        };
        revisions.push(Revision {
            name: revision_name(&shown.family, number),
            is_shown: at == source.at,
            summary,
            lines,
        });
        before = Some(definition);
    }
    revisions.reverse();
    revisions
}

/// The field or heading of the page nearest to a place of the definition.
#[must_use]
pub fn field_at<'a>(view: &'a EditorView, pointer: &str) -> Option<&'a str> {
    let headings = || view.groups.iter().flat_map(|group| &group.lines);
    let known = |wanted: &str| {
        let cell = view.cells.get_key_value(wanted).map(|(id, _)| id.as_str());
        cell.or_else(|| headings().find_map(|line| line.first_cell_at(wanted)))
    };
    lines::upwards(pointer).find_map(known)
}

/// The place of a byte in a text as the browser counts: in UTF-16 units.
#[must_use]
pub fn utf16(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).encode_utf16().count()
}

/// A definition to which the changes of a fix were made.
#[must_use]
pub fn changed(definition: &TaskDefinition, fix: &Fix) -> Value {
    let mut value = Value::Object(definition.to_members());
    fix.apply(&mut value);
    value
}

/// The draft after the same changes, laid out as it was; `None` where there is none.
#[must_use]
pub fn draft_after(draft: &Draft, fix: &Fix) -> Option<Draft> {
    let text = read_definition(&draft.text).fixed(&draft.text, fix)?;
    Some(Draft {
        text,
        refused: None,
    })
}

#[cfg(test)]
mod tests;
