//! Redirects and fixed responses (load-balancing-and-scaling.md 1.4).

use super::Front;
use crate::design::{self, RedirectConfig};
use crate::model::compile::Compiler;
use crate::model::{AnswerFault, Problem, RoutingFault};
use crate::routing::{FixedResponse, REDIRECT_DEFAULTS, Redirect, RedirectStatus};
use alloc::format;
use alloc::string::{String, ToString};

/// Most characters of a part of a redirect and of a body (1.4).
const PART_MAX: usize = 128;
const BODY_MAX: usize = 1024;

/// Content types of a fixed response (1.4).
const CONTENT_TYPES: &[&str] = &[
    "text/plain",
    "text/css",
    "text/html",
    "application/javascript",
    "application/json",
];

/// What of a redirect is looked at.
struct Part<'a> {
    /// Its member in the document.
    member: &'static str,
    written: Option<&'a String>,
    least: usize,
    /// Placeholders that it takes.
    takes: &'static [&'static str],
    default: &'static str,
}

impl Compiler<'_> {
    pub(super) fn redirect(
        &mut self,
        config: &RedirectConfig,
        pointer: &str,
        front: Front,
    ) -> Option<Redirect> {
        let errors = self.errors;
        let status = self.redirect_status(config, pointer);
        let [protocol, host, port, path, query] =
            parts(config).map(|part| self.redirect_part(&part, pointer));
        let redirect = Redirect {
            status: status?,
            protocol,
            host,
            port,
            path,
            query,
        };
        self.redirect_shape(&redirect, pointer);
        self.redirect_whole(&redirect, pointer, front);
        (self.errors == errors).then_some(redirect)
    }

    fn redirect_status(&mut self, config: &RedirectConfig, at: &str) -> Option<RedirectStatus> {
        match config.status_code.as_str() {
            "HTTP_301" => Some(RedirectStatus::MovedPermanently),
            "HTTP_302" => Some(RedirectStatus::Found),
            _ => {
                self.answer_fault(format!("{at}/StatusCode"), AnswerFault::RedirectStatus);
                None
            }
        }
    }

    fn redirect_part(&mut self, part: &Part<'_>, pointer: &str) -> String {
        let Some(text) = part.written else {
            return part.default.to_string();
        };
        let place = || format!("{pointer}/{}", part.member);
        let length = text.chars().count();
        if !(part.least..=PART_MAX).contains(&length) {
            let (least, most) = (part.least, PART_MAX);
            let fault = AnswerFault::RedirectLength {
                length,
                least,
                most,
            };
            self.answer_fault(place(), fault);
        }
        if let Some(text) = foreign(text, part.takes) {
            self.answer_fault(place(), AnswerFault::Placeholder { text });
        }
        text.clone()
    }

    /// What each part by itself has to look like.
    fn redirect_shape(&mut self, to: &Redirect, pointer: &str) {
        let protocol = ["HTTP", "HTTPS", "#{protocol}"].contains(&to.protocol.as_str());
        let number = to.port.parse::<u16>().ok().filter(|it| *it > 0);
        let port = to.port == "#{port}" || number.is_some();
        for (sound, member, fault) in [
            (protocol, "Protocol", AnswerFault::RedirectProtocol),
            (port, "Port", AnswerFault::RedirectPort),
            (to.path.starts_with('/'), "Path", AnswerFault::RedirectPath),
            (
                !to.query.starts_with('?'),
                "Query",
                AnswerFault::RedirectQuery,
            ),
        ] {
            if !sound {
                self.answer_fault(format!("{pointer}/{member}"), fault);
            }
        }
    }

    /// What the parts have to be together.
    fn redirect_whole(&mut self, to: &Redirect, pointer: &str, front: Front) {
        let [protocol, host, port, path, _] = REDIRECT_DEFAULTS;
        let parts = [&to.protocol, &to.host, &to.port, &to.path];
        if parts.map(String::as_str) == [protocol, host, port, path] {
            self.answer_fault(pointer.to_string(), AnswerFault::RedirectLoop);
        }
        if front == Front::Https && to.protocol == "HTTP" {
            let place = format!("{pointer}/Protocol");
            self.answer_fault(place, AnswerFault::RedirectDowngrade);
        }
    }

    pub(super) fn fixed_response(
        &mut self,
        config: &design::FixedResponse,
        pointer: &str,
    ) -> Option<FixedResponse> {
        let errors = self.errors;
        let status = fixed_status(&config.status_code);
        if status.is_none() {
            let place = format!("{pointer}/StatusCode");
            self.answer_fault(place, AnswerFault::FixedStatus);
        }
        let body = config.message_body.clone().unwrap_or_default();
        let length = body.chars().count();
        if length > BODY_MAX {
            let place = format!("{pointer}/MessageBody");
            self.answer_fault(place, AnswerFault::FixedBody { length });
        }
        let known = CONTENT_TYPES;
        let content_type = config.content_type.as_ref();
        if let Some(word) = content_type.filter(|it| !known.contains(&it.as_str())) {
            let word = word.clone();
            let place = format!("{pointer}/ContentType");
            self.find(place, Problem::UnknownWord { word, known });
        }
        (self.errors == errors).then_some(FixedResponse {
            status: status?,
            content_type: content_type.cloned(),
            body,
        })
    }

    fn answer_fault(&mut self, pointer: String, fault: AnswerFault) {
        self.routing_fault(pointer, RoutingFault::Answer(fault));
    }
}

/// The parts of a redirect with the placeholders that each takes (1.4).
fn parts(config: &RedirectConfig) -> [Part<'_>; 5] {
    let [protocol, host, port, path, query] = REDIRECT_DEFAULTS;
    let part = |member, written, least, takes, default| Part {
        member,
        written,
        least,
        takes,
        default,
    };
    let all: &[&str] = &["protocol", "host", "port", "path", "query"];
    let of_path: &[&str] = &["host", "port", "path"];
    [
        part(
            "Protocol",
            config.protocol.as_ref(),
            1,
            &["protocol"],
            protocol,
        ),
        part("Host", config.host.as_ref(), 1, &["host"], host),
        part("Port", config.port.as_ref(), 1, &["port"], port),
        part("Path", config.path.as_ref(), 1, of_path, path),
        part("Query", config.query.as_ref(), 0, all, query),
    ]
}

/// The first placeholder of `text` that is none of `takes`.
fn foreign(text: &str, takes: &[&str]) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find("#{") {
        rest = &rest[at..];
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        let (placeholder, behind) = rest.split_at(end);
        let name = placeholder.strip_prefix("#{");
        let name = name.and_then(|it| it.strip_suffix('}'));
        if !name.is_some_and(|name| takes.contains(&name)) {
            return Some(placeholder.to_string());
        }
        rest = behind;
    }
    None
}

/// 2xx, 4xx or 5xx.
fn fixed_status(text: &str) -> Option<u16> {
    let is_number = text.len() == 3 && text.bytes().all(|it| it.is_ascii_digit());
    let number: u16 = text.parse().ok().filter(|_| is_number)?;
    matches!(number, 200..=299 | 400..=599).then_some(number)
}
