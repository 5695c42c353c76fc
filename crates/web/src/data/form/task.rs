//! What there is to say of a task of the run.

use super::{Field, Form, group, waits};
use crate::session::Shown;
use stowplan_core::control::Task;
use stowplan_core::id::TaskId;
use stowplan_core::time::Instant;
use stowplan_core::view::{room_hint, stopped_reason, task_sentence};

pub(super) fn form(shown: &Shown<'_>, id: TaskId) -> Option<Form> {
    let control = shown.control?;
    let task = control.tasks.get(&id)?;
    let short: String = id.to_string().chars().take(8).collect();
    let doing = task_sentence(shown.model, control, id);
    let waits =
        room_hint(shown.model, control, id).map(|change| waits(doing.clone(), Some(change)));
    let mut said = vec![Field::said("now", &doing)];
    if let Some(past) = shown.past {
        said.insert(0, Field::said("why here", &past.sentence));
    }
    let groups = vec![
        group("", main(shown, task, id)),
        group("", said),
        group("history", history(task)),
        group("targets", targets(shown, task)),
        group("stopped", stopped(shown, task)),
    ];
    Some(Form {
        key: id.to_string(),
        kind: "task".into(),
        name: format!(
            "{} {short}",
            shown.model.definition(task.task_definition).name()
        ),
        groups: groups
            .into_iter()
            .filter(|group| !group.fields.is_empty())
            .collect(),
        acts: Vec::new(),
        actions: Vec::new(),
        waits,
        findings: Vec::new(),
        pointer: None,
    })
}

fn main(shown: &Shown<'_>, task: &Task, id: TaskId) -> Vec<Field> {
    let host = shown.model.instance(task.instance);
    let zone = &shown.model.zones[host.zone.at()];
    let until = task.protected_until.map(|at| at.to_string());
    let reserved = format!("{}, {}", task.reserved.cpu, task.reserved.memory);
    vec![
        Field::said("taskId", &id.to_string()),
        Field::said("service", &shown.model.service(task.service).name),
        Field::said("deployment", &task.deployment.to_string()),
        Field::said("containerInstance", &format!("{} in {zone}", host.name)),
        Field::said("lastStatus", task.last_status.name()),
        Field::said("desiredStatus", task.desired_status.name()),
        Field::said("reserves", &reserved),
        Field::said("protectedUntil", &until.unwrap_or_else(|| "–".into())),
    ]
}

fn history(task: &Task) -> Vec<Field> {
    let moments: [(&str, Option<Instant>); 7] = [
        ("createdAt", Some(task.created_at)),
        ("pullStartedAt", task.pull_started_at),
        ("pullStoppedAt", task.pull_stopped_at),
        ("startedAt", task.started_at),
        ("stoppingAt", task.stopping_at),
        ("executionStoppedAt", task.execution_stopped_at),
        ("stoppedAt", task.stopped_at),
    ];
    let said = moments
        .into_iter()
        .filter_map(|(name, at)| Some((name, at?)));
    said.map(|(name, at)| Field::said(name, &at.to_string()))
        .collect()
}

fn targets(shown: &Shown<'_>, task: &Task) -> Vec<Field> {
    let fact = |target: &stowplan_core::control::Target| {
        let name = &shown.model.target_group(target.target_group).name;
        Field::said(
            name,
            &format!(
                "{} on port {}",
                target.balancer_health().name(),
                target.port
            ),
        )
    };
    task.targets.iter().map(fact).collect()
}

fn stopped(shown: &Shown<'_>, task: &Task) -> Vec<Field> {
    let Some(stopped) = &task.stopped else {
        return Vec::new();
    };
    let reason = stopped_reason(shown.model, task.instance, &stopped.cause);
    let mut facts = vec![
        Field::said("stopCode", stopped.cause.stop_code().name()),
        Field::said("stoppedReason", &reason),
    ];
    let codes = task
        .exit_codes
        .values()
        .map(|code| Field::said("exitCode", &code.to_string()));
    facts.extend(codes);
    facts
}
