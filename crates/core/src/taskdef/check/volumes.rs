//! Rules of volumes and mounts (task-definition.md 2.2).

use super::{Context, Findings, Fix, Rule, is_unknown, item, literal, within};
use crate::taskdef::{
    ContainerDefinition, EfsVolumeConfiguration, LaunchType, NetworkMode, Switch, Volume,
    VolumeScope,
};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn volumes(found: &mut Findings, context: &Context<'_>) {
    let volumes = context.definition.volumes.as_deref().unwrap_or_default();
    let mut known = BTreeSet::new();
    let mut at_launch = 0;
    for (at, volume) in volumes.iter().enumerate() {
        let pointer = item("", "volumes", at);
        name(found, &pointer, volume, &mut known);
        kinds(found, &pointer, volume);
        host(found, &pointer, volume);
        docker(found, &pointer, volume);
        if let Some(efs) = &volume.efs_volume_configuration {
            encrypted(found, &within(&pointer, "efsVolumeConfiguration"), efs);
        }
        fsx(found, &pointer, volume, context);
        if volume.configured_at_launch == Some(true) {
            at_launch += 1;
            if at_launch > 1 {
                let pointer = within(&pointer, "configuredAtLaunch");
                found.add(Rule::ConfiguredAtLaunch, pointer, []);
            }
        }
    }
    mounts(found, context, volumes);
}

fn name<'a>(
    found: &mut Findings,
    pointer: &str,
    volume: &'a Volume,
    known: &mut BTreeSet<&'a str>,
) {
    let Some(name) = volume.name.as_deref() else {
        if !is_unknown(&volume.extra, "name") {
            found.add(Rule::VolumeName, pointer, [""]);
        }
        return;
    };
    let Some(name) = literal(name) else {
        return;
    };
    if !super::is_name(name) {
        found.add(Rule::VolumeName, within(pointer, "name"), [name]);
    } else if !known.insert(name) {
        found.add(Rule::VolumeNameTaken, within(pointer, "name"), [name]);
    }
}

fn kinds(found: &mut Findings, pointer: &str, volume: &Volume) {
    let host = volume.host.as_ref();
    let kinds = [
        (
            "host",
            host.is_some_and(|host| {
                host.source_path.is_some() || is_unknown(&host.extra, "sourcePath")
            }),
        ),
        (
            "dockerVolumeConfiguration",
            volume.docker_volume_configuration.is_some(),
        ),
        (
            "efsVolumeConfiguration",
            volume.efs_volume_configuration.is_some(),
        ),
        (
            "s3filesVolumeConfiguration",
            volume.s3files_volume_configuration.is_some(),
        ),
        (
            "fsxWindowsFileServerVolumeConfiguration",
            volume.fsx_volume_configuration.is_some(),
        ),
        (
            "configuredAtLaunch",
            volume.configured_at_launch == Some(true),
        ),
    ];
    let given: Vec<&str> = kinds
        .iter()
        .filter_map(|(kind, given)| given.then_some(*kind))
        .collect();
    if given.len() > 1 {
        found.add(Rule::VolumeKinds, pointer, [&given.join(", ")]);
    }
}

fn host(found: &mut Findings, pointer: &str, volume: &Volume) {
    let path = volume
        .host
        .as_ref()
        .and_then(|host| host.source_path.as_deref());
    let Some(path) = path.and_then(literal) else {
        return;
    };
    let pointer = within(pointer, "host/sourcePath");
    if path.is_empty() {
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::EmptySourcePath, pointer, []).fix(fix);
    } else if !is_absolute(path) {
        found.add(Rule::RelativeSourcePath, pointer, [path]);
    }
}

/// A path from the root, of Linux or Windows.
pub(super) fn is_absolute(path: &str) -> bool {
    let drive = |path: &str| {
        let mut chars = path.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
    };
    path.starts_with('/') || path.starts_with('\\') || drive(path)
}

fn docker(found: &mut Findings, pointer: &str, volume: &Volume) {
    let Some(docker) = &volume.docker_volume_configuration else {
        return;
    };
    let scope_is_known = !is_unknown(&docker.extra, "scope");
    let shared = docker.scope == Some(VolumeScope::Shared);
    if docker.autoprovision.is_some() && !shared && scope_is_known {
        let pointer = within(pointer, "dockerVolumeConfiguration");
        let fix = if docker.autoprovision == Some(true) {
            Fix::set(within(&pointer, "scope"), "shared")
        } else {
            Fix::remove(within(&pointer, "autoprovision"))
        };
        let pointer = within(&pointer, "autoprovision");
        found.add(Rule::Autoprovision, pointer, []).fix(fix);
    }
}

fn encrypted(found: &mut Findings, pointer: &str, efs: &EfsVolumeConfiguration) {
    let authorization = efs.authorization_config.as_ref();
    let access_point = authorization.and_then(|it| it.access_point_id.as_deref());
    let access_point = access_point.filter(|id| !id.is_empty());
    let iam = authorization.and_then(|it| it.iam) == Some(Switch::Enabled);
    let root = efs.root_directory.as_deref().unwrap_or_default();
    if access_point.is_some() && literal(root).is_some_and(|root| !matches!(root, "" | "/")) {
        let pointer = within(pointer, "rootDirectory");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::EfsRoot, pointer, [root]).fix(fix);
    }
    let is_encrypted = efs.transit_encryption == Some(Switch::Enabled)
        || is_unknown(&efs.extra, "transitEncryption");
    let why = match (access_point, iam) {
        (Some(_), _) => Some("an access point"),
        (None, true) => Some("IAM"),
        (None, false) => None,
    };
    let why = why.filter(|_| !is_encrypted);
    if let Some(why) = why {
        let place = within(pointer, "transitEncryption");
        let fix = Fix::set(place.clone(), "ENABLED");
        found.add(Rule::EfsEncryption, place, [why]).fix(fix);
    }
    if let Some(port) = efs.transit_encryption_port {
        let place = within(pointer, "transitEncryptionPort");
        if !(1..=65535).contains(&port) {
            let port = port.to_string();
            found.add(Rule::EfsPort, place, [&port]);
        } else if !is_encrypted && why.is_none() {
            let fix = Fix::set(within(pointer, "transitEncryption"), "ENABLED");
            let port = port.to_string();
            found.add(Rule::EfsPortPlain, place, [&port]).fix(fix);
        }
    }
}

fn fsx(found: &mut Findings, pointer: &str, volume: &Volume, context: &Context<'_>) {
    let Some(fsx) = &volume.fsx_volume_configuration else {
        return;
    };
    let pointer = within(pointer, "fsxWindowsFileServerVolumeConfiguration");
    let stated = context.definition.runtime_platform.as_ref();
    let is_linux =
        stated.is_some_and(|it| it.operating_system_family.is_some()) && !context.is_windows();
    let linux_network = matches!(
        context.definition.network_mode,
        Some(NetworkMode::Bridge | NetworkMode::Host)
    );
    if is_linux || linux_network || context.is_for(LaunchType::External) {
        found.add(Rule::FsxPlatform, pointer.clone(), []);
    }
    let credentials = fsx.authorization_config.as_ref();
    if let Some(arn) = credentials.and_then(|it| literal(&it.credentials_parameter))
        && !arn.is_empty()
        && !arn.starts_with("arn:")
    {
        let pointer = within(&pointer, "authorizationConfig/credentialsParameter");
        found.add(Rule::FsxCredentials, pointer, [arn]);
    }
}

fn mounts(found: &mut Findings, context: &Context<'_>, volumes: &[Volume]) {
    let names = volumes.iter().filter_map(|it| it.name.as_deref());
    let mut declared = BTreeSet::new();
    declared.extend(names);
    // A placeholder may stand for any name.
    let is_open = |it: &Volume| {
        it.name
            .as_deref()
            .is_some_and(|name| literal(name).is_none())
    };
    let names_known = !is_unknown(&context.definition.extra, "volumes")
        && !context.is_any_open("/volumes", volumes.len(), "name")
        && !volumes.iter().any(is_open);
    let mut used = Some(BTreeSet::new());
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        if is_unknown(&container.extra, "mountPoints") {
            used = None;
        }
        let mut paths = BTreeSet::new();
        for (place, mount) in container.mount_points.iter().flatten().enumerate() {
            let pointer = item(&pointer, "mountPoints", place);
            let source = mount.source_volume.as_deref().unwrap_or_default();
            let is_known = literal(source).is_some() && !is_unknown(&mount.extra, "sourceVolume");
            match &mut used {
                Some(used) if is_known => {
                    used.insert(source);
                }
                Some(_) | None => used = None,
            }
            if is_known && names_known && !declared.contains(source) {
                let place = member_place(&pointer, "sourceVolume", mount.source_volume.is_some());
                found.add(Rule::UnknownVolume, place, [source]);
            }
            let path = mount.container_path.as_deref();
            if !is_unknown(&mount.extra, "containerPath") {
                container_path(found, &pointer, path, &mut paths);
            }
        }
        volumes_from(found, context, &pointer, container);
    }
    let Some(used) = used else { return };
    for (at, volume) in volumes.iter().enumerate() {
        let name = volume.name.as_deref().and_then(literal);
        if let Some(name) = name.filter(|name| !name.is_empty() && !used.contains(name)) {
            let pointer = item("", "volumes", at);
            let fix = Fix::remove(pointer.clone());
            found.add(Rule::UnusedVolume, pointer, [name]).fix(fix);
        }
    }
}

/// A member's own place, or that of what it is missing from.
fn member_place(pointer: &str, member: &str, is_there: bool) -> String {
    if is_there {
        format!("{pointer}/{member}")
    } else {
        pointer.into()
    }
}

fn container_path<'a>(
    found: &mut Findings,
    pointer: &str,
    path: Option<&'a str>,
    paths: &mut BTreeSet<&'a str>,
) {
    let place = member_place(pointer, "containerPath", path.is_some());
    let Some(path) = literal(path.unwrap_or_default()) else {
        return;
    };
    if !is_absolute(path) {
        found.add(Rule::RelativeContainerPath, place, [path]);
    } else if !paths.insert(path) {
        found.add(Rule::ContainerPathTaken, place, [path]);
    }
}

fn volumes_from(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    for (at, from) in container.volumes_from.iter().flatten().enumerate() {
        let source = from.source_container.as_deref();
        let pointer = item(pointer, "volumesFrom", at);
        let place = member_place(&pointer, "sourceContainer", source.is_some());
        let source = source.unwrap_or_default();
        if literal(source).is_none() || is_unknown(&from.extra, "sourceContainer") {
            continue;
        }
        if source == container.name && !source.is_empty() {
            found.add(Rule::VolumesFromItself, place, [source]);
        } else if source.is_empty() || context.has_no_container(source) {
            found.add(Rule::VolumesFrom, place, [source]);
        }
    }
}
