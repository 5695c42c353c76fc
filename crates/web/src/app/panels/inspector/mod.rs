//! The inspector: fields by their AWS names, or the entry's JSON, and what is wrong with it.

mod field;
mod json;

use crate::app::Ui;
use crate::data::form::{Action, Finding, Form, form};
use crate::session::{InspectorView, Intent, Session};
use field::FieldRow;
use json::{Drafts, JsonEditor};
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::model::Severity;

#[component]
pub(in crate::app) fn Inspector() -> impl IntoView {
    let ui = Ui::of_page();
    let form = ui.slow_memo(|session| form(&session.shown(), session.selection()));
    let view = ui.memo(Session::inspector);
    let has_json = Memo::new(move |_| form.with(|form| form.pointer.is_some()));
    // Outlives the editor, which goes when something else is selected.
    let drafts = RwSignal::new(Drafts::default());
    let content = move || match (view.get(), has_json.get()) {
        (InspectorView::Json, true) => view! { <JsonEditor form drafts /> }.into_any(),
        (InspectorView::Form | InspectorView::Json, _) => view! { <Fields form /> }.into_any(),
    };
    view! {
        <aside class="inspector" aria-label="Inspector">
            <Head form has_json />
            <div class="scroll">
                {content}
                <Findings form />
            </div>
            <Actions form />
        </aside>
    }
}

#[component]
fn Head(form: Memo<Form>, has_json: Memo<bool>) -> impl IntoView {
    let ui = Ui::of_page();
    let view = ui.memo(Session::inspector);
    let toggle = move |of: InspectorView, label: &'static str| {
        view! {
            <button
                aria-pressed=move || (view.get() == of).to_string()
                on:click=move |_| ui.dispatch(Intent::SetInspector(of))
            >
                {label}
            </button>
        }
    };
    view! {
        <header>
            <div>
                <p class="kind">{move || form.with(|form| form.kind.clone())}</p>
                <h2>{move || form.with(|form| form.name.clone())}</h2>
            </div>
            <div class="segmented small" role="group" aria-label="View" class:unseen=move || !has_json.get()>
                {toggle(InspectorView::Form, "Form")}
                {toggle(InspectorView::Json, "JSON")}
            </div>
        </header>
    }
}

/// A field keeps its element as long as its subject, label and place stay, so that typing is never
/// interrupted by a run, nor by the name that is being typed.
#[component]
fn Fields(form: Memo<Form>) -> impl IntoView {
    let headings = Memo::new(move |_| {
        form.with(|form| {
            let subject = (form.kind.clone(), form.key.clone());
            let headings = form.groups.iter().enumerate();
            headings
                .map(|(at, group)| (at, group.heading.clone(), subject.clone()))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <For
            each=move || headings.get()
            key=Clone::clone
            children=move |(at, heading, _)| view! { <FieldGroup form at heading /> }
        />
    }
}

#[component]
fn FieldGroup(form: Memo<Form>, at: usize, heading: String) -> impl IntoView {
    let keys = Memo::new(move |_| {
        form.with(|form| {
            let fields = form
                .groups
                .get(at)
                .into_iter()
                .flat_map(|group| group.fields.iter().enumerate());
            fields
                .map(|(place, field)| (place, field.label.clone(), field.pointer.clone()))
                .collect::<Vec<_>>()
        })
    });
    let title = (!heading.is_empty()).then(|| view! { <h3>{heading}</h3> });
    view! {
        <section class="fields">
            {title}
            <For
                each=move || keys.get()
                key=Clone::clone
                children=move |(place, ..)| view! { <FieldRow form at=(at, place) /> }
            />
        </section>
    }
}

#[component]
fn Findings(form: Memo<Form>) -> impl IntoView {
    let findings = Memo::new(move |_| form.with(|form| form.findings.clone()));
    let card = |finding: Finding| {
        let tone = match finding.severity {
            Severity::Error => "finding red",
            Severity::Warning => "finding amber",
            Severity::Info => "finding",
        };
        view! {
            <div class=tone>
                <p class="id">{format!("{} {}", finding.id, finding.word)}</p>
                <p>{finding.message}</p>
                {finding.hint.map(|hint| view! { <p class="hint">{hint}</p> })}
                <p class="place">{finding.pointer}</p>
            </div>
        }
    };
    view! { <div class="findings">{move || findings.get().into_iter().map(card).collect_view()}</div> }
}

#[component]
fn Actions(form: Memo<Form>) -> impl IntoView {
    let ui = Ui::of_page();
    let actions = Memo::new(move |_| form.with(|form| form.actions.clone()));
    let button = move |action: Action| {
        let tone = if action.is_harmful {
            "action harmful"
        } else {
            "action"
        };
        let intent = action.intent;
        let act = move |event: MouseEvent| {
            if !is_repeated(&event) {
                ui.dispatch(intent.clone());
            }
        };
        view! { <button class=tone on:click=act>{action.label}</button> }
    };
    view! { <footer class="actions">{move || actions.get().into_iter().map(button).collect_view()}</footer> }
}

/// The second click of a double click may land on a button that the first one has put there.
fn is_repeated(event: &MouseEvent) -> bool {
    event.detail() > 1
}
