//! Cluster query expressions in words: how many hosts match, and a fault with an excerpt in
//! which its place is marked.

use super::Words;
use super::excerpt::{alternatives, excerpt, quoted};
use crate::near::nearest;
use crate::query::{
    DEPTH_MAX, EXPRESSION_CHARS_MAX, Operator, PatternFault, QueryError, QueryErrorKind, Subject,
};
use crate::source::Span;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How many hosts match an expression, of how many: `3 of 12 hosts match`.
#[must_use]
pub fn matching_words(matches: usize, of: usize) -> String {
    let hosts = if of == 1 { "host" } else { "hosts" };
    let verb = if matches == 1 { "matches" } else { "match" };
    format!("{matches} of {of} {hosts} {verb}")
}

/// The fault in words: what is wrong, then what to do.
#[must_use]
pub fn query_error_words(error: &QueryError) -> Words {
    let (message, hint) = match &error.kind {
        QueryErrorKind::UnknownSubject { word } => (
            format!("{} is nothing to ask of a host", quoted(word)),
            subject_hint(word),
        ),
        QueryErrorKind::UnknownOperator { text } => (
            format!("{} is not an operator", quoted(text)),
            operator_hint(text),
        ),
        QueryErrorKind::OperatorNotForSubject { operator, subject } => (
            format!(
                "`{}` cannot be compared with `{operator}`",
                subject.spelling()
            ),
            format!("use {}", operators(|it| subject.takes(it))),
        ),
        QueryErrorKind::InvalidRegex { reason } => {
            let (message, hint) = pattern_words(*reason);
            (message.to_string(), hint.to_string())
        }
        kind @ (QueryErrorKind::Empty
        | QueryErrorKind::TooLong { .. }
        | QueryErrorKind::TooDeep
        | QueryErrorKind::MissingExpression
        | QueryErrorKind::MissingAttributeName
        | QueryErrorKind::InvalidAttributeName { .. }
        | QueryErrorKind::MissingOperator
        | QueryErrorKind::MissingValue
        | QueryErrorKind::UnexpectedValue { .. }
        | QueryErrorKind::ListNeeded { .. }
        | QueryErrorKind::ListNotAllowed { .. }
        | QueryErrorKind::EmptyList
        | QueryErrorKind::UnclosedList
        | QueryErrorKind::MissingComma
        | QueryErrorKind::UnclosedQuote
        | QueryErrorKind::UnclosedParenthesis
        | QueryErrorKind::ParenthesisInValue
        | QueryErrorKind::UnexpectedText { .. }
        | QueryErrorKind::InvalidVersion { .. }
        | QueryErrorKind::InvalidMoment { .. }
        | QueryErrorKind::InvalidNumber { .. }
        | QueryErrorKind::InvalidBoolean { .. }) => {
            let (message, hint) = plain_words(kind);
            (message, hint.to_string())
        }
    };
    Words {
        message,
        hint: (!hint.is_empty()).then_some(hint),
    }
}

/// Words whose hint is always the same.
fn plain_words(kind: &QueryErrorKind) -> (String, &'static str) {
    let plain = |message: &str| message.to_string();
    match kind {
        // Worded above, with hints of their own.
        QueryErrorKind::UnknownSubject { .. }
        | QueryErrorKind::UnknownOperator { .. }
        | QueryErrorKind::OperatorNotForSubject { .. }
        | QueryErrorKind::InvalidRegex { .. } => (String::new(), ""),
        QueryErrorKind::Empty => (
            plain("the expression is empty"),
            "write one such as `attribute:ecs.instance-type == t3.small`",
        ),
        QueryErrorKind::TooLong { chars } => (
            format!("{chars} characters are more than the {EXPRESSION_CHARS_MAX} that ECS takes"),
            "use `in [...]` for many values, or `=~` with a pattern",
        ),
        QueryErrorKind::TooDeep => (
            format!("parentheses and negations are nested deeper than {DEPTH_MAX} levels"),
            "take out parentheses that change nothing",
        ),
        QueryErrorKind::MissingExpression => (
            plain("an expression is missing here"),
            "write subject, operator and value, or take out what joins or negates it",
        ),
        QueryErrorKind::MissingAttributeName => (
            plain("`attribute:` names no attribute"),
            "write the name right behind the colon, as in `attribute:ecs.instance-type`",
        ),
        QueryErrorKind::InvalidAttributeName { name } => (
            format!("{} is not the name of an attribute", quoted(name)),
            "use letters, digits and - _ / \\ . only",
        ),
        QueryErrorKind::MissingOperator => (
            plain("an operator is missing here"),
            "write one such as `==`, `in`, `=~` or `exists`",
        ),
        QueryErrorKind::MissingValue => (
            plain("a value is missing here"),
            "write the value; put `and`, `or`, commas and brackets into quotes",
        ),
        QueryErrorKind::UnexpectedValue { operator, text } => (
            format!("`{operator}` takes no value, but {} follows", quoted(text)),
            "take the value out, or compare with `==`",
        ),
        QueryErrorKind::ListNeeded { operator } => (
            format!("`{operator}` takes a list"),
            "put the values into brackets, as in `[us-east-1a, us-east-1b]`",
        ),
        QueryErrorKind::ListNotAllowed { operator } => (
            format!("`{operator}` takes one value, not a list"),
            "use `in` or `!in` for a list, or put the value into quotes",
        ),
        QueryErrorKind::EmptyList => (
            plain("the list is empty"),
            "write at least one value between the brackets",
        ),
        QueryErrorKind::UnclosedList => (
            plain("this list is never closed"),
            "write `]` behind its last value",
        ),
        QueryErrorKind::MissingComma => (
            plain("a comma is missing before this value"),
            "write a comma between values; put a value with spaces into quotes",
        ),
        QueryErrorKind::UnclosedQuote => (
            plain("this quote is never closed"),
            "write the same quote behind the value",
        ),
        QueryErrorKind::UnclosedParenthesis => {
            (plain("this parenthesis is never closed"), "add a `)`")
        }
        QueryErrorKind::ParenthesisInValue => (
            plain("a value without quotes holds no parentheses"),
            "put the whole value or pattern into quotes",
        ),
        QueryErrorKind::UnexpectedText { text } => (
            format!("{} does not belong here", quoted(text)),
            "join expressions by `and` or `or`; put a value with spaces into quotes",
        ),
        QueryErrorKind::InvalidVersion { text } => (
            format!("{} is not a version of the agent", quoted(text)),
            "write numbers and dots, as in `1.14.5`",
        ),
        QueryErrorKind::InvalidMoment { text } => (
            format!("{} is not a date", quoted(text)),
            "write `2018-06-18`, or `2018-06-18T22:28:28Z` with a time",
        ),
        QueryErrorKind::InvalidNumber { text } => (
            format!("{} is not a whole number", quoted(text)),
            "write digits only, as in `runningTasksCount == 1`",
        ),
        QueryErrorKind::InvalidBoolean { text } => (
            format!("{} is neither `true` nor `false`", quoted(text)),
            "write `true` for connected agents, `false` for all others",
        ),
    }
}

fn pattern_words(fault: PatternFault) -> (&'static str, &'static str) {
    match fault {
        PatternFault::LookAround => (
            "this pattern looks around, which Stowplan does not match",
            "say it with `and` and `!~`, or without `(?`",
        ),
        PatternFault::BackReference => (
            "this pattern refers back to a group, which Stowplan does not match",
            "write out what the group stands for",
        ),
        PatternFault::Possessive => (
            "this quantifier is possessive, which Stowplan does not match",
            "take out the `+` behind it; the whole value has to match anyway",
        ),
        PatternFault::AtomicGroup => (
            "this group is atomic, which Stowplan does not match",
            "write `(?:` instead of `(?>`",
        ),
        PatternFault::Property => (
            "this is a Unicode property, which Stowplan does not read",
            "write a class such as `[A-Za-z]`",
        ),
        PatternFault::ClassOperation => (
            "this class holds another one, which Stowplan does not read",
            "write one class, and a backslash before a `[` or `&` that is meant as such",
        ),
        PatternFault::UnknownFlag => (
            "Stowplan does not read this flag",
            "use `i` for any case and `s` for any character, or none",
        ),
        PatternFault::UnknownGroup => {
            ("this is no kind of group", "write `(`, `(?:` or `(?<name>`")
        }
        PatternFault::UnclosedGroup => ("this group is never closed", "add a `)`"),
        PatternFault::UnopenedGroup => (
            "this parenthesis closes nothing",
            "take it out, or write `\\)`",
        ),
        PatternFault::UnclosedClass => ("this class is never closed", "add a `]`, or write `\\[`"),
        PatternFault::BadRange => (
            "this range ends before it begins",
            "write the lower end first, or the dash last",
        ),
        PatternFault::NothingToRepeat => (
            "there is nothing here to repeat",
            "write `.*` for any text; `*` alone repeats what stands before it",
        ),
        PatternFault::BadRepeat => (
            "this is not a number of repetitions",
            "write `{2}`, `{2,}` or `{2,5}`, or `\\{`",
        ),
        PatternFault::UnknownEscape => (
            "this escape means nothing",
            "take the backslash out, or write `\\\\` for one",
        ),
        PatternFault::DanglingBackslash => (
            "nothing follows this backslash",
            "take it out, or write `\\\\` for one",
        ),
        PatternFault::TooDeep => (
            "groups are nested too deep",
            "take out groups that change nothing",
        ),
        PatternFault::TooLarge => (
            "this pattern repeats too much",
            "use smaller numbers of repetitions, or `*`",
        ),
    }
}

/// What the unknown word was meant to be, or all that can be asked.
fn subject_hint(word: &str) -> String {
    let (head, name) = word.split_once(':').unwrap_or((word, ""));
    let attribute = Subject::Attribute.spelling();
    if !name.is_empty() && nearest(head, ["attribute"].into_iter()).is_some() {
        return format!("did you mean {}?", quoted(&format!("{attribute}{name}")));
    }
    if let Some(known) = nearest(word, Subject::ALL.into_iter().map(Subject::spelling)) {
        return format!("did you mean `{known}`?");
    }
    if name.is_empty() && word.contains('.') {
        return format!(
            "an attribute is written {}",
            quoted(&format!("{attribute}{word}"))
        );
    }
    let known = Subject::ALL.into_iter().map(|subject| match subject {
        Subject::Attribute => "`attribute:NAME`".to_string(),
        Subject::AgentConnected
        | Subject::AgentVersion
        | Subject::Ec2InstanceId
        | Subject::RegisteredAt
        | Subject::RunningTasksCount
        | Subject::TaskGroup => format!("`{}`", subject.spelling()),
    });
    format!("ask for {}", alternatives(&known.collect::<Vec<_>>()))
}

/// What the unknown operator was meant to be, or all there are.
fn operator_hint(text: &str) -> String {
    // What other languages write.
    let known = match text {
        "=" | "===" | "is" | "eq" => Some("=="),
        "<>" | "!==" | "!" | "ne" | "=!" => Some("!="),
        "=<" => Some("<="),
        "=>" => Some(">="),
        "~" | "~=" | "like" => Some("=~"),
        "not" => Some("not_in"),
        _ => nearest(text, Operator::ALL.into_iter().map(Operator::word)),
    };
    match known {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("use {}", operators(|_| true)),
    }
}

/// The operators of a kind, as alternatives.
fn operators(are_wanted: impl Fn(Operator) -> bool) -> String {
    let wanted = Operator::ALL.into_iter().filter(|it| are_wanted(*it));
    let symbols: Vec<_> = wanted.map(|it| format!("`{it}`")).collect();
    alternatives(&symbols)
}

/// The expression on one line, and a line below it with carets under the fault.
#[must_use]
pub fn query_error_excerpt(text: &str, error: &QueryError) -> String {
    let (start, end) = (error.at, error.end);
    excerpt(text, Span { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    fn worded(text: &str) -> String {
        let error = Query::parse(text).unwrap_err();
        let words = query_error_words(&error);
        let excerpt = query_error_excerpt(text, &error);
        format!(
            "{excerpt}\n{}; {}",
            words.message,
            words.hint.unwrap_or_default()
        )
    }

    #[test]
    fn faults_are_marked_and_explained() {
        for (text, expected) in [
            (
                "atribute:stack == prod",
                "atribute:stack == prod\n^^^^^^^^^^^^^^\n\
                 `atribute:stack` is nothing to ask of a host; did you mean `attribute:stack`?",
            ),
            (
                "runningTaskCount == 1",
                "runningTaskCount == 1\n^^^^^^^^^^^^^^^^\n\
                 `runningTaskCount` is nothing to ask of a host; did you mean `runningTasksCount`?",
            ),
            (
                "ecs.instance-type == t2.small",
                "ecs.instance-type == t2.small\n^^^^^^^^^^^^^^^^^\n\
                 `ecs.instance-type` is nothing to ask of a host; \
                 an attribute is written `attribute:ecs.instance-type`",
            ),
            (
                "zone in [a]",
                "zone in [a]\n^^^^\n`zone` is nothing to ask of a host; ask for `agentConnected`, \
                 `agentVersion`, `attribute:NAME`, `ec2InstanceId`, `registeredAt`, \
                 `runningTasksCount` or `task:group`",
            ),
            (
                "attribute:stack = prod",
                "attribute:stack = prod\n                ^\n\
                 `=` is not an operator; did you mean `==`?",
            ),
            (
                "attribute:stack equal prod",
                "attribute:stack equal prod\n                ^^^^^\n\
                 `equal` is not an operator; did you mean `equals`?",
            ),
            (
                "runningTasksCount =~ 1",
                "runningTasksCount =~ 1\n                  ^^\n\
                 `runningTasksCount` cannot be compared with `=~`; \
                 use `==`, `!=`, `>`, `>=`, `<` or `<=`",
            ),
            (
                "attribute:stack ==",
                "attribute:stack ==\n                  ^\n\
                 a value is missing here; \
                 write the value; put `and`, `or`, commas and brackets into quotes",
            ),
            (
                "attribute:grün == ü",
                "attribute:grün == ü\n            ^\n`grün` is not the name of an attribute; \
                 use letters, digits and - _ / \\ . only",
            ),
            (
                "attribute:x =~ \"a(?!b)\"",
                "attribute:x =~ \"a(?!b)\"\n                 ^^^\n\
                 this pattern looks around, which Stowplan does not match; \
                 say it with `and` and `!~`, or without `(?`",
            ),
        ] {
            assert_eq!(worded(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_expression_is_shown_around_its_fault() {
        let before = "attribute:x == a or ".repeat(6);
        let after = " or attribute:x == a".repeat(6);
        let shown = |text: &str| {
            let error = Query::parse(text).unwrap_err();
            query_error_excerpt(text, &error)
        };
        assert_eq!(
            shown(&format!("{before}stack == a{after}")),
            "… or attribute:x == a or stack == a or attribute:x == a or attribute:x ==…\n"
                .to_string()
                + &" ".repeat(25)
                + "^^^^^",
        );
        assert_eq!(
            shown(&format!("{before}stack")),
            "…= a or attribute:x == a or attribute:x == a or attribute:x == a or stack\n"
                .to_string()
                + &" ".repeat(68)
                + "^^^^^",
        );
        assert_eq!(
            shown(&format!("{before}(")),
            "…x == a or attribute:x == a or attribute:x == a or attribute:x == a or (\n"
                .to_string()
                + &" ".repeat(72)
                + "^",
        );
    }

    #[test]
    fn every_fault_has_words_and_something_to_do() {
        for text in crate::query::faulty_texts() {
            let error = Query::parse(text).unwrap_err();
            let words = query_error_words(&error);
            assert!(!words.message.is_empty(), "{text}");
            assert!(!words.message.ends_with('.'), "{}", words.message);
            assert!(words.hint.is_some_and(|hint| !hint.is_empty()), "{text}");
        }
    }
}
