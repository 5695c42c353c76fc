//! Addresses of the parts of a design: what is selected, removed, complained about.

use super::Design;
use crate::taskdef::revision_name;
use alloc::format;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// A part of the document, by the name it has there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// An availability zone, by name.
    Zone(String),
    /// A cluster, by name.
    Cluster(String),
    /// A container instance, by `ec2InstanceId`.
    ContainerInstance(String),
    /// A task definition, by `family:revision`.
    TaskDefinition(String),
    /// A service, by name.
    Service(String),
    /// A load balancer, by name.
    LoadBalancer(String),
    /// A listener, by `load-balancer:port`.
    Listener(String),
    /// A rule, by listener and priority.
    Rule(String, u32),
    /// A target group, by name.
    TargetGroup(String),
}

impl Part {
    /// Where the part stands in `design`, as a JSON pointer; `None` if it is not there. A zone is
    /// its first subnet, or the first host that names it.
    #[must_use]
    pub fn pointer(&self, design: &Design) -> Option<String> {
        let (list, at) = match self {
            Self::Zone(name) => {
                let mut subnets = design.network.subnets.iter();
                let mut hosts = design.container_instances.iter();
                let subnet = subnets.position(|subnet| subnet.availability_zone == *name);
                let mut host = || hosts.position(|host| host.availability_zone == *name);
                match subnet {
                    Some(at) => ("network/subnets", Some(at)),
                    None => ("containerInstances", host()),
                }
            }
            Self::Cluster(name) => {
                let mut clusters = design.clusters.iter();
                (
                    "clusters",
                    clusters.position(|cluster| cluster.cluster_name == *name),
                )
            }
            Self::ContainerInstance(id) => {
                let mut hosts = design.container_instances.iter();
                (
                    "containerInstances",
                    hosts.position(|host| host.ec2_instance_id == *id),
                )
            }
            Self::TaskDefinition(name) => ("taskDefinitions", task_definition_at(design, name)),
            Self::Service(name) => {
                let mut services = design.services.iter();
                (
                    "services",
                    services.position(|service| service.service_name == *name),
                )
            }
            Self::LoadBalancer(name) => {
                let mut balancers = design.load_balancers.iter();
                (
                    "loadBalancers",
                    balancers.position(|balancer| balancer.name == *name),
                )
            }
            Self::Listener(name) => {
                let mut listeners = design.listeners.iter();
                (
                    "listeners",
                    listeners.position(|listener| listener.name() == *name),
                )
            }
            Self::Rule(listener, priority) => {
                let rules = design.rules_of(listener);
                let found = rules
                    .into_iter()
                    .find(|at| design.rules[*at].priority == *priority);
                ("rules", found)
            }
            Self::TargetGroup(name) => {
                let mut groups = design.target_groups.iter();
                ("targetGroups", groups.position(|group| group.name == *name))
            }
        };
        at.map(|at| format!("/{list}/{at}"))
    }

    /// Its name as people say it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Zone(name)
            | Self::Cluster(name)
            | Self::ContainerInstance(name)
            | Self::TaskDefinition(name)
            | Self::Service(name)
            | Self::LoadBalancer(name)
            | Self::Listener(name)
            | Self::TargetGroup(name) => name.to_string(),
            Self::Rule(listener, priority) => format!("{listener} rule {priority}"),
        }
    }

    /// What kind of thing it is, in AWS's words.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Zone(_) => "availability zone",
            Self::Cluster(_) => "cluster",
            Self::ContainerInstance(_) => "container instance",
            Self::TaskDefinition(_) => "task definition",
            Self::Service(_) => "service",
            Self::LoadBalancer(_) => "load balancer",
            Self::Listener(_) => "listener",
            Self::Rule(..) => "listener rule",
            Self::TargetGroup(_) => "target group",
        }
    }
}

/// The position of `family:revision` in the document's list.
fn task_definition_at(design: &Design, name: &str) -> Option<usize> {
    let family = name.rsplit_once(':').map_or(name, |(family, _)| family);
    let mut revisions = design.revisions(family);
    revisions
        .find(|(number, ..)| revision_name(family, *number) == name)
        .map(|(_, at, _)| at)
}
