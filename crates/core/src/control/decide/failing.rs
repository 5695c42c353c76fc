//! What makes a deployment fail: the circuit breaker, alarms, somebody's word (ecs.md 3.7, 3.8).

use super::Decider;
use crate::control::event::ServiceMessage;
use crate::control::fact::{Action, DeploymentStop};
use crate::control::state::{
    AlarmState, Deployment, DeploymentFailure, RolloutState, ServiceState,
};
use crate::id::{DeploymentId, ServiceIx};
use crate::time::Millis;

/// Longest bake time where AWS derives it from the alarms: "under 5 minutes" (ecs.md 3.8).
const DERIVED_BAKE_MAX: Millis = Millis::minutes(5);

impl Decider<'_> {
    /// Gives the PRIMARY deployment up if something asks for it; whether it did.
    pub(super) fn fail(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        primary: &Deployment,
        desired: u32,
    ) -> bool {
        // Once the old revision is being removed there is nothing to go back to (ecs.md 3.10).
        let is_cleaning_up = known
            .last_completed
            .as_ref()
            .is_some_and(|it| it.id == primary.id);
        if primary.rollout_state != RolloutState::InProgress || is_cleaning_up {
            return false;
        }
        let tripped = self.tripped(service, known, primary, desired);
        if let Some((failure, rollback)) = tripped {
            self.give_up(service, known, primary.id, failure, rollback);
        }
        tripped.is_some()
    }

    /// What asks to give up, and whether to go back. Any of them does (ecs.md 3.8).
    fn tripped(
        &self,
        service: ServiceIx,
        known: &ServiceState,
        primary: &Deployment,
        desired: u32,
    ) -> Option<(DeploymentFailure, bool)> {
        if let Some(stop) = known.stop_requested {
            return Some((
                DeploymentFailure::Stopped(stop),
                stop == DeploymentStop::Rollback,
            ));
        }
        let deploying = &self.model.service(service).deploying;
        let breaker = deploying
            .breaker
            .filter(|breaker| primary.failed_tasks >= breaker.threshold.failures(desired));
        if let Some(breaker) = breaker {
            let failures = primary.failed_tasks;
            return Some((
                DeploymentFailure::CircuitBreaker { failures },
                breaker.rollback,
            ));
        }
        let alarms = deploying.alarms.as_ref();
        let alarms = alarms.filter(|_| !primary.ignores_alarms)?;
        let mut named = alarms.alarms.iter();
        let fired = |alarm: &&_| self.state.alarms.get(alarm) == Some(&AlarmState::Alarm);
        let alarm = named.find(fired)?;
        Some((DeploymentFailure::Alarm(*alarm), alarms.rollback))
    }

    /// The PRIMARY deployment is FAILED; the last COMPLETED one is gone back to, if there is one.
    pub(super) fn give_up(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        deployment: DeploymentId,
        failure: DeploymentFailure,
        rollback: bool,
    ) {
        // A rolling deployment that is gone back to is no goal until it is COMPLETED (ecs.md 3.7);
        // the one beside which traffic is shifted stands there whole.
        let shifts = known
            .deployment(deployment)
            .is_some_and(|it| it.shift.is_some());
        let goal = known.last_completed.as_ref();
        let goal = goal.or_else(|| known.stable().filter(|_| shifts));
        let goal = goal.map(|it| it.id);
        let back_to = goal.filter(|goal| rollback && *goal != deployment);
        self.order(Action::FailDeployment {
            service,
            deployment,
            failure,
            back_to,
        });
        let message = ServiceMessage::DeploymentFailed {
            deployment,
            failure,
        };
        self.order(Action::PutServiceEvent { service, message });
        if let Some(deployment) = back_to {
            let message = ServiceMessage::RollingBack { deployment };
            self.order(Action::PutServiceEvent { service, message });
        }
    }

    /// How long a finished deployment is watched: as the service says, else as long as its alarms
    /// look back, up to five minutes.
    pub(super) fn bake(&self, service: ServiceIx) -> Millis {
        let deploying = &self.model.service(service).deploying;
        if let Some(stated) = deploying.bake {
            return stated;
        }
        let alarms = deploying.alarms.iter().flat_map(|it| &it.alarms);
        let windows = alarms.map(|alarm| self.model.alarms[alarm.at()].window);
        let longest = windows.max().unwrap_or(Millis::ZERO);
        longest.min(DERIVED_BAKE_MAX)
    }
}
