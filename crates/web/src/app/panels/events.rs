//! The event list, worded as ECS words it, newest first; and its latest line for screen readers.

use crate::app::Ui;
use crate::app::erased::{act, part, rows};
use crate::session::{Intent, Session};
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::time::Instant;
use stowplan_core::view::{Tone, event_is_listed, event_text, event_tone};

/// So many of the newest events are on the page; the rest is a scrub away.
const LISTED_MAX: usize = 200;

/// The latest line is announced at most this often.
const ANNOUNCE_MS: u32 = 2000;

#[derive(Clone, PartialEq)]
struct Line {
    /// Its place in the log: what it is known by.
    number: usize,
    at: Instant,
    text: String,
    tone: &'static str,
}

impl Line {
    fn key(&self) -> String {
        format!("{} {} {}", self.number, self.at.0, self.text)
    }
}

#[component]
pub(super) fn Events() -> impl IntoView {
    let ui = Ui::of_page();
    let lines = ui.slow_memo(|session| lines(session, LISTED_MAX));
    let empty = part(move || {
        if !lines.with(Vec::is_empty) {
            return ().into_any();
        }
        view! { <p class="muted">"Press play: what happens is told here."</p> }.into_any()
    });
    let keys = move || lines.with(|lines| lines.iter().map(Line::key).collect());
    let line = move |key: String| {
        let line =
            lines.with_untracked(|lines| lines.iter().find(|line| line.key() == key).cloned());
        line.map_or_else(|| ().into_any(), |line| event_line(ui, line))
    };
    view! {
        {empty}
        <ol class="events" aria-label="Events">
            {rows(keys, line)}
        </ol>
    }
}

fn event_line(ui: Ui, line: Line) -> AnyView {
    let at = line.at;
    let clock = at.to_string();
    let short = clock.strip_prefix("00:").unwrap_or(&clock).to_string();
    view! {
        <li class=line.tone>
            <button class="time" title="Go to this moment" on:click=act(move |_: MouseEvent| ui.dispatch(Intent::Seek(at)))>{short}</button>
            <span>{line.text}</span>
        </li>
    }
    .into_any()
}

fn lines(session: &Session, most: usize) -> Vec<Line> {
    let Some(run) = session.run() else {
        return Vec::new();
    };
    let model = run.timeline().world().model();
    let events = run.timeline().events().iter().enumerate().rev();
    let listed = events
        .filter(|(_, event)| event_is_listed(event))
        .take(most);
    let line = |(number, event): (usize, &stowplan_core::control::Event)| Line {
        number,
        at: event.at,
        text: event_text(model, event),
        tone: match event_tone(event) {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Warning => "warning",
            Tone::Bad => "bad",
        },
    };
    listed.map(line).collect()
}

/// Says the latest event politely and not too often.
#[component]
pub(super) fn Live() -> impl IntoView {
    let ui = Ui::of_page();
    let said = RwSignal::new(String::new());
    let latest = move || {
        let line = ui.read_untracked(|session| lines(session, 1).pop());
        let text = line.map(|line| line.text).unwrap_or_default();
        if said.with_untracked(|said| *said != text) {
            said.set(text);
        }
    };
    let interval = StoredValue::new_local(Some(Interval::new(ANNOUNCE_MS, latest)));
    on_cleanup(move || {
        interval.try_update_value(Option::take);
    });
    view! { <div class="unseen" aria-live="polite" aria-label="Latest event">{said}</div> }
}
