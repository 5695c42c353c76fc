//! `cargo xtask`: every command that a developer or CI runs on this repository.
//!
//! Each command does its own set-up, so that a machine with only rustup gets to a running page
//! or a tested tree with one line. Nothing here is part of the product.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to the terminal"
)]

mod bench;
mod bless;
mod ci;
mod dist;
mod engine;
mod error;
mod fuzz;
mod http;
mod image;
mod interrupt;
mod process;
mod references;
mod report;
mod sizes;
mod start;
mod summary;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::error::Interrupted;
use crate::test::TestOptions;
use crate::workspace::Workspace;

/// Builds, serves, tests and packages Stowplan.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the web app and serve it on 127.0.0.1, rebuilding whenever a source file changes
    Start(start::StartOptions),
    /// Run every test: native, WebAssembly in Chromium, end to end in Chromium, and Docker
    Test(TestOptions),
    /// What CI runs: format, clippy natively and for wasm, licences and sources, then every test
    Ci(CiOptions),
    /// Write the static site to `dist/`, to be put in any folder of any static host
    Dist,
    /// Build the example service and load it into a Docker engine as `stowplan/primes:latest`
    Image(HostOption),
    /// Run a private Docker engine in the foreground, for a machine that has none running
    Engine,
    /// Run the benchmarks, all or those named, such as `taskdef`; `browser` is those in Chromium
    Bench(NamesOption),
    /// Look for inputs that break the reader or the rules of task definitions, by libFuzzer
    Fuzz(fuzz::FuzzOptions),
    /// Run the native tests and rewrite the expected texts that differ; review the diff
    Bless(ExtraOption),
}

#[derive(Debug, Args)]
struct CiOptions {
    /// Stop before the tests
    #[arg(long)]
    no_test: bool,
    #[command(flatten)]
    test: TestOptions,
}

#[derive(Debug, Args)]
struct HostOption {
    /// Docker engine, as `unix:///path` or `tcp://host:port`; else DOCKER_HOST, else the default
    #[arg(long, value_name = "URL")]
    host: Option<String>,
}

#[derive(Debug, Args)]
struct NamesOption {
    /// Benchmarks to run; all without any
    names: Vec<String>,
}

#[derive(Debug, Args)]
struct ExtraOption {
    /// Passed on to the test programs, for instance a name to filter by
    #[arg(last = true)]
    extra: Vec<String>,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Interrupted>() => {
            eprintln!("interrupted");
            // What shells report for a program that ended by Ctrl-C.
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let workspace = Workspace::open()?;
    match cli.command {
        Command::Start(options) => start::run(&workspace, &options),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Ci(options) => {
            ci::checks(&workspace)?;
            if options.no_test {
                Ok(())
            } else {
                test::run(&workspace, &options.test)
            }
        }
        Command::Dist => dist::run(&workspace),
        Command::Image(options) => image::run(&workspace, options.host.as_deref()),
        Command::Engine => engine::run(&workspace),
        Command::Bench(options) => bench::run(&workspace, &options.names),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
        Command::Bless(options) => bless::run(&workspace, &options.extra),
    }
}
