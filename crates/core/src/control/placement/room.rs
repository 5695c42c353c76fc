//! The room on a host as the control plane sees it: a task desired STOPPED costs nothing, even
//! while its containers still run (ecs.md 2.4).

use crate::control::state::{ControlState, InstanceStatus};
use crate::id::{InstanceIx, ServiceIx};
use crate::model::{Definition, Instance, Model, Scheduling};
use crate::taskdef::ReservedPort;
use crate::time::Instant;
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::filter::PortHolder;

/// One host, kept up to date while one decision places several tasks.
///
/// What every choice reads comes first and shares one cache line (hence the layout of C, and the
/// alignment): in a large cluster a look at a host costs what fetching it from memory costs.
#[derive(Clone, Debug, PartialEq)]
#[repr(C, align(64))]
pub(in crate::control) struct HostRoom {
    pub(super) instance: InstanceIx,
    pub(super) status: InstanceStatus,
    pub(super) connected: bool,
    present: bool,
    /// Whether it counts tasks by service.
    keeps_groups: bool,
    registered: Resources,
    used: Resources,
    /// What daemon tasks that are still to be placed here will take; replicas leave it alone.
    held: Resources,
    /// Tasks that are desired RUNNING, what `runningTasksCount` counts (ecs.md 2.4).
    pub(super) running: u32,
    ports: BTreeSet<ReservedPort>,
    held_ports: BTreeSet<ReservedPort>,
    /// When it registered in the run.
    pub(super) registered_at: Option<Instant>,
    /// Tasks by service, where an expression asks for task groups; pending ones count (ecs.md 2.9
    /// leaves it open).
    by_service: BTreeMap<ServiceIx, u32>,
}

impl HostRoom {
    /// The room that `state` leaves on a host; its task groups only `with_groups`.
    pub(super) fn of(
        model: &Model,
        state: &ControlState,
        instance: InstanceIx,
        with_groups: bool,
    ) -> Self {
        let compiled = model.instance(instance);
        let mut room = Self {
            present: compiled.present,
            keeps_groups: with_groups,
            ..Self::empty(instance, compiled)
        };
        room.read(state);
        room
    }

    /// Takes up what the state says; what only the model says stays.
    pub(super) fn read(&mut self, state: &ControlState) {
        let known = state.instances.get(&self.instance).filter(|_| self.present);
        let Some(known) = known else {
            self.status = InstanceStatus::Inactive;
            self.connected = false;
            return;
        };
        self.status = known.status;
        self.connected = known.connected;
        self.registered_at = Some(known.registered_at);
        self.used = known.reserved;
        self.running = known.running;
        if self.ports != known.ports {
            self.ports.clone_from(&known.ports);
        }
        if self.keeps_groups {
            self.by_service = by_service(state, self.instance);
        }
    }

    /// An empty host that registers what `compiled` does.
    pub(super) fn empty(instance: InstanceIx, compiled: &Instance) -> Self {
        Self {
            instance,
            status: InstanceStatus::Active,
            connected: true,
            present: true,
            keeps_groups: true,
            registered: compiled.registered,
            used: Resources::default(),
            held: Resources::default(),
            running: 0,
            ports: BTreeSet::new(),
            held_ports: BTreeSet::new(),
            registered_at: None,
            by_service: BTreeMap::new(),
        }
    }

    /// Whether it is there: neither gone nor still to come.
    pub(super) fn is_there(&self) -> bool {
        self.status != InstanceStatus::Inactive
    }

    /// Whether a task may be placed on it at all.
    pub(super) fn is_reachable(&self) -> bool {
        self.status == InstanceStatus::Active && self.connected
    }

    pub(super) fn is_draining(&self) -> bool {
        self.status == InstanceStatus::Draining
    }

    /// What no task reserves.
    pub(super) fn free(&self) -> Resources {
        self.registered - self.used
    }

    /// What a task of such a service may take: daemons come first.
    pub(super) fn free_for(&self, scheduling: Scheduling) -> Resources {
        match scheduling {
            Scheduling::Daemon => self.free(),
            Scheduling::Replica | Scheduling::RunTask => self.free() - self.held,
        }
    }

    /// Who holds a port, as far as a task of such a service minds.
    pub(super) fn holder(
        &self,
        compiled: &Instance,
        port: &ReservedPort,
        scheduling: Scheduling,
    ) -> Option<PortHolder> {
        if compiled.reserved_ports.contains(port) {
            Some(PortHolder::Host)
        } else if self.ports.contains(port) {
            Some(PortHolder::Task)
        } else if scheduling != Scheduling::Daemon && self.held_ports.contains(port) {
            Some(PortHolder::Daemon)
        } else {
            None
        }
    }

    /// How many host ports its tasks hold.
    pub(super) fn ports_held(&self) -> usize {
        self.ports.len()
    }

    /// The task groups that stand on it.
    pub(super) fn groups<'a>(&self, model: &'a Model) -> Vec<&'a str> {
        let standing = self.by_service.iter().filter(|(_, count)| **count > 0);
        standing
            .map(|(service, _)| model.service(*service).group.as_str())
            .collect()
    }

    pub(super) fn hold(&mut self, definition: &Definition) {
        self.held += definition.reserved;
        self.held_ports.extend(&definition.static_ports);
    }

    pub(super) fn release_held(&mut self) {
        self.held = Resources::default();
        self.held_ports.clear();
    }

    pub(super) fn take(&mut self, service: ServiceIx, definition: &Definition) {
        self.used += definition.reserved;
        self.running += 1;
        if !definition.static_ports.is_empty() {
            self.ports.extend(&definition.static_ports);
        }
        if self.keeps_groups {
            *self.by_service.entry(service).or_default() += 1;
        }
    }

    pub(super) fn give(
        &mut self,
        service: ServiceIx,
        reserved: Resources,
        static_ports: &[ReservedPort],
    ) {
        self.used -= reserved;
        for port in static_ports {
            self.ports.remove(port);
        }
        self.running = self.running.saturating_sub(1);
        if self.keeps_groups
            && let Some(count) = self.by_service.get_mut(&service)
        {
            *count = count.saturating_sub(1);
        }
    }
}

fn by_service(state: &ControlState, instance: InstanceIx) -> BTreeMap<ServiceIx, u32> {
    let mut counts = BTreeMap::new();
    let tasks = state.tasks_on(instance);
    for (_, task) in tasks.filter(|(_, task)| task.is_wanted()) {
        *counts.entry(task.service).or_default() += 1;
    }
    counts
}
