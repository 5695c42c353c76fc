//! The panels around the canvas. Each reads memos and sends intents.

mod assertions;
pub(super) mod bottom;
mod chart;
mod events;
mod explain;
mod find;
pub(super) mod inspector;
pub(super) mod left;
mod metrics;
mod outline;
mod palette;
mod request;
pub(super) mod sheets;
pub(super) mod top;
mod transport;

use super::Ui;
use super::erased::{act, truth};
use crate::session::command::command;
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;

/// A button for a command of the table: its name, its keys as a hint, and whether it makes sense.
pub(super) fn command_button(id: &'static str, face: &'static str) -> impl IntoView {
    let ui = Ui::of_page();
    let found = command(id);
    let label = found.map_or(id, |command| command.label);
    let keys = found
        .and_then(|command| command.keys.first())
        .map(|keys| keys.words());
    let hint = keys.map_or_else(|| label.to_string(), |keys| format!("{label} ({keys})"));
    let possible =
        ui.memo(move |session| found.is_some_and(|command| (command.intent)(session).is_some()));
    let act = act(move |_: MouseEvent| {
        let intent = ui.read_untracked(|session| found.and_then(|found| (found.intent)(session)));
        if let Some(intent) = intent {
            ui.dispatch(intent);
        }
    });
    view! {
        <button class="icon" aria-label=label title=hint disabled=truth(move || !possible.get()) on:click=act>
            {face}
        </button>
    }
}
