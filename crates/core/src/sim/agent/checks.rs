//! Container health checks (ecs.md 1.7): only those that can change something are played.
//!
//! Docker asks for the first time one interval after the start and then every interval. A check
//! that hangs has failed when its timeout is over.

use super::container::Life;
use super::{AgentTask, Stage};
use crate::control::{ContainerHealth, Observation};
use crate::draw::{Stream, draw_below};
use crate::id::TaskId;
use crate::sim::world::{Due, World};
use crate::taskdef::HealthCheck;
use crate::time::{Instant, Millis};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Hangs,
}

impl World {
    /// Plans the next check of a container, if one can change anything.
    pub(super) fn plan_check(&mut self, task: TaskId, container: usize) {
        let next = self
            .agents
            .get(&task)
            .and_then(|agent| self.next_check(agent, container));
        let Some(agent) = self.agent(task) else {
            return;
        };
        let known = &mut agent.containers[container];
        if known.check_at == next {
            return;
        }
        known.check_at = next;
        if let Some(at) = next {
            self.due(at, Due::HealthCheck(task, container));
        }
    }

    /// Something about a task was broken or mended: its checks and those of load balancers go on.
    pub(in crate::sim) fn recheck(&mut self, task: TaskId) {
        let count = self.agents.get(&task).map_or(0, |it| it.containers.len());
        (0..count).for_each(|container| self.plan_check(task, container));
        self.resume_probes(task);
    }

    /// When the next check that may change the container's health is due, after now.
    fn next_check(&self, agent: &AgentTask, container: usize) -> Option<Instant> {
        let document = &agent.document;
        let check = document.container_definitions[container]
            .health_check
            .as_ref()?;
        let known = &agent.containers[container];
        let Life::Running { since, answers_at } = known.life else {
            return None;
        };
        if agent.stage == Stage::Stopping {
            return None;
        }
        let soonest = self.now + Millis(1);
        let next = |from: Instant| first_from(from.max(soonest), since, interval(check));
        let worse = self.degradation(agent, container);
        let hangs = worse.is_some_and(|it| it.latency > timeout(check));
        let errs = worse.is_some_and(|it| it.errors_ppm > 0);
        let passes_from = (!hangs && !self.is_made_to_fail(agent, container)).then_some(answers_at);
        let counts_from = since + start_period(check);
        match known.health {
            ContainerHealth::Healthy if !errs && known.failures == 0 => {
                let passes = passes_from.is_some_and(|at| at <= self.now);
                (!passes).then(|| next(soonest))
            }
            ContainerHealth::Healthy => Some(next(soonest)),
            ContainerHealth::Unhealthy => passes_from.map(next),
            ContainerHealth::Unknown => {
                let fails = next(counts_from);
                Some(passes_from.map_or(fails, |at| next(at).min(fails)))
            }
        }
    }

    pub(in crate::sim) fn health_check(
        &mut self,
        task: TaskId,
        container: usize,
        seen: &mut Vec<Observation>,
    ) {
        let now = self.now;
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let known = &agent.containers[container];
        if known.check_at != Some(now) || !known.runs() {
            return;
        }
        let starts = known.starts;
        let document = Arc::clone(&agent.document);
        let Some(check) = &document.container_definitions[container].health_check else {
            return;
        };
        match self.outcome(task, agent, container, check) {
            Outcome::Passed => self.count_check(task, container, true, seen),
            Outcome::Failed => self.count_check(task, container, false, seen),
            Outcome::Hangs => {
                let over = Due::CheckTimedOut {
                    task,
                    container,
                    starts,
                };
                self.due_in(timeout(check), over);
            }
        }
        self.plan_check(task, container);
    }

    pub(in crate::sim) fn check_timed_out(
        &mut self,
        (task, container): (TaskId, usize),
        starts: u32,
        seen: &mut Vec<Observation>,
    ) {
        let agent = self.agents.get(&task);
        let known = agent.map(|agent| &agent.containers[container]);
        if known.is_some_and(|it| it.runs() && it.starts == starts) {
            self.count_check(task, container, false, seen);
            self.plan_check(task, container);
        }
    }

    fn outcome(
        &self,
        task: TaskId,
        agent: &AgentTask,
        container: usize,
        check: &HealthCheck,
    ) -> Outcome {
        let answers = agent.containers[container].answers_at();
        if answers.is_none_or(|at| at > self.now) || self.is_made_to_fail(agent, container) {
            return Outcome::Failed;
        }
        let Some(worse) = self.degradation(agent, container) else {
            return Outcome::Passed;
        };
        if worse.latency > timeout(check) {
            Outcome::Hangs
        } else if self.errs(task, container, worse.errors_ppm) {
            Outcome::Failed
        } else {
            Outcome::Passed
        }
    }

    /// Whether this answer is one of the errors of a container that fails now and then.
    pub(in crate::sim) fn errs(&self, task: TaskId, which: usize, errors_ppm: u32) -> bool {
        let number = (task.0 as u64) ^ self.now.0.rotate_left(20) ^ which as u64;
        let drawn = draw_below(self.control.seed, Stream::ProbeError, number, 1_000_000);
        drawn < u64::from(errors_ppm)
    }

    /// Failures count once the start period is over or a check has passed (ecs.md 1.7).
    fn count_check(
        &mut self,
        task: TaskId,
        container: usize,
        passed: bool,
        seen: &mut Vec<Observation>,
    ) {
        let now = self.now;
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let document = Arc::clone(&agent.document);
        let Some(check) = &document.container_definitions[container].health_check else {
            return;
        };
        let Some(agent) = self.agent(task) else {
            return;
        };
        let known = &mut agent.containers[container];
        let Life::Running { since, .. } = known.life else {
            return;
        };
        let before = known.health;
        if passed {
            known.failures = 0;
            known.health = ContainerHealth::Healthy;
        } else if known.health != ContainerHealth::Unknown || now >= since + start_period(check) {
            known.failures += 1;
            if known.failures >= check.retries.unwrap_or(3).max(1) {
                known.health = ContainerHealth::Unhealthy;
            }
        }
        if known.health != before {
            self.report_health(task, seen);
            self.advance(task, seen);
        }
    }

    /// Tells the health of a running task, if it is another than before.
    pub(super) fn report_health(&mut self, task: TaskId, seen: &mut Vec<Observation>) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let health = self.health_of(agent);
        let instance = agent.instance;
        if agent.stage == Stage::Running && agent.health != health {
            if let Some(agent) = self.agent(task) {
                agent.health = health;
            }
            let changed = Observation::ContainerHealthChanged { task, health };
            self.report(instance, changed, seen);
        }
    }

    /// Health over the essential containers that have a check: UNHEALTHY wins, then UNKNOWN. One
    /// without a check has no say, as minimumHealthyPercent sees it (ecs.md 3.2).
    fn health_of(&self, agent: &AgentTask) -> ContainerHealth {
        let document = &agent.document;
        let definitions = document.container_definitions.iter().enumerate();
        let checked = definitions.filter(|(_, it)| it.is_essential() && it.health_check.is_some());
        let all = checked.map(|(at, _)| agent.containers[at].health);
        all.max_by_key(|health| match health {
            ContainerHealth::Healthy => 0,
            ContainerHealth::Unknown => 1,
            ContainerHealth::Unhealthy => 2,
        })
        .unwrap_or(ContainerHealth::Unknown)
    }
}

fn interval(check: &HealthCheck) -> Millis {
    Millis::seconds(u64::from(check.interval.unwrap_or(30).max(1)))
}

fn timeout(check: &HealthCheck) -> Millis {
    Millis::seconds(u64::from(check.timeout.unwrap_or(5).max(1)))
}

fn start_period(check: &HealthCheck) -> Millis {
    Millis::seconds(u64::from(check.start_period.unwrap_or(0)))
}

/// The first moment at or after `from` that lies a whole number of intervals, at least one, after
/// `since`.
pub(in crate::sim) fn first_from(from: Instant, since: Instant, interval: Millis) -> Instant {
    let step = interval.0.max(1);
    let count = from.since(since).0.div_ceil(step).max(1);
    since + Millis(count.saturating_mul(step))
}
