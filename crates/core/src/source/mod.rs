//! Reading JSON text so that every complaint names its place: line, column and JSON pointer.
//!
//! There is one reader, [`parse`], which goes on after a mistake; [`read`] is for texts that must
//! be without any. What a mistake is called is worded in [`crate::view`].

mod lines;
mod mistake;
mod parse;
mod patch;
mod tagged;
mod token;
mod tree;
mod typed;

pub use lines::Lines;
pub use mistake::{Mistake, MistakeKind};
pub use parse::{DEPTH_MAX, MISTAKES_MAX, Parsed, TEXT_BYTES_MAX, VALUES_MAX, parse};
pub use patch::patch;
pub(crate) use tagged::{read_tagged, tagged};
pub use token::is_placeholder;
pub use tree::{Member, Node, NodeKind, Span};
pub use typed::{TypeError, from_node, from_value};

use alloc::string::String;
use alloc::vec::Vec;
use serde::de::DeserializeOwned;

/// A place in a text. Lines and columns count from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Why a text could not be read; [`core::fmt::Display`] says what is wrong, without the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Where in the text.
    pub place: Place,
    /// JSON pointer of the offending value; empty for the whole document or where the text is
    /// not JSON at all.
    pub pointer: String,
    /// What is wrong.
    pub cause: Cause,
}

/// What can be wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is not JSON.
    Mistake(MistakeKind),
    /// It is JSON of another shape, in serde's words.
    Shape(String),
}

impl core::error::Error for ReadError {}

/// Reads one JSON value of type `T` from `text`; a leading byte-order mark is skipped.
///
/// # Errors
/// Text that is too long or not JSON, or a value of the wrong type, each with its place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    let parsed = parse(text);
    let lines = || Lines::new(text);
    if let Some(Mistake { span, kind }) = parsed.mistakes.first() {
        return Err(ReadError {
            place: lines().place(span.start),
            pointer: String::new(),
            cause: Cause::Mistake(kind.clone()),
        });
    }
    let read = parsed.root.as_ref().map(from_node);
    // A text without mistakes has a value.
    let read = read.unwrap_or_else(|| Err(serde::de::Error::custom("there is no value")));
    read.map_err(|error| {
        let pointer = error.pointer();
        ReadError {
            place: lines().place(parsed.span(&pointer, false).start),
            pointer,
            cause: Cause::Shape(error.message),
        }
    })
}

/// Where the value at `pointer` starts in `text`; the nearest parent that exists where the
/// pointer leads nowhere (a missing field is reported on its object). `None` if not JSON.
#[must_use]
pub fn locate(text: &str, pointer: &str) -> Option<Place> {
    let parsed = parse(text);
    parsed.root.as_ref()?;
    Some(Lines::new(text).place(parsed.span(pointer, false).start))
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde::Deserialize;
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

    fn at(line: usize, column: usize) -> Place {
        Place { line, column }
    }

    #[test]
    fn a_wrong_type_names_line_column_and_pointer() {
        let text = "{\n  \"items\": [\n    { \"count\": \"two\" }\n  ]\n}";
        let error = read::<Outer>(text).unwrap_err();
        assert_eq!(error.pointer, "/items/0/count");
        assert_eq!(error.place, at(3, 16));
        let words = error.to_string();
        assert!(words.contains("invalid type: string \"two\""), "{words}");
    }

    #[test]
    fn text_that_is_not_json_names_its_place() {
        let error = read::<Value>("{\n  \"a\": 1,\n}").unwrap_err();
        assert_eq!(error.cause, Cause::Mistake(MistakeKind::TrailingComma));
        assert_eq!((error.place, error.pointer.as_str()), (at(2, 9), ""));
        let error = read::<Value>("{\"name\": \"ééé\", x}").unwrap_err();
        assert_eq!(error.place, at(1, 17));
        assert_eq!(
            read::<Value>("").unwrap_err().to_string(),
            "the file is empty"
        );
        assert!(read::<Value>("{} x").is_err());
    }

    #[test]
    fn pointers_are_located_with_escapes_and_missing_fields() {
        let text = "{\"a/b\": {\"c~d\": [10, 20]}}";
        assert_eq!(locate(text, "/a~1b/c~0d/1"), Some(at(1, 22)));
        assert_eq!(locate(text, "/a~1b/missing"), Some(at(1, 9)));
        assert_eq!(locate("", "/a"), None);
    }
}
