//! `stowplan compare`: what differs between two designs.

use super::{folder, sample, scenario};

fn designs(name: &str) -> super::Folder {
    let folder = folder(name);
    folder.write(
        "less.json",
        sample().replace("\"desiredCount\": 3", "\"desiredCount\": 1"),
    );
    let assert = "\"min(healthy_tasks{service=edges}) >= 2\", \"availability >= 99%\"";
    folder.write("dies.json", scenario(assert));
    folder
}

#[test]
fn what_held_and_fails_comes_first() {
    let folder = designs("compare-fail");
    let told = folder.stowplan(&[
        "compare",
        "shop.json",
        "less.json",
        "dies.json",
        "--seeds",
        "1..3",
    ]);
    assert_eq!(told.code, Some(3), "{}{}", told.out, told.err);
    let first = "FAIL a host dies: min(healthy_tasks{service=edges}) >= 2 held and fails now\n\
                 a host dies (dies.json, the worst of 3 seeds)\n";
    assert!(told.out.starts_with(first), "{}", told.out);
    let row = "  min(healthy_tasks{service=edges}) >= 2  2       1 FAIL  -1       pass -> fail\n";
    assert!(told.out.contains(row), "{}", told.out);
}

#[test]
fn what_gets_better_passes() {
    let folder = designs("compare-pass");
    let told = folder.stowplan(&["compare", "less.json", "shop.json", "dies.json"]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    assert!(told.out.contains("fail -> pass"), "{}", told.out);
    assert!(
        told.out.ends_with("1 scenario: nothing that held fails\n"),
        "{}",
        told.out
    );
    let same = folder.stowplan(&["compare", "shop.json", "shop.json", "dies.json"]);
    assert_eq!(same.code, Some(0));
    assert!(
        !same.out.contains("better") && !same.out.contains("worse"),
        "{}",
        same.out
    );
}

#[test]
fn other_formats_say_the_same() {
    let folder = designs("compare-formats");
    let told = |format: &str| {
        let arguments = [
            "compare",
            "shop.json",
            "less.json",
            "dies.json",
            "--format",
            format,
        ];
        let told = folder.stowplan(&arguments);
        assert_eq!(told.code, Some(3), "{}", told.err);
        told.out
    };
    let markdown = told("markdown");
    let row = "| `min(healthy_tasks{service=edges}) >= 2` | 2 | 1 FAIL | -1 | ❌ pass → fail |\n";
    assert!(markdown.contains(row), "{markdown}");
    let document: serde_json::Value = serde_json::from_str(&told("json")).expect("it is JSON");
    assert_eq!(document["regressed"], true);
    assert_eq!(
        document["scenarios"][0]["rows"][0]["verdict"],
        "pass -> fail"
    );
}

#[test]
fn a_scenario_that_fits_only_one_design_is_told() {
    let folder = designs("compare-names");
    let renamed = sample().replace("\"serviceName\": \"edges\"", "\"serviceName\": \"edge\"");
    folder.write("renamed.json", renamed);
    let told = folder.stowplan(&["compare", "shop.json", "renamed.json", "dies.json"]);
    assert_eq!(told.code, Some(4), "{}", told.out);
    assert!(told.err.contains("did you mean `edge`?"), "{}", told.err);
    let expected = "`dies.json` does not fit `renamed.json` and was not run\n";
    assert!(told.err.ends_with(expected), "{}", told.err);
}
