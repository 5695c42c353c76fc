//! Ports that an agent publishes on its host (ecs.md 2.5).

use crate::control::NetworkBinding;
use crate::draw::{Stream, draw_below};
use crate::id::{InstanceIx, TaskId};
use crate::sim::world::World;
use crate::taskdef::{NetworkMode, TaskDefinition};
use alloc::vec::Vec;

/// First and last port of Linux's usual ephemeral range, from which agents take dynamic host
/// ports (ecs.md 2.5).
const DYNAMIC_PORTS: (u16, u16) = (32768, 60999);

impl World {
    /// Published ports: fixed ones as written, dynamic ones drawn from the ephemeral range.
    pub(super) fn bindings(
        &self,
        task: TaskId,
        instance: InstanceIx,
        document: &TaskDefinition,
    ) -> Vec<NetworkBinding> {
        let dynamic = document.network_mode() == NetworkMode::Bridge;
        let taken = self
            .control
            .tasks_on(instance)
            .flat_map(|(_, task)| &task.bindings);
        let mut taken: Vec<u16> = taken.map(|binding| binding.host_port).collect();
        let mut bindings = Vec::new();
        for container in &document.container_definitions {
            for mapping in container.ports() {
                let Some(container_port) = mapping.container_port else {
                    continue;
                };
                let fixed = mapping.host_port.filter(|port| *port > 0);
                let host_port = match fixed {
                    Some(port) => port,
                    None if dynamic => self.dynamic_port(task, bindings.len(), &taken),
                    None => container_port,
                };
                taken.push(host_port);
                let container_name = container.name.clone();
                let protocol = mapping.protocol.unwrap_or_default();
                let binding = NetworkBinding {
                    container_name,
                    container_port,
                    host_port,
                    protocol,
                };
                bindings.push(binding);
            }
        }
        bindings
    }

    fn dynamic_port(&self, task: TaskId, nth: usize, taken: &[u16]) -> u16 {
        let (first, last) = DYNAMIC_PORTS;
        let span = u64::from(last - first) + 1;
        let number = (task.0 >> 64) as u64 ^ nth as u64;
        let start = draw_below(self.control.seed, Stream::HostPort, number, span);
        let ports = (0..span).map(|step| first + ((start + step) % span) as u16);
        ports
            .into_iter()
            .find(|port| !taken.contains(port))
            .unwrap_or(first)
    }
}
