//! Why the next task of a service goes where it goes: the sentence first, then a row per host.

use crate::app::Ui;
use crate::app::erased::{part, text};
use crate::session::Session;
use leptos::prelude::*;
use stowplan_core::control::explain;
use stowplan_core::design::Part;
use stowplan_core::id::ServiceIx;
use stowplan_core::scene::Subject;
use stowplan_core::view::{explanation_rows, explanation_sentence, task_sentence};

#[derive(Clone, PartialEq)]
struct Answer {
    sentence: String,
    rows: Vec<(String, String)>,
}

#[component]
pub(super) fn Explain() -> impl IntoView {
    let ui = Ui::of_page();
    let answer = ui.slow_memo(answer);
    let row = |(host, verdict): (String, String)| {
        view! { <tr><th scope="row">{host}</th><td>{verdict}</td></tr> }.into_any()
    };
    let rows = part(move || {
        let rows = answer.with(|answer| answer.rows.clone());
        rows.into_iter()
            .map(row)
            .collect::<Vec<AnyView>>()
            .into_any()
    });
    view! {
        <div class="explain">
            <p class="sentence"><b>"why "</b>{text(move || answer.with(|answer| answer.sentence.clone()))}</p>
            <table aria-label="Hosts and verdicts"><tbody>
                {rows}
            </tbody></table>
        </div>
    }
}

fn answer(session: &Session) -> Answer {
    let shown = session.shown();
    let nothing = |sentence: &str| Answer {
        sentence: sentence.into(),
        rows: Vec::new(),
    };
    let Some(control) = shown.control else {
        return nothing("press play, then select a service or a task to ask why");
    };
    let Some(service) = service_asked_for(session) else {
        return nothing("select a service or a task to ask why");
    };
    let explanation = explain(shown.model, control, service);
    let sentence = match session.selection() {
        Some(Subject::Task(task)) => task_sentence(shown.model, control, *task),
        Some(Subject::Part(_)) | None => explanation_sentence(shown.model, &explanation),
    };
    Answer {
        sentence,
        rows: explanation_rows(shown.model, &explanation),
    }
}

/// The selected service, the one of the selected task, else the first.
fn service_asked_for(session: &Session) -> Option<ServiceIx> {
    let shown = session.shown();
    let present = |service: &ServiceIx| shown.model.service(*service).present;
    let of_selection = match session.selection() {
        Some(Subject::Part(Part::Service(name))) => shown.model.service_named(name),
        Some(Subject::Task(task)) => shown.control?.tasks.get(task).map(|task| task.service),
        Some(Subject::Part(_)) | None => None,
    };
    let first = || {
        shown
            .model
            .present_services()
            .next()
            .map(|(service, _)| service)
    };
    of_selection.filter(present).or_else(first)
}
