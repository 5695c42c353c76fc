//! A chain of strategies sorted for searching (ecs.md 2.10).
//!
//! Each strategy keeps only the best-scoring hosts and hands them to the next: so scores are
//! compared from the left, and what is left at the end is decided by the host's place in the
//! document. How ECS narrows is not documented; AWS's example of spreading zones and packing
//! within them fits this.

use crate::model::{SpreadField, Strategy};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Scores that a host has by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// Tasks of the service on it.
    Tasks,
    /// CPU units free.
    Cpu,
    /// MiB free.
    Memory,
}

/// The chain in three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Attributes over which tasks are spread before anything else: they make cells of hosts with
    /// equal values.
    pub(super) leading: Vec<Cow<'static, str>>,
    /// Scores of hosts within a cell. Three at most: one that comes again decides nothing.
    pub(super) local: Vec<Local>,
    /// What follows: decided on the few hosts that are still equal.
    pub(super) rest: Vec<Strategy>,
}

impl Plan {
    pub(super) fn of(strategies: &[Strategy]) -> Self {
        let mut plan = Self {
            leading: Vec::new(),
            local: Vec::new(),
            rest: Vec::new(),
        };
        for strategy in strategies {
            if !plan.rest.is_empty() {
                plan.rest.push(strategy.clone());
                continue;
            }
            let local = match strategy {
                Strategy::Spread(SpreadField::Instance) => Local::Tasks,
                Strategy::BinpackCpu => Local::Cpu,
                Strategy::BinpackMemory => Local::Memory,
                Strategy::Spread(SpreadField::Attribute(name)) if plan.local.is_empty() => {
                    if !plan.leading.contains(name) {
                        plan.leading.push(name.clone());
                    }
                    continue;
                }
                Strategy::Spread(SpreadField::Attribute(_)) | Strategy::Random => {
                    plan.rest.push(strategy.clone());
                    continue;
                }
            };
            if !plan.local.contains(&local) {
                plan.local.push(local);
            }
        }
        plan
    }

    /// Whether the draw is among all hosts of the best cells.
    pub(super) fn draws_at_once(&self) -> bool {
        self.local.is_empty() && self.rest.first() == Some(&Strategy::Random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DEFAULT_STRATEGIES;

    #[test]
    fn chains_fall_into_three_parts() {
        let zone = DEFAULT_STRATEGIES[0].clone();
        let tasks = DEFAULT_STRATEGIES[1].clone();
        let plan = Plan::of(&[
            zone.clone(),
            zone.clone(),
            tasks.clone(),
            Strategy::BinpackCpu,
        ]);
        assert_eq!(plan.leading, ["ecs.availability-zone"]);
        assert_eq!(plan.local, [Local::Tasks, Local::Cpu]);
        assert!(plan.rest.is_empty());
        let plan = Plan::of(&[
            Strategy::BinpackMemory,
            Strategy::BinpackMemory,
            zone,
            tasks,
        ]);
        assert_eq!(plan.local, [Local::Memory]);
        assert_eq!(plan.rest.len(), 2);
        assert!(Plan::of(&[Strategy::Random]).draws_at_once());
    }
}
