//! `cargo xtask bench`: the numbers of the design's budget table, natively and in Chromium.

use anyhow::Result;

use crate::process;
use crate::test;
use crate::workspace::Workspace;

/// The name of the benchmarks that need Chromium.
const BROWSER: &str = "browser";

/// Runs all benchmarks or those named.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<()> {
    let native: Vec<&String> = names.iter().filter(|name| *name != BROWSER).collect();
    if names.is_empty() || !native.is_empty() {
        let mut cargo = workspace.cargo();
        cargo
            .args(["run", "--release", "--package", "stowplan-tests"])
            .args(["--bin", "bench", "--"])
            .args(native);
        process::run(&mut cargo, &workspace.interrupt)?;
    }
    if names.is_empty() || names.iter().any(|name| name == BROWSER) {
        // As the page is built.
        let selection = [
            "--profile",
            "web",
            "--package",
            "stowplan-tests",
            "--test",
            "wasm_bench",
        ];
        let mut cargo = test::in_chromium(workspace, &selection)?;
        process::run(cargo.args(["--", "--nocapture"]), &workspace.interrupt)?;
    }
    Ok(())
}
