//! Evening out zones once a service is steady (ecs.md 2.13): new tasks in the emptiest zone, and
//! once they are healthy the fullest one gives up as many. Existing hosts only.

use super::Decider;
use super::service::Work;
use crate::control::event::ServiceMessage;
use crate::control::fact::{Action, StartCause};
use crate::control::state::{RolloutState, Task};
use crate::id::{ServiceIx, ZoneIx};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Tasks by zone, for the zones that can have any.
type Zones = BTreeMap<ZoneIx, u32>;

impl<'a> Decider<'a> {
    /// Whether rebalancing has started this task and it is not healthy yet.
    pub(super) fn is_on_the_move(&self, service: ServiceIx, task: &Task) -> bool {
        task.cause == StartCause::ZoneRebalancing && !self.is_healthy(service, task)
    }

    /// Begins to move tasks if the zones of a steady service differ by more than one.
    pub(super) fn begin_rebalancing(&mut self, work: &mut Work<'a>) {
        let compiled = self.model.service(work.service);
        let is_alone = work.known.deployments.len() == 1;
        let is_done = work.primary.rollout_state == RolloutState::Completed;
        if !compiled.zone_rebalancing || work.known.rebalancing || !is_alone || !is_done {
            return;
        }
        let zones = self.zones(work);
        if is_balanced(&zones) {
            return;
        }
        let counts = zones.iter().map(|(zone, count)| (*zone, *count)).collect();
        self.put_condition(work, ServiceMessage::ZonesUnbalanced { zones: counts });
        if self.move_tasks(work, zones) > 0 {
            let (service, moving) = (work.service, true);
            self.order(Action::SetRebalancing { service, moving });
        }
    }

    /// Moves more, or ends: when zones are even, when nothing can be moved, or when something else
    /// has to be done first.
    pub(super) fn go_on_rebalancing(&mut self, work: &mut Work<'a>) {
        let desired = work.desired as usize;
        let disturbed = work.primary.rollout_state == RolloutState::InProgress
            || work.known.deployments.len() > 1
            || work.tally.primary.len() < desired;
        let zones = self.zones(work);
        if !disturbed && work.tally.primary.len() > desired {
            // On their way, or about to be stopped for.
            return;
        }
        if !disturbed && !is_balanced(&zones) && self.move_tasks(work, zones.clone()) > 0 {
            return;
        }
        let message = if !disturbed && is_balanced(&zones) {
            ServiceMessage::ZonesBalanced {
                zones: zones.into_iter().collect(),
            }
        } else {
            ServiceMessage::RebalanceStopped
        };
        let (service, moving) = (work.service, false);
        self.order(Action::SetRebalancing { service, moving });
        self.order(Action::PutServiceEvent { service, message });
    }

    /// Starts as many tasks in emptier zones as fuller ones are to give up, within the upper
    /// bound; says in which zone. Returns how many.
    fn move_tasks(&mut self, work: &mut Work<'a>, mut zones: Zones) -> usize {
        let mut started: BTreeMap<ZoneIx, Vec<_>> = BTreeMap::new();
        let deployment = work.primary;
        while work.tally.counted < work.upper && !is_balanced(&zones) {
            let Some(instance) = self.choose(work, deployment.task_definition) else {
                break;
            };
            let zone = self.model.instance(instance).zone;
            let fullest = zones.iter().max_by_key(|(zone, count)| (**count, **zone));
            let Some((from, most)) = fullest.map(|(zone, count)| (*zone, *count)) else {
                break;
            };
            let here = zones.get(&zone).copied().unwrap_or(0);
            if here + 1 >= most {
                // The emptiest zone has no room.
                break;
            }
            let task = self.launch(work, deployment, instance, StartCause::ZoneRebalancing);
            started.entry(zone).or_default().push(task);
            *zones.entry(zone).or_default() += 1;
            *zones.entry(from).or_default() -= 1;
        }
        let count = started.values().map(Vec::len).sum();
        let service = work.service;
        for (zone, tasks) in started {
            let message = ServiceMessage::RebalanceStarted { zone, tasks };
            self.order(Action::PutServiceEvent { service, message });
        }
        if count > 0 {
            self.wake_next_tick();
        }
        count
    }

    /// The service's tasks by zone. Zones are those of its subnets, else those with a host that
    /// suits it and can be reached: which ones ECS counts is not documented for EC2.
    fn zones(&mut self, work: &Work<'a>) -> Zones {
        let (model, state) = (self.model, self.state);
        let compiled = model.service(work.service);
        let of_hosts = || self.placement.zones(model, state, work.service);
        let all = compiled.zones.clone().unwrap_or_else(of_hosts);
        let mut zones = Zones::new();
        for zone in all {
            zones.insert(zone, 0);
        }
        // As this tick leaves it: what was just told to stop is not counted any more.
        for (_, task) in &work.tally.primary {
            *zones.entry(model.instance(task.instance).zone).or_default() += 1;
        }
        zones
    }
}

/// Whether no zone has two tasks more than another.
fn is_balanced(zones: &Zones) -> bool {
    let (most, least) = (zones.values().max(), zones.values().min());
    most.zip(least)
        .is_none_or(|(most, least)| most - least <= 1)
}
