//! The document: one JSON file in AWS's own shapes, and the edits people make to it.
//!
//! What a thing means is decided elsewhere: [`crate::model`] compiles and complains. Positions of
//! parts, notes and every field not named here are kept and written back untouched.

mod edit;
mod elb;
mod history;
mod host;
mod names;
mod part;
mod sample;
mod service;
mod template;

pub use edit::{Edit, EditError};
pub use elb::{
    Action, Attribute, Authentication, FixedResponse, ForwardConfig, GroupStickiness, HeaderConfig,
    Listener, LoadBalancer, Matcher, QueryStringConfig, QueryStringPair, RedirectConfig, Rewrite,
    RewriteConfig, Rule, RuleCondition, TargetGroup, TargetGroupTuple, Transform, ValuesConfig,
};
pub use history::History;
pub use host::{ContainerInstance, HostAttribute};
pub use names::{fresh_name, last_segment};
pub use part::Part;
pub use sample::sample;
pub use service::{
    ContainerWorkload, DeploymentConfiguration, PlacementConstraint, PlacementStrategy, Service,
    ServiceLoadBalancer, Workload,
};
pub use template::PlacementTemplate;

use crate::source::{ReadError, read};
use crate::taskdef::{Extra, TaskDefinition};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The version of the document's shape that this build writes.
pub const DOCUMENT_VERSION: u32 = 1;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Design {
    /// Version of the document's shape, 1; no other is read.
    #[serde(deserialize_with = "known_version")]
    pub stowplan: u32,
    /// The design's own name.
    #[serde(default)]
    pub name: String,
    /// Region, such as `us-east-1`.
    #[serde(default)]
    pub region: String,
    /// Network frame.
    #[serde(default)]
    pub network: Network,
    /// Clusters (CreateCluster).
    #[serde(default)]
    pub clusters: Vec<Cluster>,
    /// Hosts registered to a cluster.
    #[serde(default)]
    pub container_instances: Vec<ContainerInstance>,
    /// Task definitions (RegisterTaskDefinition); entries of one family are its revisions.
    #[serde(default)]
    pub task_definitions: Vec<TaskDefinition>,
    /// Services (CreateService).
    #[serde(default)]
    pub services: Vec<Service>,
    /// Load balancers (CreateLoadBalancer).
    #[serde(default)]
    pub load_balancers: Vec<LoadBalancer>,
    /// Target groups (CreateTargetGroup).
    #[serde(default)]
    pub target_groups: Vec<TargetGroup>,
    /// Listeners (CreateListener).
    #[serde(default)]
    pub listeners: Vec<Listener>,
    /// Listener rules (CreateRule).
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// How containers behave, by `cluster/service`: what AWS cannot know and a simulation needs.
    #[serde(default)]
    pub workloads: BTreeMap<String, Workload>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The network frame of a design.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Subnets; the zones of the design are theirs.
    #[serde(default)]
    pub subnets: Vec<Subnet>,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A subnet, as DescribeSubnets prints it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet {
    /// Id, `subnet-…`.
    pub subnet_id: String,
    /// Zone, such as `us-east-1a`.
    pub availability_zone: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A cluster (CreateCluster).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// Name.
    pub cluster_name: String,
    /// Every other field, kept.
    #[serde(flatten)]
    pub extra: Extra,
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let found = u32::deserialize(deserializer)?;
    if found == DOCUMENT_VERSION {
        return Ok(found);
    }
    let message = format!(
        "document version {found} is not known to this build, which reads {DOCUMENT_VERSION}"
    );
    Err(D::Error::custom(message))
}

/// The revisions of one family: number, place in the document's list, entry.
pub type Revisions<'a> = Vec<(u32, usize, &'a TaskDefinition)>;

impl Design {
    /// Listeners of Classic Load Balancers, which stand with them, by our name: `balancer:port`.
    pub fn classic_listeners(&self) -> impl Iterator<Item = String> {
        let classic = self.load_balancers.iter();
        let classic = classic.filter(|it| it.r#type.as_deref() == Some("classic"));
        classic.flat_map(|balancer| {
            let listeners = balancer.extra.get("Listeners");
            let listeners = listeners.and_then(serde_json::Value::as_array);
            let ports = listeners.into_iter().flatten();
            let ports = ports.filter_map(|it| it.get("LoadBalancerPort")?.as_u64());
            ports.map(|port| format!("{}:{port}", balancer.name))
        })
    }

    /// Reads a document.
    ///
    /// # Errors
    /// Text that is not JSON, a field of the wrong type, or a version that this build does not
    /// know, with line, column and JSON pointer.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        read(text)
    }

    /// The document as text: two-space indent, fields in a stable order, a final line feed.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a design has only JSON values");
        text.push('\n');
        text
    }

    /// The revisions of `family` with their numbers, oldest first. An entry counts as one more
    /// than the entry before it, unless it carries a higher `revision` of its own.
    pub fn revisions<'a>(
        &'a self,
        family: &'a str,
    ) -> impl Iterator<Item = (u32, usize, &'a TaskDefinition)> {
        let entries = self.task_definitions.iter().enumerate();
        entries
            .filter(move |(_, entry)| entry.family == family)
            .scan(0, |last, (at, entry)| {
                *last = next_revision(*last, entry);
                Some((*last, at, entry))
            })
    }

    /// The revisions of every family, in one pass over the document.
    #[must_use]
    pub fn families(&self) -> BTreeMap<&str, Revisions<'_>> {
        let mut families: BTreeMap<&str, Revisions<'_>> = BTreeMap::new();
        for (at, entry) in self.task_definitions.iter().enumerate() {
            let revisions = families.entry(&entry.family).or_default();
            let last = revisions.last().map_or(0, |(number, ..)| *number);
            revisions.push((next_revision(last, entry), at, entry));
        }
        families
    }

    /// The zones in the order of the subnets, then those that only hosts name.
    #[must_use]
    pub fn zones(&self) -> Vec<String> {
        let of_subnets = self
            .network
            .subnets
            .iter()
            .map(|subnet| &subnet.availability_zone);
        let of_hosts = self
            .container_instances
            .iter()
            .map(|host| &host.availability_zone);
        let mut known = BTreeSet::new();
        let all = of_subnets.chain(of_hosts);
        all.filter(|zone| known.insert(zone.as_str()))
            .cloned()
            .collect()
    }

    /// The rules of the listener called `listener`, as positions in `rules`, by priority.
    #[must_use]
    pub fn rules_of(&self, listener: &str) -> Vec<usize> {
        let mut listeners = self.listeners.iter();
        let found = listeners.find(|known| known.name() == listener);
        let is_its = |rule: &Rule| match found {
            Some(found) => found.is_meant_by(&rule.listener_arn),
            None => rule.listener_arn == listener,
        };
        let mut rules: Vec<usize> = (0..self.rules.len())
            .filter(|at| is_its(&self.rules[*at]))
            .collect();
        crate::sort::sort_by_key(&mut rules, |at| (self.rules[*at].priority, *at));
        rules
    }
}

fn next_revision(last: u32, entry: &TaskDefinition) -> u32 {
    let next = last.saturating_add(1);
    entry
        .revision
        .filter(|stated| *stated > next)
        .unwrap_or(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_survive_a_round_trip() {
        let text = r#"{"stowplan":1,"name":"x","alarms":[{"AlarmName":"a"}],"network":{"vpc":{"a":1}},
            "services":[{"serviceName":"s","tags":[{"key":"k","value":"v"}]}],
            "containerInstances":[{"ec2InstanceId":"i","instanceType":"m5.large","availabilityZone":"z","containerInstanceArn":"arn","attributes":[{"name":"a","targetType":"t"}]}]}"#;
        let design = Design::read(text).unwrap();
        let again: serde_json::Value = serde_json::from_str(&design.write()).unwrap();
        assert_eq!(again["alarms"][0]["AlarmName"], "a");
        assert_eq!(again["network"]["vpc"]["a"], 1);
        assert_eq!(again["services"][0]["tags"][0]["key"], "k");
        let host = &again["containerInstances"][0];
        assert_eq!(host["containerInstanceArn"], "arn");
        assert_eq!(host["attributes"][0]["targetType"], "t");
        assert_eq!(Design::read(&design.write()).unwrap(), design);
    }

    #[test]
    fn an_unknown_version_is_refused_with_its_place() {
        let error = Design::read("{\n  \"stowplan\": 9}").unwrap_err();
        assert_eq!((error.place.line, error.pointer.as_str()), (2, "/stowplan"));
    }

    #[test]
    fn revisions_count_on_from_stated_numbers() {
        let text = r#"{"stowplan":1,"taskDefinitions":[
            {"family":"a","revision":7,"containerDefinitions":[]},
            {"family":"b","containerDefinitions":[]},
            {"family":"a","containerDefinitions":[]}]}"#;
        let design = Design::read(text).unwrap();
        let of_a: Vec<_> = design
            .revisions("a")
            .map(|(number, at, _)| (number, at))
            .collect();
        assert_eq!(of_a, [(7, 0), (8, 2)]);
    }
}
