//! The inspector: fields by their AWS names, or the entry's JSON, and what is wrong with it.

mod field;
mod json;

use crate::app::Ui;
use crate::app::erased::{act, part, rows, text, truth};
use crate::data::form::{Action, Field, Finding, Form, Group, form};
use crate::session::{InspectorView, Intent, Session};
use field::FieldRow;
use json::{Drafts, JsonEditor};
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::severity::Severity;

#[component]
pub(in crate::app) fn Inspector() -> impl IntoView {
    let ui = Ui::of_page();
    let form = ui.slow_memo_with(
        |session| session.stamp().traffic,
        |session| form(&session.shown(), session.selection()),
    );
    let view = ui.memo(Session::inspector);
    let has_json = Memo::new(move |_| form.with(|form| form.pointer.is_some()));
    // Outlives the editor, which goes when something else is selected.
    let drafts = RwSignal::new(Drafts::default());
    let content = part(move || match (view.get(), has_json.get()) {
        (InspectorView::Json, true) => view! { <JsonEditor form drafts /> }.into_any(),
        (InspectorView::Form | InspectorView::Json, _) => view! { <Fields form /> }.into_any(),
    });
    view! {
        <aside class="inspector" aria-label="Inspector">
            <Head form has_json />
            <div class="scroll">
                {cards(form, |form| form.waits.iter().cloned().collect())}
                <section class="acts" role="group" aria-label="Acts">{buttons(form, |form| form.acts.clone(), ["plain small", "plain small harmful"])}</section>
                {content}
                {cards(form, |form| form.findings.clone())}
            </div>
            <footer class="actions">{buttons(form, |form| form.actions.clone(), ["action", "action harmful"])}</footer>
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
                aria-pressed=text(move || (view.get() == of).to_string())
                on:click=act(move |_: MouseEvent| ui.dispatch(Intent::SetInspector(of)))
            >
                {label}
            </button>
        }
    };
    view! {
        <header>
            <div>
                <p class="kind">{text(move || form.with(|form| form.kind.clone()))}</p>
                <h2>{text(move || form.with(|form| form.name.clone()))}</h2>
            </div>
            <div class="segmented small" role="group" aria-label="View" class:unseen=truth(move || !has_json.get())>
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
    let keys = move || {
        form.with(|form| {
            let subject = (&form.kind, &form.key);
            let headings = form.groups.iter().enumerate();
            let key =
                |(at, group): (usize, &Group)| format!("{at} {:?} {subject:?}", group.heading);
            headings.map(key).collect()
        })
    };
    rows(keys, move |key| match position(&key) {
        Some(at) => view! { <FieldGroup form at /> }.into_any(),
        None => ().into_any(),
    })
}

/// Keys of rows begin with a position.
fn position(key: &str) -> Option<usize> {
    key.split(' ').next()?.parse().ok()
}

#[component]
fn FieldGroup(form: Memo<Form>, at: usize) -> impl IntoView {
    let heading = form.with_untracked(|form| {
        let group = form.groups.get(at);
        group.map(|group| group.heading.clone()).unwrap_or_default()
    });
    let keys = move || {
        form.with(|form| {
            let fields = form
                .groups
                .get(at)
                .into_iter()
                .flat_map(|group| &group.fields);
            let key = |(place, field): (usize, &Field)| {
                format!("{place} {:?} {}", field.label, field.pointer)
            };
            fields.enumerate().map(key).collect()
        })
    };
    let row = move |key: String| match position(&key) {
        Some(place) => view! { <FieldRow form at=(at, place) /> }.into_any(),
        None => ().into_any(),
    };
    let title = (!heading.is_empty()).then(|| view! { <h3>{heading}</h3> });
    view! {
        <section class="fields">
            {title}
            {rows(keys, row)}
        </section>
    }
}

fn cards(form: Memo<Form>, of: fn(&Form) -> Vec<Finding>) -> AnyView {
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
        .into_any()
    };
    let cards = part(move || {
        let findings = form.with(of);
        findings
            .into_iter()
            .map(card)
            .collect::<Vec<AnyView>>()
            .into_any()
    });
    view! { <div class="findings">{cards}</div> }.into_any()
}

/// A button for each of some actions; `looks` is of what is harmless and of what is not.
fn buttons(form: Memo<Form>, of: fn(&Form) -> Vec<Action>, looks: [&'static str; 2]) -> AnyView {
    let ui = Ui::of_page();
    let actions = Memo::new(move |_| form.with(of));
    let button = move |action: Action| {
        let look = looks[usize::from(action.is_harmful)];
        let intent = action.intent;
        let act = act(move |event: MouseEvent| {
            if !is_repeated(&event) {
                ui.dispatch(intent.clone());
            }
        });
        view! { <button class=look on:click=act>{action.label}</button> }.into_any()
    };
    part(move || {
        let actions = actions.get();
        actions
            .into_iter()
            .map(button)
            .collect::<Vec<AnyView>>()
            .into_any()
    })
}

/// The second click of a double click may land on a button that the first one has put there.
fn is_repeated(event: &MouseEvent) -> bool {
    event.detail() > 1
}
