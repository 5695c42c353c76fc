//! Hosts as DescribeContainerInstances prints them.
//!
//! What placement asks of lists that are kept as they are written, here and in a service, is read
//! by the functions below: a value of another shape than AWS's is left alone and told of when the
//! design is compiled. (A type of its own for each would cost the page several KiB.)

use super::{Design, Service};
use crate::taskdef::Extra;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A container instance: an EC2 host that runs the ECS agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerInstance {
    /// Id, `i-…`.
    pub ec2_instance_id: String,
    /// Instance type, such as `m5.large`.
    pub instance_type: String,
    /// Zone that it stands in.
    pub availability_zone: String,
    /// Cluster it registers to; absent means the first of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// CPU units that it registers, where they differ from the type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_cpu: Option<u32>,
    /// MiB that it registers, where they differ from what we infer from the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_memory: Option<u32>,
    /// `ACTIVE` (the default) or `DRAINING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether its agent is connected; absent means it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_connected: Option<bool>,
    /// Every other field, kept: `attributes`, `registeredResources`, `registeredAt`,
    /// `versionInfo` and what placement does not ask for.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An attribute of a host (API:Attribute): its name, and its value where it has one.
pub type HostAttribute<'a> = (&'a str, Option<&'a str>);

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl ContainerInstance {
    /// The attributes that the document states; those that every agent states are not among them.
    #[must_use]
    pub fn attributes(&self) -> Vec<HostAttribute<'_>> {
        let all = list(self.extra.get("attributes")).iter();
        all.filter_map(|one| {
            let name = one.get("name")?.as_str()?;
            Some((name, one.get("value").and_then(Value::as_str)))
        })
        .collect()
    }

    /// The amount of a resource that is counted, `CPU` or `MEMORY`, among `registeredResources`.
    #[must_use]
    pub fn registered_amount(&self, name: &str) -> Option<u32> {
        let amount = self.registered(name)?.get("integerValue")?.as_u64()?;
        u32::try_from(amount).ok()
    }

    /// The members of a resource that is a set: `PORTS`, `PORTS_UDP` or `GPU`.
    #[must_use]
    pub fn registered_set(&self, name: &str) -> Option<Vec<&str>> {
        let set = self.registered(name)?.get("stringSetValue")?.as_array()?;
        Some(set.iter().filter_map(Value::as_str).collect())
    }

    fn registered(&self, name: &str) -> Option<&Value> {
        let mut all = list(self.extra.get("registeredResources")).iter();
        all.find(|one| one.get("name").and_then(Value::as_str) == Some(name))
    }

    /// The version of its agent, such as `1.105.1`.
    #[must_use]
    pub fn agent_version(&self) -> Option<&str> {
        self.extra.get("versionInfo")?.get("agentVersion")?.as_str()
    }

    /// When it registered, as it is written: ISO text or seconds since 1970.
    #[must_use]
    pub fn registered_at(&self) -> Option<&Value> {
        self.extra.get("registeredAt").filter(|it| !it.is_null())
    }
}

impl Service {
    /// The subnets of its `awsvpcConfiguration` by id: the interfaces of its tasks are made there.
    #[must_use]
    pub fn subnets(&self) -> Vec<&str> {
        let network = self.extra.get("networkConfiguration");
        let awsvpc = network.and_then(|network| network.get("awsvpcConfiguration"));
        let subnets = list(awsvpc.and_then(|awsvpc| awsvpc.get("subnets")));
        subnets.iter().filter_map(Value::as_str).collect()
    }
}

impl Design {
    /// The value of a setting of the account (`accountSettings`, as ListAccountSettings prints).
    #[must_use]
    pub fn account_setting(&self, name: &str) -> Option<&str> {
        let mut all = list(self.extra.get("accountSettings")).iter();
        let found = all.find(|one| one.get("name").and_then(Value::as_str) == Some(name));
        found?.get("value")?.as_str()
    }

    /// The instance types that the document brings along (`instanceTypes`, as
    /// DescribeInstanceTypes prints them).
    #[must_use]
    pub fn instance_types(&self) -> &[Value] {
        list(self.extra.get("instanceTypes"))
    }
}
