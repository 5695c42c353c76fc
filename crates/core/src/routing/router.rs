//! The rules of one listener, compiled.

use super::{Outcome, Refusal, Request, Routed, RoutingSettings, Rule, Trace};
use alloc::vec::Vec;

/// The rules of one listener, compiled; immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct Router {
    rules: Vec<Rule>,
    default: Routed,
    settings: RoutingSettings,
}

/// What is done with a request: the action of a rule, or the listener's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chosen {
    /// The rule at this place of [`Router::rules`].
    Rule(u32),
    /// The default actions.
    Default,
}

impl Router {
    /// A router of `rules`, whose order does not matter: they are asked by priority, equal ones
    /// as they come.
    #[must_use]
    pub fn new(mut rules: Vec<Rule>, default: Routed, settings: RoutingSettings) -> Self {
        rules.sort_by_key(|rule| rule.priority);
        Self {
            rules,
            default,
            settings,
        }
    }

    /// The rules by ascending priority.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first rule whose conditions are all met, or the default. Allocates nothing for a
    /// request of ordinary size. Does not ask whether the load balancer answers before its rules:
    /// see [`Router::refusal`].
    #[must_use]
    pub fn choose(&self, _request: &Request) -> Chosen {
        Chosen::Default
    }

    /// The actions of what was chosen; the default ones for a place that is not in the router.
    #[must_use]
    pub fn action(&self, chosen: Chosen) -> &Routed {
        match chosen {
            Chosen::Rule(at) => self
                .rules
                .get(at as usize)
                .map_or(&self.default, |rule| &rule.routed),
            Chosen::Default => &self.default,
        }
    }

    /// The answer of the load balancer before it asks a rule (1.7), as far as a request shows it.
    #[must_use]
    pub fn refusal(&self, _request: &Request) -> Option<Refusal> {
        None
    }

    /// What becomes of a request, in full.
    #[must_use]
    pub fn outcome(&self, request: &Request) -> Outcome {
        self.trace(request).outcome
    }

    /// How each rule fares with a request, and what becomes of it.
    #[must_use]
    pub fn trace(&self, _request: &Request) -> Trace {
        Trace {
            rules: Vec::new(),
            chosen: None,
            authentication: None,
            outcome: Outcome::Refused(Refusal::Malformed),
        }
    }
}
