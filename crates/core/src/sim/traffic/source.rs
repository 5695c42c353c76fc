//! A source of traffic: who asks what of which listener, how often, and what they do when they get
//! no answer. Text is kept as it was written; whether it can be is [`super::check`]'s to say.

use super::profile::Profile;
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};

/// Most sources of a run: each costs something in every second of it, and a load balancer has at
/// most 50 listeners.
pub const SOURCES_MAX: usize = 100;

/// Most requests of a mix: as each may take another rule, a listener's default quota of rules
/// (100) is half covered, and nobody writes more by hand.
pub const REQUESTS_MAX: usize = 50;

/// Highest weight, so that shares of a mix can be told to a tenth of a percent.
pub const WEIGHT_MAX: u32 = 1000;

/// Most further attempts: what more of them do to a service in need is the same, only worse.
pub const ATTEMPTS_MAX: u32 = 5;

/// How long a client waits before it asks again, unless told otherwise: what most libraries begin
/// with, and long enough that a retry does not fall into the same moment.
const BACKOFF_DEFAULT: Millis = Millis::seconds(1);

/// Clients of one kind, and what they ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrafficSource {
    /// Its name as it is stated; empty means that of its listener. [`Self::name`] is the one that
    /// counts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Listener by our name (`load-balancer:port`) or ARN.
    pub listener: String,
    /// How often, over time.
    pub requests_per_second: Profile,
    /// What is asked, by weight; absent means one `GET /`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<Request>>,
    /// Whether failed requests are sent again; absent means that they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<Retries>,
    /// How long a client goes on on average, keeping cookies; absent or zero means that none keeps
    /// any, so that stickiness has no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Millis>,
}

/// One kind of request of a mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Its share beside the others, 1 to [`WEIGHT_MAX`].
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: u32,
    /// Method.
    #[serde(default = "get", skip_serializing_if = "is_get")]
    pub method: String,
    /// Host name that is asked; absent means the load balancer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Path, without the query.
    #[serde(default = "root", skip_serializing_if = "is_root")]
    pub path: String,
    /// Query, without its question mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Headers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Address of the client; absent means one that no condition names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<IpAddr>,
    /// What the client speaks with the load balancer.
    #[serde(default, skip_serializing_if = "is_http11")]
    pub protocol: Protocol,
}

/// The protocols of clients that target groups tell apart (load-balancing-and-scaling.md 2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// HTTP/1.1.
    #[default]
    #[serde(rename = "HTTP/1.1")]
    Http1,
    /// HTTP/2.
    #[serde(rename = "HTTP/2")]
    Http2,
    /// gRPC, which is HTTP/2 too.
    #[serde(rename = "gRPC")]
    Grpc,
}

/// What clients do about a request that failed: any status of 5xx, no connection, no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retries {
    /// How often they ask again, up to [`ATTEMPTS_MAX`].
    pub attempts: u32,
    /// How long they wait before each; absent means a second.
    #[serde(default = "backoff", skip_serializing_if = "is_backoff")]
    pub backoff: Millis,
}

/// What an operator changes of a source during a run: what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrafficChange {
    /// Which source; absent means the one that has its listener's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Listener; stated, it also lets a source begin that was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// How often, over time since the start of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<Profile>,
    /// The whole mix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<Request>>,
    /// Retries; none with zero attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<Retries>,
    /// Mean length of a session; zero for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Millis>,
}

impl TrafficSource {
    /// Its name: the stated one, else its listener as it is written.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.name.as_str() {
            "" => &self.listener,
            name => name,
        }
    }

    /// What is asked, at least one kind of request.
    #[must_use]
    pub fn mix(&self) -> Vec<Request> {
        match self.requests.as_deref() {
            None | Some([]) => Vec::from([Request::default()]),
            Some(requests) => requests.to_vec(),
        }
    }
}

impl Default for Request {
    /// `GET /`.
    fn default() -> Self {
        Self {
            weight: one(),
            method: get(),
            host: None,
            path: root(),
            query: String::new(),
            headers: BTreeMap::new(),
            source_ip: None,
            protocol: Protocol::default(),
        }
    }
}

impl TrafficChange {
    /// The name of the source that is meant; `None` where nothing is named.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let stated = self.name.as_deref().filter(|name| !name.is_empty());
        stated.or(self.listener.as_deref())
    }

    /// `source` with what is stated here; it keeps its name, whatever its listener is then.
    #[must_use]
    pub fn apply(&self, source: &TrafficSource) -> TrafficSource {
        let mut changed = source.clone();
        if let Some(listener) = &self.listener
            && *listener != source.listener
        {
            changed.name = source.name().into();
            changed.listener.clone_from(listener);
        }
        if let Some(profile) = &self.requests_per_second {
            changed.requests_per_second = profile.clone();
        }
        if self.requests.is_some() {
            changed.requests.clone_from(&self.requests);
        }
        changed.retries = self.retries.or(changed.retries);
        changed.session = self.session.or(changed.session);
        changed
    }

    /// A source that was not there; `None` without listener or rate.
    #[must_use]
    pub fn begin(&self) -> Option<TrafficSource> {
        Some(TrafficSource {
            name: self.name.clone().unwrap_or_default(),
            listener: self.listener.clone()?,
            requests_per_second: self.requests_per_second.clone()?,
            requests: self.requests.clone(),
            retries: self.retries,
            session: self.session,
        })
    }
}

const fn one() -> u32 {
    1
}

fn get() -> String {
    "GET".into()
}

fn root() -> String {
    "/".into()
}

const fn backoff() -> Millis {
    BACKOFF_DEFAULT
}

fn is_get(method: &str) -> bool {
    method == "GET"
}

fn is_root(path: &str) -> bool {
    path == "/"
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_one(weight: &u32) -> bool {
    *weight == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_http11(protocol: &Protocol) -> bool {
    *protocol == Protocol::Http1
}

fn is_backoff(length: &impl PartialEq<Millis>) -> bool {
    *length == BACKOFF_DEFAULT
}
