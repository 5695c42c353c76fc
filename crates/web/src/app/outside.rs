//! What the session asks of the world outside: keeping, downloading, choosing files, colours.

use super::{Ui, dom, editor, storage};
use crate::session::{Effect, Intent, ReadFile, SavedState, Theme};
use gloo::events::EventListener;
use gloo::file::callbacks::read_as_bytes;
use gloo::file::{Blob, File, ObjectUrl};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::web_sys::{
    ClipboardEvent, FileList, HtmlAnchorElement, HtmlElement, HtmlInputElement, window,
};
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
        Effect::Focus { id } => editor::focus(&id),
        Effect::FocusQuery => dom::focus_at(".find input"),
        Effect::FocusTab => dom::focus_at(".editor [role=tab][aria-selected=true]"),
        Effect::ShowText { line, start, end } => editor::show(line, start, end),
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
    let pasted = EventListener::new(&window, "paste", move |event| {
        if let Some(event) = event.dyn_ref::<ClipboardEvent>() {
            paste(ui, event);
        }
    });
    StoredValue::new_local((leaving, written, colours, pasted));
}

/// What is pasted on the page is taken in like a file; what is pasted in a field is the field's.
fn paste(ui: Ui, event: &ClipboardEvent) {
    let is_busy = ui.read_untracked(|session| session.sheet().is_some());
    let Some(clipboard) = event.clipboard_data() else {
        return;
    };
    if is_busy || dom::takes_text(event.target()) {
        return;
    }
    let files = clipboard.files().filter(|files| files.length() > 0);
    if let Some(files) = files {
        return take_files(ui, &files);
    }
    let text = clipboard.get_data("text").unwrap_or_default();
    if !text.trim().is_empty() {
        ui.dispatch(Intent::Import {
            name: "pasted".into(),
            text,
        });
    }
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

/// Takes in what was chosen, and empties the input so that it can be chosen again.
pub(super) fn take_chosen(ui: Ui, input: &HtmlInputElement) {
    if let Some(files) = input.files() {
        take_files(ui, &files);
    }
    input.set_value("");
}

/// Reads files and hands what is in them to the session, all at once.
pub(super) fn take_files(ui: Ui, files: &FileList) {
    let files: Vec<_> = (0..files.length()).filter_map(|at| files.get(at)).collect();
    let read: StoredValue<Vec<Option<ReadFile>>, LocalStorage> =
        StoredValue::new_local(vec![None; files.len()]);
    let readers = StoredValue::new_local(Vec::new());
    for (at, file) in files.into_iter().enumerate() {
        let file = File::from(file);
        let name = file.name();
        let done = move |content: Result<Vec<u8>, String>| {
            read.update_value(|read| read[at] = Some(ReadFile { name, content }));
            if read.with_value(|read| read.iter().all(Option::is_some)) {
                let read = read.get_value().into_iter().flatten().collect();
                ui.dispatch(Intent::ImportFiles(read));
                readers.update_value(Vec::clear);
            }
        };
        if file.size() > FILE_BYTES_MAX {
            let size = file.size();
            done(Err(format!(
                "it has {size} bytes; the limit is {FILE_BYTES_MAX}"
            )));
            continue;
        }
        let task = read_as_bytes(&file, move |bytes| {
            done(bytes.map_err(|error| error.to_string()));
        });
        readers.update_value(|readers| readers.push(task));
    }
}
