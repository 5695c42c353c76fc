//! Hosts: what they register, their attributes and whether anything may be placed on them.

use super::{Compiler, place};
use crate::design::{ContainerInstance, HostAttribute};
use crate::id::ZoneIx;
use crate::model::capabilities::{Given, TRUNK_ID, attributes};
use crate::model::{
    AVAILABILITY_ZONE, Architecture, Attributes, Instance, InstanceType, Model, Problem,
};
use crate::query::parse_moment;
use crate::taskdef::{Protocol, ReservedPort};
use crate::units::Resources;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Host ports that the agent and SSH keep on every Linux host (ecs.md 2.5, by the agent's code;
/// the API's text has 51680 as well).
const AGENT_PORTS: [u16; 5] = [22, 2375, 2376, 51678, 51679];

/// The subnet of a host.
const SUBNET_ID: &str = "ecs.subnet-id";

/// Host ports that a Windows host keeps, for TCP (ecs.md 2.5, by the agent's code).
const WINDOWS_PORTS: [u16; 11] = [
    53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 51678, 51679,
];

/// The agent that a host has whose document does not say: the version that our reference is of.
const AGENT_VERSION: &str = "1.105.1";

/// Statuses that a document may give a host: the others are those of a host that is not there.
const STATUSES: &[&str] = &["ACTIVE", "DRAINING"];

/// Longest name and value of an attribute (ecs.md 2.9).
const ATTRIBUTE_CHARS_MAX: usize = 128;

impl Compiler<'_> {
    pub(super) fn instances(&mut self) {
        let mut names = BTreeSet::new();
        let trunking = self.design.account_setting("awsvpcTrunking");
        let trunking = trunking.is_some_and(|value| value.eq_ignore_ascii_case("enabled"));
        self.model.trunking = trunking;
        for (at, host) in self.design.container_instances.iter().enumerate() {
            let pointer = format!("/containerInstances/{at}");
            let name = host.ec2_instance_id.clone();
            if !names.insert(name.clone()) {
                let problem = Problem::DuplicateName { name };
                self.find(format!("{pointer}/ec2InstanceId"), problem);
                continue;
            }
            match self.instance(host, trunking, &pointer) {
                Some(instance) => {
                    let known = &mut self.names.instances;
                    place(&mut self.model.instances, known, name, instance);
                }
                None => self.keep_instance(&name),
            }
        }
    }

    fn instance(
        &mut self,
        host: &ContainerInstance,
        account_trunks: bool,
        pointer: &str,
    ) -> Option<Instance> {
        let cluster = self.known_cluster(host.cluster.as_ref(), format!("{pointer}/cluster"));
        let known = self.model.instance_type(&host.instance_type).cloned();
        let stated = host.attributes();
        let has_trunk = stated.iter().any(|(name, _)| *name == TRUNK_ID);
        let supports = known.as_ref().is_some_and(|it| it.trunk_tasks.is_some());
        let trunking = has_trunk || (account_trunks && supports);
        let registered = self.registered(host, known.as_ref(), trunking, pointer);
        let draining = self.draining(host, pointer);
        let registered_at = self.registered_at(host, pointer);
        self.check_lists(host, pointer);
        let given = Given {
            zone: &host.availability_zone,
            instance_type: &host.instance_type,
            architecture: known.map_or(Architecture::X86, |known| known.architecture),
            gpus: registered.map_or(0, |registered| registered.gpus),
            trunking,
        };
        let attributes = self.attributes_of(&stated, &given);
        let zone = self.names.zones.get(&host.availability_zone);
        let zone = ZoneIx::from_at(*zone.expect("zones() lists the zones of all hosts"));
        Some(Instance {
            name: host.ec2_instance_id.clone(),
            cluster: cluster?,
            zone,
            instance_type: host.instance_type.clone(),
            registered: registered?,
            reserved_ports: reserved_ports(host),
            attributes,
            agent_version: host.agent_version().unwrap_or(AGENT_VERSION).to_string(),
            registered_at,
            draining: draining?,
            agent_connected: host.agent_connected.unwrap_or(true),
            present: true,
        })
    }

    /// A host that ran until now goes on as it was while the document is at fault about it.
    fn keep_instance(&mut self, name: &str) {
        let Some(at) = self.names.instances.get(name) else {
            return;
        };
        let before = self.before.and_then(|before| before.instances.get(*at));
        self.model.instances[*at].present = before.is_some_and(|host| host.present);
    }

    /// What the document says a host registers, field by field, else what its type does.
    fn registered(
        &mut self,
        host: &ContainerInstance,
        known: Option<&InstanceType>,
        trunking: bool,
        pointer: &str,
    ) -> Option<Resources> {
        let of_type = known.map(|known| known.registers(trunking));
        let cpu = host
            .registered_cpu
            .or_else(|| host.registered_amount("CPU"));
        let cpu = cpu.or_else(|| of_type.map(|it| it.cpu.0));
        let memory = host
            .registered_memory
            .or_else(|| host.registered_amount("MEMORY"));
        let memory = memory.or_else(|| of_type.map(|it| it.memory.0));
        let gpus = host.registered_set("GPU");
        let gpus = gpus.map(|ids| u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let Some((cpu, memory)) = cpu.zip(memory) else {
            let name = host.instance_type.clone();
            let problem = Problem::UnknownInstanceType { name };
            self.find(format!("{pointer}/instanceType"), problem);
            return None;
        };
        Some(Resources {
            interfaces: of_type.map_or(u32::MAX, |it| it.interfaces),
            gpus: gpus.unwrap_or_else(|| of_type.map_or(0, |it| it.gpus)),
            ..Resources::new(cpu, memory)
        })
    }

    fn draining(&mut self, host: &ContainerInstance, pointer: &str) -> Option<bool> {
        let status = host.status.as_deref().unwrap_or("ACTIVE");
        if STATUSES.contains(&status) {
            return Some(status == "DRAINING");
        }
        let word = status.to_string();
        let known = STATUSES;
        self.find(
            format!("{pointer}/status"),
            Problem::UnknownWord { word, known },
        );
        None
    }

    fn registered_at(&mut self, host: &ContainerInstance, pointer: &str) -> Option<i64> {
        let written = host.registered_at()?;
        let moment = match written {
            Value::String(text) => parse_moment(text),
            // The AWS CLI prints seconds with a fraction.
            Value::Number(seconds) => seconds.as_i64().or_else(|| {
                let seconds = seconds.as_f64()?;
                (seconds.abs() < 1e12).then_some(seconds as i64)
            }),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        if moment.is_none() {
            let text = written.to_string();
            self.find(
                format!("{pointer}/registeredAt"),
                Problem::BadMoment { text },
            );
        }
        moment
    }

    /// Lists of another shape than AWS's are left alone, so they must be told of.
    fn check_lists(&mut self, host: &ContainerInstance, pointer: &str) {
        for (at, name, value) in self.attribute_items(host, pointer) {
            if !is_name(name) || value.is_some_and(|value| !is_value(value)) {
                let value = value.map(|value| format!("={value}")).unwrap_or_default();
                let text = format!("{name}{value}");
                let pointer = format!("{pointer}/attributes/{at}");
                self.find(pointer, Problem::BadAttribute { text });
            }
        }
        let resources = host.extra.get("registeredResources");
        if resources.is_some_and(|it| !it.is_array()) {
            let expected = "a list of resources with name and integerValue or stringSetValue";
            let pointer = format!("{pointer}/registeredResources");
            self.find(pointer, Problem::WrongShape { expected });
        }
    }

    /// The attributes with their places; what is none is told of.
    fn attribute_items<'h>(
        &mut self,
        host: &'h ContainerInstance,
        pointer: &str,
    ) -> Vec<(usize, &'h str, Option<&'h str>)> {
        let expected = "a list of attributes with name and value";
        let Some(written) = host.extra.get("attributes") else {
            return Vec::new();
        };
        let Some(list) = written.as_array() else {
            let pointer = format!("{pointer}/attributes");
            self.find(pointer, Problem::WrongShape { expected });
            return Vec::new();
        };
        let mut items = Vec::new();
        for (at, one) in list.iter().enumerate() {
            let value = one.get("value").filter(|value| !value.is_null());
            let is_text = value.is_none_or(Value::is_string);
            match one.get("name").and_then(Value::as_str).filter(|_| is_text) {
                Some(name) => items.push((at, name, value.and_then(Value::as_str))),
                None => {
                    let pointer = format!("{pointer}/attributes/{at}");
                    self.find(pointer, Problem::WrongShape { expected });
                }
            }
        }
        items
    }

    fn attributes_of(&self, stated: &[HostAttribute<'_>], given: &Given<'_>) -> Attributes {
        let mut all = attributes(given, stated);
        let vpc = self.design.network.extra.get("vpc");
        let vpc = vpc.and_then(|vpc| vpc.get("VpcId")).and_then(Value::as_str);
        if let Some(vpc) = vpc {
            let vpc = Some(String::from(vpc));
            all.entry("ecs.vpc-id".to_string()).or_insert(vpc);
        }
        let subnets = &self.design.network.subnets;
        let mut subnets = subnets
            .iter()
            .filter(|subnet| subnet.availability_zone == given.zone);
        // Where a zone has several subnets, which of them the host stands in is its own to say.
        if let (Some(subnet), None) = (subnets.next(), subnets.next()) {
            let subnet = Some(subnet.subnet_id.clone());
            all.entry(SUBNET_ID.to_string()).or_insert(subnet);
        }
        all
    }
}

/// A host of type `known` in `zone` that is not in the document: as `pattern`, a host of the same
/// type, where there is one.
#[must_use]
pub fn host_of_type(
    model: &Model,
    known: &InstanceType,
    zone: ZoneIx,
    pattern: Option<&Instance>,
) -> Instance {
    let name = &model.zones[zone.at()];
    let registered = known.registers(model.trunking);
    let attributes = match pattern {
        Some(pattern) => {
            let mut attributes = pattern.attributes.clone();
            let here = Some(name.clone());
            if attributes.insert(AVAILABILITY_ZONE.to_string(), here.clone()) != Some(here) {
                // Another zone has another subnet.
                attributes.remove(SUBNET_ID);
            }
            attributes
        }
        None => attributes(
            &Given {
                zone: name,
                instance_type: &known.name,
                architecture: known.architecture,
                gpus: known.gpus,
                trunking: false,
            },
            &[],
        ),
    };
    let like = |of: fn(&Instance) -> Resources| pattern.map_or(registered, of);
    Instance {
        name: String::new(),
        cluster: pattern.map(|it| it.cluster.clone()).unwrap_or_default(),
        zone,
        instance_type: known.name.to_string(),
        registered: like(|it| it.registered),
        reserved_ports: reserved_ports(&ContainerInstance::default()),
        attributes,
        agent_version: AGENT_VERSION.to_string(),
        registered_at: None,
        draining: false,
        agent_connected: true,
        present: true,
    }
}

/// The ports that the document has the host reserve, else the agent's and SSH's.
fn reserved_ports(host: &ContainerInstance) -> BTreeSet<ReservedPort> {
    let listed = |name: &str, protocol: Protocol| {
        let ports = host.registered_set(name)?.into_iter();
        let ports = ports.filter_map(|port| port.parse().ok());
        let ports = ports.map(move |port| ReservedPort { protocol, port });
        Some(ports.collect::<Vec<ReservedPort>>())
    };
    let is_windows = host
        .attributes()
        .contains(&("ecs.os-type", Some("windows")));
    let of_agent: &[u16] = if is_windows {
        &WINDOWS_PORTS
    } else {
        &AGENT_PORTS
    };
    let of_agent = of_agent.iter().map(|port| ReservedPort {
        protocol: Protocol::Tcp,
        port: *port,
    });
    let mut ports = BTreeSet::new();
    match listed("PORTS", Protocol::Tcp) {
        Some(listed) => ports.extend(listed),
        None => ports.extend(of_agent),
    }
    ports.extend(listed("PORTS_UDP", Protocol::Udp).into_iter().flatten());
    ports
}

/// Letters, digits and `- _ / \\ .`, 1 to 128 of them (ecs.md 2.9).
fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    let is_of_it = |letter: char| letter.is_ascii_alphanumeric() || "-_/\\.".contains(letter);
    (1..=ATTRIBUTE_CHARS_MAX).contains(&length) && name.chars().all(is_of_it)
}

/// As a name, and `@ :` and space, no space at either end (ecs.md 2.9). What ECS itself states may
/// be empty.
fn is_value(value: &str) -> bool {
    let is_of_it = |letter: char| letter.is_ascii_alphanumeric() || "-_/\\.@: ".contains(letter);
    value.chars().count() <= ATTRIBUTE_CHARS_MAX
        && value.trim() == value
        && value.chars().all(is_of_it)
}
