//! A run on the screen: the timeline, whether it plays, and how fast.

use super::scenario::{Judged, Script};
use std::sync::Arc;
use stowplan_core::design::Design;
use stowplan_core::model::{Diagnostic, compile};
use stowplan_core::sim::{Input, Recording, Timeline};
use stowplan_core::time::Instant;

/// Simulated seconds per real second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(pub u32);

impl Speed {
    /// Every speed on offer; the last is called max.
    pub const ALL: [Self; 6] = [Self(1), Self(4), Self(16), Self(60), Self(300), Self(3600)];

    /// `16×`, or `max`.
    #[must_use]
    pub fn words(self) -> String {
        if Self::ALL.last() == Some(&self) {
            "max".into()
        } else {
            format!("{}×", self.0)
        }
    }

    fn moved(self, by: isize) -> Self {
        let at = Self::ALL
            .iter()
            .position(|speed| *speed == self)
            .unwrap_or_default();
        let at = at.saturating_add_signed(by).min(Self::ALL.len() - 1);
        Self::ALL[at]
    }

    /// The next lower one.
    #[must_use]
    pub fn slower(self) -> Self {
        self.moved(-1)
    }

    /// The next higher one.
    #[must_use]
    pub fn faster(self) -> Self {
        self.moved(1)
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self(16)
    }
}

/// A frame never counts for more real time than this: a tab that was hidden does not burst.
const ELAPSED_MAX_MS: f64 = 100.0;

/// The time axis begins with this much and grows in such steps.
const AXIS_STEP: Instant = Instant(600_000);

/// A step looks this far ahead for something to happen.
const STEP_HORIZON_MS: u64 = 3_600_000;

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) timeline: Timeline,
    /// The scenario that it plays.
    pub(super) script: Option<Script>,
    /// What became of its assertions, and how many inputs there were then.
    pub(super) judged: Option<(u64, Judged)>,
    playing: bool,
    /// How many inputs it has taken, those that were dropped since included.
    inputs: u64,
    /// Simulated time that did not make a whole millisecond yet.
    carry_ms: f64,
    /// Findings on the design of the present moment, and that design.
    checked: (Arc<Design>, Vec<Diagnostic>),
}

impl Run {
    /// A run of `design` at its start, paused.
    #[must_use]
    pub fn new(design: Arc<Design>, seed: u64) -> Self {
        let recording = Recording {
            design,
            seed,
            inputs: Vec::new(),
            traffic: Vec::new(),
        };
        Self::of(recording, None)
    }

    /// A recording at its start, paused.
    pub(super) fn of(recording: Recording, script: Option<Script>) -> Self {
        let design = Arc::clone(&recording.design);
        let found = compile(&design, None).diagnostics;
        let checked = (design, found);
        Self {
            timeline: Timeline::new(recording),
            script,
            judged: None,
            playing: false,
            inputs: 0,
            carry_ms: 0.0,
            checked,
        }
    }

    /// The timeline.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How many inputs it has taken, those that were dropped since included: while it stays the
    /// same, nothing that was played has become another past.
    #[must_use]
    pub const fn inputs(&self) -> u64 {
        self.inputs
    }

    /// Whether it plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Findings on the design of the present moment.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.checked.1
    }

    /// The scenario that it plays.
    #[must_use]
    pub const fn script(&self) -> Option<&Script> {
        self.script.as_ref()
    }

    /// What became of the scenario's assertions; `None` before they are judged.
    #[must_use]
    pub fn judged(&self) -> Option<&Judged> {
        self.judged.as_ref().map(|(_, judged)| judged)
    }

    pub(super) fn into_script(self) -> Option<Script> {
        self.script
    }

    /// The right end of the time axis: a scenario's end, or a whole step beyond what was played.
    #[must_use]
    pub fn axis_end(&self) -> Instant {
        let far = self.timeline.end().max(Instant(AXIS_STEP.0 - 1));
        if let Some(script) = self.script().filter(|script| script.end >= far) {
            return script.end;
        }
        Instant((far.0 / AXIS_STEP.0 + 1) * AXIS_STEP.0)
    }

    pub(super) fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.carry_ms = 0.0;
    }

    pub(super) fn seek(&mut self, to: Instant) {
        self.timeline.seek(to);
        self.check();
    }

    pub(super) fn advance(&mut self, elapsed_ms: f64, speed: Speed) {
        let elapsed = elapsed_ms.clamp(0.0, ELAPSED_MAX_MS) * f64::from(speed.0) + self.carry_ms;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to a few minutes above"
        )]
        #[expect(clippy::cast_sign_loss, reason = "clamped to zero or more above")]
        let whole = elapsed as u64;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a few minutes in milliseconds are exact"
        )]
        let spent = whole as f64;
        self.carry_ms = elapsed - spent;
        let now = self.timeline.now();
        let to = Instant(now.0 + whole);
        // A scenario is played to its end, where it is judged, and only then beyond.
        let end = self.script.as_ref().map(|script| script.end);
        let end = end.filter(|end| now < *end && to >= *end);
        self.playing &= end.is_none();
        self.seek(end.unwrap_or(to));
    }

    /// To the next moment at which something is logged.
    pub(super) fn step(&mut self) {
        let now = self.timeline.now();
        let until = now.0 + STEP_HORIZON_MS;
        while self.next_event(now).is_none() && self.timeline.end().0 < until {
            let next = self.timeline.end().0.max(now.0) + 1000;
            self.timeline.seek(Instant(next));
        }
        let to = self.next_event(now).unwrap_or(self.timeline.end());
        self.seek(to);
    }

    fn next_event(&self, after: Instant) -> Option<Instant> {
        let log = self.timeline.all_events();
        log.get(log.partition_point(|event| event.at <= after))
            .map(|event| event.at)
    }

    /// Plays an input at the present moment; gives how many later events that dropped.
    pub(super) fn input(&mut self, input: Input) -> usize {
        let dropped = self.timeline.input(input);
        self.inputs += 1;
        self.check();
        dropped
    }

    fn check(&mut self) {
        let design = self.timeline.world().design();
        if !Arc::ptr_eq(design, &self.checked.0) {
            self.checked = (Arc::clone(design), compile(design, None).diagnostics);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::design::sample;

    #[test]
    fn a_hidden_tab_does_not_burst_and_fractions_are_kept() {
        let mut run = Run::new(Arc::new(sample()), 1);
        run.advance(60_000.0, Speed(1));
        assert_eq!(run.timeline().now(), Instant(100));
        for _ in 0..10 {
            run.advance(16.5, Speed(1));
        }
        assert_eq!(run.timeline().now(), Instant(265));
    }

    #[test]
    fn a_step_stops_at_something_that_happened() {
        let mut run = Run::new(Arc::new(sample()), 1);
        for _ in 0..5 {
            let before = run.timeline().now();
            run.step();
            let now = run.timeline().now();
            assert!(now > before);
            assert_eq!(
                run.timeline().events().last().map(|event| event.at),
                Some(now)
            );
        }
    }

    #[test]
    fn the_axis_grows_in_whole_steps() {
        let mut run = Run::new(Arc::new(sample()), 1);
        assert_eq!(run.axis_end(), Instant(600_000));
        run.seek(Instant(600_000));
        assert_eq!(run.axis_end(), Instant(1_200_000));
    }

    #[test]
    fn speeds_stay_on_the_list() {
        assert_eq!(Speed(1).slower(), Speed(1));
        assert_eq!(Speed(3600).faster().words(), "max");
        assert_eq!(Speed(16).faster(), Speed(60));
    }
}
