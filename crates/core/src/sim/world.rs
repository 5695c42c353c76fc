//! The world: a queue of what will happen, in the order of (time, number), around the control
//! plane. Changed only by stepping (invariant 3).

use super::agent::AgentTask;
use super::host::HostAgent;
use super::input::Input;
use super::recording::{Recording, StampedInput};
use crate::control::{
    Action, ControlState, Event, EventKind, Explanation, HostLoss, InstanceStatus, Observation,
    Placement, Turn, turn,
};
use crate::design::Design;
use crate::id::{InstanceIx, ServiceIx, TargetGroupIx, TaskId};
use crate::model::{Model, compile};
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A host that is added to a running design registers after booting. ECS does not say how long
/// that takes; 60 to 120 s is usual (ecs.md 5.4).
const INSTANCE_BOOT: Millis = Millis::seconds(90);

/// A Lambda function behind a lifecycle hook answers after so long. Our guess.
const HOOK_RETURNS: Millis = Millis::seconds(1);

/// What is due at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Due {
    Wake,
    InstanceRegisters(InstanceIx),
    NetworkAttached(TaskId),
    Accepted(TaskId),
    PullStarted(TaskId),
    PullStopped(TaskId),
    ContainersStarted(TaskId),
    ContainersHealthy(TaskId),
    ContainerExits {
        task: TaskId,
        container: usize,
        exit_code: i32,
    },
    ContainersStopped(TaskId),
    NetworkDetached(TaskId),
    TargetRegistered(TaskId, TargetGroupIx),
    Probe(TaskId, TargetGroupIx),
    TargetDrained(TaskId, TargetGroupIx),
    HookReturns(ServiceIx),
}

/// Everything about a run at one moment.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) now: Instant,
    pub(super) model: Arc<Model>,
    design: Arc<Design>,
    pub(super) control: ControlState,
    placement: Placement,
    pub(super) queue: BTreeMap<(Instant, u64), Due>,
    queued: u64,
    /// Inputs by time. At one moment they happen before anything else, so that a run to which
    /// they were added while it played equals one that knew them from the start.
    inputs: Arc<Vec<StampedInput>>,
    next_input: usize,
    pub(super) agents: BTreeMap<TaskId, AgentTask>,
    /// What each host's agent has running and waiting.
    pub(super) hosts: BTreeMap<InstanceIx, HostAgent>,
    /// Images of each host and when their pull was or will be over.
    pub(super) images: BTreeMap<InstanceIx, BTreeMap<String, Instant>>,
    woken_at: Option<Instant>,
}

impl World {
    /// The world at the start of a recording: hosts register, nothing runs.
    #[must_use]
    pub fn new(recording: &Recording) -> Self {
        let model = compile(&recording.design, None).model;
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
            images: BTreeMap::new(),
            woken_at: None,
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
        let mut seen = Vec::new();
        self.play_inputs(&mut seen, log);
        while let Some(entry) = self
            .queue
            .first_entry()
            .filter(|entry| entry.key().0 == now)
        {
            let due = entry.remove();
            self.happen(due, &mut seen);
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
            Due::Wake => {}
            Due::InstanceRegisters(instance) => {
                if self.model.instance(instance).present {
                    seen.push(Observation::InstanceRegistered { instance });
                }
            }
            Due::NetworkAttached(task) => self.network_attached(task, seen),
            Due::Accepted(task) => self.accepted(task, seen),
            Due::PullStarted(task) => self.pull_started(task, seen),
            Due::PullStopped(task) => self.pull_stopped(task, seen),
            Due::ContainersStarted(task) => self.containers_started(task, seen),
            Due::ContainersHealthy(task) => self.containers_healthy(task, seen),
            Due::ContainerExits {
                task,
                container,
                exit_code,
            } => {
                self.container_exits(task, container, exit_code, seen);
            }
            Due::ContainersStopped(task) => self.containers_stopped(task, seen),
            Due::NetworkDetached(task) => self.network_detached(task, seen),
            Due::TargetRegistered(task, group) => self.target_registered(task, group, seen),
            Due::Probe(task, group) => self.probe(task, group, seen),
            Due::HookReturns(service) => seen.push(Observation::HookAnswered {
                service,
                succeeded: true,
            }),
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
            Action::InvokeHooks { service, .. } => {
                self.due_in(HOOK_RETURNS, Due::HookReturns(*service));
            }
            Action::StartDeployment { .. }
            | Action::FailDeployment { .. }
            | Action::EnterStage { .. }
            | Action::PassHooks { .. }
            | Action::ScaleDeployment { .. }
            | Action::RefuseRunTask { .. }
            | Action::CompleteDeployment { .. }
            | Action::StopTask { .. }
            | Action::SetDesiredCount { .. }
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
            let kind = match self.play(&stamped.input, seen) {
                Ok(()) => EventKind::InputApplied { label },
                Err(reason) => EventKind::InputRefused { label, reason },
            };
            log.push(Event { at: self.now, kind });
        }
    }

    fn play(&mut self, input: &Input, seen: &mut Vec<Observation>) -> Result<(), String> {
        match input {
            Input::Edit { change } => {
                let design = change
                    .apply(&self.design)
                    .map_err(|error| format!("{error}"))?;
                self.edit(design, seen);
            }
            Input::StopTask { task } => {
                let (task, reason) = (self.running_task(task)?, String::new());
                seen.push(Observation::StopRequested { task, reason });
            }
            Input::CrashTask { task, exit_code } => {
                let task = self.running_task(task)?;
                if !self.containers_run(task) {
                    return Err(format!("no container of task `{task}` runs"));
                }
                let container = self.first_essential(task);
                self.container_exits(task, container, *exit_code, seen);
            }
            Input::TerminateInstance { instance } => {
                let found = self.model.instance_named(instance);
                let found = found.filter(|found| self.is_there(*found));
                let instance =
                    found.ok_or_else(|| format!("no host `{instance}` is registered"))?;
                self.lose_instance(instance, seen);
            }
        }
        Ok(())
    }

    fn is_there(&self, instance: InstanceIx) -> bool {
        let known = self.control.instances.get(&instance);
        known.is_some_and(|known| known.status != InstanceStatus::Inactive)
    }

    fn running_task(&self, id: &str) -> Result<TaskId, String> {
        let task = id.parse::<TaskId>().ok();
        let task = task.filter(|task| self.agents.contains_key(task));
        task.ok_or_else(|| format!("no task `{id}` runs"))
    }

    fn lose_instance(&mut self, instance: InstanceIx, seen: &mut Vec<Observation>) {
        self.agents.retain(|_, agent| agent.instance != instance);
        self.images.remove(&instance);
        self.hosts.remove(&instance);
        seen.push(Observation::InstanceLost {
            instance,
            loss: HostLoss::Terminated,
        });
    }

    fn edit(&mut self, design: Design, seen: &mut Vec<Observation>) {
        let before = Arc::clone(&self.model);
        self.model = Arc::new(compile(&design, Some(&before)).model);
        self.design = Arc::new(design);
        let was_there = |at: usize| before.instances.get(at).is_some_and(|host| host.present);
        let changed: Vec<(InstanceIx, bool)> = self
            .model
            .instances
            .iter()
            .enumerate()
            .filter(|(at, host)| host.present != was_there(*at))
            .map(|(at, host)| (InstanceIx::from_at(at), host.present))
            .collect();
        for (instance, present) in changed {
            if present {
                self.due_in(INSTANCE_BOOT, Due::InstanceRegisters(instance));
            } else if self.is_there(instance) {
                self.lose_instance(instance, seen);
            }
        }
        // A host may have grown.
        let hosts: Vec<InstanceIx> = self.hosts.keys().copied().collect();
        hosts.into_iter().for_each(|host| self.let_in(host));
        seen.push(Observation::DesignChanged);
    }
}
