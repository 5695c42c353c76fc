//! A deployment: how far it is, why it failed, what it was asked for; and the alarms it watches.

use crate::control::fact::DeploymentStop;
use crate::id::{AlarmIx, DeploymentId, TaskDefinitionIx};
use crate::model::{ALL_TRAFFIC, Permille, ServiceRegistry, ServiceTarget, Stage};
use crate::time::Instant;
use alloc::string::String;
use alloc::vec::Vec;

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
    /// Whether the Lambda functions of the stage's hooks were asked.
    pub hooks_asked: bool,
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
    /// Cloud Map service that its tasks register with.
    pub registry: Option<ServiceRegistry>,
    /// What the service asked for when it began.
    pub wish: Wish,
    /// The wish that it fulfils, where that is another one: it was gone back to.
    pub ran: Option<Wish>,
    /// How far it is.
    pub rollout_state: RolloutState,
    /// Why it was given up, once it was.
    pub failure: Option<DeploymentFailure>,
    /// Whether it goes back to this deployment after another one failed.
    pub is_rollback: bool,
    /// How far it is in shifting traffic, while it does.
    pub shift: Option<Shift>,
    /// Whether it shifted traffic, and so was watched before it was done.
    pub has_shifted: bool,
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
    /// Launches in a row that never reached RUNNING; tasks of one tick are one launch.
    pub failed_launches: u32,
    /// The tick of the last launch that was counted so.
    pub last_failed_tick: Option<u64>,
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
            hooks_asked: false,
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
            registry: None,
            wish: Wish::default(),
            ran: None,
            rollout_state: RolloutState::InProgress,
            failure: None,
            is_rollback: false,
            shift: None,
            has_shifted: false,
            production: ALL_TRAFFIC,
            ignores_alarms: false,
            has_run: false,
            failed_tasks: 0,
            created_at: now,
            failed_launches: 0,
            last_failed_tick: None,
            launch_not_before: now,
        }
    }
}
