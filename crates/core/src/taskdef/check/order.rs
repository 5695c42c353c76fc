//! Rules of start order and health checks (task-definition.md 2.7).

use super::{Context, Findings, Fix, Rule, is_unknown, item, literal, within};
use crate::taskdef::{
    Condition, ContainerDefinition, ContainerDependency, Edge, EdgeKind, HealthCheck, LogDriver,
    circle_of, start_order,
};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Most containers whose start is put in order: ten times what AWS takes. Finding a circle costs
/// more than a pass over all.
const ORDERED_MAX: usize = 100;

pub(super) fn order(found: &mut Findings, context: &Context<'_>) {
    let containers = &context.definition.container_definitions;
    for (at, container) in containers.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        for (place, dependency) in container.depends_on.iter().flatten().enumerate() {
            let pointer = item(&pointer, "dependsOn", place);
            target(found, context, &pointer, container, dependency);
        }
        if let Some(check) = &container.health_check {
            health_check(found, context, &within(&pointer, "healthCheck"), check);
        }
    }
    if containers.len() <= ORDERED_MAX {
        circles(found, containers);
    }
    awaited_proxy(found, context);
}

fn target(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    container: &ContainerDefinition,
    dependency: &ContainerDependency,
) {
    let name = &dependency.container_name;
    if literal(name).is_none() || name.is_empty() {
        return;
    }
    let place = within(pointer, "containerName");
    if *name == container.name {
        found.add(Rule::DependsOnItself, place, [name]);
        return;
    }
    let Some(target) = context.container(name) else {
        if context.has_no_container(name) {
            found.add(Rule::DependencyTarget, place, [name]);
        }
        return;
    };
    let place = within(pointer, "condition");
    match dependency.condition {
        Some(condition @ (Condition::Complete | Condition::Success))
            if target.is_essential() && !is_unknown(&target.extra, "essential") =>
        {
            let fix = not_essential(context, name);
            found
                .add(Rule::EssentialEnd, place, [name, condition.name()])
                .fix = fix;
        }
        Some(Condition::Healthy)
            if !has_check(target) && !is_unknown(&target.extra, "healthCheck") =>
        {
            let fix = Fix::set(place.clone(), "START");
            found.add(Rule::NeverHealthy, place, [name]).fix(fix);
        }
        Some(_) | None => {}
    }
}

/// Makes the container non-essential, as long as another one stays essential.
fn not_essential(context: &Context<'_>, name: &str) -> Option<Fix> {
    let at = context.containers.get(name)?;
    let all = context.definition.container_definitions.iter().enumerate();
    let mut others = all.filter(|(other, _)| other != at);
    let is_enough = others.any(|(_, it)| it.is_essential());
    is_enough.then(|| Fix::set(format!("/containerDefinitions/{at}/essential"), false))
}

fn has_check(container: &ContainerDefinition) -> bool {
    let check = container.health_check.as_ref();
    check.is_some_and(|check| check.command.first().is_none_or(|first| first != "NONE"))
}

fn circles(found: &mut Findings, containers: &[ContainerDefinition]) {
    let told = |found: &mut Findings, rule: Rule, circle: &[Edge]| {
        let Some(edge) = circle.first() else { return };
        let list = match edge.kind {
            EdgeKind::Dependency => "dependsOn",
            EdgeKind::Link => "links",
            EdgeKind::Volumes => "volumesFrom",
        };
        let name = |at: usize| containers[at].name.as_str();
        let mut path: Vec<&str> = circle.iter().map(|edge| name(edge.from)).collect();
        path.push(name(edge.from));
        let pointer = format!("/containerDefinitions/{}/{list}/{}", edge.from, edge.at);
        found.add(rule, pointer, [&path.join(" → ")]);
    };
    let mut plain = false;
    for (kind, rule) in [
        (EdgeKind::Dependency, Rule::DependencyCycle),
        (EdgeKind::Link, Rule::LinkCycle),
    ] {
        if let Some(circle) = circle_of(containers, &[kind]) {
            told(found, rule, &circle);
            plain = true;
        }
    }
    if let Err(circle) = start_order(containers).or_else(|circle| {
        // Told already, unless what is left is mixed.
        if plain { Ok(Vec::new()) } else { Err(circle) }
    }) {
        told(found, Rule::MixedCycle, &circle);
    }
}

/// O04: with a proxy, the other containers should wait until it is healthy; those that it waits
/// for itself cannot.
fn awaited_proxy(found: &mut Findings, context: &Context<'_>) {
    let Some(proxy) = &context.definition.proxy_configuration else {
        return;
    };
    let proxy = proxy.container_name.as_str();
    if context.container(proxy).is_none() {
        return;
    }
    let before = started_before(context, proxy);
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let mut dependencies = container.depends_on.iter().flatten();
        let waits = dependencies.any(|it| it.container_name == proxy)
            || is_unknown(&container.extra, "dependsOn");
        if container.name != proxy && !waits && !before.contains(container.name.as_str()) {
            let pointer = item("", "containerDefinitions", at);
            let name = context.called(at);
            found.add(Rule::ProxyOrder, pointer, [&name, proxy]);
        }
    }
}

/// The containers that start before `name` does: those it depends on, and the log router where
/// one of them logs to it.
fn started_before<'a>(context: &Context<'a>, name: &'a str) -> BTreeSet<&'a str> {
    let containers = &context.definition.container_definitions;
    let router = containers
        .iter()
        .find(|it| it.firelens_configuration.is_some());
    let mut before = BTreeSet::new();
    let mut open = alloc::vec![name];
    while let Some(container) = open.pop().and_then(|name| context.container(name)) {
        let dependencies = container.depends_on.iter().flatten();
        let mut names: Vec<&str> = dependencies.map(|it| it.container_name.as_str()).collect();
        let log = container.log_configuration.as_ref();
        if log.is_some_and(|log| log.log_driver == Some(LogDriver::Awsfirelens)) {
            names.extend(router.map(|router| router.name.as_str()));
        }
        for name in names {
            if context.containers.contains_key(name) && before.insert(name) {
                open.push(name);
            }
        }
    }
    before
}

fn health_check(found: &mut Findings, context: &Context<'_>, pointer: &str, check: &HealthCheck) {
    let command = &check.command;
    let place = within(pointer, "command");
    let is_check = match command.first().map(String::as_str) {
        Some("CMD" | "CMD-SHELL") => command.len() > 1,
        Some("NONE") => true,
        Some(first) => literal(first).is_none() || context.unsure.covers(&format!("{place}/0")),
        // Absent is a missing member; empty is told of here.
        None => !is_unknown(&check.extra, "command"),
    };
    if !is_check {
        let fix = mended_check(command).map(|command| Fix::set(place.clone(), command));
        found.add(Rule::HealthCommand, place, []).fix = fix;
    }
    let ranges = [
        ("interval", check.interval, 5..=300),
        ("timeout", check.timeout, 2..=60),
        ("retries", check.retries, 1..=10),
        ("startPeriod", check.start_period, 0..=300),
    ];
    for (member, value, range) in ranges {
        if let Some(value) = value.filter(|value| !range.contains(value)) {
            let place = format!("{pointer}/{member}");
            let fix = Fix::set(place.clone(), value.clamp(*range.start(), *range.end()));
            let (first, last) = (range.start().to_string(), range.end().to_string());
            found
                .add(
                    Rule::HealthRange,
                    place,
                    [member, &value.to_string(), &first, &last],
                )
                .fix(fix);
        }
    }
    let is_open = ["interval", "timeout"]
        .iter()
        .any(|member| is_unknown(&check.extra, member));
    // Docker's defaults; one outside its range is told of above.
    let (interval, timeout) = (check.interval.unwrap_or(30), check.timeout.unwrap_or(5));
    if timeout > interval && (5..=300).contains(&interval) && timeout <= 60 && !is_open {
        let place = within(pointer, "timeout");
        let words = [timeout.to_string(), interval.to_string()];
        found.add(Rule::HealthTimeout, place, [&words[0], &words[1]]);
    }
}

/// The command as it most likely was meant, with the word that ECS wants in front.
fn mended_check(command: &[String]) -> Option<Vec<Value>> {
    let (first, rest) = command.split_first()?;
    let start = first.split_whitespace().next()?;
    let prefix = ["CMD-SHELL", "CMD", "NONE"]
        .into_iter()
        .find(|prefix| start.eq_ignore_ascii_case(prefix));
    let mut words = Vec::new();
    match prefix {
        // The prefix and the line in one text, or in small letters.
        Some(prefix) => {
            words.push(prefix);
            let line = first.trim_start()[start.len()..].trim();
            words.extend(Some(line).filter(|line| !line.is_empty()));
        }
        None => {
            let is_line = rest.is_empty() && first.contains(char::is_whitespace);
            words.push(if is_line { "CMD-SHELL" } else { "CMD" });
            words.push(first);
        }
    }
    words.extend(rest.iter().map(String::as_str));
    let is_whole = words.len() > 1 || words == ["NONE"];
    is_whole.then(|| words.into_iter().map(Value::from).collect())
}
