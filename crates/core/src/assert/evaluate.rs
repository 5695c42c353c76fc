//! Evaluating assertions on what a run recorded. Pure arithmetic on floats that only adds,
//! multiplies, divides and compares, so that it gives the same bits on every target.

use super::metric::Shape;
use super::outcome::{Basis, Failure, Measured, Outcome};
use super::ruler::{Records, Ruler};
use super::series::Length;
use super::{Aggregate, Assertion, Clause, Comparison, Expression, ExpressionKind, Selector};
use crate::time::{Instant, Millis};
use alloc::collections::BTreeSet;

/// A stretch of a run, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its start.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

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
        basis: judge.basis(),
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

    /// What an availability in it is measured by.
    fn basis(&self) -> Basis {
        let mut selectors = self.measured.selectors();
        selectors.extend(self.bound.selectors());
        if selectors.into_iter().any(|it| self.ruler.has_requests(it)) {
            Basis::Requests
        } else {
            Basis::Time
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
            if let Some(recorded) = self.ruler.records.get(selector) {
                moments.extend(recorded.changes(window));
            }
        }
        let fails = |at: &Instant| {
            let alone = |it: &Expression| self.ruler.alone(it, *at);
            match (alone(self.measured), alone(self.bound)) {
                (Ok(left), Ok(right)) => !self.comparison.holds(left, right),
                // A second without requests violates nothing.
                (Err(Failure::NothingToMeasure(_)), _) | (_, Err(Failure::NothingToMeasure(_))) => {
                    false
                }
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
