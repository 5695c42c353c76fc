//! Simulated time in whole milliseconds. Never wall-clock time: nothing here reads a clock.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::ops::{Add, Sub};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

/// A length of time in milliseconds; written in ISO 8601 (`PT10M`) in documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Instant {
    /// The start of every run.
    pub const ZERO: Self = Self(0);

    /// Time passed since `earlier`, zero if that is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }

    /// The next multiple of `step` strictly after this moment; `step` of zero counts as 1 ms.
    #[must_use]
    pub fn next_multiple(self, step: Millis) -> Self {
        let step = step.0.max(1);
        Self((self.0 / step).saturating_add(1).saturating_mul(step))
    }
}

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }
}

impl Add<Millis> for Instant {
    type Output = Self;
    fn add(self, length: Millis) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl Sub<Millis> for Instant {
    type Output = Self;
    fn sub(self, length: Millis) -> Self {
        Self(self.0.saturating_sub(length.0))
    }
}

impl Add for Millis {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// `00:12:30`, hours counted on past 24.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        write!(
            f,
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

/// ISO 8601, as scenarios write it: `PT1H30M`, `PT0.25S`.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, rest) = (self.0 / 1000, self.0 % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        f.write_str("PT")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if rest > 0 {
            let fraction = format!("{rest:03}");
            write!(f, "{seconds}.{}S", fraction.trim_end_matches('0'))?;
        } else if seconds > 0 || self.0 == 0 {
            write!(f, "{seconds}S")?;
        }
        Ok(())
    }
}

/// Why a length of time could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 8601 duration such as `PT10M` or `PT1H30M`")]
pub struct DurationError(String);

impl core::str::FromStr for Millis {
    type Err = DurationError;

    /// Reads days, hours, minutes and seconds with up to three decimals, in that order, each at
    /// most once; years, months and weeks have no fixed length and are refused.
    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse_iso(text).ok_or_else(|| DurationError(text.to_string()))
    }
}

fn parse_iso(text: &str) -> Option<Millis> {
    let body = text.strip_prefix('P')?;
    let (days, time) = body
        .split_once('T')
        .map_or((body, ""), |(days, time)| (days, time));
    if body.ends_with('T') || (days.is_empty() && time.is_empty()) {
        return None;
    }
    let mut total: u64 = 0;
    if !days.is_empty() {
        total = number_ms(days.strip_suffix('D')?, 86_400_000)?;
    }
    let mut rest = time;
    for (unit, unit_ms) in [('H', 3_600_000), ('M', 60_000), ('S', 1000)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total = total.checked_add(number_ms(number, unit_ms)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(Millis(total))
}

/// `number` units of `unit_ms` each; decimals only for seconds, at most three.
fn number_ms(number: &str, unit_ms: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || (number.contains('.') && (!digits(fraction) || unit_ms != 1000)) {
        return None;
    }
    let whole_ms = whole.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    if fraction.is_empty() {
        return Some(whole_ms);
    }
    let padded = format!("{fraction:0<3}");
    if padded.len() > 3 {
        return None;
    }
    whole_ms.checked_add(padded.parse().ok()?)
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_durations_read_and_print() {
        for (text, ms) in [
            ("PT10M", 600_000),
            ("PT1H30M", 5_400_000),
            ("PT0.25S", 250),
            ("PT0S", 0),
        ] {
            assert_eq!(text.parse::<Millis>().unwrap(), Millis(ms));
            assert_eq!(Millis(ms).to_string(), text);
        }
        assert_eq!("P1D".parse::<Millis>().unwrap(), Millis(86_400_000));
        assert_eq!("P1DT1S".parse::<Millis>().unwrap(), Millis(86_401_000));
        for bad in [
            "", "P", "PT", "10M", "PT10", "PT1.5M", "PT-5S", "P1M", "PT1S1M", "P1DT",
        ] {
            assert!(bad.parse::<Millis>().is_err(), "{bad} should be refused");
        }
    }

    #[test]
    fn clock_text_and_grid() {
        assert_eq!(Instant(750_000).to_string(), "00:12:30");
        assert_eq!(
            Instant(10_000).next_multiple(Millis::seconds(10)),
            Instant(20_000)
        );
        assert_eq!(
            Instant(10_001).next_multiple(Millis::seconds(10)),
            Instant(20_000)
        );
    }
}
