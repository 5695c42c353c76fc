//! `stowplan diff` as a user calls it: what ECS would see of a change.

use crate::command::Folder;

const BEFORE: &str = r#"{"family": "web", "containerDefinitions": [
  {"name": "app", "image": "app:1", "memory": 256, "essential": true}]}"#;

/// The same as AWS prints it, with a new image and more memory.
const AFTER: &str = r#"{"taskDefinition": {"family": "web", "revision": 2, "status": "ACTIVE", "volumes": [],
  "containerDefinitions": [{"memory": 512, "cpu": 0, "name": "app", "image": "app:2"}]}}"#;

#[test]
fn differences_are_lines_with_what_follows_at_the_end() {
    let folder = Folder::new("diff-text");
    folder.write("a.json", BEFORE);
    folder.write("b.json", AFTER);
    let told = folder.stowplan(&["diff", "a.json", "b.json"]);
    let expected = "\
image of `app` app:1 → app:2
memory of `app` 256 → 512 MiB
2 differences; moving a service to it starts a deployment
";
    assert_eq!((told.code, told.out.as_str()), (Some(0), expected));
    let same = folder.stowplan(&["diff", "a.json", "a.json"]);
    assert_eq!(
        (same.code, same.out.as_str()),
        (Some(0), "nothing differs that ECS would see\n")
    );
}

#[test]
fn json_has_the_values() {
    let folder = Folder::new("diff-json");
    folder.write("a.json", BEFORE);
    folder.write("b.json", BEFORE.replace("256", "512"));
    let told = folder.stowplan(&["diff", "a.json", "b.json", "--format", "json"]);
    let expected = r#"{
  "before": "a.json",
  "after": "b.json",
  "differences": [
    {
      "container": "app",
      "path": [
        "memory"
      ],
      "unit": "MiB",
      "before": 256,
      "after": 512,
      "text": "memory of `app` 256 → 512 MiB"
    }
  ],
  "summary": "1 difference; moving a service to it starts a deployment"
}
"#;
    assert_eq!(told.out, expected);
}

#[test]
fn a_revision_of_a_design_is_named_behind_a_hash() {
    let folder = Folder::new("diff-design");
    let changed = BEFORE.replace("256", "512");
    let design = format!("{{\"stowplan\": 1, \"taskDefinitions\": [{BEFORE}, {changed}]}}");
    folder.write("d.stowplan.json", design);
    folder.write("a#1.json", BEFORE);
    let told = folder.stowplan(&["diff", "a#1.json", "d.stowplan.json#web:2"]);
    assert!(
        told.out.starts_with("memory of `app` 256 → 512 MiB\n"),
        "{told:?}"
    );
    for argument in ["d.stowplan.json", "d.stowplan.json#web:3"] {
        let told = folder.stowplan(&["diff", argument, "a#1.json"]);
        assert_eq!(told.code, Some(2));
        let hint = "hint: put one of them behind `#`: `web:1`, `web:2`";
        assert!(told.err.contains(hint), "{told:?}");
    }
}

#[test]
fn what_is_broken_is_not_compared() {
    let folder = Folder::new("diff-broken");
    folder.write("a.json", BEFORE);
    folder.write("cut.json", &BEFORE[..60]);
    let told = folder.stowplan(&["diff", "a.json", "cut.json"]);
    assert_eq!((told.code, told.out.as_str()), (Some(4), ""));
    assert!(told.err.contains("error TD001"), "{told:?}");
    assert_eq!(
        folder.stowplan(&["diff", "a.json", "none.json"]).code,
        Some(2)
    );
}
