//! Scenarios are loaded, judged and written again.

use super::*;
use crate::session::{Intent, NoticeTone};
use stowplan_core::design::sample;

const SHOP: &str = include_str!("../../../../../tests/fixtures/shop.scenario.json");

const DRAIN: &str = r#"{
  "name": "drain",
  "seed": 3,
  "duration": "PT10M",
  "inputs": [
    {"at": "PT3M", "do": "drainInstance", "instance": "i-0a"},
    {"at": "PT4M", "do": "drainInstance", "instance": "i-nowhere"}
  ],
  "assert": [
    "min(healthy_tasks{service=primes}) >= 4 after 3m",
    "max(running_tasks{service=primes}) <= 3"
  ]
}"#;

fn loaded(name: &str, text: &str) -> (Session, String) {
    let mut session = Session::new(sample());
    session.dispatch(Intent::Import {
        name: name.into(),
        text: text.into(),
    });
    let said = session.notice().map(|it| it.text.clone());
    (session, said.unwrap_or_default())
}

fn judged(session: &Session) -> Option<&Judged> {
    session.run()?.judged()
}

#[test]
fn a_scenario_restarts_the_run_with_its_seed_and_inputs() {
    let (session, said) = loaded("shop.scenario.json", SHOP);
    assert_eq!(said, "shop.scenario.json is loaded: 8 inputs, 0 assertions");
    let timeline = session.run().unwrap().timeline();
    assert_eq!(timeline.now(), Instant::ZERO);
    assert_eq!((timeline.recording().seed, session.seed()), (7, 7));
    assert_eq!(timeline.markers().len(), 8);
    assert_eq!(**session.document(), sample());
}

#[test]
fn assertions_are_judged_when_the_run_has_been_played_to_its_end() {
    let (mut session, _) = loaded("pasted", DRAIN);
    session.dispatch(Intent::Seek(Instant(599_999)));
    assert_eq!(judged(&session), None);
    session.dispatch(Intent::Seek(Instant(600_000)));
    let outcomes = judged(&session).unwrap().clone().unwrap();
    let passed: Vec<bool> = outcomes.iter().map(|it| it.passed).collect();
    assert_eq!(passed, [true, false]);
    let refused = session.run().unwrap().refused();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].1.contains("no host `i-nowhere`"), "{refused:?}");
    // Back in time what was judged stays; another past is judged anew.
    session.dispatch(Intent::Seek(Instant(60_000)));
    assert!(judged(&session).is_some());
    session.dispatch(Intent::TerminateInstance("i-0b".into()));
    assert_eq!(judged(&session), None);
}

#[test]
fn playing_stops_at_the_end_of_a_scenario_and_goes_on_when_asked() {
    let (mut session, _) = loaded("pasted", DRAIN);
    session.dispatch(Intent::SetSpeed(crate::session::Speed(3600)));
    session.dispatch(Intent::TogglePlay);
    for _ in 0..3 {
        session.dispatch(Intent::Advance { elapsed_ms: 100.0 });
    }
    let now = |session: &Session| session.run().unwrap().timeline().now();
    assert_eq!(
        (now(&session), session.is_playing()),
        (Instant(600_000), false)
    );
    assert!(judged(&session).is_some());
    session.dispatch(Intent::TogglePlay);
    session.dispatch(Intent::Advance { elapsed_ms: 100.0 });
    assert!(now(&session) > Instant(600_000));
}

#[test]
fn another_seed_keeps_the_scenario_and_a_new_run_drops_it() {
    let (mut session, _) = loaded("pasted", DRAIN);
    session.dispatch(Intent::SetSeed(9));
    let run = session.run().unwrap();
    assert_eq!(run.timeline().recording().seed, 9);
    assert_eq!(run.script().unwrap().scenario.name, "drain");
    session.dispatch(Intent::NewRun);
    assert_eq!(session.run().unwrap().script(), None);
}

#[test]
fn what_cannot_be_played_is_refused_with_its_place() {
    for (text, place) in [
        ("{\"inputs\": [\n {\"at\" 5}]}", "x.scenario.json:2:"),
        (
            "{\"inputs\": [\n {\"at\": \"PT1M\", \"do\": \"explode\"}]}",
            "x.scenario.json:2:",
        ),
        (
            "{\"assert\": [\n \"healthy_tasks{service=nope} >= 1\"]}",
            "x.scenario.json:2:2: `/assert/0`: ",
        ),
        (
            "{\"duration\": \"PT1M\", \"inputs\": [{\n\"at\": \"PT2M\", \"do\": \"stopInstance\", \"instance\": \"i-0a\"}]}",
            "x.scenario.json:2:",
        ),
        ("nonsense", "x.scenario.json:1:1: "),
    ] {
        let (session, said) = loaded("x.scenario.json", text);
        assert!(said.starts_with(place), "{text}: {said}");
        assert_eq!(session.notice().unwrap().tone, NoticeTone::Bad);
        assert!(session.run().is_none());
    }
}

#[test]
fn what_was_done_by_hand_is_written_as_a_scenario_that_plays_alike() {
    let mut session = Session::new(sample());
    session.dispatch(Intent::Seek(Instant(120_000)));
    let instance = String::from("i-0a");
    session.dispatch(Intent::Act(Box::new(Input::DrainInstance { instance })));
    session.dispatch(Intent::Seek(Instant(400_500)));
    let effects = session.dispatch(Intent::ExportScenario);
    let [Effect::Download { name, text }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(name.ends_with(".scenario.json"), "{name}");
    assert!(text.contains("\"at\": \"PT2M0.001S\""), "{text}");
    assert!(text.contains("\"duration\": \"PT6M41S\""), "{text}");
    let (mut again, said) = loaded(name, text);
    assert!(said.ends_with("1 input, 0 assertions"), "{said}");
    again.dispatch(Intent::Seek(Instant(400_500)));
    let events = |session: &Session| session.run().unwrap().timeline().events().to_vec();
    assert_eq!(events(&again), events(&session));
}

#[test]
fn the_design_at_the_start_goes_along_where_it_was_edited_since() {
    let mut session = Session::new(sample());
    session.dispatch(Intent::Seek(Instant(120_000)));
    session.dispatch(Intent::edit(stowplan_core::design::Edit::AddZone));
    let effects = session.dispatch(Intent::ExportScenario);
    let [_, Effect::Download { name, text }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(name.ends_with(".start.stowplan.json"), "{name}");
    assert_eq!(*text, sample().write());
}

#[test]
fn an_act_that_is_refused_says_so_and_a_bad_revision_stays_out_of_the_document() {
    let mut session = Session::new(sample());
    session.dispatch(Intent::Seek(Instant(120_000)));
    let act = |session: &mut Session, input| drop(session.dispatch(Intent::Act(Box::new(input))));
    let service = String::from("primes");
    let failure = stowplan_core::sim::BadRevision::Exit;
    act(&mut session, Input::DeployBadRevision { service, failure });
    assert_eq!(session.notice(), None);
    let instance = String::from("i-0a");
    act(&mut session, Input::StartInstance { instance });
    let notice = session.notice().unwrap();
    assert_eq!(notice.text, "`start i-0a` had no effect: host `i-0a` runs");
    assert_eq!(**session.document(), sample());
}

#[test]
fn a_design_and_its_scenario_can_be_dropped_together() {
    let design = include_str!("../../../../../examples/shop/shop.stowplan.json");
    let scenario =
        include_str!("../../../../../examples/shop/scenarios/instance-drain.scenario.json");
    let file = |name: &str, text: &str| crate::session::ReadFile {
        name: name.into(),
        content: Ok(text.into()),
    };
    let mut session = Session::new(sample());
    session.dispatch(Intent::ImportFiles(vec![
        file("instance-drain.scenario.json", scenario),
        file("shop.stowplan.json", design),
    ]));
    assert_eq!(session.notice().unwrap().text, "2 of 2 files were added");
    let end = session.run().unwrap().script().unwrap().end;
    session.dispatch(Intent::Seek(end));
    let outcomes = judged(&session).unwrap().clone().unwrap();
    assert!(!outcomes.is_empty());
    assert!(outcomes.iter().all(|it| it.passed), "{outcomes:#?}");
    assert_eq!(session.run().unwrap().refused(), []);
}

const LOAD: &str = r#"{
  "name": "load",
  "duration": "PT10M",
  "traffic": [
    {
      "name": "shoppers",
      "listener": "shop-alb:80",
      "requestsPerSecond": {
        "profile": "ramp",
        "from": 10,
        "to": 12.5,
        "over": "PT5M"
      },
      "session": "PT10M"
    }
  ],
  "inputs": [
    {"at": "PT4M", "do": "setTraffic", "name": "shoppers", "requestsPerSecond": 500}
  ]
}"#;

#[test]
fn traffic_is_played_changed_and_saved() {
    let (mut session, said) = loaded("pasted", LOAD);
    assert_eq!(said, "pasted is loaded: 1 input, 0 assertions");
    session.dispatch(Intent::Seek(Instant(300_000)));
    let name = String::from("shoppers");
    session.dispatch(Intent::Act(Box::new(Input::StopTraffic { name })));
    let run = session.run().unwrap();
    assert_eq!(run.refused(), []);
    assert_eq!(run.timeline().world().traffic().len(), 0);
    let effects = session.dispatch(Intent::ExportScenario);
    let Effect::Download { text, .. } = &effects[0] else {
        panic!("{effects:?}");
    };
    let (read, saved) = (
        read::<Scenario>(LOAD).unwrap(),
        read::<Scenario>(text).unwrap(),
    );
    assert_eq!(saved.traffic, read.traffic);
    assert_eq!(saved.inputs.len(), 2);
}

#[test]
fn a_file_beside_the_scenario_cannot_be_opened_here() {
    let start = LOAD.find("{\n        \"profile\"").unwrap();
    let end = LOAD[start..].find('}').unwrap() + start + 1;
    let file = r#"{"profile": "replay", "file": "load.csv"}"#;
    let text = format!("{}{file}{}", &LOAD[..start], &LOAD[end..]);
    let (session, said) = loaded("load.scenario.json", &text);
    assert_eq!(
        said,
        "load.scenario.json:8:58: `/traffic/0/requestsPerSecond/file`: `load.csv` stands beside \
         the scenario and cannot be opened here; put its text into `csv`, or play the scenario \
         with `stowplan simulate`"
    );
    assert!(session.run().is_none());
}
