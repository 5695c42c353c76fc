//! The order of rules in words.

use crate::model::OrderFault;
use crate::routing::{Example, Impossible};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

/// Most priorities that a sentence names.
const NAMED_MAX: usize = 5;

/// What is wrong with a rule's place, and what to do.
pub(super) fn order_words(fault: &OrderFault) -> (String, String) {
    match fault {
        OrderFault::Impossible(why) => impossible_words(*why),
        OrderFault::Shadowed { priorities } => shadowed_words(priorities),
        OrderFault::Overlaps {
            earlier,
            more,
            example,
        } => overlap_words(*earlier, *more, example),
    }
}

fn impossible_words(why: Impossible) -> (String, String) {
    let (because, hint) = match why {
        Impossible::Path => (
            "a path begins with `/`, and no value allows that",
            "write the slash before the values of its path-pattern",
        ),
        Impossible::Method => (
            "TRACE is answered with 405 before any rule is asked",
            "name another method, or take the rule out",
        ),
        Impossible::Contradiction => (
            "two of its conditions exclude each other",
            "take one of them out",
        ),
    };
    (
        format!("no request can match this rule: {because}"),
        hint.to_string(),
    )
}

fn shadowed_words(priorities: &[u32]) -> (String, String) {
    let first = priorities.first().copied().unwrap_or_default();
    let who = match priorities {
        [only] => format!("rule {only} takes"),
        several => format!("rules {} together take", list(several)),
    };
    let hint = match first {
        // No priority is below 1.
        0 | 1 => format!("move rule {first} behind it, or take this one out"),
        first => format!("give it a priority below {first}, or take it out"),
    };
    (
        format!("no request reaches this rule: {who} all that it matches"),
        hint,
    )
}

/// `1, 2 and 3`; of many the first few.
fn list(priorities: &[u32]) -> String {
    let shown: Vec<String> = priorities
        .iter()
        .take(NAMED_MAX)
        .map(u32::to_string)
        .collect();
    match (
        priorities.len().saturating_sub(NAMED_MAX),
        shown.split_last(),
    ) {
        (0, Some((last, before))) => format!("{} and {last}", before.join(", ")),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}

fn overlap_words(earlier: u32, more: u32, example: &Example) -> (String, String) {
    let others = match more {
        0 => String::new(),
        1 => ", as it does to another rule behind it".to_string(),
        more => format!(", as it does to {more} other rules behind it"),
    };
    let request = example_words(example);
    (
        format!("rule {earlier} takes requests from this rule{others}, such as {request}"),
        "neither is an exception of the other, so their order decides; see that it is meant"
            .to_string(),
    )
}

/// A request by what matters of it: `` `GET /img/a` for a.example.com with `x-a: 1` ``.
#[must_use]
pub fn example_words(example: &Example) -> String {
    let method = example.method.as_deref().unwrap_or("GET");
    let path = example.path.as_deref().unwrap_or("/");
    let mut words = format!("`{method} {path}");
    // Writing to a text never fails.
    let _ = match &example.query {
        Some(query) => write!(words, "?{query}`"),
        None => write!(words, "`"),
    };
    if let Some(host) = &example.host {
        let _ = write!(words, " for {host}");
    }
    for (at, (name, value)) in example.headers.iter().enumerate() {
        let join = if at == 0 { "with" } else { "and" };
        let _ = write!(words, " {join} `{name}: {value}`");
    }
    if let Some(address) = example.source_ip {
        let _ = write!(words, " from {address}");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::vec;

    #[test]
    fn sentences_name_the_other_rules_and_a_request() {
        let words = |fault: OrderFault| order_words(&fault).0;
        assert_eq!(
            words(OrderFault::Shadowed {
                priorities: vec![10]
            }),
            "no request reaches this rule: rule 10 takes all that it matches"
        );
        assert_eq!(
            words(OrderFault::Shadowed {
                priorities: vec![1, 2, 3]
            }),
            "no request reaches this rule: rules 1, 2 and 3 together take all that it matches"
        );
        let hint = |first| {
            order_words(&OrderFault::Shadowed {
                priorities: vec![first],
            })
            .1
        };
        assert_eq!(hint(1), "move rule 1 behind it, or take this one out");
        assert_eq!(hint(2), "give it a priority below 2, or take it out");
        let many = OrderFault::Shadowed {
            priorities: (1..=9).collect(),
        };
        assert!(words(many).contains("rules 1, 2, 3, 4, 5 and 4 more together"));
        let example = Example {
            method: Some("POST".into()),
            host: Some("a.example.com".into()),
            path: Some("/img/a".into()),
            query: Some("v=1".into()),
            headers: vec![("x-a".into(), "1".into()), ("x-b".into(), "2".into())],
            source_ip: Some([10, 0, 0, 1].into()),
        };
        let overlap = OrderFault::Overlaps {
            earlier: 7,
            more: 2,
            example: Box::new(example),
        };
        assert_eq!(
            words(overlap),
            "rule 7 takes requests from this rule, as it does to 2 other rules behind it, such as \
             `POST /img/a?v=1` for a.example.com with `x-a: 1` and `x-b: 2` from 10.0.0.1"
        );
        assert_eq!(example_words(&Example::default()), "`GET /`");
    }
}
