//! The metrics of `AWS/ECS` for a minute that is over (load-balancing-and-scaling.md 4.2).
//!
//! Every RUNNING task is one sample of its service, so that SampleCount is their number and
//! without any there is no point. What is reserved and registered is looked at once, at the end of
//! the minute: AWS takes several samples, at moments that it does not publish.

use super::name::{MetricName, Namespace};
use super::stats::{Gauge, Stats};
use super::store::Found;
use super::usage::{TaskUse, Usage, use_of};
use super::{MINUTE, Scope};
use crate::control::{InstanceState, InstanceStatus, Task, TaskStatus};
use crate::id::{InstanceIx, ServiceIx, TaskId};
use crate::model::Scheduling;
use crate::sim::world::World;
use crate::time::Instant;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What the tasks of a service said.
#[derive(Debug, Default)]
struct OfService {
    cpu: Gauge,
    memory: Gauge,
}

/// Sums over a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct OfCluster {
    used: (f64, f64),
    reserved: (f64, f64),
    registered: (f64, f64),
}

/// The points of the minute that starts at `from` and ends now.
pub(super) fn points(world: &World, from: Instant, uses: &[TaskUse], into: &mut Vec<Found>) {
    let mut services: BTreeMap<ServiceIx, OfService> = BTreeMap::new();
    let mut clusters: BTreeMap<InstanceIx, OfCluster> = BTreeMap::new();
    for (instance, host) in &world.control().instances {
        if host.status == InstanceStatus::Inactive {
            continue;
        }
        let cluster = clusters.entry(cluster_of(world, *instance)).or_default();
        cluster.count_host(world, *instance, host);
        for id in &host.tasks {
            let Some(task) = world.control().tasks.get(id) else {
                continue;
            };
            let Some(usage) = usage(world, (*id, task), uses, from) else {
                continue;
            };
            cluster.used.0 += usage.cpu;
            cluster.used.1 += usage.memory;
            if world.model().service(task.service).scheduling != Scheduling::RunTask {
                services.entry(task.service).or_default().count(&usage);
            }
        }
    }
    for (service, sums) in services {
        sums.tell(Scope::Service(service), into);
    }
    for (host, sums) in clusters {
        sums.tell(Scope::Cluster(host), into);
    }
}

/// The first host of an instance's cluster, which stands for it.
fn cluster_of(world: &World, instance: InstanceIx) -> InstanceIx {
    let hosts = &world.model().instances;
    let cluster = &world.model().instance(instance).cluster;
    let first = hosts.iter().position(|it| it.cluster == *cluster);
    first.map_or(instance, InstanceIx::from_at)
}

fn usage(
    world: &World,
    (id, task): (TaskId, &Task),
    uses: &[TaskUse],
    from: Instant,
) -> Option<Usage> {
    let used = use_of(uses, id).map(|it| it.minute).unwrap_or_default();
    // One that started within the minute has only been seen since.
    let since = task.started_at.unwrap_or(from).max(from);
    let end = from + MINUTE;
    world.usage(id, task, used, end.since(since))
}

impl OfService {
    fn count(&mut self, usage: &Usage) {
        if let Some(percent) = usage.cpu_percent() {
            self.cpu.add(percent);
        }
        if let Some(percent) = usage.memory_percent() {
            self.memory.add(percent);
        }
    }

    fn tell(&self, scope: Scope, into: &mut Vec<Found>) {
        let cpu = (MetricName::CpuUtilization, self.cpu.stats());
        let memory = (MetricName::MemoryUtilization, self.memory.stats());
        for (name, stats) in [cpu, memory] {
            into.extend(stats.map(|stats| found(name, scope, stats)));
        }
    }
}

impl OfCluster {
    fn count_host(&mut self, world: &World, instance: InstanceIx, host: &InstanceState) {
        let registered = world.model().instance(instance).registered;
        self.registered.0 += f64::from(registered.cpu.0);
        self.registered.1 += f64::from(registered.memory.0);
        for id in &host.tasks {
            let task = world.control().tasks.get(id);
            let running = task.filter(|it| it.last_status == TaskStatus::Running);
            if let Some(task) = running {
                self.reserved.0 += f64::from(task.reserved.cpu.0);
                self.reserved.1 += f64::from(task.reserved.memory.0);
            }
        }
    }

    fn tell(&self, scope: Scope, into: &mut Vec<Found>) {
        let (cpu, memory) = self.registered;
        let shares = [
            (MetricName::CpuUtilization, self.used.0, cpu),
            (MetricName::MemoryUtilization, self.used.1, memory),
            (MetricName::CpuReservation, self.reserved.0, cpu),
            (MetricName::MemoryReservation, self.reserved.1, memory),
        ];
        for (name, part, whole) in shares {
            if whole > 0.0 {
                into.push(found(name, scope, Stats::of(100.0 * part / whole)));
            }
        }
    }
}

fn found(name: MetricName, scope: Scope, stats: Stats) -> Found {
    Found {
        namespace: Namespace::Ecs,
        name,
        scope,
        stats,
    }
}
