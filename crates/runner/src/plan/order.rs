//! The order in which a task's containers start (ecs.md 1.5): each after those it depends on,
//! otherwise as written.

use stowplan_core::taskdef::ContainerDefinition;

/// Why there is no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// A dependency names no container of the task.
    Unknown {
        /// The container that depends, by its place.
        container: usize,
        /// The dependency, by its place.
        dependency: usize,
    },
    /// The condition is none of ECS's.
    UnknownCondition {
        /// The container that depends, by its place.
        container: usize,
        /// The dependency, by its place.
        dependency: usize,
    },
    /// Containers wait for each other.
    Cycle {
        /// One of them, by its place.
        container: usize,
    },
}

/// Places of the containers in the order of their start.
///
/// # Errors
/// Dependencies that name no container or no condition, or that form a circle.
pub fn start_order(containers: &[ContainerDefinition]) -> Result<Vec<usize>, OrderError> {
    let edges = edges(containers)?;
    let mut order: Vec<usize> = Vec::new();
    while order.len() < containers.len() {
        let ready =
            |at: &usize| !order.contains(at) && edges[*at].iter().all(|on| order.contains(on));
        match (0..containers.len()).find(ready) {
            Some(next) => order.push(next),
            None => {
                let waiting = (0..containers.len()).find(|at| !order.contains(at));
                return Err(OrderError::Cycle {
                    container: waiting.unwrap_or(0),
                });
            }
        }
    }
    Ok(order)
}

/// For each container the places of those it depends on.
fn edges(containers: &[ContainerDefinition]) -> Result<Vec<Vec<usize>>, OrderError> {
    let place = |name: &str| containers.iter().position(|known| known.name == name);
    let mut edges = Vec::new();
    for (container, definition) in containers.iter().enumerate() {
        let mut on = Vec::new();
        for (dependency, edge) in definition.depends_on.iter().flatten().enumerate() {
            on.push(place(&edge.container_name).ok_or(OrderError::Unknown {
                container,
                dependency,
            })?);
            if !["START", "COMPLETE", "SUCCESS", "HEALTHY"].contains(&edge.condition.as_str()) {
                return Err(OrderError::UnknownCondition {
                    container,
                    dependency,
                });
            }
        }
        edges.push(on);
    }
    Ok(edges)
}
