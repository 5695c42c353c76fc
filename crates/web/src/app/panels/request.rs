//! The tester of requests: the fields on the left; what becomes of the request on the right, the
//! sentence first, then each rule that was asked, with its reasons on demand.

use crate::app::Ui;
use crate::app::erased::{act, part, rows, text};
use crate::data::request::{Answer, RequestField, Rule, Tested};
use crate::session::{Intent, Session};
use leptos::prelude::*;
use leptos::web_sys::Event;
use std::sync::Arc;

#[component]
pub(super) fn Request() -> impl IntoView {
    let ui = Ui::of_page();
    let tested = ui.memo(|session: &Session| Arc::clone(session.tested()));
    let fields = RequestField::ALL.map(|of| field(ui, tested, of));
    let note = part(move || match tested.with(|it| it.note.clone()) {
        Some(note) => view! { <p class="muted wide">{note}</p> }.into_any(),
        None => ().into_any(),
    });
    let names = move || {
        let rules = |answer: &Answer| answer.rules.iter().map(|it| it.name.clone()).collect();
        tested.with(|it| it.answer.as_ref().map(rules).unwrap_or_default())
    };
    let answer =
        part(move || tested.with(|it| it.answer.as_ref().map_or_else(|| ().into_any(), facts)));
    let unasked = text(move || {
        tested.with(|it| match it.answer.as_ref().map_or(0, |it| it.unasked) {
            0 => String::new(),
            1 => "1 rule behind it is not asked".into(),
            more => format!("{more} rules behind it are not asked"),
        })
    });
    view! {
        <div class="request">
            <form aria-label="Request" on:submit=act(move |event: leptos::web_sys::SubmitEvent| event.prevent_default())>
                {fields.into_iter().collect::<Vec<AnyView>>()}
                {note}
            </form>
            <div class="answer" role="region" aria-label="What becomes of the request" aria-live="polite">
                {sentence(tested)}
                {answer}
                <ol aria-label="Rules">{rows(names, move |name| rule(tested, name))}</ol>
                <p class="muted">{unasked}</p>
            </div>
        </div>
    }
}

fn sentence(tested: Memo<Arc<Tested>>) -> AnyView {
    let words = move || {
        tested.with(|it| match &it.answer {
            Some(answer) => answer.sentence.clone(),
            None => "Nothing is asked until every field can be read.".into(),
        })
    };
    let chosen = move || {
        let chosen = |answer: &Answer| answer.chosen.clone();
        tested.with(|it| it.answer.as_ref().map(chosen).unwrap_or_default())
    };
    view! {
        <p class="sentence">{text(words)}</p>
        <p class="muted">{text(chosen)}</p>
    }
    .into_any()
}

fn facts(answer: &Answer) -> AnyView {
    let fact = |(name, value): &(&'static str, String)| {
        view! { <div><dt>{*name}</dt><dd>{value.clone()}</dd></div> }.into_any()
    };
    let facts: Vec<AnyView> = answer.facts.iter().map(fact).collect();
    view! { <dl>{facts}</dl> }.into_any()
}

/// A rule keeps its element as long as it is asked, so that what was opened stays open while one
/// types.
fn rule(tested: Memo<Arc<Tested>>, name: String) -> AnyView {
    let title = format!("{name} ");
    let rule = Memo::new(move |_| {
        tested.with(|it| {
            let mut rules = it.answer.as_ref()?.rules.iter();
            rules.find(|it| it.name == name).cloned()
        })
    });
    let decides = move || rule.with(|it| it.as_ref().is_some_and(|it| it.decides));
    let mark = text(move || if decides() { "decides" } else { "no" }.into());
    let why =
        text(move || rule.with(|it| it.as_ref().map(|it| it.why.clone()).unwrap_or_default()));
    let conditions =
        part(move || rule.with(|it| it.as_ref().map_or_else(|| ().into_any(), conditions)));
    view! {
        <li class:chosen=crate::app::erased::truth(decides)>
            <details>
                <summary><b>{title}</b><span class="verdict">{mark}</span>" "<span>{why}</span></summary>
                {conditions}
            </details>
        </li>
    }
    .into_any()
}

fn conditions(rule: &Rule) -> AnyView {
    let line = |(met, words): &(bool, String)| {
        let mark = if *met { "✓ met" } else { "✗ not met" };
        view! { <li class:good=*met class:bad=!*met><span>{mark}</span>" "{words.clone()}</li> }
            .into_any()
    };
    let lines: Vec<AnyView> = rule.conditions.iter().map(line).collect();
    let decision = (rule.conditions.is_empty())
        .then(|| view! { <li>"The default actions of the listener have no conditions."</li> });
    view! { <ul>{lines}{decision}</ul> }.into_any()
}

fn id(of: RequestField) -> &'static str {
    match of {
        RequestField::Listener => "request-listener",
        RequestField::Method => "request-method",
        RequestField::Url => "request-url",
        RequestField::Headers => "request-headers",
        RequestField::SourceIp => "request-source",
    }
}

/// A field, its label, and what is wrong with it.
fn field(ui: Ui, tested: Memo<Arc<Tested>>, of: RequestField) -> AnyView {
    let id = id(of);
    let told = format!("{id}-told");
    let control = control(ui, tested, of, &told);
    let complaint = part(
        move || match tested.with(|it| it.fault(of).map(String::from)) {
            Some(fault) => view! { <p class="error">{fault}</p> }.into_any(),
            None => ().into_any(),
        },
    );
    view! {
        <div class=id>
            <label for=id>{of.label()}</label>
            {control}
            <div id=told role="alert">{complaint}</div>
        </div>
    }
    .into_any()
}

fn control(ui: Ui, tested: Memo<Arc<Tested>>, of: RequestField, told: &str) -> AnyView {
    let value = text(move || tested.with(|it| it.value(of).to_string()));
    let is_bad = text(move || tested.with(|it| it.fault(of).is_some()).to_string());
    let typed = act(move |event: Event| {
        ui.dispatch(Intent::SetRequest(of, event_target_value(&event)));
    });
    let (id, told) = (id(of), told.to_string());
    match of {
        RequestField::Listener => {
            let names = Memo::new(move |_| tested.with(|it| it.listeners.clone()));
            let option = move |name: String| {
                let (written, known) = (name.clone(), name.clone());
                let chosen = crate::app::erased::truth(move || value.get() == known);
                view! { <option value=written prop:selected=chosen>{name}</option> }.into_any()
            };
            let options = part(move || {
                names
                    .get()
                    .into_iter()
                    .map(option)
                    .collect::<Vec<AnyView>>()
                    .into_any()
            });
            view! {
                <select id=id aria-invalid=is_bad aria-describedby=told on:change=typed>{options}</select>
            }
            .into_any()
        }
        RequestField::Headers => view! {
            <textarea
                id=id
                rows="2"
                spellcheck="false"
                placeholder="Name: value"
                aria-invalid=is_bad
                aria-describedby=told
                prop:value=value
                on:input=typed
            ></textarea>
        }
        .into_any(),
        RequestField::Method | RequestField::Url | RequestField::SourceIp => view! {
            <input
                id=id
                type="text"
                spellcheck="false"
                autocomplete="off"
                aria-invalid=is_bad
                aria-describedby=told
                prop:value=value
                on:input=typed
            />
        }
        .into_any(),
    }
}
