//! Containment and intersection, held against all texts up to a length for all values up to a
//! length: over `a`, `b` and a letter that no value names.

use super::*;
use crate::routing::wildcard::{Manner, Wildcard, read};
use alloc::string::String;

/// A text of this length tells apart what can be told apart of four tokens; a longer one was
/// never needed.
const LENGTH_MAX: usize = 8;

fn manner(separator: Option<u8>) -> Manner {
    Manner {
        any_case: false,
        escapes: false,
        anchored: true,
        separator,
    }
}

/// All words over `letters` of at most `length`.
fn words(letters: &str, length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let to = all.len();
        for at in from..to {
            let longer = letters.chars().map(|letter| {
                let mut word = all[at].clone();
                word.push(letter);
                word
            });
            let longer: Vec<String> = longer.collect();
            all.extend(longer);
        }
        from = to;
    }
    all
}

/// A value and which of all texts it matches, bit by bit.
struct Known {
    value: String,
    tokens: Vec<Token>,
    texts: Vec<u64>,
}

fn all_known(length: usize, texts: &[String], separator: Option<u8>) -> Vec<Known> {
    let values = words("ab*?", length).into_iter();
    let known = |value: String| {
        let wildcard = Wildcard::new(&value, manner(separator));
        let bits = |some: &[String]| {
            let matched = some.iter().map(|it| wildcard.matches(it.as_bytes()));
            matched.fold(0_u64, |bits, matched| bits << 1 | u64::from(matched))
        };
        Known {
            tokens: read(&value, manner(separator)),
            texts: texts.chunks(64).map(bits).collect(),
            value,
        }
    };
    // Two stars in a row are one.
    let values = values.filter(|it| !it.contains("**"));
    values.map(known).collect()
}

fn covered(value: &Known, others: &[&Known], separator: Option<u8>) -> Proof {
    let mut union = Union::new(separator);
    others.iter().for_each(|it| union.add(&it.tokens));
    is_covered(&value.tokens, &union, &mut Budget::new(u64::MAX))
}

fn proof(holds: bool) -> Proof {
    if holds { Proof::Yes } else { Proof::No }
}

fn check_pairs(separator: Option<u8>) {
    let texts = words("abc", LENGTH_MAX);
    let all = all_known(4, &texts, separator);
    let mut contained = 0;
    for a in &all {
        for b in &all {
            let mut both = a.texts.iter().zip(&b.texts);
            let within = both.clone().all(|(a, b)| a & !b == 0);
            let found = covered(a, &[b], separator);
            assert_eq!(found, proof(within), "`{}` in `{}`", a.value, b.value);
            contained += usize::from(within);
            let meet = both.any(|(a, b)| a & b != 0);
            match common(&a.tokens, &b.tokens, separator, &mut Budget::new(u64::MAX)) {
                Common::Text(text) => {
                    for value in [&a.value, &b.value] {
                        let wildcard = Wildcard::new(value, manner(separator));
                        assert!(wildcard.matches(&text), "`{value}` and {text:?}");
                    }
                    assert!(meet, "`{}` and `{}`", a.value, b.value);
                }
                Common::Nothing => assert!(!meet, "`{}` and `{}`", a.value, b.value),
                Common::Unknown => panic!("the budget has no end"),
            }
        }
    }
    assert!(contained > 2 * all.len(), "{contained} of {}", all.len());
}

#[test]
fn pairs_of_all_small_values_are_decided_as_all_texts_decide_them() {
    check_pairs(None);
}

#[test]
fn the_same_where_wildcards_do_not_take_a_separator() {
    check_pairs(Some(b'b'));
}

#[test]
fn unions_of_two_are_decided_as_all_texts_decide_them() {
    let texts = words("abc", LENGTH_MAX - 1);
    let (values, parts) = (all_known(3, &texts, None), all_known(2, &texts, None));
    let mut only_together = 0;
    for a in &values {
        for b in &parts {
            for c in &parts {
                let texts = a.texts.iter().zip(&b.texts).zip(&c.texts);
                let within = texts.clone().all(|((a, b), c)| a & !(b | c) == 0);
                let found = covered(a, &[b, c], None);
                let (a_, b_, c_) = (&a.value, &b.value, &c.value);
                assert_eq!(found, proof(within), "`{a_}` in `{b_}` or `{c_}`");
                let alone = [b, c].map(|it| covered(a, &[it], None));
                only_together += usize::from(within && !alone.contains(&Proof::Yes));
            }
        }
    }
    assert!(only_together > 0);
}

#[test]
fn hostile_values_end_undecided_within_their_budget() {
    let plain = |value: &str| read(value, manner(None));
    let mut union = Union::new(None);
    // The places behind each star multiply: more than any bound in full.
    let stars = |letter: &str| alloc::format!("{}{}", "*?".repeat(20), letter.repeat(20));
    union.add(&plain(&alloc::format!("*a{}", "?".repeat(60))));
    union.add(&plain(&stars("b")));
    let value = plain(&"*a".repeat(60));
    let mut budget = Budget::new(100_000);
    assert_ne!(is_covered(&value, &union, &mut budget), Proof::Yes);
    let mut spent = Budget::new(10);
    assert_eq!(is_covered(&value, &union, &mut spent), Proof::Unknown);
    assert!(spent.is_spent());
    let found = common(&plain("*a*b"), &plain("*b*a*b"), None, &mut Budget::new(3));
    assert_eq!(found, Common::Unknown);
}

#[test]
fn examples_read_like_requests() {
    let text = |a: &str, b: &str| {
        let (a, b) = (read(a, manner(None)), read(b, manner(None)));
        match common(&a, &b, None, &mut Budget::new(u64::MAX)) {
            Common::Text(text) => String::from_utf8(text).ok(),
            Common::Nothing | Common::Unknown => None,
        }
    };
    assert_eq!(text("*.example.com", "*"), Some("a.example.com".into()));
    assert_eq!(text("/api/*", "*/users"), Some("/api/users".into()));
    assert_eq!(text("/a*", "/a"), Some("/a".into()));
    assert_eq!(text("/img/*", "/img"), None);
}
