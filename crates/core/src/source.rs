//! Reading JSON text so that every complaint names its place: line, column and JSON pointer.
//!
//! It does not repair: comments, trailing commas and placeholders are refused with their place.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

/// The largest text that is read, in bytes. A design of 200 parts is about 100 KiB; the limit
/// keeps a hostile file from freezing the page.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A place in a text. Lines and columns count from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// Where in the text.
    pub place: Place,
    /// JSON pointer of the offending value; empty for the whole document or where the text is
    /// not JSON at all.
    pub pointer: String,
    /// What is wrong, without place.
    pub message: String,
    /// Whether the text is not JSON (true) or JSON of the wrong shape (false).
    pub syntax: bool,
}

/// Reads one JSON value of type `T` from `text`; a leading byte-order mark is skipped.
///
/// # Errors
/// Text that is too long or not JSON, or a value of the wrong type, each with its place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > TEXT_BYTES_MAX {
        return Err(too_long(text.len()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| read_error(text, pointer_of(error.path()), error.inner()))?;
    deserializer
        .end()
        .map_err(|error| read_error(text, String::new(), &error))?;
    Ok(value)
}

fn too_long(bytes: usize) -> ReadError {
    ReadError {
        place: Place { line: 1, column: 1 },
        pointer: String::new(),
        message: format!("the text has {bytes} bytes; the limit is {TEXT_BYTES_MAX}"),
        syntax: true,
    }
}

fn read_error(text: &str, pointer: String, error: &serde_json::Error) -> ReadError {
    let syntax = !error.is_data();
    // The value's own start reads better than serde's "just behind it".
    let own = if syntax || pointer.is_empty() {
        None
    } else {
        locate(text, &pointer)
    };
    let place = own.unwrap_or_else(|| serde_place(text, error));
    let message = error.to_string();
    let message = message
        .split(" at line ")
        .next()
        .unwrap_or(&message)
        .to_owned();
    let message = if text.trim().is_empty() {
        "the file is empty".to_owned()
    } else {
        message
    };
    ReadError {
        place,
        pointer: if syntax { String::new() } else { pointer },
        message,
        syntax,
    }
}

/// Where serde stopped; it counts bytes, we count characters.
fn serde_place(text: &str, error: &serde_json::Error) -> Place {
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or("");
    let before = line.get(..error.column().saturating_sub(1)).unwrap_or(line);
    Place {
        line: error.line().max(1),
        column: before.chars().count() + 1,
    }
}

fn pointer_of(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer += &format!("/{index}"),
            Segment::Map { key } => pointer += &format!("/{}", escape(key)),
            Segment::Enum { variant } => pointer += &format!("/{}", escape(variant)),
            Segment::Unknown => {}
        }
    }
    pointer
}

/// A key as it stands in a JSON pointer (RFC 6901).
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The keys of a JSON pointer, unescaped.
#[must_use]
pub fn segments(pointer: &str) -> Vec<String> {
    let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(unescape).collect()
}

/// Where the value at `pointer` starts in `text`; the nearest parent that exists where the
/// pointer leads nowhere (a missing field is reported on its object). `None` if not JSON.
#[must_use]
pub fn locate(text: &str, pointer: &str) -> Option<Place> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for key in segments(pointer) {
        match child(value.get(), &key) {
            Some(next) => value = next,
            None => break,
        }
    }
    // RawValue borrows from `text`, so the distance of the two addresses is its offset.
    let offset = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some(place_of(text, offset))
}

fn child<'a>(object: &'a str, key: &str) -> Option<&'a RawValue> {
    if object.starts_with('[') {
        let items: Vec<&'a RawValue> = serde_json::from_str(object).ok()?;
        return items.get(key.parse::<usize>().ok()?).copied();
    }
    let fields: BTreeMap<String, Borrowed<'a>> = serde_json::from_str(object).ok()?;
    fields.get(key).map(|field| field.0)
}

/// A value borrowed from the text; a newtype only because a map needs `Deserialize` with `'de`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Borrowed<'a>(#[serde(borrow)] &'a RawValue);

fn place_of(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only its type matters here")]
        count: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "only its type matters here")]
        items: Vec<Inner>,
    }

    #[test]
    fn a_wrong_type_names_line_column_and_pointer() {
        let text = "{\n  \"items\": [\n    { \"count\": \"two\" }\n  ]\n}";
        let error = read::<Outer>(text).unwrap_err();
        assert_eq!(error.pointer, "/items/0/count");
        assert_eq!(
            error.place,
            Place {
                line: 3,
                column: 16
            }
        );
        assert!(!error.syntax);
        assert!(
            error.message.contains("invalid type: string \"two\""),
            "{}",
            error.message
        );
    }

    #[test]
    fn text_that_is_not_json_names_its_place() {
        let error = read::<Value>("{\n  \"a\": 1,\n}").unwrap_err();
        assert!(error.syntax);
        assert_eq!((error.place.line, error.pointer.as_str()), (3, ""));
        let error = read::<Value>("{\"name\": \"ééé\", x}").unwrap_err();
        assert_eq!(
            error.place,
            Place {
                line: 1,
                column: 17
            }
        );
        assert_eq!(read::<Value>("").unwrap_err().message, "the file is empty");
        assert!(read::<Value>("{} x").unwrap_err().syntax);
    }

    #[test]
    fn pointers_are_located_with_escapes_and_missing_fields() {
        let text = "{\"a/b\": {\"c~d\": [10, 20]}}";
        assert_eq!(
            locate(text, "/a~1b/c~0d/1"),
            Some(Place {
                line: 1,
                column: 22
            })
        );
        assert_eq!(
            locate(text, "/a~1b/missing"),
            Some(Place { line: 1, column: 9 })
        );
        assert_eq!(locate("nonsense", "/a"), None);
    }
}
