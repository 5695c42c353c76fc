//! Reading files of the core's formats; every complaint names its place.

use crate::exit::Stop;
use std::path::Path;
use stowplan_core::source::ReadError;
use stowplan_runner::Complaint;

/// A text and the path that it came from.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Text {
    pub(crate) fn open(path: &Path) -> Result<Self, Stop> {
        let shown = path.display().to_string();
        let cannot = |why: String| {
            let message = format!("cannot read `{shown}`: {why}");
            Stop::unusable(Complaint {
                message,
                hint: None,
            })
        };
        let bytes = std::fs::read(path).map_err(|error| cannot(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8 text".into()))?;
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        Ok(Self { path: shown, text })
    }

    /// Parses the text with `read`.
    pub(crate) fn parse<T>(&self, read: impl Fn(&str) -> Result<T, ReadError>) -> Result<T, Stop> {
        read(&self.text).map_err(|error| Stop::unusable(self.unreadable(&error)))
    }

    fn unreadable(&self, error: &ReadError) -> Complaint {
        let (path, line, column) = (&self.path, error.place.line, error.place.column);
        let pointer = &error.pointer;
        let pointer = if pointer.is_empty() {
            String::new()
        } else {
            format!("{pointer}: ")
        };
        let hint = error
            .syntax
            .then(|| "it must be strict JSON: no comments, no trailing commas".to_owned());
        Complaint {
            message: format!("{path}:{line}:{column}: {pointer}{}", error.message),
            hint,
        }
    }
}
