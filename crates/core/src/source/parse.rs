//! A JSON reader that goes on after a mistake, so that one pass finds all of them.
//!
//! It is ours because nothing kept by others gives all of what being corrected by needs: a tree
//! with places, more than one mistake, keys that are there twice, and unquoted placeholders of
//! templates as values. It never fails and never recurses deeper than [`DEPTH_MAX`].

use super::mistake::{Mistake, MistakeKind};
use super::token::{NotANumber, held, is_placeholder, is_yaml, number};
use super::tree::{Member, Node, NodeKind, Span};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The largest text that is read, in bytes. A design of 200 parts is about 100 KiB; the limit
/// keeps a hostile file from freezing the page.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Deepest nesting that is read: what serde_json reads back from what we write.
pub const DEPTH_MAX: usize = 127;

/// Most values that are read; 16 MiB of `[],` must not take gigabytes.
pub const VALUES_MAX: usize = 1_000_000;

/// Most mistakes that are told of one text; behind so many, more help nobody.
pub const MISTAKES_MAX: usize = 100;

/// A text as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value, unless there is none at all.
    pub root: Option<Node>,
    /// What is not JSON, in the order of the text.
    pub mistakes: Vec<Mistake>,
}

/// Reads `text`, whatever it is. Places count from the start of `text`, a byte-order mark
/// included.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        depth: 0,
        values: 0,
        mistakes: Vec::new(),
        given_up: false,
        comma_is_optional: false,
    };
    let root = reader.document();
    let mut mistakes = reader.mistakes;
    crate::sort::sort_by_key(&mut mistakes, |mistake| mistake.span);
    Parsed { root, mistakes }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
    mistakes: Vec<Mistake>,
    /// Set where going on would tell nothing more; every loop ends then.
    given_up: bool,
    /// Set behind a placeholder that stands for whole members: its comma may be inside it.
    comma_is_optional: bool,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Option<Node> {
        if self.text.len() > TEXT_BYTES_MAX {
            self.mistake(0, 0, MistakeKind::TooLong);
            return None;
        }
        self.space();
        if self.peek().is_none() {
            self.mistake(0, self.text.len(), MistakeKind::Empty);
            return None;
        }
        if is_yaml(self.rest()) {
            self.give_up(self.at, MistakeKind::Yaml);
            return None;
        }
        let root = self.value();
        self.space();
        if !self.given_up && self.peek().is_some() {
            self.mistake(self.at, self.text.len(), MistakeKind::MoreText);
        }
        root
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn mistake(&mut self, start: usize, end: usize, kind: MistakeKind) {
        if self.given_up {
            return;
        }
        let span = Span { start, end };
        self.mistakes.push(Mistake { span, kind });
        if self.mistakes.len() >= MISTAKES_MAX {
            self.given_up = true;
        }
    }

    /// A mistake about the one character at `start`.
    fn mistake_at(&mut self, start: usize, kind: MistakeKind) {
        let length = self.text.get(start..).and_then(|rest| rest.chars().next());
        let end = start + length.map_or(0, char::len_utf8);
        self.mistake(start, end, kind);
    }

    fn give_up(&mut self, start: usize, kind: MistakeKind) {
        self.mistake_at(start, kind);
        self.given_up = true;
    }

    /// White space and comments.
    fn space(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.rest().starts_with("//") => {
                    let end = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.comment(end);
                }
                Some(b'/') if self.rest().starts_with("/*") => {
                    let end = self.rest().find("*/").map(|at| at + 2);
                    let end = end.unwrap_or(self.rest().len());
                    self.comment(end);
                }
                Some(byte) if !byte.is_ascii() || matches!(byte, 0x0b | 0x0c) => {
                    // Spaces that JSON does not have come along from web pages.
                    let next = self.rest().chars().next();
                    if !next.is_some_and(|c| c.is_whitespace() || c == '\u{feff}') {
                        return;
                    }
                    self.unexpected();
                }
                _ => return,
            }
        }
    }

    fn comment(&mut self, length: usize) {
        self.mistake(self.at, self.at + length, MistakeKind::Comment);
        self.at += length;
    }

    /// One value; `None` where nothing stands that could be one. It has then not moved.
    fn value(&mut self) -> Option<Node> {
        self.values += 1;
        if self.values > VALUES_MAX {
            self.give_up(self.at, MistakeKind::TooMany);
        }
        if self.given_up {
            return None;
        }
        let start = self.at;
        let kind = match self.peek()? {
            b'{' if held(self.rest()).is_some() => self.word(),
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'"' => NodeKind::Text(self.quoted(b'"')),
            b'\'' => {
                let text = self.quoted(b'\'');
                self.mistake(start, self.at, MistakeKind::SingleQuotes);
                NodeKind::Text(text)
            }
            b'}' | b']' | b',' | b':' => return None,
            _ => self.word(),
        };
        Some(Node {
            span: Span {
                start,
                end: self.at,
            },
            kind,
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> NodeKind) -> NodeKind {
        if self.depth == DEPTH_MAX {
            self.give_up(self.at, MistakeKind::TooDeep);
            return NodeKind::Null;
        }
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn list(&mut self) -> NodeKind {
        let mut items = Vec::new();
        self.sequence(b']', |reader| {
            let item = reader.value();
            let found = item.is_some();
            items.extend(item);
            found
        });
        NodeKind::List(items)
    }

    fn object(&mut self) -> NodeKind {
        let mut members: Vec<Member> = Vec::new();
        self.sequence(b'}', |reader| reader.member(&mut members));
        self.duplicates(&members);
        NodeKind::Object(members)
    }

    /// What stands between two brackets: `one` reads a value or member, or says that there is
    /// none, without moving. What fits nowhere is skipped, told once, byte by byte.
    fn sequence(&mut self, close: u8, mut one: impl FnMut(&mut Self) -> bool) {
        let open = self.at;
        self.at += 1;
        let mut comma = None;
        let mut first = true;
        while !self.given_up {
            self.space();
            match self.peek() {
                None => {
                    self.mistake_at(open, MistakeKind::Unclosed);
                    self.given_up = true;
                    return;
                }
                Some(byte) if byte == close => {
                    if let Some(at) = comma {
                        self.mistake_at(at, MistakeKind::TrailingComma);
                    }
                    self.at += 1;
                    return;
                }
                Some(b']' | b'}') => {
                    self.unexpected();
                    // The other bracket most likely was meant for this one.
                    return;
                }
                Some(b',') if !first && comma.is_none() => {
                    comma = Some(self.at);
                    self.at += 1;
                }
                Some(b',' | b':') => self.unexpected(),
                Some(_) => {
                    let start = self.at;
                    let is_optional = core::mem::take(&mut self.comma_is_optional);
                    if !first && comma.is_none() && !is_optional {
                        self.mistake_at(start, MistakeKind::NoComma);
                    }
                    if !one(self) && self.at == start {
                        self.unexpected();
                    }
                    (first, comma) = (false, None);
                }
            }
        }
    }

    /// Skips one character that does not belong here.
    fn unexpected(&mut self) {
        let Some(c) = self.rest().chars().next() else {
            return;
        };
        let shown = if c.is_whitespace() || c.is_control() {
            format!("U+{:04X}", u32::from(c))
        } else {
            c.to_string()
        };
        self.mistake_at(self.at, MistakeKind::Unexpected(shown));
        self.at += c.len_utf8();
    }

    fn member(&mut self, members: &mut Vec<Member>) -> bool {
        let start = self.at;
        let (name, quoted) = match self.peek() {
            Some(b'"') => (self.quoted(b'"'), true),
            Some(b'\'') => {
                let name = self.quoted(b'\'');
                self.mistake(start, self.at, MistakeKind::SingleQuotes);
                (name, true)
            }
            Some(bracket @ (b'{' | b'[')) if held(self.rest()).is_none() => {
                // A value without a name; read so that what is inside is seen, then left out.
                let found = char::from(bracket).to_string();
                self.mistake_at(start, MistakeKind::Unexpected(found));
                return self.value().is_some();
            }
            _ => (self.token().to_owned(), false),
        };
        let name_span = Span {
            start,
            end: self.at,
        };
        self.space();
        if self.peek() == Some(b':') {
            if !quoted {
                self.mistake(
                    start,
                    name_span.end,
                    MistakeKind::UnquotedName(name.clone()),
                );
            }
            self.at += 1;
            self.space();
        } else if quoted {
            self.mistake(start, name_span.end, MistakeKind::NoColon);
            if matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
                return true;
            }
            // What follows most likely is its value.
        } else {
            self.not_json(name_span, &name);
            self.comma_is_optional = is_placeholder(&name);
            return !name.is_empty();
        }
        let at = self.at;
        let value = self.value().unwrap_or_else(|| {
            self.mistake(start, name_span.end, MistakeKind::NoColon);
            Node {
                span: Span { start: at, end: at },
                kind: NodeKind::Null,
            }
        });
        members.push(Member {
            name,
            name_span,
            value,
        });
        true
    }

    fn duplicates(&mut self, members: &[Member]) {
        let mut twice: Vec<usize> = Vec::new();
        if members.len() <= FEW {
            let known = |at: &usize| members[..*at].iter().any(|it| it.name == members[*at].name);
            twice.extend((1..members.len()).filter(known));
        } else {
            let mut known = BTreeSet::new();
            let is_known = |at: &usize| !known.insert(members[*at].name.as_str());
            twice.extend((0..members.len()).filter(is_known));
        }
        for member in twice.into_iter().map(|at| &members[at]) {
            let Span { start, end } = member.name_span;
            self.mistake(start, end, MistakeKind::DuplicateName(member.name.clone()));
        }
    }

    /// Everything up to white space or a sign of JSON; at least one character of what is there.
    /// `{{ … }}` and `${…}` are one token with what they hold.
    fn token(&mut self) -> &'a str {
        let rest = self.rest();
        let mut end = 0;
        while let Some(c) = rest[end..].chars().next() {
            if let Some(length) = held(&rest[end..]) {
                end += length;
                continue;
            }
            if c.is_whitespace() || matches!(c, ',' | ':' | '"' | '{' | '}' | '[' | ']') {
                break;
            }
            end += c.len_utf8();
        }
        self.at += end;
        &rest[..end]
    }

    /// `true`, `false`, `null`, a number, or something that is not JSON.
    fn word(&mut self) -> NodeKind {
        let start = self.at;
        let token = self.token();
        match token {
            "true" => NodeKind::Bool(true),
            "false" => NodeKind::Bool(false),
            "null" => NodeKind::Null,
            _ => match number(token) {
                Ok(number) => NodeKind::Number(number),
                Err(NotANumber::TooLarge) => {
                    let kind = MistakeKind::NumberTooLarge(token.to_owned());
                    self.mistake(start, self.at, kind);
                    NodeKind::Opaque(token.to_owned())
                }
                Err(NotANumber::Malformed) => {
                    let kind = MistakeKind::BadNumber(token.to_owned());
                    self.mistake(start, self.at, kind);
                    NodeKind::Opaque(token.to_owned())
                }
                Err(NotANumber::Word) => {
                    let end = self.at;
                    self.not_json(Span { start, end }, token);
                    NodeKind::Opaque(token.to_owned())
                }
            },
        }
    }

    fn not_json(&mut self, span: Span, token: &str) {
        let shown: String = token.chars().take(SHOWN_MAX).collect();
        let kind = if is_placeholder(token) {
            MistakeKind::Placeholder(shown)
        } else {
            MistakeKind::Unexpected(shown)
        };
        self.mistake(span.start, span.end, kind);
    }

    /// A text, from its first quote to behind its last.
    fn quoted(&mut self, quote: u8) -> String {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut plain = self.at;
        loop {
            let byte = self.peek();
            match byte {
                Some(b'\\') => {
                    text.push_str(&self.text[plain..self.at]);
                    self.escape(&mut text);
                    plain = self.at;
                }
                Some(byte) if byte == quote => {
                    text.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return text;
                }
                None | Some(b'\n') => {
                    text.push_str(&self.text[plain..self.at]);
                    self.mistake(start, self.at, MistakeKind::UnclosedText);
                    return text;
                }
                Some(byte) => {
                    if byte < 0x20 {
                        self.mistake(self.at, self.at + 1, MistakeKind::ControlCharacter);
                    }
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(known @ (b'"' | b'\\' | b'/')) => char::from(known),
            Some(b'u') => {
                self.at += 1;
                let c = self.unicode();
                if c.is_none() {
                    self.mistake(start, self.at, MistakeKind::BadEscape);
                }
                text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
                return;
            }
            _ => {
                // The character behind the backslash is read as itself.
                self.mistake(start, self.at, MistakeKind::BadEscape);
                return;
            }
        };
        self.at += 1;
        text.push(plain);
    }

    /// The four digits behind `\u`, with the second half of a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        self.rest().starts_with("\\u").then_some(())?;
        let before = self.at;
        self.at += 2;
        let low = self.hex().filter(|low| (0xdc00..0xe000).contains(low));
        if low.is_none() {
            self.at = before;
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low? - 0xdc00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Members that are quicker compared with each other than sorted.
const FEW: usize = 12;

/// Most characters of a stray token that a message shows.
const SHOWN_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use serde_json::{Value, json};

    /// The value, and each mistake as the text that it points at and its kind.
    fn read(text: &str) -> (Value, Vec<String>) {
        let parsed = parse(text);
        let shown = |it: &Mistake| {
            let kind = format!("{:?}", it.kind);
            let kind = kind.split('(').next().unwrap_or_default().to_owned();
            format!("{}: {kind}", &text[it.span.start..it.span.end])
        };
        let value = parsed.root.as_ref().map(Node::to_value);
        (
            value.unwrap_or_default(),
            parsed.mistakes.iter().map(shown).collect(),
        )
    }

    #[test]
    fn what_serde_reads_reads_alike() {
        for text in [
            "null",
            " [1, -2.5e3, 0, -0, 18446744073709551615, 1e-7, 0.1] ",
            r#"{"a": "\u00e9\ud83d\ude00\n\/", "": {}, "b": [[], {"c": true}]}"#,
        ] {
            let (value, mistakes) = read(text);
            assert_eq!(mistakes, Vec::<String>::new(), "{text}");
            assert_eq!(
                value,
                serde_json::from_str::<Value>(text).unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn all_mistakes_are_told_and_the_rest_is_read() {
        let text =
            "{'a': 1 \"b\": 01, c: True,\n // note\n \"d\": [1, 2,], \"a\": .5, $X, \"e\" \"f\"}";
        let (value, mistakes) = read(text);
        assert_eq!(
            mistakes,
            [
                "'a': SingleQuotes",
                "\": NoComma",
                "01: BadNumber",
                "c: UnquotedName",
                "True: Unexpected",
                "// note: Comment",
                ",: TrailingComma",
                "\"a\": DuplicateName",
                ".5: BadNumber",
                "$X: Placeholder",
                "\"e\": NoColon",
            ]
        );
        assert_eq!(
            value,
            json!({"a": ".5", "b": "01", "c": "True", "d": [1, 2], "e": "f"})
        );
    }

    #[test]
    fn placeholders_of_every_template_language() {
        for text in [
            "{{ must_env `X` }}",
            "${VAR}",
            "$(X)",
            "%TAG%",
            "<IMAGE1_NAME>",
            "$NAME",
            "$$$$A$$$$",
            "repo/app:${TAG}",
            "arn:aws:iam::<account>:role/x",
            "{your-account-id}.dkr",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "",
            "100%",
            "a$b",
            "echo $ 5",
            "a < b > c",
            "50% of 60% x",
            "{}",
            "$",
            "http://x/<a",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
        let (value, mistakes) = read("{\"a\": {{command}}, \"b\": $N, \"c\": <X>}");
        assert_eq!(value, json!({"a": "{{command}}", "b": "$N", "c": "<X>"}));
        assert_eq!(mistakes.len(), 3);
        let (value, mistakes) = read("{\"a\": 1,\n $$$$MORE$$$$\n \"b\": 2}");
        assert_eq!(value, json!({"a": 1, "b": 2}));
        assert_eq!(mistakes, ["$$$$MORE$$$$: Placeholder"]);
    }

    #[test]
    fn hostile_texts_end() {
        let deep = "[".repeat(1_000_000);
        let parsed = parse(&deep);
        assert_eq!(parsed.mistakes[0].kind, MistakeKind::TooDeep);
        let wide = format!("[{}", "[],".repeat(VALUES_MAX));
        assert_eq!(parse(&wide).mistakes[0].kind, MistakeKind::TooMany);
        let wrong = "}".repeat(10_000);
        assert!(parse(&wrong).mistakes.len() <= MISTAKES_MAX);
        for opening in ["<", "$(", "{{", "${"] {
            assert!(!parse(&opening.repeat(500_000)).mistakes.is_empty());
        }
        let many = format!("[{}", "? ".repeat(10_000));
        assert_eq!(parse(&many).mistakes.len(), MISTAKES_MAX);
        for text in [
            "{{",
            "{{a",
            "[{{]",
            "\"",
            "\"\\",
            "\"\\u12",
            "\"\\ud800\\u0041\"",
            "{\"a\":",
            "{\"a\"",
            "[1,,2]",
            "]",
            "/*",
        ] {
            assert!(!parse(text).mistakes.is_empty(), "{text}");
        }
    }

    #[test]
    fn signs_beyond_ascii_are_pointed_at_whole() {
        let (value, mistakes) = read("\u{a0}{\"a\":\u{3000}1 é}\u{2028}");
        assert_eq!(value, json!({"a": 1}));
        assert_eq!(
            mistakes,
            [
                "\u{a0}: Unexpected",
                "\u{3000}: Unexpected",
                "é: NoComma",
                "é: Unexpected",
                "\u{2028}: Unexpected",
            ]
        );
    }

    #[test]
    fn every_cut_of_a_text_reads() {
        let text = "{\"a\": [1, {\"b\": \"é\\n\"}, null], \"c\": -1.5e+3, \"d\": {{x}}}";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let parsed = parse(&text[..end]);
            assert!(!parsed.mistakes.is_empty(), "{}", &text[..end]);
            for mistake in parsed.mistakes {
                assert!(mistake.span.end <= end.max(1), "{}", &text[..end]);
            }
        }
    }
}
