//! Which members of a task and of a container stand together, in the order of the form. A test
//! keeps that each member is in exactly one group.

use serde_json::{Map, Value};

/// Members under one heading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) heading: &'static str,
    pub(super) members: &'static [&'static str],
}

const fn group(heading: &'static str, members: &'static [&'static str]) -> Group {
    Group { heading, members }
}

/// Of the task. Containers and volumes have pages of their own.
pub(super) const TASK: &[Group] = &[
    group("Identity", &["family", "requiresCompatibilities", "tags"]),
    group("Size", &["cpu", "memory", "ephemeralStorage"]),
    group("Platform", &["runtimePlatform"]),
    group("Roles", &["taskRoleArn", "executionRoleArn"]),
    group("Network", &["networkMode", "proxyConfiguration"]),
    group("Namespaces", &["pidMode", "ipcMode"]),
    group("Placement", &["placementConstraints"]),
    group(
        "Isolation and faults",
        &["trustedExecutionConfiguration", "enableFaultInjection"],
    ),
    group("Accelerators", &["inferenceAccelerators"]),
];

/// Members of the task that are pages.
pub(super) const PAGES: [&str; 2] = ["containerDefinitions", "volumes"];

/// Of a container.
pub(super) const CONTAINER: &[Group] = &[
    group(
        "Identity",
        &[
            "name",
            "image",
            "essential",
            "repositoryCredentials",
            "versionConsistency",
        ],
    ),
    group(
        "Size",
        &["cpu", "memory", "memoryReservation", "resourceRequirements"],
    ),
    group("Ports", &["portMappings"]),
    group(
        "Environment",
        &["environment", "environmentFiles", "secrets"],
    ),
    group(
        "Process",
        &[
            "entryPoint",
            "command",
            "workingDirectory",
            "user",
            "interactive",
            "pseudoTerminal",
        ],
    ),
    group("Health", &["healthCheck", "restartPolicy"]),
    group("Start order", &["dependsOn", "startTimeout", "stopTimeout"]),
    group(
        "Storage",
        &["mountPoints", "volumesFrom", "readonlyRootFilesystem"],
    ),
    group("Logs", &["logConfiguration", "firelensConfiguration"]),
    group(
        "Network",
        &[
            "hostname",
            "links",
            "extraHosts",
            "dnsServers",
            "dnsSearchDomains",
            "disableNetworking",
        ],
    ),
    group(
        "Security",
        &["privileged", "dockerSecurityOptions", "credentialSpecs"],
    ),
    group("Linux", &["linuxParameters", "ulimits", "systemControls"]),
    group("Labels", &["dockerLabels"]),
];

/// The page of the volumes.
pub(super) const VOLUMES: Group = group("Volumes", &["volumes"]);

/// What registration does not take.
pub(super) const OTHERS: Group = group("Kept, not registered", &[]);

/// The members that no group has: those that AWS writes, and unknown ones.
pub(super) fn others<'a>(groups: &[Group], fields: &'a Map<String, Value>) -> Vec<&'a str> {
    let known = |name: &str| {
        let mut members = groups.iter().flat_map(|group| group.members);
        members.any(|member| *member == name) || PAGES.contains(&name)
    };
    let names = fields.keys().map(String::as_str);
    names.filter(|name| !known(name)).collect()
}
