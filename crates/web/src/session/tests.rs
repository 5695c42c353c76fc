//! Stories on a session: gestures, edits before and during a run, what-if, undo, bad files.

use super::tool::{Button, Cargo, Event};
use super::*;
use stowplan_core::control::InstanceStatus;
use stowplan_core::design::{Edit, Part, sample};
use stowplan_core::scene::{Point, point};
use stowplan_core::time::Instant;

fn session() -> Session {
    Session::new(sample())
}

fn edit(edit: Edit) -> Intent {
    Intent::edit(edit)
}

/// The view point in a subject, near its left end.
fn middle(session: &Session, part: Part) -> Point {
    let place = session.scene().place(&Subject::Part(part)).unwrap();
    session
        .camera()
        .to_view(point(place.x + 40.0, place.y + place.h / 2.0))
}

fn drag(session: &mut Session, from: Point, to: Point) {
    for event in [
        Event::Down {
            at: from,
            button: Button::Primary,
        },
        Event::Move { at: to },
        Event::Up {
            at: to,
            on_canvas: true,
        },
    ] {
        session.dispatch(Intent::Pointer(event));
    }
}

fn play_to(session: &mut Session, seconds: u64) {
    session.dispatch(Intent::Seek(Instant(seconds * 1000)));
}

fn running(session: &Session, revision: &str) -> usize {
    let shown = session.shown();
    let tasks = shown.control.unwrap().tasks.values();
    let of_it = tasks.filter(|task| {
        task.last_status == stowplan_core::control::TaskStatus::Running
            && shown.model.definition(task.task_definition).name() == revision
    });
    of_it.count()
}

#[test]
fn a_host_from_the_palette_lands_in_the_zone_below_and_undo_takes_it_back() {
    let mut session = session();
    let zone = middle(&session, Part::Zone("us-east-1b".into()));
    session.dispatch(Intent::Drop {
        cargo: Cargo::New(Item::Host),
        at: zone,
    });
    let host = session.document().container_instances.last().unwrap();
    assert_eq!(host.availability_zone, "us-east-1b");
    let made = Subject::Part(Part::ContainerInstance(host.ec2_instance_id.clone()));
    assert_eq!(session.selection(), Some(&made));
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), sample());
    assert_eq!(session.selection(), None);
    session.dispatch(Intent::Redo);
    assert_eq!(session.document().container_instances.len(), 5);
}

#[test]
fn dragging_a_host_moves_it_to_another_zone() {
    let mut session = session();
    let from = middle(&session, Part::ContainerInstance("i-0d".into()));
    let to = middle(&session, Part::Zone("us-east-1b".into()));
    drag(&mut session, from, to);
    assert_eq!(
        session.document().container_instances[3].availability_zone,
        "us-east-1b"
    );
}

#[test]
fn dragging_a_rule_changes_the_order_and_not_the_numbers() {
    let mut session = session();
    let rule = |priority| Part::Rule("shop-alb:80".into(), priority);
    let from = middle(&session, rule(2));
    let to = middle(&session, rule(1));
    drag(&mut session, from, point(to.x, to.y - 8.0));
    let rules = &session.document().rules;
    assert_eq!((rules[0].priority, rules[1].priority), (2, 1));
    assert_eq!(session.selection(), Some(&Subject::Part(rule(1))));
}

#[test]
fn selecting_a_thousand_times_moves_nothing() {
    let mut session = session();
    let (scene, camera) = (session.scene().clone(), session.camera());
    let parts = [
        Part::Service("primes".into()),
        Part::Zone("us-east-1a".into()),
    ];
    for at in 0..1000 {
        session.dispatch(Intent::Select(Some(Subject::Part(parts[at % 2].clone()))));
    }
    assert_eq!((session.scene(), session.camera()), (&scene, camera));
}

#[test]
fn a_deploy_during_a_run_rolls_out_and_the_past_is_still_there() {
    let mut session = session();
    play_to(&mut session, 300);
    assert_eq!(running(&session, "primes:1"), 4);
    session.dispatch(edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    session.dispatch(edit(deploy));
    assert!(session.can_undo());
    play_to(&mut session, 900);
    assert_eq!(
        (running(&session, "primes:1"), running(&session, "primes:2")),
        (0, 4)
    );
    play_to(&mut session, 300);
    assert_eq!(running(&session, "primes:1"), 4);
    assert_eq!(session.shown().design.task_definitions.len(), 2);
    assert_eq!(session.document().task_definitions.len(), 3);
}

#[test]
fn an_act_in_the_past_drops_what_followed_and_says_so() {
    let mut session = session();
    play_to(&mut session, 600);
    play_to(&mut session, 20);
    session.dispatch(Intent::TerminateInstance("i-0a".into()));
    let notice = session.notice().unwrap();
    assert!(notice.text.starts_with("what-if: "), "{notice:?}");
    play_to(&mut session, 25);
    let shown = session.shown();
    let host = shown.model.instance_named("i-0a").unwrap();
    assert_eq!(
        shown.control.unwrap().instances[&host].status,
        InstanceStatus::Inactive
    );
}

#[test]
fn undo_during_a_run_keeps_document_and_run_alike() {
    let mut session = session();
    play_to(&mut session, 60);
    session.dispatch(edit(Edit::AddZone));
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), sample());
    assert_eq!(**session.shown().design, sample());
    session.dispatch(Intent::Redo);
    assert_eq!(session.shown().design.zones().len(), 4);
}

#[test]
fn typing_is_one_step() {
    let mut session = session();
    for count in [5, 50, 500] {
        let pointer = "/services/0/desiredCount".to_string();
        let change = Edit::Set {
            pointer: pointer.clone(),
            value: Some(count.into()),
        };
        session.dispatch(Intent::Edit {
            edit: Box::new(change),
            merge: Some(pointer),
        });
    }
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), sample());
    assert!(!session.can_undo());
}

#[test]
fn a_bad_file_is_answered_with_its_place_and_changes_nothing() {
    let mut session = session();
    let text = "{\n  \"stowplan\": 1,\n  \"services\": 5\n}".to_string();
    session.dispatch(Intent::Import {
        name: "bad.json".into(),
        text,
    });
    let notice = session.notice().unwrap();
    assert_eq!(notice.tone, NoticeTone::Bad);
    assert!(
        notice.text.starts_with("bad.json:3:15: `/services`: "),
        "{}",
        notice.text
    );
    assert_eq!(**session.document(), sample());
    assert!(!session.can_undo());
}

#[test]
fn a_task_definition_file_becomes_a_revision() {
    let mut session = session();
    let text =
        r#"{"family":"primes","containerDefinitions":[{"name":"primes","image":"p","memory":64}]}"#;
    session.dispatch(Intent::Import {
        name: "primes.json".into(),
        text: text.into(),
    });
    let selected = Subject::Part(Part::TaskDefinition("primes:2".into()));
    assert_eq!(session.selection(), Some(&selected));
}

#[test]
fn edits_are_to_be_saved_and_selections_are_not() {
    let mut session = session();
    assert!(session.dispatch(Intent::Select(None)).is_empty());
    assert_eq!(session.dispatch(edit(Edit::AddZone)), [Effect::SaveSoon]);
    assert_eq!(*session.saved(), SavedState::Pending);
    session.dispatch(Intent::Saved(SavedState::Saved));
    assert_eq!(*session.saved(), SavedState::Saved);
}

#[test]
fn every_palette_item_can_be_added_without_a_place() {
    for item in Item::ALL {
        let mut session = session();
        session.dispatch(Intent::Add(item));
        assert!(session.can_undo(), "{item:?}: {:?}", session.notice());
        assert!(session.selection().is_some());
    }
}

#[test]
fn a_changed_priority_keeps_its_rule_selected() {
    let mut session = session();
    session.dispatch(Intent::Select(Some(Subject::Part(Part::Rule(
        "shop-alb:80".into(),
        2,
    )))));
    let pointer = "/rules/1/Priority".to_string();
    session.dispatch(edit(Edit::Set {
        pointer,
        value: Some(20.into()),
    }));
    let moved = Subject::Part(Part::Rule("shop-alb:80".into(), 20));
    assert_eq!(session.selection(), Some(&moved));
}

#[test]
fn the_exported_revision_is_named_after_it() {
    let mut session = session();
    session.dispatch(edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    let effects = session.dispatch(Intent::Export("primes.2.json".into()));
    let Some(Effect::Download { name, text }) = effects.first() else {
        panic!("{effects:?}")
    };
    assert_eq!(name, "primes.2.json");
    assert!(text.contains("\"family\": \"primes\""));
}

#[test]
fn an_edit_in_the_past_that_changes_nothing_keeps_the_document() {
    let mut session = session();
    play_to(&mut session, 60);
    session.dispatch(edit(Edit::AddZone));
    let later = (**session.document()).clone();
    play_to(&mut session, 20);
    let zone = &sample().container_instances[0].availability_zone;
    session.dispatch(edit(Edit::Set {
        pointer: "/containerInstances/0/availabilityZone".into(),
        value: Some(zone.as_str().into()),
    }));
    assert_eq!(**session.document(), later);
    assert_eq!(session.notice(), None);
    play_to(&mut session, 90);
    assert_eq!(**session.shown().design, later);
}

#[test]
fn an_act_in_the_past_keeps_document_and_run_alike_and_undo_brings_the_edits_back() {
    let mut session = session();
    play_to(&mut session, 60);
    session.dispatch(edit(Edit::AddZone));
    let later = (**session.document()).clone();
    play_to(&mut session, 20);
    session.dispatch(Intent::TerminateInstance("i-0a".into()));
    assert_eq!(**session.document(), sample());
    assert_eq!(session.document(), session.shown().design);
    let notice = session.notice().unwrap();
    let advice = "dropped; Ctrl+Z brings back the later edits";
    assert!(notice.text.ends_with(advice), "{notice:?}");
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), later);
    assert_eq!(session.document(), session.shown().design);
}

#[test]
fn an_edit_in_the_past_keeps_document_and_run_alike_and_undo_brings_the_edits_back() {
    let mut session = session();
    play_to(&mut session, 60);
    session.dispatch(edit(Edit::AddZone));
    let later = (**session.document()).clone();
    play_to(&mut session, 20);
    session.dispatch(edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    let design = session.document();
    assert_eq!(design, session.shown().design);
    assert_eq!(
        (design.zones().len(), design.task_definitions.len()),
        (3, 3)
    );
    let notice = session.notice().unwrap();
    let advice = "dropped; Ctrl+Z twice brings back the later edits";
    assert!(notice.text.ends_with(advice), "{notice:?}");
    session.dispatch(Intent::Undo);
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), later);
    assert_eq!(session.document(), session.shown().design);
}

#[test]
fn space_plays_unless_the_pointer_was_pressed_meanwhile() {
    let mut session = session();
    session.dispatch(Intent::HoldSpace(true));
    assert!(session.is_space_tapped());
    session.dispatch(Intent::Pointer(Event::Down {
        at: point(10.0, 10.0),
        button: Button::Pan,
    }));
    assert!(session.is_space_held() && !session.is_space_tapped());
    session.dispatch(Intent::HoldSpace(false));
    session.dispatch(Intent::HoldSpace(true));
    assert!(session.is_space_tapped());
}
