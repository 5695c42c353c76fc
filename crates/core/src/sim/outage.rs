//! What happens to hosts as a whole: their connection, their power, their zone
//! (ecs.md 3.11, 3.12 and 4).
//!
//! An agent that has lost ECS goes on with what it has; nothing it sees is told and no order
//! reaches it until it is back. Load balancers do not ask agents: they go on checking.

use super::host::{Order, Power};
use super::world::{Due, World};
use crate::control::{HostLoss, InstanceStatus, Observation};
use crate::id::{InstanceIx, TaskId, ZoneIx};
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What becomes of the hosts of a zone that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ZoneHosts {
    /// They stop; they are started again when the zone recovers.
    #[default]
    Stopped,
    /// They run on, but neither ECS nor a load balancer reaches them.
    Unreachable,
}

/// A zone that has failed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ZoneOutage {
    hosts: ZoneHosts,
    /// Hosts that failed with it.
    failed: Vec<InstanceIx>,
    /// Hosts that were to register meanwhile.
    late: Vec<InstanceIx>,
    /// Hosts that were booting again meanwhile.
    booting: Vec<InstanceIx>,
}

impl World {
    /// Changes what decides whether a host's agent is connected, and tells or does what follows.
    pub(super) fn reconnect(
        &mut self,
        instance: InstanceIx,
        change: impl FnOnce(&mut super::host::HostAgent),
        seen: &mut Vec<Observation>,
    ) {
        let before = self.is_connected(instance);
        change(self.host(instance));
        let connected = self.is_connected(instance);
        if before == connected {
            return;
        }
        seen.push(Observation::AgentConnectivityChanged {
            instance,
            connected,
        });
        if connected {
            let (told, orders) = self.host(instance).take_withheld();
            seen.extend(told);
            for order in orders {
                match order {
                    Order::Accept(task) => self.accepted(task, seen),
                    Order::Stop(task) => self.stop_containers(task),
                }
            }
        }
    }

    pub(super) fn instance_registers(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        let host = self.model.instance(instance);
        if !host.present {
            return;
        }
        let (zone, connected) = (host.zone, host.agent_connected);
        if let Some(outage) = self.zones_out.get_mut(&zone) {
            outage.late.push(instance);
            return;
        }
        self.host(instance).disconnected = !connected;
        seen.push(Observation::InstanceRegistered { instance });
    }

    /// The tasks that its agent has on a host, in the order of their ids.
    pub(super) fn agents_on(&self, instance: InstanceIx) -> Vec<TaskId> {
        let agents = self.agents.iter();
        let there = agents.filter(|(_, agent)| agent.instance == instance);
        there.map(|(task, _)| *task).collect()
    }

    /// The host is gone for good, with everything on it.
    pub(super) fn lose_instance(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        self.lose(instance, HostLoss::Terminated, seen);
        self.hosts.remove(&instance);
        self.host(instance).power = Power::Gone;
    }

    /// The host runs on, but what runs there is no longer ECS's.
    pub(super) fn orphan_instance(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        self.lose(instance, HostLoss::Deregistered, seen);
        self.hosts.remove(&instance);
    }

    fn lose(&mut self, instance: InstanceIx, loss: HostLoss, seen: &mut Vec<Observation>) {
        self.agents.retain(|_, agent| agent.instance != instance);
        seen.push(Observation::InstanceLost { instance, loss });
    }

    pub(super) fn stop_instance(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        self.lose(instance, HostLoss::Stopped, seen);
        let host = self.host(instance);
        host.power = Power::Off;
        host.empty();
    }

    /// The stopped host boots; its agent connects when that is done.
    pub(super) fn start_instance(&mut self, instance: InstanceIx) {
        let boot = self.model.settings.instance_boot;
        self.due_in(boot, Due::InstanceStarted(instance));
    }

    pub(super) fn instance_started(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        if self.power(instance) != Power::Off {
            return;
        }
        let zone = self.model.instance(instance).zone;
        match self.zones_out.get_mut(&zone) {
            Some(outage) => outage.booting.push(instance),
            None => self.reconnect(instance, |host| host.power = Power::On, seen),
        }
    }

    /// EC2 takes a Spot instance back, two minutes after its notice.
    pub(super) fn spot_notice(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        let status = InstanceStatus::Draining;
        if self.agent_config(instance).spot_draining {
            let request = Observation::InstanceStatusRequested { instance, status };
            self.report(instance, request, seen);
        }
        let notice = self.model.settings.spot_notice;
        self.due_in(notice, Due::SpotReclaimed(instance));
    }

    pub(super) fn spot_reclaimed(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        if self.is_there(instance) && self.power(instance) != Power::Gone {
            self.lose_instance(instance, seen);
        }
    }

    pub(super) fn power(&self, instance: InstanceIx) -> Power {
        self.hosts
            .get(&instance)
            .map_or(Power::On, |host| host.power)
    }

    pub(super) fn is_zone_out(&self, instance: InstanceIx) -> bool {
        let zone = self.model.instance(instance).zone;
        self.zones_out.contains_key(&zone)
    }

    pub(super) fn fail_zone(
        &mut self,
        zone: ZoneIx,
        hosts: ZoneHosts,
        seen: &mut Vec<Observation>,
    ) {
        let all = self.model.present_instances();
        let in_zone = all.filter(|(_, host)| host.zone == zone);
        let in_zone: Vec<InstanceIx> = in_zone.map(|(at, _)| at).collect();
        let there = in_zone.into_iter();
        let failed: Vec<InstanceIx> = there
            .filter(|at| self.is_there(*at) && self.power(*at) == Power::On)
            .collect();
        for instance in &failed {
            match hosts {
                ZoneHosts::Stopped => self.stop_instance(*instance, seen),
                ZoneHosts::Unreachable => {
                    self.reconnect(*instance, |host| host.unreachable = true, seen);
                    self.recheck_host(*instance);
                }
            }
        }
        let outage = ZoneOutage {
            hosts,
            failed,
            late: Vec::new(),
            booting: Vec::new(),
        };
        self.zones_out.insert(zone, outage);
    }

    pub(super) fn recover_zone(&mut self, zone: ZoneIx, seen: &mut Vec<Observation>) {
        let Some(outage) = self.zones_out.remove(&zone) else {
            return;
        };
        let boot = self.model.settings.instance_boot;
        for instance in outage.late {
            self.due_in(boot, Due::InstanceRegisters(instance));
        }
        for instance in outage.booting {
            self.start_instance(instance);
        }
        for instance in outage.failed {
            match outage.hosts {
                ZoneHosts::Stopped => self.start_instance(instance),
                ZoneHosts::Unreachable => {
                    self.reconnect(instance, |host| host.unreachable = false, seen);
                    self.recheck_host(instance);
                }
            }
        }
    }

    /// Load balancers see every task of the host otherwise than before.
    fn recheck_host(&mut self, instance: InstanceIx) {
        for task in self.agents_on(instance) {
            self.recheck(task);
        }
    }

    /// A host that the document no longer has is gone; one that is new boots; one whose agent it
    /// has disconnected is so.
    pub(super) fn hosts_edited(
        &mut self,
        before: &crate::model::Model,
        seen: &mut Vec<Observation>,
    ) {
        let model = Arc::clone(&self.model);
        for (at, host) in model.instances.iter().enumerate() {
            let instance = InstanceIx::from_at(at);
            let former = before.instances.get(at).filter(|host| host.present);
            match (former, host.present) {
                (None, true) => {
                    self.hosts.remove(&instance);
                    let boot = self.model.settings.instance_boot;
                    self.due_in(boot, Due::InstanceRegisters(instance));
                }
                (Some(_), false) if self.is_there(instance) => self.lose_instance(instance, seen),
                (Some(former), true) if former.agent_connected != host.agent_connected => {
                    let disconnected = !host.agent_connected;
                    self.reconnect(instance, |it| it.disconnected = disconnected, seen);
                }
                (None | Some(_), _) => {}
            }
        }
    }
}
