//! Values with `*` and `?` (load-balancing-and-scaling.md 1.3).
//!
//! A star takes the shortest text that lets the next literal match and is only made longer when
//! what follows fails; no earlier star is tried again, since its text would only grow. So a
//! comparison takes at most as many steps as the text has bytes times the longest run between two
//! stars, whatever the value.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// How a value is read and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// Whether upper and lower case of ASCII letters are one.
    pub(super) any_case: bool,
    /// Whether `\*` and `\?` are a star and a question mark.
    pub(super) escapes: bool,
    /// Whether all of the text must match.
    pub(super) anchored: bool,
    /// A character that neither `*` nor `?` takes.
    pub(super) separator: Option<u8>,
}

/// A value, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Wildcard {
    shape: Shape,
    any_case: bool,
    separator: Option<u8>,
}

/// The forms that can be compared without a walk, and the one that cannot.
#[derive(Clone, Debug)]
enum Shape {
    /// No wildcard.
    Exact(Box<[u8]>),
    /// A literal and a final star.
    Head(Box<[u8]>),
    /// A first star and a literal.
    Tail(Box<[u8]>),
    /// Anything else, with the lengths of the literals that it begins and ends with.
    Walk {
        head: usize,
        tail: usize,
        tokens: Box<[Token]>,
    },
}

/// A piece of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This byte.
    Byte(u8),
    /// `?`.
    One,
    /// `*`.
    Star,
}

/// The pieces of a value: no two stars in a row, and stars around them where part of the text may
/// match.
pub(super) fn read(text: &str, manner: Manner) -> Vec<Token> {
    let mut tokens = tokens(text, manner);
    if !manner.anchored {
        tokens.insert(0, Token::Star);
        tokens.push(Token::Star);
    }
    tokens.dedup_by(|a, b| *a == Token::Star && *b == Token::Star);
    tokens
}

impl Wildcard {
    /// Reads a value.
    pub(super) fn new(text: &str, manner: Manner) -> Self {
        Self {
            shape: Shape::of(read(text, manner), manner.separator.is_none()),
            any_case: manner.any_case,
            separator: manner.separator,
        }
    }

    /// Whether it matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        self.counted(text, &mut 0)
    }

    /// Whether it matches, and in how many steps: comparisons of one byte in a walk.
    pub(super) fn counted(&self, text: &[u8], steps: &mut u64) -> bool {
        match &self.shape {
            Shape::Exact(literal) => self.same(literal, text),
            Shape::Head(literal) => text
                .get(..literal.len())
                .is_some_and(|head| self.same(literal, head)),
            Shape::Tail(literal) => {
                let from = text.len().checked_sub(literal.len());
                from.is_some_and(|from| self.same(literal, &text[from..]))
            }
            Shape::Walk { head, tail, tokens } => {
                let (begin, rest) = tokens.split_at(*head);
                let (rest, end) = rest.split_at(rest.len() - tail);
                let Some(middle) = text.len().checked_sub(head + tail) else {
                    return false;
                };
                let (first, text) = text.split_at(*head);
                let (text, last) = text.split_at(middle);
                self.all(begin, first) && self.all(end, last) && self.walk(rest, text, steps)
            }
        }
    }

    /// The literal, where there is no wildcard; in lower case, where case does not count.
    pub(super) fn exact(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Exact(literal) => Some(literal),
            Shape::Head(_) | Shape::Tail(_) | Shape::Walk { .. } => None,
        }
    }

    /// The literal that every match begins with.
    pub(super) fn head(&self) -> Vec<u8> {
        match &self.shape {
            Shape::Exact(literal) | Shape::Head(literal) => literal.to_vec(),
            Shape::Tail(_) => Vec::new(),
            Shape::Walk { head, tokens, .. } => literal_of(&tokens[..*head]),
        }
    }

    fn same(&self, literal: &[u8], text: &[u8]) -> bool {
        if self.any_case {
            literal.eq_ignore_ascii_case(text)
        } else {
            literal == text
        }
    }

    /// Whether literals and text, of one length, are the same.
    fn all(&self, tokens: &[Token], text: &[u8]) -> bool {
        let mut both = tokens.iter().zip(text);
        both.all(|(token, byte)| self.takes(*token, *byte))
    }

    fn takes(&self, token: Token, byte: u8) -> bool {
        match token {
            Token::Byte(wanted) if self.any_case => wanted == byte.to_ascii_lowercase(),
            Token::Byte(wanted) => wanted == byte,
            Token::One => self.separator != Some(byte),
            Token::Star => false,
        }
    }

    fn walk(&self, tokens: &[Token], text: &[u8], steps: &mut u64) -> bool {
        let (mut token, mut at) = (0, 0);
        // Behind the last star, and where the text that it takes ends.
        let mut star: Option<(usize, usize)> = None;
        loop {
            *steps += 1;
            match (tokens.get(token), text.get(at)) {
                // A star at the end takes whatever is left.
                (Some(Token::Star), _) if token + 1 == tokens.len() && self.separator.is_none() => {
                    return true;
                }
                (Some(Token::Star), _) => {
                    token += 1;
                    star = Some((token, at));
                }
                (Some(wanted), Some(byte)) if self.takes(*wanted, *byte) => {
                    token += 1;
                    at += 1;
                }
                (None, None) => return true,
                // The text has ended before the value has; a longer star would leave even less.
                (Some(_), None) => return false,
                (_, Some(_)) => {
                    let Some((behind, end)) = star else {
                        return false;
                    };
                    let Some(longer) = self.longer(tokens.get(behind), text, end) else {
                        return false;
                    };
                    *steps += (longer - end) as u64;
                    star = Some((behind, longer));
                    (token, at) = (behind, longer);
                }
            }
        }
    }

    /// Where a star that ends at `end` ends next: where what follows it may begin.
    fn longer(&self, next: Option<&Token>, text: &[u8], end: usize) -> Option<usize> {
        if self.separator == Some(text[end]) {
            return None;
        }
        let rest = &text[end + 1..];
        let ahead = match (next, self.separator) {
            (Some(Token::Byte(wanted)), None) if self.any_case => rest
                .iter()
                .position(|it| it.to_ascii_lowercase() == *wanted)?,
            (Some(Token::Byte(wanted)), None) => rest.iter().position(|it| it == wanted)?,
            // One by one: a separator on the way ends it.
            (Some(_) | None, _) => 0,
        };
        Some(end + 1 + ahead)
    }
}

impl Shape {
    fn of(tokens: Vec<Token>, spans: bool) -> Self {
        let is_literal = |token: &Token| matches!(token, Token::Byte(_));
        let head = tokens.iter().take_while(|it| is_literal(it)).count();
        let tail = tokens.iter().rev().take_while(|it| is_literal(it)).count();
        let literal = |part: &[Token]| literal_of(part).into_boxed_slice();
        match tokens.as_slice() {
            all if head == all.len() => Self::Exact(literal(all)),
            [most @ .., Token::Star] if spans && head == most.len() => Self::Head(literal(most)),
            [Token::Star, most @ ..] if spans && tail == most.len() => Self::Tail(literal(most)),
            all => Self::Walk {
                head,
                tail,
                tokens: all.into(),
            },
        }
    }
}

fn literal_of(tokens: &[Token]) -> Vec<u8> {
    let bytes = tokens.iter().filter_map(|token| match token {
        Token::Byte(byte) => Some(*byte),
        Token::One | Token::Star => None,
    });
    bytes.collect()
}

fn tokens(text: &str, manner: Manner) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes
            .next_if(|next| manner.escapes && byte == b'\\' && (*next == b'*' || *next == b'?'));
        tokens.push(match (escaped, byte) {
            (Some(escaped), _) => Token::Byte(escaped),
            (None, b'*') => Token::Star,
            (None, b'?') => Token::One,
            (None, other) if manner.any_case => Token::Byte(other.to_ascii_lowercase()),
            (None, other) => Token::Byte(other),
        });
    }
    tokens
}

/// How many stars and question marks of `text` are wildcards.
#[must_use]
pub(crate) fn wildcards(text: &str, escapes: bool) -> usize {
    let manner = Manner {
        any_case: false,
        escapes,
        anchored: true,
        separator: None,
    };
    let is_wildcard = |token: &&Token| matches!(token, Token::One | Token::Star);
    tokens(text, manner).iter().filter(is_wildcard).count()
}
