//! The lines around a problem, cut to what a terminal shows: a file of one long line stays
//! readable, and nothing in a file can steer the terminal.

use miette::{MietteError, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;
use stowplan_core::source::{Lines, Place, Span};

/// Characters shown before a problem where its line is cut.
const BEFORE: usize = 24;

/// A few lines of a file with a marked place.
#[derive(Debug)]
pub(crate) struct Excerpt {
    name: String,
    /// The lines to show.
    text: String,
    /// What is marked, in bytes of `text`.
    pub(crate) mark: Range<usize>,
    /// Number of the first line shown, from 0.
    first_line: usize,
    place: Place,
}

impl Excerpt {
    /// The lines of `text` around `span`, none wider than `width` characters.
    pub(crate) fn new(name: &str, text: &str, lines: &Lines<'_>, span: Span, width: usize) -> Self {
        let start = floor(text, span.start);
        let line = line_around(text, start);
        let end = floor(text, span.end).clamp(start, line.end.max(start));
        let place = lines.place(start);
        let mut shown = Shown::default();
        let is_long = text[line.clone()].chars().nth(width).is_some();
        let before = (!is_long && line.start > 0).then(|| line_around(text, line.start - 1));
        let after = text.get(line.end..).unwrap_or_default();
        let after = after
            .find('\n')
            .filter(|_| !is_long)
            .map(|at| line.end + at + 1);
        let after = after.map(|at| line_around(text, at));
        if let Some(before) = &before {
            shown.line(&text[before.clone()], width);
            shown.text.push('\n');
        }
        let mark = shown.marked_line(text, line, start..end, width);
        if let Some(after) = after.filter(|after| !after.is_empty()) {
            shown.text.push('\n');
            shown.line(&text[after], width);
        }
        Self {
            name: name.to_owned(),
            text: shown.text,
            mark,
            first_line: place.line - 1 - usize::from(before.is_some()),
            place,
        }
    }
}

/// The next place at or before `at` that is not within a character.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The line that the byte at `at` belongs to, without its end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let end = if text[start..end].ends_with('\r') {
        end - 1
    } else {
        end
    };
    start..end.max(start)
}

/// Text that is safe to show.
#[derive(Default)]
struct Shown {
    text: String,
}

impl Shown {
    fn push(&mut self, text: &str) {
        self.text.extend(text.chars().map(visible));
    }

    /// The beginning of a line.
    fn line(&mut self, line: &str, width: usize) {
        match line.char_indices().nth(width) {
            Some((end, _)) => {
                self.push(&line[..end]);
                self.text.push('…');
            }
            None => self.push(line),
        }
    }

    /// The line with the marked part; of a long one, the surroundings of that part.
    fn marked_line(
        &mut self,
        text: &str,
        line: Range<usize>,
        mark: Range<usize>,
        width: usize,
    ) -> Range<usize> {
        let before = &text[line.start..mark.start.min(line.end).max(line.start)];
        let is_long = text[line.clone()].chars().nth(width).is_some();
        let skipped = match before.char_indices().rev().nth(BEFORE - 1) {
            Some((at, _)) if is_long => at,
            Some(_) | None => 0,
        };
        if skipped > 0 {
            self.text.push('…');
        }
        self.push(&before[skipped..]);
        let from = self.text.len();
        let room = width.saturating_sub(before[skipped..].chars().count());
        let marked = &text[mark.start..mark.end];
        let is_cut = marked.chars().nth(room).is_some();
        self.line(marked, room.max(1));
        let to = self.text.len();
        let room = room.saturating_sub(marked.chars().take(width).count());
        if !is_cut {
            self.line(&text[mark.end..line.end.max(mark.end)], room);
        }
        from..to
    }
}

/// A character, or a sign for one that would steer the terminal or reorder the line.
pub(crate) fn visible(c: char) -> char {
    let steers = c.is_control() && c != '\t';
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if steers || reorders { '\u{fffd}' } else { c }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without lines around it, the span is read for the place in the heading.
        let contents = if lines_before == 0 {
            Contents {
                excerpt: self,
                span: *span,
                line: self.place.line - 1,
                column: self.place.column - 1,
            }
        } else {
            Contents {
                excerpt: self,
                span: (0, self.text.len()).into(),
                line: self.first_line,
                column: 0,
            }
        };
        Ok(Box::new(contents))
    }
}

struct Contents<'a> {
    excerpt: &'a Excerpt,
    span: SourceSpan,
    line: usize,
    column: usize,
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.excerpt.text.as_bytes()
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        Some(&self.excerpt.name)
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.excerpt.text.lines().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, marked: &str, width: usize) -> (String, String, Place) {
        let start = text.find(marked).unwrap();
        let end = start + marked.len();
        let span = Span { start, end };
        let excerpt = Excerpt::new("a", text, &Lines::new(text), span, width);
        let shown = excerpt.text[excerpt.mark.clone()].to_owned();
        (excerpt.text, shown, excerpt.place)
    }

    #[test]
    fn short_lines_stand_between_their_neighbours() {
        let (text, mark, place) = cut("zero\r\none\r\ntwo é x\r\nthree\r\nfour", "é", 20);
        assert_eq!(text, "one\ntwo é x\nthree");
        assert_eq!(mark, "é");
        assert_eq!((place.line, place.column), (3, 5));
    }

    #[test]
    fn of_a_long_line_only_the_surroundings_are_shown() {
        let text = format!("x\n{}HERE{}\ny", "a".repeat(5000), "b".repeat(5000));
        let (text, mark, place) = cut(&text, "HERE", 40);
        assert_eq!(text, format!("…{}HERE{}…", "a".repeat(24), "b".repeat(12)));
        assert_eq!((mark.as_str(), place.column), ("HERE", 5001));
        let (text, mark, _) = cut(&"m".repeat(100), &"m".repeat(90), 30);
        assert_eq!(text, format!("{}…", "m".repeat(30)));
        assert_eq!(mark, text);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let (text, mark, _) = cut("\t\u{1b}[2J \"\u{202e}a\"", "[2J", 20);
        assert_eq!(text, "\t\u{fffd}[2J \"\u{fffd}a\"");
        assert_eq!(mark, "[2J");
        let empty = Excerpt::new("a", "", &Lines::new(""), Span::default(), 20);
        assert_eq!((empty.text.as_str(), empty.mark), ("", 0..0));
    }
}
