//! Running tasks by revision over time, counted from the event log.

use std::collections::{BTreeMap, BTreeSet};
use stowplan_core::control::{Event, EventKind, TaskStatus};
use stowplan_core::id::{ServiceIx, TaskDefinitionIx, TaskId};
use stowplan_core::model::Model;
use stowplan_core::time::Instant;

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
