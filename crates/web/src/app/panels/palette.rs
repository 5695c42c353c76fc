//! The palette: drag a part onto the canvas, click it and then the canvas, or press Enter.

use crate::app::Ui;
use crate::app::erased::{act, text};
use crate::session::tool::{Event, Tool};
use crate::session::{Intent, Item};
use leptos::prelude::*;
use leptos::web_sys::{HtmlCanvasElement, MouseEvent, PointerEvent};
use stowplan_core::scene::point;
use wasm_bindgen::JsCast;

#[component]
pub(super) fn PartsPalette() -> impl IntoView {
    view! {
        <section class="palette" aria-label="Palette">
            <h2>"Parts"</h2>
            <ul>{Item::ALL.map(|item| view! { <li>{palette_button(item)}</li> }).collect_view()}</ul>
        </section>
    }
}

fn palette_button(item: Item) -> impl IntoView {
    let ui = Ui::of_page();
    let armed = ui.memo(move |session| match session.tool() {
        Tool::Armed { item: of, .. } | Tool::PalettePressed { item: of, .. } => *of == item,
        Tool::Idle | Tool::Pressed { .. } | Tool::Panning { .. } | Tool::Carrying { .. } => false,
    });
    // A click that no pointer made comes from Enter, Space or assistive technology.
    let click = act(move |event: MouseEvent| {
        if event.detail() == 0 {
            ui.dispatch(Intent::Add(item));
        }
    });
    view! {
        <button
            class="part"
            title=item.advice()
            aria-pressed=text(move || armed.get().to_string())
            on:pointerdown=act(move |event: PointerEvent| press(ui, item, &event))
            on:click=click
        >
            <span class="mark" aria-hidden="true"></span>
            {item.label()}
        </button>
    }
}

fn press(ui: Ui, item: Item, event: &PointerEvent) {
    if event.button() != 0 {
        return;
    }
    // Otherwise a finger keeps sending its moves to this button alone.
    if let Some(button) = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
        && button.has_pointer_capture(event.pointer_id())
    {
        drop(button.release_pointer_capture(event.pointer_id()));
    }
    // The tool learns the real place with the first move; a click needs none.
    let at = board().map_or_else(
        || point(0.0, 0.0),
        |canvas| {
            crate::app::dom::place_in(
                &canvas,
                f64::from(event.client_x()),
                f64::from(event.client_y()),
            )
        },
    );
    ui.dispatch(Intent::Pointer(Event::PaletteDown { item, at }));
}

fn board() -> Option<HtmlCanvasElement> {
    let document = leptos::web_sys::window()?.document()?;
    document
        .query_selector("canvas[role=application]")
        .ok()??
        .dyn_into()
        .ok()
}
