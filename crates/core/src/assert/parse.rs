//! From text to tree, and whether the units go together. The first fault is told.

use super::check::{Read, check_aggregate, check_moment, check_sides, joined};
use super::cursor::{Cursor, Quantity};
use super::fault::{Expected, Fault, FaultKind};
use super::metric::{Label, Labels, Metric, Shape};
use super::unit::{Operator, Unit};
use super::{
    Aggregate, Assertion, CHARS_MAX, Clause, Comparison, DEPTH_MAX, Expression, ExpressionKind,
    Selector,
};
use crate::near::nearest;
use crate::source::Span;
use crate::time::Instant;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};

/// Words of the language that are no metrics.
const AGGREGATES: [&str; 11] = [
    "min",
    "max",
    "avg",
    "sum",
    "first",
    "last",
    "p50",
    "p90",
    "p95",
    "p99",
    "percentile",
];

/// Words that people bring from elsewhere, and ours for them.
const SYNONYMS: [(&str, &str); 7] = [
    ("mean", "avg"),
    ("average", "avg"),
    ("median", "p50"),
    ("count", "sum"),
    ("uptime", "availability"),
    ("tasks", "running_tasks"),
    ("deployment_duration", "deploy_duration"),
];

const CLAUSES: [&str; 4] = ["during", "at", "after", "until"];

/// Reads an assertion.
pub(super) fn assertion(text: &str) -> Read<Assertion> {
    let mut parser = Parser::new(text)?;
    let left = parser.sum()?;
    let comparison = parser.comparison()?;
    let right = parser.sum()?;
    check_sides(&left, &right)?;
    let (clause, clause_span) = parser.clause()?;
    parser.end(clause == Clause::Whole)?;
    if let Clause::At(_) = clause {
        check_moment(&left)?;
        check_moment(&right)?;
    }
    Ok(Assertion {
        text: text.trim().to_owned(),
        left,
        comparison,
        right,
        clause,
        clause_span,
    })
}

/// Reads an expression that has one value.
pub(super) fn expression(text: &str) -> Read<Expression> {
    let mut parser = Parser::new(text)?;
    let expression = parser.sum()?;
    parser.end(false)?;
    if expression.varies {
        return Err(Fault::new(expression.span, FaultKind::NotOneValue));
    }
    Ok(expression)
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    /// Parentheses, signs and aggregates that are open.
    depth: usize,
    /// Whether an aggregate is open.
    aggregates: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Read<Self> {
        let end = text.len();
        if text.trim().is_empty() {
            return Err(Fault::new(Span { start: end, end }, FaultKind::Empty));
        }
        if let Some((start, _)) = text.char_indices().nth(CHARS_MAX) {
            return Err(Fault::new(Span { start, end }, FaultKind::TooLong));
        }
        Ok(Self {
            cursor: Cursor { text, at: 0 },
            depth: 0,
            aggregates: false,
        })
    }

    /// A complaint about what comes next: it is not what belongs here.
    fn missing<T>(&mut self, expected: Expected) -> Read<T> {
        let span = self.cursor.found();
        Err(Fault::new(span, FaultKind::Missing(expected)))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH_MAX {
            let span = self.cursor.found();
            return Err(Fault::new(span, FaultKind::TooDeep));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn sum(&mut self) -> Read<Expression> {
        let mut left = self.product()?;
        loop {
            let operator = if self.cursor.take("+") {
                Operator::Add
            } else if self.cursor.take("-") {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = joined(operator, left, right)?;
        }
    }

    fn product(&mut self) -> Read<Expression> {
        let mut left = self.factor()?;
        loop {
            let operator = if self.cursor.take("*") {
                Operator::Multiply
            } else if self.cursor.take("/") {
                Operator::Divide
            } else {
                return Ok(left);
            };
            let right = self.factor()?;
            left = joined(operator, left, right)?;
        }
    }

    fn factor(&mut self) -> Read<Expression> {
        self.cursor.peek();
        let start = self.cursor.at;
        if self.cursor.take("-") {
            let inner = self.deeper(Self::factor)?;
            return Ok(Expression {
                span: self.cursor.span_from(start),
                unit: inner.unit,
                varies: inner.varies,
                kind: ExpressionKind::Negative(Box::new(inner)),
            });
        }
        if self.cursor.take("(") {
            let mut inner = self.deeper(Self::sum)?;
            self.close(")")?;
            inner.span = self.cursor.span_from(start);
            return Ok(inner);
        }
        if let Some(Quantity { value, unit }) = self.cursor.quantity()? {
            return Ok(Expression {
                span: self.cursor.span_from(start),
                unit,
                varies: false,
                kind: ExpressionKind::Number(value),
            });
        }
        self.named(start)
    }

    fn close(&mut self, sign: &str) -> Read<()> {
        if self.cursor.take(sign) {
            return Ok(());
        }
        self.missing(Expected::Parenthesis)
    }

    /// A metric or an aggregate.
    fn named(&mut self, start: usize) -> Read<Expression> {
        let word = self.cursor.word();
        if word.is_empty() {
            return self.missing(Expected::Value);
        }
        self.cursor.at += word.len();
        if let Some(metric) = Metric::named(word) {
            return self.metric(metric, start);
        }
        if word == "percentile" {
            return self.aggregate(None, start);
        }
        if let Some(aggregate) = self.aggregate_named(word, start)? {
            return self.aggregate(Some(aggregate), start);
        }
        let span = self.cursor.span_from(start);
        let known = Metric::ALL.iter().map(|metric| metric.name());
        let synonym = SYNONYMS.iter().find(|(theirs, _)| *theirs == word);
        let synonym = synonym.map(|(_, ours)| *ours);
        let near = synonym.or_else(|| nearest(word, known.chain(AGGREGATES)));
        let word = word.to_owned();
        Err(Fault::new(span, FaultKind::UnknownWord { word, near }))
    }

    fn aggregate_named(&mut self, word: &str, start: usize) -> Read<Option<Aggregate>> {
        let found = match word {
            "min" => Aggregate::Min,
            "max" => Aggregate::Max,
            "avg" => Aggregate::Avg,
            "sum" => Aggregate::Sum,
            "first" => Aggregate::First,
            "last" => Aggregate::Last,
            _ => {
                let digits = word.strip_prefix('p').unwrap_or_default();
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Ok(None);
                }
                self.cursor.at = start + 1;
                let percent = self.cursor.quantity()?;
                return self.percentile(percent, start).map(Some);
            }
        };
        Ok(Some(found))
    }

    fn percentile(&self, percent: Option<Quantity>, start: usize) -> Read<Aggregate> {
        let value = match percent {
            Some(Quantity {
                value,
                unit: Unit::Number,
            }) => value,
            Some(Quantity {
                value,
                unit: Unit::Share,
            }) => value * 100.0,
            Some(_) | None => -1.0,
        };
        if !(0.0..=100.0).contains(&value) {
            let span = self.cursor.span_from(start);
            return Err(Fault::new(span, FaultKind::NotAPercentile));
        }
        Ok(Aggregate::Percentile(value))
    }

    /// What an aggregate aggregates; `percentile` names its percentage first.
    fn aggregate(&mut self, aggregate: Option<Aggregate>, start: usize) -> Read<Expression> {
        if self.aggregates {
            let span = self.cursor.span_from(start);
            return Err(Fault::new(span, FaultKind::NestedAggregate));
        }
        if !self.cursor.take("(") {
            return self.missing(Expected::Argument);
        }
        let aggregate = match aggregate {
            Some(aggregate) => aggregate,
            None => {
                self.cursor.peek();
                let at = self.cursor.at;
                let percent = self.cursor.quantity()?;
                let aggregate = self.percentile(percent, at)?;
                if !self.cursor.take(",") {
                    return self.missing(Expected::Comma);
                }
                aggregate
            }
        };
        self.aggregates = true;
        let inner = self.deeper(Self::sum)?;
        self.aggregates = false;
        self.close(")")?;
        check_aggregate(aggregate, &inner)?;
        Ok(Expression {
            span: self.cursor.span_from(start),
            unit: inner.unit,
            varies: false,
            kind: ExpressionKind::Aggregate(aggregate, Box::new(inner)),
        })
    }

    fn metric(&mut self, metric: Metric, start: usize) -> Read<Expression> {
        let named = self.cursor.span_from(start);
        let labels = if self.cursor.take("{") {
            self.labels(metric, "}")?
        } else if self.cursor.take("(") {
            self.labels(metric, ")")?
        } else {
            self.cursor.at = named.end;
            Labels::default()
        };
        Ok(Expression {
            span: self.cursor.span_from(start),
            unit: metric.unit(),
            varies: metric.shape() == Shape::Gauge,
            kind: ExpressionKind::Metric(Selector { metric, labels }),
        })
    }

    fn labels(&mut self, metric: Metric, close: &str) -> Read<Labels> {
        let mut labels = Labels::default();
        if self.cursor.take(close) {
            return Ok(labels);
        }
        loop {
            let label = self.label(metric, &labels)?;
            let sign = self.cursor.take("==") || self.cursor.take("=");
            if !sign {
                return self.missing(Expected::LabelSign);
            }
            *labels.slot(label) = Some(self.label_value()?);
            if self.cursor.take(close) {
                return Ok(labels);
            }
            if !self.cursor.take(",") {
                return self.missing(Expected::Parenthesis);
            }
        }
    }

    fn label(&mut self, metric: Metric, given: &Labels) -> Read<Label> {
        let word = self.cursor.word();
        let start = self.cursor.at;
        if word.is_empty() {
            return self.missing(Expected::Label);
        }
        self.cursor.at += word.len();
        let span = self.cursor.span_from(start);
        let Some(label) = Label::named(word) else {
            let known = metric.labels().iter().map(|label| label.name());
            let near = nearest(word, known);
            let word = word.to_owned();
            let kind = FaultKind::UnknownLabel { word, near, metric };
            return Err(Fault::new(span, kind));
        };
        if !metric.labels().contains(&label) {
            let kind = FaultKind::LabelNotForMetric { label, metric };
            return Err(Fault::new(span, kind));
        }
        if given.get(label).is_some() {
            return Err(Fault::new(span, FaultKind::LabelTwice(label)));
        }
        Ok(label)
    }

    fn label_value(&mut self) -> Read<String> {
        let quote = self.cursor.peek().filter(|c| matches!(c, '"' | '\''));
        let start = self.cursor.at;
        let value = if let Some(quote) = quote {
            self.cursor.at += 1;
            let value = self.cursor.take_while(|c| c != quote);
            if !self.cursor.rest().starts_with(quote) {
                let span = self.cursor.span_from(start);
                return Err(Fault::new(span, FaultKind::UnclosedQuote));
            }
            self.cursor.at += 1;
            value
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ')' | '"' | '\'');
            self.cursor.take_while(|c| !ends(c))
        };
        if value.is_empty() {
            return self.missing(Expected::LabelValue);
        }
        Ok(value.to_owned())
    }

    fn comparison(&mut self) -> Read<Comparison> {
        // The longer signs first.
        for (sign, comparison) in [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ] {
            if self.cursor.take(sign) {
                return Ok(comparison);
            }
        }
        let found = self.cursor.found();
        if self.cursor.take("=") {
            return Err(Fault::new(found, FaultKind::SingleEquals));
        }
        self.missing(Expected::Comparison)
    }

    fn clause(&mut self) -> Read<(Clause, Span)> {
        let word = self.cursor.word();
        let start = self.cursor.at;
        if !CLAUSES.contains(&word) {
            let end = start;
            return Ok((Clause::Whole, Span { start, end }));
        }
        self.cursor.at += word.len();
        let first = self.moment()?;
        let clause = match word {
            "at" => Clause::At(first),
            "after" => Clause::After(first),
            "until" => Clause::Until(first),
            _ => {
                if !self.cursor.take("..") {
                    return self.missing(Expected::Dots);
                }
                Clause::During(first, self.moment()?)
            }
        };
        let span = self.cursor.span_from(start);
        if let Clause::During(from, to) = clause
            && from >= to
        {
            return Err(Fault::new(span, FaultKind::EmptyWindow));
        }
        Ok((clause, span))
    }

    fn moment(&mut self) -> Read<Instant> {
        self.cursor.peek();
        let start = self.cursor.at;
        match self.cursor.quantity()? {
            None => self.missing(Expected::Moment),
            Some(Quantity { value, unit }) => {
                // Zero is the start in every unit.
                if unit == Unit::Duration || value <= 0.0 {
                    return Ok(Instant(value as u64));
                }
                let span = self.cursor.span_from(start);
                let text = self.cursor.text[start..self.cursor.at].to_string();
                Err(Fault::new(span, FaultKind::NotAMoment(text)))
            }
        }
    }

    /// Nothing may follow; where a clause could, a word may be a slip of one.
    fn end(&mut self, clause_is_open: bool) -> Read<()> {
        if self.cursor.peek().is_none() {
            return Ok(());
        }
        let found = self.cursor.found();
        if self.comparison().is_ok() {
            return Err(Fault::new(found, FaultKind::SecondComparison));
        }
        let text = self.cursor.text[found.start..found.end].to_owned();
        if clause_is_open && let Some(near) = nearest(&text, CLAUSES.into_iter()) {
            let near = Some(near);
            let kind = FaultKind::UnknownWord { word: text, near };
            return Err(Fault::new(found, kind));
        }
        Err(Fault::new(found, FaultKind::Unexpected(text)))
    }
}
