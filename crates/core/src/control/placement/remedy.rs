//! The smallest change that would make a task fit. The filters of a host are independent, so what
//! answers each verdict of a host makes the task fit there; a new host is tried by the same filters.

use super::explain::{Candidate, Explanation};
use super::filter::{Verdict, Wanted};
use super::room::HostRoom;
use crate::id::{InstanceIx, ZoneIx};
use crate::model::{
    Architecture, CPU_ARCHITECTURE, ConstraintOrigin, Instance, InstanceType, Model, Scheduling,
    host_of_type,
};
use crate::taskdef::{MEMORY_MIB_MIN, NetworkMode, ReservedPort};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// One change to the document or to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The task reserves less memory.
    LessMemory {
        /// MiB less.
        by: u32,
        /// MiB that are left to it.
        to: u32,
    },
    /// The task reserves less CPU.
    LessCpu {
        /// CPU units less.
        by: u32,
        /// CPU units that are left to it.
        to: u32,
    },
    /// The container takes whatever host port is free: `hostPort` 0.
    DynamicPort {
        /// The port that it asks for now.
        port: ReservedPort,
    },
    /// The host is set ACTIVE again.
    Activate,
    /// The host's agent connects again.
    Connect,
    /// The service gets a subnet in a zone.
    AddSubnet {
        /// The zone.
        zone: ZoneIx,
    },
    /// The host gets an attribute that an expression asks for.
    AddAttribute {
        /// Its name.
        name: String,
        /// The constraint that asks for it.
        constraint: ConstraintOrigin,
    },
    /// A constraint goes, or asks for less.
    LoosenConstraint {
        /// Which.
        constraint: ConstraintOrigin,
    },
    /// One more host.
    AddHost {
        /// Of this type.
        instance_type: String,
        /// In this zone.
        zone: ZoneIx,
        /// What an hour of it costs in millionths of a US dollar, where that is known.
        micro_usd_per_hour: Option<u32>,
    },
}

/// Changes that together make the task fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The host where it would then go; none where it is a new one.
    pub instance: Option<InstanceIx>,
    /// What to change.
    pub changes: Vec<Change>,
}

/// Most remedies that are told.
const REMEDIES_MAX: usize = 3;

/// A task is not advised to do with less than this percentage of what it asks for: who wrote the
/// number will have had a reason. Our own judgement.
const KEPT_PERCENT_MIN: u32 = 50;

impl Change {
    /// How much is asked of people, for putting the smallest first. Our own judgement: a port or a
    /// few MiB are a line in a file; a host costs money; a constraint stands there for a reason.
    /// What a task is to do without counts as the percentage that it is of the task's own.
    fn size(&self) -> u32 {
        let share = |by: u32, to: u32| {
            let percent = u64::from(by) * 100 / u64::from(by.saturating_add(to).max(1));
            u32::try_from(percent).unwrap_or(100)
        };
        match self {
            Self::DynamicPort { .. } => 10,
            Self::LessMemory { by, to } | Self::LessCpu { by, to } => 10 + share(*by, *to),
            Self::Activate | Self::Connect => 20,
            Self::AddSubnet { .. } => 30,
            Self::AddAttribute { .. } => 35,
            Self::AddHost { .. } => 45,
            Self::LoosenConstraint { .. } => 60,
        }
    }
}

impl Remedy {
    fn size(&self) -> u32 {
        self.changes.iter().map(Change::size).sum()
    }
}

impl Explanation {
    /// What would make the task fit, the smallest change first; nothing where it fits already.
    #[must_use]
    pub fn remedies(&self, model: &Model) -> Vec<Remedy> {
        if self.chosen.is_some() {
            return Vec::new();
        }
        let wanted = Wanted::new(model, self.service, self.task_definition);
        let on_hosts = self.candidates.iter().filter_map(|it| on_host(&wanted, it));
        // Another host would want a task of a daemon service as well, and this one still wait.
        let is_replica = wanted.service.scheduling == Scheduling::Replica;
        let new_host = is_replica.then(|| new_host(&wanted, &self.candidates));
        let mut all: Vec<Remedy> = on_hosts.chain(new_host.flatten()).collect();
        crate::sort::sort_by_key(&mut all, |remedy| (remedy.size(), remedy.instance));
        let mut told: Vec<Remedy> = Vec::new();
        for remedy in all {
            let is_new = |known: &Remedy| known.changes != remedy.changes;
            if told.len() < REMEDIES_MAX && told.iter().all(is_new) {
                told.push(remedy);
            }
        }
        told
    }
}

/// What would make the task fit on this host.
fn on_host(wanted: &Wanted<'_>, candidate: &Candidate) -> Option<Remedy> {
    let zone = wanted.model.instance(candidate.instance).zone;
    let mut changes: Vec<Change> = Vec::new();
    for verdict in &candidate.failed {
        let change = answer(wanted, verdict, zone)?;
        if !changes.contains(&change) {
            changes.push(change);
        }
    }
    Some(Remedy {
        instance: Some(candidate.instance),
        changes,
    })
}

fn answer(wanted: &Wanted<'_>, verdict: &Verdict, zone: ZoneIx) -> Option<Change> {
    let need = wanted.definition.reserved;
    match verdict {
        Verdict::InsufficientMemory { short } => {
            let containers = wanted.definition.document.container_definitions.len();
            let least = MEMORY_MIB_MIN.saturating_mul(u32::try_from(containers).ok()?);
            let to = need.memory.0.checked_sub(*short);
            let to = to.filter(|to| *to >= least && is_enough(*to, need.memory.0))?;
            Some(Change::LessMemory { by: *short, to })
        }
        Verdict::KeptForDaemon { cpu: 0, memory } => {
            let to = need.memory.0.checked_sub(*memory);
            let to = to.filter(|to| is_enough(*to, need.memory.0))?;
            Some(Change::LessMemory { by: *memory, to })
        }
        Verdict::KeptForDaemon { cpu, memory: 0 } => {
            let to = need.cpu.0.checked_sub(*cpu);
            let to = to.filter(|to| is_enough(*to, need.cpu.0))?;
            Some(Change::LessCpu { by: *cpu, to })
        }
        Verdict::KeptForDaemon { .. } => None,
        Verdict::InsufficientCpu { short } => {
            let to = need.cpu.0.checked_sub(*short);
            let to = to.filter(|to| is_enough(*to, need.cpu.0))?;
            Some(Change::LessCpu { by: *short, to })
        }
        Verdict::PortInUse { port, .. } => {
            // Only in bridge mode is there a port of the host to choose.
            let bridge = wanted.definition.document.network_mode() == NetworkMode::Bridge;
            bridge.then_some(Change::DynamicPort { port: *port })
        }
        Verdict::Draining => Some(Change::Activate),
        Verdict::AgentDisconnected => Some(Change::Connect),
        Verdict::OutsideSubnets => Some(Change::AddSubnet { zone }),
        Verdict::NotDistinct { constraint } => Some(Change::LoosenConstraint {
            constraint: ConstraintOrigin::Service(*constraint),
        }),
        Verdict::NotMember { constraint, lacks } => Some(match lacks {
            // ECS's own attributes are not anybody's to set.
            Some(name) if !name.starts_with("ecs.") => Change::AddAttribute {
                name: name.clone(),
                constraint: *constraint,
            },
            Some(_) | None => Change::LoosenConstraint {
                constraint: *constraint,
            },
        }),
        Verdict::NotActive
        | Verdict::InsufficientGpus { .. }
        | Verdict::InsufficientInterfaces { .. }
        | Verdict::TooManyPorts
        | Verdict::MissingAttribute { .. }
        | Verdict::WrongArchitecture
        | Verdict::WrongOsFamily
        | Verdict::HasDaemonTask => None,
    }
}

/// Whether `to` of `from` is worth an advice.
fn is_enough(to: u32, from: u32) -> bool {
    u64::from(to) * 100 >= u64::from(from) * u64::from(KEPT_PERCENT_MIN)
}

/// One more host on which the task fits: of a type that the cluster has, the cheapest of them;
/// else the cheapest of all.
fn new_host(wanted: &Wanted<'_>, candidates: &[Candidate]) -> Option<Remedy> {
    let model = wanted.model;
    let of_cluster = || {
        let present = model.present_instances().map(|(_, host)| host);
        present.filter(|host| host.cluster == wanted.service.cluster)
    };
    let zones = zones(wanted, of_cluster());
    let in_use = |known: &&InstanceType| of_cluster().any(|it| it.instance_type == known.name);
    let (own, mut others): (Vec<_>, Vec<_>) = model.all_instance_types().partition(in_use);
    // An image is built for the processors that are there: another one is advised only where the
    // task itself asks for it, or nothing stands yet.
    let asks = wanted.definition.document.runtime_platform.as_ref();
    if asks.is_none_or(|platform| platform.cpu_architecture.is_none()) {
        let known = of_cluster().map(|host| host.attributes.get(CPU_ARCHITECTURE));
        let known: Vec<&str> = known.flatten().filter_map(Option::as_deref).collect();
        let is_x86 = |it: &&InstanceType| it.architecture == Architecture::X86;
        others.retain(|it| match known.as_slice() {
            [] => is_x86(it),
            known => known.contains(&it.architecture.name()),
        });
    }
    let price = |known: &&InstanceType| (known.micro_usd_per_hour.unwrap_or(u32::MAX), known.vcpu);
    for mut types in [own, others] {
        crate::sort::sort_by_key(&mut types, price);
        for known in types {
            let pattern = pattern(model, candidates, known);
            let fits = |zone: &&ZoneIx| {
                let host = host_of_type(model, known, **zone, pattern);
                is_home(wanted, host)
            };
            if let Some(zone) = zones.iter().find(fits) {
                return Some(Remedy {
                    instance: None,
                    changes: vec![Change::AddHost {
                        instance_type: known.name.to_string(),
                        zone: *zone,
                        micro_usd_per_hour: known.micro_usd_per_hour,
                    }],
                });
            }
        }
    }
    None
}

/// A host of the type to make the new one like: one that has the attributes, if there is one.
fn pattern<'a>(
    model: &'a Model,
    candidates: &[Candidate],
    known: &InstanceType,
) -> Option<&'a Instance> {
    let of_type = candidates
        .iter()
        .map(|candidate| (candidate, model.instance(candidate.instance)))
        .filter(|(_, host)| host.instance_type == known.name);
    let lacks = |verdict: &Verdict| {
        matches!(
            verdict,
            Verdict::NotMember { lacks: Some(_), .. } | Verdict::MissingAttribute { .. }
        )
    };
    let best = of_type.min_by_key(|(candidate, _)| {
        let lacking = candidate.failed.iter().filter(|it| lacks(it)).count();
        (lacking, candidate.instance)
    });
    best.map(|(_, host)| host)
}

/// Zones to put a new host in: the emptiest first.
fn zones<'a>(wanted: &Wanted<'_>, hosts: impl Iterator<Item = &'a Instance>) -> Vec<ZoneIx> {
    let mut counts: Vec<(u32, ZoneIx)> = (0..wanted.model.zones.len())
        .map(|at| (0, ZoneIx::from_at(at)))
        .collect();
    for host in hosts {
        counts[host.zone.at()].0 += 1;
    }
    crate::sort::sort(&mut counts);
    counts.into_iter().map(|(_, zone)| zone).collect()
}

/// Whether the task fits on such a host once it stands there with its daemons.
fn is_home(wanted: &Wanted<'_>, host: Instance) -> bool {
    let model = wanted.model;
    let alone = Model {
        settings: model.settings,
        instance_types: Vec::new(),
        zones: model.zones.clone(),
        instances: vec![host],
        task_definitions: model.task_definitions.clone(),
        services: model.services.clone(),
        load_balancers: Vec::new(),
        listeners: Vec::new(),
        target_groups: Vec::new(),
        alarms: Vec::new(),
        registries: Vec::new(),
        asks_for_groups: model.asks_for_groups,
        trunking: model.trunking,
    };
    let instance = InstanceIx(0);
    let mut room = HostRoom::empty(instance, alone.instance(instance));
    for (daemon, service) in alone.present_services() {
        let is_daemon = service.scheduling == Scheduling::Daemon && daemon != wanted.service_ix;
        let on_it = Wanted::new(&alone, daemon, service.task_definition);
        let same_cluster = service.cluster == wanted.service.cluster;
        if is_daemon && same_cluster && on_it.suits(&room) {
            room.hold(on_it.definition);
        }
    }
    let wanted = Wanted::new(&alone, wanted.service_ix, wanted.definition_ix);
    wanted.verdicts(&room, 0).is_empty()
}
