//! A run's whole cause: design, seed, and inputs stamped with simulated time.

use super::input::Input;
use super::traffic::{Profile, TrafficSource};
use crate::design::Design;
use crate::source::{TypeError, from_value};
use crate::time::Millis;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// An input and when it happens.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StampedInput {
    /// Time since the start of the run.
    pub at: Millis,
    /// What is done.
    #[serde(flatten)]
    pub input: Input,
}

impl<'de> Deserialize<'de> for StampedInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let at = members.remove("at");
        let at = at.ok_or_else(|| D::Error::missing_field("at"))?;
        let carry = |error: TypeError| D::Error::custom(error.carried());
        let at = from_value(&at).map_err(|error: TypeError| carry(error.inside("at")))?;
        let input = from_value(&Value::Object(members)).map_err(carry)?;
        Ok(Self { at, input })
    }
}

/// What a run is a function of: equal recordings give equal event logs on every target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The design at the start.
    pub design: Arc<Design>,
    /// Seed of everything drawn.
    pub seed: u64,
    /// Inputs; those of one moment happen in the order of the list.
    #[serde(default)]
    pub inputs: Vec<StampedInput>,
    /// Who asks at the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traffic: Vec<TrafficSource>,
}

impl Recording {
    /// The inputs in the order they happen; those of one moment stay in the order of the list.
    #[must_use]
    pub fn inputs_by_time(&self) -> Vec<StampedInput> {
        let mut inputs = self.inputs.clone();
        crate::sort::sort_by_key(&mut inputs, |input| input.at);
        inputs
    }
}

/// A scenario file: a recording without its design, and what has to hold of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Seed; absent means 1.
    #[serde(default)]
    pub seed: Option<u64>,
    /// How long to run; absent means the caller's default.
    #[serde(default)]
    pub duration: Option<Millis>,
    /// When assertions without a time clause begin to count; absent means the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure_from: Option<Millis>,
    /// Who asks what of which listener, how often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traffic: Vec<TrafficSource>,
    /// Inputs.
    #[serde(default)]
    pub inputs: Vec<StampedInput>,
    /// What has to hold, in the language of [`crate::assert`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assert: Vec<String>,
}

impl Scenario {
    /// Every profile of the sources and of the inputs that change them, with its JSON pointer:
    /// whoever can read files puts their content into those that name one
    /// ([`Profile::with_csv`]).
    pub fn profiles_mut(&mut self) -> impl Iterator<Item = (String, &mut Profile)> {
        let sources = self.traffic.iter_mut().enumerate();
        let of_sources = sources.map(|(at, source)| {
            let pointer = format!("/traffic/{at}/requestsPerSecond");
            (pointer, &mut source.requests_per_second)
        });
        let inputs = self.inputs.iter_mut().enumerate();
        let of_inputs = inputs.filter_map(|(at, stamped)| {
            let profile = stamped.input.profile_mut()?;
            Some((format!("/inputs/{at}/requestsPerSecond"), profile))
        });
        of_sources.chain(of_inputs)
    }
}
