//! The word that was probably meant, for hints. It decides nothing.

use alloc::vec::Vec;

/// Longest text that is compared, in bytes: no word of ours is half as long.
const BYTES_MAX: usize = 64;

/// The known word nearest to `text`, whatever its case, if it is near enough to be meant.
pub(crate) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > BYTES_MAX {
        return None;
    }
    let wanted = text.to_ascii_lowercase();
    let near = known.map(|known| (distance(&wanted, &known.to_ascii_lowercase()), known));
    let (distance, known) = near.min_by_key(|(distance, _)| *distance)?;
    // Two slips in a word of six letters; our own choice.
    (distance <= known.len() / 3).then_some(known)
}

/// Letters to add, take away or change between two texts (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
