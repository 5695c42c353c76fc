//! Rules of platforms: Fargate (task-definition.md 2.8) and hosts outside AWS (2.9).

use super::{Context, Findings, Fix, Rule, given, is_unknown, item, literal};
use crate::taskdef::{
    ContainerDefinition, LaunchType, NetworkMode, PidMode, UlimitName, cpu_units, fargate_memory,
    memory_mib,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn platforms(found: &mut Findings, context: &Context<'_>) {
    if context.is_for(LaunchType::Fargate) {
        fargate_network(found, context);
        fargate_size(found, context);
        fargate_task(found, context);
        for (at, container) in context.definition.container_definitions.iter().enumerate() {
            let pointer = item("", "containerDefinitions", at);
            fargate_container(found, &pointer, container);
        }
    }
    if context.is_for(LaunchType::External) {
        external(found, context);
    }
}

fn fargate_network(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    if definition.network_mode != Some(NetworkMode::Awsvpc)
        && !is_unknown(&definition.extra, "networkMode")
    {
        let fix = Fix::set("/networkMode", "awsvpc");
        let mode = match definition.network_mode {
            Some(mode) => mode.name(),
            None => "bridge, which is the default",
        };
        found
            .add(Rule::FargateNetwork, "/networkMode", [mode])
            .fix(fix);
    }
}

fn fargate_size(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    let absent = |size: &Option<String>, member: &str| {
        size.is_none() && !is_unknown(&definition.extra, member)
    };
    let members = [("cpu", &definition.cpu), ("memory", &definition.memory)];
    for (member, _) in members
        .into_iter()
        .filter(|(member, size)| absent(size, member))
    {
        found.add(Rule::FargateSize, format!("/{member}"), [member]);
    }
    let cpu = definition.cpu.as_deref().and_then(literal);
    let Some(units) = cpu.and_then(cpu_units) else {
        return;
    };
    let windows = context.is_windows();
    let Some(sizes) = fargate_memory(units, windows) else {
        let known = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768];
        let known: Vec<u32> = known
            .into_iter()
            .filter(|units| fargate_memory(*units, windows).is_some())
            .collect();
        let near = known.iter().min_by_key(|known| known.abs_diff(units));
        let fix = near.map(|near| Fix::set("/cpu", near.to_string()));
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        let words = units.to_string();
        found
            .add(Rule::FargateCpu, "/cpu", [&words, &known.join(", ")])
            .fix = fix;
        return;
    };
    let memory = definition.memory.as_deref().and_then(literal);
    let Some(mib) = memory.and_then(memory_mib) else {
        return;
    };
    if sizes.contains(&mib) {
        return;
    }
    let below = sizes.iter().rev().find(|size| **size < mib);
    let above = sizes.iter().find(|size| **size > mib);
    let near: Vec<String> = below
        .into_iter()
        .chain(above)
        .map(ToString::to_string)
        .collect();
    let fix = above
        .or(below)
        .map(|near| Fix::set("/memory", near.to_string()));
    let words = [mib.to_string(), units.to_string(), near.join(" or ")];
    found
        .add(
            Rule::FargateMemory,
            "/memory",
            [&words[0], &words[1], &words[2]],
        )
        .fix = fix;
}

fn refuse(found: &mut Findings, pointer: String, member: &str) {
    let fix = Fix::remove(pointer.clone());
    let words = member.replace('/', ".");
    found.add(Rule::FargateField, pointer, [&words]).fix(fix);
}

fn fargate_task(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    if definition.pid_mode == Some(PidMode::Host) {
        let fix = Fix::set("/pidMode", "task");
        found.add(Rule::FargatePidMode, "/pidMode", []).fix(fix);
    }
    let given = [
        ("ipcMode", definition.ipc_mode.is_some()),
        (
            "placementConstraints",
            given(definition.placement_constraints.as_ref()),
        ),
        (
            "inferenceAccelerators",
            given(definition.inference_accelerators.as_ref()),
        ),
    ];
    for (member, _) in given.iter().filter(|(_, given)| *given) {
        refuse(found, format!("/{member}"), member);
    }
    for (at, volume) in definition.volumes.iter().flatten().enumerate() {
        let path = volume
            .host
            .as_ref()
            .and_then(|host| host.source_path.as_ref());
        let given = [
            ("host/sourcePath", super::stated(path)),
            (
                "dockerVolumeConfiguration",
                volume.docker_volume_configuration.is_some(),
            ),
            (
                "fsxWindowsFileServerVolumeConfiguration",
                volume.fsx_volume_configuration.is_some(),
            ),
        ];
        for (member, _) in given.iter().filter(|(_, given)| *given) {
            refuse(found, format!("/volumes/{at}/{member}"), member);
        }
    }
}

fn fargate_container(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let linux = container.linux_parameters.as_ref();
    let members = [
        (
            "disableNetworking",
            container.disable_networking == Some(true),
        ),
        ("dnsServers", given(container.dns_servers.as_ref())),
        (
            "dnsSearchDomains",
            given(container.dns_search_domains.as_ref()),
        ),
        (
            "dockerSecurityOptions",
            given(container.docker_security_options.as_ref()),
        ),
        ("extraHosts", given(container.extra_hosts.as_ref())),
        ("links", given(container.links.as_ref())),
        ("privileged", container.privileged == Some(true)),
        (
            "linuxParameters/devices",
            given(linux.and_then(|linux| linux.devices.as_ref())),
        ),
        (
            "linuxParameters/maxSwap",
            linux.is_some_and(|linux| linux.max_swap.is_some()),
        ),
        (
            "linuxParameters/swappiness",
            linux.is_some_and(|linux| linux.swappiness.is_some()),
        ),
        (
            "linuxParameters/sharedMemorySize",
            linux.is_some_and(|linux| linux.shared_memory_size.is_some()),
        ),
    ];
    for (member, _) in members.iter().filter(|(_, given)| *given) {
        refuse(found, format!("{pointer}/{member}"), member);
    }
    let requirements = container.resource_requirements.iter().flatten();
    for (at, resource) in requirements.enumerate() {
        // All that there are: GPUs and accelerators.
        if let Some(kind) = resource.kind {
            let pointer = item(pointer, "resourceRequirements", at);
            refuse(found, pointer, kind.name());
        }
    }
    for (at, ulimit) in container.ulimits.iter().flatten().enumerate() {
        if let Some(name) = ulimit.name.filter(|name| *name != UlimitName::Nofile) {
            let pointer = item(pointer, "ulimits", at);
            let fix = Fix::remove(pointer.clone());
            found
                .add(Rule::FargateUlimit, pointer, [name.name()])
                .fix(fix);
        }
    }
}

fn external(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    if definition.network_mode == Some(NetworkMode::Awsvpc) {
        let fix = Fix::set("/networkMode", "bridge");
        found
            .add(Rule::ExternalNetwork, "/networkMode", [])
            .fix(fix);
    }
    if definition.proxy_configuration.is_some() {
        let pointer = "/proxyConfiguration";
        let fix = Fix::remove(pointer);
        found
            .add(Rule::ExternalField, pointer, ["proxyConfiguration"])
            .fix(fix);
    }
    for (at, volume) in definition.volumes.iter().flatten().enumerate() {
        if volume.efs_volume_configuration.is_some() {
            let pointer = format!("/volumes/{at}/efsVolumeConfiguration");
            found.add(Rule::ExternalField, pointer, ["efsVolumeConfiguration"]);
        }
    }
    // SELinux: its labels are security options.
    for (at, container) in definition.container_definitions.iter().enumerate() {
        let options = container.docker_security_options.iter().flatten();
        for (place, option) in options.enumerate() {
            if option.starts_with("label:") {
                let pointer = format!("/containerDefinitions/{at}/dockerSecurityOptions/{place}");
                let fix = Fix::remove(pointer.clone());
                found.add(Rule::ExternalField, pointer, [option]).fix(fix);
            }
        }
    }
}
