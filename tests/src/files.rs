//! Task definitions in files: the project's own, and people's where those lie beside the project.

use std::fs;
use std::path::{Path, PathBuf};

/// A file with a task definition.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name without the folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Names a file of the project and compiles its text in: a browser has no files.
macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../fixtures/task-definitions/", $name)),
        )
    };
}

/// The project's own definitions, which together use every member of the API: name and text.
pub const FIXTURES: &[(&str, &str)] = &[
    fixture!("bare-containers.json"),
    fixture!("cloudformation.json"),
    fixture!("commented.json"),
    fixture!("described.json"),
    fixture!("ec2-awsvpc-mesh.json"),
    fixture!("ec2-bridge.json"),
    fixture!("ec2-host-gpu.json"),
    fixture!("ec2-none-batch.json"),
    fixture!("external.json"),
    fixture!("fargate.json"),
    fixture!("firelens.json"),
    fixture!("managed-trusted.json"),
    fixture!("volumes.json"),
    fixture!("windows-gmsa.json"),
];

/// The project's own definitions.
#[must_use]
pub fn fixtures() -> Vec<File> {
    let file = |(name, text): &(&str, &str)| File {
        name: (*name).to_string(),
        text: (*text).to_string(),
    };
    FIXTURES.iter().map(file).collect()
}

/// Definitions of other people. They are not part of the project, so there may be none.
#[must_use]
pub fn corpus() -> Vec<File> {
    json_files(&corpus_folder())
}

/// Those of the corpus that are not JSON.
#[must_use]
pub fn malformed() -> Vec<File> {
    json_files(&corpus_folder().join("malformed"))
}

fn corpus_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/task-definitions")
}

/// The JSON files of a folder by name; none where there is no such folder.
///
/// # Panics
/// If one cannot be read.
#[must_use]
pub fn json_files(folder: &Path) -> Vec<File> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.expect("a folder can be listed").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| File {
            name: path
                .file_name()
                .map_or_else(String::new, |it| it.to_string_lossy().into()),
            text: fs::read_to_string(&path).expect("a file can be read"),
        })
        .collect()
}
