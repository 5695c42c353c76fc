//! Compilation targets: the standard library of one must be installed before we compile for it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::path;
use crate::error::hinted;
use crate::workspace::Workspace;
use crate::{process, report};

/// The browser's target.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that we can compile for the browser.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    ensure_target(workspace, WASM)
}

/// Makes sure that we can compile for a target.
pub(crate) fn ensure_target(workspace: &Workspace, target: &str) -> Result<()> {
    // Asks the compiler, not rustup, which is absent where Rust came from a distribution.
    if installed(workspace, target) {
        return Ok(());
    }
    if path::find("rustup").is_none() {
        return Err(hinted(
            format!("target `{target}` is not installed and there is no `rustup` to install it"),
            "install Rust from https://rustup.rs, or this target from where your Rust came",
        ));
    }
    report::step(&format!("installing target `{target}`"));
    let mut rustup = workspace.program("rustup");
    process::run(rustup.args(["target", "add", target]), &workspace.interrupt)
}

fn installed(workspace: &Workspace, target: &str) -> bool {
    let mut rustc: Command = workspace.program("rustc");
    process::capture(rustc.args(["--print", "target-libdir", "--target", target]))
        .is_some_and(|folder| PathBuf::from(folder.trim()).is_dir())
}
