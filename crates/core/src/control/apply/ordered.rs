//! Folding orders.

use super::Applier;
use crate::control::event::{EventKind, ServiceMessage};
use crate::control::fact::{Action, SeenTask, StartCause, StopCause};
use crate::control::state::{Shift, StoppedCause, Target, TargetHealth, Task, TaskStatus};
use crate::id::{ServiceIx, TargetGroupIx, TaskId};
use crate::model::{Controller, Model, ServiceTarget};
use crate::taskdef::NetworkMode;
use alloc::sync::Arc;

impl Applier<'_> {
    pub(super) fn ordered(&mut self, action: &Action) {
        match action {
            Action::StartDeployment {
                service,
                deployment,
                task_definition,
                task_set,
            } => {
                self.start_deployment(*service, *deployment, *task_definition, task_set);
            }
            Action::CompleteDeployment {
                service,
                deployment,
            } => {
                self.complete_deployment(*service, *deployment);
            }
            Action::FailDeployment {
                service,
                deployment,
                failure,
                back_to,
            } => {
                self.fail_deployment(*service, *deployment, *failure, *back_to);
            }
            Action::EnterStage {
                service,
                deployment,
                stage,
                production,
                test,
            } => {
                let (at, test) = (self.now, *test);
                self.enter_stage(
                    *service,
                    *deployment,
                    *production,
                    Shift::at(*stage, at, test),
                );
            }
            Action::InvokeHooks {
                service,
                deployment,
                ..
            } => self.hooks_asked(*service, *deployment),
            Action::AdoptWish {
                service,
                deployment,
            } => self.adopt_wish(*service, *deployment),
            Action::PassHooks {
                service,
                deployment,
            } => self.pass_hooks(*service, *deployment),
            Action::ScaleDeployment {
                service,
                deployment,
                count,
                is_primary,
            } => self.scale_deployment(*service, *deployment, *count, *is_primary),
            Action::RefuseRunTask {
                group,
                count,
                closest,
            } => self.say(EventKind::RunTaskFailed {
                group: *group,
                count: *count,
                closest: closest.clone(),
            }),
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
            Action::RegisterRecord { task, registry } => self.register_record(*task, *registry),
            Action::UpdateRecordHealth {
                task,
                registry,
                healthy,
            } => self.record_health(*task, *registry, *healthy),
            Action::DeregisterRecord { task, registry } => {
                self.deregister_record(*task, *registry);
            }
            Action::LeaveRecord { task, registry } => self.leave_record(*task, *registry),
            Action::SetDesiredCount { service, count } => {
                self.service(*service).daemon_count = *count;
                self.say(EventKind::DesiredCountUpdated {
                    service: *service,
                    count: *count,
                });
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
        let keeps_count = self.model.service(service).deploying.controller == Controller::External;
        let primary = self.service(service).primary().map(|it| it.id);
        let is_primary = primary == Some(deployment);
        let Some(known) = self.deployment(service, deployment) else {
            return;
        };
        match cause {
            // What PRIMARY is to keep follows the service's count.
            StopCause::Scaling { .. } if !keeps_count && !is_primary => {
                known.desired_count = known.desired_count.saturating_sub(1);
            }
            StopCause::UnhealthyTarget { .. } | StopCause::UnhealthyContainers => {
                // The circuit breaker's second stage (ecs.md 3.7).
                known.failed_tasks += u32::from(known.has_run);
            }
            StopCause::Scaling { .. }
            | StopCause::ServiceDeleted
            | StopCause::ZoneRebalancing { .. }
            | StopCause::ConstraintViolated
            | StopCause::Draining { .. } => {}
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
                reason: None,
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
            reason: None,
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
            reason: None,
        });
    }

    fn put_event(&mut self, service: ServiceIx, message: &ServiceMessage) {
        let now = self.now;
        if message.is_steady_state() {
            // Whatever was the matter is over.
            self.service(service)
                .said
                .retain(|(known, _)| known.is_steady_state());
        }
        if let Some(task) = message.unhealthy_task() {
            let task = self.state.tasks.get_mut(&task).map(Arc::make_mut);
            if let Some(task) = task {
                task.told_unhealthy = true;
            }
        }
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
    published_port(model, task, &wire.container_name, wire.container_port)
}

/// The port at which others reach a container's port.
pub(super) fn published_port(model: &Model, task: &Task, container: &str, port: u16) -> u16 {
    let document = &model.definition(task.task_definition).document;
    let bound = task
        .bindings
        .iter()
        .find(|binding| binding.container_name == container && binding.container_port == port);
    match document.network_mode() {
        NetworkMode::Awsvpc | NetworkMode::None => port,
        NetworkMode::Bridge | NetworkMode::Host => bound.map_or(port, |binding| binding.host_port),
    }
}
