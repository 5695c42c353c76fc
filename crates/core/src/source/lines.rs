//! From bytes to lines and columns.

use super::Place;
use alloc::vec::Vec;

/// Bytes between two marks of a long line, so that a place costs no walk through megabytes.
const STRIDE: usize = 4096;

/// The lines of a text.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    /// Offsets in rising order, each with its place.
    marks: Vec<(usize, Place)>,
}

impl<'a> Lines<'a> {
    /// Counts the lines of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let mut place = Place { line: 1, column: 1 };
        let mut marks = Vec::new();
        marks.push((0, place));
        let mut last = 0;
        for (offset, c) in text.char_indices() {
            if offset - last >= STRIDE {
                marks.push((offset, place));
                last = offset;
            }
            place.column += 1;
            if c == '\n' {
                place = Place {
                    line: place.line + 1,
                    column: 1,
                };
                last = offset + 1;
                marks.push((last, place));
            }
        }
        Self { text, marks }
    }

    /// The line and column of a byte offset; of the end, if it lies behind.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let at = self.marks.partition_point(|(mark, _)| *mark <= offset);
        let (mark, place) = self.marks[at.saturating_sub(1)];
        let between = self.text.get(mark..offset).unwrap_or_default();
        Place {
            line: place.line,
            column: place.column + between.chars().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn every_offset_has_the_place_that_counting_gives() {
        let long: String = core::iter::repeat_n("é✓x", 3000).collect();
        let text = alloc::format!("a\r\n\n{long}\nlast");
        let lines = Lines::new(&text);
        let mut place = Place { line: 1, column: 1 };
        for (offset, c) in text.char_indices() {
            assert_eq!(lines.place(offset), place, "{offset}");
            place.column += 1;
            if c == '\n' {
                place = Place {
                    line: place.line + 1,
                    column: 1,
                };
            }
        }
        assert_eq!(lines.place(usize::MAX), place);
    }
}
