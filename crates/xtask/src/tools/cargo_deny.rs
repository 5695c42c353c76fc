//! cargo-deny, which checks licences and sources of the dependencies.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_tool::{CargoTool, Locked, executable};
use crate::workspace::Workspace;

/// Finds or installs it and gives the program.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let tool = CargoTool {
        package: "cargo-deny",
        programs: &["cargo-deny"],
        version: "0.20.2",
        // The checks we use have been stable for long; any that runs will do.
        accepts: |_, _| true,
        folder: "cargo-deny",
        locked: Locked::Yes,
        minutes: 3,
    };
    Ok(executable(&tool.ensure(workspace)?, "cargo-deny"))
}
