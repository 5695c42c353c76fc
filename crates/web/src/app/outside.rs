//! What the session asks of the world outside: keeping, downloading, choosing files, colours.

use super::{Ui, dom, storage};
use crate::session::{Effect, Intent, SavedState, Theme};
use gloo::events::EventListener;
use gloo::file::callbacks::read_as_text;
use gloo::file::{Blob, File, ObjectUrl};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::web_sys::{HtmlAnchorElement, HtmlElement, HtmlInputElement, window};
use wasm_bindgen::JsCast;

/// Typing pauses at least so long before the document is kept.
const SAVE_PAUSE_MS: u32 = 300;

/// A file beyond this is not read at all; the reader's own limit is lower.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Does what the session asks for.
pub(super) fn perform(ui: Ui, effect: Effect) {
    match effect {
        Effect::SaveSoon => save_soon(ui),
        Effect::Download { name, text } => download(&name, &text),
        Effect::ChooseFile => choose_file(ui),
        Effect::ApplyTheme(theme) => {
            apply_theme(theme);
            storage::keep_theme(theme);
            ui.colours.update(|count| *count += 1);
        }
    }
}

fn save_soon(ui: Ui) {
    let timeout = Timeout::new(SAVE_PAUSE_MS, move || save(ui));
    ui.pending_save.set_value(Some(timeout));
}

fn save(ui: Ui) {
    let text = ui.read_untracked(|session| session.document().write());
    let kept = ui
        .kept
        .with_value(|known| storage::keep_design(&text, known.as_deref()));
    let state = match kept {
        Ok(()) => {
            ui.kept.set_value(Some(text));
            SavedState::Saved
        }
        Err(reason) => SavedState::Failed(reason),
    };
    ui.dispatch(Intent::Saved(state));
}

/// Another tab wrote: what it wrote is not what is open here.
fn look_at_kept(ui: Ui) {
    let known = ui
        .kept
        .with_value(|known| storage::still_known(known.as_deref()));
    if let Err(reason) = known {
        ui.dispatch(Intent::Saved(SavedState::Failed(reason)));
    }
}

/// Keeps what is being typed and what is pending when the page goes, looks when another tab wrote,
/// and repaints when the system's colours change.
pub(super) fn install(ui: Ui) {
    let Some(window) = window() else { return };
    let leaving = EventListener::new(&window, "pagehide", move |_| {
        dom::leave_field();
        if ui.read_untracked(|session| *session.saved() == SavedState::Pending) {
            save(ui);
        }
    });
    let written = EventListener::new(&window, "storage", move |_| look_at_kept(ui));
    let query = window
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    let colours = query.map(|query| {
        EventListener::new(&query, "change", move |_| {
            ui.colours.update(|count| *count += 1)
        })
    });
    StoredValue::new_local((leaving, written, colours));
}

/// Writes the theme on the page; the style sheet does the rest.
pub(super) fn apply_theme(theme: Theme) {
    let root = window().and_then(|window| window.document()?.document_element());
    let Some(root) = root else { return };
    // An element that refuses an attribute cannot be helped, and colours stay as they are.
    drop(match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.name()),
    });
}

fn download(name: &str, text: &str) {
    let blob = Blob::new_with_options(text, Some("application/json"));
    let url = ObjectUrl::from(blob);
    let document = window().and_then(|window| window.document());
    let anchor = document.and_then(|document| document.create_element("a").ok());
    if let Some(anchor) = anchor.and_then(|anchor| anchor.dyn_into::<HtmlAnchorElement>().ok()) {
        anchor.set_href(&url);
        anchor.set_download(name);
        anchor.click();
    }
    // The browser needs the address a moment longer than this call takes.
    Timeout::new(10_000, move || drop(url)).forget();
}

/// Clicks the hidden file input that is part of the page.
fn choose_file(ui: Ui) {
    let input = window()
        .and_then(|window| window.document()?.get_element_by_id("open-file"))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    match input {
        Some(input) => input.click(),
        None => ui.dispatch(Intent::ImportFailed {
            name: "open".into(),
            reason: "the page has no file input".into(),
        }),
    }
}

/// Takes in the file that was chosen, and empties the input so that it can be chosen again.
pub(super) fn take_chosen(ui: Ui, input: &HtmlInputElement) {
    if let Some(file) = input.files().and_then(|files| files.get(0)) {
        take_file(ui, file);
    }
    input.set_value("");
}

/// Reads a file and hands its text to the session.
pub(super) fn take_file(ui: Ui, file: leptos::web_sys::File) {
    let file = File::from(file);
    let name = file.name();
    if file.size() > FILE_BYTES_MAX {
        let reason = format!(
            "it has {} bytes; the limit is {FILE_BYTES_MAX}",
            file.size()
        );
        return ui.dispatch(Intent::ImportFailed { name, reason });
    }
    let reader = StoredValue::new_local(None);
    let task = read_as_text(&file, move |text| {
        ui.dispatch(match text {
            Ok(text) => Intent::Import { name, text },
            Err(error) => Intent::ImportFailed {
                name,
                reason: error.to_string(),
            },
        });
        reader.update_value(|reader| drop(Option::take(reader)));
    });
    reader.set_value(Some(task));
}
