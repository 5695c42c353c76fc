//! `stowplan down`: everything that `stowplan run` started and left goes.

use crate::block_on;
use crate::exit::{Exit, Stop};
use crate::run::hosts;
use crate::terminal::{Look, Terminal};
use stowplan_runner::{DownOptions, Notice, down};

/// Arguments of `stowplan down`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Docker engine, `unix:///…` or `tcp://…`; may be given several times [default: that of `docker`]
    #[arg(long = "host", value_name = "URL")]
    hosts: Vec<String>,
    /// Only the containers of this family
    #[arg(long)]
    family: Option<String>,
}

pub(crate) fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let options = DownOptions {
        hosts: hosts(arguments.hosts)?,
        family: arguments.family,
    };
    let mut notify = |notice: Notice| {
        if matches!(notice, Notice::Removed { .. }) {
            terminal.line(Look::Plain, &notice.to_string());
        }
    };
    let count = block_on(down(&options, &mut notify))??;
    let summary = match count {
        0 => "nothing of ours was there".to_owned(),
        1 => "1 container stopped and removed".to_owned(),
        count => format!("{count} containers stopped and removed"),
    };
    terminal.line(Look::Strong, &summary);
    Ok(Exit::Pass)
}
