//! Stopping a task: its containers in reverse order of their start, then away with them.

use super::{Operation, start_order};
use stowplan_core::taskdef::{STOP_TIMEOUT_DEFAULT, TaskDefinition};

/// Containers of one task that are to stop.
#[derive(Clone, Debug)]
pub struct StopRequest<'a> {
    /// The task's definition.
    pub definition: &'a TaskDefinition,
    /// Containers by place and name or id; those that never came to be are left out.
    pub containers: Vec<(usize, String)>,
}

/// Stops and removes the containers; none stops before all that depend on it (ecs.md 1.6).
#[must_use]
pub fn stop(request: &StopRequest<'_>) -> Vec<Operation> {
    let containers = &request.definition.container_definitions;
    let order = start_order(containers).unwrap_or_else(|| (0..containers.len()).collect());
    let last_first = |place: usize| {
        std::cmp::Reverse(
            order
                .iter()
                .position(|at| *at == place)
                .unwrap_or(usize::MAX),
        )
    };
    let mut leaving = request.containers.clone();
    leaving.sort_by_key(|(place, name)| (last_first(*place), name.clone()));
    let timeout = |place: usize| containers.get(place).and_then(|known| known.stop_timeout);
    let stops = leaving
        .iter()
        .map(|(place, name)| Operation::StopContainer {
            name: name.clone(),
            timeout_s: timeout(*place)
                .filter(|seconds| *seconds > 0)
                .unwrap_or(STOP_TIMEOUT_DEFAULT),
        });
    stops
        .chain(discard(leaving.iter().map(|(_, name)| name)))
        .collect()
}

/// Removes containers, running or not.
pub fn discard<'a>(names: impl Iterator<Item = &'a String>) -> Vec<Operation> {
    names
        .map(|name| Operation::RemoveContainer { name: name.clone() })
        .collect()
}
