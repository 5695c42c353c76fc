//! What the browser keeps: the document and the colours. The one place that knows where.

use crate::session::{Session, Theme};
use gloo::storage::{LocalStorage, Storage};
use stowplan_core::design::{Design, sample};

/// Where the document is kept.
const DESIGN: &str = "stowplan.design";
/// Where a document that could not be read is put aside, so that it is not overwritten.
const UNREADABLE: &str = "stowplan.design.unreadable";
/// Where the colours are kept.
const THEME: &str = "stowplan.theme";

/// What is said when the kept document is not the one that this tab knows.
const FOREIGN: &str = "another tab changed this design (reload for its version, export yours)";

/// The session as it was left, and the text that it was read from; the sample on the first visit.
pub(super) fn restored_session() -> (Session, Option<String>) {
    let kept = kept_design();
    let theme = LocalStorage::raw()
        .get_item(THEME)
        .ok()
        .flatten()
        .unwrap_or_default();
    let session = match kept.as_deref().map(Design::read) {
        None => Session::new(sample()),
        Some(Ok(design)) => Session::new(design),
        Some(Err(error)) => {
            put_aside(kept.as_deref().unwrap_or_default());
            let words = format!("the kept design could not be read and was put aside: {error}");
            Session::new(sample()).with_notice(words)
        }
    };
    (session.with_theme(Theme::named(&theme)), kept)
}

fn kept_design() -> Option<String> {
    LocalStorage::raw().get_item(DESIGN).ok().flatten()
}

fn put_aside(text: &str) {
    // Where even this fails, the notice on the screen is all that can be done.
    drop(LocalStorage::raw().set_item(UNREADABLE, text));
}

/// Whether the browser still keeps what this tab last read or wrote.
///
/// # Errors
/// That another tab wrote since, in words.
pub(super) fn still_known(known: Option<&str>) -> Result<(), String> {
    match kept_design() {
        Some(kept) if Some(kept.as_str()) != known => Err(FOREIGN.into()),
        Some(_) | None => Ok(()),
    }
}

/// Keeps the document and reads it back, unless another tab wrote since this one did.
///
/// # Errors
/// The browser's reason, that another tab wrote, or that what was read back differs.
pub(super) fn keep_design(text: &str, known: Option<&str>) -> Result<(), String> {
    if kept_design().as_deref() != Some(text) {
        still_known(known)?;
    }
    let storage = LocalStorage::raw();
    storage
        .set_item(DESIGN, text)
        .map_err(|_| "the browser's storage is full or closed")?;
    if kept_design().as_deref() == Some(text) {
        Ok(())
    } else {
        Err("the browser did not keep it".into())
    }
}

/// Keeps the colours; losing them harms nobody.
pub(super) fn keep_theme(theme: Theme) {
    drop(LocalStorage::raw().set_item(THEME, theme.name()));
}
