//! The rules of one listener, compiled.

use super::index::Index;
use super::matcher::Matcher;
use super::rewrite::Rewriter;
use super::view::{Room, View};
use super::{Outcome, Refusal, Request, Routed, RoutingAction, RoutingSettings, Rule};
use super::{Transform, redirect};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The rules of one listener, compiled; immutable.
#[derive(Clone, Debug)]
pub struct Router {
    rules: Vec<Rule>,
    default: Routed,
    settings: RoutingSettings,
    compiled: Vec<Compiled>,
    index: Index,
}

/// Two routers are equal if they were made of equal rules under equal settings.
impl PartialEq for Router {
    fn eq(&self, other: &Self) -> bool {
        self.is_of(&other.rules, &other.default, other.settings)
    }
}

/// What is done with a request: the action of a rule, or the listener's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chosen {
    /// The rule at this place of [`Router::rules`].
    Rule(u32),
    /// The default actions.
    Default,
}

/// A rule, compiled.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// Its conditions in the order of the document.
    pub(super) matchers: Box<[Matcher]>,
    /// The order in which they are asked: cheap ones first.
    order: Box<[usize]>,
    rewriters: Vec<Rewriter>,
}

impl Compiled {
    fn new(rule: &Rule, settings: RoutingSettings) -> Self {
        let all = rule.conditions.iter();
        let matchers: Box<[Matcher]> = all.map(|it| Matcher::new(it, settings)).collect();
        let mut order: Vec<usize> = (0..matchers.len()).collect();
        order.sort_by_key(|at| matchers[*at].cost());
        Self {
            order: order.into(),
            rewriters: rewriters(&rule.routed.transforms),
            matchers,
        }
    }

    fn is_met(&self, view: &View<'_>) -> bool {
        self.order.iter().all(|at| self.matchers[*at].is_met(view))
    }
}

fn rewriters(transforms: &[Transform]) -> Vec<Rewriter> {
    transforms.iter().map(Rewriter::new).collect()
}

impl Router {
    /// A router of `rules`, whose order does not matter: they are asked by priority, equal ones
    /// as they come.
    #[must_use]
    pub fn new(mut rules: Vec<Rule>, default: Routed, settings: RoutingSettings) -> Self {
        rules.sort_by_key(|rule| rule.priority);
        let compiled: Vec<Compiled> = rules.iter().map(|it| Compiled::new(it, settings)).collect();
        Self {
            index: Index::new(&compiled),
            compiled,
            rules,
            default,
            settings,
        }
    }

    /// Whether it is what would be made of `rules`, which come by ascending priority.
    pub(crate) fn is_of(
        &self,
        rules: &[Rule],
        default: &Routed,
        settings: RoutingSettings,
    ) -> bool {
        self.settings == settings && self.default == *default && self.rules == rules
    }

    /// The same rules under other settings.
    #[must_use]
    pub fn with_settings(&self, settings: RoutingSettings) -> Self {
        Self::new(self.rules.clone(), self.default.clone(), settings)
    }

    /// The rules by ascending priority.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The settings that it was made under.
    #[must_use]
    pub const fn settings(&self) -> RoutingSettings {
        self.settings
    }

    /// The first rule whose conditions are all met, or the default. Allocates nothing for a
    /// request of ordinary size: a host of at most 256 bytes, visible ASCII throughout. Does not
    /// ask whether the load balancer answers before its rules: see [`Router::refusal`].
    #[must_use]
    pub fn choose(&self, request: &Request) -> Chosen {
        let mut room = Room::new();
        let view = View::new(request, self.settings, &mut room);
        let is_met = |at: u32| self.compiled[at as usize].is_met(&view);
        let found = self.index.first(&view, is_met);
        found.map_or(Chosen::Default, Chosen::Rule)
    }

    /// The actions of what was chosen; the default ones for a place that is not in the router.
    #[must_use]
    pub fn action(&self, chosen: Chosen) -> &Routed {
        let rule = match chosen {
            Chosen::Rule(at) => self.rules.get(at as usize),
            Chosen::Default => None,
        };
        rule.map_or(&self.default, |rule| &rule.routed)
    }

    /// The answer of the load balancer before it asks a rule (1.7), as far as a request shows it.
    #[must_use]
    pub fn refusal(&self, request: &Request) -> Option<Refusal> {
        request.refusal()
    }

    /// What becomes of a request, in full.
    #[must_use]
    pub fn outcome(&self, request: &Request) -> Outcome {
        match self.refusal(request) {
            Some(refusal) => Outcome::Refused(refusal),
            None => self.done(self.choose(request), request),
        }
    }

    /// Whether a client that a cookie names `group` for stays there: its forward knows the group,
    /// clients are kept, and its weight, or the setting, allows it (1.4).
    #[must_use]
    pub fn keeps(&self, chosen: Chosen, group: crate::id::TargetGroupIx) -> bool {
        let RoutingAction::Forward(forward) = &self.action(chosen).action else {
            return false;
        };
        let mut groups = forward.groups.iter();
        let known = groups.find(|it| it.target_group == group);
        let allows = |weight: u32| weight > 0 || self.settings.zero_weight_keeps_sticky;
        forward.stickiness.is_some() && known.is_some_and(|it| allows(it.weight))
    }

    pub(super) fn compiled(&self) -> &[Compiled] {
        &self.compiled
    }

    /// What the actions of `chosen` do with a request.
    pub(super) fn done(&self, chosen: Chosen, request: &Request) -> Outcome {
        let routed = self.action(chosen);
        let stopped = routed.authentication.filter(|_| !request.authenticated);
        if let Some(outcome) = stopped.and_then(super::Authentication::stops) {
            return outcome;
        }
        let rewriters = match chosen {
            Chosen::Rule(at) => self.compiled.get(at as usize),
            Chosen::Default => None,
        };
        let rewriters = rewriters.map_or(&[][..], |it| &it.rewriters);
        match &routed.action {
            RoutingAction::Forward(forward) => {
                super::rewrite::forwarded(forward, rewriters, request, self.settings)
            }
            RoutingAction::Redirect(to) => redirect::redirected(to, request, self.settings),
            RoutingAction::FixedResponse(response) => Outcome::Answered(response.clone()),
        }
    }
}
