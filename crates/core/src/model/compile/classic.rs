//! Classic Load Balancers: each becomes an implicit target group, so that registration, health
//! checks and the scheduler are those of all others (load-balancing-and-scaling.md 3.2).
//!
//! The document has CreateLoadBalancer's fields of that API: `Listeners`, `HealthCheck`,
//! `ConnectionDraining`, `CrossZoneLoadBalancing`, `ConnectionSettings`.

use super::deployment::Place;
use super::{Compiler, place};
use crate::design::{self, ServiceLoadBalancer};
use crate::id::{LoadBalancerIx, TargetGroupIx};
use crate::model::{
    BalancerKind, CheckPort, ClassicListener, ClassicObstacle, HealthCheck, HealthFloor, Problem,
    ProtocolVersion, StickyBy, TargetGroup, TargetProtocol, TargetType,
};
use crate::taskdef::{NetworkMode, TaskDefinition};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Protocols of listeners and health checks; the last is TLS under its older name.
const PROTOCOLS: &[(&str, TargetProtocol)] = &[
    ("HTTP", TargetProtocol::Http),
    ("HTTPS", TargetProtocol::Https),
    ("TCP", TargetProtocol::Tcp),
    ("SSL", TargetProtocol::Tls),
];

const PROTOCOL_WORDS: &[&str] = &["HTTP", "HTTPS", "TCP", "SSL"];

/// What is asked where no health check is stated: a connection to port 80, as the command line
/// has it.
const CHECK_PORT: u16 = 80;

/// Requests that wait while there is no instance for them.
const SURGE_QUEUE: u32 = 1024;

/// Idle timeout in seconds: default and range.
const IDLE: (u64, (u64, u64)) = (60, (1, 4000));

/// Seconds that an instance drains, where draining is enabled: default and range.
const DRAINING: (u64, (u64, u64)) = (300, (1, 3600));

/// Health checks: interval and timeout in seconds, passes and failures; default and range each.
const INTERVAL: (u64, (u64, u64)) = (30, (5, 300));
const TIMEOUT: (u64, (u64, u64)) = (5, (2, 60));
const HEALTHY: (u64, (u64, u64)) = (10, (2, 10));
const UNHEALTHY: (u64, (u64, u64)) = (2, (2, 10));

/// The only code with which a check over HTTP passes.
const OK: (u16, u16) = (200, 200);

/// The key of a Classic Load Balancer's implicit target group: no target group has a name like it.
pub(super) fn key(balancer: &str) -> String {
    format!("classic/{balancer}")
}

fn member<'a>(balancer: &'a design::LoadBalancer, name: &str, pointer: &str) -> Place<'a> {
    Place::new(balancer.extra.get(name), format!("{pointer}/{name}"))
}

impl Compiler<'_> {
    /// Off by default for what is made by API or command line.
    pub(super) fn classic_crosses_zones(
        &mut self,
        balancer: &design::LoadBalancer,
        pointer: &str,
    ) -> bool {
        let stated = member(balancer, "CrossZoneLoadBalancing", pointer);
        self.flag(&stated.member("Enabled"), false)
    }

    pub(super) fn classic_idle_timeout(
        &mut self,
        balancer: &design::LoadBalancer,
        pointer: &str,
    ) -> Millis {
        let stated = member(balancer, "ConnectionSettings", pointer);
        Millis::seconds(self.number(&stated.member("IdleTimeout"), IDLE.0, IDLE.1))
    }

    /// Listeners and implicit target groups of all Classic Load Balancers.
    pub(super) fn classic_balancers(&mut self) {
        let design = self.design;
        let mut seen = BTreeSet::new();
        for (at, balancer) in design.load_balancers.iter().enumerate() {
            let Some(known) = self.names.load_balancers.get(&balancer.name).copied() else {
                continue;
            };
            let is_classic = self.model.load_balancers[known].kind == BalancerKind::Classic;
            if !is_classic || !seen.insert(balancer.name.as_str()) {
                continue;
            }
            let pointer = format!("/loadBalancers/{at}");
            let mut listeners = self.classic_listeners(balancer, &pointer);
            let mut group = self.implicit_group(balancer, &listeners, &pointer);
            group.balancers.insert(LoadBalancerIx::from_at(known));
            let key = key(&balancer.name);
            let groups = &mut self.names.target_groups;
            place(&mut self.model.target_groups, groups, key.clone(), group);
            let group = self.names.target_groups[&key];
            for listener in &mut listeners {
                listener.target_group = TargetGroupIx::from_at(group);
            }
            self.model.load_balancers[known].classic = listeners;
        }
    }

    fn classic_listeners(
        &mut self,
        balancer: &design::LoadBalancer,
        pointer: &str,
    ) -> Vec<ClassicListener> {
        let stated = member(balancer, "Listeners", pointer).items();
        let mut listeners = Vec::new();
        for listener in stated {
            let protocol = self.classic_protocol(&listener.member("Protocol"));
            let port = self.number(&listener.member("LoadBalancerPort"), 80, (1, 65_535));
            let instance = self.number(&listener.member("InstancePort"), 80, (1, 65_535));
            listeners.push(ClassicListener {
                protocol: protocol.unwrap_or_default(),
                port: u16::try_from(port).unwrap_or(u16::MAX),
                instance_port: u16::try_from(instance).unwrap_or(u16::MAX),
                // Known once the group has its place.
                target_group: TargetGroupIx(0),
            });
        }
        listeners
    }

    fn classic_protocol(&mut self, stated: &Place<'_>) -> Option<TargetProtocol> {
        let word = self.text(stated);
        self.word(word, (PROTOCOLS, PROTOCOL_WORDS), || stated.pointer.clone())
    }

    fn implicit_group(
        &mut self,
        balancer: &design::LoadBalancer,
        listeners: &[ClassicListener],
        pointer: &str,
    ) -> TargetGroup {
        let check = member(balancer, "HealthCheck", pointer);
        let mut number = |name: &str, (default, range): (u64, (u64, u64))| {
            self.number(&check.member(name), default, range)
        };
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let (interval, timeout) = (number("Interval", INTERVAL), number("Timeout", TIMEOUT));
        let healthy_threshold = count(number("HealthyThreshold", HEALTHY));
        let unhealthy_threshold = count(number("UnhealthyThreshold", UNHEALTHY));
        if timeout >= interval {
            let (timeout, interval) = (count(timeout), count(interval));
            let problem = Problem::CheckTimeoutTooLong { timeout, interval };
            self.find(check.member("Timeout").pointer, problem);
        }
        let first = listeners.first();
        let stated = member(balancer, "Listeners", pointer).item(0);
        let spoken = self.classic_protocol(&stated.member("InstanceProtocol"));
        let protocol = spoken.or(first.map(|it| it.protocol)).unwrap_or_default();
        TargetGroup {
            name: balancer.name.clone(),
            target_type: TargetType::Instance,
            protocol,
            version: ProtocolVersion::Http1,
            port: first.map(|it| it.instance_port),
            check: self.classic_check(&check.member("Target")),
            interval: Millis::seconds(interval),
            timeout: Millis::seconds(timeout),
            healthy_threshold,
            unhealthy_threshold,
            deregistration_delay: self.classic_draining(balancer, pointer),
            slow_start: Millis::ZERO,
            algorithm: first.map_or_else(Default::default, ClassicListener::algorithm),
            anomaly_mitigation: false,
            stickiness: None,
            sticky_by: StickyBy::BalancerCookie,
            terminates_connections: true,
            is_classic: true,
            fails_open: false,
            surge_queue: Some(SURGE_QUEUE),
            cross_zone: None,
            dns_failover: HealthFloor::default(),
            unhealthy_routing: HealthFloor::default(),
            balancers: BTreeSet::new(),
            present: true,
        }
    }

    /// Off by default: then an instance is gone at once.
    fn classic_draining(&mut self, balancer: &design::LoadBalancer, pointer: &str) -> Millis {
        let stated = member(balancer, "ConnectionDraining", pointer);
        let is_on = self.flag(&stated.member("Enabled"), false);
        let seconds = self.number(&stated.member("Timeout"), DRAINING.0, DRAINING.1);
        if is_on {
            Millis::seconds(seconds)
        } else {
            Millis::ZERO
        }
    }

    fn classic_check(&mut self, stated: &Place<'_>) -> HealthCheck {
        let read = self.text(stated).map(check_target);
        if read == Some(None) {
            let expected = "a target such as HTTP:80/ping or TCP:80";
            self.find(stated.pointer.clone(), Problem::WrongShape { expected });
        }
        let default = (TargetProtocol::Tcp, CHECK_PORT, "");
        let (protocol, port, path) = read.flatten().unwrap_or(default);
        HealthCheck {
            protocol,
            is_grpc: false,
            path: path.into(),
            port: CheckPort::Port(port),
            matcher: Vec::from([OK]),
        }
    }

    /// The implicit target group that a service's wire means; `None` where AWS refuses it.
    pub(super) fn classic_target(
        &mut self,
        service: &design::Service,
        document: &TaskDefinition,
        wire: &ServiceLoadBalancer,
        pointer: &str,
    ) -> Option<TargetGroupIx> {
        let name = wire.load_balancer_name.as_deref().unwrap_or_default();
        let found = self.names.target_groups.get(&key(name)).copied();
        let found = found.filter(|at| self.model.target_groups[*at].present);
        let Some(group) = found else {
            let problem = Problem::UnknownReference {
                kind: "Classic Load Balancer",
                reference: name.into(),
            };
            self.find(format!("{pointer}/loadBalancerName"), problem);
            return None;
        };
        let ports: Vec<u16> = self.instance_ports(name);
        if let Some((obstacle, field)) = obstacle(service, document, wire, &ports) {
            let pointer = format!("{pointer}/{field}");
            self.find(pointer, Problem::ClassicImpossible { obstacle });
            return None;
        }
        Some(TargetGroupIx::from_at(group))
    }

    fn instance_ports(&self, balancer: &str) -> Vec<u16> {
        let known = self.names.load_balancers.get(balancer);
        let listeners = known.map(|at| &self.model.load_balancers[*at].classic);
        let listeners = listeners.into_iter().flatten();
        listeners.map(|listener| listener.instance_port).collect()
    }

    /// Each host takes one task of a service behind a Classic Load Balancer.
    pub(super) fn tasks_and_hosts(&mut self, service: &crate::model::Service, pointer: &str) {
        let is_classic = |group: TargetGroupIx| self.model.target_group(group).is_classic;
        let mut targets = service.targets.iter();
        if !targets.any(|target| is_classic(target.target_group)) {
            return;
        }
        let hosts = self.model.present_instances();
        let hosts = hosts.filter(|(_, host)| host.cluster == service.cluster);
        let (hosts, desired) = (hosts.count(), service.desired_count);
        if usize::try_from(desired).is_ok_and(|desired| desired > hosts) {
            let problem = Problem::MoreTasksThanHosts { desired, hosts };
            self.find(format!("{pointer}/desiredCount"), problem);
        }
    }
}

/// What forbids the wire, and the field of it that says so.
fn obstacle(
    service: &design::Service,
    document: &TaskDefinition,
    wire: &ServiceLoadBalancer,
    instance_ports: &[u16],
) -> Option<(ClassicObstacle, &'static str)> {
    let name = "loadBalancerName";
    let is_classic = |wire: &&ServiceLoadBalancer| wire.load_balancer_name.is_some();
    let wires = service.load_balancers.iter();
    let classic = wires.filter(is_classic).count();
    let is_fargate = |service: &design::Service| {
        let stated = service.extra.get("launchType");
        stated.and_then(serde_json::Value::as_str) == Some("FARGATE")
    };
    if classic > 1 {
        return Some((ClassicObstacle::Several, name));
    }
    if service.load_balancers.len() > classic || !wire.target_group_arn.is_empty() {
        return Some((ClassicObstacle::BesideTargetGroups, name));
    }
    if is_fargate(service) {
        return Some((ClassicObstacle::Fargate, name));
    }
    let mode = document.network_mode();
    if matches!(mode, NetworkMode::Awsvpc | NetworkMode::None) {
        return Some((ClassicObstacle::NetworkMode, name));
    }
    if instance_ports.is_empty() {
        return Some((ClassicObstacle::NoListener, name));
    }
    let port = host_port(document, wire);
    if !port.is_some_and(|port| instance_ports.contains(&port)) {
        return Some((ClassicObstacle::HostPort, "containerPort"));
    }
    deploys_otherwise(service).then_some((ClassicObstacle::Deployment, name))
}

/// The fixed port of the host that the wire's container port has.
fn host_port(document: &TaskDefinition, wire: &ServiceLoadBalancer) -> Option<u16> {
    let mut containers = document.container_definitions.iter();
    let container = containers.find(|it| it.name == wire.container_name)?;
    let mut ports = container.ports().iter();
    let mapping = ports.find(|it| it.container_port == Some(wire.container_port))?;
    let stated = mapping.host_port.filter(|port| *port > 0);
    if document.network_mode() == NetworkMode::Host {
        return stated.or(mapping.container_port);
    }
    stated
}

/// Whether its deployments shift traffic between target groups, which there are none of, or belong
/// to another controller, which knows target groups alone.
fn deploys_otherwise(service: &design::Service) -> bool {
    let controller = service.extra.get("deploymentController");
    let controller = controller.and_then(|it| it.get("type")?.as_str());
    let stated = service.deployment_configuration.as_ref();
    let strategy = stated.and_then(|it| it.extra.get("strategy")?.as_str());
    controller.is_some_and(|it| it != "ECS") || strategy.is_some_and(|it| it != "ROLLING")
}

/// `HTTP:80/ping`: protocol, port, path.
fn check_target(written: &str) -> Option<(TargetProtocol, u16, &str)> {
    let (protocol, rest) = written.split_once(':')?;
    let mut known = PROTOCOLS.iter();
    let (_, protocol) = known.find(|(word, _)| word.eq_ignore_ascii_case(protocol))?;
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = port.parse().ok().filter(|port| *port > 0)?;
    // A page is asked for by HTTP alone, and there it must be named.
    (protocol.is_http() != path.is_empty()).then_some((*protocol, port, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_health_check_names_protocol_port_and_page() {
        let http = (TargetProtocol::Http, 80, "/ping");
        assert_eq!(check_target("HTTP:80/ping"), Some(http));
        assert_eq!(
            check_target("ssl:443"),
            Some((TargetProtocol::Tls, 443, ""))
        );
        for wrong in ["", "HTTP", "HTTP:80", "TCP:80/x", "UDP:53", "TCP:0"] {
            assert_eq!(check_target(wrong), None, "{wrong}");
        }
    }
}
