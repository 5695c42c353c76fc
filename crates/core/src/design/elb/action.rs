//! What a listener or rule does with a request (Action; load-balancing-and-scaling.md 1.4).

use crate::taskdef::Extra;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// An action of a rule or listener.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Action {
    /// `forward`, `redirect`, `fixed-response` or one that authenticates.
    #[serde(default)]
    pub r#type: String,
    /// Target group of a simple `forward`, by name or ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<String>,
    /// Weighted `forward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_config: Option<ForwardConfig>,
    /// Place among the actions of a rule, 1 to 50000, lowest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// Where a `redirect` leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_config: Option<RedirectConfig>,
    /// What a `fixed-response` answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_response_config: Option<FixedResponse>,
    /// How `authenticate-oidc` asks who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticate_oidc_config: Option<Authentication>,
    /// How `authenticate-cognito` asks who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticate_cognito_config: Option<Authentication>,
    /// What `jwt-validation` demands of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_validation_config: Option<Authentication>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Action {
    /// A plain forward to the target group called `name`.
    #[must_use]
    pub fn forward(name: &str) -> Self {
        Self {
            r#type: "forward".into(),
            target_group_arn: Some(name.into()),
            ..Self::default()
        }
    }

    /// The target groups that it forwards to, by reference.
    pub fn target_groups(&self) -> impl Iterator<Item = &str> {
        let weighted = self
            .forward_config
            .iter()
            .flat_map(|config| &config.target_groups);
        let weighted = weighted.map(|tuple| tuple.target_group_arn.as_str());
        self.target_group_arn.as_deref().into_iter().chain(weighted)
    }
}

/// A weighted forward.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForwardConfig {
    /// Up to five target groups.
    #[serde(default)]
    pub target_groups: Vec<TargetGroupTuple>,
    /// Whether a client stays with the group that it was sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_stickiness_config: Option<GroupStickiness>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A target group and its weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupTuple {
    /// Target group by name or ARN.
    #[serde(default)]
    pub target_group_arn: String,
    /// 0 to 999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a client stays with its target group, by cookie.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupStickiness {
    /// Whether it does; absent means no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// For how long, 1 to 604800 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where a redirect leads. An absent part is that of the request; `#{protocol}`, `#{host}`,
/// `#{port}`, `#{path}` and `#{query}` stand for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RedirectConfig {
    /// `HTTP`, `HTTPS` or `#{protocol}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Host, 1 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port, 1 to 65535 as text, or `#{port}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Path, 1 to 128 characters, with its slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Query, at most 128 characters, without the question mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// `HTTP_301` or `HTTP_302`.
    #[serde(default)]
    pub status_code: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An answer of the load balancer's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FixedResponse {
    /// 2xx, 4xx or 5xx as text.
    #[serde(default)]
    pub status_code: String,
    /// `text/plain` and four more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// At most 1024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_body: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What an action that authenticates is configured with; of it, only what decides where a request
/// goes has a name here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Authentication {
    /// `authenticate` (the default), `allow` or `deny`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_unauthenticated_request: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}
