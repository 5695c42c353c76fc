//! The design that a run stands for: the engines as container instances of one cluster, and one
//! service of the given family.

use crate::host::Host;
use crate::labels::{CLUSTER, content};
use std::collections::BTreeMap;
use stowplan_core::design::{Cluster, ContainerInstance, DOCUMENT_VERSION, Design, Service};
use stowplan_core::model::{Compiled, Model, Settings, compile};
use stowplan_core::taskdef::{TaskDefinition, revision_name};
use stowplan_core::time::Millis;

/// How the scheduler's open settings differ from the simulator's. A person waits at a terminal
/// and one machine is looked after, so that looking every second costs nothing; tasks without a
/// check count as healthy, and the service as steady, after seconds instead of the 40 and 50 s
/// that ECS takes. What is decided is the same, only sooner.
fn settings() -> Settings {
    Settings {
        scheduler_tick: Millis::seconds(1),
        healthy_without_checks: Millis::seconds(5),
        stability_confirmation: Millis::seconds(3),
        launch_delay_first: Millis::seconds(5),
        ..Settings::default()
    }
}

/// What a run is made of.
pub(crate) struct Fleet<'a> {
    pub(crate) hosts: &'a [Host],
    /// Revisions of the family by number; the last is the one to run.
    pub(crate) revisions: BTreeMap<u32, TaskDefinition>,
    pub(crate) desired_count: u32,
}

impl Fleet<'_> {
    /// The design.
    pub(crate) fn design(&self) -> Design {
        let newest = self.revisions.iter().next_back();
        let (family, revision) = newest.map_or(("", 1), |(number, definition)| {
            (definition.family.as_str(), *number)
        });
        let numbered = |(number, definition): (&u32, &TaskDefinition)| TaskDefinition {
            revision: Some(*number),
            ..definition.clone()
        };
        Design {
            stowplan: DOCUMENT_VERSION,
            name: family.to_owned(),
            clusters: vec![Cluster {
                cluster_name: CLUSTER.into(),
                ..Cluster::default()
            }],
            container_instances: self.hosts.iter().map(instance).collect(),
            task_definitions: self.revisions.iter().map(numbered).collect(),
            services: vec![Service {
                service_name: family.to_owned(),
                task_definition: revision_name(family, revision),
                desired_count: Some(self.desired_count),
                ..Service::default()
            }],
            ..Design::default()
        }
    }

    /// The design compiled; parts that `before` knew keep their indices.
    pub(crate) fn compile(&self, before: Option<&Model>) -> Compiled {
        let compiled = compile(&self.design(), before);
        Compiled {
            model: compiled.model.with_settings(settings()),
            ..compiled
        }
    }
}

fn instance(host: &Host) -> ContainerInstance {
    ContainerInstance {
        ec2_instance_id: host.name.clone(),
        instance_type: "docker".into(),
        // One zone: nothing is known of where engines stand, so tasks spread over hosts alone.
        availability_zone: "local".into(),
        registered_cpu: Some(host.cpu),
        registered_memory: Some(host.memory_mib),
        ..ContainerInstance::default()
    }
}

/// The number of `wanted` among the revisions that run already: that of the newest if its content
/// is the same, one more if it differs, as registering it again would give. Without any, the
/// number that the file states, else 1.
pub(crate) fn number(wanted: &TaskDefinition, running: &BTreeMap<u32, TaskDefinition>) -> u32 {
    match running.iter().next_back() {
        Some((number, newest)) if content(newest) == content(wanted) => *number,
        Some((number, _)) => number.saturating_add(1),
        None => wanted.revision.unwrap_or(1).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::severity::Severity;

    fn definition(image: &str) -> TaskDefinition {
        let text = format!(
            r#"{{"family":"web","containerDefinitions":[{{"name":"a","image":"{image}","memory":64}}]}}"#
        );
        stowplan_core::source::read(&text).unwrap()
    }

    #[test]
    fn the_same_content_keeps_its_number_and_another_gets_the_next() {
        let running = BTreeMap::from([(3, definition("old")), (4, definition("new"))]);
        assert_eq!(number(&definition("new"), &running), 4);
        assert_eq!(number(&definition("newer"), &running), 5);
        assert_eq!(number(&definition("old"), &running), 5);
        assert_eq!(number(&definition("new"), &BTreeMap::new()), 1);
    }

    #[test]
    fn the_newest_revision_is_the_one_to_run() {
        let revisions = BTreeMap::from([(3, definition("old")), (4, definition("new"))]);
        let fleet = Fleet {
            hosts: &[],
            revisions,
            desired_count: 2,
        };
        let compiled = fleet.compile(None);
        let mut found = compiled.diagnostics.iter();
        assert!(found.all(|it| it.problem.severity() == Severity::Info));
        let service = &compiled.model.services[0];
        assert_eq!(
            compiled.model.definition(service.task_definition).name(),
            "web:4"
        );
    }
}
