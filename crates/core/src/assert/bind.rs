//! Whether the names of an assertion are names of the design, and its moments within the run.

use super::fault::{Fault, FaultKind};
use super::metric::Label;
use super::{Assertion, Clause, Expression, Selector};
use crate::model::Model;
use crate::near::nearest;
use crate::source::Span;
use crate::time::Instant;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};

/// The names that an assertion can use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Services with their clusters.
    services: BTreeSet<(String, String)>,
    zones: BTreeSet<String>,
    target_groups: BTreeSet<String>,
    load_balancers: BTreeSet<String>,
    /// Clusters of services and of hosts.
    clusters: BTreeSet<String>,
}

impl Names {
    /// Adds the names of a model: a run that edits its design has those of several.
    pub fn add(&mut self, model: &Model) {
        let services = model.present_services();
        let services = services.map(|(_, it)| (it.name.clone(), it.cluster.clone()));
        self.services.extend(services);
        self.zones.extend(model.zones.iter().cloned());
        let groups = model.target_groups.iter().filter(|group| group.present);
        self.target_groups
            .extend(groups.map(|group| group.name.clone()));
        let balancers = model.load_balancers.iter().filter(|it| it.present);
        self.load_balancers
            .extend(balancers.map(|it| it.name.clone()));
        let of_services = self.services.iter().map(|(_, cluster)| cluster.clone());
        let of_hosts = model.present_instances().map(|(_, it)| it.cluster.clone());
        let clusters: BTreeSet<String> = of_services.chain(of_hosts).collect();
        self.clusters.extend(clusters);
    }

    fn of(&self, label: Label) -> BTreeSet<&str> {
        match label {
            Label::Service => self.services.iter().map(|(name, _)| &**name).collect(),
            Label::Zone => self.zones.iter().map(|name| &**name).collect(),
            Label::TargetGroup => self.target_groups.iter().map(|name| &**name).collect(),
            Label::Cluster => self.clusters.iter().map(|name| &**name).collect(),
            Label::LoadBalancer => self.load_balancers.iter().map(|name| &**name).collect(),
        }
    }

    fn check(&self, selector: &Selector, span: Span) -> Result<(), Fault> {
        for label in Label::ALL {
            let Some(name) = selector.labels.get(label) else {
                continue;
            };
            let known = self.of(label);
            if known.contains(name) {
                continue;
            }
            let kind = FaultKind::UnknownName {
                label,
                name: name.to_owned(),
                near: nearest(name, known.iter().copied()).map(ToOwned::to_owned),
                known: known.into_iter().map(ToString::to_string).collect(),
            };
            return Err(Fault::new(span, kind));
        }
        if is_of_services(selector) && !self.any_service(selector) {
            return Err(Fault::new(span, FaultKind::NothingMatches(selector.metric)));
        }
        Ok(())
    }

    fn any_service(&self, selector: &Selector) -> bool {
        let fits = |wanted: Option<&str>, name: &str| wanted.is_none_or(|wanted| wanted == name);
        let mut services = self.services.iter();
        services.any(|(name, cluster)| {
            fits(selector.labels.get(Label::Service), name)
                && fits(selector.labels.get(Label::Cluster), cluster)
        })
    }
}

/// Whether services are measured, so that without one nothing is.
fn is_of_services(selector: &Selector) -> bool {
    let named = [Label::Service, Label::Cluster].map(|it| selector.labels.get(it));
    let names_some = named.into_iter().any(|it| it.is_some());
    let takes_some = selector.metric.labels().contains(&Label::Service);
    takes_some && (names_some || !selector.metric.is_of_requests())
}

impl Expression {
    /// Whether its names are there.
    ///
    /// # Errors
    /// A name that the design does not have, with its place.
    pub fn check(&self, names: &Names) -> Result<(), Fault> {
        let mut result = Ok(());
        self.each_metric(&mut |selector, span| {
            if result.is_ok() {
                result = names.check(selector, span);
            }
        });
        result
    }
}

impl Assertion {
    /// Whether its names are there and its moments lie within a run that ends at `end`.
    ///
    /// # Errors
    /// A name that the design does not have or a moment that the run never reaches, with its place.
    pub fn check(&self, names: &Names, end: Instant) -> Result<(), Fault> {
        self.left.check(names)?;
        self.right.check(names)?;
        let is_beyond = match self.clause {
            Clause::Whole => false,
            Clause::During(_, last) | Clause::At(last) | Clause::Until(last) => last > end,
            Clause::After(first) => first >= end,
        };
        if is_beyond {
            return Err(Fault::new(self.clause_span, FaultKind::BeyondEnd(end)));
        }
        Ok(())
    }
}
