//! Standalone tasks: a RunTask call places what it can at once and returns the rest as failures;
//! nothing is tried again (ecs.md 1.2).

use super::Decider;
use crate::control::fact::{Action, StartCause};
use crate::control::placement::examine;
use crate::draw::{Stream, draw};
use crate::id::{DeploymentId, ServiceIx};

impl Decider<'_> {
    pub(super) fn run_tasks(&mut self) {
        let state = self.state;
        for (group, count) in &state.run_task {
            let placed = self.run_task(*group, *count);
            if placed < *count {
                let (model, ticket) = (self.model, self.ticket());
                let wanted = (*group, model.service(*group).task_definition);
                let why = examine(model, state, &mut self.placement, wanted, ticket);
                let closest = why.closest();
                self.decision.explanations.push(why);
                self.order(Action::RefuseRunTask {
                    group: *group,
                    count: count - placed,
                    closest,
                });
            }
        }
    }

    /// Starts up to `count` tasks and returns how many it did. They belong to one call, as tasks
    /// of a service belong to a deployment.
    fn run_task(&mut self, group: ServiceIx, count: u32) -> u32 {
        let (model, state) = (self.model, self.state);
        let task_definition = model.service(group).task_definition;
        let call = draw(state.seed, Stream::RunTaskId, self.tasks_started);
        let deployment = DeploymentId(call);
        for placed in 0..count {
            let ticket = self.ticket();
            let placement = &mut self.placement;
            let chosen = placement.choose(model, state, group, task_definition, ticket);
            let Some(instance) = chosen else {
                return placed;
            };
            self.placement
                .take(model, state, group, task_definition, instance);
            let task = self.next_task_id();
            self.order(Action::StartTask {
                task,
                service: group,
                deployment,
                task_definition,
                instance,
                cause: StartCause::RunTask,
            });
        }
        count
    }
}
