//! The load balancer's side of a target: registration and health checks
//! (load-balancing-and-scaling.md 2.2 and 2.3).
//!
//! Checks are played until they can change nothing: a healthy target that answers is left alone.

use super::agent::Probes;
use super::world::{Due, World};
use crate::control::{Observation, TargetHealth, TargetReason};
use crate::id::{TargetGroupIx, TaskId};
use alloc::vec::Vec;

impl World {
    pub(super) fn register_target(&mut self, task: TaskId, group: TargetGroupIx) {
        let delay = self.model.settings.target_registration;
        self.due_in(delay, Due::TargetRegistered(task, group));
    }

    pub(super) fn target_registered(
        &mut self,
        task: TaskId,
        target_group: TargetGroupIx,
        seen: &mut Vec<Observation>,
    ) {
        let Some(agent) = self.agents.get_mut(&task) else {
            return;
        };
        let probes = Probes {
            health: TargetHealth::Initial,
            in_a_row: 0,
        };
        agent.probes.insert(target_group, probes);
        seen.push(Observation::TargetRegistered { task, target_group });
        self.probe(task, target_group, seen);
    }

    pub(super) fn probe(
        &mut self,
        task: TaskId,
        target_group: TargetGroupIx,
        seen: &mut Vec<Observation>,
    ) {
        let now = self.now;
        let leaving = self
            .control
            .tasks
            .get(&task)
            .is_none_or(|task| !task.is_wanted());
        let Some(agent) = self.agents.get_mut(&task).filter(|_| !leaving) else {
            return;
        };
        let Some(probes) = agent.probes.get_mut(&target_group) else {
            return;
        };
        let passes = agent.answers_at.is_some_and(|at| at <= now);
        let group = self.model.target_group(target_group);
        let interval = group.interval;
        let settings = &self.model.settings;
        let needed = match (probes.health, passes) {
            (TargetHealth::Initial, true) => settings.first_passes_to_healthy,
            (_, true) => group.healthy_threshold,
            (_, false) => group.unhealthy_threshold,
        };
        let target = if passes {
            TargetHealth::Healthy
        } else {
            TargetHealth::Unhealthy
        };
        if probes.health == target {
            probes.in_a_row = 0;
        } else {
            probes.in_a_row += 1;
        }
        if probes.in_a_row >= needed {
            *probes = Probes {
                health: target,
                in_a_row: 0,
            };
            let reason = (!passes).then_some(TargetReason::FailedHealthChecks);
            let health = target;
            seen.push(Observation::TargetHealthChanged {
                task,
                target_group,
                health,
                reason,
            });
        }
        if probes.health != TargetHealth::Healthy || !passes {
            self.due_in(interval, Due::Probe(task, target_group));
        }
    }
}
