//! Patterns of `matches` and `not_matches`, in the syntax of Java's regular expressions.
//!
//! The guide says Java and nothing of anchoring; its examples name a whole instance type by
//! `t2.*`, so a pattern has to match the whole value ([I], ecs.md 2.9). That makes captures and
//! greed irrelevant and leaves a plain set of states, of which every character of the value is
//! shown to each at most once: time is linear in the value, whatever the pattern.
//!
//! We wrote it because what exists reads another dialect than Java's: `regex-lite`, which listener
//! rules are compared with, takes Java's possessive quantifiers for something else and knows
//! other escapes. The tests hold ours against it where the two dialects are one. What changes the language beyond regular ones
//! (look-around, back-references, possessive quantifiers, atomic groups) is refused, and so are
//! Java's Unicode properties, its class operations and the flags but `i` and `s`.

mod parse;
mod program;
#[cfg(test)]
mod tests;

use crate::source::Span;
use program::Program;

/// Deepest nesting of groups. Java knows no limit; ours keeps the stack in bounds.
const GROUPS_DEEP_MAX: usize = 32;

/// Most steps of a program, our own choice: a pattern is at most 2,000 characters, and what
/// repeats itself beyond this is an accident or an attack.
const STEPS_MAX: usize = 4096;

/// A pattern, ready to be compared with values.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Program);

/// Why a text is not a pattern, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PatternError {
    /// Bytes of the pattern.
    pub(super) span: Span,
    /// What is wrong.
    pub(super) fault: PatternFault,
}

/// The ways in which a text is not a pattern that we match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternFault {
    /// `(?=…)`, `(?!…)`, `(?<=…)` or `(?<!…)`: Java has it, we match in linear time without.
    LookAround,
    /// `\1` or `\k<name>`: Java has it, we match in linear time without.
    BackReference,
    /// `*+`, `++`, `?+` or `{…}+`: Java has it, we match in linear time without.
    Possessive,
    /// `(?>…)`: Java has it, we match in linear time without.
    AtomicGroup,
    /// `\p{…}` or `\P{…}`: Java has it, we do not read it.
    Property,
    /// `[` or `&&` inside a class: Java has it, we do not read it.
    ClassOperation,
    /// A flag other than `i` and `s`.
    UnknownFlag,
    /// What follows `(?` is no kind of group.
    UnknownGroup,
    /// A group without its `)`.
    UnclosedGroup,
    /// A `)` without its group.
    UnopenedGroup,
    /// A class without its `]`.
    UnclosedClass,
    /// A range of a class that ends before it begins, or does not end in a character.
    BadRange,
    /// `*`, `+` or `?` with nothing before it.
    NothingToRepeat,
    /// `{` without the form `{2}`, `{2,}` or `{2,5}`.
    BadRepeat,
    /// A backslash and a letter or digit that mean nothing.
    UnknownEscape,
    /// A backslash at the end.
    DanglingBackslash,
    /// Groups nested too deep.
    TooDeep,
    /// Repetitions that multiply to too much.
    TooLarge,
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn compile(text: &str) -> Result<Self, PatternError> {
        let (piece, sets) = parse::parse(text)?;
        let program = program::build(&piece, sets).ok_or(PatternError {
            span: Span {
                start: 0,
                end: text.len(),
            },
            fault: PatternFault::TooLarge,
        })?;
        Ok(Self(program))
    }

    /// Whether the whole of `text` is in the pattern's language.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}
