//! Task definitions as people have them: each is read, or refused with its place; none is lost.
//!
//! The corpus lies beside the project and is not part of it, so this runs only where it exists;
//! the shapes that matter have fixtures of their own in `core::taskdef`.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its corpus has failed"
)]

use std::path::{Path, PathBuf};
use stowplan_core::design::Design;
use stowplan_core::export::task_definition_json;
use stowplan_core::model::compile;
use stowplan_core::taskdef::read_task_definition;

fn corpus(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/task-definitions");
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    files
}

/// What a file is read as: its containers, or line and column of what is wrong.
fn outcome(path: &Path) -> Result<usize, (usize, usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    match read_task_definition(&text) {
        Ok(definition) => {
            let (json, _) = task_definition_json(&definition);
            let again = read_task_definition(&json).expect("what we export, we read");
            let containers = again.container_definitions.len();
            let task_definitions = vec![definition];
            let design = Design {
                stowplan: 1,
                task_definitions,
                ..Design::default()
            };
            let _ = compile(&design, None);
            Ok(containers)
        }
        Err(error) => Err((error.place.line, error.place.column, error.message)),
    }
}

#[test]
fn most_are_read_and_the_rest_are_refused_with_their_place() {
    let files = corpus("");
    let refused: Vec<_> = files
        .iter()
        .filter_map(|path| outcome(path).err().map(|error| (path.file_name(), error)))
        .collect();
    assert!(
        refused.len() * 20 <= files.len(),
        "{} of {}: {refused:#?}",
        refused.len(),
        files.len()
    );
    assert!(
        refused
            .iter()
            .all(|(_, (line, column, _))| *line > 0 && *column > 0)
    );
}

#[test]
fn malformed_ones_are_refused() {
    for path in corpus("malformed") {
        let error = outcome(&path).expect_err("a malformed file is refused");
        assert!(!error.2.is_empty(), "{}", path.display());
    }
}
