//! What the control plane knows: tasks, services, hosts. Written by `apply` alone.

mod deployment;
mod discovery;
mod task;

pub use deployment::{AlarmState, Deployment, DeploymentFailure, RolloutState, Shift, Wish};
pub use discovery::Record;
pub(in crate::control) use discovery::is_record_healthy;
pub use task::{
    ContainerHealth, StopCode, Stopped, StoppedCause, Target, TargetHealth, TargetReason, Task,
    TaskStatus,
};

use super::event::ServiceMessage;
use super::fact::{DeploymentStop, Fact, Observation};
use crate::id::{
    AlarmIx, DeploymentId, InstanceIx, RegistryIx, ServiceIx, TaskDefinitionIx, TaskId,
};
use crate::model::{Model, Scheduling, ServiceTarget};
use crate::taskdef::ReservedPort;
use crate::time::Instant;
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is known of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceState {
    /// Deployments, oldest first; the last is PRIMARY.
    pub deployments: Vec<Deployment>,
    /// The most recent COMPLETED deployment: where a failing one goes back to.
    pub last_completed: Option<Deployment>,
    /// How often a new deployment was forced.
    pub forced: u32,
    /// Whether somebody asked to end the deployment that is under way.
    pub stop_requested: Option<DeploymentStop>,
    /// What the hooks of the present stage said, until that was considered.
    pub hook_answer: Option<bool>,
    /// Its tasks that have not STOPPED, or whose targets still drain.
    pub tasks: BTreeSet<TaskId>,
    /// How many wanted tasks it has on each host, where it has any.
    pub on: BTreeMap<InstanceIx, u32>,
    /// How many tasks a DAEMON service wants: one for each host that fits it.
    pub daemon_count: u32,
    /// How far zones differed when tasks were last moved between them, while they are being moved
    /// (ecs.md 2.13).
    pub rebalancing: Option<u32>,
    /// No moving between zones before this moment: the last one came to nothing.
    pub rebalance_not_before: Instant,
    /// When anything of it last changed: a deployment, or a task that is wanted.
    pub changed_at: Instant,
    /// Messages that still hold, by kind, and when they were last said.
    pub said: Vec<(ServiceMessage, Instant)>,
    /// The last tick that launched tasks, counted from the start, and how many it launched.
    pub launched: (u64, u32),
}

impl ServiceState {
    /// The deployment with this id.
    #[must_use]
    pub fn deployment(&self, id: DeploymentId) -> Option<&Deployment> {
        self.deployments.iter().find(|known| known.id == id)
    }

    /// What a deployment that shifts traffic stands beside and goes back to: the most recent
    /// COMPLETED deployment, or one that is being gone back to.
    #[must_use]
    pub fn stable(&self) -> Option<&Deployment> {
        let goal = || {
            self.deployments
                .iter()
                .rev()
                .find(|known| known.is_rollback)
        };
        self.last_completed.as_ref().or_else(goal)
    }

    /// The PRIMARY deployment; `None` before the scheduler first looked at the service.
    #[must_use]
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.last()
    }
}

/// Status of a container instance (ecs.md 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceStatus {
    /// Registered.
    Active,
    /// Nothing is placed on it any more.
    Draining,
    /// Gone.
    Inactive,
}

/// What is known of a host.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceState {
    /// Status.
    pub status: InstanceStatus,
    /// Whether its agent is connected.
    pub connected: bool,
    /// Status and connection as the document last had them: an edit of the document changes what
    /// it changes, not what somebody did since.
    pub stated: (InstanceStatus, bool),
    /// When it registered.
    pub registered_at: Instant,
    /// Sum of what its wanted tasks reserve.
    pub reserved: Resources,
    /// Host ports that its wanted tasks hold.
    pub ports: BTreeSet<ReservedPort>,
    /// Its tasks that have not STOPPED, in the order in which they were placed.
    pub tasks: Vec<TaskId>,
    /// `runningTasksCount`: its tasks that are desired RUNNING (ecs.md 2.4).
    pub running: u32,
}

impl InstanceStatus {
    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// Hosts whose room changed, told once to whoever follows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::control) struct RoomChanges {
    /// How many changes there ever were; one of everything counts and names no host.
    pub(in crate::control) count: u64,
    /// The last of them, since the last decision.
    pub(in crate::control) hosts: Vec<RoomChange>,
}

/// A change of one host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::control) struct RoomChange {
    /// The host.
    pub(in crate::control) instance: InstanceIx,
    /// The service that has a wanted task more (1) or less (-1) there, if that is the change.
    pub(in crate::control) counted: Option<(ServiceIx, i32)>,
}

/// Everything the control plane knows. One cloneable value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControlState {
    /// Seed of every id and random choice.
    pub seed: u64,
    /// Tasks; those that STOPPED stay for an hour (ecs.md 1.1). Shared, so that a copy of the
    /// state costs no copy of what does not change.
    pub tasks: BTreeMap<TaskId, Arc<Task>>,
    /// Services that were ever looked at.
    pub services: BTreeMap<ServiceIx, ServiceState>,
    /// Hosts that ever registered.
    pub instances: BTreeMap<InstanceIx, InstanceState>,
    /// Alarms of which a state is known.
    pub alarms: BTreeMap<AlarmIx, AlarmState>,
    /// What is registered with each Cloud Map service, by task.
    pub records: BTreeMap<RegistryIx, BTreeMap<TaskId, Record>>,
    /// Calls of RunTask that wait for the next decision: the call and how many tasks.
    pub run_task: Vec<(ServiceIx, u32)>,
    /// Number of tasks ever started: the address of the next task's id.
    pub tasks_started: u64,
    /// Number of deployments ever started: the address of the next deployment's id.
    pub deployments_started: u64,
    /// Services that the scheduler looks at now: all at a tick, one whose deployment just began.
    pub due: BTreeSet<ServiceIx>,
    /// When it wants its next turn; `None` until something happens.
    pub wake_at: Option<Instant>,
    /// Tasks of which something was seen or ordered since the last decision.
    pub attention: BTreeSet<TaskId>,
    /// Changes of hosts since the last decision.
    pub(in crate::control) room_changes: RoomChanges,
}

impl ControlState {
    /// A control plane that knows nothing yet; its first turn is at once.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            wake_at: Some(Instant::ZERO),
            ..Self::default()
        }
    }

    /// A control plane to which every host of the model has registered, and nothing else: what
    /// a design is asked about before anything runs.
    #[must_use]
    pub fn registered(model: &Model, seed: u64) -> Self {
        let mut state = Self::new(seed);
        for (instance, _) in model.present_instances() {
            let seen = Fact::Observed(Observation::InstanceRegistered { instance });
            state.apply(model, Instant::ZERO, &seen, &mut Vec::new());
        }
        state
    }

    /// The revision that a service is to run: that of its PRIMARY deployment, which after a
    /// rollback is not the one it names; the one it names before anything was deployed.
    #[must_use]
    pub fn current_revision(&self, model: &Model, service: ServiceIx) -> TaskDefinitionIx {
        let known = self.services.get(&service);
        let primary = known.and_then(ServiceState::primary);
        primary.map_or(model.service(service).task_definition, |it| {
            it.task_definition
        })
    }

    /// What the service asks for now; a PRIMARY deployment with another wish gives way to a new
    /// one (ecs.md 3.1).
    #[must_use]
    pub fn wish(&self, model: &Model, service: ServiceIx) -> Wish {
        let compiled = model.service(service);
        Wish {
            task_definition: Some(compiled.task_definition),
            targets: compiled.targets.clone(),
            digest: compiled.deploying.digest,
            forced: self.services.get(&service).map_or(0, |known| known.forced),
            task_set: String::new(),
        }
    }

    /// How many tasks a service wants: its own number, or one for each host of a DAEMON.
    #[must_use]
    pub fn desired_count(&self, model: &Model, service: ServiceIx) -> u32 {
        match model.service(service).scheduling {
            Scheduling::Replica => model.service(service).desired_count,
            Scheduling::RunTask => 0,
            Scheduling::Daemon => self
                .services
                .get(&service)
                .map_or(0, |known| known.daemon_count),
        }
    }

    /// Tasks of a service that have not STOPPED or still drain, by id.
    pub fn tasks_of(&self, service: ServiceIx) -> impl Iterator<Item = (TaskId, &Task)> {
        let ids = self
            .services
            .get(&service)
            .into_iter()
            .flat_map(|service| &service.tasks);
        ids.map(|id| (*id, &*self.tasks[id]))
    }

    /// Tasks of a host that have not STOPPED, in the order in which they were placed.
    pub fn tasks_on(&self, instance: InstanceIx) -> impl Iterator<Item = (TaskId, &Task)> {
        let ids = self
            .instances
            .get(&instance)
            .into_iter()
            .flat_map(|host| &host.tasks);
        ids.map(|id| (*id, &*self.tasks[id]))
    }

    /// The task groups of the wanted tasks on a host, each once (ecs.md 2.9).
    #[must_use]
    pub fn task_groups<'a>(&self, model: &'a Model, instance: InstanceIx) -> Vec<&'a str> {
        let tasks = self.tasks_on(instance);
        let wanted = tasks.filter(|(_, task)| task.is_wanted());
        let mut services: Vec<ServiceIx> = wanted.map(|(_, task)| task.service).collect();
        crate::sort::sort(&mut services);
        services.dedup();
        let groups = services.into_iter();
        groups
            .map(|service| model.service(service).group.as_str())
            .collect()
    }

    /// The target groups that a task registers with: those of its deployment.
    #[must_use]
    pub fn targets_of(&self, task: &Task) -> &[ServiceTarget] {
        let service = self.services.get(&task.service);
        let deployment = service.and_then(|service| service.deployment(task.deployment));
        deployment
            .map(|known| known.targets.as_slice())
            .unwrap_or_default()
    }

    /// Tasks of a service as DescribeServices counts them: running by last status, pending
    /// likewise before it, both only while wanted.
    #[must_use]
    pub fn counts(&self, service: ServiceIx) -> (u32, u32) {
        let wanted = || self.tasks_of(service).filter(|(_, task)| task.is_wanted());
        let count = |running: bool| {
            let matching =
                wanted().filter(|(_, task)| (task.last_status == TaskStatus::Running) == running);
            u32::try_from(matching.count()).unwrap_or(u32::MAX)
        };
        (count(true), count(false))
    }
}
