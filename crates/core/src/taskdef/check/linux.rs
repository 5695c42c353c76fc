//! Rules of what only Linux has: capabilities, file systems in memory, swap, limits and kernel
//! parameters (task-definition.md 2.4 and 2.6).

use super::{Context, Findings, Fix, Rule, is_unknown, item, literal, within};
use crate::taskdef::{ContainerDefinition, LaunchType, NetworkMode, UlimitName};
use alloc::format;
use alloc::string::ToString;

/// Most open files that Fargate takes; on EC2 the host's kernel decides.
const FILES_MAX: i32 = 1_048_576;
/// Capabilities of Linux that Docker can add and drop, as the API documentation of
/// KernelCapabilities lists them (R11 says only what they look like).
const CAPABILITIES: [&str; 38] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
];

/// Options that a file system in memory can be mounted with, as ECS lists them (R13); those with a
/// value go on with `=`. Its size is a member of its own.
const MOUNT_OPTIONS: [&str; 39] = [
    "defaults",
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "dirsync",
    "remount",
    "mand",
    "nomand",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "bind",
    "rbind",
    "unbindable",
    "runbindable",
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "mode",
    "uid",
    "gid",
    "nr_inodes",
    "nr_blocks",
    "mpol",
];

/// Kernel parameters of shared memory, semaphores and queues (R16).
const IPC_CONTROLS: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

pub(super) fn is_ipc_control(name: &str) -> bool {
    IPC_CONTROLS.contains(&name) || name.starts_with("fs.mqueue.")
}

pub(super) fn linux(found: &mut Findings, context: &Context<'_>) {
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        capabilities_and_mounts(found, context, &pointer, container);
        sizes(found, &pointer, container);
        limits(found, context, &pointer, container);
        controls(found, context, &pointer, container);
    }
}

fn capabilities_and_mounts(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let Some(linux) = &container.linux_parameters else {
        return;
    };
    let pointer = within(pointer, "linuxParameters");
    let lists = linux.capabilities.as_ref();
    let lists = [
        ("add", lists.and_then(|it| it.add.as_ref())),
        ("drop", lists.and_then(|it| it.drop.as_ref())),
    ];
    for (list, names) in lists {
        for (at, name) in names.into_iter().flatten().enumerate() {
            let pointer = format!("{pointer}/capabilities/{list}/{at}");
            if literal(name).is_none() {
                continue;
            }
            if !CAPABILITIES.contains(&name.as_str()) {
                let upper = name.to_ascii_uppercase();
                let plain = upper.strip_prefix("CAP_").unwrap_or(&upper);
                let fix = CAPABILITIES
                    .contains(&plain)
                    .then(|| Fix::set(pointer.clone(), plain));
                found.add(Rule::Capability, pointer, [name]).fix = fix;
            } else if list == "add" && name != "SYS_PTRACE" && context.is_for(LaunchType::Fargate) {
                let fix = Fix::remove(pointer.clone());
                found.add(Rule::FargateCapability, pointer, [name]).fix(fix);
            }
        }
    }
    for (at, tmpfs) in linux.tmpfs.iter().flatten().enumerate() {
        for (place, option) in tmpfs.mount_options.iter().flatten().enumerate() {
            let name = option.split('=').next().unwrap_or_default();
            if literal(option).is_some() && !MOUNT_OPTIONS.contains(&name) {
                let pointer = format!("{pointer}/tmpfs/{at}/mountOptions/{place}");
                found.add(Rule::MountOption, pointer, [option]);
            }
        }
    }
}

fn limits(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    for (at, ulimit) in container.ulimits.iter().flatten().enumerate() {
        let (Some(soft), Some(hard)) = (ulimit.soft_limit, ulimit.hard_limit) else {
            continue;
        };
        let pointer = item(pointer, "ulimits", at);
        // -1 is without limit.
        let above = match (soft, hard) {
            (_, -1) => false,
            (-1, _) => true,
            _ => soft > hard,
        };
        if above {
            let pointer = within(&pointer, "softLimit");
            let fix = Fix::set(pointer.clone(), hard);
            let words = [soft.to_string(), hard.to_string()];
            found
                .add(Rule::UlimitOrder, pointer, [&words[0], &words[1]])
                .fix(fix);
        } else if ulimit.name == Some(UlimitName::Nofile)
            && soft.max(hard) > FILES_MAX
            && context.is_for(LaunchType::Fargate)
        {
            // Soft limits are not above hard ones here.
            let mut fix = Fix::set(within(&pointer, "hardLimit"), FILES_MAX);
            if soft > FILES_MAX {
                fix.changes
                    .extend(Fix::set(within(&pointer, "softLimit"), FILES_MAX).changes);
            }
            let (member, files) = if hard > FILES_MAX {
                ("hardLimit", hard)
            } else {
                ("softLimit", soft)
            };
            let pointer = format!("{pointer}/{member}");
            found
                .add(Rule::UlimitFiles, pointer, [&files.to_string()])
                .fix(fix);
        }
    }
}

fn controls(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    for (at, control) in container.system_controls.iter().flatten().enumerate() {
        let Some(name) = control.namespace.as_deref().and_then(literal) else {
            continue;
        };
        let pointer = format!("{pointer}/systemControls/{at}/namespace");
        let is_network = name.starts_with("net.");
        if !is_network && !is_ipc_control(name) {
            found.add(Rule::SystemControl, pointer, [name]);
        } else if is_network && context.definition.network_mode == Some(NetworkMode::Host) {
            found.add(Rule::SystemControlNetwork, pointer, [name]);
        }
    }
}

fn sizes(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let Some(linux) = &container.linux_parameters else {
        return;
    };
    let pointer = within(pointer, "linuxParameters");
    if let Some(mib) = linux.shared_memory_size.filter(|mib| *mib <= 0) {
        let pointer = within(&pointer, "sharedMemorySize");
        found.add(Rule::MemoryFileSize, pointer, [&mib.to_string()]);
    }
    for (at, tmpfs) in linux.tmpfs.iter().flatten().enumerate() {
        if let Some(mib) = tmpfs.size.filter(|mib| *mib <= 0) {
            let pointer = format!("{pointer}/tmpfs/{at}/size");
            found.add(Rule::MemoryFileSize, pointer, [&mib.to_string()]);
        }
        let path = literal(&tmpfs.container_path);
        if let Some(path) = path.filter(|path| !path.starts_with('/')) {
            let pointer = format!("{pointer}/tmpfs/{at}/containerPath");
            found.add(Rule::RelativeContainerPath, pointer, [path]);
        }
    }
    if let Some(mib) = linux.max_swap.filter(|mib| *mib < 0) {
        let pointer = within(&pointer, "maxSwap");
        found.add(Rule::MaxSwapRange, pointer, [&mib.to_string()]);
    }
    if let Some(value) = linux.swappiness {
        let pointer = within(&pointer, "swappiness");
        if !(0..=100).contains(&value) {
            let fix = Fix::set(pointer.clone(), value.clamp(0, 100));
            found
                .add(Rule::SwappinessRange, pointer, [&value.to_string()])
                .fix(fix);
        } else if linux.max_swap.is_none() && !is_unknown(&linux.extra, "maxSwap") {
            let fix = Fix::remove(pointer.clone());
            found.add(Rule::SwappinessAlone, pointer, []).fix(fix);
        }
    }
}
