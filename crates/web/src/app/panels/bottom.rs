//! The bottom: transport, status line, and the panels of a run. On wide screens the charts stand
//! beside whatever panel is open.

use super::events::{Events, Live};
use super::explain::Explain;
use super::metrics::Metrics;
use super::transport::Transport;
use crate::app::Ui;
use crate::session::{Intent, NoticeTone, Session, Tab};
use leptos::prelude::*;

#[component]
pub(in crate::app) fn Bottom() -> impl IntoView {
    let ui = Ui::of_page();
    let tab = ui.memo(Session::tab);
    let panel = move || match tab.get() {
        Tab::Events => view! { <Events /> }.into_any(),
        Tab::Metrics => view! { <Metrics /> }.into_any(),
        Tab::Explain => view! { <Explain /> }.into_any(),
    };
    let beside = move || {
        (tab.get() != Tab::Metrics).then(|| view! { <div class="beside"><Metrics /></div> })
    };
    view! {
        <section class="bottom" aria-label="Run">
            <Transport />
            <div class="tabs">
                <div role="tablist" aria-label="Panels">{Tab::ALL.map(|of| tab_button(ui, of, tab)).collect_view()}</div>
                <Status />
            </div>
            <div class="panels">
                <div class="panel" role="tabpanel" aria-label=move || tab.get().label()>{panel}</div>
                {beside}
            </div>
            <Live />
        </section>
    }
}

fn tab_button(ui: Ui, of: Tab, tab: Memo<Tab>) -> impl IntoView {
    view! {
        <button
            role="tab"
            aria-selected=move || (tab.get() == of).to_string()
            on:click=move |_| ui.dispatch(Intent::SetTab(of))
        >
            {of.label()}
        </button>
    }
}

#[component]
fn Status() -> impl IntoView {
    let ui = Ui::of_page();
    let notice = ui.memo(|session| session.notice().cloned());
    let bad = move || {
        notice
            .get()
            .is_some_and(|notice| notice.tone == NoticeTone::Bad)
    };
    let dismiss = move || {
        notice.get().map(|_| {
            view! {
                <button class="icon" aria-label="Dismiss message" on:click=move |_| ui.dispatch(Intent::DismissNotice)>"×"</button>
            }
        })
    };
    view! {
        <div class="status" class:bad=bad>
            <span role="status" data-testid="notice">{move || notice.get().map(|notice| notice.text)}</span>
            {dismiss}
        </div>
    }
}
