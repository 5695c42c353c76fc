//! From text to tree: `or`, `and`, `not`, parentheses, single expressions (ecs.md 2.9).

use super::moment::parse_moment;
use super::operator::{Operator, Subject};
use super::pattern::Pattern;
use super::token::{Connective, Cursor, Manner, Value, fault};
use super::tree::{Asked, Node, NodeKind, Relation, Test, TextTest};
use super::version::is_version;
use super::{DEPTH_MAX, EXPRESSION_CHARS_MAX, QueryError, QueryErrorKind};
use crate::source::Span;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

type Read<T> = Result<T, QueryError>;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Read<Node> {
    check_length(text)?;
    let mut parser = Parser {
        cursor: Cursor::new(text),
        depth: 0,
    };
    let root = parser.alternatives()?.node;
    let rest = parser.cursor.found();
    if rest.start < rest.end {
        let text = parser.cursor.text(rest).to_string();
        return Err(fault(rest, QueryErrorKind::UnexpectedText { text }));
    }
    Ok(root)
}

fn check_length(text: &str) -> Read<()> {
    let end = text.len();
    if text.trim().is_empty() {
        return Err(fault(Span { start: end, end }, QueryErrorKind::Empty));
    }
    match text.char_indices().nth(EXPRESSION_CHARS_MAX) {
        None => Ok(()),
        Some((start, _)) => {
            let chars = text.chars().count();
            Err(fault(
                Span { start, end },
                QueryErrorKind::TooLong { chars },
            ))
        }
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    /// Parentheses and negations that are open.
    depth: usize,
}

/// A part as it was read: `outer` holds the parentheses around it as well.
struct Part {
    node: Node,
    outer: Span,
}

impl From<Node> for Part {
    fn from(node: Node) -> Self {
        let outer = node.span;
        Self { node, outer }
    }
}

impl<'a> Parser<'a> {
    fn alternatives(&mut self) -> Read<Part> {
        self.joined(Connective::Or, NodeKind::Or, Self::conjunction)
    }

    fn conjunction(&mut self) -> Read<Part> {
        self.joined(Connective::And, NodeKind::And, Self::unary)
    }

    /// Parts with the same connective between them; a single part stays what it is.
    fn joined(
        &mut self,
        connective: Connective,
        kind: fn(Vec<Node>) -> NodeKind,
        part: fn(&mut Self) -> Read<Part>,
    ) -> Read<Part> {
        let first = part(self)?;
        self.cursor.skip_space();
        let Span { start, mut end } = first.outer;
        let mut nodes = vec![first];
        while self.cursor.eat_connective(connective) {
            let next = part(self)?;
            self.cursor.skip_space();
            end = next.outer.end;
            nodes.push(next);
        }
        if nodes.len() == 1
            && let Some(only) = nodes.pop()
        {
            return Ok(only);
        }
        let span = Span { start, end };
        let kind = kind(nodes.into_iter().map(|part| part.node).collect());
        Ok(Node { span, kind }.into())
    }

    fn unary(&mut self) -> Read<Part> {
        self.cursor.skip_space();
        let negation = self.cursor.eat("!").or_else(|| self.cursor.eat_word("not"));
        if let Some(sign) = negation {
            self.enter(sign)?;
            let part = self.unary()?;
            self.depth -= 1;
            let span = Span {
                start: sign.start,
                end: part.outer.end,
            };
            let kind = NodeKind::Not(Box::new(part.node));
            return Ok(Node { span, kind }.into());
        }
        match self.cursor.eat("(") {
            Some(open) => self.parenthesised(open),
            None => Ok(self.single()?.into()),
        }
    }

    fn parenthesised(&mut self, open: Span) -> Read<Part> {
        self.enter(open)?;
        let node = self.alternatives()?.node;
        self.depth -= 1;
        if let Some(close) = self.cursor.eat(")") {
            let outer = Span {
                start: open.start,
                end: close.end,
            };
            return Ok(Part { node, outer });
        }
        let rest = self.cursor.found();
        if rest.start == rest.end {
            return Err(fault(open, QueryErrorKind::UnclosedParenthesis));
        }
        let text = self.cursor.text(rest).to_string();
        Err(fault(rest, QueryErrorKind::UnexpectedText { text }))
    }

    fn enter(&mut self, sign: Span) -> Read<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(fault(sign, QueryErrorKind::TooDeep));
        }
        Ok(())
    }

    fn single(&mut self) -> Read<Node> {
        if self.cursor.is_at_end() {
            return Err(self.cursor.fault_here(QueryErrorKind::MissingExpression));
        }
        let start = self.cursor.at();
        let (subject, name) = self.subject()?;
        let operator = self.operator(subject)?;
        self.cursor.skip_space();
        let test = self.test(subject, name, operator)?;
        let end = self.cursor.at();
        // Where no value follows, white space has been skipped to find that out.
        let text = self.cursor.text(Span { start, end }).trim_end();
        let end = start + text.len();
        Ok(Node {
            span: Span { start, end },
            kind: NodeKind::Single(test),
        })
    }

    /// The subject, and the name behind `attribute:`.
    fn subject(&mut self) -> Read<(Subject, &'a str)> {
        let found = self.cursor.found();
        let span = self.cursor.take_subject();
        if span.start == span.end {
            let text = self.cursor.text(found).to_string();
            return Err(fault(found, QueryErrorKind::UnexpectedText { text }));
        }
        let word = self.cursor.text(span);
        if let Some(name) = word.strip_prefix(Subject::Attribute.spelling()) {
            check_name(name, span)?;
            return Ok((Subject::Attribute, name));
        }
        let known = Subject::ALL.into_iter().find(|it| it.spelling() == word);
        let unknown = || {
            let word = word.to_string();
            fault(span, QueryErrorKind::UnknownSubject { word })
        };
        Ok((known.ok_or_else(unknown)?, ""))
    }

    fn operator(&mut self, subject: Subject) -> Read<Operator> {
        self.cursor.skip_space();
        if self.cursor.is_at_end() {
            return Err(self.cursor.fault_here(QueryErrorKind::MissingOperator));
        }
        let found = self.cursor.found();
        let span = self.cursor.take_operator();
        if span.start == span.end {
            return Err(fault(found, QueryErrorKind::MissingOperator));
        }
        let text = self.cursor.text(span);
        let Some(operator) = Operator::from_text(text) else {
            let text = text.to_string();
            return Err(fault(span, QueryErrorKind::UnknownOperator { text }));
        };
        if !subject.takes(operator) {
            let kind = QueryErrorKind::OperatorNotForSubject { operator, subject };
            return Err(fault(span, kind));
        }
        Ok(operator)
    }

    fn test(&mut self, subject: Subject, name: &str, operator: Operator) -> Read<Test> {
        Ok(match subject {
            Subject::AgentConnected => {
                Test::AgentConnected(self.text_test(operator, check_boolean)?)
            }
            Subject::Attribute => Test::Attribute {
                name: name.to_string(),
                test: self.text_test(operator, |_| Ok(()))?,
            },
            Subject::Ec2InstanceId => Test::Ec2InstanceId(self.text_test(operator, |_| Ok(()))?),
            Subject::TaskGroup => Test::TaskGroup(self.text_test(operator, |_| Ok(()))?),
            Subject::AgentVersion => {
                let (relation, version) = self.compared(operator, version)?;
                Test::AgentVersion(relation, version)
            }
            Subject::RegisteredAt => {
                let (relation, moment) = self.compared(operator, moment)?;
                Test::RegisteredAt(relation, moment)
            }
            Subject::RunningTasksCount => {
                let (relation, count) = self.compared(operator, number)?;
                Test::RunningTasksCount(relation, count)
            }
        })
    }

    /// A value of an ordered kind. Such subjects take only operators that compare.
    fn compared<T>(
        &mut self,
        operator: Operator,
        read: fn(&Value) -> Read<T>,
    ) -> Read<(Relation, T)> {
        let value = self.value(operator, Manner::Plain)?;
        let relation = Relation::of(operator);
        let relation = relation.expect("the subject takes only operators that compare");
        Ok((relation, read(&value)?))
    }

    fn text_test(&mut self, operator: Operator, check: fn(&Value) -> Read<()>) -> Read<TextTest> {
        let asked = match operator {
            Operator::Exists | Operator::NotExists => {
                self.no_value(operator)?;
                return Ok(if operator.is_negated() {
                    TextTest::NotExists
                } else {
                    TextTest::Exists
                });
            }
            Operator::Matches | Operator::NotMatches => self.pattern(operator)?,
            Operator::In | Operator::NotIn => Asked::In(self.list(operator, check)?),
            Operator::Equals
            | Operator::NotEquals
            | Operator::GreaterThan
            | Operator::GreaterThanEqual
            | Operator::LessThan
            | Operator::LessThanEqual => {
                let value = self.value(operator, Manner::Plain)?;
                check(&value)?;
                asked_of(operator, value.text)
            }
        };
        Ok(if operator.is_negated() {
            TextTest::IsNot(asked)
        } else {
            TextTest::Is(asked)
        })
    }

    fn no_value(&self, operator: Operator) -> Read<()> {
        if self.cursor.is_at_end() {
            return Ok(());
        }
        let span = self.cursor.found();
        let text = self.cursor.text(span).to_string();
        let kind = QueryErrorKind::UnexpectedValue { operator, text };
        Err(fault(span, kind))
    }

    fn value(&mut self, operator: Operator, manner: Manner) -> Read<Value> {
        let is_list = matches!(manner, Manner::Plain) && self.cursor.rest().starts_with('[');
        if is_list {
            let kind = QueryErrorKind::ListNotAllowed { operator };
            return Err(self.cursor.fault_here(kind));
        }
        self.cursor.take_value(manner)
    }

    fn pattern(&mut self, operator: Operator) -> Read<Asked> {
        let value = self.value(operator, Manner::Pattern)?;
        let pattern = Pattern::compile(&value.text).map_err(|error| {
            let span = Span {
                start: value.span.start + error.span.start,
                end: value.span.start + error.span.end,
            };
            let kind = QueryErrorKind::InvalidRegex {
                reason: error.fault,
            };
            fault(span, kind)
        })?;
        Ok(Asked::Match(pattern))
    }

    fn list(&mut self, operator: Operator, check: fn(&Value) -> Read<()>) -> Read<Vec<String>> {
        if self.cursor.is_at_end() {
            return Err(self.cursor.fault_here(QueryErrorKind::MissingValue));
        }
        let Some(open) = self.cursor.eat("[") else {
            let kind = QueryErrorKind::ListNeeded { operator };
            return Err(self.cursor.fault_here(kind));
        };
        let mut values = Vec::new();
        loop {
            self.cursor.skip_space();
            if values.is_empty()
                && let Some(close) = self.cursor.eat("]")
            {
                let span = Span {
                    start: open.start,
                    end: close.end,
                };
                return Err(fault(span, QueryErrorKind::EmptyList));
            }
            self.check_list_open(open)?;
            let value = self.cursor.take_value(Manner::Plain)?;
            check(&value)?;
            values.push(value.text);
            self.cursor.skip_space();
            if self.cursor.eat("]").is_some() {
                return Ok(values);
            }
            self.check_list_open(open)?;
            if self.cursor.eat(",").is_none() {
                return Err(self.cursor.fault_here(QueryErrorKind::MissingComma));
            }
        }
    }

    fn check_list_open(&self, open: Span) -> Read<()> {
        if self.cursor.is_at_end() {
            return Err(fault(open, QueryErrorKind::UnclosedList));
        }
        Ok(())
    }
}

/// Letters, digits and `- _ / \ .` (ecs.md 2.9). Longer names than AWS takes are merely missing on
/// every host.
fn check_name(name: &str, subject: Span) -> Read<()> {
    if name.is_empty() {
        return Err(fault(subject, QueryErrorKind::MissingAttributeName));
    }
    let start = subject.end - name.len();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_/\\.".contains(c);
    let Some((at, wrong)) = name.char_indices().find(|(_, c)| !is_part(*c)) else {
        return Ok(());
    };
    let span = Span {
        start: start + at,
        end: start + at + wrong.len_utf8(),
    };
    let name = name.to_string();
    Err(fault(span, QueryErrorKind::InvalidAttributeName { name }))
}

/// What a comparison asks of a text.
fn asked_of(operator: Operator, text: String) -> Asked {
    match Relation::of(operator) {
        Some(
            relation @ (Relation::Greater
            | Relation::GreaterEqual
            | Relation::Less
            | Relation::LessEqual),
        ) => Asked::Compare(relation, text),
        Some(Relation::Equal | Relation::NotEqual) | None => Asked::Equal(text),
    }
}

fn check_boolean(value: &Value) -> Read<()> {
    if matches!(&*value.text, "true" | "false") {
        return Ok(());
    }
    let text = value.text.clone();
    Err(fault(value.span, QueryErrorKind::InvalidBoolean { text }))
}

fn version(value: &Value) -> Read<String> {
    let text = value.text.clone();
    if is_version(&text) {
        return Ok(text);
    }
    Err(fault(value.span, QueryErrorKind::InvalidVersion { text }))
}

fn moment(value: &Value) -> Read<i64> {
    let text = value.text.clone();
    parse_moment(&text).ok_or_else(|| fault(value.span, QueryErrorKind::InvalidMoment { text }))
}

fn number(value: &Value) -> Read<i64> {
    let text = value.text.clone();
    let number = text.parse().ok();
    number.ok_or_else(|| fault(value.span, QueryErrorKind::InvalidNumber { text }))
}
