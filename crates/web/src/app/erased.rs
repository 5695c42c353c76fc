//! Reactive parts of one type each. Leptos makes code of its own for the type of every closure, a
//! few kilobytes at a time; a page of many small parts stays small when their types are few.

use leptos::prelude::*;
use std::sync::Arc;

/// A text, or an attribute, that follows what it reads.
pub(super) fn text(of: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(of)
}

/// A truth that follows what it reads.
pub(super) fn truth(of: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(of)
}

type Part = Box<dyn FnMut() -> AnyView + Send>;

/// A part that is made anew whenever what it reads changes.
pub(super) fn part(of: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let part: Part = Box::new(of);
    part.into_any()
}

/// What is done when something is pressed or left.
pub(super) type Act<E> = Box<dyn FnMut(E)>;

/// Something to do at an event.
pub(super) fn act<E>(what: impl FnMut(E) + 'static) -> Act<E> {
    Box::new(what)
}

/// One part for each of `keys`, which keeps its elements as long as its key is there.
pub(super) fn rows(
    keys: impl Fn() -> Vec<String> + Send + Sync + 'static,
    row: impl Fn(String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    keyed(Signal::derive(keys), Arc::new(row))
}

fn keyed(keys: Signal<Vec<String>>, row: Arc<dyn Fn(String) -> AnyView + Send + Sync>) -> AnyView {
    view! { <For each=move || keys.get() key=Clone::clone children=move |key| row(key) /> }
        .into_any()
}
