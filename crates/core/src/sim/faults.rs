//! What an operator has broken, as far as it concerns more than one task: registries, images,
//! services, revisions. Faults of one task stand with its containers.

use crate::id::{ServiceIx, TaskDefinitionIx};
use crate::time::Millis;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Everything that is broken now.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Faults {
    /// Whether no registry answers.
    pub(super) all_registries: bool,
    /// Registries that do not answer.
    pub(super) registries: BTreeSet<String>,
    /// Images that are not in their registry.
    pub(super) images: BTreeSet<String>,
    /// What is wrong with every task of a service.
    pub(super) services: BTreeMap<ServiceIx, ServiceFault>,
    /// Revisions that were deployed in order to fail.
    pub(super) revisions: BTreeMap<TaskDefinitionIx, BadRevision>,
}

/// What is wrong with every task of a service, those to come included.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ServiceFault {
    /// Containers that fail their own checks; every one of them where it holds `None`.
    pub(super) checks: BTreeSet<Option<String>>,
    /// Whether load balancers' checks fail.
    pub(super) targets: bool,
    /// How long its containers take to answer.
    pub(super) startup: Option<Millis>,
    /// How its containers are worse than they were, by name; `None` stands for the others.
    pub(super) degraded: BTreeMap<Option<String>, Degradation>,
}

/// A container that answers late, or now and then with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Degradation {
    /// Time until it answers.
    pub(super) latency: Millis,
    /// Share of answers that are errors, in millionths.
    pub(super) errors_ppm: u32,
}

/// How a revision that was deployed in order to fail does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BadRevision {
    /// Its main container ends with code 1 a moment after it started.
    Exit,
    /// Its image is not in the registry.
    Image,
    /// It runs, but fails the container's and the load balancers' checks.
    HealthCheck,
    /// It takes longer to answer than anybody waits.
    SlowStart,
}

/// The registry of an image reference: its first part where that names a host, else Docker Hub.
pub(super) fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        Some(_) | None => "docker.io",
    }
}

impl ServiceFault {
    /// How a container is worse than it was.
    pub(super) fn degradation(&self, container: &str) -> Option<Degradation> {
        let named = |(name, _): &(&Option<String>, _)| name.as_deref() == Some(container);
        let own = self.degraded.iter().find(named);
        own.map(|(_, worse)| *worse)
            .or_else(|| self.degraded.get(&None).copied())
    }
}

impl Faults {
    /// Whether the registry of `image` does not answer.
    pub(super) fn is_out(&self, image: &str) -> bool {
        self.all_registries || self.registries.contains(registry(image))
    }

    /// What is wrong with a service, to be changed.
    pub(super) fn service(&mut self, service: ServiceIx) -> &mut ServiceFault {
        self.services.entry(service).or_default()
    }

    /// Whether an operator makes the checks of a container fail for its whole service.
    pub(super) fn fails_checks(&self, service: ServiceIx, container: &str) -> bool {
        self.services.get(&service).is_some_and(|fault| {
            let mut broken = fault.checks.iter();
            broken.any(|name| name.as_deref().is_none_or(|name| name == container))
        })
    }
}
