//! Charts of the run: running tasks by revision, one chart per service.

use super::chart::{Chart, draw};
use crate::app::canvas::Palette;
use crate::app::erased::{rows, text};
use crate::app::{Ui, dom};
use crate::data::chart::running_by_revision;
use crate::session::Session;
use leptos::html;
use leptos::prelude::*;
use stowplan_core::design::Part;
use stowplan_core::scene::{Subject, hue_of_service};

#[component]
pub(super) fn Metrics() -> impl IntoView {
    let ui = Ui::of_page();
    let services = ui.slow_memo(services);
    view! {
        <div class="metrics">
            {rows(move || services.get(), |name| view! { <ServiceChart name /> }.into_any())}
        </div>
    }
}

/// The selected service alone, else all of them.
fn services(session: &Session) -> Vec<String> {
    if let Some(Subject::Part(Part::Service(name))) = session.selection() {
        return vec![name.clone()];
    }
    session
        .shown()
        .design
        .services
        .iter()
        .map(|service| service.service_name.clone())
        .collect()
}

#[component]
fn ServiceChart(name: String) -> impl IntoView {
    let ui = Ui::of_page();
    let canvas = NodeRef::<html::Canvas>::new();
    let service = name.clone();
    let chart = ui.slow_memo(move |session| chart(session, &service));
    let now = ui.memo(|session| session.shown().now.0 / 1000);
    let view = ui.memo(Session::view);
    Effect::new(move |_| {
        ui.colours.get();
        now.get();
        view.get();
        let Some(canvas) = canvas.get() else { return };
        dom::fit_pixels(&canvas);
        let now = ui.read_untracked(|session| session.shown().now);
        chart.with(|chart| draw(canvas, chart, now, dom::pixel_ratio(), &Palette::of_page()));
    });
    let caption = format!("{name} running tasks");
    let title = format!("Running tasks of {name}");
    let legend = text(move || chart.with(|chart| chart.legend()));
    view! {
        <figure>
            <figcaption>{caption}" "<span class="mono muted">{legend}</span></figcaption>
            <canvas node_ref=canvas role="img" aria-label=text(move || format!("{title}: {}", legend.get()))></canvas>
        </figure>
    }
}

fn chart(session: &Session, name: &str) -> Chart {
    let shown = session.shown();
    let hue = hue_of_service(shown.design, shown.model, name);
    let Some(run) = session.run() else {
        return Chart {
            hue,
            ..Chart::default()
        };
    };
    let series = shown
        .model
        .service_named(name)
        .map(|service| running_by_revision(shown.model, run.timeline().all_events(), service))
        .unwrap_or_default();
    let desired = shown
        .design
        .services
        .iter()
        .find(|service| service.service_name == name);
    Chart {
        hue,
        series,
        desired: desired
            .and_then(|service| service.desired_count)
            .unwrap_or_default(),
        end: run.axis_end(),
        played: run.timeline().end(),
        marks: run
            .timeline()
            .markers()
            .into_iter()
            .map(|mark| mark.at)
            .collect(),
    }
}
