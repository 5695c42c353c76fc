//! What a chart shows: lines over the time of the run, each of its own colour and pattern. And the
//! first of them: running tasks by revision, counted from the event log.

use crate::session::{Run, Shown};
use std::collections::{BTreeMap, BTreeSet};
use stowplan_core::control::{Event, EventKind, TaskStatus};
use stowplan_core::id::{ServiceIx, TaskDefinitionIx, TaskId};
use stowplan_core::model::Model;
use stowplan_core::scene::{Dash, Token, hue_of_service};
use stowplan_core::time::{Instant, Millis};

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it is of.
    pub title: String,
    /// What its numbers are.
    pub unit: Unit,
    /// Its lines, the lowest first.
    pub lines: Vec<Line>,
    /// A level that should be kept, dashed.
    pub wanted: Option<f64>,
    /// Right end of its axis.
    pub end: Instant,
    /// Moments that are marked.
    pub marks: Vec<Instant>,
}

/// What the numbers of a chart are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Tasks.
    #[default]
    Tasks,
    /// Requests in a minute.
    PerMinute,
    /// Milliseconds.
    Milliseconds,
    /// Targets.
    Targets,
    /// Percent.
    Percent,
}

/// So long a number is the latest one: the next minute is measured, and told when it is over.
const LATEST: Millis = Millis::minutes(2);

/// A line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is of, short.
    pub name: String,
    /// Its colour.
    pub token: Token,
    /// Its pattern.
    pub dash: Dash,
    /// Its stretches, each a line of its own: between them nothing was measured.
    pub stretches: Vec<Vec<(Instant, f64)>>,
}

impl Unit {
    /// A number with its unit.
    #[must_use]
    pub fn words(self, number: f64) -> String {
        let plain = |number: f64| match number {
            small if small < 10.0 && small.fract() != 0.0 => format!("{small:.1}"),
            other => format!("{other:.0}"),
        };
        match self {
            Self::Tasks | Self::Targets => plain(number),
            Self::PerMinute => format!("{} /min", plain(number)),
            Self::Milliseconds if number >= 1000.0 => format!("{} s", plain(number / 1000.0)),
            Self::Milliseconds => format!("{} ms", plain(number)),
            Self::Percent => format!("{} %", plain(number)),
        }
    }
}

impl Line {
    /// The number at a moment, the latest where the next is being measured; `None` where nothing
    /// was measured then.
    #[must_use]
    pub fn at(&self, now: Instant) -> Option<f64> {
        let mut stretches = self.stretches.iter().rev();
        let stretch = stretches.find(|it| it.first().is_some_and(|first| first.0 <= now))?;
        let last = stretch.last()?.0;
        if now.since(last) > LATEST {
            return None;
        }
        let known = stretch.partition_point(|(at, _)| *at <= now);
        stretch
            .get(known.checked_sub(1)?)
            .map(|(_, number)| *number)
    }
}

impl Chart {
    /// The upper end of its axis: 1, 2 or 5 of a power of ten above everything in it.
    #[must_use]
    pub fn top(&self) -> f64 {
        let numbers = self
            .lines
            .iter()
            .flat_map(|line| line.stretches.iter().flatten());
        let highest = numbers.map(|(_, number)| *number).fold(0.0, f64::max);
        let highest = highest.max(self.wanted.unwrap_or_default());
        let mut step = 1.0;
        while step * 10.0 <= highest {
            step *= 10.0;
        }
        let nice = [1.0, 2.0, 5.0, 10.0].map(|it| it * step).into_iter();
        nice.filter(|it| *it > highest).fold(step * 20.0, f64::min)
    }

    /// The lines and their numbers at a moment in words: `:1 4 · :2 0`.
    #[must_use]
    pub fn legend(&self, now: Instant) -> String {
        let said = self.lines.iter().map(|line| match line.at(now) {
            Some(number) => format!("{} {}", line.name, self.unit.words(number)),
            None => format!("{} –", line.name),
        });
        said.collect::<Vec<_>>().join(" · ")
    }
}

/// The chart of a service's running tasks.
#[must_use]
pub fn running_tasks(shown: &Shown<'_>, run: Option<&Run>, service: &str) -> Chart {
    let hue = hue_of_service(shown.design, shown.model, service);
    let index = shown.model.service_named(service);
    let mut services = shown.design.services.iter();
    let written = services.find(|it| it.service_name == service);
    let mut chart = Chart {
        title: format!("{service} running tasks"),
        wanted: written.and_then(|it| it.desired_count).map(f64::from),
        ..frame(run)
    };
    if let Some((run, index)) = run.zip(index) {
        let timeline = run.timeline();
        let series = running_by_revision(shown.model, timeline.all_events(), index);
        let line = |series: &Series| line_of(series, hue, timeline.end());
        chart.lines = series.iter().map(line).collect();
    }
    chart
}

/// A chart without lines on the axis of a run.
pub(super) fn frame(run: Option<&Run>) -> Chart {
    let markers = run.map(|run| run.timeline().markers()).unwrap_or_default();
    Chart {
        end: run.map(Run::axis_end).unwrap_or_default(),
        marks: markers.into_iter().map(|mark| mark.at).collect(),
        ..Chart::default()
    }
}

/// Each count holds until the next: two points per step.
fn line_of(series: &Series, hue: u8, until: Instant) -> Line {
    let mut points = Vec::new();
    let mut count = 0;
    for (at, next) in &series.steps {
        points.push((*at, f64::from(count)));
        points.push((*at, f64::from(*next)));
        count = *next;
    }
    points.push((until, f64::from(count)));
    let name = &series.name;
    Line {
        name: name.rfind(':').map_or(&**name, |at| &name[at..]).into(),
        token: if series.current {
            Token::Hue(hue)
        } else {
            Token::Pale(hue)
        },
        dash: Dash::Solid,
        stretches: vec![points],
    }
}

/// One revision's line: steps, each holding until the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// `family:revision`.
    pub name: String,
    /// Whether it is the revision that the service should run.
    pub current: bool,
    /// Moments at which the number changed, and the number from then on.
    pub steps: Vec<(Instant, u32)>,
}

/// The lines of a service, oldest revision first.
#[must_use]
pub fn running_by_revision(model: &Model, events: &[Event], service: ServiceIx) -> Vec<Series> {
    let mut running: BTreeMap<TaskDefinitionIx, BTreeSet<TaskId>> = BTreeMap::new();
    let mut steps: BTreeMap<TaskDefinitionIx, Vec<(Instant, u32)>> = BTreeMap::new();
    for event in events {
        let Some((task, definition, runs)) = change(event, service) else {
            continue;
        };
        let tasks = running.entry(definition).or_default();
        let changed = if runs {
            tasks.insert(task)
        } else {
            tasks.remove(&task)
        };
        if changed {
            let count = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
            push_step(steps.entry(definition).or_default(), event.at, count);
        }
    }
    let wanted = model
        .services
        .get(service.at())
        .map(|known| known.task_definition);
    // At an earlier moment the model does not know the revisions that come later.
    let name = |definition: TaskDefinitionIx| match model.task_definitions.get(definition.at()) {
        Some(known) => known.name(),
        None => "a later revision".into(),
    };
    let series = |(definition, steps): (TaskDefinitionIx, Vec<_>)| Series {
        name: name(definition),
        current: Some(definition) == wanted,
        steps,
    };
    steps.into_iter().map(series).collect()
}

/// The task that began or ceased to run, if the event tells of one of this service.
fn change(event: &Event, service: ServiceIx) -> Option<(TaskId, TaskDefinitionIx, bool)> {
    match &event.kind {
        EventKind::TaskStatusChanged {
            task,
            service: of,
            task_definition,
            last_status,
            ..
        } if *of == service => Some((*task, *task_definition, *last_status == TaskStatus::Running)),
        EventKind::TaskStatusChanged { .. }
        | EventKind::InstanceStatusChanged { .. }
        | EventKind::AgentConnectivityChanged { .. }
        | EventKind::TargetHealthChanged { .. }
        | EventKind::DeploymentChanged { .. }
        | EventKind::DeploymentStageChanged { .. }
        | EventKind::HookAwaitsAction { .. }
        | EventKind::AlarmStateChanged { .. }
        | EventKind::DesiredCountUpdated { .. }
        | EventKind::RunTaskFailed { .. }
        | EventKind::TaskProtectionChanged { .. }
        | EventKind::DiscoveryRecordChanged { .. }
        | EventKind::ServiceEvent { .. }
        | EventKind::InputApplied { .. }
        | EventKind::InputRefused { .. }
        | EventKind::RequestsFail { .. }
        | EventKind::ListenerMissing { .. }
        | EventKind::RequestsFailed { .. } => None,
    }
}

/// Several changes of one moment are one step.
fn push_step(steps: &mut Vec<(Instant, u32)>, at: Instant, count: u32) {
    match steps.last_mut() {
        Some(last) if last.0 == at => last.1 = count,
        Some(_) | None => steps.push((at, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use stowplan_core::design::sample;
    use stowplan_core::sim::{Recording, Timeline};

    #[test]
    fn the_future_of_an_earlier_moment_is_drawn_without_its_names() {
        use stowplan_core::design::Edit;
        use stowplan_core::sim::Input;
        let recording = Recording {
            design: Arc::new(sample()),
            seed: 1,
            inputs: Vec::new(),
            traffic: Vec::new(),
        };
        let mut timeline = Timeline::new(recording);
        timeline.seek(Instant(100_000));
        let service = "primes".to_string();
        let task_definition = "primes:2".to_string();
        timeline.input(Input::Edit {
            change: Edit::AddRevision {
                family: service.clone(),
            },
        });
        timeline.input(Input::Edit {
            change: Edit::Deploy {
                service,
                task_definition,
            },
        });
        timeline.seek(Instant(400_000));
        timeline.seek(Instant(50_000));
        let model = timeline.world().model();
        let primes = model.service_named("primes").unwrap();
        let series = running_by_revision(model, timeline.all_events(), primes);
        let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["primes:1", "a later revision"]);
    }

    #[test]
    fn an_axis_ends_at_a_round_number_above_everything() {
        let top = |highest: f64, wanted| {
            let line = Line {
                name: String::new(),
                token: Token::Ink,
                dash: Dash::Solid,
                stretches: vec![vec![(Instant::ZERO, highest)]],
            };
            let lines = vec![line];
            Chart {
                lines,
                wanted,
                ..Chart::default()
            }
            .top()
        };
        for (highest, end) in [
            (0.0, 1.0),
            (0.4, 1.0),
            (4.0, 5.0),
            (5.0, 10.0),
            (73.0, 100.0),
            (7200.0, 10_000.0),
        ] {
            assert_eq!(top(highest, None), end);
        }
        assert_eq!(top(4.0, Some(12.0)), 20.0);
    }

    #[test]
    fn a_legend_says_the_numbers_of_the_moment_and_what_was_not_measured() {
        let mut session = crate::session::Session::new(sample());
        session.dispatch(crate::session::Intent::Seek(Instant(300_000)));
        let chart = running_tasks(&session.shown(), session.run(), "primes");
        assert_eq!(chart.title, "primes running tasks");
        assert_eq!(chart.legend(Instant(300_000)), ":1 4");
        assert_eq!(chart.legend(Instant::ZERO), ":1 –");
        assert_eq!(chart.wanted, Some(4.0));
    }

    #[test]
    fn numbers_have_their_unit() {
        assert_eq!(Unit::Milliseconds.words(86.4), "86 ms");
        assert_eq!(Unit::Milliseconds.words(1250.0), "1.2 s");
        assert_eq!(Unit::Percent.words(0.5), "0.5 %");
        assert_eq!(Unit::PerMinute.words(7200.0), "7200 /min");
    }

    #[test]
    fn a_first_deployment_ends_at_the_desired_count() {
        let recording = Recording {
            design: Arc::new(sample()),
            seed: 1,
            inputs: Vec::new(),
            traffic: Vec::new(),
        };
        let mut timeline = Timeline::new(recording);
        timeline.seek(Instant(300_000));
        let model = timeline.world().model();
        let primes = model.service_named("primes").unwrap();
        let series = running_by_revision(model, timeline.events(), primes);
        assert_eq!(series.len(), 1);
        assert!(series[0].current);
        assert_eq!(
            (series[0].name.as_str(), series[0].steps.last().unwrap().1),
            ("primes:1", 4)
        );
        assert!(series[0].steps.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
