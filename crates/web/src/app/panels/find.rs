//! The box that asks for hosts by a cluster query, and what it finds, said below it.

use crate::app::Ui;
use crate::app::erased::{act, part, text, truth};
use crate::session::{Found, Intent};
use leptos::prelude::*;
use leptos::web_sys::{Event, KeyboardEvent};

const LABEL: &str = "Find hosts by cluster query";

#[component]
pub(super) fn Find() -> impl IntoView {
    let ui = Ui::of_page();
    let query = ui.memo(|session| session.query().to_string());
    let found = ui.memo(|session| session.found().clone());
    let is_fault = move || found.with(|found| matches!(found, Found::Fault { .. }));
    let is_asked = truth(move || found.with(|found| *found != Found::Nothing));
    let clear = act(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            ui.dispatch(Intent::SetQuery(String::new()));
        }
    });
    let excerpt = part(move || match found.get() {
        Found::Fault { excerpt, .. } => view! { <pre>{excerpt}</pre> }.into_any(),
        Found::Nothing | Found::Hosts { .. } => ().into_any(),
    });
    view! {
        <div class="find" role="search">
            <input
                type="text"
                spellcheck="false"
                autocomplete="off"
                aria-label=LABEL
                title=LABEL
                placeholder="attribute:ecs.instance-type =~ m5.*"
                aria-describedby="found"
                aria-invalid=text(move || is_fault().to_string())
                prop:value=text(move || query.get())
                on:input=act(move |event: Event| ui.dispatch(Intent::SetQuery(event_target_value(&event))))
                on:keydown=clear
            />
            <div class="found" class:asked=is_asked class:bad=truth(is_fault)>
                <p id="found" role="status" aria-live="polite">{text(move || found.with(Found::words))}</p>
                {excerpt}
            </div>
        </div>
    }
}
