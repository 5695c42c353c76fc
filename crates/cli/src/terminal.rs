//! Writing to the terminal: colour only where one is, and never colour alone.

use std::io::{self, IsTerminal, Write};
use stowplan_runner::Complaint;

/// Standard output and standard error, with their looks.
#[derive(Debug)]
pub(crate) struct Terminal {
    colour_out: bool,
    colour_err: bool,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Strong,
    Faint,
    Accent,
    Warning,
}

impl Look {
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Accent => Some("36"),
            Self::Warning => Some("33"),
        }
    }
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            colour_out: wanted && io::stdout().is_terminal(),
            colour_err: wanted && io::stderr().is_terminal(),
        }
    }

    /// One line to standard output. A reader that has gone (`| head`) is no reason to stop.
    pub(crate) fn line(&mut self, look: Look, text: &str) {
        let text = painted(text, look, self.colour_out);
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// One line to standard error, for what is not the command's result.
    pub(crate) fn aside(&mut self, look: Look, text: &str) {
        let text = painted(text, look, self.colour_err);
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A complaint and its hint, to standard error.
    pub(crate) fn complain(&mut self, kind: &str, complaint: &Complaint) {
        let kind = painted(kind, Look::Warning, self.colour_err);
        let mut stderr = io::stderr().lock();
        let _ = writeln!(stderr, "{kind}: {}", complaint.message);
        if let Some(hint) = &complaint.hint {
            let _ = writeln!(
                stderr,
                "  {}: {hint}",
                painted("hint", Look::Accent, self.colour_err)
            );
        }
    }
}

fn painted(text: &str, look: Look, colour: bool) -> String {
    match look.code().filter(|_| colour) {
        Some(code) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        None => text.to_owned(),
    }
}
