//! One file for each family and revision, for
//! `aws ecs register-task-definition --cli-input-json file://…`.
//!
//! That command refuses members it does not know, so output-only and unknown fields are left out
//! and named beside the file; the document itself keeps them (task-definition.md 1.1 and 1.2).

use crate::design::Design;
use crate::taskdef::TaskDefinition;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// `family.revision.json`; a family has no full stop, so the name is unambiguous.
    pub name: String,
    /// JSON with a final line feed.
    pub text: String,
    /// JSON pointers of what was left out.
    pub dropped: Vec<String>,
}

/// Members of RegisterTaskDefinitionRequest.
const REQUEST: &[&str] = &[
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "tags",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "inferenceAccelerators",
    "ephemeralStorage",
    "runtimePlatform",
    "enableFaultInjection",
    "trustedExecutionConfiguration",
];

/// Members of ContainerDefinition.
const CONTAINER: &[&str] = &[
    "name",
    "image",
    "repositoryCredentials",
    "cpu",
    "memory",
    "memoryReservation",
    "links",
    "portMappings",
    "essential",
    "restartPolicy",
    "entryPoint",
    "command",
    "environment",
    "environmentFiles",
    "mountPoints",
    "volumesFrom",
    "linuxParameters",
    "secrets",
    "dependsOn",
    "startTimeout",
    "stopTimeout",
    "versionConsistency",
    "hostname",
    "user",
    "workingDirectory",
    "disableNetworking",
    "privileged",
    "readonlyRootFilesystem",
    "dnsServers",
    "dnsSearchDomains",
    "extraHosts",
    "dockerSecurityOptions",
    "interactive",
    "pseudoTerminal",
    "dockerLabels",
    "ulimits",
    "logConfiguration",
    "healthCheck",
    "systemControls",
    "resourceRequirements",
    "firelensConfiguration",
    "credentialSpecs",
];

/// Members of PortMapping.
const PORT_MAPPING: &[&str] = &[
    "containerPort",
    "hostPort",
    "protocol",
    "name",
    "appProtocol",
    "containerPortRange",
];

/// Members of HealthCheck.
const HEALTH_CHECK: &[&str] = &["command", "interval", "timeout", "retries", "startPeriod"];

/// A file for every revision of the design, by family and then by revision.
#[must_use]
pub fn task_definition_files(design: &Design) -> Vec<ExportFile> {
    let families: BTreeSet<&str> = design
        .task_definitions
        .iter()
        .map(|definition| definition.family.as_str())
        .collect();
    let revisions = families
        .into_iter()
        .flat_map(|family| design.revisions(family));
    let file = |(revision, _, definition): (u32, usize, &TaskDefinition)| {
        let (text, dropped) = task_definition_json(definition);
        ExportFile {
            name: format!("{}.{revision}.json", definition.family),
            text,
            dropped,
        }
    };
    revisions.map(file).collect()
}

/// The registration input of one definition, and what was left out of it.
#[must_use]
pub fn task_definition_json(definition: &TaskDefinition) -> (String, Vec<String>) {
    let mut value = serde_json::to_value(definition).expect("a definition has only JSON values");
    let mut dropped = Vec::new();
    if let Some(fields) = value.as_object_mut() {
        // AWS takes text; numbers are how Terraform users write them.
        for (field, size) in [("cpu", &definition.cpu), ("memory", &definition.memory)] {
            if let Some(size) = size {
                fields.insert(field.into(), Value::String(size.to_text()));
            }
        }
        keep(fields, REQUEST, "", &mut dropped);
        for (at, container) in objects(fields.get_mut("containerDefinitions")) {
            let pointer = format!("/containerDefinitions/{at}");
            keep(container, CONTAINER, &pointer, &mut dropped);
            for (at, mapping) in objects(container.get_mut("portMappings")) {
                keep(
                    mapping,
                    PORT_MAPPING,
                    &format!("{pointer}/portMappings/{at}"),
                    &mut dropped,
                );
            }
            if let Some(check) = container
                .get_mut("healthCheck")
                .and_then(Value::as_object_mut)
            {
                keep(
                    check,
                    HEALTH_CHECK,
                    &format!("{pointer}/healthCheck"),
                    &mut dropped,
                );
            }
        }
    }
    let mut text = serde_json::to_string_pretty(&value).expect("a value is JSON");
    text.push('\n');
    (text, dropped)
}

/// Keeps `known` members that are not null; null means absent to AWS's tools only in answers.
fn keep(fields: &mut Map<String, Value>, known: &[&str], pointer: &str, dropped: &mut Vec<String>) {
    fields.retain(|name, value| {
        let keep = known.contains(&name.as_str());
        if !keep {
            dropped.push(format!("{pointer}/{}", crate::source::escape(name)));
        }
        keep && !value.is_null()
    });
}

fn objects(list: Option<&mut Value>) -> impl Iterator<Item = (usize, &mut Map<String, Value>)> {
    let items = list.and_then(Value::as_array_mut).into_iter().flatten();
    items
        .enumerate()
        .filter_map(|(at, item)| item.as_object_mut().map(|fields| (at, fields)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Edit, sample};

    #[test]
    fn one_file_per_family_and_revision() {
        let design = Edit::AddRevision {
            family: "primes".into(),
        }
        .apply(&sample())
        .unwrap();
        let names: Vec<String> = task_definition_files(&design)
            .into_iter()
            .map(|file| file.name)
            .collect();
        assert_eq!(names, ["edges.1.json", "primes.1.json", "primes.2.json"]);
    }

    #[test]
    fn only_what_registration_takes_is_written() {
        let text = r#"{"family":"a","revision":3,"taskDefinitionArn":"arn:…","cpu":256,"memory":"512",
            "registeredBy":"me","pidMode":null,
            "containerDefinitions":[{"name":"x","image":"y","portBindings":[],"links":["z"],
                "portMappings":[{"containerPort":80,"bind":1}]}]}"#;
        let definition = crate::taskdef::read_task_definition(text).unwrap();
        let (text, dropped) = task_definition_json(&definition);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["cpu"], "256");
        assert_eq!(value["containerDefinitions"][0]["links"][0], "z");
        assert!(value.get("pidMode").is_none());
        assert_eq!(
            dropped,
            [
                "/registeredBy",
                "/revision",
                "/taskDefinitionArn",
                "/containerDefinitions/0/portBindings",
                "/containerDefinitions/0/portMappings/0/bind"
            ]
        );
    }
}
