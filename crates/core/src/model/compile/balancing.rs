//! Load balancers and target groups: their attributes, with AWS's defaults.

use super::{Compiler, place};
use crate::design::{self, Attribute, last_segment};
use crate::model::{
    Algorithm, BalancerKind, HealthFloor, LoadBalancer, Problem, StickyBy, TargetGroup,
    TargetProtocol, TargetType,
};
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Kinds of load balancers by CreateLoadBalancer's words, and ours for the Classic one.
const KINDS: &[(&str, BalancerKind)] = &[
    ("application", BalancerKind::Application),
    ("network", BalancerKind::Network),
    ("gateway", BalancerKind::Gateway),
    ("classic", BalancerKind::Classic),
];

const KIND_WORDS: &[&str] = &["application", "network", "gateway", "classic"];

const TARGET_TYPES: &[(&str, TargetType)] = &[
    ("instance", TargetType::Instance),
    ("ip", TargetType::Ip),
    ("lambda", TargetType::Lambda),
    ("alb", TargetType::Alb),
];

const TARGET_TYPE_WORDS: &[&str] = &["instance", "ip", "lambda", "alb"];

const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("round_robin", Algorithm::RoundRobin),
    (
        "least_outstanding_requests",
        Algorithm::LeastOutstandingRequests,
    ),
    ("weighted_random", Algorithm::WeightedRandom),
];

const ALGORITHM_WORDS: &[&str] = &[
    "round_robin",
    "least_outstanding_requests",
    "weighted_random",
];

const SWITCH_WORDS: &[&str] = &["true", "false"];

const CROSS_ZONE_WORDS: &[&str] = &["true", "false", "use_load_balancer_configuration"];

const FLOOR_WORDS: &[&str] = &["off", "a number"];

/// Idle timeout of an Application Load Balancer in seconds: default and range (1.6).
const APPLICATION_IDLE: (u64, u64, u64) = (60, 1, 4000);

/// Idle timeout of TCP connections of a Network Load Balancer in seconds (3.1).
const NETWORK_IDLE: u64 = 350;

/// Deregistration delay in seconds: default and range (2.4).
const DEREGISTRATION: (u64, u64, u64) = (300, 0, 3600);

/// How long a client is kept, in seconds: default and range (2.6).
const STICKINESS: (u64, u64, u64) = (86_400, 1, 604_800);

/// A client that is known by its address stays until the targets or their health change; no
/// duration is documented (3.1), so this is longer than any run.
const SOURCE_ADDRESS_STICKINESS: Millis = Millis::minutes(60 * 24 * 365 * 100);

/// What `stickiness.type` says: a group of a Network Load Balancer knows the address alone.
fn sticky_by(attributes: &Attributes<'_>, protocol: TargetProtocol) -> StickyBy {
    let kind = attributes.get("stickiness.type");
    match kind.as_ref().map(|(word, _)| *word) {
        _ if !protocol.is_http() => StickyBy::SourceAddress,
        Some("app_cookie") => StickyBy::ApplicationCookie,
        Some(_) | None => StickyBy::BalancerCookie,
    }
}

/// Attributes of one part, and where they stand.
pub(super) struct Attributes<'a> {
    pub(super) list: &'a [Attribute],
    pub(super) pointer: String,
}

impl Attributes<'_> {
    /// The value of `key` and its place; the last one counts, as ModifyTargetGroupAttributes
    /// would leave it.
    pub(super) fn get(&self, key: &str) -> Option<(&str, String)> {
        let at = self.list.iter().rposition(|it| it.key == key)?;
        let pointer = format!("{}/{at}/Value", self.pointer);
        Some((self.list[at].value.as_str(), pointer))
    }
}

impl Compiler<'_> {
    pub(super) fn load_balancers(&mut self) {
        let design = self.design;
        let mut names = BTreeSet::new();
        for (at, balancer) in design.load_balancers.iter().enumerate() {
            let pointer = format!("/loadBalancers/{at}");
            if !names.insert(&balancer.name) {
                let name = balancer.name.clone();
                self.find(format!("{pointer}/Name"), Problem::DuplicateName { name });
                continue;
            }
            let compiled = self.load_balancer(balancer, &pointer);
            place(
                &mut self.model.load_balancers,
                &mut self.names.load_balancers,
                balancer.name.clone(),
                compiled,
            );
        }
    }

    fn load_balancer(&mut self, balancer: &design::LoadBalancer, pointer: &str) -> LoadBalancer {
        let word = balancer.r#type.as_deref();
        let kind = self.word(word, (KINDS, KIND_WORDS), || format!("{pointer}/Type"));
        let kind = kind.unwrap_or_default();
        let attributes = Attributes {
            list: &balancer.attributes,
            pointer: format!("{pointer}/Attributes"),
        };
        let crosses = match kind {
            // On for Application Load Balancers, and not to be changed there (2.8).
            BalancerKind::Application => true,
            BalancerKind::Network | BalancerKind::Gateway => self
                .switch(&attributes, "load_balancing.cross_zone.enabled")
                .unwrap_or(false),
            BalancerKind::Classic => self.classic_crosses_zones(balancer, pointer),
        };
        let idle = "idle_timeout.timeout_seconds";
        let idle_timeout = match kind {
            BalancerKind::Application => self.seconds(&attributes, idle, APPLICATION_IDLE),
            BalancerKind::Classic => self.classic_idle_timeout(balancer, pointer),
            BalancerKind::Network | BalancerKind::Gateway => {
                self.seconds(&attributes, idle, (NETWORK_IDLE, 1, 6000))
            }
        };
        LoadBalancer {
            name: balancer.name.clone(),
            kind,
            zones: self.zones_of(balancer, pointer),
            cross_zone: crosses,
            idle_timeout,
            classic: Vec::new(),
            present: true,
        }
    }

    /// The zones of its subnets, whichever of the two fields has them; all of the design's where
    /// it names none.
    fn zones_of(
        &mut self,
        balancer: &design::LoadBalancer,
        pointer: &str,
    ) -> BTreeSet<crate::id::ZoneIx> {
        let mut zones = BTreeSet::new();
        for (at, subnet) in balancer.subnets.iter().enumerate() {
            let id = last_segment(subnet);
            let mut known = self.design.network.subnets.iter();
            let Some(found) = known.find(|it| it.subnet_id == id) else {
                let reference = subnet.clone();
                let problem = Problem::UnknownReference {
                    kind: "subnet",
                    reference,
                };
                self.find(format!("{pointer}/Subnets/{at}"), problem);
                continue;
            };
            let zone = self.names.zones.get(&found.availability_zone).copied();
            zones.extend(zone.map(crate::id::ZoneIx::from_at));
        }
        if balancer.subnets.is_empty() {
            let all = self.model.zones.len();
            zones.extend((0..all).map(crate::id::ZoneIx::from_at));
        }
        zones
    }

    pub(super) fn target_groups(&mut self) {
        let design = self.design;
        let mut names = BTreeSet::new();
        for (at, group) in design.target_groups.iter().enumerate() {
            let pointer = format!("/targetGroups/{at}");
            if !names.insert(&group.name) {
                let name = group.name.clone();
                self.find(format!("{pointer}/Name"), Problem::DuplicateName { name });
                continue;
            }
            let compiled = self.compiled_target_group(group, &pointer);
            let name = group.name.clone();
            place(
                &mut self.model.target_groups,
                &mut self.names.target_groups,
                name,
                compiled,
            );
        }
    }

    /// Defaults: load-balancing-and-scaling.md 2.2 and 2.4 to 2.8.
    fn compiled_target_group(&mut self, group: &design::TargetGroup, pointer: &str) -> TargetGroup {
        let attributes = Attributes {
            list: &group.attributes,
            pointer: format!("{pointer}/Attributes"),
        };
        let kind = (TARGET_TYPES, TARGET_TYPE_WORDS);
        let kind = self.word(group.target_type.as_deref(), kind, || {
            format!("{pointer}/TargetType")
        });
        let protocol = self.target_protocol(group, pointer);
        let version = self.protocol_version(group, pointer);
        let check = self.health_check(group, (protocol, version), pointer);
        let timing = self.check_timing(group, (protocol, check.protocol), pointer);
        self.attribute_conflicts(&attributes, protocol);
        TargetGroup {
            name: group.name.clone(),
            target_type: kind.unwrap_or_default(),
            protocol,
            version,
            port: group.port,
            check,
            interval: timing.interval,
            timeout: timing.timeout,
            healthy_threshold: timing.healthy_threshold,
            unhealthy_threshold: timing.unhealthy_threshold,
            deregistration_delay: self.seconds(
                &attributes,
                "deregistration_delay.timeout_seconds",
                DEREGISTRATION,
            ),
            slow_start: if protocol.is_http() {
                self.slow_start(&attributes)
            } else {
                Millis::ZERO
            },
            algorithm: if protocol.is_http() {
                self.algorithm(&attributes)
            } else {
                Algorithm::FlowHash
            },
            anomaly_mitigation: {
                let key = "load_balancing.algorithm.anomaly_mitigation";
                let value = attributes.get(key);
                value.is_some_and(|(word, _)| word == "on")
            },
            stickiness: self.stickiness(&attributes, protocol),
            sticky_by: sticky_by(&attributes, protocol),
            terminates_connections: self
                .switch(
                    &attributes,
                    "deregistration_delay.connection_termination.enabled",
                )
                .unwrap_or(matches!(
                    protocol,
                    TargetProtocol::Udp | TargetProtocol::TcpUdp
                )),
            is_classic: false,
            fails_open: true,
            surge_queue: None,
            cross_zone: self.crosses_zones(&attributes),
            dns_failover: HealthFloor {
                count: self.floor(&attributes, "dns_failover.minimum_healthy_targets.count"),
                percentage: self.floor(
                    &attributes,
                    "dns_failover.minimum_healthy_targets.percentage",
                ),
            },
            unhealthy_routing: HealthFloor {
                count: self
                    .floor(
                        &attributes,
                        "unhealthy_state_routing.minimum_healthy_targets.count",
                    )
                    .or(Some(1)),
                percentage: self.floor(
                    &attributes,
                    "unhealthy_state_routing.minimum_healthy_targets.percentage",
                ),
            },
            balancers: BTreeSet::new(),
            present: true,
        }
    }

    /// Off, or 30 to 900 s (2.5).
    fn slow_start(&mut self, attributes: &Attributes<'_>) -> Millis {
        let key = "slow_start.duration_seconds";
        let is_off = attributes.get(key).is_none_or(|(value, _)| value == "0");
        if is_off {
            return Millis::ZERO;
        }
        self.seconds(attributes, key, (0, 30, 900))
    }

    fn algorithm(&mut self, attributes: &Attributes<'_>) -> Algorithm {
        let stated = attributes.get("load_balancing.algorithm.type");
        let word = stated.as_ref().map(|(word, _)| *word);
        let pointer = || stated.as_ref().map_or(String::new(), |it| it.1.clone());
        let read = self.word(word, (ALGORITHMS, ALGORITHM_WORDS), pointer);
        read.unwrap_or_default()
    }

    fn stickiness(
        &mut self,
        attributes: &Attributes<'_>,
        protocol: TargetProtocol,
    ) -> Option<Millis> {
        let on = self.switch(attributes, "stickiness.enabled") == Some(true);
        let key = match sticky_by(attributes, protocol) {
            StickyBy::SourceAddress => return on.then_some(SOURCE_ADDRESS_STICKINESS),
            StickyBy::ApplicationCookie => "stickiness.app_cookie.duration_seconds",
            StickyBy::BalancerCookie => "stickiness.lb_cookie.duration_seconds",
        };
        let length = self.seconds(attributes, key, STICKINESS);
        on.then_some(length)
    }

    fn crosses_zones(&mut self, attributes: &Attributes<'_>) -> Option<bool> {
        let (word, pointer) = attributes.get("load_balancing.cross_zone.enabled")?;
        match word {
            "true" => Some(true),
            "false" => Some(false),
            "use_load_balancer_configuration" => None,
            other => {
                let (word, known) = (other.to_string(), CROSS_ZONE_WORDS);
                self.find(pointer, Problem::UnknownWord { word, known });
                None
            }
        }
    }

    /// A bound of healthy targets: off, or a number.
    fn floor(&mut self, attributes: &Attributes<'_>, key: &str) -> Option<u32> {
        let (word, pointer) = attributes.get(&format!("target_group_health.{key}"))?;
        if word == "off" {
            return None;
        }
        let number = word.parse().ok();
        if number.is_none() {
            let (word, known) = (word.to_string(), FLOOR_WORDS);
            self.find(pointer, Problem::UnknownWord { word, known });
        }
        number
    }

    pub(super) fn switch(&mut self, attributes: &Attributes<'_>, key: &str) -> Option<bool> {
        let (word, pointer) = attributes.get(key)?;
        match word {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let (word, known) = (other.to_string(), SWITCH_WORDS);
                self.find(pointer, Problem::UnknownWord { word, known });
                None
            }
        }
    }

    /// A length of time; the nearest where it is out of bounds, the default where it is none.
    fn seconds(
        &mut self,
        attributes: &Attributes<'_>,
        key: &str,
        (default, least, most): (u64, u64, u64),
    ) -> Millis {
        let Some((written, pointer)) = attributes.get(key) else {
            return Millis::seconds(default);
        };
        let read: Option<u64> = written.parse().ok();
        let within = read.filter(|it| (least..=most).contains(it));
        if within.is_none() {
            let written = written.to_string();
            let problem = Problem::OutOfRange {
                written,
                least,
                most,
            };
            self.find(pointer, problem);
        }
        Millis::seconds(read.map_or(default, |it| it.clamp(least, most)))
    }

    /// One of AWS's words; `None` where nothing stands or the word is not one of them.
    pub(super) fn word<T: Copy>(
        &mut self,
        word: Option<&str>,
        (table, known): (&[(&str, T)], &'static [&'static str]),
        pointer: impl FnOnce() -> String,
    ) -> Option<T> {
        let word = word?;
        let found = table.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let word = word.to_string();
            self.find(pointer(), Problem::UnknownWord { word, known });
        }
        found.map(|(_, value)| *value)
    }
}
