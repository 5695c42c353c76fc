//! The `stowplan` binary: to its end, or running beside the test.

use crate::PATIENCE;
use crate::engine::Engine;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

/// How a command ended and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `stowplan` to its end.
pub(crate) fn stowplan(arguments: &[&str]) -> Ended {
    let output = Command::new(binary())
        .args(arguments)
        .output()
        .expect("the binary runs");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `STOWPLAN_BIN`, or the binary of this workspace, built first.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("STOWPLAN_BIN") {
        Some(path) => PathBuf::from(path),
        None => built(),
    })
}

fn built() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--package",
            "stowplan",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the binary does not build");
    let executable = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == "stowplan";
        message["executable"]
            .as_str()
            .filter(|_| is_ours)
            .map(PathBuf::from)
    };
    let stdout = String::from_utf8_lossy(&output.stdout);
    stdout
        .lines()
        .find_map(executable)
        .expect("cargo names the binary")
}

/// A `stowplan run` beside the test.
pub(crate) struct Runner {
    child: Child,
    /// What it printed, line by line.
    printed: Receiver<String>,
    lines: Vec<String>,
}

impl Runner {
    pub(crate) fn start(engine: &Engine, path: &Path, count: u32) -> Self {
        let mut child = Command::new(binary())
            .arg("run")
            .arg(path)
            .args(["--count", &count.to_string(), "--host", engine.host()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let stdout = child.stdout.take().expect("standard output is piped");
        let (sender, printed) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            printed,
            lines: Vec::new(),
        }
    }

    /// Waits until `needle` was printed in `times` lines.
    pub(crate) fn wait_for_line(&mut self, needle: &str, times: usize) {
        let done =
            |lines: &[String]| lines.iter().filter(|line| line.contains(needle)).count() >= times;
        self.wait_until(&format!("`{needle}` {times} times"), done);
    }

    /// Waits for `count` running tasks and returns the URLs of the table they are printed in.
    pub(crate) fn wait_for_urls(&mut self, count: usize) -> Vec<String> {
        self.wait_until(&format!("{count} URLs"), |lines| urls(lines).len() >= count);
        urls(&self.lines)
    }

    fn wait_until(&mut self, what: &str, done: impl Fn(&[String]) -> bool) {
        let began = Instant::now();
        while !done(&self.lines) {
            let left = PATIENCE.saturating_sub(began.elapsed());
            match self.printed.recv_timeout(left) {
                Ok(line) => self.lines.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("waited for {what} in vain:\n{}", self.output())
                }
            }
        }
    }

    /// Everything printed so far.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.lines.extend(self.printed.try_iter());
        self.lines.clone()
    }

    pub(crate) fn output(&self) -> String {
        self.lines.join("\n")
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&mut self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill is installed");
        assert!(
            sent.success(),
            "the runner has ended already:\n{}",
            self.output()
        );
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the runner can be killed");
        self.child.wait().expect("the runner ends");
    }

    /// The exit code; the end of its output is the end of the program.
    pub(crate) fn wait_for_end(&mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            match self
                .printed
                .recv_timeout(PATIENCE.saturating_sub(began.elapsed()))
            {
                Ok(line) => self.lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the runner does not end:\n{}", self.output())
                }
            }
        }
        self.child.wait().expect("the runner ends").code()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// URLs of the last table of tasks.
fn urls(lines: &[String]) -> Vec<String> {
    let head = lines
        .iter()
        .rposition(|line| line.trim_start().starts_with("TASK "));
    let rows = head.map_or(&[][..], |head| &lines[head + 1..]);
    let url = |line: &String| {
        line.split_whitespace()
            .last()
            .filter(|word| word.starts_with("http://"))
            .map(str::to_owned)
    };
    rows.iter().map_while(url).collect()
}
