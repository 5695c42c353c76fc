//! Inputs about hosts and zones.

use crate::control::{InstanceStatus, Observation};
use crate::id::InstanceIx;
use crate::sim::host::Power;
use crate::sim::outage::ZoneHosts;
use crate::sim::world::World;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl World {
    pub(super) fn terminate(
        &mut self,
        name: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_instance(name)?;
        if self.power(instance) == Power::Gone {
            return Err(format!("host `{name}` is terminated"));
        }
        self.lose_instance(instance, seen);
        Ok(())
    }

    pub(super) fn stop_host(
        &mut self,
        name: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_powered(name)?;
        self.stop_instance(instance, seen);
        Ok(())
    }

    pub(super) fn start_host(&mut self, name: &str) -> Result<(), String> {
        let instance = self.find_instance(name)?;
        match self.power(instance) {
            Power::On => Err(format!("host `{name}` runs")),
            Power::Gone => Err(format!("host `{name}` is terminated")),
            Power::Off if self.is_zone_out(instance) => Err(self.zone_is_out(instance)),
            Power::Off => {
                self.start_instance(instance);
                Ok(())
            }
        }
    }

    fn zone_is_out(&self, instance: InstanceIx) -> String {
        let zone = self.model.instance(instance).zone;
        format!("zone `{}` has failed", self.model.zones[zone.at()])
    }

    /// ECS lets nobody deregister a host with tasks but by force (ecs.md 3.12).
    pub(super) fn deregister(
        &mut self,
        name: &str,
        force: bool,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_instance(name)?;
        let known = self.control.instances.get(&instance);
        if !force && known.is_some_and(|known| !known.tasks.is_empty()) {
            return Err("InvalidParameterException: Found running tasks on the instance.".into());
        }
        self.orphan_instance(instance, seen);
        Ok(())
    }

    /// Only an ACTIVE host can be made DRAINING, and back (ecs.md 3.11).
    pub(super) fn request_status(
        &self,
        name: &str,
        status: InstanceStatus,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_instance(name)?;
        let known = self.control.instances.get(&instance);
        if known.is_some_and(|known| known.status == status) {
            return Err(format!("host `{name}` is {} already", status.name()));
        }
        seen.push(Observation::InstanceStatusRequested { instance, status });
        Ok(())
    }

    pub(super) fn connect_agent(
        &mut self,
        name: &str,
        connected: bool,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_powered(name)?;
        if self.host(instance).disconnected != connected {
            let is = if connected {
                "connected"
            } else {
                "disconnected"
            };
            return Err(format!("the agent of host `{name}` is {is} already"));
        }
        self.reconnect(instance, |host| host.disconnected = !connected, seen);
        Ok(())
    }

    pub(super) fn interrupt(
        &mut self,
        name: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let instance = self.find_powered(name)?;
        self.spot_notice(instance, seen);
        Ok(())
    }

    pub(super) fn zone_fails(
        &mut self,
        name: &str,
        hosts: ZoneHosts,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let zone = self.zone_named(name)?;
        if self.zones_out.contains_key(&zone) {
            return Err(format!("zone `{name}` has failed already"));
        }
        self.fail_zone(zone, hosts, seen);
        Ok(())
    }

    pub(super) fn zone_recovers(
        &mut self,
        name: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let zone = self.zone_named(name)?;
        if !self.zones_out.contains_key(&zone) {
            return Err(format!("zone `{name}` has not failed"));
        }
        self.recover_zone(zone, seen);
        Ok(())
    }
}
