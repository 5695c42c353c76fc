//! Evening out zones once a service is steady (ecs.md 2.13): new tasks in the emptiest zone, and
//! once they are healthy the fullest one gives up as many. Existing hosts only.

use super::Decider;
use super::service::Work;
use crate::control::event::ServiceMessage;
use crate::control::fact::{Action, StartCause};
use crate::control::state::{RolloutState, Task};
use crate::id::{TaskId, ZoneIx};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Tasks by zone, for the zones that can have any.
type Zones = BTreeMap<ZoneIx, u32>;

/// Tasks that were started, by zone.
type Started = BTreeMap<ZoneIx, Vec<TaskId>>;

impl<'a> Decider<'a> {
    /// Whether rebalancing has started this task and it is not healthy yet.
    pub(super) fn is_on_the_move(&self, task: &Task) -> bool {
        task.cause == StartCause::ZoneRebalancing && !self.is_healthy(task)
    }

    /// Begins to move tasks if the zones of a steady service differ by more than one.
    pub(super) fn begin_rebalancing(&mut self, work: &mut Work<'a>) {
        let compiled = self.model.service(work.service);
        let is_alone = work.known.deployments.len() == 1;
        let is_done = work.primary.rollout_state == RolloutState::Completed;
        let is_early = self.now < work.known.rebalance_not_before;
        if !compiled.zone_rebalancing || work.known.rebalancing.is_some() || !is_alone || !is_done {
            return;
        }
        let zones = self.zones(work);
        if difference(&zones) <= 1 {
            return;
        }
        if is_early {
            self.wake(work.known.rebalance_not_before);
            return;
        }
        let counts = zones.iter().map(|(zone, count)| (*zone, *count)).collect();
        let started = self.move_tasks(work, &zones);
        // It is in progress only if something can be moved.
        if !started.is_empty() {
            self.put_condition(work, ServiceMessage::ZonesUnbalanced { zones: counts });
            self.moved(work, &zones, started);
        }
    }

    /// Moves more, or ends: when zones are even, when nothing can be moved, when what was moved
    /// did not stay, or when something else has to be done first.
    pub(super) fn go_on_rebalancing(&mut self, work: &mut Work<'a>, before: u32) {
        let desired = work.desired as usize;
        let disturbed = work.primary.rollout_state == RolloutState::InProgress
            || work.known.deployments.len() > 1
            || work.tally.primary.len() < desired;
        let zones = self.zones(work);
        if !disturbed && work.tally.primary.len() > desired {
            // On their way, or about to be stopped for.
            return;
        }
        let is_even = difference(&zones) <= 1;
        let has_helped = difference(&zones) < before;
        if !disturbed && !is_even && has_helped {
            let started = self.move_tasks(work, &zones);
            if !started.is_empty() {
                self.moved(work, &zones, started);
                return;
            }
        }
        // What came to nothing is not tried at once again.
        let pause = if disturbed || is_even {
            Millis::ZERO
        } else {
            self.model.settings.rebalance_pause
        };
        let message = if !disturbed && is_even {
            ServiceMessage::ZonesBalanced {
                zones: zones.into_iter().collect(),
            }
        } else {
            ServiceMessage::RebalanceStopped
        };
        let service = work.service;
        self.order(Action::SetRebalancing {
            service,
            difference: None,
            not_before: self.now + pause,
        });
        self.order(Action::PutServiceEvent { service, message });
    }

    /// Says what was started, and that the moving is under way.
    fn moved(&mut self, work: &Work<'a>, zones: &Zones, started: Started) {
        let service = work.service;
        self.order(Action::SetRebalancing {
            service,
            difference: Some(difference(zones)),
            not_before: self.now,
        });
        for (zone, tasks) in started {
            let message = ServiceMessage::RebalanceStarted { zone, tasks };
            self.order(Action::PutServiceEvent { service, message });
        }
        self.wake_next_tick();
    }

    /// Starts as many tasks in emptier zones as fuller ones are to give up, within the upper
    /// bound and the launch rate.
    fn move_tasks(&mut self, work: &mut Work<'a>, zones: &Zones) -> Started {
        let (mut zones, mut started) = (zones.clone(), Started::new());
        let deployment = work.primary;
        let mut left = self.launches_left(work, deployment);
        while left > 0 && work.tally.counted < work.upper && difference(&zones) > 1 {
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
            left -= 1;
        }
        started
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

/// How many tasks the fullest zone has more than the emptiest.
fn difference(zones: &Zones) -> u32 {
    let (most, least) = (zones.values().max(), zones.values().min());
    most.zip(least).map_or(0, |(most, least)| most - least)
}
