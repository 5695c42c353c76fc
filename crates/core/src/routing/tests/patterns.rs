//! Wildcards and expressions by themselves.

use super::*;
use crate::draw::{Stream, draw_below};
use crate::routing::regex::{Regex, RegexManner};
use crate::routing::wildcard::{Manner, Wildcard};
use RegexFault::{
    AtomicGroup, BackReference, Invalid, LookAround, Possessive, Recursion, TooLarge, UnicodeClass,
};

const PLAIN: Manner = Manner {
    any_case: false,
    escapes: false,
    anchored: true,
    separator: None,
};

fn steps(value: &str, text: &str) -> (bool, u64) {
    let mut steps = 0;
    let matched = Wildcard::new(value, PLAIN).counted(text.as_bytes(), &mut steps);
    (matched, steps)
}

#[test]
fn no_value_takes_more_steps_than_its_text_and_its_longest_literal() {
    let long = "a".repeat(100_000);
    let stars = "*a".repeat(64);
    // Each star takes nothing and the text ends too late: every byte is looked at about once.
    let (matched, taken) = steps(&format!("{stars}b"), &long);
    assert!(!matched);
    assert!(taken <= 4 * 100_000, "{taken}");
    // The worst there is: a literal of 126 bytes that fails at its last one, at every place.
    let literal = format!("*{}b", "a".repeat(126));
    let (matched, taken) = steps(&format!("{literal}*"), &long);
    assert!(!matched);
    assert!(taken <= 128 * 100_000, "{taken}");
    // Twice the text takes twice the steps; the literal has fewer places at the very end.
    let (_, twice) = steps(&format!("{literal}*"), &"a".repeat(200_000));
    assert!(twice <= 2 * taken + 128 * 128, "{twice} after {taken}");
}

/// Straight from the table: a star is any number of characters, a question mark is one.
fn says(value: &[u8], text: &[u8], manner: Manner) -> bool {
    let crossed = |byte: u8| manner.separator != Some(byte);
    match (value, text) {
        ([], rest) => rest.is_empty(),
        ([b'*', value @ ..], _) if says(value, text, manner) => true,
        ([b'*', ..], [first, rest @ ..]) => crossed(*first) && says(value, rest, manner),
        ([b'?', value @ ..], [first, rest @ ..]) => crossed(*first) && says(value, rest, manner),
        ([wanted, value @ ..], [first, rest @ ..]) => {
            let same = if manner.any_case {
                wanted.eq_ignore_ascii_case(first)
            } else {
                wanted == first
            };
            same && says(value, rest, manner)
        }
        ([_, ..], []) => false,
    }
}

fn drawn(n: u64, alphabet: &[u8], most: u64) -> String {
    let length = draw_below(5, Stream::Pull, n * 64, most + 1);
    let letter = |at: u64| {
        let at = draw_below(5, Stream::Pull, n * 64 + 1 + at, alphabet.len() as u64);
        char::from(alphabet[usize::try_from(at).unwrap()])
    };
    (0..length).map(letter).collect()
}

#[test]
fn wildcards_match_what_the_table_says() {
    let mut matched = 0_u32;
    for n in 0..60_000_u64 {
        let (value, text) = (drawn(2 * n, b"ab/*?*", 7), drawn(2 * n + 1, b"ab/A", 8));
        let manner = Manner {
            any_case: n % 2 == 0,
            separator: (n % 3 == 0).then_some(b'/'),
            ..PLAIN
        };
        let expected = says(value.as_bytes(), text.as_bytes(), manner);
        let found = Wildcard::new(&value, manner).matches(text.as_bytes());
        assert_eq!(found, expected, "{value} {text} {manner:?}");
        matched += u32::from(found);
    }
    assert!(matched > 5_000, "{matched}");
}

#[test]
fn what_aws_refuses_is_refused() {
    for (text, fault) in [
        ("a(?=b)", LookAround),
        ("a(?!b)", LookAround),
        ("(?<=a)b", LookAround),
        ("(?<!a)b", LookAround),
        ("(a)\\1", BackReference),
        ("(?P<n>a)\\k<n>", BackReference),
        ("(?>a*)b", AtomicGroup),
        ("a*+", Possessive),
        ("a++b", Possessive),
        ("a?+", Possessive),
        ("a{1,2}+", Possessive),
        ("(?R)", Recursion),
        ("(a)(?1)", Recursion),
        ("\\g<1>", Recursion),
        ("\\p{L}", UnicodeClass),
        ("[\\P{Lu}]", UnicodeClass),
        ("(((a{100}){100}){100}){100}", TooLarge),
    ] {
        assert_eq!(groups_of(text), Err(fault), "{text}");
    }
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    assert_eq!(groups_of(&deep), Err(TooLarge));
    for text in ["(a", "a)", "[a", "*a", "a{2,1}", "\\", "(?<1a>b)"] {
        assert!(matches!(groups_of(text), Err(Invalid(_))), "{text}");
    }
    for (text, groups) in [
        ("^/api/(.+)$", 1),
        ("[*+]+a??b*?", 0),
        ("\\*+(a)(?:b)", 1),
        ("[]+]+", 0),
    ] {
        assert_eq!(groups_of(text), Ok(groups), "{text}");
    }
}

#[test]
fn literals_that_are_compared_first_change_no_answer() {
    let texts = [
        "/api/v1/users",
        "/api/v1/",
        "api",
        "/apx",
        "",
        "a.b",
        "axb",
        "ab",
        "a",
        "A.B",
        "/x$",
        "41",
    ];
    let values = [
        "^/api/v[0-9]+/users$",
        "^/api",
        "users$",
        "^a\\.b$",
        "^a.b$",
        "^ab*$",
        "^ab?$",
        "^a|b$",
        "^(?:a|/api)",
        "(?i)^A\\.b",
        "^[a]\\.b",
        "^a{1}b$",
        "\\x41$",
        "^\\x61",
        "a\\$$",
        "^/x\\$$",
        "[[:alpha:]]b$",
        "^^a",
        "a$|^b",
        "^",
        "$",
        "^a\\.?b$",
        "^(a)(\\.)b$",
    ];
    for value in values {
        let plain = regex_lite::Regex::new(value).unwrap();
        let folded = regex_lite::RegexBuilder::new(value)
            .case_insensitive(true)
            .build()
            .unwrap();
        for text in texts {
            let ours = |any_case| {
                let manner = RegexManner {
                    anchored: false,
                    any_case,
                };
                Regex::new(value, manner).unwrap().matches(text.as_bytes())
            };
            assert_eq!(ours(false), plain.is_match(text), "{value} {text}");
            assert_eq!(
                ours(true),
                folded.is_match(text),
                "{value} {text} in any case"
            );
        }
    }
}

#[test]
fn expressions_search_unless_the_setting_anchors_them() {
    let of = |value: &str, settings| with(vec![Condition::Path(regexes(&[value]))], settings);
    let usual = RoutingSettings::default();
    let anchored = RoutingSettings {
        regex_is_anchored: true,
        ..usual
    };
    let request = get("http://h.com/a/v1/b");
    assert!(meets(&of("/v[0-9]+", usual), &request));
    assert!(!meets(&of("/v[0-9]+", anchored), &request));
    assert!(meets(&of(".*/v[0-9]+/.*|x", anchored), &request));
    assert!(meets(&of("(?x) .*/b # all", anchored), &request));
    assert!(!meets(&of("^/V[0-9]+", usual), &request));
}

#[test]
fn hosts_and_headers_are_folded_for_expressions_as_the_settings_say() {
    let usual = RoutingSettings::default();
    let sent = RoutingSettings {
        host_regex_is_lowercased: false,
        ..usual
    };
    let of = |settings| with(vec![Condition::Host(regexes(&["^api\\."]))], settings);
    let request = get("http://API.example.com:81/");
    assert!(meets(&of(usual), &request));
    assert!(!meets(&of(sent), &request));
    assert_eq!(
        of(sent).trace(&request).rules[0].conditions[0].compared,
        strings(&["API.example.com"])
    );
    let strict = RoutingSettings {
        header_regex_ignores_case: false,
        ..usual
    };
    let of = |settings| with(vec![header("A", regexes(&["^beta$"]))], settings);
    assert!(meets(&of(usual), &with_header("a", "BETA")));
    assert!(!meets(&of(strict), &with_header("a", "BETA")));
}
