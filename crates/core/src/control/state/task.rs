//! A task: its statuses, why it ended, its registrations.

use crate::control::fact::{HostLoss, NetworkBinding, StartCause, StopCause};
use crate::id::{DeploymentId, InstanceIx, RegistryIx, ServiceIx, TargetGroupIx, TaskDefinitionIx};
use crate::taskdef::ReservedPort;
use crate::time::Instant;
use crate::units::Resources;
use alloc::collections::BTreeMap;
use alloc::string::String;
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
    /// `Target.NotInUse`: its zone is not enabled for any load balancer that sends to the target
    /// group. Elastic Load Balancing calls it `unused` and never asks it, ECS holds it for
    /// unhealthy (load-balancing-and-scaling.md 2.3 and 2.8).
    NotInUse,
}

/// A task's registration with one target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Target group.
    pub target_group: TargetGroupIx,
    /// Health as last seen; `Initial` from the order on.
    pub health: TargetHealth,
    /// Why it is unhealthy, while it is.
    pub reason: Option<TargetReason>,
    /// Whether the load balancer has taken the registration up.
    pub registered: bool,
    /// Host port (or the port of its own interface) that is registered.
    pub port: u16,
    /// When it last changed.
    pub changed_at: Instant,
}

impl Target {
    /// Its health as the load balancer has it: what is never asked is `unused` there.
    #[must_use]
    pub fn balancer_health(&self) -> TargetHealth {
        if self.reason == Some(TargetReason::NotInUse) {
            TargetHealth::Unused
        } else {
            self.health
        }
    }
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
    /// The Cloud Map service that it is registered with.
    pub record: Option<RegistryIx>,
    /// Whether the agent was told to stop its containers.
    pub signalled: bool,
    /// Whether it was ever healthy.
    pub was_healthy: bool,
    /// Whether the service's event list has told that it is unhealthy.
    pub told_unhealthy: bool,
}

impl Task {
    /// Whether it is wanted: its desired status is RUNNING.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.desired_status == TaskStatus::Running
    }

    /// Whether a target group or its containers say that it is unhealthy.
    #[must_use]
    pub fn fails_a_check(&self) -> bool {
        let mut targets = self.targets.iter();
        self.container_health == ContainerHealth::Unhealthy
            || targets.any(|target| target.health == TargetHealth::Unhealthy)
    }

    /// The registration with `target_group`.
    #[must_use]
    pub fn target(&self, target_group: TargetGroupIx) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| target.target_group == target_group)
    }
}
