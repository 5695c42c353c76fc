//! The decision: pure, from what is known to what is ordered (invariant 4).
//!
//! Two parts. Reactions to a task's progress come at once: registering targets, signalling
//! containers once nothing drains. Scheduling comes in ticks: counts, deployments, placement.

mod messages;
mod react;
mod rollout;
mod service;
mod tally;

use super::fact::Action;
use super::placement::{Explanation, Room};
use super::state::ControlState;
use crate::draw::{Stream, draw};
use crate::id::{DeploymentId, TaskId};
use crate::model::Model;
use crate::time::Instant;
use alloc::vec::Vec;

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Orders, in order.
    pub actions: Vec<Action>,
    /// Why tasks could not be placed.
    pub explanations: Vec<Explanation>,
    /// When to decide again unless something is seen before; `None` if nothing is waited for.
    pub wake_at: Option<Instant>,
}

/// Decides what to order at `now`. Equal arguments give equal decisions, on every target.
#[must_use]
pub fn decide(model: &Model, state: &ControlState, now: Instant) -> Decision {
    let mut decider = Decider {
        model,
        state,
        now,
        decision: Decision {
            wake_at: state.wake_at.filter(|at| *at > now),
            ..Decision::default()
        },
        room: None,
        tasks_started: state.tasks_started,
        deployments_started: state.deployments_started,
    };
    decider.react();
    for service in &state.due {
        decider.service(*service);
    }
    decider.decision
}

struct Decider<'a> {
    model: &'a Model,
    state: &'a ControlState,
    now: Instant,
    decision: Decision,
    /// Made when the first task has to be placed; kept up to date from then on.
    room: Option<Room>,
    tasks_started: u64,
    deployments_started: u64,
}

impl Decider<'_> {
    fn order(&mut self, action: Action) {
        self.decision.actions.push(action);
    }

    /// Asks for a turn at `at` or earlier.
    fn wake(&mut self, at: Instant) {
        let wake_at = self.decision.wake_at;
        self.decision.wake_at = Some(wake_at.map_or(at, |known| known.min(at)));
    }

    fn wake_next_tick(&mut self) {
        self.wake(self.now.next_multiple(self.model.settings.scheduler_tick));
    }

    fn next_task_id(&mut self) -> TaskId {
        let number = self.tasks_started;
        self.tasks_started += 1;
        let high = draw(self.state.seed, Stream::TaskIdHigh, number);
        let low = draw(self.state.seed, Stream::TaskIdLow, number);
        TaskId(u128::from(high) << 64 | u128::from(low))
    }

    fn next_deployment_id(&mut self) -> DeploymentId {
        let number = self.deployments_started;
        self.deployments_started += 1;
        DeploymentId(draw(self.state.seed, Stream::DeploymentId, number))
    }
}

#[cfg(test)]
mod tests;
