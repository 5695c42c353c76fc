//! The labels of our containers: all that a restarted runner needs to know (invariant 9).
//!
//! The five `com.amazonaws.ecs.*` labels are those of ECS's agent (task-definition.md 4.2); the
//! `dev.stowplan.*` ones are ours. The whole definition is one of them, so that a task of an
//! earlier revision can be scheduled even if its file is gone.

use std::collections::BTreeMap;
use stowplan_core::draw::digest;
use stowplan_core::id::{DeploymentId, TaskId};
use stowplan_core::taskdef::TaskDefinition;

/// Present on every container of ours, with the version of these labels as its value.
pub(crate) const MANAGED: &str = "dev.stowplan.managed";
/// The service of the container's task.
pub(crate) const SERVICE: &str = "dev.stowplan.service";
const MANAGED_VERSION: &str = "1";
const TASK: &str = "dev.stowplan.task";
const DEPLOYMENT: &str = "dev.stowplan.deployment";
const CONTAINER: &str = "dev.stowplan.container";
const DEFINITION: &str = "dev.stowplan.task-definition";
const DEFINITION_DIGEST: &str = "dev.stowplan.task-definition-digest";
const ECS_ARN: &str = "com.amazonaws.ecs.task-arn";
const ECS_CONTAINER: &str = "com.amazonaws.ecs.container-name";
const ECS_FAMILY: &str = "com.amazonaws.ecs.task-definition-family";
const ECS_REVISION: &str = "com.amazonaws.ecs.task-definition-version";
const ECS_CLUSTER: &str = "com.amazonaws.ecs.cluster";

/// The cluster that every host of a run belongs to.
pub(crate) const CLUSTER: &str = "default";

/// What the labels of one container say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) task: TaskId,
    pub(crate) service: String,
    pub(crate) deployment: DeploymentId,
    pub(crate) family: String,
    pub(crate) revision: u32,
    /// Place in the definition's list of containers.
    pub(crate) container: usize,
    pub(crate) container_name: String,
    /// The definition as JSON, without a revision number.
    pub(crate) definition: String,
}

impl Labels {
    /// The labels to write; they win over labels of the definition.
    pub(crate) fn write(&self) -> BTreeMap<String, String> {
        let arn = format!(
            "arn:aws:ecs:local:000000000000:task/{CLUSTER}/{}",
            self.task
        );
        let pairs = [
            (ECS_ARN, arn),
            (ECS_CONTAINER, self.container_name.clone()),
            (ECS_FAMILY, self.family.clone()),
            (ECS_REVISION, self.revision.to_string()),
            (ECS_CLUSTER, CLUSTER.to_owned()),
            (MANAGED, MANAGED_VERSION.to_owned()),
            (SERVICE, self.service.clone()),
            (TASK, self.task.to_string()),
            (DEPLOYMENT, self.deployment.0.to_string()),
            (CONTAINER, self.container.to_string()),
            (
                DEFINITION_DIGEST,
                format!("{:016x}", digest(self.definition.as_bytes())),
            ),
            (DEFINITION, self.definition.clone()),
        ];
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// What `labels` say; `None` if they are not ours, or of a version that we do not know.
    pub(crate) fn read(labels: &BTreeMap<String, String>) -> Option<Self> {
        let text = |name: &str| labels.get(name).cloned();
        text(MANAGED).filter(|version| version == MANAGED_VERSION)?;
        Some(Self {
            task: text(TASK)?.parse().ok()?,
            service: text(SERVICE)?,
            deployment: DeploymentId(text(DEPLOYMENT)?.parse().ok()?),
            family: text(ECS_FAMILY)?,
            revision: text(ECS_REVISION)?.parse().ok()?,
            container: text(CONTAINER)?.parse().ok()?,
            container_name: text(ECS_CONTAINER)?,
            definition: text(DEFINITION)?,
        })
    }
}

/// The definition as it stands in a label: its content, whatever number it was given.
pub(crate) fn content(definition: &TaskDefinition) -> String {
    let mut unnumbered = definition.clone();
    unnumbered.revision = None;
    serde_json::to_string(&unnumbered).expect("a definition has only JSON values")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_they_were_written() {
        let labels = Labels {
            task: TaskId(0xfe),
            service: "web".into(),
            deployment: DeploymentId(u64::MAX),
            family: "web".into(),
            revision: 3,
            container: 1,
            container_name: "app".into(),
            definition: "{}".into(),
        };
        let written = labels.write();
        assert_eq!(Labels::read(&written), Some(labels));
        assert_eq!(
            written[ECS_ARN],
            "arn:aws:ecs:local:000000000000:task/default/000000000000000000000000000000fe"
        );
        assert_eq!(Labels::read(&BTreeMap::new()), None);
    }
}
