//! `stowplan fmt`: files in their one canonical form.

use crate::exit::{Exit, Stop};
use crate::input::{Source, is_standard};
use crate::output::write_file;
use crate::problem::{Checked, Content};
use crate::report::{counted, show};
use crate::terminal::{Look, Output, Terminal};
use std::path::{Path, PathBuf};
use stowplan_core::severity::Severity;
use stowplan_core::taskdef::{Rule, formatted};
use stowplan_runner::Complaint;

/// Arguments of `stowplan fmt`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Task definitions in any shape, which stays, and designs; `-` reads standard input and
    /// writes standard output
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Write nothing; list the files that are not in their form, and exit with 4
    #[arg(long)]
    check: bool,
}

const HELP: &str = "\
The form: members in the order of AWS's API, those that it does not know last, two spaces, a final
line feed. A file that is not JSON, or has a comment, which would be lost, stays as it is.

Exit codes: 0 done, 2 a file cannot be read, 4 a file stays as it is, or with --check is not in
its form.";

/// What became of a file.
enum Done {
    /// It was in its form.
    Same,
    /// It was not.
    Changed,
    /// It cannot be formatted; what is wrong was told.
    Refused,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let (mut changed, mut refused, mut unreadable) = (0, 0, 0);
    for path in &arguments.paths {
        match one(path, arguments.check, terminal) {
            Ok(Done::Same) => {}
            Ok(Done::Changed) => changed += 1,
            Ok(Done::Refused) => refused += 1,
            Err(complaint) => {
                terminal.complain("error", &complaint);
                unreadable += 1;
            }
        }
    }
    let count = arguments.paths.len();
    let what = if arguments.check {
        "to be formatted"
    } else {
        "formatted"
    };
    let parts = [
        (changed, what),
        (refused, "left as found"),
        (unreadable, "not read or not written"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let told = match parts.as_slice() {
        [] => "nothing to change".to_owned(),
        parts => parts.join(", "),
    };
    terminal.aside(Look::Strong, &format!("{}: {told}", counted(count, "file")));
    Ok(match (unreadable, refused, changed) {
        (1.., _, _) => Exit::Unusable,
        (_, 1.., _) => Exit::DocumentErrors,
        (_, _, 1..) if arguments.check => Exit::DocumentErrors,
        _ => Exit::Pass,
    })
}

fn one(path: &Path, check: bool, terminal: &mut Terminal) -> Result<Done, Complaint> {
    let checked = Checked::new(Source::open(path)?, &[]);
    let Some(text) = canonical(&checked) else {
        show(&faults(checked), terminal, Output::Aside);
        return Ok(Done::Refused);
    };
    // The form has no byte-order mark: AWS's command line refuses one.
    let is_same = text == checked.source.text && !checked.source.has_mark;
    match (check, is_standard(path)) {
        (false, true) => terminal.raw(&text),
        (false, false) if !is_same => write_file(path, &text)?,
        (true, _) if !is_same => terminal.line(Look::Plain, &checked.source.name),
        (_, _) => {}
    }
    Ok(if is_same { Done::Same } else { Done::Changed })
}

/// The form of the file; `None` if it is not JSON, something would be lost, or it is neither a
/// task definition nor a design.
fn canonical(checked: &Checked) -> Option<String> {
    match &checked.content {
        Content::Definition(reading) => {
            reading.definition.as_ref()?;
            formatted(&checked.source.text).ok()
        }
        Content::Design(design) => design.as_ref().map(|design| design.write()),
    }
}

/// Only what keeps a file from being formatted.
fn faults(mut checked: Checked) -> Checked {
    let reading = [
        Rule::NotJson,
        Rule::NotStrictJson,
        Rule::DuplicateMember,
        Rule::BarePlaceholder,
        Rule::NumberTooLarge,
        Rule::TooMuch,
        Rule::NotADefinition,
    ];
    if matches!(checked.content, Content::Definition(_)) {
        let ids = reading.map(Rule::id);
        checked.problems.retain(|it| ids.contains(&it.code));
    }
    checked.problems.retain(|it| it.severity == Severity::Error);
    checked
}
