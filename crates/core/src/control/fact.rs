//! Facts: what was seen (observations, past tense) and what was ordered (actions, imperative).
//!
//! Neither holds display text; wording is in [`crate::view`].

use super::event::ServiceMessage;
use super::placement::Verdict;
use super::state::{
    AlarmState, ContainerHealth, DeploymentFailure, InstanceStatus, TargetHealth, TargetReason,
};
use crate::id::{
    AlarmIx, DeploymentId, InstanceIx, RegistryIx, ServiceIx, TargetGroupIx, TaskDefinitionIx,
    TaskId,
};
use crate::model::{Permille, Stage};
use crate::taskdef::Protocol;
use crate::time::Instant;
use alloc::string::String;
use alloc::vec::Vec;

/// What the control plane's state is folded from.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Something was seen.
    Observed(Observation),
    /// Something was ordered.
    Ordered(Action),
    /// The scheduler's turn has come.
    Ticked,
    /// A decision was made on everything that asked for one.
    Considered,
    /// When the scheduler wants its next turn.
    WakeSet(Option<Instant>),
}

/// How a host was lost (ecs.md 3.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostLoss {
    /// The EC2 instance was terminated and deregistered.
    Terminated,
    /// The EC2 instance was stopped; it stays registered, without its agent.
    Stopped,
    /// Somebody deregistered it by force. Its containers run on, but no longer for ECS.
    Deregistered,
}

/// How somebody ends a deployment that is under way (StopServiceDeployment).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentStop {
    /// Goes back to what ran before.
    Rollback,
    /// Leaves everything as it stands.
    Abort,
}

/// A port of a container as published on its host, as DescribeTasks prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkBinding {
    /// Container, by name.
    pub container_name: String,
    /// Port inside the container.
    pub container_port: u16,
    /// Port on the host.
    pub host_port: u16,
    /// Protocol.
    pub protocol: Protocol,
}

/// A task that a restarted runner found by its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenTask {
    /// Its id.
    pub task: TaskId,
    /// Its service.
    pub service: ServiceIx,
    /// The deployment that started it.
    pub deployment: DeploymentId,
    /// Its revision.
    pub task_definition: TaskDefinitionIx,
    /// Its host.
    pub instance: InstanceIx,
}

/// What agents, load balancers and operators report.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// A host's agent registered, or came back.
    InstanceRegistered {
        /// Host.
        instance: InstanceIx,
    },
    /// A host is gone, and every task on it.
    InstanceLost {
        /// Host.
        instance: InstanceIx,
        /// How.
        loss: HostLoss,
    },
    /// A task that was started earlier was found by its labels.
    TaskSeen(SeenTask),
    /// The network interface of an `awsvpc` task is attached.
    NetworkAttached {
        /// Task.
        task: TaskId,
    },
    /// The agent has taken the task up. It may still have to wait for room on the host.
    TaskAccepted {
        /// Task.
        task: TaskId,
    },
    /// The agent began to pull the task's images.
    PullStarted {
        /// Task.
        task: TaskId,
    },
    /// The images are there.
    PullStopped {
        /// Task.
        task: TaskId,
    },
    /// Every container of the task runs.
    ContainersStarted {
        /// Task.
        task: TaskId,
        /// Published ports.
        bindings: Vec<NetworkBinding>,
    },
    /// The task's containers could not be started.
    StartFailed {
        /// Task.
        task: TaskId,
        /// ECS error category and detail, `CannotPullContainerError: …`.
        reason: String,
    },
    /// The container health checks of the task, taken together, changed.
    ContainerHealthChanged {
        /// Task.
        task: TaskId,
        /// Health of the essential containers.
        health: ContainerHealth,
    },
    /// A container ended by itself.
    ContainerExited {
        /// Task.
        task: TaskId,
        /// Container, by its place in the task definition.
        container: usize,
        /// Exit code.
        exit_code: i32,
        /// Whether the kernel killed it for want of memory (`OutOfMemoryError`).
        out_of_memory: bool,
    },
    /// No container of the task runs any more.
    ContainersStopped {
        /// Task.
        task: TaskId,
    },
    /// The task's network interface is gone: the task has ended.
    NetworkDetached {
        /// Task.
        task: TaskId,
    },
    /// The load balancer has taken a registration up; the target's health is `initial`.
    TargetRegistered {
        /// Task.
        task: TaskId,
        /// Target group.
        target_group: TargetGroupIx,
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
    /// A target's deregistration delay is over.
    TargetDrained {
        /// Task.
        task: TaskId,
        /// Target group.
        target_group: TargetGroupIx,
    },
    /// The design was edited: services may want something else (UpdateService and its kin).
    DesignChanged,
    /// Somebody called StopTask.
    StopRequested {
        /// Task.
        task: TaskId,
        /// The caller's text, empty if none.
        reason: String,
    },
    /// Somebody called UpdateContainerInstancesState, or the agent did for a Spot interruption.
    InstanceStatusRequested {
        /// Host.
        instance: InstanceIx,
        /// ACTIVE or DRAINING; only one of the two can be asked for.
        status: InstanceStatus,
    },
    /// A host's agent lost or found its connection to ECS.
    AgentConnectivityChanged {
        /// Host.
        instance: InstanceIx,
        /// Whether it is connected now.
        connected: bool,
    },
    /// Somebody called RunTask. What is asked for stands in the model as a service of
    /// [`crate::model::Scheduling::RunTask`].
    RunTaskRequested {
        /// The call's part of the model.
        group: ServiceIx,
        /// How many tasks.
        count: u32,
    },
    /// Somebody called UpdateTaskProtection.
    TaskProtectionUpdated {
        /// Task.
        task: TaskId,
        /// Until when scale-in leaves it alone; `None` ends the protection.
        until: Option<Instant>,
    },
    /// UpdateService with `forceNewDeployment`.
    DeploymentForced {
        /// Service.
        service: ServiceIx,
    },
    /// Somebody called StopServiceDeployment.
    DeploymentStopRequested {
        /// Service.
        service: ServiceIx,
        /// How it ends.
        stop: DeploymentStop,
    },
    /// The lifecycle hooks of a deployment's present stage have answered: a Lambda function
    /// returned, or somebody let a paused deployment go on (ecs.md 3.10).
    HookAnswered {
        /// Service.
        service: ServiceIx,
        /// Whether the deployment goes on; it rolls back otherwise.
        succeeded: bool,
    },
    /// A CloudWatch alarm changed its state.
    AlarmStateChanged {
        /// Alarm.
        alarm: AlarmIx,
        /// Its new state.
        state: AlarmState,
    },
    /// Somebody called DeregisterInstance of Cloud Map for every record that was left behind.
    RecordsRemoved {
        /// Cloud Map service.
        registry: RegistryIx,
    },
}

/// Why a task is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartCause {
    /// The service has fewer tasks than it wants.
    DesiredCount,
    /// A deployment rolls its revision out.
    Deployment,
    /// A task of the same revision ended.
    Replacement,
    /// A task is unhealthy and its replacement starts first.
    UnhealthyReplacement,
    /// A host fits a daemon service and has no task of it.
    Daemon,
    /// A zone has fewer tasks than its share (ecs.md 2.13).
    ZoneRebalancing,
    /// The host of a task drains, and its replacement starts elsewhere (ecs.md 3.11).
    Draining,
    /// Somebody called RunTask.
    RunTask,
}

/// Why a task is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// The service wants fewer tasks, or the deployment replaces it.
    Scaling {
        /// The deployment that decided.
        deployment: DeploymentId,
    },
    /// Its target failed the health checks of a target group.
    UnhealthyTarget {
        /// The target group.
        target_group: TargetGroupIx,
    },
    /// Its container health checks failed.
    UnhealthyContainers,
    /// Its service is no longer in the design.
    ServiceDeleted,
    /// Its zone has more tasks than its share.
    ZoneRebalancing {
        /// The deployment that decided.
        deployment: DeploymentId,
    },
    /// A daemon task's host no longer satisfies the service's constraints.
    ConstraintViolated,
    /// Its host drains (ecs.md 3.11).
    Draining {
        /// The deployment that decided.
        deployment: DeploymentId,
    },
}

/// What the control plane orders. Each has a cause.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A new deployment becomes PRIMARY.
    StartDeployment {
        /// Service.
        service: ServiceIx,
        /// The new deployment.
        deployment: DeploymentId,
        /// Revision it rolls out: the cause is that the service names it.
        task_definition: TaskDefinitionIx,
        /// The task set in the document, for an EXTERNAL controller; empty otherwise.
        task_set: String,
    },
    /// The PRIMARY deployment is FAILED.
    FailDeployment {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
        /// Why.
        failure: DeploymentFailure,
        /// The COMPLETED deployment that becomes PRIMARY again, if there is one to go back to.
        back_to: Option<DeploymentId>,
    },
    /// A deployment that shifts traffic enters a stage.
    EnterStage {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
        /// The stage.
        stage: Stage,
        /// Its share of production traffic from now on.
        production: Permille,
        /// Whether test traffic reaches it from now on.
        test: bool,
    },
    /// The Lambda functions of the present stage's hooks are asked.
    InvokeHooks {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
        /// The stage.
        stage: Stage,
    },
    /// The hooks of the present stage let the deployment pass.
    PassHooks {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// A deployment is what the service asks for now, though it began with another wish: nothing
    /// has to be deployed.
    AdoptWish {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// A deployment keeps so many tasks from now on: a task set was scaled, or its turn is over.
    ScaleDeployment {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
        /// How many.
        count: u32,
        /// Whether it is the PRIMARY one.
        is_primary: bool,
    },
    /// Tasks that RunTask asked for were not placed: the call returns `failures`.
    RefuseRunTask {
        /// The call.
        group: ServiceIx,
        /// How many.
        count: u32,
        /// The host that came closest and what it lacks; `None` where there is none.
        closest: Option<(InstanceIx, Verdict)>,
    },
    /// The PRIMARY deployment is COMPLETED.
    CompleteDeployment {
        /// Service.
        service: ServiceIx,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// A task is placed on a host and handed to its agent.
    StartTask {
        /// The new task.
        task: TaskId,
        /// Service.
        service: ServiceIx,
        /// Deployment it belongs to.
        deployment: DeploymentId,
        /// Revision.
        task_definition: TaskDefinitionIx,
        /// Host.
        instance: InstanceIx,
        /// Why.
        cause: StartCause,
    },
    /// A task's desired status becomes STOPPED.
    StopTask {
        /// Task.
        task: TaskId,
        /// Why.
        cause: StopCause,
    },
    /// The agent sends the stop signal, and SIGKILL after the stop timeout. The cause is the
    /// task's own stop code.
    StopContainers {
        /// Task.
        task: TaskId,
    },
    /// A task's port is registered with a target group, as the service says.
    RegisterTarget {
        /// Task.
        task: TaskId,
        /// Target group.
        target_group: TargetGroupIx,
    },
    /// A target begins to drain because its task is to stop or has stopped.
    DeregisterTarget {
        /// Task.
        task: TaskId,
        /// Target group.
        target_group: TargetGroupIx,
    },
    /// A task is registered with Cloud Map (RegisterInstance), as its containers run.
    RegisterRecord {
        /// Task.
        task: TaskId,
        /// Cloud Map service.
        registry: RegistryIx,
    },
    /// Cloud Map is told the health of a task (UpdateInstanceCustomHealthStatus), since that of
    /// its containers changed.
    UpdateRecordHealth {
        /// Task.
        task: TaskId,
        /// Cloud Map service.
        registry: RegistryIx,
        /// Whether it is healthy now.
        healthy: bool,
    },
    /// A task is taken out of Cloud Map (DeregisterInstance) because it is to stop or has stopped.
    DeregisterRecord {
        /// Task.
        task: TaskId,
        /// Cloud Map service.
        registry: RegistryIx,
    },
    /// A task's record is nobody's any more: it ends because its service was deleted.
    LeaveRecord {
        /// Task.
        task: TaskId,
        /// Cloud Map service.
        registry: RegistryIx,
    },
    /// A DAEMON service wants so many tasks, since so many hosts fit it.
    SetDesiredCount {
        /// Service.
        service: ServiceIx,
        /// One for each host.
        count: u32,
    },
    /// Tasks of a service begin, or cease, to be moved between zones.
    SetRebalancing {
        /// Service.
        service: ServiceIx,
        /// How far zones differ as they begin; `None` as they cease.
        difference: Option<u32>,
        /// When they may begin again.
        not_before: Instant,
    },
    /// A message on the service's event list.
    PutServiceEvent {
        /// Service.
        service: ServiceIx,
        /// The message.
        message: ServiceMessage,
    },
}
