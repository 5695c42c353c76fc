//! What of a request takes part in comparisons, made once for each request.
//!
//! Texts of ordinary size live on the stack, so that choosing a rule allocates nothing.

use super::request::split_port;
use super::{Request, RoutingSettings};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest host that needs no allocation. DNS names end at 253 characters.
const HOST_BYTES: usize = 256;

/// Room for a host in lower case.
pub(super) struct Room {
    stack: [u8; HOST_BYTES],
    heap: Vec<u8>,
}

impl Room {
    pub(super) const fn new() -> Self {
        Self {
            stack: [0; HOST_BYTES],
            heap: Vec::new(),
        }
    }

    fn lowered(&mut self, text: &[u8]) -> &[u8] {
        let room = match self.stack.get_mut(..text.len()) {
            Some(room) => {
                room.copy_from_slice(text);
                room
            }
            None => {
                self.heap.extend_from_slice(text);
                self.heap.as_mut_slice()
            }
        };
        room.make_ascii_lowercase();
        room
    }
}

/// The parts of a request that are compared.
pub(super) struct View<'a> {
    /// Host in lower case, without its port where the settings say so.
    pub(super) host: &'a [u8],
    /// The same as sent.
    pub(super) host_as_sent: Cow<'a, [u8]>,
    /// Path.
    pub(super) path: Cow<'a, [u8]>,
    /// Query, empty where there is none.
    query: Cow<'a, [u8]>,
    /// The request, for what only few conditions ask.
    pub(super) request: &'a Request,
    skips: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(request: &'a Request, settings: RoutingSettings, room: &'a mut Room) -> Self {
        let skips = settings.invisible_characters_are_skipped;
        let host = if settings.host_port_is_stripped {
            split_port(&request.host).0
        } else {
            &request.host
        };
        let host_as_sent = compared(host, skips);
        let path = if settings.paths_are_normalised {
            Cow::Owned(normalised(&request.path).into_bytes())
        } else {
            Cow::Borrowed(request.path.as_bytes())
        };
        let path = match path {
            Cow::Borrowed(path) => visible(path, skips),
            Cow::Owned(path) => Cow::Owned(visible(&path, skips).into_owned()),
        };
        Self {
            host: room.lowered(&host_as_sent),
            host_as_sent,
            path,
            query: compared(request.query.as_deref().unwrap_or_default(), skips),
            request,
            skips,
        }
    }

    /// The method as it is compared.
    pub(super) fn method(&self) -> Cow<'a, [u8]> {
        compared(&self.request.method, self.skips)
    }

    /// Each header called `name`, in order.
    pub(super) fn headers<'b>(&'b self, name: &'b str) -> impl Iterator<Item = Cow<'a, [u8]>> + 'b {
        let all = self.request.headers.iter();
        let named = all.filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| compared(value, self.skips))
    }

    /// Each pair of the query, as sent. A part without `=` is a key with an empty value.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> + '_ {
        let parts = self.query.split(|it| *it == b'&');
        parts.filter(|part| !part.is_empty()).map(|part| {
            let sign = part.iter().position(|it| *it == b'=');
            sign.map_or((part, &[][..]), |at| (&part[..at], &part[at + 1..]))
        })
    }
}

fn compared(text: &str, skips: bool) -> Cow<'_, [u8]> {
    visible(text.as_bytes(), skips)
}

/// The visible ASCII of `text`, spaces among it; all of it where nothing is skipped.
fn visible(text: &[u8], skips: bool) -> Cow<'_, [u8]> {
    let is_visible = |byte: &u8| (0x20..0x7f).contains(byte);
    // Not `all`, which stops at the first and therefore looks at one byte at a time.
    let odd = text.iter().fold(false, |odd, it| odd | !is_visible(it));
    if skips && odd {
        Cow::Owned(text.iter().copied().filter(is_visible).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A path with its dot segments resolved, repeated slashes joined, and letters, digits and
/// `-._~` decoded.
fn normalised(path: &str) -> String {
    let decoded = decoded(path);
    let mut segments: Vec<&str> = Vec::new();
    let all = decoded.split('/').filter(|it| !it.is_empty());
    let mut ends_in_slash = decoded.ends_with('/');
    for segment in all {
        ends_in_slash = decoded.ends_with('/') || segment == "." || segment == "..";
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut made = String::from("/");
    made.push_str(&segments.join("/"));
    if ends_in_slash && !segments.is_empty() {
        made.push('/');
    }
    made
}

fn decoded(path: &str) -> String {
    let mut made = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        made.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3);
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        let plain = byte.filter(|it| it.is_ascii_alphanumeric() || b"-._~".contains(it));
        match plain {
            Some(byte) => {
                made.push(char::from(byte));
                rest = &rest[at + 3..];
            }
            None => {
                made.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    made.push_str(rest);
    made
}
