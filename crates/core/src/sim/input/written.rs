//! How inputs are written: what is done in `do`, beside its members. Members that belong together
//! in [`Input`] stand beside the others too; see [`crate::source::read_tagged`] for why they are
//! put in their place here and not by serde.

use super::Input;
use crate::source::{read_tagged, tagged};
use alloc::string::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

/// Where an input has members that are written beside the others, and which those are.
type Nest = (&'static str, fn(&str) -> bool);

fn nest(input: &str) -> Option<Nest> {
    match input {
        "failHealthCheck" | "restoreHealthCheck" | "degradeContainer" | "restoreContainer" => {
            Some(("of", |member| matches!(member, "task" | "service")))
        }
        "updateService" => Some(("members", |member| {
            !matches!(member, "service" | "cluster" | "forceNewDeployment")
        })),
        "setTraffic" => Some(("source", |_| true)),
        _ => None,
    }
}

fn nested(input: &str, members: Map<String, Value>) -> Value {
    let Some((name, is_inside)) = nest(input) else {
        return Value::Object(members);
    };
    let members = members.into_iter();
    let (inside, mut rest): (Map<_, _>, Map<_, _>) =
        members.partition(|(member, _)| is_inside(member));
    rest.insert(name.into(), Value::Object(inside));
    Value::Object(rest)
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let derived = Self::serialize(self, serde_json::value::Serializer);
        let mut members = tagged(derived.map_err(ser::Error::custom)?, "do");
        let input = members.get("do").and_then(Value::as_str);
        let inside = input.and_then(nest);
        if let Some(Value::Object(inside)) = inside.and_then(|(name, _)| members.remove(name)) {
            members.extend(inside);
        }
        members.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        let read = read_tagged(members, "do", nested, |it| Self::deserialize(it));
        read.map_err(|error| de::Error::custom(error.carried()))
    }
}
