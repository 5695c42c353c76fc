//! What an operator has done to the world, for whoever shows it or offers to undo it. ECS itself
//! does not tell any of this, so that it stands beside the control plane's state.

use super::host::Power;
use super::world::World;
use crate::id::{InstanceIx, ServiceIx, TaskId, ZoneIx};
use alloc::vec::Vec;

impl World {
    /// Hosts whose EC2 instance is stopped, in the order of their ids.
    #[must_use]
    pub fn stopped_hosts(&self) -> Vec<InstanceIx> {
        let hosts = self.hosts.iter();
        let off = hosts.filter(|(_, host)| host.power == Power::Off);
        off.map(|(at, _)| *at).collect()
    }

    /// Whether a zone has failed.
    #[must_use]
    pub fn is_zone_failed(&self, zone: ZoneIx) -> bool {
        self.zones_out.contains_key(&zone)
    }

    /// Whether health checks of this very task were made to fail.
    #[must_use]
    pub fn is_made_unhealthy(&self, task: TaskId) -> bool {
        self.agents.get(&task).is_some_and(|agent| {
            agent.fails_probes || agent.containers.iter().any(|it| it.fails_checks)
        })
    }

    /// Whether containers of a service were made to start slowly.
    #[must_use]
    pub fn is_made_slow(&self, service: ServiceIx) -> bool {
        let fault = self.faults.services.get(&service);
        fault.is_some_and(|fault| fault.startup.is_some())
    }

    /// Whether containers of a service were made to answer late or with errors.
    #[must_use]
    pub fn is_degraded(&self, service: ServiceIx) -> bool {
        let fault = self.faults.services.get(&service);
        fault.is_some_and(|fault| !fault.degraded.is_empty())
    }
}
