//! `stowplan run`: a task definition on Docker, streamed as it goes.

use crate::block_on;
use crate::exit::{Exit, Stop};
use crate::input::Source;
use crate::problem::{Checked, Content};
use crate::report::{self, counted};
use crate::table::table;
use crate::terminal::{Look, Output, Terminal};
use anyhow::Context;
use std::path::PathBuf;
use stowplan_core::model::TASKS_PER_SERVICE_MAX;
use stowplan_core::severity::Severity;
use stowplan_runner::{Complaint, Document, Notice, RunOptions, TaskRow, default_address};

/// Arguments of `stowplan run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Task definition, as `aws ecs register-task-definition --cli-input-json` takes it
    #[arg(value_name = "TASKDEF.json")]
    path: PathBuf,
    /// How many tasks to keep running
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=i64::from(TASKS_PER_SERVICE_MAX)))]
    count: u32,
    /// Docker engine, `unix:///…` or `tcp://…`; several make several hosts [default: that of `docker`]
    #[arg(long = "host", value_name = "URL")]
    hosts: Vec<String>,
    /// Print every Docker call as well
    #[arg(long, short)]
    verbose: bool,
}

/// Addresses as given, or the default one.
pub(crate) fn hosts(given: Vec<String>) -> Result<Vec<String>, Stop> {
    if given.is_empty() {
        Ok(vec![default_address()?])
    } else {
        Ok(given)
    }
}

pub(crate) fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let source = Source::open(&arguments.path).map_err(Stop::unusable)?;
    let checked = Checked::new(source, &[]);
    if matches!(checked.content, Content::Design(_)) {
        return Err(Stop::unusable(Complaint {
            message: format!(
                "`{}` is a design, not a task definition",
                checked.source.name
            ),
            hint: Some("write its task definitions with `stowplan export`, then run one".into()),
        }));
    }
    report::show(&checked, terminal, Output::Aside);
    if checked.has_errors() {
        let errors = counted(checked.count(Severity::Error), "error");
        let told = format!("{}: {errors}; nothing was started", checked.source.name);
        terminal.aside(Look::Strong, &told);
        return Ok(Exit::DocumentErrors);
    }
    let Source { name, text, .. } = checked.source;
    let document = Document::parse(&name, text)?;
    let seed = getrandom::u64().context("the system gives no random number")?;
    let hosts = hosts(arguments.hosts)?;
    let options = RunOptions {
        document,
        count: arguments.count,
        hosts,
        seed,
    };
    let verbose = arguments.verbose;
    let mut notify = |notice: Notice| show(terminal, &notice, verbose);
    block_on(stowplan_runner::run(&options, &mut notify))??;
    Ok(Exit::Pass)
}

fn show(terminal: &mut Terminal, notice: &Notice, verbose: bool) {
    match notice {
        Notice::Operation { .. } if !verbose => {}
        Notice::Operation { .. } => terminal.line(Look::Faint, &format!("    {notice}")),
        Notice::Tasks(rows) => show_tasks(terminal, rows),
        Notice::Action { .. } => terminal.line(Look::Accent, &notice.to_string()),
        Notice::Event { .. } => terminal.line(Look::Plain, &notice.to_string()),
        Notice::NotHonoured(_) | Notice::Warning(_) | Notice::Explanation { .. } => {
            terminal.line(Look::Warning, &notice.to_string());
        }
        Notice::Host { .. }
        | Notice::Adopted { .. }
        | Notice::Ending { .. }
        | Notice::Removed { .. }
        | Notice::Ended => terminal.line(Look::Strong, &notice.to_string()),
    }
}

fn show_tasks(terminal: &mut Terminal, rows: &[TaskRow]) {
    let cells = |row: &TaskRow| {
        let TaskRow {
            task,
            revision,
            status,
            host,
            containers,
            urls,
        } = row;
        [
            task.clone(),
            revision.clone(),
            (*status).to_owned(),
            host.clone(),
            containers.join(" "),
            urls.join(" "),
        ]
    };
    let cells: Vec<_> = rows.iter().map(cells).collect();
    let head = [
        "TASK",
        "TASK DEFINITION",
        "STATUS",
        "HOST",
        "CONTAINER",
        "URL",
    ];
    for line in table(head, &cells) {
        terminal.line(Look::Strong, &format!("  {line}"));
    }
}
