//! `cargo xtask fuzz`: lets libFuzzer look for inputs that break the reader or the rules.
//!
//! The targets are in `fuzz/`. No sanitizer is used: there is no unsafe code of ours to watch,
//! and without one the stable compiler does. What was learnt stays among cargo's build products
//! and is where the next run goes on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::error::{Interrupted, hinted};
use crate::tools::cargo_fuzz;
use crate::workspace::Workspace;
use crate::{process, report};

/// The targets, each with the folders whose files it starts from.
const TARGETS: [(&str, &[&str]); 2] = [
    ("parse", &["tests/fixtures/task-definitions"]),
    ("definition", &["tests/fixtures/task-definitions"]),
];

/// Options of libFuzzer: one input may take this many seconds and this many MiB. The slowest
/// that we know takes a hundredth of either.
const LIMITS: [&str; 3] = ["-timeout=5", "-rss_limit_mb=1024", "-max_len=4096"];

/// What to fuzz, and how long.
#[derive(Debug, Args)]
pub(crate) struct FuzzOptions {
    /// Seconds of fuzzing in all, which the targets share; building them comes on top
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Run the targets once with this file, to see a failure again
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Targets to run, `parse` or `definition`; both without any
    #[arg(value_parser = ["parse", "definition"])]
    targets: Vec<String>,
}

/// Builds the targets and runs them one after the other; the first failure ends it.
pub(crate) fn run(workspace: &Workspace, options: &FuzzOptions) -> Result<()> {
    let wanted =
        |name: &str| options.targets.is_empty() || options.targets.iter().any(|it| it == name);
    let targets: Vec<_> = TARGETS.iter().filter(|(name, _)| wanted(name)).collect();
    report::step("building the fuzz targets (takes about 2 minutes the first time)");
    for (name, _) in &targets {
        let mut build = cargo_fuzz(workspace, "build", name)?;
        process::run(&mut build, &workspace.interrupt)?;
    }
    let share = options
        .seconds
        .div_ceil(u32::try_from(targets.len()).unwrap_or(u32::MAX));
    for (name, seeds) in targets {
        match &options.replay {
            Some(file) => replay(workspace, name, file)?,
            None => fuzz(workspace, name, seeds, Duration::from_secs(share.into()))?,
        }
    }
    Ok(())
}

fn fuzz(workspace: &Workspace, name: &str, seeds: &[&str], time: Duration) -> Result<()> {
    report::step(&format!("fuzzing `{name}` for {} seconds", time.as_secs()));
    let artifacts = workspace.scratch(&format!("fuzz/artifacts/{name}"))?;
    let mut run = cargo_fuzz(workspace, "run", name)?;
    // libFuzzer writes to the first folder and reads all.
    run.arg(workspace.scratch(&format!("fuzz/corpus/{name}"))?)
        .args(seeds)
        .arg("--")
        .args(LIMITS)
        .arg(format!("-max_total_time={}", time.as_secs()))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-dict=fuzz/task-definition.dict")
        .args(["-verbosity=0", "-print_final_stats=1"]);
    // libFuzzer says a great deal that nobody reads while all is well.
    let log = workspace.scratch("fuzz")?.join(format!("{name}.log"));
    let file = File::create(&log).with_context(|| format!("cannot create `{}`", log.display()))?;
    run.stdout(file.try_clone()?).stderr(file);
    let ended = process::run(&mut run, &workspace.interrupt);
    let said = fs::read(&log).with_context(|| format!("cannot read `{}`", log.display()))?;
    let said = String::from_utf8_lossy(&said);
    match ended {
        Ok(()) => {
            let count = figure(&said, "number_of_executed_units");
            let memory = figure(&said, "peak_rss_mb");
            report::step(&format!(
                "{count} inputs for `{name}`, none failed; {memory} MiB of memory at most"
            ));
            Ok(())
        }
        Err(error) if error.is::<Interrupted>() => Err(error),
        Err(_) => Err(hinted(
            format!("target `{name}` failed: {}", reason(&said)),
            format!(
                "the input is the newest file in `{}`; see it fail again with `cargo xtask fuzz --replay FILE {name}`; what libFuzzer said is in `{}`",
                artifacts.display(),
                log.display()
            ),
        )),
    }
}

/// One of libFuzzer's final figures.
fn figure<'a>(said: &'a str, name: &str) -> &'a str {
    let mut lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
    lines
        .next()
        .map_or("?", |rest| rest.trim_matches([':', ' ']))
}

/// Why a target ended: the message of the panic, or what libFuzzer sums it up as.
fn reason(said: &str) -> &str {
    let mut lines = said
        .lines()
        .skip_while(|line| !line.contains(" panicked at "));
    let panic = lines.nth(1);
    let summary = || said.lines().find_map(|line| line.strip_prefix("SUMMARY: "));
    panic
        .or_else(summary)
        .unwrap_or("it ended without a reason")
}

fn replay(workspace: &Workspace, name: &str, file: &Path) -> Result<()> {
    // The command runs in the root of the checkout, we may have been started elsewhere.
    let file = file
        .canonicalize()
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let mut run = cargo_fuzz(workspace, "run", name)?;
    process::run(run.arg(file).arg("--").args(LIMITS), &workspace.interrupt)
}

fn cargo_fuzz(workspace: &Workspace, command: &str, target: &str) -> Result<Command> {
    let mut cargo_fuzz = cargo_fuzz::command(workspace)?;
    cargo_fuzz
        .args([
            command,
            "--fuzz-dir",
            "fuzz",
            "--sanitizer",
            "none",
            "--target-dir",
        ])
        .arg(workspace.scratch("fuzz/target")?)
        .arg(target);
    Ok(cargo_fuzz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_reasons_are_found_among_what_is_said() {
        let said = "x\nstat::number_of_executed_units: 42\nstat::peak_rss_mb:              37\n";
        assert_eq!(figure(said, "number_of_executed_units"), "42");
        assert_eq!(figure(said, "peak_rss_mb"), "37");
        assert_eq!(figure("", "peak_rss_mb"), "?");
        let said = "thread '<unnamed>' (7) panicked at src/a.rs:1:2:\nnothing is lost\nstack\n";
        assert_eq!(reason(said), "nothing is lost");
        assert_eq!(
            reason("SUMMARY: libFuzzer: timeout\n"),
            "libFuzzer: timeout"
        );
    }
}
