//! The syntax of patterns: Java's regular expressions, as far as they are regular.
//!
//! It deliberately knows no captures: a group only groups. Case folding and the classes `\d`,
//! `\w`, `\s` are ASCII's, as Java has them without flags (java.util.regex.Pattern).

use super::{GROUPS_DEEP_MAX, PatternError, PatternFault};
use crate::source::Span;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// A part of a pattern.
#[derive(Debug)]
pub(super) enum Piece {
    /// One character of the set with this number.
    Set(usize),
    /// No character, but a place of this kind.
    Place(Place),
    /// One after the other; the empty sequence matches the empty text.
    Sequence(Vec<Piece>),
    /// One of these.
    Choice(Vec<Piece>),
    /// The piece so many times; without `most`, any number.
    Repeat {
        piece: Box<Piece>,
        least: u32,
        most: Option<u32>,
    },
}

/// A kind of place between characters. Java's `$` also stands before a last line feed, which no
/// value of ECS can hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Start,
    End,
    WordEdge,
    NoWordEdge,
}

/// A first and a last code point.
type Range = (u32, u32);

/// A set of characters.
#[derive(Clone, Debug)]
pub(super) struct Set {
    ranges: Vec<Range>,
    negated: bool,
}

impl Set {
    /// Whether the character is in it.
    pub(super) fn has(&self, c: char) -> bool {
        let code = u32::from(c);
        let within = |(first, last): &Range| (*first..=*last).contains(&code);
        self.ranges.iter().any(within) != self.negated
    }
}

/// The ends of lines that `.` leaves out.
const LINE_ENDS: [Range; 3] = [(0x0a, 0x0d), (0x85, 0x85), (0x2028, 0x2029)];
const DIGITS: [Range; 1] = [(0x30, 0x39)];
const WORDS: [Range; 4] = [(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const SPACES: [Range; 2] = [(0x09, 0x0d), (0x20, 0x20)];

type Read<T> = Result<T, PatternError>;

/// Reads a pattern: its pieces, and the sets that they name.
pub(super) fn parse(text: &str) -> Read<(Piece, Vec<Set>)> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        flags: Flags::default(),
        sets: Vec::new(),
    };
    let piece = reader.choice()?;
    if reader.at < text.len() {
        return Err(reader.fault(reader.at, PatternFault::UnopenedGroup));
    }
    Ok((piece, reader.sets))
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`: letters of either case.
    any_case: bool,
    /// `s`: `.` takes the ends of lines as well.
    any_char: bool,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    flags: Flags,
    sets: Vec<Set>,
}

/// What a backslash introduces.
enum Escaped {
    Char(char),
    Ranges(Vec<Range>),
    Place(Place),
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// A fault from `start` to what has been read, or the one character there.
    fn fault(&self, start: usize, fault: PatternFault) -> PatternError {
        let one = self.text[start..].chars().next().map_or(0, char::len_utf8);
        let end = self.at.max(start + one);
        PatternError {
            span: Span { start, end },
            fault,
        }
    }

    fn set(&mut self, ranges: Vec<Range>, negated: bool) -> Piece {
        let ranges = if self.flags.any_case {
            both_cases(ranges)
        } else {
            ranges
        };
        self.sets.push(Set { ranges, negated });
        Piece::Set(self.sets.len() - 1)
    }

    fn literal(&mut self, c: char) -> Piece {
        self.set(vec![(u32::from(c), u32::from(c))], false)
    }

    fn choice(&mut self) -> Read<Piece> {
        let first = self.sequence()?;
        if self.peek() != Some('|') {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        Ok(Piece::Choice(branches))
    }

    fn sequence(&mut self) -> Read<Piece> {
        let mut pieces = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let piece = if self.eat("\\Q") {
                self.quoted(&mut pieces)
            } else {
                self.atom()?
            };
            // Nothing to repeat: an empty quotation, or flags.
            let Some(piece) = piece else { continue };
            let piece = self.repeated(piece)?;
            pieces.push(piece);
        }
        Ok(Piece::Sequence(pieces))
    }

    /// `\Q…\E`: all characters as they stand. The last is given back, since a quantifier behind
    /// `\E` is its own.
    fn quoted(&mut self, pieces: &mut Vec<Piece>) -> Option<Piece> {
        let mut last = None;
        while !self.eat("\\E") {
            let Some(c) = self.bump() else { break };
            pieces.extend(last.take());
            last = Some(self.literal(c));
        }
        last
    }

    /// One piece, which a quantifier may follow; none where flags stand alone.
    fn atom(&mut self) -> Read<Option<Piece>> {
        let start = self.at;
        let Some(c) = self.bump() else {
            return Ok(None);
        };
        Ok(Some(match c {
            '.' if self.flags.any_char => self.set(Vec::new(), true),
            '.' => self.set(LINE_ENDS.to_vec(), true),
            '^' => Piece::Place(Place::Start),
            '$' => Piece::Place(Place::End),
            '[' => self.class(start)?,
            '(' => return self.group(start),
            '*' | '+' | '?' => return Err(self.fault(start, PatternFault::NothingToRepeat)),
            '{' => return Err(self.fault(start, PatternFault::BadRepeat)),
            '\\' => match self.escaped(start)? {
                Escaped::Char(c) => self.literal(c),
                Escaped::Ranges(ranges) => self.set(ranges, false),
                Escaped::Place(place) => Piece::Place(place),
            },
            c => self.literal(c),
        }))
    }

    fn repeated(&mut self, piece: Piece) -> Read<Piece> {
        let start = self.at;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.bounds()?,
            Some(_) | None => return Ok(piece),
        };
        if self.at == start {
            self.at += 1;
        }
        if self.eat("+") {
            return Err(self.fault(start, PatternFault::Possessive));
        }
        // Lazy or greedy is the same where the whole text has to match.
        self.eat("?");
        let piece = Box::new(piece);
        Ok(Piece::Repeat { piece, least, most })
    }

    /// `{2}`, `{2,}` or `{2,5}`.
    fn bounds(&mut self) -> Read<(u32, Option<u32>)> {
        let start = self.at;
        self.eat("{");
        let least = self.number();
        let most = if self.eat(",") {
            let is_open = self.peek() == Some('}');
            (!is_open).then(|| self.number())
        } else {
            Some(least)
        };
        let is_closed = self.eat("}");
        match (least, most) {
            (Some(least), None) if is_closed => Ok((least, None)),
            (Some(least), Some(Some(most))) if is_closed && least <= most => {
                Ok((least, Some(most)))
            }
            (Some(_) | None, Some(_) | None) => Err(self.fault(start, PatternFault::BadRepeat)),
        }
    }

    fn number(&mut self) -> Option<u32> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest()[..digits].parse().ok();
        self.at += digits;
        number
    }

    fn group(&mut self, start: usize) -> Read<Option<Piece>> {
        if self.depth == GROUPS_DEEP_MAX {
            return Err(self.fault(start, PatternFault::TooDeep));
        }
        let outer = self.flags;
        if self.eat("?") && !self.kind_of_group(start)? {
            return Ok(None);
        }
        self.depth += 1;
        let piece = self.choice()?;
        self.depth -= 1;
        self.flags = outer;
        if self.eat(")") {
            return Ok(Some(piece));
        }
        self.at = start;
        Err(self.fault(start, PatternFault::UnclosedGroup))
    }

    /// What follows `(?`. False for flags that stand alone, as in `(?i)`.
    fn kind_of_group(&mut self, start: usize) -> Read<bool> {
        for (opening, fault) in [
            ("=", PatternFault::LookAround),
            ("!", PatternFault::LookAround),
            ("<=", PatternFault::LookAround),
            ("<!", PatternFault::LookAround),
            (">", PatternFault::AtomicGroup),
        ] {
            if self.eat(opening) {
                return Err(self.fault(start, fault));
            }
        }
        if self.eat("<") {
            return self.name(start).map(|()| true);
        }
        self.read_flags(start)
    }

    /// A group's name and its `>`.
    fn name(&mut self, start: usize) -> Read<()> {
        let is_part = |b: &u8| b.is_ascii_alphanumeric();
        let length = self.rest().bytes().take_while(is_part).count();
        let begins = self.peek().is_some_and(|c| c.is_ascii_alphabetic());
        self.at += length;
        if begins && self.eat(">") {
            Ok(())
        } else {
            Err(self.fault(start, PatternFault::UnknownGroup))
        }
    }

    fn read_flags(&mut self, start: usize) -> Read<bool> {
        let mut on = true;
        loop {
            let at = self.at;
            match self.bump() {
                Some('i') => self.flags.any_case = on,
                Some('s') => self.flags.any_char = on,
                Some('-') if on => on = false,
                Some(':') => return Ok(true),
                Some(')') => return Ok(false),
                Some(c) if c.is_ascii_alphabetic() => {
                    return Err(self.fault(at, PatternFault::UnknownFlag));
                }
                Some(_) => return Err(self.fault(start, PatternFault::UnknownGroup)),
                None => return Err(self.fault(start, PatternFault::UnclosedGroup)),
            }
        }
    }

    fn class(&mut self, start: usize) -> Read<Piece> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            let at = self.at;
            if !is_first && self.eat("]") {
                return Ok(self.set(ranges, negated));
            }
            if self.eat("[") || self.eat("&&") {
                return Err(self.fault(at, PatternFault::ClassOperation));
            }
            is_first = false;
            match self.member(start)? {
                Escaped::Char(first) => ranges.push(self.range(at, start, first)?),
                Escaped::Ranges(more) => ranges.extend(more),
                Escaped::Place(_) => return Err(self.fault(at, PatternFault::UnknownEscape)),
            }
        }
    }

    /// One character of a class, or a class of its own such as `\d`.
    fn member(&mut self, class: usize) -> Read<Escaped> {
        let at = self.at;
        match self.bump() {
            Some('\\') => self.escaped(at),
            Some(c) => Ok(Escaped::Char(c)),
            None => {
                self.at = class;
                Err(self.fault(class, PatternFault::UnclosedClass))
            }
        }
    }

    /// What begins with `first`: a range if a dash and another end follow.
    fn range(&mut self, at: usize, class: usize, first: char) -> Read<Range> {
        let first = u32::from(first);
        let rest = self.rest();
        if !rest.starts_with('-') || rest.starts_with("-]") || rest.len() == 1 {
            return Ok((first, first));
        }
        self.eat("-");
        match self.member(class)? {
            Escaped::Char(last) if first <= u32::from(last) && last != '[' => {
                Ok((first, u32::from(last)))
            }
            Escaped::Char(_) | Escaped::Ranges(_) | Escaped::Place(_) => {
                Err(self.fault(at, PatternFault::BadRange))
            }
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self, start: usize) -> Read<Escaped> {
        let Some(c) = self.bump() else {
            return Err(self.fault(start, PatternFault::DanglingBackslash));
        };
        Ok(match c {
            'd' => Escaped::Ranges(DIGITS.to_vec()),
            'D' => Escaped::Ranges(others(&DIGITS)),
            'w' => Escaped::Ranges(WORDS.to_vec()),
            'W' => Escaped::Ranges(others(&WORDS)),
            's' => Escaped::Ranges(SPACES.to_vec()),
            'S' => Escaped::Ranges(others(&SPACES)),
            't' => Escaped::Char('\t'),
            'n' => Escaped::Char('\n'),
            'r' => Escaped::Char('\r'),
            'f' => Escaped::Char('\u{c}'),
            'a' => Escaped::Char('\u{7}'),
            'e' => Escaped::Char('\u{1b}'),
            'x' => Escaped::Char(self.hex(start, 2)?),
            'u' => Escaped::Char(self.hex(start, 4)?),
            'A' => Escaped::Place(Place::Start),
            'z' | 'Z' => Escaped::Place(Place::End),
            'b' => Escaped::Place(Place::WordEdge),
            'B' => Escaped::Place(Place::NoWordEdge),
            '1'..='9' | 'k' => return Err(self.fault(start, PatternFault::BackReference)),
            'p' | 'P' => return Err(self.fault(start, PatternFault::Property)),
            c if c.is_ascii_alphanumeric() => {
                return Err(self.fault(start, PatternFault::UnknownEscape));
            }
            c => Escaped::Char(c),
        })
    }

    /// A character by its code of so many hexadecimal digits.
    fn hex(&mut self, start: usize, digits: usize) -> Read<char> {
        let code = self.rest().get(..digits).filter(|code| {
            let is_hex = |b: u8| b.is_ascii_hexdigit();
            code.bytes().all(is_hex)
        });
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                self.at += digits;
                Ok(c)
            }
            None => Err(self.fault(start, PatternFault::UnknownEscape)),
        }
    }
}

/// All characters but these, which stand in ascending order.
fn others(ranges: &[Range]) -> Vec<Range> {
    let mut others = Vec::new();
    let mut next = 0;
    for (first, last) in ranges {
        if next < *first {
            others.push((next, first - 1));
        }
        next = last + 1;
    }
    others.push((next, u32::from(char::MAX)));
    others
}

/// The ranges, and the letters of the other case of those that they hold.
fn both_cases(mut ranges: Vec<Range>) -> Vec<Range> {
    for at in 0..ranges.len() {
        let (first, last) = ranges[at];
        for (a, z, other_a) in [(0x41, 0x5a, 0x61), (0x61, 0x7a, 0x41)] {
            let (low, high) = (first.max(a), last.min(z));
            if low <= high {
                ranges.push((low - a + other_a, high - a + other_a));
            }
        }
    }
    ranges
}
