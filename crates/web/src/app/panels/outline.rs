//! The outline tree: what the canvas shows, for keyboard and screen reader.

use crate::app::Ui;
use crate::data::outline::{Node, Source, outline};
use crate::session::{Intent, Session};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent};
use stowplan_core::scene::Subject;
use wasm_bindgen::JsCast;

/// A node on its line.
#[derive(Clone, PartialEq)]
struct Row {
    level: usize,
    node: Node,
    is_leaf: bool,
}

#[component]
pub(super) fn Outline() -> impl IntoView {
    let ui = Ui::of_page();
    let rows = ui.slow_memo(rows);
    let selected = ui.memo(|session| session.selection().cloned());
    // One line of the tree is in the tab order: the selected one, or the first.
    let entry = Memo::new(move |_| {
        let selected = selected.get();
        rows.with(|rows| {
            let has = |subject: &Subject| rows.iter().any(|row| row.node.subject == *subject);
            selected
                .filter(has)
                .or_else(|| rows.first().map(|row| row.node.subject.clone()))
        })
    });
    view! {
        <section class="outline" aria-label="Outline">
            <h2>"Outline"</h2>
            <div role="tree" aria-label="Parts of the design" on:keydown=move |event| walk(&event)>
                <For each=move || rows.get() key=Row::key children=move |row| line(ui, row, selected, entry) />
            </div>
        </section>
    }
}

impl Row {
    /// A line whose words change is made anew.
    fn key(&self) -> (String, usize, String, String) {
        let node = &self.node;
        (
            format!("{:?}", node.subject),
            self.level,
            node.name.clone(),
            node.detail.clone(),
        )
    }
}

fn rows(session: &Session) -> Vec<Row> {
    let shown = session.shown();
    let source = Source {
        design: shown.design,
        model: shown.model,
        control: shown.control,
    };
    let mut rows = Vec::new();
    flatten(outline(source), 1, &mut rows);
    rows
}

fn flatten(nodes: Vec<Node>, level: usize, rows: &mut Vec<Row>) {
    for mut node in nodes {
        let children = std::mem::take(&mut node.children);
        rows.push(Row {
            level,
            node,
            is_leaf: children.is_empty(),
        });
        flatten(children, level + 1, rows);
    }
}

fn line(
    ui: Ui,
    row: Row,
    selected: Memo<Option<Subject>>,
    entry: Memo<Option<Subject>>,
) -> impl IntoView {
    let words = format!("{} {}", row.node.name, row.node.detail);
    let subject = StoredValue::new(row.node.subject);
    let is = move |which: Memo<Option<Subject>>| {
        which.with(|which| subject.with_value(|subject| which.as_ref() == Some(subject)))
    };
    let select = move || ui.dispatch(Intent::Select(Some(subject.get_value())));
    view! {
        <div
            role="treeitem"
            class="line"
            title=words
            style:padding-left=format!("{}px", 4 + 10 * (row.level - 1))
            {..custom_attribute("aria-level", row.level.to_string())}
            aria-expanded=(!row.is_leaf).then_some("true")
            aria-selected=move || is(selected).to_string()
            tabindex=move || if is(entry) { "0" } else { "-1" }
            on:click=move |_| select()
            on:keydown=move |event: KeyboardEvent| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    select();
                }
            }
        >
            <span class="name">{row.node.name}</span>
            " "
            <span class="detail">{row.node.detail}</span>
        </div>
    }
}

/// Arrow keys move the focus from line to line.
fn walk(event: &KeyboardEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(line) = target else { return };
    let tree = line.parent_element();
    let next = match event.key().as_str() {
        "ArrowDown" => line.next_element_sibling(),
        "ArrowUp" => line.previous_element_sibling(),
        "Home" => tree.and_then(|tree| tree.first_element_child()),
        "End" => tree.and_then(|tree| tree.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        drop(next.focus());
    }
}
