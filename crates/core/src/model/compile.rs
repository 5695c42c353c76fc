//! Compiling a design: references become indices, defaults become values, faults diagnostics.

use super::{
    Definition, Diagnostic, Instance, Model, Problem, Service, ServiceTarget, Settings, Severity,
    Strategy, TargetGroup, instance_type, registered_memory,
};
use crate::design::{self, Design, last_segment};
use crate::id::{TargetGroupIx, TaskDefinitionIx, ZoneIx};
use crate::taskdef::{self, TaskDefinition, cpu_units, memory_mib, revision_name};
use crate::time::Millis;
use crate::units::Resources;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

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
    let mut compiler = Compiler {
        design,
        model: before.cloned().unwrap_or_default(),
        found: Vec::new(),
        sound: BTreeSet::new(),
    };
    compiler.forget();
    compiler.zones();
    compiler.instances();
    compiler.definitions();
    compiler.target_groups();
    compiler.services();
    compiler.listeners();
    compiler.rules();
    Compiled {
        model: compiler.model,
        diagnostics: compiler.found,
    }
}

struct Compiler<'a> {
    design: &'a Design,
    model: Model,
    found: Vec<Diagnostic>,
    /// Revisions that this document holds without error, by name.
    sound: BTreeSet<String>,
}

/// Puts `item` at the index of the item that `same` recognises, or behind the last.
fn place<T>(items: &mut Vec<T>, item: T, same: impl Fn(&T) -> bool) {
    match items.iter_mut().find(|known| same(known)) {
        Some(known) => *known = item,
        None => items.push(item),
    }
}

impl Compiler<'_> {
    fn find(&mut self, pointer: String, problem: Problem) {
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
            .for_each(|service| service.present = false);
        self.model
            .target_groups
            .iter_mut()
            .for_each(|group| group.present = false);
    }

    fn zones(&mut self) {
        for zone in self.design.zones() {
            if !self.model.zones.contains(&zone) {
                self.model.zones.push(zone);
            }
        }
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

    fn instances(&mut self) {
        let mut names = BTreeSet::new();
        for (at, host) in self.design.container_instances.iter().enumerate() {
            let pointer = format!("/containerInstances/{at}");
            if !names.insert(&host.ec2_instance_id) {
                let name = host.ec2_instance_id.clone();
                self.find(
                    format!("{pointer}/ec2InstanceId"),
                    Problem::DuplicateName { name },
                );
                continue;
            }
            let cluster = self.known_cluster(host.cluster.as_ref(), format!("{pointer}/cluster"));
            let registered = self.registered(host, &pointer);
            let (Some(cluster), Some(registered)) = (cluster, registered) else {
                continue;
            };
            let zone = self
                .model
                .zones
                .iter()
                .position(|zone| *zone == host.availability_zone);
            let zone = ZoneIx::from_at(zone.expect("zones() lists the zones of all hosts"));
            let instance = Instance {
                name: host.ec2_instance_id.clone(),
                cluster,
                zone,
                instance_type: host.instance_type.clone(),
                registered,
                present: true,
            };
            place(&mut self.model.instances, instance, |known| {
                known.name == host.ec2_instance_id
            });
        }
    }

    fn registered(&mut self, host: &design::ContainerInstance, pointer: &str) -> Option<Resources> {
        let known = instance_type(&host.instance_type);
        let cpu = host.registered_cpu.or(known.map(|known| known.vcpu * 1024));
        let memory = host
            .registered_memory
            .or(known.map(|known| registered_memory(known.memory_mib)));
        let registered = cpu
            .zip(memory)
            .map(|(cpu, memory)| Resources::new(cpu, memory));
        if registered.is_none() {
            let name = host.instance_type.clone();
            self.find(
                format!("{pointer}/instanceType"),
                Problem::UnknownInstanceType { name },
            );
        }
        registered
    }

    fn definitions(&mut self) {
        let families: BTreeSet<&str> = self
            .design
            .task_definitions
            .iter()
            .map(|entry| entry.family.as_str())
            .collect();
        for family in families {
            let revisions: Vec<_> = self.design.revisions(family).collect();
            for (revision, at, entry) in revisions {
                if self.definition_is_sound(entry, &format!("/taskDefinitions/{at}")) {
                    self.place_definition(family, revision, entry);
                }
            }
        }
    }

    fn place_definition(&mut self, family: &str, revision: u32, entry: &TaskDefinition) {
        self.sound.insert(revision_name(family, revision));
        let definition = Definition {
            family: family.to_string(),
            revision,
            reserved: taskdef::reserved(entry),
            static_ports: taskdef::static_ports(entry),
            document: Arc::new(entry.clone()),
        };
        place(&mut self.model.task_definitions, definition, |known| {
            known.family == family && known.revision == revision
        });
    }

    fn definition_is_sound(&mut self, entry: &TaskDefinition, pointer: &str) -> bool {
        let before = self.errors();
        let containers = &entry.container_definitions;
        if containers.is_empty() {
            self.find(
                format!("{pointer}/containerDefinitions"),
                Problem::NoContainers,
            );
        } else if !containers
            .iter()
            .any(taskdef::ContainerDefinition::is_essential)
        {
            self.find(
                format!("{pointer}/containerDefinitions"),
                Problem::NoEssentialContainer,
            );
        }
        let sizes = [
            ("cpu", &entry.cpu, cpu_units as fn(&_) -> _),
            ("memory", &entry.memory, memory_mib),
        ];
        for (field, size, read) in sizes {
            if let Some(size) = size.as_ref().filter(|size| read(size).is_none()) {
                let text = size.to_text();
                self.find(
                    format!("{pointer}/{field}"),
                    Problem::UnreadableSize { text },
                );
            }
        }
        for (at, container) in containers.iter().enumerate() {
            let pointer = format!("{pointer}/containerDefinitions/{at}");
            self.container(container, entry.memory.is_some(), &pointer);
        }
        self.errors() == before
    }

    fn container(
        &mut self,
        container: &taskdef::ContainerDefinition,
        task_has_memory: bool,
        pointer: &str,
    ) {
        for (field, value) in [("name", &container.name), ("image", &container.image)] {
            if value.is_empty() {
                self.find(pointer.to_string(), Problem::MissingField { field });
            }
        }
        let limits = [container.memory, container.memory_reservation];
        if !task_has_memory && limits.iter().flatten().all(|mib| *mib == 0) {
            let container = container.name.clone();
            self.find(pointer.to_string(), Problem::NoMemory { container });
        }
    }

    fn errors(&self) -> usize {
        let is_error = |found: &&Diagnostic| found.problem.severity() == Severity::Error;
        self.found.iter().filter(is_error).count()
    }

    fn target_groups(&mut self) {
        let mut names = BTreeSet::new();
        for (at, group) in self.design.target_groups.iter().enumerate() {
            if !names.insert(&group.name) {
                let name = group.name.clone();
                self.find(
                    format!("/targetGroups/{at}/Name"),
                    Problem::DuplicateName { name },
                );
                continue;
            }
            let delay = group.attribute("deregistration_delay.timeout_seconds");
            // Defaults: load-balancing-and-scaling.md 2.2 and 2.4.
            let compiled = TargetGroup {
                name: group.name.clone(),
                interval: Millis::seconds(u64::from(
                    group.health_check_interval_seconds.unwrap_or(30).max(1),
                )),
                healthy_threshold: group.healthy_threshold_count.unwrap_or(5).max(1),
                unhealthy_threshold: group.unhealthy_threshold_count.unwrap_or(2).max(1),
                deregistration_delay: Millis::seconds(
                    delay.and_then(|text| text.parse().ok()).unwrap_or(300),
                ),
                present: true,
            };
            place(&mut self.model.target_groups, compiled, |known| {
                known.name == group.name
            });
        }
    }

    fn services(&mut self) {
        let mut names = BTreeSet::new();
        for (at, service) in self.design.services.iter().enumerate() {
            let pointer = format!("/services/{at}");
            if !names.insert(&service.service_name) {
                let name = service.service_name.clone();
                self.find(
                    format!("{pointer}/serviceName"),
                    Problem::DuplicateName { name },
                );
                continue;
            }
            if let Some(compiled) = self.service(service, &pointer) {
                place(&mut self.model.services, compiled, |known| {
                    known.name == service.service_name
                });
            }
        }
    }

    fn service(&mut self, service: &design::Service, pointer: &str) -> Option<Service> {
        let cluster = self.known_cluster(service.cluster.as_ref(), format!("{pointer}/cluster"));
        let task_definition = self.service_definition(service, pointer);
        let targets = task_definition
            .map(|definition| self.service_targets(service, definition, pointer))
            .unwrap_or_default();
        let strategies = self.strategies(service, pointer);
        let bounds = service.deployment_configuration.clone().unwrap_or_default();
        let (cluster, task_definition, targets, strategies) =
            (cluster?, task_definition?, targets?, strategies?);
        let workload = self
            .design
            .workloads
            .get(&format!("{cluster}/{}", service.service_name));
        let compiled = Service {
            name: service.service_name.clone(),
            cluster,
            task_definition,
            desired_count: service.desired_count.unwrap_or(0),
            minimum_healthy_percent: bounds.minimum_healthy_percent.unwrap_or(100),
            maximum_percent: bounds.maximum_percent.unwrap_or(200),
            grace_period: Millis::seconds(u64::from(
                service.health_check_grace_period_seconds.unwrap_or(0),
            )),
            targets,
            strategies,
            distinct_instance: self.distinct_instance(service, pointer),
            workload: workload.cloned().unwrap_or_default(),
            present: true,
        };
        self.deadlock(&compiled, pointer);
        self.not_simulated(service, pointer);
        Some(compiled)
    }

    fn service_definition(
        &mut self,
        service: &design::Service,
        pointer: &str,
    ) -> Option<TaskDefinitionIx> {
        let reference = last_segment(&service.task_definition);
        let newest = self.design.revisions(reference).last();
        let wanted = newest.map_or_else(
            || reference.to_string(),
            |(number, ..)| revision_name(reference, number),
        );
        // Revisions that the document dropped or broke stay in the model for tasks that still run.
        let sound = self.sound.contains(&wanted);
        let found = self
            .model
            .task_definitions
            .iter()
            .position(|known| known.name() == wanted);
        let found = found.filter(|_| sound).map(TaskDefinitionIx::from_at);
        if found.is_none() {
            let reference = service.task_definition.clone();
            let problem = Problem::UnknownReference {
                kind: "task definition",
                reference,
            };
            self.find(format!("{pointer}/taskDefinition"), problem);
        }
        found
    }

    /// `None` if any of the wires is at fault: its tasks would never become healthy.
    fn service_targets(
        &mut self,
        service: &design::Service,
        definition: TaskDefinitionIx,
        pointer: &str,
    ) -> Option<Vec<ServiceTarget>> {
        let document = Arc::clone(&self.model.definition(definition).document);
        let mut targets = Vec::new();
        for (at, wire) in service.load_balancers.iter().enumerate() {
            let pointer = format!("{pointer}/loadBalancers/{at}");
            let group = self.target_group(&wire.target_group_arn, &pointer, "targetGroupArn");
            let (container, port) = (wire.container_name.clone(), wire.container_port);
            let published = document.container_definitions.iter().any(|known| {
                let mut ports = known.ports().iter();
                known.name == container && ports.any(|mapping| mapping.container_port == Some(port))
            });
            if !published {
                self.find(pointer, Problem::UnknownContainerPort { container, port });
                return None;
            }
            targets.push(ServiceTarget {
                target_group: group?,
                container_name: container,
                container_port: port,
            });
        }
        Some(targets)
    }

    fn target_group(
        &mut self,
        reference: &str,
        pointer: &str,
        field: &str,
    ) -> Option<TargetGroupIx> {
        let name = last_segment(reference);
        let found = self.model.target_group_named(name);
        let found = found.filter(|at| self.model.target_group(*at).present);
        if found.is_none() {
            let reference = reference.to_string();
            let problem = Problem::UnknownReference {
                kind: "target group",
                reference,
            };
            self.find(format!("{pointer}/{field}"), problem);
        }
        found
    }

    fn strategies(&mut self, service: &design::Service, pointer: &str) -> Option<Vec<Strategy>> {
        let mut strategies = Vec::new();
        for (at, written) in service.placement_strategy.iter().enumerate() {
            let field = written.field.as_deref().unwrap_or("");
            match strategy(&written.kind, field) {
                Some(strategy) => strategies.push(strategy),
                None if written.kind == "spread" && field.starts_with("attribute:") => {
                    let what = format!("spread over {field}");
                    self.find(
                        format!("{pointer}/placementStrategy/{at}"),
                        Problem::NotSimulated { what },
                    );
                }
                None => {
                    let text = format!("{} {field}", written.kind).trim().to_string();
                    let problem = Problem::UnknownStrategy { text };
                    self.find(format!("{pointer}/placementStrategy/{at}"), problem);
                    return None;
                }
            }
        }
        Some(strategies)
    }

    fn distinct_instance(&mut self, service: &design::Service, pointer: &str) -> bool {
        let constraints = &service.placement_constraints;
        for (at, constraint) in constraints.iter().enumerate() {
            if constraint.kind != "distinctInstance" {
                let what = format!("placement constraint {}", constraint.kind);
                let pointer = format!("{pointer}/placementConstraints/{at}");
                self.find(pointer, Problem::NotSimulated { what });
            }
        }
        constraints
            .iter()
            .any(|constraint| constraint.kind == "distinctInstance")
    }

    fn deadlock(&mut self, service: &Service, pointer: &str) {
        let (lower, upper) = (service.lower_bound(), service.upper_bound());
        if service.desired_count > 0
            && lower >= service.desired_count
            && upper <= service.desired_count
        {
            let problem = Problem::DeploymentDeadlock { lower, upper };
            self.find(format!("{pointer}/deploymentConfiguration"), problem);
        }
    }

    fn not_simulated(&mut self, service: &design::Service, pointer: &str) {
        if service
            .scheduling_strategy
            .as_deref()
            .is_some_and(|kind| kind != "REPLICA")
        {
            let what = "schedulingStrategy DAEMON".to_string();
            self.find(
                format!("{pointer}/schedulingStrategy"),
                Problem::NotSimulated { what },
            );
        }
        let fields = [
            "capacityProviderStrategy",
            "serviceRegistries",
            "serviceConnectConfiguration",
        ];
        for field in fields
            .iter()
            .filter(|field| service.extra.contains_key(**field))
        {
            let what = (*field).to_string();
            self.find(format!("{pointer}/{field}"), Problem::NotSimulated { what });
        }
        let launch_type = service
            .extra
            .get("launchType")
            .and_then(serde_json::Value::as_str);
        if launch_type.is_some_and(|kind| kind != "EC2") {
            let what = format!("launchType {}", launch_type.unwrap_or_default());
            self.find(
                format!("{pointer}/launchType"),
                Problem::NotSimulated { what },
            );
        }
    }

    fn listeners(&mut self) {
        let mut names = BTreeSet::new();
        for (at, listener) in self.design.listeners.iter().enumerate() {
            let pointer = format!("/listeners/{at}");
            let balancer = last_segment(&listener.load_balancer_arn);
            if !self
                .design
                .load_balancers
                .iter()
                .any(|known| known.name == balancer)
            {
                let reference = listener.load_balancer_arn.clone();
                let problem = Problem::UnknownReference {
                    kind: "load balancer",
                    reference,
                };
                self.find(format!("{pointer}/LoadBalancerArn"), problem);
            }
            let name = listener.name();
            if !names.insert(name.clone()) {
                self.find(format!("{pointer}/Port"), Problem::DuplicateName { name });
            }
            self.actions(
                &listener.default_actions,
                &format!("{pointer}/DefaultActions"),
            );
        }
    }

    fn rules(&mut self) {
        let mut priorities = BTreeSet::new();
        for (at, rule) in self.design.rules.iter().enumerate() {
            let pointer = format!("/rules/{at}");
            let (listener, priority) = (last_segment(&rule.listener_arn), rule.priority);
            if !self
                .design
                .listeners
                .iter()
                .any(|known| known.name() == listener)
            {
                let reference = rule.listener_arn.clone();
                let problem = Problem::UnknownReference {
                    kind: "listener",
                    reference,
                };
                self.find(format!("{pointer}/ListenerArn"), problem);
            }
            if !(1..=50_000).contains(&priority) {
                self.find(
                    format!("{pointer}/Priority"),
                    Problem::PriorityOutOfRange { priority },
                );
            }
            if !priorities.insert((listener, priority)) {
                self.find(
                    format!("{pointer}/Priority"),
                    Problem::DuplicatePriority { priority },
                );
            }
            self.actions(&rule.actions, &format!("{pointer}/Actions"));
        }
    }

    fn actions(&mut self, actions: &[design::Action], pointer: &str) {
        for (at, action) in actions.iter().enumerate() {
            let pointer = format!("{pointer}/{at}");
            if let Some(reference) = &action.target_group_arn {
                self.target_group(reference, &pointer, "TargetGroupArn");
            }
            let weighted = action
                .forward_config
                .iter()
                .flat_map(|config| &config.target_groups);
            for (at, tuple) in weighted.enumerate() {
                let field = format!("ForwardConfig/TargetGroups/{at}/TargetGroupArn");
                self.target_group(&tuple.target_group_arn, &pointer, &field);
            }
        }
    }
}

/// The strategy that AWS's words mean; `host` is AWS's other word for `instanceId`.
fn strategy(kind: &str, field: &str) -> Option<Strategy> {
    match (kind, field) {
        ("spread", "attribute:ecs.availability-zone") => Some(Strategy::SpreadZone),
        ("spread", "instanceId" | "host") => Some(Strategy::SpreadInstance),
        ("binpack", "cpu" | "CPU") => Some(Strategy::BinpackCpu),
        ("binpack", "memory" | "MEMORY") => Some(Strategy::BinpackMemory),
        ("random", _) => Some(Strategy::Random),
        _ => None,
    }
}

/// The settings of a model compiled afresh.
impl Model {
    /// The same model under other settings.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Edit, Part, sample};

    fn found(design: &Design) -> Vec<String> {
        let found = compile(design, None).diagnostics;
        found
            .iter()
            .map(|found| format!("{} {}", found.problem.id(), found.pointer))
            .collect()
    }

    fn set(design: &Design, pointer: &str, value: serde_json::Value) -> Design {
        Edit::Set {
            pointer: pointer.into(),
            value: Some(value),
        }
        .apply(design)
        .unwrap()
    }

    #[test]
    fn the_sample_compiles_clean() {
        assert!(found(&sample()).is_empty(), "{:?}", found(&sample()));
    }

    #[test]
    fn each_fault_is_found_at_its_place_and_the_rest_still_compiles() {
        for (pointer, value, expected) in [
            (
                "/services/0/taskDefinition",
                "nowhere:3",
                "DS002 /services/0/taskDefinition",
            ),
            ("/services/0/cluster", "other", "DS002 /services/0/cluster"),
            (
                "/services/1/loadBalancers/0/targetGroupArn",
                "gone",
                "DS002 /services/1/loadBalancers/0/targetGroupArn",
            ),
            (
                "/services/1/loadBalancers/0/containerName",
                "gone",
                "DS009 /services/1/loadBalancers/0",
            ),
            (
                "/services/1/serviceName",
                "primes",
                "DS001 /services/1/serviceName",
            ),
            (
                "/containerInstances/0/instanceType",
                "z9.large",
                "DS003 /containerInstances/0/instanceType",
            ),
            (
                "/taskDefinitions/0/memory",
                "much",
                "DS007 /taskDefinitions/0/memory",
            ),
            (
                "/rules/1/ListenerArn",
                "nowhere:80",
                "DS002 /rules/1/ListenerArn",
            ),
            (
                "/rules/0/Actions/0/TargetGroupArn",
                "gone",
                "DS002 /rules/0/Actions/0/TargetGroupArn",
            ),
        ] {
            let design = set(&sample(), pointer, value.into());
            let found = found(&design);
            assert!(
                found.iter().any(|line| line == expected),
                "{pointer}: {found:?}"
            );
            let model = compile(&design, None).model;
            let sound = model.present_services().count() + model.present_instances().count();
            assert!(
                sound >= 4,
                "{pointer}: only the faulty part may be left out"
            );
        }
    }

    #[test]
    fn deadlocks_and_duplicate_priorities() {
        let design = set(
            &sample(),
            "/services/0/deploymentConfiguration/maximumPercent",
            100.into(),
        );
        assert_eq!(
            found(&design),
            ["DS012 /services/0/deploymentConfiguration"]
        );
        let design = set(&sample(), "/rules/1/Priority", 1.into());
        assert_eq!(found(&design), ["DS010 /rules/1/Priority"]);
    }

    #[test]
    fn indices_survive_removal_and_addition() {
        let before = compile(&sample(), None).model;
        let part = Part::Service("primes".into());
        let design = Edit::Remove { part }.apply(&sample()).unwrap();
        let design = Edit::AddService {
            cluster: "shop".into(),
        }
        .apply(&design)
        .unwrap();
        let after = compile(&design, Some(&before)).model;
        assert_eq!(after.service_named("edges"), before.service_named("edges"));
        let removed = before.service_named("primes").unwrap();
        assert!(!after.service(removed).present);
        assert_eq!(after.services.len(), 3);
    }

    #[test]
    fn no_document_panics() {
        for text in [
            r#"{"stowplan":1}"#,
            r#"{"stowplan":1,"services":[{"serviceName":"a"}]}"#,
            r#"{"stowplan":1,"services":[{"serviceName":"a","taskDefinition":":","desiredCount":4294967295}],
                "taskDefinitions":[{"family":"","containerDefinitions":[{}]}]}"#,
            r#"{"stowplan":1,"rules":[{"ListenerArn":"","Priority":0}],"listeners":[{"LoadBalancerArn":"arn:","Port":0}]}"#,
        ] {
            let design = Design::read(text).unwrap();
            let _ = compile(&design, None);
        }
    }
}
