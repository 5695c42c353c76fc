//! Where the requests of each source go: through the rules to target groups, or to an answer of the
//! load balancer itself. Weights that a deployment shifts come before those of the design, since
//! ECS rewrites the rule (ecs.md 3.10).

use super::group::WHOLE;
use crate::control::{ControlState, Deployment};
use crate::design::{Design, last_segment};
use crate::id::{LoadBalancerIx, ServiceIx, TargetGroupIx};
use crate::model::{ALL_TRAFFIC, ClientProtocol, Listener, ListenerProtocol, Model};
use crate::routing::{self, Chosen, Outcome};
use crate::sim::traffic::{Protocol, Request, TrafficSource};
use crate::time::Millis;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};
use serde_json::Value;

/// The address of a client that names none: one of those kept for documentation, which no
/// condition of a real design names.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

/// Where a branch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// A target group.
    Group(TargetGroupIx),
    /// An answer of the load balancer.
    Answer {
        balancer: LoadBalancerIx,
        status: u16,
        own: Own,
    },
    /// Nobody listens.
    Nobody,
}

/// What kind of answer the load balancer gives by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Own {
    Fixed,
    Redirect,
    /// A refusal, an authentication, or the lack of any weight.
    Other,
}

/// A part of a source's requests: between two shares of its arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) end: End,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// How the clients of one source that keep cookies are spread over the groups of a rule, by the
/// request of the mix.
pub(super) type Kept = BTreeMap<(usize, TargetGroupIx), f64>;

/// What routes are found from.
pub(super) struct Routes<'a> {
    pub(super) model: &'a Model,
    pub(super) control: &'a ControlState,
    pub(super) design: &'a Design,
}

/// A group's part of one request of the mix, and whether clients are kept at theirs.
struct Forward {
    groups: Vec<(TargetGroupIx, f64)>,
    stickiness: Option<Millis>,
}

impl Routes<'_> {
    /// The branches of a source, each end once, in the order of ends.
    pub(super) fn of(&self, source: &TrafficSource, kept: &mut Kept) -> Vec<Branch> {
        let mut ends: BTreeMap<End, f64> = BTreeMap::new();
        let mix = source.mix();
        let total: u32 = mix.iter().map(|it| it.weight).sum();
        let listener = self.listener(&source.listener);
        for (at, asked) in mix.iter().enumerate() {
            let share = f64::from(asked.weight) / f64::from(total.max(1));
            let Some(listener) = listener else {
                *ends.entry(End::Nobody).or_default() += share;
                continue;
            };
            for (end, part) in self.ends(listener, (at, asked), (source, kept)) {
                *ends.entry(end).or_default() += share * part;
            }
        }
        branches(&ends)
    }

    /// The listener that a name or an ARN means.
    pub(super) fn listener(&self, reference: &str) -> Option<&Listener> {
        let mut written = self.design.listeners.iter();
        let written = written.find(|it| it.is_meant_by(reference));
        // Those of a Classic Load Balancer stand with it.
        let name = written.map_or_else(|| reference.to_string(), |it| it.name());
        let mut there = self.model.listeners.iter().filter(|it| it.present);
        there.find(|it| it.name == name)
    }

    /// The load balancer that a source asks.
    pub(super) fn balancer_of(&self, source: &TrafficSource) -> Option<LoadBalancerIx> {
        self.listener(&source.listener).map(|it| it.load_balancer)
    }

    /// Whether `route`, a listener or a rule as a deployment names it, takes a request.
    fn takes(&self, route: &str, listener: &Listener, request: &routing::Request) -> bool {
        if self
            .listener(route)
            .is_some_and(|it| it.name == listener.name)
        {
            return true;
        }
        let Chosen::Rule(at) = listener.router.choose(request) else {
            return false;
        };
        let rule = listener.router.rules().get(at as usize);
        let priority = rule.map(|rule| rule.priority);
        let mut rules = self.design.rules.iter();
        let named = rules.find(|rule| {
            let arn = rule.extra.get("RuleArn").and_then(Value::as_str);
            let ours = format!("{}/{}", last_segment(&rule.listener_arn), rule.priority);
            arn == Some(route) || ours == route
        });
        named.is_some_and(|it| {
            let of = self.listener(&it.listener_arn);
            Some(it.priority) == priority && of.is_some_and(|of| of.name == listener.name)
        })
    }

    fn ends(
        &self,
        listener: &Listener,
        (at, asked): (usize, &Request),
        (source, kept): (&TrafficSource, &mut Kept),
    ) -> Vec<(End, f64)> {
        let balancer = listener.load_balancer;
        let answer = |status, own| {
            let end = End::Answer {
                balancer,
                status,
                own,
            };
            Vec::from([(end, 1.0)])
        };
        let request = self.request(listener, asked);
        match listener.router.outcome(&request) {
            Outcome::Forwarded(forwarded) => {
                let groups = forwarded.groups.iter();
                let total = f64::from(forwarded.total.max(1));
                let groups = groups
                    .map(|it| (it.target_group, f64::from(it.weight) / total))
                    .collect();
                let forward = Forward {
                    groups: self.shifted(listener, &request, groups),
                    stickiness: forwarded.stickiness.filter(|_| source.session.is_some()),
                };
                self.compatible(&forward, asked, at, kept, balancer)
            }
            Outcome::Answered(fixed) => answer(fixed.status, Own::Fixed),
            Outcome::Redirected { status, .. } => answer(status.code(), Own::Redirect),
            other @ (Outcome::Refused(_)
            | Outcome::Unauthenticated { .. }
            | Outcome::NoWeight { .. }
            | Outcome::RewriteFailed { .. }
            | Outcome::RedirectTooLong { .. }) => answer(other.status().unwrap_or(503), Own::Other),
        }
    }

    /// Groups by the clients that keep to them where the rule is sticky; 464 where a group does
    /// not speak the client's protocol (2.1).
    fn compatible(
        &self,
        forward: &Forward,
        asked: &Request,
        at: usize,
        kept: &mut Kept,
        balancer: LoadBalancerIx,
    ) -> Vec<(End, f64)> {
        let mut ends = Vec::new();
        // A group that comes into a rule has no clients yet.
        let is_first = !kept.keys().any(|(of, _)| *of == at);
        for (group, share) in &forward.groups {
            let joins = if is_first { *share } else { 0.0 };
            let share = match forward.stickiness {
                Some(_) => *kept.entry((at, *group)).or_insert(joins),
                None => *share,
            };
            let client = match asked.protocol {
                Protocol::Http1 => ClientProtocol::Http1,
                Protocol::Http2 => ClientProtocol::Http2,
                Protocol::Grpc => ClientProtocol::Grpc,
            };
            let version = self.model.target_group(*group).version;
            let speaks = version.takes(client, &asked.method);
            let end = if speaks {
                End::Group(*group)
            } else {
                End::Answer {
                    balancer,
                    status: 464,
                    own: Own::Other,
                }
            };
            ends.push((end, share));
        }
        ends
    }

    /// A request of a mix as the listener gets it.
    pub(super) fn request(&self, listener: &Listener, asked: &Request) -> routing::Request {
        let balancer = self.model.load_balancer(listener.load_balancer);
        let headers = asked.headers.iter();
        routing::Request {
            protocol: match listener.protocol {
                ListenerProtocol::Https | ListenerProtocol::Tls => routing::Protocol::Https,
                ListenerProtocol::Http
                | ListenerProtocol::Tcp
                | ListenerProtocol::Udp
                | ListenerProtocol::TcpUdp
                | ListenerProtocol::Geneve => routing::Protocol::Http,
            },
            version: match asked.protocol {
                Protocol::Http1 => routing::HttpVersion::Http1,
                Protocol::Http2 | Protocol::Grpc => routing::HttpVersion::Http2,
            },
            host: asked.host.clone().unwrap_or_else(|| balancer.name.clone()),
            port: listener.port,
            path: asked.path.clone(),
            query: Some(asked.query.clone()).filter(|it| !it.is_empty()),
            method: asked.method.clone(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect::<Vec<(String, String)>>(),
            source_ip: asked.source_ip.unwrap_or(CLIENT),
            // Clients of a source have logged in where that is asked for.
            authenticated: true,
        }
    }

    /// Weights as a deployment that shifts traffic has set them.
    fn shifted(
        &self,
        listener: &Listener,
        request: &routing::Request,
        groups: Vec<(TargetGroupIx, f64)>,
    ) -> Vec<(TargetGroupIx, f64)> {
        let mut shifted: BTreeMap<TargetGroupIx, f64> = BTreeMap::new();
        for (group, share) in groups {
            match self.pair(group) {
                Some((service, pair)) => {
                    let parts = self.by_deployment(service, pair, (listener, request));
                    if parts.is_empty() {
                        // Its deployments still use groups of an earlier design.
                        *shifted.entry(group).or_default() += share;
                    }
                    for (target, part) in parts {
                        *shifted.entry(target).or_default() += share * part;
                    }
                }
                None => *shifted.entry(group).or_default() += share,
            }
        }
        shifted.into_iter().collect()
    }

    /// The service that shifts traffic between `group` and another one.
    fn pair(&self, group: TargetGroupIx) -> Option<(ServiceIx, [TargetGroupIx; 2])> {
        for (index, service) in self.model.present_services() {
            let known = self.control.services.get(&index);
            for target in &service.targets {
                let Some(other) = target.alternate else {
                    continue;
                };
                let pair = [target.target_group, other];
                let runs = known.is_some_and(|it| !it.deployments.is_empty());
                if pair.contains(&group) && runs {
                    return Some((index, pair));
                }
            }
        }
        None
    }

    /// The shares of a pair of groups by the deployments that use them; all of the test traffic
    /// where this is the listener that takes it.
    fn by_deployment(
        &self,
        service: ServiceIx,
        pair: [TargetGroupIx; 2],
        (listener, request): (&Listener, &routing::Request),
    ) -> Vec<(TargetGroupIx, f64)> {
        let routes = &self.model.service(service).deploying.test_routes;
        let known = self.control.services.get(&service);
        let deployments = known
            .map(|it| it.deployments.as_slice())
            .unwrap_or_default();
        let group_of = |it: &Deployment| {
            let mut targets = it.targets.iter().map(|target| target.target_group);
            targets.find(|group| pair.contains(group))
        };
        let is_test = routes.iter().any(|it| self.takes(it, listener, request));
        let tested = deployments
            .iter()
            .find(|it| it.shift.is_some_and(|shift| shift.test));
        if let Some(group) = tested.filter(|_| is_test).and_then(group_of) {
            return Vec::from([(group, 1.0)]);
        }
        let shares = deployments.iter().filter(|it| it.production > 0);
        let shares = shares.filter_map(|it| {
            let share = f64::from(it.production) / f64::from(ALL_TRAFFIC);
            Some((group_of(it)?, share))
        });
        let mut by_group: BTreeMap<TargetGroupIx, f64> = BTreeMap::new();
        for (group, share) in shares {
            // Deployments that replace each other in one group have the whole of it together.
            let sum = by_group.entry(group).or_default();
            *sum = f64::max(*sum, share);
        }
        let total: f64 = by_group.values().sum();
        let shares = by_group.into_iter();
        shares
            .map(|(group, share)| (group, share / total.max(f64::MIN_POSITIVE)))
            .collect()
    }

    /// Moves clients that keep cookies to where their rules send new ones, as sessions end.
    pub(super) fn renew(&self, source: &TrafficSource, kept: &mut Kept, length: Millis) {
        let (Some(session), Some(listener)) = (source.session, self.listener(&source.listener))
        else {
            kept.clear();
            return;
        };
        let ended = (length.0 as f64 / session.0.max(1) as f64).min(1.0);
        for (at, asked) in source.mix().iter().enumerate() {
            let request = self.request(listener, asked);
            let Outcome::Forwarded(forwarded) = listener.router.outcome(&request) else {
                continue;
            };
            let total = f64::from(forwarded.total.max(1));
            let groups = forwarded.groups.iter();
            let groups = groups
                .map(|it| (it.target_group, f64::from(it.weight) / total))
                .collect();
            let now = self.shifted(listener, &request, groups);
            for (group, share) in kept.iter_mut().filter(|((of, _), _)| *of == at) {
                let wanted = now.iter().find(|(known, _)| *known == group.1);
                let wanted = wanted.map_or(0.0, |(_, share)| *share);
                *share += ended * (wanted - *share);
            }
        }
    }
}

/// Ends made to cumulative shares of 2^32.
fn branches(ends: &BTreeMap<End, f64>) -> Vec<Branch> {
    let sum: f64 = ends.values().sum();
    let last = ends.len().saturating_sub(1);
    let (mut so_far, mut from) = (0.0, 0);
    let mut branches = Vec::with_capacity(ends.len());
    for (at, (end, share)) in ends.iter().enumerate() {
        so_far += share;
        let to = if at == last || sum <= 0.0 {
            WHOLE
        } else {
            ((so_far / sum * WHOLE as f64) as u64).min(WHOLE)
        };
        branches.push(Branch {
            end: *end,
            from,
            to,
        });
        from = to;
    }
    branches
}
