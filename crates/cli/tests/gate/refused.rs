//! Scenarios that cannot be run, or whose inputs do nothing: each is told with its place.

use super::{folder, scenario};

#[test]
fn a_host_that_is_not_there_fails_the_scenario_with_its_place_and_a_name() {
    let folder = folder("refused-host");
    let text = scenario("\"availability >= 0%\"").replace("i-0d", "i-9d");
    folder.write("typo.json", text);
    let told = folder.stowplan(&["test", "shop.json", "typo.json"]);
    assert_eq!(told.code, Some(3), "{}", told.err);
    let expected = "\
FAIL a host dies: /inputs/0 in line 6
     `terminate i-9d` had no effect at 00:05:00: no host `i-9d` is registered; did you mean `i-0d`?, seed 1
     replay: stowplan test shop.json typo.json --seed 1
";
    assert!(told.out.starts_with(expected), "{}", told.out);
}

#[test]
fn faults_of_a_scenario_have_their_place_and_the_others_are_run() {
    let folder = folder("refused-faults");
    folder.write("good.json", scenario("\"availability >= 0%\""));
    let cases = [
        (
            scenario("").replace("PT5M", "PT16M"),
            "bad.json:6:13]",
            "this happens at PT16M, but the run ends at PT15M",
        ),
        (
            scenario("").replace("PT5M", "PT-5M"),
            "bad.json:6:13]",
            "`PT-5M` is not an ISO 8601 duration",
        ),
        (
            scenario("").replace("PT15M", "P32D"),
            "bad.json:3:15]",
            "a run of PT768H is longer than PT744H",
        ),
        (
            scenario("").replace("PT4M", "PT15M"),
            "bad.json:4:18]",
            "measuring begins at PT15M, but the run ends at PT15M",
        ),
        (
            scenario("\"max(pending_tasks) / 0 < 1\""),
            "bad.json:8:36]",
            "the divisor is zero whatever happens",
        ),
        (
            scenario("\"healthy_tasks{service=edge} >= 1\""),
            "bad.json:8:15]",
            "did you mean `edges`?",
        ),
        (
            scenario("\"sum(latency) < 400ms\""),
            "bad.json:8:19]",
            "`latency` is that of every request",
        ),
        (
            scenario("").replace("\"assert\"", "\"asserts\""),
            "bad.json:8:3]",
            "unknown field `asserts`",
        ),
        (scenario(","), "bad.json:8:14]", "does not belong here"),
    ];
    for (text, place, message) in cases {
        folder.write("bad.json", &text);
        let told = folder.stowplan(&["test", "shop.json", "bad.json", "good.json"]);
        assert_eq!(told.code, Some(4), "{text}");
        assert!(told.err.contains(place), "{place}: {}", told.err);
        assert!(told.err.contains(message), "{message}: {}", told.err);
        assert!(
            told.out
                .contains("FAIL bad.json: it has errors and was not run")
        );
        assert!(
            told.out.contains("pass a host dies (good.json"),
            "{}",
            told.out
        );
    }
}

#[test]
fn a_divisor_that_becomes_zero_fails_with_its_moment() {
    let folder = folder("refused-zero");
    folder.write(
        "zero.json",
        scenario("\"healthy_tasks / pending_tasks < 1\""),
    );
    let told = folder.stowplan(&["test", "shop.json", "zero.json"]);
    assert_eq!(told.code, Some(3));
    assert!(
        told.out.contains("the divisor is zero at 00:04:00, seed 1"),
        "{}",
        told.out
    );
}

#[test]
fn an_endless_scenario_ends_with_its_budget() {
    let folder = folder("refused-endless");
    let text = scenario("\"availability >= 0%\"").replace("PT15M", "P31D");
    folder.write("endless.json", text);
    folder.write("bad.json", scenario("\"max(pending_tasks) < 0\""));
    let told = folder.stowplan(&[
        "test",
        "shop.json",
        "endless.json",
        "bad.json",
        "--max-turns",
        "20",
    ]);
    assert_eq!(
        told.code,
        Some(5),
        "a budget is worse than a failure: {}",
        told.err
    );
    let expected = "FAIL a host dies: budget of 20 turns\n     exhausted at 00:0";
    assert!(told.out.starts_with(expected), "{}", told.out);
    let replay = "replay: stowplan test shop.json endless.json --seed 1 --max-turns 20\n";
    assert!(told.out.contains(replay), "{}", told.out);
}

#[test]
fn wrong_usage_and_missing_files_are_neither_failures_nor_documents() {
    let folder = folder("refused-usage");
    folder.write("good.json", scenario(""));
    for arguments in [
        &["test", "shop.json"][..],
        &["test", "shop.json", "nowhere.json"],
        &["test", "nowhere.json", "good.json"],
        &["test", "shop.json", "good.json", "--seeds", "9..1"],
        &[
            "test",
            "shop.json",
            "good.json",
            "--seeds",
            "1..2",
            "--seed",
            "1",
        ],
        &["test", "shop.json", "good.json", "--jobs", "0"],
        &["test", "shop.json", "good.json", "--max-turns", "0"],
        &[
            "test",
            "shop.json",
            "good.json",
            "--junit",
            "no/such/folder.xml",
        ],
        &["simulate", "shop.json", "--duration", "P40D"],
        &[
            "simulate",
            "shop.json",
            "--seeds",
            "1..2",
            "--events",
            "log",
        ],
        &["simulate", "shop.json", "--events", "-", "--format", "json"],
        &["compare", "shop.json", "good.json"],
    ] {
        let told = folder.stowplan(arguments);
        assert_eq!(told.code, Some(2), "{arguments:?}: {}", told.err);
        assert!(!told.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_design_with_errors_is_told_and_what_is_sound_is_run() {
    let folder = folder("refused-design");
    let faulty = super::sample().replace("\"edges:1\"", "\"edges:7\"");
    folder.write("shop.json", faulty);
    folder.write(
        "good.json",
        scenario("\"availability{service=primes} >= 0%\""),
    );
    let told = folder.stowplan(&["test", "shop.json", "good.json"]);
    assert_eq!(told.code, Some(4));
    assert!(told.err.contains("DS002"), "{}", told.err);
    assert!(told.out.contains("pass a host dies"), "{}", told.out);
}
