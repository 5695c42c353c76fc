//! Steps over time and lengths of time.

use super::evaluate::Window;
use crate::time::Instant;
use alloc::vec::Vec;

/// A value that holds until the next one; only changes are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    points: Vec<(Instant, f64)>,
}

/// A stretch of a window in which a value held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) length_ms: f64,
    pub(super) value: f64,
}

/// Something that took time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// When it began.
    pub began: Instant,
    /// When it ended, if it did within the run.
    pub ended: Option<Instant>,
}

impl Length {
    /// How long it took in milliseconds; longer than everything if it never ended.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.ended
            .map_or(f64::INFINITY, |ended| ended.since(self.began).0 as f64)
    }
}

impl Series {
    /// A series with these points, for what was recorded elsewhere.
    #[must_use]
    pub fn new(points: &[(Instant, f64)]) -> Self {
        let mut series = Self::default();
        points
            .iter()
            .for_each(|(at, value)| series.set(*at, *value));
        series
    }

    /// The value from `at` on, which is not before the last one; the last value of a moment counts.
    pub fn set(&mut self, at: Instant, value: f64) {
        if self.points.last().is_some_and(|(last, _)| *last >= at) {
            self.points.pop();
        }
        let is_new = self
            .points
            .last()
            .is_none_or(|(_, last)| last.total_cmp(&value).is_ne());
        if is_new {
            self.points.push((at, value));
        }
    }

    /// The value at a moment, after everything that happens at it; 0 before the first.
    #[must_use]
    pub fn at(&self, moment: Instant) -> f64 {
        let behind = self.points.partition_point(|(at, _)| *at <= moment);
        self.last_of(behind)
    }

    /// The value just before a moment.
    #[must_use]
    pub fn before(&self, moment: Instant) -> f64 {
        let behind = self.points.partition_point(|(at, _)| *at < moment);
        self.last_of(behind)
    }

    /// When the last value begins.
    #[must_use]
    pub fn last_at(&self) -> Option<Instant> {
        self.points.last().map(|(at, _)| *at)
    }

    /// How much it grew within a window, both ends included.
    pub(super) fn growth(&self, window: Window) -> f64 {
        self.at(window.to) - self.before(window.from)
    }

    fn last_of(&self, count: usize) -> f64 {
        let last = count.checked_sub(1).and_then(|at| self.points.get(at));
        last.map_or(0.0, |(_, value)| *value)
    }

    /// The moments of a window at which the value changes, without its start.
    pub(super) fn changes(&self, window: Window) -> impl Iterator<Item = Instant> {
        let first = self.points.partition_point(|(at, _)| *at <= window.from);
        let points = self.points.iter().skip(first).map(|(at, _)| *at);
        points.take_while(move |at| *at <= window.to)
    }
}

impl Length {
    /// What is known of it at a moment.
    pub(super) fn cut(self, end: Instant) -> Self {
        Self {
            began: self.began,
            ended: self.ended.filter(|ended| *ended <= end),
        }
    }
}

/// From the start of the window to the first steady state behind the first disturbance in it;
/// no time at all if there is none.
pub(super) fn until_steady(steady: &Series, window: Window) -> Length {
    let began = window.from;
    let is_steady = |at: Instant| steady.at(at) > 0.0;
    let mut moments = core::iter::once(began).chain(steady.changes(window));
    let disturbed = moments.by_ref().find(|at| !is_steady(*at));
    let ended = match disturbed {
        None => Some(began),
        Some(_) => moments.find(|at| is_steady(*at)),
    };
    Length { began, ended }
}
