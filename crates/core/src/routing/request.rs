//! A request as a load balancer sees it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};
use thiserror::Error;

/// A request. Texts are as they were sent: nothing is decoded or folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Protocol of the listener.
    pub protocol: Protocol,
    /// Version of HTTP.
    pub version: HttpVersion,
    /// Host header or `:authority`, with its port where one was sent.
    pub host: String,
    /// Port of the listener.
    pub port: u16,
    /// Path, percent-encoded as sent, from its slash.
    pub path: String,
    /// Query without the question mark.
    pub query: Option<String>,
    /// Method.
    pub method: String,
    /// Headers in the order in which they came, but for Host.
    pub headers: Vec<(String, String)>,
    /// The address that the connection comes from.
    pub source_ip: IpAddr,
    /// Whether it carries what an authentication asks for: a session's cookie, a token.
    pub authenticated: bool,
}

/// Protocol of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP.
    Http,
    /// HTTPS.
    Https,
}

impl Protocol {
    /// AWS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }

    /// The port that a URL means if it names none.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Version of HTTP between client and load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// 1.0 or 1.1.
    Http1,
    /// 2.
    Http2,
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// It begins neither with `http://` nor with `https://`.
    #[error("a URL begins with `http://` or `https://`")]
    Scheme,
    /// There is no host.
    #[error("the URL names no host")]
    NoHost,
    /// User and password before the host.
    #[error("a URL with a user name is not a request; leave out what stands before the `@`")]
    UserInfo,
    /// The port is no number of 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// A character that a URL does not have.
    #[error("a URL has no character like the one at {at}; write it percent-encoded")]
    Character {
        /// Its place, counted in characters from 1.
        at: usize,
    },
}

impl Request {
    /// A GET of `url` over HTTP/1.1, without headers or session, from 127.0.0.1. The path is `/`
    /// where none stands; a fragment is dropped, as browsers do.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL.
    pub fn from_url(url: &str) -> Result<Self, UrlError> {
        let (protocol, rest) = scheme(url)?;
        let odd = url.chars().position(|it| !it.is_ascii_graphic());
        if let Some(at) = odd {
            return Err(UrlError::Character { at: at + 1 });
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at(end);
        let port = port_of(host)?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        Ok(Self {
            protocol,
            version: HttpVersion::Http1,
            host: host.to_string(),
            port: port.unwrap_or(protocol.default_port()),
            path: if path.is_empty() { "/" } else { path }.to_string(),
            query: query.map(String::from),
            method: "GET".to_string(),
            headers: Vec::new(),
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            authenticated: false,
        })
    }
}

fn scheme(url: &str) -> Result<(Protocol, &str), UrlError> {
    let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
    if scheme.eq_ignore_ascii_case("http") {
        Ok((Protocol::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Ok((Protocol::Https, rest))
    } else {
        Err(UrlError::Scheme)
    }
}

/// The port that `host` names.
fn port_of(host: &str) -> Result<Option<u16>, UrlError> {
    if host.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let (name, port) = split_port(host);
    if name.is_empty() {
        return Err(UrlError::NoHost);
    }
    let Some(port) = port else { return Ok(None) };
    let read = port.parse().ok().filter(|it| *it != 0);
    read.map(Some).ok_or(UrlError::Port)
}

/// A host and the port behind it; an IPv6 address stands in brackets.
pub(super) fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    }
}
