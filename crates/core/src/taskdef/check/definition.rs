//! Rules of the definition as a whole (task-definition.md 2.1).

use super::{Context, Findings, Fix, Rule, given, is_unknown, item, literal, within};
use crate::query::Query;
use crate::source::is_placeholder;
use crate::taskdef::{
    CpuArchitecture, IpcMode, IsolationMode, KeyValuePair, LaunchType, LogDriver, NetworkMode,
    ProxyConfiguration, Tag, cpu_units, fargate_memory, memory_mib,
};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most containers of a definition.
pub(super) const CONTAINERS_MAX: usize = 10;
/// Most placement constraints of a definition.
const CONSTRAINTS_MAX: usize = 10;
/// Most tags of a revision.
const TAGS_MAX: usize = 50;
/// Task CPU that AWS takes outside Fargate, in CPU units.
const TASK_CPU: core::ops::RangeInclusive<u32> = 128..=196_608;
/// Sizes of a task's own disk, in GiB; 20 itself is refused (T17).
const EPHEMERAL_GIB: core::ops::RangeInclusive<i32> = 21..=200;
/// What an App Mesh proxy can be told.
const PROXY_PROPERTIES: [&str; 7] = [
    "IgnoredUID",
    "IgnoredGID",
    "AppPorts",
    "ProxyIngressPort",
    "ProxyEgressPort",
    "EgressIgnoredPorts",
    "EgressIgnoredIPs",
];

pub(super) fn definition(found: &mut Findings, context: &Context<'_>) {
    family(found, context);
    containers(found, context);
    constraints_and_tags(found, context);
    task_sizes(found, context);
    namespaces(found, context);
    platform(found, context);
    proxy(found, context);
    roles(found, context);
    if let Some(accelerators) = &context.definition.inference_accelerators
        && !accelerators.is_empty()
    {
        found.add(Rule::ElasticInference, "/inferenceAccelerators", []);
    }
}

fn family(found: &mut Findings, context: &Context<'_>) {
    let Some(name) = literal(&context.definition.family) else {
        return;
    };
    // A family that is not there at all is a missing member.
    let is_there = !name.is_empty() || context.definition.extra.contains_key("family");
    if is_there && !super::is_name(name) {
        found.add(Rule::FamilyName, "/family", [name]);
    }
}

fn containers(found: &mut Findings, context: &Context<'_>) {
    let containers = &context.definition.container_definitions;
    let pointer = "/containerDefinitions";
    if containers.is_empty() {
        found.add(Rule::NoContainers, pointer, []);
        return;
    }
    if containers.len() > CONTAINERS_MAX {
        let count = containers.len().to_string();
        found.add(Rule::TooManyContainers, pointer, [&count]);
    }
    if !containers.iter().any(|it| it.is_essential()) {
        let fix = Fix::remove(within(pointer, "0/essential"));
        found.add(Rule::NoEssential, pointer, []).fix(fix);
    }
}

fn constraints_and_tags(found: &mut Findings, context: &Context<'_>) {
    let constraints = context.definition.placement_constraints.iter().flatten();
    let count = constraints.count();
    if count > CONSTRAINTS_MAX {
        let count = count.to_string();
        found.add(Rule::TooManyConstraints, "/placementConstraints", [&count]);
    }
    expressions(found, context);
    let tags = context.definition.tags.as_deref().unwrap_or_default();
    if tags.len() > TAGS_MAX {
        let count = tags.len().to_string();
        found.add(Rule::TooManyTags, "/tags", [&count]);
    }
    let mut known = BTreeSet::new();
    for (at, tag) in tags.iter().enumerate() {
        one_tag(found, &item("", "tags", at), tag, &mut known);
    }
}

/// Each constraint is a memberOf, and its expression one of the cluster query language.
fn expressions(found: &mut Findings, context: &Context<'_>) {
    let constraints = context.definition.placement_constraints.iter().flatten();
    for (at, constraint) in constraints.enumerate() {
        let pointer = item("", "placementConstraints", at);
        let Some(text) = &constraint.expression else {
            // What is there but no text is told of as that.
            if !is_unknown(&constraint.extra, "expression") {
                found.add(Rule::ConstraintWithoutExpression, pointer, []);
            }
            continue;
        };
        let Some(Err(fault)) = literal(text).map(Query::parse) else {
            continue;
        };
        let place = (text[..fault.at].chars().count() + 1).to_string();
        let words = match &text[fault.at..fault.end] {
            "" => "the end of it",
            words => words,
        };
        let pointer = within(&pointer, "expression");
        found.add(Rule::ConstraintExpression, pointer, [&place, words]);
    }
}

fn one_tag<'a>(found: &mut Findings, pointer: &str, tag: &'a Tag, known: &mut BTreeSet<&'a str>) {
    let key = tag.key.as_deref().unwrap_or_default();
    let length = key.chars().count();
    if is_placeholder(key) || (tag.key.is_none() && is_unknown(&tag.extra, "key")) {
        return;
    }
    if !(1..=128).contains(&length) {
        found.add(Rule::TagKeyLength, within(pointer, "key"), []);
    } else if key
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
    {
        found.add(Rule::TagKeyReserved, within(pointer, "key"), [key]);
    } else if !known.insert(key) {
        let fix = Fix::remove(pointer);
        found
            .add(Rule::TagKeyTaken, within(pointer, "key"), [key])
            .fix(fix);
    }
    let value = tag.value.as_deref().and_then(literal);
    if value.is_some_and(|value| value.chars().count() > 256) {
        found.add(Rule::TagValueLength, within(pointer, "value"), []);
    }
}

fn task_sizes(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    if let Some(text) = definition.cpu.as_deref().and_then(literal) {
        match cpu_units(text) {
            None => {
                found.add(Rule::UnreadableSize, "/cpu", [text]);
            }
            // Fargate has a rule of its own.
            Some(units) if !TASK_CPU.contains(&units) && !context.is_for(LaunchType::Fargate) => {
                let near = units.clamp(*TASK_CPU.start(), *TASK_CPU.end());
                let fix = Fix::set("/cpu", near.to_string());
                found.add(Rule::TaskCpuRange, "/cpu", [text]).fix(fix);
            }
            Some(_) => {}
        }
    }
    if let Some(text) = definition.memory.as_deref().and_then(literal)
        && memory_mib(text).is_none()
    {
        found.add(Rule::UnreadableSize, "/memory", [text]);
    }
    let size = definition.ephemeral_storage.as_ref();
    if let Some(gib) = size.and_then(|storage| storage.size_in_gib)
        && !EPHEMERAL_GIB.contains(&gib)
    {
        let fix = if gib == 20 {
            Fix::remove("/ephemeralStorage")
        } else {
            let near = gib.clamp(*EPHEMERAL_GIB.start(), *EPHEMERAL_GIB.end());
            Fix::set("/ephemeralStorage/sizeInGiB", near)
        };
        let pointer = "/ephemeralStorage/sizeInGiB";
        found
            .add(Rule::EphemeralStorageSize, pointer, [&gib.to_string()])
            .fix(fix);
    }
}

fn namespaces(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    if context.is_windows() {
        let stated = [
            ("pidMode", definition.pid_mode.is_some()),
            ("ipcMode", definition.ipc_mode.is_some()),
        ];
        for (member, _) in stated.iter().filter(|(_, stated)| *stated) {
            let pointer = format!("/{member}");
            let fix = Fix::remove(pointer.clone());
            found
                .add(Rule::NamespacesOnWindows, pointer, [member])
                .fix(fix);
        }
    }
    let rule = match definition.ipc_mode {
        Some(IpcMode::Host) => Rule::HostIpcControl,
        Some(IpcMode::None) => Rule::NoIpcControl,
        Some(IpcMode::Task) | None => return,
    };
    for (at, container) in definition.container_definitions.iter().enumerate() {
        let controls = container.system_controls.iter().flatten().enumerate();
        for (place, control) in controls {
            let name = control.namespace.as_deref().unwrap_or_default();
            if super::linux::is_ipc_control(name) {
                let pointer =
                    format!("/containerDefinitions/{at}/systemControls/{place}/namespace");
                found.add(rule, pointer, [name]);
            }
        }
    }
}

fn platform(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    let unstated = !given(definition.requires_compatibilities.as_ref())
        && !is_unknown(&definition.extra, "requiresCompatibilities");
    if unstated && looks_like_fargate(context) && !context.is_for(LaunchType::Fargate) {
        let fix = Fix::set(
            "/requiresCompatibilities",
            alloc::vec![serde_json::Value::from("FARGATE")],
        );
        found.add(Rule::FargateUnstated, "", []).fix(fix);
    }
    let architecture = definition.runtime_platform.as_ref();
    let architecture = architecture.and_then(|platform| platform.cpu_architecture);
    if context.is_windows() && architecture == Some(CpuArchitecture::Arm64) {
        let pointer = "/runtimePlatform/cpuArchitecture";
        let fix = Fix::set(pointer, "X86_64");
        found.add(Rule::ArmWindows, pointer, []).fix(fix);
    }
    let unreachable = matches!(
        context.mode(),
        Some(NetworkMode::Bridge | NetworkMode::None)
    );
    if definition.enable_fault_injection == Some(true) && (unreachable || context.is_windows()) {
        found.add(Rule::FaultInjection, "/enableFaultInjection", []);
    }
    if let Some(mode) = definition.network_mode
        && mode != NetworkMode::Awsvpc
        && context.is_windows()
        && !context.is_for(LaunchType::Fargate)
    {
        let fix = Fix::remove("/networkMode");
        found
            .add(Rule::WindowsNetwork, "/networkMode", [mode.name()])
            .fix(fix);
    }
    trusted_execution(found, context);
}

/// A network of its own and one of Fargate's sizes: tasks on EC2 seldom have both.
fn looks_like_fargate(context: &Context<'_>) -> bool {
    let definition = context.definition;
    let cpu = definition.cpu.as_deref().and_then(cpu_units);
    let memory = definition.memory.as_deref().and_then(memory_mib);
    let sizes = cpu.and_then(|units| fargate_memory(units, context.is_windows()));
    let has_size = sizes
        .zip(memory)
        .is_some_and(|(all, mib)| all.contains(&mib));
    definition.network_mode == Some(NetworkMode::Awsvpc) && has_size
}

fn trusted_execution(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    let Some(trusted) = &definition.trusted_execution_configuration else {
        return;
    };
    let pointer = "/trustedExecutionConfiguration";
    if !context.is_for(LaunchType::ManagedInstances) {
        found.add(Rule::TrustedExecution, pointer, []);
    }
    if trusted.isolation_mode == Some(IsolationMode::ConfidentialSandbox)
        && trusted
            .attestation_policy
            .as_ref()
            .is_none_or(String::is_empty)
        && !is_unknown(&trusted.extra, "attestationPolicy")
    {
        found.add(Rule::AttestationPolicy, pointer, []);
    }
}

fn proxy(found: &mut Findings, context: &Context<'_>) {
    let Some(proxy) = &context.definition.proxy_configuration else {
        return;
    };
    let pointer = "/proxyConfiguration";
    found.add(Rule::AppMeshEnded, pointer, []);
    let name = &proxy.container_name;
    if literal(name).is_some() && context.has_no_container(name) {
        let pointer = within(pointer, "containerName");
        found.add(Rule::ProxyContainer, pointer, [name]);
    }
    if context
        .mode()
        .is_some_and(|mode| mode != NetworkMode::Awsvpc)
    {
        found.add(Rule::ProxyNetwork, pointer, []);
    }
    proxy_properties(found, context, proxy);
}

fn proxy_properties(found: &mut Findings, context: &Context<'_>, proxy: &ProxyConfiguration) {
    let properties = proxy.properties.as_deref().unwrap_or_default();
    for (at, property) in properties.iter().enumerate() {
        let name = property.name.as_str();
        if literal(name).is_some() && !PROXY_PROPERTIES.contains(&name) {
            let pointer = format!("/proxyConfiguration/properties/{at}/name");
            let all = PROXY_PROPERTIES.join(", ");
            found.add(Rule::ProxyProperty, pointer, [name, &all]);
        }
    }
    let list = "/proxyConfiguration/properties";
    let is_open = |it: &KeyValuePair| literal(&it.name).is_none();
    if properties.iter().any(is_open) || context.is_any_open(list, properties.len(), "name") {
        return;
    }
    let has = |name: &str| {
        let mut all = properties.iter().filter(|it| it.name == name);
        let is_there = |it: &KeyValuePair| it.value.as_ref().is_some_and(|it| !it.is_empty());
        all.any(|it| is_there(it) || is_unknown(&it.extra, "value"))
    };
    let mut missing: Vec<&str> = ["AppPorts", "ProxyIngressPort", "ProxyEgressPort"]
        .into_iter()
        .filter(|name| !has(name))
        .collect();
    if !has("IgnoredUID") && !has("IgnoredGID") {
        missing.push("IgnoredUID or IgnoredGID");
    }
    if !missing.is_empty() {
        found.add(Rule::ProxyIncomplete, list, [&missing.join(", ")]);
    }
}

fn roles(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    let roles = [
        ("taskRoleArn", &definition.task_role_arn),
        ("executionRoleArn", &definition.execution_role_arn),
    ];
    for (member, role) in roles {
        // An empty one is none.
        if let Some(role) = role.as_deref().and_then(literal)
            && !role.is_empty()
            && !is_role(role)
        {
            found.add(Rule::RoleForm, format!("/{member}"), [member, role]);
        }
    }
    let stated = definition.execution_role_arn.as_ref();
    if stated.is_none_or(String::is_empty) && !is_unknown(&definition.extra, "executionRoleArn") {
        execution_role(found, context);
    }
}

/// A role's short name, with its path, or its ARN. What stands for the account is not looked at:
/// people write XXXXXXXXXXXX.
fn is_role(text: &str) -> bool {
    let name = match text.strip_prefix("arn:") {
        None => Some(text),
        Some(rest) => rest.split_once(":role/").map(|(_, name)| name),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(allowed))
}

/// What makes ECS act for the task before its containers run; the first use is told.
fn execution_role(found: &mut Findings, context: &Context<'_>) {
    let fargate = context.is_for(LaunchType::Fargate);
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let log = container.log_configuration.as_ref();
        let is_awslogs = log.is_some_and(|log| log.log_driver == Some(LogDriver::Awslogs));
        let secret_options = log.and_then(|log| log.secret_options.as_ref());
        let uses = [
            (
                "repositoryCredentials",
                "repositoryCredentials",
                container.repository_credentials.is_some(),
            ),
            ("secrets", "secrets", given(container.secrets.as_ref())),
            (
                "environmentFiles",
                "environmentFiles",
                given(container.environment_files.as_ref()),
            ),
            (
                "logConfiguration/secretOptions",
                "secretOptions",
                given(secret_options),
            ),
            (
                "logConfiguration",
                "awslogs on Fargate",
                fargate && is_awslogs,
            ),
            (
                "image",
                "an image of ECR on Fargate",
                fargate && is_private_ecr(&container.image),
            ),
        ];
        if let Some((member, words, _)) = uses.into_iter().find(|(_, _, used)| *used) {
            let pointer = format!("/containerDefinitions/{at}/{member}");
            let name = context.called(at);
            found.add(Rule::ExecutionRole, pointer, [&name, words]);
            return;
        }
    }
}

fn is_private_ecr(image: &str) -> bool {
    let registry = image.split('/').next().unwrap_or_default();
    registry.contains(".dkr.ecr.") || registry.contains(".dkr-ecr.")
}
