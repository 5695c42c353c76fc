//! `stowplan down`: stops and removes what we started, and nothing else.

use crate::execute::{Outcome, execute};
use crate::failure::Failure;
use crate::host::{Host, connect_all};
use crate::lock;
use crate::observe::Seen;
use crate::plan::{self, Operation, StopRequest};
use crate::report::Notice;
use crate::status::list;
use std::collections::{BTreeMap, BTreeSet};
use stowplan_core::id::TaskId;
use stowplan_core::source::read;
use stowplan_core::taskdef::TaskDefinition;

/// What to take down and where.
#[derive(Clone, Debug)]
pub struct DownOptions {
    /// Addresses of the engines.
    pub hosts: Vec<String>,
    /// Only this family.
    pub family: Option<String>,
}

/// Stops and removes our containers and returns how many there were.
///
/// # Errors
/// An engine that does not answer, or a family that a live `stowplan run` would start again: then
/// nothing was touched. What cannot be stopped or removed is named once all else was.
pub async fn down(options: &DownOptions, notify: &mut dyn FnMut(Notice)) -> Result<usize, Failure> {
    let hosts = connect_all(&options.hosts).await?;
    let mut found: Vec<(&Host, Vec<Seen>)> = Vec::new();
    for host in &hosts {
        let mut seen = list(host).await?;
        seen.retain(|it| {
            options
                .family
                .as_ref()
                .is_none_or(|family| it.labels.family == *family)
        });
        found.push((host, seen));
    }
    let mut locks = Vec::new();
    for (host, seen) in &found {
        let families: BTreeSet<&str> = seen.iter().map(|it| it.labels.family.as_str()).collect();
        for family in families {
            locks.push(lock::take(host, family)?);
        }
    }
    let mut count = 0;
    let mut failed = Vec::new();
    for (host, seen) in found {
        count += seen.len();
        for containers in by_task(seen).into_values() {
            failed.extend(take_down(host, &containers, notify).await);
        }
    }
    if failed.is_empty() {
        Ok(count)
    } else {
        Err(Failure::Internal(anyhow::Error::msg(failed.join("; "))))
    }
}

fn by_task(seen: Vec<Seen>) -> BTreeMap<TaskId, Vec<Seen>> {
    let mut tasks: BTreeMap<TaskId, Vec<Seen>> = BTreeMap::new();
    for seen in seen {
        tasks.entry(seen.labels.task).or_default().push(seen);
    }
    tasks
}

/// Takes one task's containers down and says what failed.
async fn take_down(
    host: &Host,
    containers: &[Seen],
    notify: &mut dyn FnMut(Notice),
) -> Vec<String> {
    let mut failed = Vec::new();
    for operation in operations(containers) {
        notify(Notice::Operation {
            host: host.name.clone(),
            text: operation.to_string(),
        });
        let outcome = match execute(host, &operation).await {
            Ok(outcome) => outcome,
            Err(why) => {
                failed.push(format!("`{operation}` on `{}`: {why}", host.name));
                continue;
            }
        };
        if let (Operation::RemoveContainer { name }, Outcome::Done) = (operation, outcome) {
            let label = |seen: &&Seen| seen.id == name;
            let container = containers.iter().find(label).map_or(name.clone(), named);
            notify(Notice::Removed {
                host: host.name.clone(),
                container,
            });
        }
    }
    failed
}

/// `primes:2 primes 4f3c0000`: revision, container and task.
fn named(seen: &Seen) -> String {
    let labels = &seen.labels;
    let task = labels.task.to_string();
    format!(
        "{}:{} {} {}",
        labels.family,
        labels.revision,
        labels.container_name,
        &task[..8]
    )
}

/// In the order of the task's own definition; a definition that cannot be read has none.
fn operations(containers: &[Seen]) -> Vec<Operation> {
    let ids = || containers.iter().map(|seen| &seen.id);
    let definition = containers
        .first()
        .map(|seen| read::<TaskDefinition>(&seen.labels.definition));
    match definition {
        Some(Ok(definition)) => {
            let containers = containers
                .iter()
                .map(|seen| (seen.labels.container, seen.id.clone()))
                .collect();
            plan::stop(&StopRequest {
                definition: &definition,
                containers,
            })
        }
        Some(Err(_)) | None => plan::discard(ids()),
    }
}
