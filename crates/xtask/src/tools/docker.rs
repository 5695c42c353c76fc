//! The Docker command line and an engine that answers: the user's own, else a private one.

use std::env;
use std::process::Command;

use anyhow::Result;

use super::dockerd::PrivateEngine;
use super::{apt, path};
use crate::error::hinted;
use crate::process;
use crate::report;
use crate::workspace::Workspace;

/// Where an engine listens if nothing else is said.
const DEFAULT_HOST: &str = "unix:///var/run/docker.sock";

/// An engine for the tests.
#[derive(Debug)]
pub(crate) enum Engine {
    /// It ran before us and runs after us.
    Existing(String),
    /// It ends with us.
    Private(PrivateEngine),
}

impl Engine {
    /// Its address.
    pub(crate) fn host(&self) -> &str {
        match self {
            Self::Existing(host) => host,
            Self::Private(engine) => engine.host(),
        }
    }
}

/// Finds an engine that answers, or installs and starts one.
pub(crate) fn ensure(workspace: &Workspace) -> Result<Engine> {
    let host = configured_host(None);
    if answers(&host) {
        report::step(&format!("using the Docker engine at `{host}`"));
        return Ok(Engine::Existing(host));
    }
    ensure_installed(workspace)?;
    Ok(Engine::Private(PrivateEngine::start(workspace)?))
}

/// The engine that the user means, if it answers.
pub(crate) fn answering_host(workspace: &Workspace, host: Option<&str>) -> Result<String> {
    if path::find("docker").is_none() {
        ensure_installed(workspace)?;
    }
    let host = configured_host(host);
    if answers(&host) {
        return Ok(host);
    }
    Err(hinted(
        format!("no Docker engine answers at `{host}`"),
        "start Docker, name another engine with `--host`, or run `cargo xtask engine` in a \
         second terminal and give its address",
    ))
}

/// Installs the command line and the engine, without starting anything.
pub(crate) fn ensure_installed(workspace: &Workspace) -> Result<()> {
    let needed = ["docker", "dockerd", "iptables", "ip"];
    if needed.iter().all(|program| path::find(program).is_some()) {
        return Ok(());
    }
    apt::install(
        workspace,
        "a Docker engine",
        &["docker.io", "iptables", "iproute2"],
    )?;
    if path::find("docker").is_some() {
        return Ok(());
    }
    // Newer releases keep the command line in a package of its own.
    apt::install(workspace, "the Docker command line", &["docker-cli"])
}

/// A command for one engine, whatever the user's own settings are.
pub(crate) fn command(host: &str) -> Command {
    let mut docker = Command::new("docker");
    docker
        .args(["--host", host])
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_CONTEXT");
    docker
}

/// Whether an engine answers.
pub(crate) fn answers(host: &str) -> bool {
    let mut docker = command(host);
    process::capture(docker.args(["version", "--format", "{{.Server.Version}}"])).is_some()
}

/// In the order in which Docker itself looks: what was said, the variable, the context in use.
fn configured_host(said: Option<&str>) -> String {
    said.map(str::to_owned)
        .or_else(|| env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty()))
        .or_else(context_host)
        .unwrap_or_else(|| DEFAULT_HOST.to_owned())
}

/// Docker Desktop and its like listen elsewhere and say so in a context.
fn context_host() -> Option<String> {
    let format = "{{.Endpoints.docker.Host}}";
    let host =
        process::capture(Command::new("docker").args(["context", "inspect", "--format", format]))?;
    Some(host.trim().to_owned()).filter(|host| !host.is_empty())
}
