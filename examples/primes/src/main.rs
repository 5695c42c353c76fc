//! A small service to try Stowplan with: it counts primes, so that its load can be chosen.
//!
//! - `GET /?n=100000` counts the primes up to `n` and names its container
//! - `GET /health` says that it is well
//! - `GET /exit?code=3` ends it with that code, if `ALLOW_EXIT=1`
//!
//! Environment: `PORT` (8080) to listen on; `STARTUP_SECONDS` (0) to wait before listening, which
//! stands for a slow start; `ALLOW_EXIT` for crash tests.
//!
//! It is deliberately no web server: one request per connection, `GET` only.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the output of a container is its log"
)]

mod answer;
mod count;
mod request;
mod server;
mod settings;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::{io, thread};

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::settings::Settings;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    // Before anything else: a container may be stopped while it is still starting.
    end_on_signals()?;
    let settings = Settings::from_environment().map_err(io::Error::other)?;
    thread::sleep(settings.startup);
    server::serve(settings)
}

/// Ends the process at once and without an error, as one that holds nothing may.
fn end_on_signals() -> io::Result<()> {
    let always = Arc::new(AtomicBool::new(true));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 0, Arc::clone(&always))?;
    }
    Ok(())
}
