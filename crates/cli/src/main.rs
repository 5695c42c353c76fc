//! `stowplan`: the engine without a browser.
//!
//! Each command is one file. They parse arguments, call `stowplan-core` or `stowplan-runner`, and
//! print; what is said is worded there, how it looks is decided in [`mod@terminal`].

mod down;
mod exit;
mod input;
mod ps;
mod run;
mod simulate;
mod table;
mod terminal;

use clap::{Parser, Subcommand};
use exit::Exit;
use std::process::ExitCode;
use terminal::Terminal;

/// Draw an ECS cluster, simulate it, run it on Docker.
#[derive(Debug, Parser)]
#[command(name = "stowplan", version, about, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a task definition on Docker until Ctrl-C
    Run(run::Arguments),
    /// List the containers that `stowplan run` started
    Ps(ps::Arguments),
    /// Stop and remove the containers that `stowplan run` started
    Down(down::Arguments),
    /// Simulate a design and print its event log
    Simulate(simulate::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut terminal = Terminal::new();
    let result = match arguments.command {
        Command::Run(arguments) => run::run(arguments, &mut terminal),
        Command::Ps(arguments) => ps::run(arguments, &mut terminal),
        Command::Down(arguments) => down::run(arguments, &mut terminal),
        Command::Simulate(arguments) => simulate::run(&arguments, &mut terminal),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(stop) => {
            stop.tell(&mut terminal);
            stop.exit().into()
        }
    }
}

/// Runs `future` on one thread.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, exit::Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime =
        runtime.map_err(|error| anyhow::Error::from(error).context("cannot start a runtime"))?;
    Ok(runtime.block_on(future))
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
