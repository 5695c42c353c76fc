//! Compiling a design: references become indices, defaults become values, faults diagnostics.

mod balancing;
mod checks;
mod classic;
mod deployment;
mod discovery;
mod hooks;
mod hosts;
mod placement;
mod routing;
mod services;
mod shadow;
mod workloads;

use super::{Definition, Diagnostic, InstanceType, Model, Problem, Scheduling, Settings};
use crate::design::{Design, last_segment};
use crate::id::RegistryIx;
use crate::severity::Severity;
use crate::taskdef::{self, Finding, LaunchType, Rule, TaskDefinition, revision_name};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use hosts::host_of_type;

/// A model and what was found on the way to it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The model: everything without an error.
    pub model: Model,
    /// Findings, in the order of the document.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles `design`; parts that `before` knew keep their indices.
#[must_use]
pub fn compile(design: &Design, before: Option<&Model>) -> Compiled {
    let model = before.cloned().unwrap_or_default();
    let mut compiler = Compiler {
        design,
        before,
        names: Names::of(&model),
        model,
        found: Vec::new(),
        errors: 0,
        sound: BTreeSet::new(),
        registry_names: BTreeMap::new(),
    };
    compiler.forget();
    compiler.zones();
    compiler.instance_types();
    compiler.instances();
    compiler.definitions();
    compiler.load_balancers();
    compiler.target_groups();
    compiler.classic_balancers();
    compiler.alarms();
    compiler.registries();
    compiler.services();
    compiler.routing();
    compiler.rule_order();
    compiler.workloads();
    compiler.model.asks_for_groups = compiler.model.any_query_asks_for_groups();
    Compiled {
        model: compiler.model,
        diagnostics: compiler.found,
    }
}

struct Compiler<'a> {
    design: &'a Design,
    /// The model that ran until now: what a faulty edit broke goes on as it was, as AWS refuses
    /// such a call and keeps running.
    before: Option<&'a Model>,
    model: Model,
    /// Places in the model's lists, so that a document of any size compiles in one pass.
    names: Names,
    found: Vec<Diagnostic>,
    errors: usize,
    /// Revisions that this document holds without error, by name.
    sound: BTreeSet<String>,
    /// Cloud Map services of this document by what may refer to them: name, full name, id.
    registry_names: BTreeMap<String, RegistryIx>,
}

/// Where each named part stands in the model.
#[derive(Default)]
struct Names {
    zones: BTreeMap<String, usize>,
    instances: BTreeMap<String, usize>,
    /// By `family:revision`.
    definitions: BTreeMap<String, usize>,
    load_balancers: BTreeMap<String, usize>,
    target_groups: BTreeMap<String, usize>,
    listeners: BTreeMap<String, usize>,
    alarms: BTreeMap<String, usize>,
    /// By namespace and name.
    registries: BTreeMap<(String, String), usize>,
    /// By cluster and name: two clusters may have a service of one name.
    services: BTreeMap<(String, String), usize>,
}

impl Names {
    fn of(model: &Model) -> Self {
        fn index<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> BTreeMap<K, usize> {
            items
                .iter()
                .enumerate()
                .map(|(at, item)| (key(item), at))
                .collect()
        }
        Self {
            zones: index(&model.zones, String::clone),
            instances: index(&model.instances, |host| host.name.clone()),
            definitions: index(&model.task_definitions, Definition::name),
            load_balancers: index(&model.load_balancers, |it| it.name.clone()),
            target_groups: index(&model.target_groups, |group| {
                if group.is_classic {
                    classic::key(&group.name)
                } else {
                    group.name.clone()
                }
            }),
            listeners: index(&model.listeners, |it| it.name.clone()),
            alarms: index(&model.alarms, |alarm| alarm.name.clone()),
            registries: index(&model.registries, |it| {
                (it.namespace.clone(), it.name.clone())
            }),
            services: index(&model.services, |it| (it.cluster.clone(), it.name.clone())),
        }
    }
}

/// Puts `item` at the place that `names` knows for `key`, or behind the last.
fn place<T, K: Ord>(items: &mut Vec<T>, names: &mut BTreeMap<K, usize>, key: K, item: T) {
    let at = *names.entry(key).or_insert(items.len());
    if at == items.len() {
        items.push(item);
    } else {
        items[at] = item;
    }
}

impl Compiler<'_> {
    fn find(&mut self, pointer: String, problem: Problem) {
        self.errors += usize::from(problem.severity() == Severity::Error);
        self.found.push(Diagnostic { pointer, problem });
    }

    fn forget(&mut self) {
        self.model
            .instances
            .iter_mut()
            .for_each(|host| host.present = false);
        self.model
            .services
            .iter_mut()
            // Calls of RunTask stand in no document.
            .filter(|service| service.scheduling != Scheduling::RunTask)
            .for_each(|service| service.present = false);
        self.model
            .alarms
            .iter_mut()
            .for_each(|alarm| alarm.present = false);
        self.model
            .load_balancers
            .iter_mut()
            .for_each(|balancer| balancer.present = false);
        self.model
            .target_groups
            .iter_mut()
            .for_each(|group| group.present = false);
        self.model
            .listeners
            .iter_mut()
            .for_each(|listener| listener.present = false);
        self.model
            .registries
            .iter_mut()
            .for_each(|registry| registry.present = false);
    }

    fn zones(&mut self) {
        for zone in self.design.zones() {
            place(
                &mut self.model.zones,
                &mut self.names.zones,
                zone.clone(),
                zone,
            );
        }
    }

    fn instance_types(&mut self) {
        let mut stated = Vec::new();
        for (at, written) in self.design.instance_types().iter().enumerate() {
            match InstanceType::stated(written) {
                Some(known) if stated.iter().any(|it: &InstanceType| it.name == known.name) => {
                    let name = known.name.into_owned();
                    let pointer = format!("/instanceTypes/{at}/InstanceType");
                    self.find(pointer, Problem::DuplicateName { name });
                }
                Some(known) => stated.push(known),
                None => {
                    let expected = "an InstanceType with VCpuInfo and MemoryInfo";
                    let pointer = format!("/instanceTypes/{at}");
                    self.find(pointer, Problem::WrongShape { expected });
                }
            }
        }
        self.model.instance_types = stated;
    }

    /// The cluster that a reference means; the first of the document, or `default`, if none.
    fn cluster(&self, reference: Option<&String>) -> String {
        let first = || {
            self.design
                .clusters
                .first()
                .map(|cluster| cluster.cluster_name.as_str())
        };
        let name = reference.map(|text| last_segment(text)).or_else(first);
        name.unwrap_or("default").to_string()
    }

    fn known_cluster(&mut self, reference: Option<&String>, pointer: String) -> Option<String> {
        let name = self.cluster(reference);
        if reference.is_some()
            && !self
                .design
                .clusters
                .iter()
                .any(|known| known.cluster_name == name)
        {
            self.find(
                pointer,
                Problem::UnknownReference {
                    kind: "cluster",
                    reference: name,
                },
            );
            return None;
        }
        Some(name)
    }

    fn definitions(&mut self) {
        for (family, revisions) in self.design.families() {
            for (revision, at, entry) in revisions {
                if self.definition_is_sound(entry, &format!("/taskDefinitions/{at}")) {
                    self.place_definition(family, revision, entry);
                }
            }
        }
    }

    fn place_definition(&mut self, family: &str, revision: u32, entry: &TaskDefinition) {
        let name = revision_name(family, revision);
        self.sound.insert(name.clone());
        let definition = Definition {
            family: family.to_string(),
            revision,
            reserved: taskdef::reserved(entry),
            static_ports: taskdef::static_ports(entry),
            required_attributes: taskdef::required_attributes(entry).into_iter().collect(),
            constraints: taskdef::placement_queries(entry),
            has_health_check: has_health_check(entry),
            document: Arc::new(entry.clone()),
        };
        place(
            &mut self.model.task_definitions,
            &mut self.names.definitions,
            name,
            definition,
        );
    }

    /// A definition that AWS would refuse cannot run; what it merely warns of does.
    fn definition_is_sound(&mut self, entry: &TaskDefinition, pointer: &str) -> bool {
        let before = self.errors;
        for finding in definition_findings(entry, &taskdef::targets(entry)) {
            let pointer = format!("{pointer}{}", finding.pointer);
            self.find(pointer, Problem::TaskDefinition(finding));
        }
        self.errors == before
    }
}

fn has_health_check(entry: &TaskDefinition) -> bool {
    let mut containers = entry.container_definitions.iter();
    containers.any(|container| container.is_essential() && container.health_check.is_some())
}

/// The settings of a model compiled afresh.
impl Model {
    /// The same model under other settings.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        let mut listeners = self.listeners;
        for listener in &mut listeners {
            if listener.router.settings() != settings.routing {
                listener.router = Arc::new(listener.router.with_settings(settings.routing));
            }
        }
        Self {
            settings,
            listeners,
            ..self
        }
    }
}

/// What is wrong with a task definition of a document, for `platforms`. The number of a revision,
/// which registration does not take, is the document's own to state.
#[must_use]
pub fn definition_findings(entry: &TaskDefinition, platforms: &[LaunchType]) -> Vec<Finding> {
    let mut found = taskdef::check(entry, platforms);
    found.retain(|it| it.rule != Rule::OutputOnly || it.pointer != "/revision");
    found
}

#[cfg(test)]
mod tests;
