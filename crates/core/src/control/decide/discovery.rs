//! Cloud Map: tasks are registered once their containers run, and taken out as they are told to
//! stop (service discovery in the ECS developer guide; ecs.md 1.1).
//!
//! Nothing waits for it: a task gets its stop signal at the moment at which its record goes, so
//! that clients hold its address for the time to live of the record (aws/containers-roadmap 343
//! and 1639).

use super::Decider;
use crate::control::fact::Action;
use crate::control::state::{Task, TaskStatus, is_record_healthy};
use crate::id::TaskId;

impl Decider<'_> {
    pub(super) fn discover(&mut self, id: TaskId, task: &Task) {
        if !task.is_wanted() {
            self.undiscover(id, task);
            return;
        }
        let runs = matches!(
            task.last_status,
            TaskStatus::Activating | TaskStatus::Running
        );
        match (task.record, self.state.registry_of(task)) {
            (None, Some(wanted)) if runs => {
                let registry = wanted.registry;
                self.order(Action::RegisterRecord { task: id, registry });
            }
            (Some(registry), _) => {
                let healthy = is_record_healthy(self.model, registry, task);
                let known = self.state.records.get(&registry);
                let known = known.and_then(|known| known.get(&id));
                if known.is_some_and(|record| record.healthy != healthy) {
                    self.order(Action::UpdateRecordHealth {
                        task: id,
                        registry,
                        healthy,
                    });
                }
            }
            (None, _) => {}
        }
    }

    /// A task that ends with its service leaves its record behind.
    fn undiscover(&mut self, id: TaskId, task: &Task) {
        let Some(registry) = task.record else {
            return;
        };
        let is_deleted = !self.model.service(task.service).present;
        if is_deleted && self.model.settings.deleted_service_leaves_records {
            self.order(Action::LeaveRecord { task: id, registry });
        } else {
            self.order(Action::DeregisterRecord { task: id, registry });
        }
    }
}
