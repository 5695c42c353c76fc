//! Answers that the load balancer gives before it asks a rule (load-balancing-and-scaling.md 1.1,
//! 1.7), as far as a request shows them. What only a connection shows is not here: idle
//! timeouts, HTTP/2 limits, certificates.

use super::{HttpVersion, Refusal, Request};

/// Most bytes of a request line and of one header (1.1).
const LINE_MAX: usize = 16 * 1024;

/// Most bytes of all headers (1.1).
const HEADERS_MAX: usize = 64 * 1024;

/// Most addresses in X-Forwarded-For (1.7).
const FORWARDED_MAX: usize = 30;

/// Bytes around the target in a request line: two spaces and the version.
const AROUND_TARGET: usize = "  HTTP/1.1".len();

/// Bytes around a header's value: a colon and a space.
const AROUND_VALUE: usize = ": ".len();

impl Request {
    /// Why the load balancer answers before it asks a rule, if it does.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        if self.is_malformed() {
            Some(Refusal::Malformed)
        } else if self.line_length() > LINE_MAX {
            Some(Refusal::RequestLineTooLong)
        } else if let Some(refusal) = self.headers_refused() {
            Some(refusal)
        } else if self.method == "TRACE" {
            Some(Refusal::Trace)
        } else if self.forwarded_addresses() > FORWARDED_MAX {
            Some(Refusal::TooManyForwardedFor)
        } else if self.encodes_oddly() {
            Some(Refusal::TransferEncoding)
        } else {
            None
        }
    }

    /// No HTTP at all. Header names with characters that HTTP does not have pass, as attribute
    /// `routing.http.drop_invalid_header_fields.enabled` is about them (1.6).
    fn is_malformed(&self) -> bool {
        let control = |text: &str| text.bytes().any(|it| it.is_ascii_control());
        let spaced = |text: &str| control(text) || text.contains(' ');
        let query = self.query.as_deref().unwrap_or_default();
        let target = self.path.starts_with('/') || (self.method == "OPTIONS" && self.path == "*");
        !is_token(&self.method)
            || !target
            || spaced(&self.path)
            || spaced(query)
            || spaced(&self.host)
            || self.host.is_empty()
            || self.headers.iter().any(|(name, value)| {
                let value_is_odd = value.bytes().any(|it| it.is_ascii_control() && it != b'\t');
                name.is_empty() || spaced(name) || name.contains(':') || value_is_odd
            })
    }

    fn line_length(&self) -> usize {
        let query = self.query.as_ref().map_or(0, |query| query.len() + 1);
        self.method.len() + self.path.len() + query + AROUND_TARGET
    }

    fn headers_refused(&self) -> Option<Refusal> {
        let host = "Host".len() + self.host.len() + AROUND_VALUE;
        let others = self.headers.iter();
        let others = others.map(|(name, value)| name.len() + value.len() + AROUND_VALUE);
        let (mut total, mut longest) = (host, host);
        for length in others {
            total += length;
            longest = longest.max(length);
        }
        if longest > LINE_MAX {
            Some(Refusal::HeaderTooLong)
        } else {
            (total > HEADERS_MAX).then_some(Refusal::HeadersTooLong)
        }
    }

    fn forwarded_addresses(&self) -> usize {
        let lists = self.headers_named("X-Forwarded-For");
        let addresses = lists.flat_map(|list| list.split(','));
        addresses.filter(|it| !it.trim().is_empty()).count()
    }

    fn encodes_oddly(&self) -> bool {
        let known = |it: &str| {
            it.is_empty()
                || it.eq_ignore_ascii_case("chunked")
                || it.eq_ignore_ascii_case("identity")
        };
        let mut all = self.headers_named("Transfer-Encoding");
        self.version == HttpVersion::Http1
            && all.any(|list| list.split(',').any(|it| !known(it.trim())))
    }

    fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.headers.iter();
        let named = all.filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// Whether HTTP takes `text` where it wants a token (RFC 7230, 3.2.6).
#[must_use]
pub fn is_token(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it);
    !text.is_empty() && text.bytes().all(is_part)
}
