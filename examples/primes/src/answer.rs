//! What a request gets: a status, a body, and perhaps the end of the service.

use crate::count::primes_up_to;
use crate::request::{Refusal, Request};
use crate::settings::{Exit, Settings};

/// A complete answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    status: &'static str,
    content_type: &'static str,
    body: String,
    /// The exit code with which the service ends once the answer is sent.
    pub(crate) exit: Option<u8>,
}

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    /// Answers a request line.
    pub(crate) fn to(line: &str, settings: &Settings) -> Self {
        match Request::parse(line) {
            Ok(Request::Count { n }) => Self::new("200 OK", JSON, counted(n, settings)),
            Ok(Request::Health) => Self::new("200 OK", TEXT, "ok".into()),
            Ok(Request::Exit { code }) => Self::ending(code, settings.exit),
            Err(Refusal::Bad(why)) => Self::new("400 Bad Request", TEXT, why.into()),
            Err(Refusal::Path) => Self::new("404 Not Found", TEXT, "no such path".into()),
            Err(Refusal::Method) => Self::new("405 Method Not Allowed", TEXT, "only GET".into()),
        }
    }

    /// The answer when too many requests are being answered already.
    pub(crate) fn busy() -> Self {
        Self::new(
            "503 Service Unavailable",
            TEXT,
            "too many connections".into(),
        )
    }

    fn ending(code: u8, allowed: Exit) -> Self {
        match allowed {
            Exit::Allowed => Self {
                exit: Some(code),
                ..Self::new("200 OK", TEXT, format!("exiting with code {code}"))
            },
            Exit::Forbidden => Self::new(
                "403 Forbidden",
                TEXT,
                "set ALLOW_EXIT=1 to allow this".into(),
            ),
        }
    }

    fn new(status: &'static str, content_type: &'static str, body: String) -> Self {
        Self {
            status,
            content_type,
            body,
            exit: None,
        }
    }

    /// The answer as it goes over the wire.
    pub(crate) fn to_http(&self) -> String {
        let Self {
            status,
            content_type,
            body,
            exit: _,
        } = self;
        let length = body.len();
        // 405 must name what is allowed (RFC 9110, 15.5.6); elsewhere it does no harm.
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
             Allow: GET\r\nConnection: close\r\n\r\n{body}"
        )
    }
}

fn counted(n: u64, settings: &Settings) -> String {
    let primes = primes_up_to(n);
    // A host name has no character that JSON would want escaped, but the variable may.
    let container = settings
        .container
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!(r#"{{"primes":{primes},"n":{n},"container":"{container}"}}"#)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(target: &str, exit: Exit) -> Answer {
        let settings = Settings {
            port: 0,
            startup: Duration::ZERO,
            exit,
            container: "box".to_owned(),
        };
        Answer::to(&format!("GET {target} HTTP/1.1"), &settings)
    }

    #[test]
    fn a_count_names_the_container() {
        let counted = answer("/?n=100000", Exit::Forbidden);
        assert_eq!(
            counted.body,
            r#"{"primes":9592,"n":100000,"container":"box"}"#
        );
        assert!(counted.to_http().starts_with("HTTP/1.1 200 OK\r\n"));
    }

    #[test]
    fn the_end_must_be_allowed() {
        assert_eq!(answer("/exit?code=3", Exit::Allowed).exit, Some(3));
        let refused = answer("/exit?code=3", Exit::Forbidden);
        assert_eq!((refused.exit, refused.status), (None, "403 Forbidden"));
    }

    #[test]
    fn refusals_have_their_status() {
        assert_eq!(answer("/?n=x", Exit::Forbidden).status, "400 Bad Request");
        assert_eq!(answer("/x", Exit::Forbidden).status, "404 Not Found");
    }
}
