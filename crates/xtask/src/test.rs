//! `cargo xtask test`: every test, with all the set-up that it needs.
//!
//! Four suites. A suite that fails does not stop the next one; the table at the end tells all.
//! The suites that need a browser or an engine are told where to find it by environment
//! variables, so that the test programs install and start nothing themselves.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};

use crate::error::Interrupted;
use crate::process;
use crate::summary::{Outcome, Summary};
use crate::tools::{chromium, docker, wasm_bindgen, wasm_target};
use crate::workspace::Workspace;
use crate::{dist, image, report};

/// Which tests to run, and how.
#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// Leave out the suites that need Chromium or Docker; the summary says what was not run
    #[arg(long, value_enum)]
    skip: Vec<Skip>,
    /// Passed on to the test programs, for instance a name to filter by
    #[arg(last = true)]
    extra: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Skip {
    /// The suites that need Chromium
    Browser,
    /// The suite that needs a Docker engine
    Docker,
}

/// One group of tests with the same needs.
struct Suite {
    name: &'static str,
    skipped_by: Option<Skip>,
    run: fn(&Workspace, &[String]) -> Result<()>,
}

const SUITES: [Suite; 4] = [
    Suite {
        name: "native",
        skipped_by: None,
        run: run_native,
    },
    Suite {
        name: "wasm in Chromium",
        skipped_by: Some(Skip::Browser),
        run: run_wasm,
    },
    Suite {
        name: "end to end in Chromium",
        skipped_by: Some(Skip::Browser),
        run: run_browser,
    },
    Suite {
        name: "Docker",
        skipped_by: Some(Skip::Docker),
        run: run_docker,
    },
];

/// Runs the suites and prints the table.
pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> Result<()> {
    let mut summary = Summary::default();
    for suite in &SUITES {
        summary.add(suite.name, outcome(workspace, options, suite));
    }
    report::step("test summary");
    print!("{summary}");
    if workspace.interrupt.is_set() {
        return Err(Interrupted.into());
    }
    match summary.failures() {
        0 => Ok(()),
        failures => Err(anyhow!("{failures} of {} test suites failed", SUITES.len())),
    }
}

fn outcome(workspace: &Workspace, options: &TestOptions, suite: &Suite) -> Outcome {
    if workspace.interrupt.is_set() {
        return Outcome::NotRun("interrupted".to_owned());
    }
    if let Some(skip) = suite.skipped_by.filter(|skip| options.skip.contains(skip)) {
        return Outcome::NotRun(format!("because of `--skip {}`", skip.name()));
    }
    report::step(&format!("tests: {}", suite.name));
    let began = Instant::now();
    match (suite.run)(workspace, &options.extra) {
        Ok(()) => Outcome::Passed(began.elapsed()),
        Err(error) if error.is::<Interrupted>() => Outcome::NotRun("interrupted".to_owned()),
        Err(error) => Outcome::Failed(error),
    }
}

impl Skip {
    fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Docker => "docker",
        }
    }
}

/// The command of the native suite; of the web crate it takes the part that needs no browser.
pub(crate) fn native(workspace: &Workspace, extra: &[String]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--workspace", "--"]).args(extra);
    cargo
}

fn run_native(workspace: &Workspace, extra: &[String]) -> Result<()> {
    process::run(&mut native(workspace, extra), &workspace.interrupt)
}

fn run_wasm(workspace: &Workspace, extra: &[String]) -> Result<()> {
    for selection in wasm_selections(workspace)? {
        let mut cargo = in_chromium(workspace, selection)?;
        process::run(cargo.arg("--").args(extra), &workspace.interrupt)?;
    }
    Ok(())
}

/// A `cargo test` of a selection for wasm, with all that its runner needs.
pub(crate) fn in_chromium(workspace: &Workspace, selection: &[&str]) -> Result<Command> {
    wasm_target::ensure(workspace)?;
    let runner = wasm_bindgen::ensure(workspace)?;
    let chromium = chromium::ensure(workspace)?;
    let capabilities = chromium.write_webdriver_json(workspace)?;
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--target", wasm_target::WASM])
        .args(selection)
        .env("PATH", runner.path_with_it_first()?)
        .env("CHROMEDRIVER", &chromium.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
    wasm_target::for_the_page(workspace, &mut cargo);
    Ok(cargo)
}

/// What to test on wasm: the web crate only once it has tests, since building it takes minutes.
fn wasm_selections(workspace: &Workspace) -> Result<Vec<&'static [&'static str]>> {
    let mut selections: Vec<&[&str]> = vec![&["--package", "stowplan-tests", "--test", "wasm"]];
    if workspace.mentions("crates/web", "#[wasm_bindgen_test")? {
        selections.push(&["--package", "stowplan-web"]);
    }
    Ok(selections)
}

fn run_browser(workspace: &Workspace, extra: &[String]) -> Result<()> {
    let chromium = chromium::ensure(workspace)?;
    dist::run(workspace)?;
    let driver = chromium.start_driver(workspace)?;
    let mut cargo = feature_suite(workspace, "browser", extra);
    cargo
        .env("STOWPLAN_DIST", workspace.dist())
        .env("STOWPLAN_CHROMEDRIVER", driver.url())
        .env("STOWPLAN_CHROME", &chromium.browser)
        .env("STOWPLAN_CHROME_ARGS", chromium::arguments().join(" "));
    process::run(&mut cargo, &workspace.interrupt)
        .with_context(|| format!("chromedriver's log is `{}`", driver.log().display()))
}

fn run_docker(workspace: &Workspace, extra: &[String]) -> Result<()> {
    let engine = docker::ensure(workspace)?;
    image::build(workspace, engine.host())?;
    let mut cargo = feature_suite(workspace, "docker", extra);
    cargo
        .env("STOWPLAN_DOCKER_HOST", engine.host())
        .env("STOWPLAN_IMAGE", image::TAG);
    process::run(&mut cargo, &workspace.interrupt)
}

/// A test target that is behind the feature of its own name.
fn feature_suite(workspace: &Workspace, name: &str, extra: &[String]) -> Command {
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "test",
            "--package",
            "stowplan-tests",
            "--features",
            name,
            "--test",
            name,
            "--",
        ])
        .args(extra);
    cargo
}
