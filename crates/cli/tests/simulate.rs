//! `stowplan simulate` as a user runs it: the log of the browser, and refusals with their place.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample() -> String {
    let path = root().join("crates/core/src/design/sample.stowplan.json");
    std::fs::read_to_string(path).expect("the sample is there")
}

/// A folder of this test's own with one file in it.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, text).expect("the test's folder can be written");
    path
}

fn simulate(arguments: &[&Path]) -> Output {
    let mut stowplan = Command::new(env!("CARGO_BIN_EXE_stowplan"));
    let run = stowplan.arg("simulate").args(arguments).output();
    run.expect("the binary runs")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_recorded_run_is_written_as_in_the_browser() {
    let design = file("shop.stowplan.json", &sample());
    let scenario = root().join("tests/fixtures/shop.scenario.json");
    let events = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shop.events.jsonl");
    let arguments = [
        &design,
        Path::new("--scenario"),
        &scenario,
        Path::new("--events"),
        &events,
    ];
    let output = simulate(&arguments);
    // One of its inputs names a host that is not there.
    assert_eq!(output.status.code(), Some(3), "{}", words(&output.stderr));
    let written = std::fs::read_to_string(events).expect("the log was written");
    let expected = std::fs::read_to_string(root().join("tests/fixtures/shop.events.jsonl"));
    assert!(
        written == expected.expect("the fixture is there"),
        "one log in every habitat"
    );
}

#[test]
fn a_file_that_cannot_be_read_names_its_place_and_writes_nothing() {
    let events = Path::new(env!("CARGO_TARGET_TMPDIR")).join("never.jsonl");
    let wrong = sample().replace("\"desiredCount\": 4", "\"desiredCount\": \"four\"");
    let cases = [
        (
            "not.json",
            "{\n  \"stowplan\": 1,\n}".to_owned(),
            "not.json:2:16]",
        ),
        ("wrong.json", wrong, "/services/0/desiredCount"),
        (
            "newer.json",
            "{ \"stowplan\": 2 }".to_owned(),
            "newer.json:1:15]",
        ),
    ];
    for (name, text, expected) in cases {
        let path = file(name, &text);
        let output = simulate(&[&path, Path::new("--events"), &events]);
        assert_eq!(output.status.code(), Some(4), "{name}");
        let told = words(&output.stderr);
        assert!(told.contains(expected), "{name}: {told}");
        assert!(!events.exists(), "{name} must write nothing");
    }
}

#[test]
fn a_faulty_part_is_left_out_with_its_place_and_the_rest_runs() {
    let text = sample().replace(
        "\"taskDefinition\": \"edges:1\"",
        "\"taskDefinition\": \"edges:7\"",
    );
    let path = file("faulty.json", &text);
    let output = simulate(&[&path, Path::new("--duration"), Path::new("PT5M")]);
    assert_eq!(output.status.code(), Some(4));
    let told = words(&output.stderr);
    assert!(
        told.contains("error DS002: there is no task definition called `edges:7`"),
        "{told}"
    );
    assert!(told.contains("/services/1/taskDefinition"), "{told}");
    let summary = words(&output.stdout);
    assert!(summary.contains("primes"), "{summary}");
}

#[test]
fn metrics_of_a_run_without_requests_are_told_to_be_empty() {
    let design = file("idle.stowplan.json", &sample());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("idle.csv");
    let output = simulate(&[&design, Path::new("--metrics"), &path]);
    let told = words(&output.stderr);
    assert!(
        told.contains("has no points: no request was sent"),
        "{told}"
    );
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn metrics_are_written_in_the_format_that_the_name_or_the_option_says() {
    let design = file("metrics.stowplan.json", &sample());
    let traffic = r#"{"duration": "PT3M", "traffic": [
        {"listener": "shop-alb:80", "requestsPerSecond": 1, "requests": [{"path": "/primes"}]}]}"#;
    let scenario = file("metrics.scenario.json", traffic);
    let written = |name: &str, more: &[&str]| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut arguments = vec![
            design.as_path(),
            Path::new("--scenario"),
            &scenario,
            Path::new("--metrics"),
            &path,
        ];
        arguments.extend(more.iter().map(Path::new));
        let output = simulate(&arguments);
        (output, std::fs::read_to_string(&path).unwrap_or_default())
    };
    let (_, csv) = written("metrics.csv", &[]);
    assert!(
        csv.starts_with("timestamp,run_seconds,namespace,metric,"),
        "{csv}"
    );
    assert!(csv.contains(",AWS/ECS,CPUUtilization,ClusterName=shop;ServiceName=primes,Percent,"));
    let (_, text) = written("metrics.om", &[]);
    assert!(
        text.starts_with("# TYPE aws_") && text.ends_with("# EOF\n"),
        "{text}"
    );
    assert_eq!(written("metrics.txt", &["--metrics-format", "csv"]).1, csv);
    assert_eq!(written("metrics.again.csv", &["--format", "json"]).1, csv);
    let (refused, nothing) = written("metrics.xls", &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused.stderr).contains("end it with .csv or .om"));
    assert_eq!(nothing, "");
}
