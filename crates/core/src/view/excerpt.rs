//! Expressions with their faults marked, and words in backticks: what the wording of the two
//! languages has in common.

use crate::source::Span;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Widest line of an excerpt, in characters without the ellipses.
const EXCERPT_CHARS_MAX: usize = 72;
/// Characters shown before a fault that does not fit on the line.
const EXCERPT_CHARS_BEFORE: usize = 24;
/// Longest quotation in a message, in characters.
const QUOTED_CHARS_MAX: usize = 40;

/// The expression on one line, and a line below it with carets under the fault. Of a long
/// expression only the part around the fault is shown. Columns are characters.
pub(super) fn excerpt(text: &str, fault: Span) -> String {
    // Every character takes one column, so that the carets stand where they should.
    let chars: Vec<char> = text.chars().map(in_line).collect();
    let at = chars_before(text, fault.start);
    let end = chars_before(text, fault.end).max(at + 1);
    let from = window_start(chars.len().max(end), at, end);
    let to = chars.len().min(from + EXCERPT_CHARS_MAX);
    let mut excerpt = String::new();
    if from > 0 {
        excerpt.push('…');
    }
    excerpt.extend(&chars[from..to]);
    if to < chars.len() {
        excerpt.push('…');
    }
    excerpt.push('\n');
    let margin = at - from + usize::from(from > 0);
    let carets = end.min(from + EXCERPT_CHARS_MAX).max(at + 1) - at;
    excerpt.extend(core::iter::repeat_n(' ', margin));
    excerpt.extend(core::iter::repeat_n('^', carets));
    excerpt
}

fn in_line(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

fn chars_before(text: &str, byte: usize) -> usize {
    let before = |(at, _): &(usize, char)| *at < byte;
    text.char_indices().take_while(before).count()
}

/// The first character to show, so that as much as fits of the fault is shown.
fn window_start(chars: usize, at: usize, end: usize) -> usize {
    if end <= EXCERPT_CHARS_MAX {
        return 0;
    }
    let last = chars.saturating_sub(EXCERPT_CHARS_MAX);
    at.saturating_sub(EXCERPT_CHARS_BEFORE).min(last)
}

/// `a, b or c`.
pub(super) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A text in backticks, its end left out if it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
