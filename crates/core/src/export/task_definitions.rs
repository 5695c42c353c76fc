//! One file for each family and revision, for
//! `aws ecs register-task-definition --cli-input-json file://…`.
//!
//! That command refuses members it does not know, so output-only and unknown fields are left out
//! and named beside the file; the document itself keeps them (task-definition.md 1.1 and 1.2).

use crate::design::Design;
use crate::taskdef::TaskDefinition;
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

/// The members that a structure may have, each with the structure that it holds, if any. Lists
/// are seen through: the members are those of their items.
struct Members(&'static [(&'static str, Option<&'static Members>)]);

/// Members without structure of their own, and free maps.
macro_rules! plain {
    ($($name:literal)*) => { &Members(&[$(($name, None)),*]) };
}

const PAIR: &Members = plain!("name" "value");
const SECRET: &Members = plain!("name" "valueFrom");
const AUTHORIZATION: &Members = plain!("accessPointId" "iam" "credentialsParameter" "domain");

/// RegisterTaskDefinitionRequest (task-definition.md 1.1).
const REQUEST: &Members = &Members(&[
    ("family", None),
    ("taskRoleArn", None),
    ("executionRoleArn", None),
    ("networkMode", None),
    ("containerDefinitions", Some(CONTAINER)),
    ("volumes", Some(VOLUME)),
    ("placementConstraints", Some(plain!("type" "expression"))),
    ("requiresCompatibilities", None),
    ("cpu", None),
    ("memory", None),
    ("tags", Some(plain!("key" "value"))),
    ("pidMode", None),
    ("ipcMode", None),
    (
        "proxyConfiguration",
        Some(&Members(&[
            ("type", None),
            ("containerName", None),
            ("properties", Some(PAIR)),
        ])),
    ),
    (
        "inferenceAccelerators",
        Some(plain!("deviceName" "deviceType")),
    ),
    ("ephemeralStorage", Some(plain!("sizeInGiB"))),
    (
        "runtimePlatform",
        Some(plain!("cpuArchitecture" "operatingSystemFamily")),
    ),
    ("enableFaultInjection", None),
    (
        "trustedExecutionConfiguration",
        Some(plain!("isolationMode" "attestationPolicy")),
    ),
]);

const CONTAINER: &Members = &Members(&[
    ("name", None),
    ("image", None),
    (
        "repositoryCredentials",
        Some(plain!("credentialsParameter")),
    ),
    ("cpu", None),
    ("memory", None),
    ("memoryReservation", None),
    ("links", None),
    (
        "portMappings",
        Some(plain!(
            "containerPort" "hostPort" "protocol" "name" "appProtocol" "containerPortRange"
        )),
    ),
    ("essential", None),
    (
        "restartPolicy",
        Some(plain!("enabled" "ignoredExitCodes" "restartAttemptPeriod")),
    ),
    ("entryPoint", None),
    ("command", None),
    ("environment", Some(PAIR)),
    ("environmentFiles", Some(plain!("value" "type"))),
    (
        "mountPoints",
        Some(plain!("sourceVolume" "containerPath" "readOnly")),
    ),
    ("volumesFrom", Some(plain!("sourceContainer" "readOnly"))),
    (
        "linuxParameters",
        Some(&Members(&[
            ("capabilities", Some(plain!("add" "drop"))),
            (
                "devices",
                Some(plain!("hostPath" "containerPath" "permissions")),
            ),
            ("initProcessEnabled", None),
            ("sharedMemorySize", None),
            ("tmpfs", Some(plain!("containerPath" "size" "mountOptions"))),
            ("maxSwap", None),
            ("swappiness", None),
        ])),
    ),
    ("secrets", Some(SECRET)),
    ("dependsOn", Some(plain!("containerName" "condition"))),
    ("startTimeout", None),
    ("stopTimeout", None),
    ("versionConsistency", None),
    ("hostname", None),
    ("user", None),
    ("workingDirectory", None),
    ("disableNetworking", None),
    ("privileged", None),
    ("readonlyRootFilesystem", None),
    ("dnsServers", None),
    ("dnsSearchDomains", None),
    ("extraHosts", Some(plain!("hostname" "ipAddress"))),
    ("dockerSecurityOptions", None),
    ("interactive", None),
    ("pseudoTerminal", None),
    ("dockerLabels", None),
    ("ulimits", Some(plain!("name" "softLimit" "hardLimit"))),
    (
        "logConfiguration",
        Some(&Members(&[
            ("logDriver", None),
            ("options", None),
            ("secretOptions", Some(SECRET)),
        ])),
    ),
    (
        "healthCheck",
        Some(plain!("command" "interval" "timeout" "retries" "startPeriod")),
    ),
    ("systemControls", Some(plain!("namespace" "value"))),
    (
        "resourceRequirements",
        Some(plain!("value" "type" "sharingStrategy")),
    ),
    ("firelensConfiguration", Some(plain!("type" "options"))),
    ("credentialSpecs", None),
]);

const VOLUME: &Members = &Members(&[
    ("name", None),
    ("host", Some(plain!("sourcePath"))),
    (
        "dockerVolumeConfiguration",
        Some(plain!("scope" "autoprovision" "driver" "driverOpts" "labels")),
    ),
    (
        "efsVolumeConfiguration",
        Some(&Members(&[
            ("fileSystemId", None),
            ("rootDirectory", None),
            ("transitEncryption", None),
            ("transitEncryptionPort", None),
            ("authorizationConfig", Some(AUTHORIZATION)),
        ])),
    ),
    (
        "s3filesVolumeConfiguration",
        Some(plain!(
            "fileSystemArn" "rootDirectory" "transitEncryptionPort" "accessPointArn"
        )),
    ),
    (
        "fsxWindowsFileServerVolumeConfiguration",
        Some(&Members(&[
            ("fileSystemId", None),
            ("rootDirectory", None),
            ("authorizationConfig", Some(AUTHORIZATION)),
        ])),
    ),
    ("configuredAtLaunch", None),
]);

/// A file for every revision of the design, by family and then by revision.
#[must_use]
pub fn task_definition_files(design: &Design) -> Vec<ExportFile> {
    let revisions = design.families().into_values().flatten();
    let file = |(revision, _, definition): (u32, usize, &TaskDefinition)| {
        let (text, dropped) = task_definition_json(definition);
        ExportFile {
            name: file_name(&definition.family, revision),
            text,
            dropped,
        }
    };
    revisions.map(file).collect()
}

/// A family that AWS would take goes into the name as it is; anything else cannot leave the folder.
fn file_name(family: &str, revision: u32) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let family: String = family.chars().map(safe).collect();
    format!("{family}.{revision}.json")
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
    }
    keep(&mut value, Some(REQUEST), "", &mut dropped);
    let mut text = serde_json::to_string_pretty(&value).expect("a value is JSON");
    text.push('\n');
    (text, dropped)
}

/// Keeps the members that `members` knows, all of them where it is `None`; null goes everywhere,
/// since it means absence and AWS's tools refuse it.
fn keep(value: &mut Value, members: Option<&Members>, pointer: &str, dropped: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            for (at, item) in items.iter_mut().enumerate() {
                keep(item, members, &format!("{pointer}/{at}"), dropped);
            }
        }
        Value::Object(fields) => keep_fields(fields, members, pointer, dropped),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn keep_fields(
    fields: &mut Map<String, Value>,
    members: Option<&Members>,
    pointer: &str,
    dropped: &mut Vec<String>,
) {
    fields.retain(|name, value| {
        let pointer = format!("{pointer}/{}", crate::source::escape(name));
        let known = members.map(|members| members.0.iter().find(|(known, _)| known == name));
        match known {
            Some(None) => {
                dropped.push(pointer);
                false
            }
            Some(Some((_, inner))) => {
                keep(value, *inner, &pointer, dropped);
                !value.is_null()
            }
            None => {
                keep(value, None, &pointer, dropped);
                !value.is_null()
            }
        }
    });
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
                "/containerDefinitions/0/portBindings",
                "/containerDefinitions/0/portMappings/0/bind",
                "/registeredBy",
                "/revision",
                "/taskDefinitionArn",
            ]
        );
    }
}
