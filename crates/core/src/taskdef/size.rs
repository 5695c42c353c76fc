//! Task-level `cpu` and `memory`, which are text with or without a unit.
//!
//! Source: task-definition.md T09 and T10. The text is kept as written.

use alloc::format;

/// CPU units of a task-level `cpu`, `None` if it cannot be read (a placeholder, say).
#[must_use]
pub fn cpu_units(text: &str) -> Option<u32> {
    scaled(text, "vcpu")
}

/// MiB of a task-level `memory`, `None` if it cannot be read.
#[must_use]
pub fn memory_mib(text: &str) -> Option<u32> {
    scaled(text, "gb")
}

/// Plain digits, or a decimal number of `unit`, each worth 1024. Case and spaces do not matter.
fn scaled(text: &str, unit: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix(unit) {
        None if !text.bytes().all(|byte| byte.is_ascii_digit()) => None,
        None => text.parse().ok(),
        Some(number) => times_1024(number.trim()),
    }
}

/// `number` × 1024 in whole numbers, to three decimals, so that no float is needed.
fn times_1024(number: &str) -> Option<u32> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole)
        || !digits(fraction)
        || fraction.len() > 3
        || (whole.is_empty() && fraction.is_empty())
    {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let whole: u64 = whole.parse().ok()?;
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    let product = whole
        .checked_mul(1000)?
        .checked_add(thousandths)?
        .checked_mul(1024)?;
    u32::try_from(product / 1000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_found_in_the_wild() {
        for (spelling, units) in [
            ("512", 512),
            ("1 vCPU", 1024),
            ("1vcpu", 1024),
            (".25 vcpu", 256),
            ("0.5 VCPU", 512),
        ] {
            assert_eq!(cpu_units(spelling), Some(units), "{spelling}");
        }
        for (spelling, mib) in [("512", 512), ("0.5 GB", 512), (".5 gb", 512), ("2GB", 2048)] {
            assert_eq!(memory_mib(spelling), Some(mib), "{spelling}");
        }
        for bad in [
            "",
            "vCPU",
            "${CPU}",
            "1 GB",
            "-1",
            "+512",
            "1.+5 vcpu",
            "99999999999 vcpu",
        ] {
            assert_eq!(cpu_units(bad), None, "{bad}");
        }
    }
}
