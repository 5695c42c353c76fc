//! Decimal numbers as texts, compared without rounding: the core has no floats.

use core::cmp::Ordering;

/// A number's parts, without the zeros that say nothing.
struct Decimal<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl Decimal<'_> {
    /// How it compares by size alone.
    fn compare_size(&self, other: &Self) -> Ordering {
        compare_digits(self.whole, other.whole).then_with(|| self.fraction.cmp(other.fraction))
    }
}

/// Compares two numbers such as `-12.50`; `None` unless both are numbers.
pub(super) fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (decimal(a)?, decimal(b)?);
    Some(match (a.is_negative, b.is_negative) {
        (false, false) => a.compare_size(&b),
        (true, true) => b.compare_size(&a),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

/// Compares two runs of digits as whole numbers.
pub(super) fn compare_digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn decimal(text: &str) -> Option<Decimal<'_>> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let is_zero = whole.is_empty() && fraction.is_empty();
    Some(Decimal {
        is_negative: text.starts_with('-') && !is_zero,
        whole,
        fraction,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        for (a, sign, b) in [
            ("9", "<", "10"),
            ("010", "=", "10"),
            ("1.5", "=", "1.50"),
            ("1.05", "<", "1.5"),
            ("-2", "<", "-1.5"),
            ("-0.0", "=", "0"),
            ("-1", "<", "0"),
            ("0.1", ">", "-0.1"),
            ("1", "?", "one"),
            ("1.", "?", "1"),
            (".5", "?", "1"),
            ("", "?", "1"),
            ("1.2.3", "?", "1"),
        ] {
            let found = match compare_numbers(a, b) {
                Some(Ordering::Less) => "<",
                Some(Ordering::Equal) => "=",
                Some(Ordering::Greater) => ">",
                None => "?",
            };
            assert_eq!(found, sign, "{a} {b}");
        }
    }
}
