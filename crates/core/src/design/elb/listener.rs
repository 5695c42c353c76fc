//! Listeners and their rules (CreateListener, CreateRule; load-balancing-and-scaling.md 1.2, 1.5).

use super::{Action, RuleCondition};
use crate::design::last_segment;
use crate::taskdef::Extra;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A listener (CreateListener).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    /// Load balancer by name or ARN.
    pub load_balancer_arn: String,
    /// `HTTP` or `HTTPS`; `TCP` and others of a Network Load Balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Port, 1 to 65535.
    pub port: u16,
    /// What is done where no rule matches.
    #[serde(default)]
    pub default_actions: Vec<Action>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Listener {
    /// Our name for it: `load-balancer:port`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", last_segment(&self.load_balancer_arn), self.port)
    }

    /// Whether `reference` means this listener: our name for it, or the ARN that it was pasted
    /// with, which names neither load balancer nor port.
    #[must_use]
    pub fn is_meant_by(&self, reference: &str) -> bool {
        let arn = self.extra.get("ListenerArn").and_then(Value::as_str);
        arn == Some(reference) || self.name() == reference
    }
}

/// A listener rule (CreateRule).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    /// Listener by our name (`load-balancer:port`) or ARN.
    pub listener_arn: String,
    /// 1 to 50000, unique within the listener; lower is asked first.
    pub priority: u32,
    /// All must hold.
    #[serde(default)]
    pub conditions: Vec<RuleCondition>,
    /// What is done.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What is changed of a request on its way to the target; at most one of each type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transforms: Vec<Transform>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A change of the request, made after the routing decision (load-balancing-and-scaling.md 1.5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transform {
    /// `host-header-rewrite` or `url-rewrite`.
    #[serde(default)]
    pub r#type: String,
    /// What a `host-header-rewrite` replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_header_rewrite_config: Option<RewriteConfig>,
    /// What a `url-rewrite` replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_rewrite_config: Option<RewriteConfig>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A list of replacements; AWS's text speaks of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RewriteConfig {
    /// Replacements.
    #[serde(default)]
    pub rewrites: Vec<Rewrite>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is replaced, and by what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rewrite {
    /// Regular expression, at most 1024 characters.
    #[serde(default)]
    pub regex: String,
    /// Replacement with `$1` and so on for groups, at most 1024 characters.
    #[serde(default)]
    pub replace: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}
