//! The outline tree: what the canvas shows, for keyboard and screen reader.

use crate::app::Ui;
use crate::app::erased::{self, act, text};
use crate::data::outline::{Node, Source, outline};
use crate::session::{EditorIntent, Intent, Session};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent};
use stowplan_core::design::Part;
use stowplan_core::scene::Subject;
use stowplan_core::sim::World;
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
    let keys = move || rows.with(|rows| rows.iter().map(Row::key).collect());
    let made = move |key: String| {
        let row = rows.with_untracked(|rows| rows.iter().find(|row| row.key() == key).cloned());
        row.map_or_else(|| ().into_any(), |row| line(ui, row, selected, entry))
    };
    let list = erased::rows(keys, made);
    view! {
        <section class="outline" aria-label="Outline">
            <h2>"Outline"</h2>
            <div role="tree" aria-label="Parts of the design" on:keydown=act(|event: KeyboardEvent| walk(&event))>
                {list}
            </div>
        </section>
    }
}

impl Row {
    /// A line whose words change is made anew.
    fn key(&self) -> String {
        let node = &self.node;
        let (level, name, detail) = (self.level, &node.name, &node.detail);
        format!("{:?} {level} {name:?} {detail}", node.subject)
    }
}

fn rows(session: &Session) -> Vec<Row> {
    let shown = session.shown();
    let stopped = shown.world.map(World::stopped_hosts).unwrap_or_default();
    let source = Source {
        design: shown.design,
        model: shown.model,
        control: shown.control,
        stopped: &stopped,
        matches: session.found().matches().map_or(&[], |matches| &**matches),
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
) -> AnyView {
    let words = format!("{} {}", row.node.name, row.node.detail);
    let subject = StoredValue::new(row.node.subject);
    let is = move |which: Memo<Option<Subject>>| {
        which.with(|which| subject.with_value(|subject| which.as_ref() == Some(subject)))
    };
    let select = move || ui.dispatch(Intent::Select(Some(subject.get_value())));
    // What has an editor opens in it.
    let open = move || {
        if let Subject::Part(Part::TaskDefinition(name)) = subject.get_value() {
            ui.dispatch(Intent::Editor(EditorIntent::Open(name)));
        }
    };
    view! {
        <div
            role="treeitem"
            class="line"
            title=words
            style:padding-left=format!("{}px", 4 + 10 * (row.level - 1))
            {..custom_attribute("aria-level", row.level.to_string())}
            aria-expanded=(!row.is_leaf).then_some("true")
            aria-selected=text(move || is(selected).to_string())
            tabindex=text(move || if is(entry) { "0" } else { "-1" }.into())
            on:click=act(move |_: MouseEvent| select())
            on:dblclick=act(move |_: MouseEvent| open())
            on:keydown=act(move |event: KeyboardEvent| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    select();
                }
                if event.key() == "Enter" {
                    open();
                }
            })
        >
            <span class="name">{row.node.name}</span>
            " "
            <span class="detail">{row.node.detail}</span>
        </div>
    }
    .into_any()
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
