//! Placement on trial: tasks are placed one by one on hosts that have all registered, as the
//! scheduler's first tick would, and nothing runs.

use super::explain::{Explanation, examine};
use super::lane::Ticket;
use super::memory::Placement;
use crate::control::fact::{Action, Fact, StartCause, StopCause};
use crate::control::state::ControlState;
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskDefinitionIx, TaskId};
use crate::model::{Model, Scheduling};
use crate::time::Instant;
use alloc::vec::Vec;

/// A cluster to which tasks are added.
#[derive(Debug)]
pub struct Trial<'a> {
    model: &'a Model,
    state: ControlState,
    placement: Placement,
}

impl<'a> Trial<'a> {
    /// A cluster without tasks, to which every host of the model has registered.
    #[must_use]
    pub fn new(model: &'a Model, seed: u64) -> Self {
        Self::of(model, ControlState::registered(model, seed))
    }

    /// A cluster as it stands.
    #[must_use]
    pub fn of(model: &'a Model, state: ControlState) -> Self {
        Self {
            model,
            state,
            placement: Placement::default(),
        }
    }

    /// What the control plane would know.
    #[must_use]
    pub fn state(&self) -> &ControlState {
        &self.state
    }

    /// Places what the scheduler's first tick places before it comes to `service`: daemons, then
    /// the services before it in the document, each up to its desired count or as far as it goes.
    pub fn place_before(&mut self, service: ServiceIx) {
        let model = self.model;
        let is_daemon = |at: &ServiceIx| model.service(*at).scheduling == Scheduling::Daemon;
        let all: Vec<ServiceIx> = model.present_services().map(|(at, _)| at).collect();
        let (daemons, replicas): (Vec<_>, Vec<_>) = all.into_iter().partition(is_daemon);
        for other in daemons.into_iter().chain(replicas) {
            if other == service {
                return;
            }
            let count = match model.service(other).scheduling {
                Scheduling::Daemon => u32::MAX,
                Scheduling::Replica => model.service(other).desired_count,
            };
            for _ in 0..count {
                if self.place(other).is_none() {
                    break;
                }
            }
        }
    }

    /// Places one task of a service; `None` where it fits nowhere.
    pub fn place(&mut self, service: ServiceIx) -> Option<InstanceIx> {
        let definition = self.model.service(service).task_definition;
        let ticket = self.ticket();
        self.placement.follow(self.model, &self.state);
        let placement = &mut self.placement;
        let chosen = placement.choose(self.model, &self.state, service, definition, ticket);
        self.start(service, definition, chosen?);
        chosen
    }

    /// Places one task of a service and tells why it goes where it goes, or nowhere.
    pub fn explain(&mut self, service: ServiceIx) -> Explanation {
        let definition = self.model.service(service).task_definition;
        let ticket = self.ticket();
        self.placement.follow(self.model, &self.state);
        let asked = (service, definition);
        let told = examine(self.model, &self.state, &mut self.placement, asked, ticket);
        if let Some(chosen) = told.chosen {
            self.start(service, definition, chosen);
        }
        told
    }

    /// Stops a task: its room is free at once.
    pub fn stop(&mut self, task: TaskId) {
        let cause = StopCause::ServiceDeleted;
        self.apply(&Fact::Ordered(Action::StopTask { task, cause }));
    }

    fn ticket(&self) -> Ticket {
        Ticket {
            seed: self.state.seed,
            number: self.state.tasks_started,
        }
    }

    fn start(
        &mut self,
        service: ServiceIx,
        task_definition: TaskDefinitionIx,
        instance: InstanceIx,
    ) {
        // What was followed is behind us; the order is the next change.
        self.apply(&Fact::Considered);
        let task = crate::control::decide::task_id(&self.state, self.state.tasks_started);
        self.apply(&Fact::Ordered(Action::StartTask {
            task,
            service,
            deployment: DeploymentId(0),
            task_definition,
            instance,
            cause: StartCause::DesiredCount,
        }));
    }

    fn apply(&mut self, fact: &Fact) {
        let log = &mut Vec::new();
        self.state.apply(self.model, Instant::ZERO, fact, log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::sample;
    use crate::model::compile;
    use crate::sim::{Recording, simulate};
    use alloc::string::String;
    use alloc::sync::Arc;

    #[test]
    fn a_trial_places_as_the_first_tick_does() {
        let design = Arc::new(sample());
        let model = compile(&design, None).model;
        let edges = model.service_named("edges").unwrap();
        let mut trial = Trial::new(&model, 5);
        trial.place_before(edges);
        while trial.state.counts(edges).1 < 3 {
            assert!(trial.explain(edges).chosen.is_some());
        }
        let recording = Recording {
            design,
            seed: 5,
            inputs: Vec::new(),
        };
        let (world, _) = simulate(&recording, Instant::ZERO);
        let hosts = |state: &ControlState| -> Vec<String> {
            let tasks = state.tasks.values();
            let line = |task: &crate::control::Task| {
                let host = &model.instance(task.instance).name;
                alloc::format!("{} {host}", model.service(task.service).name)
            };
            tasks.map(line).collect()
        };
        assert_eq!(hosts(trial.state()), hosts(world.control()));
    }
}
