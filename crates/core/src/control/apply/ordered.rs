//! Folding orders.

use super::Applier;
use crate::control::event::{EventKind, ServiceMessage};
use crate::control::fact::{Action, SeenTask, StartCause, StopCause};
use crate::control::state::{
    Deployment, RolloutState, StoppedCause, Target, TargetHealth, Task, TaskStatus,
};
use crate::id::{DeploymentId, ServiceIx, TargetGroupIx, TaskDefinitionIx, TaskId};
use crate::model::{Model, ServiceTarget};
use crate::taskdef::NetworkMode;
use alloc::sync::Arc;

impl Applier<'_> {
    pub(super) fn ordered(&mut self, action: &Action) {
        match action {
            Action::StartDeployment {
                service,
                deployment,
                task_definition,
            } => {
                self.start_deployment(*service, *deployment, *task_definition);
            }
            Action::CompleteDeployment {
                service,
                deployment,
            } => {
                self.complete_deployment(*service, *deployment);
            }
            Action::StartTask {
                task,
                service,
                deployment,
                task_definition,
                instance,
                cause,
            } => {
                self.start_task(
                    &SeenTask {
                        task: *task,
                        service: *service,
                        deployment: *deployment,
                        task_definition: *task_definition,
                        instance: *instance,
                    },
                    *cause,
                );
            }
            Action::StopTask { task, cause } => self.stop_task(*task, cause),
            Action::StopContainers { task } => self.task(*task, |task, _| {
                task.signalled = true;
                task.last_status = task.last_status.max(TaskStatus::Stopping);
            }),
            Action::RegisterTarget { task, target_group } => {
                self.register_target(*task, *target_group);
            }
            Action::DeregisterTarget { task, target_group } => {
                self.deregister_target(*task, *target_group);
            }
            Action::SetDesiredCount { service, count } => {
                self.service(*service).daemon_count = *count;
            }
            Action::SetRebalancing {
                service,
                difference,
                not_before,
            } => {
                let known = self.service(*service);
                known.rebalancing = *difference;
                known.rebalance_not_before = *not_before;
            }
            Action::PutServiceEvent { service, message } => self.put_event(*service, message),
        }
    }

    /// The former PRIMARY keeps what it has until its tasks are replaced.
    fn start_deployment(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        task_definition: TaskDefinitionIx,
    ) {
        let now = self.now;
        self.state.deployments_started += 1;
        let primary = self
            .state
            .services
            .get(&service)
            .and_then(|known| known.primary());
        if let Some(former) = primary.map(|primary| primary.id) {
            let wanted = |task: &&Task| task.deployment == former && task.is_wanted();
            let tasks = self.state.tasks_of(service).map(|(_, task)| task);
            let left = u32::try_from(tasks.filter(wanted).count()).unwrap_or(u32::MAX);
            let deployments = &mut self.service(service).deployments;
            if let Some(former) = deployments.last_mut() {
                former.desired_count = left;
            }
        }
        let desired_count = self.state.desired_count(self.model, service);
        let targets = self.model.service(service).targets.clone();
        self.state.due.insert(service);
        let known = self.service(service);
        known.said.clear();
        known.deployments.push(Deployment {
            id,
            task_definition,
            desired_count,
            targets,
            rollout_state: RolloutState::InProgress,
            created_at: now,
            failed_launches: 0,
            launch_not_before: now,
        });
        self.changed(service);
        self.retire_deployments(service);
        let completed = false;
        let kind = EventKind::DeploymentChanged {
            service,
            deployment: id,
            task_definition,
            completed,
        };
        self.say(kind);
    }

    /// Older deployments keep nothing any more, whatever they lost on the way.
    fn complete_deployment(&mut self, service: ServiceIx, id: DeploymentId) {
        let desired_count = self.state.desired_count(self.model, service);
        let deployments = &mut self.service(service).deployments;
        let older = deployments.iter_mut().filter(|known| known.id != id);
        older.for_each(|known| known.desired_count = 0);
        let Some(deployment) = deployments.iter_mut().find(|known| known.id == id) else {
            return;
        };
        deployment.rollout_state = RolloutState::Completed;
        deployment.desired_count = desired_count;
        let (task_definition, completed) = (deployment.task_definition, true);
        self.retire_deployments(service);
        let kind = EventKind::DeploymentChanged {
            service,
            deployment: id,
            task_definition,
            completed,
        };
        self.say(kind);
    }

    fn start_task(&mut self, seen: &SeenTask, cause: StartCause) {
        self.state.tasks_started += 1;
        self.insert_task(seen, cause);
        let tick = self.model.settings.tick_of(self.now);
        let known = self.service(seen.service);
        known.said.retain(|(message, _)| !is_placement(message));
        let before = if known.launched.0 == tick {
            known.launched.1
        } else {
            0
        };
        known.launched = (tick, before.saturating_add(1));
        let mut deployments = known.deployments.iter_mut();
        let deployment = deployments.find(|known| known.id == seen.deployment);
        if let Some(deployment) = deployment.filter(|_| cause == StartCause::DesiredCount) {
            deployment.desired_count += 1;
        }
        self.say_status(seen.task, None);
    }

    fn stop_task(&mut self, id: TaskId, cause: &StopCause) {
        self.unwant(id, StoppedCause::Scheduler(cause.clone()));
        self.task(id, |task, _| {
            let registered = task
                .targets
                .iter()
                .any(|target| target.health != TargetHealth::Unused);
            if registered {
                task.last_status = task.last_status.max(TaskStatus::Deactivating);
            }
        });
        self.say_status_of_stop(id);
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let (service, deployment) = (task.service, task.deployment);
        let mut deployments = self.service(service).deployments.iter_mut();
        let known = deployments.find(|known| known.id == deployment);
        if let (Some(known), StopCause::Scaling { .. }) = (known, cause) {
            known.desired_count = known.desired_count.saturating_sub(1);
        }
    }

    /// A task without targets changes its desired status alone, which `task` cannot see as
    /// `unwant` was before it.
    fn say_status_of_stop(&mut self, id: TaskId) {
        let unchanged = |task: &&Arc<Task>| task.last_status < TaskStatus::Deactivating;
        if self.state.tasks.get(&id).filter(unchanged).is_some() {
            self.say_status(id, None);
        }
    }

    fn register_target(&mut self, id: TaskId, group: TargetGroupIx) {
        let model = self.model;
        let Some(task) = self.state.tasks.get(&id) else {
            return;
        };
        let wires = self.state.targets_of(task).iter();
        let wire = wires
            .clone()
            .find(|wire| wire.target_group == group)
            .cloned();
        self.task(id, |task, now| {
            let port = wire
                .as_ref()
                .map_or(0, |wire| registered_port(model, task, wire));
            let health = TargetHealth::Initial;
            let changed_at = now;
            let target = Target {
                target_group: group,
                health,
                registered: false,
                port,
                changed_at,
            };
            task.targets.push(target);
        });
        let health = TargetHealth::Initial;
        self.say(EventKind::TargetHealthChanged {
            task: id,
            target_group: group,
            health,
        });
    }

    fn deregister_target(&mut self, id: TaskId, group: TargetGroupIx) {
        self.task(id, |task, now| {
            let mut targets = task.targets.iter_mut();
            if let Some(target) = targets.find(|target| target.target_group == group) {
                target.health = TargetHealth::Draining;
                target.changed_at = now;
            }
        });
        if let Some(task) = self.state.tasks.get(&id) {
            self.changed(task.service);
        }
        let health = TargetHealth::Draining;
        self.say(EventKind::TargetHealthChanged {
            task: id,
            target_group: group,
            health,
        });
    }

    fn put_event(&mut self, service: ServiceIx, message: &ServiceMessage) {
        let now = self.now;
        if message.is_condition() {
            let said = &mut self.service(service).said;
            said.retain(|(known, _)| !known.is_like(message));
            said.push((message.clone(), now));
        }
        self.say(EventKind::ServiceEvent {
            service,
            message: message.clone(),
        });
    }
}

fn is_placement(message: &ServiceMessage) -> bool {
    matches!(message, ServiceMessage::UnableToPlace { .. })
}

/// The port that is registered: the published one, or the container's own where the task has its
/// own interface (load-balancing-and-scaling.md 2.9).
fn registered_port(model: &Model, task: &Task, wire: &ServiceTarget) -> u16 {
    let document = &model.definition(task.task_definition).document;
    let bound = task.bindings.iter().find(|binding| {
        binding.container_name == wire.container_name
            && binding.container_port == wire.container_port
    });
    match document.network_mode() {
        NetworkMode::Awsvpc | NetworkMode::None => wire.container_port,
        NetworkMode::Bridge | NetworkMode::Host => {
            bound.map_or(wire.container_port, |binding| binding.host_port)
        }
    }
}
