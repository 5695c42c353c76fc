//! Programs from crates.io: the one on PATH if it is right, else one in a cache of the user's.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::path;
use crate::error::hinted;
use crate::workspace::{Workspace, cargo};
use crate::{process, report};

/// A program from crates.io and how to get it.
#[derive(Debug)]
pub(crate) struct CargoTool<'a> {
    /// The crate.
    pub(crate) package: &'a str,
    /// What the crate installs and we run; the first one also states the version.
    pub(crate) programs: &'a [&'a str],
    /// The version to install.
    pub(crate) version: &'a str,
    /// Whether a version that is already there will do.
    pub(crate) accepts: fn(found: &str, wanted: &str) -> bool,
    /// Folder in the cache.
    pub(crate) folder: &'a str,
    /// Whether to build it with the dependencies that its authors tested.
    pub(crate) locked: Locked,
    /// How long it takes on two cores.
    pub(crate) minutes: u32,
}

/// Whether a tool is built with the `Cargo.lock` that it was published with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locked {
    /// With its own lock file.
    Yes,
    /// With the newest compatible dependencies.
    No,
}

impl CargoTool<'_> {
    /// Finds or installs the tool and gives the folder of its programs.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<PathBuf> {
        let root = cache()?.join(self.folder);
        let cached = root.join("bin");
        if let Some(folder) = self
            .on_path()
            .or_else(|| self.is_good(&cached).then(|| cached.clone()))
        {
            return Ok(folder);
        }
        self.install(workspace, &root)?;
        if !self.is_good(&cached) {
            bail!(
                "`{}` was installed in `{}` but does not run",
                self.package,
                cached.display()
            );
        }
        Ok(cached)
    }

    fn on_path(&self) -> Option<PathBuf> {
        let folder = path::find(self.programs.first()?)?.parent()?.to_path_buf();
        self.is_good(&folder).then_some(folder)
    }

    /// Whether every program of ours runs there in a version that will do: what an interrupted
    /// installation left does not.
    fn is_good(&self, folder: &Path) -> bool {
        self.programs.iter().all(|program| {
            path::version(&executable(folder, program))
                .is_some_and(|found| (self.accepts)(&found, self.version))
        })
    }

    fn install(&self, workspace: &Workspace, root: &Path) -> Result<()> {
        report::step(&format!(
            "installing {} {} once into `{}` (takes about {} minutes on two cores)",
            self.package,
            self.version,
            root.display(),
            self.minutes
        ));
        std::fs::create_dir_all(root)
            .with_context(|| format!("cannot create `{}`", root.display()))?;
        let mut command = self.install_command(root);
        process::run(&mut command, &workspace.interrupt)
    }

    fn install_command(&self, root: &Path) -> Command {
        let mut command = Command::new(cargo());
        // Outside the checkout, whose cargo settings are meant for the product. `--force`
        // because this is only reached when what is there, if anything, is not whole.
        command
            .current_dir(root)
            .args([
                "install",
                "--force",
                self.package,
                "--version",
                self.version,
            ])
            .arg("--root")
            .arg(root);
        if self.locked == Locked::Yes {
            command.arg("--locked");
        }
        command
    }
}

/// Path of a program in a folder.
pub(crate) fn executable(folder: &Path, program: &str) -> PathBuf {
    folder.join(format!("{program}{}", env::consts::EXE_SUFFIX))
}

/// Exactly the wanted version.
pub(crate) fn same(found: &str, wanted: &str) -> bool {
    found == wanted
}

/// A version that differs at most in its last part.
pub(crate) fn same_minor(found: &str, wanted: &str) -> bool {
    let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    minor(found) == minor(wanted)
}

/// Where tools are kept, shared by all checkouts of a user.
fn cache() -> Result<PathBuf> {
    let folder = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("STOWPLAN_TOOLS")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("stowplan/tools")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/stowplan/tools")))
        .or_else(|| folder("LOCALAPPDATA").map(|local| local.join("stowplan/tools")))
        .ok_or_else(|| {
            hinted(
                "cannot find a folder for tools, since `HOME` is not set",
                "set `STOWPLAN_TOOLS` to a folder that can be written",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_release_of_the_same_line_will_do() {
        assert!(same_minor("0.21.9", "0.21.14"));
        assert!(!same_minor("0.20.14", "0.21.14"));
        assert!(!same_minor("0.22.0", "0.21.14"));
        assert!(same("0.2.100", "0.2.100"));
        assert!(!same("0.2.99", "0.2.100"));
    }
}
