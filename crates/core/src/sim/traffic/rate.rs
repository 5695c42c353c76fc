//! How often: requests per second, held in whole millionths, so that sums are exact, equal on every
//! target, and a rate is written as it was read.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Millionths of a request; as a rate, millionths of a request per second.
pub type Micro = u64;

/// One request.
pub const REQUEST: Micro = 1_000_000;

/// Highest rate, in requests per second: more than the largest sites publish of themselves, and a
/// month of it is still far inside of what the sums hold.
pub const RATE_MAX: u32 = 10_000_000;

/// Requests per second, from 0 to [`RATE_MAX`]; written as a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(Micro);

impl Rate {
    /// Nobody asks.
    pub const ZERO: Self = Self(0);

    /// A rate by its number of requests per second, rounded to millionths; `None` beyond the range
    /// and for what is no number.
    #[must_use]
    pub fn per_second(requests: f64) -> Option<Self> {
        let fits = (0.0..=f64::from(RATE_MAX)).contains(&requests);
        // One multiplication and one addition of IEEE 754: the same on every target.
        fits.then_some(Self((requests * REQUEST as f64 + 0.5) as Micro))
    }

    /// Millionths of a request per second.
    #[must_use]
    pub const fn micro(self) -> Micro {
        self.0
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(REQUEST) {
            return serializer.serialize_u64(self.0 / REQUEST);
        }
        serializer.serialize_f64(self.0 as f64 / REQUEST as f64)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rate = Self::per_second(f64::deserialize(deserializer)?);
        rate.ok_or_else(|| {
            de::Error::custom("a rate is a number from 0 to 10000000, in requests per second")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::from_value;
    use serde_json::{json, to_value};

    #[test]
    fn a_rate_is_written_as_it_was_read() {
        for number in [
            json!(0),
            json!(120),
            json!(12.5),
            json!(0.1),
            json!(0.000001),
            json!(9_999_999.999_999),
            json!(10_000_000),
        ] {
            let rate: Rate = from_value(&number).unwrap();
            assert_eq!(to_value(rate).unwrap(), number);
        }
        assert_eq!(Rate::per_second(12.5).unwrap().micro(), 12_500_000);
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for number in [json!(-1), json!(-0.000_001), json!(10_000_001)] {
            let error = from_value::<Rate>(&number).unwrap_err();
            assert!(error.message.contains("from 0 to 10000000"), "{error}");
            assert!(error.message.contains(&alloc::format!("{RATE_MAX}")));
        }
        assert!(from_value::<Rate>(&json!("12")).is_err());
        assert_eq!(Rate::per_second(f64::NAN), None);
        assert_eq!(Rate::per_second(f64::INFINITY), None);
    }
}
