//! Strategies as scores, lower is better, and the same in reverse for what is stopped first
//! (ecs.md 2.10 and 2.11).
//!
//! Tasks count for spreading while they are wanted, pending ones included, or else a burst would
//! pile up on one host (our choice; AWS speaks of running ones).

use super::lane::{Ticket, value};
use super::room::HostRoom;
use crate::control::state::{Task, TaskStatus};
use crate::id::{InstanceIx, TaskId};
use crate::model::{Model, SpreadField, Strategy};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The score of each of `of` by one strategy; `counts` are the service's tasks by host.
pub(super) fn scores(
    strategy: &Strategy,
    of: &[InstanceIx],
    model: &Model,
    hosts: &[HostRoom],
    counts: &[u32],
) -> Vec<u64> {
    let free = |host: &InstanceIx| hosts[host.at()].free();
    match strategy {
        Strategy::Spread(SpreadField::Instance) => {
            of.iter().map(|host| u64::from(counts[host.at()])).collect()
        }
        Strategy::Spread(field @ SpreadField::Attribute(_)) => {
            let tasks = tasks_by_value(field, model, counts);
            let score = |host: &InstanceIx| tasks[&value(field, model.instance(*host))];
            of.iter().map(score).collect()
        }
        Strategy::BinpackCpu => of.iter().map(|host| u64::from(free(host).cpu.0)).collect(),
        Strategy::BinpackMemory => of
            .iter()
            .map(|host| u64::from(free(host).memory.0))
            .collect(),
        Strategy::Random => of.iter().map(|_| 0).collect(),
    }
}

/// Tasks of the service by value of a field, over all hosts, whether they fit or not.
fn tasks_by_value<'a>(
    field: &SpreadField,
    model: &'a Model,
    counts: &[u32],
) -> BTreeMap<Option<&'a str>, u64> {
    let mut tasks: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for (host, count) in model.instances.iter().zip(counts) {
        *tasks.entry(value(field, host)).or_default() += u64::from(*count);
    }
    tasks
}

/// The scores of all `fitting` hosts by each strategy, for whoever asks: what the lanes decide,
/// in the long way. The draw of `random` shows as 0 for the host drawn and 1 for the others.
pub(super) fn all_scores(
    strategies: &[Strategy],
    fitting: &[InstanceIx],
    model: &Model,
    hosts: &[HostRoom],
    counts: &[u32],
    ticket: Ticket,
) -> Vec<Vec<u64>> {
    let mut equal: Vec<usize> = (0..fitting.len()).collect();
    let mut table: Vec<Vec<u64>> = fitting.iter().map(|_| Vec::new()).collect();
    sort_by_cell(&mut equal, strategies, fitting, model);
    for strategy in strategies {
        let mut column = scores(strategy, fitting, model, hosts, counts);
        if *strategy == Strategy::Random && !equal.is_empty() {
            let nth = usize::try_from(ticket.draw(equal.len() as u64)).unwrap_or(0);
            let drawn = equal[nth];
            for (at, score) in column.iter_mut().enumerate() {
                *score = u64::from(at != drawn);
            }
        }
        let least = equal.iter().map(|at| column[*at]).min().unwrap_or(0);
        equal.retain(|at| column[*at] == least);
        for (row, score) in table.iter_mut().zip(column) {
            row.push(score);
        }
    }
    table
}

/// The order in which equal hosts are drawn from: by the values that the first strategies spread
/// over, then by host.
fn sort_by_cell(
    order: &mut Vec<usize>,
    strategies: &[Strategy],
    fitting: &[InstanceIx],
    model: &Model,
) {
    let leading: Vec<&SpreadField> = strategies
        .iter()
        .map_while(|strategy| match strategy {
            Strategy::Spread(field @ SpreadField::Attribute(_)) => Some(field),
            Strategy::Spread(SpreadField::Instance)
            | Strategy::BinpackCpu
            | Strategy::BinpackMemory
            | Strategy::Random => None,
        })
        .collect();
    crate::sort::sort_by_key(order, |at| {
        let host = fitting[*at];
        let instance = model.instance(host);
        let values = leading.iter().map(|field| value(field, instance));
        (values.collect::<Vec<_>>(), host)
    });
}

/// A task that may be stopped.
#[derive(Clone, Copy, Debug)]
pub(in crate::control) struct Stoppable<'a> {
    /// The task.
    pub(in crate::control) id: TaskId,
    /// What is known of it.
    pub(in crate::control) task: &'a Task,
}

/// The places in `tasks` of the `count` that are stopped first, in order (ecs.md 2.11): tasks on
/// DRAINING hosts, those that do not run yet, then the strategies in reverse as they stand after
/// each stop, then the lowest id, which is a drawn number and so as good as random. Whether hosts
/// or starting tasks come first is our choice; unhealthy tasks went before, by their own rules.
pub(super) fn first_to_stop(
    tasks: &[Stoppable<'_>],
    count: usize,
    strategies: &[Strategy],
    model: &Model,
    hosts: &[HostRoom],
    counts: &[u32],
) -> Vec<usize> {
    let mut book = Book::of(strategies, model, hosts, counts);
    let mut left = alike(tasks, &book);
    let mut stopped = Vec::new();
    while stopped.len() < count {
        let first = left.iter().enumerate().min_by_key(|(_, (urgency, group))| {
            let it = &tasks[group[group.len() - 1]];
            (*urgency, book.reverse(it.task), it.id)
        });
        let Some(place) = first.map(|(place, _)| place) else {
            break;
        };
        let group = &mut left[place].1;
        let Some(at) = group.pop() else { break };
        if group.is_empty() {
            left.swap_remove(place);
        }
        book.remove(tasks[at].task);
        stopped.push(at);
    }
    stopped
}

/// The tasks in groups of those that only their ids tell apart, with their urgency: revisions of
/// one host. The lowest id of a group stands last. A service has fewer of them than tasks.
fn alike(tasks: &[Stoppable<'_>], book: &Book<'_>) -> Vec<(u8, Vec<usize>)> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, it) in tasks.iter().enumerate() {
        let key = (book.urgency(it), it.task.instance, it.task.task_definition);
        groups.entry(key).or_default().push(at);
    }
    let groups = groups.into_iter().map(|((urgency, ..), mut group)| {
        crate::sort::sort_by_key(&mut group, |at| core::cmp::Reverse(tasks[*at].id));
        (urgency, group)
    });
    groups.collect()
}

/// Longest chain of strategies (ecs.md 2.10).
const CHAIN_MAX: usize = crate::model::STRATEGIES_MAX;

/// Counts and room while several tasks are chosen to be stopped.
struct Book<'a> {
    strategies: &'a [Strategy],
    hosts: &'a [HostRoom],
    counts: Vec<u32>,
    freed: BTreeMap<InstanceIx, crate::units::Resources>,
    /// For each strategy that spreads over an attribute: the group of each host, tasks by group.
    groups: Vec<Option<(Vec<usize>, Vec<u64>)>>,
}

impl<'a> Book<'a> {
    fn of(
        strategies: &'a [Strategy],
        model: &Model,
        hosts: &'a [HostRoom],
        counts: &[u32],
    ) -> Self {
        let group = |strategy: &Strategy| match strategy {
            Strategy::Spread(field @ SpreadField::Attribute(_)) => {
                let tasks = tasks_by_value(field, model, counts);
                let values: Vec<Option<&str>> = tasks.keys().copied().collect();
                let number = |host| values.binary_search(&value(field, host)).unwrap_or(0);
                let of_host = model.instances.iter().map(number);
                Some((of_host.collect(), tasks.values().copied().collect()))
            }
            Strategy::Spread(SpreadField::Instance)
            | Strategy::BinpackCpu
            | Strategy::BinpackMemory
            | Strategy::Random => None,
        };
        Self {
            strategies,
            hosts,
            counts: counts.to_vec(),
            freed: BTreeMap::new(),
            groups: strategies.iter().map(group).collect(),
        }
    }

    fn urgency(&self, it: &Stoppable<'_>) -> u8 {
        let draining = self.hosts[it.task.instance.at()].is_draining();
        let starting = it.task.last_status < TaskStatus::Running;
        match (draining, starting) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }
    }

    /// How little each strategy wants the task gone: tasks of the fullest zone or host go first
    /// for spread, those whose host would then have most room for binpack.
    fn reverse(&self, task: &Task) -> [u64; CHAIN_MAX] {
        let host = task.instance;
        let freed = self.freed.get(&host).copied().unwrap_or_default();
        let after = self.hosts[host.at()].free() + freed + task.reserved;
        let mut keys = [0; CHAIN_MAX];
        for ((key, strategy), groups) in keys.iter_mut().zip(self.strategies).zip(&self.groups) {
            let wanted_gone = match (strategy, groups) {
                (Strategy::Spread(_), Some((of_host, tasks))) => tasks[of_host[host.at()]],
                (Strategy::Spread(_), None) => u64::from(self.counts[host.at()]),
                (Strategy::BinpackCpu, _) => u64::from(after.cpu.0),
                (Strategy::BinpackMemory, _) => u64::from(after.memory.0),
                (Strategy::Random, _) => 0,
            };
            *key = u64::MAX - wanted_gone;
        }
        keys
    }

    fn remove(&mut self, task: &Task) {
        let host = task.instance;
        self.counts[host.at()] = self.counts[host.at()].saturating_sub(1);
        *self.freed.entry(host).or_default() += task.reserved;
        for (of_host, tasks) in self.groups.iter_mut().flatten() {
            let tasks = &mut tasks[of_host[host.at()]];
            *tasks = tasks.saturating_sub(1);
        }
    }
}
