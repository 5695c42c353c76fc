//! A scenario's assertions: what each one came to, and the way to the moment that broke it.

use crate::app::Ui;
use crate::app::erased::{act, part};
use crate::data::assertions::{Assertions as Data, Line, assertions};
use crate::session::Intent;
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::time::Instant;

#[component]
pub(super) fn Assertions() -> impl IntoView {
    let ui = Ui::of_page();
    let data = ui.slow_memo(|session| assertions(session.run()));
    part(move || {
        match data.get() {
        Some(data) => panel(ui, data),
        None => view! {
            <p class="muted">"Open or drop a .scenario.json file: its inputs are played on this design, and what it asserts is judged here. Export saves what you do in a run as such a file."</p>
        }
        .into_any(),
    }
    })
}

fn panel(ui: Ui, data: Data) -> AnyView {
    let lines: Vec<AnyView> = data.lines.into_iter().map(|it| line(ui, it)).collect();
    let refused = data.refused.into_iter();
    let refused: Vec<AnyView> = refused
        .map(|(at, words)| {
            row(
                ("! no effect", "warning"),
                jump(ui, at),
                words,
                String::new(),
            )
        })
        .collect();
    let play = data.end.map(|end| {
        let play = act(move |_: MouseEvent| ui.dispatch(Intent::Seek(end)));
        view! { <button class="plain small" on:click=play>"Play to the end"</button> }
    });
    view! {
        <p class="rule"><b>{data.name}</b>" "<span class="muted">{data.rule}</span>" "{play}</p>
        <ol class="assertions" aria-label="Assertions">{lines}{refused}</ol>
    }
    .into_any()
}

fn line(ui: Ui, line: Line) -> AnyView {
    let jump = line.at.map(|at| jump(ui, at));
    let jump = jump.unwrap_or_else(|| ().into_any());
    let measured = match line.measured.as_str() {
        "" => String::new(),
        measured => format!("→ {measured}"),
    };
    row(line.verdict.words(), jump, line.text, measured)
}

fn row(
    (word, tone): (&'static str, &'static str),
    jump: AnyView,
    text: String,
    measured: String,
) -> AnyView {
    view! {
        <li class=tone>
            <span class="verdict">{word}</span>
            <span class="at">{jump}</span>
            <span class="said">{text}" "<span class="muted">{measured}</span></span>
        </li>
    }
    .into_any()
}

fn jump(ui: Ui, at: Instant) -> AnyView {
    let go = act(move |_: MouseEvent| ui.dispatch(Intent::Seek(at)));
    view! { <button class="time" title="Go to this moment" on:click=go>{at.to_string()}</button> }
        .into_any()
}
