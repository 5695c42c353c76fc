//! Whether a host matches, and which part of the expression keeps it from matching.

use super::HostFacts;
use super::number::compare_numbers;
use super::tree::{Asked, Node, NodeKind, Test, TextTest};
use super::version::compare_versions;
use crate::source::Span;
use alloc::vec::Vec;

impl Node {
    /// Whether it is true of the host.
    pub(super) fn holds(&self, host: &HostFacts<'_>) -> bool {
        match &self.kind {
            NodeKind::Or(parts) => parts.iter().any(|part| part.holds(host)),
            NodeKind::And(parts) => parts.iter().all(|part| part.holds(host)),
            NodeKind::Not(part) => !part.holds(host),
            NodeKind::Single(test) => test.holds(host),
        }
    }

    /// Where the part stands that makes it false, and the attribute that the host lacks for it.
    pub(super) fn miss(&self, host: &HostFacts<'_>) -> Option<(Span, Option<&str>)> {
        match &self.kind {
            NodeKind::And(parts) => parts.iter().find_map(|part| part.miss(host)),
            NodeKind::Or(_) | NodeKind::Not(_) => (!self.holds(host)).then_some((self.span, None)),
            NodeKind::Single(test) => {
                let lacks = |name: &&str| !host.attributes.contains_key(*name);
                (!test.holds(host)).then(|| (self.span, test.attribute().filter(lacks)))
            }
        }
    }

    /// All tests, in the order of the text.
    pub(super) fn collect_tests<'a>(&'a self, tests: &mut Vec<&'a Test>) {
        match &self.kind {
            NodeKind::Or(parts) | NodeKind::And(parts) => {
                for part in parts {
                    part.collect_tests(tests);
                }
            }
            NodeKind::Not(part) => part.collect_tests(tests),
            NodeKind::Single(test) => tests.push(test),
        }
    }
}

impl Test {
    fn holds(&self, host: &HostFacts<'_>) -> bool {
        match self {
            Self::AgentConnected(test) => {
                let word = if host.agent_connected {
                    "true"
                } else {
                    "false"
                };
                test.holds(&[Some(word)])
            }
            Self::AgentVersion(relation, version) => {
                compare_versions(host.agent_version, version).is_some_and(|it| relation.holds(it))
            }
            Self::Attribute { name, test } => match host.attributes.get(name) {
                Some(value) => test.holds(&[value.as_deref()]),
                None => test.holds(&[]),
            },
            Self::Ec2InstanceId(test) if host.ec2_instance_id.is_empty() => test.holds(&[]),
            Self::Ec2InstanceId(test) => test.holds(&[Some(host.ec2_instance_id)]),
            Self::RegisteredAt(relation, moment) => {
                let is_so = |at: i64| relation.holds(at.cmp(moment));
                host.registered_at.is_some_and(is_so)
            }
            Self::RunningTasksCount(relation, count) => {
                relation.holds(i64::from(host.running_tasks_count).cmp(count))
            }
            Self::TaskGroup(test) => {
                let groups: Vec<_> = host.task_groups.iter().map(|it| Some(*it)).collect();
                test.holds(&groups)
            }
        }
    }
}

impl TextTest {
    /// Whether some of the subject's values pass. An attribute may be there without a text.
    fn holds(&self, values: &[Option<&str>]) -> bool {
        let is = |asked: &Asked, value: &Option<&str>| value.is_some_and(|text| asked.holds(text));
        match self {
            Self::Exists => !values.is_empty(),
            Self::NotExists => values.is_empty(),
            Self::Is(asked) => values.iter().any(|value| is(asked, value)),
            Self::IsNot(asked) => values.iter().any(|value| !is(asked, value)),
        }
    }
}

impl Asked {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equal(text) => text == value,
            Self::In(texts) => texts.iter().any(|text| text == value),
            Self::Match(pattern) => pattern.matches(value),
            Self::Compare(relation, text) => {
                let order = compare_numbers(value, text).unwrap_or_else(|| value.cmp(text));
                relation.holds(order)
            }
        }
    }
}
