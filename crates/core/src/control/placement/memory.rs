//! The working memory of placement: the room on every host and the lanes of the services that
//! place. It follows the control plane's state from decision to decision, so that one more task
//! costs no look at every host; what is decided never depends on what it remembers.

use super::filter::Wanted;
use super::lane::{Groups, Lane, Ticket};
use super::room::HostRoom;
use super::score::{self, Stoppable};
use crate::control::state::{ControlState, RoomChange, Task};
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx, TaskId, ZoneIx};
use crate::model::{Model, Scheduling};
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// Hosts over all lanes that are kept, at least [`LANES_MIN`] lanes: bounds the memory to some
/// 60 MiB, whatever the cluster.
const LANE_HOSTS_MAX: usize = 1 << 20;

/// Lanes that are kept however large they are.
const LANES_MIN: usize = 4;

/// Changes that are remembered, for each host: a lane that was not asked for longer than that
/// looks at every host again, which costs no more.
const CHANGES_PER_HOST: usize = 2;

/// The working memory; empty until something is to be placed.
#[derive(Debug, Default)]
pub struct Placement {
    /// How many changes of the state it has followed; `None` while it knows nothing.
    followed: Option<u64>,
    hosts: Vec<HostRoom>,
    daemons: Vec<DaemonNeed>,
    /// The one asked last stands last.
    lanes: Vec<Lane>,
    /// Hosts by the values of attributes that lanes spread over.
    groups: Vec<Arc<Groups>>,
    /// What changed on hosts, oldest first, and how many changes were forgotten before them.
    changes: Vec<Change>,
    forgotten: usize,
    /// Tasks that this decision has placed (1) and stopped (-1), in order.
    ordered: Vec<(ServiceIx, InstanceIx, i32)>,
    /// The task whose placement somebody asks for.
    pub(in crate::control) curious: Option<TaskId>,
}

/// A copy begins empty: checkpoints should not carry what can be made anew.
impl Clone for Placement {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A change on a host.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// It was read anew from the state.
    Read(InstanceIx),
    /// A service has so many wanted tasks more or less there, decided or seen.
    Counted(ServiceIx, InstanceIx, i32),
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
        let ordered = core::mem::take(&mut self.ordered);
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
        // What was decided is taken back; what became of it stands among the changes.
        for (service, instance, by) in ordered {
            self.note(Change::Counted(service, instance, -by));
        }
        for change in &changes.hosts {
            self.read(model, state, change);
        }
    }

    fn read(&mut self, model: &Model, state: &ControlState, change: &RoomChange) {
        let instance = change.instance;
        self.hosts[instance.at()].read(state);
        self.hold_for_daemons(model, state, instance);
        self.note(match change.counted {
            Some((service, by)) => Change::Counted(service, instance, by),
            None => Change::Read(instance),
        });
    }

    /// Remembers that a host changed; lanes take it up when they are asked.
    fn note(&mut self, change: Change) {
        if self.changes.len() > self.hosts.len() * CHANGES_PER_HOST {
            self.forgotten += self.changes.len();
            self.changes.clear();
        }
        self.changes.push(change);
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
        // One that could not stand here even alone keeps nobody else away.
        let registered = model.instance(instance).registered;
        let could = |it: &&DaemonNeed| registered.holds(&model.definition(it.definition).reserved);
        let missing = suited
            .filter(could)
            .filter(|it| self.count_on(state, it.service, instance) == 0);
        let missing: Vec<TaskDefinitionIx> = missing.map(|it| it.definition).collect();
        let host = &mut self.hosts[instance.at()];
        host.release_held();
        for definition in missing {
            host.hold(model.definition(definition));
        }
    }

    /// Puts the lane of a service and revision last, made where there is none and with all that
    /// changed since it was asked.
    fn bring_up(&mut self, wanted: &Wanted<'_>, state: &ControlState) {
        let key = (wanted.service_ix, wanted.definition_ix);
        let is_it = |lane: &Lane| (lane.service, lane.definition) == key;
        let mut lane = match self.lanes.iter().rposition(is_it) {
            Some(at) if at + 1 == self.lanes.len() => self.lanes.pop(),
            Some(at) => Some(self.lanes.remove(at)),
            None => None,
        }
        .unwrap_or_else(|| {
            self.forget_a_lane();
            Lane::new(wanted, &self.hosts, &mut self.groups)
        });
        let now = self.forgotten + self.changes.len();
        let since = lane
            .heard
            .and_then(|heard| heard.checked_sub(self.forgotten));
        let new = since.and_then(|since| self.changes.get(since..));
        match new {
            Some(new) => {
                for change in new {
                    let instance = match change {
                        Change::Read(instance) => *instance,
                        Change::Counted(service, instance, by) => {
                            let by = if *service == key.0 { *by } else { 0 };
                            lane.count(*instance, by);
                            *instance
                        }
                    };
                    lane.take_up(instance, wanted, &self.hosts);
                }
            }
            None => {
                let counts = self.all_counts(state, key.0);
                for (host, count) in self.hosts.iter().zip(counts) {
                    lane.set_count(host.instance, count);
                    lane.take_up(host.instance, wanted, &self.hosts);
                }
            }
        }
        lane.heard = Some(now);
        self.lanes.push(lane);
    }

    fn forget_a_lane(&mut self) {
        let weight: usize = self.lanes.iter().map(Lane::weight).sum();
        if self.lanes.len() >= LANES_MIN && weight >= LANE_HOSTS_MAX {
            self.lanes.remove(0);
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
        self.bring_up(&wanted, state);
        let lane = self.lanes.last()?;
        lane.choose(model, &self.hosts, ticket)
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
        self.ordered.push((service, instance, by));
        if model.service(service).scheduling == Scheduling::Daemon {
            self.hold_for_daemons(model, state, instance);
        }
        self.note(Change::Counted(service, instance, by));
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
        let ordered = self.ordered.iter();
        let its = ordered.filter(|(of, at, _)| *of == service && *at == instance);
        let by: i32 = its.map(|(.., by)| by).sum();
        count.unwrap_or(0).saturating_add_signed(by)
    }

    /// The same by host, those without any among them.
    pub(super) fn all_counts(&self, state: &ControlState, service: ServiceIx) -> Vec<u32> {
        let mut all = vec![0_u32; self.hosts.len()];
        let known = state.services.get(&service);
        for (host, count) in known.into_iter().flat_map(|known| &known.on) {
            all[host.at()] = *count;
        }
        for (_, host, by) in self.ordered.iter().filter(|(of, ..)| *of == service) {
            all[host.at()] = all[host.at()].saturating_add_signed(*by);
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
