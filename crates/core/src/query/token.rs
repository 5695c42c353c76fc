//! Taking words, operators and values from the text of an expression.
//!
//! There is no list of tokens made beforehand, since what ends a word depends on what is read:
//! `[` belongs to a pattern, but ends a subject.

use super::{QueryError, QueryErrorKind};
use crate::source::Span;
use alloc::string::{String, ToString};

/// What ends a subject, besides white space, `&&` and `||`.
const SUBJECT_ENDS: &str = "=!<>~()[],'\"";
/// What ends an operator in words.
const WORD_ENDS: &str = "=!<>~()[],'\"&|";
/// What ends a value without quotes.
const VALUE_ENDS: &str = "(),]";
/// What ends a pattern without quotes.
const PATTERN_ENDS: &str = "()";
/// The characters of which short operators are made.
const SYMBOLS: &str = "=!<>~";

/// How a value is written where it has no quotes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Manner {
    /// Up to a comma or a closing bracket.
    Plain,
    /// Commas and brackets belong to it.
    Pattern,
}

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) text: String,
    /// Without the quotes.
    pub(super) span: Span,
}

/// What joins two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connective {
    And,
    Or,
}

impl Connective {
    const fn spellings(self) -> [&'static str; 2] {
        match self {
            Self::And => ["&&", "and"],
            Self::Or => ["||", "or"],
        }
    }
}

/// A text and the place up to which it has been read.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The place of reading, a byte of the text.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        &self.text[span.start..span.end]
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes `wanted` if it stands here.
    pub(super) fn eat(&mut self, wanted: &str) -> Option<Span> {
        self.rest().starts_with(wanted).then(|| {
            let start = self.at;
            self.at += wanted.len();
            Span {
                start,
                end: self.at,
            }
        })
    }

    /// Takes the word if it stands here as a whole.
    pub(super) fn eat_word(&mut self, wanted: &str) -> Option<Span> {
        let is_whole = self.text(self.run(WORD_ENDS)) == wanted;
        is_whole.then(|| self.eat(wanted)).flatten()
    }

    /// Takes the connective if it stands here.
    pub(super) fn eat_connective(&mut self, connective: Connective) -> bool {
        let [symbol, word] = connective.spellings();
        self.eat(symbol).or_else(|| self.eat_word(word)).is_some()
    }

    /// Whether an expression has to end here.
    pub(super) fn is_at_end(&self) -> bool {
        let mut ahead = self.clone();
        self.rest().is_empty()
            || self.rest().starts_with(')')
            || ahead.eat_connective(Connective::And)
            || ahead.eat_connective(Connective::Or)
    }

    /// A subject, which may be empty.
    pub(super) fn take_subject(&mut self) -> Span {
        self.take(SUBJECT_ENDS)
    }

    /// An operator, or what stands in its place, which may be empty.
    pub(super) fn take_operator(&mut self) -> Span {
        let is_symbol = |c: char| SYMBOLS.contains(c);
        let symbols = self.rest().find(|c| !is_symbol(c));
        let length = symbols.unwrap_or(self.rest().len());
        let start = self.at;
        self.at += length;
        // A word, or a negated one such as `!in`.
        if length == 0
            || self.text(Span {
                start,
                end: self.at,
            }) == "!"
        {
            self.take(WORD_ENDS);
        }
        Span {
            start,
            end: self.at,
        }
    }

    /// A value with or without quotes.
    pub(super) fn take_value(&mut self, manner: Manner) -> Result<Value, QueryError> {
        if self.is_at_end() {
            return Err(self.fault_here(QueryErrorKind::MissingValue));
        }
        let quote = self
            .rest()
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"'));
        if let Some(quote) = quote {
            return self.take_quoted(quote);
        }
        let span = self.take(match manner {
            Manner::Plain => VALUE_ENDS,
            Manner::Pattern => PATTERN_ENDS,
        });
        if self.rest().starts_with('(') {
            return Err(self.fault_here(QueryErrorKind::ParenthesisInValue));
        }
        if span.start == span.end {
            return Err(self.fault_here(QueryErrorKind::MissingValue));
        }
        let text = self.text(span).to_string();
        Ok(Value { text, span })
    }

    fn take_quoted(&mut self, quote: char) -> Result<Value, QueryError> {
        let start = self.at + 1;
        let Some(length) = self.text[start..].find(quote) else {
            let span = Span {
                start: self.at,
                end: self.text.len(),
            };
            return Err(fault(span, QueryErrorKind::UnclosedQuote));
        };
        let end = start + length;
        self.at = end + 1;
        let span = Span { start, end };
        let text = self.text(span).to_string();
        Ok(Value { text, span })
    }

    /// What stands here up to white space, at least a connective or one character; empty at
    /// the end.
    pub(super) fn found(&self) -> Span {
        let run = self.run(VALUE_ENDS);
        let is_connective = ["&&", "||"].iter().any(|it| self.rest().starts_with(it));
        let least = if is_connective {
            2
        } else {
            self.rest().chars().next().map_or(0, char::len_utf8)
        };
        Span {
            start: self.at,
            end: run.end.max(self.at + least),
        }
    }

    /// A fault of what stands here.
    pub(super) fn fault_here(&self, kind: QueryErrorKind) -> QueryError {
        fault(self.found(), kind)
    }

    fn take(&mut self, ends: &str) -> Span {
        let span = self.run(ends);
        self.at = span.end;
        span
    }

    /// From here to white space, one of `ends`, `&&` or `||`.
    fn run(&self, ends: &str) -> Span {
        let rest = self.rest();
        let ends_here = |(at, c): &(usize, char)| {
            let is_connective = || ["&&", "||"].iter().any(|it| rest[*at..].starts_with(it));
            c.is_whitespace() || ends.contains(*c) || is_connective()
        };
        let end = rest.char_indices().find(ends_here);
        let length = end.map_or(rest.len(), |(at, _)| at);
        Span {
            start: self.at,
            end: self.at + length,
        }
    }
}

/// A fault at a place.
pub(super) const fn fault(span: Span, kind: QueryErrorKind) -> QueryError {
    QueryError {
        at: span.start,
        end: span.end,
        kind,
    }
}
