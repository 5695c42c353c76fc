//! Listeners and rules: their references and priorities.

use super::Compiler;
use crate::design::{self, last_segment};
use crate::model::Problem;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use serde_json::Value;

impl Compiler<'_> {
    pub(super) fn listeners(&mut self) {
        let balancers = &self.design.load_balancers;
        let mut known = BTreeSet::new();
        known.extend(balancers.iter().map(|it| it.name.as_str()));
        let mut names = BTreeSet::new();
        for (at, listener) in self.design.listeners.iter().enumerate() {
            let pointer = format!("/listeners/{at}");
            let balancer = last_segment(&listener.load_balancer_arn);
            if !known.contains(balancer) {
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

    /// SHIM
    pub(super) fn shim(&mut self) {
        for listener in &self.design.listeners {
            let Some(group) = listener
                .default_actions
                .first()
                .and_then(|it| it.target_groups().next())
            else {
                continue;
            };
            let (Some(group), Some(lb)) = (
                self.model.target_group_named(last_segment(group)),
                self.names
                    .load_balancers
                    .get(last_segment(&listener.load_balancer_arn)),
            ) else {
                continue;
            };
            let action = crate::routing::RoutingAction::Forward(crate::routing::Forward {
                groups: alloc::vec![crate::routing::Weighted {
                    target_group: group,
                    weight: 1
                }],
                stickiness: None,
            });
            let routed = crate::routing::Routed {
                authentication: None,
                action,
                transforms: alloc::vec::Vec::new(),
            };
            let it = crate::model::Listener {
                name: listener.name(),
                load_balancer: crate::id::LoadBalancerIx::from_at(*lb),
                protocol: crate::model::ListenerProtocol::Http,
                port: listener.port,
                router: alloc::sync::Arc::new(crate::routing::Router::new(
                    alloc::vec::Vec::new(),
                    routed,
                    crate::routing::RoutingSettings::default(),
                )),
                present: true,
            };
            self.model.listeners.retain(|old| old.name != it.name);
            self.model.listeners.push(it);
        }
    }

    pub(super) fn rules(&mut self) {
        let mut listeners: BTreeMap<String, usize> = BTreeMap::new();
        for (at, listener) in self.design.listeners.iter().enumerate() {
            let arn = listener.extra.get("ListenerArn").and_then(Value::as_str);
            listeners.extend(arn.map(|arn| (arn.to_string(), at)));
            listeners.entry(listener.name()).or_insert(at);
        }
        let mut priorities = BTreeSet::new();
        for (at, rule) in self.design.rules.iter().enumerate() {
            let pointer = format!("/rules/{at}");
            let (listener, priority) = (listeners.get(&rule.listener_arn), rule.priority);
            if listener.is_none() {
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
            if listener.is_some_and(|at| !priorities.insert((*at, priority))) {
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
