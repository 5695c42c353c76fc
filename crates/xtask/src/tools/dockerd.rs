//! A Docker engine of our own: its data, socket and network are private, and go when it ends.
//!
//! It never touches an engine that the machine already has, and several may run at a time.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use super::network::Bridge;
use super::{apt, docker, path};
use crate::error::hinted;
use crate::process::Background;
use crate::report;
use crate::workspace::Workspace;

/// How long it may take until it answers.
const START: Duration = Duration::from_secs(60);

/// How long it may take to stop the containers that are left.
const STOP: Duration = Duration::from_secs(30);

/// How much of the log is shown when it does not start.
const LOG_LINES: usize = 12;

/// A running private engine. The fields are dropped in this order: process, network, files.
#[derive(Debug)]
pub(crate) struct PrivateEngine {
    process: Background,
    _bridge: Bridge,
    _folder: Folder,
    host: String,
    log: PathBuf,
}

impl PrivateEngine {
    /// Starts an engine and waits until it answers.
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        check_system()?;
        let folder = Folder::create()?;
        let bridge = Bridge::create()?;
        let log = workspace
            .scratch("engine")?
            .join(format!("dockerd-{}.log", process::id()));
        let host = format!("unix://{}/docker.sock", folder.path.display());
        let mut process = Background::spawn(&mut command(&folder.path, &bridge, &host, &log)?)?;
        process.allow(STOP);
        let mut engine = Self {
            process,
            _bridge: bridge,
            _folder: folder,
            host,
            log,
        };
        report::step(&format!(
            "starting a private Docker engine at `{}`",
            engine.host
        ));
        engine.wait_until_ready(workspace)?;
        Ok(engine)
    }

    /// Its address.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// What it has to say.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Waits for Ctrl-C, or for an end that nobody asked for.
    pub(crate) fn wait(&mut self, workspace: &Workspace) -> Result<ExitStatus> {
        self.process.wait(&workspace.interrupt)
    }

    fn wait_until_ready(&mut self, workspace: &Workspace) -> Result<()> {
        let deadline = Instant::now() + START;
        while !docker::answers(&self.host) {
            if self.process.ended()?.is_some() || Instant::now() > deadline {
                return Err(self.did_not_start());
            }
            workspace.interrupt.pause()?;
        }
        Ok(())
    }

    fn did_not_start(&self) -> anyhow::Error {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        anyhow!(
            "the private Docker engine did not start; its log is `{}`\n{last}",
            self.log.display()
        )
    }
}

fn check_system() -> Result<()> {
    if cfg!(target_os = "linux") && apt::is_root() {
        return Ok(());
    }
    Err(hinted(
        "no Docker engine answers, and one can only be started here on Linux as root",
        "start Docker (or Docker Desktop) and run this again, or set `DOCKER_HOST`",
    ))
}

fn command(folder: &Path, bridge: &Bridge, host: &str, log: &Path) -> Result<Command> {
    let program = path::find("dockerd").context("`dockerd` is not installed")?;
    let output =
        fs::File::create(log).with_context(|| format!("cannot create `{}`", log.display()))?;
    // The machine's own configuration may state what we state here, which dockerd refuses.
    let config = folder.join("daemon.json");
    fs::write(&config, "{}").with_context(|| format!("cannot write `{}`", config.display()))?;
    let namespace = format!("stowplan-{}", process::id());
    let mut dockerd = Command::new(program);
    dockerd
        .arg("--config-file")
        .arg(config)
        // Where a containerd runs already, dockerd uses it: in a corner of our own.
        .args(["--containerd-namespace", &namespace])
        .args([
            "--containerd-plugins-namespace",
            &format!("{namespace}-plugins"),
        ])
        .arg("--data-root")
        .arg(folder.join("data"))
        .arg("--exec-root")
        .arg(folder.join("exec"))
        .arg("--pidfile")
        .arg(folder.join("pid"))
        .args(["--host", host, "--bridge", bridge.name()])
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output));
    Ok(dockerd)
}

/// The engine's files, removed when this is dropped.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
}

impl Folder {
    /// In the system's temporary folder, because the path of a socket must be short.
    fn create() -> Result<Self> {
        let path = env::temp_dir().join(format!("stowplan-engine-{}", process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot create `{}`", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            report::step(&format!("cannot remove `{}`: {error}", self.path.display()));
        }
    }
}
