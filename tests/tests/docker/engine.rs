//! The engine under test, seen through the Docker command line: not through our own client.

use crate::runner::stowplan;
use serde_json::Value;
use std::collections::BTreeSet;
use std::env;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time: all of them run the same family on the same engine.
static TURN: Mutex<()> = Mutex::new(());

const OURS: &str = "label=com.amazonaws.ecs.task-definition-family=primes";
const FOREIGN: &str = "label=stowplan-test-foreign";

/// The engine, without any container of the family before and after.
pub(crate) struct Engine {
    host: String,
    _turn: MutexGuard<'static, ()>,
}

impl Engine {
    pub(crate) fn take() -> Self {
        // A test that failed has cleaned up all the same.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let host = env::var("STOWPLAN_DOCKER_HOST")
            .expect("STOWPLAN_DOCKER_HOST names an engine: run `cargo xtask test`");
        let engine = Self { host, _turn: turn };
        engine.clean_up();
        engine
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Runs the Docker command line and returns what it printed.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        let output = Command::new("docker")
            .args(["-H", &self.host])
            .args(arguments)
            .output()
            .expect("the docker command line is installed");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "docker {arguments:?}: {stderr}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Full ids of the family's containers, running or not.
    pub(crate) fn containers(&self) -> BTreeSet<String> {
        self.filtered(OURS)
    }

    fn filtered(&self, filter: &str) -> BTreeSet<String> {
        let listed = self.docker(&["ps", "--all", "--quiet", "--no-trunc", "--filter", filter]);
        listed.lines().map(str::to_owned).collect()
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

    /// A container that is none of ours.
    pub(crate) fn start_foreign(&self) -> String {
        let image = env::var("STOWPLAN_IMAGE").unwrap_or_else(|_| "stowplan/primes:latest".into());
        self.docker(&[
            "run",
            "--detach",
            "--label",
            "stowplan-test-foreign",
            &image,
        ])
    }

    fn clean_up(&self) {
        for container in self.filtered(OURS).iter().chain(&self.filtered(FOREIGN)) {
            self.docker(&["rm", "--force", container]);
        }
    }
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
