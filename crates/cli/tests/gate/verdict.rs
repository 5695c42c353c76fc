//! Verdicts and reports of `stowplan test`.

use super::{folder, scenario};

const HOLDS: &str = r#""availability >= 99%", "registered_instances == 3 at 6m""#;
const FAILS: &str = r#""availability >= 99%", "min(healthy_tasks{service=edges}) >= 3""#;

#[test]
fn what_holds_passes_with_what_was_measured() {
    let folder = folder("gate-pass");
    folder.write("dies.json", scenario(HOLDS));
    let told = folder.stowplan(&["test", "shop.json", "dies.json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(
        told.out,
        "pass a host dies (dies.json, 2 assertions, seed 1)\n1 scenario, 1 run: all passed\n"
    );
    let told = folder.stowplan(&["test", "shop.json", "dies.json", "--verbose"]);
    assert_eq!(
        told.out,
        "pass a host dies (dies.json, 2 assertions, seed 1)\n     \
         availability >= 99%              100%\n     \
         registered_instances == 3 at 6m  3\n\
         1 scenario, 1 run: all passed\n"
    );
    assert_eq!(told.err, "");
}

#[test]
fn what_fails_comes_first_with_moment_seed_and_the_command_that_replays_it() {
    let folder = folder("gate-fail");
    folder.write("it's calm.json", scenario(HOLDS));
    folder.write("it's bad.json", scenario(FAILS));
    let scenarios = ["it's calm.json", "it's bad.json"];
    let arguments = [
        "test",
        "shop.json",
        scenarios[0],
        scenarios[1],
        "--seed",
        "7",
    ];
    let told = folder.stowplan(&arguments);
    assert_eq!(told.code, Some(3), "{}", told.err);
    let expected = "\
FAIL a host dies: min(healthy_tasks{service=edges}) >= 3
     was 2, wanted >= 3: first at 00:05:00, seed 7
     replay: stowplan test shop.json 'it'\\''s bad.json' --seed 7

pass a host dies";
    assert!(told.out.starts_with(expected), "{}", told.out);
    assert!(
        told.out
            .ends_with("2 scenarios, 2 runs: 1 failed, 1 passed\n")
    );
    let replayed = folder.stowplan(&["test", "shop.json", scenarios[1], "--seed", "7"]);
    assert_eq!(replayed.code, Some(3));
    assert!(replayed.out.contains("first at 00:05:00, seed 7"));
}

#[test]
fn reports_do_not_depend_on_the_number_of_threads() {
    let folder = folder("gate-threads");
    folder.write("good.json", scenario(HOLDS));
    folder.write("bad.json", scenario(FAILS));
    let told = |jobs: &str, format: &str| {
        let junit = format!("{jobs}.xml");
        let markdown = format!("{jobs}.md");
        let told = folder.stowplan(&[
            "test",
            "shop.json",
            "good.json",
            "bad.json",
            "--seeds",
            "1..9",
            "--jobs",
            jobs,
            "--format",
            format,
            "--junit",
            &junit,
            "--markdown",
            &markdown,
        ]);
        assert_eq!(told.code, Some(3), "{}", told.err);
        (told.out, folder.read(&junit), folder.read(&markdown))
    };
    for format in ["text", "json"] {
        let alone = told("1", format);
        assert_eq!(told("4", format), alone);
        assert_eq!(told("64", format), alone);
    }
}

#[test]
fn many_seeds_are_one_failure() {
    let folder = folder("gate-seeds");
    folder.write("bad.json", scenario(FAILS));
    let told = folder.stowplan(&["test", "shop.json", "bad.json", "--seeds", "2..9"]);
    let expected = "seed 2 (and 7 more of 8: 3, 4, 5, 6, 7 …)\n";
    assert!(told.out.contains(expected), "{}", told.out);
    assert_eq!(told.out.matches("replay: ").count(), 1, "{}", told.out);
}

#[test]
fn junit_has_a_case_for_each_assertion() {
    let folder = folder("gate-junit");
    folder.write("bad.json", scenario(FAILS));
    folder.write("faulty.json", scenario("\"nothing\""));
    let files = ["bad.json", "faulty.json", "--junit", "report.xml"];
    let told = folder.stowplan(&["test", "shop.json", files[0], files[1], files[2], files[3]]);
    assert_eq!(
        told.code,
        Some(4),
        "a faulty scenario is worse than one that fails"
    );
    let xml = folder.read("report.xml");
    for expected in [
        r#"<testsuites name="stowplan" tests="3" skipped="0" failures="1" errors="1">"#,
        r#"<testsuite name="a host dies" tests="2" skipped="0" errors="0" failures="1">"#,
        r#"<property name="file" value="bad.json"/>"#,
        r#"<testcase name="availability &gt;= 99%" classname="a host dies">"#,
        r#"<failure message="was 2, wanted &gt;= 3: first at 00:05:00" type="assertion">"#,
        "replay: stowplan test shop.json bad.json --seed 1</failure>",
        r#"<error message="the scenario has errors and was not run" type="document"/>"#,
    ] {
        assert!(xml.contains(expected), "{expected}\n{xml}");
    }
}

#[test]
fn the_markdown_is_a_comment_with_failures_first() {
    let folder = folder("gate-markdown");
    folder.write("bad.json", scenario(FAILS));
    let arguments = ["test", "shop.json", "bad.json", "--markdown", "comment.md"];
    assert_eq!(folder.stowplan(&arguments).code, Some(3));
    assert_eq!(
        folder.read("comment.md"),
        "### ❌ Stowplan: 1 of 1 scenario failed

| | scenario | assertion | measured | seeds |
|---|---|---|---|---|
| ❌ | a host dies | `min(healthy_tasks{service=edges}) >= 3` \
| was 2, wanted &gt;= 3: first at 00:05:00 | seed 1 |
| ✅ | a host dies | `availability >= 99%` | 100% | seed 1 |

<details><summary>Play the failures again</summary>

```sh
stowplan test shop.json bad.json --seed 1
```

</details>
"
    );
}

#[test]
fn json_says_what_programs_ask() {
    let folder = folder("gate-json");
    folder.write("bad.json", scenario(FAILS));
    let told = folder.stowplan(&["test", "shop.json", "bad.json", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&told.out).expect("it is JSON");
    assert_eq!(document["exitCode"], 3);
    let scenario = &document["scenarios"][0];
    assert_eq!(scenario["passed"], false);
    let assertion = &scenario["runs"][0]["assertions"][1];
    assert_eq!(assertion["measured"], 2.0);
    assert_eq!(assertion["violatedAt"], 300_000);
    let replay = "stowplan test shop.json bad.json --seed 1";
    assert_eq!(scenario["failures"][0]["replay"], replay);
}

#[test]
fn the_documented_scenario_can_be_run() {
    let folder = folder("gate-documented");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = std::fs::read_to_string(path).expect("the page is there");
    let behind = text.split("```json\n").nth(1).expect("it has an example");
    let example = behind.split("```").next().expect("the example ends");
    folder.write("documented.json", example);
    let told = folder.stowplan(&["test", "shop.json", "documented.json", "--seeds", "1..3"]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
}
