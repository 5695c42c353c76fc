//! The page: Leptos components over one [`crate::session::Session`] in one signal. Components read
//! memos and send intents; nothing else changes anything.

mod canvas;
mod dom;
mod editor;
mod erased;
mod frames;
mod keys;
mod outside;
mod panels;
mod storage;
mod ui;

pub use ui::Ui;

use leptos::prelude::*;
use panels::{bottom::Bottom, inspector::Inspector, left::Left, sheets::Sheets, top::TopBar};

/// Mounts the app on the page's body for good.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// The whole page.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    let (session, kept) = storage::restored_session();
    let ui = Ui::new(session, kept);
    provide_context(ui);
    outside::apply_theme(ui.read_untracked(|session| session.theme()));
    outside::install(ui);
    frames::install(ui);
    keys::install(ui);
    view! {
        <div class="app">
            <TopBar />
            <Left />
            <main class="stage"><canvas::Canvas /></main>
            <Inspector />
            <Bottom />
            <Sheets />
            <editor::Editor />
        </div>
    }
}
