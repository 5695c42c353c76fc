//! Ctrl-C and SIGTERM as a flag that every wait looks at.
//!
//! Child processes run in process groups of their own (see `process.rs`), so a Ctrl-C in the
//! terminal reaches only us, and we end them in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::TERM_SIGNALS;

use crate::error::Interrupted;

/// How often a wait looks at the flag: too short to be felt, too long to cost anything.
const POLL: Duration = Duration::from_millis(50);

/// Whether the user asked us to end.
#[derive(Debug)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// From now on a signal that would end us raises the flag instead.
    pub(crate) fn install() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for &signal in TERM_SIGNALS {
            signal_hook::flag::register(signal, Arc::clone(&asked))
                .with_context(|| format!("cannot handle signal `{signal}`"))?;
        }
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&asked))
            .context("cannot handle the closing of the terminal")?;
        Ok(Self { asked })
    }

    /// Whether the end was asked for.
    pub(crate) fn is_set(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits one short moment, or fails with [`Interrupted`].
    pub(crate) fn pause(&self) -> Result<()> {
        if self.is_set() {
            return Err(Interrupted.into());
        }
        thread::sleep(POLL);
        Ok(())
    }
}
