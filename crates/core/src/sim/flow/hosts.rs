//! What the tasks of a host leave each other of its CPU.
//!
//! The `cpu` of a container on EC2 is a share, not a limit: what others leave idle is anybody's.
//! A task with a size of its own, as on Fargate, is held to it (load-balancing-and-scaling.md 4.2).

use super::Flow;
use super::group::Member;
use super::members::lanes;
use crate::id::{InstanceIx, TaskId};
use crate::sim::traffic::REQUEST;
use crate::sim::world::World;
use alloc::vec;
use alloc::vec::Vec;

/// Shares of a container that states none: what Docker makes of it (the kernel's least).
const SHARES_LEAST: f64 = 2.0 / 1024.0;

/// Least part of a task's CPU that a registration gets beside busier ones, so that its first
/// requests find some.
const REGISTRATION_LEAST: f64 = 0.05;

/// A task on a host, as a consumer of its CPU.
#[derive(Clone, Copy)]
struct Consumer {
    /// Where its registrations stand in the list of members by host.
    at: usize,
    to: usize,
    /// vCPUs that it would use.
    demand: f64,
    /// vCPUs that it reserves.
    weight: f64,
    /// Whether it is held to what it reserves.
    is_limited: bool,
}

/// vCPUs that one registration of a task would use.
fn demand(member: &Member) -> f64 {
    let asked = (member.second.received + member.station.in_cpu()) as f64 / REQUEST as f64;
    asked * member.cpu_ms / 1000.0
}

/// vCPUs of each, by its weight and never more than it asks for: what one does not use goes to the
/// others.
fn fair(whole: f64, consumers: &[Consumer]) -> Vec<f64> {
    let mut given = vec![0.0; consumers.len()];
    let mut open: Vec<usize> = (0..consumers.len()).collect();
    let mut left = whole;
    loop {
        let weights: f64 = open.iter().map(|at| consumers[*at].weight).sum();
        let share = |at: usize| left * consumers[at].weight / weights.max(f64::MIN_POSITIVE);
        let sated: Vec<usize> = open
            .iter()
            .copied()
            .filter(|at| consumers[*at].demand <= share(*at))
            .collect();
        if sated.is_empty() {
            for at in &open {
                given[*at] = share(*at);
            }
            return given;
        }
        for at in &sated {
            given[*at] = consumers[*at].demand;
        }
        open.retain(|at| !sated.contains(at));
        left -= sated.iter().map(|at| given[*at]).sum::<f64>();
        if open.is_empty() {
            return given;
        }
    }
}

impl Flow {
    /// Lists all members by their hosts.
    fn list_hosts(&mut self) {
        self.hosts_are_stale = false;
        self.by_host.clear();
        for (index, group) in &self.groups {
            for (at, member) in group.members.iter().enumerate() {
                self.by_host.push((member.host, member.task, *index, at));
            }
        }
        self.by_host.sort_unstable();
    }

    /// Gives every member the CPU that its host has for it, by what each used in the last second.
    pub(super) fn share_among_hosts(&mut self, world: &World) {
        if self.hosts_are_stale {
            self.list_hosts();
        }
        let mut from = 0;
        while from < self.by_host.len() {
            let host = self.by_host[from].0;
            let behind = self.by_host[from..].iter().position(|(at, ..)| *at != host);
            let to = behind.map_or(self.by_host.len(), |length| from + length);
            self.share_host(world, host, from, to);
            from = to;
        }
    }

    fn share_host(&mut self, world: &World, host: InstanceIx, from: usize, to: usize) {
        let mut consumers: Vec<Consumer> = Vec::new();
        let mut last = None;
        for at in from..to {
            let task = self.task_at(at);
            let consumer = self.consumer(at);
            // A task in several groups is one consumer.
            match consumers.last_mut().filter(|_| last == Some(task)) {
                Some(same) => {
                    same.to = at + 1;
                    same.demand += consumer.demand;
                }
                None => consumers.push(consumer),
            }
            last = Some(task);
        }
        for consumer in consumers.iter_mut().filter(|it| it.is_limited) {
            consumer.demand = consumer.demand.min(consumer.weight);
        }
        let whole = f64::from(world.model().instance(host).registered.cpu.0) / 1024.0;
        let asked: f64 = consumers.iter().map(|it| it.demand).sum();
        // Most hosts have enough for all: each gets what it asks for, and what is left is anybody's.
        let given = if asked <= whole {
            consumers.iter().map(|it| it.demand).collect()
        } else {
            fair(whole, &consumers)
        };
        let idle = (whole - given.iter().sum::<f64>()).max(0.0);
        for (consumer, given) in consumers.iter().zip(given) {
            let vcpus = if consumer.is_limited {
                consumer.weight
            } else {
                given + idle
            };
            self.give(consumer, vcpus);
        }
    }

    /// Gives a task its CPU; where it has several registrations, each by what it asks for.
    fn give(&mut self, consumer: &Consumer, vcpus: f64) {
        let places = consumer.at..consumer.to;
        if places.len() == 1 {
            return self.give_to(consumer.at, vcpus);
        }
        let demands: Vec<f64> = places.clone().map(|at| self.demand(at)).collect();
        let all: f64 = demands.iter().sum();
        for (at, demand) in places.zip(&demands) {
            let part = if all <= 0.0 {
                1.0
            } else {
                f64::max(demand / all, REGISTRATION_LEAST)
            };
            self.give_to(at, vcpus * part);
        }
    }

    fn give_to(&mut self, at: usize, vcpus: f64) {
        let (_, _, group, place) = self.by_host[at];
        if let Some(group) = self.groups.get_mut(&group) {
            let member = &mut group.members[place];
            let (lanes, service_ms) = lanes(member.cpu_ms, vcpus);
            member.serving.lanes = lanes;
            member.serving.service_ms = service_ms;
        }
    }

    fn task_at(&self, at: usize) -> TaskId {
        self.by_host[at].1
    }

    fn demand(&self, at: usize) -> f64 {
        let (_, _, group, place) = self.by_host[at];
        demand(&self.groups[&group].members[place])
    }

    fn consumer(&self, at: usize) -> Consumer {
        let (_, _, group, place) = self.by_host[at];
        let member = &self.groups[&group].members[place];
        Consumer {
            at,
            to: at + 1,
            demand: demand(member),
            weight: (f64::from(member.reserved.cpu.0) / 1024.0).max(SHARES_LEAST),
            is_limited: member.is_limited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumers(each: &[(f64, f64)]) -> Vec<Consumer> {
        let one = |(at, (demand, weight)): (usize, &(f64, f64))| Consumer {
            at,
            to: at + 1,
            demand: *demand,
            weight: *weight,
            is_limited: false,
        };
        each.iter().enumerate().map(one).collect()
    }

    #[test]
    fn what_one_task_leaves_goes_to_the_others_by_weight() {
        // 2 vCPUs: the first uses half of one, the others share 1.5 as 1 to 2.
        let given = fair(2.0, &consumers(&[(0.5, 1.0), (9.0, 0.5), (9.0, 1.0)]));
        assert!((given[0] - 0.5).abs() < 1e-9);
        assert!((given[1] - 0.5).abs() < 1e-9);
        assert!((given[2] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn nobody_gets_more_than_it_asks_for() {
        let given = fair(2.0, &consumers(&[(0.25, 1.0), (0.5, 0.1)]));
        assert_eq!(given, [0.25, 0.5]);
    }
}
