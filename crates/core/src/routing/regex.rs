//! Regular expressions of conditions and transforms (load-balancing-and-scaling.md 1.3, 1.5).
//!
//! AWS refuses what cannot be matched in linear time. `regex-lite` reads a language without it
//! and walks all states at once, but takes what AWS refuses as something else (`a*+` is a star
//! of a star there), so a scan of our own goes before it. It has no literal optimisations: the
//! text that every match begins and ends with is found here, and compared first.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most bytes that a compiled expression may take, and deepest nesting: our own bounds, far
/// above what 1,024 characters need that somebody means.
const SIZE_MAX: usize = 256 * 1024;
const NEST_MAX: u32 = 32;

/// Why AWS takes no such expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegexFault {
    /// `(?=…)`, `(?!…)`, `(?<=…)` or `(?<!…)`.
    LookAround,
    /// `\1` or `\k<name>`.
    BackReference,
    /// `(?>…)`.
    AtomicGroup,
    /// `*+`, `++`, `?+` or `{…}+`.
    Possessive,
    /// `(?R)`, `(?1)`, `(?&name)` or `\g<name>`.
    Recursion,
    /// `\p{…}` or `\P{…}`.
    UnicodeClass,
    /// It takes too much memory, or nests too deep.
    TooLarge,
    /// It is no expression; what the library says.
    Invalid(String),
}

/// How an expression is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RegexManner {
    /// Whether all of the text must match.
    pub(super) anchored: bool,
    /// Whether upper and lower case are one.
    pub(super) any_case: bool,
}

/// An expression, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Regex {
    regex: regex_lite::Regex,
    /// What every match begins with at the start of the text.
    head: Vec<u8>,
    /// What every match ends with at the end of the text.
    tail: Vec<u8>,
    any_case: bool,
}

/// How many groups an expression has.
///
/// # Errors
///
/// Why AWS takes no such expression.
pub(crate) fn groups_of(text: &str) -> Result<usize, RegexFault> {
    refuse(text)?;
    let regex = build(text, false)?;
    Ok(regex.captures_len() - 1)
}

fn build(text: &str, any_case: bool) -> Result<regex_lite::Regex, RegexFault> {
    let mut builder = regex_lite::RegexBuilder::new(text);
    builder.size_limit(SIZE_MAX).nest_limit(NEST_MAX);
    let built = builder.case_insensitive(any_case).build();
    built.map_err(|error| {
        let message = error.to_string();
        if ["limit", "nesting", "too many"]
            .iter()
            .any(|word| message.contains(word))
        {
            RegexFault::TooLarge
        } else {
            RegexFault::Invalid(message)
        }
    })
}

impl Regex {
    /// Reads an expression that [`groups_of`] has taken; `None` for another one.
    pub(super) fn new(text: &str, manner: RegexManner) -> Option<Self> {
        let regex = if manner.anchored {
            // The line feed ends a comment, where the expression allows them by `(?x)`.
            let comments = text.contains("(?") && text.contains('#');
            let end = if comments { "\n" } else { "" };
            build(&format!("^(?:{text}{end})$"), manner.any_case)
        } else {
            build(text, manner.any_case)
        };
        let (head, tail) = literals(text).unwrap_or_default();
        Some(Self {
            regex: regex.ok()?,
            head,
            tail,
            any_case: manner.any_case,
        })
    }

    /// Whether it matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        self.may_match(text)
            && core::str::from_utf8(text).is_ok_and(|text| self.regex.is_match(text))
    }

    /// The literal that every match begins with; of no use where case does not count.
    pub(super) fn head(&self) -> &[u8] {
        if self.any_case { &[] } else { &self.head }
    }

    /// Replaces the first match, or all of them, in `text`; `None` where there is none.
    pub(super) fn replaced(&self, text: &str, replace: &str, all: bool) -> Option<String> {
        let mut made = String::new();
        let mut from = 0;
        let most = if all { usize::MAX } else { 1 };
        for captures in self.regex.captures_iter(text).take(most) {
            let whole = captures.get(0)?;
            made.push_str(&text[from..whole.start()]);
            expand(replace, &captures, &mut made);
            from = whole.end();
        }
        let found = self.regex.is_match(text);
        made.push_str(&text[from..]);
        found.then_some(made)
    }

    fn may_match(&self, text: &[u8]) -> bool {
        let (head, tail) = (&self.head, &self.tail);
        if text.len() < head.len().max(tail.len()) {
            return false;
        }
        let (begin, end) = (&text[..head.len()], &text[text.len() - tail.len()..]);
        if self.any_case {
            begin.eq_ignore_ascii_case(head) && end.eq_ignore_ascii_case(tail)
        } else {
            begin == head && end == tail
        }
    }
}

/// Writes the replacement with its groups filled in; one that took no part is empty.
fn expand(replace: &str, captures: &regex_lite::Captures<'_>, made: &mut String) {
    for piece in pieces(replace, captures.len() - 1) {
        match piece {
            Piece::Text(text) => made.push_str(text),
            Piece::Group(at) => made.push_str(captures.get(at).map_or("", |it| it.as_str())),
        }
    }
}

/// A part of a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// What a group took.
    Group(usize),
}

/// The parts of a replacement for an expression of `groups` groups. A number has as many digits
/// as lead to a group, at least one; a `$` without a digit stands for itself.
pub(crate) fn pieces(replace: &str, groups: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = replace;
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit);
        let digits = digits.count().min(4);
        if digits == 0 {
            pieces.push(Piece::Text(&rest[..=at]));
            rest = &rest[at + 1..];
            continue;
        }
        let number = |length: usize| rest[at + 1..at + 1 + length].parse::<usize>().ok();
        let leads = |length: &usize| number(*length).is_some_and(|it| it <= groups);
        let length = (1..=digits).rev().find(leads).unwrap_or(digits);
        pieces.push(Piece::Text(&rest[..at]));
        pieces.extend(number(length).map(Piece::Group));
        rest = &rest[at + 1 + length..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Finds what AWS refuses and the library reads as something else, or words less well.
fn refuse(text: &str) -> Result<(), RegexFault> {
    let mut rest = text;
    let mut repeats = false;
    while let Some(first) = rest.chars().next() {
        let (length, next) = step(rest, first, repeats)?;
        repeats = next;
        rest = &rest[length..];
    }
    Ok(())
}

/// Bytes of the next piece of an expression, and whether it repeats the one before.
fn step(rest: &str, first: char, repeats: bool) -> Result<(usize, bool), RegexFault> {
    match first {
        '\\' => {
            let escaped = rest[1..].chars().next();
            escape(escaped)?;
            Ok((1 + escaped.map_or(0, char::len_utf8), false))
        }
        '[' => class(rest).map(|length| (length, false)),
        '(' => group(rest).map(|length| (length, false)),
        '+' if repeats => Err(RegexFault::Possessive),
        '*' | '+' => Ok((1, true)),
        // Behind a repetition it makes it lazy, and what is lazy is not repeated again.
        '?' => Ok((1, !repeats)),
        '{' => {
            let digits = rest.find('}').filter(|end| {
                rest[1..*end]
                    .bytes()
                    .all(|it| it.is_ascii_digit() || it == b',')
            });
            Ok(digits.map_or((1, false), |end| (end + 1, true)))
        }
        other => Ok((other.len_utf8(), false)),
    }
}

fn escape(escaped: Option<char>) -> Result<(), RegexFault> {
    match escaped {
        Some('1'..='9' | 'k') => Err(RegexFault::BackReference),
        Some('g') => Err(RegexFault::Recursion),
        Some('p' | 'P') => Err(RegexFault::UnicodeClass),
        _ => Ok(()),
    }
}

/// Bytes of a class from its `[`; the whole rest where it is not closed.
fn class(rest: &str) -> Result<usize, RegexFault> {
    let bytes = rest.as_bytes();
    let mut at = 1 + usize::from(bytes.get(1) == Some(&b'^'));
    let first = at;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b']' if at > first => return Ok(at + 1),
            b'\\' => {
                if matches!(bytes.get(at + 1), Some(b'p' | b'P')) {
                    return Err(RegexFault::UnicodeClass);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    Ok(rest.len())
}

/// Bytes that open a group.
fn group(rest: &str) -> Result<usize, RegexFault> {
    let Some(kind) = rest.strip_prefix("(?") else {
        return Ok(1);
    };
    let begins = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    let calls = kind.bytes().next().is_some_and(|it| it.is_ascii_digit());
    if begins(&["=", "!", "<=", "<!"]) {
        Err(RegexFault::LookAround)
    } else if begins(&[">"]) {
        Err(RegexFault::AtomicGroup)
    } else if begins(&["P="]) {
        Err(RegexFault::BackReference)
    } else if calls || begins(&["R)", "&", "P>", "+", "-1"]) {
        Err(RegexFault::Recursion)
    } else {
        Ok(2)
    }
}

/// A piece of an expression as far as literals are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This byte.
    Byte(u8),
    /// The start of the text.
    Start,
    /// The end of the text.
    End,
    /// Anything else.
    Other,
}

/// The text that every match begins with and ends with; `None` where a choice or a flag makes it
/// more than a glance to tell.
fn literals(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let parts = parts(text)?;
    let byte = |part: &Part| match part {
        Part::Byte(byte) => Some(*byte),
        Part::Start | Part::End | Part::Other => None,
    };
    let head = parts.strip_prefix(&[Part::Start]);
    let head = head.map(|rest| rest.iter().map_while(byte).collect());
    let tail = parts.strip_suffix(&[Part::End]);
    let mut tail: Vec<u8> =
        tail.map_or_else(Vec::new, |rest| rest.iter().rev().map_while(byte).collect());
    tail.reverse();
    Some((head.unwrap_or_default(), tail))
}

fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = 1;
        let part = match first {
            '|' if depth == 0 => return None,
            '(' if rest.starts_with("(?") && !rest.starts_with("(?:") => return None,
            '(' => {
                depth += 1;
                Part::Other
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                Part::Other
            }
            '[' => {
                length = class(rest).ok()?;
                if rest[1..length].contains('[') {
                    // A class within a class ends where a glance does not see it.
                    return None;
                }
                Part::Other
            }
            '\\' => {
                let escaped = *rest.as_bytes().get(1)?;
                length = 2;
                // A letter or digit may mean anything; a sign is itself.
                let itself = escaped.is_ascii_punctuation() && escaped != b'<' && escaped != b'>';
                if !escaped.is_ascii() || b"xuU".contains(&escaped) {
                    // The digits behind it are not themselves.
                    return None;
                }
                if itself {
                    Part::Byte(escaped)
                } else {
                    Part::Other
                }
            }
            '*' | '+' | '?' | '{' => {
                *parts.last_mut()? = Part::Other;
                length = if first == '{' { rest.find('}')? + 1 } else { 1 };
                Part::Other
            }
            '^' if parts.is_empty() => Part::Start,
            '$' if rest.len() == 1 => Part::End,
            '.' | '^' | '$' | '|' => Part::Other,
            other if other.is_ascii() => Part::Byte(other as u8),
            _ => return None,
        };
        let inside = depth > 0;
        parts.push(if inside { Part::Other } else { part });
        rest = &rest[length..];
    }
    Some(parts)
}
