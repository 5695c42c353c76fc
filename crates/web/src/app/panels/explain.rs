//! Why a task stands where it stands, or waits: the sentence first, then what would help, then a
//! row for each host.

use crate::app::Ui;
use crate::app::erased::{part, text};
use crate::data::why::{Why, why};
use leptos::prelude::*;
use stowplan_core::view::AnswerRow;

#[component]
pub(super) fn Explain() -> impl IntoView {
    let ui = Ui::of_page();
    let why = ui.slow_memo(|session| why(&session.shown(), session.selection(), session.seed()));
    let remedies = part(move || why.with(remedies));
    let matrix = part(move || why.with(matrix));
    view! {
        <div class="explain">
            <div class="answer">
                <p class="sentence"><b>"why "</b>{text(move || why.with(|why| why.answer.sentence.clone()))}</p>
                <p class="muted">{text(move || why.with(|why| why.now.clone()))}</p>
                {remedies}
            </div>
            {matrix}
        </div>
    }
}

fn remedies(why: &Why) -> AnyView {
    if why.answer.remedies.is_empty() {
        return ().into_any();
    }
    let remedies = why.answer.remedies.iter().cloned();
    let line = |words: String| view! { <li>{words}</li> }.into_any();
    let lines: Vec<AnyView> = remedies.map(line).collect();
    view! {
        <h3>"What would help, the smallest change first"</h3>
        <ol>{lines}</ol>
    }
    .into_any()
}

fn matrix(why: &Why) -> AnyView {
    if why.answer.rows.is_empty() {
        return ().into_any();
    }
    let heads = ["Host", "Zone", "Free"].into_iter().map(String::from);
    let heads = heads.chain(why.answer.columns.iter().cloned());
    let head = |words: String| view! { <th scope="col">{words}</th> }.into_any();
    let heads: Vec<AnyView> = heads.map(head).collect();
    let rows: Vec<AnyView> = why.answer.rows.iter().map(row).collect();
    let more = match why.more {
        0 => String::new(),
        more => format!("and {more} more hosts"),
    };
    view! {
        <div class="matrix" role="region" tabindex="0" aria-label="Matrix of hosts">
            <table aria-label="Hosts and verdicts">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="muted">{more}</p>
        </div>
    }
    .into_any()
}

fn row(row: &AnswerRow) -> AnyView {
    let refused = row.verdict == "no";
    let cell = |(words, tone): (String, &'static str)| view! { <td class=tone>{words}</td> };
    let facts = [(row.zone.clone(), ""), (row.free.clone(), "")];
    let cells = row.cells.iter().map(|words| toned(words, refused));
    let cells: Vec<AnyView> = facts
        .into_iter()
        .chain(cells)
        .map(|told| cell(told).into_any())
        .collect();
    view! {
        <tr class=row.verdict>
            <th scope="row">{row.host.clone()}" "<span>{row.verdict}</span></th>
            {cells}
        </tr>
    }
    .into_any()
}

/// A cell's words with a sign before what is failed, and how they sound.
fn toned(words: &str, refused: bool) -> (String, &'static str) {
    match words {
        "✓" => (words.into(), "muted"),
        _ if refused && !words.is_empty() => (format!("✗ {words}"), "failed"),
        _ => (words.into(), ""),
    }
}
