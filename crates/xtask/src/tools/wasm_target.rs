//! Compilation targets: the standard library of one must be installed before we compile for it.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::path;
use crate::error::hinted;
use crate::workspace::Workspace;
use crate::{process, report};

/// The browser's target.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Flags of the compiler for [`WASM`]; cargo adds them to those in `.cargo/config.toml`.
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// Leptos gives all views one type, instead of one type with code of its own to every part of the
/// page: 11 KiB less to load.
const ERASED_VIEWS: &str = "--cfg=erase_components";

/// LLVM leaves the counters of loops as they were written: rewriting them into running addresses
/// pays on other processors, but in WebAssembly it is only more code. 5 KiB less to load.
const PLAIN_LOOPS: &str = "-Cllvm-args=-disable-lsr";

/// Lets a command, cargo or one that calls cargo, compile for the browser as the page is compiled.
///
/// For tests and checks too, so that they are about the page that people get.
pub(crate) fn for_the_page(workspace: &Workspace, command: &mut Command) {
    let mut flags = env::var(FLAGS).unwrap_or_default();
    for flag in [ERASED_VIEWS, PLAIN_LOOPS] {
        if accepted(workspace, flag) {
            flags.push(' ');
            flags.push_str(flag);
        } else {
            report::step(&format!(
                "this compiler does not know `{flag}`: the page works without it and is larger"
            ));
        }
    }
    command.env(FLAGS, flags.trim_start());
}

/// An unknown flag ends the build, and those of LLVM come and go without notice.
fn accepted(workspace: &Workspace, flag: &str) -> bool {
    let mut rustc = workspace.program("rustc");
    process::capture(rustc.args(["--print", "cfg", "--target", WASM, flag])).is_some()
}

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
