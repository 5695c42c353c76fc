//! The hosts of one service and revision in the order in which they would be chosen.
//!
//! Hosts are sorted into cells by the values that the leading strategies spread over; each cell
//! is a tournament whose smallest key is its best host. When a host changes, its key is made anew
//! the next time somebody asks: a choice costs the height of a tree for each changed host and a
//! look at each cell, however many hosts there are.

use super::filter::Wanted;
use super::fits::Fits;
use super::plan::{Local, Plan};
use super::room::HostRoom;
use super::tournament::{Tournament, UNFIT};
use crate::draw::{Stream, draw_below};
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx};
use crate::model::{Instance, Model, SpreadField, Strategy};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// The number of a draw among hosts that are equal: each placement has its own.
#[derive(Clone, Copy, Debug)]
pub(in crate::control) struct Ticket {
    /// The run's seed.
    pub(in crate::control) seed: u64,
    /// How many tasks were started before.
    pub(in crate::control) number: u64,
}

impl Ticket {
    /// One of so many.
    pub(super) fn draw(self, of: u64) -> u64 {
        draw_below(self.seed, Stream::Placement, self.number, of)
    }
}

/// Where a host stands: its cell and its leaf there.
type Seat = (u32, u32);

#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) service: ServiceIx,
    pub(super) definition: TaskDefinitionIx,
    /// How many changes of hosts it has heard of; `None` while it has looked at no host.
    pub(super) heard: Option<usize>,
    plan: Plan,
    /// Tasks of the service by host.
    counts: Vec<u32>,
    /// For each leading strategy.
    spreads: Vec<Spread>,
    cells: Vec<Cell>,
    /// Hosts that can ever fit as the model is.
    suits: Fits,
    /// By host. Empty where nothing is spread over: then all stand in one cell, each at the leaf of
    /// its own number, and there is one thing less to fetch.
    seats: Vec<Seat>,
}

/// Hosts by the value of an attribute, numbered in the order of the values; those without it come
/// first.
#[derive(Debug)]
pub(super) struct Groups {
    name: Cow<'static, str>,
    of_host: Vec<u32>,
    count: usize,
}

/// How a service's tasks are spread over groups.
#[derive(Clone, Debug)]
struct Spread {
    groups: Arc<Groups>,
    tasks: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Cell {
    groups: Vec<u32>,
    hosts: Vec<InstanceIx>,
    fits: Fits,
    /// The order among those that fit; empty where a draw decides.
    tree: Tournament,
}

impl Groups {
    fn of(name: Cow<'static, str>, instances: &[Instance]) -> Self {
        let values: Vec<Option<&str>> = instances
            .iter()
            .map(|host| host.attributes.get(name.as_ref())?.as_deref())
            .collect();
        let mut numbers: BTreeMap<Option<&str>, u32> = BTreeMap::new();
        for value in &values {
            // Not collected: that would bring one more copy of sorting.
            numbers.insert(*value, 0);
        }
        (0..)
            .zip(numbers.values_mut())
            .for_each(|(at, number)| *number = at);
        let of_host = values.iter().map(|value| numbers[value]).collect();
        let count = numbers.len();
        Self {
            name,
            of_host,
            count,
        }
    }

    /// The groups by `name` among `known`, made where they are not there yet.
    fn known(
        known: &mut Vec<Arc<Self>>,
        name: Cow<'static, str>,
        instances: &[Instance],
    ) -> Arc<Self> {
        if let Some(groups) = known.iter().find(|groups| groups.name == name) {
            return Arc::clone(groups);
        }
        let groups = Arc::new(Self::of(name, instances));
        known.push(Arc::clone(&groups));
        groups
    }
}

impl Spread {
    fn group(&self, host: InstanceIx) -> u32 {
        self.groups.of_host[host.at()]
    }
}

impl Lane {
    pub(super) fn new(
        wanted: &Wanted<'_>,
        hosts: &[HostRoom],
        known: &mut Vec<Arc<Groups>>,
    ) -> Self {
        let instances = &wanted.model.instances;
        let plan = Plan::of(&wanted.service.strategies);
        let spread = |name: &Cow<'static, str>| {
            let groups = Groups::known(known, name.clone(), instances);
            let tasks = vec![0; groups.count];
            Spread { groups, tasks }
        };
        let spreads = plan.leading.iter().map(spread).collect();
        let mut lane = Self {
            service: wanted.service_ix,
            definition: wanted.definition_ix,
            heard: None,
            spreads,
            plan,
            counts: vec![0; instances.len()],
            cells: Vec::new(),
            suits: Fits::new(instances.len()),
            seats: Vec::new(),
        };
        lane.seat(wanted, hosts);
        lane
    }

    /// Gives each host that can ever fit its cell, cells in the order of their values.
    fn seat(&mut self, wanted: &Wanted<'_>, hosts: &[HostRoom]) {
        let mut cells: BTreeMap<Vec<u32>, Vec<InstanceIx>> = BTreeMap::new();
        for host in hosts {
            let instance = host.instance;
            let compiled = wanted.model.instance(instance);
            let is_of_cluster = compiled.present && compiled.cluster == wanted.service.cluster;
            if is_of_cluster && wanted.suits(host) {
                self.suits.set(instance.at(), true);
                let groups = self.spreads.iter().map(|spread| spread.group(instance));
                cells.entry(groups.collect()).or_default().push(instance);
            }
        }
        let is_spread = !self.spreads.is_empty();
        if is_spread {
            self.seats = vec![(0, 0); hosts.len()];
        }
        for (number, (groups, mut hosts)) in (0..).zip(cells) {
            if is_spread {
                for (leaf, host) in (0..).zip(&hosts) {
                    self.seats[host.at()] = (number, leaf);
                }
            } else {
                hosts = (0..self.counts.len()).map(InstanceIx::from_at).collect();
            }
            let ordered = if self.plan.draws_at_once() {
                0
            } else {
                hosts.len()
            };
            self.cells.push(Cell {
                groups,
                fits: Fits::new(hosts.len()),
                tree: Tournament::new(ordered),
                hosts,
            });
        }
    }

    /// How much memory it takes, in hosts.
    pub(super) fn weight(&self) -> usize {
        self.counts.len()
    }

    /// The tasks of the service on a host.
    pub(super) fn set_count(&mut self, host: InstanceIx, count: u32) {
        let before = core::mem::replace(&mut self.counts[host.at()], count);
        for spread in &mut self.spreads {
            let group = spread.group(host);
            let tasks = &mut spread.tasks[group as usize];
            *tasks = *tasks + count - before;
        }
    }

    /// So many more of them, or less.
    pub(super) fn count(&mut self, host: InstanceIx, by: i32) {
        if by != 0 {
            let count = self.counts[host.at()].saturating_add_signed(by);
            self.set_count(host, count);
        }
    }

    /// Makes the key of a host anew.
    pub(super) fn take_up(&mut self, host: InstanceIx, wanted: &Wanted<'_>, hosts: &[HostRoom]) {
        if !self.suits.has(host.at()) {
            return;
        }
        let (cell, leaf) = self.seats.get(host.at()).copied().unwrap_or((0, host.0));
        let (room, tasks) = (&hosts[host.at()], self.counts[host.at()]);
        let fits = wanted.fits_now(room, tasks);
        let cell = &mut self.cells[cell as usize];
        cell.fits.set(leaf as usize, fits);
        if !self.plan.draws_at_once() {
            let key = if fits {
                key(&self.plan, room, tasks)
            } else {
                UNFIT
            };
            cell.tree.set(leaf as usize, key);
        }
    }

    /// The host that the strategies choose.
    pub(super) fn choose(
        &self,
        model: &Model,
        hosts: &[HostRoom],
        ticket: Ticket,
    ) -> Option<InstanceIx> {
        let best = self.best_cells();
        if self.plan.draws_at_once() {
            return self.draw(&best, ticket);
        }
        let smallest = best
            .iter()
            .map(|at| self.cells[*at].tree.smallest())
            .min()?;
        if self.plan.rest.is_empty() {
            return Some(InstanceIx(smallest as u32));
        }
        // Keys that differ in the host alone are equal so far.
        let bound = (smallest | u128::from(u32::MAX)).saturating_add(1);
        let equal = best.iter().flat_map(|at| {
            let cell = &self.cells[*at];
            let leaves = cell.tree.below(bound).into_iter();
            leaves.map(|leaf| cell.hosts[leaf])
        });
        let equal: Vec<InstanceIx> = equal.collect();
        self.narrow(equal, model, hosts, ticket)
    }

    /// Cells with a host that fits and the fewest tasks, compared strategy by strategy.
    fn best_cells(&self) -> Vec<usize> {
        let mut best: Vec<usize> = Vec::new();
        for (at, cell) in self.cells.iter().enumerate() {
            if cell.fits.count() == 0 {
                continue;
            }
            let order = best
                .first()
                .map(|first| self.tasks(at).cmp(self.tasks(*first)));
            match order {
                Some(core::cmp::Ordering::Greater) => {}
                Some(core::cmp::Ordering::Equal) => best.push(at),
                Some(core::cmp::Ordering::Less) | None => {
                    best.clear();
                    best.push(at);
                }
            }
        }
        best
    }

    fn tasks(&self, cell: usize) -> impl Iterator<Item = u32> {
        let groups = self.spreads.iter().zip(&self.cells[cell].groups);
        groups.map(|(spread, group)| spread.tasks[*group as usize])
    }

    /// One of all that fit in these cells, in the order of cells, then hosts.
    fn draw(&self, cells: &[usize], ticket: Ticket) -> Option<InstanceIx> {
        let fitting = |at: &usize| self.cells[*at].fits.count();
        let all: u64 = cells.iter().map(|at| u64::from(fitting(at))).sum();
        let mut nth = ticket.draw(all);
        for at in cells {
            let count = u64::from(fitting(at));
            if nth < count {
                let cell = &self.cells[*at];
                let leaf = cell.fits.nth(u32::try_from(nth).unwrap_or(0));
                return Some(cell.hosts[leaf]);
            }
            nth -= count;
        }
        None
    }

    /// Hosts that are equal so far, narrowed by the rest of the chain.
    fn narrow(
        &self,
        mut equal: Vec<InstanceIx>,
        model: &Model,
        hosts: &[HostRoom],
        ticket: Ticket,
    ) -> Option<InstanceIx> {
        for strategy in &self.plan.rest {
            if *strategy == Strategy::Random {
                let nth = ticket.draw(equal.len() as u64);
                return equal.get(usize::try_from(nth).unwrap_or(0)).copied();
            }
            let scores = super::score::scores(strategy, &equal, model, hosts, &self.counts);
            let least = scores.iter().min().copied()?;
            let kept = equal
                .iter()
                .zip(&scores)
                .filter(|(_, score)| **score == least);
            equal = kept.map(|(host, _)| *host).collect();
        }
        equal.into_iter().min()
    }
}

/// Scores by strategy from the left, the host last: smaller is better.
fn key(plan: &Plan, room: &HostRoom, tasks: u32) -> u128 {
    let free = room.free();
    let mut key = 0_u128;
    for at in 0..3 {
        let score = plan.local.get(at).map_or(0, |local| match local {
            Local::Tasks => tasks,
            Local::Cpu => free.cpu.0,
            Local::Memory => free.memory.0,
        });
        key = key << 32 | u128::from(score);
    }
    key << 32 | u128::from(room.instance.0)
}

/// The field's name for a spread, as far as a lane cares.
pub(super) fn value<'a>(field: &SpreadField, instance: &'a Instance) -> Option<&'a str> {
    match field {
        SpreadField::Instance => Some(&instance.name),
        SpreadField::Attribute(name) => instance.attributes.get(name.as_ref())?.as_deref(),
    }
}
