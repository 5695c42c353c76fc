//! Inputs that are calls of ECS about services and task definitions.

use crate::control::Observation;
use crate::design::{Design, Edit, PlacementConstraint, PlacementStrategy, Service, last_segment};
use crate::id::{ServiceIx, TaskDefinitionIx};
use crate::model::{Problem, Scheduling, compile};
use crate::severity::Severity;
use crate::sim::faults::BadRevision;
use crate::sim::select::hinted;
use crate::sim::world::World;
use crate::source::from_value;
use crate::taskdef::{Rule, TaskDefinition, revision_name};
use crate::view::diagnostic_words;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde_json::Value;

/// Members that UpdateService takes (API:UpdateServiceRequest), and those of CreateService that
/// are the document's to change.
const SERVICE_MEMBERS: &[&str] = &[
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "launchType",
    "loadBalancers",
    "monitoring",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "role",
    "schedulingStrategy",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "tags",
    "taskDefinition",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// Members of `deploymentConfiguration`.
const CONFIGURATION_MEMBERS: &[&str] = &[
    "alarms",
    "bakeTimeInMinutes",
    "canaryConfiguration",
    "deploymentCircuitBreaker",
    "earlySuccessCriteria",
    "lifecycleHooks",
    "linearConfiguration",
    "maximumPercent",
    "minimumHealthyPercent",
    "strategy",
];

/// A member that nobody knows is a slip of the pen: it would change nothing, and say nothing.
fn known_members(members: &BTreeMap<String, Value>) -> Result<(), String> {
    let ask = |name: &str, known: &'static [&'static str]| {
        if known.contains(&name) {
            return Ok(());
        }
        let sentence = format!("UpdateService takes no `{name}`");
        Err(hinted(sentence, name, known.iter().copied()))
    };
    for (name, value) in members {
        ask(name, SERVICE_MEMBERS)?;
        let inside = value
            .as_object()
            .filter(|_| name == "deploymentConfiguration");
        for inner in inside.into_iter().flat_map(serde_json::Map::keys) {
            ask(inner, CONFIGURATION_MEMBERS)?;
        }
    }
    Ok(())
}

/// Most tasks of one RunTask call (ecs.md 6).
const RUN_TASK_COUNT_MAX: u32 = 10;

/// A call of UpdateService.
pub(super) struct Update<'a> {
    pub(super) service: &'a str,
    pub(super) cluster: Option<&'a str>,
    pub(super) force: bool,
    pub(super) members: &'a BTreeMap<String, Value>,
}

/// A call of RunTask.
pub(super) struct Call<'a> {
    pub(super) task_definition: &'a str,
    pub(super) count: u32,
    pub(super) group: Option<&'a str>,
    pub(super) cluster: Option<&'a str>,
    pub(super) strategy: &'a [PlacementStrategy],
    pub(super) constraints: &'a [PlacementConstraint],
}

impl World {
    /// The place of a service in the document.
    fn service_at(&self, name: &str, cluster: Option<&str>) -> Result<usize, String> {
        let mut services = self.design.services.iter();
        let is_there = |service: &Service| match (cluster, &service.cluster) {
            (Some(wanted), Some(known)) => last_segment(wanted) == last_segment(known),
            (None, _) | (_, None) => true,
        };
        let found = services.position(|it| it.service_name == name && is_there(it));
        found.ok_or_else(|| {
            let known = self
                .design
                .services
                .iter()
                .map(|it| it.service_name.as_str());
            hinted(format!("no service is called `{name}`"), name, known)
        })
    }

    /// The service of the document's place `at` as it is compiled; one with an error is not.
    fn compiled_service(&self, at: usize) -> Result<ServiceIx, String> {
        let stated = &self.design.services[at];
        let first = self.design.clusters.first();
        let cluster = stated.cluster.as_deref().map(last_segment);
        let cluster = cluster.or(first.map(|it| it.cluster_name.as_str()));
        let mut services = self.model.present_services();
        let is_it = |it: &crate::model::Service| {
            it.name == stated.service_name && it.cluster == cluster.unwrap_or("default")
        };
        let found = services.find(|(_, service)| is_it(service));
        found.map(|(at, _)| at).ok_or_else(|| {
            format!(
                "`{}` is left out because of its errors",
                stated.service_name
            )
        })
    }

    /// `family` or `family:revision`, if the document has it.
    fn known_revision(&self, reference: &str) -> Result<(), String> {
        let wanted = last_segment(reference);
        let families = self.design.families();
        let mut names: Vec<String> = families.keys().map(|family| (*family).into()).collect();
        for (family, revisions) in &families {
            let revisions = revisions.iter();
            names.extend(revisions.map(|(number, ..)| revision_name(family, *number)));
        }
        if names.iter().any(|name| name == wanted) {
            return Ok(());
        }
        let sentence = format!("no task definition is called `{wanted}`");
        Err(hinted(sentence, wanted, names.iter().map(String::as_str)))
    }

    /// What ECS would say against a part of an edited document, in our words.
    fn refusal(&self, design: &Design, pointer: &str) -> Result<(), String> {
        let compiled = compile(design, Some(&self.model));
        let inside = format!("{pointer}/");
        let mut found = compiled.diagnostics.iter().filter(|it| {
            it.problem.severity() == Severity::Error
                && (it.pointer == pointer || it.pointer.starts_with(&inside))
        });
        let words = found.next().map(diagnostic_words);
        words.map_or(Ok(()), |words| Err(words.message))
    }

    pub(super) fn update_service(
        &mut self,
        update: &Update<'_>,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let at = self.service_at(update.service, update.cluster)?;
        if update.members.contains_key("serviceName") {
            return Err("UpdateService does not rename a service".into());
        }
        known_members(update.members)?;
        let mut members = update.members.clone();
        let mut names_revision = false;
        if let Some(Value::String(reference)) = members.get_mut("taskDefinition") {
            self.known_revision(reference)?;
            names_revision = true;
            // ECS resolves a family when it is called, not later.
            *reference = self.newest_of(reference);
        }
        let found = self.compiled_service(at)?;
        let before = self.model.service(found).task_definition;
        let mut is_same = true;
        if !members.is_empty() {
            let mut design = Design::clone(&self.design);
            design.services[at] = merged(&design.services[at], &members)?;
            self.refusal(&design, &format!("/services/{at}"))?;
            is_same = design == *self.design;
            self.edit(design, seen);
        }
        let asked_again = names_revision && self.is_asked_again(found, before);
        if is_same && !update.force && !asked_again {
            return Err(format!("`{}` is so already", update.service));
        }
        if update.force || asked_again {
            seen.push(Observation::DeploymentForced { service: found });
        }
        Ok(())
    }

    /// `family:revision` of what a reference means now.
    fn newest_of(&self, reference: &str) -> String {
        let family = last_segment(reference);
        let newest = self.design.revisions(family).last();
        newest.map_or_else(
            || reference.into(),
            |(number, ..)| revision_name(family, number),
        )
    }

    /// Whether a service that was rolled back is asked for the very revision that failed: the
    /// document has named it all along, ECS's service does not any more.
    pub(super) fn is_asked_again(&self, service: ServiceIx, before: TaskDefinitionIx) -> bool {
        let known = self.control.services.get(&service);
        let primary = known.and_then(|known| known.primary());
        let asked = self.model.service(service).task_definition;
        asked == before && primary.is_some_and(|it| it.is_rollback && it.task_definition != asked)
    }

    pub(super) fn register_definition(
        &mut self,
        definition: &TaskDefinition,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let definition = Box::new(definition.clone());
        let design = Edit::AddTaskDefinition { definition }.apply(&self.design);
        self.register(design.map_err(|error| format!("{error}"))?, seen)
    }

    pub(super) fn register_copy(
        &mut self,
        family: Option<&str>,
        set: &BTreeMap<String, Value>,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let family = family.ok_or("name a taskDefinition, or a family and what to set in it")?;
        self.known_revision(family)?;
        let at = self.design.task_definitions.len();
        let family = family.into();
        let mut edits = Vec::from([Edit::AddRevision { family }]);
        edits.extend(set.iter().map(|(pointer, value)| Edit::Set {
            pointer: format!("/taskDefinitions/{at}{pointer}"),
            value: Some(value.clone()),
        }));
        let mut design = Design::clone(&self.design);
        for edit in edits {
            design = edit.apply(&design).map_err(|error| format!("{error}"))?;
        }
        self.register(design, seen)
    }

    /// The last task definition of `design` is new.
    fn register(&mut self, design: Design, seen: &mut Vec<Observation>) -> Result<(), String> {
        let at = design.task_definitions.len().saturating_sub(1);
        let pointer = format!("/taskDefinitions/{at}");
        self.refusal(&design, &pointer)?;
        // AWS refuses what it does not know; a document may keep it.
        let compiled = compile(&design, Some(&self.model));
        let is_strange = |it: &Problem| matches!(it, Problem::TaskDefinition(finding) if finding.rule == Rule::UnknownMember);
        let mut strange = compiled
            .diagnostics
            .iter()
            .filter(|it| is_strange(&it.problem) && it.pointer.starts_with(&pointer));
        if let Some(found) = strange.next() {
            return Err(format!(
                "{}: {}",
                found.pointer,
                diagnostic_words(found).message
            ));
        }
        self.edit(design, seen);
        Ok(())
    }

    /// Registers a copy of what a service runs, which then fails in its own way, and deploys it.
    pub(super) fn deploy_bad(
        &mut self,
        service: &str,
        failure: BadRevision,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let at = self.service_at(service, None)?;
        let index = self.compiled_service(at)?;
        let known = self.control.services.get(&index);
        let running = known.and_then(|known| Some(known.primary()?.task_definition));
        let running = running.unwrap_or(self.model.service(index).task_definition);
        let mut copy = TaskDefinition::clone(&self.model.definition(running).document);
        copy.revision = None;
        if failure == BadRevision::Image {
            lose_image(&mut copy);
        }
        let family = copy.family.clone();
        let image = main_image(&copy);
        let mut design = Design::clone(&self.design);
        design.task_definitions.push(copy);
        let number = design.revisions(&family).last().map_or(1, |(it, ..)| it);
        let name = revision_name(&family, number);
        design.services[at].task_definition.clone_from(&name);
        self.refusal(&design, &format!("/services/{at}"))?;
        self.edit(design, seen);
        let mut definitions = self.model.task_definitions.iter();
        let bad = definitions.position(|it| it.name() == name);
        let bad = bad.ok_or_else(|| format!("`{name}` cannot be registered"))?;
        let faults = Arc::make_mut(&mut self.faults);
        if failure == BadRevision::Image {
            faults.images.extend(image);
        }
        faults
            .revisions
            .insert(TaskDefinitionIx::from_at(bad), failure);
        Ok(())
    }

    /// A call of RunTask stands in the model as a service of its own kind, which calls that ask
    /// for the same share.
    pub(super) fn run_task(
        &mut self,
        call: &Call<'_>,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        if !(1..=RUN_TASK_COUNT_MAX).contains(&call.count) {
            return Err(format!(
                "RunTask starts 1 to {RUN_TASK_COUNT_MAX} tasks, not {}",
                call.count
            ));
        }
        self.known_revision(call.task_definition)?;
        let (entry, asks_for_groups) = self.compiled_call(call)?;
        let known = self.model.services.iter().position(|it| *it == entry);
        let at = known.unwrap_or(self.model.services.len());
        if known.is_none() {
            let model = Arc::make_mut(&mut self.model);
            model.services.push(entry);
            model.asks_for_groups |= asks_for_groups;
        }
        seen.push(Observation::RunTaskRequested {
            group: ServiceIx::from_at(at),
            count: call.count,
        });
        Ok(())
    }

    /// The call compiled as a service would be, and whether it asks for task groups.
    fn compiled_call(&self, call: &Call<'_>) -> Result<(crate::model::Service, bool), String> {
        let family = last_segment(call.task_definition);
        let family = family.split(':').next().unwrap_or_default();
        let mut design = Design::clone(&self.design);
        let name = format!("family:{family}");
        design.services.push(Service {
            service_name: name.clone(),
            cluster: call.cluster.map(String::from),
            task_definition: call.task_definition.into(),
            placement_strategy: call.strategy.to_vec(),
            placement_constraints: call.constraints.to_vec(),
            availability_zone_rebalancing: Some("DISABLED".into()),
            ..Service::default()
        });
        self.refusal(&design, &format!("/services/{}", design.services.len() - 1))?;
        let model = compile(&design, Some(&self.model)).model;
        let mut services = model.services.iter();
        let found = services.find(|it| it.present && it.name == name);
        let mut entry = found
            .cloned()
            .ok_or_else(|| format!("`{}` cannot be run", call.task_definition))?;
        entry.scheduling = Scheduling::RunTask;
        entry.stand_for_run_task(family, !call.strategy.is_empty());
        if let Some(group) = call.group {
            entry.group = group.into();
        }
        if !design
            .workloads
            .contains_key(&format!("{}/{name}", entry.cluster))
        {
            let of_family = |it: &&crate::model::Service| {
                it.name != name && self.model.definition(it.task_definition).family == family
            };
            let alike = self.model.services.iter().find(of_family);
            entry.workload = alike.map(|it| it.workload.clone()).unwrap_or_default();
        }
        Ok((entry, model.asks_for_groups))
    }
}

/// A service with members of its document form put in, null taking one away.
fn merged(service: &Service, members: &BTreeMap<String, Value>) -> Result<Service, String> {
    let mut value = serde_json::to_value(service).map_err(|error| format!("{error}"))?;
    if let Value::Object(fields) = &mut value {
        for (name, member) in members {
            if member.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.clone(), member.clone());
            }
        }
    }
    from_value(&value).map_err(|error| error.message)
}

fn main_image(definition: &TaskDefinition) -> Option<String> {
    let mut containers = definition.container_definitions.iter();
    let main = containers.find(|it| it.is_essential());
    main.map(|it| it.image.clone())
}

/// Gives the first essential container a tag that no registry has.
fn lose_image(definition: &mut TaskDefinition) {
    let mut containers = definition.container_definitions.iter_mut();
    if let Some(main) = containers.find(|it| it.is_essential()) {
        let name = main.image.split('@').next().unwrap_or_default();
        let name = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => name,
            Some(_) | None => name,
        };
        main.image = format!("{name}:does-not-exist");
    }
}
