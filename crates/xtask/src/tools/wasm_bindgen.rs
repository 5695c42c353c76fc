//! The wasm-bindgen command line, in exactly the version of the library that is linked.
//!
//! The two share a format that changes with every release.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::cargo_tool::{CargoTool, Locked, same};
use super::path;
use crate::workspace::Workspace;

/// The installed command line.
#[derive(Debug)]
pub(crate) struct WasmBindgen {
    folder: PathBuf,
}

impl WasmBindgen {
    /// PATH for programs that look for it there.
    pub(crate) fn path_with_it_first(&self) -> Result<OsString> {
        path::with_first(&self.folder)
    }
}

/// Finds or installs it.
pub(crate) fn ensure(workspace: &Workspace) -> Result<WasmBindgen> {
    let lock = workspace.read("Cargo.lock")?;
    let version =
        locked_version(&lock, "wasm-bindgen").context("`Cargo.lock` holds no `wasm-bindgen`")?;
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version,
        accepts: same,
        folder: &format!("wasm-bindgen-cli-{version}"),
        // Its own lock file can name releases that were withdrawn; only its own version matters.
        locked: Locked::No,
        minutes: 3,
    };
    Ok(WasmBindgen {
        folder: tool.ensure(workspace)?,
    })
}

/// The version of a package in a lock file.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_package_itself() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.100\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.100"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
