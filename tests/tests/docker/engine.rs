//! The engine under test, seen through the Docker command line: not through our own client.

use crate::runner::stowplan;
use serde_json::Value;
use std::collections::BTreeSet;
use std::env;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time: all of them run the same family on the same engine. It is `true` once the
/// engine was found free: from then on what is of the family comes from these tests.
static TURN: Mutex<bool> = Mutex::new(false);

/// ECS's own agent writes the family's label too: only both together mean ours.
const OURS: [&str; 2] = [
    "label=dev.stowplan.managed",
    "label=com.amazonaws.ecs.task-definition-family=primes",
];
const FOREIGN: [&str; 1] = ["label=stowplan-test-foreign"];

/// The image of a copied container.
const COPY: &str = "stowplan-test-copy:latest";

/// The engine, without any container of the family before and after.
pub(crate) struct Engine {
    host: String,
    _turn: MutexGuard<'static, bool>,
}

impl Engine {
    pub(crate) fn take() -> Self {
        // A test that failed has cleaned up all the same.
        let mut turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let host = env::var("STOWPLAN_DOCKER_HOST")
            .expect("STOWPLAN_DOCKER_HOST names an engine: run `cargo xtask test`");
        if !*turn {
            expect_free(&host);
            *turn = true;
        }
        let engine = Self { host, _turn: turn };
        engine.clean_up();
        engine
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Runs the Docker command line and returns what it printed.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        docker(&self.host, arguments)
    }

    /// Full ids of the family's containers, running or not.
    pub(crate) fn containers(&self) -> BTreeSet<String> {
        let foreign = filtered(&self.host, &FOREIGN);
        &filtered(&self.host, &OURS) - &foreign
    }

    pub(crate) fn inspect(&self, container: &str) -> Value {
        let text = self.docker(&["inspect", container]);
        let all: Value = serde_json::from_str(&text).expect("docker prints JSON");
        all[0].clone()
    }

    /// The family's rows of `stowplan ps`.
    pub(crate) fn listed(&self) -> Vec<Value> {
        let ended = stowplan(&["ps", "--host", &self.host, "--format", "json"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let rows: Vec<Value> = serde_json::from_str(&ended.stdout).expect("ps prints JSON");
        let is_ours = |row: &Value| {
            row["taskDefinition"]
                .as_str()
                .is_some_and(|name| name.starts_with("primes:"))
        };
        rows.into_iter().filter(is_ours).collect()
    }

    /// A container of the family that is none of ours, as ECS's own agent would start it.
    pub(crate) fn start_foreign(&self) -> String {
        let image = env::var("STOWPLAN_IMAGE").unwrap_or_else(|_| "stowplan/primes:latest".into());
        self.docker(&[
            "run",
            "--detach",
            "--label",
            "stowplan-test-foreign",
            "--label",
            "com.amazonaws.ecs.task-definition-family=primes",
            &image,
        ])
    }

    /// A container made from a copy of `container`, which carries all its labels.
    pub(crate) fn start_copy(&self, container: &str) -> String {
        self.docker(&["commit", "--pause=false", container, COPY]);
        self.docker(&["run", "--detach", "--label", "stowplan-test-foreign", COPY])
    }

    fn clean_up(&self) {
        let foreign = filtered(&self.host, &FOREIGN);
        for container in self.containers().iter().chain(&foreign) {
            self.docker(&["rm", "--force", container]);
        }
        if !self.docker(&["images", "--quiet", COPY]).is_empty() {
            self.docker(&["rmi", COPY]);
        }
    }
}

/// Somebody's own containers are not ours to remove.
fn expect_free(host: &str) {
    let there = filtered(host, &OURS);
    assert!(
        there.is_empty(),
        "{} containers of the family `primes` are on {host} already: end that `stowplan run`, or \
         remove them with `stowplan down --family primes --host {host}`",
        there.len()
    );
}

/// Full ids of the containers that have all of `labels`, running or not.
fn filtered(host: &str, labels: &[&str]) -> BTreeSet<String> {
    let mut arguments = vec!["ps", "--all", "--quiet", "--no-trunc"];
    arguments.extend(labels.iter().flat_map(|label| ["--filter", label]));
    let listed = docker(host, &arguments);
    listed.lines().map(str::to_owned).collect()
}

fn docker(host: &str, arguments: &[&str]) -> String {
    let output = Command::new("docker")
        .args(["-H", host])
        .args(arguments)
        .output()
        .expect("the docker command line is installed");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "docker {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.clean_up();
            return;
        }
        // A panic here would end the whole test program without its report.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.clean_up()));
        drop(outcome);
    }
}
