//! Patterns against texts, and against another engine.

use super::*;
use crate::draw::{Stream, draw_below};
use alloc::format;
use alloc::string::String;
use regex_lite::Regex;

#[test]
fn patterns_match_whole_values() {
    for (pattern, yes, no) in [
        ("t2.*", "t2 t2.small", "at2 t3"),
        ("", "", "a"),
        ("a|", " a", "aa"),
        (
            "(m5|c5)\\.(x?large|metal)",
            "m5.large c5.xlarge c5.metal",
            "m5 m5.xxlarge",
        ),
        ("[a-c1-3_-]+", "a b2 -_", "d 4 a.b"),
        ("[^a-c]*", "xyz", "xay"),
        ("[]x]+", "] x]", "["),
        ("[\\d.]+", "1.5", "a"),
        ("[\\D]", "a", "5"),
        ("\\w+\\W\\w+", "a-b", "ab"),
        ("a{2}b{1,}c{0,2}", "aab aabbcc", "ab aa aabccc"),
        ("a{0}b", "b", "ab"),
        ("(?i)T2\\.[A-C]", "t2.b T2.C", "t3.b"),
        ("(?i:A)b", "ab Ab", "AB"),
        ("((?i)a)b", "Ab", "AB"),
        ("a(?-i)b", "ab", "Ab"),
        ("\\Qa.b*\\E+", "a.b* a.b**", "aab"),
        ("(?<name>a)(?:b)", "ab", "a"),
        ("^a$", "a", "b"),
        ("a\\b-\\bb", "a-b", "a b"),
        ("a\\Bb", "ab", "a"),
        ("(a*)*b", "b aab", "a"),
        ("(a|b)*?c??", "ab abc", "cab"),
        ("\\x41\\u0042", "AB", "ab"),
        ("\\t?a\\.\\\\", "a.\\", "ab\\"),
        ("ü+.", "üüä", "ü"),
        (".a}", "xa}", "a"),
        ("x(|a)y", "xy xay", "xaay"),
    ] {
        let compiled = Pattern::compile(pattern).unwrap();
        for text in yes.split(' ') {
            assert!(compiled.matches(text), "{pattern} {text}");
        }
        for text in no.split(' ') {
            assert!(!compiled.matches(text), "{pattern} {text}");
        }
    }
}

#[test]
fn faults_and_their_places() {
    for (pattern, expected) in [
        ("a(?=b)", "1..4 LookAround"),
        ("(?<!a)b", "0..4 LookAround"),
        ("(a)\\1", "3..5 BackReference"),
        ("\\k<a>", "0..2 BackReference"),
        ("a*+", "1..3 Possessive"),
        ("a{2}+", "1..5 Possessive"),
        ("(?>a)", "0..3 AtomicGroup"),
        ("\\p{L}", "0..2 Property"),
        ("[a[b]]", "2..3 ClassOperation"),
        ("[a&&b]", "2..4 ClassOperation"),
        ("(?x)a", "2..3 UnknownFlag"),
        ("(?P<a>b)", "2..3 UnknownFlag"),
        ("(?#a)", "0..3 UnknownGroup"),
        ("(?<1>b)", "0..4 UnknownGroup"),
        ("a(b", "1..2 UnclosedGroup"),
        ("(?i", "0..3 UnclosedGroup"),
        ("a)b", "1..2 UnopenedGroup"),
        ("a[b", "1..2 UnclosedClass"),
        ("[]", "0..1 UnclosedClass"),
        ("[a-", "0..1 UnclosedClass"),
        ("[z-a]", "1..4 BadRange"),
        ("[a-\\d]", "1..5 BadRange"),
        ("ü**", "3..4 NothingToRepeat"),
        ("(+a)", "1..2 NothingToRepeat"),
        ("(?i)*a", "4..5 NothingToRepeat"),
        ("{2}", "0..1 BadRepeat"),
        ("a{x}", "1..2 BadRepeat"),
        ("a{2", "1..3 BadRepeat"),
        ("a{3,2}", "1..6 BadRepeat"),
        ("a{99999999999}", "1..14 BadRepeat"),
        ("\\y", "0..2 UnknownEscape"),
        ("\\x4", "0..2 UnknownEscape"),
        ("\\uD800", "0..2 UnknownEscape"),
        ("a\\", "1..2 DanglingBackslash"),
        ("(a{1000}){1000}", "0..15 TooLarge"),
        ("((((){999}){999}){999}){999}", "0..28 TooLarge"),
        ("a{4000000000}", "0..13 TooLarge"),
    ] {
        let error = Pattern::compile(pattern).unwrap_err();
        let span = error.span;
        let found = format!("{}..{} {:?}", span.start, span.end, error.fault);
        assert_eq!(found, expected, "{pattern}");
    }
    let nested = |times: usize| "(".repeat(times) + &")".repeat(times);
    assert!(Pattern::compile(&nested(GROUPS_DEEP_MAX)).is_ok());
    let error = Pattern::compile(&nested(2000)).unwrap_err();
    assert_eq!(error.fault, PatternFault::TooDeep);
}

#[test]
fn a_bomb_for_engines_that_go_back_takes_no_time() {
    let pattern = Pattern::compile(&("(a?){60}".repeat(2) + "(a|aa)+$")).unwrap();
    assert!(!pattern.matches(&("a".repeat(255) + "b")));
}

const SOUP: [&str; 28] = [
    "a", "b", "a", "c", ".", "(", ")", "(?:", "|", "*", "+", "?", "*?", "[ab]", "[^a]", "[a-b-]",
    "{2}", "{0,1}", "{1,}", "\\b", "\\B", "^", "$", "\\w", "\\D", "(?i)", "A", "(?i:",
];

#[test]
fn another_engine_agrees() {
    let mut compared = 0;
    for seed in 0..20_000 {
        let below = |n, bound| draw_below(seed, Stream::Placement, n, bound);
        let of = |words: &[&'static str], n| {
            words[usize::try_from(below(n, words.len() as u64)).unwrap()]
        };
        let pattern: String = (0..=below(0, 9)).map(|n| of(&SOUP, n + 1)).collect();
        let Ok(ours) = Pattern::compile(&pattern) else {
            continue;
        };
        // No flags at all: Java takes it, the other engine does not.
        if pattern.contains("(?)") {
            continue;
        }
        let theirs = Regex::new(&format!("^(?:{pattern})$"))
            .unwrap_or_else(|error| panic!("{pattern}: {error}"));
        for text in 0..12 {
            let length = below(100 + text, 6);
            let letter = |n| of(&["a", "b", "c", "A", "1", "-"], 1000 + text * 10 + n);
            let text: String = (0..length).map(letter).collect();
            assert_eq!(
                ours.matches(&text),
                theirs.is_match(&text),
                "{pattern} {text}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20_000, "{compared}");
}
