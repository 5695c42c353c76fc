//! House rules that a tool can check, checked (ARCHITECTURE.md names the invariants).
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the workspace")
}

/// Every Rust file below `folder` with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn all_sources() -> Vec<(PathBuf, String)> {
    ["crates", "tests", "examples"]
        .into_iter()
        .flat_map(sources)
        .collect()
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in all_sources() {
        let head = text.lines().find(|line| !line.starts_with("#!"));
        assert!(
            head.is_some_and(|line| line.starts_with("//!")),
            "{} has no head",
            path.display()
        );
    }
}

#[test]
fn no_file_is_long() {
    // style: a file that nears 500 lines before its tests holds two ideas.
    for (path, text) in all_sources() {
        let lines = text
            .split("#[cfg(test)]")
            .next()
            .unwrap_or("")
            .lines()
            .count();
        assert!(lines <= 520, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_core_touches_nothing_outside_itself() {
    // Invariants 1 and 2. `#![no_std]` keeps clocks, files and sockets out; this keeps it so.
    let (_, lib) = &sources("crates/core/src")
        .into_iter()
        .find(|(path, _)| path.ends_with("lib.rs"))
        .unwrap();
    assert!(lib.contains("#![no_std]"));
    for (path, text) in sources("crates/core/src") {
        for banned in [
            "extern crate std",
            "use std::",
            "web_sys",
            "leptos",
            "bollard",
        ] {
            assert!(
                !text.contains(banned),
                "{} mentions {banned}",
                path.display()
            );
        }
    }
}

#[test]
fn web_and_runner_do_not_know_each_other() {
    let manifest = |name: &str| {
        fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap()
    };
    assert!(!manifest("web").contains("stowplan-runner"));
    assert!(!manifest("runner").contains("stowplan-web"));
    assert!(
        !manifest("core").contains("stowplan-runner") && !manifest("core").contains("stowplan-web")
    );
}

#[test]
fn no_test_is_ignored() {
    for (path, text) in all_sources() {
        let marker = ["#[", "ignore"].concat();
        assert!(!text.contains(&marker), "{} ignores a test", path.display());
    }
}
