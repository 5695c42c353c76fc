//! Evaluating assertions on what a run recorded. Pure arithmetic on floats that only adds,
//! multiplies, divides and compares, so that it gives the same bits on every target.

use super::metric::Shape;
use super::outcome::{Failure, Measured, Outcome};
use super::series::{Length, Piece, Recorded, Series};
use super::unit::Operator;
use super::{Aggregate, Assertion, Clause, Comparison, Expression, ExpressionKind, Selector};
use crate::time::{Instant, Millis};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// A stretch of a run, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its start.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

type Records = BTreeMap<Selector, Recorded>;

/// What becomes of an assertion on the records of a run; `whole` is the window of an assertion
/// without a clause, its end that of the run.
#[must_use]
pub fn evaluate(assertion: &Assertion, records: &Records, whole: Window) -> Outcome {
    let judge = Judge::new(assertion, records, whole);
    let unit = assertion.left.unit.with(assertion.right.unit);
    let mut outcome = Outcome {
        text: assertion.text.clone(),
        passed: false,
        measured: None,
        comparison: judge.comparison,
        bound: None,
        unit: unit.unwrap_or(assertion.left.unit),
        violated_at: None,
        failure: None,
    };
    if let Err(failure) = judge.fill(&mut outcome) {
        outcome.passed = false;
        outcome.failure = Some(failure);
    }
    outcome
}

/// The value of an expression that has one.
#[must_use]
pub fn measure(expression: &Expression, records: &Records, window: Window) -> Measured {
    Measured {
        value: Ruler { records, window }.over_window(expression),
        unit: expression.unit,
    }
}

impl Clause {
    fn window(self, whole: Window) -> Window {
        let (start, end) = (Instant::ZERO, whole.to);
        let window = |from: Instant, to: Instant| Window {
            from: from.min(end),
            to: to.min(end),
        };
        match self {
            Self::Whole => window(whole.from, end),
            Self::During(from, to) => window(from, to),
            Self::At(at) => window(at, at),
            Self::After(from) => window(from, end),
            Self::Until(to) => window(start, to),
        }
    }
}

/// An assertion with what is measured on its left side.
struct Judge<'a> {
    ruler: Ruler<'a>,
    measured: &'a Expression,
    comparison: Comparison,
    bound: &'a Expression,
}

impl<'a> Judge<'a> {
    fn new(assertion: &'a Assertion, records: &'a Records, whole: Window) -> Self {
        let (left, right) = (&assertion.left, &assertion.right);
        let turned = !left.has_metric();
        let (measured, bound) = if turned { (right, left) } else { (left, right) };
        let comparison = if turned {
            assertion.comparison.flipped()
        } else {
            assertion.comparison
        };
        let window = assertion.clause.window(whole);
        Self {
            ruler: Ruler { records, window },
            measured,
            comparison,
            bound,
        }
    }

    fn fill(&self, outcome: &mut Outcome) -> Result<(), Failure> {
        if self.measured.varies || self.bound.varies {
            return self.fill_always(outcome);
        }
        let measured = self.ruler.over_window(self.measured)?;
        outcome.measured = Some(measured);
        let bound = self.ruler.over_window(self.bound)?;
        outcome.bound = Some(bound);
        outcome.passed = self.comparison.holds(measured, bound);
        if !outcome.passed {
            outcome.failure = Some(Failure::Violated);
            outcome.violated_at = Some(self.first_violation(measured, bound));
        }
        Ok(())
    }

    /// A gauge outside an aggregate: the comparison holds at every moment.
    fn fill_always(&self, outcome: &mut Outcome) -> Result<(), Failure> {
        let ruler = &self.ruler;
        let (measured, bound) = (ruler.settled(self.measured)?, ruler.settled(self.bound)?);
        let mut moments = BTreeSet::from([ruler.window.from]);
        measured.moments(ruler.window, &mut moments);
        bound.moments(ruler.window, &mut moments);
        let mut closest: Option<(f64, f64)> = None;
        for at in moments {
            let values = measured.at(at).and_then(|it| Ok((it, bound.at(at)?)));
            let (left, right) = values.inspect_err(|_| outcome.violated_at = Some(at))?;
            let violated = !self.comparison.holds(left, right);
            if violated || closest.is_none_or(|closest| self.is_closer((left, right), closest)) {
                closest = Some((left, right));
            }
            if violated {
                outcome.violated_at = Some(at);
                break;
            }
        }
        outcome.measured = closest.map(|(left, _)| left);
        outcome.bound = closest.map(|(_, right)| right);
        outcome.passed = outcome.violated_at.is_none();
        outcome.failure = (!outcome.passed).then_some(Failure::Violated);
        Ok(())
    }

    /// Whether the first pair is closer to a violation than the second.
    fn is_closer(&self, one: (f64, f64), other: (f64, f64)) -> bool {
        let (one, other) = (one.0 - one.1, other.0 - other.1);
        match self.comparison {
            Comparison::More | Comparison::AtLeast => one < other,
            Comparison::Less | Comparison::AtMost => one > other,
            Comparison::Equal | Comparison::NotEqual => one.abs() < other.abs(),
        }
    }

    /// The first moment at which a comparison of single values that does not hold was violated.
    fn first_violation(&self, measured: f64, bound: f64) -> Instant {
        let window = self.ruler.window;
        let mut inner = self.measured;
        if let ExpressionKind::Aggregate(_, aggregated) = &inner.kind {
            inner = aggregated;
        }
        if let ExpressionKind::Metric(selector) = &inner.kind
            && selector.metric.shape() == Shape::Lengths
        {
            return self.first_length(selector, bound);
        }
        if self.was_awaited(measured, bound) {
            return window.to;
        }
        let mut moments = BTreeSet::from([window.from]);
        for selector in self.measured.selectors() {
            if let Some(Recorded::Steps(series)) = self.ruler.records.get(selector) {
                moments.extend(series.changes(window));
            }
        }
        let fails = |at: &Instant| {
            let alone = |it: &Expression| self.ruler.alone(it, *at);
            match (alone(self.measured), alone(self.bound)) {
                (Ok(left), Ok(right)) => !self.comparison.holds(left, right),
                (Err(_), _) | (_, Err(_)) => true,
            }
        };
        moments.into_iter().find(fails).unwrap_or(window.to)
    }

    /// Whether the value should have been reached and was not: that is known at the end only.
    fn was_awaited(&self, measured: f64, bound: f64) -> bool {
        let too_small = measured < bound;
        match &self.measured.kind {
            ExpressionKind::Aggregate(Aggregate::Max, _) => too_small,
            ExpressionKind::Aggregate(Aggregate::Min, _) => !too_small,
            ExpressionKind::Aggregate(Aggregate::Last, _) => true,
            ExpressionKind::Aggregate(Aggregate::Sum, _) => too_small,
            ExpressionKind::Metric(selector) => {
                selector.metric.shape() == Shape::Counter && too_small
            }
            ExpressionKind::Aggregate(
                Aggregate::Avg | Aggregate::First | Aggregate::Percentile(_),
                _,
            )
            | ExpressionKind::Number(_)
            | ExpressionKind::Negative(_)
            | ExpressionKind::Binary(..) => false,
        }
    }

    /// When the time of the first length that took too long ran out, or the first that was too
    /// short ended.
    fn first_length(&self, selector: &Selector, bound: f64) -> Instant {
        let window = self.ruler.window;
        let recorded = self.ruler.records.get(selector);
        let lengths = recorded.map(|it| it.lengths(window)).unwrap_or_default();
        let fails = |it: &&Length| !self.comparison.holds(it.value(), bound);
        let moment = |it: &Length| match it.ended {
            Some(ended) if it.value() < bound => ended,
            Some(_) | None => it.began + Millis(bound.max(0.0) as u64),
        };
        let first = lengths.iter().filter(fails).map(moment).min();
        first.unwrap_or(window.to).min(window.to)
    }
}

/// An expression in which everything but gauges has become a number.
enum Settled<'a> {
    Number(f64),
    Negative(Box<Settled<'a>>),
    Binary(Operator, Box<Settled<'a>>, Box<Settled<'a>>),
    Gauge(&'a Series),
}

impl Settled<'_> {
    fn at(&self, moment: Instant) -> Result<f64, Failure> {
        match self {
            Self::Number(value) => Ok(*value),
            Self::Negative(inner) => Ok(-inner.at(moment)?),
            Self::Binary(operator, left, right) => {
                operator.checked(left.at(moment)?, right.at(moment)?)
            }
            Self::Gauge(series) => Ok(series.at(moment)),
        }
    }

    fn moments(&self, window: Window, into: &mut BTreeSet<Instant>) {
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
struct Ruler<'a> {
    records: &'a Records,
    window: Window,
}

impl<'a> Ruler<'a> {
    fn settled(&self, expression: &Expression) -> Result<Settled<'a>, Failure> {
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
        recorded.ok_or_else(|| Failure::NotRecorded(selector.clone()))
    }

    fn series(&self, selector: &Selector) -> Result<&'a Series, Failure> {
        match self.recorded(selector)? {
            Recorded::Steps(series) => Ok(series),
            Recorded::Lengths(_) | Recorded::Steadiness { .. } => {
                Err(Failure::NotRecorded(selector.clone()))
            }
        }
    }

    /// The one value of an expression for the window.
    fn over_window(&self, expression: &Expression) -> Result<f64, Failure> {
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
            Shape::Uptime => Ok(Aggregate::Avg.over(pieces(self.series(selector)?, window))),
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
            Shape::Uptime | Shape::Counter => self.metric(selector),
            Shape::Lengths => self.length(aggregate, selector),
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
    fn alone(&self, expression: &Expression, at: Instant) -> Result<f64, Failure> {
        match &expression.kind {
            ExpressionKind::Number(value) => Ok(*value),
            ExpressionKind::Negative(inner) => Ok(-self.alone(inner, at)?),
            ExpressionKind::Binary(operator, left, right) => {
                operator.checked(self.alone(left, at)?, self.alone(right, at)?)
            }
            ExpressionKind::Aggregate(_, inner) => self.alone(inner, at),
            ExpressionKind::Metric(selector) => match selector.metric.shape() {
                Shape::Gauge | Shape::Uptime => Ok(self.series(selector)?.at(at)),
                Shape::Counter => {
                    let series = self.series(selector)?;
                    Ok(series.at(at) - series.before(self.window.from))
                }
                Shape::Lengths => self.length(Aggregate::Max, selector),
            },
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
