//! The command line in a folder of a test's own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of one test.
pub(crate) struct Folder(PathBuf);

/// What a command told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    /// An empty folder called `name`.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the test's folder can be made");
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("the test's folder can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let bytes = fs::read(self.path(name)).expect("the file is there");
        String::from_utf8(bytes).expect("it is UTF-8")
    }

    /// Runs `stowplan` in the folder.
    pub(crate) fn stowplan(&self, arguments: &[&str]) -> Told {
        self.stowplan_given("", arguments)
    }

    /// Runs `stowplan` in the folder with `input` as standard input.
    pub(crate) fn stowplan_given(&self, input: &str, arguments: &[&str]) -> Told {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stowplan"))
            .args(arguments)
            .current_dir(&self.0)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A command that does not read it may have ended.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Told {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// The sample design's text.
pub(crate) fn sample() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../core/src/design/sample.stowplan.json");
    fs::read_to_string(path).expect("the sample is there")
}
