//! Editing: the document and the run are changed together.
//!
//! While a run is shown, an edit begins from the design of the present moment: at the head that
//! is the document; earlier it is the past, and the edit makes a what-if of both: the past becomes
//! a step of the document first, so that undo brings back what was edited later. Undo brings the
//! document back and hands it to the run as one replacement.

use super::scenario::edits_after;
use super::{Intent, Session};
use crate::data::editor::name_at;
use std::sync::Arc;
use stowplan_core::design::{Design, Edit, Part};
use stowplan_core::model::compile;
use stowplan_core::scene::Subject;
use stowplan_core::sim::Input;
use stowplan_core::taskdef::revision_name;
use stowplan_core::time::Instant;

impl Session {
    /// What an edit would be refused for, without making it.
    #[must_use]
    pub fn objection(&self, edit: &Edit) -> Option<String> {
        edit.apply(self.shown().design)
            .err()
            .map(|error| error.to_string())
    }

    pub(super) fn edit(&mut self, edit: Edit, merge: Option<String>) {
        let base = Arc::clone(self.shown().design);
        let next = match edit.apply(&base) {
            Ok(next) => next,
            Err(error) => return self.complain(error.to_string()),
        };
        let place = self.selected_place(&base);
        self.notice = None;
        if let Some(part) = edit.made(&next) {
            self.selection = Some(Subject::Part(part));
        }
        if next == *base {
            return self.keep_selection(place);
        }
        let goes_on = self.goes_on(merge.as_deref());
        let later = self.branch().then_some(BringBack::TwoSteps);
        self.history.commit(next, merge.clone());
        self.document_changed();
        if goes_on {
            self.play_instead();
        } else {
            self.play_edit(&base, edit, later);
        }
        let now = self.run.as_ref().map(|run| run.timeline().now());
        self.typed = merge.zip(now);
        self.keep_selection(place);
    }

    /// Whether the run has just taken the beginning of the same typing.
    fn goes_on(&self, merge: Option<&str>) -> bool {
        let (Some(run), Some((key, at))) = (&self.run, &self.typed) else {
            return false;
        };
        merge == Some(key.as_str()) && run.timeline().now() == *at && at.0 > 0
    }

    /// The whole typing is one input of the run: it takes the place of its own beginning.
    fn play_instead(&mut self) {
        let change = self.replacement();
        if let Some(run) = &mut self.run {
            let now = run.timeline().now();
            run.seek(Instant(now.0 - 1));
            run.input(Input::Edit { change });
        }
    }

    /// Before anything is done at a past moment, the design of that moment becomes the document, as
    /// a step of its own. Tells whether that was needed.
    fn branch(&mut self) -> bool {
        let past = Arc::clone(self.shown().design);
        if past == *self.history.design() {
            return false;
        }
        self.history.commit((*past).clone(), None);
        self.document_changed();
        true
    }

    /// Hands an edit of `base` to the run.
    fn play_edit(&mut self, base: &Arc<Design>, edit: Edit, later: Option<BringBack>) {
        let Some(run) = &mut self.run else { return };
        let follows = run.timeline().world().design() == base;
        let change = if follows { edit } else { self.replacement() };
        self.play(Input::Edit { change }, later);
    }

    fn replacement(&self) -> Edit {
        Edit::Replace {
            design: Box::new((**self.history.design()).clone()),
        }
    }

    /// Plays an input at the run's present moment and says what that cost.
    fn play(&mut self, input: Input, later: Option<BringBack>) {
        let Some(run) = &mut self.run else { return };
        let dropped = run.input(input);
        if dropped > 0 || later.is_some() {
            self.say(what_if(dropped, later));
        }
    }

    /// Something an operator does to the run.
    pub(super) fn act(&mut self, input: Input) {
        self.with_run(|_| {});
        self.notice = None;
        // What a scenario or an act made of the design stays the run's own; the document follows
        // only where later edits of it are dropped.
        let later = (self.drops_edits() && self.branch()).then_some(BringBack::OneStep);
        self.play(input, later);
        if let Some(refusal) = self.refusal_of_input() {
            self.complain(refusal);
        }
    }

    fn drops_edits(&self) -> bool {
        self.run.as_ref().is_some_and(|run| {
            let timeline = run.timeline();
            edits_after(&timeline.recording().inputs, timeline.now())
        })
    }

    pub(super) fn undo(&mut self) {
        self.walk(stowplan_core::design::History::undo);
    }

    pub(super) fn redo(&mut self) {
        self.walk(stowplan_core::design::History::redo);
    }

    fn walk(&mut self, step: fn(&mut stowplan_core::design::History)) {
        let before = Arc::clone(self.history.design());
        let place = self.selected_place(&before);
        self.typed = None;
        step(&mut self.history);
        if Arc::ptr_eq(&before, self.history.design()) {
            return;
        }
        self.notice = None;
        self.document_changed();
        let change = self.replacement();
        self.play(Input::Edit { change }, None);
        self.keep_selection(place);
    }

    pub(super) fn remove(&mut self, part: Part) {
        self.edit(Edit::Remove { part }, None);
    }

    pub(super) fn delete_selection(&mut self) {
        match self.selection.clone() {
            Some(Subject::Part(part)) => self.remove(part),
            Some(Subject::Task(task)) => drop(self.dispatch(Intent::StopTask(task))),
            None => {}
        }
    }

    pub(super) fn document_changed(&mut self) {
        self.compiled = compile(self.history.design(), Some(&self.compiled.model));
    }

    fn selected_place(&self, design: &Design) -> Option<String> {
        match self.selection.as_ref()? {
            Subject::Part(part) => part.pointer(design),
            Subject::Task(_) => None,
        }
    }

    /// A rule whose priority was edited, and a part that was renamed, stay selected: they stand
    /// where they stood. What is gone is no longer selected.
    fn keep_selection(&mut self, place: Option<String>) {
        let Some(Subject::Part(part)) = &self.selection else {
            return;
        };
        let design = self.shown().design;
        if part.pointer(design).is_some() {
            return;
        }
        let moved = place.and_then(|place| same_place(part, design, &place));
        let moved = moved.or_else(|| newest_of_family(part, design));
        self.selection = moved.map(Subject::Part);
    }
}

/// How far undo has to go for what was edited after the moment of a what-if.
#[derive(Clone, Copy, Debug)]
enum BringBack {
    /// Something was done to the run: only the past was committed.
    OneStep,
    /// Something was edited on top of the past.
    TwoSteps,
}

/// What a what-if cost, and how to get it back.
fn what_if(dropped: usize, later: Option<BringBack>) -> String {
    let events = if dropped == 1 { "event" } else { "events" };
    let cost = match dropped {
        0 => "the document is now what the run made of it".into(),
        dropped => format!("what-if: {dropped} later {events} dropped"),
    };
    match later {
        None => cost,
        Some(BringBack::OneStep) => format!("{cost}; Ctrl+Z brings back the later edits"),
        Some(BringBack::TwoSteps) => format!("{cost}; Ctrl+Z twice brings back the later edits"),
    }
}

/// A revision that is gone gives way to the newest that is left.
fn newest_of_family(part: &Part, design: &Design) -> Option<Part> {
    let Part::TaskDefinition(name) = part else {
        return None;
    };
    let (family, _) = name.rsplit_once(':')?;
    let (number, ..) = design.revisions(family).last()?;
    Some(Part::TaskDefinition(revision_name(family, number)))
}

/// The part of the same kind that stands at `place` now.
fn same_place(part: &Part, design: &Design, place: &str) -> Option<Part> {
    let at: usize = place.rsplit('/').next()?.parse().ok()?;
    match part {
        Part::Rule(listener, _) => {
            let rule = design.rules.get(at)?;
            Some(Part::Rule(listener.clone(), rule.priority))
        }
        Part::TaskDefinition(_) => Some(Part::TaskDefinition(name_at(design, at)?)),
        Part::Zone(_)
        | Part::Cluster(_)
        | Part::ContainerInstance(_)
        | Part::Service(_)
        | Part::LoadBalancer(_)
        | Part::Listener(_)
        | Part::TargetGroup(_) => None,
    }
}
