//! What tasks use, as the agents report it: of targets what their requests take, of every RUNNING
//! task the memory that it takes without any (load-balancing-and-scaling.md 4.2).

use crate::control::{Task, TaskStatus};
use crate::id::TaskId;
use crate::sim::world::World;
use crate::taskdef::TaskDefinition;
use crate::time::Millis;
use crate::units::Resources;
use alloc::vec::Vec;

/// What the requests of one task took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::sim) struct Used {
    /// CPU time in vCPU-milliseconds.
    pub(in crate::sim) cpu_ms: f64,
    /// Memory of requests in flight, in MiB times milliseconds.
    pub(in crate::sim) mib_ms: f64,
}

/// What the requests of a task took in the last second, and in this minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::sim) struct TaskUse {
    pub(in crate::sim) task: TaskId,
    pub(in crate::sim) second: Used,
    pub(super) minute: Used,
}

/// Of what one task uses so much, and how much that is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::sim) struct Usage {
    /// CPU units on average.
    pub(in crate::sim) cpu: f64,
    /// CPU units that it reserves.
    pub(in crate::sim) cpu_reserved: f64,
    /// Memory on average in MiB.
    pub(in crate::sim) memory: f64,
    /// Memory that it reserves in MiB.
    pub(in crate::sim) memory_reserved: f64,
}

impl Used {
    fn add(&mut self, other: Self) {
        self.cpu_ms += other.cpu_ms;
        self.mib_ms += other.mib_ms;
    }
}

/// Begins a second in which nobody has used anything yet.
pub(super) fn begin_second(uses: &mut [TaskUse]) {
    for it in uses {
        it.second = Used::default();
    }
}

/// Counts what the targets of one group used, which come in the order of their tasks; a task in
/// several groups is one.
pub(super) fn count(uses: &mut Vec<TaskUse>, of_group: impl Iterator<Item = (TaskId, Used)>) {
    let (mut at, mut fresh) = (0, Vec::new());
    for (task, used) in of_group {
        while uses.get(at).is_some_and(|it| it.task < task) {
            at += 1;
        }
        match uses.get_mut(at).filter(|it| it.task == task) {
            Some(known) => {
                known.second.add(used);
                known.minute.add(used);
            }
            None => fresh.push(TaskUse {
                task,
                second: used,
                minute: used,
            }),
        }
    }
    if !fresh.is_empty() {
        // Both parts are in order, which this sort makes use of.
        uses.append(&mut fresh);
        uses.sort_by_key(|it| it.task);
    }
}

/// What a task's requests took, by the list of all.
pub(in crate::sim) fn use_of(uses: &[TaskUse], task: TaskId) -> Option<&TaskUse> {
    let at = uses.binary_search_by_key(&task, |it| it.task).ok()?;
    uses.get(at)
}

impl World {
    /// What a RUNNING task uses over `length`, in which its requests took `used`; `None` of one
    /// that does not run, or whose agent cannot report it.
    pub(in crate::sim) fn usage(
        &self,
        id: TaskId,
        task: &Task,
        used: Used,
        length: Millis,
    ) -> Option<Usage> {
        let host = self.control().instances.get(&task.instance);
        let is_seen = host.is_some_and(|it| it.connected);
        if task.last_status != TaskStatus::Running || !is_seen {
            return None;
        }
        let agent = self.agents.get(&id)?;
        let (idle, _) = self.memory(agent);
        let length = length.0.max(1) as f64;
        Some(Usage::new(
            &agent.document,
            task.reserved,
            used.cpu_ms / length * 1024.0,
            idle + used.mib_ms / length,
        ))
    }
}

impl Usage {
    pub(super) fn new(
        document: &TaskDefinition,
        reserved: Resources,
        cpu: f64,
        memory: f64,
    ) -> Self {
        let cpu_reserved = f64::from(reserved.cpu.0);
        Self {
            // A limit of the whole task holds; one that containers share out is only a weight, so
            // that what is idle on the host may be used (4.2).
            cpu: if document.cpu.is_some() {
                cpu.min(cpu_reserved)
            } else {
                cpu
            },
            cpu_reserved,
            memory,
            memory_reserved: memory_reserved(document, reserved),
        }
    }

    /// Percent of the reserved CPU; `None` where none is reserved.
    pub(super) fn cpu_percent(&self) -> Option<f64> {
        (self.cpu_reserved > 0.0).then(|| 100.0 * self.cpu / self.cpu_reserved)
    }

    /// Percent of the reserved memory; `None` where none is reserved.
    pub(super) fn memory_percent(&self) -> Option<f64> {
        (self.memory_reserved > 0.0).then(|| 100.0 * self.memory / self.memory_reserved)
    }
}

/// The soft limits of all containers, where one has none its hard limit; those of the task where
/// a container has neither (4.2).
fn memory_reserved(document: &TaskDefinition, reserved: Resources) -> f64 {
    let containers = document.container_definitions.iter();
    let stated: Option<Vec<u32>> = containers
        .map(|it| it.memory_reservation.or(it.memory))
        .collect();
    let sum: u64 = stated.iter().flatten().map(|it| u64::from(*it)).sum();
    if sum == 0 {
        f64::from(reserved.memory.0)
    } else {
        sum as f64
    }
}
