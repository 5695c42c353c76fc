//! The real `stowplan` binary on a real Docker engine: it runs the exported file, replaces what is
//! killed as the simulator would, takes over what a killed runner left, and refuses bad input.
//!
//! `STOWPLAN_DOCKER_HOST` names the engine, which has the image `STOWPLAN_IMAGE` of
//! `examples/primes` (`cargo xtask test` provides both). Only containers of the family `primes`
//! are touched. The tests wait for what should happen, never for a length of time.

#[path = "docker/engine.rs"]
mod engine;
#[path = "docker/http.rs"]
mod http;
#[path = "docker/runner.rs"]
mod runner;
#[path = "docker/story.rs"]
mod story;

use engine::Engine;
use runner::{Runner, stowplan};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/primes.2.json")
}

#[test]
fn the_exported_file_answers_from_every_container_and_leaves_nothing() {
    let engine = Engine::take();
    let mut runner = Runner::start(&engine, &fixture(), 3);
    let urls = runner.wait_for_urls(3);
    let mut answering = BTreeSet::new();
    for url in &urls {
        let answer = http::get_json(url, "/?n=1000");
        assert_eq!(answer["primes"], 168, "{url}: {answer}");
        answering.insert(answer["container"].to_string());
    }
    assert_eq!(
        answering.len(),
        3,
        "each URL is another container: {answering:?}"
    );

    let listed = engine.listed();
    let ids: BTreeSet<String> = listed.iter().map(|row| text(&row["containerId"])).collect();
    assert_eq!(ids, engine.containers(), "`ps` lists exactly what runs");
    let urls_listed: BTreeSet<String> = listed
        .iter()
        .map(|row| text(&row["ports"][0]["url"]))
        .collect();
    assert_eq!(urls_listed, urls.into_iter().collect());
    for id in &ids {
        let inspected = engine.inspect(id);
        let limits = &inspected["HostConfig"];
        assert_eq!(limits["CpuShares"], 256);
        assert_eq!(limits["Memory"], 512 * 1024 * 1024);
        assert_eq!(limits["MemoryReservation"], 384 * 1024 * 1024);
        let environment = inspected["Config"]["Env"].to_string();
        assert!(environment.contains("GREETING=hello"), "{environment}");
    }

    runner.interrupt();
    assert_eq!(runner.wait_for_end(), Some(0), "{}", runner.output());
    assert_eq!(engine.containers(), BTreeSet::new(), "{}", runner.output());
}

#[test]
fn a_killed_container_is_replaced_as_the_simulator_would() {
    let engine = Engine::take();
    let mut runner = Runner::start(&engine, &fixture(), 2);
    runner.wait_for_line("has reached a steady state", 1);
    let before = engine.containers();
    let victim = before.iter().next().expect("two containers run");
    engine.docker(&["kill", victim]);
    runner.wait_for_line("has reached a steady state", 2);
    let after = engine.containers();
    assert_eq!(after.len(), 2);
    assert!(!after.contains(victim) && after.intersection(&before).count() == 1);
    let done = runner.lines();
    let simulated = story::simulated(&fixture());
    let orders = story::orders(&done);
    assert_eq!(orders, story::orders(&simulated));
    let last = "StartTask ID primes:2 on HOST: a task ended";
    assert_eq!(orders.last().map(String::as_str), Some(last));
    assert_eq!(
        story::service_messages(&done),
        story::service_messages(&simulated)
    );
    let histories = story::task_histories(&done);
    assert_eq!(
        histories.len(),
        3,
        "two tasks and the one that takes a place"
    );
    assert_eq!(histories, story::task_histories(&simulated));
    runner.interrupt();
    assert_eq!(runner.wait_for_end(), Some(0), "{}", runner.output());
}

#[test]
fn a_killed_runner_is_succeeded_by_the_next_and_down_removes_only_ours() {
    let engine = Engine::take();
    let foreign = engine.start_foreign();
    let mut first = Runner::start(&engine, &fixture(), 2);
    first.wait_for_urls(2);
    let before = engine.containers();
    let copy = engine.start_copy(before.iter().next().expect("two containers run"));
    let refused = stowplan(&["run", &shown(&fixture()), "--host", engine.host()]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.stderr.contains("family `primes` is being run"),
        "{refused:?}"
    );
    first.kill();
    assert_eq!(engine.containers(), before, "SIGKILL leaves the containers");

    let mut second = Runner::start(&engine, &fixture(), 2);
    second.wait_for_line("took over 2 tasks", 1);
    second.wait_for_line("has reached a steady state", 1);
    assert_eq!(
        engine.containers(),
        before,
        "the same containers run on: {}",
        second.output()
    );
    second.kill();

    let down = stowplan(&["down", "--host", engine.host(), "--family", "primes"]);
    assert_eq!(down.code, Some(0), "{down:?}");
    assert!(
        down.stdout.contains("2 containers stopped and removed"),
        "{down:?}"
    );
    assert_eq!(engine.containers(), BTreeSet::new());
    for stays in [&foreign, &copy] {
        assert_eq!(
            engine.inspect(stays)["State"]["Running"],
            true,
            "a foreign container stays"
        );
    }
    let again = stowplan(&["down", "--host", engine.host(), "--family", "primes"]);
    assert!(
        again.stdout.contains("nothing of ours was there"),
        "{again:?}"
    );
}

#[test]
fn changed_content_is_rolled_out_over_what_runs() {
    let engine = Engine::take();
    let mut first = Runner::start(&engine, &fixture(), 2);
    first.wait_for_urls(2);
    let before = engine.containers();
    first.kill();
    let text = fs::read_to_string(fixture()).expect("the fixture is there");
    let changed = written(
        "changed.json",
        &text.replace("hello from", "greetings from"),
    );
    let mut second = Runner::start(&engine, &changed, 2);
    second.wait_for_line("has reached a steady state", 1);
    let after = engine.containers();
    assert!(
        after.len() == 2 && after.is_disjoint(&before),
        "{}",
        second.output()
    );
    for row in engine.listed() {
        assert_eq!(row["taskDefinition"], "primes:3");
    }
    // Old tasks may go only once new ones are healthy: minimumHealthyPercent is 100.
    let lines = second.lines();
    let at = |needle: &str| lines.iter().position(|line| line.contains(needle));
    let (running, stop) = (at("primes:3 on"), at("StopTask"));
    assert!(
        running.is_some() && stop.is_some() && running < stop,
        "{}",
        second.output()
    );
    let healthy = lines
        .iter()
        .position(|line| line.ends_with("RUNNING") && line.contains("primes:2"));
    assert!(healthy.is_some() && healthy < stop, "{}", second.output());
    second.interrupt();
    assert_eq!(second.wait_for_end(), Some(0), "{}", second.output());
    assert_eq!(engine.containers(), BTreeSet::new());
}

#[test]
fn bad_input_is_refused_with_its_place_and_creates_nothing() {
    let engine = Engine::take();
    let text = fs::read_to_string(fixture()).expect("the fixture is there");
    let image = text.replace("stowplan/primes:latest", "127.0.0.1:9/stowplan/absent:1");
    let cases = [
        (
            "comma.json",
            text.replacen("\"primes\",", "\"primes\",,", 1),
            4,
            "comma.json:2:22]",
        ),
        (
            "type.json",
            text.replace("\"memory\": 512", "\"memory\": [512]"),
            4,
            "type.json:9:17]",
        ),
        (
            "image.json",
            image,
            4,
            "image.json:7:16: /containerDefinitions/0/image: image `127.0.0.1:9/stowplan/absent:1` is not on",
        ),
        (
            "reserve.json",
            text.replace("384", "1024"),
            4,
            "1024 MiB are reserved",
        ),
        (
            "memory.json",
            text.replace("\"memory\": 512", "\"memory\": 0")
                .replace("384", "0"),
            4,
            "has neither memory nor memoryReservation",
        ),
    ];
    for (name, text, code, message) in cases {
        let path = written(name, &text);
        let ended = stowplan(&["run", &shown(&path), "--host", engine.host()]);
        assert_eq!(ended.code, Some(code), "{name}: {ended:?}");
        assert!(ended.stderr.contains(message), "{name}: {ended:?}");
        let says_what_to_do = ["hint: ", "help: "]
            .iter()
            .any(|it| ended.stderr.contains(it));
        assert!(says_what_to_do, "{name}: {ended:?}");
        assert_eq!(engine.containers(), BTreeSet::new(), "{name}");
    }
    let absent = stowplan(&["run", "absent.json", "--host", engine.host()]);
    assert_eq!(absent.code, Some(2), "{absent:?}");
    let nobody = stowplan(&["ps", "--host", "unix:///nonexistent/docker.sock"]);
    assert_eq!(nobody.code, Some(2), "{nobody:?}");
    assert!(
        nobody.stderr.contains("no Docker engine answers at"),
        "{nobody:?}"
    );
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A file of this name among the temporary files of the build.
fn written(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the folder for temporary files can be written");
    path
}

/// The longest that anything may take; a failure says what was waited for.
const PATIENCE: Duration = Duration::from_secs(90);
