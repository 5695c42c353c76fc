//! Actions of a rule or a listener: their order, and forwards (load-balancing-and-scaling.md 1.4).

use super::Front;
use crate::design::{Action, Authentication as Written, ForwardConfig};
use crate::model::compile::Compiler;
use crate::model::{ActionFault, Problem, Quota, RoutingFault};
use crate::routing::{
    Authentication, AuthenticationKind, Forward, Routed, RoutingAction, Unauthenticated, Weighted,
};
use crate::time::Millis;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Types of actions, in AWS's words.
const TYPES: &[&str] = &[
    "forward",
    "redirect",
    "fixed-response",
    "authenticate-oidc",
    "authenticate-cognito",
    "jwt-validation",
];

/// What may happen to a request without a session.
const ON_UNAUTHENTICATED: &[&str] = &["authenticate", "allow", "deny"];

/// Highest weight, and longest stickiness in seconds (1.4).
const WEIGHT_MAX: u32 = 999;
const STICKINESS_MAX: u32 = 604_800;

/// The action that routes, and where it stands among the others.
struct Routing {
    action: RoutingAction,
    place: usize,
}

impl Compiler<'_> {
    /// The actions of a rule or listener; `None` where AWS would refuse them.
    pub(super) fn actions(
        &mut self,
        actions: &[Action],
        pointer: &str,
        front: Front,
    ) -> Option<Routed> {
        let errors = self.errors;
        let ordered = self.ordered(actions, pointer);
        let (mut routing, mut authentication) = (None, None);
        for (place, at) in ordered.into_iter().enumerate() {
            let (action, pointer) = (&actions[at], format!("{pointer}/{at}"));
            match action.r#type.as_str() {
                "forward" | "redirect" | "fixed-response" => {
                    if routing.is_some() {
                        self.action_fault(pointer, ActionFault::SecondRouting);
                        continue;
                    }
                    let read = self.routing_action(action, &pointer, front);
                    routing = Some(read.map(|action| Routing { action, place }));
                }
                "authenticate-oidc" | "authenticate-cognito" | "jwt-validation" => {
                    if authentication.is_some() {
                        self.action_fault(pointer, ActionFault::SecondAuthentication);
                        continue;
                    }
                    let read = self.authentication(action, &pointer, front);
                    authentication = Some((read, place));
                }
                other => {
                    let (word, known) = (other.to_string(), TYPES);
                    self.find(
                        format!("{pointer}/Type"),
                        Problem::UnknownWord { word, known },
                    );
                }
            }
        }
        let Some(routing) = routing else {
            if self.errors == errors {
                self.action_fault(pointer.to_string(), ActionFault::NoRouting);
            }
            return None;
        };
        let routing = routing?;
        if authentication
            .as_ref()
            .is_some_and(|(_, place)| *place > routing.place)
        {
            self.action_fault(pointer.to_string(), ActionFault::RoutingNotLast);
        }
        (self.errors == errors).then(|| Routed {
            authentication: authentication.and_then(|(read, _)| read),
            action: routing.action,
            transforms: Vec::new(),
        })
    }

    /// The places of actions in the order in which they are done.
    fn ordered(&mut self, actions: &[Action], pointer: &str) -> Vec<usize> {
        let mut places: Vec<usize> = (0..actions.len()).collect();
        places.sort_by_key(|at| actions[*at].order.unwrap_or(u32::MAX));
        for (at, action) in actions.iter().enumerate() {
            let place = format!("{pointer}/{at}");
            match action.order {
                Some(order) if !(1..=50_000).contains(&order) => {
                    let fault = ActionFault::OrderOutOfRange { order };
                    self.action_fault(format!("{place}/Order"), fault);
                }
                Some(order) if actions[..at].iter().any(|it| it.order == Some(order)) => {
                    self.action_fault(format!("{place}/Order"), ActionFault::SameOrder);
                }
                None if actions.len() > 1 => self.action_fault(place, ActionFault::NoOrder),
                Some(_) | None => {}
            }
        }
        places
    }

    fn routing_action(
        &mut self,
        action: &Action,
        pointer: &str,
        front: Front,
    ) -> Option<RoutingAction> {
        if action.r#type == "forward" {
            return self.forward(action, pointer).map(RoutingAction::Forward);
        }
        if !front.is_http() {
            self.action_fault(pointer.to_string(), ActionFault::ForwardOnly);
            return None;
        }
        if action.r#type == "redirect" {
            let config = self.config(&action.redirect_config, "RedirectConfig", pointer)?;
            let place = format!("{pointer}/RedirectConfig");
            self.redirect(config, &place, front)
                .map(RoutingAction::Redirect)
        } else {
            let config = &action.fixed_response_config;
            let config = self.config(config, "FixedResponseConfig", pointer)?;
            let place = format!("{pointer}/FixedResponseConfig");
            let response = self.fixed_response(config, &place);
            response.map(RoutingAction::FixedResponse)
        }
    }

    fn config<'a, T>(
        &mut self,
        config: &'a Option<T>,
        name: &'static str,
        pointer: &str,
    ) -> Option<&'a T> {
        if config.is_none() {
            let fault = ActionFault::NoConfig { config: name };
            self.action_fault(pointer.to_string(), fault);
        }
        config.as_ref()
    }

    fn forward(&mut self, action: &Action, pointer: &str) -> Option<Forward> {
        let config = action.forward_config.as_ref();
        let config = config.filter(|it| !it.target_groups.is_empty());
        let Some(config) = config else {
            let Some(reference) = &action.target_group_arn else {
                let config = "ForwardConfig";
                self.action_fault(pointer.to_string(), ActionFault::NoConfig { config });
                return None;
            };
            let target_group = self.target_group(reference, pointer, "TargetGroupArn")?;
            let groups = [Weighted {
                target_group,
                weight: 1,
            }]
            .into();
            return Some(Forward {
                groups,
                stickiness: None,
            });
        };
        // What is described has the group in both places, where there is only one.
        let only = config.target_groups.first().map(|it| &it.target_group_arn);
        let single = only.filter(|_| config.target_groups.len() == 1);
        if action.target_group_arn.is_some() && action.target_group_arn.as_ref() != single {
            let place = format!("{pointer}/TargetGroupArn");
            self.action_fault(place, ActionFault::TwoPlaces);
        }
        self.weighted_forward(config, &format!("{pointer}/ForwardConfig"))
    }

    fn weighted_forward(&mut self, config: &ForwardConfig, pointer: &str) -> Option<Forward> {
        let errors = self.errors;
        let several = config.target_groups.len() > 1;
        let mut groups: Vec<Weighted> = Vec::new();
        for (at, tuple) in config.target_groups.iter().enumerate() {
            let place = format!("{pointer}/TargetGroups/{at}");
            let group = self.target_group(&tuple.target_group_arn, &place, "TargetGroupArn");
            let weight = tuple.weight;
            if weight.is_none() && several {
                self.action_fault(place.clone(), ActionFault::NoWeight);
            }
            if let Some(weight) = weight.filter(|it| *it > WEIGHT_MAX) {
                let fault = ActionFault::WeightOutOfRange { weight };
                self.action_fault(format!("{place}/Weight"), fault);
            }
            let Some(target_group) = group else { continue };
            if groups.iter().any(|it| it.target_group == target_group) {
                self.action_fault(place, ActionFault::GroupTwice);
            }
            let weight = weight.unwrap_or(1).min(WEIGHT_MAX);
            groups.push(Weighted {
                target_group,
                weight,
            });
        }
        let place = format!("{pointer}/TargetGroups");
        self.quota(&place, Quota::ForwardGroups, config.target_groups.len());
        if !groups.is_empty() && groups.iter().all(|it| it.weight == 0) {
            self.action_fault(place, ActionFault::AllWeightsZero);
        }
        let stickiness = self.group_stickiness(config, pointer);
        let keeps = |it: &Weighted| {
            self.model
                .target_group(it.target_group)
                .stickiness
                .is_some()
        };
        if several && stickiness.is_none() && groups.iter().any(keeps) {
            self.action_fault(pointer.to_string(), ActionFault::StickinessNeeded);
        }
        (self.errors == errors).then_some(Forward { groups, stickiness })
    }

    fn group_stickiness(&mut self, config: &ForwardConfig, pointer: &str) -> Option<Millis> {
        let written = config.target_group_stickiness_config.as_ref();
        let written = written.filter(|it| it.enabled == Some(true))?;
        let seconds = written.duration_seconds;
        let seconds = seconds.filter(|it| (1..=STICKINESS_MAX).contains(it));
        if seconds.is_none() {
            let place = format!("{pointer}/TargetGroupStickinessConfig");
            self.action_fault(place, ActionFault::StickinessDuration);
        }
        Some(Millis::seconds(seconds.unwrap_or(STICKINESS_MAX).into()))
    }

    fn authentication(
        &mut self,
        action: &Action,
        pointer: &str,
        front: Front,
    ) -> Option<Authentication> {
        if front != Front::Https {
            let fault = ActionFault::AuthenticationNeedsHttps;
            self.action_fault(pointer.to_string(), fault);
            return None;
        }
        let (kind, config, name) = match action.r#type.as_str() {
            "authenticate-oidc" => {
                let config = &action.authenticate_oidc_config;
                (AuthenticationKind::Oidc, config, "AuthenticateOidcConfig")
            }
            "authenticate-cognito" => {
                let config = &action.authenticate_cognito_config;
                (
                    AuthenticationKind::Cognito,
                    config,
                    "AuthenticateCognitoConfig",
                )
            }
            _ => {
                let config = &action.jwt_validation_config;
                (AuthenticationKind::Jwt, config, "JwtValidationConfig")
            }
        };
        let config = self.config(config, name, pointer)?;
        let unauthenticated = match kind {
            // A request without a valid token is refused; there is nobody to send it to.
            AuthenticationKind::Jwt => Unauthenticated::Deny,
            AuthenticationKind::Oidc | AuthenticationKind::Cognito => {
                self.unauthenticated(config, &format!("{pointer}/{name}"))?
            }
        };
        Some(Authentication {
            kind,
            unauthenticated,
        })
    }

    fn unauthenticated(&mut self, config: &Written, pointer: &str) -> Option<Unauthenticated> {
        match config.on_unauthenticated_request.as_deref() {
            None | Some("authenticate") => Some(Unauthenticated::Authenticate),
            Some("allow") => Some(Unauthenticated::Allow),
            Some("deny") => Some(Unauthenticated::Deny),
            Some(other) => {
                let (word, known) = (other.to_string(), ON_UNAUTHENTICATED);
                let place = format!("{pointer}/OnUnauthenticatedRequest");
                self.find(place, Problem::UnknownWord { word, known });
                None
            }
        }
    }

    fn action_fault(&mut self, pointer: String, fault: ActionFault) {
        self.routing_fault(pointer, RoutingFault::Action(fault));
    }
}
