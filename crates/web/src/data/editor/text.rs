//! The JSON side: what stands there, what it means, and what is wrong with it.

use serde_json::Value;
use stowplan_core::taskdef::{
    FileShape, Kind, Placed, Reading, TaskDefinition, ordered_json, read_definition,
};

/// JSON as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Why the document cannot hold it, where it cannot.
    pub refused: Option<String>,
}

/// What the JSON side shows.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) placed: Vec<Placed>,
    /// Whether the text is not what the definition is.
    pub(super) is_broken: bool,
}

/// A draft stays as long as it means the definition, or cannot be taken for it at all; else the
/// definition is written anew.
pub(super) fn text(definition: &TaskDefinition, draft: Option<&Draft>) -> Text {
    if let Some(draft) = draft {
        let reading = read_definition(&draft.text);
        let means = meaning(&reading, definition);
        let is_broken = draft.refused.is_some() || means.is_none();
        if is_broken || means.as_ref() == Some(definition) {
            let mut placed = reading.check(&draft.text, &[]);
            // What rests on guesses can wait until nothing has to be guessed.
            let is_guess = |it: &Placed| it.mistake.as_ref().is_some_and(|it| !it.is_harmless());
            if placed.iter().any(is_guess) {
                placed.retain(is_guess);
            }
            return Text {
                text: draft.text.clone(),
                placed,
                is_broken,
            };
        }
    }
    let text = written(definition);
    let placed = read_definition(&text).check(&text, &[]);
    Text {
        text,
        placed,
        is_broken: false,
    }
}

/// The definition as JSON, its members in AWS's order.
#[must_use]
pub fn written(definition: &TaskDefinition) -> String {
    let value = Value::Object(definition.to_members());
    ordered_json(&value, Kind::Structure(TaskDefinition::STRUCTURE))
}

/// The definition that a text is; `None` where something would have to be guessed. A list of
/// containers or a template names no family, so it keeps the one that is `known`.
#[must_use]
pub fn meaning(reading: &Reading, known: &TaskDefinition) -> Option<TaskDefinition> {
    if reading.is_broken() {
        return None;
    }
    let mut definition = reading.definition.clone()?;
    if reading.shape != FileShape::Plain && definition.family.is_empty() {
        definition.family.clone_from(&known.family);
    }
    Some(definition)
}
