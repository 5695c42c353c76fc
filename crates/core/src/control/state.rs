//! What the control plane knows: tasks, services, hosts. Written by `apply` alone.

use super::event::ServiceMessage;
use super::fact::{
    DeploymentStop, Fact, HostLoss, NetworkBinding, Observation, StartCause, StopCause,
};
use crate::id::{
    AlarmIx, DeploymentId, InstanceIx, ServiceIx, TargetGroupIx, TaskDefinitionIx, TaskId,
};
use crate::model::{ALL_TRAFFIC, Model, Permille, Scheduling, ServiceTarget, Stage};
use crate::taskdef::ReservedPort;
use crate::time::Instant;
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Last or desired status of a task, in the order of its life (ecs.md 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskStatus {
    /// Before launch: the network interface is attached.
    Provisioning,
    /// Placed; the agent pulls images and starts containers.
    Pending,
    /// Containers run; targets are being registered.
    Activating,
    /// Running.
    Running,
    /// Targets drain before the containers stop.
    Deactivating,
    /// The stop signal was sent.
    Stopping,
    /// The network interface is detached.
    Deprovisioning,
    /// Ended.
    Stopped,
}

impl TaskStatus {
    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// Why a task ended, as a code (ecs.md 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCode {
    /// Its containers never ran.
    TaskFailedToStart,
    /// An essential container exited.
    EssentialContainerExited,
    /// Somebody called StopTask.
    UserInitiated,
    /// The service scheduler stopped it.
    ServiceSchedulerInitiated,
    /// Its host went away.
    TerminationNotice,
}

impl StopCode {
    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            Self::TerminationNotice => "TerminationNotice",
        }
    }
}

/// Why and when a task was told to stop or ended. `view` words it as `stoppedReason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub cause: StoppedCause,
    /// When its desired status became STOPPED.
    pub at: Instant,
}

/// Why a task stops or stopped (ecs.md 1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoppedCause {
    /// The service scheduler decided it.
    Scheduler(StopCause),
    /// An essential container ended by itself.
    EssentialContainerExited,
    /// Its host went away.
    Host(HostLoss),
    /// Somebody called StopTask, with this text.
    Requested(String),
    /// Its containers never ran; the error as the agent reported it.
    FailedToStart(String),
}

impl StoppedCause {
    /// The stop code that goes with it.
    #[must_use]
    pub const fn stop_code(&self) -> StopCode {
        match self {
            Self::Scheduler(_) => StopCode::ServiceSchedulerInitiated,
            Self::EssentialContainerExited => StopCode::EssentialContainerExited,
            Self::Host(_) => StopCode::TerminationNotice,
            Self::Requested(_) => StopCode::UserInitiated,
            Self::FailedToStart(_) => StopCode::TaskFailedToStart,
        }
    }
}

/// Health of the essential containers by their own checks (ecs.md 1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerHealth {
    /// No check has answered yet, or there is none.
    Unknown,
    /// All pass.
    Healthy,
    /// One fails.
    Unhealthy,
}

/// State of a CloudWatch alarm (load-balancing-and-scaling.md 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlarmState {
    /// Too little is known.
    #[default]
    InsufficientData,
    /// The metric is within bounds.
    Ok,
    /// The metric is out of bounds.
    Alarm,
}

impl AlarmState {
    /// CloudWatch's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
        }
    }
}

/// Health of a target (load-balancing-and-scaling.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetHealth {
    /// Registered, not checked enough yet.
    Initial,
    /// Passes its checks.
    Healthy,
    /// Fails its checks.
    Unhealthy,
    /// Deregistered, finishing what it has.
    Draining,
    /// No longer registered.
    Unused,
}

impl TargetHealth {
    /// ELB's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Draining => "draining",
            Self::Unused => "unused",
        }
    }
}

/// Why a target is unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetReason {
    /// `Target.Timeout`.
    Timeout,
    /// `Target.FailedHealthChecks`: the connection was refused.
    FailedHealthChecks,
    /// `Target.ResponseCodeMismatch`: it answered with this status code.
    ResponseCodeMismatch(u16),
}

/// A task's registration with one target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Target group.
    pub target_group: TargetGroupIx,
    /// Health as last seen; `Initial` from the order on.
    pub health: TargetHealth,
    /// Whether the load balancer has taken the registration up.
    pub registered: bool,
    /// Host port (or the port of its own interface) that is registered.
    pub port: u16,
    /// When it last changed.
    pub changed_at: Instant,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Service that it belongs to.
    pub service: ServiceIx,
    /// Deployment that started it.
    pub deployment: DeploymentId,
    /// Its revision.
    pub task_definition: TaskDefinitionIx,
    /// Its host.
    pub instance: InstanceIx,
    /// What was last seen.
    pub last_status: TaskStatus,
    /// What is wanted: RUNNING or STOPPED.
    pub desired_status: TaskStatus,
    /// Why it was started.
    pub cause: StartCause,
    /// Scale-in leaves it alone until then (UpdateTaskProtection).
    pub protected_until: Option<Instant>,
    /// What it reserves on its host until it is desired STOPPED.
    pub reserved: Resources,
    /// Host ports that it holds until it is desired STOPPED.
    pub static_ports: Vec<ReservedPort>,
    /// When it was placed.
    pub created_at: Instant,
    /// When it began to stop.
    pub stopping_at: Option<Instant>,
    /// When its first essential container stopped.
    pub execution_stopped_at: Option<Instant>,
    /// When its images began to be pulled.
    pub pull_started_at: Option<Instant>,
    /// When its images were there.
    pub pull_stopped_at: Option<Instant>,
    /// When it became RUNNING.
    pub started_at: Option<Instant>,
    /// When it became STOPPED.
    pub stopped_at: Option<Instant>,
    /// Why it stops or stopped.
    pub stopped: Option<Stopped>,
    /// Exit codes by container, as far as they are known.
    pub exit_codes: BTreeMap<usize, i32>,
    /// Published ports.
    pub bindings: Vec<NetworkBinding>,
    /// Health by its container checks.
    pub container_health: ContainerHealth,
    /// Its registrations.
    pub targets: Vec<Target>,
    /// Whether the agent was told to stop its containers.
    pub signalled: bool,
    /// Whether it was ever healthy.
    pub was_healthy: bool,
}

impl Task {
    /// Whether it is wanted: its desired status is RUNNING.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.desired_status == TaskStatus::Running
    }

    /// The registration with `target_group`.
    #[must_use]
    pub fn target(&self, target_group: TargetGroupIx) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| target.target_group == target_group)
    }
}

/// How far a deployment is (API:Deployment.rolloutState).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutState {
    /// Rolling out.
    InProgress,
    /// Done: all tasks run and are healthy, older ones are gone.
    Completed,
    /// Given up: it launches no more tasks.
    Failed,
}

impl RolloutState {
    /// ECS's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

/// Why a deployment was given up (ecs.md 3.7, 3.8 and 3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentFailure {
    /// So many tasks did not come up.
    CircuitBreaker {
        /// How many.
        failures: u32,
    },
    /// An alarm is in ALARM.
    Alarm(AlarmIx),
    /// A lifecycle hook said no.
    Hook(Stage),
    /// A lifecycle hook did not answer in time.
    HookTimeout(Stage),
    /// A stage took longer than it may.
    StageTimeout(Stage),
    /// Somebody called StopServiceDeployment.
    Stopped(DeploymentStop),
}

/// What a service asked for when a deployment began: another wish starts another deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// The revision it names; `None` for a task set, which names its own.
    pub task_definition: Option<TaskDefinitionIx>,
    /// The target groups it names.
    pub targets: Vec<ServiceTarget>,
    /// The rest of it that matters, as a digest.
    pub digest: u64,
    /// How often a new deployment was forced.
    pub forced: u32,
    /// The task set in the document.
    pub task_set: String,
}

/// How far a deployment that shifts traffic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Its stage.
    pub stage: Stage,
    /// Since when.
    pub since: Instant,
    /// Whether the hooks of the stage have let it pass.
    pub hooks_passed: bool,
    /// Whether test traffic reaches it.
    pub test: bool,
}

/// A deployment of a service; the newest is PRIMARY, older ones are ACTIVE until their last task
/// is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Revision that it rolls out.
    pub task_definition: TaskDefinitionIx,
    /// How many tasks it keeps: the service's count while PRIMARY, what is left of it while ACTIVE.
    pub desired_count: u32,
    /// Target groups that its tasks register with.
    pub targets: Vec<ServiceTarget>,
    /// What the service asked for when it began.
    pub wish: Wish,
    /// How far it is.
    pub rollout_state: RolloutState,
    /// Why it was given up, once it was.
    pub failure: Option<DeploymentFailure>,
    /// Whether it goes back to this deployment after another one failed.
    pub is_rollback: bool,
    /// How far it is in shifting traffic, while it does.
    pub shift: Option<Shift>,
    /// Its share of production traffic.
    pub production: Permille,
    /// Whether an alarm was in ALARM when it began: alarms are then ignored (ecs.md 3.8).
    pub ignores_alarms: bool,
    /// Whether a task of it ever reached RUNNING: the circuit breaker's second stage.
    pub has_run: bool,
    /// `failedTasks`: tasks in a row that did not come up (ecs.md 3.7).
    pub failed_tasks: u32,
    /// When it began.
    pub created_at: Instant,
    /// Launches in a row that never reached RUNNING.
    pub failed_launches: u32,
    /// No launch before this moment (ecs.md 3.6).
    pub launch_not_before: Instant,
}

impl Shift {
    /// A stage that is entered at `since`.
    #[must_use]
    pub const fn at(stage: Stage, since: Instant, test: bool) -> Self {
        Self {
            stage,
            since,
            hooks_passed: false,
            test,
        }
    }
}

impl Deployment {
    /// A deployment that begins at `now`.
    #[must_use]
    pub fn new(id: DeploymentId, task_definition: TaskDefinitionIx, now: Instant) -> Self {
        Self {
            id,
            task_definition,
            desired_count: 0,
            targets: Vec::new(),
            wish: Wish::default(),
            rollout_state: RolloutState::InProgress,
            failure: None,
            is_rollback: false,
            shift: None,
            production: ALL_TRAFFIC,
            ignores_alarms: false,
            has_run: false,
            failed_tasks: 0,
            created_at: now,
            failed_launches: 0,
            launch_not_before: now,
        }
    }
}

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
