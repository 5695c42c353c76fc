//! What is registered with Cloud Map, and what DNS answers (service discovery in the ECS developer
//! guide).

use super::{ContainerHealth, ControlState, Task};
use crate::draw::{Stream, draw};
use crate::id::{InstanceIx, RegistryIx, ServiceIx, TaskId};
use crate::model::{Model, RECORDS_ANSWERED_MAX, RoutingPolicy, ServiceRegistry};
use crate::time::Instant;
use alloc::vec::Vec;

/// A task as Cloud Map knows it: an instance, in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The task, which may be gone.
    pub task: TaskId,
    /// Its service.
    pub service: ServiceIx,
    /// Its host, whose address or that of the task's own interface is registered.
    pub instance: InstanceIx,
    /// The port, where one is registered.
    pub port: Option<u16>,
    /// Whether it counts as healthy.
    pub healthy: bool,
    /// Since when it is registered.
    pub registered_at: Instant,
    /// Whether its task ended with its service, and nobody took the record away.
    pub left_behind: bool,
}

impl ControlState {
    /// The registry that a task registers with: that of its deployment.
    #[must_use]
    pub fn registry_of(&self, task: &Task) -> Option<&ServiceRegistry> {
        let service = self.services.get(&task.service)?;
        service.deployment(task.deployment)?.registry.as_ref()
    }

    /// All records of a registry, by task.
    pub fn records_of(&self, registry: RegistryIx) -> impl Iterator<Item = &Record> {
        let records = self.records.get(&registry);
        records.into_iter().flat_map(|records| records.values())
    }

    /// The records that DNS answers from: the healthy ones, and all of them while none is healthy.
    #[must_use]
    pub fn lookup(&self, registry: RegistryIx) -> Vec<Record> {
        let healthy = self.records_of(registry).filter(|it| it.healthy);
        let healthy: Vec<Record> = healthy.copied().collect();
        if healthy.is_empty() {
            return self.records_of(registry).copied().collect();
        }
        healthy
    }

    /// What DNS answers to query number `query`: up to [`RECORDS_ANSWERED_MAX`] of them at random,
    /// one where the registry is WEIGHTED.
    #[must_use]
    pub fn dns_answer(&self, model: &Model, registry: RegistryIx, query: u64) -> Vec<Record> {
        let most = match model.registry(registry).routing {
            RoutingPolicy::Multivalue => RECORDS_ANSWERED_MAX,
            RoutingPolicy::Weighted => 1,
        };
        let mut records = self.lookup(registry);
        let number = |record: &Record| (record.task.0 as u64) ^ query.rotate_left(32);
        crate::sort::sort_by_key(&mut records, |record| {
            let drawn = draw(self.seed, Stream::DnsAnswer, number(record));
            (drawn, record.task)
        });
        records.truncate(most);
        records
    }
}

/// Whether ECS tells Cloud Map that a task is healthy: by its container health checks, where it
/// has any and Cloud Map is told at all.
#[must_use]
pub(in crate::control) fn is_record_healthy(
    model: &Model,
    registry: RegistryIx,
    task: &Task,
) -> bool {
    let is_checked = model.definition(task.task_definition).has_health_check;
    !model.registry(registry).has_health
        || !is_checked
        || task.container_health == ContainerHealth::Healthy
}
