//! The world: a queue of what will happen, in the order of (time, number), around the control
//! plane. Changed only by stepping (invariant 3).

use super::agent::{AgentTask, Exit, PullFailure};
use super::faults::Faults;
use super::flow::Flow;
use super::host::{AgentConfig, HostAgent};
use super::outage::ZoneOutage;
use super::recording::{Recording, StampedInput};
use super::traffic::TrafficSource;
use crate::control::{
    Action, ControlState, Event, EventKind, Explanation, Observation, Placement, Turn, turn,
};
use crate::design::{Design, last_segment};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TargetGroupIx, TaskId, ZoneIx};
use crate::model::{Model, Stage, compile};
use crate::time::{Instant, Millis};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A Lambda function behind a lifecycle hook answers after so long. Our guess.
const HOOK_RETURNS: Millis = Millis::seconds(1);

/// What is due at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Due {
    Wake,
    InstanceRegisters(InstanceIx),
    InstanceStarted(InstanceIx),
    SpotReclaimed(InstanceIx),
    NetworkAttached(TaskId),
    Accepted(TaskId),
    PullStarted(TaskId),
    Pulled(TaskId, usize),
    PullFailed {
        task: TaskId,
        container: usize,
        why: PullFailure,
        /// Until when the agent tries again.
        until: Instant,
    },
    Advance(TaskId),
    ContainerStarted(TaskId, usize),
    StartTimedOut(TaskId, usize),
    HealthCheck(TaskId, usize),
    CheckTimedOut {
        task: TaskId,
        container: usize,
        starts: u32,
    },
    ContainerExits {
        task: TaskId,
        container: usize,
        exit_code: i32,
        starts: u32,
    },
    ContainerStopped(TaskId, usize),
    ContainersStopped(TaskId),
    NetworkDetached(TaskId),
    TargetRegistered(TaskId, TargetGroupIx),
    Probe(TaskId, TargetGroupIx),
    ProbeTimedOut(TaskId, TargetGroupIx),
    TargetDrained(TaskId, TargetGroupIx),
    HookReturns(ServiceIx, DeploymentId, Stage),
    /// A whole second of traffic is over.
    SecondEnds,
    OutOfMemory(TaskId, usize),
}

/// Everything about a run at one moment.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) now: Instant,
    pub(super) model: Arc<Model>,
    pub(super) design: Arc<Design>,
    pub(super) control: ControlState,
    placement: Placement,
    pub(super) queue: BTreeMap<(Instant, u64), Due>,
    queued: u64,
    /// Inputs by time. At one moment they happen before anything else, so that a run to which
    /// they were added while it played equals one that knew them from the start.
    inputs: Arc<Vec<StampedInput>>,
    next_input: usize,
    /// Tasks as their agents know them. Shared, so that a copy of the world costs no copy of what
    /// does not change.
    pub(super) agents: BTreeMap<TaskId, Arc<AgentTask>>,
    /// What each host's agent has running and waiting, and how the host is.
    pub(super) hosts: BTreeMap<InstanceIx, Arc<HostAgent>>,
    /// Agents that are set up otherwise than by default.
    pub(super) configs: Arc<BTreeMap<InstanceIx, AgentConfig>>,
    /// Zones that have failed.
    pub(super) zones_out: BTreeMap<ZoneIx, ZoneOutage>,
    /// What an operator has broken.
    pub(super) faults: Arc<Faults>,
    woken_at: Option<Instant>,
    /// Services whose next lifecycle hook is to fail.
    pub(super) failing_hooks: BTreeSet<ServiceIx>,
    /// Who asks now.
    pub(super) traffic: Arc<Vec<TrafficSource>>,
    /// Their requests on the way.
    pub(super) flow: Arc<Flow>,
}

impl World {
    /// The world at the start of a recording: hosts register, nothing runs.
    #[must_use]
    pub fn new(recording: &Recording) -> Self {
        let model = compile(&recording.design, None).model;
        let configs = AgentConfig::of_hosts(&recording.design, &model);
        let mut world = Self {
            now: Instant::ZERO,
            model: Arc::new(model),
            design: Arc::clone(&recording.design),
            control: ControlState::new(recording.seed),
            placement: Placement::default(),
            queue: BTreeMap::new(),
            queued: 0,
            inputs: Arc::new(recording.inputs_by_time()),
            next_input: 0,
            agents: BTreeMap::new(),
            hosts: BTreeMap::new(),
            configs: Arc::new(configs),
            zones_out: BTreeMap::new(),
            faults: Arc::default(),
            woken_at: None,
            failing_hooks: BTreeSet::new(),
            traffic: Arc::new(recording.traffic.clone()),
            flow: Arc::default(),
        };
        let hosts: Vec<InstanceIx> = world.model.present_instances().map(|(at, _)| at).collect();
        for instance in hosts {
            world.due(Instant::ZERO, Due::InstanceRegisters(instance));
        }
        world.due(Instant::ZERO, Due::Wake);
        world
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// What the control plane knows.
    #[must_use]
    pub fn control(&self) -> &ControlState {
        &self.control
    }

    /// The compiled design as it is now.
    #[must_use]
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The design as it is now, edits of the run included.
    #[must_use]
    pub fn design(&self) -> &Arc<Design> {
        &self.design
    }

    /// Who asks what of which listener now, changes of the run included.
    #[must_use]
    pub fn traffic(&self) -> &Arc<Vec<TrafficSource>> {
        &self.traffic
    }

    /// When something happens next; `None` if nothing ever will.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        let due = self.queue.first_key_value().map(|((at, _), _)| *at);
        let input = self
            .inputs
            .get(self.next_input)
            .map(|input| Instant::ZERO + input.at);
        due.into_iter().chain(input).min()
    }

    /// Plays everything up to and including `until`, which becomes the present.
    pub fn run(&mut self, until: Instant, log: &mut Vec<Event>) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.step(log);
        }
        self.now = self.now.max(until);
    }

    /// Plays everything that is due at the next moment: one turn of the control plane, whose
    /// orders it returns.
    pub fn step(&mut self, log: &mut Vec<Event>) -> Vec<Action> {
        self.turn(log).actions
    }

    /// Plays on until `task` is placed, at `until` at the latest, and tells why it went there.
    pub(super) fn explain_start(
        mut self,
        task: TaskId,
        until: Instant,
    ) -> Option<(Explanation, Arc<Model>)> {
        self.placement = Placement::curious_about(task);
        let mut log = Vec::new();
        while self.next_at().is_some_and(|at| at <= until) {
            let turn = self.turn(&mut log);
            log.clear();
            let is_it = |action: &Action| matches!(action, Action::StartTask { task: started, .. } if *started == task);
            if turn.actions.iter().any(is_it) {
                let mut told = turn.explanations.into_iter();
                let told = told.rfind(|explanation| explanation.chosen.is_some())?;
                return Some((told, self.model));
            }
        }
        None
    }

    fn turn(&mut self, log: &mut Vec<Event>) -> Turn {
        let Some(now) = self.next_at() else {
            return Turn::default();
        };
        self.now = now;
        let (mut seen, told) = (Vec::new(), log.len());
        self.play_inputs(&mut seen, log);
        let (mut second_ends, mut only_that) = (false, log.len() == told);
        while let Some(entry) = self
            .queue
            .first_entry()
            .filter(|entry| entry.key().0 == now)
        {
            let due = entry.remove();
            let is_second = due == Due::SecondEnds;
            second_ends |= is_second;
            only_that &= is_second;
            self.happen(due, &mut seen);
        }
        // Requests alone give the control plane nothing to decide.
        if second_ends && only_that {
            self.follow_traffic(told, true, log);
            return Turn::default();
        }
        let model = Arc::clone(&self.model);
        let placement = &mut self.placement;
        let turn = turn(&model, &mut self.control, placement, now, seen, log);
        for action in &turn.actions {
            self.obey(action);
        }
        if let Some(at) = turn.wake_at.filter(|at| self.woken_at != Some(*at)) {
            self.woken_at = Some(at);
            self.due(at.max(now), Due::Wake);
        }
        self.follow_traffic(told, second_ends, log);
        turn
    }

    /// Replaces the inputs that are still to come; those up to the present stay as they were.
    pub(super) fn set_inputs(&mut self, inputs: Arc<Vec<StampedInput>>) {
        self.inputs = inputs;
    }

    pub(super) fn due(&mut self, at: Instant, due: Due) {
        self.queued += 1;
        self.queue.insert((at, self.queued), due);
    }

    pub(super) fn due_in(&mut self, length: Millis, due: Due) {
        self.due(self.now + length, due);
    }

    fn happen(&mut self, due: Due, seen: &mut Vec<Observation>) {
        match due {
            // What a second of traffic brought is found behind the turn.
            Due::Wake | Due::SecondEnds => {}
            Due::InstanceRegisters(instance) => self.instance_registers(instance, seen),
            Due::InstanceStarted(instance) => self.instance_started(instance, seen),
            Due::SpotReclaimed(instance) => self.spot_reclaimed(instance, seen),
            Due::NetworkAttached(task) => self.network_attached(task, seen),
            Due::Accepted(task) => self.accepted(task, seen),
            Due::PullStarted(task) => self.pull_started(task, seen),
            Due::Pulled(task, container) => self.pulled(task, container, seen),
            Due::PullFailed {
                task,
                container,
                why,
                until,
            } => self.pull_failed((task, container), why, until, seen),
            Due::Advance(task) => self.advance(task, seen),
            Due::ContainerStarted(task, container) => self.container_started(task, container, seen),
            Due::StartTimedOut(task, container) => self.start_timed_out(task, container, seen),
            Due::HealthCheck(task, container) => self.health_check(task, container, seen),
            Due::CheckTimedOut {
                task,
                container,
                starts,
            } => self.check_timed_out((task, container), starts, seen),
            Due::ContainerExits {
                task,
                container,
                exit_code,
                starts,
            } => {
                let exit = Exit {
                    container,
                    exit_code,
                    out_of_memory: false,
                };
                self.container_ends(task, exit, starts, seen);
            }
            Due::OutOfMemory(task, container) => self.runs_out_of_memory(task, container, seen),
            Due::ContainerStopped(task, container) => self.container_stopped(task, container),
            Due::ContainersStopped(task) => self.containers_stopped(task, seen),
            Due::NetworkDetached(task) => self.network_detached(task, seen),
            Due::TargetRegistered(task, group) => self.target_registered(task, group, seen),
            Due::Probe(task, group) => self.probe(task, group, seen),
            Due::HookReturns(service, deployment, stage) => {
                self.hook_returns(service, (deployment, stage), seen);
            }
            Due::ProbeTimedOut(task, group) => self.probe_timed_out(task, group, seen),
            Due::TargetDrained(task, target_group) => {
                seen.push(Observation::TargetDrained { task, target_group });
            }
        }
    }

    /// The world's part of each order; the rest are the control plane's own bookkeeping.
    fn obey(&mut self, action: &Action) {
        match action {
            Action::StartTask {
                task,
                task_definition,
                instance,
                service,
                ..
            } => {
                self.start_task(*task, *service, *task_definition, *instance);
            }
            Action::StopContainers { task } => self.stop_containers(*task),
            Action::RegisterTarget { task, target_group } => {
                self.register_target(*task, *target_group);
            }
            Action::DeregisterTarget { task, target_group } => {
                let delay = self.model.target_group(*target_group).deregistration_delay;
                self.due_in(delay, Due::TargetDrained(*task, *target_group));
            }
            Action::InvokeHooks {
                service,
                deployment,
                stage,
            } => {
                let due = Due::HookReturns(*service, *deployment, *stage);
                self.due_in(HOOK_RETURNS, due);
            }
            Action::StartDeployment { .. }
            | Action::FailDeployment { .. }
            | Action::EnterStage { .. }
            | Action::PassHooks { .. }
            | Action::AdoptWish { .. }
            | Action::ScaleDeployment { .. }
            | Action::RefuseRunTask { .. }
            | Action::CompleteDeployment { .. }
            | Action::StopTask { .. }
            | Action::SetDesiredCount { .. }
            | Action::RegisterRecord { .. }
            | Action::UpdateRecordHealth { .. }
            | Action::DeregisterRecord { .. }
            | Action::LeaveRecord { .. }
            | Action::SetRebalancing { .. }
            | Action::PutServiceEvent { .. } => {}
        }
    }

    fn play_inputs(&mut self, seen: &mut Vec<Observation>, log: &mut Vec<Event>) {
        let (inputs, now) = (Arc::clone(&self.inputs), self.now);
        let due = inputs.iter().skip(self.next_input);
        for stamped in due.take_while(|stamped| Instant::ZERO + stamped.at <= now) {
            self.next_input += 1;
            let label = stamped.input.label();
            // A scenario that mends what is not broken means something else.
            let before = stamped.input.is_of_faults().then(|| {
                let kept = (Arc::clone(&self.faults), self.agents.clone());
                (seen.len(), self.queued, kept)
            });
            let played = self.play(&stamped.input, seen);
            let is_idle = before.is_some_and(|(told, queued, (faults, agents))| {
                told == seen.len()
                    && queued == self.queued
                    && *faults == *self.faults
                    && agents == self.agents
            });
            let played = played.and_then(|()| {
                if is_idle {
                    Err("it is so already".into())
                } else {
                    Ok(())
                }
            });
            let kind = match played {
                Ok(()) => EventKind::InputApplied { label },
                Err(reason) => EventKind::InputRefused { label, reason },
            };
            log.push(Event { at: self.now, kind });
        }
    }

    /// The document is another from now on.
    pub(super) fn edit(&mut self, design: Design, seen: &mut Vec<Observation>) {
        let before = Arc::clone(&self.model);
        let mut model = compile(&design, Some(&before)).model;
        self.keep_resolved(&design, &mut model);
        self.configs = Arc::new(AgentConfig::of_hosts(&design, &model));
        self.model = Arc::new(model);
        self.design = Arc::new(design);
        self.hosts_edited(&before, seen);
        self.zones_edited(seen);
        // A host may have grown.
        let hosts: Vec<InstanceIx> = self.hosts.keys().copied().collect();
        hosts.into_iter().for_each(|host| self.let_in(host));
        seen.push(Observation::DesignChanged);
    }

    /// A service that names a family runs the revision that was its newest when it was asked for:
    /// registering another one deploys nothing (ecs.md 3.1).
    fn keep_resolved(&self, design: &Design, model: &mut Model) {
        for service in &design.services {
            let is_same = |it: &&crate::design::Service| {
                it.service_name == service.service_name
                    && it.cluster == service.cluster
                    && it.task_definition == service.task_definition
            };
            let is_family = !last_segment(&service.task_definition).contains(':');
            let asked_before = self.design.services.iter().any(|it| is_same(&it));
            if !is_family || !asked_before {
                continue;
            }
            let first = design.clusters.first().map(|it| it.cluster_name.as_str());
            let cluster = service.cluster.as_deref().map(last_segment).or(first);
            let cluster = cluster.unwrap_or("default");
            let is_it = |it: &crate::model::Service| {
                it.name == service.service_name && it.cluster == cluster
            };
            let former = self.model.services.iter().zip(&mut model.services);
            for (former, now) in former.filter(|(former, _)| is_it(former)) {
                if former.present && now.present {
                    now.task_definition = former.task_definition;
                }
            }
        }
    }
}
