//! While a run plays, every frame tells the session how much real time has passed.

use super::Ui;
use crate::session::{Intent, Session};
use gloo::render::{AnimationFrame, request_animation_frame};
use leptos::prelude::*;

type Slot = StoredValue<Option<AnimationFrame>, LocalStorage>;

/// Starts the frames whenever playing begins; they end by themselves.
pub(super) fn install(ui: Ui) {
    let playing = ui.memo(Session::is_playing);
    let slot: Slot = StoredValue::new_local(None);
    Effect::new(move |_| {
        if playing.get() {
            next_frame(ui, slot, None);
        }
    });
}

fn next_frame(ui: Ui, slot: Slot, last: Option<f64>) {
    let frame = request_animation_frame(move |now| {
        let elapsed_ms = last.map_or(0.0, |last| now - last);
        ui.dispatch(Intent::Advance { elapsed_ms });
        if ui.read_untracked(Session::is_playing) {
            next_frame(ui, slot, Some(now));
        }
    });
    slot.try_set_value(Some(frame));
}
