//! Reading files: what cannot be read at all names why, what is not UTF-8 names its place.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use stowplan_core::source::TEXT_BYTES_MAX;
use stowplan_runner::Complaint;

/// A text and the path that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path as it was given; `<stdin>` for standard input.
    pub(crate) name: String,
    /// The text, without a byte-order mark.
    pub(crate) text: String,
    /// Whether a byte-order mark stood before it.
    pub(crate) has_mark: bool,
}

/// The path that means standard input or standard output.
pub(crate) const STANDARD: &str = "-";

/// Whether `path` means standard input.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new(STANDARD)
}

impl Source {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn open(path: &Path) -> Result<Self, Complaint> {
        let read = |input: &mut dyn Read| {
            let mut bytes = Vec::new();
            // A device or pipe without end must not fill the memory.
            let most = TEXT_BYTES_MAX as u64 + 1;
            input.take(most).read_to_end(&mut bytes).map(|_| bytes)
        };
        if is_standard(path) {
            let bytes = read(&mut io::stdin().lock());
            return Self::decoded("<stdin>", bytes);
        }
        let bytes = File::open(path).and_then(|mut file| read(&mut file));
        Self::decoded(&path.display().to_string(), bytes)
    }

    fn decoded(name: &str, bytes: io::Result<Vec<u8>>) -> Result<Self, Complaint> {
        let bytes = bytes.map_err(|error| cannot_read(name, &error))?;
        if bytes.len() > TEXT_BYTES_MAX {
            return Err(Complaint {
                message: format!("cannot read `{name}`: it is longer than {TEXT_BYTES_MAX} bytes"),
                hint: None,
            });
        }
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(name, &error))?;
        let (text, has_mark) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (rest.to_owned(), true),
            None => (text, false),
        };
        Ok(Self {
            name: name.to_owned(),
            text,
            has_mark,
        })
    }

    /// `text` with the byte-order mark that this one had.
    pub(crate) fn marked(&self, text: &str) -> String {
        let mark = if self.has_mark { "\u{feff}" } else { "" };
        format!("{mark}{text}")
    }
}

fn cannot_read(name: &str, error: &io::Error) -> Complaint {
    let known = [
        (
            ErrorKind::NotFound,
            "there is no such file",
            "check the path",
        ),
        (
            ErrorKind::PermissionDenied,
            "permission denied",
            "make it readable for you",
        ),
        (
            ErrorKind::IsADirectory,
            "it is a folder",
            "name the files in it",
        ),
    ];
    let known = known.iter().find(|(kind, ..)| *kind == error.kind());
    let (why, hint) = match known {
        Some((_, why, hint)) => ((*why).to_owned(), Some((*hint).to_owned())),
        None => (error.to_string(), None),
    };
    Complaint {
        message: format!("cannot read `{name}`: {why}"),
        hint,
    }
}

/// The first byte that is wrong, by line and column, as an editor counts them.
fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Complaint {
    let bytes = error.as_bytes();
    let at = error.utf8_error().valid_up_to();
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let byte = bytes[at];
    let hint = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "it looks like UTF-16; save it as UTF-8"
    } else {
        "save it as UTF-8"
    };
    Complaint {
        message: format!("{name}:{line}:{column}: the byte 0x{byte:02x} is not UTF-8 text"),
        hint: Some(hint.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_is_not_utf8_has_its_place() {
        let complaint =
            Source::decoded("a.json", Ok(b"{\n \"\xc3\xa9\xff\"}".to_vec())).unwrap_err();
        assert_eq!(
            complaint.message,
            "a.json:2:4: the byte 0xff is not UTF-8 text"
        );
        let wide = Source::decoded("b.json", Ok(b"\xff\xfe{\0".to_vec())).unwrap_err();
        assert!(wide.hint.unwrap().contains("UTF-16"));
    }

    #[test]
    fn a_byte_order_mark_is_set_aside_and_put_back() {
        let source = Source::decoded("a.json", Ok(b"\xef\xbb\xbf{}".to_vec())).unwrap();
        assert_eq!(source.text, "{}");
        assert_eq!(source.marked("[]"), "\u{feff}[]");
    }
}
