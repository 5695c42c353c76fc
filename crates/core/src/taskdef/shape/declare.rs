//! The two macros that declare the API's structures and choices.

/// Declares structures of the API: Rust type, reading, writing and [`Structure`] in one.
///
/// Optional members are `Option<…>`; a `String` or `Vec` is empty where the member is absent.
/// `as "…"` states the API's name where ours differs, `required` marks what the API's model requires, `in "MiB"` states the unit.
macro_rules! structure {
    ($(
        $(#[doc = $about:literal])+
        $structure:ident $(as $api:literal)? {
            $(
                $(#[doc = $help:literal])+
                $field:ident: $ty:ty = $($required:ident)? $json:literal $(in $unit:literal)?,
            )+
        }
    )+) => { $(
        $(#[doc = $about])+
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $structure {
            $(
                $(#[doc = $help])+
                pub $field: $ty,
            )+
            /// Every other member, and those kept in a form that AWS does not take.
            pub extra: $crate::taskdef::Extra,
        }

        impl $structure {
            /// Its name, members, units and help.
            pub const STRUCTURE: &'static $crate::taskdef::Structure = &$crate::taskdef::Structure {
                name: $crate::taskdef::shape::first(&[$($api,)? stringify!($structure)]),
                members: &[$(
                    $crate::taskdef::Member {
                        name: $json,
                        kind: <$ty as $crate::taskdef::shape::Slot>::KIND,
                        required: !stringify!($($required)?).is_empty(),
                        unit: concat!($($unit)?),
                        help: concat!($($help),+),
                    },
                )+],
            };

            /// Reads the members of an object, whatever they hold.
            #[must_use]
            pub fn from_members(mut members: serde_json::Map<String, serde_json::Value>) -> Self {
                let mut extra = $crate::taskdef::Extra::new();
                $(
                    let $field = $crate::taskdef::shape::take(&mut members, $json, &mut extra);
                )+
                extra.extend(members);
                Self { $($field,)+ extra }
            }

            /// The members as they are written, in no order.
            #[must_use]
            pub fn to_members(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut members = $crate::taskdef::shape::kept(&self.extra);
                $(
                    $crate::taskdef::shape::put(&mut members, $json, &self.$field);
                )+
                members
            }
        }

        impl $crate::taskdef::shape::Shape for $structure {
            const KIND: $crate::taskdef::Kind = $crate::taskdef::Kind::Structure(Self::STRUCTURE);

            fn read(value: serde_json::Value) -> $crate::taskdef::shape::Read<Self> {
                match $crate::taskdef::shape::members_of(value) {
                    Ok((members, None)) => {
                        $crate::taskdef::shape::Read::Exact(Self::from_members(members))
                    }
                    Ok((members, Some(kept))) => {
                        $crate::taskdef::shape::Read::Bent(Self::from_members(members), kept)
                    }
                    Err(value) => $crate::taskdef::shape::Read::Not(value),
                }
            }

            fn write(&self) -> serde_json::Value {
                serde_json::Value::Object(self.to_members())
            }

            fn blank() -> Option<Self> {
                Some(Self::default())
            }
        }

        impl serde::Serialize for $structure {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let members = serde_json::Value::Object(self.to_members());
                let kind = $crate::taskdef::Kind::Structure(Self::STRUCTURE);
                $crate::taskdef::shape::Ordered(&members, kind).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $structure {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde_json::Map::deserialize(deserializer).map(Self::from_members)
            }
        }
    )+ };
}

/// Declares the texts that a member may be one of.
macro_rules! choice {
    ($(
        $(#[doc = $about:literal])+
        $choice:ident { $( $(#[doc = $help:literal])+ $variant:ident = $text:literal, )+ }
    )+) => { $(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $choice { $( $(#[doc = $help])+ $variant, )+ }

        impl $choice {
            /// All of them, in the API's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text that the API has for it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl $crate::taskdef::shape::Shape for $choice {
            const KIND: $crate::taskdef::Kind = $crate::taskdef::Kind::Choice(&[$($text),+]);

            fn read(value: serde_json::Value) -> $crate::taskdef::shape::Read<Self> {
                match value.as_str() {
                    $(Some($text) => $crate::taskdef::shape::Read::Exact(Self::$variant),)+
                    _ => $crate::taskdef::shape::Read::Not(value),
                }
            }

            fn write(&self) -> serde_json::Value {
                serde_json::Value::from(self.name())
            }
        }
    )+ };
}

pub(crate) use {choice, structure};
