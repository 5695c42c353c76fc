//! One turn of the control plane, the same in every world: fold what was seen, decide, fold what
//! is ordered, hand the orders out.

use super::decide::decide;
use super::event::Event;
use super::fact::{Action, Fact, Observation};
use super::placement::Explanation;
use super::state::ControlState;
use crate::model::Model;
use crate::time::Instant;
use alloc::vec::Vec;

/// What a turn hands out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Orders, in the order they were made.
    pub actions: Vec<Action>,
    /// Why tasks could not be placed.
    pub explanations: Vec<Explanation>,
    /// When the next turn is due unless something is seen before.
    pub wake_at: Option<Instant>,
}

/// A deployment that starts is decided on again at once, so that its first tasks need not wait
/// for the next tick; nothing else asks for a second pass.
const PASSES_MAX: usize = 2;

/// Applies `observations`, decides, applies the orders and says what happened in `log`.
pub fn turn(
    model: &Model,
    state: &mut ControlState,
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
        let decision = decide(model, state, now);
        for action in &decision.actions {
            state.apply(model, now, &Fact::Ordered(action.clone()), log);
        }
        let again = decision.actions.iter().any(starts_deployment);
        turn.actions.extend(decision.actions);
        turn.explanations.extend(decision.explanations);
        turn.wake_at = decision.wake_at;
        if !again {
            break;
        }
    }
    state.apply(model, now, &Fact::WakeSet(turn.wake_at), log);
    turn
}

fn starts_deployment(action: &Action) -> bool {
    matches!(action, Action::StartDeployment { .. })
}
