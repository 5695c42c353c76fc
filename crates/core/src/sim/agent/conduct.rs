//! How a container behaves: what its workload says, unless an operator has broken something.

use super::{AgentTask, main_container};
use crate::design::{ContainerWorkload, Workload};
use crate::sim::faults::{BadRevision, Degradation, ServiceFault};
use crate::sim::world::World;
use crate::time::Millis;

/// What one request costs a container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::sim) struct Asked {
    /// CPU time in ms of a whole vCPU.
    pub(in crate::sim) cpu_ms: f64,
    /// Time outside the CPU.
    pub(in crate::sim) base: Millis,
    /// Share of answers that are errors, in millionths.
    pub(in crate::sim) errors_ppm: u32,
}

impl World {
    fn workload(&self, agent: &AgentTask) -> &Workload {
        &self.model.service(agent.service).workload
    }

    fn own_workload(&self, agent: &AgentTask, container: usize) -> Option<&ContainerWorkload> {
        let document = &agent.document;
        let name = &document.container_definitions.get(container)?.name;
        self.workload(agent).containers.get(name)
    }

    fn service_fault(&self, agent: &AgentTask) -> Option<&ServiceFault> {
        self.faults.services.get(&agent.service)
    }

    /// How the task's revision is bad, if it was deployed in order to fail.
    pub(in crate::sim) fn badness(&self, agent: &AgentTask) -> Option<BadRevision> {
        self.faults.revisions.get(&agent.definition).copied()
    }

    pub(super) fn image_size_mib(&self, agent: &AgentTask, container: usize) -> u64 {
        let own = self.own_workload(agent, container);
        let size = own.and_then(|own| own.image_size_mib);
        let size = size.or(self.workload(agent).image_size_mib);
        u64::from(size.unwrap_or(Workload::IMAGE_SIZE_MIB))
    }

    /// From its start until it answers.
    pub(super) fn startup(&self, agent: &AgentTask, container: usize) -> Millis {
        if self.badness(agent) == Some(BadRevision::SlowStart) {
            return self.model.settings.bad_revision_startup;
        }
        if let Some(slow) = self.service_fault(agent).and_then(|fault| fault.startup) {
            return slow;
        }
        let own = self.own_workload(agent, container);
        let seconds = own.and_then(|own| own.startup_seconds);
        let seconds = seconds.or(self.workload(agent).startup_seconds);
        Millis::seconds(u64::from(seconds.unwrap_or(Workload::STARTUP_SECONDS)))
    }

    /// From its stop signal until it ends.
    pub(super) fn shutdown(&self, agent: &AgentTask, container: usize) -> Millis {
        let own = self.own_workload(agent, container);
        let seconds = own.and_then(|own| own.shutdown_seconds);
        let seconds = seconds.or(self.workload(agent).shutdown_seconds);
        Millis::seconds(u64::from(seconds.unwrap_or(Workload::SHUTDOWN_SECONDS)))
    }

    /// When after its start it ends by itself, and with which exit code.
    pub(super) fn own_end(&self, agent: &AgentTask, container: usize) -> Option<(Millis, i32)> {
        let document = &agent.document;
        let is_main = container == main_container(document);
        if is_main && self.badness(agent) == Some(BadRevision::Exit) {
            return Some((self.model.settings.bad_revision_exit, 1));
        }
        if let Some(own) = self.own_workload(agent, container)
            && let Some(seconds) = own.exit_after_seconds
        {
            let after = Millis::seconds(u64::from(seconds));
            return Some((after, own.exit_code.unwrap_or(0)));
        }
        let crash = self
            .workload(agent)
            .crash_after_seconds
            .filter(|_| is_main)?;
        Some((Millis::seconds(u64::from(crash)), 1))
    }

    /// The error with which it does not get as far as starting.
    pub(super) fn start_error(&self, agent: &AgentTask, container: usize) -> Option<&str> {
        let own = self.own_workload(agent, container);
        let error = own.and_then(|own| own.start_error.as_deref());
        error.or(self.workload(agent).start_error.as_deref())
    }

    /// How it is worse than it was, by its own fault or its service's.
    pub(in crate::sim) fn degradation(
        &self,
        agent: &AgentTask,
        container: usize,
    ) -> Option<Degradation> {
        let own = agent.containers.get(container)?.degraded;
        let name = &agent.document.container_definitions[container].name;
        own.or_else(|| self.service_fault(agent)?.degradation(name))
    }

    /// What one request costs a container.
    pub(in crate::sim) fn asked(&self, agent: &AgentTask, container: usize) -> Asked {
        let (own, whole) = (self.own_workload(agent, container), self.workload(agent));
        let either = |own: Option<f64>, whole: Option<f64>, default: f64| {
            let stated = own.or(whole).filter(|it| it.is_finite() && *it >= 0.0);
            stated.unwrap_or(default)
        };
        let cpu = own.and_then(|own| own.cpu_ms_per_request);
        let errors = either(own.and_then(|own| own.error_rate), whole.error_rate, 0.0);
        let base = own.and_then(|own| own.base_latency_ms);
        let base = base.or(whole.base_latency_ms);
        Asked {
            cpu_ms: either(cpu, whole.cpu_ms_per_request, Workload::CPU_MS_PER_REQUEST),
            base: Millis(u64::from(base.unwrap_or(Workload::BASE_LATENCY_MS))),
            // One multiplication and one addition of IEEE 754: the same on every target.
            errors_ppm: (errors.min(1.0) * 1e6 + 0.5) as u32,
        }
    }

    /// Memory of a task in MiB: what it takes without work, and for each request in flight.
    pub(in crate::sim) fn memory(&self, agent: &AgentTask) -> (f64, f64) {
        let workload = self.workload(agent);
        // A guess of ours is never what a task is killed for.
        let reserved = self.model.definition(agent.definition).reserved.memory.0;
        let guess = Workload::MEMORY_MIB.min(reserved);
        let idle = workload.memory_mib.unwrap_or(guess);
        let each = workload.memory_kib_per_request.unwrap_or(0);
        (f64::from(idle), f64::from(each) / 1024.0)
    }

    /// Whether an operator makes its own health check fail.
    pub(super) fn is_made_to_fail(&self, agent: &AgentTask, container: usize) -> bool {
        let document = &agent.document;
        let name = &document.container_definitions[container].name;
        agent.containers[container].fails_checks
            || self.badness(agent) == Some(BadRevision::HealthCheck)
            || self.faults.fails_checks(agent.service, name)
    }

    /// Whether an operator makes the load balancers' checks of a task fail.
    pub(in crate::sim) fn targets_are_made_to_fail(&self, agent: &AgentTask) -> bool {
        agent.fails_probes
            || self.badness(agent) == Some(BadRevision::HealthCheck)
            || self.service_fault(agent).is_some_and(|fault| fault.targets)
    }
}
