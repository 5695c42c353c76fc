//! What of the flow is to be found anew, by what was told in a turn.

use super::Flow;
use crate::control::{Event, EventKind};
use crate::id::{TargetGroupIx, TaskId};
use crate::sim::world::World;
use alloc::collections::BTreeSet;

/// What is to be found anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stale {
    pub(super) routes: bool,
    pub(super) all: bool,
    pub(super) groups: BTreeSet<TargetGroupIx>,
}

impl Stale {
    pub(super) fn everything(&mut self) {
        self.routes = true;
        self.all = true;
    }

    pub(super) fn group(&mut self, group: TargetGroupIx) {
        self.groups.insert(group);
    }

    pub(super) fn is_stale(&self) -> bool {
        self.routes || self.all || !self.groups.is_empty()
    }
}

impl Flow {
    pub(super) fn hear(&mut self, world: &World, told: &[Event]) {
        for event in told {
            match &event.kind {
                EventKind::TargetHealthChanged { target_group, .. } => {
                    self.stale.group(*target_group);
                }
                EventKind::TaskStatusChanged { task, .. } => self.hear_task(world, *task),
                EventKind::DeploymentChanged { .. } | EventKind::DeploymentStageChanged { .. } => {
                    self.stale.routes = true;
                }
                EventKind::InputApplied { .. } | EventKind::InstanceStatusChanged { .. } => {
                    self.stale.everything();
                }
                EventKind::AgentConnectivityChanged { .. }
                | EventKind::HookAwaitsAction { .. }
                | EventKind::AlarmStateChanged { .. }
                | EventKind::DesiredCountUpdated { .. }
                | EventKind::RunTaskFailed { .. }
                | EventKind::TaskProtectionChanged { .. }
                | EventKind::DiscoveryRecordChanged { .. }
                | EventKind::ServiceEvent { .. }
                | EventKind::RequestsFail { .. }
                | EventKind::RequestsFailed { .. }
                | EventKind::ListenerMissing { .. }
                | EventKind::InputRefused { .. } => {}
            }
        }
    }

    fn hear_task(&mut self, world: &World, task: TaskId) {
        let known = world.control().tasks.get(&task);
        let targets = known.into_iter().flat_map(|it| &it.targets);
        targets.for_each(|it| self.stale.group(it.target_group));
    }
}
