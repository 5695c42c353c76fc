//! The app mounted in a headless browser: what only the DOM can show. Gestures, sessions and
//! forms are tested natively.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    reason = "a page without its elements is a failed test"
)]

use gloo_timers::future::TimeoutFuture;
use leptos::mount::mount_to;
use leptos::web_sys::{Document, Element, HtmlElement, window};
use stowplan_web::app::App;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    window().unwrap().document().unwrap()
}

/// Mounts the app with the sample in a fresh part of the page and hands that part to the test.
async fn with_app(test: impl AsyncFnOnce(&Element)) {
    window()
        .unwrap()
        .local_storage()
        .unwrap()
        .unwrap()
        .clear()
        .unwrap();
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&root).unwrap();
    let mounted = mount_to(root.clone(), App);
    frame().await;
    test(&root).await;
    drop(mounted);
    root.remove();
}

async fn frame() {
    TimeoutFuture::new(20).await;
}

/// Looks again and again until `holds`, for five seconds at most.
async fn until(holds: impl Fn() -> bool) {
    for _ in 0..250 {
        if holds() {
            return;
        }
        frame().await;
    }
    assert!(holds(), "waited in vain");
}

fn find(root: &Element, selector: &str) -> HtmlElement {
    let found = root.query_selector(selector).unwrap();
    found
        .unwrap_or_else(|| panic!("no `{selector}`"))
        .unchecked_into()
}

fn text(root: &Element, selector: &str) -> String {
    find(root, selector).text_content().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn play_advances_the_clock_and_pause_stops_it() {
    with_app(async |root| {
        let clock = || text(root, "[aria-label='Simulated time']");
        assert_eq!(clock(), "00:00:00");
        find(root, "button[aria-label=Play]").click();
        until(|| clock() != "00:00:00").await;
        find(root, "button[aria-label=Pause]").click();
        frame().await;
        let stopped = clock();
        frame().await;
        frame().await;
        assert_eq!(clock(), stopped);
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_outline_lists_the_sample_and_selecting_fills_the_inspector() {
    with_app(async |root| {
        let lines = root.query_selector_all("[role=treeitem]").unwrap();
        assert!(lines.length() > 10);
        let mut line = (0..lines.length()).filter_map(|at| lines.item(at));
        let service = line.find(|line| {
            line.text_content()
                .unwrap_or_default()
                .starts_with("primes primes:1")
        });
        service.unwrap().unchecked_into::<HtmlElement>().click();
        until(|| text(root, "[aria-label=Inspector] h2") == "primes").await;
        let desired = find(root, "input[aria-label=desiredCount]");
        let value = js_sys::Reflect::get(&desired, &"value".into()).unwrap();
        assert_eq!(value.as_string().as_deref(), Some("4"));
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_canvas_has_a_name_and_as_many_pixels_as_it_covers() {
    with_app(async |root| {
        let canvas = find(root, "canvas[role=application]");
        assert!(canvas.get_attribute("aria-label").is_some());
        assert_eq!(
            root.query_selector_all("canvas[aria-hidden=true]")
                .unwrap()
                .length(),
            1
        );
    })
    .await;
}

#[wasm_bindgen_test]
async fn the_outline_is_a_tree_with_levels() {
    with_app(async |root| {
        let host = find(root, "[role=treeitem][aria-level='2'][title^='i-0a']");
        assert!(host.text_content().unwrap_or_default().contains("i-0a"));
    })
    .await;
}
