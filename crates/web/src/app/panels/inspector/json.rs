//! The entry as JSON. It is applied as a whole or not at all; what is wrong is told with line,
//! column and pointer, and the text stays as it was typed, whatever is selected in between.

use crate::app::Ui;
use crate::app::erased::{self, act, text, truth};
use crate::data::form::Form;
use crate::session::{Intent, Session};
use leptos::prelude::*;
use leptos::web_sys::{Event, MouseEvent};
use serde_json::Value;
use stowplan_core::design::{Edit, EditError, Part};
use stowplan_core::scene::Subject;
use stowplan_core::source::{locate, read};

#[component]
pub(super) fn JsonEditor(form: Memo<Form>, drafts: RwSignal<Drafts>) -> impl IntoView {
    let ui = Ui::of_page();
    let pointer = Memo::new(move |_| form.with(|form| form.pointer.clone()).unwrap_or_default());
    let entry = ui.slow_memo(move |session| entry_text(session, &pointer.get_untracked()));
    let kept = Memo::new(move |_| {
        pointer.with(|_| ());
        entry.get()
    });
    let part = ui.memo(selected_part);
    let error = RwSignal::new(None::<(Option<Part>, String)>);
    let draft_here = move || part.with(|part| drafts.with(|drafts| drafts.of(part.as_ref())));
    let error_here = move || {
        error
            .get()
            .filter(|(of, _)| part.with(|part| part == of))
            .map(|(_, words)| words)
    };
    let keep = move |text: Option<String>| {
        if let Some(part) = part.get_untracked() {
            drafts.update(|drafts| drafts.keep(part, text));
        }
    };
    let shown = move || draft_here().unwrap_or_else(|| kept.get());
    let apply = act(move |_: MouseEvent| {
        let text = untrack(shown);
        match edit_of(ui, &pointer.get_untracked(), &text) {
            Ok(edit) => {
                error.set(None);
                keep(None);
                ui.dispatch(Intent::edit(edit));
            }
            Err(words) => error.set(Some((part.get_untracked(), words))),
        }
    });
    let revert = act(move |_: MouseEvent| {
        error.set(None);
        keep(None);
    });
    let is_same = truth(move || draft_here().is_none());
    let complaint = erased::part(move || match error_here() {
        Some(words) => view! { <p class="error" role="alert">{words}</p> }.into_any(),
        None => ().into_any(),
    });
    view! {
        <div class="json">
            <textarea
                spellcheck="false"
                aria-label="JSON of the entry"
                prop:value=text(shown)
                on:input=act(move |event: Event| keep(Some(event_target_value(&event))))
            ></textarea>
            {complaint}
            <div class="buttons">
                <button class="primary" disabled=is_same on:click=apply>"Apply"</button>
                <button class="plain" disabled=is_same on:click=revert>"Revert"</button>
            </div>
        </div>
    }
}

/// What was typed and not applied yet, by the part that it was typed for.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts(Vec<(Part, String)>);

impl Drafts {
    fn of(&self, part: Option<&Part>) -> Option<String> {
        let found = self.0.iter().find(|(of, _)| Some(of) == part);
        found.map(|(_, text)| text.clone())
    }

    fn keep(&mut self, part: Part, text: Option<String>) {
        self.0.retain(|(of, _)| *of != part);
        self.0.extend(text.map(|text| (part, text)));
    }
}

fn selected_part(session: &Session) -> Option<Part> {
    match session.selection()? {
        Subject::Part(part) => Some(part.clone()),
        Subject::Task(_) => None,
    }
}

fn entry_text(session: &Session, pointer: &str) -> String {
    let document = serde_json::to_value(&**session.shown().design).unwrap_or(Value::Null);
    let entry = document.pointer(pointer).cloned().unwrap_or(Value::Null);
    serde_json::to_string_pretty(&entry).unwrap_or_default()
}

/// The edit that replaces the entry, or what is wrong and where.
fn edit_of(ui: Ui, pointer: &str, text: &str) -> Result<Edit, String> {
    let value: Value = read(text).map_err(|error| {
        format!(
            "line {}, column {}: {error}",
            error.place.line, error.place.column
        )
    })?;
    if !value.is_object() {
        return Err("line 1, column 1: an entry is an object in braces; Delete removes it".into());
    }
    let edit = Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    };
    let refused = ui.read_untracked(|session| edit.apply(session.shown().design).err());
    match refused {
        None => Ok(edit),
        Some(error) => Err(place_in_text(&error, pointer, text)),
    }
}

/// A pointer into the document becomes a line and column of the text that was typed.
fn place_in_text(error: &EditError, entry: &str, text: &str) -> String {
    let EditError::WrongType { pointer, message } = error else {
        return error.to_string();
    };
    let inner = pointer.strip_prefix(entry).unwrap_or_default();
    let named = match inner {
        "" => String::new(),
        inner => format!("`{inner}`: "),
    };
    match locate(text, inner) {
        Some(place) => format!(
            "line {}, column {}: {named}{message}",
            place.line, place.column
        ),
        None => error.to_string(),
    }
}
