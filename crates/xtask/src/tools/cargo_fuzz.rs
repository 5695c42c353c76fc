//! cargo-fuzz, which builds programs with libFuzzer in them, and the C++ compiler for libFuzzer.

use std::env;
use std::process::Command;

use anyhow::Result;

use super::cargo_tool::{CargoTool, Locked, executable, same_minor};
use super::{apt, path};
use crate::workspace::Workspace;

const CARGO_FUZZ: CargoTool<'_> = CargoTool {
    package: "cargo-fuzz",
    programs: &["cargo-fuzz"],
    version: "0.13.2",
    accepts: same_minor,
    folder: "cargo-fuzz-0.13.2",
    locked: Locked::Yes,
    minutes: 1,
};

/// A cargo-fuzz command in the checkout.
pub(crate) fn command(workspace: &Workspace) -> Result<Command> {
    let compilers = ["c++", "g++", "clang++"];
    if env::var_os("CXX").is_none() && !compilers.iter().any(|it| path::find(it).is_some()) {
        apt::install(workspace, "a C++ compiler for libFuzzer", &["g++"])?;
    }
    let folder = CARGO_FUZZ.ensure(workspace)?;
    Ok(workspace.program(executable(&folder, "cargo-fuzz")))
}
