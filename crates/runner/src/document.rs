//! A task definition file: its text stays at hand so that every complaint names its place.

use crate::failure::{Complaint, Failure};
use std::path::Path;
use stowplan_core::severity::Severity;
use stowplan_core::source::{Lines, Place};
use stowplan_core::taskdef::{Placed, Reading, TaskDefinition, read_definition};
use stowplan_core::view::placed_words;

/// A task definition file that was read and has no error.
#[derive(Clone, Debug)]
pub struct Document {
    path: String,
    text: String,
    reading: Reading,
    /// What it holds.
    pub definition: TaskDefinition,
}

impl Document {
    /// Reads `text`, which came from `path`. The name of the file stands in for a family or
    /// revision that the text does not state.
    ///
    /// # Errors
    /// Everything in it that AWS would refuse, and text that holds no task definition.
    pub fn parse(path: &str, text: String) -> Result<Self, Failure> {
        let reading = read_definition(&text);
        let found = reading.check(&text, &[]);
        let errors = found
            .iter()
            .filter(|it| it.finding.rule.severity() == Severity::Error);
        let complaints: Vec<Complaint> = errors.map(|it| refusal(path, it)).collect();
        match reading.named(path) {
            Some(mut definition) if complaints.is_empty() => {
                definition.revision = definition
                    .revision
                    .or_else(|| revision_in_name(Path::new(path), &definition.family));
                Ok(Self {
                    path: path.to_owned(),
                    text,
                    reading,
                    definition,
                })
            }
            Some(_) | None => Err(Failure::Document(complaints)),
        }
    }

    /// A complaint about the value at `pointer` of the definition.
    #[must_use]
    pub fn complaint(&self, pointer: &str, message: &str, hint: Option<String>) -> Complaint {
        let start = self.reading.span(pointer, false).start;
        let place = Lines::new(&self.text).place(start);
        let pointer = self.reading.file_pointer(pointer);
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

fn refusal(path: &str, found: &Placed) -> Complaint {
    let words = placed_words(found);
    let message = format!("{} {}", found.finding.rule.id(), words.message);
    Complaint {
        message: placed(path, found.place, &found.pointer, &message),
        hint: words.hint,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(text: &str) -> Vec<String> {
        match Document::parse("web.json", text.to_owned()) {
            Err(Failure::Document(complaints)) => {
                complaints.into_iter().map(|it| it.message).collect()
            }
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
    fn all_that_is_wrong_names_line_column_and_pointer() {
        assert_eq!(
            refusals(
                "{\n  \"family\": \"web\",\n  \"containerDefinitions\": [\n    {\"name\": \"a\", \"image\": \"i\", \"memory\": [128],\n     \"cpu\": -1},\n  ]\n}"
            ),
            [
                "web.json:4:43: /containerDefinitions/0/memory: TD009 [128] stands where a whole number belongs",
                "web.json:5:13: /containerDefinitions/0/cpu: TD011 -1 is not a whole number from 0 to 4294967295",
                "web.json:5:16: TD002 nothing follows this comma",
            ]
        );
        assert_eq!(refusals("[1]").len(), 1);
    }

    #[test]
    fn complaints_find_their_place_in_a_wrapped_definition_too() {
        let plain = "{\"family\": \"web\",\n \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"a\", \"memory\": 64}]}";
        let complaint = |text: &str| {
            let document = Document::parse("web.json", text.to_owned()).unwrap();
            document
                .complaint("/containerDefinitions/0/image", "no such image", None)
                .message
        };
        assert_eq!(
            complaint(plain),
            "web.json:2:50: /containerDefinitions/0/image: no such image"
        );
        assert_eq!(
            complaint(&format!("{{\"taskDefinition\":{plain}}}")),
            "web.json:2:50: /taskDefinition/containerDefinitions/0/image: no such image"
        );
    }
}
