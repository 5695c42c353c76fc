//! Writing to the terminal: colour only where one is, and never colour alone.

use std::io::{self, IsTerminal, Write};
use stowplan_runner::Complaint;
use terminal_size::{Width, terminal_size_of};

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;

/// Narrowest and widest text that is laid out; beyond, lines are hard to follow.
const WIDTHS: std::ops::RangeInclusive<usize> = 50..=140;

/// Standard output and standard error, with their looks.
#[derive(Debug)]
pub(crate) struct Terminal {
    colour_out: bool,
    colour_err: bool,
    is_unicode: bool,
    width: usize,
    /// Why standard output took no more, unless its reader has just gone.
    failed: Option<io::Error>,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output: the command's result.
    Result,
    /// Standard error: everything else.
    Aside,
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
        let (out, err) = (io::stdout(), io::stderr());
        let size = terminal_size_of(&out).or_else(|| terminal_size_of(&err));
        let width = size.map_or(WIDTH, |(Width(width), _)| usize::from(width));
        Self {
            colour_out: wanted && out.is_terminal(),
            colour_err: wanted && err.is_terminal(),
            is_unicode: speaks_utf8(),
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            failed: None,
        }
    }

    /// Columns of a line.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// Whether frames may be drawn with more than ASCII has.
    pub(crate) const fn is_unicode(&self) -> bool {
        self.is_unicode
    }

    pub(crate) const fn has_colour(&self, output: Output) -> bool {
        match output {
            Output::Result => self.colour_out,
            Output::Aside => self.colour_err,
        }
    }

    /// One line, or several.
    pub(crate) fn print(&mut self, output: Output, look: Look, text: &str) {
        match output {
            Output::Result => self.line(look, text),
            Output::Aside => self.aside(look, text),
        }
    }

    /// One line to standard output.
    pub(crate) fn line(&mut self, look: Look, text: &str) {
        let text = painted(text, look, self.colour_out);
        self.raw(&format!("{text}\n"));
    }

    /// A text to standard output, as it is. A reader that has gone (`| head`) is no reason to
    /// stop; a full disk is told at the end.
    pub(crate) fn raw(&mut self, text: &str) {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| stdout.flush())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.failed.get_or_insert(error);
        }
    }

    /// What kept the result from being written.
    pub(crate) const fn failed(&mut self) -> Option<io::Error> {
        self.failed.take()
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

/// Whether the locale says UTF-8: the first of the three that is set counts (POSIX).
fn speaks_utf8() -> bool {
    let set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let name = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find(|it| set(it));
    let locale = name.and_then(|name| std::env::var(name).ok());
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

fn painted(text: &str, look: Look, colour: bool) -> String {
    match look.code().filter(|_| colour) {
        Some(code) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        None => text.to_owned(),
    }
}
