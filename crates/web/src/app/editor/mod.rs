//! The editor of a task definition: a sheet over the page with the form to the left, the JSON to
//! the right and what is wrong below it. It only shows the session's view and sends intents.

mod form;
mod json;
mod revisions;

pub(super) use form::focus;
pub(super) use json::show;

use super::erased::{act, part, rows, text};
use super::{Ui, dom, outside};
use crate::data::editor::{EditorView, Tab};
use crate::session::{EditorIntent, Intent, Sheet};
use gloo::timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{DragEvent, Event, MouseEvent};

/// A pause of typing that ends a step of undo.
const BURST_PAUSE_MS: u32 = 1000;

/// What the parts of the editor share.
#[derive(Clone, Copy)]
struct Desk {
    ui: Ui,
    view: Memo<Option<EditorView>>,
    pause: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Desk {
    fn send(self, intent: EditorIntent) {
        self.ui.dispatch(Intent::Editor(intent));
    }

    /// Something was typed; when nothing more follows, the step of undo ends.
    fn typed(self, intent: EditorIntent) {
        self.send(intent);
        let ui = self.ui;
        let timeout = Timeout::new(BURST_PAUSE_MS, move || ui.dispatch(Intent::EndTyping));
        self.pause.set_value(Some(timeout));
    }

    /// Reads the view; what is read of no view is the default.
    fn read<T: Default>(self, of: impl FnOnce(&EditorView) -> T) -> T {
        self.view
            .with(|view| view.as_ref().map(of).unwrap_or_default())
    }
}

/// A button that tells the session something.
fn button(desk: Desk, tone: &'static str, words: String, intent: EditorIntent) -> AnyView {
    let send = act(move |_: MouseEvent| desk.send(intent.clone()));
    view! { <button class=tone on:click=send>{words}</button> }.into_any()
}

/// The dialog is always on the page, so that the browser gives the focus back when it closes.
#[component]
pub(super) fn Editor() -> impl IntoView {
    let ui = Ui::of_page();
    let is_open = ui.memo(|session| session.sheet() == Some(Sheet::Definition));
    let stamp = ui.memo(|session| (session.stamp().design, session.editor().stamp()));
    let selected = ui.memo(|session| session.selection().cloned());
    let view = Memo::new(move |_| {
        // Reading is what subscribes.
        stamp.get();
        selected.with(|_| ());
        is_open
            .get()
            .then(|| ui.read_untracked(|session| session.editor_view()))
            .flatten()
    });
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = is_open.get();
        let Some(dialog) = dialog.get() else { return };
        match (open, dialog.open()) {
            // A dialog that will not open is shown without its veil.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            (true, true) | (false, false) => {}
        }
    });
    let desk = Desk {
        ui,
        view,
        pause: StoredValue::new_local(None),
    };
    let cancelled = act(move |event: Event| {
        event.prevent_default();
        ui.dispatch(Intent::Cancel);
    });
    let content = part(move || {
        if is_open.get() {
            desk_view(desk)
        } else {
            ().into_any()
        }
    });
    view! {
        <dialog
            class="editor"
            aria-label="Task definition"
            node_ref=dialog
            on:cancel=cancelled
            on:dragover=|event| event.prevent_default()
            on:drop=act(move |event: DragEvent| drop_file(ui, &event))
        >
            {content}
        </dialog>
    }
}

fn drop_file(ui: Ui, event: &DragEvent) {
    let files = event.data_transfer().and_then(|transfer| transfer.files());
    if let Some(files) = files.filter(|files| files.length() > 0) {
        event.prevent_default();
        outside::take_files(ui, &files);
    }
}

fn desk_view(desk: Desk) -> AnyView {
    let ui = desk.ui;
    let name = move || desk.read(|view| view.name.clone());
    let new_revision = act(move |_: MouseEvent| {
        let name = untrack(name);
        let family = name
            .rsplit_once(':')
            .map_or(name.as_str(), |(family, _)| family);
        let edit = stowplan_core::design::Edit::AddRevision {
            family: family.into(),
        };
        ui.dispatch(Intent::edit(edit));
    });
    // The status line of the page is behind the sheet.
    let notice = ui.memo(|session| session.notice().map(|notice| notice.text.clone()));
    let notice = text(move || notice.get().unwrap_or_default());
    view! {
        <header>
            <p class="kind">"Task definition"</p>
            <h2>{text(name)}</h2>
            {super::panels::command_button("undo", "↶").into_any()}
            {super::panels::command_button("redo", "↷").into_any()}
            <div class="spacer"></div>
            <p class="status" role="status" title=notice>{notice}</p>
            <button class="plain" on:click=new_revision>"New revision"</button>
            <button class="icon" aria-label="Close" on:click=act(move |_: MouseEvent| close(ui))>"×"</button>
        </header>
        <div class="desk">
            <section class="sheet-form" aria-label="Fields">
                {tabs(desk)}
                {form::page(desk)}
            </section>
            {json::side(desk)}
        </div>
    }
    .into_any()
}

/// What was typed in a field that is taken in late is taken in first.
fn close(ui: Ui) {
    dom::leave_field();
    ui.dispatch(Intent::Cancel);
}

fn tabs(desk: Desk) -> AnyView {
    let find =
        move |key: &str| desk.read(|view| view.tabs.iter().find(|tab| key_of(tab) == key).cloned());
    let tab = move |key: String| {
        let Some(of) = untrack(|| find(&key)).map(|tab| tab.section) else {
            return ().into_any();
        };
        let found = StoredValue::new(key);
        let tab = move || found.with_value(|key| find(key));
        let label = text(move || tab().map(|tab| tab.label).unwrap_or_default());
        let is_shown = text(move || desk.read(|view| view.section == of).to_string());
        let count = part(move || tab().map_or_else(|| ().into_any(), |tab| count(&tab)));
        let show = act(move |_: MouseEvent| desk.send(EditorIntent::Show(of)));
        view! { <button role="tab" aria-selected=is_shown on:click=show>{label}{count}</button> }
            .into_any()
    };
    let keys = move || desk.read(|view| view.tabs.iter().map(key_of).collect());
    let add = button(
        desk,
        "plain small",
        "+ Container".into(),
        EditorIntent::AddContainer,
    );
    view! {
        <div class="tabs" role="tablist" aria-label="Parts of the definition">
            {rows(keys, tab)}
            {add}
        </div>
    }
    .into_any()
}

fn key_of(tab: &Tab) -> String {
    format!("{:?}", tab.section)
}

fn count(tab: &Tab) -> AnyView {
    let words = match tab.problems {
        0 => return ().into_any(),
        1 => "1 problem".to_string(),
        count => format!("{count} problems"),
    };
    let tone = if tab.has_errors {
        "count red"
    } else {
        "count amber"
    };
    view! { <span class=tone title=words.clone() aria-label=words>{tab.problems.to_string()}</span> }.into_any()
}
