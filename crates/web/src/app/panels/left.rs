//! The left side: palette above, outline below.

use super::outline::Outline;
use super::palette::PartsPalette;
use leptos::prelude::*;

#[component]
pub(in crate::app) fn Left() -> impl IntoView {
    view! {
        <aside class="left" aria-label="Parts and outline">
            <PartsPalette />
            <Outline />
        </aside>
    }
}
