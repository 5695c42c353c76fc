//! `cargo xtask ci`: what must hold before a change is taken, cheapest check first.

use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::wasm_target;
use crate::workspace::Workspace;
use crate::{process, report, tools};

/// Everything but the tests; stops at the first stage that fails and names it.
pub(crate) fn checks(workspace: &Workspace) -> Result<()> {
    stage(workspace, "format", format)?;
    stage(workspace, "clippy, native", clippy_native)?;
    stage(workspace, "clippy, wasm", clippy_wasm)?;
    stage(workspace, "licences and sources", deny)
}

fn stage(
    workspace: &Workspace,
    name: &str,
    command: fn(&Workspace) -> Result<Command>,
) -> Result<()> {
    report::step(&format!("ci: {name}"));
    command(workspace)
        .and_then(|mut command| process::run(&mut command, &workspace.interrupt))
        .with_context(|| format!("stage `{name}`"))
}

fn format(workspace: &Workspace) -> Result<Command> {
    let mut cargo = workspace.cargo();
    cargo.args(["fmt", "--all", "--check"]);
    Ok(cargo)
}

fn clippy_native(workspace: &Workspace) -> Result<Command> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["clippy", "--workspace", "--all-targets"])
        .args(["--features", "stowplan-tests/docker,stowplan-tests/browser"])
        .args(["--", "-D", "warnings"]);
    Ok(cargo)
}

fn clippy_wasm(workspace: &Workspace) -> Result<Command> {
    wasm_target::ensure(workspace)?;
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "clippy",
            "--package",
            "stowplan-core",
            "--package",
            "stowplan-web",
        ])
        .args(["--target", wasm_target::WASM, "--", "-D", "warnings"]);
    wasm_target::for_the_page(workspace, &mut cargo);
    Ok(cargo)
}

fn deny(workspace: &Workspace) -> Result<Command> {
    let mut deny = workspace.program(tools::cargo_deny::ensure(workspace)?);
    deny.args(["check", "bans", "licenses", "sources"]);
    Ok(deny)
}
