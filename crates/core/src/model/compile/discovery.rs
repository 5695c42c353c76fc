//! Cloud Map: `cloudMapNamespaces` and `cloudMapServices` of the document, in the shapes of its
//! CreateNamespace and CreateService, and `serviceRegistries` of services.

use super::deployment::Place;
use super::{Compiler, place};
use crate::design::{self, last_segment};
use crate::id::RegistryIx;
use crate::model::{
    Definition, DiscoveryObstacle, DnsRecord, Problem, REGISTERED_TASKS_MAX, RecordType, Registry,
    RegistryPort, RoutingPolicy, ServiceRegistry,
};
use crate::taskdef::NetworkMode;
use crate::time::Millis;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const RECORD_WORDS: &[&str] = &["A", "AAAA", "SRV", "CNAME"];

const ROUTING_WORDS: &[&str] = &["MULTIVALUE", "WEIGHTED"];

/// Seconds that a record may be kept, where none are stated: what the guide's examples have.
const TTL: u64 = 60;

/// Longest time that Route 53 takes, in seconds.
const TTL_MAX: u64 = 2_147_483_647;

impl Compiler<'_> {
    pub(super) fn registries(&mut self) {
        let design = self.design;
        let namespaces = self.namespaces();
        let written = design.extra.get("cloudMapServices");
        let written = Place::new(written, "/cloudMapServices".into());
        let mut keys = BTreeSet::new();
        for service in written.items() {
            let Some(name) = self.text(&service.member("Name")).map(ToString::to_string) else {
                continue;
            };
            let Some(namespace) = self.namespace_of(&service, &namespaces) else {
                continue;
            };
            let key = (namespace, name.clone());
            if !keys.insert(key.clone()) {
                let pointer = service.member("Name").pointer;
                self.find(pointer, Problem::DuplicateName { name });
                continue;
            }
            let registry = self.registry(&service, &key);
            let full_name = registry.full_name();
            let names = &mut self.names.registries;
            place(&mut self.model.registries, names, key.clone(), registry);
            let at = RegistryIx::from_at(self.names.registries[&key]);
            let stated = [service.member("Id"), service.member("Arn")];
            let stated = stated.iter().filter_map(|it| it.value?.as_str());
            let mut references: Vec<String> =
                stated.map(|text| last_segment(text).to_string()).collect();
            references.extend([name, full_name]);
            for reference in references {
                self.registry_names.entry(reference).or_insert(at);
            }
        }
    }

    /// Names of namespaces by what refers to them: name, id or ARN.
    fn namespaces(&mut self) -> BTreeMap<String, String> {
        let design = self.design;
        let written = design.extra.get("cloudMapNamespaces");
        let written = Place::new(written, "/cloudMapNamespaces".into());
        let mut known = BTreeMap::new();
        for namespace in written.items() {
            let Some(name) = self.text(&namespace.member("Name")) else {
                continue;
            };
            let others = [namespace.member("Id"), namespace.member("Arn")];
            let others = others.iter().filter_map(|it| it.value?.as_str());
            for reference in others.chain([name]) {
                let reference = last_segment(reference).to_string();
                known.entry(reference).or_insert_with(|| name.to_string());
            }
        }
        known
    }

    fn namespace_of(
        &mut self,
        service: &Place<'_>,
        namespaces: &BTreeMap<String, String>,
    ) -> Option<String> {
        // The one in DnsConfig is the older place.
        let stated = service.member("NamespaceId");
        let stated = if stated.value.is_some() {
            stated
        } else {
            service.member("DnsConfig").member("NamespaceId")
        };
        let reference = self.text(&stated).unwrap_or_default();
        let found = namespaces.get(last_segment(reference)).cloned();
        if found.is_none() {
            let problem = Problem::UnknownReference {
                kind: "Cloud Map namespace",
                reference: reference.to_string(),
            };
            self.find(service.member("NamespaceId").pointer, problem);
        }
        found
    }

    fn registry(&mut self, service: &Place<'_>, (namespace, name): &(String, String)) -> Registry {
        let config = service.member("DnsConfig");
        let routing = match self.one_of(&config.member("RoutingPolicy"), ROUTING_WORDS) {
            "WEIGHTED" => RoutingPolicy::Weighted,
            _ => RoutingPolicy::Multivalue,
        };
        let mut records = Vec::new();
        for record in config.member("DnsRecords").items() {
            let kind = match self.one_of(&record.member("Type"), RECORD_WORDS) {
                "AAAA" => RecordType::Aaaa,
                "SRV" => RecordType::Srv,
                "CNAME" => RecordType::Cname,
                _ => RecordType::A,
            };
            let ttl = Millis::seconds(self.number(&record.member("TTL"), TTL, (0, TTL_MAX)));
            records.push(DnsRecord { kind, ttl });
        }
        let by_route_53 = service.member("HealthCheckConfig");
        if by_route_53.value.is_some() {
            let what = "HealthCheckConfig".to_string();
            self.find(by_route_53.pointer, Problem::NotSimulated { what });
        }
        Registry {
            name: name.clone(),
            namespace: namespace.clone(),
            records,
            routing,
            has_health: service.member("HealthCheckCustomConfig").value.is_some(),
            present: true,
        }
    }

    /// The registry of a service, if it names one; `None` where it cannot be registered.
    #[expect(
        clippy::option_option,
        reason = "no registry is not the same as one that cannot be"
    )]
    pub(super) fn service_registry(
        &mut self,
        service: &design::Service,
        definition: &Definition,
        pointer: &str,
    ) -> Option<Option<ServiceRegistry>> {
        let written = service.extra.get("serviceRegistries");
        let written = Place::new(written, format!("{pointer}/serviceRegistries"));
        let stated = written.items();
        let Some(first) = stated.first() else {
            return Some(None);
        };
        let arn = first.member("registryArn");
        let reference = self.text(&arn).unwrap_or_default();
        let found = self.registry_names.get(last_segment(reference)).copied();
        let Some(registry) = found else {
            let problem = Problem::UnknownReference {
                kind: "Cloud Map service",
                reference: reference.to_string(),
            };
            self.find(arn.pointer, problem);
            return None;
        };
        let port = self.registry_port(first, definition)?;
        let mode = definition.document.network_mode();
        let obstacle = if stated.len() > 1 {
            Some(DiscoveryObstacle::Several)
        } else {
            let known = &self.model.registries[registry.at()];
            impossible(known, service, mode, port.as_ref())
        };
        if let Some(obstacle) = obstacle {
            let pointer = match obstacle {
                DiscoveryObstacle::TooManyTasks => format!("{pointer}/desiredCount"),
                DiscoveryObstacle::Several => written.pointer,
                DiscoveryObstacle::NoNetwork
                | DiscoveryObstacle::NotSrv
                | DiscoveryObstacle::NoPort
                | DiscoveryObstacle::PortTwice
                | DiscoveryObstacle::Classic => first.pointer.clone(),
            };
            self.find(pointer, Problem::DiscoveryImpossible { obstacle });
            return None;
        }
        Some(Some(ServiceRegistry { registry, port }))
    }

    #[expect(
        clippy::option_option,
        reason = "no port is not the same as one that cannot be"
    )]
    fn registry_port(
        &mut self,
        written: &Place<'_>,
        definition: &Definition,
    ) -> Option<Option<RegistryPort>> {
        let number = |compiler: &mut Self, name: &str| {
            let stated = written.member(name);
            stated.value?;
            let port = compiler.number(&stated, 1, (0, 65_535));
            u16::try_from(port).ok()
        };
        let fixed = number(self, "port");
        let of_container = number(self, "containerPort");
        let name = self.text(&written.member("containerName"));
        match (name, of_container, fixed) {
            (Some(name), Some(port), None) => {
                let mut containers = definition.document.container_definitions.iter();
                let has_it = containers.any(|it| {
                    let mut ports = it.ports().iter();
                    it.name == name && ports.any(|it| it.container_port == Some(port))
                });
                let container = name.to_string();
                if !has_it {
                    let problem = Problem::UnknownContainerPort { container, port };
                    self.find(written.pointer.clone(), problem);
                    return None;
                }
                Some(Some(RegistryPort::Container {
                    name: container,
                    port,
                }))
            }
            (None, None, fixed) => Some(fixed.map(RegistryPort::Fixed)),
            (_, _, fixed) => {
                let obstacle = if fixed.is_some() {
                    DiscoveryObstacle::PortTwice
                } else {
                    DiscoveryObstacle::NoPort
                };
                let pointer = written.pointer.clone();
                self.find(pointer, Problem::DiscoveryImpossible { obstacle });
                None
            }
        }
    }
}

/// What forbids that the service's tasks are registered there.
fn impossible(
    registry: &Registry,
    service: &design::Service,
    mode: NetworkMode,
    port: Option<&RegistryPort>,
) -> Option<DiscoveryObstacle> {
    let is_shared = matches!(mode, NetworkMode::Bridge | NetworkMode::Host);
    let of_container = matches!(port, Some(RegistryPort::Container { .. }));
    let mut wires = service.load_balancers.iter();
    if mode == NetworkMode::None {
        return Some(DiscoveryObstacle::NoNetwork);
    }
    if wires.any(|wire| wire.load_balancer_name.is_some()) {
        return Some(DiscoveryObstacle::Classic);
    }
    if service.desired_count.unwrap_or(0) > REGISTERED_TASKS_MAX {
        return Some(DiscoveryObstacle::TooManyTasks);
    }
    let mut records = registry.records.iter();
    if is_shared && records.any(|record| record.kind != RecordType::Srv) {
        return Some(DiscoveryObstacle::NotSrv);
    }
    let lacks_port = if is_shared {
        !of_container
    } else {
        registry.has(RecordType::Srv) && port.is_none()
    };
    lacks_port.then_some(DiscoveryObstacle::NoPort)
}
