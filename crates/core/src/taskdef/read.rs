//! Reading a task definition file as people have it: the register shape, or the answer of
//! `describe-task-definition`, which wraps it (task-definition.md 1.2).

use super::TaskDefinition;
use crate::source::{ReadError, read};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Wrapper {
    #[serde(rename = "taskDefinition")]
    task_definition: TaskDefinition,
    /// A sibling in the answer, a member of the request.
    #[serde(default)]
    tags: Option<Value>,
}

/// Reads one task definition from `text`.
///
/// # Errors
/// Text that is not JSON, or a field of the wrong type, with line, column and JSON pointer.
pub fn read_task_definition(text: &str) -> Result<TaskDefinition, ReadError> {
    let wrapped = read::<Value>(text)?.get("taskDefinition").is_some();
    if wrapped {
        let Wrapper {
            mut task_definition,
            tags,
        } = read(text)?;
        let tags = tags.filter(|tags| tags.as_array().is_some_and(|tags| !tags.is_empty()));
        if let Some(tags) = tags {
            task_definition.extra.entry("tags".into()).or_insert(tags);
        }
        return Ok(task_definition);
    }
    read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_and_plain_read_alike_and_unknown_fields_survive() {
        let plain = r#"{"family":"web","containerDefinitions":[{"name":"a","image":"b","links":["x"]}],
            "pidMode":"task"}"#;
        let definition = read_task_definition(plain).unwrap();
        let wrapped = alloc::format!("{{\"taskDefinition\":{plain},\"tags\":[]}}");
        assert_eq!(read_task_definition(&wrapped).unwrap(), definition);
        let written = serde_json::to_value(&definition).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(plain).unwrap());
    }

    #[test]
    fn a_wrong_type_inside_a_container_is_placed() {
        let text = "{\"family\": \"web\",\n \"containerDefinitions\": [{\"memory\": \"128\"}]}";
        let error = read_task_definition(text).unwrap_err();
        assert_eq!(error.pointer, "/containerDefinitions/0/memory");
        assert_eq!((error.place.line, error.place.column), (2, 38));
    }
}
