//! Placement on trial: tasks are placed one by one on hosts that have all registered, and nothing
//! runs. Services come in the scheduler's order, each as far as it goes; the scheduler itself
//! launches so many a minute and takes turns, which shows where a service has more tasks than
//! that and they do not all fit.

use super::explain::{Explanation, examine};
use super::lane::Ticket;
use super::memory::Placement;
use crate::control::event::Event;
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
    log: Vec<Event>,
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
            log: Vec::new(),
        }
    }

    /// What the control plane would know.
    #[must_use]
    pub fn state(&self) -> &ControlState {
        &self.state
    }

    /// Places what the scheduler places before it comes to `service`: daemons, then the services
    /// before it in the document, each up to its desired count or as far as it goes.
    pub fn place_before(&mut self, service: ServiceIx) {
        self.place_until(Some(service));
    }

    /// Places the tasks of all services, each up to its desired count or as far as it goes.
    pub fn place_all(&mut self) {
        self.place_until(None);
    }

    fn place_until(&mut self, end: Option<ServiceIx>) {
        let model = self.model;
        let is_daemon = |at: &ServiceIx| model.service(*at).scheduling == Scheduling::Daemon;
        let all: Vec<ServiceIx> = model.present_services().map(|(at, _)| at).collect();
        let (daemons, replicas): (Vec<_>, Vec<_>) = all.into_iter().partition(is_daemon);
        for other in daemons.into_iter().chain(replicas) {
            if Some(other) == end {
                return;
            }
            let count = match model.service(other).scheduling {
                Scheduling::Daemon => u32::MAX,
                Scheduling::RunTask => 0,
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
        self.order(service, chosen.as_slice());
        chosen
    }

    /// Where so many more tasks of a service would go, decided at once as a scheduler's tick does;
    /// fewer where no more fit. [`Self::order`] is to follow with all of them.
    pub fn decide(&mut self, service: ServiceIx, count: usize) -> Vec<InstanceIx> {
        let definition = self.model.service(service).task_definition;
        let mut ticket = self.ticket();
        let (model, state, placement) = (self.model, &self.state, &mut self.placement);
        placement.follow(model, state);
        let mut all = Vec::new();
        while all.len() < count {
            let chosen = placement.choose(model, state, service, definition, ticket);
            let Some(instance) = chosen else { break };
            placement.take(model, state, service, definition, instance);
            ticket.number += 1;
            all.push(instance);
        }
        all
    }

    /// Orders what was decided.
    pub fn order(&mut self, service: ServiceIx, decided: &[InstanceIx]) {
        let definition = self.model.service(service).task_definition;
        self.apply(&Fact::Considered);
        for instance in decided {
            self.start(service, definition, *instance);
        }
    }

    /// Places one task of a service and tells why it goes where it goes, or nowhere.
    pub fn explain(&mut self, service: ServiceIx) -> Explanation {
        let definition = self.model.service(service).task_definition;
        let ticket = self.ticket();
        self.placement.follow(self.model, &self.state);
        let asked = (service, definition);
        let told = examine(self.model, &self.state, &mut self.placement, asked, ticket);
        if let Some(chosen) = told.chosen {
            self.order(service, &[chosen]);
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
        // What happens on trial is not told.
        self.log.clear();
        let log = &mut self.log;
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
            traffic: Vec::new(),
        };
        let (world, _) = simulate(&recording, Instant::ZERO);
        let hosts = |state: &ControlState| -> Vec<String> {
            let tasks = state.tasks.values();
            let line = |task: &Arc<crate::control::Task>| {
                let host = &model.instance(task.instance).name;
                alloc::format!("{} {host}", model.service(task.service).name)
            };
            tasks.map(line).collect()
        };
        assert_eq!(hosts(trial.state()), hosts(world.control()));
    }
}
