//! What may stop and what may start within minimumHealthyPercent and maximumPercent.
//!
//! Algorithm of ecs.md 3.4 (inferred from AWS's worked examples) with the replacement rules of
//! 3.5: old tasks leave as far as the lower bound allows, new ones come as far as the upper bound
//! and the room on hosts allow, both in one tick, stops first.

use super::Decider;
use super::service::Work;
use crate::control::event::ServiceMessage;
use crate::control::fact::{Action, StartCause, StopCause};
use crate::control::placement::Stoppable;
use crate::control::state::{Deployment, RolloutState, TargetHealth, Task, TaskStatus};
use crate::id::{InstanceIx, TaskId};
use crate::model::Scheduling;
use alloc::vec;
use alloc::vec::Vec;

/// Tasks with their ids.
type Tasks<'a> = Vec<(TaskId, &'a Task)>;

fn primary_is_failed(work: &Work<'_>) -> bool {
    work.primary.rollout_state == RolloutState::Failed
}

impl<'a> Decider<'a> {
    pub(super) fn stop_what_may_stop(&mut self, work: &mut Work<'a>) {
        self.stop_violators(work);
        self.stop_draining(work);
        self.stop_unhealthy(work);
        self.stop_old(work);
        self.stop_surplus(work);
    }

    /// A daemon task whose host no longer satisfies the constraints goes (ecs.md 2.12).
    fn stop_violators(&mut self, work: &mut Work<'a>) {
        let (model, state) = (self.model, self.state);
        if model.service(work.service).scheduling == Scheduling::Replica {
            return;
        }
        self.stop_on_drained_hosts(work);
        let hosts = self.placement.daemon_hosts(model, state, work.service);
        let violates = |task: &Task| hosts.binary_search(&task.instance).is_err();
        let mut leaving = Vec::new();
        let tally = &mut work.tally;
        for list in [
            &mut tally.primary,
            &mut tally.old_healthy,
            &mut tally.old_starting,
            &mut tally.unhealthy,
        ] {
            let (out, kept) = list.drain(..).partition(|(_, task)| violates(task));
            *list = kept;
            leaving.extend::<Vec<(TaskId, &Task)>>(out);
        }
        let mut tasks = Vec::new();
        for (id, task) in leaving {
            self.stop(work, id, task, StopCause::ConstraintViolated);
            tasks.push(id);
        }
        if !tasks.is_empty() {
            let (service, message) = (
                work.service,
                ServiceMessage::DaemonConstraintViolated { tasks },
            );
            self.order(Action::PutServiceEvent { service, message });
        }
    }

    /// On a DRAINING host the daemon's task goes last (ecs.md 2.12 and 3.11).
    fn stop_on_drained_hosts(&mut self, work: &mut Work<'a>) {
        let mut leaving: Vec<(TaskId, &Task)> = Vec::new();
        let tally = &mut work.tally;
        for list in [
            &mut tally.primary,
            &mut tally.old_healthy,
            &mut tally.old_starting,
            &mut tally.unhealthy,
        ] {
            let goes = |(_, task): &(TaskId, &Task)| self.is_drained(task.instance);
            let (out, kept): (Vec<_>, Vec<_>) = list.drain(..).partition(goes);
            *list = kept;
            leaving.extend(out);
        }
        let deployment = work.primary.id;
        for (id, task) in leaving {
            self.stop(work, id, task, StopCause::Draining { deployment });
        }
    }

    /// Whether a host drains and no task of a REPLICA service is left on it.
    pub(super) fn is_drained(&self, instance: InstanceIx) -> bool {
        let of_replica = |task: &Task| {
            self.model.service(task.service).scheduling == Scheduling::Replica
                && task.last_status < TaskStatus::Stopped
        };
        let mut tasks = self.state.tasks_on(instance);
        self.is_draining(instance) && !tasks.any(|(_, task)| of_replica(task))
    }

    /// Tasks on DRAINING hosts that do not run yet stop at once (ecs.md 3.11).
    fn stop_draining(&mut self, work: &mut Work<'a>) {
        let deployment = work.primary.id;
        for (id, task) in core::mem::take(&mut work.tally.draining) {
            self.stop(work, id, task, StopCause::Draining { deployment });
        }
    }

    /// An unhealthy task and its replacement are one too many as soon as the replacement is
    /// decided: if it is healthy the bad one goes, if it is unhealthy too either one (ecs.md 3.5).
    /// Where there is no room for a replacement, unhealthy tasks go first, one at a time.
    fn stop_unhealthy(&mut self, work: &mut Work<'a>) {
        let tally = &work.tally;
        let unhealthy = u32::try_from(tally.unhealthy.len()).unwrap_or(u32::MAX);
        let decided = tally.healthy.saturating_add(unhealthy);
        let is_starting = |(_, task): &(TaskId, &Task)| !self.is_healthy(task);
        let starting = !tally.old_starting.is_empty() || tally.primary.iter().any(is_starting);
        let full = tally.counted >= work.upper;
        let alone = u32::from(full && !starting);
        let count = decided.saturating_sub(work.desired).max(alone) as usize;
        let kept = work
            .tally
            .unhealthy
            .split_off(count.min(work.tally.unhealthy.len()));
        let leaving = core::mem::replace(&mut work.tally.unhealthy, kept);
        for (id, task) in leaving {
            let failing = task
                .targets
                .iter()
                .find(|it| it.health == TargetHealth::Unhealthy);
            let cause = match failing {
                Some(target) => StopCause::UnhealthyTarget {
                    target_group: target.target_group,
                },
                None => StopCause::UnhealthyContainers,
            };
            self.stop(work, id, task, cause);
        }
    }

    /// Old tasks go down to the lower bound. Those still on their way go first: at once where
    /// enough are healthy, or where they take the room that the new revision needs.
    fn stop_old(&mut self, work: &mut Work<'a>) {
        let lower = work.lower;
        let missing = work.tally.primary.len() < work.desired as usize;
        let full = work.tally.counted >= work.upper;
        // A deployment that was given up replaces nothing any more; what is over still goes.
        if primary_is_failed(work) {
            self.stop_old_beside_failed(work);
            return;
        }
        if work.tally.healthy >= lower || (full && missing) {
            // One that replaces a task below the lower bound is wanted as it is.
            let begun = work.primary.created_at;
            let replaces =
                |task: &Task| task.cause == StartCause::Replacement && task.created_at > begun;
            let stays = work.tally.healthy < lower;
            let starting = core::mem::take(&mut work.tally.old_starting);
            for (id, task) in starting {
                if stays && replaces(task) {
                    work.tally.old_starting.push((id, task));
                } else {
                    self.stop(work, id, task, self.leaving(work, task));
                }
            }
        }
        let old = core::mem::take(&mut work.tally.old_healthy);
        let (protected, mut old) = self.protected(old);
        let may_stop = work.tally.healthy.saturating_sub(lower) as usize;
        let count = old.len().min(may_stop);
        work.protected += protected.len().min(may_stop - count);
        self.stop_by_strategy(work, &mut old, count, None);
        old.extend(protected);
        work.tally.old_healthy = old;
    }

    /// Beside a deployment that was given up the older ones go on: no more of them than desired,
    /// and off DRAINING hosts as far as the lower bound allows.
    fn stop_old_beside_failed(&mut self, work: &mut Work<'a>) {
        let old = core::mem::take(&mut work.tally.old_healthy);
        let surplus = old.len().saturating_sub(work.desired as usize);
        let drains = |(_, task): &&(TaskId, &Task)| self.is_draining(task.instance);
        let draining = old.iter().filter(drains).count();
        let (protected, mut old) = self.protected(old);
        let may_stop = work.tally.healthy.saturating_sub(work.lower) as usize;
        let count = surplus.max(draining).min(may_stop).min(old.len());
        self.stop_by_strategy(work, &mut old, count, None);
        old.extend(protected);
        work.tally.old_healthy = old;
    }

    /// Scale-in and deployments leave protected tasks alone (ecs.md 2.11 and 3.4).
    fn protected(&mut self, tasks: Tasks<'a>) -> (Tasks<'a>, Tasks<'a>) {
        let now = self.now;
        let is_protected = |(_, task): &(TaskId, &Task)| task.protected_until > Some(now);
        let ends = tasks.iter().filter_map(|(_, task)| task.protected_until);
        if let Some(end) = ends.filter(|end| *end > now).min() {
            self.wake(end);
        }
        tasks.into_iter().partition(is_protected)
    }

    /// Why a task leaves that is not of the PRIMARY deployment, or stands on a DRAINING host.
    fn leaving(&self, work: &Work<'a>, task: &Task) -> StopCause {
        let deployment = work.primary.id;
        if task.deployment == deployment && self.is_draining(task.instance) {
            StopCause::Draining { deployment }
        } else {
            StopCause::Scaling { deployment }
        }
    }

    /// A service that wants fewer tasks stops what is over, those that do not run yet first. Those
    /// that rebalancing has started are wanted in a place of their own until they are healthy.
    fn stop_surplus(&mut self, work: &mut Work<'a>) {
        let moved = |this: &Self, task: &Task| {
            work.known.rebalancing.is_some() && this.is_on_the_move(task)
        };
        let primary = core::mem::take(&mut work.tally.primary);
        let (moving, settled): (Vec<_>, Vec<_>) =
            primary.into_iter().partition(|(_, task)| moved(self, task));
        let surplus = settled.len().saturating_sub(work.desired as usize);
        let deployment = work.primary.id;
        let is_same = work.primary.desired_count <= work.desired;
        let rebalances = work.known.rebalancing.is_some() && is_same;
        let cause = rebalances.then_some(StopCause::ZoneRebalancing { deployment });
        let (protected, mut settled) = self.protected(settled);
        let count = settled.len().min(surplus);
        work.protected += surplus - count;
        self.stop_by_strategy(work, &mut settled, count, cause.as_ref());
        settled.extend(protected);
        settled.extend(moving);
        work.tally.primary = settled;
    }

    /// Stops `count` of `tasks`, chosen by the placement strategy in reverse. Without a cause they
    /// leave as [`Self::leaving`] says.
    fn stop_by_strategy(
        &mut self,
        work: &mut Work<'a>,
        tasks: &mut Tasks<'a>,
        count: usize,
        cause: Option<&StopCause>,
    ) {
        let stoppable: Vec<Stoppable<'a>> = tasks
            .iter()
            .map(|(id, task)| Stoppable { id: *id, task })
            .collect();
        let (model, state) = (self.model, self.state);
        let first = self
            .placement
            .first_to_stop(model, state, work.service, &stoppable, count);
        let mut leaves = vec![false; tasks.len()];
        for at in first {
            leaves[at] = true;
            let (id, task) = tasks[at];
            let cause = cause.cloned();
            let cause = cause.unwrap_or_else(|| self.leaving(work, task));
            self.stop(work, id, task, cause);
        }
        let mut leaves = leaves.into_iter();
        tasks.retain(|_| !leaves.next().unwrap_or(false));
    }

    pub(super) fn start_what_may_start(&mut self, work: &mut Work<'a>) {
        self.replace_old(work);
        let room = work.upper.saturating_sub(work.tally.counted);
        let present = u32::try_from(work.tally.primary.len()).unwrap_or(u32::MAX);
        let missing = work.desired.saturating_sub(present);
        let unhealthy = u32::try_from(work.tally.unhealthy.len()).unwrap_or(u32::MAX);
        let missing = if primary_is_failed(work) { 0 } else { missing };
        let count = missing.min(room);
        let replacing = count.min(unhealthy);
        let primary = work.primary;
        self.start(work, primary, replacing, StartCause::UnhealthyReplacement);
        let rest = count - replacing;
        let cause = self.start_cause(work, present + replacing);
        self.start(work, primary, rest, cause);
        self.blocked(work, missing, room);
        if primary.failed_launches >= self.model.settings.launch_failures_free {
            self.put_condition(work, ServiceMessage::UnableToStart);
        }
    }

    fn start_cause(&self, work: &Work<'a>, present: u32) -> StartCause {
        let desired = work.desired;
        let is_daemon = self.model.service(work.service).scheduling == Scheduling::Daemon;
        let drains =
            (work.tally.old_healthy.iter()).any(|(_, task)| task.deployment == work.primary.id);
        match work.primary.rollout_state {
            RolloutState::InProgress | RolloutState::Failed => StartCause::Deployment,
            RolloutState::Completed if drains => StartCause::Draining,
            RolloutState::Completed if is_daemon => StartCause::Daemon,
            RolloutState::Completed
                if work.primary.desired_count < desired
                    && present >= work.primary.desired_count =>
            {
                StartCause::DesiredCount
            }
            RolloutState::Completed => StartCause::Replacement,
        }
    }

    /// A task that ends during a deployment is replaced from its own revision (since November
    /// 2025, ecs.md 3.4). Above the lower bound its place is the new revision's: a replacement
    /// would be stopped at the next tick.
    fn replace_old(&mut self, work: &mut Work<'a>) {
        if work.is_alone || work.tally.healthy >= work.lower {
            return;
        }
        // Where nothing is healthy there is nothing to hold: a new revision that has no task yet
        // may be what mends it.
        if work.tally.healthy == 0 && work.tally.primary.is_empty() && !primary_is_failed(work) {
            return;
        }
        let known = work.known;
        let older = known.deployments.len().saturating_sub(1);
        for deployment in &known.deployments[..older] {
            let count = self.missing_of(work, deployment);
            self.start(work, deployment, count, StartCause::Replacement);
        }
    }

    /// How many tasks an older deployment lacks, bounded by what the upper bound leaves.
    fn missing_of(&self, work: &Work<'a>, deployment: &Deployment) -> u32 {
        let of_it = |(_, task): &(TaskId, &Task)| task.deployment == deployment.id;
        let wanted = self
            .state
            .tasks_of(work.service)
            .filter(|(_, task)| task.is_wanted());
        let wanted = u32::try_from(wanted.filter(of_it).count()).unwrap_or(u32::MAX);
        let room = work.upper.saturating_sub(work.tally.counted);
        deployment.desired_count.saturating_sub(wanted).min(room)
    }

    /// Says that protected tasks stay that were to go.
    pub(super) fn tell_protected(&mut self, work: &Work<'a>) {
        if work.protected > 0 {
            let (deployment, count) = (work.primary.id, work.protected);
            self.put_condition(work, ServiceMessage::UnableToScaleIn { deployment, count });
        }
    }

    /// Nothing can start, nothing can stop, and nothing is on its way that would change that.
    fn blocked(&mut self, work: &Work<'a>, missing: u32, room: u32) {
        let tally = &work.tally;
        let waiting = tally.healthy < tally.counted;
        let stopped = work.stopped_pending > 0 || !work.stopped_running.is_empty();
        if missing > 0 && room == 0 && !waiting && !stopped {
            self.put_condition(work, ServiceMessage::DeploymentBlocked);
        }
    }
}
