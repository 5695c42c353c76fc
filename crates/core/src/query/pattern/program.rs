//! A pattern as a list of steps, and the walk over a text with all states at once (Thompson).
//!
//! There is no backtracking: per character, each step is visited at most once.

use super::STEPS_MAX;
use super::parse::{Piece, Place, Set};
use alloc::vec;
use alloc::vec::Vec;
use core::mem::swap;

/// Steps and the sets that they name. The last step is the only [`Step::Match`].
#[derive(Clone, Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    sets: Vec<Set>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Takes one character of a set.
    Take(usize),
    /// Goes on elsewhere.
    Goto(usize),
    /// Goes on in two places.
    Split(usize, usize),
    /// Goes on only in a place of this kind.
    Assert(Place),
    /// The whole pattern has been seen.
    Match,
}

/// The program of a pattern; `None` if it grows beyond [`STEPS_MAX`].
pub(super) fn build(piece: &Piece, sets: Vec<Set>) -> Option<Program> {
    let mut steps = Vec::new();
    emit(&mut steps, piece)?;
    push(&mut steps, Step::Match)?;
    Some(Program { steps, sets })
}

/// Every piece emits at least one step, so that the limit also ends repetitions of nothing.
fn emit(steps: &mut Vec<Step>, piece: &Piece) -> Option<()> {
    match piece {
        Piece::Set(set) => push(steps, Step::Take(*set)),
        Piece::Place(place) => push(steps, Step::Assert(*place)),
        Piece::Sequence(pieces) => {
            nothing(steps)?;
            pieces.iter().try_for_each(|piece| emit(steps, piece))
        }
        Piece::Choice(branches) => emit_choice(steps, branches),
        Piece::Repeat { piece, least, most } => {
            nothing(steps)?;
            (0..*least).try_for_each(|_| emit(steps, piece))?;
            match most {
                None => emit_loop(steps, piece),
                Some(most) => emit_optional(steps, piece, most - least),
            }
        }
    }
}

fn push(steps: &mut Vec<Step>, step: Step) -> Option<()> {
    (steps.len() < STEPS_MAX).then(|| steps.push(step))
}

/// A step that goes on with the next one.
fn nothing(steps: &mut Vec<Step>) -> Option<()> {
    let next = steps.len() + 1;
    push(steps, Step::Goto(next))
}

fn emit_choice(steps: &mut Vec<Step>, branches: &[Piece]) -> Option<()> {
    let mut ends = Vec::new();
    for branch in branches {
        let split = steps.len();
        nothing(steps)?;
        emit(steps, branch)?;
        ends.push(steps.len());
        nothing(steps)?;
        steps[split] = Step::Split(split + 1, steps.len());
    }
    // The last split has no branch to go on to: it ends in a step that leads only to itself.
    let dead_end = steps.len();
    push(steps, Step::Goto(dead_end))?;
    let end = steps.len();
    for at in ends {
        steps[at] = Step::Goto(end);
    }
    Some(())
}

fn emit_loop(steps: &mut Vec<Step>, piece: &Piece) -> Option<()> {
    let split = steps.len();
    nothing(steps)?;
    emit(steps, piece)?;
    push(steps, Step::Goto(split))?;
    steps[split] = Step::Split(split + 1, steps.len());
    Some(())
}

fn emit_optional(steps: &mut Vec<Step>, piece: &Piece, times: u32) -> Option<()> {
    let mut splits = Vec::new();
    for _ in 0..times {
        splits.push(steps.len());
        nothing(steps)?;
        emit(steps, piece)?;
    }
    let end = steps.len();
    for at in splits {
        steps[at] = Step::Split(at + 1, end);
    }
    Some(())
}

/// The characters on both sides of a place in the text.
#[derive(Clone, Copy)]
struct Around {
    before: Option<char>,
    after: Option<char>,
}

impl Around {
    fn is(self, place: Place) -> bool {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        match place {
            Place::Start => self.before.is_none(),
            Place::End => self.after.is_none(),
            Place::WordEdge => word(self.before) != word(self.after),
            Place::NoWordEdge => word(self.before) == word(self.after),
        }
    }
}

/// The states at one place of the text, in the order in which they were reached.
struct States {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl States {
    fn none(steps: usize) -> Self {
        Self {
            list: Vec::new(),
            seen: vec![false; steps],
        }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.seen.fill(false);
    }
}

impl Program {
    /// Whether the whole of `text` is matched.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut now = States::none(self.steps.len());
        let mut then = States::none(self.steps.len());
        let mut chars = text.chars();
        let mut around = Around {
            before: None,
            after: chars.clone().next(),
        };
        self.reach(&mut now, 0, around);
        while let Some(c) = chars.next() {
            around = Around {
                before: Some(c),
                after: chars.clone().next(),
            };
            then.clear();
            for &at in &now.list {
                if let Step::Take(set) = self.steps[at]
                    && self.sets[set].has(c)
                {
                    self.reach(&mut then, at + 1, around);
                }
            }
            swap(&mut now, &mut then);
        }
        now.seen[self.steps.len() - 1]
    }

    /// Adds a step and all that follow it without a character.
    fn reach(&self, states: &mut States, at: usize, around: Around) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            if core::mem::replace(&mut states.seen[at], true) {
                continue;
            }
            match self.steps[at] {
                Step::Take(_) | Step::Match => states.list.push(at),
                Step::Goto(next) => open.push(next),
                Step::Split(one, other) => open.extend([other, one]),
                Step::Assert(place) if around.is(place) => open.push(at + 1),
                Step::Assert(_) => {}
            }
        }
    }
}
