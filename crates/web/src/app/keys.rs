//! Keys to commands, by the one table. No single key acts while something is being typed.

use super::{Ui, dom};
use crate::session::command::command_for;
use crate::session::tool::Tool;
use crate::session::{Intent, Sheet};
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use leptos::web_sys::{Event, KeyboardEvent, window};
use wasm_bindgen::JsCast;

/// Listens on the whole page.
pub(super) fn install(ui: Ui) {
    let Some(window) = window() else { return };
    let options = EventListenerOptions::enable_prevent_default();
    let down = EventListener::new_with_options(&window, "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            key_down(ui, event);
        }
    });
    let up = EventListener::new(&window, "keyup", move |event: &Event| {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        if key.as_deref() == Some(" ") {
            release_space(ui);
        }
    });
    // The key may come up in another window.
    let left = EventListener::new(&window, "blur", move |_| {
        if ui.read_untracked(|session| session.is_space_held()) {
            ui.dispatch(Intent::HoldSpace(false));
        }
    });
    StoredValue::new_local((down, up, left));
}

fn key_down(ui: Ui, event: &KeyboardEvent) {
    let (key, ctrl) = (event.key(), event.ctrl_key() || event.meta_key());
    if ui.read_untracked(|session| session.sheet().is_some()) {
        return key_in_sheet(ui, event, &key, ctrl);
    }
    let typing = dom::takes_text(event.target());
    if typing && (!ctrl || is_text_editing(&key)) {
        return;
    }
    if matches!(key.as_str(), " " | "Enter") && dom::is_control(event.target()) {
        return;
    }
    if key == " " && hold_space(ui, event) {
        return;
    }
    let Some(command) = command_for(&key, ctrl, event.shift_key()) else {
        return;
    };
    if command.id == "cancel" && stays_selected(ui, event) {
        return;
    }
    event.prevent_default();
    if let Some(intent) = ui.read_untracked(|session| (command.intent)(session)) {
        ui.dispatch(intent);
    }
}

/// While a sheet is open, Escape closes it and nothing reaches the board behind it. The editor
/// takes undo and redo, except where a field has text that was not taken in yet.
fn key_in_sheet(ui: Ui, event: &KeyboardEvent, key: &str, ctrl: bool) {
    let edits = ui.read_untracked(|session| session.sheet() == Some(Sheet::Definition));
    let command = command_for(key, ctrl, event.shift_key());
    let command = command.filter(|it| edits && matches!(it.id, "undo" | "redo"));
    let in_field = dom::takes_text(event.target());
    let is_the_fields = command.is_none() || dom::is_inside(event.target(), ".waiting");
    if in_field && ctrl && is_text_editing(key) && is_the_fields {
        return;
    }
    if command.is_some() && in_field {
        // The step that is being typed is a whole one before it is undone.
        dom::leave_field();
        ui.dispatch(Intent::EndTyping);
    }
    if key == "Escape" {
        // What was typed in a field is taken in before it goes.
        dom::leave_field();
        ui.dispatch(Intent::Cancel);
    }
    let intent = command.and_then(|it| ui.read_untracked(|session| (it.intent)(session)));
    if let Some(intent) = intent {
        ui.dispatch(intent);
    }
    // The browser's own meaning, such as opening a file in place of the page, is not wanted either.
    let is_ours = ctrl && command_for(key, ctrl, event.shift_key()).is_some();
    if key == "Escape" || is_ours {
        event.prevent_default();
    }
}

/// Escape in the inspector is for the inspector, unless there is a gesture to give up.
fn stays_selected(ui: Ui, event: &KeyboardEvent) -> bool {
    dom::is_inside(event.target(), ".inspector")
        && ui.read_untracked(|session| *session.tool() == Tool::Idle)
}

/// Ctrl keys that a text field needs for itself.
fn is_text_editing(key: &str) -> bool {
    matches!(
        key.to_ascii_lowercase().as_str(),
        "z" | "y" | "a" | "c" | "v" | "x"
    )
}

/// Over the canvas, Space is for moving the picture; it plays when it comes up and nothing moved.
fn hold_space(ui: Ui, event: &KeyboardEvent) -> bool {
    let on_canvas = event.target().is_some_and(|target| {
        target
            .dyn_ref::<leptos::web_sys::HtmlCanvasElement>()
            .is_some()
    });
    if on_canvas {
        event.prevent_default();
        if !event.repeat() {
            ui.dispatch(Intent::HoldSpace(true));
        }
    }
    on_canvas
}

fn release_space(ui: Ui) {
    let (held, tapped) =
        ui.read_untracked(|session| (session.is_space_held(), session.is_space_tapped()));
    if held {
        ui.dispatch(Intent::HoldSpace(false));
    }
    if tapped {
        ui.dispatch(Intent::TogglePlay);
    }
}
