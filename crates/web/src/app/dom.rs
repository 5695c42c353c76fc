//! The only file that measures the page.

use gloo::timers::callback::Timeout;
use leptos::web_sys::{Element, HtmlCanvasElement, HtmlElement, window};
use stowplan_core::scene::{Point, Size, point};
use wasm_bindgen::JsCast;

/// Device pixels per CSS pixel.
pub(super) fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Size of an element in CSS pixels.
pub(super) fn size(element: &Element) -> Size {
    Size {
        w: f64::from(element.client_width()),
        h: f64::from(element.client_height()),
    }
}

/// A place of the window as seen from an element's corner.
pub(super) fn place_in(element: &Element, client_x: f64, client_y: f64) -> Point {
    let corner = element.get_bounding_client_rect();
    point(client_x - corner.left(), client_y - corner.top())
}

/// Gives a canvas as many pixels as it covers on the device; tells the ratio.
pub(super) fn fit_pixels(canvas: &HtmlCanvasElement) -> f64 {
    let ratio = pixel_ratio();
    let size = size(canvas);
    let pixels = |length: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a screen has fewer than 2^32 pixels"
        )]
        #[expect(clippy::cast_sign_loss, reason = "sizes are not negative")]
        let pixels = (length * ratio).round() as u32;
        pixels
    };
    let (width, height) = (pixels(size.w), pixels(size.h));
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    ratio
}

/// The value of a CSS variable, as it holds for the whole page.
pub(super) fn css_variable(name: &str) -> String {
    let root = window().and_then(|window| window.document()?.document_element());
    let style = root
        .zip(window())
        .and_then(|(root, window)| window.get_computed_style(&root).ok()?);
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.unwrap_or_default().trim().to_string()
}

/// Whether keys typed there are text, so that no single-key command may take them.
pub(super) fn takes_text(target: Option<leptos::web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => element.get_attribute("type").as_deref() != Some("range"),
        _ => element.is_content_editable(),
    }
}

/// Whether Space and Enter already mean something there.
pub(super) fn is_control(target: Option<leptos::web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| {
        let tag = element.tag_name();
        let is_line = || element.get_attribute("role").as_deref() == Some("treeitem");
        matches!(tag.as_str(), "BUTTON" | "SUMMARY") || is_line()
    })
}

/// Takes the focus from the field that has it, so that what was typed there is taken in.
pub(super) fn leave_field() {
    let active = window().and_then(|window| window.document()?.active_element());
    let field = active.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        // A field that keeps the focus keeps what was typed; nothing more can be done.
        drop(field.blur());
    }
}

/// Whether an event happened inside what `selector` finds.
pub(super) fn is_inside(target: Option<leptos::web_sys::EventTarget>, selector: &str) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

/// Gives the focus to what `selector` finds first, once the page shows it.
pub(super) fn focus_at(selector: &'static str) {
    let give = move || {
        let document = window().and_then(|window| window.document());
        let element = document.and_then(|document| document.query_selector(selector).ok()?);
        if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            // An element that refuses the focus cannot be helped.
            drop(element.focus());
        }
    };
    Timeout::new(0, give).forget();
}

/// Gives the focus to the element with this id, once the page shows it, and opens what it is in.
pub(super) fn focus(id: String) {
    let give = move || {
        let document = window().and_then(|window| window.document());
        let element = document.and_then(|document| document.get_element_by_id(&id));
        let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        if let Ok(Some(details)) = element.closest("details") {
            // An element that refuses an attribute cannot be helped.
            drop(details.set_attribute("open", ""));
        }
        drop(element.focus());
    };
    Timeout::new(0, give).forget();
}
