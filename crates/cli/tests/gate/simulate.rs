//! `stowplan simulate` with assertions, many seeds and as JSON.

use super::{folder, scenario};

#[test]
fn assertions_are_told_before_the_summary() {
    let folder = folder("simulate-assert");
    let assert = "\"availability >= 99%\", \"min(healthy_tasks{service=edges}) >= 3\"";
    folder.write("dies.json", scenario(assert));
    let told = folder.stowplan(&["simulate", "shop.json", "--scenario", "dies.json"]);
    assert_eq!(told.code, Some(3), "{}", told.err);
    let expected = "\
FAIL min(healthy_tasks{service=edges}) >= 3: 2, wanted >= 3: first at 00:05:00
pass availability >= 99%: 100%
shop: seed 1, 00:15:00 of simulated time, ";
    assert!(told.out.starts_with(expected), "{}", told.out);
}

#[test]
fn an_input_without_effect_is_told_and_fails() {
    let folder = folder("simulate-refused");
    folder.write("typo.json", scenario("").replace("i-0d", "i-9d"));
    let told = folder.stowplan(&["simulate", "shop.json", "--scenario", "typo.json"]);
    assert_eq!(told.code, Some(3), "{}", told.err);
    let expected = "warning: `terminate i-9d` had no effect at 00:05:00: \
                    no host `i-9d` is registered; did you mean `i-0d`?\n";
    assert_eq!(told.err, expected);
}

#[test]
fn many_seeds_are_a_table_with_a_line_for_each() {
    let folder = folder("simulate-seeds");
    folder.write("dies.json", scenario("\"availability >= 99%\""));
    let arguments = [
        "simulate",
        "shop.json",
        "--scenario",
        "dies.json",
        "--seeds",
        "3..5",
    ];
    let told = folder.stowplan(&arguments);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let lines: Vec<&str> = told.out.lines().collect();
    assert!(lines[0].starts_with("SEED  ASSERTIONS  availability  min(healthy_tasks)"));
    assert!(
        lines[1].starts_with("3     pass        100%"),
        "{}",
        told.out
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn json_has_what_the_text_has() {
    let folder = folder("simulate-json");
    let told = folder.stowplan(&[
        "simulate",
        "shop.json",
        "--format",
        "json",
        "--seeds",
        "1..2",
    ]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let document: serde_json::Value = serde_json::from_str(&told.out).expect("it is JSON");
    let run = &document["runs"][1];
    assert_eq!(run["seed"], 2);
    assert_eq!(run["services"][0]["running"], 4);
    let text = folder.stowplan(&["simulate", "shop.json", "--seed", "2"]);
    let digest = run["digest"].as_str().expect("there is a digest");
    assert!(
        text.out.contains(&format!("digest {digest}")),
        "{}",
        text.out
    );
}
