//! The revisions of the family, newest first, each with what differs from the one before.

use super::Desk;
use crate::app::erased::part;
use crate::data::editor::Revision;
use crate::session::EditorIntent;
use leptos::prelude::*;

pub(super) fn list(desk: Desk) -> AnyView {
    let card = move |revision: Revision| {
        let edit = if revision.is_shown {
            ().into_any()
        } else {
            let words = format!("Edit {}", revision.name);
            let open = EditorIntent::Open(revision.name.clone());
            super::button(desk, "plain small", words, open)
        };
        let line = |line: String| view! { <li>{line}</li> }.into_any();
        let lines: Vec<AnyView> = revision.lines.into_iter().map(line).collect();
        view! {
            <li class="revision" aria-current=revision.is_shown.then_some("true")>
                <h4>{revision.name}</h4>
                {edit}
                <p class="help">{revision.summary}</p>
                <ul class="mono">{lines}</ul>
            </li>
        }
        .into_any()
    };
    let cards = part(move || {
        let revisions = desk.read(|view| view.revisions.clone());
        let cards: Vec<AnyView> = revisions.into_iter().map(card).collect();
        cards.into_any()
    });
    view! { <ol class="revisions" aria-label="Revisions">{cards}</ol> }.into_any()
}
