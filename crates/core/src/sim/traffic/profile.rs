//! How a rate goes over time: the forms in which a scenario says so, and the curve that each of
//! them means. Moments count from the start of the run.

use super::curve::{Curve, Piece};
use super::rate::{Micro, Rate};
use super::replay::{self, CsvFault};
use crate::source::{read_tagged, tagged};
use crate::time::{Instant, Millis};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::f64::consts::TAU;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

/// Most steps that are written out: whoever has more has them in a file, which may be longer.
pub const STEPS_MAX: usize = 1000;

/// Straight pieces of a daily curve: five minutes of a day each, 0.006 % beside the sine at most.
const DAILY_PIECES: u32 = 288;

/// How often, over time: a form, and the curve that it means.
#[derive(Clone, Debug)]
pub struct Profile {
    shape: Shape,
    curve: Arc<Curve>,
    fault: Option<CsvFault>,
}

/// The forms of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    remote = "Self",
    deny_unknown_fields,
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Shape {
    /// One rate all the time; written as a number alone.
    #[serde(skip)]
    Constant(Rate),
    /// From one rate evenly to another, which stays.
    Ramp {
        /// The rate up to the start.
        from: Rate,
        /// The rate at the end.
        to: Rate,
        /// When it begins; absent means at once.
        #[serde(default, skip_serializing_if = "is_zero")]
        start: Millis,
        /// How long it takes.
        over: Millis,
    },
    /// One rate after the other; none before the first.
    Steps {
        /// By time, each later than the one before.
        steps: Vec<Step>,
    },
    /// Up and down like a sine.
    Daily {
        /// The lowest rate, half a period from the peak.
        low: Rate,
        /// The highest.
        high: Rate,
        /// A moment at which the rate is highest.
        peak_at: Millis,
        /// From peak to peak; absent means a day.
        #[serde(default = "day", skip_serializing_if = "is_day")]
        period: Millis,
    },
    /// Up once and back.
    Spike {
        /// The rate before and after.
        base: Rate,
        /// The rate at the top.
        peak: Rate,
        /// When it begins to rise.
        at: Millis,
        /// How long it rises; absent means that it jumps.
        #[serde(default, skip_serializing_if = "is_zero")]
        rise: Millis,
        /// How long the top lasts.
        hold: Millis,
        /// How long it falls; absent means that it jumps.
        #[serde(default, skip_serializing_if = "is_zero")]
        fall: Millis,
    },
    /// What was recorded, row by row; each holds until the next, the last one from then on.
    Replay {
        /// The recorded rows; `csv` or `file` beside the other members.
        data: ReplayData,
        /// Whether it starts over; the last row then holds as long as the one before it did.
        #[serde(default, rename = "loop", skip_serializing_if = "is_false")]
        looped: bool,
    },
}

/// A rate from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// When.
    pub at: Millis,
    /// The rate.
    pub rate: Rate,
}

/// Recorded rows: columns of times and rates, see [`CsvFault`] for what is wrong with some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReplayData {
    /// As text.
    Csv(Arc<str>),
    /// In a file beside the scenario, which has to be put in its place ([`Profile::with_csv`])
    /// by whoever reads files; until then nobody asks.
    File(String),
}

impl Profile {
    /// The profile of this form.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let (curve, fault) = match curve(&shape) {
            Ok(curve) => (curve, None),
            Err(fault) => (Curve::new([]), Some(fault)),
        };
        Self {
            shape,
            curve: Arc::new(curve),
            fault,
        }
    }

    /// One rate all the time.
    #[must_use]
    pub fn constant(rate: Rate) -> Self {
        Self::new(Shape::Constant(rate))
    }

    /// Its form.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// When a spike is over.
    pub(super) fn spike_ends(&self) -> Option<Millis> {
        match &self.shape {
            Shape::Spike {
                at,
                rise,
                hold,
                fall,
                ..
            } => Some(*at + *rise + *hold + *fall),
            Shape::Constant(_)
            | Shape::Ramp { .. }
            | Shape::Steps { .. }
            | Shape::Daily { .. }
            | Shape::Replay { .. } => None,
        }
    }

    /// The file that it is to be read from.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match &self.shape {
            Shape::Replay {
                data: ReplayData::File(file),
                ..
            } => Some(file),
            Shape::Replay {
                data: ReplayData::Csv(_),
                ..
            }
            | Shape::Constant(_)
            | Shape::Ramp { .. }
            | Shape::Steps { .. }
            | Shape::Daily { .. }
            | Shape::Spike { .. } => None,
        }
    }

    /// The same with the content of its file; as it is where it names none.
    #[must_use]
    pub fn with_csv(&self, text: &str) -> Self {
        match self.shape {
            Shape::Replay { looped, .. } if self.file().is_some() => Self::new(Shape::Replay {
                data: ReplayData::Csv(text.into()),
                looped,
            }),
            Shape::Replay { .. }
            | Shape::Constant(_)
            | Shape::Ramp { .. }
            | Shape::Steps { .. }
            | Shape::Daily { .. }
            | Shape::Spike { .. } => self.clone(),
        }
    }

    /// What is wrong with its rows; nobody asks then.
    #[must_use]
    pub const fn csv_fault(&self) -> Option<&CsvFault> {
        self.fault.as_ref()
    }

    /// The first moment at which somebody asks; `None` if nobody ever does. Not asked of a
    /// daily curve, which has no beginning.
    pub(super) fn begins(&self) -> Option<Millis> {
        self.curve.begins()
    }

    /// How often at a moment, in millionths of a request per second.
    #[must_use]
    pub fn rate(&self, at: Instant) -> Micro {
        self.curve.rate(at)
    }

    /// How many millionths of a request come from one moment up to another, the latter left out:
    /// the area under the rate, such that parts add up to the whole exactly (up to the largest
    /// number, which the highest rate reaches after three weeks). Costs a search among the pieces
    /// of the curve, however long the time is.
    #[must_use]
    pub fn arrivals(&self, from: Instant, to: Instant) -> Micro {
        self.curve.between(from, to)
    }
}

/// Profiles of one form are equal: the curve follows from it.
impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
    }
}

fn curve(shape: &Shape) -> Result<Curve, CsvFault> {
    Ok(match shape {
        Shape::Constant(rate) => Curve::new([Piece::level(Millis::ZERO, rate.micro())]),
        Shape::Ramp {
            from,
            to,
            start,
            over,
        } => {
            let (at, from, to) = (*start, from.micro(), to.micro());
            let level = Piece::level(Millis::ZERO, from);
            let end = Piece::level(at + *over, to);
            Curve::new([level, Piece { at, from, to }, end])
        }
        Shape::Steps { steps } => {
            let piece = |step: &Step| Piece::level(step.at, step.rate.micro());
            Curve::new(steps.iter().map(piece))
        }
        Shape::Daily {
            low,
            high,
            peak_at,
            period,
        } => daily((low.micro(), high.micro()), *peak_at, *period),
        Shape::Spike {
            base,
            peak,
            at,
            rise,
            hold,
            fall,
        } => {
            let (base, peak) = (base.micro(), peak.micro());
            let slope = |at, from, to| Piece { at, from, to };
            let top = *at + *rise;
            let down = top + *hold;
            Curve::new([
                Piece::level(Millis::ZERO, base),
                slope(*at, base, peak),
                Piece::level(top, peak),
                slope(down, peak, base),
                Piece::level(down + *fall, base),
            ])
        }
        Shape::Replay { data, looped } => match data {
            ReplayData::Csv(text) => replay::curve(text, *looped)?,
            ReplayData::File(_) => Curve::new([]),
        },
    })
}

/// The curve begins at a peak, and the run somewhere in it.
fn daily((low, high): (Micro, Micro), peak_at: Millis, period: Millis) -> Curve {
    let rate = |piece: u32| {
        let angle = TAU * f64::from(piece) / f64::from(DAILY_PIECES);
        let share = (1.0 + libm::cos(angle)) / 2.0;
        // Both products are of positive numbers, so that nothing is lost where they differ little.
        (high as f64 * share + low as f64 * (1.0 - share) + 0.5) as Micro
    };
    let piece = |piece: u32| Piece {
        at: Millis(period.0 / u64::from(DAILY_PIECES) * u64::from(piece) + rest(period, piece)),
        from: rate(piece),
        to: rate(piece + 1),
    };
    let before_peak = period.0.saturating_sub(peak_at.0 % period.0.max(1));
    Curve::new((0..DAILY_PIECES).map(piece)).repeating(period, Millis(before_peak))
}

/// Where a period does not divide into whole milliseconds, each piece begins at the last whole one.
fn rest(period: Millis, piece: u32) -> u64 {
    period.0 % u64::from(DAILY_PIECES) * u64::from(piece) / u64::from(DAILY_PIECES)
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Shape::Constant(rate) = &self.shape {
            return rate.serialize(serializer);
        }
        let derived = Shape::serialize(&self.shape, serde_json::value::Serializer);
        let mut members = tagged(derived.map_err(ser::Error::custom)?, "profile");
        if let Some(Value::Object(data)) = members.remove("data") {
            members.extend(data);
        }
        members.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(members) => {
                check_data(&members).map_err(de::Error::custom)?;
                let read = read_tagged(members, "profile", nested, |it| Shape::deserialize(it));
                let shape = read.map_err(|error| de::Error::custom(error.carried()))?;
                Ok(Self::new(shape))
            }
            number @ Value::Number(_) => {
                let rate = crate::source::from_value(&number);
                rate.map(Self::constant).map_err(de::Error::custom)
            }
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => Err(
                de::Error::custom("expected a number of requests per second, or a profile"),
            ),
        }
    }
}

const DATA: [&str; 2] = ["csv", "file"];

/// The rows stand in one of two members.
fn nested(shape: &str, members: Map<String, Value>) -> Value {
    if shape != "replay" {
        return Value::Object(members);
    }
    let members = members.into_iter();
    let (data, mut rest): (Map<_, _>, Map<_, _>) =
        members.partition(|(member, _)| DATA.contains(&member.as_str()));
    rest.insert("data".into(), Value::Object(data));
    Value::Object(rest)
}

/// One of the two, which an enum out of an object would not look at.
fn check_data(members: &Map<String, Value>) -> Result<(), &'static str> {
    let is_replay = members.get("profile").and_then(Value::as_str) == Some("replay");
    let stated = DATA.iter().filter(|name| members.contains_key(**name));
    match stated.count() {
        0 if is_replay => Err("missing field `csv` (or `file`)"),
        2 if is_replay => Err("a replay has `csv` or `file`, not both"),
        _ => Ok(()),
    }
}

const fn day() -> Millis {
    Millis::minutes(24 * 60)
}

// serde passes a reference, of which clippy thinks otherwise on each target: hence the generics.
fn is_day(length: &impl PartialEq<Millis>) -> bool {
    *length == day()
}

fn is_zero(length: &impl PartialEq<Millis>) -> bool {
    *length == Millis::ZERO
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests;
