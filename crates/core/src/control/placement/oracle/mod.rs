//! The oracle: placement as AWS's text says it, host by host and filter by filter, slow and plain.
//! It shares no code with the engine but the query language. On random clusters under random
//! tasks the engine must choose what it chooses, and every host stay within what it has.

mod clusters;

use super::{Explanation, Placement, Ticket, explain};
use crate::control::state::{ControlState, InstanceStatus};
use crate::control::{Action, Fact, HostLoss, Observation, StartCause, StopCause};
use crate::draw::{Stream, draw_below};
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskId};
use crate::model::{Constraint, Model, Scheduling, SpreadField, Strategy, compile};
use crate::query::{HostFacts, Query};
use crate::taskdef::{CpuArchitecture, ReservedPort};
use crate::time::Instant;
use crate::units::Resources;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use clusters::{Dice, cluster};

/// What the tasks that are desired RUNNING take from a host.
fn taken(model: &Model, state: &ControlState, host: InstanceIx) -> (Resources, Vec<ReservedPort>) {
    let (mut sum, mut ports) = (Resources::default(), Vec::new());
    for task in state.tasks.values() {
        if task.instance == host && task.is_wanted() {
            let definition = model.definition(task.task_definition);
            sum += definition.reserved;
            ports.extend(definition.static_ports.iter().copied());
        }
    }
    (sum, ports)
}

fn tasks_on(state: &ControlState, service: ServiceIx, host: InstanceIx) -> usize {
    let tasks = state.tasks.values();
    let its = tasks.filter(|it| it.service == service && it.instance == host && it.is_wanted());
    its.count()
}

fn satisfies(model: &Model, state: &ControlState, host: InstanceIx, query: &Query) -> bool {
    let compiled = model.instance(host);
    let known = &state.instances[&host];
    let there = || {
        state
            .tasks
            .values()
            .filter(|it| it.instance == host && it.is_wanted())
    };
    let groups: Vec<String> = there()
        .map(|it| format!("service:{}", model.service(it.service).name))
        .collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    query.matches(&HostFacts {
        attributes: &compiled.attributes,
        ec2_instance_id: &compiled.name,
        agent_connected: known.connected,
        agent_version: &compiled.agent_version,
        registered_at: compiled.registered_at.or(Some(1_767_225_600)),
        running_tasks_count: u32::try_from(there().count()).unwrap(),
        task_groups: &groups,
    })
}

/// What does not change while tasks come and go: capabilities, platform, zone, cluster.
fn is_of_the_kind(model: &Model, service: ServiceIx, host: InstanceIx) -> bool {
    let (service, compiled) = (model.service(service), model.instance(host));
    let definition = model.definition(service.task_definition);
    let has = |name: &str| compiled.attributes.get(name).cloned().flatten();
    let platform = definition.document.runtime_platform.as_ref();
    let architecture = platform
        .and_then(|it| it.cpu_architecture)
        .map(|it| match it {
            CpuArchitecture::X8664 => "x86_64",
            CpuArchitecture::Arm64 => "arm64",
        });
    let mut required = definition.required_attributes.iter();
    compiled.present
        && compiled.cluster == service.cluster
        && required.all(|name| compiled.attributes.contains_key(name))
        && architecture.is_none_or(|it| has("ecs.cpu-architecture").as_deref() == Some(it))
        && service
            .zones
            .as_ref()
            .is_none_or(|zones| zones.contains(&compiled.zone))
}

fn constraints_hold(
    model: &Model,
    state: &ControlState,
    service: ServiceIx,
    host: InstanceIx,
) -> bool {
    let compiled = model.service(service);
    let of_definition = &model.definition(compiled.task_definition).constraints;
    let own = compiled
        .constraints
        .iter()
        .all(|(_, constraint)| match constraint {
            Constraint::DistinctInstance => tasks_on(state, service, host) == 0,
            Constraint::MemberOf(query) => satisfies(model, state, host, query),
        });
    own && of_definition
        .iter()
        .all(|(_, query)| satisfies(model, state, host, query))
}

fn fits(model: &Model, state: &ControlState, service: ServiceIx, host: InstanceIx) -> bool {
    let compiled = model.service(service);
    let definition = model.definition(compiled.task_definition);
    let known = &state.instances[&host];
    if known.status != InstanceStatus::Active || !known.connected {
        return false;
    }
    let (mut used, mut ports) = taken(model, state, host);
    let is_replica = compiled.scheduling == Scheduling::Replica;
    for (daemon, its) in model.present_services().filter(|_| is_replica) {
        // Daemons come first: what they lack is kept for them, where they could stand at all.
        let wants = its.scheduling == Scheduling::Daemon
            && is_of_the_kind(model, daemon, host)
            && settled_queries_hold(model, state, daemon, host)
            && model
                .instance(host)
                .registered
                .holds(&model.definition(its.task_definition).reserved)
            && tasks_on(state, daemon, host) == 0;
        if wants {
            let definition = model.definition(its.task_definition);
            used += definition.reserved;
            ports.extend(definition.static_ports.iter().copied());
        }
    }
    let (registered, need) = (model.instance(host).registered, definition.reserved);
    let reserved = &model.instance(host).reserved_ports;
    used.cpu.0 + need.cpu.0 <= registered.cpu.0
        && used.memory.0 + need.memory.0 <= registered.memory.0
        && used.gpus + need.gpus <= registered.gpus
        && u64::from(used.interfaces) + u64::from(need.interfaces)
            <= u64::from(registered.interfaces)
        && definition
            .static_ports
            .iter()
            .all(|port| !ports.contains(port) && !reserved.contains(port))
        && is_of_the_kind(model, service, host)
        && (is_replica || tasks_on(state, service, host) == 0)
        && constraints_hold(model, state, service, host)
}

/// The expressions of a daemon that cannot change while tasks come and go.
fn settled_queries_hold(
    model: &Model,
    state: &ControlState,
    service: ServiceIx,
    host: InstanceIx,
) -> bool {
    let compiled = model.service(service);
    let of_definition = model
        .definition(compiled.task_definition)
        .constraints
        .iter();
    let own = compiled.constraints.iter().filter_map(|(_, it)| match it {
        Constraint::DistinctInstance => None,
        Constraint::MemberOf(query) => Some(query),
    });
    let mut all = of_definition.map(|(_, query)| query).chain(own);
    all.all(|query| query.depends_on_state() || satisfies(model, state, host, query))
}

/// The attribute or host that a strategy spreads over.
fn spread_value(model: &Model, field: &SpreadField, host: InstanceIx) -> Option<String> {
    let compiled = model.instance(host);
    match field {
        SpreadField::Instance => Some(compiled.name.clone()),
        SpreadField::Attribute(name) => compiled.attributes.get(name.as_ref()).cloned().flatten(),
    }
}

/// Filter, then narrow by one strategy after the other, then the first in the document.
fn choice(
    model: &Model,
    state: &ControlState,
    service: ServiceIx,
    ticket: Ticket,
) -> Option<InstanceIx> {
    let hosts = (0..model.instances.len()).map(InstanceIx::from_at);
    let mut left: Vec<InstanceIx> = hosts
        .filter(|host| state.instances.contains_key(host) && fits(model, state, service, *host))
        .collect();
    let strategies = &model.service(service).strategies;
    let leading = strategies.iter().map_while(|strategy| match strategy {
        Strategy::Spread(field @ SpreadField::Attribute(_)) => Some(field),
        Strategy::Spread(SpreadField::Instance)
        | Strategy::BinpackCpu
        | Strategy::BinpackMemory
        | Strategy::Random => None,
    });
    let leading: Vec<&SpreadField> = leading.collect();
    for strategy in strategies {
        if left.is_empty() {
            return None;
        }
        let free = |host: InstanceIx| model.instance(host).registered - taken(model, state, host).0;
        let scores: Vec<usize> = match strategy {
            Strategy::Spread(field) => {
                let its: Vec<_> = state
                    .tasks
                    .values()
                    .filter(|it| it.service == service && it.is_wanted())
                    .map(|it| spread_value(model, field, it.instance))
                    .collect();
                let count = |host: &InstanceIx| {
                    let value = spread_value(model, field, *host);
                    its.iter().filter(|other| **other == value).count()
                };
                left.iter().map(count).collect()
            }
            Strategy::BinpackCpu => left.iter().map(|it| free(*it).cpu.0 as usize).collect(),
            Strategy::BinpackMemory => left.iter().map(|it| free(*it).memory.0 as usize).collect(),
            Strategy::Random => {
                // Which host a number draws is not AWS's to say; ours counts them off by the
                // values that were spread over, then by their places.
                left.sort_by_key(|host| {
                    let values = leading
                        .iter()
                        .map(|field| spread_value(model, field, *host));
                    (values.collect::<Vec<_>>(), *host)
                });
                let all = left.len() as u64;
                let drawn = draw_below(ticket.seed, Stream::Placement, ticket.number, all);
                (0..left.len())
                    .map(|at| usize::from(at as u64 != drawn))
                    .collect()
            }
        };
        let least = scores.iter().min().copied()?;
        let mut scores = scores.into_iter();
        left.retain(|_| scores.next() == Some(least));
    }
    left.into_iter().min()
}

/// A cluster under random orders, with an engine that follows it.
struct Story {
    model: Model,
    state: ControlState,
    warm: Placement,
    placed: u128,
}

impl Story {
    fn apply(&mut self, fact: Fact) {
        self.state
            .apply(&self.model, Instant::ZERO, &fact, &mut Vec::new());
    }

    /// The engine's choice, cold and warm and explained, held against the oracle's.
    fn place(&mut self, service: ServiceIx, story: u64) -> Option<InstanceIx> {
        let (model, state) = (&self.model, &self.state);
        let definition = model.service(service).task_definition;
        let ticket = Ticket {
            seed: state.seed,
            number: state.tasks_started,
        };
        let expected = choice(model, state, service, ticket);
        self.warm.follow(model, state);
        let warm = self.warm.choose(model, state, service, definition, ticket);
        let mut fresh = Placement::default();
        let cold = fresh.choose(model, state, service, definition, ticket);
        let told: Explanation = explain(model, state, service);
        let all = (warm, cold, told.chosen);
        assert_eq!(
            all,
            (expected, expected, expected),
            "cluster {story}, {service:?}"
        );
        if expected.is_none() {
            assert!(told.candidates.iter().all(|it| !it.failed.is_empty()));
            let _ = told.remedies(model);
        }
        self.apply(Fact::Considered);
        let instance = expected?;
        self.placed += 1;
        self.apply(Fact::Ordered(Action::StartTask {
            task: TaskId(self.placed),
            service,
            deployment: DeploymentId(1),
            task_definition: definition,
            instance,
            cause: StartCause::DesiredCount,
        }));
        Some(instance)
    }

    fn stop(&mut self, task: TaskId) {
        let cause = StopCause::ServiceDeleted;
        self.apply(Fact::Ordered(Action::StopTask { task, cause }));
    }

    fn end(&mut self, task: TaskId) {
        self.apply(Fact::Observed(Observation::ContainersStopped { task }));
        self.apply(Fact::Observed(Observation::NetworkDetached { task }));
    }

    fn check_hosts(&self, story: u64) {
        for (instance, known) in &self.state.instances {
            let (used, mut ports) = taken(&self.model, &self.state, *instance);
            let registered = self.model.instance(*instance).registered;
            assert!(
                registered.holds(&used),
                "cluster {story}: {instance:?} holds {used:?}"
            );
            assert_eq!(used, known.reserved, "cluster {story}: the books balance");
            let all = ports.len();
            ports.sort_unstable();
            ports.dedup();
            assert_eq!(ports.len(), all, "cluster {story}: a port is held twice");
        }
    }
}

#[test]
fn the_engine_chooses_what_the_text_says_on_10_000_clusters() {
    let (mut placed, mut refused) = (0, 0);
    for story in 0..10_000 {
        let mut dice = Dice::of(story);
        let model = compile(&cluster(&mut dice), None).model;
        let mut state = ControlState::registered(&model, story);
        // Some hosts are still to come.
        state.instances.retain(|_, _| !dice.chance(15));
        let mut it = Story {
            model,
            state,
            warm: Placement::default(),
            placed: 0,
        };
        let services: Vec<ServiceIx> = it
            .model
            .present_services()
            .map(|(service, _)| service)
            .collect();
        if services.is_empty() {
            continue;
        }
        for _ in 0..12 {
            let wanted = it.state.tasks.iter().filter(|(_, task)| task.is_wanted());
            let wanted: Vec<TaskId> = wanted.map(|(id, _)| *id).collect();
            match dice.below(10) {
                0 if !wanted.is_empty() => {
                    let task = dice.one(&wanted);
                    it.stop(task);
                    if dice.chance(50) {
                        it.end(task);
                    }
                }
                1 if dice.chance(50) => {
                    let instance =
                        InstanceIx::from_at(dice.below(it.model.instances.len() as u64) as usize);
                    let seen = if dice.chance(40) {
                        let loss = HostLoss::Terminated;
                        Observation::InstanceLost { instance, loss }
                    } else {
                        // Late, or again.
                        Observation::InstanceRegistered { instance }
                    };
                    it.apply(Fact::Observed(seen));
                }
                _ => match it.place(dice.one(&services), story) {
                    Some(_) => placed += 1,
                    None => refused += 1,
                },
            }
            it.check_hosts(story);
        }
    }
    assert!(
        placed > 20_000 && refused > 10_000,
        "{placed} placed, {refused} refused"
    );
}

#[test]
fn removing_a_task_restores_the_exact_former_state() {
    for story in 0..500 {
        let mut dice = Dice::of(story);
        let model = compile(&cluster(&mut dice), None).model;
        let state = ControlState::registered(&model, story);
        let mut it = Story {
            model,
            state,
            warm: Placement::default(),
            placed: 0,
        };
        let services: Vec<ServiceIx> = it
            .model
            .present_services()
            .map(|(service, _)| service)
            .collect();
        let Some(first) = services.first().copied() else {
            continue;
        };
        for service in services {
            it.place(service, story);
        }
        let before = (it.state.instances.clone(), on(&it.state));
        if it.place(first, story).is_some() {
            let task = TaskId(it.placed);
            it.stop(task);
            it.end(task);
            it.state.tasks.remove(&task);
            assert_eq!(
                (it.state.instances.clone(), on(&it.state)),
                before,
                "cluster {story}"
            );
        }
    }
}

/// What the services have where.
fn on(state: &ControlState) -> String {
    let on = state.services.iter().map(|(at, known)| (*at, &known.on));
    format!(
        "{:?}",
        on.filter(|(_, on)| !on.is_empty()).collect::<Vec<_>>()
    )
}
