//! `stowplan`: the engine without a browser.
//!
//! Each command is one file. They parse arguments, call `stowplan-core` or `stowplan-runner`, and
//! print; what is said is worded there, how it looks is decided in [`mod@terminal`].

mod check;
mod compare;
mod design;
mod diff;
mod down;
mod exit;
mod export;
mod fmt;
mod gate;
mod input;
mod output;
mod place;
mod problem;
mod ps;
mod query;
mod report;
mod route;
mod run;
mod simulate;
mod table;
mod terminal;
mod test;

use clap::{Parser, Subcommand};
use exit::Exit;
use std::process::ExitCode;
use terminal::Terminal;

/// Check, simulate and run Amazon ECS task definitions and designs.
#[derive(Debug, Parser)]
#[command(name = "stowplan", version, about, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check task definitions and designs, all problems in one pass
    Check(check::Arguments),
    /// Put task definitions and designs into their canonical form
    Fmt(fmt::Arguments),
    /// Say what differs between two task definitions, as ECS would see it
    Diff(diff::Arguments),
    /// Write files for AWS's own tools from a design
    Export(export::Arguments),
    /// Run a task definition on Docker until Ctrl-C
    Run(run::Arguments),
    /// List the containers that `stowplan run` started
    Ps(ps::Arguments),
    /// Stop and remove the containers that `stowplan run` started
    Down(down::Arguments),
    /// Say where the tasks of a service go and why
    Place(place::Arguments),
    /// List the hosts that match a cluster query expression
    Query(query::Arguments),
    /// Say what a listener does with a request and why
    Route(route::Arguments),
    /// Simulate a design and print its event log
    Simulate(simulate::Arguments),
    /// Run scenarios and fail if an assertion of theirs does: the gate of a pull request
    Test(test::Arguments),
    /// Run scenarios on two designs and say what differs
    Compare(compare::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut terminal = Terminal::new();
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &mut terminal),
        Command::Fmt(arguments) => fmt::run(&arguments, &mut terminal),
        Command::Diff(arguments) => diff::run(&arguments, &mut terminal),
        Command::Export(arguments) => export::run(&arguments, &mut terminal),
        Command::Run(arguments) => run::run(arguments, &mut terminal),
        Command::Ps(arguments) => ps::run(arguments, &mut terminal),
        Command::Down(arguments) => down::run(arguments, &mut terminal),
        Command::Place(arguments) => place::run(&arguments, &mut terminal),
        Command::Query(arguments) => query::run(&arguments, &mut terminal),
        Command::Route(arguments) => route::run(&arguments, &mut terminal),
        Command::Simulate(arguments) => simulate::run(&arguments, &mut terminal),
        Command::Test(arguments) => test::run(&arguments, &mut terminal),
        Command::Compare(arguments) => compare::run(&arguments, &mut terminal),
    };
    let written = match terminal.failed() {
        None => Ok(()),
        Some(error) => Err(anyhow::Error::from(error).context("cannot write standard output")),
    };
    match result.and_then(|exit| written.map(|()| exit).map_err(exit::Stop::from)) {
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
