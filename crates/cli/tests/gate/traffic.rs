//! Recorded traffic in a file beside the scenario: read from the scenario's folder, and told of
//! where it cannot be.

use super::folder;
use std::fs;

/// A scenario whose rates are in a file.
fn replay(file: &str) -> String {
    format!(
        r#"{{
  "name": "a recorded day",
  "duration": "PT15M",
  "traffic": [
    {{ "listener": "shop-alb:80",
      "requestsPerSecond": {{ "profile": "replay", "file": "{file}" }} }}
  ],
  "inputs": [
    {{ "at": "PT5M", "do": "setTraffic", "name": "shop-alb:80",
      "requestsPerSecond": {{ "profile": "replay", "file": "{file}" }} }}
  ],
  "assert": ["availability >= 0%"]
}}"#
    )
}

#[test]
fn a_file_is_read_from_the_folder_of_the_scenario() {
    let folder = folder("traffic-file");
    fs::create_dir_all(folder.path("scenarios/loads")).expect("a folder can be made");
    folder.write("scenarios/day.json", replay("loads/day.csv"));
    folder.write(
        "scenarios/loads/day.csv",
        "\u{feff}seconds,rps\r\n0,10\r\n60,40\r\n",
    );
    let told = folder.stowplan(&["test", "shop.json", "scenarios/day.json"]);
    // The same rates set again change nothing, which shows that both were read.
    assert_eq!(told.code, Some(3), "{}", told.err);
    let refused = "`traffic shop-alb:80: replay` had no effect at 00:05:00: it is so already";
    assert!(told.out.contains(refused), "{}", told.out);
    let text = replay("loads/day.csv").replacen("day.csv", "morning.csv", 1);
    folder.write("scenarios/day.json", text);
    folder.write("scenarios/loads/morning.csv", "0,10\n");
    let told = folder.stowplan(&["test", "shop.json", "scenarios/day.json"]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    let scenario = ["--scenario", "scenarios/day.json"];
    let told = folder.stowplan(&["simulate", "shop.json", scenario[0], scenario[1]]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_name_and_place() {
    let folder = folder("traffic-bad-file");
    folder.write("wide.csv", b"0,1\n1,\xff\n");
    folder.write("words.csv", "0,1\n60,many\n");
    folder.write("long.csv", vec![b'0'; 17 * 1024 * 1024]);
    let cases = [
        (
            "nowhere.csv",
            "cannot read `nowhere.csv`: there is no such file",
        ),
        ("wide.csv", "wide.csv:2:3: the byte 0xff is not UTF-8 text"),
        ("long.csv", "cannot read `long.csv`: it is longer than"),
        (
            "words.csv",
            "words.csv: line 2, column 4: `many` is not a number of requests",
        ),
    ];
    for (file, message) in cases {
        folder.write("bad.json", replay(file));
        let told = folder.stowplan(&["test", "shop.json", "bad.json"]);
        assert_eq!(told.code, Some(4), "{}", told.err);
        for expected in [message, "bad.json:6:59]", "bad.json:10:59]", "SC003"] {
            assert!(told.err.contains(expected), "{expected}: {}", told.err);
        }
    }
}
