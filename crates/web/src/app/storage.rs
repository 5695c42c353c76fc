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

/// The session as it was left; the sample on the first visit.
pub(super) fn restored_session() -> Session {
    let kept = LocalStorage::raw().get_item(DESIGN).ok().flatten();
    let theme = LocalStorage::raw()
        .get_item(THEME)
        .ok()
        .flatten()
        .unwrap_or_default();
    let session = match kept.as_deref().map(Design::read) {
        None => Session::new(sample()),
        Some(Ok(design)) => Session::new(design),
        Some(Err(error)) => {
            put_aside(&kept.unwrap_or_default());
            let words = format!("the kept design could not be read and was put aside: {error}");
            Session::new(sample()).with_notice(words)
        }
    };
    session.with_theme(Theme::named(&theme))
}

fn put_aside(text: &str) {
    // Where even this fails, the notice on the screen is all that can be done.
    drop(LocalStorage::raw().set_item(UNREADABLE, text));
}

/// Keeps the document and reads it back.
///
/// # Errors
/// The browser's reason, or that what was read back differs.
pub(super) fn keep_design(text: &str) -> Result<(), String> {
    let storage = LocalStorage::raw();
    storage
        .set_item(DESIGN, text)
        .map_err(|_| "the browser's storage is full or closed")?;
    let kept = storage.get_item(DESIGN).ok().flatten();
    if kept.as_deref() == Some(text) {
        Ok(())
    } else {
        Err("the browser did not keep it".into())
    }
}

/// Keeps the colours; losing them harms nobody.
pub(super) fn keep_theme(theme: Theme) {
    drop(LocalStorage::raw().set_item(THEME, theme.name()));
}
