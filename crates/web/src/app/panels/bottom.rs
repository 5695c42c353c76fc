//! The bottom: transport, status line, and the panels of a run. On wide screens the charts stand
//! beside the events; a matrix of hosts and the tester of requests need the room
//! themselves.

use super::assertions::Assertions;
use super::events::{Events, Live};
use super::explain::Explain;
use super::metrics::Metrics;
use super::request::Request;
use super::transport::Transport;
use crate::app::Ui;
use crate::app::erased::{act, part, text, truth};
use crate::session::{Intent, NoticeTone, Session, Tab};
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;

#[component]
pub(in crate::app) fn Bottom() -> impl IntoView {
    let ui = Ui::of_page();
    let tab = ui.memo(Session::tab);
    let panel = part(move || match tab.get() {
        Tab::Events => view! { <Events /> }.into_any(),
        Tab::Metrics => view! { <Metrics /> }.into_any(),
        Tab::Explain => view! { <Explain /> }.into_any(),
        Tab::Assertions => view! { <Assertions /> }.into_any(),
        Tab::Request => view! { <Request /> }.into_any(),
    });
    let beside = part(move || match tab.get() {
        Tab::Metrics | Tab::Explain | Tab::Request => ().into_any(),
        Tab::Events | Tab::Assertions => view! { <div class="beside"><Metrics /></div> }.into_any(),
    });
    view! {
        <section class="bottom" aria-label="Run">
            <Transport />
            <div class="tabs">
                <div role="tablist" aria-label="Panels">{Tab::ALL.map(|of| tab_button(ui, of, tab)).collect_view()}</div>
                <Status />
            </div>
            <div class="panels">
                <div class="panel" role="tabpanel" aria-label=text(move || tab.get().label().into())>{panel}</div>
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
            aria-selected=text(move || (tab.get() == of).to_string())
            on:click=act(move |_: MouseEvent| ui.dispatch(Intent::SetTab(of)))
        >
            {of.label()}
        </button>
    }
}

#[component]
fn Status() -> impl IntoView {
    let ui = Ui::of_page();
    let notice = ui.memo(|session| session.notice().cloned());
    let bad = truth(move || {
        notice
            .get()
            .is_some_and(|notice| notice.tone == NoticeTone::Bad)
    });
    let dismiss = part(move || {
        if notice.with(Option::is_none) {
            return ().into_any();
        }
        let act = act(move |_: MouseEvent| ui.dispatch(Intent::DismissNotice));
        view! { <button class="icon" aria-label="Dismiss message" on:click=act>"×"</button> }
            .into_any()
    });
    view! {
        <div class="status" class:bad=bad>
            <span role="status" data-testid="notice">{text(move || notice.get().map(|notice| notice.text).unwrap_or_default())}</span>
            {dismiss}
        </div>
    }
}
