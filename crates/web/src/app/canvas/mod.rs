//! The canvas: two stacked layers, painted from the session's scene and marks; the pointer becomes
//! events for the tool.

mod paint;
mod palette;

pub(super) use palette::{Palette, variable};

use super::{Ui, dom, outside};
use crate::session::tool::{Button, Event, Tool};
use crate::session::{Intent, Session};
use gloo::events::EventListener;
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{
    DragEvent, Element, EventTarget, HtmlCanvasElement, PointerEvent, ResizeObserver, WheelEvent,
    window,
};
use stowplan_core::scene::{Camera, Point, Shape, Size, overlay};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// The board.
#[component]
pub(super) fn Canvas() -> impl IntoView {
    let ui = Ui::of_page();
    let picture = NodeRef::<html::Canvas>::new();
    let marks = NodeRef::<html::Canvas>::new();
    let colours = Memo::new(move |_| {
        ui.colours.track();
        Palette::of_page()
    });
    paint_picture(ui, picture, colours);
    paint_marks(ui, marks, colours);
    watch_size(ui, marks);
    follow_pointer(ui, marks);
    let cursor = ui.memo(cursor);
    view! {
        <div class="canvas" on:dragover=|event| event.prevent_default() on:drop=move |event| drop_file(ui, &event)>
            <canvas node_ref=picture aria-hidden="true"></canvas>
            <canvas
                node_ref=marks
                tabindex="0"
                role="application"
                aria-label="Board: zones, hosts, services and listener rules. The outline lists the same parts."
                class=cursor
                on:pointerdown=move |event| pointer_down(ui, &event)
                on:wheel=move |event| wheel(ui, &event)
            ></canvas>
        </div>
    }
}

fn cursor(session: &Session) -> &'static str {
    match session.tool() {
        Tool::Panning { .. } => "grabbing",
        Tool::Carrying { .. } => "carrying",
        Tool::Armed { .. } => "placing",
        Tool::Idle | Tool::Pressed { .. } | Tool::PalettePressed { .. }
            if session.is_space_held() =>
        {
            "grab"
        }
        Tool::Idle | Tool::Pressed { .. } | Tool::PalettePressed { .. } => "plain",
    }
}

/// What both layers look through.
#[derive(Clone, Copy, PartialEq)]
struct Lens {
    camera: Camera,
    view: Size,
}

fn lens(session: &Session) -> Lens {
    Lens {
        camera: session.camera(),
        view: session.view(),
    }
}

fn paint_picture(ui: Ui, canvas: NodeRef<html::Canvas>, colours: Memo<Palette>) {
    let lens = ui.memo(lens);
    let scene = ui.memo(|session| session.stamp().scene);
    Effect::new(move |_| {
        scene.get();
        let camera = lens.get().camera;
        let Some(canvas) = canvas.get() else { return };
        let picture = ui.read_untracked(|session| session.scene().clone());
        colours.with(|palette| paint_layer(&canvas, &picture.shapes, camera, palette));
    });
}

fn paint_marks(ui: Ui, canvas: NodeRef<html::Canvas>, colours: Memo<Palette>) {
    let lens = ui.memo(lens);
    let scene = ui.memo(|session| session.stamp().scene);
    let marks = ui.memo(Session::marks);
    Effect::new(move |_| {
        scene.get();
        let camera = lens.get().camera;
        let Some(canvas) = canvas.get() else { return };
        let picture = ui.read_untracked(|session| session.scene().clone());
        let shapes = marks.with(|marks| overlay(&picture, marks));
        colours.with(|palette| paint_layer(&canvas, &shapes, camera, palette));
    });
}

fn paint_layer(canvas: &HtmlCanvasElement, shapes: &[Shape], camera: Camera, palette: &Palette) {
    let ratio = dom::fit_pixels(canvas);
    if let Some(context) = paint::context(canvas) {
        paint::clear(&context, canvas);
        paint::look_through(&context, camera, ratio);
        paint::paint(&context, shapes, palette);
    }
}

/// Tells the session the size of the view, now and whenever it changes.
fn watch_size(ui: Ui, canvas: NodeRef<html::Canvas>) {
    let observer = StoredValue::new_local(None);
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        // Observing reports the present size at once.
        let watched: Element = canvas.clone().into();
        let changed = Closure::<dyn FnMut()>::new(move || {
            ui.dispatch(Intent::Resize(dom::size(&watched)));
        });
        if let Ok(resize) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            resize.observe(&canvas);
            observer.set_value(Some((resize, changed)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((resize, _)) = observer.take() {
                resize.disconnect();
            }
        });
    });
}

/// A gesture that began here may leave the canvas, so the window is listened to.
fn follow_pointer(ui: Ui, canvas: NodeRef<html::Canvas>) {
    let Some(window) = window() else { return };
    let moved = EventListener::new(&window, "pointermove", move |event| {
        let Some((event, canvas)) = event.dyn_ref::<PointerEvent>().zip(canvas.get_untracked())
        else {
            return;
        };
        let here = is_on(event.target(), &canvas);
        if here || ui.read_untracked(|session| *session.tool() != Tool::Idle) {
            ui.dispatch(Intent::Pointer(Event::Move {
                at: place(event, &canvas),
            }));
        }
    });
    let released = EventListener::new(&window, "pointerup", move |event| {
        let Some((event, canvas)) = event.dyn_ref::<PointerEvent>().zip(canvas.get_untracked())
        else {
            return;
        };
        let at = place(event, &canvas);
        let size = dom::size(&canvas);
        let on_canvas = at.x >= 0.0 && at.y >= 0.0 && at.x < size.w && at.y < size.h;
        ui.dispatch(Intent::Pointer(Event::Up { at, on_canvas }));
    });
    let cancelled = EventListener::new(&window, "pointercancel", move |_| {
        if ui.read_untracked(|session| *session.tool() != Tool::Idle) {
            ui.dispatch(Intent::Cancel);
        }
    });
    StoredValue::new_local((moved, released, cancelled));
}

fn is_on(target: Option<EventTarget>, canvas: &HtmlCanvasElement) -> bool {
    target
        .and_then(|target| target.dyn_into::<HtmlCanvasElement>().ok())
        .as_ref()
        == Some(canvas)
}

fn place(event: &PointerEvent, canvas: &Element) -> Point {
    dom::place_in(
        canvas,
        f64::from(event.client_x()),
        f64::from(event.client_y()),
    )
}

fn pointer_down(ui: Ui, event: &PointerEvent) {
    let canvas = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(canvas) = canvas else { return };
    let space = ui.read_untracked(|session| session.is_space_held());
    let button = match (event.button(), space) {
        (0, false) => Button::Primary,
        (0, true) | (1, _) => Button::Pan,
        _ => return,
    };
    if button == Button::Pan {
        event.prevent_default();
    }
    ui.dispatch(Intent::Pointer(Event::Down {
        at: place(event, &canvas),
        button,
    }));
}

/// Zoom for each pixel of wheel travel.
const ZOOM_PER_PIXEL: f64 = 0.0015;
/// Pixels of a line where the wheel counts lines.
const PIXELS_PER_LINE: f64 = 16.0;

fn wheel(ui: Ui, event: &WheelEvent) {
    event.prevent_default();
    let canvas = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(canvas) = canvas else { return };
    let scale = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL {
        1.0
    } else {
        PIXELS_PER_LINE
    };
    let (dx, dy) = (event.delta_x() * scale, event.delta_y() * scale);
    if event.ctrl_key() || event.meta_key() {
        let at = dom::place_in(
            &canvas,
            f64::from(event.client_x()),
            f64::from(event.client_y()),
        );
        ui.dispatch(Intent::ZoomAt {
            at,
            factor: (-dy * ZOOM_PER_PIXEL).exp(),
        });
    } else {
        ui.dispatch(Intent::Pan { dx: -dx, dy: -dy });
    }
}

fn drop_file(ui: Ui, event: &DragEvent) {
    event.prevent_default();
    let files = event.data_transfer().and_then(|transfer| transfer.files());
    if let Some(files) = files {
        outside::take_files(ui, &files);
    }
}
