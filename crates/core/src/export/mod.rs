//! What leaves Stowplan: files that AWS's own tools, spreadsheets and Prometheus take as they are.

mod metrics;
mod task_definitions;

pub use metrics::{metrics_csv, metrics_openmetrics};
pub use task_definitions::{ExportFile, task_definition_files, task_definition_json};
