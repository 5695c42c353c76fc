//! `cargo xtask dist`: the static site, checked to work from any folder of any host.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, references, report, sizes, tools};

/// Builds `dist/`, checks its references and prints its size against the budget.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut trunk = tools::trunk::command(workspace)?;
    report::step("building the static site");
    trunk
        .args(["build", "--release", "--dist"])
        .arg(workspace.dist());
    process::run(&mut trunk, &workspace.interrupt)?;
    references::check(&workspace.dist())?;
    sizes::print(&workspace.dist())?;
    report::step("the static site is in `dist`");
    Ok(())
}
