//! The working memory of placement: the room on every host and the lanes of the services that
//! place. It follows the control plane's state from decision to decision, so that one more task
//! costs no look at every host; what is decided never depends on what it remembers.

use super::filter::Wanted;
use super::lane::{Lane, Ticket};
use super::room::HostRoom;
use super::score::{self, Stoppable};
use crate::control::state::{ControlState, Task};
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx, TaskId, ZoneIx};
use crate::model::{Model, Scheduling};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

/// Hosts over all lanes that are kept, at least [`LANES_MIN`] lanes: bounds the memory to some
/// 60 MiB, whatever the cluster.
const LANE_HOSTS_MAX: usize = 1 << 20;

/// Lanes that are kept however large they are.
const LANES_MIN: usize = 4;

/// The working memory; empty until something is to be placed.
#[derive(Debug, Default)]
pub struct Placement {
    /// How many changes of the state it has followed; `None` while it knows nothing.
    followed: Option<u64>,
    hosts: Vec<HostRoom>,
    daemons: Vec<DaemonNeed>,
    lanes: Vec<Lane>,
    /// Tasks that this decision has placed and stopped, by service and host.
    ordered: BTreeMap<(ServiceIx, InstanceIx), i32>,
    /// How often a lane was asked.
    asked: u64,
    /// The task whose placement somebody asks for.
    pub(in crate::control) curious: Option<TaskId>,
}

/// A copy begins empty: checkpoints should not carry what can be made anew.
impl Clone for Placement {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A daemon service, and the hosts that it suits.
#[derive(Debug)]
struct DaemonNeed {
    service: ServiceIx,
    definition: TaskDefinitionIx,
    suits: Vec<bool>,
}

impl Placement {
    /// One that explains the placement of a task when it happens; it decides nothing else.
    #[must_use]
    pub fn curious_about(task: TaskId) -> Self {
        Self {
            curious: Some(task),
            ..Self::default()
        }
    }

    /// Takes up what changed in `state` since the last decision; forgets all where it has missed
    /// something.
    pub(in crate::control) fn follow(&mut self, model: &Model, state: &ControlState) {
        let changes = &state.room_changes;
        self.ordered.clear();
        let Some(followed) = self.followed else {
            return;
        };
        let missed = followed + changes.hosts.len() as u64 != changes.count;
        if missed || self.hosts.len() != model.instances.len() {
            *self = Self {
                curious: self.curious,
                ..Self::default()
            };
            return;
        }
        self.followed = Some(changes.count);
        for instance in &changes.hosts {
            self.read(model, state, *instance);
        }
    }

    fn read(&mut self, model: &Model, state: &ControlState, instance: InstanceIx) {
        let with_groups = model.asks_for_groups;
        self.hosts[instance.at()] = HostRoom::of(model, state, instance, with_groups);
        self.hold_for_daemons(model, state, instance);
        for lane in &mut self.lanes {
            let known = state.services.get(&lane.service);
            let count = known.and_then(|known| known.on.get(&instance));
            lane.set_count(instance, count.copied().unwrap_or(0));
            lane.note(instance);
        }
    }

    /// Knows every host from now on.
    pub(in crate::control) fn wake(&mut self, model: &Model, state: &ControlState) {
        if self.followed.is_some() {
            return;
        }
        self.followed = Some(state.room_changes.count);
        let all = (0..model.instances.len()).map(InstanceIx::from_at);
        let with_groups = model.asks_for_groups;
        self.hosts = all
            .map(|instance| HostRoom::of(model, state, instance, with_groups))
            .collect();
        let daemons = model
            .present_services()
            .filter(|(_, service)| service.scheduling == Scheduling::Daemon);
        self.daemons = daemons
            .map(|(service, compiled)| {
                let definition = compiled.task_definition;
                let wanted = Wanted::new(model, service, definition);
                let suits = |host: &HostRoom| {
                    let instance = model.instance(host.instance);
                    instance.cluster == compiled.cluster && wanted.suits(host)
                };
                let suits = self.hosts.iter().map(suits).collect();
                DaemonNeed {
                    service,
                    definition,
                    suits,
                }
            })
            .collect();
        for at in 0..self.hosts.len() {
            self.hold_for_daemons(model, state, InstanceIx::from_at(at));
        }
    }

    /// Keeps room on a host for the daemon tasks that it should have and has not (ecs.md 2.12).
    fn hold_for_daemons(&mut self, model: &Model, state: &ControlState, instance: InstanceIx) {
        if self.daemons.is_empty() {
            return;
        }
        let suited = self.daemons.iter().filter(|it| it.suits[instance.at()]);
        let missing = suited.filter(|it| self.count_on(state, it.service, instance) == 0);
        let missing: Vec<TaskDefinitionIx> = missing.map(|it| it.definition).collect();
        let host = &mut self.hosts[instance.at()];
        host.release_held();
        for definition in missing {
            host.hold(model.definition(definition));
        }
    }

    /// The lane of a service and revision, made where there is none.
    fn lane(&mut self, wanted: &Wanted<'_>, state: &ControlState) -> usize {
        self.asked += 1;
        let key = (wanted.service_ix, wanted.definition_ix);
        let known = self
            .lanes
            .iter()
            .position(|lane| (lane.service, lane.definition) == key);
        let at = known.unwrap_or_else(|| {
            self.forget_a_lane();
            let mut lane = Lane::new(wanted, &self.hosts);
            for (host, count) in self.counts(state, wanted.service_ix) {
                lane.set_count(host, count);
            }
            self.lanes.push(lane);
            self.lanes.len() - 1
        });
        self.lanes[at].used = self.asked;
        at
    }

    fn forget_a_lane(&mut self) {
        let weight: usize = self.lanes.iter().map(Lane::weight).sum();
        if self.lanes.len() < LANES_MIN || weight < LANE_HOSTS_MAX {
            return;
        }
        let oldest = (0..self.lanes.len()).min_by_key(|at| self.lanes[*at].used);
        if let Some(at) = oldest {
            self.lanes.swap_remove(at);
        }
    }

    /// Where one more task would go; `None` where it fits nowhere.
    pub(in crate::control) fn choose(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
        definition: TaskDefinitionIx,
        ticket: Ticket,
    ) -> Option<InstanceIx> {
        self.wake(model, state);
        let wanted = Wanted::new(model, service, definition);
        let lane = self.lane(&wanted, state);
        self.lanes[lane].choose(&wanted, &self.hosts, ticket)
    }

    /// Zones with a host that suits the service and can be reached.
    pub(in crate::control) fn zones(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
    ) -> BTreeSet<ZoneIx> {
        self.wake(model, state);
        let compiled = model.service(service);
        let wanted = Wanted::new(model, service, compiled.task_definition);
        let mut zones = BTreeSet::new();
        for host in self.hosts.iter().filter(|host| host.is_reachable()) {
            let instance = model.instance(host.instance);
            let is_new = !zones.contains(&instance.zone);
            if is_new && instance.cluster == compiled.cluster && wanted.suits(host) {
                zones.insert(instance.zone);
            }
        }
        zones
    }

    /// Hosts that a daemon service should have a task on: those that suit it, are there and can
    /// be reached, or have their task already.
    pub(in crate::control) fn daemon_hosts(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
    ) -> Vec<InstanceIx> {
        self.wake(model, state);
        let wanted = Wanted::new(model, service, model.service(service).task_definition);
        let Some(daemon) = self.daemons.iter().find(|it| it.service == service) else {
            return Vec::new();
        };
        let is_one = |host: &&HostRoom| {
            let stands = self.count_on(state, service, host.instance) > 0;
            daemon.suits[host.instance.at()]
                && wanted.state_allows(host)
                && (host.is_reachable() || (stands && host.is_there()))
        };
        let hosts = self.hosts.iter().filter(is_one);
        hosts.map(|host| host.instance).collect()
    }

    /// Takes what a task needs on a host.
    pub(in crate::control) fn take(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
        definition: TaskDefinitionIx,
        instance: InstanceIx,
    ) {
        self.wake(model, state);
        self.hosts[instance.at()].take(service, model.definition(definition));
        self.changed(model, state, service, instance, 1);
    }

    /// Gives back what a task held on its host.
    pub(in crate::control) fn give(&mut self, model: &Model, state: &ControlState, task: &Task) {
        self.wake(model, state);
        let host = &mut self.hosts[task.instance.at()];
        host.give(task.service, task.reserved, &task.static_ports);
        self.changed(model, state, task.service, task.instance, -1);
    }

    fn changed(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
        instance: InstanceIx,
        by: i32,
    ) {
        *self.ordered.entry((service, instance)).or_default() += by;
        if model.service(service).scheduling == Scheduling::Daemon {
            self.hold_for_daemons(model, state, instance);
        }
        let count = self.count_on(state, service, instance);
        for lane in &mut self.lanes {
            if lane.service == service {
                lane.set_count(instance, count);
            }
            lane.note(instance);
        }
    }

    /// Tasks of the service on a host, this decision's own among them.
    pub(super) fn count_on(
        &self,
        state: &ControlState,
        service: ServiceIx,
        instance: InstanceIx,
    ) -> u32 {
        let known = state.services.get(&service);
        let count = known.and_then(|known| known.on.get(&instance)).copied();
        let ordered = self.ordered.get(&(service, instance)).copied();
        count
            .unwrap_or(0)
            .saturating_add_signed(ordered.unwrap_or(0))
    }

    /// The same for every host that has any.
    fn counts(&self, state: &ControlState, service: ServiceIx) -> Vec<(InstanceIx, u32)> {
        let known = state.services.get(&service);
        let mut hosts: Vec<InstanceIx> = known
            .into_iter()
            .flat_map(|known| known.on.keys().copied())
            .collect();
        let first = (service, InstanceIx(0));
        let last = (service, InstanceIx(u32::MAX));
        hosts.extend(self.ordered.range(first..=last).map(|((_, host), _)| *host));
        let count = |host: InstanceIx| (host, self.count_on(state, service, host));
        hosts.into_iter().map(count).collect()
    }

    /// The same by host, those without any among them.
    pub(super) fn all_counts(&self, state: &ControlState, service: ServiceIx) -> Vec<u32> {
        let mut all = vec![0; self.hosts.len()];
        for (host, count) in self.counts(state, service) {
            all[host.at()] = count;
        }
        all
    }

    pub(super) fn hosts(&self) -> &[HostRoom] {
        &self.hosts
    }

    /// The places in `tasks` of those to stop first, by the strategies in reverse.
    pub(in crate::control) fn first_to_stop(
        &mut self,
        model: &Model,
        state: &ControlState,
        service: ServiceIx,
        tasks: &[Stoppable<'_>],
        count: usize,
    ) -> Vec<usize> {
        if count == 0 {
            return Vec::new();
        }
        self.wake(model, state);
        let strategies = &model.service(service).strategies;
        let counts = self.all_counts(state, service);
        score::first_to_stop(tasks, count, strategies, model, &self.hosts, &counts)
    }
}
