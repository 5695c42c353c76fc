//! A place in the text of an assertion, moved on token by token; numbers with their units.

use super::fault::{Fault, FaultKind};
use super::unit::Unit;
use crate::source::Span;
use crate::time::Millis;
use alloc::string::ToString;

/// Most digits of a number, so that it is exact as a float.
const DIGITS_MAX: usize = 15;

/// Words between which the text is no further looked at.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// A number in its base unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) value: f64,
    pub(super) unit: Unit,
}

impl<'a> Cursor<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves on to what is not white space and says what it begins with.
    pub(super) fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    /// Takes `sign` if it comes next.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.peek();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// Takes characters as long as they are wanted.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The word that comes next, which stays; empty if none does. `5xx` is one too.
    pub(super) fn word(&mut self) -> &'a str {
        self.peek();
        let rest = self.rest();
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        match word.bytes().next() {
            Some(first) if first.is_ascii_digit() && !word.ends_with("xx") => "",
            _ => word,
        }
    }

    /// What stands here, for a complaint: a word or one character.
    pub(super) fn found(&mut self) -> Span {
        self.peek();
        let start = self.at;
        let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
        let rest = self.rest();
        let word = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        Span {
            start,
            end: start + word.max(first),
        }
    }

    pub(super) fn span_from(&self, start: usize) -> Span {
        Span {
            start,
            end: self.at,
        }
    }

    /// The number, duration or clock time that comes next, if one does.
    pub(super) fn quantity(&mut self) -> Result<Option<Quantity>, Fault> {
        let word = self.word();
        if word.starts_with('P')
            && let Some(quantity) = self.iso()
        {
            return Ok(Some(quantity));
        }
        if !word.is_empty() || !self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(None);
        }
        match self.clock() {
            Some(quantity) => Ok(Some(quantity)),
            None => self.number().map(Some),
        }
    }

    /// An ISO 8601 duration such as `PT10M`.
    fn iso(&mut self) -> Option<Quantity> {
        let rest = self.rest();
        let is_of_it = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let length = rest.find(|c| !is_of_it(c)).unwrap_or(rest.len());
        // `PT10M..PT20M` is two of them.
        let text = rest[..length].split("..").next().unwrap_or_default();
        let length = text.parse::<Millis>().ok()?;
        self.at += text.len();
        Some(of_time(length))
    }

    /// A moment as the log prints it: `00:10:00`.
    fn clock(&mut self) -> Option<Quantity> {
        let rest = self.rest();
        let is_of_it = |c: char| c.is_ascii_digit() || c == ':';
        let length = rest.find(|c| !is_of_it(c)).unwrap_or(rest.len());
        let mut parts = rest[..length].split(':');
        let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
        let small = |part: &str| part.len() == 2 && part < "60";
        if parts.next().is_some() || hours.len() > 6 || !small(minutes) || !small(seconds) {
            return None;
        }
        let number = |part: &str| part.parse::<u64>().ok();
        let minutes = number(hours)? * 60 + number(minutes)?;
        self.at += length;
        Some(of_time(Millis::seconds(minutes * 60 + number(seconds)?)))
    }

    /// Digits with a unit; of times several, as in `1h30m`.
    fn number(&mut self) -> Result<Quantity, Fault> {
        let start = self.at;
        let first = self.one_number()?;
        let mut sum = first.value;
        while first.unit == Unit::Duration && self.rest().starts_with(|c: char| c.is_ascii_digit())
        {
            let before = self.at;
            let next = self.one_number()?;
            if next.unit != Unit::Duration {
                let span = self.span_from(before);
                let text = self.text[start..span.end].to_string();
                return Err(Fault::new(span, FaultKind::UnknownUnit(text)));
            }
            sum += next.value;
        }
        Ok(Quantity {
            value: sum,
            unit: first.unit,
        })
    }

    fn one_number(&mut self) -> Result<Quantity, Fault> {
        let start = self.at;
        let whole = self.take_while(|c| c.is_ascii_digit());
        let mut fraction = "";
        let is_fraction = |text: &str| {
            let behind = text.strip_prefix('.');
            behind.is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_digit()))
        };
        if is_fraction(self.rest()) {
            self.at += 1;
            fraction = self.take_while(|c| c.is_ascii_digit());
        }
        let span = self.span_from(start);
        if whole.len() + fraction.len() > DIGITS_MAX {
            return Err(Fault::new(span, FaultKind::NumberTooLong));
        }
        let digit = |sum: u64, byte: u8| sum * 10 + u64::from(byte - b'0');
        let digits = whole.bytes().chain(fraction.bytes()).fold(0, digit);
        let (factor, hundredths, unit) = self.unit(start)?;
        let decimals = fraction.len() + hundredths;
        // Fifteen digits are fewer than 2^53: both are exact, so that the quotient is the nearest float there is.
        let divisor = (0..decimals).fold(1.0, |power, _| power * 10.0);
        let value = digits as f64 * factor / divisor;
        Ok(Quantity { value, unit })
    }

    /// The unit behind a number: its factor, the decimals that it adds, and what it measures.
    fn unit(&mut self, start: usize) -> Result<(f64, usize, Unit), Fault> {
        if self.rest().starts_with('%') {
            self.at += 1;
            return Ok((1.0, 2, Unit::Share));
        }
        let word = self.take_while(|c| c.is_alphabetic() || c == '_');
        let factor = match word {
            "" => return Ok((1.0, 0, Unit::Number)),
            "ms" => 1.0,
            "s" => 1000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            other => {
                let span = self.span_from(start);
                return Err(Fault::new(span, FaultKind::UnknownUnit(other.to_string())));
            }
        };
        Ok((factor, 0, Unit::Duration))
    }
}

fn of_time(length: Millis) -> Quantity {
    // Exact for 285,000 years.
    let value = length.0 as f64;
    Quantity {
        value,
        unit: Unit::Duration,
    }
}
