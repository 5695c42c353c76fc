//! Listeners and rules: what AWS would take of them becomes a router for each listener.
//!
//! A rule that AWS would refuse is left out, and everything else routes. One that ran before an
//! edit broke it goes on as it was, and so does a listener.

mod actions;
mod answers;
mod conditions;
mod limits;
mod transforms;
mod values;

use super::{Compiler, place};
use crate::design::{self, last_segment};
use crate::id::LoadBalancerIx;
use crate::model::{
    BalancerKind, Listener, ListenerFault, ListenerProtocol, Problem, RoutingFault, TargetProtocol,
    TransformFault,
};
use crate::routing::{Chosen, Forward, Routed, Router, RoutingAction, Rule, Weighted};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde_json::Value;

/// Protocols by CreateListener's words.
const PROTOCOLS: &[(&str, ListenerProtocol)] = &[
    ("HTTP", ListenerProtocol::Http),
    ("HTTPS", ListenerProtocol::Https),
    ("TCP", ListenerProtocol::Tcp),
    ("TLS", ListenerProtocol::Tls),
    ("UDP", ListenerProtocol::Udp),
    ("TCP_UDP", ListenerProtocol::TcpUdp),
    ("GENEVE", ListenerProtocol::Geneve),
];

const PROTOCOL_WORDS: &[&str] = &["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"];

/// What stands before the actions of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// HTTP.
    Http,
    /// HTTPS.
    Https,
    /// Connections without HTTP.
    Other,
}

impl Front {
    const fn of(protocol: ListenerProtocol) -> Self {
        match protocol {
            ListenerProtocol::Http => Self::Http,
            ListenerProtocol::Https => Self::Https,
            ListenerProtocol::Tcp
            | ListenerProtocol::Tls
            | ListenerProtocol::Udp
            | ListenerProtocol::TcpUdp
            | ListenerProtocol::Geneve => Self::Other,
        }
    }

    pub(super) fn is_http(self) -> bool {
        self != Self::Other
    }
}

/// A listener while its rules are read.
pub(super) struct Opened {
    listener: Listener,
    default: Routed,
    rules: Vec<Rule>,
}

/// Listeners of the document by our name and by ARN: the place among the opened ones; `None`
/// where a listener is left out.
type Known = BTreeMap<String, Option<usize>>;

impl Compiler<'_> {
    /// Compiles listeners and their rules.
    pub(super) fn routing(&mut self) {
        let mut known = Known::new();
        let mut opened = self.listeners(&mut known);
        self.rules(&mut opened, &known);
        self.routing_limits(&opened);
        for it in opened {
            self.close(it);
        }
        self.classic_routes();
        self.forwarding_balancers();
    }

    /// Listeners of Classic Load Balancers: they have no rules and one place to send to.
    fn classic_routes(&mut self) {
        let balancers = self.model.load_balancers.iter().enumerate();
        let mut listeners = Vec::new();
        for (at, balancer) in balancers.filter(|(_, it)| it.present) {
            for it in &balancer.classic {
                let group = Weighted {
                    target_group: it.target_group,
                    weight: 1,
                };
                let forward = Forward {
                    groups: Vec::from([group]),
                    stickiness: None,
                };
                let default = Routed {
                    authentication: None,
                    action: RoutingAction::Forward(forward),
                    transforms: Vec::new(),
                };
                let router = Router::new(Vec::new(), default, self.model.settings.routing);
                listeners.push(Listener {
                    name: format!("{}:{}", balancer.name, it.port),
                    load_balancer: LoadBalancerIx::from_at(at),
                    protocol: match it.protocol {
                        TargetProtocol::Http => ListenerProtocol::Http,
                        TargetProtocol::Https => ListenerProtocol::Https,
                        TargetProtocol::Tls => ListenerProtocol::Tls,
                        TargetProtocol::Tcp | TargetProtocol::Udp | TargetProtocol::TcpUdp => {
                            ListenerProtocol::Tcp
                        }
                    },
                    port: it.port,
                    router: Arc::new(router),
                    present: true,
                });
            }
        }
        for listener in listeners {
            let key = listener.name.clone();
            place(
                &mut self.model.listeners,
                &mut self.names.listeners,
                key,
                listener,
            );
        }
    }

    fn listeners(&mut self, known: &mut Known) -> Vec<Opened> {
        let mut opened: Vec<Opened> = Vec::new();
        let mut names = BTreeSet::new();
        let design = self.design;
        for (at, listener) in design.listeners.iter().enumerate() {
            let pointer = format!("/listeners/{at}");
            let name = listener.name();
            let is_first = names.insert(name.clone());
            if !is_first {
                let name = name.clone();
                self.find(format!("{pointer}/Port"), Problem::DuplicateName { name });
            }
            let read = self.listener(listener, &pointer);
            let place = read.filter(|_| is_first).map(|read| {
                opened.push(read);
                opened.len() - 1
            });
            let arn = listener.extra.get("ListenerArn").and_then(Value::as_str);
            known.extend(arn.map(|arn| (arn.to_string(), place)));
            known.entry(name).or_insert(place);
        }
        opened
    }

    fn listener(&mut self, listener: &design::Listener, pointer: &str) -> Option<Opened> {
        let errors = self.errors;
        let load_balancer = self.balancer_of(listener, pointer);
        let kind = load_balancer.map(|it| self.model.load_balancer(it).kind);
        let protocol = self.protocol(listener, kind.unwrap_or_default(), pointer);
        if listener.port == 0 {
            self.listener_fault(format!("{pointer}/Port"), ListenerFault::Port);
        }
        let place = format!("{pointer}/DefaultActions");
        let front = Front::of(protocol);
        let default = self.actions(&listener.default_actions, &place, front);
        let transforms = listener.extra.get("Transforms").and_then(Value::as_array);
        if transforms.is_some_and(|it| !it.is_empty()) {
            let place = format!("{pointer}/Transforms");
            self.transform_fault(place, TransformFault::OnDefault);
        }
        let name = listener.name();
        let sound = default.filter(|_| self.errors == errors);
        let default = sound.or_else(|| self.default_before(&name))?;
        let router = Router::new(Vec::new(), default.clone(), self.model.settings.routing);
        Some(Opened {
            listener: Listener {
                name,
                load_balancer: load_balancer?,
                protocol,
                port: listener.port,
                router: Arc::new(router),
                present: true,
            },
            default,
            rules: Vec::new(),
        })
    }

    fn balancer_of(
        &mut self,
        listener: &design::Listener,
        pointer: &str,
    ) -> Option<LoadBalancerIx> {
        let name = last_segment(&listener.load_balancer_arn);
        let at = self.names.load_balancers.get(name);
        let found = at.map(|at| LoadBalancerIx::from_at(*at));
        let found = found.filter(|it| self.model.load_balancer(*it).present);
        if found.is_none() {
            let reference = listener.load_balancer_arn.clone();
            let problem = Problem::UnknownReference {
                kind: "load balancer",
                reference,
            };
            self.find(format!("{pointer}/LoadBalancerArn"), problem);
        }
        found
    }

    fn protocol(
        &mut self,
        listener: &design::Listener,
        kind: BalancerKind,
        pointer: &str,
    ) -> ListenerProtocol {
        let place = || format!("{pointer}/Protocol");
        let word = listener.protocol.as_deref();
        let usual = match kind {
            BalancerKind::Application | BalancerKind::Classic => ListenerProtocol::Http,
            BalancerKind::Network => ListenerProtocol::Tcp,
            BalancerKind::Gateway => ListenerProtocol::Geneve,
        };
        let read = self.word(word, (PROTOCOLS, PROTOCOL_WORDS), place);
        let Some(protocol) = read else { return usual };
        let is_http = Front::of(protocol).is_http();
        let fits = match kind {
            BalancerKind::Application => is_http,
            BalancerKind::Network => !is_http && protocol != ListenerProtocol::Geneve,
            BalancerKind::Gateway => protocol == ListenerProtocol::Geneve,
            BalancerKind::Classic => protocol != ListenerProtocol::Geneve,
        };
        if !fits {
            self.listener_fault(place(), ListenerFault::Protocol);
        }
        protocol
    }

    fn rules(&mut self, opened: &mut [Opened], known: &Known) {
        let design = self.design;
        let mut priorities = BTreeSet::new();
        for (at, rule) in design.rules.iter().enumerate() {
            let pointer = format!("/rules/{at}");
            let place = known.get(&rule.listener_arn).copied();
            if place.is_none() {
                let reference = rule.listener_arn.clone();
                let problem = Problem::UnknownReference {
                    kind: "listener",
                    reference,
                };
                self.find(format!("{pointer}/ListenerArn"), problem);
            }
            let place = place.flatten();
            let opened = place.and_then(|at| opened.get_mut(at));
            let is_new = place.is_none_or(|at| priorities.insert((at, rule.priority)));
            let errors = self.errors;
            let front = opened
                .as_ref()
                .map_or(Front::Https, |it| Front::of(it.listener.protocol));
            self.priority(rule.priority, is_new, &pointer);
            let read = self.rule(rule, &pointer, front);
            let read = read.filter(|_| self.errors == errors);
            let Some(opened) = opened.filter(|_| is_new) else {
                continue;
            };
            let kept = || self.rule_before(&opened.listener.name, rule.priority);
            opened.rules.extend(read.or_else(kept));
        }
    }

    fn priority(&mut self, priority: u32, is_new: bool, pointer: &str) {
        let place = format!("{pointer}/Priority");
        if !(1..=50_000).contains(&priority) {
            self.find(place.clone(), Problem::PriorityOutOfRange { priority });
        }
        if !is_new {
            self.find(place, Problem::DuplicatePriority { priority });
        }
    }

    fn rule(&mut self, rule: &design::Rule, pointer: &str, front: Front) -> Option<Rule> {
        if !front.is_http() {
            let place = format!("{pointer}/ListenerArn");
            self.listener_fault(place, ListenerFault::TakesNoRules);
            return None;
        }
        let conditions = self.conditions(&rule.conditions, &format!("{pointer}/Conditions"));
        let routed = self.actions(&rule.actions, &format!("{pointer}/Actions"), front);
        let transforms = self.transforms(&rule.transforms, &format!("{pointer}/Transforms"));
        Some(Rule {
            priority: rule.priority,
            conditions: conditions?,
            routed: Routed {
                transforms: transforms?,
                ..routed?
            },
        })
    }

    /// The default actions that a listener had before the document was at fault about it.
    fn default_before(&self, name: &str) -> Option<Routed> {
        let router = &self.listener_before(name)?.router;
        let default = router.action(Chosen::Default);
        self.groups_are_present(default).then(|| default.clone())
    }

    /// The rule that a listener had at a priority before the document was at fault about it.
    fn rule_before(&self, name: &str, priority: u32) -> Option<Rule> {
        let rules = self.listener_before(name)?.router.rules();
        let at = rules.binary_search_by_key(&priority, |rule| rule.priority);
        let rule = rules.get(at.ok()?)?;
        self.groups_are_present(&rule.routed).then(|| rule.clone())
    }

    fn listener_before(&self, name: &str) -> Option<&Listener> {
        let at = *self.names.listeners.get(name)?;
        let before = self.before?.listeners.get(at)?;
        before.present.then_some(before)
    }

    fn groups_are_present(&self, routed: &Routed) -> bool {
        let present = |it| self.model.target_group(it).present;
        routed.target_groups().all(present)
    }

    /// Puts a listener into the model; one with the rules that it had keeps its router.
    fn close(&mut self, opened: Opened) {
        let settings = self.model.settings.routing;
        let name = opened.listener.name.clone();
        let (mut rules, default) = (opened.rules, opened.default);
        rules.sort_by_key(|rule| rule.priority);
        let before = self.listener_before(&name).map(|it| it.router.clone());
        let same = before.filter(|it| it.is_of(&rules, &default, settings));
        let router = same.unwrap_or_else(|| Arc::new(Router::new(rules, default, settings)));
        let listener = Listener {
            router,
            ..opened.listener
        };
        let (listeners, names) = (&mut self.model.listeners, &mut self.names.listeners);
        place(listeners, names, name, listener);
    }

    /// Which load balancers forward to each target group.
    fn forwarding_balancers(&mut self) {
        let mut groups = core::mem::take(&mut self.model.target_groups);
        for group in &mut groups {
            group.balancers.clear();
        }
        for listener in self.model.listeners.iter().filter(|it| it.present) {
            for group in listener.target_groups() {
                if let Some(group) = groups.get_mut(group.at()) {
                    group.balancers.insert(listener.load_balancer);
                }
            }
        }
        self.model.target_groups = groups;
        self.shared_groups();
    }

    pub(super) fn routing_fault(&mut self, pointer: String, fault: RoutingFault) {
        self.find(pointer, Problem::Routing(fault));
    }

    fn listener_fault(&mut self, pointer: String, fault: ListenerFault) {
        self.routing_fault(pointer, RoutingFault::Listener(fault));
    }
}

#[cfg(test)]
mod tests;
