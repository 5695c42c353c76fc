//! EXTERNAL services: each task set of the document is a deployment that keeps its share of the
//! desired count (ecs.md 3.10).

use super::Decider;
use crate::control::event::ServiceMessage;
use crate::control::fact::Action;
use crate::control::state::{Deployment, ServiceState};
use crate::id::ServiceIx;
use crate::model::TaskSet;

impl<'a> Decider<'a> {
    pub(super) fn task_sets(&mut self, service: ServiceIx) {
        let (model, state) = (self.model, self.state);
        let sets = &model.service(service).deploying.task_sets;
        let known: Option<&'a ServiceState> = state.services.get(&service);
        let mut is_fresh = false;
        for set in sets {
            if known.is_none_or(|known| deployment_of(known, set).is_none()) {
                is_fresh = true;
                let deployment = self.next_deployment_id();
                self.order(Action::StartDeployment {
                    service,
                    deployment,
                    task_definition: set.task_definition,
                    task_set: set.id.clone(),
                });
            }
        }
        if let Some(known) = known.filter(|_| !is_fresh) {
            self.keep_task_sets(service, known, sets);
        }
    }

    fn keep_task_sets(&mut self, service: ServiceIx, known: &'a ServiceState, sets: &[TaskSet]) {
        let desired = self.model.service(service).desired_count;
        let primary = known.primary().map(|it| it.id);
        let mut open = false;
        let mut is_steady = true;
        for deployment in &known.deployments {
            let set = sets.iter().find(|set| is_of(deployment, set));
            let count = set.map_or(0, |set| set.computed_desired_count(desired));
            let is_primary = set.is_some_and(|set| set.is_primary);
            if count != deployment.desired_count || (is_primary && primary != Some(deployment.id)) {
                open = true;
                self.order(Action::ScaleDeployment {
                    service,
                    deployment: deployment.id,
                    count,
                    is_primary,
                });
            }
            let settled = self.keep(service, known, deployment, count);
            open |= !settled;
            is_steady &= settled;
            self.tell_steady(service, known, deployment, settled && count > 0);
        }
        let calm = self.model.settings.stability_confirmation;
        if open || !is_steady {
            self.wake_next_tick();
        } else if self.now >= known.changed_at + calm {
            let has_said = known
                .said
                .iter()
                .any(|(it, _)| *it == ServiceMessage::SteadyState);
            if !has_said {
                let message = ServiceMessage::SteadyState;
                self.order(Action::PutServiceEvent { service, message });
            }
        } else {
            self.wake_next_tick();
        }
    }

    fn tell_steady(
        &mut self,
        service: ServiceIx,
        known: &ServiceState,
        deployment: &Deployment,
        is_settled: bool,
    ) {
        let calm = self.model.settings.stability_confirmation;
        let message = ServiceMessage::TaskSetSteadyState {
            deployment: deployment.id,
        };
        if !is_settled || known.said.iter().any(|(said, _)| said.is_like(&message)) {
            return;
        }
        if self.now < known.changed_at + calm {
            self.wake_next_tick();
            return;
        }
        self.order(Action::PutServiceEvent { service, message });
    }
}

/// The deployment that stands for a task set, if its revision is still the one it began with.
fn deployment_of<'a>(known: &'a ServiceState, set: &TaskSet) -> Option<&'a Deployment> {
    known.deployments.iter().find(|it| is_of(it, set))
}

fn is_of(deployment: &Deployment, set: &TaskSet) -> bool {
    deployment.wish.task_set == set.id && deployment.task_definition == set.task_definition
}
