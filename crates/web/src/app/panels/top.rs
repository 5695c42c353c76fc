//! The bar at the top: name, undo, redo, whether the work is kept, what is shown, files, colours.

use super::{command_button, find::Find};
use crate::app::erased::{act, text, truth};
use crate::app::{Ui, outside};
use crate::session::{Intent, Mode, SavedState, Session, Sheet, Theme};
use leptos::prelude::*;
use leptos::web_sys::{Event, MouseEvent};

#[component]
pub(in crate::app) fn TopBar() -> impl IntoView {
    let ui = Ui::of_page();
    let name = ui.memo(|session| session.document().name.clone());
    let sheet = ui.memo(|session| session.sheet() == Some(Sheet::Export));
    view! {
        <header class="top">
            <h1>"Stowplan"</h1>
            <button class="design-name" title="Show the design itself" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Select(None)))>
                {name}
            </button>
            {command_button("undo", "↶")}
            {command_button("redo", "↷")}
            <Saved />
            <Modes />
            <div class="spacer"></div>
            <Find />
            <OpenFile />
            <button
                class="primary"
                aria-haspopup="dialog"
                aria-expanded=text(move || sheet.get().to_string())
                on:click=act(move |_: MouseEvent| ui.dispatch(if sheet.get_untracked() { Intent::Cancel } else { Intent::Open(Sheet::Export) }))
            >
                "Export"
            </button>
            {command_button("shortcuts", "?")}
            <Colours />
        </header>
    }
}

#[component]
fn Saved() -> impl IntoView {
    let ui = Ui::of_page();
    let saved = ui.memo(|session| session.saved().clone());
    let words = text(move || match saved.get() {
        SavedState::Saved => "saved".to_string(),
        SavedState::Pending => "saving…".to_string(),
        SavedState::Failed(reason) => format!("not saved: {reason}"),
    });
    let failed = truth(move || matches!(saved.get(), SavedState::Failed(_)));
    view! { <span class="saved" class:bad=failed data-testid="saved">{words}</span> }
}

#[component]
fn Modes() -> impl IntoView {
    let ui = Ui::of_page();
    let mode = ui.memo(Session::mode);
    let button = move |of: Mode, label: &'static str| {
        view! {
            <button
                aria-pressed=text(move || (mode.get() == of).to_string())
                on:click=act(move |_: MouseEvent| ui.dispatch(Intent::SetMode(of)))
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="segmented modes" role="group" aria-label="What the board shows">
            {button(Mode::Design, "Design")}
            {button(Mode::Run, "Run")}
        </div>
    }
}

#[component]
fn OpenFile() -> impl IntoView {
    let ui = Ui::of_page();
    let chosen = act(move |event: Event| outside::take_chosen(ui, &event_target(&event)));
    view! {
        <button class="plain" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::ChooseFile))>"Open"</button>
        <input
            id="open-file"
            class="unseen"
            type="file"
            accept=".json,application/json"
            aria-label="Design, scenario or task definition file"
            tabindex="-1"
            on:change=chosen
        />
    }
}

#[component]
fn Colours() -> impl IntoView {
    let ui = Ui::of_page();
    let theme = ui.memo(Session::theme);
    let face = text(move || match theme.get() {
        Theme::System => "◑".into(),
        Theme::Light => "○".into(),
        Theme::Dark => "●".into(),
    });
    let label = text(move || format!("Colours: {}", theme.get().name()));
    view! {
        <button class="icon" aria-label=label title=label on:click=act(move |_: MouseEvent| ui.dispatch(Intent::CycleTheme))>
            {face}
        </button>
    }
}
