//! Folding observations.

use super::Applier;
use crate::control::event::{EventKind, ServiceMessage};
use crate::control::fact::{HostLoss, NetworkBinding, Observation, SeenTask, StartCause};
use crate::control::state::{
    AlarmState, ContainerHealth, ControlState, Deployment, InstanceState, InstanceStatus,
    StoppedCause, Target, TargetHealth, TargetReason, Task, TaskStatus, Wish,
};
use crate::id::{AlarmIx, InstanceIx, TargetGroupIx, TaskId};
use crate::time::Instant;
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Applier<'_> {
    pub(super) fn observed(&mut self, observation: &Observation) {
        match observation {
            Observation::InstanceRegistered { instance } => self.instance_registered(*instance),
            Observation::InstanceLost { instance, loss } => self.instance_lost(*instance, *loss),
            Observation::TaskSeen(seen) => self.task_seen(seen),
            Observation::NetworkAttached { task } | Observation::TaskAccepted { task } => {
                self.task(*task, to_pending);
            }
            Observation::PullStarted { task } => self.task(*task, |task, now| {
                task.pull_started_at = Some(now);
                to_pending(task, now);
            }),
            Observation::PullStopped { task } => {
                self.task(*task, |task, now| task.pull_stopped_at = Some(now));
            }
            Observation::ContainersStarted { task, bindings } => {
                self.containers_started(*task, bindings);
            }
            Observation::StartFailed { task, reason } => self.start_failed(*task, reason),
            Observation::ContainerHealthChanged { task, health } => {
                self.container_health(*task, *health);
            }
            Observation::ContainerExited {
                task,
                container,
                exit_code,
                out_of_memory,
            } => {
                self.container_exited(*task, *container, *exit_code, *out_of_memory);
            }
            Observation::ContainersStopped { task } => self.task(*task, |task, now| {
                task.execution_stopped_at.get_or_insert(now);
                task.last_status = task.last_status.max(TaskStatus::Deprovisioning);
            }),
            Observation::NetworkDetached { task } => self.task(*task, to_stopped),
            Observation::TargetRegistered { task, target_group } => {
                self.target_registered(*task, *target_group);
            }
            Observation::TargetHealthChanged {
                task,
                target_group,
                health,
                reason,
            } => {
                self.target_health(*task, *target_group, *health, *reason);
            }
            Observation::TargetDrained { task, target_group } => {
                self.target_health(*task, *target_group, TargetHealth::Unused, None);
            }
            // An update is taken up at once, not at the next tick.
            Observation::DesignChanged => self.design_changed(),
            Observation::StopRequested { task, reason } => self.stop_requested(*task, reason),
            Observation::InstanceStatusRequested { instance, status } => {
                self.instance_status(*instance, *status);
            }
            Observation::AgentConnectivityChanged {
                instance,
                connected,
            } => self.connectivity(*instance, *connected),
            Observation::TaskProtectionUpdated { task, until } => self.protect(*task, *until),
            Observation::RunTaskRequested { group, count } => {
                self.state.run_task.push((*group, *count));
            }
            Observation::DeploymentForced { service } => {
                self.service(*service).forced += 1;
                self.state.wake_at = Some(self.now);
            }
            Observation::DeploymentStopRequested { service, stop } => {
                self.service(*service).stop_requested = Some(*stop);
                self.state.wake_at = Some(self.now);
            }
            Observation::HookAnswered { service, succeeded } => {
                self.service(*service).hook_answer = Some(*succeeded);
                self.state.wake_at = Some(self.now);
            }
            Observation::AlarmStateChanged { alarm, state } => self.alarm(*alarm, *state),
            Observation::RecordsRemoved { registry } => self.records_removed(*registry),
        }
    }

    fn protect(&mut self, id: TaskId, until: Option<Instant>) {
        if self.state.tasks.contains_key(&id) {
            self.task(id, |task, _| task.protected_until = until);
            self.say(EventKind::TaskProtectionChanged { task: id, until });
        }
    }

    fn alarm(&mut self, alarm: AlarmIx, state: AlarmState) {
        if self.state.alarms.insert(alarm, state) != Some(state) {
            self.say(EventKind::AlarmStateChanged { alarm, state });
        }
    }

    /// Everything may be different: hosts take the status that the document now gives them, and
    /// whoever follows the room on hosts has to look at all of them.
    fn design_changed(&mut self) {
        self.state.wake_at = Some(self.now);
        self.state.room_changes.count += 1;
        let there = self.state.instances.iter();
        let there = there.filter(|(_, known)| known.status != InstanceStatus::Inactive);
        let there: Vec<InstanceIx> = there.map(|(instance, _)| *instance).collect();
        for instance in there {
            let status = self.status_of(instance);
            let connected = self.model.instance(instance).agent_connected;
            let Some(known) = self.instance(instance) else {
                continue;
            };
            let before = core::mem::replace(&mut known.stated, (status, connected));
            if before.0 != status {
                self.instance_status(instance, status);
            }
            if before.1 != connected {
                self.connectivity(instance, connected);
            }
        }
    }

    /// The status of a host that is there, as the document has it.
    fn status_of(&self, instance: InstanceIx) -> InstanceStatus {
        if self.model.instance(instance).draining {
            InstanceStatus::Draining
        } else {
            InstanceStatus::Active
        }
    }

    /// Only a host that is there can be made DRAINING or ACTIVE (ecs.md 3.11).
    fn instance_status(&mut self, instance: InstanceIx, status: InstanceStatus) {
        let Some(known) = self.instance(instance) else {
            return;
        };
        if known.status != InstanceStatus::Inactive
            && core::mem::replace(&mut known.status, status) != status
        {
            self.say(EventKind::InstanceStatusChanged { instance, status });
        }
    }

    fn connectivity(&mut self, instance: InstanceIx, connected: bool) {
        let Some(known) = self.instance(instance) else {
            return;
        };
        if known.status != InstanceStatus::Inactive
            && core::mem::replace(&mut known.connected, connected) != connected
        {
            self.say(EventKind::AgentConnectivityChanged {
                instance,
                connected,
            });
        }
    }

    fn instance_registered(&mut self, instance: InstanceIx) {
        let status = self.status_of(instance);
        let connected = self.model.instance(instance).agent_connected;
        let now = self.now;
        match self.instance(instance) {
            Some(known) if known.status != InstanceStatus::Inactive => return,
            Some(known) => {
                known.status = status;
                known.connected = connected;
                known.stated = (status, connected);
                known.registered_at = now;
            }
            None => {
                let known = InstanceState {
                    status,
                    connected,
                    stated: (status, connected),
                    registered_at: now,
                    reserved: Resources::default(),
                    ports: BTreeSet::new(),
                    tasks: Vec::new(),
                    running: 0,
                };
                self.state.instances.insert(instance, known);
                // A host that was not known is one that nobody follows yet.
                let _ = self.instance(instance);
            }
        }
        self.say(EventKind::InstanceStatusChanged { instance, status });
    }

    /// The host's tasks have ended with it; nothing drains on a host that is gone, but ECS still
    /// deregisters its targets (ecs.md 3.12).
    fn instance_lost(&mut self, instance: InstanceIx, loss: HostLoss) {
        let Some(known) = self.instance(instance) else {
            return;
        };
        if known.status == InstanceStatus::Inactive {
            return;
        }
        let tasks = known.tasks.clone();
        // ECS deregisters a terminated host by itself only while its agent is connected.
        let stays = match loss {
            HostLoss::Terminated => !known.connected,
            HostLoss::Stopped => true,
            HostLoss::Deregistered => false,
        };
        if stays {
            self.connectivity(instance, false);
        } else {
            self.instance_status(instance, InstanceStatus::Inactive);
        }
        for id in tasks {
            self.unwant(id, StoppedCause::Host(loss));
            self.task(id, |task, now| {
                task.signalled = true;
                to_stopped(task, now);
            });
        }
    }

    /// A runner that was started again learns of what runs from labels alone (invariant 9).
    fn task_seen(&mut self, seen: &SeenTask) {
        let now = self.now;
        if self.state.tasks.contains_key(&seen.task) {
            return;
        }
        let compiled = self.model.service(seen.service);
        let wish = self.state.wish(self.model, seen.service);
        let service = self.service(seen.service);
        let known = service
            .deployments
            .iter_mut()
            .find(|known| known.id == seen.deployment);
        match known {
            Some(deployment) => deployment.desired_count += 1,
            None => {
                // PRIMARY, the last, is the one whose revision the service names.
                let is_current = seen.task_definition == compiled.task_definition;
                let at = if is_current {
                    service.deployments.len()
                } else {
                    0
                };
                let mut deployment = Deployment::new(seen.deployment, seen.task_definition, now);
                deployment.desired_count = 1;
                deployment.targets = compiled.targets.clone();
                deployment.registry = compiled.registry.clone();
                deployment.wish = if is_current {
                    wish
                } else {
                    Wish {
                        task_definition: Some(seen.task_definition),
                        ..wish
                    }
                };
                service.deployments.insert(at, deployment);
            }
        }
        self.insert_task(seen, StartCause::Deployment);
        self.task(seen.task, to_pending);
    }

    /// Puts a new task on its service's and host's lists and takes its room.
    pub(super) fn insert_task(&mut self, seen: &SeenTask, cause: StartCause) {
        let definition = self.model.definition(seen.task_definition);
        let task = Task {
            service: seen.service,
            deployment: seen.deployment,
            task_definition: seen.task_definition,
            instance: seen.instance,
            last_status: TaskStatus::Provisioning,
            desired_status: TaskStatus::Running,
            cause,
            protected_until: None,
            stopping_at: None,
            execution_stopped_at: None,
            reserved: definition.reserved,
            static_ports: definition.static_ports.clone(),
            created_at: self.now,
            pull_started_at: None,
            pull_stopped_at: None,
            started_at: None,
            stopped_at: None,
            stopped: None,
            exit_codes: BTreeMap::new(),
            bindings: Vec::new(),
            container_health: ContainerHealth::Unknown,
            targets: Vec::new(),
            record: None,
            signalled: false,
            was_healthy: false,
            told_unhealthy: false,
        };
        if let Some(host) = self.instance(seen.instance) {
            host.reserved += task.reserved;
            host.ports.extend(task.static_ports.iter().copied());
            host.tasks.push(seen.task);
            host.running += 1;
        }
        self.state.tasks.insert(seen.task, Arc::new(task));
        let service = self.service(seen.service);
        service.tasks.insert(seen.task);
        *service.on.entry(seen.instance).or_default() += 1;
        self.counted(seen.instance, seen.service, 1);
        self.changed(seen.service);
    }

    fn containers_started(&mut self, id: TaskId, bindings: &[NetworkBinding]) {
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let has_targets = !self.state.targets_of(task).is_empty();
        self.task(id, |task, now| {
            task.bindings = bindings.to_vec();
            if task.is_wanted() && task.last_status < TaskStatus::Activating {
                task.last_status = TaskStatus::Activating;
                if !has_targets {
                    to_running(task, now);
                }
            }
        });
        self.count_launch(id);
    }

    /// A task that reached RUNNING ends a row of failed launches.
    fn count_launch(&mut self, id: TaskId) {
        let running = |state: &ControlState| {
            let task = state
                .tasks
                .get(&id)
                .filter(|task| task.started_at.is_some())?;
            Some((task.service, task.deployment))
        };
        let Some((service, deployment)) = running(self.state) else {
            return;
        };
        let now = self.now;
        if let Some(deployment) = self.deployment(service, deployment) {
            deployment.failed_launches = 0;
            deployment.launch_not_before = now;
            deployment.has_run = true;
            let said = &mut self.service(service).said;
            said.retain(|(message, _)| *message != ServiceMessage::UnableToStart);
        }
    }

    fn start_failed(&mut self, id: TaskId, reason: &str) {
        let cause = StoppedCause::FailedToStart(String::from(reason));
        self.unwant(id, cause);
        self.task(id, |task, now| {
            task.signalled = true;
            to_stopped(task, now);
        });
        self.count_failed_launch(id);
    }

    /// A task that ends before it ever ran counts towards the delay of further launches
    /// (ecs.md 3.6).
    fn count_failed_launch(&mut self, id: TaskId) {
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let (service, deployment, now) = (task.service, task.deployment, self.now);
        let settings = self.model.settings;
        let tick = settings.tick_of(task.created_at);
        let Some(deployment) = self.deployment(service, deployment) else {
            return;
        };
        // The circuit breaker's first stage counts tasks (ecs.md 3.7), throttling launches.
        deployment.failed_tasks += u32::from(!deployment.has_run);
        if deployment.last_failed_tick.is_none_or(|last| tick > last) {
            deployment.last_failed_tick = Some(tick);
            deployment.failed_launches += 1;
            deployment.launch_not_before = now + settings.launch_delay(deployment.failed_launches);
        }
    }

    fn container_health(&mut self, id: TaskId, health: ContainerHealth) {
        self.task(id, |task, _| {
            task.container_health = health;
            task.told_unhealthy &= task.fails_a_check();
        });
    }

    /// An essential container that ends takes the task with it (ecs.md 1.4); the agent stops the
    /// others by itself.
    fn container_exited(&mut self, id: TaskId, container: usize, exit_code: i32, killed: bool) {
        let now = self.now;
        let Some(task) = self.state.tasks.get_mut(&id).map(Arc::make_mut) else {
            return;
        };
        task.exit_codes.insert(container, exit_code);
        let document = &self.model.definition(task.task_definition).document;
        let definition = document.container_definitions.get(container);
        let essential = definition.is_none_or(crate::taskdef::ContainerDefinition::is_essential);
        if essential && task.last_status < TaskStatus::Stopping {
            task.last_status = TaskStatus::Stopping;
            task.stopping_at.get_or_insert(now);
            task.execution_stopped_at.get_or_insert(now);
            task.signalled = true;
            let never_ran = task.started_at.is_none() && task.is_wanted();
            let never_healthy = task.started_at.is_some() && !task.was_healthy && task.is_wanted();
            let (service, deployment) = (task.service, task.deployment);
            self.unwant(id, StoppedCause::EssentialContainerExited);
            self.say_status(id, Some(exit_code).map(|code| (code, killed)));
            if never_ran {
                self.count_failed_launch(id);
            }
            // Neither of the circuit breaker's stages covers it; such tasks trip it in public
            // exercises, so those count that were never healthy (ecs.md 3.7).
            let known = self.deployment(service, deployment);
            if let Some(deployment) = known.filter(|_| never_healthy) {
                deployment.failed_tasks += 1;
            }
        }
    }

    fn stop_requested(&mut self, id: TaskId, reason: &str) {
        self.unwant(id, StoppedCause::Requested(String::from(reason)));
    }

    fn target_registered(&mut self, id: TaskId, group: TargetGroupIx) {
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let wanted = self.state.targets_of(task).len();
        self.task(id, |task, now| {
            let mut targets = task.targets.iter_mut();
            if let Some(target) = targets.find(|target| target.target_group == group) {
                target.registered = true;
                target.changed_at = now;
            }
            let registered = task
                .targets
                .iter()
                .filter(|target| target.registered)
                .count();
            if registered >= wanted && task.last_status == TaskStatus::Activating {
                to_running(task, now);
            }
        });
        self.count_launch(id);
    }

    fn target_health(
        &mut self,
        id: TaskId,
        group: TargetGroupIx,
        health: TargetHealth,
        reason: Option<TargetReason>,
    ) {
        let mut is_news = false;
        self.task(id, |task, now| {
            let mut targets = task.targets.iter_mut();
            let target = targets.find(|target| target.target_group == group);
            // A report that comes after deregistration revives nothing.
            let news = |it: &&mut Target| {
                it.health != health
                    && (health == TargetHealth::Unused || it.health < TargetHealth::Draining)
            };
            if let Some(target) = target.filter(news) {
                target.health = health;
                target.reason = reason;
                target.changed_at = now;
                is_news = true;
            }
            task.told_unhealthy &= task.fails_a_check();
        });
        if is_news {
            self.say(EventKind::TargetHealthChanged {
                task: id,
                target_group: group,
                health,
                reason,
            });
        }
    }
}

fn to_pending(task: &mut Task, _now: Instant) {
    task.last_status = task.last_status.max(TaskStatus::Pending);
}

fn to_running(task: &mut Task, now: Instant) {
    task.last_status = TaskStatus::Running;
    task.started_at = Some(now);
}

fn to_stopped(task: &mut Task, now: Instant) {
    task.last_status = TaskStatus::Stopped;
    task.stopped_at.get_or_insert(now);
}
