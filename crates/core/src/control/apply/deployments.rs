//! Folding what is ordered about deployments: they begin, complete, fail, shift traffic.

use super::Applier;
use crate::control::event::EventKind;
use crate::control::health::{TaskHealth, task_health};
use crate::control::state::{
    AlarmState, ControlState, Deployment, DeploymentFailure, RolloutState, Shift, Task, Wish,
};
use crate::id::{DeploymentId, ServiceIx, TaskDefinitionIx, TaskId};
use crate::model::{
    ALL_TRAFFIC, Controller, HookKind, Model, Permille, Rollout, ServiceTarget, Stage,
};
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Applier<'_> {
    /// The former PRIMARY of a rolling update keeps what it has until its tasks are replaced; one
    /// beside which a new revision is scaled up keeps all.
    pub(super) fn start_deployment(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        task_definition: TaskDefinitionIx,
        task_set: &str,
    ) {
        let (model, now) = (self.model, self.now);
        self.state.deployments_started += 1;
        let deploying = &model.service(service).deploying;
        let shifts = deploying.rollout != Rollout::Rolling;
        if !shifts && deploying.controller != Controller::External {
            self.former_keeps_what_it_has(service);
        }
        let mut deployment = Deployment::new(id, task_definition, now);
        deployment.desired_count = self.state.desired_count(model, service);
        deployment.wish = self.state.wish(model, service);
        deployment.targets = deployment.wish.targets.clone();
        deployment.registry = model.service(service).registry.clone();
        deployment.ignores_alarms = any_alarm(self.state, model, service);
        let mut sets = deploying.task_sets.iter();
        let set = sets.find(|set| set.id == task_set);
        let sets_primary = set.map(|set| set.is_primary);
        if let Some(set) = set {
            deployment.desired_count = set.computed_desired_count(deployment.desired_count);
            deployment.targets = set.targets.clone();
            deployment.wish = Wish {
                task_definition: Some(set.task_definition),
                targets: set.targets.clone(),
                task_set: set.id.clone(),
                ..Wish::default()
            };
        }
        self.state.due.insert(service);
        let known = self.service(service);
        known.said.clear();
        known.stop_requested = None;
        known.hook_answer = None;
        if let Some(blue) = known.stable().cloned().filter(|_| shifts) {
            // Whatever another one had shifted comes back before it goes.
            for other in &mut known.deployments {
                other.production = if other.id == blue.id { ALL_TRAFFIC } else { 0 };
            }
            let is_crowded = known.deployments.iter().any(|other| other.id != blue.id);
            let first = if is_crowded {
                Stage::ReconcileService
            } else {
                Stage::PreScaleUp
            };
            deployment.targets = other_targets(&deployment.wish.targets, &blue.targets);
            deployment.production = 0;
            deployment.has_shifted = true;
            deployment.shift = Some(Shift::at(first, now, false));
        }
        let is_primary = sets_primary.unwrap_or(true) || known.deployments.is_empty();
        let at = if is_primary {
            known.deployments.len()
        } else {
            0
        };
        known.deployments.insert(at, deployment);
        self.changed(service);
        self.retire_deployments(service);
        self.say_deployment(service, id, None);
        if let Some(stage) = self.deployment(service, id).and_then(|it| it.shift) {
            self.say_stage(service, id, stage.stage, 0);
        }
    }

    fn former_keeps_what_it_has(&mut self, service: ServiceIx) {
        let primary = self.state.services.get(&service);
        let Some(former) = primary.and_then(|known| known.primary()).map(|it| it.id) else {
            return;
        };
        let wanted = |task: &&Task| task.deployment == former && task.is_wanted();
        let tasks = self.state.tasks_of(service).map(|(_, task)| task);
        let left = u32::try_from(tasks.filter(wanted).count()).unwrap_or(u32::MAX);
        if let Some(former) = self.deployment(service, former) {
            former.desired_count = left;
        }
    }

    /// Older deployments keep nothing any more, whatever they lost on the way.
    pub(super) fn complete_deployment(&mut self, service: ServiceIx, id: DeploymentId) {
        let desired_count = self.state.desired_count(self.model, service);
        let known = self.service(service);
        let older = known.deployments.iter_mut().filter(|known| known.id != id);
        older.for_each(|known| known.desired_count = 0);
        let mut all = known.deployments.iter_mut();
        let Some(deployment) = all.find(|known| known.id == id) else {
            return;
        };
        deployment.rollout_state = RolloutState::Completed;
        deployment.desired_count = desired_count;
        deployment.production = ALL_TRAFFIC;
        deployment.shift = None;
        known.last_completed = Some(deployment.clone());
        known.stop_requested = None;
        self.retire_deployments(service);
        self.say_deployment(service, id, None);
    }

    /// A failed deployment launches nothing more. What is gone back to becomes PRIMARY and is no
    /// goal again until it is COMPLETED (ecs.md 3.7).
    pub(super) fn fail_deployment(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        failure: DeploymentFailure,
        back_to: Option<DeploymentId>,
    ) {
        let desired_count = self.state.desired_count(self.model, service);
        let wish = self.state.wish(self.model, service);
        let now = self.now;
        // The alarm that asked for it still stands.
        let ignores_alarms = any_alarm(self.state, self.model, service);
        let known = self.service(service);
        known.stop_requested = None;
        known.hook_answer = None;
        known.said.clear();
        let mut all = known.deployments.iter_mut();
        if let Some(failing) = all.find(|known| known.id == id) {
            failing.rollout_state = RolloutState::Failed;
            failing.failure = Some(failure);
            failing.shift = None;
            if back_to.is_some() {
                failing.desired_count = 0;
                failing.production = 0;
            }
        }
        self.say_deployment(service, id, back_to);
        let known = self.service(service);
        let at = known
            .deployments
            .iter()
            .position(|it| Some(it.id) == back_to);
        let last = known.last_completed.take_if(|_| back_to.is_some());
        let goal = at.map(|at| known.deployments.remove(at)).or(last);
        if let Some(goal) = goal {
            let id = goal.id;
            known.deployments.push(Deployment {
                desired_count,
                ran: goal.ran.or(Some(goal.wish)),
                wish,
                rollout_state: RolloutState::InProgress,
                failure: None,
                ignores_alarms,
                is_rollback: true,
                production: ALL_TRAFFIC,
                shift: None,
                has_run: false,
                failed_tasks: 0,
                failed_launches: 0,
                launch_not_before: now,
                ..goal
            });
            self.say_deployment(service, id, None);
        }
        self.state.due.insert(service);
        self.changed(service);
        self.retire_deployments(service);
    }

    /// In the last stage the old revision keeps nothing any more, and the rest goes as in a
    /// rolling update.
    pub(super) fn enter_stage(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        production: Permille,
        shift: Shift,
    ) {
        let is_last = shift.stage == Stage::CleanUp;
        let known = self.service(service);
        known.hook_answer = None;
        let blue = known.stable().map(|blue| blue.id);
        for deployment in &mut known.deployments {
            if deployment.id == id {
                deployment.shift = (!is_last).then_some(shift);
                deployment.production = production;
                continue;
            }
            let is_blue = Some(deployment.id) == blue;
            deployment.production = if is_blue { ALL_TRAFFIC - production } else { 0 };
            if is_last {
                deployment.desired_count = 0;
            }
        }
        if is_last {
            // From here on this is what there is to go back to.
            known.last_completed = known.deployment(id).cloned();
        }
        self.changed(service);
        self.say_stage(service, id, shift.stage, production);
    }

    fn say_stage(
        &mut self,
        service: ServiceIx,
        deployment: DeploymentId,
        stage: Stage,
        production: Permille,
    ) {
        self.say(EventKind::DeploymentStageChanged {
            service,
            deployment,
            stage,
            production,
        });
        let mut hooks = self.model.service(service).deploying.hooks.iter();
        if hooks.any(|hook| hook.kind == HookKind::Pause && hook.stages.contains(&stage)) {
            self.say(EventKind::HookAwaitsAction { service, stage });
        }
    }

    pub(super) fn hooks_asked(&mut self, service: ServiceIx, id: DeploymentId) {
        let deployment = self.deployment(service, id);
        if let Some(shift) = deployment.and_then(|deployment| deployment.shift.as_mut()) {
            shift.hooks_asked = true;
        }
    }

    /// A deployment runs what the service asks for already, as after a rollback.
    pub(super) fn adopt_wish(&mut self, service: ServiceIx, id: DeploymentId) {
        let wish = self.state.wish(self.model, service);
        if let Some(deployment) = self.deployment(service, id) {
            deployment.wish = wish;
            deployment.ran = None;
        }
    }

    pub(super) fn pass_hooks(&mut self, service: ServiceIx, id: DeploymentId) {
        self.service(service).hook_answer = None;
        let deployment = self.deployment(service, id);
        if let Some(shift) = deployment.and_then(|deployment| deployment.shift.as_mut()) {
            shift.hooks_passed = true;
        }
    }

    pub(super) fn scale_deployment(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        count: u32,
        is_primary: bool,
    ) {
        let known = self.service(service);
        let Some(at) = known.deployments.iter().position(|it| it.id == id) else {
            return;
        };
        let mut deployment = known.deployments.remove(at);
        deployment.desired_count = count;
        let at = if is_primary {
            known.deployments.len()
        } else {
            at
        };
        known.deployments.insert(at, deployment);
        self.changed(service);
        self.retire_deployments(service);
    }

    /// Marks the tasks of deployments under way that have become healthy: that sets the circuit
    /// breaker's count back, unless it is to add up (ecs.md 3.7).
    pub(super) fn note_healthy(&mut self) {
        let (model, now) = (self.model, self.now);
        let mut healthy: Vec<(ServiceIx, DeploymentId, TaskId)> = Vec::new();
        for (service, known) in &self.state.services {
            let primary = known.primary();
            let rolling = primary.filter(|it| it.rollout_state == RolloutState::InProgress);
            let Some(primary) = rolling else { continue };
            let fresh = |(id, task): (TaskId, &Task)| {
                let is_news = task.deployment == primary.id
                    && !task.was_healthy
                    && task_health(model, task, now) == TaskHealth::Healthy;
                is_news.then_some((*service, primary.id, id))
            };
            healthy.extend(self.state.tasks_of(*service).filter_map(fresh));
        }
        for (service, id, task) in healthy {
            if let Some(task) = self.state.tasks.get_mut(&task).map(Arc::make_mut) {
                task.was_healthy = true;
            }
            let breaker = model.service(service).deploying.breaker;
            let resets = breaker.is_none_or(|breaker| breaker.reset_on_healthy_task);
            if let Some(deployment) = self.deployment(service, id).filter(|_| resets) {
                deployment.failed_tasks = 0;
            }
        }
    }

    fn say_deployment(
        &mut self,
        service: ServiceIx,
        id: DeploymentId,
        back_to: Option<DeploymentId>,
    ) {
        let Some(deployment) = self.deployment(service, id) else {
            return;
        };
        let kind = EventKind::DeploymentChanged {
            service,
            deployment: id,
            task_definition: deployment.task_definition,
            state: deployment.rollout_state,
            failure: deployment.failure,
            back_to,
            is_rollback: deployment.is_rollback,
        };
        self.say(kind);
    }
}

/// Whether an alarm of the service's deployments is in ALARM.
pub(in crate::control) fn any_alarm(
    state: &ControlState,
    model: &Model,
    service: ServiceIx,
) -> bool {
    let alarms = &model.service(service).deploying.alarms;
    let mut all = alarms.iter().flat_map(|alarms| &alarms.alarms);
    all.any(|alarm| state.alarms.get(alarm) == Some(&AlarmState::Alarm))
}

/// The target groups of each pair that the other revision does not use.
fn other_targets(asked: &[ServiceTarget], used: &[ServiceTarget]) -> Vec<ServiceTarget> {
    let is_used = |group| used.iter().any(|target| target.target_group == group);
    let other = |target: &ServiceTarget| match target.alternate {
        Some(alternate) if is_used(target.target_group) => ServiceTarget {
            target_group: alternate,
            alternate: Some(target.target_group),
            ..target.clone()
        },
        Some(_) | None => target.clone(),
    };
    asked.iter().map(other).collect()
}
