//! Files in and out. What cannot be read leaves everything as it was and is answered with file,
//! line, column and JSON pointer.

use super::{Effect, Session};
use stowplan_core::design::{DOCUMENT_VERSION, Design, Edit};
use stowplan_core::export::task_definition_files;
use stowplan_core::model::{Diagnostic, Severity, compile};
use stowplan_core::source::{Place, ReadError, locate, read};
use stowplan_core::taskdef::read_task_definition;
use stowplan_core::view::diagnostic_words;

impl Session {
    pub(super) fn import(&mut self, name: &str, text: &str) {
        match read_any(text) {
            Ok(Import::Design(design)) => {
                let faults = faults(name, text, &design, "", "");
                self.open_design(*design);
                match faults.first() {
                    None => self.say(format!("{name} is open")),
                    Some(first) => {
                        let count = faults.len();
                        self.complain(format!("{name} is open with {count} errors; {first}"));
                    }
                }
            }
            Ok(Import::TaskDefinition(edit)) => self.import_definition(name, text, edit),
            Err(error) => self.complain(complaint(name, &error)),
        }
    }

    /// A definition that AWS would refuse is not added: the design stays as it was.
    fn import_definition(&mut self, name: &str, text: &str, edit: Edit) {
        if let Edit::AddTaskDefinition { definition } = &edit {
            let alone = Design {
                stowplan: DOCUMENT_VERSION,
                task_definitions: vec![(**definition).clone()],
                ..Design::default()
            };
            let inside = if is_wrapped(text) {
                "/taskDefinition"
            } else {
                ""
            };
            if let Some(first) = faults(name, text, &alone, "/taskDefinitions/0", inside).first() {
                self.complain(first.clone());
                return;
            }
        }
        self.edit(edit, None);
        if self.notice.is_none() {
            self.say(format!("{name} was added as a revision"));
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

/// The errors of a read design, each with its place in the file. A pointer that begins with
/// `outside` leads to `inside` in the file.
fn faults(name: &str, text: &str, design: &Design, outside: &str, inside: &str) -> Vec<String> {
    let found = compile(design, None).diagnostics;
    let errors = found
        .iter()
        .filter(|found| found.problem.severity() == Severity::Error);
    let line = |found: &Diagnostic| {
        let pointer = found
            .pointer
            .strip_prefix(outside)
            .unwrap_or(&found.pointer);
        let pointer = format!("{inside}{pointer}");
        let words = diagnostic_words(found);
        let place = locate(text, &pointer).unwrap_or(Place { line: 1, column: 1 });
        let hint = words
            .hint
            .map(|hint| format!("; {hint}"))
            .unwrap_or_default();
        let at = format!("{name}:{}:{}", place.line, place.column);
        format!("{at}: `{pointer}`: {}{hint}", words.message)
    };
    errors.map(line).collect()
}

fn is_wrapped(text: &str) -> bool {
    let value: Result<serde_json::Value, _> = read(text);
    value.is_ok_and(|value| value.get("taskDefinition").is_some())
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

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::design::sample;

    fn opened(text: &str) -> (Session, String) {
        let mut session = Session::new(sample());
        session.import("web.json", text);
        let said = session.notice.as_ref().map(|notice| notice.text.clone());
        (session, said.unwrap_or_default())
    }

    #[test]
    fn a_definition_that_aws_would_refuse_is_not_added() {
        let text = "{\"family\": \"web\",\n \"containerDefinitions\": [{\"name\": \"web\", \"memory\": 128}]}";
        let (session, said) = opened(text);
        assert!(
            said.starts_with("web.json:2:27: `/containerDefinitions/0`: "),
            "{said}"
        );
        assert!(**session.document() == sample());
        let wrapped = format!("{{\"taskDefinition\": {text}}}");
        let (_, said) = opened(&wrapped);
        assert!(
            said.contains("`/taskDefinition/containerDefinitions/0`"),
            "{said}"
        );
    }

    #[test]
    fn a_design_with_errors_opens_and_says_where_the_first_is() {
        let text = sample().write().replace("edges:1", "edges:9");
        let (session, said) = opened(&text);
        assert!(
            said.starts_with("web.json is open with 1 errors; web.json:"),
            "{said}"
        );
        assert!(said.contains("`/services/1/taskDefinition`"), "{said}");
        assert_eq!(session.document().services[1].task_definition, "edges:9");
    }
}
