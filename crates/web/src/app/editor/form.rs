//! The form: groups that open and close, lines, fields. There is one view for each kind of line,
//! none for single members.

use super::{Desk, revisions};
use crate::app::dom;
use crate::app::erased::{act, part, rows, text, truth};
use crate::data::editor::{Cell, Control, GroupView, Key, Line, Section};
use crate::session::{EditorIntent, Intent};
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{Event, FocusEvent, KeyboardEvent, MouseEvent};
use stowplan_core::severity::Severity;

/// The page of the form that is open.
pub(super) fn page(desk: Desk) -> AnyView {
    let is_broken = truth(move || desk.read(|view| view.is_broken));
    let advice = part(move || {
        if !is_broken.get() {
            return ().into_any();
        }
        let words = "The JSON cannot be read, so the form shows its last good state. Mend the JSON, or revert it.";
        view! { <p class="locked" role="status">{words}</p> }.into_any()
    });
    let section = Memo::new(move |_| desk.read(|view| view.section));
    let end = part(move || match section.get() {
        Section::Container(at) => {
            let words = "Remove container".to_string();
            super::button(
                desk,
                "action harmful",
                words,
                EditorIntent::RemoveContainer(at),
            )
        }
        Section::Revisions => revisions::list(desk),
        Section::Task | Section::Volumes => ().into_any(),
    });
    // The position of a group is enough to find it on its page.
    let keys = move || {
        desk.read(|view| {
            let page = format!("{} {:?}", view.name, view.section);
            (0..view.groups.len())
                .map(|at| format!("{page} {at}"))
                .collect()
        })
    };
    let group = move |key: String| {
        let at = key.rsplit(' ').next().and_then(|at| at.parse().ok());
        at.map_or_else(|| ().into_any(), |at| group(desk, at))
    };
    view! {
        {advice}
        <fieldset class="scroll" role="tabpanel" disabled=is_broken>
            {rows(keys, group)}
            {end}
        </fieldset>
    }
    .into_any()
}

/// Closed as long as nothing in it is set. It opens when something is; it never closes by itself.
fn group(desk: Desk, at: usize) -> AnyView {
    let read = move |of: fn(&GroupView) -> usize| {
        desk.read(|view| view.groups.get(at).map(of).unwrap_or_default())
    };
    let heading = untrack(|| desk.read(|view| view.groups.get(at).map(|group| group.heading)));
    let has_errors = move || read(|group| usize::from(group.worst == Some(Severity::Error))) > 0;
    let has_problems = move || read(|group| usize::from(group.worst.is_some())) > 0;
    let wants = Memo::new(move |_| has_problems() || read(|group| group.set) > 0);
    let details = NodeRef::<html::Details>::new();
    Effect::new(move |_| {
        if let (true, Some(details)) = (wants.get(), details.get()) {
            details.set_open(true);
        }
    });
    let count = text(move || match read(|group| group.set) {
        0 => " unset".to_string(),
        count => format!(" {count} set"),
    });
    let keys = move || {
        desk.read(|view| {
            let lines = view
                .groups
                .get(at)
                .map(|group| group.lines.iter().map(key_of));
            lines.into_iter().flatten().collect()
        })
    };
    let line = move |key: String| {
        let line = untrack(|| {
            desk.read(|view| {
                let mut lines = view.groups.get(at)?.lines.iter();
                lines.find(|line| key_of(line) == key).cloned()
            })
        });
        line.map_or_else(|| ().into_any(), |line| line_view(desk, line))
    };
    view! {
        <details class="group" class:warned=truth(has_problems) class:bad=truth(has_errors) node_ref=details open=wants.get_untracked()>
            <summary>{heading}<span class="muted">{count}</span></summary>
            {rows(keys, line)}
        </details>
    }
    .into_any()
}

fn key_of(line: &Line) -> String {
    format!("{line:?}")
}

fn line_view(desk: Desk, line: Line) -> AnyView {
    match line {
        Line::Field { depth, cell } => {
            let complaint = complaint(desk, &cell.0);
            frame("row", depth, "", vec![field(desk, cell), complaint])
        }
        Line::Item {
            depth,
            pointer,
            cells,
        } => {
            // What is wrong stands below the whole row: a field of a row is too narrow for words.
            let mut told: Vec<&str> = cells.iter().map(|(id, _)| id.as_str()).collect();
            if !told.contains(&pointer.as_str()) {
                told.push(&pointer);
            }
            let complaints: Vec<AnyView> = told.into_iter().map(|id| complaint(desk, id)).collect();
            let fields = cells
                .into_iter()
                .map(|cell| frame("cell", 0, "", vec![field(desk, cell)]));
            let mut parts = vec![
                frame("cells", 0, "", fields.collect()),
                remove(desk, pointer),
            ];
            parts.extend(complaints);
            frame("item", depth, "", parts)
        }
        Line::Heading {
            depth,
            pointer,
            label,
            help,
            adds,
            removes,
        } => {
            let words = format!("Add to {label}");
            let head = view! { <h4>{label}</h4><p class="help">{help}</p> };
            let mut parts = vec![head.into_any()];
            if adds {
                let list = pointer.clone();
                let add = act(move |_: MouseEvent| desk.send(EditorIntent::Add(list.clone())));
                let add = view! { <button class="plain small" aria-label=words on:click=add>"Add"</button> };
                parts.push(add.into_any());
            }
            if removes {
                parts.push(remove(desk, pointer.clone()));
            }
            parts.push(complaint(desk, &pointer));
            frame("heading", depth, &pointer, parts)
        }
    }
}

/// A box of the form; one with an id can take the focus.
fn frame(class: &'static str, depth: usize, id: &str, parts: Vec<AnyView>) -> AnyView {
    let id = (!id.is_empty()).then(|| dom_id(id));
    let focus = id.is_some().then_some("-1");
    view! {
        <div class=class id=id tabindex=focus style:margin-left=indent(depth)>{parts}</div>
    }
    .into_any()
}

fn indent(depth: usize) -> String {
    format!("{}px", depth * 12)
}

fn remove(desk: Desk, pointer: String) -> AnyView {
    let words = format!("Remove {}", named(&pointer));
    let act = act(move |_: MouseEvent| desk.send(EditorIntent::Remove(pointer.clone())));
    view! { <button class="icon" title=words.clone() aria-label=words on:click=act>"×"</button> }
        .into_any()
}

/// What stands at a pointer, by the two names nearest to it.
fn named(pointer: &str) -> String {
    let mut keys: Vec<&str> = pointer.rsplit('/').take(2).collect();
    keys.reverse();
    keys.join(" ")
}

/// The id of a field's element. White space would end it where ids are listed.
fn dom_id(id: &str) -> String {
    id.replace(char::is_whitespace, "_")
}

fn help_id(id: &str) -> String {
    format!("{}?help", dom_id(id))
}

fn complaint_id(id: &str) -> String {
    format!("{}?problem", dom_id(id))
}

fn complaint(desk: Desk, id: &str) -> AnyView {
    let (wanted, id) = (id.to_string(), complaint_id(id));
    part(move || {
        let complaint = desk.read(|view| view.complaints.get(&wanted).cloned());
        let Some(complaint) = complaint else {
            return ().into_any();
        };
        let tone = match complaint.severity {
            Severity::Error => "complaint red",
            Severity::Warning => "complaint amber",
            Severity::Info => "complaint",
        };
        view! { <p class=tone id=id.clone()>{complaint.text}</p> }.into_any()
    })
}

/// What the elements of a field share.
#[derive(Clone, Copy)]
struct Typing {
    desk: Desk,
    id: StoredValue<String>,
    control: Control,
    draft: RwSignal<Option<String>>,
}

impl Typing {
    fn cell<T: Default>(self, of: impl FnOnce(&Cell) -> T) -> T {
        self.desk.read(|view| {
            let cell = self.id.with_value(|id| view.cells.get(id));
            cell.map(of).unwrap_or_default()
        })
    }

    fn value(self) -> String {
        self.draft
            .get()
            .unwrap_or_else(|| self.cell(|cell| cell.value.clone()))
    }

    fn is_set(self) -> bool {
        self.cell(|cell| cell.is_set)
    }

    fn is_wrong(self) -> bool {
        self.desk.read(|view| {
            let complaint = self.id.with_value(|id| view.complaints.get(id));
            complaint.is_some_and(|complaint| complaint.severity == Severity::Error)
        })
    }

    fn is_late(self) -> bool {
        matches!(self.control, Control::Late | Control::Raw)
    }

    /// Whether something was typed that the definition does not have yet.
    fn is_waiting(self) -> bool {
        let draft = self.draft.get();
        self.is_late() && draft.is_some_and(|draft| draft != self.cell(|cell| cell.value.clone()))
    }

    /// What is typed stays as it was typed until the field is left.
    fn type_in(self, text: String) {
        self.draft.set(Some(text.clone()));
        if !self.is_late() {
            self.desk.typed(self.fill(text));
        }
    }

    fn leave(self) {
        let Some(text) = self.draft.get_untracked() else {
            return;
        };
        self.draft.set(None);
        if self.is_late() {
            self.desk.send(self.fill(text));
        }
        self.desk.ui.dispatch(Intent::EndTyping);
    }

    fn fill(self, text: String) -> EditorIntent {
        let id = self.id.get_value();
        EditorIntent::Fill { id, text }
    }
}

fn field(desk: Desk, (id, control): Key) -> AnyView {
    let typing = Typing {
        desk,
        id: StoredValue::new(id.clone()),
        control,
        draft: RwSignal::new(None),
    };
    let about = untrack(|| desk.read(|view| view.cells.get(&id).cloned()));
    let Some(about) = about else {
        return ().into_any();
    };
    let mut units = about.unit.to_string();
    if about.is_required {
        units += if units.is_empty() {
            "required"
        } else {
            ", required"
        };
    }
    let edit = match control {
        Control::Choice(options) => choice(typing, options),
        Control::Tall => tall(typing),
        Control::Text | Control::Late | Control::Raw => line(typing, "text"),
        Control::Number => line(typing, "numeric"),
    };
    let is_unset = truth(move || !typing.is_set());
    view! {
        <label for=dom_id(&id) class:unset=is_unset>{about.label}<span class="unit">{units}</span></label>
        {edit}
        <p class="help" id=help_id(&id)>{about.help}</p>
    }
    .into_any()
}

fn described(typing: Typing) -> String {
    typing
        .id
        .with_value(|id| format!("{} {}", help_id(id), complaint_id(id)))
}

fn element_id(typing: Typing) -> String {
    typing.id.with_value(|id| dom_id(id))
}

fn line(typing: Typing, mode: &'static str) -> AnyView {
    let placeholder = text(move || if typing.is_set() { "\"\"" } else { "unset" }.into());
    view! {
        <input
            type="text"
            id=element_id(typing)
            class:waiting=truth(move || typing.is_waiting())
            inputmode=mode
            spellcheck="false"
            autocomplete="off"
            aria-describedby=described(typing)
            aria-invalid=text(move || typing.is_wrong().to_string())
            placeholder=placeholder
            prop:value=text(move || typing.value())
            on:input=act(move |event: Event| typing.type_in(event_target_value(&event)))
            on:blur=act(move |_: FocusEvent| typing.leave())
            on:keydown=act(move |event: KeyboardEvent| {
                if event.key() == "Enter" {
                    typing.leave();
                }
            })
        />
    }
    .into_any()
}

fn tall(typing: Typing) -> AnyView {
    let rows = text(move || (typing.value().lines().count() + 1).clamp(2, 8).to_string());
    view! {
        <textarea
            id=element_id(typing)
            rows=rows
            spellcheck="false"
            aria-describedby=described(typing)
            aria-invalid=text(move || typing.is_wrong().to_string())
            prop:value=text(move || typing.value())
            on:input=act(move |event: Event| typing.type_in(event_target_value(&event)))
            on:blur=act(move |_: FocusEvent| typing.leave())
        ></textarea>
    }
    .into_any()
}

/// A list of what AWS takes, with nothing at its head; a value that is none of it is offered too.
fn choice(typing: Typing, options: &'static [&'static str]) -> AnyView {
    let value = Memo::new(move |_| typing.value());
    let all = part(move || {
        let value = value.get();
        let known = value.is_empty() || options.contains(&value.as_str());
        let odd = (!known).then_some(value.as_str());
        let all = std::iter::once("")
            .chain(odd)
            .chain(options.iter().copied());
        let option = |name: &str| {
            let face = if name.is_empty() { "unset" } else { name };
            view! { <option value=name.to_string() prop:selected=name == value>{face.to_string()}</option> }
                .into_any()
        };
        all.map(option).collect_view().into_any()
    });
    let choose = act(move |event: Event| {
        typing.desk.send(typing.fill(event_target_value(&event)));
        typing.desk.ui.dispatch(Intent::EndTyping);
    });
    view! {
        <select
            id=element_id(typing)
            class:unset=truth(move || !typing.is_set())
            aria-describedby=described(typing)
            aria-invalid=text(move || typing.is_wrong().to_string())
            on:change=choose
        >
            {all}
        </select>
    }
    .into_any()
}

/// Gives the focus to a field, in its group that is opened for it.
pub(in crate::app) fn focus(id: &str) {
    dom::focus(dom_id(id));
}
