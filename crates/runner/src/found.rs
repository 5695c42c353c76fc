//! What a former runner has left: tasks to take over, and remains of starts to clear away. All of
//! it is read from labels (invariant 9).

use crate::agent::{Assignment, Reports, clean_up};
use crate::drive::{Adopted, SERVICE};
use crate::execute::worded;
use crate::failure::Failure;
use crate::host::{Host, on};
use crate::observe::{Life, Seen, bindings, seen};
use crate::plan::{self, start_order};
use std::collections::BTreeMap;
use std::sync::Arc;
use stowplan_core::control::{Observation, SeenTask};
use stowplan_core::id::{InstanceIx, TaskDefinitionIx, TaskId};
use stowplan_core::model::Model;
use stowplan_core::taskdef::TaskDefinition;

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
    /// Whether its start came to its end: the last container was started, and so was every
    /// essential one. Others may have ended and been pruned since.
    fn is_complete(&self) -> bool {
        let definitions = &self.definition.container_definitions;
        let started = |place: usize| {
            let mut containers = self.containers.iter();
            containers.any(|seen| seen.labels.container == place && seen.life != Life::Created)
        };
        let Some(order) = start_order(definitions) else {
            return false;
        };
        let mut essential = order.iter().filter(|at| definitions[**at].is_essential());
        order.last().is_some_and(|last| started(*last)) && essential.all(|at| started(*at))
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
                let Ok(definition) =
                    stowplan_core::source::read::<TaskDefinition>(&seen.labels.definition)
                else {
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

    /// Removes what never became a task; what goes on is reported.
    pub(crate) async fn discard_incomplete(&self, hosts: &[Host], reports: &Reports) {
        for found in self.tasks.values().filter(|found| !found.is_complete()) {
            let host = &hosts[found.instance.at()];
            let names = found.containers.iter().map(|seen| &seen.name);
            clean_up(host, &plan::discard(names), reports).await;
        }
    }

    /// Every container that was found, with its engine.
    pub(crate) fn names(&self, hosts: &[Host]) -> Vec<String> {
        let containers = self.tasks.values().flat_map(|found| {
            let host = &hosts[found.instance.at()];
            found.containers.iter().map(|seen| on(&seen.name, host))
        });
        containers.collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;
    use stowplan_core::control::ContainerHealth;
    use stowplan_core::id::DeploymentId;

    fn seen(container: usize, life: Life) -> Seen {
        let labels = Labels {
            task: TaskId(1),
            service: "a".into(),
            deployment: DeploymentId(1),
            family: "a".into(),
            revision: 1,
            container,
            container_name: String::new(),
            definition: String::new(),
        };
        Seen {
            labels,
            id: String::new(),
            name: String::new(),
            image: String::new(),
            life,
            health: ContainerHealth::Unknown,
            ports: Vec::new(),
        }
    }

    #[test]
    fn a_start_came_to_its_end_when_the_last_and_all_essential_containers_started() {
        let definition: TaskDefinition = stowplan_core::source::read(
            r#"{"family":"a","containerDefinitions":[
                {"name":"app","image":"i","dependsOn":[{"containerName":"init","condition":"COMPLETE"}]},
                {"name":"init","image":"i","essential":false}]}"#,
        )
        .unwrap();
        let is_complete = |containers: &[Seen]| {
            FoundTask {
                instance: InstanceIx(0),
                definition: definition.clone(),
                containers: containers.to_vec(),
            }
            .is_complete()
        };
        let init = seen(1, Life::Ended(0));
        assert!(is_complete(&[seen(0, Life::Running), init.clone()]));
        assert!(is_complete(&[seen(0, Life::Running)]), "init was pruned");
        assert!(is_complete(&[seen(0, Life::Ended(1)), init.clone()]));
        assert!(!is_complete(&[seen(0, Life::Created), init.clone()]));
        assert!(!is_complete(&[init]));
    }
}
