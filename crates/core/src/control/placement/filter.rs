//! Filters: what a host must have (ecs.md 2.1, steps 1 and 2).

use super::room::HostRoom;
use super::score::Spread;
use crate::id::{ServiceIx, TaskDefinitionIx};
use crate::model::Model;
use crate::taskdef::ReservedPort;

/// Why a host does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is gone or has not registered yet.
    NotActive,
    /// Its CPU is reserved.
    InsufficientCpu {
        /// CPU units missing.
        short: u32,
    },
    /// Its memory is reserved.
    InsufficientMemory {
        /// MiB missing.
        short: u32,
    },
    /// A task holds the host port.
    PortInUse {
        /// The port.
        port: ReservedPort,
    },
    /// It already runs a task of the service, which wants distinct hosts.
    NotDistinct,
}

/// The filters that the host fails, in ECS's order.
pub(super) fn failed(
    model: &Model,
    spread: &Spread,
    host: &HostRoom,
    service: ServiceIx,
    task_definition: TaskDefinitionIx,
) -> impl Iterator<Item = Verdict> {
    let definition = model.definition(task_definition);
    let need = definition.reserved;
    let inactive = (!host.active).then_some(Verdict::NotActive);
    let short = need.cpu.0.saturating_sub(host.free.cpu.0);
    let cpu = (short > 0).then_some(Verdict::InsufficientCpu { short });
    let short = need.memory.0.saturating_sub(host.free.memory.0);
    let memory = (short > 0).then_some(Verdict::InsufficientMemory { short });
    let taken = definition
        .static_ports
        .iter()
        .find(|port| host.ports.contains(*port));
    let port = taken.map(|port| Verdict::PortInUse { port: *port });
    let occupied =
        model.service(service).distinct_instance && spread.on_instance(host.instance) > 0;
    let distinct = occupied.then_some(Verdict::NotDistinct);
    [inactive, cpu, memory, port, distinct]
        .into_iter()
        .flatten()
}
