//! One metric with its labels as it is recorded: what counts for it, the sums that it is made of,
//! and the points of its series.

use super::metrics::{Counts, Host};
use crate::assert::{Metric, Selector, Series};
use crate::control::{TargetHealth, TaskHealth};
use crate::id::{InstanceIx, ServiceIx, TargetGroupIx, TaskId};
use crate::model::{Model, Scheduling};
use crate::time::Instant;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What counts of a task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) service: ServiceIx,
    pub(super) instance: InstanceIx,
    pub(super) is_wanted: bool,
    pub(super) is_running: bool,
    pub(super) health: TaskHealth,
    pub(super) targets: Vec<(TargetGroupIx, TargetHealth)>,
}

/// A metric with its labels.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) selector: Selector,
    /// Whether it counts, by service, host and target group.
    services: Vec<bool>,
    instances: Vec<bool>,
    groups: Vec<bool>,
    /// What is counted, and of how much.
    sum: i64,
    of: i64,
    pub(super) series: Series,
    /// Of each service that counts, whether it is steady.
    pub(super) steady: Vec<Series>,
}

impl Track {
    pub(super) fn new(selector: Selector) -> Self {
        Self {
            selector,
            services: Vec::new(),
            instances: Vec::new(),
            groups: Vec::new(),
            sum: 0,
            of: 0,
            series: Series::default(),
            steady: Vec::new(),
        }
    }

    pub(super) fn has_service(&self, service: ServiceIx) -> bool {
        self.services.get(service.at()).copied().unwrap_or(false)
    }

    fn has_instance(&self, instance: InstanceIx) -> bool {
        self.instances.get(instance.at()).copied().unwrap_or(false)
    }

    /// Finds out what counts by its labels.
    pub(super) fn follow(&mut self, model: &Model) {
        let labels = &self.selector.labels;
        let fits = |wanted: &Option<alloc::string::String>, name: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == name)
        };
        let services = model.services.iter().map(|it| {
            it.scheduling != Scheduling::RunTask
                && fits(&labels.service, &it.name)
                && fits(&labels.cluster, &it.cluster)
        });
        self.services = services.collect();
        let instances = model.instances.iter().map(|it| {
            let zone = model.zones.get(it.zone.at());
            fits(&labels.zone, zone.map_or("", |zone| zone)) && fits(&labels.cluster, &it.cluster)
        });
        self.instances = instances.collect();
        let groups = model.target_groups.iter();
        self.groups = groups
            .map(|it| fits(&labels.target_group, &it.name))
            .collect();
    }

    /// Counts everything again.
    pub(super) fn count_all(
        &mut self,
        live: &BTreeMap<TaskId, Counted>,
        hosts: &[Host],
        services: &[Counts],
    ) {
        self.sum = live.values().map(|task| self.of_task(task)).sum();
        self.of = 0;
        for (at, host) in hosts.iter().enumerate() {
            self.recount_host(InstanceIx::from_at(at), Host::default(), *host);
        }
        self.steady.resize(services.len(), Series::default());
    }

    /// What one task adds.
    fn of_task(&self, task: &Counted) -> i64 {
        if !self.has_service(task.service) || !self.has_instance(task.instance) {
            return 0;
        }
        let one = |counts: bool| i64::from(counts && task.is_wanted);
        let targets = |wanted: TargetHealth| {
            let has_group = |group: TargetGroupIx| self.groups.get(group.at()) == Some(&true);
            let targets = task.targets.iter();
            let count = targets.filter(|(group, health)| *health == wanted && has_group(*group));
            i64::try_from(count.count()).unwrap_or(i64::MAX)
        };
        match self.selector.metric {
            Metric::HealthyTasks => one(task.health == TaskHealth::Healthy),
            Metric::UnhealthyTasks => one(task.health == TaskHealth::Unhealthy),
            Metric::RunningTasks => one(task.is_running),
            Metric::PendingTasks => one(!task.is_running),
            Metric::HealthyTargets => targets(TargetHealth::Healthy),
            Metric::UnhealthyTargets => targets(TargetHealth::Unhealthy),
            Metric::Availability
            | Metric::DesiredTasks
            | Metric::StoppedTasks
            | Metric::FailedTasks
            | Metric::DeployDuration
            | Metric::TimeToSteadyState
            | Metric::DeploymentsFailed
            | Metric::Rollbacks
            | Metric::CpuReservation
            | Metric::MemoryReservation
            | Metric::RegisteredInstances
            | Metric::Requests
            | Metric::Http5xx
            | Metric::Http4xx
            | Metric::ErrorRate
            | Metric::Latency
            | Metric::CpuUtilization
            | Metric::MemoryUtilization => 0,
        }
    }

    /// Whether it is of what tasks use.
    pub(super) fn is_of_usage(&self) -> bool {
        matches!(
            self.selector.metric,
            Metric::CpuUtilization | Metric::MemoryUtilization
        )
    }

    /// Whether what a task uses counts.
    pub(super) fn has_task(&self, task: &Counted) -> bool {
        let mut targets = task.targets.iter();
        self.has_service(task.service)
            && self.has_instance(task.instance)
            && (self.selector.labels.target_group.is_none()
                || targets.any(|(group, _)| self.groups.get(group.at()) == Some(&true)))
    }

    /// Writes what tasks use from a moment on, and of how much; nothing is used of nothing.
    pub(super) fn write_usage(&mut self, at: Instant, (used, of): (f64, f64)) {
        // The first second of traffic may be a part of one.
        let at = self.series.last_at().map_or(at, |last| last.max(at));
        self.series.set(at, if of > 0.0 { used / of } else { 0.0 });
    }

    pub(super) fn recount(&mut self, before: &Counted, after: Option<&Counted>) {
        let after = after.map_or(0, |after| self.of_task(after));
        self.sum += after - self.of_task(before);
    }

    pub(super) fn recount_host(&mut self, instance: InstanceIx, before: Host, after: Host) {
        if !self.has_instance(instance) {
            return;
        }
        let metric = self.selector.metric;
        let of_host = |host: Host| {
            if metric == Metric::CpuReservation {
                host.cpu
            } else if metric == Metric::MemoryReservation {
                host.memory
            } else if metric == Metric::RegisteredInstances {
                (i64::from(host.registered), 1)
            } else {
                (0, 0)
            }
        };
        let (before, after) = (of_host(before), of_host(after));
        self.sum += after.0 - before.0;
        self.of += after.1 - before.1;
    }

    pub(super) fn task_ended(&mut self, at: Instant, task: &Counted, failed: bool) {
        let metric = self.selector.metric;
        let counts = metric == Metric::StoppedTasks || (metric == Metric::FailedTasks && failed);
        if counts && self.has_service(task.service) && self.has_instance(task.instance) {
            let before = self.series.at(at);
            self.series.set(at, before + 1.0);
        }
    }

    /// Writes the value of a moment.
    pub(super) fn write(&mut self, now: Instant, services: &[Counts]) {
        let counting = || {
            let counts = self.services.iter().zip(services);
            counts.filter(|(counts, _)| **counts).map(|(_, it)| *it)
        };
        let value = match self.selector.metric {
            Metric::HealthyTasks
            | Metric::UnhealthyTasks
            | Metric::RunningTasks
            | Metric::PendingTasks
            | Metric::HealthyTargets
            | Metric::UnhealthyTargets
            | Metric::RegisteredInstances => self.sum as f64,
            // No host registers anything, and nothing is reserved.
            Metric::CpuReservation | Metric::MemoryReservation if self.of <= 0 => 0.0,
            Metric::CpuReservation | Metric::MemoryReservation => self.sum as f64 / self.of as f64,
            Metric::DesiredTasks => counting().map(|it| f64::from(it.desired)).sum(),
            Metric::Availability => {
                let mut wanting = counting().filter(|it| it.desired > 0);
                f64::from(u8::from(wanting.all(|it| it.healthy > 0)))
            }
            Metric::TimeToSteadyState => {
                let counted = self.services.iter().zip(services).zip(&mut self.steady);
                for ((counts, service), series) in counted {
                    // What does not count is as good as steady.
                    series.set(now, f64::from(u8::from(service.steady || !counts)));
                }
                return;
            }
            Metric::StoppedTasks
            | Metric::FailedTasks
            | Metric::DeployDuration
            | Metric::DeploymentsFailed
            | Metric::Rollbacks
            | Metric::Requests
            | Metric::Http5xx
            | Metric::Http4xx
            | Metric::ErrorRate
            | Metric::Latency
            | Metric::CpuUtilization
            | Metric::MemoryUtilization => return,
        };
        self.series.set(now, value);
    }
}
