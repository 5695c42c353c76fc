//! Child processes that never outlive us.
//!
//! Each runs in a process group of its own; ending one ends what it started in turn (cargo and
//! its test program, chromedriver and its browsers).

use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::error::Interrupted;
use crate::interrupt::Interrupt;

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Runs a command to its end with its output on our terminal; a non-zero exit is an error.
pub(crate) fn run(command: &mut Command, interrupt: &Interrupt) -> Result<()> {
    let mut process = Background::spawn(command)?;
    let status = process.wait(interrupt)?;
    if !status.success() {
        bail!("`{}` ended with {status}", process.words);
    }
    Ok(())
}

/// Runs a command quietly and gives its standard output, or `None` if it is missing or fails.
pub(crate) fn capture(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A running child process, ended with its whole group when this is dropped.
#[derive(Debug)]
pub(crate) struct Background {
    child: Child,
    words: String,
    grace: Duration,
}

impl Background {
    /// Starts a command in a process group of its own.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let words = words(command);
        in_own_group(command.stdin(Stdio::null()));
        let child = command
            .spawn()
            .with_context(|| format!("cannot start `{words}`"))?;
        Ok(Self {
            child,
            words,
            grace: GRACE,
        })
    }

    /// Lets the process take longer to end by itself.
    pub(crate) fn allow(&mut self, grace: Duration) {
        self.grace = grace;
    }

    /// The exit status if the process has ended.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("cannot wait for `{}`", self.words))
    }

    /// Waits for the end, or fails with [`Interrupted`].
    pub(crate) fn wait(&mut self, interrupt: &Interrupt) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                // A child that was ended by the same Ctrl-C did not fail.
                return if interrupt.is_set() {
                    Err(Interrupted.into())
                } else {
                    Ok(status)
                };
            }
            interrupt.pause()?;
        }
    }

    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        signal_group(&mut self.child, Ending::Ask);
        let deadline = Instant::now() + self.grace;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        signal_group(&mut self.child, Ending::Force);
        // Reaped here; there is nobody left to tell about a failure.
        let _ = self.child.wait();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The command as one would type it.
fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    // A full path would bury the arguments, which are what tells two runs apart.
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

#[derive(Debug, Clone, Copy)]
enum Ending {
    /// The process may tidy up first.
    Ask,
    /// It may not.
    Force,
}

#[cfg(unix)]
fn in_own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(unix)]
fn signal_group(child: &mut Child, ending: Ending) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = match ending {
        Ending::Ask => Signal::TERM,
        Ending::Force => Signal::KILL,
    };
    // The one expected failure is that the group is already gone, which is what we want.
    let _ = kill_process_group(Pid::from_child(child), signal);
}

#[cfg(not(unix))]
fn in_own_group(_command: &mut Command) {}

#[cfg(not(unix))]
fn signal_group(child: &mut Child, _ending: Ending) {
    // The one expected failure is that the process is already gone, which is what we want.
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_without_its_folder() {
        assert_eq!(
            words(Command::new("/usr/bin/cargo").args(["test", "-p"])),
            "cargo test -p"
        );
    }

    #[cfg(unix)]
    #[test]
    fn dropping_a_process_ends_what_it_started() {
        let mut sleeper = Background::spawn(Command::new("sh").args(["-c", "sleep 60 & wait"]))
            .expect("`sh` starts");
        assert!(sleeper.ended().expect("can be waited for").is_none());
        let group = rustix::process::Pid::from_child(&sleeper.child);
        drop(sleeper);
        // The orphan is reaped by init a moment after its end.
        let deadline = Instant::now() + GRACE;
        while rustix::process::test_kill_process_group(group).is_ok() && Instant::now() < deadline {
            thread::yield_now();
        }
        assert!(rustix::process::test_kill_process_group(group).is_err());
    }
}
