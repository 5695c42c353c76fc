//! Every kind of fault and its place, and the limits of length and depth.

use crate::query::{DEPTH_MAX, EXPRESSION_CHARS_MAX, Query};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

/// A faulty text and what is found: place and kind.
const FAULTS: [(&str, &str); 58] = [
    ("", "0..0 Empty"),
    ("  ", "2..2 Empty"),
    ("()", "1..2 MissingExpression"),
    ("attribute:x exists and", "22..22 MissingExpression"),
    ("and attribute:x exists", "0..3 MissingExpression"),
    ("not", "3..3 MissingExpression"),
    ("attribute:x exists || && y", "22..24 MissingExpression"),
    (
        "Attribute:x == y",
        r#"0..11 UnknownSubject { word: "Attribute:x" }"#,
    ),
    ("x or y", r#"0..1 UnknownSubject { word: "x" }"#),
    (
        "task:groups == y",
        r#"0..11 UnknownSubject { word: "task:groups" }"#,
    ),
    ("attribute: x == y", "0..10 MissingAttributeName"),
    (
        "attribute:a:b == y",
        r#"11..12 InvalidAttributeName { name: "a:b" }"#,
    ),
    ("attribute:x", "11..11 MissingOperator"),
    ("attribute:x and y", "12..15 MissingOperator"),
    ("(attribute:x)", "12..13 MissingOperator"),
    ("attribute:x [a]", "12..14 MissingOperator"),
    ("attribute:x 'a'", "12..15 MissingOperator"),
    ("attribute:x = y", r#"12..13 UnknownOperator { text: "=" }"#),
    (
        "attribute:x EXISTS",
        r#"12..18 UnknownOperator { text: "EXISTS" }"#,
    ),
    (
        "attribute:x !n [y]",
        r#"12..14 UnknownOperator { text: "!n" }"#,
    ),
    (
        "task:group > x",
        "11..12 OperatorNotForSubject { operator: GreaterThan, subject: TaskGroup }",
    ),
    (
        "agentVersion in [1]",
        "13..15 OperatorNotForSubject { operator: In, subject: AgentVersion }",
    ),
    ("attribute:x ==", "14..14 MissingValue"),
    ("attribute:x == and", "15..18 MissingValue"),
    ("(attribute:x ==)", "15..16 MissingValue"),
    ("attribute:x in", "14..14 MissingValue"),
    ("attribute:x in [a, ]", "19..20 MissingValue"),
    ("attribute:x in [,a]", "16..17 MissingValue"),
    ("attribute:x == ,", "15..16 MissingValue"),
    (
        "attribute:x exists y",
        r#"19..20 UnexpectedValue { operator: Exists, text: "y" }"#,
    ),
    ("attribute:x in a", "15..16 ListNeeded { operator: In }"),
    (
        "attribute:x == [a]",
        "15..17 ListNotAllowed { operator: Equals }",
    ),
    ("attribute:x in [ ]", "15..18 EmptyList"),
    ("attribute:x in [a, b", "15..16 UnclosedList"),
    ("(attribute:x in [a)", "16..17 UnclosedList"),
    ("attribute:x in [", "15..16 UnclosedList"),
    ("attribute:x in [a b]", "18..19 MissingComma"),
    ("attribute:x == 'a or b", "15..22 UnclosedQuote"),
    ("(attribute:x exists", "0..1 UnclosedParenthesis"),
    ("attribute:x =~ (a|b)", "15..16 ParenthesisInValue"),
    ("attribute:x == a(b)", "16..17 ParenthesisInValue"),
    (
        "attribute:x == a b",
        r#"17..18 UnexpectedText { text: "b" }"#,
    ),
    (
        "attribute:x == 'a'b",
        r#"18..19 UnexpectedText { text: "b" }"#,
    ),
    (
        "attribute:x == a,b",
        r#"16..17 UnexpectedText { text: "," }"#,
    ),
    (
        "attribute:x exists)",
        r#"18..19 UnexpectedText { text: ")" }"#,
    ),
    (
        "(attribute:x == a b)",
        r#"18..19 UnexpectedText { text: "b" }"#,
    ),
    ("== x", r#"0..2 UnexpectedText { text: "==" }"#),
    (
        "attribute:ü == x",
        r#"10..12 InvalidAttributeName { name: "ü" }"#,
    ),
    (
        "attribute:x =~ 'ü(b'",
        "18..19 InvalidRegex { reason: UnclosedGroup }",
    ),
    (
        "attribute:x =~ *",
        "15..16 InvalidRegex { reason: NothingToRepeat }",
    ),
    (
        "attribute:x =~ '(a{99}){99}'",
        "16..27 InvalidRegex { reason: TooLarge }",
    ),
    (
        "agentVersion > 1.x",
        r#"15..18 InvalidVersion { text: "1.x" }"#,
    ),
    (
        "registeredAt > 2018",
        r#"15..19 InvalidMoment { text: "2018" }"#,
    ),
    (
        "registeredAt > '2018-02-30'",
        r#"16..26 InvalidMoment { text: "2018-02-30" }"#,
    ),
    (
        "runningTasksCount > one",
        r#"20..23 InvalidNumber { text: "one" }"#,
    ),
    (
        "runningTasksCount > 1.5",
        r#"20..23 InvalidNumber { text: "1.5" }"#,
    ),
    (
        "agentConnected == yes",
        r#"18..21 InvalidBoolean { text: "yes" }"#,
    ),
    (
        "agentConnected in [true, no]",
        r#"25..27 InvalidBoolean { text: "no" }"#,
    ),
];

/// Texts of which none is an expression, for the wording's own tests.
pub(crate) fn faulty_texts() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().map(|(text, _)| *text)
}

fn fault(text: &str) -> String {
    match Query::parse(text) {
        Ok(query) => format!("no fault: {query:?}"),
        Err(error) => format!("{}..{} {:?}", error.at, error.end, error.kind),
    }
}

#[test]
fn every_kind_of_fault_and_its_place() {
    for (text, expected) in FAULTS {
        assert_eq!(fault(text), expected, "{text}");
    }
    let kind = |(_, fault): (&'static str, &'static str)| fault.split(' ').nth(1);
    let kinds: BTreeSet<_> = FAULTS.into_iter().filter_map(kind).collect();
    // All but the two below.
    assert_eq!(kinds.len(), 24, "{kinds:?}");
}

#[test]
fn length_and_depth_have_limits() {
    let value = |chars: usize| format!("attribute:x == {}", "ü".repeat(chars - 15));
    assert!(Query::parse(&value(EXPRESSION_CHARS_MAX)).is_ok());
    assert_eq!(fault(&value(2002)), "3985..3989 TooLong { chars: 2002 }");
    let nested = |open: &str, times: usize, close: &str| {
        format!(
            "{}attribute:x exists{}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    assert!(Query::parse(&nested("(", DEPTH_MAX, ")")).is_ok());
    assert_eq!(fault(&nested("(", DEPTH_MAX + 1, ")")), "64..65 TooDeep");
    assert_eq!(fault(&nested("!", 1900, "")), "64..65 TooDeep");
    assert_eq!(fault(&nested("not(", 200, ")")), "128..131 TooDeep");
}
