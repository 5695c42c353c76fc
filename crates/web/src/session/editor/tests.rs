//! Stories in the editor: both sides in step, nothing lost, one step of undo for one act.

use super::*;
use crate::session::Intent;
use stowplan_core::design::sample;

fn session() -> Session {
    let mut session = Session::new(sample());
    act(&mut session, EditorIntent::Open("primes:1".into()));
    session
}

fn act(session: &mut Session, intent: EditorIntent) -> Vec<Effect> {
    session.dispatch(Intent::Editor(intent))
}

fn shown(session: &Session) -> EditorView {
    session.editor_view().unwrap()
}

fn typed(session: &mut Session, text: &str) {
    act(session, EditorIntent::Type(text.into()));
}

fn filled(session: &mut Session, id: &str, text: &str) {
    let (id, text) = (id.into(), text.into());
    act(session, EditorIntent::Fill { id, text });
}

const IMAGE: &str = "/containerDefinitions/0/image";

fn image(session: &mut Session) -> String {
    act(session, EditorIntent::Show(Section::Container(0)));
    shown(session).cells[IMAGE].value.clone()
}

#[test]
fn json_that_can_be_read_is_in_the_form_at_once_and_stays_as_it_was_typed() {
    let mut session = session();
    let before = shown(&session).text;
    let text = format!("// mine\n{}", before.replace("primes:latest", "primes:9"));
    typed(&mut session, &text);
    assert_eq!(image(&mut session), "stowplan/primes:9");
    assert_eq!(shown(&session).text, text);
    filled(&mut session, IMAGE, "x:2");
    let after = shown(&session).text;
    assert!(
        after.starts_with("// mine\n") && after.contains("\"x:2\""),
        "{after}"
    );
    session.dispatch(Intent::Undo);
    session.dispatch(Intent::Undo);
    assert_eq!(shown(&session).text, before);
    assert_eq!(**session.document(), sample());
}

#[test]
fn json_that_cannot_be_read_waits_and_the_form_keeps_what_is_good() {
    let mut session = session();
    let before = shown(&session).text;
    let broken = before.replace("\"family\":", "\"family\"");
    typed(&mut session, &broken);
    let view = shown(&session);
    assert!(view.is_broken && !view.problems.is_empty());
    assert_eq!(view.problems[0].place.line, 2);
    filled(&mut session, IMAGE, "lost");
    assert_eq!(**session.document(), sample());
    assert_eq!(shown(&session).text, broken);
    session.dispatch(Intent::Cancel);
    act(&mut session, EditorIntent::Open("primes:1".into()));
    assert_eq!(shown(&session).text, broken);
    act(&mut session, EditorIntent::Revert);
    assert_eq!(shown(&session).text, before);
}

#[test]
fn a_burst_of_typing_is_one_step() {
    let mut session = session();
    for text in ["a", "ab", "abc"] {
        filled(&mut session, IMAGE, text);
    }
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), sample());
    assert!(!session.can_undo());
}

#[test]
fn a_burst_of_typing_is_one_input_of_the_run() {
    let mut session = session();
    session.dispatch(Intent::Seek(stowplan_core::time::Instant(60_000)));
    for text in ["a", "ab", "abc"] {
        filled(&mut session, IMAGE, text);
    }
    let run = session.run().unwrap();
    assert_eq!(run.timeline().recording().inputs.len(), 1);
    assert_eq!(session.document(), session.shown().design);
    session.dispatch(Intent::EndTyping);
    filled(&mut session, IMAGE, "d");
    let run = session.run().unwrap();
    assert_eq!(run.timeline().recording().inputs.len(), 2);
    assert_eq!(session.document(), session.shown().design);
}

#[test]
fn the_editor_stays_with_its_definition_whatever_it_is_called() {
    let mut session = session();
    session.dispatch(Intent::edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    assert_eq!(shown(&session).name, "primes:2");
    filled(&mut session, "/family", "edges");
    assert_eq!(shown(&session).name, "edges:2");
    let text = shown(&session).text.replace("\"edges\"", "\"new\"");
    typed(&mut session, &text);
    assert_eq!(shown(&session).name, "new:1");
    assert_eq!(shown(&session).text, text);
    for name in ["edges:2", "primes:2", "primes:1"] {
        session.dispatch(Intent::Undo);
        assert_eq!(shown(&session).name, name);
    }
    assert_eq!(session.sheet(), Some(Sheet::Definition));
}

#[test]
fn problems_are_told_on_both_sides_and_a_fix_is_one_step() {
    let mut session = session();
    filled(&mut session, "/cpu", "256");
    filled(&mut session, "/networkMode", "awsvcp");
    let view = shown(&session);
    let at = view
        .problems
        .iter()
        .position(|it| it.pointer == "/networkMode");
    let at = at.unwrap();
    assert!(view.complaints.contains_key("/networkMode"));
    assert!(view.tabs[0].has_errors);
    let line = view
        .text
        .lines()
        .nth(view.problems[at].place.line - 1)
        .unwrap();
    assert!(line.contains("awsvcp"), "{line}");
    act(&mut session, EditorIntent::Show(Section::Volumes));
    let effects = act(&mut session, EditorIntent::GoTo(at));
    let id = "/networkMode".to_string();
    assert!(effects.contains(&Effect::Focus { id }), "{effects:?}");
    assert_eq!(shown(&session).section, Section::Task);
    act(&mut session, EditorIntent::Mend(at));
    assert_eq!(shown(&session).cells["/networkMode"].value, "awsvpc");
    session.dispatch(Intent::Undo);
    assert_eq!(shown(&session).cells["/networkMode"].value, "awsvcp");
}

#[test]
fn looking_changes_nothing() {
    let mut session = session();
    let sections = shown(&session).tabs.into_iter().map(|tab| tab.section);
    for section in sections.collect::<Vec<_>>() {
        act(&mut session, EditorIntent::Show(section));
        let text = shown(&session).text;
        typed(&mut session, &text);
    }
    assert!(!session.can_undo());
    assert_eq!(**session.document(), sample());
}

#[test]
fn containers_come_and_go() {
    let mut session = session();
    act(&mut session, EditorIntent::AddContainer);
    assert_eq!(shown(&session).section, Section::Container(1));
    assert_eq!(shown(&session).tabs[2].label, "container");
    act(
        &mut session,
        EditorIntent::Add("/containerDefinitions/1/dependsOn".into()),
    );
    filled(
        &mut session,
        "/containerDefinitions/1/dependsOn/0/containerName",
        "primes",
    );
    filled(&mut session, "/containerDefinitions/0/name", "first");
    let cells = shown(&session).cells;
    assert_eq!(
        cells["/containerDefinitions/1/dependsOn/0/containerName"].value,
        "first"
    );
    act(&mut session, EditorIntent::RemoveContainer(1));
    assert_eq!(shown(&session).section, Section::Container(0));
    assert_eq!(shown(&session).tabs.len(), 4);
}

#[test]
fn a_draft_goes_with_its_design_and_its_revision() {
    let mut session = session();
    typed(&mut session, "{ broken");
    session.dispatch(Intent::ResetToSample);
    act(&mut session, EditorIntent::Open("primes:1".into()));
    assert!(!shown(&session).is_broken);
    session.dispatch(Intent::edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    typed(&mut session, "{ broken");
    session.dispatch(Intent::Undo);
    assert!(session.editor.drafts.is_empty());
}

#[test]
fn services_follow_a_definition_to_its_new_name_in_one_step() {
    for json in [false, true] {
        let mut session = session();
        if json {
            let text = shown(&session).text;
            typed(
                &mut session,
                &text.replace("\"family\": \"primes\"", "\"family\": \"odd\""),
            );
        } else {
            filled(&mut session, "/family", "odd");
        }
        assert_eq!(shown(&session).name, "odd:1");
        let runs = |session: &Session| session.document().services[0].task_definition.clone();
        assert_eq!(runs(&session), "odd:1");
        session.dispatch(Intent::Undo);
        assert_eq!(**session.document(), sample());
        assert!(!session.can_undo());
    }
}

#[test]
fn a_family_in_the_json_that_is_empty_or_of_another_waits() {
    for family in ["", "edges"] {
        let mut session = session();
        let text = shown(&session).text;
        let wanted = format!("\"family\": \"{family}\"");
        let family = text.replace("\"family\": \"primes\"", &wanted);
        typed(&mut session, &family);
        let view = shown(&session);
        assert!(view.is_broken && view.refused.is_some());
        assert_eq!(view.text, family);
        assert_eq!(**session.document(), sample());
        session.dispatch(Intent::Cancel);
        let said = session.notice().map(|notice| notice.text.as_str());
        assert_eq!(said, Some("the JSON of primes:1 is not taken in yet"));
    }
}

#[test]
fn the_focus_is_on_a_tab_where_nothing_else_asks_for_it() {
    let mut session = Session::new(sample());
    let open = EditorIntent::Open("primes:1".into());
    assert_eq!(act(&mut session, open), [Effect::FocusTab]);
    act(&mut session, EditorIntent::AddContainer);
    let effects = act(&mut session, EditorIntent::RemoveContainer(1));
    assert!(effects.contains(&Effect::FocusTab), "{effects:?}");
}
