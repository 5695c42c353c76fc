//! `stowplan export`: files for AWS's own tools, the same every time they are written.

use crate::exit::{Exit, Stop};
use crate::input::Source;
use crate::output::write_file;
use crate::problem::{Checked, Content};
use crate::report::{counted, show};
use crate::terminal::{Look, Output, Terminal};
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use stowplan_core::export::{ExportFile, task_definition_files};
use stowplan_runner::Complaint;

/// Arguments of `stowplan export`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    to: Target,
    /// Folder to write to; it is made where there is none
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

const HELP: &str = "\
A file of an earlier export is written again only if it changes. What is not a plain file stays.

Exit codes: 0 done, 2 a file cannot be read or written, 4 done, but the design has errors.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// `family.revision.json`, as `aws ecs register-task-definition --cli-input-json` takes it
    TaskDefinitions,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let source = Source::open(&arguments.path).map_err(Stop::unusable)?;
    let checked = Checked::new(source, &[]);
    show(&checked, terminal, Output::Aside);
    let design = match &checked.content {
        Content::Design(Some(design)) => design,
        Content::Design(None) => return Ok(Exit::DocumentErrors),
        Content::Definition(_) => {
            return Err(Stop::not_a_design(&checked.source.name));
        }
    };
    let files = match arguments.to {
        Target::TaskDefinitions => task_definition_files(design),
    };
    let out = &arguments.out;
    fs::create_dir_all(out).map_err(|error| {
        Stop::unusable(Complaint {
            message: format!("cannot make the folder `{}`: {error}", out.display()),
            hint: None,
        })
    })?;
    let is_whole = write_all(&files, out, terminal);
    Ok(if !is_whole {
        Exit::Unusable
    } else if checked.has_errors() {
        Exit::DocumentErrors
    } else {
        Exit::Pass
    })
}

/// Writes the files and says so; whether all of them could be.
fn write_all(files: &[ExportFile], out: &Path, terminal: &mut Terminal) -> bool {
    let mut names = BTreeSet::new();
    let (mut written, mut failed) = (0, 0);
    for file in files {
        let path = out.join(&file.name);
        // Names that differ only in what a file's name cannot have, or in case only, are one file.
        let done = if names.insert(file.name.to_ascii_lowercase()) {
            write(&path, &file.text)
        } else {
            Err(Complaint {
                message: format!("two task definitions would be `{}`", path.display()),
                hint: Some("give one of the families another name".into()),
            })
        };
        match done {
            Ok(state) => {
                written += usize::from(state == "written");
                let dropped = match file.dropped.as_slice() {
                    [] => String::new(),
                    dropped => format!("; left out: {}", dropped.join(", ")),
                };
                let line = format!("{}: {state}{dropped}", path.display());
                terminal.line(Look::Plain, &line);
            }
            Err(complaint) => {
                failed += 1;
                terminal.complain("error", &complaint);
            }
        }
    }
    let mut summary = format!("{}: {written} written", counted(files.len(), "file"));
    if failed > 0 {
        summary += &format!(", {failed} not written");
    }
    terminal.line(Look::Strong, &summary);
    failed == 0
}

fn write(path: &Path, text: &str) -> Result<&'static str, Complaint> {
    match fs::symlink_metadata(path) {
        Ok(known) if !known.is_file() => Err(Complaint {
            message: format!("`{}` is there and is not a plain file", path.display()),
            hint: Some("move it away, or choose another folder".into()),
        }),
        Ok(_) if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) => Ok("unchanged"),
        Ok(_) | Err(_) => write_file(path, text).map(|()| "written"),
    }
}
