//! Charts of the run: running tasks of each service by revision, then what CloudWatch shows of
//! load balancers and services.

use super::chart::draw;
use crate::app::canvas::{Palette, variable};
use crate::app::erased::{act, part, rows, text};
use crate::app::{Ui, dom};
use crate::data::chart::{Chart, running_tasks};
use crate::data::metrics::{EMPTY, charts};
use crate::session::{Intent, MetricsFormat, Session, Tab};
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;
use stowplan_core::design::Part;
use stowplan_core::scene::{Dash, Subject};

#[component]
pub(super) fn Metrics() -> impl IntoView {
    let ui = Ui::of_page();
    let charts = ui.slow_memo_with(minutes, all_charts);
    let is_asked = ui.slow_memo_with(minutes, |session| {
        let run = session.run();
        run.is_some_and(|run| run.timeline().metrics().ids().next().is_some())
    });
    let is_alone = ui.memo(|session| session.tab() == Tab::Metrics);
    let told = part(move || match (is_alone.get(), is_asked.get()) {
        (true, true) => exports(ui),
        (true, false) => view! { <p class="muted">{EMPTY}</p> }.into_any(),
        (false, _) => ().into_any(),
    });
    let titles = move || charts.with(|all| all.iter().map(|it| it.title.clone()).collect());
    view! {
        {told}
        <div class="metrics">
            {rows(titles, move |title| view! { <Figure charts title /> }.into_any())}
        </div>
    }
}

/// Goes up with each minute that was played: CloudWatch has new points then.
fn minutes(session: &Session) -> u64 {
    session
        .run()
        .map_or(0, |run| run.timeline().end().0 / 60_000)
}

fn all_charts(session: &Session) -> Vec<Chart> {
    let (shown, run) = (session.shown(), session.run());
    let services = services(session).into_iter();
    let services = services.map(|name| running_tasks(&shown, run, &name));
    services.chain(charts(&shown, run)).collect()
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

fn exports(ui: Ui) -> AnyView {
    let button = |format: MetricsFormat| {
        let save = act(move |_: MouseEvent| ui.dispatch(Intent::ExportMetrics(format)));
        let label = format!("Save as {}", format.label());
        view! { <button class="plain small" on:click=save>{label}</button> }.into_any()
    };
    let buttons: Vec<AnyView> = [MetricsFormat::Csv, MetricsFormat::OpenMetrics]
        .map(button)
        .into();
    view! { <p class="exports"><span class="muted">"CloudWatch's metrics of the run, by the minute "</span>{buttons}</p> }
        .into_any()
}

#[component]
fn Figure(charts: Memo<Vec<Chart>>, title: String) -> impl IntoView {
    let ui = Ui::of_page();
    let canvas = NodeRef::<html::Canvas>::new();
    let named = title.clone();
    let chart = Memo::new(move |_| {
        let found = charts.with(|all| all.iter().find(|it| it.title == named).cloned());
        found.unwrap_or_default()
    });
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
    let legend = Memo::new(move |_| {
        now.get();
        let now = ui.read_untracked(|session| session.shown().now);
        chart.with(|chart| chart.legend(now))
    });
    let lines = part(move || {
        now.get();
        let now = ui.read_untracked(|session| session.shown().now);
        chart.with(|chart| keys(chart, now))
    });
    let top = text(move || chart.with(|chart| chart.unit.words(chart.top())));
    let end = text(move || chart.with(|chart| chart.end.to_string()));
    let label = format!("{title}: ");
    view! {
        <figure>
            <figcaption>{title}" "{lines}</figcaption>
            <div class="plot">
                <canvas node_ref=canvas role="img" aria-label=text(move || format!("{label}{}", legend.get()))></canvas>
                <span class="top" aria-hidden="true">{top}</span>
                <span class="zero" aria-hidden="true">"0"</span>
                <span class="far" aria-hidden="true">{end}</span>
            </div>
        </figure>
    }
}

/// The lines of a chart with their colour, pattern and number at the cursor.
fn keys(chart: &Chart, now: stowplan_core::time::Instant) -> AnyView {
    let key = |line: &crate::data::chart::Line| {
        let pattern = match line.dash {
            Dash::Solid => "solid",
            Dash::Dashed => "dashed",
        };
        let style = format!("border-top: 2px {pattern} var({})", variable(line.token));
        let number = line
            .at(now)
            .map_or_else(|| "–".into(), |it| chart.unit.words(it));
        let said = format!("{} {number} ", line.name);
        view! { <span class="mono muted"><i style=style></i>{said}</span> }.into_any()
    };
    let keys: Vec<AnyView> = chart.lines.iter().map(key).collect();
    keys.into_any()
}
