//! Target groups: protocols, health checks with their defaults and ranges, and attributes that do
//! not go together (load-balancing-and-scaling.md 2.2, 2.5 to 2.7 and 3.1).

use super::Compiler;
use super::balancing::Attributes;
use crate::design;
use crate::model::{AttributeObstacle, CheckPort, HealthCheck, Problem};
use crate::model::{ProtocolVersion, TargetProtocol};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const PROTOCOLS: &[(&str, TargetProtocol)] = &[
    ("HTTP", TargetProtocol::Http),
    ("HTTPS", TargetProtocol::Https),
    ("TCP", TargetProtocol::Tcp),
    ("TLS", TargetProtocol::Tls),
    ("UDP", TargetProtocol::Udp),
    ("TCP_UDP", TargetProtocol::TcpUdp),
    // Datagrams as far as a load balancer is concerned.
    ("QUIC", TargetProtocol::Udp),
    ("TCP_QUIC", TargetProtocol::TcpUdp),
    ("GENEVE", TargetProtocol::Udp),
];

const PROTOCOL_WORDS: &[&str] = &[
    "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE",
];

const VERSIONS: &[(&str, ProtocolVersion)] = &[
    ("HTTP1", ProtocolVersion::Http1),
    ("HTTP2", ProtocolVersion::Http2),
    ("GRPC", ProtocolVersion::Grpc),
];

const VERSION_WORDS: &[&str] = &["HTTP1", "HTTP2", "GRPC"];

/// Protocols of a health check. An Application Load Balancer has no TCP among them (2.2).
const CHECKS: &[(&str, TargetProtocol)] = &[
    ("HTTP", TargetProtocol::Http),
    ("HTTPS", TargetProtocol::Https),
    ("TCP", TargetProtocol::Tcp),
];

const CHECK_WORDS: &[&str] = &["HTTP", "HTTPS", "TCP"];

const HTTP_CHECK_WORDS: &[&str] = &["HTTP", "HTTPS"];

const PORT_WORDS: &[&str] = &["traffic-port", "a port from 1 to 65535"];

/// Path of a check where none is stated (2.2).
const HTTP_PATH: &str = "/";

/// The same for gRPC, a method that no server has.
const GRPC_PATH: &str = "/AWS.ALB/healthcheck";

/// A cookie of the application may not begin so (2.6).
const RESERVED_COOKIES: &str = "AWSALB";

/// When a target is asked and how often before its health changes.
pub(super) struct CheckTiming {
    pub(super) interval: Millis,
    pub(super) timeout: Millis,
    pub(super) healthy_threshold: u32,
    pub(super) unhealthy_threshold: u32,
}

impl Compiler<'_> {
    pub(super) fn target_protocol(
        &mut self,
        group: &design::TargetGroup,
        pointer: &str,
    ) -> TargetProtocol {
        let words = (PROTOCOLS, PROTOCOL_WORDS);
        let read = self.word(group.protocol.as_deref(), words, || {
            format!("{pointer}/Protocol")
        });
        read.unwrap_or_default()
    }

    pub(super) fn protocol_version(
        &mut self,
        group: &design::TargetGroup,
        pointer: &str,
    ) -> ProtocolVersion {
        let words = (VERSIONS, VERSION_WORDS);
        let read = self.word(group.protocol_version.as_deref(), words, || {
            format!("{pointer}/ProtocolVersion")
        });
        read.unwrap_or_default()
    }

    pub(super) fn health_check(
        &mut self,
        group: &design::TargetGroup,
        (protocol, version): (TargetProtocol, ProtocolVersion),
        pointer: &str,
    ) -> HealthCheck {
        let is_http = protocol.is_http();
        let words = if is_http {
            (&CHECKS[..2], HTTP_CHECK_WORDS)
        } else {
            (CHECKS, CHECK_WORDS)
        };
        let stated = self.word(group.health_check_protocol.as_deref(), words, || {
            format!("{pointer}/HealthCheckProtocol")
        });
        let asks = if is_http {
            TargetProtocol::Http
        } else {
            TargetProtocol::Tcp
        };
        let is_grpc = is_http && version == ProtocolVersion::Grpc;
        let path = if is_grpc { GRPC_PATH } else { HTTP_PATH };
        HealthCheck {
            protocol: stated.unwrap_or(asks),
            is_grpc,
            path: group.health_check_path.as_deref().unwrap_or(path).into(),
            port: self.check_port(group, pointer),
            matcher: self.matcher(group, (is_http, is_grpc), pointer),
        }
    }

    fn check_port(&mut self, group: &design::TargetGroup, pointer: &str) -> CheckPort {
        let Some(written) = group.health_check_port.as_deref() else {
            return CheckPort::Traffic;
        };
        if written == PORT_WORDS[0] {
            return CheckPort::Traffic;
        }
        let port: Option<u16> = written.parse().ok().filter(|port| *port > 0);
        if port.is_none() {
            let (word, known) = (written.to_string(), PORT_WORDS);
            let problem = Problem::UnknownWord { word, known };
            self.find(format!("{pointer}/HealthCheckPort"), problem);
        }
        port.map_or(CheckPort::Traffic, CheckPort::Port)
    }

    /// 200 alone, 12 of gRPC, 200 to 399 of a Network Load Balancer (2.2, 3.1).
    fn matcher(
        &mut self,
        group: &design::TargetGroup,
        (is_http, is_grpc): (bool, bool),
        pointer: &str,
    ) -> Vec<(u16, u16)> {
        let stated = group.matcher.as_ref();
        let (stated, field, default, bounds) = match (is_grpc, is_http) {
            (true, _) => (
                stated.and_then(|it| it.grpc_code.as_deref()),
                "GrpcCode",
                (12, 12),
                (0, 99),
            ),
            (false, true) => (
                stated.and_then(|it| it.http_code.as_deref()),
                "HttpCode",
                (200, 200),
                (200, 499),
            ),
            (false, false) => (
                stated.and_then(|it| it.http_code.as_deref()),
                "HttpCode",
                (200, 399),
                (200, 599),
            ),
        };
        let Some(written) = stated else {
            return Vec::from([default]);
        };
        let read = codes(written, bounds);
        if read.is_none() {
            let problem = Problem::BadMatcher {
                written: written.to_string(),
                least: bounds.0,
                most: bounds.1,
            };
            self.find(format!("{pointer}/Matcher/{field}"), problem);
        }
        read.unwrap_or(Vec::from([default]))
    }

    /// Ranges and defaults: 2.2 and 3.1.
    pub(super) fn check_timing(
        &mut self,
        group: &design::TargetGroup,
        (protocol, check): (TargetProtocol, TargetProtocol),
        pointer: &str,
    ) -> CheckTiming {
        let default_timeout = match check {
            _ if protocol.is_http() => 5,
            TargetProtocol::Http => 6,
            TargetProtocol::Https
            | TargetProtocol::Tcp
            | TargetProtocol::Tls
            | TargetProtocol::Udp
            | TargetProtocol::TcpUdp => 10,
        };
        let mut bounded = |stated: Option<u32>, field: &str, bounds: (u32, u32, u32)| {
            self.bounded(stated, || format!("{pointer}/{field}"), bounds)
        };
        let interval = group.health_check_interval_seconds;
        let interval = bounded(interval, "HealthCheckIntervalSeconds", (30, 5, 300));
        let bounds = (default_timeout, 2, 120);
        let timeout = group.health_check_timeout_seconds;
        let timeout = bounded(timeout, "HealthCheckTimeoutSeconds", bounds);
        let healthy = group.healthy_threshold_count;
        let healthy_threshold = bounded(healthy, "HealthyThresholdCount", (5, 2, 10));
        let unhealthy = group.unhealthy_threshold_count;
        let unhealthy_threshold = bounded(unhealthy, "UnhealthyThresholdCount", (2, 2, 10));
        let is_too_long = if protocol.is_http() {
            timeout >= interval
        } else {
            timeout > interval
        };
        if is_too_long {
            let pointer = format!("{pointer}/HealthCheckTimeoutSeconds");
            self.find(pointer, Problem::CheckTimeoutTooLong { timeout, interval });
        }
        CheckTiming {
            interval: Millis::seconds(interval.into()),
            timeout: Millis::seconds(timeout.into()),
            healthy_threshold,
            unhealthy_threshold,
        }
    }

    /// The stated number or the default; the nearest one where it is out of bounds.
    pub(super) fn bounded(
        &mut self,
        stated: Option<u32>,
        pointer: impl FnOnce() -> String,
        (default, least, most): (u32, u32, u32),
    ) -> u32 {
        let number = stated.unwrap_or(default);
        if !(least..=most).contains(&number) {
            let problem = Problem::OutOfRange {
                written: number.to_string(),
                least: least.into(),
                most: most.into(),
            };
            self.find(pointer(), problem);
        }
        number.clamp(least, most)
    }

    /// Attributes that AWS does not take together, or not of this kind of group.
    pub(super) fn attribute_conflicts(
        &mut self,
        attributes: &Attributes<'_>,
        protocol: TargetProtocol,
    ) {
        let is = |key: &str, word: &str| attributes.get(key).is_some_and(|(it, _)| it == word);
        let algorithm = "load_balancing.algorithm.type";
        let is_sticky = is("stickiness.enabled", "true");
        let slow_start = attributes.get("slow_start.duration_seconds");
        let slow_start = slow_start.filter(|(value, _)| *value != "0");
        let kind = attributes.get("stickiness.type");
        let has_wrong_kind = kind.as_ref().is_some_and(|(word, _)| {
            let is_by_address = *word == "source_ip";
            is_by_address == protocol.is_http()
        });
        let cookie = attributes.get("stickiness.app_cookie.cookie_name");
        let is_reserved = |name: &str| name.starts_with(RESERVED_COOKIES);
        let mitigation = attributes.get("load_balancing.algorithm.anomaly_mitigation");
        let cross_zone = attributes.get("load_balancing.cross_zone.enabled");
        let found = [
            (
                slow_start
                    .clone()
                    .filter(|_| is(algorithm, "least_outstanding_requests")),
                AttributeObstacle::SlowStartWithLeastOutstanding,
            ),
            (
                slow_start.filter(|_| !protocol.is_http()),
                AttributeObstacle::SlowStartOfNetwork,
            ),
            (
                attributes.get(algorithm).filter(|_| !protocol.is_http()),
                AttributeObstacle::AlgorithmOfNetwork,
            ),
            (
                mitigation.filter(|(word, _)| *word == "on" && !is(algorithm, "weighted_random")),
                AttributeObstacle::MitigationWithoutWeights,
            ),
            (
                cross_zone.filter(|(word, _)| *word == "false" && is_sticky && protocol.is_http()),
                AttributeObstacle::StickyWithinZones,
            ),
            (
                kind.filter(|_| has_wrong_kind),
                AttributeObstacle::StickinessType,
            ),
            (
                cookie.filter(|(name, _)| is_reserved(name)),
                AttributeObstacle::ReservedCookie,
            ),
        ];
        for (stated, obstacle) in found {
            if let Some((_, pointer)) = stated {
                self.find(pointer, Problem::AttributeConflict { obstacle });
            }
        }
    }
}

/// `200`, `200,202` or `200-299`, or several of them; `None` where it is none of these.
fn codes(written: &str, (least, most): (u16, u16)) -> Option<Vec<(u16, u16)>> {
    let code = |text: &str| {
        let code: Option<u16> = text.trim().parse().ok();
        code.filter(|code| (least..=most).contains(code))
    };
    let range = |text: &str| {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to) = (code(from)?, code(to)?);
        (from <= to).then_some((from, to))
    };
    written.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_lists_and_ranges_within_bounds() {
        assert_eq!(codes("200", (200, 499)), Some(Vec::from([(200, 200)])));
        let both = Vec::from([(200, 299), (404, 404)]);
        assert_eq!(codes("200-299, 404", (200, 499)), Some(both));
        for wrong in ["", "abc", "299-200", "200-", "500", "200,,201"] {
            assert_eq!(codes(wrong, (200, 499)), None, "{wrong}");
        }
    }
}
