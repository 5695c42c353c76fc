//! Files in and out. What cannot be read leaves everything as it was and is answered with file,
//! line, column and JSON pointer.

use super::{Effect, Session};
use stowplan_core::design::{Design, Edit};
use stowplan_core::export::task_definition_files;
use stowplan_core::source::{ReadError, read};
use stowplan_core::taskdef::read_task_definition;

impl Session {
    pub(super) fn import(&mut self, name: &str, text: &str) {
        match read_any(text) {
            Ok(Import::Design(design)) => {
                self.open_design(*design);
                self.say(format!("{name} is open"));
            }
            Ok(Import::TaskDefinition(edit)) => {
                self.edit(edit, None);
                if self.notice.is_none() {
                    self.say(format!("{name} was added as a revision"));
                }
            }
            Err(error) => self.complain(complaint(name, &error)),
        }
    }

    /// Opens another document, undoably; a run of the one before ends.
    pub(super) fn open_design(&mut self, design: Design) {
        self.run = None;
        self.mode = super::Mode::Design;
        self.selection = None;
        self.notice = None;
        self.camera_moved = false;
        self.history.commit(design, None);
        self.document_changed();
    }

    pub(super) fn export(&mut self, name: Option<&str>) -> Vec<Effect> {
        let files = task_definition_files(self.document());
        let chosen: Vec<_> = files
            .into_iter()
            .filter(|file| name.is_none_or(|name| file.name == name))
            .collect();
        let dropped: Vec<String> = chosen
            .iter()
            .flat_map(|file| file.dropped.clone())
            .collect();
        self.sheet = None;
        if !dropped.is_empty() {
            self.say(format!("left out of the export: {}", dropped.join(", ")));
        }
        let download = |file: stowplan_core::export::ExportFile| Effect::Download {
            name: file.name,
            text: file.text,
        };
        chosen.into_iter().map(download).collect()
    }

    pub(super) fn export_design(&mut self) -> Vec<Effect> {
        self.sheet = None;
        let design = self.document();
        let name = if design.name.is_empty() {
            "design"
        } else {
            &design.name
        };
        vec![Effect::Download {
            name: format!("{name}.stowplan.json"),
            text: design.write(),
        }]
    }
}

enum Import {
    Design(Box<Design>),
    TaskDefinition(Edit),
}

/// A design says so by its `stowplan` field; anything else is taken for a task definition.
fn read_any(text: &str) -> Result<Import, ReadError> {
    let value: serde_json::Value = read(text)?;
    if value.get("stowplan").is_some() {
        return Ok(Import::Design(Box::new(Design::read(text)?)));
    }
    let definition = Box::new(read_task_definition(text)?);
    Ok(Import::TaskDefinition(Edit::AddTaskDefinition {
        definition,
    }))
}

fn complaint(name: &str, error: &ReadError) -> String {
    let at = format!("{name}:{}:{}", error.place.line, error.place.column);
    if error.pointer.is_empty() {
        return format!("{at}: {error}");
    }
    format!("{at}: `{}`: {error}", error.pointer)
}
