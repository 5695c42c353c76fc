//! Reading and writing the plain types of the API.

use super::{Kind, Read, Shape, Slot};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

impl<T: Shape + PartialEq> Slot for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: Value) -> Read<Self> {
        match T::read(value) {
            Read::Exact(value) => Read::Exact(Some(value)),
            Read::Bent(value, kept) => Read::Bent(Some(value), kept),
            Read::Not(kept) => Read::Not(kept),
        }
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().map(T::write)
    }
}

/// A slot whose empty value stands for absence; an empty value that was read is kept.
macro_rules! empty_when_absent {
    ($([$($generic:tt)*] $ty:ty;)*) => { $(
        impl<$($generic)*> Slot for $ty {
            const KIND: Kind = <$ty as Shape>::KIND;

            fn read(value: Value) -> Read<Self> {
                match <$ty as Shape>::read(value) {
                    Read::Exact(value) if value.is_empty() => {
                        let kept = Shape::write(&value);
                        Read::Bent(value, kept)
                    }
                    read => read,
                }
            }

            fn write(&self) -> Option<Value> {
                (!self.is_empty()).then(|| Shape::write(self))
            }
        }
    )* };
}

empty_when_absent! {
    [] String;
    [T: Shape + PartialEq] Vec<T>;
}

impl Shape for String {
    const KIND: Kind = Kind::Text;

    fn read(value: Value) -> Read<Self> {
        match value {
            Value::String(text) => Read::Exact(text),
            Value::Number(number) => Read::Bent(number.to_string(), Value::Number(number)),
            Value::Bool(flag) => Read::Bent(flag.to_string(), Value::Bool(flag)),
            Value::Null | Value::Array(_) | Value::Object(_) => Read::Not(value),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.clone())
    }

    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

impl Shape for bool {
    const KIND: Kind = Kind::Boolean;

    fn read(value: Value) -> Read<Self> {
        match &value {
            Value::Bool(flag) => Read::Exact(*flag),
            Value::String(text) => match text.to_ascii_lowercase().parse() {
                Ok(flag) => Read::Bent(flag, value),
                Err(_) => Read::Not(value),
            },
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => Read::Not(value),
        }
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

/// A whole number, however it is written: 80, `"80"` or 80.0.
fn whole(value: &Value) -> Option<(i64, bool)> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some((whole, true)),
            None => {
                let float = number.as_f64()?;
                // Beyond 2^53 a float no longer tells whole numbers apart.
                let fits = float.abs() < 9_007_199_254_740_992.0;
                #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
                let whole = float as i64;
                #[expect(clippy::cast_precision_loss, reason = "checked just above")]
                let same = (whole as f64).to_bits() == float.to_bits();
                (fits && same).then_some((whole, false))
            }
        },
        Value::String(text) => text.trim().parse().ok().map(|whole| (whole, false)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

macro_rules! integers {
    ($($ty:ty)*) => { $(
        impl Shape for $ty {
            const KIND: Kind = Kind::Integer(<$ty>::MIN as i64, <$ty>::MAX as i64);

            fn read(value: Value) -> Read<Self> {
                let read = whole(&value);
                match read.and_then(|(whole, exact)| Some((Self::try_from(whole).ok()?, exact))) {
                    Some((number, true)) => Read::Exact(number),
                    Some((number, false)) => Read::Bent(number, value),
                    None => Read::Not(value),
                }
            }

            fn write(&self) -> Value {
                Value::from(*self)
            }
        }
    )* };
}

integers!(u16 u32 i32);

impl<T: Shape> Shape for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn read(value: Value) -> Read<Self> {
        let Value::Array(items) = value else {
            return Read::Not(value);
        };
        let mut read = Self::with_capacity(items.len());
        // The list as it was, from the first item that would be written otherwise.
        let mut kept: Option<Vec<Value>> = None;
        for item in items {
            let before = read.len();
            let bent = match T::read(item) {
                Read::Exact(item) => {
                    if let Some(kept) = &mut kept {
                        kept.push(item.write());
                    }
                    read.push(item);
                    continue;
                }
                Read::Bent(item, bent) => {
                    read.push(item);
                    bent
                }
                Read::Not(bent) => {
                    read.extend(T::blank());
                    bent
                }
            };
            let as_before = || read[..before].iter().map(T::write).collect();
            kept.get_or_insert_with(as_before).push(bent);
        }
        match kept {
            None => Read::Exact(read),
            Some(kept) => Read::Bent(read, Value::Array(kept)),
        }
    }

    fn write(&self) -> Value {
        Value::Array(self.iter().map(T::write).collect())
    }
}

impl Shape for BTreeMap<String, String> {
    const KIND: Kind = Kind::Map;

    fn read(value: Value) -> Read<Self> {
        let Value::Object(fields) = value else {
            return Read::Not(value);
        };
        let exact = fields.values().all(Value::is_string);
        let kept = (!exact).then(|| Value::Object(fields.clone()));
        let texts =
            fields
                .into_iter()
                .filter_map(|(name, value)| match <String as Shape>::read(value) {
                    Read::Exact(text) | Read::Bent(text, _) => Some((name, text)),
                    Read::Not(_) => None,
                });
        let read = texts.collect();
        match kept {
            None => Read::Exact(read),
            Some(kept) => Read::Bent(read, kept),
        }
    }

    fn write(&self) -> Value {
        let pair = |(name, text): (&String, &String)| (name.clone(), Value::String(text.clone()));
        Value::Object(self.iter().map(pair).collect())
    }
}
