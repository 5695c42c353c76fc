//! Files as the browser hands them over: bytes, one or several at once. Bytes that are no text are
//! refused with their place; several files are answered with one message.

use super::{NoticeTone, Session};
use stowplan_core::source::Place;
use stowplan_core::taskdef::read_definition;

/// A file that was chosen, dropped or pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// Its name, for messages.
    pub name: String,
    /// What is in it, or why it could not be read.
    pub content: Result<Vec<u8>, String>,
}

impl ReadFile {
    /// The text; otherwise a complaint that names the file.
    fn text(&self) -> Result<String, String> {
        let name = &self.name;
        let bytes = match &self.content {
            Ok(bytes) => bytes,
            Err(reason) => return Err(format!("{name}: {reason}")),
        };
        decoded(bytes).map_err(|Place { line, column }| {
            format!("{name}:{line}:{column}: this is not UTF-8; save the file as UTF-8")
        })
    }
}

impl Session {
    /// Takes each file in. Designs come first: opening one puts away what was added before.
    pub(super) fn import_files(&mut self, files: &[ReadFile]) {
        let mut texts: Vec<(&str, Result<String, String>)> = files
            .iter()
            .map(|file| (file.name.as_str(), file.text()))
            .collect();
        if texts.len() > 1 {
            texts.sort_by_key(|(_, text)| !text.as_ref().is_ok_and(|text| is_design(text)));
        }
        let mut taken = 0;
        let mut complaint = None;
        for (name, text) in texts {
            match text {
                Ok(text) => taken += usize::from(self.import(name, &text)),
                Err(reason) => self.complain(reason),
            }
            let bad = self.notice().filter(|it| it.tone == NoticeTone::Bad);
            complaint = complaint.or(bad.map(|it| it.text.clone()));
        }
        if files.len() < 2 {
            return;
        }
        let sum = format!("{taken} of {} files were added", files.len());
        match complaint {
            None => self.say(sum),
            Some(first) => self.complain(format!("{sum}; {first}")),
        }
    }
}

fn is_design(text: &str) -> bool {
    let root = read_definition(text).parsed.root;
    root.is_some_and(|root| root.member("stowplan").is_some())
}

/// The text of a file, without its byte order mark; else where its first bad byte is.
fn decoded(bytes: &[u8]) -> Result<String, Place> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, Place> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Err(end_of(&String::from_utf8_lossy(good)))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Place> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::new();
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(end_of(&text)),
        }
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(end_of(&text))
    }
}

/// The place of what follows a text.
fn end_of(text: &str) -> Place {
    let last = text.rsplit('\n').next().unwrap_or_default();
    Place {
        line: text.matches('\n').count() + 1,
        column: last.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Intent;
    use stowplan_core::design::sample;

    fn file(name: &str, content: impl Into<Vec<u8>>) -> ReadFile {
        ReadFile {
            name: name.into(),
            content: Ok(content.into()),
        }
    }

    fn taken(files: Vec<ReadFile>) -> (Session, String) {
        let mut session = Session::new(sample());
        session.dispatch(Intent::ImportFiles(files));
        let said = session.notice().map(|notice| notice.text.clone());
        (session, said.unwrap_or_default())
    }

    const WEB: &str = r#"{"family": "web", "containerDefinitions": [{"name": "web", "image": "web:1", "memory": 128, "command": ["é"]}]}"#;

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_place() {
        let (session, said) = taken(vec![file("x.json", b"{\n \"\xc3\xa9\xff\": 1}".as_slice())]);
        assert!(said.starts_with("x.json:2:4: "), "{said}");
        assert!(!session.can_undo());
    }

    #[test]
    fn byte_order_marks_are_understood() {
        let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            let text = WEB.encode_utf16().flat_map(bytes);
            mark.into_iter().chain(text).collect::<Vec<u8>>()
        };
        for content in [
            [b"\xef\xbb\xbf", WEB.as_bytes()].concat(),
            wide([0xff, 0xfe], u16::to_le_bytes),
            wide([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let (_, said) = taken(vec![file("x.json", content)]);
            assert_eq!(said, "x.json was added as web:1");
        }
        let (_, said) = taken(vec![file("x.json", b"\xff\xfe{\0\x00\xd8".as_slice())]);
        assert!(said.starts_with("x.json:1:2: "), "{said}");
    }

    #[test]
    fn several_files_are_all_taken_and_told_of_at_once() {
        let design = sample().write();
        let (session, said) = taken(vec![
            file("a.json", WEB),
            file("b.json", "oh"),
            file("c.json", "no"),
            file("d.stowplan.json", design),
        ]);
        assert!(
            said.starts_with("2 of 4 files were added; b.json:1:1: "),
            "{said}"
        );
        assert_eq!(session.document().task_definitions.len(), 3);
        let (_, said) = taken(vec![file("a.json", WEB), file("b.json", WEB)]);
        assert_eq!(said, "2 of 2 files were added");
    }
}
