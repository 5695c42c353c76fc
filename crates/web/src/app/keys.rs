//! Keys to commands, by the one table. No single key acts while something is being typed.

use super::{Ui, dom};
use crate::session::Intent;
use crate::session::command::command_for;
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
        if key.as_deref() == Some(" ") && ui.read_untracked(|session| session.is_space_held()) {
            ui.dispatch(Intent::HoldSpace(false));
        }
    });
    StoredValue::new_local((down, up));
}

fn key_down(ui: Ui, event: &KeyboardEvent) {
    let (key, ctrl) = (event.key(), event.ctrl_key() || event.meta_key());
    let typing = dom::takes_text(event.target());
    if typing && (!ctrl || is_text_editing(&key)) {
        return;
    }
    if key == " " && (dom::is_control(event.target()) || hold_space(ui, event)) {
        return;
    }
    let Some(command) = command_for(&key, ctrl, event.shift_key()) else {
        return;
    };
    event.prevent_default();
    if let Some(intent) = ui.read_untracked(|session| (command.intent)(session)) {
        ui.dispatch(intent);
    }
}

/// Ctrl keys that a text field needs for itself.
fn is_text_editing(key: &str) -> bool {
    matches!(
        key.to_lowercase().as_str(),
        "z" | "y" | "a" | "c" | "v" | "x"
    )
}

/// Over the canvas, Space is for moving the picture and does not play.
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
