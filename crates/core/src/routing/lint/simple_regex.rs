//! Regular expressions that say no more than a value with wildcards could, such as `^/img/.*$`.

use crate::routing::wildcard::Token;
use alloc::vec::Vec;

/// Signs that stand for themselves in an expression.
const PLAIN_SIGNS: &[u8] = b"/-_~\"'@:%&=,;! #<>`";

/// The same as a value with wildcards; `None` where there is none, or more than a glance is needed
/// to tell. `anchored` says whether the expression must match all of the text.
pub(super) fn as_wildcards(regex: &str, anchored: bool) -> Option<Vec<Token>> {
    let (begins, rest) = match regex.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (anchored, regex),
    };
    let mut tokens = Vec::new();
    if !begins {
        tokens.push(Token::Star);
    }
    let mut ends = anchored;
    let mut bytes = rest.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let token = match byte {
            b'$' if bytes.peek().is_none() => {
                ends = true;
                break;
            }
            b'.' => Token::One,
            b'\\' => Token::Byte(bytes.next().filter(|it| is_escaped_sign(*it))?),
            plain if plain.is_ascii_alphanumeric() || PLAIN_SIGNS.contains(&plain) => {
                Token::Byte(plain)
            }
            _ => return None,
        };
        let repeats = bytes.next_if(|it| b"*+?{".contains(it));
        match (token, repeats) {
            (token, None) => tokens.push(token),
            (Token::One, Some(b'*')) => tokens.push(Token::Star),
            (Token::One, Some(b'+')) => tokens.extend([Token::One, Token::Star]),
            (Token::One | Token::Star | Token::Byte(_), Some(_)) => return None,
        }
        // A second sign behind a repetition changes what it means, or is a fault.
        if repeats.is_some() && bytes.peek().is_some_and(|it| b"*+?{".contains(it)) {
            return None;
        }
    }
    if !ends {
        tokens.push(Token::Star);
    }
    tokens.dedup_by(|a, b| *a == Token::Star && *b == Token::Star);
    Some(tokens)
}

/// Whether a backslash before it makes it stand for itself; before letters and `<` `>` it says
/// something else.
fn is_escaped_sign(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'<' && byte != b'>'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::wildcard::{Manner, read};

    #[test]
    fn only_what_wildcards_could_say_is_read() {
        let manner = Manner {
            any_case: false,
            escapes: false,
            anchored: true,
            separator: None,
        };
        let is = |regex: &str, value: &str| {
            assert_eq!(
                as_wildcards(regex, false),
                Some(read(value, manner)),
                "{regex}"
            );
        };
        is("^/img/.*$", "/img/*");
        is("^/img/", "/img/*");
        is(r"\.png$", "*.png");
        is("^/a.c$", "/a?c");
        is("^/v.+$", "/v?*");
        is("a", "*a*");
        for other in [
            "^/(a|b)$", "^/[ab]", "^/a*$", "^/a?", r"^/\d+$", "^/.*?$", "^é$", "a$b", "(?i)a",
        ] {
            assert_eq!(as_wildcards(other, false), None, "{other}");
        }
        assert_eq!(as_wildcards("a", true), Some(read("a", manner)));
    }
}
