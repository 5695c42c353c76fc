//! Task-level `cpu` and `memory`, which AWS writes as text and people write as numbers.
//!
//! Source: task-definition.md T09 and T10. The text is kept as written.

use alloc::string::{String, ToString};
use core::fmt;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A size as it stands in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Size {
    /// Text: `"512"`, `"1 vCPU"`, `"2GB"`.
    Text(String),
    /// A bare number, as Terraform users write it; AWS itself takes text only.
    Number(u64),
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

/// By hand, because a derived untagged enum cannot say what it expected.
struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text such as \"512\", or a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        Ok(Size::Text(text.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Size, E> {
        Ok(Size::Number(number))
    }
}

impl Size {
    /// The text that AWS accepts.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// CPU units of a task-level `cpu`, `None` if it cannot be read (a placeholder, say).
#[must_use]
pub fn cpu_units(size: &Size) -> Option<u32> {
    scaled(size, "vcpu")
}

/// MiB of a task-level `memory`, `None` if it cannot be read.
#[must_use]
pub fn memory_mib(size: &Size) -> Option<u32> {
    scaled(size, "gb")
}

/// Plain digits, or a decimal number of `unit`, each worth 1024. Case and spaces do not matter.
fn scaled(size: &Size, unit: &str) -> Option<u32> {
    let text = match size {
        Size::Number(number) => return u32::try_from(*number).ok(),
        Size::Text(text) => text.trim().to_ascii_lowercase(),
    };
    match text.strip_suffix(unit) {
        None => text.parse().ok(),
        Some(number) => times_1024(number.trim()),
    }
}

/// `number` × 1024 in whole numbers, to three decimals, so that no float is needed.
fn times_1024(number: &str) -> Option<u32> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 3 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let thousandths: u64 = alloc::format!("{fraction:0<3}").parse().ok()?;
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
        let text = |text: &str| Size::Text(text.to_string());
        for (spelling, units) in [
            ("512", 512),
            ("1 vCPU", 1024),
            ("1vcpu", 1024),
            (".25 vcpu", 256),
            ("0.5 VCPU", 512),
        ] {
            assert_eq!(cpu_units(&text(spelling)), Some(units), "{spelling}");
        }
        for (spelling, mib) in [("512", 512), ("0.5 GB", 512), (".5 gb", 512), ("2GB", 2048)] {
            assert_eq!(memory_mib(&text(spelling)), Some(mib), "{spelling}");
        }
        assert_eq!(cpu_units(&Size::Number(256)), Some(256));
        for bad in ["", "vCPU", "${CPU}", "1 GB", "-1", "99999999999 vcpu"] {
            assert_eq!(cpu_units(&text(bad)), None, "{bad}");
        }
    }
}
