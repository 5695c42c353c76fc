//! The transport: play, step, speed, clock, seed, and the time axis with its marks.

use super::command_button;
use crate::app::Ui;
use crate::app::erased::{act, part, text, truth};
use crate::session::{Intent, Session, Speed};
use leptos::prelude::*;
use leptos::web_sys::{Event, MouseEvent};
use stowplan_core::sim::Marker;
use stowplan_core::time::Instant;

#[component]
pub(super) fn Transport() -> impl IntoView {
    let ui = Ui::of_page();
    let playing = ui.memo(Session::is_playing);
    let clock = ui.memo(|session| now(session).to_string());
    let word = move || if playing.get() { "Pause" } else { "Play" };
    let face = text(move || if playing.get() { "❙❙" } else { "▶" }.into());
    view! {
        <div class="transport" role="group" aria-label="Transport">
            {command_button("restart", "|◀")}
            <button
                class="icon play"
                aria-label=text(move || word().into())
                title=text(move || format!("{} (Space)", word()))
                aria-pressed=text(move || playing.get().to_string())
                on:click=act(move |_: MouseEvent| ui.dispatch(Intent::TogglePlay))
            >
                {face}
            </button>
            {command_button("step", "▶|")}
            <SpeedChoice />
            <output class="clock" aria-label="Simulated time">{clock}</output>
            <Seed />
            <Axis />
        </div>
    }
}

fn now(session: &Session) -> Instant {
    session
        .run()
        .map_or(Instant::ZERO, |run| run.timeline().now())
}

#[component]
fn SpeedChoice() -> impl IntoView {
    let ui = Ui::of_page();
    let speed = ui.memo(Session::speed);
    let option = move |of: Speed| {
        view! { <option value=of.0.to_string() prop:selected=truth(move || speed.get() == of)>{of.words()}</option> }
    };
    let chosen = act(move |event: Event| {
        if let Ok(factor) = event_target_value(&event).parse() {
            ui.dispatch(Intent::SetSpeed(Speed(factor)));
        }
    });
    view! {
        <select class="speed" aria-label="Speed" on:change=chosen>
            {Speed::ALL.map(option).collect_view()}
        </select>
    }
}

#[component]
fn Seed() -> impl IntoView {
    let ui = Ui::of_page();
    let seed = ui.memo(|session| session.seed().to_string());
    let changed = act(
        move |event: Event| match event_target_value(&event).trim().parse() {
            Ok(seed) => ui.dispatch(Intent::SetSeed(seed)),
            Err(_) => event_target::<leptos::web_sys::HtmlInputElement>(&event)
                .set_value(&seed.get_untracked()),
        },
    );
    view! {
        <label class="seed">
            "seed"
            <input type="text" inputmode="numeric" prop:value=seed on:change=changed />
        </label>
        <button class="plain small" title="Drop this run and begin one with the present design" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::NewRun))>
            "New run"
        </button>
    }
}

#[component]
fn Axis() -> impl IntoView {
    let ui = Ui::of_page();
    let end = ui.memo(|session| {
        session
            .run()
            .map_or(Instant(600_000), crate::session::Run::axis_end)
    });
    let played = ui.memo(|session| {
        session
            .run()
            .map_or(Instant::ZERO, |run| run.timeline().end())
    });
    let now = ui.memo(now);
    let inputs = ui.memo(|session| {
        session
            .run()
            .map_or(0, |run| run.timeline().recording().inputs.len())
    });
    let run = ui.memo(|session| session.stamp().run);
    let marks = Memo::new(move |_| {
        inputs.get();
        run.get();
        ui.read_untracked(|session| {
            session
                .run()
                .map(|run| run.timeline().markers())
                .unwrap_or_default()
        })
    });
    let buttons = part(move || {
        let marks = with_room(marks.get(), end.get());
        let buttons: Vec<AnyView> = marks
            .into_iter()
            .map(|(mark, fits)| mark_button(ui, mark, fits, end))
            .collect();
        buttons.into_any()
    });
    let share = move |at: Instant| format!("{}%", percent(at, end.get()));
    let seek = act(move |event: Event| {
        if let Ok(at) = event_target_value(&event).parse() {
            ui.dispatch(Intent::Seek(Instant(at)));
        }
    });
    view! {
        <div class="axis">
            <div class="track" aria-hidden="true">
                <div class="played" style:width=text(move || share(played.get()))></div>
                <div class="past" style:width=text(move || share(now.get()))></div>
            </div>
            <input
                type="range"
                min="0"
                step="1000"
                max=text(move || end.get().0.to_string())
                aria-label="Time of the run"
                aria-valuetext=text(move || now.get().to_string())
                prop:value=text(move || now.get().0.to_string())
                on:input=seek
            />
            <div class="marks">
                {buttons}
            </div>
        </div>
        <span class="end">{text(move || end.get().to_string())}</span>
    }
}

/// Marks closer than this share of the axis to the one before keep their words to themselves.
const WORDS_APART_PERCENT: f64 = 9.0;

/// A mark before this share of the axis has its words to its right.
const FIRST_PERCENT: f64 = 5.0;

/// Each mark with whether there is room for its words.
fn with_room(marks: Vec<Marker>, end: Instant) -> Vec<(Marker, bool)> {
    let mut taken = f64::NEG_INFINITY;
    let place = |mark: Marker| {
        let at = percent(mark.at, end);
        let fits = at - taken >= WORDS_APART_PERCENT;
        if fits {
            taken = at;
        }
        (mark, fits)
    };
    marks.into_iter().map(place).collect()
}

fn mark_button(ui: Ui, mark: Marker, fits: bool, end: Memo<Instant>) -> AnyView {
    let at = mark.at;
    let title = format!("{} {}", mark.at, mark.label);
    view! {
        <button
            class="mark"
            // Words that are centred on a mark at the very start would leave the axis.
            class:first=truth(move || percent(at, end.get()) < FIRST_PERCENT)
            title=title.clone()
            aria-label=title
            style:left=text(move || format!("{}%", percent(at, end.get())))
            on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Seek(at)))
        >
            {fits.then(|| view! { <span class="words">{mark.label}</span> })}
        </button>
    }
    .into_any()
}

fn percent(at: Instant, end: Instant) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of a screen's width needs no more"
    )]
    let share = at.0 as f64 / end.0.max(1) as f64;
    share.min(1.0) * 100.0
}
