//! Finding programs on PATH, and asking them for their version.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Folders of system programs that a user's PATH may lack although the program is installed.
const SYSTEM: [&str; 2] = ["/usr/sbin", "/sbin"];

/// The first program of a name on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM.iter().map(PathBuf::from))
        .map(|folder| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
}

/// PATH with a folder put before all others.
pub(crate) fn with_first(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(env::split_paths(&path));
    env::join_paths(folders).context("PATH holds a folder that cannot be written in it")
}

/// The version that a program states, or `None` if it does not run: the proof of a whole tool.
pub(crate) fn version(program: &Path) -> Option<String> {
    let output = process::capture(Command::new(program).arg("--version"))?;
    first_version(&output).map(str::to_owned)
}

/// The first word that starts with a digit, as in `trunk 0.21.14` or `Chromium 131.0.1 built on`.
fn first_version(output: &str) -> Option<&str> {
    output
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_among_words() {
        assert_eq!(first_version("trunk 0.21.14\n"), Some("0.21.14"));
        assert_eq!(
            first_version("Chromium 131.0.1 built on Debian 12"),
            Some("131.0.1")
        );
        assert_eq!(first_version("no number"), None);
    }
}
