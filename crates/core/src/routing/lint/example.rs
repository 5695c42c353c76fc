//! A request that two rules match, to show how they overlap.

use super::Budget;
use super::sets::{Place, Set, Shared, any_of, are_apart, shared};
use super::side::{Side, keys_of, pair_of};
use crate::routing::{HttpVersion, Protocol, Request};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

/// A request, told by what rules ask of it; `None` where they ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Method.
    pub method: Option<String>,
    /// Host.
    pub host: Option<String>,
    /// Path.
    pub path: Option<String>,
    /// Query without the question mark.
    pub query: Option<String>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The address that the connection comes from.
    pub source_ip: Option<IpAddr>,
}

impl Example {
    /// The request, with something usual for what is not told.
    #[must_use]
    pub fn request(&self) -> Request {
        let or = |stated: &Option<String>, usual: &str| match stated {
            Some(stated) => stated.clone(),
            None => usual.to_string(),
        };
        Request {
            protocol: Protocol::Http,
            version: HttpVersion::Http1,
            host: or(&self.host, "example.com"),
            port: Protocol::Http.default_port(),
            path: or(&self.path, "/"),
            query: self.query.clone(),
            method: or(&self.method, "GET"),
            headers: self.headers.clone(),
            source_ip: self.source_ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            authenticated: false,
        }
    }

    fn set(&mut self, place: &Place, found: Shared) -> Option<()> {
        let text = match (place, found) {
            (Place::SourceIp, Shared::Address(address)) => {
                self.source_ip = Some(address);
                return Some(());
            }
            (_, Shared::Text(text)) => text,
            (_, Shared::Address(_) | Shared::Nothing | Shared::Unknown) => return None,
        };
        match place {
            Place::Method => self.method = Some(String::from_utf8(text).ok()?),
            Place::Host => self.host = Some(String::from_utf8(text).ok()?),
            Place::Path => self.path = Some(String::from_utf8(text).ok()?),
            Place::Header(name) => {
                let header = (name.clone(), String::from_utf8(text).ok()?);
                if !self.headers.contains(&header) {
                    self.headers.push(header);
                }
            }
            Place::Query => self.add_pair(&text)?,
            Place::SourceIp => return None,
        }
        Some(())
    }

    fn add_pair(&mut self, text: &[u8]) -> Option<()> {
        let (key, value) = pair_of(text);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let pair = format!("{}={}", text(key)?, text(value)?);
        self.query = Some(match self.query.take() {
            None => pair,
            Some(before) if before.split('&').any(|it| it == pair) => before,
            Some(before) => format!("{before}&{pair}"),
        });
        Some(())
    }
}

/// A request that both rules may match; `None` where there is none, or only one that repeats a
/// header or a key with two values: such requests exist, and nobody sends them.
pub(super) fn example(a: &Side, b: &Side, budget: &mut Budget) -> Option<Example> {
    let mut singles = a.conditions.iter().filter(|(place, _)| place.is_single());
    if singles.any(|(place, set)| b.at(place).any(|it| are_apart(set, it))) {
        return None;
    }
    let mut example = Example::default();
    for (place, set) in &a.conditions {
        meet(&mut example, place, (set, b), budget)?;
    }
    for (place, set) in &b.conditions {
        // What both ask for was met above, if it is of a single place.
        let is_met = place.is_single() && a.at(place).next().is_some();
        if !is_met {
            meet(&mut example, place, (set, a), budget)?;
        }
    }
    Some(example)
}

/// Adds what meets a condition, and one of the other rule's at this place where it has any.
fn meet(
    example: &mut Example,
    place: &Place,
    (set, other): (&Set, &Side),
    budget: &mut Budget,
) -> Option<()> {
    let mut has_rival = false;
    for theirs in other.at(place) {
        match shared(set, theirs, budget) {
            found @ (Shared::Text(_) | Shared::Address(_)) => return example.set(place, found),
            Shared::Unknown => return None,
            Shared::Nothing => {
                has_rival |= *place != Place::Query || keys_meet(set, theirs, budget)
            }
        }
    }
    if has_rival {
        return None;
    }
    let found = any_of(set, budget);
    example.set(place, found)
}

/// Whether two conditions may ask for one key.
fn keys_meet(a: &Set, b: &Set, budget: &mut Budget) -> bool {
    let (Some(a), Some(b)) = (a.texts(), b.texts()) else {
        return false;
    };
    let (a, b) = (Set::Texts(keys_of(a)), Set::Texts(keys_of(b)));
    shared(&a, &b, budget) != Shared::Nothing
}
