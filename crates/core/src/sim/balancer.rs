//! The load balancer's side of a target: registration and health checks
//! (load-balancing-and-scaling.md 2.2 and 2.3).
//!
//! Checks are played until they can change nothing: a healthy target that answers is left alone
//! until something about it changes. One load balancer node stands for all of them.

use super::agent::{AgentTask, first_from};
use super::world::{Due, World};
use crate::control::{Observation, TargetHealth, TargetReason};
use crate::id::{TargetGroupIx, TaskId};
use crate::time::{Instant, Millis};
use alloc::vec::Vec;

/// What the load balancer has seen of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Probes {
    health: TargetHealth,
    /// Checks in a row that speak for another health.
    in_a_row: u32,
    /// When its first check was; the others follow at the interval.
    first: Instant,
    /// When the next one is due; `None` while they can change nothing.
    next: Option<Instant>,
}

/// What a target does when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Passes,
    Fails(TargetReason),
    /// Nothing comes before the timeout.
    Hangs,
}

/// What a container that fails answers: any code that no matcher takes.
const SERVER_ERROR: u16 = 500;

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
        let now = self.now;
        let Some(agent) = self.agent(task) else {
            return;
        };
        let probes = Probes {
            health: TargetHealth::Initial,
            in_a_row: 0,
            first: now,
            next: Some(now),
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
        let Some(agent) = self.agents.get(&task).filter(|_| self.is_wanted(task)) else {
            return;
        };
        let due = agent.probes.get(&target_group).and_then(|it| it.next);
        if due != Some(self.now) {
            return;
        }
        match self.answer(task, agent, target_group) {
            Answer::Passes => self.count_probe(task, target_group, None, seen),
            Answer::Fails(reason) => self.count_probe(task, target_group, Some(reason), seen),
            Answer::Hangs => {
                let timeout = self.model.target_group(target_group).timeout;
                self.due_in(timeout, Due::ProbeTimedOut(task, target_group));
            }
        }
        self.plan_probe(task, target_group);
    }

    pub(super) fn probe_timed_out(
        &mut self,
        task: TaskId,
        target_group: TargetGroupIx,
        seen: &mut Vec<Observation>,
    ) {
        if self.is_wanted(task) {
            self.count_probe(task, target_group, Some(TargetReason::Timeout), seen);
            self.plan_probe(task, target_group);
        }
    }

    /// Something about a task was broken or mended, so that checks may change something again.
    pub(super) fn resume_probes(&mut self, task: TaskId) {
        let probes = self.agents.get(&task).map(|agent| &agent.probes);
        let groups: Vec<TargetGroupIx> = probes
            .into_iter()
            .flat_map(|it| it.keys().copied())
            .collect();
        for group in groups {
            self.plan_probe(task, group);
        }
    }

    fn is_wanted(&self, task: TaskId) -> bool {
        let known = self.control.tasks.get(&task);
        known.is_some_and(|task| task.is_wanted())
    }

    fn plan_probe(&mut self, task: TaskId, target_group: TargetGroupIx) {
        let agent = self.agents.get(&task);
        let next = agent.and_then(|agent| self.next_probe(task, agent, target_group));
        let Some(agent) = self.agent(task) else {
            return;
        };
        let Some(probes) = agent.probes.get_mut(&target_group) else {
            return;
        };
        if probes.next == next {
            return;
        }
        probes.next = next;
        if let Some(at) = next {
            self.due(at, Due::Probe(task, target_group));
        }
    }

    /// When the next check that may change a target's health is due, after now.
    fn next_probe(
        &self,
        task: TaskId,
        agent: &AgentTask,
        target_group: TargetGroupIx,
    ) -> Option<Instant> {
        let probes = agent.probes.get(&target_group)?;
        let interval = self.model.target_group(target_group).interval;
        let soonest = self.now + Millis(1);
        let next = |from: Instant| first_from(from.max(soonest), probes.first, interval);
        let (passes_from, errs) = self.passes_from(task, agent, target_group);
        match probes.health {
            TargetHealth::Healthy if !errs && probes.in_a_row == 0 => {
                let passes = passes_from.is_some_and(|at| at <= self.now);
                (!passes).then(|| next(soonest))
            }
            TargetHealth::Unhealthy if probes.in_a_row == 0 => passes_from.map(next),
            TargetHealth::Healthy | TargetHealth::Unhealthy | TargetHealth::Initial => {
                Some(next(soonest))
            }
            TargetHealth::Draining | TargetHealth::Unused => None,
        }
    }

    /// From when on a target passes as things are, and whether it does so only now and then.
    fn passes_from(
        &self,
        task: TaskId,
        agent: &AgentTask,
        target_group: TargetGroupIx,
    ) -> (Option<Instant>, bool) {
        let container = self.target_container(task, agent, target_group);
        let worse = self.degradation(agent, container);
        let timeout = self.model.target_group(target_group).timeout;
        let hangs = worse.is_some_and(|it| it.latency > timeout);
        let errs = worse.is_some_and(|it| it.errors_ppm > 0);
        let hangs = hangs || self.is_swamped(task, target_group);
        let never = hangs || self.is_unreachable(agent) || self.targets_are_made_to_fail(agent);
        let from = agent
            .containers
            .get(container)
            .and_then(|it| it.answers_at());
        (from.filter(|_| !never), errs)
    }

    fn is_unreachable(&self, agent: &AgentTask) -> bool {
        let host = self.hosts.get(&agent.instance);
        host.is_some_and(|host| host.unreachable)
    }

    /// The container whose port is registered, by its place.
    pub(super) fn target_container(
        &self,
        task: TaskId,
        agent: &AgentTask,
        target_group: TargetGroupIx,
    ) -> usize {
        let known = self.control.tasks.get(&task);
        let mut wires = known.into_iter().flat_map(|it| self.control.targets_of(it));
        let wire = wires.find(|wire| wire.target_group == target_group);
        let document = &agent.document;
        let mut containers = document.container_definitions.iter();
        let mut place = |name: &str| containers.position(|it| it.name == name);
        wire.and_then(|wire| place(&wire.container_name))
            .unwrap_or(0)
    }

    fn answer(&self, task: TaskId, agent: &AgentTask, target_group: TargetGroupIx) -> Answer {
        let container = self.target_container(task, agent, target_group);
        let answers_at = agent
            .containers
            .get(container)
            .and_then(|it| it.answers_at());
        if self.is_unreachable(agent) {
            return Answer::Hangs;
        }
        let refuses = answers_at.is_none_or(|at| at > self.now);
        if refuses || self.targets_are_made_to_fail(agent) {
            return Answer::Fails(TargetReason::FailedHealthChecks);
        }
        if self.is_swamped(task, target_group) {
            return Answer::Hangs;
        }
        let Some(worse) = self.degradation(agent, container) else {
            return Answer::Passes;
        };
        let which = target_group.at() + agent.containers.len();
        if worse.latency > self.model.target_group(target_group).timeout {
            Answer::Hangs
        } else if self.errs(task, which, worse.errors_ppm) {
            Answer::Fails(TargetReason::ResponseCodeMismatch(SERVER_ERROR))
        } else {
            Answer::Passes
        }
    }

    fn count_probe(
        &mut self,
        task: TaskId,
        target_group: TargetGroupIx,
        failed: Option<TargetReason>,
        seen: &mut Vec<Observation>,
    ) {
        let model = alloc::sync::Arc::clone(&self.model);
        let group = model.target_group(target_group);
        let agent = self.agent(task);
        let Some(probes) = agent.and_then(|agent| agent.probes.get_mut(&target_group)) else {
            return;
        };
        let needed = match (probes.health, failed) {
            (TargetHealth::Initial, None) => model.settings.first_passes_to_healthy,
            (_, None) => group.healthy_threshold,
            (_, Some(_)) => group.unhealthy_threshold,
        };
        let health = match failed {
            None => TargetHealth::Healthy,
            Some(_) => TargetHealth::Unhealthy,
        };
        if probes.health == health {
            probes.in_a_row = 0;
        } else {
            probes.in_a_row += 1;
        }
        if probes.in_a_row >= needed {
            probes.health = health;
            probes.in_a_row = 0;
            seen.push(Observation::TargetHealthChanged {
                task,
                target_group,
                health,
                reason: failed,
            });
        }
    }
}
