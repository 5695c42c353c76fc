//! The task-definition editor: which page is open, what was typed as JSON, and what its buttons
//! and fields do. It edits the definition that is selected; the document stays the one truth.
//!
//! What is typed as JSON stays as it was typed, remarks included, as long as it means what the
//! document has. While it cannot be read, the form shows the document and takes nothing in.

use super::{Effect, Session, Sheet};
use crate::data::editor::{
    Draft, EditorView, Section, Source, add, add_container, changed, draft_after, field_at, fill,
    meaning, name_at, remove, section_of, utf16, view,
};
use serde_json::Value;
use std::sync::Arc;
use stowplan_core::design::{Design, Edit, Part, last_segment};
use stowplan_core::scene::Subject;
use stowplan_core::taskdef::{Fix, TaskDefinition, read_definition};

/// What a user wants of the editor.
#[derive(Clone, Debug, PartialEq)]
pub enum EditorIntent {
    /// Edit this revision.
    Open(String),
    /// Show another page.
    Show(Section),
    /// The JSON is now this text.
    Type(String),
    /// Give up what was typed as JSON.
    Revert,
    /// A field has this text.
    Fill {
        /// Its id.
        id: String,
        /// What was typed.
        text: String,
    },
    /// Add an entry to the list or map there.
    Add(String),
    /// Take out what is there.
    Remove(String),
    /// Add a container.
    AddContainer,
    /// Remove a container.
    RemoveContainer(usize),
    /// Mend a problem, by its position in the list.
    Mend(usize),
    /// Show where a problem is, by its position in the list.
    GoTo(usize),
}

/// What the editor keeps beside the document.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    section: Section,
    /// What was typed as JSON, by revision.
    drafts: Vec<(String, Draft)>,
    /// Goes up with every intent.
    stamp: u64,
}

impl Editor {
    /// Goes up when the editor shows something else, whatever the document does.
    #[must_use]
    pub const fn stamp(&self) -> u64 {
        self.stamp
    }

    fn draft(&self, name: &str) -> Option<&Draft> {
        let found = self.drafts.iter().find(|(of, _)| of == name);
        found.map(|(_, draft)| draft)
    }

    /// Drafts stay with their definitions, whatever these are called now.
    fn follow(&mut self, renamed: &[(String, String)]) {
        for (of, _) in &mut self.drafts {
            if let Some((_, now)) = renamed.iter().find(|(old, _)| old == of) {
                of.clone_from(now);
            }
        }
    }

    fn keep(&mut self, name: &str, draft: Option<Draft>) {
        self.drafts.retain(|(of, _)| of != name);
        self.drafts.extend(draft.map(|draft| (name.into(), draft)));
    }
}

/// What is edited.
struct Edited<'a> {
    name: String,
    at: usize,
    definition: &'a TaskDefinition,
}

impl Edited<'_> {
    fn pointer(&self) -> String {
        format!("/taskDefinitions/{}", self.at)
    }

    fn value(&self) -> Value {
        Value::Object(self.definition.to_members())
    }
}

impl Session {
    /// What the editor shows; `None` unless a task definition is selected.
    #[must_use]
    pub fn editor_view(&self) -> Option<EditorView> {
        let edited = self.edited()?;
        view(&Source {
            design: self.shown().design,
            at: edited.at,
            section: self.editor.section,
            draft: self.editor.draft(&edited.name),
        })
    }

    /// What the editor keeps.
    #[must_use]
    pub const fn editor(&self) -> &Editor {
        &self.editor
    }

    fn edited(&self) -> Option<Edited<'_>> {
        let Subject::Part(part @ Part::TaskDefinition(name)) = self.selection.as_ref()? else {
            return None;
        };
        let design = self.shown().design;
        let at = part.pointer(design)?.rsplit('/').next()?.parse().ok()?;
        Some(Edited {
            name: name.clone(),
            at,
            definition: design.task_definitions.get(at)?,
        })
    }

    /// The editor goes with what it edits, and a draft with the revision that it was typed for.
    pub(super) fn keep_editor(&mut self) {
        if !self.editor.drafts.is_empty() {
            let mut drafts = std::mem::take(&mut self.editor.drafts);
            drafts.retain(|(name, _)| {
                let part = Part::TaskDefinition(name.clone());
                let is_in = |design| part.pointer(design).is_some();
                is_in(self.document()) || is_in(self.shown().design)
            });
            self.editor.drafts = drafts;
        }
        if self.sheet == Some(Sheet::Definition) && self.edited().is_none() {
            self.sheet = None;
        }
    }

    pub(super) fn edit_definition(&mut self, intent: EditorIntent) -> Vec<Effect> {
        self.editor.stamp += 1;
        match intent {
            EditorIntent::Open(name) => return self.open_editor(name),
            EditorIntent::Show(section) => self.editor.section = section,
            EditorIntent::Type(text) => self.type_json(text),
            EditorIntent::Revert => {
                if let Some(name) = self.edited().map(|edited| edited.name) {
                    self.editor.keep(&name, None);
                }
            }
            EditorIntent::Fill { id, text } => {
                let key = format!("field {id}");
                self.change(Some(key), |value| fill(value, &id, &text));
            }
            EditorIntent::Add(pointer) => {
                let mut added = String::new();
                self.change(None, |value| {
                    let (fix, place) = add(value, &pointer);
                    added = place;
                    fix
                });
                return self.focus_on(&added);
            }
            EditorIntent::Remove(pointer) => {
                self.change(None, |value| remove(value, &pointer));
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                return self.focus_on(parent);
            }
            EditorIntent::AddContainer => {
                let mut added = 0;
                self.change(None, |value| {
                    let (fix, at) = add_container(value);
                    added = at;
                    fix
                });
                self.editor.section = Section::Container(added);
                return self.focus_on(&format!("/containerDefinitions/{added}/image"));
            }
            EditorIntent::RemoveContainer(at) => {
                let pointer = format!("/containerDefinitions/{at}");
                self.change(None, |value| remove(value, &pointer));
                self.editor.section = at.checked_sub(1).map_or(Section::Task, Section::Container);
                return vec![Effect::FocusTab];
            }
            EditorIntent::Mend(at) => self.mend(at),
            EditorIntent::GoTo(at) => return self.go_to(at),
        }
        Vec::new()
    }

    /// The focus begins on the page's tab, so that no key acts at once.
    fn open_editor(&mut self, name: String) -> Vec<Effect> {
        let was_open = self.sheet == Some(Sheet::Definition);
        let part = Part::TaskDefinition(name);
        let is_other = self.selection != Some(Subject::Part(part.clone()));
        self.selection = Some(Subject::Part(part));
        if !was_open && is_other {
            self.editor.section = Section::Task;
        }
        self.sheet = Some(Sheet::Definition);
        // Nobody sees the run behind the sheet, and typing would be spread over its time.
        if let Some(run) = &mut self.run {
            run.set_playing(false);
        }
        if was_open {
            return Vec::new();
        }
        vec![Effect::FocusTab]
    }

    /// What was typed and not taken in is kept, but nobody sees it any more.
    pub(super) fn tell_of_draft(&mut self) {
        let waiting = self.editor_view().filter(|view| view.is_broken);
        if let Some(view) = waiting {
            self.complain(format!("the JSON of {} is not taken in yet", view.name));
        }
    }

    /// Text that can be read becomes the definition at once; any other text waits.
    fn type_json(&mut self, text: String) {
        let Some(edited) = self.edited() else { return };
        let (name, at) = (edited.name.clone(), edited.at);
        let means = meaning(&read_definition(&text), edited.definition);
        let next = means.filter(|means| means != edited.definition);
        let objection = next
            .as_ref()
            .and_then(|next| family_objection(&edited, next, self.shown().design));
        let edit = next.map(|definition| Edit::Set {
            pointer: edited.pointer(),
            value: Some(Value::Object(definition.to_members())),
        });
        let refused = edit
            .as_ref()
            .and_then(|edit| objection.or_else(|| self.objection(edit)));
        let accepted = edit.filter(|_| refused.is_none());
        self.editor.keep(&name, Some(Draft { text, refused }));
        if let Some(edit) = accepted {
            let key = format!("json {at}");
            self.set_definition(edit, (&name, at), Some(key));
        }
    }

    /// Changes the definition, and what was typed as JSON in the same way. While that cannot be
    /// read, nothing is changed: it would be lost.
    fn change(&mut self, merge: Option<String>, how: impl FnOnce(&Value) -> Fix) {
        if self.editor_view().is_none_or(|view| view.is_broken) {
            return;
        }
        let Some(edited) = self.edited() else { return };
        let fix = how(&edited.value());
        let (name, at) = (edited.name.clone(), edited.at);
        let edit = Edit::Set {
            pointer: edited.pointer(),
            value: Some(changed(edited.definition, &fix)),
        };
        let draft = self.editor.draft(&name);
        let draft = draft.and_then(|draft| draft_after(draft, &fix));
        let key = merge.map(|key| format!("{key} of {at}"));
        if draft.is_some() {
            self.editor.keep(&name, draft);
        }
        self.set_definition(edit, (&name, at), key);
    }

    /// The definition stays the edited one whatever its family is called now; services and drafts
    /// stay with theirs.
    fn set_definition(&mut self, edit: Edit, (name, at): (&str, usize), merge: Option<String>) {
        let before = Arc::clone(self.shown().design);
        self.edit(with_services(edit, &before), merge);
        let after = self.shown().design;
        let renamed = renamed(&before, after);
        let now = name_at(after, at);
        self.editor.follow(&renamed);
        if let Some(now) = now.filter(|now| now != name) {
            self.selection = Some(Subject::Part(Part::TaskDefinition(now)));
        }
    }

    fn mend(&mut self, at: usize) {
        let view = self.editor_view();
        let problem = view.and_then(|view| view.problems.into_iter().nth(at));
        if let Some(fix) = problem.and_then(|problem| problem.fix) {
            self.change(None, |_| fix);
        }
    }

    /// Shows the place in the JSON and the field. While the JSON cannot be read, only the JSON.
    fn go_to(&mut self, at: usize) -> Vec<Effect> {
        let Some(view) = self.editor_view() else {
            return Vec::new();
        };
        let Some(problem) = view.problems.get(at) else {
            return Vec::new();
        };
        let shown = Effect::ShowText {
            line: problem.place.line,
            start: utf16(&view.text, problem.span.start),
            end: utf16(&view.text, problem.span.end),
        };
        if view.is_broken {
            return vec![shown];
        }
        self.editor.section = section_of(&problem.pointer);
        let mut effects = vec![shown];
        effects.extend(self.focus_on(&problem.pointer));
        effects
    }

    fn focus_on(&self, pointer: &str) -> Vec<Effect> {
        let view = self.editor_view();
        let field = view.as_ref().and_then(|view| field_at(view, pointer));
        let focus = |id: &str| Effect::Focus { id: id.into() };
        field.map(focus).into_iter().collect()
    }
}

/// The definitions whose names differ, old and new. One that leaves its family may change the
/// numbers of those after it.
fn renamed(before: &Design, after: &Design) -> Vec<(String, String)> {
    let pairs = before.task_definitions.iter().zip(&after.task_definitions);
    let is_named_alike = |(old, new): (&TaskDefinition, &TaskDefinition)| {
        old.family == new.family && old.revision == new.revision
    };
    if pairs.clone().all(is_named_alike) {
        return Vec::new();
    }
    let names = (0..before.task_definitions.len())
        .filter_map(|at| Some((name_at(before, at)?, name_at(after, at)?)));
    names.filter(|(old, new)| old != new).collect()
}

/// An edit of a definition, and the services that run it follow it to its new name.
fn with_services(edit: Edit, design: &Design) -> Edit {
    let Ok(mut next) = edit.apply(design) else {
        return edit;
    };
    let mut renamed = renamed(design, &next);
    // A family alone means its newest revision.
    for (at, old) in design.task_definitions.iter().enumerate() {
        let newest = design.revisions(&old.family).last();
        let is_newest = newest.is_some_and(|(_, place, _)| place == at);
        if let Some(new) = next.task_definitions.get(at)
            && is_newest
            && new.family != old.family
        {
            renamed.push((old.family.clone(), new.family.clone()));
        }
    }
    let mut has_followed = false;
    for service in &mut next.services {
        let reference = &service.task_definition;
        let known = last_segment(reference);
        let Some((_, now)) = renamed.iter().find(|(old, _)| old == known) else {
            continue;
        };
        let head = reference.strip_suffix(known).unwrap_or_default();
        service.task_definition = format!("{head}{now}");
        has_followed = true;
    }
    if !has_followed {
        return edit;
    }
    Edit::Replace {
        design: Box::new(next),
    }
}

/// A family that is being typed passes through names that are not meant: none at all, and those
/// of other definitions.
fn family_objection(
    edited: &Edited<'_>,
    definition: &TaskDefinition,
    design: &Design,
) -> Option<String> {
    let family = &definition.family;
    if *family == edited.definition.family {
        return None;
    }
    if family.is_empty() {
        return Some("the family is empty".into());
    }
    let is_taken = design
        .task_definitions
        .iter()
        .any(|it| it.family == *family);
    is_taken.then(|| format!("`{family}` is another family of the design"))
}

#[cfg(test)]
mod tests;
