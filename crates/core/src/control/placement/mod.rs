//! Placement: filters, then scores, then one choice; the same code decides and explains.
//!
//! Order of ECS (ecs.md 2.1): resources and ports, then constraints, then strategies. Ties are
//! broken by the host's index, that is by its place in the document.

mod filter;
mod room;
mod score;

pub use filter::Verdict;
pub(super) use room::Room;
pub(super) use score::{Spread, first_to_stop};

use super::state::ControlState;
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx};
use crate::model::Model;
use alloc::vec::Vec;

/// One host and what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The host.
    pub instance: InstanceIx,
    /// Every filter that it fails; none means that it fits.
    pub failed: Vec<Verdict>,
    /// Its score by each strategy, lower is better; compared from the first on.
    pub scores: Vec<u64>,
}

/// Why the next task of a service would go where it goes, or nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The service.
    pub service: ServiceIx,
    /// The revision to place.
    pub task_definition: TaskDefinitionIx,
    /// Every host of the cluster, by index.
    pub candidates: Vec<Candidate>,
    /// The choice.
    pub chosen: Option<InstanceIx>,
}

impl Explanation {
    /// The registered host that came closest: fewest failed filters, then by index, with the
    /// filter that ECS would name. `None` where no host is registered. ECS does not publish its
    /// rule (ecs.md 3.9).
    #[must_use]
    pub fn closest(&self) -> Option<(InstanceIx, Verdict)> {
        let refused = self.candidates.iter().filter(|candidate| {
            !candidate.failed.is_empty() && !candidate.failed.contains(&Verdict::NotActive)
        });
        let closest =
            refused.min_by_key(|candidate| (candidate.failed.len(), candidate.instance))?;
        Some((closest.instance, *closest.failed.first()?))
    }
}

/// Where one more task of `service` would go now, and why.
#[must_use]
pub fn explain(model: &Model, state: &ControlState, service: ServiceIx) -> Explanation {
    let room = Room::of(model, state);
    let spread = Spread::of(model, state, service);
    examine(
        model,
        state,
        &room,
        &spread,
        service,
        model.service(service).task_definition,
    )
}

/// Every candidate with all its verdicts and scores.
pub(super) fn examine(
    model: &Model,
    state: &ControlState,
    room: &Room,
    spread: &Spread,
    service: ServiceIx,
    task_definition: TaskDefinitionIx,
) -> Explanation {
    let hosts = room.hosts_of(&model.service(service).cluster);
    let candidates: Vec<Candidate> = hosts
        .map(|host| Candidate {
            instance: host.instance,
            failed: filter::failed(model, spread, host, service, task_definition).collect(),
            scores: score::scores(model, state, spread, host, service),
        })
        .collect();
    let fitting = candidates
        .iter()
        .filter(|candidate| candidate.failed.is_empty());
    let best = fitting.min_by(|a, b| (&a.scores, a.instance).cmp(&(&b.scores, b.instance)));
    let chosen = best.map(|candidate| candidate.instance);
    Explanation {
        service,
        task_definition,
        candidates,
        chosen,
    }
}

/// The choice alone: what [`examine`] would choose, without keeping the reasons.
pub(super) fn choose(
    model: &Model,
    state: &ControlState,
    room: &Room,
    spread: &Spread,
    service: ServiceIx,
    task_definition: TaskDefinitionIx,
) -> Option<InstanceIx> {
    let hosts = room.hosts_of(&model.service(service).cluster);
    let fitting = hosts.filter(|host| {
        filter::failed(model, spread, host, service, task_definition)
            .next()
            .is_none()
    });
    let scored = fitting.map(|host| {
        (
            score::scores(model, state, spread, host, service),
            host.instance,
        )
    });
    scored.min().map(|(_, instance)| instance)
}

#[cfg(test)]
mod tests;
