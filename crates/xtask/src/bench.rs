//! `cargo xtask bench`: the numbers of the design's budget table.

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Runs the benchmark program, with all benchmarks or those named.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "run",
        "--release",
        "--package",
        "stowplan-tests",
        "--bin",
        "bench",
        "--",
    ]);
    process::run(cargo.args(names), &workspace.interrupt)
}
