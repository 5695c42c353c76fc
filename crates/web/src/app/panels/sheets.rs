//! Sheets over the page: shortcuts and export.

use crate::app::Ui;
use crate::app::erased::{act, part};
use crate::session::command::{COMMANDS, Command, Keys};
use crate::session::{Intent, Session, Sheet};
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::export::task_definition_files;

#[component]
pub(in crate::app) fn Sheets() -> impl IntoView {
    let ui = Ui::of_page();
    let sheet = ui.memo(Session::sheet);
    part(move || match sheet.get() {
        // The editor is a dialog of its own.
        None | Some(Sheet::Definition) => ().into_any(),
        Some(Sheet::Shortcuts) => view! { <Shortcuts /> }.into_any(),
        Some(Sheet::Export) => view! { <Export /> }.into_any(),
    })
}

#[component]
fn Shortcuts() -> impl IntoView {
    let ui = Ui::of_page();
    let row = |command: &Command| {
        let keys: Vec<String> = command.keys.iter().map(Keys::words).collect();
        view! {
            <div class="shortcut">
                <dt>{command.label}</dt>
                <dd>{keys.join("  or  ")}</dd>
            </div>
        }
    };
    let mut groups: Vec<&str> = COMMANDS.iter().map(|command| command.group).collect();
    groups.dedup();
    let group = move |name: &'static str| {
        let rows = COMMANDS
            .iter()
            .filter(|command| command.group == name)
            .map(row)
            .collect_view();
        view! { <section><h3>{name}</h3><dl>{rows}</dl></section> }
    };
    view! {
        <div class="veil" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Cancel))></div>
        <div class="sheet" role="dialog" aria-modal="true" aria-label="Keyboard shortcuts">
            <header>
                <h2>"Keyboard shortcuts"</h2>
                <button class="icon" aria-label="Close" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Cancel))>"×"</button>
            </header>
            <div class="groups">{groups.into_iter().map(group).collect_view()}</div>
            <p class="muted">"Space or the middle button with a drag moves the picture; Ctrl with the wheel zooms."</p>
        </div>
    }
}

#[component]
fn Export() -> impl IntoView {
    let ui = Ui::of_page();
    let files = ui.memo(|session| {
        let files = task_definition_files(session.document());
        files.into_iter().map(|file| file.name).collect::<Vec<_>>()
    });
    let file = move |name: String| {
        let chosen = name.clone();
        view! {
            <li><button class="plain mono" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Export(chosen.clone())))>{name}</button></li>
        }
        .into_any()
    };
    let files = part(move || {
        let files = files.get();
        files
            .into_iter()
            .map(file)
            .collect::<Vec<AnyView>>()
            .into_any()
    });
    view! {
        <div class="veil clear" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Cancel))></div>
        <div class="menu" role="dialog" aria-label="Export">
            <h2>"Task definitions"</h2>
            <p class="muted">"for aws ecs register-task-definition and stowplan run"</p>
            <ul>{files}</ul>
            <button class="plain" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::ExportAll))>"All task definitions"</button>
            <button class="plain" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::ExportDesign))>"The design (.stowplan.json)"</button>
            <button class="plain" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::ExportScenario))>"This run as a scenario (.scenario.json)"</button>
        </div>
    }
}
