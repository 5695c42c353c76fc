//! What a former runner has left: tasks to take over, and remains of starts to clear away. All of
//! it is read from labels (invariant 9).

use crate::agent::{Assignment, Reports, clean_up};
use crate::drive::{Adopted, SERVICE};
use crate::execute::worded;
use crate::failure::Failure;
use crate::host::Host;
use crate::observe::{Life, Seen, bindings, seen};
use crate::plan;
use crate::report::Notice;
use std::collections::BTreeMap;
use std::sync::Arc;
use stowplan_core::control::{Observation, SeenTask};
use stowplan_core::id::{InstanceIx, TaskDefinitionIx, TaskId};
use stowplan_core::model::Model;
use stowplan_core::taskdef::{TaskDefinition, read_task_definition};
use tokio::sync::mpsc;

/// Tasks of one family, by id.
pub(crate) struct Found {
    tasks: BTreeMap<TaskId, FoundTask>,
}

struct FoundTask {
    instance: InstanceIx,
    definition: TaskDefinition,
    containers: Vec<Seen>,
}

impl FoundTask {
    /// Whether all its containers were started once; the others were left by a start that never
    /// came to its end.
    fn is_complete(&self) -> bool {
        let wanted = self.definition.container_definitions.len();
        let mut places: Vec<usize> = self
            .containers
            .iter()
            .filter(|seen| seen.life != Life::Created)
            .map(|seen| seen.labels.container)
            .collect();
        places.sort_unstable();
        places.dedup();
        places.len() == wanted && places.last().is_none_or(|last| *last < wanted)
    }
}

impl Found {
    pub(crate) async fn look(hosts: &[Host], family: &str) -> Result<Self, Failure> {
        let mut tasks: BTreeMap<TaskId, FoundTask> = BTreeMap::new();
        for (at, host) in hosts.iter().enumerate() {
            let listed = seen(host).await;
            let listed = listed
                .map_err(|error| anyhow::Error::msg(worded("CannotListContainersError", &error)))?;
            for seen in listed
                .into_iter()
                .filter(|seen| seen.labels.service == family)
            {
                // What a label of ours cannot be read from is not ours.
                let Ok(definition) = read_task_definition(&seen.labels.definition) else {
                    continue;
                };
                let instance = InstanceIx::from_at(at);
                let found = FoundTask {
                    instance,
                    definition,
                    containers: Vec::new(),
                };
                tasks
                    .entry(seen.labels.task)
                    .or_insert(found)
                    .containers
                    .push(seen);
            }
        }
        Ok(Self { tasks })
    }

    fn complete(&self) -> Vec<(TaskId, &FoundTask)> {
        let complete = self.tasks.iter().filter(|(_, found)| found.is_complete());
        let mut tasks: Vec<_> = complete.map(|(id, found)| (*id, found)).collect();
        // The newest deployment comes last: it is the PRIMARY one.
        tasks.sort_by_key(|(id, found)| (found.containers[0].labels.revision, *id));
        tasks
    }

    pub(crate) fn revisions(&self) -> BTreeMap<u32, TaskDefinition> {
        let of = |(_, found): (TaskId, &FoundTask)| {
            (
                found.containers[0].labels.revision,
                found.definition.clone(),
            )
        };
        self.complete().into_iter().map(of).collect()
    }

    /// Removes what never became a task.
    pub(crate) async fn discard_incomplete(&self, hosts: &[Host], notify: &mut dyn FnMut(Notice)) {
        for found in self.tasks.values().filter(|found| !found.is_complete()) {
            let host = &hosts[found.instance.at()];
            for seen in &found.containers {
                notify(Notice::Removed {
                    host: host.name.clone(),
                    container: seen.id.clone(),
                });
            }
            let (reports, _unread): (Reports, _) = mpsc::unbounded_channel();
            let ids = found.containers.iter().map(|seen| &seen.id);
            clean_up(host, &plan::discard(ids), &reports).await;
        }
    }

    /// What is known of the complete tasks, those of the newest deployment last.
    pub(crate) fn adopted(&self, model: &Model) -> Vec<Adopted> {
        self.complete()
            .into_iter()
            .filter_map(|(task, found)| adopted(model, task, found))
            .collect()
    }
}

fn adopted(model: &Model, task: TaskId, found: &FoundTask) -> Option<Adopted> {
    let labels = &found.containers[0].labels;
    let mut revisions = model.task_definitions.iter();
    let at = revisions.position(|known| known.revision == labels.revision)?;
    let assignment = Assignment {
        task,
        service: labels.service.clone(),
        deployment: labels.deployment,
        instance: found.instance,
        revision: labels.revision,
        definition: Arc::new(found.definition.clone()),
    };
    let seen = SeenTask {
        task,
        service: SERVICE,
        deployment: labels.deployment,
        task_definition: TaskDefinitionIx::from_at(at),
        instance: found.instance,
    };
    let bindings = bindings(&found.definition, &found.containers);
    let observations = vec![
        Observation::TaskSeen(seen),
        Observation::ContainersStarted { task, bindings },
    ];
    Some(Adopted {
        assignment,
        observations,
        containers: found.containers.clone(),
    })
}
