//! Load balancing parts in Elastic Load Balancing's own shapes (task-definition.md 1.6).
//!
//! A load balancer and a target group are referred to by name or ARN; a listener has no name at
//! AWS, so ours is `load-balancer:port`.

use super::last_segment;
use crate::taskdef::Extra;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// A listener (CreateListener).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    /// Load balancer by name or ARN.
    pub load_balancer_arn: String,
    /// `HTTP` or `HTTPS`.
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
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One condition; any of its values suffices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleCondition {
    /// `path-pattern`, `host-header` and four more.
    #[serde(default)]
    pub field: String,
    /// The older place of the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Values of a `path-pattern`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_pattern_config: Option<ValuesConfig>,
    /// Values of a `host-header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_header_config: Option<ValuesConfig>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RuleCondition {
    /// The values, wherever they stand; those of fields not typed yet are printed as JSON.
    #[must_use]
    pub fn shown_values(&self) -> Vec<String> {
        let typed = self
            .path_pattern_config
            .as_ref()
            .or(self.host_header_config.as_ref());
        let mut values = self.values.clone();
        values.extend(
            typed
                .map(|config| config.values.clone())
                .unwrap_or_default(),
        );
        let others = self
            .extra
            .values()
            .filter_map(|config| config.get("Values"));
        for list in others.filter_map(Value::as_array) {
            values.extend(list.iter().map(|value| match value.as_str() {
                Some(text) => text.into(),
                None => format!("{value}"),
            }));
        }
        values
    }
}

/// A list of values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValuesConfig {
    /// Values.
    #[serde(default)]
    pub values: Vec<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

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
