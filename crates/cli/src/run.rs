//! `stowplan run`: a task definition on Docker, streamed as it goes.

use crate::block_on;
use crate::exit::{Exit, Stop};
use crate::table::table;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use std::path::PathBuf;
use stowplan_core::model::TASKS_PER_SERVICE_MAX;
use stowplan_runner::{Document, Notice, RunOptions, TaskRow, default_address};

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
    let document = Document::open(&arguments.path)?;
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
