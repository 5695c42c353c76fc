//! `stowplan check` as a user calls it: every problem of every file, for people and programs.

use crate::command::Folder;
use serde_json::Value;
use stowplan_core::taskdef::Rule;

/// Two errors, one warning, and members that only AWS writes.
const WEB: &str = r#"{
  "family": "web",
  "containerDefinitions": [
    {
      "name": "app",
      "image": "app:1",
      "memory": 64,
      "memoryReservation": 65,
      "portMappings": [{ "containerPort": "80", "protocol": "TCP" }]
    }
  ],
  "status": "ACTIVE",
  "revision": 3
}
"#;

const SOUND: &str = r#"{"family": "ok", "containerDefinitions": [
  {"name": "app", "image": "app:1", "memory": 64}]}"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("one JSON document")
}

#[test]
fn problems_stand_in_excerpts_notes_in_a_line_and_a_summary_ends_it() {
    let folder = Folder::new("check-text");
    folder.write("web.json", WEB);
    folder.write("ok.json", SOUND);
    let told = folder.stowplan(&["check", "web.json", "ok.json"]);
    let expected = r#"  × error RULE: 65 MiB are reserved, but at most 64 MiB may be used
   ╭─[web.json:8:28]
 7 │       "memory": 64,
 8 │       "memoryReservation": 65,
   ·                            ─┬
   ·                             ╰── /containerDefinitions/0/memoryReservation
 9 │       "portMappings": [{ "containerPort": "80", "protocol": "TCP" }]
   ╰────
  help: reserve no more than `memory`

  ⚠ warning TD012: "80" is written as text; AWS takes 80 without quotes
    ╭─[web.json:9:43]
  8 │       "memoryReservation": 65,
  9 │       "portMappings": [{ "containerPort": "80", "protocol": "TCP" }]
    ·                                           ──┬─
    ·                                             ╰── /containerDefinitions/0/portMappings/0/containerPort
 10 │     }
    ╰────
  help: take the quotes away; the export does (`--fix` can)

  × error TD010: `TCP` is not one of tcp, udp
    ╭─[web.json:9:61]
  8 │       "memoryReservation": 65,
  9 │       "portMappings": [{ "containerPort": "80", "protocol": "TCP" }]
    ·                                                             ──┬──
    ·                                                               ╰── /containerDefinitions/0/portMappings/0/protocol
 10 │     }
    ╰────
  help: write one of them as it stands here (`--fix` can)

  info TD016 web.json:12:3: `status` is written by AWS only (likewise at 13:3)
2 files: 2 errors, 1 warning; `--fix` mends 2 findings
"#;
    let rule = Rule::ReservationAboveMemory.id();
    assert_eq!(told.out, expected.replace("RULE", rule));
    assert_eq!((told.code, told.err.as_str()), (Some(4), ""));
}

#[test]
fn json_has_every_finding_with_its_place_and_fix() {
    let folder = Folder::new("check-json");
    folder.write("web.json", WEB);
    let told = folder.stowplan(&["check", "--format", "json", "web.json", "absent.json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(2), ""));
    let document = json(&told.out);
    let first = r#"{
      "file": "web.json",
      "rule": "RULE",
      "severity": "error",
      "pointer": "/containerDefinitions/0/memoryReservation",
      "line": 8,
      "column": 28,
      "endLine": 8,
      "endColumn": 30,
      "message": "65 MiB are reserved, but at most 64 MiB may be used","#;
    let rule = Rule::ReservationAboveMemory.id();
    let first = first.replace("RULE", rule);
    assert!(told.out.contains(&first), "{}", told.out);
    let findings = document["findings"].as_array().expect("a list");
    let rules: Vec<&str> = findings
        .iter()
        .filter_map(|it| it["rule"].as_str())
        .collect();
    assert_eq!(rules, [rule, "TD012", "TD010", "TD016", "TD016"]);
    let pointer = "/containerDefinitions/0/portMappings/0/containerPort";
    let fix = json(&format!(r#"[{{"pointer": "{pointer}", "value": 80}}]"#));
    assert_eq!(findings[1]["fix"], fix);
    assert_eq!(findings[1]["fixIsSafe"], true);
    assert_eq!(document["unreadable"][0]["file"], "absent.json");
    let summary = r#"{"files": 1, "errors": 2, "warnings": 1, "infos": 2, "unreadable": 1}"#;
    assert_eq!(document["summary"], json(summary));
}

#[test]
fn sarif_has_rules_regions_and_replacements() {
    let folder = Folder::new("check-sarif");
    folder.write("my web.json", WEB);
    let told = folder.stowplan(&["check", "--format", "sarif", "./my web.json"]);
    assert_eq!(told.code, Some(4));
    let document = json(&told.out);
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let ids: Vec<&str> = rules.iter().filter_map(|it| it["id"].as_str()).collect();
    assert_eq!(
        ids,
        ["TD010", "TD012", "TD016", Rule::ReservationAboveMemory.id()]
    );
    assert_eq!(rules[2]["defaultConfiguration"]["level"], "note");
    let results = run["results"].as_array().expect("results");
    for result in results {
        let at = result["ruleIndex"].as_u64().expect("an index");
        let at = usize::try_from(at).expect("a small one");
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    let place = &results[1]["locations"][0];
    assert_eq!(
        place["physicalLocation"]["artifactLocation"]["uri"],
        "my%20web.json"
    );
    let region = r#"{"startLine": 9, "startColumn": 43, "endLine": 9, "endColumn": 47}"#;
    assert_eq!(place["physicalLocation"]["region"], json(region));
    let change = &results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["deletedRegion"], json(region));
    assert_eq!(change["insertedContent"]["text"], "80");
}

#[test]
fn fix_mends_in_place_what_is_sure_and_tells_the_rest() {
    let folder = Folder::new("check-fix");
    let marked = format!("\u{feff}{}", WEB.replace('\n', "\r\n"));
    folder.write("web.json", &marked);
    folder.write("ok.json", SOUND);
    let told = folder.stowplan(&["check", "--fix", "web.json", "ok.json"]);
    assert_eq!(told.code, Some(4));
    assert_eq!(told.err, "web.json: 2 problems mended\n");
    assert!(told.out.ends_with("2 files: 1 error\n"), "{}", told.out);
    let mended = marked.replace("\"80\"", "80").replace("TCP", "tcp");
    assert_eq!(folder.read("web.json"), mended);
    assert_eq!(folder.read("ok.json"), SOUND);
    let told = folder.stowplan_given(WEB, &["check", "--fix", "-"]);
    assert_eq!(told.out, WEB.replace("\"80\"", "80").replace("TCP", "tcp"));
    assert!(told.err.ends_with("1 file: 1 error\n"), "{}", told.err);
}

#[test]
fn a_design_is_checked_with_all_its_parts() {
    let folder = Folder::new("check-design");
    let design = r#"{
  "stowplan": 1,
  "taskDefinitions": [
    {
      "family": "web",
      "revision": 2,
      "containerDefinitions": [{ "name": "app", "image": "a", "memory": "64" }]
    }
  ],
  "services": [{ "serviceName": "web", "taskDefinition": "web:1" }]
}
"#;
    folder.write("shop.stowplan.json", design);
    let told = folder.stowplan(&["check", "shop.stowplan.json", "--fix"]);
    assert_eq!(told.code, Some(4));
    assert_eq!(told.err, "shop.stowplan.json: 1 problem mended\n");
    assert!(
        told.out
            .contains("error DS002: there is no task definition called `web:1`"),
        "{}",
        told.out
    );
    assert!(told.out.ends_with("1 file: 1 error\n"), "{}", told.out);
    assert!(folder.read("shop.stowplan.json").contains("\"memory\": 64"));
    folder.write("newer.json", "{\"stowplan\": 2}");
    let told = folder.stowplan(&["check", "newer.json"]);
    assert!(told.out.contains("newer.json:1:14"), "{}", told.out);
    assert_eq!(told.code, Some(4));
}

#[test]
fn a_platform_can_be_asked_for() {
    let folder = Folder::new("check-for");
    folder.write("ok.json", SOUND);
    assert_eq!(
        folder.stowplan(&["check", "ok.json"]).out,
        "1 file: no problems\n"
    );
    let told = folder.stowplan(&["check", "--for", "fargate", "--format", "json", "ok.json"]);
    let document = json(&told.out);
    let findings = document["findings"].as_array().expect("a list");
    let rules: Vec<&str> = findings
        .iter()
        .filter_map(|it| it["rule"].as_str())
        .collect();
    assert!(rules.contains(&Rule::FargateNetwork.id()), "{rules:?}");
    assert_eq!(told.code, Some(4));
}

#[test]
fn warnings_fail_only_where_that_is_asked_for() {
    let folder = Folder::new("check-fail-on");
    folder.write("odd.json", SOUND.replace("64", "\"64\""));
    assert_eq!(folder.stowplan(&["check", "odd.json"]).code, Some(0));
    let strict = folder.stowplan(&["check", "--fail-on", "warning", "odd.json"]);
    assert_eq!(strict.code, Some(4));
}

#[test]
fn what_cannot_be_read_is_named_and_the_others_are_checked() {
    let folder = Folder::new("check-unreadable");
    folder.write("latin.json", b"{\n  \"family\": \"caf\xe9\"}");
    folder.write("web.json", WEB);
    folder.write("empty.json", "");
    let names = ["latin.json", ".", "absent.json", "web.json", "empty.json"];
    let told = folder.stowplan(&[&["check"], names.as_slice()].concat());
    assert_eq!(told.code, Some(2));
    let expected = "\
error: latin.json:2:17: the byte 0xe9 is not UTF-8 text
  hint: save it as UTF-8
error: cannot read `.`: it is a folder
  hint: name the files in it
error: cannot read `absent.json`: there is no such file
  hint: check the path
";
    assert_eq!(told.err, expected);
    assert!(
        told.out.contains("error TD001: the file is empty"),
        "{}",
        told.out
    );
    let summary = "2 files: 3 errors, 1 warning; 3 files not read; `--fix` mends 2 findings\n";
    assert!(told.out.ends_with(summary), "{}", told.out);
    let twice = folder.stowplan(&["check", "-", "-"]);
    assert_eq!(twice.code, Some(2));
}

#[test]
fn long_lines_and_hostile_files_stay_readable() {
    let folder = Folder::new("check-hostile");
    let long = format!(
        r#"{{"family":"a","containerDefinitions":[{{"name":"a","image":"i","memory":64,"dockerLabels":{{"l":"{}"}},"cpu":-1}}]}}"#,
        "x".repeat(10_000)
    );
    folder.write("long.json", &long);
    folder.write("deep.json", "[".repeat(1 << 20));
    folder.write("escape.json", "{\"family\": \"\u{1b}[2J\"");
    let told = folder.stowplan(&["check", "long.json", "deep.json", "escape.json"]);
    assert_eq!(told.code, Some(4));
    let widest = told.out.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 100), "{}", told.out);
    assert!(!told.out.contains('\u{1b}'), "{}", told.out);
    assert!(
        told.out.contains("…xxxxxxxxxxxxxxx\"},\"cpu\":-1}]}"),
        "{}",
        told.out
    );
}

/// A design with one service, checked.
fn service_checked(name: &str, fields: &str) -> String {
    let folder = Folder::new(name);
    let design = format!(
        r#"{{
  "stowplan": 1,
  "clusters": [{{ "clusterName": "shop" }}],
  "taskDefinitions": [
    {{ "family": "web", "containerDefinitions": [{{ "name": "a", "image": "a", "memory": 64 }}] }}
  ],
  "services": [
    {{ "serviceName": "web", "taskDefinition": "web:1",
      {fields}
    }}
  ]
}}
"#
    );
    folder.write("d.json", design);
    let told = folder.stowplan(&["check", "d.json"]);
    assert_eq!(told.code, Some(4), "{}", told.out);
    told.out
}

#[test]
fn an_expression_is_marked_where_it_is_at_fault() {
    let constraint = |text: &str| {
        format!(
            r#""placementConstraints": [{{ "type": "memberOf",
        "expression": "{text}" }}]"#
        )
    };
    let told = service_checked("check-expression", &constraint("attribute:stack = prod"));
    let expected = r#"  × error DS022: `=` is not an operator, at character 17 of the expression
    ╭─[d.json:10:40]
  9 │       "placementConstraints": [{ "type": "memberOf",
 10 │         "expression": "attribute:stack = prod" }]
    ·                                        ┬
    ·                                        ╰── /services/0/placementConstraints/0/expression
 11 │     }
    ╰────
  help: did you mean `==`?

1 file: 1 error
"#;
    assert_eq!(told, expected);
    let empty = service_checked("check-empty-list", &constraint("attribute:stack in []"));
    assert!(
        empty.contains("error DS022: the list is empty, at character 20"),
        "{empty}"
    );
    assert!(empty.contains("[d.json:10:43]"), "{empty}");
    // What is missing behind the end is marked at the quote.
    let ends = service_checked("check-expression-ends", &constraint("attribute:stack =="));
    assert!(ends.contains("[d.json:10:42]"), "{ends}");
    // Escapes move characters, so that the whole text is marked.
    let escaped = constraint(r"attribute:st\u0061ck = prod");
    let escaped = service_checked("check-escaped", &escaped);
    assert!(escaped.contains("[d.json:10:23]"), "{escaped}");
}

#[test]
fn what_ecs_takes_of_constraints_and_strategies_is_checked() {
    let all = [r#"{ "type": "distinctInstance" }"#; 11].join(", ");
    let many = service_checked(
        "check-constraints",
        &format!(r#""placementConstraints": [{all}]"#),
    );
    assert!(
        many.contains("error DS018: 11 constraints are more than the 10 that ECS takes"),
        "{many}"
    );
    assert!(many.contains("[d.json:9:31]"), "{many}");
    let bare = r#""placementStrategy": [{ "type": "spread" }]"#;
    let bare = service_checked("check-strategy", bare);
    assert!(
        bare.contains("error DS016: the strategy `spread` has no field"),
        "{bare}"
    );
    assert!(bare.contains("help: say over what: `instanceId`"), "{bare}");
    let none = r#""placementConstraints": [{ "type": "memberOf" }]"#;
    let none = service_checked("check-no-expression", none);
    assert!(
        none.contains("error DS020: a memberOf constraint needs"),
        "{none}"
    );
}
