//! Trunk, which builds and serves the web app.

use std::process::Command;

use anyhow::Result;

use super::cargo_tool::{CargoTool, Locked, executable, same_minor};
use super::{wasm_bindgen, wasm_target};
use crate::workspace::Workspace;

const TRUNK: CargoTool<'_> = CargoTool {
    package: "trunk",
    programs: &["trunk"],
    version: "0.21.14",
    accepts: same_minor,
    folder: "trunk-0.21.14",
    locked: Locked::Yes,
    minutes: 8,
};

/// A Trunk command with everything installed that Trunk calls in turn.
pub(crate) fn command(workspace: &Workspace) -> Result<Command> {
    wasm_target::ensure(workspace)?;
    let bindgen = wasm_bindgen::ensure(workspace)?;
    let folder = TRUNK.ensure(workspace)?;
    let mut trunk = workspace.program(executable(&folder, "trunk"));
    trunk
        // Else Trunk downloads a wasm-bindgen of its own.
        .env("PATH", bindgen.path_with_it_first()?)
        // A build must not ask the network whether there is a newer Trunk.
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    wasm_target::for_the_page(workspace, &mut trunk);
    // Trunk reads this variable as `true` or `false` and fails on the customary `1`.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    Ok(trunk)
}
