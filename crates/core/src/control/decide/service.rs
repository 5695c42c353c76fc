//! One service at one tick (ecs.md 3.4 and 3.5): deregister, stop what may be stopped, start what
//! may be started, and say what was done.

use super::tally::Tally;
use super::{Decider, task_id};
use crate::control::event::ServiceMessage;
use crate::control::fact::{Action, StartCause, StopCause};
use crate::control::placement::{Explanation, examine};
use crate::control::state::{Deployment, RolloutState, ServiceState, TargetHealth, Task, Wish};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskDefinitionIx, TaskId};
use crate::model::{Controller, Rollout, Scheduling};
use crate::units::{percent_ceil, percent_floor};
use alloc::string::String;
use alloc::vec::Vec;

/// A service under decision: what is known of it and what was ordered so far in this tick.
pub(super) struct Work<'a> {
    pub(super) service: ServiceIx,
    pub(super) known: &'a ServiceState,
    pub(super) primary: &'a Deployment,
    /// Whether only the tasks of `primary` are looked at, since others keep a number of their own.
    pub(super) is_alone: bool,
    /// How many tasks it is to keep.
    pub(super) desired: u32,
    /// Fewest healthy tasks during a deployment.
    pub(super) lower: u32,
    /// Most tasks during a deployment.
    pub(super) upper: u32,
    pub(super) tally: Tally<'a>,
    pub(super) started: Vec<TaskId>,
    pub(super) replacing_unhealthy: usize,
    pub(super) stopped_running: Vec<TaskId>,
    pub(super) stopped_pending: usize,
    /// How many would have been stopped, were they not protected.
    pub(super) protected: usize,
}

/// Whether a deployment is what the service asks for: it began so, or it was gone back to and is
/// what is asked for again.
fn suits(deployment: &Deployment, wish: &Wish) -> bool {
    let fulfils = |ran: &Wish| {
        let ran = Wish {
            forced: deployment.wish.forced,
            ..ran.clone()
        };
        ran == *wish
    };
    deployment.wish == *wish || deployment.ran.as_ref().is_some_and(fulfils)
}

impl<'a> Decider<'a> {
    pub(super) fn service(&mut self, service: ServiceIx) {
        self.deregister(service);
        let state: &'a _ = self.state;
        let compiled = self.model.service(service);
        if compiled.scheduling == Scheduling::RunTask {
            return;
        }
        if !compiled.present {
            self.wind_down(service);
            return;
        }
        if compiled.deploying.controller == Controller::External {
            self.task_sets(service);
            return;
        }
        let known = state.services.get(&service);
        let primary = known.and_then(ServiceState::primary);
        let wish = state.wish(self.model, service);
        let Some((known, primary)) = known.zip(primary.filter(|it| suits(it, &wish))) else {
            let deployment = self.next_deployment_id();
            self.order(Action::StartDeployment {
                service,
                deployment,
                task_definition: compiled.task_definition,
                task_set: String::new(),
            });
            return;
        };
        if primary.wish != wish {
            let deployment = primary.id;
            self.order(Action::AdoptWish {
                service,
                deployment,
            });
        }
        let desired = self.desired(service, known);
        self.follow_count(service, known, primary, desired);
        if self.fail(service, known, primary, desired) {
            return;
        }
        match primary.shift {
            Some(shift) => self.shifting(service, known, primary, (shift, desired)),
            None => self.rolling(service, known, primary, desired),
        }
    }

    /// What the PRIMARY deployment is to keep follows the service's count. Tasks that are added
    /// while it rolls out are of the older revision too (since November 2025, ecs.md 3.4).
    fn follow_count(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        primary: &Deployment,
        desired: u32,
    ) {
        let before = primary.desired_count;
        let rolls = primary.rollout_state == RolloutState::InProgress && primary.shift.is_none();
        let older = known.deployments.iter().rev().nth(1).filter(|_| rolls);
        let scale = |deployment: &Deployment, count| Action::ScaleDeployment {
            service,
            deployment: deployment.id,
            count,
            is_primary: false,
        };
        if desired < before {
            self.order(scale(primary, desired));
        } else if let Some(older) = older.filter(|_| desired > before) {
            self.order(scale(older, older.desired_count + (desired - before)));
            self.order(scale(primary, desired));
        }
    }

    /// One deployment replaces all others within the bounds.
    fn rolling(
        &mut self,
        service: ServiceIx,
        known: &'a ServiceState,
        primary: &'a Deployment,
        desired: u32,
    ) {
        let mut work = self.work(service, known, primary, desired, None);
        self.tell_unhealthy(&work);
        self.stop_what_may_stop(&mut work);
        self.start_what_may_start(&mut work);
        self.tell(&work);
        self.conclude(&mut work);
    }

    /// One deployment of several keeps its own number of tasks, whatever the others do. Whether
    /// it has as many healthy ones and nothing else.
    pub(super) fn keep(
        &mut self,
        service: ServiceIx,
        known: &'a ServiceState,
        deployment: &'a Deployment,
        count: u32,
    ) -> bool {
        let mut work = self.work(service, known, deployment, count, Some(deployment.id));
        self.tell_unhealthy(&work);
        self.stop_what_may_stop(&mut work);
        self.start_what_may_start(&mut work);
        self.tell(&work);
        self.is_settled(&work)
    }

    fn work(
        &self,
        service: ServiceIx,
        known: &'a ServiceState,
        primary: &'a Deployment,
        desired: u32,
        only: Option<DeploymentId>,
    ) -> Work<'a> {
        let compiled = self.model.service(service);
        Work {
            service,
            known,
            primary,
            is_alone: only.is_some(),
            desired,
            lower: percent_ceil(desired, compiled.minimum_healthy_percent),
            upper: percent_floor(desired, compiled.maximum_percent),
            tally: self.tally(service, primary.id, only),
            started: Vec::new(),
            replacing_unhealthy: 0,
            stopped_running: Vec::new(),
            stopped_pending: 0,
            protected: 0,
        }
    }

    /// How many tasks the service is to keep: a daemon one on each host that fits it.
    fn desired(&mut self, service: ServiceIx, known: &ServiceState) -> u32 {
        let compiled = self.model.service(service);
        if compiled.scheduling == Scheduling::Replica {
            return compiled.desired_count;
        }
        let hosts = self.placement.daemon_hosts(self.model, self.state, service);
        let hosts = hosts.iter().filter(|host| !self.is_drained(**host));
        let count = u32::try_from(hosts.count()).unwrap_or(u32::MAX);
        if count != known.daemon_count {
            self.order(Action::SetDesiredCount { service, count });
        }
        count
    }

    /// A deleted service stops its tasks (ecs.md 3.1).
    fn wind_down(&mut self, service: ServiceIx) {
        let state = self.state;
        let mut open = false;
        for (id, task) in state.tasks_of(service) {
            open = true;
            if task.is_wanted() {
                self.order(Action::StopTask {
                    task: id,
                    cause: StopCause::ServiceDeleted,
                });
            }
        }
        if open {
            self.wake_next_tick();
        }
    }

    pub(super) fn stop(&mut self, work: &mut Work<'a>, id: TaskId, task: &Task, cause: StopCause) {
        // Room is free as soon as a task is desired STOPPED: a new one may be placed in this tick.
        let (model, state) = (self.model, self.state);
        self.placement.give(model, state, task);
        let was_healthy = u32::from(self.is_healthy(task));
        work.tally.healthy = work.tally.healthy.saturating_sub(was_healthy);
        if task.started_at.is_some() {
            work.stopped_running.push(id);
        } else {
            work.stopped_pending += 1;
        }
        // With nothing to drain it is STOPPING at once, and STOPPING tasks count.
        let drains = task
            .targets
            .iter()
            .any(|target| target.health != TargetHealth::Unused);
        if drains || !model.settings.count_stopping {
            work.tally.counted = work.tally.counted.saturating_sub(1);
        }
        self.order(Action::StopTask { task: id, cause });
    }

    /// Places and starts up to `count` tasks of `deployment`; says why if there is no room.
    pub(super) fn start(
        &mut self,
        work: &mut Work<'a>,
        deployment: &Deployment,
        count: u32,
        cause: StartCause,
    ) {
        let left = self.launches_left(work, deployment);
        for _ in 0..count.min(left) {
            let Some(instance) = self.choose(work, deployment.task_definition) else {
                self.tell_unplaced(work, deployment.task_definition);
                break;
            };
            self.launch(work, deployment, instance, cause);
        }
    }

    /// How many more tasks the service may launch in this tick; none while its deployment is
    /// throttled, which wakes the scheduler when that is over.
    pub(super) fn launches_left(&mut self, work: &Work<'a>, deployment: &Deployment) -> u32 {
        if deployment.rollout_state == RolloutState::Failed {
            return 0;
        }
        if self.now < deployment.launch_not_before {
            self.wake(deployment.launch_not_before);
            return 0;
        }
        // Deployments of one service that keep numbers of their own share its rate.
        let launched = self.launched.get(&work.service).copied().unwrap_or(0);
        let settings = &self.model.settings;
        let (tick, before) = work.known.launched;
        let before = if tick == settings.tick_of(self.now) {
            before
        } else {
            0
        };
        settings
            .launches_per_tick()
            .saturating_sub(launched + before)
    }

    /// Where one more task would go.
    pub(super) fn choose(
        &mut self,
        work: &Work<'a>,
        definition: TaskDefinitionIx,
    ) -> Option<InstanceIx> {
        let (model, state, ticket) = (self.model, self.state, self.ticket());
        let placement = &mut self.placement;
        placement.choose(model, state, work.service, definition, ticket)
    }

    /// Says that a task could not be placed. Why is found out only where that is news.
    fn tell_unplaced(&mut self, work: &Work<'a>, definition: TaskDefinitionIx) {
        if !self.is_news(work, &ServiceMessage::UnableToPlace { closest: None }) {
            return;
        }
        let why = self.examine(work.service, definition);
        let service = work.service;
        let closest = why.closest();
        let message = ServiceMessage::UnableToPlace { closest };
        self.decision.explanations.push(why);
        self.order(Action::PutServiceEvent { service, message });
    }

    fn examine(&mut self, service: ServiceIx, definition: TaskDefinitionIx) -> Explanation {
        let (model, state, ticket) = (self.model, self.state, self.ticket());
        let placement = &mut self.placement;
        examine(model, state, placement, (service, definition), ticket)
    }

    /// Starts a task on a host that was chosen.
    pub(super) fn launch(
        &mut self,
        work: &mut Work<'a>,
        deployment: &Deployment,
        instance: InstanceIx,
        cause: StartCause,
    ) -> TaskId {
        let (model, state) = (self.model, self.state);
        let (service, task_definition) = (work.service, deployment.task_definition);
        if self.placement.curious == Some(task_id(state, self.tasks_started)) {
            let why = self.examine(service, task_definition);
            self.decision.explanations.push(why);
        }
        self.placement
            .take(model, state, service, task_definition, instance);
        let task = self.next_task_id();
        self.order(Action::StartTask {
            task,
            service,
            deployment: deployment.id,
            task_definition,
            instance,
            cause,
        });
        *self.launched.entry(service).or_default() += 1;
        work.started.push(task);
        work.replacing_unhealthy += usize::from(cause == StartCause::UnhealthyReplacement);
        work.tally.counted += 1;
        task
    }

    fn is_news(&self, work: &Work<'_>, message: &ServiceMessage) -> bool {
        let repeat = self.model.settings.event_repeat;
        let mut said = work.known.said.iter();
        let said = said.find(|(known, _)| known.is_like(message));
        said.is_none_or(|(_, at)| self.now >= *at + repeat)
    }

    /// Says a condition unless it was said already and still holds (ecs.md 3.9).
    pub(super) fn put_condition(&mut self, work: &Work<'_>, message: ServiceMessage) {
        if self.is_news(work, &message) {
            self.order(Action::PutServiceEvent {
                service: work.service,
                message,
            });
        }
    }

    /// Whether the deployment is over, the service steady, or when to look again.
    fn conclude(&mut self, work: &mut Work<'a>) {
        if let Some(before) = work.known.rebalancing {
            self.go_on_rebalancing(work, before);
        }
        if !self.is_settled(work) {
            self.wake_next_tick();
            return;
        }
        let settings = &self.model.settings;
        // Where traffic was shifted, that was watched already.
        let bakes = work.primary.rollout_state == RolloutState::InProgress
            && !work.primary.has_shifted
            && self.model.service(work.service).deploying.rollout == Rollout::Rolling;
        let calm = if bakes {
            settings.stability_confirmation.max(self.bake(work.service))
        } else {
            settings.stability_confirmation
        };
        if self.now < work.known.changed_at + calm {
            self.wake_next_tick();
            return;
        }
        let service = work.service;
        if work.primary.rollout_state == RolloutState::InProgress {
            let deployment = work.primary.id;
            self.order(Action::CompleteDeployment {
                service,
                deployment,
            });
            let message = ServiceMessage::DeploymentCompleted { deployment };
            self.order(Action::PutServiceEvent { service, message });
            // What waits for a completed deployment is looked at next.
            self.wake_next_tick();
        }
        self.put_condition(work, ServiceMessage::SteadyState);
        self.begin_rebalancing(work);
        let steady = |(message, _): &&(ServiceMessage, _)| *message == ServiceMessage::SteadyState;
        let said_at = work
            .known
            .said
            .iter()
            .find(steady)
            .map_or(self.now, |(_, at)| *at);
        let said_at = if self.now >= said_at + settings.event_repeat {
            self.now
        } else {
            said_at
        };
        self.wake(said_at + settings.event_repeat);
    }

    /// As many healthy tasks as desired, all of the PRIMARY deployment, and nothing left to do.
    pub(super) fn is_settled(&self, work: &Work<'a>) -> bool {
        let desired = work.desired;
        let tally = &work.tally;
        let nothing_ordered =
            work.started.is_empty() && work.stopped_running.is_empty() && work.stopped_pending == 0;
        let undrained = |task: &Task| {
            task.targets
                .iter()
                .any(|target| target.health < TargetHealth::Draining)
        };
        let mut stopping = self
            .state
            .tasks_of(work.service)
            .filter(|(_, task)| !task.is_wanted())
            .filter(|(_, task)| !work.is_alone || task.deployment == work.primary.id);
        nothing_ordered
            && tally.primary_healthy == desired
            && tally.primary.len() == desired as usize
            && tally.old_healthy.is_empty()
            && tally.old_starting.is_empty()
            && tally.draining.is_empty()
            && tally.unhealthy.is_empty()
            && !stopping.any(|(_, task)| undrained(task))
    }
}
