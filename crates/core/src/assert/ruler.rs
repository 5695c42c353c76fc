//! Measuring expressions on what was recorded: one number for a window, values at moments, and
//! many values made one.

use super::evaluate::Window;
use super::metric::{Metric, Shape};
use super::outcome::Failure;
use super::recorded::{Distribution, Ratio, Recorded};
use super::series::{Length, Piece, Series};
use super::unit::Operator;
use super::{Aggregate, Expression, ExpressionKind, Selector};
use crate::time::Instant;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

pub(super) type Records = BTreeMap<Selector, Recorded>;

/// An expression in which everything but gauges has become a number.
pub(super) enum Settled<'a> {
    Number(f64),
    Negative(Box<Settled<'a>>),
    Binary(Operator, Box<Settled<'a>>, Box<Settled<'a>>),
    Gauge(&'a Series),
}

impl Settled<'_> {
    pub(super) fn at(&self, moment: Instant) -> Result<f64, Failure> {
        match self {
            Self::Number(value) => Ok(*value),
            Self::Negative(inner) => Ok(-inner.at(moment)?),
            Self::Binary(operator, left, right) => {
                operator.checked(left.at(moment)?, right.at(moment)?)
            }
            Self::Gauge(series) => Ok(series.at(moment)),
        }
    }

    pub(super) fn moments(&self, window: Window, into: &mut BTreeSet<Instant>) {
        match self {
            Self::Number(_) => {}
            Self::Negative(inner) => inner.moments(window, into),
            Self::Binary(_, left, right) => {
                left.moments(window, into);
                right.moments(window, into);
            }
            Self::Gauge(series) => into.extend(series.changes(window)),
        }
    }
}

/// Measures expressions on records.
#[derive(Clone, Copy)]
pub(super) struct Ruler<'a> {
    pub(super) records: &'a Records,
    pub(super) window: Window,
}

impl<'a> Ruler<'a> {
    pub(super) fn settled(&self, expression: &Expression) -> Result<Settled<'a>, Failure> {
        if !expression.varies {
            return Ok(Settled::Number(self.over_window(expression)?));
        }
        match &expression.kind {
            ExpressionKind::Negative(inner) => {
                Ok(Settled::Negative(Box::new(self.settled(inner)?)))
            }
            ExpressionKind::Binary(operator, left, right) => Ok(Settled::Binary(
                *operator,
                Box::new(self.settled(left)?),
                Box::new(self.settled(right)?),
            )),
            ExpressionKind::Metric(selector) => Ok(Settled::Gauge(self.series(selector)?)),
            ExpressionKind::Number(value) => Ok(Settled::Number(*value)),
            ExpressionKind::Aggregate(..) => Ok(Settled::Number(self.over_window(expression)?)),
        }
    }

    fn recorded(&self, selector: &Selector) -> Result<&'a Recorded, Failure> {
        let recorded = self.records.get(selector);
        recorded.ok_or(Failure::NotRecorded(selector.metric))
    }

    fn series(&self, selector: &Selector) -> Result<&'a Series, Failure> {
        let steps = self.recorded(selector)?.steps();
        steps.ok_or(Failure::NotRecorded(selector.metric))
    }

    fn ratio(&self, selector: &Selector) -> Result<&'a Ratio, Failure> {
        let ratio = self.recorded(selector)?.ratio();
        ratio.ok_or(Failure::NotRecorded(selector.metric))
    }

    fn distribution(&self, selector: &Selector) -> Result<&'a Distribution, Failure> {
        match self.recorded(selector)? {
            Recorded::Distribution(all) => Ok(all),
            Recorded::Steps(_)
            | Recorded::Lengths(_)
            | Recorded::Steadiness { .. }
            | Recorded::Ratio(_)
            | Recorded::Availability { .. } => Err(Failure::NotRecorded(selector.metric)),
        }
    }

    /// Whether it is an availability of services that were asked for something in the window.
    pub(super) fn has_requests(&self, selector: &Selector) -> bool {
        selector.metric == Metric::Availability
            && self
                .ratio(selector)
                .is_ok_and(|it| it.over(self.window).is_some())
    }

    /// The share of requests, where there are any.
    fn share(&self, selector: &Selector, window: Window) -> Result<f64, Failure> {
        let share = self.ratio(selector)?.over(window);
        share.ok_or(Failure::NothingToMeasure(selector.metric))
    }

    /// An availability: of requests where the services were asked for something, else of time.
    fn availability(&self, selector: &Selector) -> Result<f64, Failure> {
        if self.has_requests(selector) {
            return self.share(selector, self.window);
        }
        let uptime = pieces(self.series(selector)?, self.window);
        Ok(Aggregate::Avg.over(uptime))
    }

    fn latency(
        &self,
        aggregate: Aggregate,
        selector: &Selector,
        window: Window,
    ) -> Result<f64, Failure> {
        let value = self.distribution(selector)?.over(aggregate, window);
        value.ok_or(Failure::NothingToMeasure(selector.metric))
    }

    /// The one value of an expression for the window.
    pub(super) fn over_window(&self, expression: &Expression) -> Result<f64, Failure> {
        match &expression.kind {
            ExpressionKind::Number(value) => Ok(*value),
            ExpressionKind::Negative(inner) => Ok(-self.over_window(inner)?),
            ExpressionKind::Binary(operator, left, right) => {
                operator.checked(self.over_window(left)?, self.over_window(right)?)
            }
            ExpressionKind::Metric(selector) => self.metric(selector),
            ExpressionKind::Aggregate(aggregate, inner) => match &inner.kind {
                ExpressionKind::Metric(selector) => self.aggregate_of(*aggregate, selector, inner),
                ExpressionKind::Number(_)
                | ExpressionKind::Negative(_)
                | ExpressionKind::Binary(..)
                | ExpressionKind::Aggregate(..) => Ok(aggregate.over(self.pieces(inner)?)),
            },
        }
    }

    fn metric(&self, selector: &Selector) -> Result<f64, Failure> {
        let window = self.window;
        match selector.metric.shape() {
            // A gauge outside of an aggregate is compared at every moment and never asked here.
            Shape::Gauge => Ok(self.series(selector)?.at(window.to)),
            Shape::Uptime => self.availability(selector),
            Shape::Ratio => self.share(selector, window),
            Shape::Distribution => self.latency(Aggregate::Max, selector, window),
            Shape::Counter => {
                let series = self.series(selector)?;
                Ok(series.at(window.to) - series.before(window.from))
            }
            Shape::Lengths => self.length(Aggregate::Max, selector),
        }
    }

    fn aggregate_of(
        &self,
        aggregate: Aggregate,
        selector: &Selector,
        inner: &Expression,
    ) -> Result<f64, Failure> {
        match selector.metric.shape() {
            Shape::Gauge => Ok(aggregate.over(self.pieces(inner)?)),
            Shape::Uptime | Shape::Counter | Shape::Ratio => self.metric(selector),
            Shape::Lengths => self.length(aggregate, selector),
            Shape::Distribution => self.latency(aggregate, selector, self.window),
        }
    }

    fn length(&self, aggregate: Aggregate, selector: &Selector) -> Result<f64, Failure> {
        let lengths = self.recorded(selector)?.lengths(self.window);
        if lengths.is_empty() {
            return Err(Failure::NothingToMeasure(selector.metric));
        }
        let piece = |it: &Length| Piece {
            length_ms: 1.0,
            value: it.value(),
        };
        Ok(aggregate.over(lengths.iter().map(piece).collect()))
    }

    /// The values of an expression of gauges over the window.
    fn pieces(&self, expression: &Expression) -> Result<Vec<Piece>, Failure> {
        let settled = self.settled(expression)?;
        if let Settled::Gauge(series) = settled {
            return Ok(pieces(series, self.window));
        }
        let mut moments = BTreeSet::from([self.window.from]);
        settled.moments(self.window, &mut moments);
        let values = moments.into_iter().map(|at| Ok((at, settled.at(at)?)));
        let values: Vec<(Instant, f64)> = values.collect::<Result<_, Failure>>()?;
        Ok(stretches(&values, self.window.to))
    }

    /// The value at one moment, with every aggregate taken at that moment alone; counters count
    /// from the start of the window.
    pub(super) fn alone(&self, expression: &Expression, at: Instant) -> Result<f64, Failure> {
        match &expression.kind {
            ExpressionKind::Number(value) => Ok(*value),
            ExpressionKind::Negative(inner) => Ok(-self.alone(inner, at)?),
            ExpressionKind::Binary(operator, left, right) => {
                operator.checked(self.alone(left, at)?, self.alone(right, at)?)
            }
            ExpressionKind::Aggregate(aggregate, inner) => match &inner.kind {
                ExpressionKind::Metric(selector) => self.metric_alone(*aggregate, selector, at),
                ExpressionKind::Number(_)
                | ExpressionKind::Negative(_)
                | ExpressionKind::Binary(..)
                | ExpressionKind::Aggregate(..) => self.alone(inner, at),
            },
            ExpressionKind::Metric(selector) => self.metric_alone(Aggregate::Max, selector, at),
        }
    }

    fn metric_alone(
        &self,
        aggregate: Aggregate,
        selector: &Selector,
        at: Instant,
    ) -> Result<f64, Failure> {
        let moment = Window { from: at, to: at };
        match selector.metric.shape() {
            Shape::Uptime if self.has_requests(selector) => self.share(selector, moment),
            Shape::Gauge | Shape::Uptime => Ok(self.series(selector)?.at(at)),
            Shape::Counter => {
                let series = self.series(selector)?;
                Ok(series.at(at) - series.before(self.window.from))
            }
            Shape::Ratio => self.share(selector, moment),
            Shape::Distribution => self.latency(aggregate, selector, moment),
            Shape::Lengths => self.length(Aggregate::Max, selector),
        }
    }
}

fn pieces(series: &Series, window: Window) -> Vec<Piece> {
    let moments = core::iter::once(window.from).chain(series.changes(window));
    let values: Vec<(Instant, f64)> = moments.map(|at| (at, series.at(at))).collect();
    stretches(&values, window.to)
}

/// Values with how long each holds.
fn stretches(values: &[(Instant, f64)], end: Instant) -> Vec<Piece> {
    let ends = values.iter().skip(1).map(|(at, _)| *at);
    let ends = ends.chain(core::iter::once(end));
    let piece = |((from, value), to): (&(Instant, f64), Instant)| Piece {
        length_ms: to.since(*from).0 as f64,
        value: *value,
    };
    values.iter().zip(ends).map(piece).collect()
}

impl Aggregate {
    /// Many values made one; there is at least one.
    fn over(self, mut pieces: Vec<Piece>) -> f64 {
        let (Some(first), Some(last)) = (pieces.first().copied(), pieces.last().copied()) else {
            return 0.0;
        };
        let values = || pieces.iter().map(|piece| piece.value);
        let total: f64 = pieces.iter().map(|piece| piece.length_ms).sum();
        match self {
            Self::Min => values().fold(first.value, f64::min),
            Self::Max => values().fold(first.value, f64::max),
            Self::Sum => values().sum(),
            Self::First => first.value,
            Self::Last => last.value,
            // A window of one moment.
            Self::Avg | Self::Percentile(_) if total <= 0.0 => last.value,
            Self::Avg => {
                let weighed = pieces.iter().filter(|piece| piece.length_ms > 0.0);
                weighed.map(|it| it.value * it.length_ms).sum::<f64>() / total
            }
            Self::Percentile(percent) => {
                crate::sort::sort_by(&mut pieces, |a, b| a.value.total_cmp(&b.value));
                let wanted = total * percent / 100.0;
                let mut passed = 0.0;
                let reached = pieces.iter().find(|piece| {
                    passed += piece.length_ms;
                    passed >= wanted && piece.length_ms > 0.0
                });
                reached.or(pieces.last()).map_or(last.value, |it| it.value)
            }
        }
    }
}

impl Operator {
    pub(super) fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
        }
    }

    fn checked(self, left: f64, right: f64) -> Result<f64, Failure> {
        if self == Self::Divide && right.abs() <= 0.0 {
            return Err(Failure::DivisionByZero);
        }
        let value = self.of(left, right);
        if value.is_nan() {
            return Err(Failure::Undefined);
        }
        Ok(value)
    }
}
