//! Folding what is registered with Cloud Map.

use super::Applier;
use crate::control::event::{EventKind, RecordChange};
use crate::control::state::{Record, is_record_healthy};
use crate::id::{RegistryIx, TaskId};
use crate::model::RegistryPort;
use alloc::sync::Arc;

impl Applier<'_> {
    pub(super) fn register_record(&mut self, id: TaskId, registry: RegistryIx) {
        let (model, now) = (self.model, self.now);
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let wanted = self.state.registry_of(task);
        let port = wanted
            .and_then(|it| it.port.as_ref())
            .map(|port| match port {
                RegistryPort::Container { name, port } => {
                    super::ordered::published_port(model, task, name, *port)
                }
                RegistryPort::Fixed(port) => *port,
            });
        let record = Record {
            task: id,
            service: task.service,
            instance: task.instance,
            port,
            healthy: is_record_healthy(model, registry, task),
            registered_at: now,
            left_behind: false,
        };
        let known = self.state.records.entry(registry).or_default();
        known.insert(id, record);
        self.note_record(id, Some(registry));
        self.say_record(&record, registry, RecordChange::Registered);
    }

    pub(super) fn record_health(&mut self, id: TaskId, registry: RegistryIx, healthy: bool) {
        if let Some(record) = self.record(id, registry) {
            record.healthy = healthy;
            let (record, change) = if healthy {
                (*record, RecordChange::Healthy)
            } else {
                (*record, RecordChange::Unhealthy)
            };
            self.say_record(&record, registry, change);
        }
    }

    pub(super) fn deregister_record(&mut self, id: TaskId, registry: RegistryIx) {
        let known = self.state.records.get_mut(&registry);
        let removed = known.and_then(|known| known.remove(&id));
        self.note_record(id, None);
        if let Some(record) = removed {
            self.say_record(&record, registry, RecordChange::Deregistered);
        }
        self.forget_registry_if_empty(registry);
    }

    pub(super) fn leave_record(&mut self, id: TaskId, registry: RegistryIx) {
        self.note_record(id, None);
        if let Some(record) = self.record(id, registry) {
            record.left_behind = true;
            let record = *record;
            self.say_record(&record, registry, RecordChange::LeftBehind);
        }
    }

    /// Somebody took away what was left behind.
    pub(super) fn records_removed(&mut self, registry: RegistryIx) {
        let left = self.state.records_of(registry).filter(|it| it.left_behind);
        let left: alloc::vec::Vec<TaskId> = left.map(|record| record.task).collect();
        for task in left {
            self.deregister_record(task, registry);
        }
    }

    fn record(&mut self, id: TaskId, registry: RegistryIx) -> Option<&mut Record> {
        self.state.records.get_mut(&registry)?.get_mut(&id)
    }

    fn note_record(&mut self, id: TaskId, registry: Option<RegistryIx>) {
        if let Some(task) = self.state.tasks.get_mut(&id) {
            Arc::make_mut(task).record = registry;
        }
    }

    fn forget_registry_if_empty(&mut self, registry: RegistryIx) {
        let known = self.state.records.get(&registry);
        if known.is_some_and(|known| known.is_empty()) {
            self.state.records.remove(&registry);
        }
    }

    fn say_record(&mut self, record: &Record, registry: RegistryIx, change: RecordChange) {
        self.say(EventKind::DiscoveryRecordChanged {
            task: record.task,
            registry,
            instance: record.instance,
            port: record.port,
            change,
        });
    }
}
