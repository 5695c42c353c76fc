//! Conditions of a rule: where their values stand, how many there may be, and what of them AWS
//! takes (load-balancing-and-scaling.md 1.1, 1.3).

use super::values::{check_host, check_method, check_path, check_texts, cidr};
use crate::design::{RuleCondition, ValuesConfig};
use crate::model::compile::Compiler;
use crate::model::{ConditionFault, Problem, Quota, RoutingFault};
use crate::routing::{Condition, QueryPair, Values, groups_of, is_token, wildcards};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most characters of a value, of a header name and of a method (1.3).
pub(super) const VALUE_MAX: usize = 128;
pub(super) const NAME_MAX: usize = 40;

/// The fields of conditions, in AWS's words.
const FIELDS: &[&str] = &[
    "host-header",
    "path-pattern",
    "http-header",
    "http-request-method",
    "query-string",
    "source-ip",
];

/// A field of conditions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Host,
    Path,
    Header,
    Method,
    Query,
    SourceIp,
}

impl Field {
    fn of(word: &str) -> Option<Self> {
        let at = FIELDS.iter().position(|it| *it == word)?;
        let all = [
            Self::Host,
            Self::Path,
            Self::Header,
            Self::Method,
            Self::Query,
            Self::SourceIp,
        ];
        all.get(at).copied()
    }

    /// The member that holds its values.
    const fn config(self) -> &'static str {
        match self {
            Self::Host => "HostHeaderConfig",
            Self::Path => "PathPatternConfig",
            Self::Header => "HttpHeaderConfig",
            Self::Method => "HttpRequestMethodConfig",
            Self::Query => "QueryStringConfig",
            Self::SourceIp => "SourceIpConfig",
        }
    }

    /// Whether a rule may have several.
    const fn repeats(self) -> bool {
        match self {
            Self::Header | Self::Query => true,
            Self::Host | Self::Path | Self::Method | Self::SourceIp => false,
        }
    }

    const fn takes_regexes(self) -> bool {
        match self {
            Self::Host | Self::Path | Self::Header => true,
            Self::Method | Self::Query | Self::SourceIp => false,
        }
    }

    /// Whether the condition's own `Values` are understood.
    const fn takes_own_values(self) -> bool {
        match self {
            Self::Host | Self::Path => true,
            Self::Header | Self::Method | Self::Query | Self::SourceIp => false,
        }
    }

    const fn takes_wildcards(self) -> bool {
        match self {
            Self::Host | Self::Path | Self::Header | Self::Query => true,
            Self::Method | Self::SourceIp => false,
        }
    }
}

/// A list of texts and the JSON pointer of the list.
struct Listed<'a> {
    texts: &'a [String],
    pointer: String,
}

/// The values of a condition, wherever they stand.
struct Found<'a> {
    values: Listed<'a>,
    regexes: Listed<'a>,
}

impl Compiler<'_> {
    /// The conditions of a rule; `None` where AWS would refuse one.
    pub(super) fn conditions(
        &mut self,
        conditions: &[RuleCondition],
        pointer: &str,
    ) -> Option<Vec<Condition>> {
        if conditions.is_empty() {
            self.condition_fault(pointer.to_string(), ConditionFault::None);
            return None;
        }
        let errors = self.errors;
        let mut fields = BTreeSet::new();
        let mut compiled = Vec::new();
        let (mut values, mut signs) = (0, 0);
        for (at, condition) in conditions.iter().enumerate() {
            let pointer = format!("{pointer}/{at}");
            let Some(field) = self.field(condition, &pointer) else {
                continue;
            };
            if !fields.insert(field) && !field.repeats() {
                self.condition_fault(format!("{pointer}/Field"), ConditionFault::Repeated);
            }
            let Some(read) = self.condition(field, condition, &pointer) else {
                continue;
            };
            let count = count(&read);
            self.quota(&pointer, Quota::ConditionValues, count);
            values += count;
            signs += if field.takes_wildcards() {
                signs_of(&read)
            } else {
                0
            };
            compiled.push(read);
        }
        self.quota(pointer, Quota::RuleValues, values);
        self.quota(pointer, Quota::RuleWildcards, signs);
        (self.errors == errors).then_some(compiled)
    }

    fn field(&mut self, condition: &RuleCondition, pointer: &str) -> Option<Field> {
        let field = Field::of(&condition.field);
        if field.is_none() {
            let word = condition.field.clone();
            let known = FIELDS;
            self.find(
                format!("{pointer}/Field"),
                Problem::UnknownWord { word, known },
            );
        }
        field
    }

    fn condition(
        &mut self,
        field: Field,
        condition: &RuleCondition,
        pointer: &str,
    ) -> Option<Condition> {
        let errors = self.errors;
        self.other_configs(field, condition, pointer);
        let read = match field {
            Field::Query => self.query(condition, pointer),
            Field::Host | Field::Path | Field::Header | Field::Method | Field::SourceIp => {
                self.listed(field, condition, pointer)
            }
        };
        read.filter(|_| self.errors == errors)
    }

    /// Configurations of other fields, which AWS refuses beside the right one.
    fn other_configs(&mut self, field: Field, condition: &RuleCondition, pointer: &str) {
        let present = [
            (Field::Host, condition.host_header_config.is_some()),
            (Field::Path, condition.path_pattern_config.is_some()),
            (Field::Header, condition.http_header_config.is_some()),
            (
                Field::Method,
                condition.http_request_method_config.is_some(),
            ),
            (Field::Query, condition.query_string_config.is_some()),
            (Field::SourceIp, condition.source_ip_config.is_some()),
        ];
        for (other, _) in present.iter().filter(|(other, is)| *is && *other != field) {
            let config = other.config();
            let fault = ConditionFault::OtherConfig { config };
            self.condition_fault(format!("{pointer}/{config}"), fault);
        }
    }

    /// A condition whose values are a list of texts.
    fn listed(
        &mut self,
        field: Field,
        condition: &RuleCondition,
        pointer: &str,
    ) -> Option<Condition> {
        let found = self.values(field, condition, pointer)?;
        if !found.regexes.texts.is_empty() {
            return self.regexes(field, condition, &found, pointer);
        }
        let Listed {
            texts,
            pointer: place,
        } = found.values;
        let wild = || Values::Wildcards(texts.to_vec());
        match field {
            Field::Host => {
                self.texts(texts, &place, check_host);
                Some(Condition::Host(wild()))
            }
            Field::Path => {
                self.texts(texts, &place, check_path);
                Some(Condition::Path(wild()))
            }
            Field::Header => {
                self.texts(texts, &place, |it| {
                    check_texts(it, |c| (' '..='~').contains(&c))
                });
                let name = self.header_name(condition, pointer)?;
                Some(Condition::Header {
                    name,
                    values: wild(),
                })
            }
            Field::Method => {
                self.texts(texts, &place, check_method);
                Some(Condition::Method(texts.to_vec()))
            }
            Field::SourceIp => {
                self.texts(texts, &place, |it| cidr(it).err());
                let blocks = texts.iter().filter_map(|it| cidr(it).ok());
                Some(Condition::SourceIp(blocks.collect()))
            }
            Field::Query => None,
        }
    }

    fn regexes(
        &mut self,
        field: Field,
        condition: &RuleCondition,
        found: &Found<'_>,
        pointer: &str,
    ) -> Option<Condition> {
        let Listed {
            texts,
            pointer: place,
        } = &found.regexes;
        if !field.takes_regexes() {
            self.condition_fault(place.clone(), ConditionFault::RegexNotHere);
            return None;
        }
        if !found.values.texts.is_empty() {
            self.condition_fault(place.clone(), ConditionFault::ValuesAndRegexes);
        }
        self.texts(texts, place, |it| match it.chars().count() {
            length if length > VALUE_MAX => Some(ConditionFault::TooLong {
                length,
                most: VALUE_MAX,
            }),
            _ => groups_of(it).err().map(ConditionFault::Regex),
        });
        let values = Values::Regexes(texts.to_vec());
        match field {
            Field::Host => Some(Condition::Host(values)),
            Field::Path => Some(Condition::Path(values)),
            Field::Header => {
                let name = self.header_name(condition, pointer)?;
                Some(Condition::Header { name, values })
            }
            Field::Method | Field::Query | Field::SourceIp => None,
        }
    }

    /// Where the values stand: in the configuration, or in the condition itself.
    fn values<'a>(
        &mut self,
        field: Field,
        condition: &'a RuleCondition,
        pointer: &str,
    ) -> Option<Found<'a>> {
        let config = field.config();
        let place = |member: &str| format!("{pointer}/{config}/{member}");
        let (values, regexes) = in_config(field, condition);
        let own = !condition.values.is_empty() || !condition.regex_values.is_empty();
        if own && !(values.is_empty() && regexes.is_empty()) {
            self.condition_fault(format!("{pointer}/{config}"), ConditionFault::TwoPlaces);
            return None;
        }
        if !own {
            if values.is_empty() && regexes.is_empty() {
                self.condition_fault(pointer.to_string(), ConditionFault::NoValues);
                return None;
            }
            return Some(Found {
                values: Listed {
                    texts: values,
                    pointer: place("Values"),
                },
                regexes: Listed {
                    texts: regexes,
                    pointer: place("RegexValues"),
                },
            });
        }
        let own_regexes = condition.values.is_empty();
        let member = if own_regexes { "RegexValues" } else { "Values" };
        if !(field.takes_own_values() || own_regexes && field == Field::Header) {
            let fault = if own_regexes {
                ConditionFault::RegexNotHere
            } else {
                ConditionFault::ConfigNeeded { config }
            };
            self.condition_fault(format!("{pointer}/{member}"), fault);
            return None;
        }
        if condition.values.len() > 1 {
            self.condition_fault(format!("{pointer}/Values"), ConditionFault::OneValueOnly);
        }
        Some(Found {
            values: Listed {
                texts: &condition.values,
                pointer: format!("{pointer}/Values"),
            },
            regexes: Listed {
                texts: &condition.regex_values,
                pointer: format!("{pointer}/RegexValues"),
            },
        })
    }

    fn header_name(&mut self, condition: &RuleCondition, pointer: &str) -> Option<String> {
        let config = condition.http_header_config.as_ref();
        let name = config.map_or("", |it| it.http_header_name.as_str());
        let length = name.chars().count();
        let fault = if name.eq_ignore_ascii_case("host") {
            ConditionFault::HostAsHeader
        } else if !is_token(name) {
            ConditionFault::HeaderName
        } else if length > NAME_MAX {
            ConditionFault::TooLong {
                length,
                most: NAME_MAX,
            }
        } else {
            return Some(name.to_string());
        };
        self.condition_fault(format!("{pointer}/HttpHeaderConfig/HttpHeaderName"), fault);
        None
    }

    fn query(&mut self, condition: &RuleCondition, pointer: &str) -> Option<Condition> {
        if !condition.values.is_empty() {
            let config = Field::Query.config();
            let fault = ConditionFault::ConfigNeeded { config };
            self.condition_fault(format!("{pointer}/Values"), fault);
        }
        if !condition.regex_values.is_empty() {
            let place = format!("{pointer}/RegexValues");
            self.condition_fault(place, ConditionFault::RegexNotHere);
        }
        let pairs = condition.query_string_config.as_ref();
        let pairs = pairs.map_or(&[][..], |it| &it.values);
        if pairs.is_empty() {
            self.condition_fault(pointer.to_string(), ConditionFault::NoValues);
            return None;
        }
        // What RFC 3986 has in a query, and the backslash of escapes.
        let is_query = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%\\".contains(c);
        for (at, pair) in pairs.iter().enumerate() {
            let place = format!("{pointer}/QueryStringConfig/Values/{at}");
            let key = pair.key.as_deref().unwrap_or_default();
            for (text, member) in [(key, "Key"), (&pair.value, "Value")] {
                if let Some(fault) = check_texts(text, is_query) {
                    self.condition_fault(format!("{place}/{member}"), fault);
                }
            }
            if pair.value.is_empty() {
                self.condition_fault(place, ConditionFault::NoValues);
            }
        }
        let pairs = pairs.iter().map(|pair| QueryPair {
            key: pair.key.clone().filter(|key| !key.is_empty()),
            value: pair.value.clone(),
        });
        Some(Condition::Query(pairs.collect()))
    }

    fn texts(
        &mut self,
        texts: &[String],
        pointer: &str,
        check: impl Fn(&str) -> Option<ConditionFault>,
    ) {
        for (at, text) in texts.iter().enumerate() {
            let empty = text.is_empty().then_some(ConditionFault::NoValues);
            if let Some(fault) = empty.or_else(|| check(text)) {
                self.condition_fault(format!("{pointer}/{at}"), fault);
            }
        }
    }

    fn condition_fault(&mut self, pointer: String, fault: ConditionFault) {
        self.routing_fault(pointer, RoutingFault::Condition(fault));
    }

    pub(super) fn quota(&mut self, pointer: &str, quota: Quota, count: usize) {
        if count > quota.most() {
            self.routing_fault(pointer.to_string(), RoutingFault::Limit { quota, count });
        }
    }
}

fn in_config(field: Field, condition: &RuleCondition) -> (&[String], &[String]) {
    fn both(config: Option<&ValuesConfig>) -> (&[String], &[String]) {
        config.map_or((&[], &[]), |it| (&it.values, &it.regex_values))
    }
    match field {
        Field::Host => both(condition.host_header_config.as_ref()),
        Field::Path => both(condition.path_pattern_config.as_ref()),
        Field::Method => both(condition.http_request_method_config.as_ref()),
        Field::SourceIp => both(condition.source_ip_config.as_ref()),
        Field::Header => {
            let config = condition.http_header_config.as_ref();
            config.map_or((&[], &[]), |it| (&it.values, &it.regex_values))
        }
        Field::Query => (&[], &[]),
    }
}

fn count(condition: &Condition) -> usize {
    match condition {
        Condition::Host(values) | Condition::Path(values) | Condition::Header { values, .. } => {
            match values {
                Values::Wildcards(all) | Values::Regexes(all) => all.len(),
            }
        }
        Condition::Method(all) => all.len(),
        Condition::Query(all) => all.len(),
        Condition::SourceIp(all) => all.len(),
    }
}

/// How many wildcards a condition has.
fn signs_of(condition: &Condition) -> usize {
    match condition {
        Condition::Host(values) | Condition::Path(values) | Condition::Header { values, .. } => {
            match values {
                Values::Wildcards(all) => all.iter().map(|it| wildcards(it, false)).sum(),
                Values::Regexes(_) => 0,
            }
        }
        Condition::Query(all) => all
            .iter()
            .map(|it| {
                wildcards(&it.value, true) + it.key.as_ref().map_or(0, |it| wildcards(it, true))
            })
            .sum(),
        Condition::Method(_) | Condition::SourceIp(_) => 0,
    }
}
