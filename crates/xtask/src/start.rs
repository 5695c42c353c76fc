//! `cargo xtask start`: the web app on 127.0.0.1, rebuilt and reloaded on every change.
//!
//! It is a release build: the debug build of a simulator is several times slower, and the same
//! build products then serve `cargo xtask dist`.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::error::{Interrupted, hinted};
use crate::process::Background;
use crate::workspace::Workspace;
use crate::{http, report, tools};

/// How to serve the web app.
#[derive(Debug, Args)]
pub(crate) struct StartOptions {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Do not open the page in a browser
    #[arg(long)]
    no_open: bool,
}

/// Serves the web app until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, options: &StartOptions) -> Result<()> {
    check_port(options.port)?;
    let mut server = serve(workspace, options.port)?;
    let served = until_ready(workspace, &mut server, options.port).and_then(|()| {
        announce(options);
        server
            .wait(&workspace.interrupt)
            .map(|status| status.to_string())
    });
    match served {
        Ok(status) => bail!("`trunk serve` ended with {status}"),
        // Ctrl-C is how a server is meant to end.
        Err(error) if error.is::<Interrupted>() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Fails before the long build if the port cannot be had.
fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(hinted(
            format!("port `{port}` of 127.0.0.1 is already in use"),
            format!(
                "choose another one with `cargo xtask start --port {}`",
                other_port(port)
            ),
        )),
        Err(error) => Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    }
}

fn other_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8080)
}

fn serve(workspace: &Workspace, port: u16) -> Result<Background> {
    // A folder of its own: what is served holds the reload script, which `dist/` must not.
    let folder = workspace.scratch("serve")?;
    // Trunk serves what lies there even if the build fails, and yesterday's page would pass for
    // today's.
    fs::remove_dir_all(&folder).with_context(|| format!("cannot empty `{}`", folder.display()))?;
    let mut trunk = tools::trunk::command(workspace)?;
    trunk
        .args(["serve", "--release", "--address", "127.0.0.1"])
        .args(["--port", &port.to_string()])
        .arg("--dist")
        .arg(folder);
    report::step("building the web app (the first build takes some minutes)");
    Background::spawn(&mut trunk)
}

/// Waits until the page itself answers; after a failed build, Trunk answers that there is none.
fn until_ready(workspace: &Workspace, server: &mut Background, port: u16) -> Result<()> {
    while !http::answers(port, "/") {
        if let Some(status) = server.ended()? {
            bail!("`trunk serve` ended with {status} before the page could be served");
        }
        workspace.interrupt.pause()?;
    }
    Ok(())
}

fn announce(options: &StartOptions) {
    let url = format!("http://127.0.0.1:{}/", options.port);
    report::notice(&format!("Stowplan is at {url} (Ctrl-C ends it)"));
    if !options.no_open {
        open_browser(&url);
    }
}

/// Opens the page where there is a desktop; its absence is not an error, the URL is printed.
fn open_browser(url: &str) {
    let Some(mut command) = opener() else { return };
    let quiet = command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Not waited for: some openers stay as long as the browser does.
    let _ = quiet.spawn();
}

fn opener() -> Option<Command> {
    if cfg!(target_os = "macos") {
        return Some(Command::new("open"));
    }
    if cfg!(windows) {
        return Some(Command::new("explorer"));
    }
    // Without a display, xdg-open would start a text browser on our terminal.
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|name| env::var_os(name).is_some());
    display.then(|| Command::new("xdg-open"))
}
