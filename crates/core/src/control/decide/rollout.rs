//! What may stop and what may start within minimumHealthyPercent and maximumPercent.
//!
//! Algorithm of ecs.md 3.4 (inferred from AWS's worked examples) with the replacement rules of
//! 3.5: old tasks leave as far as the lower bound allows, new ones come as far as the upper bound
//! and the room on hosts allow, both in one tick, stops first.

use super::Decider;
use super::service::Work;
use crate::control::event::ServiceMessage;
use crate::control::fact::{StartCause, StopCause};
use crate::control::placement::first_to_stop;
use crate::control::state::{Deployment, RolloutState, TargetHealth, Task};
use crate::id::TaskId;
use alloc::vec::Vec;

impl<'a> Decider<'a> {
    pub(super) fn stop_what_may_stop(&mut self, work: &mut Work<'a>) {
        self.stop_unhealthy(work);
        self.stop_old(work);
        self.stop_surplus(work);
    }

    /// Unhealthy tasks go once enough healthy ones run; where there is no room for a replacement
    /// they go one at a time first.
    fn stop_unhealthy(&mut self, work: &mut Work<'a>) {
        let service = self.model.service(work.service);
        let enough = work.tally.healthy >= service.desired_count;
        let full = work.tally.counted >= service.upper_bound();
        let count = match (enough, full) {
            (true, _) => work.tally.unhealthy.len(),
            (false, true) => 1,
            (false, false) => 0,
        };
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
        let service = self.model.service(work.service);
        let lower = service.lower_bound();
        let missing = work.tally.primary.len() < service.desired_count as usize;
        let full = work.tally.counted >= service.upper_bound();
        if work.tally.healthy >= lower || (full && missing) {
            for (id, task) in core::mem::take(&mut work.tally.old_starting) {
                self.stop(work, id, task, self.scaling(work));
            }
        }
        let mut old = core::mem::take(&mut work.tally.old_healthy);
        let may_stop = work.tally.healthy.saturating_sub(lower);
        let count = old.len().min(may_stop as usize);
        self.stop_by_strategy(work, &mut old, count);
        work.tally.old_healthy = old;
    }

    /// A service that wants fewer tasks stops what is over, those that do not run yet first.
    fn stop_surplus(&mut self, work: &mut Work<'a>) {
        let desired = self.model.service(work.service).desired_count as usize;
        let mut primary = core::mem::take(&mut work.tally.primary);
        let surplus = primary.len().saturating_sub(desired);
        self.stop_by_strategy(work, &mut primary, surplus);
        work.tally.primary = primary;
    }

    /// Stops `count` of `tasks`, chosen by the placement strategy in reverse.
    fn stop_by_strategy(
        &mut self,
        work: &mut Work<'a>,
        tasks: &mut Vec<(TaskId, &'a Task)>,
        count: usize,
    ) {
        for _ in 0..count {
            let first = first_to_stop(self.model, self.state, &work.spread, work.service, tasks);
            let at = tasks.iter().position(|(id, _)| Some(*id) == first);
            let Some(at) = at else { return };
            let (id, task) = tasks.remove(at);
            let was_healthy = u32::from(self.is_healthy(work.service, task));
            self.stop(work, id, task, self.scaling(work));
            work.tally.healthy = work.tally.healthy.saturating_sub(was_healthy);
        }
    }

    fn scaling(&self, work: &Work<'a>) -> StopCause {
        StopCause::Scaling {
            deployment: work.primary.id,
        }
    }

    pub(super) fn start_what_may_start(&mut self, work: &mut Work<'a>) {
        self.replace_old(work);
        let service = self.model.service(work.service);
        let room = service.upper_bound().saturating_sub(work.tally.counted);
        let present = u32::try_from(work.tally.primary.len()).unwrap_or(u32::MAX);
        let missing = service.desired_count.saturating_sub(present);
        let unhealthy = u32::try_from(work.tally.unhealthy.len()).unwrap_or(u32::MAX);
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
        let desired = self.model.service(work.service).desired_count;
        match work.primary.rollout_state {
            RolloutState::InProgress => StartCause::Deployment,
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
        if work.tally.healthy >= self.model.service(work.service).lower_bound() {
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
        let upper = self.model.service(work.service).upper_bound();
        let room = upper.saturating_sub(work.tally.counted);
        deployment.desired_count.saturating_sub(wanted).min(room)
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
