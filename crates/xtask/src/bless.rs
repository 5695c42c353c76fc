//! `cargo xtask bless`: rewrites the expected texts of the native tests with what they now give.
//!
//! Only the tests know which texts those are; they look at `STOWPLAN_BLESS`.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, report, test};

/// Runs the native tests with permission to rewrite.
pub(crate) fn run(workspace: &Workspace, extra: &[String]) -> Result<()> {
    let mut cargo = test::native(workspace, extra);
    process::run(cargo.env("STOWPLAN_BLESS", "1"), &workspace.interrupt)?;
    report::step("expected texts are up to date; review them with `git diff`");
    Ok(())
}
