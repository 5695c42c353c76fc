//! Versions of the container agent: numbers with dots between them, such as 1.14.5.

use super::number::compare_digits;
use core::cmp::Ordering;

/// Compares two versions number by number; one that is missing counts as zero, so that 1.14 is
/// 1.14.0. `None` if a text is not a version. The guide says only that versions compare
/// (ecs.md 2.9); agents report plain numbers, so we read no suffixes.
#[must_use]
pub fn compare_versions(a: &str, b: &str) -> Option<Ordering> {
    if !is_version(a) || !is_version(b) {
        return None;
    }
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (None, None) => return Some(Ordering::Equal),
            (x, y) => (x.unwrap_or("0"), y.unwrap_or("0")),
        };
        let order = compare_digits(x, y);
        if order.is_ne() {
            return Some(order);
        }
    }
}

/// Whether a text is a version.
pub(super) fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_not_letters_are_compared() {
        for (a, sign, b) in [
            ("1.14.5", "=", "1.14.5"),
            ("1.9.0", "<", "1.14.5"),
            ("1.14", "=", "1.14.0"),
            ("1.14", "<", "1.14.0.1"),
            ("2", ">", "1.99.99"),
            ("1.007", "=", "1.7"),
            ("1.99999999999999999999", "<", "1.100000000000000000000"),
            ("", "?", "1"),
            ("1.", "?", "1"),
            ("v1.2", "?", "1.2"),
            ("1.2-beta", "?", "1.2"),
            ("1.２", "?", "1.2"),
        ] {
            let found = match compare_versions(a, b) {
                Some(Ordering::Less) => "<",
                Some(Ordering::Equal) => "=",
                Some(Ordering::Greater) => ">",
                None => "?",
            };
            assert_eq!(found, sign, "{a} {b}");
        }
    }
}
