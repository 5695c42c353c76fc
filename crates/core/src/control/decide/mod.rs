//! The decision: pure, from what is known to what is ordered (invariant 4).
//!
//! Two parts. Reactions to a task's progress come at once: registering targets, signalling
//! containers once nothing drains. Scheduling comes in ticks: counts, deployments, placement.

mod discovery;
mod failing;
mod messages;
mod react;
mod rebalance;
mod rollout;
mod run_task;
mod service;
mod shifting;
mod tally;
mod task_sets;

use super::fact::Action;
use super::placement::{Explanation, Placement, Ticket};
use super::state::ControlState;
use crate::draw::{Stream, draw};
use crate::id::{DeploymentId, ServiceIx, TaskId};
use crate::model::{Model, Scheduling};
use crate::time::Instant;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Orders, in order.
    pub actions: Vec<Action>,
    /// Why tasks could not be placed, as often as an event says that they could not; and why a
    /// task that somebody asks about went where it goes.
    pub explanations: Vec<Explanation>,
    /// When to decide again unless something is seen before; `None` if nothing is waited for.
    pub wake_at: Option<Instant>,
}

/// Decides what to order at `now`. Equal arguments give equal decisions, on every target.
#[must_use]
pub fn decide(model: &Model, state: &ControlState, now: Instant) -> Decision {
    decide_with(model, state, &mut Placement::default(), now)
}

/// The same with a memory that has followed the state so far. It makes the decision cheaper and
/// never another one.
pub(super) fn decide_with(
    model: &Model,
    state: &ControlState,
    placement: &mut Placement,
    now: Instant,
) -> Decision {
    placement.follow(model, state);
    let mut decider = Decider {
        model,
        state,
        now,
        decision: Decision {
            wake_at: state.wake_at.filter(|at| *at > now),
            ..Decision::default()
        },
        placement: core::mem::take(placement),
        tasks_started: state.tasks_started,
        deployments_started: state.deployments_started,
        launched: BTreeMap::new(),
    };
    decider.react();
    decider.run_tasks();
    for service in daemons_first(model, state) {
        decider.service(service);
    }
    *placement = decider.placement;
    decider.decision
}

/// The services to look at: what daemon services need is placed before replicas (ecs.md 2.12).
fn daemons_first(model: &Model, state: &ControlState) -> Vec<ServiceIx> {
    let is_daemon = |service: &ServiceIx| model.service(*service).scheduling == Scheduling::Daemon;
    let (mut first, others): (Vec<_>, Vec<_>) = state.due.iter().copied().partition(is_daemon);
    first.extend(others);
    first
}

struct Decider<'a> {
    model: &'a Model,
    state: &'a ControlState,
    now: Instant,
    decision: Decision,
    /// The room on hosts, kept up to date with what is ordered.
    placement: Placement,
    tasks_started: u64,
    deployments_started: u64,
    /// How many tasks each service launched in this decision.
    launched: BTreeMap<ServiceIx, u32>,
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

    fn ticket(&self) -> Ticket {
        Ticket {
            seed: self.state.seed,
            number: self.tasks_started,
        }
    }

    fn next_task_id(&mut self) -> TaskId {
        let id = task_id(self.state, self.tasks_started);
        self.tasks_started += 1;
        id
    }

    fn next_deployment_id(&mut self) -> DeploymentId {
        let number = self.deployments_started;
        self.deployments_started += 1;
        DeploymentId(draw(self.state.seed, Stream::DeploymentId, number))
    }
}

/// The id of the task that is started as number `number`.
pub(super) fn task_id(state: &ControlState, number: u64) -> TaskId {
    let high = draw(state.seed, Stream::TaskIdHigh, number);
    let low = draw(state.seed, Stream::TaskIdLow, number);
    TaskId(u128::from(high) << 64 | u128::from(low))
}

#[cfg(test)]
mod tests;
