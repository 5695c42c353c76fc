//! Transforms: what is changed of a request on its way to the target
//! (load-balancing-and-scaling.md 1.5).

use super::regex::{Regex, RegexManner};
use super::{Forward, Forwarded, Outcome, Request, Rewriting, Rewritten, RoutingSettings};
use super::{Transform, TransformKind};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most bytes of a host and of a URL that can be sent: what DNS and a request line hold. AWS does
/// not say when a rewrite fails; what no target would take is our reading.
const HOST_MAX: usize = 253;
const URL_MAX: usize = 16 * 1024;

/// A transform, compiled.
#[derive(Clone, Debug)]
pub(super) struct Rewriter {
    kind: TransformKind,
    regex: Option<Regex>,
    replace: String,
}

impl Rewriter {
    pub(super) fn new(transform: &Transform) -> Self {
        let manner = RegexManner {
            anchored: false,
            any_case: false,
        };
        Self {
            kind: transform.kind,
            regex: Regex::new(&transform.regex, manner),
            replace: transform.replace.clone(),
        }
    }

    fn rewritten(&self, input: &str, all: bool) -> Rewritten {
        let regex = self.regex.as_ref();
        match regex.and_then(|it| it.replaced(input, &self.replace, all)) {
            None => Rewritten::Unchanged,
            Some(made) if can_be_sent(self.kind, &made) => Rewritten::To(made),
            Some(made) => Rewritten::Failed(made),
        }
    }
}

fn can_be_sent(kind: TransformKind, text: &str) -> bool {
    match kind {
        TransformKind::HostHeader => {
            let is_part = |it: u8| it.is_ascii_alphanumeric() || b"-._:[]".contains(&it);
            (1..=HOST_MAX).contains(&text.len()) && text.bytes().all(is_part)
        }
        TransformKind::Url => {
            let is_visible = text.bytes().all(|it| it.is_ascii_graphic());
            text.starts_with('/') && text.len() <= URL_MAX && is_visible
        }
    }
}

/// What becomes of a request that is forwarded.
pub(super) fn forwarded(
    forward: &Forward,
    rewriters: &[Rewriter],
    request: &Request,
    settings: RoutingSettings,
) -> Outcome {
    if forward.total() == 0 {
        return Outcome::NoWeight {
            status: settings.all_weights_zero,
        };
    }
    let mut sent = Sent::new(request, settings);
    let mut rewritings = Vec::new();
    for rewriter in rewriters {
        let part = sent.part(rewriter.kind);
        let result = rewriter.rewritten(part, settings.rewrite_replaces_all);
        rewritings.push(Rewriting {
            kind: rewriter.kind,
            input: part.clone(),
            result: result.clone(),
        });
        match result {
            Rewritten::Unchanged => {}
            Rewritten::To(made) => *part = made,
            Rewritten::Failed(_) => return Outcome::RewriteFailed { rewritings },
        }
    }
    Outcome::Forwarded(Forwarded {
        groups: forward.groups.clone(),
        total: forward.total(),
        stickiness: forward.stickiness,
        url: format!("{}{}", sent.url, sent.kept_query),
        host: sent.host,
        rewritings,
    })
}

/// The parts of a request that transforms change, as they are sent.
struct Sent {
    host: String,
    url: String,
    /// What of the URL no transform sees.
    kept_query: String,
}

impl Sent {
    fn new(request: &Request, settings: RoutingSettings) -> Self {
        let query = request.query.as_ref();
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        let path = request.path.to_string();
        let (url, kept_query) = if settings.url_rewrite_sees_query {
            (path + &query, String::new())
        } else {
            (path, query)
        };
        Self {
            host: request.host.clone(),
            url,
            kept_query,
        }
    }

    fn part(&mut self, kind: TransformKind) -> &mut String {
        match kind {
            TransformKind::HostHeader => &mut self.host,
            TransformKind::Url => &mut self.url,
        }
    }
}
