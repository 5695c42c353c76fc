//! Ctrl-C, SIGTERM and SIGHUP (the terminal was closed), counted from the moment that a run may leave something behind.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a run.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Absent where whoever started us wants it ignored, as `nohup` does.
    hangup: Option<Signal>,
}

impl Signals {
    /// Takes the signals over from now on.
    pub(crate) fn take() -> anyhow::Result<Self> {
        let take = |kind| signal(kind).context("cannot listen for Ctrl-C");
        Ok(Self {
            interrupt: take(SignalKind::interrupt())?,
            terminate: take(SignalKind::terminate())?,
            hangup: (!is_hangup_ignored())
                .then(|| take(SignalKind::hangup()))
                .transpose()?,
        })
    }

    /// The next signal.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = heard(self.hangup.as_mut()) => {}
        }
    }
}

async fn heard(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Linux tells which signals a process ignores; elsewhere none is taken to be.
fn is_hangup_ignored() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores_hangup(&status))
}

/// `SigIgn: 0000000000000001`: the lowest bit is signal 1, SIGHUP.
fn ignores_hangup(status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn what_nohup_ignores_stays_ignored() {
        assert!(ignores_hangup("Name:\tx\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_hangup("Name:\tx\nSigIgn:\t0000000000001000\n"));
        assert!(!ignores_hangup(""));
    }
}
