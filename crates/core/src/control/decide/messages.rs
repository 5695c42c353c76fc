//! What a service's event list says about one tick's orders (ecs.md 3.9).

use super::Decider;
use super::service::Work;
use crate::control::event::ServiceMessage;
use crate::control::fact::Action;

impl<'a> Decider<'a> {
    /// Says once which tasks fail their checks, now that this counts: not within their grace
    /// period.
    pub(super) fn tell_unhealthy(&mut self, work: &Work<'a>) {
        let untold = work.tally.unhealthy.iter();
        for (id, task) in untold.filter(|(_, task)| !task.told_unhealthy) {
            let failing = task.targets.iter().find_map(|it| Some((it, it.reason?)));
            let message = match failing {
                Some((target, reason)) => ServiceMessage::TargetUnhealthy {
                    task: *id,
                    port: target.port,
                    target_group: target.target_group,
                    reason,
                },
                None => ServiceMessage::ContainersUnhealthy { task: *id },
            };
            let service = work.service;
            self.order(Action::PutServiceEvent { service, message });
        }
    }

    pub(super) fn tell(&mut self, work: &Work<'a>) {
        let started = (!work.started.is_empty()).then(|| ServiceMessage::StartedTasks {
            tasks: work.started.clone(),
            replacing_unhealthy: work.replacing_unhealthy,
        });
        let stopped = (!work.stopped_running.is_empty()).then(|| ServiceMessage::StoppedRunning {
            tasks: work.stopped_running.clone(),
        });
        let pending = (work.stopped_pending > 0).then_some(ServiceMessage::StoppedPending {
            count: work.stopped_pending,
        });
        self.tell_protected(work);
        for message in [stopped, pending, started].into_iter().flatten() {
            self.order(Action::PutServiceEvent {
                service: work.service,
                message,
            });
        }
    }
}
