//! One turn of the control plane, the same in every world: fold what was seen, decide, fold what
//! is ordered, hand the orders out.

use super::decide::decide_with;
use super::event::Event;
use super::fact::{Action, Fact, Observation};
use super::placement::{Explanation, Placement};
use super::state::ControlState;
use crate::model::Model;
use crate::time::Instant;
use alloc::vec::Vec;

/// What a turn hands out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Orders, in the order they were made.
    pub actions: Vec<Action>,
    /// Why tasks could not be placed, when an event says so; and why one that was asked about
    /// goes where it goes.
    pub explanations: Vec<Explanation>,
    /// When the next turn is due unless something is seen before.
    pub wake_at: Option<Instant>,
}

/// What an order sets off is decided on in the same turn: a deployment that starts launches its
/// first tasks, a task that is told to stop and has nothing to drain is signalled. Orders of one
/// pass set off less in the next, so a handful of passes is plenty; what is left waits a turn.
const PASSES_MAX: usize = 4;

/// Applies `observations`, decides, applies the orders and says what happened in `log`.
/// `placement` is the same value from turn to turn; a fresh one gives the same turn, later.
pub fn turn(
    model: &Model,
    state: &mut ControlState,
    placement: &mut Placement,
    now: Instant,
    observations: Vec<Observation>,
    log: &mut Vec<Event>,
) -> Turn {
    for observation in observations {
        state.apply(model, now, &Fact::Observed(observation), log);
    }
    if state.wake_at.is_some_and(|wake_at| wake_at <= now) {
        state.apply(model, now, &Fact::Ticked, log);
    }
    let mut turn = Turn::default();
    for _ in 0..PASSES_MAX {
        let decision = decide_with(model, state, placement, now);
        state.apply(model, now, &Fact::Considered, log);
        state.apply(model, now, &Fact::WakeSet(decision.wake_at), log);
        for action in &decision.actions {
            state.apply(model, now, &Fact::Ordered(action.clone()), log);
        }
        turn.actions.extend(decision.actions);
        turn.explanations.extend(decision.explanations);
        if state.attention.is_empty() && state.due.is_empty() {
            break;
        }
    }
    turn.wake_at = state.wake_at;
    turn
}
