//! The answer to *why there, or nowhere*: every host with every verdict and score, as data.
//! Made only when somebody asks, or when an event must name the closest host.

use super::filter::{Verdict, Wanted};
use super::lane::Ticket;
use super::memory::Placement;
use super::score::all_scores;
use crate::control::state::ControlState;
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx};
use crate::model::Model;
use crate::units::Resources;
use alloc::vec::Vec;

/// One host and what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The host.
    pub instance: InstanceIx,
    /// What no task reserves on it, before the placement.
    pub free: Resources,
    /// Every filter that it fails; none means that it fits.
    pub failed: Vec<Verdict>,
    /// Where it fits, its score by each strategy, lower is better; compared from the first on.
    pub scores: Vec<u64>,
}

/// Why a task of a service goes where it goes, or nowhere.
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
    /// The host that came closest: fewest failed filters, then by index, with the filter that ECS
    /// would name. `None` where no host is there. ECS does not publish its rule (ecs.md 3.9).
    #[must_use]
    pub fn closest(&self) -> Option<(InstanceIx, Verdict)> {
        let refused = self.candidates.iter().filter(|candidate| {
            let failed = &candidate.failed;
            // A host whose agent is away is one that ECS names, by AGENT.
            let is_named = |verdict: &Verdict| *verdict == Verdict::AgentDisconnected;
            let out = |verdict: &Verdict| {
                (verdict.is_absence() && !is_named(verdict)) || *verdict == Verdict::HasDaemonTask
            };
            !failed.is_empty() && !failed.iter().any(out)
        });
        let closest = refused.min_by_key(|candidate| {
            let away = candidate.failed.iter().any(Verdict::is_absence);
            (away, candidate.failed.len(), candidate.instance)
        })?;
        Some((closest.instance, closest.failed.first()?.clone()))
    }

    /// How many hosts fit.
    #[must_use]
    pub fn fitting(&self) -> usize {
        let all = self.candidates.iter();
        all.filter(|candidate| candidate.failed.is_empty()).count()
    }
}

/// Where one more task of `service` would go now, and why.
#[must_use]
pub fn explain(model: &Model, state: &ControlState, service: ServiceIx) -> Explanation {
    let mut memory = Placement::default();
    let ticket = Ticket {
        seed: state.seed,
        number: state.tasks_started,
    };
    let definition = model.service(service).task_definition;
    examine(model, state, &mut memory, (service, definition), ticket)
}

/// Every candidate with all its verdicts and scores.
pub(in crate::control) fn examine(
    model: &Model,
    state: &ControlState,
    memory: &mut Placement,
    (service, task_definition): (ServiceIx, TaskDefinitionIx),
    ticket: Ticket,
) -> Explanation {
    memory.wake(model, state);
    let wanted = Wanted::new(model, service, task_definition);
    let counts = memory.all_counts(state, service);
    let is_of_cluster = |at: &InstanceIx| {
        let compiled = model.instance(*at);
        compiled.present && compiled.cluster == wanted.service.cluster
    };
    let hosts = memory.hosts();
    let of_cluster = hosts.iter().filter(|host| is_of_cluster(&host.instance));
    let mut candidates: Vec<Candidate> = of_cluster
        .map(|host| Candidate {
            instance: host.instance,
            free: host.free(),
            failed: wanted.verdicts(host, counts[host.instance.at()]),
            scores: Vec::new(),
        })
        .collect();
    let fitting: Vec<InstanceIx> = candidates
        .iter()
        .filter(|candidate| candidate.failed.is_empty())
        .map(|candidate| candidate.instance)
        .collect();
    let strategies = &wanted.service.strategies;
    let mut scores = all_scores(strategies, &fitting, model, hosts, &counts, ticket).into_iter();
    let fit = candidates.iter_mut().filter(|it| it.failed.is_empty());
    fit.for_each(|candidate| candidate.scores = scores.next().unwrap_or_default());
    let best = candidates
        .iter()
        .filter(|candidate| candidate.failed.is_empty())
        .min_by(|a, b| (&a.scores, a.instance).cmp(&(&b.scores, b.instance)));
    let chosen = best.map(|candidate| candidate.instance);
    Explanation {
        service,
        task_definition,
        candidates,
        chosen,
    }
}
