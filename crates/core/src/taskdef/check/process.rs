//! Rules of processes, environment and security (task-definition.md 2.6).

use super::{Context, Findings, Fix, Rule, given, is_unknown, item, literal, within};
use crate::taskdef::{ContainerDefinition, LaunchType, ResourceRequirement, ResourceType};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Most files of environment variables of one container.
const ENVIRONMENT_FILES_MAX: usize = 10;
/// Time before a restart, in seconds.
const RESTART_PERIOD: core::ops::RangeInclusive<u32> = 60..=1800;
/// Most exit codes that a restart policy ignores.
const IGNORED_CODES_MAX: usize = 50;
/// Stop and start time on Fargate, in seconds.
const FARGATE_TIMEOUT: core::ops::RangeInclusive<u32> = 2..=120;

pub(super) fn processes(found: &mut Findings, context: &Context<'_>) {
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        environment(found, &pointer, container);
        secrets(found, &pointer, container);
        files(found, context, &pointer, container);
        user_and_directory(found, &pointer, container);
        if context.is_windows() {
            windows(found, context, &pointer, container);
        }
        security(found, &pointer, container);
        resources(found, context, &pointer, container);
        times(found, context, &pointer, container);
    }
}

fn environment(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let mut known = BTreeMap::new();
    for (at, variable) in container.environment.iter().flatten().enumerate() {
        let name = variable.name.as_str();
        let list = within(pointer, "environment");
        let pointer = format!("{list}/{at}");
        if variable.value.is_none() && !is_unknown(&variable.extra, "value") {
            found.add(Rule::EnvironmentNoValue, pointer.clone(), [name]);
        }
        if literal(name).is_none_or(str::is_empty) {
            continue;
        }
        if let Some(earlier) = known.insert(name, at) {
            // The last one counts, so that taking out the earlier one keeps the value.
            let fix = Fix::remove(format!("{list}/{earlier}"));
            found
                .add(Rule::EnvironmentTwice, within(&pointer, "name"), [name])
                .fix(fix);
        }
    }
}

fn secrets(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let variables = container.environment.iter().flatten();
    let mut plain = BTreeSet::new();
    plain.extend(variables.map(|it| it.name.as_str()));
    let mut known = BTreeSet::new();
    for (at, secret) in container.secrets.iter().flatten().enumerate() {
        let name = secret.name.as_str();
        let place = item(pointer, "secrets", at);
        if literal(name).is_some_and(|name| !name.is_empty()) {
            let why = if plain.contains(name) {
                Some("environment")
            } else if !known.insert(name) {
                Some("secrets")
            } else {
                None
            };
            if let Some(why) = why {
                found.add(Rule::SecretName, format!("{place}/name"), [name, why]);
            }
        }
        secret_source(found, &place, &secret.value_from);
    }
    let log = container.log_configuration.as_ref();
    let options = log.and_then(|log| log.secret_options.as_ref());
    for (at, secret) in options.into_iter().flatten().enumerate() {
        let place = item(pointer, "logConfiguration/secretOptions", at);
        secret_source(found, &place, &secret.value_from);
    }
}

fn secret_source(found: &mut Findings, pointer: &str, from: &str) {
    if let Some(from) = literal(from)
        && !from.is_empty()
        && !is_secret_source(from)
    {
        found.add(Rule::SecretSource, within(pointer, "valueFrom"), [from]);
    }
}

/// R04: an ARN of Secrets Manager, with all three of key, stage and version or none, one of
/// Parameter Store, or the bare name of a parameter.
fn is_secret_source(from: &str) -> bool {
    let parts: Vec<&str> = from.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "ssm", _, _, parameter] => parameter.starts_with("parameter/"),
        ["arn", _, "secretsmanager", _, _, "secret", name, tail @ ..] => {
            !name.is_empty() && matches!(tail.len(), 0 | 3)
        }
        [name] => {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
            name.chars().all(allowed)
        }
        _ => false,
    }
}

fn files(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let files = container.environment_files.as_deref().unwrap_or_default();
    let pointer = within(pointer, "environmentFiles");
    if files.len() > ENVIRONMENT_FILES_MAX {
        let count = files.len().to_string();
        found.add(Rule::TooManyEnvironmentFiles, pointer.clone(), [&count]);
    }
    if !files.is_empty() && context.is_windows() && context.is_for(LaunchType::Fargate) {
        let fix = Fix::remove(pointer.clone());
        found
            .add(Rule::EnvironmentFilesOnWindows, pointer.clone(), [])
            .fix(fix);
    }
    for (at, file) in files.iter().enumerate() {
        let Some(arn) = literal(&file.value).filter(|arn| !arn.is_empty()) else {
            continue;
        };
        let is_object = arn.starts_with("arn:") && arn.contains(":s3:::") && arn.contains('/');
        let rule = if !is_object {
            Rule::EnvironmentFileArn
        } else if !arn.ends_with(".env") {
            Rule::EnvironmentFileEnding
        } else {
            continue;
        };
        found.add(rule, format!("{pointer}/{at}/value"), [arn]);
    }
}

fn user_and_directory(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    if let Some(user) = container.user.as_deref().and_then(literal) {
        let parts: Vec<&str> = user.split(':').collect();
        let part = |part: &&str| !part.is_empty() && !part.contains(char::is_whitespace);
        if !user.is_empty() && (parts.len() > 2 || !parts.iter().all(part)) {
            found.add(Rule::UserForm, within(pointer, "user"), [user]);
        }
    }
    if let Some(directory) = container.working_directory.as_deref().and_then(literal)
        && !directory.is_empty()
        && !super::volumes::is_absolute(directory)
    {
        let pointer = within(pointer, "workingDirectory");
        let fix = Fix::set(pointer.clone(), format!("/{directory}"));
        found
            .add(Rule::RelativeDirectory, pointer, [directory])
            .fix(fix);
    }
}

fn windows(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let members = [
        ("privileged", container.privileged == Some(true)),
        (
            "readonlyRootFilesystem",
            container.readonly_root_filesystem == Some(true),
        ),
        ("linuxParameters", container.linux_parameters.is_some()),
        ("ulimits", given(container.ulimits.as_ref())),
        ("user", super::stated(container.user.as_ref())),
        ("links", given(container.links.as_ref())),
        ("systemControls", given(container.system_controls.as_ref())),
    ];
    for (member, _) in members.iter().filter(|(_, given)| *given) {
        let pointer = format!("{pointer}/{member}");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::WindowsField, pointer, [member]).fix(fix);
    }
    if container.restart_policy.is_some() && context.is_for(LaunchType::Fargate) {
        let pointer = within(pointer, "restartPolicy");
        let fix = Fix::remove(pointer.clone());
        found
            .add(Rule::RestartPolicyOnWindows, pointer, [])
            .fix(fix);
    }
}

fn security(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let options = container.docker_security_options.iter().flatten();
    for (at, option) in options.enumerate() {
        let known = ["label:", "apparmor:", "credentialspec:"];
        let is_known =
            option == "no-new-privileges" || known.iter().any(|start| option.starts_with(start));
        if literal(option).is_some() && !is_known {
            let pointer = item(pointer, "dockerSecurityOptions", at);
            found.add(Rule::SecurityOption, pointer, [option]);
        }
    }
    let specs = container.credential_specs.as_deref().unwrap_or_default();
    let pointer = within(pointer, "credentialSpecs");
    if specs.len() > 1 {
        found.add(Rule::TooManyCredentialSpecs, pointer.clone(), []);
    }
    for (at, spec) in specs.iter().enumerate() {
        let starts = ["credentialspec:", "credentialspecdomainless:"];
        if literal(spec).is_some() && !starts.iter().any(|start| spec.starts_with(start)) {
            found.add(Rule::CredentialSpec, format!("{pointer}/{at}"), [spec]);
        }
    }
}

fn resources(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let accelerators = context.definition.inference_accelerators.iter().flatten();
    let mut declared = BTreeSet::new();
    declared.extend(accelerators.map(|it| it.device_name.as_str()));
    let list = context.definition.inference_accelerators.as_ref();
    let all_declared = declared.iter().all(|name| literal(name).is_some())
        && !is_unknown(&context.definition.extra, "inferenceAccelerators")
        && !context.is_any_open(
            "/inferenceAccelerators",
            list.map_or(0, Vec::len),
            "deviceName",
        );
    for (at, resource) in container.resource_requirements.iter().flatten().enumerate() {
        let place = item(pointer, "resourceRequirements", at);
        let pointer = place.clone();
        let text = resource.value.as_deref();
        let shared = resource.sharing_strategy.is_some();
        if text.is_some() && shared {
            let fix = Fix::remove(within(&pointer, "value"));
            let value = text.unwrap_or_default();
            found
                .add(Rule::ResourceShared, within(&pointer, "value"), [value])
                .fix(fix);
        }
        let is_open = shared
            || is_unknown(&resource.extra, "sharingStrategy")
            || is_unknown(&resource.extra, "value");
        gpu_share(found, &pointer, resource);
        let value = match text {
            Some(text) => literal(text),
            None if is_open => None,
            None => Some(""),
        };
        let Some(value) = value else { continue };
        let pointer = match text {
            Some(_) => within(&pointer, "value"),
            None => pointer,
        };
        let is_count = value.parse::<u32>().is_ok_and(|count| count > 0);
        match resource.kind {
            Some(ResourceType::Gpu) if !is_count && value != "ALL" => {
                found.add(Rule::GpuValue, pointer, [value]);
            }
            Some(ResourceType::NeuronDevice) if value != "ALL" => {
                let fix = Fix::set(format!("{place}/value"), "ALL");
                found.add(Rule::NeuronValue, pointer, [value]).fix(fix);
            }
            Some(ResourceType::InferenceAccelerator)
                if all_declared && !declared.contains(value) =>
            {
                found.add(Rule::UnknownAccelerator, pointer, [value]);
            }
            Some(_) | None => {}
        }
    }
}

/// The ranges that the API's model states for a share of a GPU.
fn gpu_share(found: &mut Findings, pointer: &str, resource: &ResourceRequirement) {
    let strategy = resource.sharing_strategy.as_ref();
    let Some(share) = strategy.and_then(|strategy| strategy.nvidia_mps.as_ref()) else {
        return;
    };
    let numbers = [
        ("memory", share.memory, 1..=i32::MAX),
        ("maxComputePercent", share.max_compute_percent, 1..=100),
    ];
    for (member, number, range) in numbers {
        if let Some(number) = number.filter(|number| !range.contains(number)) {
            let place = format!("{pointer}/sharingStrategy/nvidiaMps/{member}");
            found.add(Rule::GpuShare, place, [&number.to_string()]);
        }
    }
}

fn times(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let times = [
        ("stopTimeout", container.stop_timeout),
        ("startTimeout", container.start_timeout),
    ];
    for (member, seconds) in times {
        if let Some(seconds) = seconds
            && context.is_for(LaunchType::Fargate)
            && !FARGATE_TIMEOUT.contains(&seconds)
        {
            let pointer = format!("{pointer}/{member}");
            let near = seconds.clamp(*FARGATE_TIMEOUT.start(), *FARGATE_TIMEOUT.end());
            let fix = Fix::set(pointer.clone(), near);
            let words = seconds.to_string();
            found.add(Rule::Timeout, pointer, [member, &words]).fix(fix);
        }
    }
    let Some(policy) = &container.restart_policy else {
        return;
    };
    let pointer = within(pointer, "restartPolicy");
    if let Some(seconds) = policy.restart_attempt_period
        && !RESTART_PERIOD.contains(&seconds)
    {
        let pointer = within(&pointer, "restartAttemptPeriod");
        let near = seconds.clamp(*RESTART_PERIOD.start(), *RESTART_PERIOD.end());
        let fix = Fix::set(pointer.clone(), near);
        let words = seconds.to_string();
        found.add(Rule::RestartPeriod, pointer, [&words]).fix(fix);
    }
    let codes = policy.ignored_exit_codes.as_ref().map_or(0, Vec::len);
    if codes > IGNORED_CODES_MAX {
        let pointer = within(&pointer, "ignoredExitCodes");
        found.add(Rule::IgnoredExitCodes, pointer, [&codes.to_string()]);
    }
}
