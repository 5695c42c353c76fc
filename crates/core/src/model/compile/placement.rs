//! How a service's tasks are placed: strategies, constraints, zones, scheduling.

use super::Compiler;
use crate::design;
use crate::id::ZoneIx;
use crate::model::{
    AVAILABILITY_ZONE, CONSTRAINTS_MAX, Constraint, DEFAULT_STRATEGIES, Definition, Problem,
    RebalancingObstacle, STRATEGIES_MAX, Scheduling, Service, SpreadField, Strategy,
};
use crate::query::Query;
use crate::taskdef::{Extra, NetworkMode};
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Words for `schedulingStrategy`.
const SCHEDULING: &[&str] = &["REPLICA", "DAEMON"];

/// Words for `availabilityZoneRebalancing`.
const REBALANCING: &[&str] = &["ENABLED", "DISABLED"];

impl Compiler<'_> {
    pub(super) fn scheduling(
        &mut self,
        service: &design::Service,
        pointer: &str,
    ) -> Option<Scheduling> {
        match service.scheduling_strategy.as_deref() {
            None | Some("REPLICA") => Some(Scheduling::Replica),
            Some("DAEMON") => {
                self.check_daemon(service, pointer);
                Some(Scheduling::Daemon)
            }
            Some(word) => {
                self.unknown_word(word, SCHEDULING, format!("{pointer}/schedulingStrategy"));
                None
            }
        }
    }

    fn unknown_word(&mut self, word: &str, known: &'static [&'static str], pointer: String) {
        let word = word.to_string();
        self.find(pointer, Problem::UnknownWord { word, known });
    }

    fn check_daemon(&mut self, service: &design::Service, pointer: &str) {
        let bounds = service.deployment_configuration.as_ref();
        let percent = bounds.and_then(|bounds| bounds.maximum_percent);
        if let Some(percent) = percent.filter(|percent| *percent != 100) {
            let pointer = format!("{pointer}/deploymentConfiguration/maximumPercent");
            self.find(pointer, Problem::DaemonMaximumPercent { percent });
        }
        if !service.placement_strategy.is_empty() {
            let pointer = format!("{pointer}/placementStrategy");
            self.find(pointer, Problem::DaemonWithStrategy);
        }
        let minimum = bounds.and_then(|bounds| bounds.minimum_healthy_percent);
        if minimum.is_some_and(|minimum| minimum >= 100) {
            // On each host one task must stay and none may be added.
            let (lower, upper) = (1, 1);
            let pointer = format!("{pointer}/deploymentConfiguration/minimumHealthyPercent");
            self.find(pointer, Problem::DeploymentDeadlock { lower, upper });
        }
    }

    /// The strategies in order, ECS's default where there are none; `None` if one is at fault.
    pub(super) fn strategies(
        &mut self,
        service: &design::Service,
        pointer: &str,
    ) -> Option<Vec<Strategy>> {
        let written = &service.placement_strategy;
        let mut strategies = Some(Vec::new());
        for (at, one) in written.iter().enumerate() {
            let pointer = format!("{pointer}/placementStrategy/{at}");
            self.unknown_fields(&one.extra, &pointer);
            let strategy = self.strategy(one, pointer);
            strategies = strategies.zip(strategy).map(|(mut all, one)| {
                all.push(one);
                all
            });
        }
        let count = written.len();
        if count > STRATEGIES_MAX {
            let pointer = format!("{pointer}/placementStrategy");
            self.find(pointer, Problem::TooManyStrategies { count });
            return None;
        }
        strategies.map(|all| {
            if all.is_empty() {
                DEFAULT_STRATEGIES.to_vec()
            } else {
                all
            }
        })
    }

    /// What a strategy or constraint says beside what AWS knows decides nothing.
    fn unknown_fields(&mut self, extra: &Extra, pointer: &str) {
        for name in extra.keys() {
            let name = name.clone();
            let pointer = format!("{pointer}/{}", crate::source::escape(&name));
            self.find(pointer, Problem::UnknownField { name });
        }
    }

    fn strategy(
        &mut self,
        written: &design::PlacementStrategy,
        pointer: String,
    ) -> Option<Strategy> {
        let field = written.field.as_deref().unwrap_or("");
        let kind = written.kind.as_str();
        let found = strategy(kind, field);
        if found.is_none() {
            let problem = if field.is_empty() && matches!(kind, "spread" | "binpack") {
                let kind = kind.to_string();
                Problem::StrategyWithoutField { kind }
            } else {
                let text = format!("{kind} {field}").trim().to_string();
                Problem::UnknownStrategy { text }
            };
            self.find(pointer, problem);
        }
        found
    }

    /// The service's own constraints; `None` if one is at fault.
    pub(super) fn constraints(
        &mut self,
        service: &design::Service,
        definition: Option<&Definition>,
        pointer: &str,
    ) -> Option<Vec<(usize, Constraint)>> {
        let written = &service.placement_constraints;
        let mut all = Some(Vec::new());
        for (at, one) in written.iter().enumerate() {
            let pointer = format!("{pointer}/placementConstraints/{at}");
            self.unknown_fields(&one.extra, &pointer);
            let constraint = self.constraint(one, &pointer);
            all = all.zip(constraint).map(|(mut all, one)| {
                all.push((at, one));
                all
            });
        }
        let count = written.len() + definition.map_or(0, |it| it.constraints.len());
        if count > CONSTRAINTS_MAX {
            let pointer = format!("{pointer}/placementConstraints");
            self.find(pointer, Problem::TooManyConstraints { count });
            return None;
        }
        all
    }

    fn constraint(
        &mut self,
        written: &design::PlacementConstraint,
        pointer: &str,
    ) -> Option<Constraint> {
        let expression = written.expression.as_deref().unwrap_or("");
        let problem = match (written.kind.as_str(), expression) {
            ("distinctInstance", "") => return Some(Constraint::DistinctInstance),
            ("distinctInstance", _) => Problem::DistinctWithExpression,
            ("memberOf", "") => Problem::ConstraintWithoutExpression,
            ("memberOf", text) => match Query::parse(text) {
                Ok(query) => return Some(Constraint::MemberOf(query)),
                Err(error) => {
                    let text = text.to_string();
                    let problem = Problem::BadExpression { text, error };
                    self.find(format!("{pointer}/expression"), problem);
                    return None;
                }
            },
            (kind, _) => Problem::UnknownConstraint {
                kind: kind.to_string(),
            },
        };
        self.find(pointer.to_string(), problem);
        None
    }

    /// The zones of an `awsvpc` service's subnets: its tasks stand nowhere else (ecs.md 2.6).
    /// `None` within `Some` where nothing narrows them.
    pub(super) fn service_zones(
        &mut self,
        service: &design::Service,
        definition: Option<&Definition>,
        pointer: &str,
    ) -> Option<Option<BTreeSet<ZoneIx>>> {
        let wanted = service.subnets();
        let has_interface =
            definition.is_some_and(|it| it.document.network_mode() == NetworkMode::Awsvpc);
        if !has_interface || wanted.is_empty() {
            return Some(None);
        }
        let mut zones = Some(BTreeSet::new());
        for (at, subnet) in wanted.into_iter().enumerate() {
            let subnets = &self.design.network.subnets;
            let known = subnets.iter().find(|known| known.subnet_id == subnet);
            let zone = known.and_then(|known| self.names.zones.get(&known.availability_zone));
            if let Some(zone) = zone {
                zones.iter_mut().for_each(|zones| {
                    zones.insert(ZoneIx::from_at(*zone));
                });
                continue;
            }
            let reference = subnet.to_string();
            let kind = "subnet";
            self.find(
                format!("{pointer}/networkConfiguration/awsvpcConfiguration/subnets/{at}"),
                Problem::UnknownReference { kind, reference },
            );
            zones = None;
        }
        zones.map(Some)
    }

    /// Whether zones are evened out; asked for where it cannot be, that is said.
    pub(super) fn zone_rebalancing(
        &mut self,
        written: &design::Service,
        service: &Service,
        definition: &Definition,
        pointer: &str,
    ) -> bool {
        let pointer = format!("{pointer}/availabilityZoneRebalancing");
        let word = written.availability_zone_rebalancing.as_deref();
        if let Some(word) = word.filter(|word| !REBALANCING.contains(word)) {
            self.unknown_word(word, REBALANCING, pointer);
            return false;
        }
        if word == Some("DISABLED") {
            return false;
        }
        let obstacle = obstacle(written, service, definition);
        if let (Some(obstacle), Some(_)) = (obstacle, word) {
            self.find(pointer, Problem::RebalancingImpossible { obstacle });
        }
        obstacle.is_none()
    }
}

fn obstacle(
    written: &design::Service,
    service: &Service,
    definition: &Definition,
) -> Option<RebalancingObstacle> {
    let is_zone = |strategy: &Strategy| match strategy {
        Strategy::Spread(SpreadField::Attribute(name)) => name == AVAILABILITY_ZONE,
        Strategy::Spread(SpreadField::Instance)
        | Strategy::BinpackCpu
        | Strategy::BinpackMemory
        | Strategy::Random => false,
    };
    let own = service.constraints.iter().filter_map(|(_, it)| match it {
        Constraint::MemberOf(query) => Some(query),
        Constraint::DistinctInstance => None,
    });
    let mut queries = own.chain(definition.constraints.iter().map(|(_, query)| query));
    if service.scheduling == Scheduling::Daemon {
        return Some(RebalancingObstacle::Daemon);
    }
    let mut wires = written.load_balancers.iter();
    if wires.any(|wire| wire.load_balancer_name.is_some()) {
        return Some(RebalancingObstacle::Classic);
    }
    if service.maximum_percent <= 100 {
        return Some(RebalancingObstacle::MaximumPercent);
    }
    if !written.placement_strategy.is_empty() && !service.strategies.first().is_some_and(is_zone) {
        return Some(RebalancingObstacle::FirstStrategy);
    }
    let asks = queries.any(|query| query.attributes().any(|name| name == AVAILABILITY_ZONE));
    asks.then_some(RebalancingObstacle::ZoneConstraint)
}

/// The strategy that AWS's words mean; `host` is AWS's other word for `instanceId`.
fn strategy(kind: &str, field: &str) -> Option<Strategy> {
    match (kind, field) {
        ("spread", "instanceId" | "host") => Some(Strategy::Spread(SpreadField::Instance)),
        ("spread", attribute) => {
            let name = attribute.strip_prefix("attribute:")?.trim();
            let field = SpreadField::Attribute(Cow::Owned(name.to_string()));
            (!name.is_empty()).then_some(Strategy::Spread(field))
        }
        ("binpack", "cpu" | "CPU") => Some(Strategy::BinpackCpu),
        ("binpack", "memory" | "MEMORY") => Some(Strategy::BinpackMemory),
        ("random", _) => Some(Strategy::Random),
        _ => None,
    }
}
