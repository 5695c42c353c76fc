//! Services: the revision, target groups, bounds and placement that they name.

use super::{Compiler, place};
use crate::design::{self, last_segment};
use crate::id::{TargetGroupIx, TaskDefinitionIx};
use crate::model::{
    Controller, Problem, Scheduling, Service, ServiceTarget, TASKS_PER_SERVICE_MAX,
};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Compiler<'_> {
    pub(super) fn services(&mut self) {
        let mut names = BTreeSet::new();
        for (at, service) in self.design.services.iter().enumerate() {
            let pointer = format!("/services/{at}");
            let name = service.service_name.clone();
            let key = (self.cluster(service.cluster.as_ref()), name.clone());
            if !names.insert(key.clone()) {
                self.find(
                    format!("{pointer}/serviceName"),
                    Problem::DuplicateName { name },
                );
                continue;
            }
            match self.service(service, &pointer) {
                Some(compiled) => {
                    place(
                        &mut self.model.services,
                        &mut self.names.services,
                        key,
                        compiled,
                    );
                }
                None => self.keep_service(&key),
            }
        }
    }

    /// A service that ran until now goes on as it was while the document is at fault about it.
    fn keep_service(&mut self, key: &(String, String)) {
        let Some(at) = self.names.services.get(key) else {
            return;
        };
        let before = self.before.and_then(|before| before.services.get(*at));
        self.model.services[*at].present = before.is_some_and(|service| service.present);
    }

    fn service(&mut self, service: &design::Service, pointer: &str) -> Option<Service> {
        let cluster = self.known_cluster(service.cluster.as_ref(), format!("{pointer}/cluster"));
        let task_definition = self.service_definition(service, pointer);
        let targets = task_definition
            .map(|definition| self.service_targets(service, definition, pointer))
            .unwrap_or_default();
        let definition = task_definition.map(|at| self.model.definition(at).clone());
        let registry = definition
            .as_ref()
            .and_then(|definition| self.service_registry(service, definition, pointer));
        let scheduling = self.scheduling(service, pointer);
        let strategies = self.strategies(service, pointer);
        let constraints = self.constraints(service, definition.as_ref(), pointer);
        let zones = self.service_zones(service, definition.as_ref(), pointer);
        let desired_count = self.desired_count(service, pointer);
        let cluster = cluster?;
        let name = &service.service_name;
        let workload = self.design.workloads.get(&format!("{cluster}/{name}"));
        let scheduling = scheduling?;
        let mut targets = targets?;
        let deploying = self.deploying(service, scheduling, &mut targets, pointer)?;
        let (minimum_healthy_percent, maximum_percent) =
            bounds(service, scheduling, deploying.controller);
        let mut compiled = Service {
            name: name.clone(),
            cluster,
            task_definition: task_definition?,
            desired_count: desired_count?,
            minimum_healthy_percent,
            maximum_percent,
            grace_period: Millis::seconds(u64::from(
                service.health_check_grace_period_seconds.unwrap_or(0),
            )),
            targets,
            registry: registry?,
            deploying,
            strategies: strategies?,
            constraints: constraints?,
            zones: zones?,
            scheduling,
            zone_rebalancing: false,
            group: format!("service:{name}"),
            workload: workload.cloned().unwrap_or_default(),
            present: true,
        };
        if scheduling == Scheduling::Daemon {
            compiled.desired_count = 0;
        }
        if let Some(definition) = &definition {
            compiled.zone_rebalancing =
                self.zone_rebalancing(service, &compiled, definition, pointer);
        }
        self.percentages(service, pointer);
        self.tasks_and_hosts(&compiled, pointer);
        self.deadlock(&compiled, pointer);
        self.not_simulated(service, pointer);
        Some(compiled)
    }

    fn desired_count(&mut self, service: &design::Service, pointer: &str) -> Option<u32> {
        let desired = service.desired_count.unwrap_or(0);
        if desired > TASKS_PER_SERVICE_MAX {
            self.find(
                format!("{pointer}/desiredCount"),
                Problem::TooManyTasks { desired },
            );
            return None;
        }
        Some(desired)
    }

    fn service_definition(
        &mut self,
        service: &design::Service,
        pointer: &str,
    ) -> Option<TaskDefinitionIx> {
        // Where task sets say which revisions run, the service names none (API:CreateService).
        let of_sets = self.first_of_task_sets(service);
        let reference = match of_sets {
            Some(reference) if service.task_definition.is_empty() => reference,
            Some(_) | None => service.task_definition.clone(),
        };
        self.definition_named(&reference, format!("{pointer}/taskDefinition"))
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
            let is_classic = wire.load_balancer_name.is_some();
            let group = if is_classic {
                self.classic_target(service, &document, wire, &pointer)
            } else {
                self.target_group(&wire.target_group_arn, &pointer, "targetGroupArn")
            };
            let (container, port) = (wire.container_name.clone(), wire.container_port);
            let published = document.container_definitions.iter().any(|known| {
                let mut ports = known.ports().iter();
                known.name == container && ports.any(|mapping| mapping.container_port == Some(port))
            });
            if !published {
                self.find(pointer, Problem::UnknownContainerPort { container, port });
                return None;
            }
            // A task's registration is known by its target group alone.
            let target_group = group?;
            if targets
                .iter()
                .any(|known: &ServiceTarget| known.target_group == target_group)
            {
                let name = wire.target_group_arn.clone();
                self.find(
                    format!("{pointer}/targetGroupArn"),
                    Problem::DuplicateName { name },
                );
                return None;
            }
            targets.push(ServiceTarget {
                target_group,
                alternate: None,
                container_name: container,
                container_port: port,
            });
        }
        Some(targets)
    }

    pub(super) fn target_group(
        &mut self,
        reference: &str,
        pointer: &str,
        field: &str,
    ) -> Option<TargetGroupIx> {
        let name = last_segment(reference);
        let found = self
            .names
            .target_groups
            .get(name)
            .map(|at| TargetGroupIx::from_at(*at));
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

    /// minimumHealthyPercent is at most 100: more would keep a deployment from ever ending.
    fn percentages(&mut self, service: &design::Service, pointer: &str) {
        let stated = service.deployment_configuration.as_ref();
        let minimum = stated.and_then(|it| it.minimum_healthy_percent);
        if let Some(percent) = minimum.filter(|percent| *percent > 100) {
            let pointer = format!("{pointer}/deploymentConfiguration/minimumHealthyPercent");
            let (least, most) = (0, 100);
            let written = percent.to_string();
            let problem = Problem::OutOfRange {
                written,
                least,
                most,
            };
            self.find(pointer, problem);
        }
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
        let fields = ["capacityProviderStrategy", "serviceConnectConfiguration"];
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
}

/// Lower and upper bound in percent. Defaults: 100 and 200; of a DAEMON 0 and 100; with another
/// controller than ECS they are the defaults whatever is stated (ecs.md 3.3).
fn bounds(service: &design::Service, scheduling: Scheduling, controller: Controller) -> (u32, u32) {
    let stated = service.deployment_configuration.as_ref();
    let stated = stated.filter(|_| controller == Controller::Ecs);
    let minimum = stated.and_then(|it| it.minimum_healthy_percent);
    let maximum = stated.and_then(|it| it.maximum_percent);
    match scheduling {
        Scheduling::Replica | Scheduling::RunTask => {
            (minimum.unwrap_or(100).min(100), maximum.unwrap_or(200))
        }
        Scheduling::Daemon => (minimum.unwrap_or(0), 100),
    }
}
