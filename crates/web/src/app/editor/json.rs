//! The JSON beside the form, with line numbers and a mark at every line that has a problem, and
//! the problems below.

use super::Desk;
use crate::app::erased::{act, part, text, truth};
use crate::data::editor::Problem;
use crate::session::{EditorIntent, Intent};
use leptos::prelude::*;
use leptos::web_sys::{Event, FocusEvent, HtmlTextAreaElement, MouseEvent, window};
use stowplan_core::severity::Severity;
use wasm_bindgen::JsCast;

/// Height of a line in pixels, as the style sheet has it.
const LINE_PX: usize = 18;
/// Space above the first line.
const TOP_PX: usize = 8;

/// The JSON and its problems.
pub(super) fn side(desk: Desk) -> AnyView {
    let written = move || desk.read(|view| view.text.clone());
    let lines = move || desk.read(|view| view.text.split('\n').count());
    let widest = move || {
        let widest = |text: &str| text.split('\n').map(|line| line.chars().count()).max();
        desk.read(|view| widest(&view.text)).unwrap_or_default()
    };
    let numbers = text(move || {
        let numbers: Vec<String> = (1..=lines()).map(|line| line.to_string()).collect();
        numbers.join("\n")
    });
    let is_broken = truth(move || desk.read(|view| view.is_broken));
    let state = part(move || {
        if !is_broken.get() {
            return ().into_any();
        }
        let revert = super::button(desk, "plain small", "Revert".into(), EditorIntent::Revert);
        let refused = desk.read(|view| view.refused.clone());
        view! {
            <span class="muted">"not taken in yet"</span>
            {revert}
            <span class="error">{refused}</span>
        }
        .into_any()
    });
    view! {
        <section class="sheet-json" aria-label="JSON and problems">
            <header><h3>"JSON"</h3>{state}</header>
            <div class="paper" id="editor-paper">
                <pre aria-hidden="true">{numbers}</pre>
                <div class="marks">{part(move || marks(&desk.read(|view| view.problems.clone())))}</div>
                <textarea
                    id="editor-json"
                    class:waiting=is_broken
                    spellcheck="false"
                    autocomplete="off"
                    wrap="off"
                    aria-label="JSON of the task definition"
                    aria-invalid=text(move || is_broken.get().to_string())
                    rows=text(move || lines().to_string())
                    cols=text(move || (widest() + 2).to_string())
                    prop:value=text(written)
                    on:input=act(move |event: Event| desk.typed(EditorIntent::Type(event_target_value(&event))))
                    on:blur=act(move |_: FocusEvent| desk.ui.dispatch(Intent::EndTyping))
                ></textarea>
            </div>
            {list(desk)}
        </section>
    }
    .into_any()
}

/// One mark for each line, as bad as the worst on it.
fn marks(problems: &[Problem]) -> AnyView {
    let mut lines: Vec<(usize, Severity, String)> = Vec::new();
    for problem in problems {
        match lines
            .iter_mut()
            .find(|(line, ..)| *line == problem.place.line)
        {
            Some((_, severity, words)) => {
                *severity = problem.severity.min(*severity);
                *words = format!("{words}\n{}", problem.message);
            }
            None => lines.push((
                problem.place.line,
                problem.severity,
                problem.message.clone(),
            )),
        }
    }
    let mark = |(line, severity, words): (usize, Severity, String)| {
        let top = format!("{}px", TOP_PX + (line - 1) * LINE_PX);
        view! { <div class=tone(severity) style:top=top><span title=words>{face(severity)}</span></div> }
            .into_any()
    };
    let marks: Vec<AnyView> = lines.into_iter().map(mark).collect();
    marks.into_any()
}

const fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "red",
        Severity::Warning => "amber",
        Severity::Info => "info",
    }
}

/// The mark of a severity: never colour alone.
const fn face(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "×",
        Severity::Warning => "!",
        Severity::Info => "i",
    }
}

fn list(desk: Desk) -> AnyView {
    let card = move |(at, problem): (usize, Problem)| {
        let place = format!("{}:{}", problem.place.line, problem.place.column);
        let words = format!("Fix {} at {place}", problem.id);
        let fix = match problem.fix {
            None => ().into_any(),
            Some(_) => {
                let mend = act(move |_: MouseEvent| desk.send(EditorIntent::Mend(at)));
                view! { <button class="plain small" aria-label=words on:click=mend>"Fix"</button> }
                    .into_any()
            }
        };
        let go = act(move |_: MouseEvent| desk.send(EditorIntent::GoTo(at)));
        let head = format!("{} {} {place} ", problem.word, problem.id);
        let hint = problem.hint.map(|hint| format!("; {hint}"));
        view! {
            <li class=tone(problem.severity)>
                <button class="go" on:click=go>
                    <span class="id">{head}</span>
                    {problem.message}
                    <span class="hint">{hint}</span>
                </button>
                {fix}
            </li>
        }
        .into_any()
    };
    let cards = part(move || {
        let problems = desk.read(|view| view.problems.clone());
        let cards: Vec<AnyView> = problems.into_iter().enumerate().map(card).collect();
        cards.into_any()
    });
    let head = text(move || match desk.read(|view| view.problems.len()) {
        0 => "No problems".to_string(),
        1 => "1 problem".to_string(),
        count => format!("{count} problems"),
    });
    view! {
        <section class="problems" aria-label="Problems">
            <h3 role="status">{head}</h3>
            <ul>{cards}</ul>
        </section>
    }
    .into_any()
}

/// Selects a stretch of the JSON and brings its line into view; the focus follows unless a field
/// takes it.
pub(in crate::app) fn show(line: usize, start: usize, end: usize) {
    let document = window().and_then(|window| window.document());
    let Some(document) = document else { return };
    let text = document.get_element_by_id("editor-json");
    let Some(text) = text.and_then(|text| text.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return;
    };
    let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else {
        return;
    };
    // A field without focus or selection is still there to be read.
    drop(text.focus());
    drop(text.set_selection_range(start, end));
    if let Some(paper) = document.get_element_by_id("editor-paper") {
        let top = TOP_PX + line * LINE_PX;
        let middle = paper.client_height() / 2;
        paper.set_scroll_top(i32::try_from(top).unwrap_or(i32::MAX) - middle);
        paper.set_scroll_left(0);
    }
}
