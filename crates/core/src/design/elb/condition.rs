//! Conditions of a rule (RuleCondition; load-balancing-and-scaling.md 1.3).

use crate::taskdef::Extra;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One condition; any of its values suffices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleCondition {
    /// `path-pattern`, `host-header`, `http-header`, `http-request-method`, `query-string` or
    /// `source-ip`.
    #[serde(default)]
    pub field: String,
    /// The older place of the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Regular expressions instead of values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regex_values: Vec<String>,
    /// Values of a `path-pattern`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_pattern_config: Option<ValuesConfig>,
    /// Values of a `host-header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_header_config: Option<ValuesConfig>,
    /// Name and values of an `http-header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_header_config: Option<HeaderConfig>,
    /// Values of an `http-request-method`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_request_method_config: Option<ValuesConfig>,
    /// Pairs of a `query-string`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_string_config: Option<QueryStringConfig>,
    /// CIDR blocks of a `source-ip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip_config: Option<ValuesConfig>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RuleCondition {
    /// The values, wherever they stand, regular expressions among them; a pair of a
    /// `query-string` as `key=value`; those of fields that AWS does not have, printed as JSON.
    #[must_use]
    pub fn shown_values(&self) -> Vec<String> {
        let mut values = self.values.clone();
        values.extend_from_slice(&self.regex_values);
        for config in self.plain_configs() {
            values.extend_from_slice(&config.values);
            values.extend_from_slice(&config.regex_values);
        }
        if let Some(config) = &self.http_header_config {
            values.extend_from_slice(&config.values);
            values.extend_from_slice(&config.regex_values);
        }
        let pairs = self.query_string_config.iter().flat_map(|it| &it.values);
        values.extend(pairs.map(QueryStringPair::shown));
        values.extend(self.unknown_values());
        values
    }

    /// The configurations that are a list of values and nothing else.
    fn plain_configs(&self) -> impl Iterator<Item = &ValuesConfig> {
        let all = [
            &self.path_pattern_config,
            &self.host_header_config,
            &self.http_request_method_config,
            &self.source_ip_config,
        ];
        all.into_iter().flatten()
    }

    fn unknown_values(&self) -> impl Iterator<Item = String> {
        let lists = self.extra.values().filter_map(|it| it.get("Values"));
        let values = lists.filter_map(Value::as_array).flatten();
        values.map(|value| match value.as_str() {
            Some(text) => text.into(),
            None => format!("{value}"),
        })
    }
}

/// A list of values, or of regular expressions where the field takes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValuesConfig {
    /// Values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Regular expressions, instead of values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regex_values: Vec<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A header and the values that it may have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HeaderConfig {
    /// Name of the header, at most 40 characters.
    #[serde(default)]
    pub http_header_name: String,
    /// Values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Regular expressions, instead of values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regex_values: Vec<String>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Pairs of a query string; any one suffices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryStringConfig {
    /// Pairs.
    #[serde(default)]
    pub values: Vec<QueryStringPair>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A key and its value in a query string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryStringPair {
    /// Key; absent where the value may stand under any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Value.
    #[serde(default)]
    pub value: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

impl QueryStringPair {
    /// `key=value`, or the value alone where any key will do.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.key {
            Some(key) => format!("{key}={}", self.value),
            None => self.value.clone(),
        }
    }
}
