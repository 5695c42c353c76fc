//! The order in which the containers of a task start, and how long they may take to stop.
//!
//! One graph holds the three reasons to wait: `dependsOn`, `links` and `volumesFrom`
//! (task-definition.md O01 and O05). Containers are named by their position.

use super::{ContainerDefinition, TaskDefinition};
use alloc::vec;
use alloc::vec::Vec;

/// Seconds between the stop signal and SIGKILL where a container states none (ecs.md 1.5).
pub const STOP_TIMEOUT_DEFAULT: u32 = 30;

/// Why one container waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// `dependsOn`.
    Dependency,
    /// `links`.
    Link,
    /// `volumesFrom`.
    Volumes,
}

/// One container waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The one that waits.
    pub from: usize,
    /// The one waited for.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
    /// Position in the list that says so.
    pub at: usize,
}

/// Every reason to wait; those that lead to no other container of the definition are left out.
#[must_use]
pub(crate) fn edges(containers: &[ContainerDefinition]) -> Vec<Edge> {
    let position = |name: &str| containers.iter().position(|it| it.name == name);
    let mut edges = Vec::new();
    for (from, container) in containers.iter().enumerate() {
        let mut add = |kind: EdgeKind, at: usize, name: &str| {
            if let Some(to) = position(name).filter(|to| *to != from) {
                edges.push(Edge { from, to, kind, at });
            }
        };
        for (at, dependency) in container.depends_on.iter().flatten().enumerate() {
            add(EdgeKind::Dependency, at, &dependency.container_name);
        }
        for (at, link) in container.links.iter().flatten().enumerate() {
            add(
                EdgeKind::Link,
                at,
                link.split(':').next().unwrap_or_default(),
            );
        }
        for (at, volumes) in container.volumes_from.iter().flatten().enumerate() {
            let source = volumes.source_container.as_deref();
            add(EdgeKind::Volumes, at, source.unwrap_or_default());
        }
    }
    edges
}

/// The containers in waves: each starts when what it waits for in earlier waves has happened.
///
/// # Errors
/// A circle, as the edges along it, beginning at its first container.
pub fn start_order(containers: &[ContainerDefinition]) -> Result<Vec<Vec<usize>>, Vec<Edge>> {
    waves(containers.len(), &edges(containers))
}

/// The circle that containers wait in for reasons of `kinds` alone, if they do: AWS sees one of
/// links or of dependencies, but not one that mixes them.
#[must_use]
pub fn circle_of(containers: &[ContainerDefinition], kinds: &[EdgeKind]) -> Option<Vec<Edge>> {
    let mut edges = edges(containers);
    edges.retain(|edge| kinds.contains(&edge.kind));
    waves(containers.len(), &edges).err()
}

fn waves(count: usize, edges: &[Edge]) -> Result<Vec<Vec<usize>>, Vec<Edge>> {
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut waiting = vec![0_usize; count];
    for edge in edges {
        waiting[edge.from] += 1;
    }
    let mut wave: Vec<usize> = (0..count).filter(|at| waiting[*at] == 0).collect();
    let mut left = count;
    while !wave.is_empty() {
        left -= wave.len();
        let mut next = Vec::new();
        for edge in edges.iter().filter(|edge| wave.contains(&edge.to)) {
            waiting[edge.from] -= 1;
            if waiting[edge.from] == 0 {
                next.push(edge.from);
            }
        }
        crate::sort::sort(&mut next);
        waves.push(core::mem::replace(&mut wave, next));
    }
    if left == 0 {
        return Ok(waves);
    }
    Err(circle(edges, &waiting))
}

/// Among containers that cannot start each waits for another one, so that following an edge of
/// each ends in a circle.
fn circle(edges: &[Edge], waiting: &[usize]) -> Vec<Edge> {
    let next = |at: usize| {
        let stuck = |edge: &&Edge| edge.from == at && waiting[edge.to] > 0;
        edges.iter().find(stuck).copied()
    };
    let mut seen = vec![false; waiting.len()];
    let mut at = waiting.iter().position(|count| *count > 0).unwrap_or(0);
    while let Some(edge) = next(at).filter(|_| !seen[at]) {
        seen[at] = true;
        at = edge.to;
    }
    let mut circle = Vec::new();
    let start = at;
    while let Some(edge) = next(at) {
        circle.push(edge);
        at = edge.to;
        if at == start {
            break;
        }
    }
    let first = (0..circle.len()).min_by_key(|position| circle[*position].from);
    circle.rotate_left(first.unwrap_or(0));
    circle
}

/// Longest time in seconds that stopping the task may take: containers stop in the reverse order,
/// each after all that wait for it, so the times along the longest chain add up
/// (task-definition.md section 8, item 5). `None` where the order has a circle.
#[must_use]
pub fn longest_stop(definition: &TaskDefinition) -> Option<u64> {
    let containers = &definition.container_definitions;
    let edges = edges(containers);
    let waves = waves(containers.len(), &edges).ok()?;
    let mut longest = vec![0_u64; containers.len()];
    for at in waves.into_iter().rev().flatten() {
        let dependents = edges.iter().filter(|edge| edge.to == at);
        let before = dependents.map(|edge| longest[edge.from]).max();
        let own = containers[at].stop_timeout.filter(|seconds| *seconds > 0);
        longest[at] = before.unwrap_or(0) + u64::from(own.unwrap_or(STOP_TIMEOUT_DEFAULT));
    }
    Some(longest.into_iter().max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn containers(text: &str) -> Vec<ContainerDefinition> {
        crate::source::read(text).unwrap()
    }

    fn after(name: &str, others: &[&str], stop: u32) -> String {
        let list: Vec<String> = others
            .iter()
            .map(|it| format!(r#"{{"containerName":"{it}","condition":"START"}}"#))
            .collect();
        let list = list.join(",");
        format!(r#"{{"name":"{name}","stopTimeout":{stop},"dependsOn":[{list}]}}"#)
    }

    #[test]
    fn containers_start_in_waves_and_stop_along_the_longest_chain() {
        let all = [
            after("web", &["proxy", "config"], 20),
            after("proxy", &["config"], 5),
            after("config", &[], 7),
            after("log", &[], 40),
        ];
        let containers = containers(&format!("[{}]", all.join(",")));
        assert_eq!(
            start_order(&containers),
            Ok(vec![vec![2, 3], vec![1], vec![0]])
        );
        let definition = TaskDefinition {
            container_definitions: containers,
            ..TaskDefinition::default()
        };
        assert_eq!(longest_stop(&definition), Some(40));
        let mut slow = definition;
        slow.container_definitions[2].stop_timeout = None;
        assert_eq!(longest_stop(&slow), Some(20 + 5 + 30));
    }

    #[test]
    fn a_circle_is_told_along_its_edges_whatever_they_are() {
        let text = r#"[{"name":"a"},{"name":"b","links":["c:db"]},
            {"name":"c","volumesFrom":[{"sourceContainer":"d"}]},
            {"name":"d","dependsOn":[{"containerName":"b","condition":"START"}]},
            {"name":"e","links":["b"]}]"#;
        let containers = containers(text);
        let circle = start_order(&containers).unwrap_err();
        let path: Vec<(usize, usize)> = circle.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(path, [(1, 2), (2, 3), (3, 1)]);
        assert_eq!(circle_of(&containers, &[EdgeKind::Link]), None);
    }
}
