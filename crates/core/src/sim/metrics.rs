//! What a run's assertions need, recorded while it plays: change points of step functions, and
//! when deployments began and ended. Nothing is recorded that nobody asks for.
//!
//! The recorder looks at the world after each turn and, guided by the events of that turn, only at
//! what changed. Health also changes by the clock alone ([`task_health`]: 40 s without checks, the
//! grace period), so the recorder keeps a list of such moments and stamps them as they are, not
//! with the turn that comes next.

use super::requests::RequestRecorder;
use super::tracks::{Counted, Track};
use super::usage::record_usage;
use super::world::World;
use crate::assert::{Length, Metric, Recorded, Selector, Series};
use crate::control::{
    Event, EventKind, InstanceState, InstanceStatus, RolloutState, ServiceMessage, StopCause,
    StoppedCause, TaskHealth, TaskStatus, task_health,
};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskId};
use crate::model::{Model, Scheduling};
use crate::time::Instant;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Records of a run in the making.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    tracks: Vec<Track>,
    requests: RequestRecorder,
    model: Arc<Model>,
    /// Tasks that have not ended.
    live: BTreeMap<TaskId, Counted>,
    /// When the health of a task may change by the clock.
    due: BTreeSet<(Instant, TaskId)>,
    hosts: Vec<Host>,
    /// Of each service: what it wants, and how many of its tasks are wanted and healthy.
    services: Vec<Counts>,
    rollouts: Vec<Rollout>,
    /// Deployments that failed and that went back, by service.
    failed: Vec<(Instant, ServiceIx)>,
    rolled_back: Vec<(Instant, ServiceIx)>,
    inputs: Vec<Instant>,
    /// Whether a steady state is asked for.
    watches_steadiness: bool,
}

/// What is known of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) desired: u32,
    pub(super) wanted: u32,
    pub(super) healthy: u32,
    pub(super) steady: bool,
}

/// What is known of a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) registered: bool,
    pub(super) cpu: (i64, i64),
    pub(super) memory: (i64, i64),
}

/// A deployment.
#[derive(Clone, Copy, Debug)]
struct Rollout {
    service: ServiceIx,
    deployment: DeploymentId,
    length: Length,
    /// Whether it is the first of its service: the service's creation.
    is_first: bool,
}

/// What a deployment does.
enum Change {
    Began,
    Completed,
    Failed {
        /// Whether the service goes back to what ran before.
        rolls_back: bool,
    },
}

/// The one place that reads how deployments are told of.
fn rollout_change(kind: &EventKind) -> Option<(ServiceIx, DeploymentId, Change)> {
    if let EventKind::DeploymentChanged {
        service,
        deployment,
        state,
        back_to,
        ..
    } = kind
    {
        let change = match state {
            RolloutState::InProgress => Change::Began,
            RolloutState::Completed => Change::Completed,
            RolloutState::Failed => Change::Failed {
                rolls_back: back_to.is_some(),
            },
        };
        return Some((*service, *deployment, change));
    }
    None
}

/// Whether a task that ended so failed: it did not start, exited or did not pass its checks.
fn is_failure(cause: &StoppedCause) -> bool {
    match cause {
        StoppedCause::EssentialContainerExited | StoppedCause::FailedToStart(_) => true,
        StoppedCause::Scheduler(cause) => match cause {
            StopCause::UnhealthyTarget { .. } | StopCause::UnhealthyContainers => true,
            StopCause::Scaling { .. }
            | StopCause::ServiceDeleted
            | StopCause::ZoneRebalancing { .. }
            | StopCause::ConstraintViolated
            | StopCause::Draining { .. } => false,
        },
        StoppedCause::Host(_) | StoppedCause::Requested(_) => false,
    }
}

impl Recorder {
    pub(super) fn new(wanted: &BTreeSet<Selector>, world: &World) -> Self {
        let tracked = wanted.iter().filter(|it| !it.metric.is_of_requests());
        let is_steadiness = |it: &Selector| it.metric == Metric::TimeToSteadyState;
        let mut recorder = Self {
            tracks: tracked.cloned().map(Track::new).collect(),
            requests: RequestRecorder::new(wanted.iter()),
            model: Arc::clone(world.model()),
            live: BTreeMap::new(),
            due: BTreeSet::new(),
            hosts: Vec::new(),
            services: Vec::new(),
            rollouts: Vec::new(),
            failed: Vec::new(),
            rolled_back: Vec::new(),
            inputs: Vec::new(),
            watches_steadiness: wanted.iter().any(is_steadiness),
        };
        recorder.follow_model(world);
        recorder
    }

    /// Looks at the world after a turn whose events are `told`; nothing else happens in it before
    /// `until`.
    pub(super) fn see(&mut self, world: &World, told: &[Event], until: Instant) {
        if self.tracks.is_empty() && self.requests.is_empty() {
            return;
        }
        let now = world.now();
        let remodelled = !Arc::ptr_eq(&self.model, world.model());
        if remodelled {
            self.model = Arc::clone(world.model());
            self.follow_model(world);
        }
        let mut touched = BTreeSet::new();
        for event in told {
            self.hear(event, world, &mut touched);
        }
        self.look_at_services(world, &mut touched);
        self.pop_due(now, &mut touched);
        if remodelled {
            touched.extend(self.live.keys().copied());
        }
        for task in touched {
            self.look_at_task(world, task, now);
        }
        self.requests.see(world);
        record_usage(world, &self.live, &mut self.tracks);
        self.write(now);
        while let Some((at, _)) = self.due.first().copied().filter(|(at, _)| *at < until) {
            let mut touched = BTreeSet::new();
            self.pop_due(at, &mut touched);
            for task in touched {
                self.look_at_task(world, task, at);
            }
            self.write(at);
        }
    }

    /// The records of each metric that was asked for.
    pub(super) fn finish(self) -> BTreeMap<Selector, Recorded> {
        let Self {
            tracks,
            requests,
            rollouts,
            failed,
            rolled_back,
            inputs,
            ..
        } = self;
        let finish = |track: Track| {
            let metric = track.selector.metric;
            let recorded = if metric == Metric::DeployDuration {
                let counts = |it: &&Rollout| !it.is_first && track.has_service(it.service);
                let rollouts = rollouts.iter().filter(counts);
                Recorded::Lengths(rollouts.map(|it| it.length).collect())
            } else if metric == Metric::TimeToSteadyState {
                let (services, inputs) = (track.steady, inputs.clone());
                Recorded::Steadiness { services, inputs }
            } else if metric == Metric::DeploymentsFailed {
                Recorded::Steps(track.counted(&failed))
            } else if metric == Metric::Rollbacks {
                Recorded::Steps(track.counted(&rolled_back))
            } else {
                Recorded::Steps(track.series)
            };
            (track.selector, recorded)
        };
        let mut records: BTreeMap<Selector, Recorded> = tracks.into_iter().map(finish).collect();
        for (selector, of_requests) in requests.finish() {
            let recorded = match (records.remove(&selector), of_requests) {
                (Some(Recorded::Steps(uptime)), Recorded::Ratio(requests)) => {
                    Recorded::Availability { uptime, requests }
                }
                (_, of_requests) => of_requests,
            };
            records.insert(selector, recorded);
        }
        records
    }

    /// The model is another one: what counts for which metric is found out again.
    fn follow_model(&mut self, world: &World) {
        let model = Arc::clone(&self.model);
        self.services
            .resize(model.services.len(), Counts::default());
        self.hosts.resize(model.instances.len(), Host::default());
        self.requests.follow(&model);
        for track in &mut self.tracks {
            track.follow(&model);
        }
        for (at, host) in self.hosts.iter_mut().enumerate() {
            let instance = InstanceIx::from_at(at);
            *host = host_at(&model, world.control().instances.get(&instance), instance);
        }
        let state = world.control();
        for (at, service) in self.services.iter_mut().enumerate() {
            let index = ServiceIx::from_at(at);
            // Calls of RunTask want nothing and are never steady.
            let compiled = model.service(index);
            let is_there = compiled.present && compiled.scheduling != Scheduling::RunTask;
            service.desired = if is_there {
                state.desired_count(&model, index)
            } else {
                0
            };
            // Nobody waits for a service that is not there.
            service.steady |= !is_there;
        }
        for track in &mut self.tracks {
            track.count_all(&self.live, &self.hosts, &self.services);
        }
    }

    fn hear(&mut self, event: &Event, world: &World, touched: &mut BTreeSet<TaskId>) {
        let at = event.at;
        if let Some((service, deployment, change)) = rollout_change(&event.kind) {
            self.hear_rollout(at, service, deployment, &change);
        }
        match &event.kind {
            EventKind::TaskStatusChanged {
                task,
                service,
                instance,
                last_status,
                stopped,
                ..
            } => {
                self.look_at_host(world, *instance);
                if *last_status == TaskStatus::Stopped {
                    touched.remove(task);
                    self.hear_end(at, *task, stopped.as_ref());
                } else {
                    let counted = || Counted::new(*service, *instance);
                    self.live.entry(*task).or_insert_with(counted);
                    touched.insert(*task);
                }
            }
            EventKind::TargetHealthChanged { task, .. } => {
                touched.insert(*task);
            }
            EventKind::InstanceStatusChanged { instance, .. } => {
                self.look_at_host(world, *instance);
            }
            EventKind::InputApplied { .. } => self.inputs.push(at),
            EventKind::AgentConnectivityChanged { .. }
            | EventKind::DeploymentChanged { .. }
            | EventKind::DeploymentStageChanged { .. }
            | EventKind::HookAwaitsAction { .. }
            | EventKind::AlarmStateChanged { .. }
            | EventKind::DesiredCountUpdated { .. }
            | EventKind::RunTaskFailed { .. }
            | EventKind::TaskProtectionChanged { .. }
            | EventKind::DiscoveryRecordChanged { .. }
            | EventKind::ServiceEvent { .. }
            | EventKind::RequestsFail { .. }
            | EventKind::RequestsFailed { .. }
            | EventKind::ListenerMissing { .. }
            | EventKind::InputRefused { .. } => {}
        }
    }

    fn hear_rollout(&mut self, at: Instant, service: ServiceIx, id: DeploymentId, change: &Change) {
        match change {
            Change::Began => {
                let is_first = !self.rollouts.iter().any(|it| it.service == service);
                self.rollouts.push(Rollout {
                    service,
                    deployment: id,
                    length: Length {
                        began: at,
                        ended: None,
                    },
                    is_first,
                });
            }
            Change::Failed { rolls_back } => {
                self.failed.push((at, service));
                self.rolled_back.extend(rolls_back.then_some((at, service)));
            }
            Change::Completed => {
                let mut rollouts = self.rollouts.iter_mut().rev();
                if let Some(rollout) = rollouts.find(|it| it.deployment == id) {
                    rollout.length.ended = Some(at);
                }
            }
        }
    }

    fn hear_end(&mut self, at: Instant, task: TaskId, cause: Option<&StoppedCause>) {
        // A second event tells of its exit code.
        let Some(before) = self.live.remove(&task) else {
            return;
        };
        self.recount(&before, None);
        let failed = cause.is_some_and(is_failure);
        for track in &mut self.tracks {
            track.task_ended(at, &before, failed);
        }
    }

    /// What no event tells: wishes of daemon services, steady states, container health, and tasks
    /// that were told to stop.
    fn look_at_services(&mut self, world: &World, touched: &mut BTreeSet<TaskId>) {
        let (state, now) = (world.control(), world.now());
        let model = Arc::clone(&self.model);
        for (service, known) in &state.services {
            let Some(counts) = self.services.get_mut(service.at()) else {
                continue;
            };
            let compiled = model.service(*service);
            if compiled.present && compiled.scheduling == Scheduling::Daemon {
                counts.desired = known.daemon_count;
            }
            if self.watches_steadiness {
                let is_it = |(said, _): &(ServiceMessage, _)| *said == ServiceMessage::SteadyState;
                counts.steady = !compiled.present || known.said.iter().any(is_it);
            }
            if known.changed_at != now {
                continue;
            }
            let is_checked = |definition| model.definition(definition).has_health_check;
            let mut deployments = known.deployments.iter();
            let is_checked = deployments.any(|it| is_checked(it.task_definition));
            let wanted: u32 = known.on.values().sum();
            if is_checked || wanted != counts.wanted {
                touched.extend(known.tasks.iter().copied());
            }
        }
    }

    fn pop_due(&mut self, now: Instant, touched: &mut BTreeSet<TaskId>) {
        while let Some((_, task)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            touched.insert(task);
        }
    }

    fn look_at_task(&mut self, world: &World, id: TaskId, now: Instant) {
        let Some(before) = self.live.get(&id) else {
            return;
        };
        let Some(task) = world.control().tasks.get(&id) else {
            return;
        };
        let mut after = Counted::new(before.service, before.instance);
        after.is_wanted = task.is_wanted();
        after.is_running = task.last_status == TaskStatus::Running;
        after.health = task_health(&self.model, task, now);
        let targets = task.targets.iter();
        after.targets = targets
            .map(|it| (it.target_group, it.balancer_health()))
            .collect();
        if let Some(started) = task.started_at.filter(|_| after.is_wanted) {
            let settings = &self.model.settings;
            let grace = self.model.service(task.service).grace_period;
            let moments = [settings.healthy_without_checks, grace].map(|it| started + it);
            let later = moments.into_iter().filter(|at| *at > now);
            self.due.extend(later.map(|at| (at, id)));
        }
        if *before != after {
            let before = self.live.insert(id, after.clone());
            let before = before.unwrap_or_else(|| after.clone());
            self.recount(&before, Some(&after));
        }
        self.look_at_host(world, task.instance);
    }

    fn recount(&mut self, before: &Counted, after: Option<&Counted>) {
        if let Some(counts) = self.services.get_mut(before.service.at()) {
            let both = |it: &Counted| (it.is_wanted, it.is_healthy());
            let (wanted, healthy) = both(before);
            counts.wanted -= u32::from(wanted);
            counts.healthy -= u32::from(healthy);
            let (wanted, healthy) = after.map_or((false, false), both);
            counts.wanted += u32::from(wanted);
            counts.healthy += u32::from(healthy);
        }
        for track in &mut self.tracks {
            track.recount(before, after);
        }
    }

    fn look_at_host(&mut self, world: &World, instance: InstanceIx) {
        let after = host_at(
            &self.model,
            world.control().instances.get(&instance),
            instance,
        );
        let Some(host) = self.hosts.get_mut(instance.at()) else {
            return;
        };
        let before = core::mem::replace(host, after);
        if before != after {
            for track in &mut self.tracks {
                track.recount_host(instance, before, after);
            }
        }
    }

    fn write(&mut self, now: Instant) {
        for track in &mut self.tracks {
            track.write(now, &self.services);
        }
    }
}

fn host_at(model: &Model, known: Option<&InstanceState>, instance: InstanceIx) -> Host {
    let known = known.filter(|known| known.status != InstanceStatus::Inactive);
    let Some(known) = known else {
        return Host::default();
    };
    let registered = model.instance(instance).registered;
    let reserved = known.reserved;
    Host {
        registered: true,
        cpu: (reserved.cpu.0.into(), registered.cpu.0.into()),
        memory: (reserved.memory.0.into(), registered.memory.0.into()),
    }
}

impl Counted {
    pub(super) fn new(service: ServiceIx, instance: InstanceIx) -> Self {
        Self {
            service,
            instance,
            is_wanted: false,
            is_running: false,
            health: TaskHealth::Starting,
            targets: Vec::new(),
        }
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.is_wanted && self.health == TaskHealth::Healthy
    }
}

impl Track {
    /// How many of these moments there were, of services that count.
    fn counted(&self, moments: &[(Instant, ServiceIx)]) -> Series {
        let mut series = Series::default();
        let mut count = 0.0;
        for (at, service) in moments {
            if self.has_service(*service) {
                count += 1.0;
                series.set(*at, count);
            }
        }
        series
    }
}
