//! Events: what happened, past tense, for the log. Worded by [`crate::view`].

use super::state::{
    AlarmState, DeploymentFailure, InstanceStatus, RolloutState, StoppedCause, TargetHealth,
    TargetReason, TaskStatus,
};
use crate::id::{
    AlarmIx, DeploymentId, InstanceIx, RegistryIx, ServiceIx, TargetGroupIx, TaskDefinitionIx,
    TaskId, ZoneIx,
};
use crate::model::{Permille, Stage};
use crate::time::Instant;
use alloc::string::String;
use alloc::vec::Vec;

use super::placement::Verdict;
use super::requests::RequestFailure;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A host's status changed.
    InstanceStatusChanged {
        /// Host.
        instance: InstanceIx,
        /// New status.
        status: InstanceStatus,
    },
    /// A task's last or desired status changed (EventBridge: ECS Task State Change).
    TaskStatusChanged {
        /// Task.
        task: TaskId,
        /// Its service.
        service: ServiceIx,
        /// Its revision.
        task_definition: TaskDefinitionIx,
        /// Its host.
        instance: InstanceIx,
        /// Last status.
        last_status: TaskStatus,
        /// Desired status.
        desired_status: TaskStatus,
        /// Why it stops, once it does.
        stopped: Option<StoppedCause>,
        /// Exit code of the container whose exit this tells.
        exit_code: Option<i32>,
        /// Whether that container was killed for want of memory.
        out_of_memory: bool,
    },
    /// A host's agent lost or found its connection.
    AgentConnectivityChanged {
        /// Host.
        instance: InstanceIx,
        /// Whether it is connected now.
        connected: bool,
    },
    /// A target's health changed.
    TargetHealthChanged {
        /// Task.
        task: TaskId,
        /// Target group.
        target_group: TargetGroupIx,
        /// New health.
        health: TargetHealth,
        /// Why it is unhealthy.
        reason: Option<TargetReason>,
    },
    /// What Cloud Map knows of a task changed.
    DiscoveryRecordChanged {
        /// Task.
        task: TaskId,
        /// Cloud Map service.
        registry: RegistryIx,
        /// Host of the task.
        instance: InstanceIx,
        /// The port that is registered, where one is.
        port: Option<u16>,
        /// What changed.
        change: RecordChange,
    },
    /// A deployment began, completed or failed (EventBridge: ECS Deployment State Change).
    DeploymentChanged {
        /// Service.
        service: ServiceIx,
        /// Deployment.
        deployment: DeploymentId,
        /// Its revision.
        task_definition: TaskDefinitionIx,
        /// How far it is now.
        state: RolloutState,
        /// Why it failed, if it did.
        failure: Option<DeploymentFailure>,
        /// The deployment that is gone back to, if one is.
        back_to: Option<DeploymentId>,
        /// Whether it is itself the one that is gone back to.
        is_rollback: bool,
    },
    /// A deployment that shifts traffic entered a stage.
    DeploymentStageChanged {
        /// Service.
        service: ServiceIx,
        /// Deployment.
        deployment: DeploymentId,
        /// The stage.
        stage: Stage,
        /// Its share of production traffic.
        production: Permille,
    },
    /// A hook waits for somebody to let the deployment go on (HOOK_AWAITING_ACTION).
    HookAwaitsAction {
        /// Service.
        service: ServiceIx,
        /// The stage.
        stage: Stage,
    },
    /// The scheduler computed another desired count: of a DAEMON or a task set.
    DesiredCountUpdated {
        /// Service.
        service: ServiceIx,
        /// The count.
        count: u32,
    },
    /// A CloudWatch alarm changed its state.
    AlarmStateChanged {
        /// Alarm.
        alarm: AlarmIx,
        /// Its new state.
        state: AlarmState,
    },
    /// A RunTask call returned failures.
    RunTaskFailed {
        /// The call.
        group: ServiceIx,
        /// How many tasks.
        count: u32,
        /// The host that came closest and what it lacks; `None` where there is none.
        closest: Option<(InstanceIx, Verdict)>,
    },
    /// A task's scale-in protection changed.
    TaskProtectionChanged {
        /// Task.
        task: TaskId,
        /// Until when; `None` once it is over.
        until: Option<Instant>,
    },
    /// Requests of a target group begin to fail.
    RequestsFail {
        /// Target group.
        target_group: TargetGroupIx,
        /// Why.
        failure: RequestFailure,
        /// The task that the first of them was for, where it was for one.
        task: Option<TaskId>,
    },
    /// Requests of a target group no longer fail for a reason.
    RequestsFailed {
        /// Target group.
        target_group: TargetGroupIx,
        /// Why they did.
        failure: RequestFailure,
        /// How many did, in millionths of a request.
        count: u64,
        /// When the first did.
        began: Instant,
        /// When the last did.
        ended: Instant,
    },
    /// A source of traffic asks a listener that is not there.
    ListenerMissing {
        /// The source.
        source: String,
        /// The listener, as the source names it.
        listener: String,
    },
    /// A message on a service's event list.
    ServiceEvent {
        /// Service.
        service: ServiceIx,
        /// Message.
        message: ServiceMessage,
    },
    /// An operator's act took effect.
    InputApplied {
        /// What was done, in the words of its scenario file.
        label: String,
    },
    /// An operator's act had no effect.
    InputRefused {
        /// What was asked.
        label: String,
        /// Why not.
        reason: String,
    },
}

/// What became of a record in Cloud Map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordChange {
    /// It is there.
    Registered,
    /// It counts as healthy.
    Healthy,
    /// It does not.
    Unhealthy,
    /// It is gone.
    Deregistered,
    /// It stays, though its task and service are gone.
    LeftBehind,
}

/// What a service's event list says (ecs.md 3.9).
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceMessage {
    /// Has reached a steady state.
    SteadyState,
    /// Has started tasks.
    StartedTasks {
        /// The tasks.
        tasks: Vec<TaskId>,
        /// How many of them replace unhealthy ones.
        replacing_unhealthy: usize,
    },
    /// Has stopped running tasks.
    StoppedRunning {
        /// The tasks.
        tasks: Vec<TaskId>,
    },
    /// Stopped pending tasks.
    StoppedPending {
        /// How many.
        count: usize,
    },
    /// Registered targets.
    RegisteredTargets {
        /// How many.
        count: usize,
        /// Target group.
        target_group: TargetGroupIx,
    },
    /// Deregistered targets.
    DeregisteredTargets {
        /// How many.
        count: usize,
        /// Target group.
        target_group: TargetGroupIx,
    },
    /// Has begun draining connections.
    BegunDraining {
        /// On how many tasks.
        count: usize,
        /// The deployment that they are of, while another one is under way.
        task_set: Option<DeploymentId>,
    },
    /// A task's target is unhealthy.
    TargetUnhealthy {
        /// Task.
        task: TaskId,
        /// Port.
        port: u16,
        /// Target group.
        target_group: TargetGroupIx,
        /// Why.
        reason: TargetReason,
    },
    /// A task failed its container health checks.
    ContainersUnhealthy {
        /// Task.
        task: TaskId,
    },
    /// A deployment completed.
    DeploymentCompleted {
        /// Deployment.
        deployment: DeploymentId,
    },
    /// A deployment failed.
    DeploymentFailed {
        /// Deployment.
        deployment: DeploymentId,
        /// Why.
        failure: DeploymentFailure,
    },
    /// The service goes back to an earlier deployment.
    RollingBack {
        /// That deployment.
        deployment: DeploymentId,
    },
    /// A task set has reached a steady state.
    TaskSetSteadyState {
        /// Its deployment.
        deployment: DeploymentId,
    },
    /// Protected tasks keep the service from scaling in.
    UnableToScaleIn {
        /// The deployment whose tasks are protected.
        deployment: DeploymentId,
        /// How many.
        count: usize,
    },
    /// No host met all requirements.
    UnableToPlace {
        /// The host that came closest and what it lacked; `None` where the cluster is empty.
        closest: Option<(InstanceIx, Verdict)>,
    },
    /// The deployment configuration lets nothing start or stop.
    DeploymentBlocked,
    /// Zones differ by more than their share; tasks are being moved.
    ZonesUnbalanced {
        /// Tasks by zone.
        zones: Vec<(ZoneIx, u32)>,
    },
    /// Zones have their share again.
    ZonesBalanced {
        /// Tasks by zone.
        zones: Vec<(ZoneIx, u32)>,
    },
    /// Has started tasks in a zone that had too few.
    RebalanceStarted {
        /// The zone.
        zone: ZoneIx,
        /// The tasks.
        tasks: Vec<TaskId>,
    },
    /// Moving tasks between zones was given up.
    RebalanceStopped,
    /// Daemon tasks stand where the constraints do not allow them.
    DaemonConstraintViolated {
        /// The tasks.
        tasks: Vec<TaskId>,
    },
    /// Launches fail again and again.
    UnableToStart,
}

impl ServiceMessage {
    /// Whether two messages say the same thing, whatever their detail.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::TaskSetSteadyState { deployment },
                Self::TaskSetSteadyState { deployment: of },
            ) => deployment == of,
            (one, other) => core::mem::discriminant(one) == core::mem::discriminant(other),
        }
    }

    /// The task that it tells to be unhealthy.
    #[must_use]
    pub const fn unhealthy_task(&self) -> Option<TaskId> {
        if let Self::TargetUnhealthy { task, .. } | Self::ContainersUnhealthy { task } = self {
            return Some(*task);
        }
        None
    }

    /// Whether it says that the service or a task set of it is steady.
    #[must_use]
    pub fn is_steady_state(&self) -> bool {
        matches!(self, Self::SteadyState | Self::TaskSetSteadyState { .. })
    }

    /// Whether the message describes a condition that holds on, which is then said once and
    /// again only after `Settings::event_repeat`.
    #[must_use]
    pub const fn is_condition(&self) -> bool {
        match self {
            Self::SteadyState
            | Self::UnableToPlace { .. }
            | Self::DeploymentBlocked
            | Self::UnableToStart
            | Self::TaskSetSteadyState { .. }
            | Self::UnableToScaleIn { .. }
            | Self::ZonesUnbalanced { .. } => true,
            Self::StartedTasks { .. }
            | Self::StoppedRunning { .. }
            | Self::StoppedPending { .. }
            | Self::RegisteredTargets { .. }
            | Self::DeregisteredTargets { .. }
            | Self::BegunDraining { .. }
            | Self::TargetUnhealthy { .. }
            | Self::ContainersUnhealthy { .. }
            | Self::DeploymentCompleted { .. }
            | Self::DeploymentFailed { .. }
            | Self::RollingBack { .. }
            | Self::ZonesBalanced { .. }
            | Self::RebalanceStarted { .. }
            | Self::RebalanceStopped
            | Self::DaemonConstraintViolated { .. } => false,
        }
    }
}
