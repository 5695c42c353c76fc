//! A task definition file: its text stays at hand so that every complaint names its place.

use crate::failure::{Complaint, Failure};
use std::path::Path;
use stowplan_core::source::{Place, ReadError, locate};
use stowplan_core::taskdef::{TaskDefinition, read_task_definition};

/// A task definition file that was read.
#[derive(Clone, Debug)]
pub struct Document {
    path: String,
    text: String,
    /// Pointer of the definition within the file: `describe-task-definition` wraps it.
    prefix: &'static str,
    /// What it holds.
    pub definition: TaskDefinition,
}

impl Document {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A file that cannot be read, is not JSON, or has a field of the wrong type.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let cannot = |why: String| {
            let hint = "give the path of a task definition, as the page exports it";
            Failure::Unusable(Complaint::new(
                format!("cannot read `{shown}`: {why}"),
                hint,
            ))
        };
        let bytes = std::fs::read(path).map_err(|error| cannot(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8 text".into()))?;
        let mut document = Self::parse(&shown, &text)?;
        let definition = &mut document.definition;
        definition.revision = definition
            .revision
            .or_else(|| revision_in_name(path, &definition.family));
        Ok(document)
    }

    /// Reads `text`, which came from `path`.
    ///
    /// # Errors
    /// Text that is not JSON, or a field of the wrong type.
    pub fn parse(path: &str, text: &str) -> Result<Self, Failure> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let definition = read_task_definition(&text)
            .map_err(|error| Failure::Unusable(unreadable(path, &error)))?;
        let prefix = if is_wrapped(&text) {
            "/taskDefinition"
        } else {
            ""
        };
        Ok(Self {
            path: path.to_owned(),
            text,
            prefix,
            definition,
        })
    }

    /// A complaint about the value at `pointer` of the definition.
    #[must_use]
    pub fn complaint(&self, pointer: &str, message: &str, hint: Option<String>) -> Complaint {
        let pointer = format!("{}{pointer}", self.prefix);
        let place = locate(&self.text, &pointer).unwrap_or(Place { line: 1, column: 1 });
        Complaint {
            message: placed(&self.path, place, &pointer, message),
            hint,
        }
    }
}

/// The revision that an exported file's name carries, `family.revision.json`: the registration
/// shape inside has no place for it.
fn revision_in_name(path: &Path, family: &str) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let number = name
        .strip_prefix(family)?
        .strip_prefix('.')?
        .strip_suffix(".json")?;
    number.parse().ok().filter(|number| *number > 0)
}

fn unreadable(path: &str, error: &ReadError) -> Complaint {
    let hint = if error.syntax {
        "task definitions are strict JSON: no comments, no trailing commas"
    } else {
        "the field names and types are those of `aws ecs register-task-definition`"
    };
    Complaint::new(
        placed(path, error.place, &error.pointer, &error.message),
        hint,
    )
}

/// `path:line:column: /pointer: message`; the pointer is left out for the whole document.
fn placed(path: &str, place: Place, pointer: &str, message: &str) -> String {
    let Place { line, column } = place;
    let pointer = if pointer.is_empty() {
        String::new()
    } else {
        format!("{pointer}: ")
    };
    format!("{path}:{line}:{column}: {pointer}{message}")
}

fn is_wrapped(text: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value.is_some_and(|value| value.get("taskDefinition").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match Document::parse("web.json", text) {
            Err(Failure::Unusable(complaint)) => complaint.message,
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    #[test]
    fn the_name_of_an_exported_file_carries_its_revision() {
        let revision = |name: &str| revision_in_name(Path::new(name), "primes");
        assert_eq!(revision("out/primes.2.json"), Some(2));
        for other in [
            "primes.json",
            "edges.2.json",
            "primes.0.json",
            "primes.two.json",
        ] {
            assert_eq!(revision(other), None, "{other}");
        }
    }

    #[test]
    fn what_cannot_be_read_names_line_column_and_pointer() {
        assert_eq!(
            refusal("{\n  \"family\": \"web\",\n}"),
            "web.json:3:1: trailing comma"
        );
        assert_eq!(
            refusal("{\"family\": \"web\",\n \"containerDefinitions\": [{\"memory\": \"128\"}]}"),
            "web.json:2:38: /containerDefinitions/0/memory: invalid type: string \"128\", expected u32"
        );
    }

    #[test]
    fn complaints_find_their_place_in_a_wrapped_definition_too() {
        let plain = "{\"family\": \"web\",\n \"containerDefinitions\": [{\"image\": \"a\"}]}";
        let complaint = |text: &str| {
            let document = Document::parse("web.json", text).unwrap();
            document
                .complaint("/containerDefinitions/0/image", "no such image", None)
                .message
        };
        assert_eq!(
            complaint(plain),
            "web.json:2:37: /containerDefinitions/0/image: no such image"
        );
        assert_eq!(
            complaint(&format!("{{\"taskDefinition\":{plain}}}")),
            "web.json:2:37: /taskDefinition/containerDefinitions/0/image: no such image"
        );
    }
}
