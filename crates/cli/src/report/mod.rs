//! What was found, for people and for programs. It decides nothing: what is wrong was found in
//! [`mod@crate::problem`].

mod excerpt;
mod json;
mod sarif;
mod text;

pub(crate) use json::json;
pub(crate) use sarif::sarif;
pub(crate) use text::{safe, show, show_problems};

use crate::problem::Checked;
use stowplan_core::severity::Severity;
use stowplan_runner::Complaint;

/// All that a command looked at.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What was checked, in the order of the arguments.
    pub(crate) checked: Vec<Checked>,
    /// What could not be read, by the name that was given.
    pub(crate) unreadable: Vec<(String, Complaint)>,
}

impl Report {
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.checked.iter().map(|it| it.count(severity)).sum()
    }

    /// `2 files: 3 errors, 1 warning`.
    pub(crate) fn summary(&self) -> String {
        let files = counted(self.checked.len(), "file");
        let errors = self.count(Severity::Error);
        let warnings = self.count(Severity::Warning);
        let found = match (errors, warnings) {
            (0, 0) => "no problems".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (errors, 0) => counted(errors, "error"),
            (errors, warnings) => format!(
                "{}, {}",
                counted(errors, "error"),
                counted(warnings, "warning")
            ),
        };
        match self.unreadable.len() {
            unread if self.checked.is_empty() => format!("{} not read", counted(unread, "file")),
            0 => format!("{files}: {found}"),
            unread => format!("{files}: {found}; {} not read", counted(unread, "file")),
        }
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
