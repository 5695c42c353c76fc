//! `stowplan run` as a user calls it: what is refused before any engine is asked.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `text` from a file of this name; no engine listens where it is sent.
fn run(name: &str, text: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("the test's folder can be written");
    let mut stowplan = Command::new(env!("CARGO_BIN_EXE_stowplan"));
    stowplan.arg("run").arg(path).args(arguments);
    stowplan.args(["--host", "unix:///nonexistent/docker.sock"]);
    stowplan.output().expect("the binary runs")
}

#[test]
fn a_count_beyond_what_a_service_may_have_is_wrong_usage() {
    let output = run("count.json", "{}", &["--count", "5001"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("5000"), "{told}");
}

#[test]
fn every_problem_of_a_file_is_told_with_its_place() {
    let text = r#"{"taskDefinition": {"family": "a b",
 "containerDefinitions": [{"name": "a", "image": "i", "memory": 64, "memoryReservation": 65,
  "healthCheck": {"command": ["true"]}}]}}"#;
    let output = run("problems.json", text, &[]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    for place in [
        "problems.json:1:31]",
        "problems.json:2:90]",
        "problems.json:3:30]",
        "/taskDefinition/containerDefinitions/0/memoryReservation",
        "problems.json: 3 errors; nothing was started\n",
    ] {
        assert!(told.contains(place), "{place}: {told}");
    }
}
