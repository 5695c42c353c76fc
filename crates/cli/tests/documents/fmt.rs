//! `stowplan fmt` as a user calls it: one form, and nothing is lost for it.

use crate::command::Folder;

const LOOSE: &str = "\u{feff}{\"containerDefinitions\":[{\"image\":\"i\",\"name\":\"a\",\"memory\":64},],\r\n\"x\":1,\"family\":\"f\"}";

const FORM: &str = r#"{
  "family": "f",
  "containerDefinitions": [
    {
      "name": "a",
      "image": "i",
      "memory": 64
    }
  ],
  "x": 1
}
"#;

#[test]
fn a_file_is_written_in_its_form_once() {
    let folder = Folder::new("fmt-once");
    folder.write("f.json", LOOSE);
    let listed = folder.stowplan(&["fmt", "--check", "f.json"]);
    assert_eq!((listed.code, listed.out.as_str()), (Some(4), "f.json\n"));
    assert_eq!(listed.err, "1 file: 1 to be formatted\n");
    assert_eq!(folder.read("f.json"), LOOSE);
    let done = folder.stowplan(&["fmt", "f.json"]);
    assert_eq!(
        (done.code, done.err.as_str()),
        (Some(0), "1 file: 1 formatted\n")
    );
    assert_eq!(folder.read("f.json"), FORM);
    let again = folder.stowplan(&["fmt", "--check", "f.json"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (Some(0), "1 file: nothing to change\n")
    );
    let piped = folder.stowplan_given(LOOSE, &["fmt", "-"]);
    assert_eq!((piped.code, piped.out.as_str()), (Some(0), FORM));
}

#[test]
fn what_would_lose_something_stays_as_it_is_and_the_others_are_formatted() {
    let folder = Folder::new("fmt-refused");
    let commented = "{\"family\": \"f\", // ours\n \"containerDefinitions\": []}";
    folder.write("c.json", commented);
    folder.write("f.json", LOOSE);
    folder.write("other.json", "{\"a\":1}");
    let told = folder.stowplan(&["fmt", "c.json", "other.json", "f.json"]);
    assert_eq!(told.code, Some(4));
    assert_eq!(folder.read("c.json"), commented);
    assert_eq!(folder.read("other.json"), "{\"a\":1}");
    assert_eq!(folder.read("f.json"), FORM);
    let expected = r#"  × error TD002: JSON has no comments
   ╭─[c.json:1:17]
 1 │ {"family": "f", // ours
   ·                 ───────
 2 │  "containerDefinitions": []}
   ╰────
  help: take the comment out before AWS reads the file

"#;
    assert!(told.err.starts_with(expected), "{}", told.err);
    assert!(told.err.contains("error TD007"), "{}", told.err);
    let summary = "3 files: 1 formatted, 2 left as found\n";
    assert!(told.err.ends_with(summary), "{}", told.err);
    assert_eq!(folder.stowplan(&["fmt", "absent.json"]).code, Some(2));
}

#[test]
fn a_design_is_written_as_the_page_writes_it() {
    let folder = Folder::new("fmt-design");
    folder.write(
        "d.stowplan.json",
        "{\"name\": \"shop\", \"stowplan\": 1, \"mine\": [1]}",
    );
    assert_eq!(folder.stowplan(&["fmt", "d.stowplan.json"]).code, Some(0));
    let text = folder.read("d.stowplan.json");
    assert!(
        text.starts_with("{\n  \"stowplan\": 1,\n  \"name\": \"shop\""),
        "{text}"
    );
    assert!(text.contains("\"mine\": ["), "{text}");
    assert_eq!(
        folder.stowplan(&["fmt", "--check", "d.stowplan.json"]).code,
        Some(0)
    );
}
