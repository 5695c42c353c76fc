//! Where we are: the checkout, the folders that commands write to, and cargo itself.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::interrupt::Interrupt;

/// The checkout that a command works on, and whether the user has asked it to end.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Folder of the root manifest.
    pub(crate) root: PathBuf,
    /// Raised by Ctrl-C.
    pub(crate) interrupt: Interrupt,
}

impl Workspace {
    /// Finds the checkout that this xtask belongs to.
    pub(crate) fn open() -> Result<Self> {
        // cargo sets the variable at run time too, so a checkout that was moved is still found.
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir
            .ancestors()
            .nth(2)
            .context("`crates/xtask` is not two folders below the checkout")?
            .to_path_buf();
        Ok(Self {
            root,
            interrupt: Interrupt::install()?,
        })
    }

    /// The static site that `cargo xtask dist` writes.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A folder of ours among cargo's build products, made if it is missing.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        let folder = self.root.join(target).join("xtask").join(name);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create `{}`", folder.display()))?;
        Ok(folder)
    }

    /// A cargo command in the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.program(cargo());
        // `cargo run` describes xtask in these; build scripts that look at them would run again
        // after every change between cargo by hand and cargo by us.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// Any command in the checkout.
    pub(crate) fn program(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root);
        command
    }

    /// The text of a file of the checkout.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.root.join(path)).with_context(|| format!("cannot read `{path}`"))
    }

    /// Whether any Rust file below a folder contains a text.
    pub(crate) fn mentions(&self, folder: &str, text: &str) -> Result<bool> {
        mentions(&self.root.join(folder), text).with_context(|| format!("cannot search `{folder}`"))
    }
}

/// The cargo that runs us, so that the toolchain is the same all the way down.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

fn mentions(folder: &Path, text: &str) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() {
            mentions(&path, text)?
        } else {
            path.extension().is_some_and(|extension| extension == "rs")
                && fs::read_to_string(&path)?.contains(text)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
