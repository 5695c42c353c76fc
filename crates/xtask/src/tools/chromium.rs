//! Chromium and its driver, for the tests that need a real browser.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{apt, path};
use crate::error::hinted;
use crate::process::Background;
use crate::workspace::Workspace;
use crate::{http, report};

/// Names under which systems install the browser, the free one first.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where macOS keeps it.
const MAC_BROWSER: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// How long the driver may take to listen.
const DRIVER_START: Duration = Duration::from_secs(20);

/// A browser and the driver of the same version.
#[derive(Debug)]
pub(crate) struct Chromium {
    /// Path of the browser.
    pub(crate) browser: PathBuf,
    /// Path of chromedriver.
    pub(crate) driver: PathBuf,
}

/// Finds or installs both.
pub(crate) fn ensure(workspace: &Workspace) -> Result<Chromium> {
    let chromium = match find() {
        Some(chromium) => chromium,
        None => install(workspace)?,
    };
    check_versions(&chromium)?;
    Ok(chromium)
}

fn find() -> Option<Chromium> {
    let given = |name: &str| env::var_os(name).map(PathBuf::from);
    let driver = given("CHROMEDRIVER").or_else(|| path::find("chromedriver"))?;
    let browser = given("CHROME")
        .or_else(|| BROWSERS.into_iter().find_map(path::find))
        .or_else(|| Some(PathBuf::from(MAC_BROWSER)).filter(|path| path.is_file()))?;
    Some(Chromium { browser, driver })
}

fn install(workspace: &Workspace) -> Result<Chromium> {
    // Ubuntu's packages install snaps of both.
    let packages = if apt::is_ubuntu() {
        ["chromium-browser", "chromium-chromedriver"]
    } else {
        ["chromium", "chromium-driver"]
    };
    apt::install(workspace, "Chromium with its driver", &packages)?;
    find().ok_or_else(|| {
        hinted(
            "there is still no `chromium` and `chromedriver` on PATH after their installation",
            "install Chrome and the chromedriver of its version by hand",
        )
    })
}

/// The driver refuses a browser of another version with a message that few understand.
fn check_versions(chromium: &Chromium) -> Result<()> {
    let (browser, driver) = (major(&chromium.browser)?, major(&chromium.driver)?);
    if browser == driver {
        return Ok(());
    }
    Err(hinted(
        format!("`chromedriver` is of version {driver}, but the browser of version {browser}"),
        "install both in the same version, or set `CHROME` and `CHROMEDRIVER` to two that match",
    ))
}

fn major(program: &Path) -> Result<String> {
    let version = path::version(program).with_context(|| {
        format!(
            "`{}` does not run; is it a stub without the program?",
            program.display()
        )
    })?;
    Ok(version.split('.').next().unwrap_or_default().to_owned())
}

/// Arguments of a browser that nobody watches.
pub(crate) fn arguments() -> Vec<&'static str> {
    let mut arguments = vec![
        "--headless",
        "--disable-gpu",
        // The shared memory of a container is too small for it.
        "--disable-dev-shm-usage",
        // Tests talk to this machine only.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ];
    if apt::is_root() {
        // Chromium does not start as root with its sandbox; it sees no page but ours.
        arguments.push("--no-sandbox");
    }
    arguments
}

impl Chromium {
    /// Writes the file in which wasm-bindgen's test runner looks for browser and arguments.
    pub(crate) fn write_webdriver_json(&self, workspace: &Workspace) -> Result<PathBuf> {
        let path = workspace.scratch("browser")?.join("webdriver.json");
        let arguments = arguments().into_iter().map(json_string).collect::<Vec<_>>();
        let text = format!(
            "{{ \"goog:chromeOptions\": {{ \"binary\": {}, \"args\": [{}] }} }}\n",
            json_string(&self.browser.to_string_lossy()),
            arguments.join(", "),
        );
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(path)
    }

    /// Starts the driver on a free port and waits until it answers.
    pub(crate) fn start_driver(&self, workspace: &Workspace) -> Result<Driver> {
        let log = workspace.scratch("browser")?.join("chromedriver.log");
        let port = free_port()?;
        let output =
            fs::File::create(&log).with_context(|| format!("cannot create `{}`", log.display()))?;
        let mut command = workspace.program(&self.driver);
        command
            .arg(format!("--port={port}"))
            .stdout(Stdio::from(output.try_clone()?))
            .stderr(Stdio::from(output));
        let mut driver = Driver {
            process: Background::spawn(&mut command)?,
            port,
            log,
        };
        driver.wait_until_ready(workspace)?;
        report::step(&format!("chromedriver listens at {}", driver.url()));
        Ok(driver)
    }
}

/// A running chromedriver; it and its browsers end when this is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Background,
    port: u16,
    log: PathBuf,
}

impl Driver {
    /// Where a test finds it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it has to say.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    fn wait_until_ready(&mut self, workspace: &Workspace) -> Result<()> {
        let deadline = Instant::now() + DRIVER_START;
        while !http::answers(self.port, "/status") {
            if self.process.ended()?.is_some() || Instant::now() > deadline {
                bail!(
                    "chromedriver does not answer; its log is `{}`",
                    self.log.display()
                );
            }
            workspace.interrupt.pause()?;
        }
        Ok(())
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener
        .local_addr()
        .context("a listener has no address")?
        .port())
}

/// A JSON string; paths and arguments hold nothing but printable characters.
fn json_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_path_survives_json() {
        assert_eq!(json_string(r#"C:\a "b""#), r#""C:\\a \"b\"""#);
    }
}
