//! Transforms of a rule (load-balancing-and-scaling.md 1.5).

use crate::design::{self, RewriteConfig};
use crate::model::compile::Compiler;
use crate::model::{ActionFault, Problem, RoutingFault, TransformFault};
use crate::routing::{Piece, Transform, TransformKind, groups_of, pieces};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Types of transforms, in AWS's words.
const TYPES: &[&str] = &["host-header-rewrite", "url-rewrite"];

/// Most characters of an expression and of a replacement (1.5).
const TEXT_MAX: usize = 1024;

impl Compiler<'_> {
    /// The transforms of a rule; `None` where AWS would refuse one.
    pub(super) fn transforms(
        &mut self,
        transforms: &[design::Transform],
        pointer: &str,
    ) -> Option<Vec<Transform>> {
        let errors = self.errors;
        let mut compiled: Vec<Transform> = Vec::new();
        for (at, transform) in transforms.iter().enumerate() {
            let pointer = format!("{pointer}/{at}");
            let Some(read) = self.transform(transform, &pointer) else {
                continue;
            };
            if compiled.iter().any(|it| it.kind == read.kind) {
                self.transform_fault(pointer, TransformFault::Twice);
            }
            compiled.push(read);
        }
        (self.errors == errors).then_some(compiled)
    }

    fn transform(&mut self, transform: &design::Transform, pointer: &str) -> Option<Transform> {
        let (kind, config, name) = match transform.r#type.as_str() {
            "host-header-rewrite" => {
                let config = &transform.host_header_rewrite_config;
                (TransformKind::HostHeader, config, "HostHeaderRewriteConfig")
            }
            "url-rewrite" => {
                let config = &transform.url_rewrite_config;
                (TransformKind::Url, config, "UrlRewriteConfig")
            }
            other => {
                let (word, known) = (other.to_string(), TYPES);
                self.find(
                    format!("{pointer}/Type"),
                    Problem::UnknownWord { word, known },
                );
                return None;
            }
        };
        let Some(config) = config else {
            let fault = RoutingFault::Action(ActionFault::NoConfig { config: name });
            self.routing_fault(pointer.to_string(), fault);
            return None;
        };
        self.rewrite(kind, config, &format!("{pointer}/{name}/Rewrites"))
    }

    fn rewrite(
        &mut self,
        kind: TransformKind,
        config: &RewriteConfig,
        pointer: &str,
    ) -> Option<Transform> {
        // AWS's API has a list, its text speaks of one pair (1.5).
        let [rewrite] = config.rewrites.as_slice() else {
            let count = config.rewrites.len();
            self.transform_fault(pointer.to_string(), TransformFault::Rewrites { count });
            return None;
        };
        let (regex, replace) = (&rewrite.regex, &rewrite.replace);
        let errors = self.errors;
        for (text, member) in [(regex, "Regex"), (replace, "Replace")] {
            let length = text.chars().count();
            if length > TEXT_MAX {
                let fault = TransformFault::TooLong { length };
                self.transform_fault(format!("{pointer}/0/{member}"), fault);
            }
        }
        if self.errors == errors {
            self.groups(regex, replace, &format!("{pointer}/0"));
        }
        (self.errors == errors).then(|| Transform {
            kind,
            regex: regex.clone(),
            replace: replace.clone(),
        })
    }

    /// Whether the replacement refers only to groups that the expression has.
    fn groups(&mut self, regex: &str, replace: &str, pointer: &str) {
        match groups_of(regex) {
            Err(fault) => {
                let fault = TransformFault::Regex(fault);
                self.transform_fault(format!("{pointer}/Regex"), fault);
            }
            Ok(groups) => {
                let missing = pieces(replace, groups).into_iter().find_map(|it| match it {
                    Piece::Group(group) => Some(group).filter(|it| *it > groups),
                    Piece::Text(_) => None,
                });
                if let Some(group) = missing {
                    let fault = TransformFault::NoSuchGroup { group, groups };
                    self.transform_fault(format!("{pointer}/Replace"), fault);
                }
            }
        }
    }

    pub(super) fn transform_fault(&mut self, pointer: String, fault: TransformFault) {
        self.routing_fault(pointer, RoutingFault::Transform(fault));
    }
}
