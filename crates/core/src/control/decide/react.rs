//! Reactions that do not wait for a tick: a started task is registered, a drained one signalled.

use super::Decider;
use crate::control::event::ServiceMessage;
use crate::control::fact::Action;
use crate::control::state::{RolloutState, StoppedCause, TargetHealth, Task, TaskStatus};
use crate::id::{DeploymentId, ServiceIx, TargetGroupIx, TaskId};
use alloc::collections::BTreeMap;

/// Whether nothing keeps an unwanted task from its stop signal. The scheduler's own stops drain
/// first; StopTask does not (ecs.md 1.3).
pub(super) fn leaves_at_once(task: &Task) -> bool {
    let cause = task.stopped.as_ref().map(|stopped| &stopped.cause);
    let drains = matches!(cause, Some(StoppedCause::Scheduler(_)));
    let mut targets = task.targets.iter();
    !drains || targets.all(|target| target.health == TargetHealth::Unused)
}

impl Decider<'_> {
    pub(super) fn react(&mut self) {
        let state = self.state;
        let mut registered: BTreeMap<(ServiceIx, TargetGroupIx), usize> = BTreeMap::new();
        for id in &state.attention {
            let Some(task) = state.tasks.get(id) else {
                continue;
            };
            self.discover(*id, task);
            if task.is_wanted() {
                self.register(*id, task, &mut registered);
            } else {
                self.signal(*id, task);
            }
        }
        for ((service, target_group), count) in registered {
            let message = ServiceMessage::RegisteredTargets {
                count,
                target_group,
            };
            self.order(Action::PutServiceEvent { service, message });
        }
    }

    fn register(
        &mut self,
        id: TaskId,
        task: &Task,
        registered: &mut BTreeMap<(ServiceIx, TargetGroupIx), usize>,
    ) {
        if !matches!(
            task.last_status,
            TaskStatus::Activating | TaskStatus::Running
        ) {
            return;
        }
        for wire in self.state.targets_of(task) {
            let target_group = wire.target_group;
            if task.target(target_group).is_none() {
                *registered.entry((task.service, target_group)).or_default() += 1;
                self.order(Action::RegisterTarget {
                    task: id,
                    target_group,
                });
            }
        }
    }

    fn signal(&mut self, id: TaskId, task: &Task) {
        if task.signalled || task.last_status >= TaskStatus::Stopping {
            return;
        }
        if leaves_at_once(task) {
            self.order(Action::StopContainers { task: id });
        }
    }

    /// Targets of tasks that stop are deregistered at the tick after the decision to stop: posted
    /// traces show about 10 s between the two (ecs.md 3.9).
    pub(super) fn deregister(&mut self, service: ServiceIx) {
        let state = self.state;
        let mut groups: BTreeMap<TargetGroupIx, usize> = BTreeMap::new();
        let mut draining: BTreeMap<Option<DeploymentId>, usize> = BTreeMap::new();
        let known = state.services.get(&service);
        let primary = known.and_then(|known| known.primary());
        let is_rolling = primary.is_some_and(|it| it.rollout_state == RolloutState::InProgress);
        for (id, task) in state.tasks_of(service) {
            let stopped_before = task
                .stopped
                .as_ref()
                .is_some_and(|stopped| stopped.at < self.now);
            if !stopped_before {
                continue;
            }
            let leaving = task
                .targets
                .iter()
                .filter(|target| target.health < TargetHealth::Draining);
            let leaving: alloc::vec::Vec<_> = leaving.map(|target| target.target_group).collect();
            // During a deployment ECS names the task set beside the service (ecs.md 3.9).
            let of = Some(task.deployment).filter(|_| is_rolling);
            if !leaving.is_empty() {
                *draining.entry(of).or_default() += 1;
            }
            for target_group in leaving {
                *groups.entry(target_group).or_default() += 1;
                self.order(Action::DeregisterTarget {
                    task: id,
                    target_group,
                });
            }
        }
        for (target_group, count) in groups {
            let message = ServiceMessage::DeregisteredTargets {
                count,
                target_group,
            };
            self.order(Action::PutServiceEvent { service, message });
        }
        for (task_set, count) in draining {
            let message = ServiceMessage::BegunDraining { count, task_set };
            self.order(Action::PutServiceEvent { service, message });
        }
    }
}
