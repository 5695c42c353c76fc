//! What is not JSON, in words.

use super::Words;
use crate::source::{Cause, DEPTH_MAX, MistakeKind, ReadError, TEXT_BYTES_MAX, VALUES_MAX};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Mistake(kind) => f.write_str(&mistake_words(kind).message),
            Cause::Shape(message) => f.write_str(message),
        }
    }
}

impl ReadError {
    /// What to do about it, where that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.cause {
            Cause::Mistake(kind) => mistake_words(kind).hint,
            Cause::Shape(_) => None,
        }
    }
}

/// The mistake in words: what is wrong, then what to do.
#[must_use]
pub fn mistake_words(kind: &MistakeKind) -> Words {
    let (message, hint) = words(kind);
    Words {
        message,
        hint: (!hint.is_empty()).then(|| hint.to_string()),
    }
}

fn words(kind: &MistakeKind) -> (String, &'static str) {
    let plain = |message: &str| message.to_string();
    match kind {
        MistakeKind::Empty => (
            plain("the file is empty"),
            "begin with `{` and end with `}`",
        ),
        MistakeKind::Yaml => (
            plain("this is YAML"),
            "convert it to JSON first, for example with `yq -o json`",
        ),
        MistakeKind::TooLong => (
            format!("the text is longer than {TEXT_BYTES_MAX} bytes"),
            "take a part of it",
        ),
        MistakeKind::TooMany => (
            format!("there are more than {VALUES_MAX} values"),
            "take a part of it",
        ),
        MistakeKind::TooDeep => (
            format!("values are nested deeper than {DEPTH_MAX} levels"),
            "look for brackets that are opened again and again",
        ),
        MistakeKind::Unclosed => (
            plain("this bracket is never closed"),
            "the text may have been cut off; close what is open",
        ),
        MistakeKind::UnclosedText => (
            plain("this text has no second quote"),
            "close the quote on the same line; write a line break as \\n",
        ),
        MistakeKind::Unexpected(found) => (
            format!("`{found}` does not belong here"),
            "take it out, or put text into double quotes",
        ),
        MistakeKind::NoComma => (plain("a comma is missing before this"), "add a comma"),
        MistakeKind::NoColon => (
            plain("this name has no value"),
            "write the name in quotes, a colon and a value",
        ),
        MistakeKind::TrailingComma => (
            plain("nothing follows this comma"),
            "take the comma out: JSON has none before a closing bracket",
        ),
        MistakeKind::Comment => (
            plain("JSON has no comments"),
            "take the comment out before AWS reads the file",
        ),
        MistakeKind::UnquotedName(name) => (
            format!("the name `{name}` is not in quotes"),
            "put it into double quotes",
        ),
        MistakeKind::SingleQuotes => (plain("text stands in single quotes"), "use double quotes"),
        MistakeKind::Placeholder(token) => (
            format!("the placeholder `{token}` is not in quotes, so this is not JSON yet"),
            "fill in the template first, or put the placeholder into quotes",
        ),
        MistakeKind::BadEscape => (
            plain("this is not an escape of JSON"),
            "write a backslash as \\\\",
        ),
        MistakeKind::ControlCharacter => (
            plain("a control character stands inside a text"),
            "write it as an escape, a tab as \\t",
        ),
        MistakeKind::BadNumber(token) => (
            format!("`{token}` is not a number of JSON"),
            "write digits without leading zeros, or put it into quotes",
        ),
        MistakeKind::NumberTooLarge(token) => {
            let shown: String = token.chars().take(20).collect();
            (
                format!("the number {shown}… does not fit into 64 bits"),
                "no field of AWS takes so large a number",
            )
        }
        MistakeKind::DuplicateName(name) => (
            format!("`{name}` is given twice; the last one counts"),
            "take one of them out",
        ),
        MistakeKind::MoreText => (
            plain("something follows the end of the document"),
            "keep one document per file",
        ),
    }
}
