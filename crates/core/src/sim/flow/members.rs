//! Targets as the flow sees them: what the control plane has registered, what the load balancer
//! holds of it, and what really runs at its address.

use super::group::{Conduct, GroupFlow, Member, MemberSecond};
use crate::control::{RequestFailure, ServiceState, Target, TargetHealth, Task};
use crate::id::{InstanceIx, TargetGroupIx, TaskId};
use crate::sim::agent::{AgentTask, Container};
use crate::sim::flow::group::Failed;
use crate::sim::host::Power;
use crate::sim::traffic::{Anomaly, Latency, Serving, Station};
use crate::sim::world::World;
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Steps of a vCPU to which the CPU of a task is rounded down, so that tasks whose hosts differ by
/// a trifle queue alike.
const CPU_STEPS: f64 = 64.0;

/// Least CPU of a task in vCPU: one that reserves none still gets what is idle, or this.
const CPU_LEAST: f64 = 1.0 / CPU_STEPS;

/// What a target is just now.
struct Now {
    conduct: Conduct,
    serving: Serving,
    cpu_ms: f64,
    errors_ppm: u32,
}

/// Lanes and time on one lane of a request that takes `cpu_ms` of a whole vCPU, where `vcpus` are
/// to be had: as many lanes as vCPUs, each of them slower where they are not whole.
pub(super) fn lanes(cpu_ms: f64, vcpus: f64) -> (u32, f64) {
    let steps = (vcpus * CPU_STEPS) as u32;
    let vcpus = (f64::from(steps) / CPU_STEPS).max(CPU_LEAST);
    let whole = vcpus as u32;
    let lanes = whole + u32::from(f64::from(whole) < vcpus);
    (lanes.max(1), cpu_ms * f64::from(lanes.max(1)) / vcpus)
}

impl World {
    /// Whether packets to a host come to nothing.
    fn is_dark(&self, instance: InstanceIx) -> bool {
        let host = self.hosts.get(&instance);
        host.is_some_and(|host| host.unreachable || host.power != Power::On)
    }

    fn now_of(&self, id: TaskId, group: TargetGroupIx, instance: InstanceIx) -> Now {
        let refuses = |conduct| Now {
            conduct,
            serving: Serving {
                lanes: 1,
                service_ms: 0.0,
                base: Millis::ZERO,
            },
            cpu_ms: 0.0,
            errors_ppm: 0,
        };
        if self.is_dark(instance) {
            return refuses(Conduct::Dark);
        }
        let Some(agent) = self.agents.get(&id) else {
            return refuses(Conduct::Refuses);
        };
        let container = self.target_container(id, agent, group);
        let known = agent.containers.get(container);
        let answers = known.and_then(|it| it.answers_at());
        let conduct = if answers.is_some_and(|at| at <= self.now) {
            Conduct::Serves
        } else if known.is_some_and(Container::is_stopping) {
            Conduct::Finishes
        } else {
            return refuses(Conduct::Refuses);
        };
        self.serving(agent, container, conduct)
    }

    fn serving(&self, agent: &AgentTask, container: usize, conduct: Conduct) -> Now {
        let asked = self.asked(agent, container);
        let worse = self.degradation(agent, container);
        let latency = worse.map_or(Millis::ZERO, |it| it.latency);
        let errors = asked.errors_ppm + worse.map_or(0, |it| it.errors_ppm);
        let (lanes, service_ms) = lanes(asked.cpu_ms, self.own_vcpus(agent));
        Now {
            conduct,
            serving: Serving {
                lanes,
                service_ms,
                base: asked.base + latency,
            },
            cpu_ms: asked.cpu_ms,
            errors_ppm: errors.min(1_000_000),
        }
    }

    /// The vCPUs that a task has whatever its neighbours do.
    pub(super) fn own_vcpus(&self, agent: &AgentTask) -> f64 {
        let reserved = self.model.definition(agent.definition).reserved.cpu.0;
        (f64::from(reserved) / 1024.0).max(CPU_LEAST)
    }

    /// Makes the members of a group what its targets are now. What members no longer have a target
    /// for comes to nothing.
    pub(super) fn renew_members(
        &self,
        index: TargetGroupIx,
        flow: &mut GroupFlow,
        told: &mut Vec<Failed>,
    ) {
        let targets = self.targets_in(index);
        for at in 0..flow.members.len() {
            let target = targets.get(&flow.members[at].task);
            let member = &flow.members[at];
            if let Some(failure) = self.ends_by(index, target.copied(), member) {
                flow.abandon(at, failure, told);
            }
        }
        let mut former: BTreeMap<TaskId, Member> = core::mem::take(&mut flow.members)
            .into_iter()
            .map(|it| (it.task, it))
            .collect();
        // The first batch of a group does not start slowly (2.5).
        let slow_start = self.model.target_group(index).slow_start;
        let is_settled = |it: &Member| {
            let grown = self.now.since(it.healthy_since) >= slow_start;
            it.is_healthy && (!it.starts_slowly || grown)
        };
        let has_settled = former.values().any(is_settled);
        for (id, (task, target)) in targets {
            let was_there = former.get(&id).is_some_and(|it| !it.station.is_idle());
            if !target.registered || (target.health == TargetHealth::Unused && !was_there) {
                continue;
            }
            let now = self.now_of(id, index, task.instance);
            let mut member = former.remove(&id).unwrap_or_else(|| self.member(id, task));
            let is_healthy = target.health == TargetHealth::Healthy;
            if is_healthy && !member.is_healthy {
                member.healthy_since = target.changed_at;
                member.starts_slowly = has_settled;
            }
            member.is_healthy = is_healthy;
            member.is_initial = target.health == TargetHealth::Initial;
            member.is_open = target.health < TargetHealth::Draining;
            let agent = self.agents.get(&id);
            member.memory_mib = agent.map_or((0.0, 0.0), |agent| self.memory(agent));
            member.conduct = now.conduct;
            member.cpu_ms = now.cpu_ms;
            member.errors_ppm = now.errors_ppm;
            let had = member.serving;
            member.serving = now.serving;
            // What its host leaves it is found anew each second.
            if had.service_ms > 0.0 && had.lanes > 0 {
                member.serving.lanes = had.lanes;
                member.serving.service_ms = had.service_ms;
            }
            flow.members.push(member);
        }
    }

    fn member(&self, id: TaskId, task: &Task) -> Member {
        Member {
            task: id,
            service: task.service,
            zone: self.model.instance(task.instance).zone,
            host: task.instance,
            reserved: task.reserved,
            is_limited: self.is_limited(id),
            memory_mib: (0.0, 0.0),
            conduct: Conduct::Refuses,
            serving: Serving {
                lanes: 0,
                service_ms: 0.0,
                base: Millis::ZERO,
            },
            cpu_ms: 0.0,
            errors_ppm: 0,
            is_open: false,
            is_healthy: false,
            healthy_since: Instant::ZERO,
            starts_slowly: false,
            is_initial: true,
            drawn: 0.0,
            share_end: 0,
            pinned: 0.0,
            station: Station::default(),
            latency: Latency::default(),
            anomaly: Anomaly::default(),
            second: MemberSecond::default(),
        }
    }

    /// Whether a task has a size of its own, beyond which it gets no CPU.
    fn is_limited(&self, id: TaskId) -> bool {
        let agent = self.agents.get(&id);
        agent.is_some_and(|agent| agent.document.cpu.is_some())
    }

    /// The targets of a group that are or were registered.
    fn targets_in(&self, index: TargetGroupIx) -> BTreeMap<TaskId, (&Task, &Target)> {
        let mut targets = BTreeMap::new();
        let registers = |service: &&ServiceState| {
            let mut wires = service.deployments.iter().flat_map(|it| &it.targets);
            wires.any(|wire| wire.target_group == index)
        };
        for service in self.control.services.values().filter(registers) {
            for id in &service.tasks {
                let Some(task) = self.control.tasks.get(id) else {
                    continue;
                };
                if let Some(target) = task.target(index) {
                    targets.insert(*id, (&**task, target));
                }
            }
        }
        targets
    }

    /// How what a member has in flight ends, if it does.
    fn ends_by(
        &self,
        group: TargetGroupIx,
        target: Option<(&Task, &Target)>,
        member: &Member,
    ) -> Option<RequestFailure> {
        if member.station.is_idle() {
            return None;
        }
        let instance = match target {
            Some((task, _)) => Some(task.instance),
            None => self.control.tasks.get(&member.task).map(|it| it.instance),
        };
        if instance.is_some_and(|it| self.is_dark(it)) {
            return Some(RequestFailure::IdleTimeout);
        }
        let compiled = self.model.target_group(group);
        // Connections of a Network Load Balancer go on behind it unless that is asked for (3.1).
        let cuts = compiled.protocol.is_http() || compiled.terminates_connections;
        let is_gone = |target: &Target| target.health == TargetHealth::Unused && cuts;
        if target.is_none_or(|(_, it)| is_gone(it)) {
            return Some(RequestFailure::DelayExpired);
        }
        let runs = self.agents.get(&member.task).is_some_and(|agent| {
            let container = self.target_container(member.task, agent, group);
            let known = agent.containers.get(container);
            known.is_some_and(|it| it.answers_at().is_some() || it.is_stopping())
        });
        (!runs).then_some(RequestFailure::ConnectionReset)
    }
}
