//! A run that can be scrubbed: checkpoints, a cursor, and what-if.
//!
//! `seek(t)` clones the nearest checkpoint at or before `t` and plays on from there; nothing runs
//! backwards, and `seek(t)` equals the straight run to `t` (invariant 6).

use super::cloudwatch::MetricStore;
use super::input::Input;
use super::recording::{Recording, StampedInput};
use super::world::World;
use crate::control::{Event, Explanation};
use crate::id::TaskId;
use crate::model::Model;
use crate::time::{Instant, Millis};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// Simulated time between checkpoints at first: a seek replays at most this much.
const CHECKPOINT_EVERY: Millis = Millis::seconds(60);

/// Beyond this number every second checkpoint goes and their distance doubles, so that a run of
/// days takes no more memory than one of hours.
const CHECKPOINTS_MAX: usize = 180;

/// A recording being played.
#[derive(Clone, Debug)]
pub struct Timeline {
    recording: Recording,
    checkpoints: Vec<World>,
    /// Simulated time between them now.
    spacing: Millis,
    /// The world at the furthest moment played.
    head: World,
    /// The world at the present moment.
    cursor: World,
    /// Events up to the head.
    log: Vec<Event>,
}

/// A moment worth marking: an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// When.
    pub at: Instant,
    /// What, in a few words.
    pub label: String,
}

impl Timeline {
    /// A run at its start, with the first moment played.
    #[must_use]
    pub fn new(mut recording: Recording) -> Self {
        recording.inputs = recording.inputs_by_time();
        let start = World::new(&recording);
        let mut timeline = Self {
            recording,
            checkpoints: vec![start.clone()],
            spacing: CHECKPOINT_EVERY,
            head: start.clone(),
            cursor: start,
            log: Vec::new(),
        };
        timeline.seek(Instant::ZERO);
        timeline
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.cursor.now()
    }

    /// The furthest moment played so far.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.head.now()
    }

    /// The world at the present moment.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.cursor
    }

    /// The compiled design at the furthest moment: it knows every part of [`Self::all_events`],
    /// which the present one may not.
    #[must_use]
    pub fn end_model(&self) -> &Arc<Model> {
        self.head.model()
    }

    /// What CloudWatch shows up to the furthest moment played.
    #[must_use]
    pub fn metrics(&self) -> &MetricStore {
        self.head.metrics()
    }

    /// What the run is a function of.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Events up to the present moment.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        let now = self.now();
        &self.log[..self.log.partition_point(|event| event.at <= now)]
    }

    /// Events up to the furthest moment played.
    #[must_use]
    pub fn all_events(&self) -> &[Event] {
        &self.log
    }

    /// When something happens next after the present moment, as far as it is known now.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        self.cursor.next_at()
    }

    /// The inputs as marks on the time axis.
    #[must_use]
    pub fn markers(&self) -> Vec<Marker> {
        let inputs = self.recording.inputs.iter();
        let mark = |stamped: &StampedInput| Marker {
            at: Instant::ZERO + stamped.at,
            label: stamped.input.label(),
        };
        inputs.map(mark).collect()
    }

    /// Why a task that was started stands where it stands: the run is played again from the last
    /// checkpoint before its placement, with somebody asking. `None` if the run never started it.
    #[must_use]
    pub fn explain_start(&self, task: TaskId) -> Option<(Explanation, Arc<Model>)> {
        let known = |world: &World| world.control().tasks.get(&task).map(|it| it.created_at);
        let at = known(&self.cursor).or_else(|| known(&self.head))?;
        let before = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.now() < at);
        // The first checkpoint is the world before its first moment.
        let world = self.checkpoints[before.saturating_sub(1)].clone();
        world.explain_start(task, at)
    }

    /// Makes `to` the present moment, playing on or going back as needed.
    pub fn seek(&mut self, to: Instant) {
        if to >= self.head.now() {
            self.play_head(to);
            self.cursor = self.head.clone();
            return;
        }
        let from = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.now() <= to);
        let nearest = &self.checkpoints[from.saturating_sub(1)];
        let cursor_is_nearer = self.cursor.now() <= to && self.cursor.now() >= nearest.now();
        if !cursor_is_nearer {
            self.cursor = nearest.clone();
        }
        // These events are in the log already.
        self.cursor.run(to, &mut Vec::new());
    }

    fn play_head(&mut self, to: Instant) {
        while self.head.now() < to {
            let last = self.checkpoints.last().map_or(Instant::ZERO, World::now);
            let next = last + self.spacing;
            self.head.run(to.min(next), &mut self.log);
            if self.head.now() >= next {
                self.checkpoint();
            }
        }
        self.head.run(to, &mut self.log);
    }

    fn checkpoint(&mut self) {
        self.checkpoints.push(self.head.clone());
        if self.checkpoints.len() > CHECKPOINTS_MAX {
            let mut at = 0;
            self.checkpoints.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.spacing = self.spacing + self.spacing;
        }
    }

    /// Plays `input` one millisecond after the present moment, which moves there. Everything that
    /// was played beyond is dropped, later inputs included; returns how many events that were.
    pub fn input(&mut self, input: Input) -> usize {
        let now = self.now();
        let kept = self.log.partition_point(|event| event.at <= now);
        let dropped = self.log.len() - kept;
        self.log.truncate(kept);
        self.checkpoints
            .retain(|checkpoint| checkpoint.now() <= now);
        // Strictly later, so that what has happened at this moment already stays as it was.
        let at = Millis(now.0.saturating_add(1));
        self.recording.inputs.retain(|stamped| stamped.at < at);
        self.recording.inputs.push(StampedInput { at, input });
        let inputs = Arc::new(self.recording.inputs.clone());
        for world in self.checkpoints.iter_mut().chain([&mut self.cursor]) {
            world.set_inputs(Arc::clone(&inputs));
        }
        self.cursor.run(Instant::ZERO + at, &mut self.log);
        self.head = self.cursor.clone();
        dropped
    }
}
