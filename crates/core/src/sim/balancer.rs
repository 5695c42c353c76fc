//! The load balancer's side of a target: registration and health checks
//! (load-balancing-and-scaling.md 2.2 and 2.3).
//!
//! Checks are played until they can change nothing: a healthy target that answers is left alone
//! until something about it changes. One load balancer node stands for all of them.

use super::agent::{AgentTask, first_from};
use super::world::{Due, World};
use crate::control::{Observation, Target, TargetHealth, TargetReason};
use crate::id::{TargetGroupIx, TaskId};
use crate::model::{CheckPort, HealthCheck};
use crate::taskdef::NetworkMode;
use crate::time::{Instant, Millis};
use alloc::vec::Vec;

/// What the load balancer has seen of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Probes {
    health: TargetHealth,
    /// Checks in a row that speak for another health, and whether those failed.
    in_a_row: u32,
    failing: bool,
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

/// What a container answers over HTTP and over gRPC while it is well. gRPC: 12, UNIMPLEMENTED, by
/// which the default path and matcher go; 0 where a path of the application's own is asked for.
const OK: u16 = 200;
const UNIMPLEMENTED: u16 = 12;
const GRPC_OK: u16 = 0;

/// What a container that fails answers over HTTP and over gRPC (13, INTERNAL). Our choice: codes
/// that no default matcher takes.
const SERVER_ERROR: u16 = 500;
const INTERNAL: u16 = 13;

/// Errors in millionths: all answers.
const ALWAYS: u32 = 1_000_000;

/// A path under which gRPC servers have no method (2.2).
const NO_GRPC_METHOD: &str = "/AWS.ALB/healthcheck";

/// What a target does about the checks of a group as things are.
struct Conduct {
    /// From when on it answers at all; `None` where it never does.
    answers_from: Option<Instant>,
    /// Whether an answer comes later than the check waits.
    hangs: bool,
    /// Whether the code of a container that is well passes.
    passes: bool,
    /// Whether the code of one that fails passes.
    passes_failing: bool,
    /// How often it fails, in millionths.
    errors_ppm: u32,
}

impl Conduct {
    /// Whether it passes now and then.
    fn varies(&self) -> bool {
        self.errors_ppm > 0 && self.passes != self.passes_failing
    }
}

/// The place of a container of a task.
fn place(agent: &AgentTask, name: &str) -> Option<usize> {
    let mut containers = agent.document.container_definitions.iter();
    containers.position(|it| it.name == name)
}

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
        if !self.agents.contains_key(&task) {
            return;
        }
        seen.push(Observation::TargetRegistered { task, target_group });
        if self.is_in_use(task, target_group) {
            self.begin_probes(task, target_group, seen);
        } else {
            seen.push(not_in_use(task, target_group));
        }
    }

    /// Whether the load balancers of a group have a node in the zone of a task.
    fn is_in_use(&self, task: TaskId, target_group: TargetGroupIx) -> bool {
        let instance = self.agents.get(&task).map(|agent| agent.instance);
        instance.is_none_or(|at| {
            let zone = self.model.instance(at).zone;
            self.model.is_zone_enabled(target_group, zone)
        })
    }

    /// Zones were enabled or disabled for load balancers: targets come into use or go out of it.
    pub(super) fn zones_edited(&mut self, seen: &mut Vec<Observation>) {
        let wanted = self.control.tasks.iter().filter(|(_, it)| it.is_wanted());
        let targets = wanted.flat_map(|(id, task)| task.targets.iter().map(|it| (*id, *it)));
        let registered: Vec<(TaskId, Target)> = targets
            .filter(|(_, it)| it.registered && it.health < TargetHealth::Draining)
            .collect();
        for (task, target) in registered {
            let group = target.target_group;
            let was_in_use = target.reason != Some(TargetReason::NotInUse);
            match (was_in_use, self.is_in_use(task, group)) {
                (true, false) => {
                    if let Some(agent) = self.agent(task) {
                        agent.probes.remove(&group);
                    }
                    seen.push(not_in_use(task, group));
                }
                (false, true) => {
                    seen.push(Observation::TargetHealthChanged {
                        task,
                        target_group: group,
                        health: TargetHealth::Initial,
                        reason: None,
                    });
                    self.begin_probes(task, group, seen);
                }
                (true, true) | (false, false) => {}
            }
        }
    }

    fn begin_probes(
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
            failing: false,
            first: now,
            next: Some(now),
        };
        agent.probes.insert(target_group, probes);
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
        let conduct = self.conduct(task, agent, target_group);
        let errs = conduct.varies();
        let passes_from = conduct.answers_from;
        let passes_from = passes_from.filter(|_| !conduct.hangs && (conduct.passes || errs));
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

    /// What a target does as things are. The system accepts connections whatever a container
    /// does with them, so that a check for a connection sees neither errors nor latency.
    fn conduct(&self, task: TaskId, agent: &AgentTask, target_group: TargetGroupIx) -> Conduct {
        let group = self.model.target_group(target_group);
        let container = self.checked_container(task, agent, target_group);
        let worse = container.and_then(|it| self.degradation(agent, it));
        let asks = group.check.protocol.is_http();
        let worse = worse.filter(|_| asks);
        let (well, failing) = codes(&group.check);
        let takes = |code| !asks || group.check.takes(code);
        let refuses = self.targets_are_made_to_fail(agent);
        let container = container.and_then(|at| agent.containers.get(at));
        let (passes, passes_failing) = (takes(well), takes(failing));
        let errors_ppm = worse.map_or(0, |it| it.errors_ppm);
        // One that always fails is one whose answer is another.
        let always_fails = errors_ppm >= ALWAYS;
        Conduct {
            answers_from: container
                .and_then(|it| it.answers_at())
                .filter(|_| !refuses),
            hangs: self.is_unreachable(agent)
                || worse.is_some_and(|it| it.latency > group.timeout)
                || (asks && self.is_swamped(task, target_group)),
            passes: if always_fails { passes_failing } else { passes },
            passes_failing,
            errors_ppm,
        }
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
        let registered = wire.and_then(|wire| place(agent, &wire.container_name));
        registered.unwrap_or(0)
    }

    /// The container that a check reaches, by its place: the one whose port is registered, or
    /// the one that has the port of the check. `None` where that is no port of this task.
    ///
    /// A task with an address of its own may listen on ports that it does not state, so there the
    /// registered container stands for all of them.
    fn checked_container(
        &self,
        task: TaskId,
        agent: &AgentTask,
        target_group: TargetGroupIx,
    ) -> Option<usize> {
        let known = self.control.tasks.get(&task);
        let document = &agent.document;
        let registered = self.target_container(task, agent, target_group);
        let CheckPort::Port(port) = self.model.target_group(target_group).check.port else {
            return Some(registered);
        };
        match document.network_mode() {
            NetworkMode::Awsvpc | NetworkMode::None => Some(registered),
            NetworkMode::Bridge | NetworkMode::Host => {
                let mut bindings = known.into_iter().flat_map(|it| &it.bindings);
                let bound = bindings.find(|binding| binding.host_port == port);
                bound.and_then(|binding| place(agent, &binding.container_name))
            }
        }
    }

    fn answer(&self, task: TaskId, agent: &AgentTask, target_group: TargetGroupIx) -> Answer {
        let conduct = self.conduct(task, agent, target_group);
        let answers = conduct.answers_from.is_some_and(|at| at <= self.now);
        if self.is_unreachable(agent) {
            return Answer::Hangs;
        }
        if !answers {
            return Answer::Fails(TargetReason::FailedHealthChecks);
        }
        if conduct.hangs {
            return Answer::Hangs;
        }
        let which = target_group.at() + agent.containers.len();
        let errs = self.errs(task, which, conduct.errors_ppm);
        let (well, failing) = codes(&self.model.target_group(target_group).check);
        let (passes, code) = if errs {
            (conduct.passes_failing, failing)
        } else {
            (conduct.passes, well)
        };
        if passes {
            Answer::Passes
        } else {
            Answer::Fails(TargetReason::ResponseCodeMismatch(code))
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
            // A Classic Load Balancer's API makes no exception of the first time.
            (TargetHealth::Initial, None) if !group.is_classic => {
                model.settings.first_passes_to_healthy
            }
            (_, None) => group.healthy_threshold,
            (_, Some(_)) => group.unhealthy_threshold,
        };
        let health = match failed {
            None => TargetHealth::Healthy,
            Some(_) => TargetHealth::Unhealthy,
        };
        if core::mem::replace(&mut probes.failing, failed.is_some()) != failed.is_some() {
            probes.in_a_row = 0;
        }
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

/// The codes with which a container answers a check: while it is well, and when it fails.
fn codes(check: &HealthCheck) -> (u16, u16) {
    match (check.is_grpc, check.path.as_str()) {
        (true, NO_GRPC_METHOD) => (UNIMPLEMENTED, INTERNAL),
        (true, _) => (GRPC_OK, INTERNAL),
        (false, _) => (OK, SERVER_ERROR),
    }
}

fn not_in_use(task: TaskId, target_group: TargetGroupIx) -> Observation {
    Observation::TargetHealthChanged {
        task,
        target_group,
        health: TargetHealth::Unhealthy,
        reason: Some(TargetReason::NotInUse),
    }
}
