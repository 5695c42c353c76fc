//! `stowplan export` as a user calls it: the same files every time, and nothing else is touched.

use crate::command::Folder;
use std::fs;

const DESIGN: &str = r#"{
  "stowplan": 1,
  "taskDefinitions": [
    { "family": "web", "containerDefinitions": [{ "name": "a", "image": "i", "memory": 64, "mine": 1 }] },
    { "family": "web", "revision": 4, "containerDefinitions": [{ "name": "a", "image": "i", "memory": 65 }] }
  ]
}
"#;

const EXPORT: [&str; 5] = [
    "export",
    "d.stowplan.json",
    "--to",
    "task-definitions",
    "--out",
];

fn export(folder: &Folder, out: &str) -> crate::command::Told {
    folder.stowplan(&[EXPORT.as_slice(), &[out]].concat())
}

#[test]
fn each_revision_is_a_file_that_is_written_again_only_if_it_changes() {
    let folder = Folder::new("export-twice");
    folder.write("d.stowplan.json", DESIGN);
    let told = export(&folder, "new/out");
    let expected = "\
new/out/web.1.json: written; left out: /containerDefinitions/0/mine
new/out/web.4.json: written; left out: /revision
2 files: 2 written
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
    let written = r#"{
  "family": "web",
  "containerDefinitions": [
    {
      "name": "a",
      "image": "i",
      "memory": 64
    }
  ]
}
"#;
    assert_eq!(folder.read("new/out/web.1.json"), written);
    folder.write("new/out/web.4.json", "{}");
    let told = export(&folder, "new/out");
    assert!(
        told.out.starts_with("new/out/web.1.json: unchanged"),
        "{told:?}"
    );
    assert!(told.out.contains("new/out/web.4.json: written"), "{told:?}");
}

#[test]
fn errors_are_told_and_files_written_all_the_same() {
    let folder = Folder::new("export-errors");
    folder.write(
        "d.stowplan.json",
        DESIGN.replace("\"memory\": 65", "\"memory\": -1"),
    );
    let told = export(&folder, "out");
    assert_eq!(told.code, Some(4));
    assert!(told.err.contains("error TD011"), "{told:?}");
    assert!(folder.path("out/web.4.json").exists());
}

#[test]
fn what_is_not_a_plain_file_stays() {
    let folder = Folder::new("export-folder");
    folder.write("d.stowplan.json", DESIGN);
    fs::create_dir_all(folder.path("out/web.1.json")).expect("a folder");
    let told = export(&folder, "out");
    assert_eq!(told.code, Some(2));
    assert!(
        told.err
            .contains("`out/web.1.json` is there and is not a plain file"),
        "{told:?}"
    );
    assert!(
        told.out.ends_with("2 files: 1 written, 1 not written\n"),
        "{told:?}"
    );
    let told = export(&folder, "d.stowplan.json");
    assert_eq!(told.code, Some(2), "{told:?}");
}
