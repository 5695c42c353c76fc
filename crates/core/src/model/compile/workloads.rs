//! Workloads: numbers that cannot be, and names that mean nothing. They are our own, so that
//! nothing of AWS's refuses them; a run goes on with what is left.

use super::Compiler;
use crate::design::Workload;
use crate::model::{Problem, WorkloadFault};
use crate::near::nearest;
use crate::source::escape;
use crate::taskdef::Extra;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

/// The members of a workload.
const MEMBERS: &[&str] = &[
    "imageSizeMiB",
    "startupSeconds",
    "crashAfterSeconds",
    "shutdownSeconds",
    "startError",
    "cpuMsPerRequest",
    "baseLatencyMs",
    "errorRate",
    "memoryMiB",
    "memoryKiBPerRequest",
    "containers",
];

/// The members of a container's part of a workload.
const CONTAINER_MEMBERS: &[&str] = &[
    "imageSizeMiB",
    "startupSeconds",
    "shutdownSeconds",
    "exitAfterSeconds",
    "exitCode",
    "startError",
    "cpuMsPerRequest",
    "baseLatencyMs",
    "errorRate",
];

impl Compiler<'_> {
    /// Looks through all workloads of the document.
    pub(super) fn workloads(&mut self) {
        let design = self.design;
        if design.workloads.is_empty() {
            return;
        }
        let services = design.services.iter();
        let names: BTreeSet<String> = services
            .map(|it| format!("{}/{}", self.cluster(it.cluster.as_ref()), it.service_name))
            .collect();
        for (key, workload) in &design.workloads {
            let pointer = format!("/workloads/{}", escape(key));
            if !names.contains(key) && !self.names_a_run(key) {
                let near = nearest(key, names.iter().map(String::as_str));
                let (name, near) = (key.clone(), near.map(Into::into));
                self.workload_fault(pointer.clone(), WorkloadFault::Service { name, near });
            }
            self.workload(workload, &pointer);
            self.idle_memory(key, workload, &pointer);
        }
    }

    /// Whether a key is one of tasks that RunTask starts, which form the group `family:NAME`.
    fn names_a_run(&self, key: &str) -> bool {
        let name = key.split_once('/').map(|(_, name)| name);
        let Some(family) = name.and_then(|it| it.strip_prefix("family:")) else {
            return false;
        };
        let mut definitions = self.design.task_definitions.iter();
        definitions.any(|it| it.family == family)
    }

    fn workload(&mut self, workload: &Workload, pointer: &str) {
        let numbers = (workload.cpu_ms_per_request, workload.error_rate);
        self.workload_numbers(numbers, pointer);
        self.workload_members(&workload.extra, MEMBERS, pointer);
        for (name, container) in &workload.containers {
            let pointer = format!("{pointer}/containers/{}", escape(name));
            let numbers = (container.cpu_ms_per_request, container.error_rate);
            self.workload_numbers(numbers, &pointer);
            self.workload_members(&container.extra, CONTAINER_MEMBERS, &pointer);
        }
    }

    fn workload_numbers(&mut self, (cpu, errors): (Option<f64>, Option<f64>), pointer: &str) {
        if let Some(cpu) = cpu.filter(|it| !it.is_finite() || *it < 0.0) {
            let written = cpu.to_string();
            let pointer = format!("{pointer}/cpuMsPerRequest");
            self.workload_fault(pointer, WorkloadFault::CpuTime { written });
        }
        if let Some(errors) = errors.filter(|it| !(0.0..=1.0).contains(it)) {
            let written = errors.to_string();
            let pointer = format!("{pointer}/errorRate");
            self.workload_fault(pointer, WorkloadFault::ErrorRate { written });
        }
    }

    /// Members that are no misspelt ones are the user's own, and kept.
    fn workload_members(&mut self, extra: &Extra, known: &[&'static str], pointer: &str) {
        for name in extra.keys() {
            let mut same = known.iter();
            let Some(near) = nearest(name, known.iter().copied()) else {
                continue;
            };
            // From the list, so that it lives on.
            let Some(near) = same.find(|it| **it == near) else {
                continue;
            };
            let pointer = format!("{pointer}/{}", escape(name));
            let name = name.clone();
            self.workload_fault(pointer, WorkloadFault::Member { name, near });
        }
    }

    /// The memory that a task takes without work beside what its service's tasks reserve.
    fn idle_memory(&mut self, key: &str, workload: &Workload, pointer: &str) {
        let Some(written) = workload.memory_mib else {
            return;
        };
        let named = key
            .split_once('/')
            .map(|(cluster, name)| (cluster.into(), name.into()));
        let at = named.and_then(|it| self.names.services.get(&it));
        let service = at.map(|at| &self.model.services[*at]);
        let Some(service) = service.filter(|it| it.present) else {
            return;
        };
        let definition = self.model.definition(service.task_definition);
        let reserved = definition.reserved.memory.0;
        if written > reserved {
            let pointer = format!("{pointer}/memoryMiB");
            self.workload_fault(pointer, WorkloadFault::Memory { written, reserved });
        }
    }

    fn workload_fault(&mut self, pointer: String, fault: WorkloadFault) {
        self.find(pointer, Problem::Workload(fault));
    }
}
