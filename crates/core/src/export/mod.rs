//! What leaves Stowplan: files that AWS's own tools take as they are.

mod task_definitions;

pub use task_definitions::{ExportFile, task_definition_files, task_definition_json};
