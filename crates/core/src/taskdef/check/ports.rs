//! Rules of ports, links and names of the network (task-definition.md 2.5).

use super::{Context, Findings, Fix, Rule, given, is_unknown, item, literal, within};
use crate::taskdef::{ContainerDefinition, LaunchType, NetworkMode, PortMapping, Protocol};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::ToString;

/// Ports that the agent and the instance use themselves (P06).
const RESERVED: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];
/// Most ranges of one container.
const RANGES_MAX: usize = 100;
/// Longest name of a mapping.
const PORT_NAME_MAX: usize = 64;
/// Longest search domain.
const SEARCH_DOMAIN_MAX: usize = 254;
/// The port that Windows on Fargate keeps for itself (P16).
const WINDOWS_FARGATE_PORT: u16 = 3150;

/// What the mappings of one task have taken so far.
#[derive(Default)]
struct Taken<'a> {
    host: BTreeSet<(Protocol, u16)>,
    container: BTreeSet<(Protocol, u16)>,
    names: BTreeSet<&'a str>,
}

pub(super) fn ports(found: &mut Findings, context: &Context<'_>) {
    let mut taken = Taken::default();
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        no_network(found, context, &pointer, container);
        mappings(found, context, &pointer, container.ports(), &mut taken);
        links(found, context, &pointer, container);
        names(found, context, &pointer, container);
    }
}

fn mappings<'a>(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    mappings: &'a [PortMapping],
    taken: &mut Taken<'a>,
) {
    let mut own = Own::of(mappings);
    for (place, mapping) in mappings.iter().enumerate() {
        let pointer = item(pointer, "portMappings", place);
        port_name(found, &pointer, mapping, taken);
        // Ports are compared by protocol.
        if !is_unknown(&mapping.extra, "protocol") {
            port(found, context, &pointer, mapping, &mut own, taken);
            range(found, context, &pointer, mapping, &mut own);
        }
    }
    // The network of the containers may be one, but a container is compared with itself above.
    taken.container.extend(own.seen);
    let ranges = mappings.iter();
    let count = ranges
        .filter(|it| it.container_port_range.is_some())
        .count();
    if count > RANGES_MAX {
        let pointer = within(pointer, "portMappings");
        found.add(Rule::TooManyPortRanges, pointer, [&count.to_string()]);
    }
}

/// What the mappings of one container take.
struct Own {
    /// Single ports, all of them.
    single: BTreeSet<(Protocol, u16)>,
    /// Single ports of the mappings so far.
    seen: BTreeSet<(Protocol, u16)>,
    /// Ranges so far by their first port; none overlaps another, since such a one is told of.
    ranges: BTreeMap<(Protocol, u16), u16>,
}

impl Own {
    fn of(mappings: &[PortMapping]) -> Self {
        let single = |it: &PortMapping| {
            let port = it.container_port.filter(|port| *port > 0)?;
            let alone = it.container_port_range.is_none() && !is_unknown(&it.extra, "protocol");
            alone.then(|| (it.protocol.unwrap_or_default(), port))
        };
        Self {
            single: mappings.iter().filter_map(single).collect(),
            seen: BTreeSet::new(),
            ranges: BTreeMap::new(),
        }
    }

    /// A port or an earlier range that shares ports with this one.
    fn overlap(&self, protocol: Protocol, (first, last): (u16, u16)) -> Option<(u16, u16)> {
        let single = (protocol, first)..=(protocol, last);
        if let Some((_, port)) = self.single.range(single).next() {
            return Some((*port, *port));
        }
        let before = (protocol, 0)..=(protocol, last);
        let ((_, low), high) = self.ranges.range(before).next_back()?;
        (*high >= first).then_some((*low, *high))
    }
}

fn no_network(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let disabled = container.disable_networking == Some(true);
    if disabled && context.mode() == Some(NetworkMode::Awsvpc) {
        let pointer = within(pointer, "disableNetworking");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::DisableNetworking, pointer, []).fix(fix);
        return;
    }
    // Fargate has tasks with a network only, and says so by rules of its own.
    let none = disabled || context.mode() == Some(NetworkMode::None);
    if !none || context.is_for(LaunchType::Fargate) {
        return;
    }
    let lists = [
        ("portMappings", given(container.port_mappings.as_ref())),
        ("links", given(container.links.as_ref())),
    ];
    for (member, _) in lists.iter().filter(|(_, given)| *given) {
        let pointer = format!("{pointer}/{member}");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::NoNetwork, pointer, [member]).fix(fix);
    }
}

/// The single port of a mapping, on both sides.
fn port(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    mapping: &PortMapping,
    own: &mut Own,
    taken: &mut Taken<'_>,
) {
    let is_shared = matches!(
        context.mode(),
        Some(NetworkMode::Host | NetworkMode::Awsvpc)
    );
    let told = host_port(found, context, pointer, mapping, is_shared, taken);
    let port = mapping.container_port.filter(|port| *port > 0);
    let is_range = mapping.container_port_range.is_some();
    let Some(port) = port.filter(|_| !is_range) else {
        no_port(found, pointer, mapping);
        return;
    };
    let place = pointer;
    let pointer = format!("{place}/containerPort");
    let protocol = mapping.protocol.unwrap_or_default();
    let words = port.to_string();
    let other = match protocol {
        Protocol::Tcp => Protocol::Udp,
        Protocol::Udp => Protocol::Tcp,
    };
    let is_stated = mapping.host_port.is_some_and(|port| port > 0);
    if own.seen.contains(&(other, port)) {
        found.add(Rule::PortProtocols, pointer.clone(), [&words]);
    } else if own.seen.contains(&(protocol, port)) {
        // One duplicate, told once and as what AWS makes of it first.
        if is_shared && is_stated {
            let pointer = format!("{place}/hostPort");
            found.add(Rule::HostPortTaken, pointer, [&words]);
        } else if !told {
            found.add(Rule::PortTwice, pointer.clone(), [&words]);
        }
    } else if is_shared && taken.container.contains(&(protocol, port)) {
        found.add(Rule::ContainerPortTaken, pointer.clone(), [&words]);
    }
    own.seen.insert((protocol, port));
    if port == WINDOWS_FARGATE_PORT && is_windows_fargate(context) {
        found.add(Rule::WindowsPort, pointer, [&words]);
    }
}

fn is_windows_fargate(context: &Context<'_>) -> bool {
    context.is_windows() && context.is_for(LaunchType::Fargate)
}

fn no_port(found: &mut Findings, pointer: &str, mapping: &PortMapping) {
    let is_open = |member: &str| is_unknown(&mapping.extra, member);
    if mapping.container_port_range.is_some() || is_open("containerPortRange") {
        return;
    }
    if mapping.container_port.is_some() {
        found.add(Rule::NoContainerPort, within(pointer, "containerPort"), []);
    } else if !is_open("containerPort") {
        found.add(Rule::NoContainerPort, pointer, []);
    }
}

/// Whether another mapping's host port was found to be wanted here too.
fn host_port(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    mapping: &PortMapping,
    is_shared: bool,
    taken: &mut Taken<'_>,
) -> bool {
    let protocol = mapping.protocol.unwrap_or_default();
    let stated = mapping.host_port.filter(|port| *port > 0);
    let is_host = context.mode() == Some(NetworkMode::Host);
    // On the host's network an unstated host port is the container port.
    let port = stated.or(mapping.container_port.filter(|_| is_host));
    let Some(port) = port else { return false };
    let member = if stated.is_some() {
        "hostPort"
    } else {
        "containerPort"
    };
    let pointer = format!("{pointer}/{member}");
    if let Some(container) = mapping.container_port.filter(|_| is_shared)
        && container != port
    {
        let fix = Fix::set(pointer.clone(), container);
        let words = [port.to_string(), container.to_string()];
        let mode = context.definition.network_mode().name();
        found
            .add(Rule::HostPortDiffers, pointer, [&words[0], &words[1], mode])
            .fix(fix);
        return true;
    }
    let is_bridge = context.mode() == Some(NetworkMode::Bridge);
    // The agent keeps TCP ports only; with an unknown network mode nothing is on the host.
    if RESERVED.contains(&port) && protocol == Protocol::Tcp && (is_host || is_bridge) {
        let fix = is_bridge.then(|| Fix::set(pointer.clone(), 0));
        found
            .add(Rule::HostPortReserved, pointer.clone(), [&port.to_string()])
            .fix = fix;
    }
    // Where containers share a network, the container ports tell.
    if is_shared || taken.host.insert((protocol, port)) {
        return false;
    }
    let fix = is_bridge.then(|| Fix::set(pointer.clone(), 0));
    found
        .add(Rule::HostPortTaken, pointer, [&port.to_string()])
        .fix = fix;
    true
}

/// First and last of `a-b`.
fn bounds(range: &str) -> Option<(u16, u16)> {
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first < last).then_some((first, last))
}

fn range(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    mapping: &PortMapping,
    own: &mut Own,
) {
    let Some(text) = mapping.container_port_range.as_deref().and_then(literal) else {
        return;
    };
    let place = within(pointer, "containerPortRange");
    let Some((first, last)) = bounds(text) else {
        found.add(Rule::PortRange, place, [text]);
        return;
    };
    for (member, port) in [
        ("containerPort", mapping.container_port),
        ("hostPort", mapping.host_port.filter(|port| *port > 0)),
    ] {
        if port.is_some() {
            let pointer = format!("{pointer}/{member}");
            let fix = Fix::remove(pointer.clone());
            found
                .add(Rule::PortRangeAlone, pointer, [text, member])
                .fix(fix);
        }
    }
    if let Some(mode @ (NetworkMode::Host | NetworkMode::None)) = context.mode() {
        found.add(Rule::PortRangeNetwork, place.clone(), [mode.name()]);
    }
    let protocol = mapping.protocol.unwrap_or_default();
    match own.overlap(protocol, (first, last)) {
        Some((low, high)) => {
            let other = if low == high {
                low.to_string()
            } else {
                format!("{low}-{high}")
            };
            found.add(Rule::PortRangeOverlap, place.clone(), [text, &other]);
        }
        None => {
            own.ranges.insert((protocol, first), last);
        }
    }
    if (first..=last).contains(&WINDOWS_FARGATE_PORT) && is_windows_fargate(context) {
        let words = WINDOWS_FARGATE_PORT.to_string();
        found.add(Rule::WindowsPort, place, [&words]);
    }
}

fn port_name<'a>(
    found: &mut Findings,
    pointer: &str,
    mapping: &'a PortMapping,
    taken: &mut Taken<'a>,
) {
    let is_named = mapping.name.as_ref().is_some_and(|name| !name.is_empty())
        || is_unknown(&mapping.extra, "name");
    if mapping.app_protocol.is_some() && !is_named {
        found.add(Rule::AppProtocol, within(pointer, "appProtocol"), []);
    }
    let name = mapping.name.as_deref().and_then(literal);
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return;
    };
    let pointer = within(pointer, "name");
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let is_name =
        name.len() <= PORT_NAME_MAX && name.chars().all(allowed) && !name.starts_with('-');
    if !is_name {
        found.add(Rule::PortName, pointer, [name]);
    } else if !taken.names.insert(name) {
        found.add(Rule::PortNameTaken, pointer, [name]);
    }
}

fn links(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let links = container.links.as_deref().unwrap_or_default();
    if links.is_empty() {
        return;
    }
    let pointer = within(pointer, "links");
    if let Some(mode @ (NetworkMode::Host | NetworkMode::Awsvpc)) = context.mode() {
        let fix = Fix::remove(pointer.clone());
        found
            .add(Rule::LinksNetwork, pointer.clone(), [mode.name()])
            .fix(fix);
        return;
    }
    for (at, link) in links.iter().enumerate() {
        let Some(link) = literal(link) else { continue };
        let pointer = format!("{pointer}/{at}");
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        let is_link = !name.is_empty() && !alias.is_empty() && !alias.contains(':');
        if !is_link || context.has_no_container(name) {
            found.add(Rule::LinkTarget, pointer, [link]);
        } else if name == container.name {
            let circle = format!("{name} → {name}");
            found.add(Rule::LinkCycle, pointer, [&circle]);
        }
    }
}

fn names(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
) {
    let members = [
        ("hostname", super::stated(container.hostname.as_ref())),
        ("dnsServers", given(container.dns_servers.as_ref())),
        (
            "dnsSearchDomains",
            given(container.dns_search_domains.as_ref()),
        ),
        ("extraHosts", given(container.extra_hosts.as_ref())),
    ];
    if context.mode() == Some(NetworkMode::Awsvpc) {
        for (member, _) in members.iter().filter(|(_, given)| *given) {
            let pointer = format!("{pointer}/{member}");
            let fix = Fix::remove(pointer.clone());
            found.add(Rule::NetworkField, pointer, [member]).fix(fix);
        }
    }
    if context.mode() == Some(NetworkMode::Host) && given(container.extra_hosts.as_ref()) {
        let pointer = within(pointer, "extraHosts");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::ExtraHostsOnHost, pointer, []).fix(fix);
    }
    for (at, domain) in container.dns_search_domains.iter().flatten().enumerate() {
        if literal(domain).is_some_and(|domain| !is_search_domain(domain)) {
            let pointer = item(pointer, "dnsSearchDomains", at);
            found.add(Rule::SearchDomain, pointer, [domain]);
        }
    }
}

fn is_search_domain(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (1..=SEARCH_DOMAIN_MAX).contains(&text.len())
        && text.chars().all(allowed)
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}
