//! `cargo xtask engine`: the private Docker engine of the tests, for anyone who has none.

use anyhow::{Result, bail};

use crate::error::Interrupted;
use crate::report;
use crate::tools::{docker, dockerd::PrivateEngine};
use crate::workspace::Workspace;

/// Runs the engine until Ctrl-C.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    docker::ensure_installed(workspace)?;
    let mut engine = PrivateEngine::start(workspace)?;
    report::notice(&format!(
        "a Docker engine answers at {host} (Ctrl-C ends it and removes all that is in it)\n    \
         for instance: cargo xtask image --host {host}",
        host = engine.host()
    ));
    match engine.wait(workspace) {
        Ok(status) => {
            bail!(
                "the engine ended with {status}; its log is `{}`",
                engine.log().display()
            )
        }
        // Ctrl-C is how it is meant to end.
        Err(error) if error.is::<Interrupted>() => Ok(()),
        Err(error) => Err(error),
    }
}
