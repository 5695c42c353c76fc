//! The five placement templates of the ECS console, by name (ecs.md 2.10). What each stands for is
//! documented in words; the fields behind them are inferred from these.

use super::service::{PlacementConstraint, PlacementStrategy, Service};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A placement template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementTemplate {
    /// Zones evenly, then hosts evenly.
    AzBalancedSpread,
    /// Zones evenly, then the fullest host that still has room.
    AzBalancedBinPack,
    /// The fullest host that still has room.
    BinPack,
    /// At most one task of the service on each host.
    OneTaskPerHost,
    /// Whatever the service says.
    Custom,
}

impl PlacementTemplate {
    /// All, in the console's order.
    pub const ALL: [Self; 5] = [
        Self::AzBalancedSpread,
        Self::AzBalancedBinPack,
        Self::BinPack,
        Self::OneTaskPerHost,
        Self::Custom,
    ];

    /// The console's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AzBalancedSpread => "AZ Balanced Spread",
            Self::AzBalancedBinPack => "AZ Balanced BinPack",
            Self::BinPack => "BinPack",
            Self::OneTaskPerHost => "One Task Per Host",
            Self::Custom => "Custom",
        }
    }

    /// The template called `name`, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|template| template.name().eq_ignore_ascii_case(name))
    }

    /// The template that a service is set up by.
    #[must_use]
    pub fn of(service: &Service) -> Self {
        let named = Self::ALL.into_iter().filter(|it| *it != Self::Custom);
        let is_it = |template: &Self| {
            template.strategies() == service.placement_strategy
                && template.constraints() == service.placement_constraints
        };
        named.into_iter().find(is_it).unwrap_or(Self::Custom)
    }

    /// What it puts in `placementStrategy`. One Task Per Host names none: the service's default
    /// spreads over zones.
    #[must_use]
    pub fn strategies(self) -> Vec<PlacementStrategy> {
        let zones = strategy("spread", "attribute:ecs.availability-zone");
        match self {
            Self::AzBalancedSpread => vec![zones, strategy("spread", "instanceId")],
            Self::AzBalancedBinPack => vec![zones, strategy("binpack", "memory")],
            Self::BinPack => vec![strategy("binpack", "memory")],
            Self::OneTaskPerHost | Self::Custom => Vec::new(),
        }
    }

    /// What it puts in `placementConstraints`.
    #[must_use]
    pub fn constraints(self) -> Vec<PlacementConstraint> {
        match self {
            Self::OneTaskPerHost => vec![PlacementConstraint {
                kind: "distinctInstance".into(),
                ..PlacementConstraint::default()
            }],
            Self::AzBalancedSpread | Self::AzBalancedBinPack | Self::BinPack | Self::Custom => {
                Vec::new()
            }
        }
    }

    /// Sets a service up by the template; Custom leaves it as it is.
    pub fn apply(self, service: &mut Service) {
        if self != Self::Custom {
            service.placement_strategy = self.strategies();
            service.placement_constraints = self.constraints();
        }
    }
}

fn strategy(kind: &str, field: &str) -> PlacementStrategy {
    PlacementStrategy {
        kind: kind.into(),
        field: Some(String::from(field)),
        ..PlacementStrategy::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_set_up_by_a_template_is_told_as_that() {
        for template in PlacementTemplate::ALL {
            let mut service = Service::default();
            template.apply(&mut service);
            let told = PlacementTemplate::of(&service);
            assert_eq!(told, template, "{}", template.name());
            assert_eq!(PlacementTemplate::named(template.name()), Some(template));
        }
    }
}
