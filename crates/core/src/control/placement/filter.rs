//! Filters: what a host must have (ecs.md 2.1, steps 1 and 2). One walk over them serves the
//! choice, which stops at the first that fails, and the explanation, which hears them all.

use super::room::HostRoom;
use crate::control::state::{ControlState, InstanceStatus};
use crate::id::{InstanceIx, ServiceIx, TaskDefinitionIx};
use crate::model::{
    CPU_ARCHITECTURE, Constraint, ConstraintOrigin, Definition, Instance, Model, OS_FAMILY,
    Scheduling, Service,
};
use crate::query::{HostFacts, Miss, Query};
use crate::taskdef::{CpuArchitecture, ReservedPort};
use crate::units::Resources;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// Why a host does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is gone or has not registered yet.
    NotActive,
    /// It is DRAINING: nothing is placed on it.
    Draining,
    /// Its agent is not connected.
    AgentDisconnected,
    /// Its CPU is reserved.
    InsufficientCpu {
        /// CPU units missing.
        short: u32,
    },
    /// Its memory is reserved.
    InsufficientMemory {
        /// MiB missing.
        short: u32,
    },
    /// Its GPUs are taken, or it has none.
    InsufficientGpus {
        /// GPUs missing.
        short: u32,
    },
    /// Its network interfaces are taken (ecs.md 2.6).
    InsufficientInterfaces {
        /// Interfaces missing.
        short: u32,
    },
    /// What is free is kept for a daemon task that is still to be placed (ecs.md 2.12).
    KeptForDaemon {
        /// CPU units missing because of that.
        cpu: u32,
        /// MiB missing because of that.
        memory: u32,
    },
    /// With the task's ports the host would have more than 100 reserved.
    TooManyPorts,
    /// A host port that the task wants is held.
    PortInUse {
        /// The port.
        port: ReservedPort,
        /// Who holds it.
        holder: PortHolder,
    },
    /// It lacks a capability that the task definition needs.
    MissingAttribute {
        /// Place of the name in the definition's `required_attributes`.
        attribute: usize,
    },
    /// Its processor is not the one of the definition's `runtimePlatform`.
    WrongArchitecture,
    /// Its operating system is not the one of the definition's `runtimePlatform`.
    WrongOsFamily,
    /// No subnet of the service lies in its zone (LOCATION).
    OutsideSubnets,
    /// It already has a task of the service, which wants distinct hosts.
    NotDistinct {
        /// Place of the constraint in the service's list.
        constraint: usize,
    },
    /// It already has its task of the daemon service.
    HasDaemonTask,
    /// It is not a member of what an expression asks for.
    NotMember {
        /// Whose constraint.
        constraint: ConstraintOrigin,
        /// The attribute that it lacks altogether, if that is why.
        lacks: Option<String>,
    },
}

impl Verdict {
    /// Whether the host only lacks room now: without what others hold, it would do.
    #[must_use]
    pub const fn is_of_room(&self) -> bool {
        match self {
            Self::InsufficientCpu { .. }
            | Self::InsufficientMemory { .. }
            | Self::InsufficientGpus { .. }
            | Self::InsufficientInterfaces { .. }
            | Self::KeptForDaemon { .. }
            | Self::TooManyPorts
            | Self::PortInUse { .. } => true,
            Self::NotActive
            | Self::Draining
            | Self::AgentDisconnected
            | Self::MissingAttribute { .. }
            | Self::WrongArchitecture
            | Self::WrongOsFamily
            | Self::OutsideSubnets
            | Self::NotDistinct { .. }
            | Self::HasDaemonTask
            | Self::NotMember { .. } => false,
        }
    }
}

/// Who holds a host port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortHolder {
    /// The agent or SSH, or what else the host has registered as reserved.
    Host,
    /// A task that stands on the host.
    Task,
    /// A daemon task that is still to be placed there (ecs.md 2.12).
    Daemon,
}

impl Verdict {
    /// Whether the host is out of the question before anything is compared: it is no candidate of
    /// ECS's at all.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        match self {
            Self::NotActive | Self::Draining | Self::AgentDisconnected => true,
            Self::InsufficientCpu { .. }
            | Self::InsufficientMemory { .. }
            | Self::InsufficientGpus { .. }
            | Self::InsufficientInterfaces { .. }
            | Self::KeptForDaemon { .. }
            | Self::TooManyPorts
            | Self::PortInUse { .. }
            | Self::MissingAttribute { .. }
            | Self::WrongArchitecture
            | Self::WrongOsFamily
            | Self::OutsideSubnets
            | Self::NotDistinct { .. }
            | Self::HasDaemonTask
            | Self::NotMember { .. } => false,
        }
    }
}

/// Most host ports that are reserved on a host, its own among them (ecs.md 2.5).
const RESERVED_PORTS_MAX: usize = 100;

/// What is asked of hosts: one task of a revision of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) model: &'a Model,
    pub(super) service_ix: ServiceIx,
    pub(super) definition_ix: TaskDefinitionIx,
    pub(super) service: &'a Service,
    pub(super) definition: &'a Definition,
}

type Told = ControlFlow<()>;

impl<'a> Wanted<'a> {
    pub(super) fn new(
        model: &'a Model,
        service_ix: ServiceIx,
        definition_ix: TaskDefinitionIx,
    ) -> Self {
        Self {
            model,
            service_ix,
            definition_ix,
            service: model.service(service_ix),
            definition: model.definition(definition_ix),
        }
    }

    /// Everything that speaks against the host, in ECS's order.
    pub(super) fn verdicts(&self, host: &HostRoom, tasks_of_service: u32) -> Vec<Verdict> {
        let mut all = Vec::new();
        let mut tell = |verdict| {
            all.push(verdict);
            ControlFlow::Continue(())
        };
        let _ = self.walk(host, tasks_of_service, &mut tell);
        all
    }

    fn walk(
        &self,
        host: &HostRoom,
        tasks_of_service: u32,
        tell: &mut impl FnMut(Verdict) -> Told,
    ) -> Told {
        presence(host, tell)?;
        self.room(host, tell)?;
        self.nature(host, tell)?;
        self.own_constraints(host, tasks_of_service, tell, |_| true)
    }

    /// Whether nothing about the host that changes only with the model speaks against it.
    pub(super) fn suits(&self, host: &HostRoom) -> bool {
        let mut tell = |_| ControlFlow::Break(());
        let settled = |query: &Query| !query.depends_on_state();
        self.nature(host, &mut tell).is_continue()
            && self.queries(host, &mut tell, settled).is_continue()
    }

    /// Whether nothing that changes while tasks come and go speaks against a host that
    /// [`Self::suits`].
    pub(super) fn fits_now(&self, host: &HostRoom, tasks_of_service: u32) -> bool {
        let mut tell = |_| ControlFlow::Break(());
        presence(host, &mut tell).is_continue()
            && self.room(host, &mut tell).is_continue()
            && self
                .own_constraints(host, tasks_of_service, &mut tell, Query::depends_on_state)
                .is_continue()
    }

    /// Whether the expressions that depend on the state allow the host.
    pub(super) fn state_allows(&self, host: &HostRoom) -> bool {
        let mut tell = |_| ControlFlow::Break(());
        self.queries(host, &mut tell, Query::depends_on_state)
            .is_continue()
    }

    /// CPU, memory, GPUs, interfaces, ports.
    fn room(&self, host: &HostRoom, tell: &mut impl FnMut(Verdict) -> Told) -> Told {
        let (need, free) = (
            self.definition.reserved,
            host.free_for(self.service.scheduling),
        );
        if !free.holds(&need) {
            if host.free().holds(&need) {
                let cpu = need.cpu.0.saturating_sub(free.cpu.0);
                let memory = need.memory.0.saturating_sub(free.memory.0);
                tell(Verdict::KeptForDaemon { cpu, memory })?;
            } else {
                shortages(need, host.free()).try_for_each(&mut *tell)?;
            }
        }
        if self.definition.static_ports.is_empty() {
            return ControlFlow::Continue(());
        }
        let instance = self.instance(host);
        let wanted = self.definition.static_ports.len();
        if instance.reserved_ports.len() + host.ports_held() + wanted > RESERVED_PORTS_MAX {
            tell(Verdict::TooManyPorts)?;
        }
        for port in &self.definition.static_ports {
            if let Some(holder) = host.holder(instance, port, self.service.scheduling) {
                let port = *port;
                tell(Verdict::PortInUse { port, holder })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// What the host is: capabilities, platform, zone.
    fn nature(&self, host: &HostRoom, tell: &mut impl FnMut(Verdict) -> Told) -> Told {
        let instance = self.instance(host);
        let required = self.definition.required_attributes.iter().enumerate();
        for (attribute, name) in required {
            if !instance.attributes.contains_key(name) {
                tell(Verdict::MissingAttribute { attribute })?;
            }
        }
        self.platform(instance, tell)?;
        let zones = self.service.zones.as_ref();
        if zones.is_some_and(|zones| !zones.contains(&instance.zone)) {
            tell(Verdict::OutsideSubnets)?;
        }
        ControlFlow::Continue(())
    }

    /// `runtimePlatform` acts as a constraint where it stands; how ECS matches it is not
    /// documented, we compare it with the attributes (ecs.md 2.9).
    fn platform(&self, instance: &Instance, tell: &mut impl FnMut(Verdict) -> Told) -> Told {
        let Some(platform) = &self.definition.document.runtime_platform else {
            return ControlFlow::Continue(());
        };
        let has = |name: &str| instance.attributes.get(name).and_then(Option::as_deref);
        let architecture = platform.cpu_architecture.map(|wanted| match wanted {
            CpuArchitecture::X8664 => "x86_64",
            CpuArchitecture::Arm64 => "arm64",
        });
        if architecture.is_some_and(|wanted| has(CPU_ARCHITECTURE) != Some(wanted)) {
            tell(Verdict::WrongArchitecture)?;
        }
        let family = platform.operating_system_family.map(|family| family.name());
        if family.is_some_and(|wanted| has(OS_FAMILY) != Some(wanted)) {
            tell(Verdict::WrongOsFamily)?;
        }
        ControlFlow::Continue(())
    }

    fn own_constraints(
        &self,
        host: &HostRoom,
        tasks_of_service: u32,
        tell: &mut impl FnMut(Verdict) -> Told,
        asked: impl Fn(&Query) -> bool,
    ) -> Told {
        if tasks_of_service > 0 {
            if self.service.scheduling == Scheduling::Daemon {
                tell(Verdict::HasDaemonTask)?;
            }
            for (constraint, it) in &self.service.constraints {
                if *it == Constraint::DistinctInstance {
                    let constraint = *constraint;
                    tell(Verdict::NotDistinct { constraint })?;
                }
            }
        }
        self.queries(host, tell, asked)
    }

    fn queries(
        &self,
        host: &HostRoom,
        tell: &mut impl FnMut(Verdict) -> Told,
        asked: impl Fn(&Query) -> bool,
    ) -> Told {
        for (constraint, query) in self.expressions().filter(|(_, query)| asked(query)) {
            let groups = host.groups(self.model);
            let facts = facts(self.model, self.instance(host), host, &groups);
            if let Some(miss) = query.miss(&facts) {
                let lacks = miss.lacks_attribute.map(ToString::to_string);
                tell(Verdict::NotMember { constraint, lacks })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The expressions of the task definition, then those of the service.
    fn expressions(&self) -> impl Iterator<Item = (ConstraintOrigin, &'a Query)> {
        let of_definition = self.definition.constraints.iter();
        let of_definition =
            of_definition.map(|(at, query)| (ConstraintOrigin::TaskDefinition(*at), query));
        let of_service = self.service.constraints.iter().filter_map(|(at, it)| {
            let Constraint::MemberOf(query) = it else {
                return None;
            };
            Some((ConstraintOrigin::Service(*at), query))
        });
        of_definition.chain(of_service)
    }

    fn instance(&self, host: &HostRoom) -> &'a Instance {
        self.model.instance(host.instance)
    }
}

fn presence(host: &HostRoom, tell: &mut impl FnMut(Verdict) -> Told) -> Told {
    match host.status {
        InstanceStatus::Inactive => tell(Verdict::NotActive),
        InstanceStatus::Draining => tell(Verdict::Draining),
        InstanceStatus::Active if !host.connected => tell(Verdict::AgentDisconnected),
        InstanceStatus::Active => ControlFlow::Continue(()),
    }
}

fn shortages(need: Resources, free: Resources) -> impl Iterator<Item = Verdict> {
    let of = |need: u32, free: u32| need.checked_sub(free).filter(|short| *short > 0);
    let cpu = of(need.cpu.0, free.cpu.0).map(|short| Verdict::InsufficientCpu { short });
    let memory = of(need.memory.0, free.memory.0);
    let memory = memory.map(|short| Verdict::InsufficientMemory { short });
    let gpus = of(need.gpus, free.gpus).map(|short| Verdict::InsufficientGpus { short });
    let interfaces = of(need.interfaces, free.interfaces);
    let interfaces = interfaces.map(|short| Verdict::InsufficientInterfaces { short });
    [cpu, memory, gpus, interfaces].into_iter().flatten()
}

/// What an expression may ask of a host. One that the document does not say when it registered
/// did so during the run, by the run's own calendar.
fn facts<'a>(
    model: &Model,
    instance: &'a Instance,
    host: &HostRoom,
    groups: &'a [&'a str],
) -> HostFacts<'a> {
    let during_run = || {
        let seconds = i64::try_from(host.registered_at?.0 / 1000).ok()?;
        Some(model.settings.epoch_seconds.saturating_add(seconds))
    };
    HostFacts {
        attributes: &instance.attributes,
        ec2_instance_id: &instance.name,
        agent_connected: host.connected,
        agent_version: &instance.agent_version,
        registered_at: instance.registered_at.or_else(during_run),
        running_tasks_count: host.running,
        task_groups: groups,
    }
}

/// What each host of `cluster`, or of all clusters, lacks to match an expression as things stand,
/// by index; nothing where it matches. Hosts that are gone or still to come are left out.
#[must_use]
pub fn ask_hosts<'q>(
    model: &Model,
    state: &ControlState,
    cluster: Option<&str>,
    query: &'q Query,
) -> Vec<(InstanceIx, Option<Miss<'q>>)> {
    let mut asked = Vec::new();
    for (instance, compiled) in model.present_instances() {
        let host = HostRoom::of(model, state, instance, query.asks_for_groups());
        if host.is_there() && cluster.is_none_or(|cluster| compiled.cluster == cluster) {
            let groups = host.groups(model);
            asked.push((
                instance,
                query.miss(&facts(model, compiled, &host, &groups)),
            ));
        }
    }
    asked
}

/// The hosts of `cluster`, or of all clusters, that match an expression as things stand, by
/// index: ListContainerInstances with a filter.
#[must_use]
pub fn matching(
    model: &Model,
    state: &ControlState,
    cluster: Option<&str>,
    query: &Query,
) -> Vec<InstanceIx> {
    let asked = ask_hosts(model, state, cluster, query).into_iter();
    let hits = asked.filter(|(_, miss)| miss.is_none());
    hits.map(|(instance, _)| instance).collect()
}
