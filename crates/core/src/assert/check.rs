//! Whether what was read means something: units go together, aggregates have something to
//! aggregate, and no divisor is zero from the start.

use super::fault::{Fault, FaultKind};
use super::metric::Shape;
use super::unit::Operator;
use super::{Aggregate, Expression, ExpressionKind, Selector};
use crate::source::Span;
use alloc::boxed::Box;

pub(super) type Read<T> = Result<T, Fault>;

/// Two parts joined, if their units can be.
pub(super) fn joined(operator: Operator, left: Expression, right: Expression) -> Read<Expression> {
    let span = Span {
        start: left.span.start,
        end: right.span.end,
    };
    let Some(unit) = operator.unit(left.unit, right.unit) else {
        let kind = FaultKind::NotJoinable {
            left: left.unit,
            operator,
            right: right.unit,
        };
        return Err(Fault::new(span, kind));
    };
    if operator == Operator::Divide && constant(&right).is_some_and(|value| value.abs() <= 0.0) {
        return Err(Fault::new(right.span, FaultKind::DivisionByZero));
    }
    Ok(Expression {
        span,
        unit,
        varies: left.varies || right.varies,
        kind: ExpressionKind::Binary(operator, Box::new(left), Box::new(right)),
    })
}

/// The value of an expression without metrics.
fn constant(expression: &Expression) -> Option<f64> {
    match &expression.kind {
        ExpressionKind::Number(value) => Some(*value),
        ExpressionKind::Negative(inner) => Some(-constant(inner)?),
        ExpressionKind::Binary(operator, left, right) => {
            Some(operator.of(constant(left)?, constant(right)?))
        }
        ExpressionKind::Metric(_) | ExpressionKind::Aggregate(..) => None,
    }
}

/// Whether the two sides can be compared.
pub(super) fn check_sides(left: &Expression, right: &Expression) -> Read<()> {
    let span = Span {
        start: left.span.start,
        end: right.span.end,
    };
    if !left.has_metric() && !right.has_metric() {
        return Err(Fault::new(span, FaultKind::NoMetric));
    }
    if left.unit.with(right.unit).is_some() {
        return Ok(());
    }
    // The side without a metric is the one to be written otherwise.
    let span = if right.has_metric() && !left.has_metric() {
        left.span
    } else {
        right.span
    };
    let (left, right) = (left.unit, right.unit);
    Err(Fault::new(span, FaultKind::NotComparable { left, right }))
}

/// Whether the part has many values and this aggregate makes sense of them.
pub(super) fn check_aggregate(aggregate: Aggregate, inner: &Expression) -> Read<()> {
    let fault = |kind| Err(Fault::new(inner.span, kind));
    let ExpressionKind::Metric(Selector { metric, .. }) = &inner.kind else {
        if inner.varies && aggregate != Aggregate::Sum {
            return only_gauges(inner);
        }
        return fault(FaultKind::NothingToAggregate);
    };
    let fits = match (metric.shape(), aggregate) {
        (Shape::Gauge, aggregate) => aggregate != Aggregate::Sum,
        (Shape::Uptime | Shape::Ratio, aggregate) => aggregate == Aggregate::Avg,
        (
            Shape::Distribution,
            Aggregate::Min | Aggregate::Max | Aggregate::Avg | Aggregate::Percentile(_),
        ) => true,
        (Shape::Distribution, Aggregate::Sum | Aggregate::First | Aggregate::Last) => false,
        (Shape::Counter, aggregate) => aggregate == Aggregate::Sum,
        (Shape::Lengths, _) => true,
    };
    if fits {
        return Ok(());
    }
    fault(FaultKind::AggregateNotForMetric(*metric))
}

/// Within an aggregate, arithmetic is of values at a moment only.
fn only_gauges(inner: &Expression) -> Read<()> {
    let mut fault = Ok(());
    inner.each_metric(&mut |selector, span| {
        if selector.metric.shape() != Shape::Gauge && fault.is_ok() {
            let kind = FaultKind::AggregateNotForMetric(selector.metric);
            fault = Err(Fault::new(span, kind));
        }
    });
    fault
}

/// At one moment there are only values that a moment has.
pub(super) fn check_moment(expression: &Expression) -> Read<()> {
    let mut fault = Ok(());
    expression.each_metric(&mut |selector, span| {
        let metric = selector.metric;
        let has_one = match metric.shape() {
            Shape::Gauge | Shape::Uptime => true,
            Shape::Counter | Shape::Lengths | Shape::Ratio | Shape::Distribution => false,
        };
        if !has_one && fault.is_ok() {
            fault = Err(Fault::new(span, FaultKind::NotAtAMoment(metric)));
        }
    });
    fault
}
