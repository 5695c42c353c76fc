//! System packages on Debian and Ubuntu; elsewhere, or without the right to install, a message.

use std::fs;

use anyhow::Result;

use super::path;
use crate::error::hinted;
use crate::workspace::Workspace;
use crate::{process, report};

/// Installs packages, or says what to install.
pub(crate) fn install(workspace: &Workspace, what: &str, packages: &[&str]) -> Result<()> {
    let packages = packages.join(" ");
    if !is_debian() {
        return Err(hinted(
            format!("{what} is not installed"),
            format!("install it by your system's means; on Debian the packages are {packages}"),
        ));
    }
    if !is_root() {
        return Err(hinted(
            format!("{what} is not installed"),
            format!("run `sudo apt-get install --no-install-recommends {packages}`"),
        ));
    }
    report::step(&format!(
        "installing {what} by apt: {packages} (takes about 2 minutes)"
    ));
    apt(workspace, "update")?;
    apt(
        workspace,
        &format!("install --yes --no-install-recommends {packages}"),
    )
}

fn apt(workspace: &Workspace, arguments: &str) -> Result<()> {
    let mut apt = workspace.program("apt-get");
    // Nobody is there to answer a question of a package.
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt.args(["--quiet=2"]).args(arguments.split(' '));
    process::run(&mut apt, &workspace.interrupt)
}

/// Whether this is Ubuntu, which names some packages otherwise.
pub(crate) fn is_ubuntu() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=ubuntu")
}

fn is_debian() -> bool {
    fs::exists("/etc/debian_version").unwrap_or(false) && path::find("apt-get").is_some()
}

/// Whether we may install packages and start an engine.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether we may install packages and start an engine.
#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
    false
}
