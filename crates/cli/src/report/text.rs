//! The report for people: errors and warnings with the lines they stand in, then in one line each
//! what is only worth knowing.

use super::excerpt::{Excerpt, visible};
use crate::input::Source;
use crate::problem::{Checked, Problem};
use crate::terminal::{Look, Output, Terminal};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};
use std::fmt;
use stowplan_core::severity::Severity;
use stowplan_core::source::Lines;
use stowplan_core::view::severity_word;

/// Columns that stand before a line of the file: its number and the frame.
const MARGIN: usize = 12;

/// Places that are named for notes of one rule; the others are counted.
const PLACES_MAX: usize = 5;

/// Prints what is wrong with one file.
pub(crate) fn show(checked: &Checked, terminal: &mut Terminal, output: Output) {
    show_problems(&checked.source, &checked.problems, terminal, output);
}

/// The same for problems of a file that is neither definition nor design.
pub(crate) fn show_problems(
    source: &Source,
    problems: &[Problem],
    terminal: &mut Terminal,
    output: Output,
) {
    let lines = Lines::new(&source.text);
    let handler = handler(terminal, output);
    let is_note = |problem: &&Problem| problem.severity == Severity::Info;
    for problem in problems.iter().filter(|it| !is_note(it)) {
        let shown = Shown::new(source, problem, &lines, terminal.width());
        let mut text = String::new();
        if handler.render_report(&mut text, &shown).is_ok() {
            // The frame leaves spaces behind empty lines.
            let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
            terminal.print(output, Look::Plain, &(trimmed.join("\n") + "\n"));
        }
    }
    let notes: Vec<&Problem> = problems.iter().filter(is_note).collect();
    for line in note_lines(source, &notes, &lines) {
        terminal.print(output, Look::Faint, &line);
    }
}

/// One line for each sentence; notes of one rule stand together, since a definition as AWS prints
/// it has a dozen members that only AWS writes.
fn note_lines(source: &Source, notes: &[&Problem], lines: &Lines<'_>) -> Vec<String> {
    let mut groups: Vec<Vec<&Problem>> = Vec::new();
    for note in notes {
        let group = groups.iter_mut().find(|group| group[0].code == note.code);
        match group {
            Some(group) => group.push(note),
            None => groups.push(vec![note]),
        }
    }
    let line = |group: &Vec<&Problem>| {
        let place = |problem: &&Problem| {
            let place = lines.place(problem.span.start);
            format!("{}:{}", place.line, place.column)
        };
        let first = group[0];
        let others: Vec<String> = group[1..].iter().take(PLACES_MAX).map(place).collect();
        let more = (group.len() - 1).saturating_sub(PLACES_MAX);
        let others = match (others.join(", "), more) {
            (list, 0) if list.is_empty() => String::new(),
            (list, 0) => format!(" (likewise at {list})"),
            (list, more) => format!(" (likewise at {list} and {more} more)"),
        };
        safe(&format!(
            "  info {} {}:{}: {}{others}",
            first.code,
            source.name,
            place(&first),
            first.words.message
        ))
    };
    groups.iter().map(line).collect()
}

/// The text with nothing in it that would steer the terminal.
pub(crate) fn safe(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn handler(terminal: &Terminal, output: Output) -> GraphicalReportHandler {
    let styles = if terminal.has_colour(output) {
        ThemeStyles::ansi()
    } else {
        ThemeStyles::none()
    };
    let characters = if terminal.is_unicode() {
        ThemeCharacters::unicode()
    } else {
        ThemeCharacters::ascii()
    };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(terminal.width())
        .with_links(false)
        .with_context_lines(1)
}

/// A problem as miette takes it.
#[derive(Debug)]
struct Shown {
    severity: Severity,
    message: String,
    help: Option<String>,
    label: String,
    excerpt: Excerpt,
}

impl Shown {
    fn new(source: &Source, problem: &Problem, lines: &Lines<'_>, width: usize) -> Self {
        let width = width.saturating_sub(MARGIN).max(30);
        let severity = severity_word(problem.severity);
        let message = format!("{severity} {}: {}", problem.code, problem.words.message);
        let mendable = problem.fix.as_ref().is_some_and(|fix| fix.is_sure);
        let hint = problem.words.hint.as_deref().map(safe);
        let help = match (hint, mendable) {
            (Some(hint), true) => Some(format!("{hint} (`--fix` can)")),
            (None, true) => Some("`--fix` mends it".to_owned()),
            (hint, false) => hint,
        };
        Self {
            severity: problem.severity,
            message: safe(&message),
            help,
            label: safe(&problem.pointer),
            excerpt: Excerpt::new(
                &safe(&source.name),
                &source.text,
                lines,
                problem.span,
                width,
            ),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = &self.excerpt.mark;
        let label = (!self.label.is_empty()).then(|| self.label.clone());
        let span = LabeledSpan::new(label, mark.start, mark.len());
        Some(Box::new(std::iter::once(span)))
    }
}
