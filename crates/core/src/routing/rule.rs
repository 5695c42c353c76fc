//! A rule as it was checked: values as written, ready to be compiled into a router.

use super::Routed;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// A rule of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// 1 to 50000; lower is asked first.
    pub priority: u32,
    /// All must be met; at least one.
    pub conditions: Vec<Condition>,
    /// What is done.
    pub routed: Routed,
}

/// A condition; any of its values suffices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The host.
    Host(Values),
    /// The path, without the query.
    Path(Values),
    /// A header.
    Header {
        /// Its name as written.
        name: String,
        /// What it may say.
        values: Values,
    },
    /// The method.
    Method(Vec<String>),
    /// A pair of the query.
    Query(Vec<QueryPair>),
    /// The address that the connection comes from.
    SourceIp(Vec<Cidr>),
}

/// Patterns of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// With `*` and `?`.
    Wildcards(Vec<String>),
    /// Regular expressions.
    Regexes(Vec<String>),
}

/// A key and its value, both patterns with `*` and `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryPair {
    /// Key; `None` for any.
    pub key: Option<String>,
    /// Value.
    pub value: String,
}

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// An address of it; bits behind the prefix count for nothing.
    pub address: IpAddr,
    /// Bits that must be equal: at most 32, or 128 of version 6.
    pub prefix: u8,
}

/// `key=value`, or the value alone where any key will do.
impl fmt::Display for QueryPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{key}={}", self.value),
            None => f.write_str(&self.value),
        }
    }
}

/// `10.0.0.0/8`.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
