//! What the tasks of a host leave each other of its CPU.
//!
//! The `cpu` of a container on EC2 is a share, not a limit: what others leave idle is anybody's.
//! A task with a size of its own, as on Fargate, is held to it (load-balancing-and-scaling.md 4.2).

use super::Flow;
use super::members::lanes;
use crate::id::InstanceIx;
use crate::sim::traffic::{Micro, REQUEST};
use crate::sim::world::World;
use alloc::vec;
use alloc::vec::Vec;

/// Shares of a container that states none: what Docker makes of it (the kernel's least).
const SHARES_LEAST: f64 = 2.0 / 1024.0;

/// A task on a host, as a consumer of its CPU.
#[derive(Clone, Copy)]
struct Consumer {
    /// Where it stands in the list of members by host.
    at: usize,
    /// vCPUs that it would use.
    demand: f64,
    /// vCPUs that it reserves.
    weight: f64,
    /// Whether it is held to what it reserves.
    is_limited: bool,
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
    fn list_hosts(&mut self, world: &World) {
        self.hosts_are_stale = false;
        self.by_host.clear();
        for (index, group) in &self.groups {
            for (at, member) in group.members.iter().enumerate() {
                let agent = world.agents.get(&member.task);
                self.by_host
                    .extend(agent.map(|agent| (agent.instance, *index, at)));
            }
        }
        self.by_host.sort_unstable();
    }

    /// Gives every member the CPU that its host has for it, by what each used in the last second.
    pub(super) fn share_among_hosts(&mut self, world: &World) {
        if self.hosts_are_stale {
            self.list_hosts(world);
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
        let consumers: Vec<Consumer> = (from..to).map(|at| self.consumer(world, at)).collect();
        let whole = f64::from(world.model().instance(host).registered.cpu.0) / 1024.0;
        let given = fair(whole, &consumers);
        let idle = (whole - given.iter().sum::<f64>()).max(0.0);
        for (consumer, given) in consumers.iter().zip(given) {
            let vcpus = if consumer.is_limited {
                consumer.weight
            } else {
                given + idle
            };
            let (_, group, at) = self.by_host[consumer.at];
            let Some(group) = self.groups.get_mut(&group) else {
                continue;
            };
            let member = &mut group.members[at];
            let (lanes, service_ms) = lanes(member.cpu_ms, vcpus);
            member.serving.lanes = lanes;
            member.serving.service_ms = service_ms;
        }
    }

    fn consumer(&self, world: &World, at: usize) -> Consumer {
        let (_, group, place) = self.by_host[at];
        let member = &self.groups[&group].members[place];
        let agent = world.agents.get(&member.task);
        let reserved = agent.map_or(0.0, |agent| world.own_vcpus(agent));
        let is_limited = agent.is_some_and(|agent| agent.document.cpu.is_some());
        let waiting: Micro = member.station.in_cpu();
        let asked = (member.second.received + waiting) as f64 / REQUEST as f64;
        let wanted = asked * member.cpu_ms / 1000.0;
        let demand = if is_limited {
            wanted.min(reserved)
        } else {
            wanted
        };
        Consumer {
            at,
            demand,
            weight: reserved.max(SHARES_LEAST),
            is_limited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumers(each: &[(f64, f64)]) -> Vec<Consumer> {
        let one = |(at, (demand, weight)): (usize, &(f64, f64))| Consumer {
            at,
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
