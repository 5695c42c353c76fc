//! Load balancing parts in Elastic Load Balancing's own shapes (task-definition.md 1.6).
//!
//! A load balancer and a target group are referred to by name or ARN; a listener has no name at
//! AWS, so ours is `load-balancer:port`.

mod action;
mod condition;
mod listener;

pub use action::{
    Action, Authentication, FixedResponse, ForwardConfig, GroupStickiness, RedirectConfig,
    TargetGroupTuple,
};
pub use condition::{
    HeaderConfig, QueryStringConfig, QueryStringPair, RuleCondition, ValuesConfig,
};
pub use listener::{Listener, Rewrite, RewriteConfig, Rule, Transform};

use crate::taskdef::Extra;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A load balancer (CreateLoadBalancer).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// Name, at most 32 letters, digits and hyphens.
    pub name: String,
    /// `application` (the default), `network` or `gateway`; `classic`, which is our own word, for
    /// a Classic Load Balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// Subnets by id; their zones are the zones it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// What ModifyLoadBalancerAttributes sets, `idle_timeout.timeout_seconds` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A target group (CreateTargetGroup), with its attributes beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    /// Name, at most 32 letters, digits and hyphens.
    pub name: String,
    /// `instance` (the default) or `ip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_type: Option<String>,
    /// `HTTP` (the default), `HTTPS`, or one of a Network Load Balancer: `TCP`, `TLS`, `UDP`,
    /// `TCP_UDP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// `HTTP1` (the default), `HTTP2` or `GRPC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_version: Option<String>,
    /// Port, 1 to 65535; ECS registers each target with a port of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `HTTP`, `HTTPS` or `TCP`; absent means HTTP, for a Network Load Balancer TCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_protocol: Option<String>,
    /// A port, or `traffic-port` (the default): that with which the target is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_port: Option<String>,
    /// Path that health checks ask for; absent means `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_path: Option<String>,
    /// Seconds between health checks, 5 to 300; absent means 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_interval_seconds: Option<u32>,
    /// Seconds without an answer after which a check has failed, 2 to 120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_timeout_seconds: Option<u32>,
    /// Passes in a row until an unhealthy target is healthy, 2 to 10; absent means 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthy_threshold_count: Option<u32>,
    /// Failures in a row until a target is unhealthy, 2 to 10; absent means 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold_count: Option<u32>,
    /// Codes with which a check passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matcher: Option<Matcher>,
    /// What ModifyTargetGroupAttributes sets, `deregistration_delay.timeout_seconds` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TargetGroup {
    /// The value of an attribute, `None` where it is not set.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|attribute| attribute.key == key);
        found.map(|attribute| attribute.value.as_str())
    }
}

/// Codes with which a health check passes: `200`, `200,202`, `200-299`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Matcher {
    /// Codes of HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_code: Option<String>,
    /// Codes of gRPC, 0 to 99.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc_code: Option<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A key and its value, both text, as the ELB API has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// Key.
    pub key: String,
    /// Value.
    #[serde(default)]
    pub value: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}
