//! Where a redirect leads (load-balancing-and-scaling.md 1.4).

use super::request::split_port;
use super::{Outcome, Redirect, Request, RoutingSettings};
use alloc::format;
use alloc::string::{String, ToString};

/// Most bytes of the resulting URL (1.4).
pub(super) const URL_MAX: usize = 8 * 1024;

/// The parts of a redirect that an omitted field stands for: the literal strings are inferred
/// from "keeps the request's values" (1.4).
pub const REDIRECT_DEFAULTS: [&str; 5] =
    ["#{protocol}", "#{host}", "#{port}", "/#{path}", "#{query}"];

/// What a redirect answers.
pub(super) fn redirected(to: &Redirect, request: &Request, settings: RoutingSettings) -> Outcome {
    let location = location(to, request, settings);
    if location.len() > URL_MAX {
        Outcome::RedirectTooLong {
            length: location.len(),
            status: settings.redirect_too_long,
        }
    } else {
        Outcome::Redirected {
            status: to.status,
            location,
        }
    }
}

fn location(to: &Redirect, request: &Request, settings: RoutingSettings) -> String {
    let fill = |text: &str| filled(text, request);
    let protocol = fill(&to.protocol).to_ascii_lowercase();
    let port = fill(&to.port);
    let usual = if protocol == "https" { "443" } else { "80" };
    let port = if port != usual || settings.redirect_names_usual_port {
        format!(":{port}")
    } else {
        String::new()
    };
    let query = fill(&to.query);
    let mark = if query.is_empty() { "" } else { "?" };
    let (host, path) = (fill(&to.host), fill(&to.path));
    format!("{protocol}://{host}{port}{path}{mark}{query}")
}

/// `text` with its placeholders filled in. What is filled in is not looked at again.
fn filled(text: &str, request: &Request) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#{") {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        match value(&rest[..end], request) {
            Some(value) => made.push_str(&value),
            None => made.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    made.push_str(rest);
    made
}

fn value(placeholder: &str, request: &Request) -> Option<String> {
    let path = request.path.strip_prefix('/').unwrap_or(&request.path);
    match placeholder {
        "#{protocol}" => Some(request.protocol.name().to_ascii_lowercase()),
        "#{host}" => Some(split_port(&request.host).0.to_string()),
        "#{port}" => Some(request.port.to_string()),
        "#{path}" => Some(path.to_string()),
        "#{query}" => Some(request.query.clone().unwrap_or_default()),
        _ => None,
    }
}
