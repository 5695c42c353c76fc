//! The room on hosts as the control plane sees it: a task desired STOPPED costs nothing, even
//! while its containers still run (ecs.md 2.4).

use crate::control::state::{ControlState, InstanceStatus};
use crate::id::{InstanceIx, TaskDefinitionIx};
use crate::model::Model;
use crate::taskdef::{Protocol, ReservedPort};
use crate::units::Resources;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// Host ports that the agent and SSH keep on every Linux host (ecs.md 2.5).
const AGENT_PORTS: [u16; 5] = [22, 2375, 2376, 51678, 51679];

/// What is free on each host, kept up to date while one decision places several tasks.
#[derive(Clone, Debug)]
pub(in crate::control) struct Room {
    hosts: Vec<HostRoom>,
}

/// What is free on one host.
#[derive(Clone, Debug)]
pub(in crate::control) struct HostRoom {
    pub(super) instance: InstanceIx,
    pub(super) active: bool,
    pub(super) free: Resources,
    pub(super) ports: BTreeSet<ReservedPort>,
    cluster: String,
}

impl Room {
    /// The room that `state` leaves on the hosts of `model`.
    pub(in crate::control) fn of(model: &Model, state: &ControlState) -> Self {
        let hosts = model.present_instances().map(|(instance, host)| {
            let known = state.instances.get(&instance);
            let agent = AGENT_PORTS.map(|port| ReservedPort {
                protocol: Protocol::Tcp,
                port,
            });
            let mut ports = BTreeSet::from(agent);
            ports.extend(known.iter().flat_map(|known| &known.ports).copied());
            HostRoom {
                instance,
                active: known.is_some_and(|known| known.status == InstanceStatus::Active),
                free: host.registered - known.map(|known| known.reserved).unwrap_or_default(),
                ports,
                cluster: host.cluster.clone(),
            }
        });
        Self {
            hosts: hosts.collect(),
        }
    }

    /// The hosts of a cluster, by index.
    pub(super) fn hosts_of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a HostRoom> {
        self.hosts
            .iter()
            .filter(move |host| host.cluster == cluster)
    }

    /// Takes what a task of `definition` needs on `instance`.
    pub(in crate::control) fn take(
        &mut self,
        model: &Model,
        instance: InstanceIx,
        definition: TaskDefinitionIx,
    ) {
        let definition = model.definition(definition);
        let host = self.hosts.iter_mut().find(|host| host.instance == instance);
        let host = host.expect("a task is placed on a host of the model");
        host.free -= definition.reserved;
        host.ports.extend(definition.static_ports.iter().copied());
    }

    /// Gives back what a task of `definition` held on `instance`, if that host is still there.
    pub(in crate::control) fn give(
        &mut self,
        instance: InstanceIx,
        reserved: Resources,
        ports: &[ReservedPort],
    ) {
        if let Some(host) = self.hosts.iter_mut().find(|host| host.instance == instance) {
            host.free += reserved;
            for port in ports {
                host.ports.remove(port);
            }
        }
    }
}
