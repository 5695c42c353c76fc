//! Random and hostile texts: nothing panics, and what is said of them holds.

use super::hosts;
use crate::draw::{Stream, draw_below};
use crate::query::Query;
use crate::view::{query_error_excerpt, query_error_words};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What must hold of any text at all.
fn check_any(text: &str) -> bool {
    match Query::parse(text) {
        Ok(query) => {
            for host in hosts() {
                let facts = host.facts();
                let miss = query.miss(&facts);
                assert_eq!(miss.is_none(), query.matches(&facts), "{text}");
                assert!(miss.is_none_or(|miss| text.contains(miss.part)), "{text}");
            }
            true
        }
        Err(error) => {
            assert!(error.at <= error.end && error.end <= text.len(), "{text:?}");
            assert!(text.get(error.at..error.end).is_some(), "{text:?}");
            assert!(
                error.at < error.end
                    || error.at == text.len()
                    || text[error.at..].starts_with(char::is_whitespace),
                "{text:?} {error:?}"
            );
            assert!(!query_error_words(&error).message.is_empty());
            let excerpt = query_error_excerpt(text, &error);
            let lines: Vec<_> = excerpt.split('\n').collect();
            assert_eq!(lines.len(), 2, "{text:?}");
            assert!(lines[1].ends_with('^') && lines[0].chars().count() <= 74);
            false
        }
    }
}

const SOUP: [&str; 48] = [
    "attribute:",
    "attribute:stack",
    "attribute:size",
    "task:group",
    "agentConnected",
    "agentVersion",
    "registeredAt",
    "runningTasksCount",
    "ec2InstanceId",
    "==",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "=~",
    "!~",
    "in",
    "!in",
    "not_in",
    "exists",
    "!exists",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "[a, b]",
    ",",
    "'",
    "\"",
    "and",
    "or",
    "not",
    "!",
    "&&",
    "||",
    " ",
    " ",
    "\u{a0}",
    "ü",
    "1",
    "1.2.3",
    "2018-06-18",
    "true",
    "(a|b)*",
    "\\",
];

#[test]
fn no_soup_of_tokens_panics() {
    let mut passed = 0;
    for seed in 0..20_000 {
        let below = |n, bound| draw_below(seed, Stream::Placement, n, bound);
        let length = below(0, 12) + 1;
        let gap = if below(1, 2) == 0 { " " } else { "" };
        let words = (0..length).map(|n| SOUP[usize::try_from(below(n + 2, 48)).unwrap()]);
        passed += usize::from(check_any(&words.collect::<Vec<_>>().join(gap)));
    }
    assert!(passed > 20, "the soup holds expressions: {passed}");
}

#[test]
fn no_bytes_panic() {
    for seed in 0..5_000 {
        let below = |n, bound| draw_below(seed, Stream::HostPort, n, bound);
        let byte = |n| u8::try_from(below(n + 1, 256)).unwrap();
        let bytes: Vec<u8> = (0..below(0, 60)).map(byte).collect();
        check_any(&String::from_utf8_lossy(&bytes));
        let behind = format!("attribute:x =~ '{}", String::from_utf8_lossy(&bytes));
        check_any(&behind);
        check_any(&(behind + "'"));
    }
}

#[test]
fn long_nonsense_is_refused() {
    for text in [
        "(",
        "!",
        "not ",
        "[",
        "attribute:x =~ '((((((((((",
        "a and ",
        "'",
        "&&",
        "|",
    ] {
        assert!(!check_any(&text.repeat(2000 / text.len())), "{text}");
    }
}
