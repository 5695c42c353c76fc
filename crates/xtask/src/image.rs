//! `cargo xtask image`: the example service as a container image, without any registry.
//!
//! The program is linked statically against musl, so the image is one file on `FROM scratch`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::{docker, wasm_target};
use crate::workspace::Workspace;
use crate::{process, report};

/// Name of the image in the engine.
pub(crate) const TAG: &str = "stowplan/primes:latest";

/// Builds the image in the engine that the user named or that answers.
pub(crate) fn run(workspace: &Workspace, host: Option<&str>) -> Result<()> {
    build(workspace, &docker::answering_host(workspace, host)?)
}

/// Builds the image in an engine that answers.
pub(crate) fn build(workspace: &Workspace, host: &str) -> Result<()> {
    let program = compile(workspace)?;
    let folder = gather(workspace, &program)?;
    report::step(&format!("building image `{TAG}`"));
    let classic = image_command(host, &folder, Builder::Classic);
    // The classic builder needs no plug-in of the client and works with engines old and new; a
    // client that has dropped it brings the other one along.
    run_either(
        workspace,
        classic,
        image_command(host, &folder, Builder::BuildKit),
    )
    .context("cannot build the image")?;
    report::step(&format!("image `{TAG}` is in the engine at `{host}`"));
    Ok(())
}

/// Compiles the service and gives the path of the program.
fn compile(workspace: &Workspace) -> Result<PathBuf> {
    // An engine runs on the architecture of its machine, and so do we.
    let target = format!("{}-unknown-linux-musl", env::consts::ARCH);
    wasm_target::ensure_target(workspace, &target)?;
    let folder = workspace.scratch("musl")?;
    // rustc's own linker needs no musl toolchain on the machine, not even Linux.
    let linker = format!(
        "CARGO_TARGET_{}_LINKER",
        target.to_uppercase().replace('-', "_")
    );
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "build",
            "--release",
            "--package",
            "primes",
            "--target",
            &target,
            "--target-dir",
        ])
        .arg(&folder)
        .env(linker, "rust-lld");
    process::run(&mut cargo, &workspace.interrupt)?;
    Ok(folder.join(&target).join("release").join("primes"))
}

/// Puts the two files of the image into a folder of their own: all of it goes to the engine.
fn gather(workspace: &Workspace, program: &Path) -> Result<PathBuf> {
    let folder = workspace.scratch("image")?;
    let dockerfile = workspace.root.join("examples/primes/Dockerfile");
    for (from, name) in [(program, "primes"), (&dockerfile, "Dockerfile")] {
        fs::copy(from, folder.join(name))
            .with_context(|| format!("cannot copy `{}`", from.display()))?;
    }
    Ok(folder)
}

#[derive(Debug, Clone, Copy)]
enum Builder {
    Classic,
    BuildKit,
}

fn image_command(host: &str, folder: &Path, builder: Builder) -> Command {
    let mut docker = docker::command(host);
    docker.args(["build", "--quiet", "--tag", TAG]).arg(folder);
    docker.env(
        "DOCKER_BUILDKIT",
        match builder {
            Builder::Classic => "0",
            Builder::BuildKit => "1",
        },
    );
    docker
}

fn run_either(workspace: &Workspace, mut first: Command, mut second: Command) -> Result<()> {
    // Quiet, for it prints a deprecation notice that the reader can do nothing about.
    if process::capture(&mut first).is_some() {
        return Ok(());
    }
    process::run(&mut second, &workspace.interrupt)
}
