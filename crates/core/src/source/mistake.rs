//! The ways in which a text is not JSON, as data; [`crate::view`] words them.

use super::Span;
use alloc::string::String;

/// What is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: MistakeKind,
}

/// The ways in which a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// Nothing but white space.
    Empty,
    /// Another format, which people paste by mistake.
    Yaml,
    /// More bytes than are read.
    TooLong,
    /// More values than are read.
    TooMany,
    /// Nested deeper than is read.
    TooDeep,
    /// A list or object without its end.
    Unclosed,
    /// A text without its second quote.
    UnclosedText,
    /// Something else stands where a value, a name or a bracket belongs.
    Unexpected(String),
    /// No comma between two values.
    NoComma,
    /// No colon between a name and its value.
    NoColon,
    /// A comma before the end of a list or object.
    TrailingComma,
    /// A comment.
    Comment,
    /// A name without quotes.
    UnquotedName(String),
    /// Text in single quotes.
    SingleQuotes,
    /// A placeholder of a template that is not within quotes.
    Placeholder(String),
    /// An escape that JSON does not have, or half of a surrogate pair.
    BadEscape,
    /// A control character inside a text.
    ControlCharacter,
    /// A number that JSON does not have, such as 007 or .5.
    BadNumber(String),
    /// A number that does not fit 64 bits.
    NumberTooLarge(String),
    /// The name has been given in this object before; the later value counts.
    DuplicateName(String),
    /// Something follows the value.
    MoreText,
}

impl MistakeKind {
    /// Whether the value is clear all the same: nothing had to be guessed.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::TrailingComma | Self::Comment)
    }
}
