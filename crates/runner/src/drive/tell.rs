//! What a run tells of a turn: orders, what happened, why something waits, what runs.

use super::{Drive, SERVICE, Stage};
use crate::report::{Notice, TaskRow};
use stowplan_core::control::{Action, Event, EventKind, TaskStatus, Turn};
use stowplan_core::taskdef::Protocol;
use stowplan_core::time::Instant;
use stowplan_core::view;

/// What was told last, so that it is told again only once it has changed.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) tasks: Vec<TaskRow>,
    pub(super) explanation: String,
    pub(super) unreachable: Vec<usize>,
}

impl Drive<'_> {
    pub(super) fn tell(&mut self, at: Instant, turn: &Turn, log: &[Event]) {
        for action in &turn.actions {
            let text = view::action_line(&self.model, action);
            (self.notify)(Notice::Action { at, text });
        }
        for event in log.iter().filter(|event| !is_ordered(event, turn)) {
            let text = view::event_text(&self.model, event);
            (self.notify)(Notice::Event { at: event.at, text });
        }
        if turn
            .actions
            .iter()
            .any(|action| matches!(action, Action::StartTask { .. }))
        {
            self.told.explanation.clear();
        }
        for explanation in &turn.explanations {
            let text = view::explanation_sentence(&self.model, explanation);
            if text != self.told.explanation {
                self.told.explanation.clone_from(&text);
                (self.notify)(Notice::Explanation { at, text });
            }
        }
    }

    /// Lists the running tasks once they are as many as can be and the list has changed.
    pub(super) fn tell_tasks(&mut self) {
        let (running, pending) = self.state.counts(SERVICE);
        let desired = self.model.service(SERVICE).desired_count;
        // Fewer than desired is told only if it stays so: there is no room for more.
        let is_short = running != desired && self.told.explanation.is_empty();
        if pending > 0 || is_short || self.stage != Stage::Keeping {
            return;
        }
        let rows = self.rows();
        if rows != self.told.tasks {
            self.told.tasks.clone_from(&rows);
            (self.notify)(Notice::Tasks(rows));
        }
    }

    fn rows(&self) -> Vec<TaskRow> {
        let running = |task: &stowplan_core::control::Task| {
            task.is_wanted() && task.last_status == TaskStatus::Running
        };
        let tasks = self
            .state
            .tasks_of(SERVICE)
            .filter(|(_, task)| running(task));
        tasks
            .map(|(id, task)| {
                let host = &self.hosts[task.instance.at()];
                let agent = self.agents.get(&id);
                let tcp = task
                    .bindings
                    .iter()
                    .filter(|it| it.protocol == Protocol::Tcp);
                TaskRow {
                    task: id.to_string()[..8].to_owned(),
                    revision: self.model.definition(task.task_definition).name(),
                    status: task.last_status.name(),
                    host: host.name.clone(),
                    containers: agent.map(|agent| agent.names.clone()).unwrap_or_default(),
                    urls: tcp
                        .map(|it| format!("http://{}:{}", host.reached_at(), it.host_port))
                        .collect(),
                }
            })
            .collect()
    }
}

/// Whether the event only repeats an order that is told anyway.
fn is_ordered(event: &Event, turn: &Turn) -> bool {
    let EventKind::ServiceEvent { message, .. } = &event.kind else {
        return false;
    };
    turn.actions.iter().any(|action| {
        matches!(action, Action::PutServiceEvent { message: ordered, .. } if ordered == message)
    })
}
