//! Changing what is there: order, revisions, names with every reference to them.

use super::{EditError, not_found};
use crate::design::{Action, Design, Part, last_segment};
use crate::taskdef::TaskDefinition;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn move_rule(
    design: &mut Design,
    listener: &str,
    priority: u32,
    to: usize,
) -> Result<(), EditError> {
    let mut order = design.rules_of(listener);
    let numbers: Vec<u32> = order.iter().map(|at| design.rules[*at].priority).collect();
    let from = numbers.iter().position(|number| *number == priority);
    let from = from.ok_or_else(|| not_found(&Part::Rule(listener.into(), priority)))?;
    let moved = order.remove(from);
    order.insert(to.min(order.len()), moved);
    for (at, number) in order.into_iter().zip(numbers) {
        design.rules[at].priority = number;
    }
    Ok(())
}

pub(super) fn add_revision(design: &mut Design, family: &str) -> Result<(), EditError> {
    let newest = design.revisions(family).last().map(|(_, at, _)| at);
    let at = newest.ok_or_else(|| not_found(&Part::TaskDefinition(family.into())))?;
    let copy = TaskDefinition {
        revision: None,
        ..design.task_definitions[at].clone()
    };
    design.task_definitions.push(copy);
    Ok(())
}

pub(super) fn deploy(
    design: &mut Design,
    service: &str,
    definition: &str,
) -> Result<(), EditError> {
    let wanted = Part::TaskDefinition(definition.into());
    wanted.pointer(design).ok_or_else(|| not_found(&wanted))?;
    let mut services = design.services.iter_mut();
    let found = services.find(|known| known.service_name == service);
    let found = found.ok_or_else(|| not_found(&Part::Service(service.into())))?;
    found.task_definition = definition.into();
    Ok(())
}

pub(super) fn renamed(part: &Part, name: &str) -> Part {
    match part {
        Part::Zone(_) => Part::Zone(name.into()),
        Part::Cluster(_) => Part::Cluster(name.into()),
        Part::ContainerInstance(_) => Part::ContainerInstance(name.into()),
        Part::TaskDefinition(_) => Part::TaskDefinition(name.into()),
        Part::Service(_) => Part::Service(name.into()),
        Part::LoadBalancer(_) => Part::LoadBalancer(name.into()),
        Part::Listener(_) => Part::Listener(name.into()),
        Part::Rule(_, priority) => Part::Rule(name.into(), *priority),
        Part::TargetGroup(_) => Part::TargetGroup(name.into()),
    }
}

pub(super) fn rename(design: &mut Design, part: &Part, name: &str) -> Result<(), EditError> {
    if part.name() == name {
        return Ok(());
    }
    part.pointer(design).ok_or_else(|| not_found(part))?;
    if name.trim().is_empty() {
        return Err(EditError::Impossible("a name must not be empty".into()));
    }
    if matches!(part, Part::Service(_)) && !is_ecs_name(name) {
        let message = "a service's name has 1 to 255 letters, digits, `_` and `-`";
        return Err(EditError::Impossible(message.into()));
    }
    if renamed(part, name).pointer(design).is_some() {
        return Err(EditError::NameTaken(name.into()));
    }
    match part {
        Part::Service(old) => rename_service(design, old, name),
        Part::ContainerInstance(old) => {
            let hosts = design.container_instances.iter_mut();
            for host in hosts.filter(|host| host.ec2_instance_id == *old) {
                host.ec2_instance_id = name.into();
            }
        }
        Part::TargetGroup(old) => rename_target_group(design, old, name),
        Part::LoadBalancer(old) => rename_load_balancer(design, old, name),
        Part::Zone(_)
        | Part::Cluster(_)
        | Part::TaskDefinition(_)
        | Part::Listener(_)
        | Part::Rule(..) => {
            let kind = part.kind();
            return Err(EditError::Impossible(format!("a {kind} cannot be renamed")));
        }
    }
    Ok(())
}

/// The names that ECS takes for clusters, services and families (ecs.md 6).
fn is_ecs_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=255).contains(&name.len()) && name.chars().all(allowed)
}

fn rename_service(design: &mut Design, old: &str, name: &str) {
    for service in design
        .services
        .iter_mut()
        .filter(|service| service.service_name == old)
    {
        service.service_name = name.into();
    }
    let suffix = format!("/{old}");
    let keys: Vec<String> = design
        .workloads
        .keys()
        .filter(|key| key.ends_with(&suffix))
        .cloned()
        .collect();
    for key in keys {
        if let Some(workload) = design.workloads.remove(&key) {
            let cluster = key.trim_end_matches(&suffix);
            design
                .workloads
                .insert(format!("{cluster}/{name}"), workload);
        }
    }
}

/// Every action of the document: of rules and of listeners.
pub(super) fn actions_mut(design: &mut Design) -> impl Iterator<Item = &mut Action> {
    let of_rules = design.rules.iter_mut().flat_map(|rule| &mut rule.actions);
    of_rules.chain(
        design
            .listeners
            .iter_mut()
            .flat_map(|listener| &mut listener.default_actions),
    )
}

fn rename_target_group(design: &mut Design, old: &str, name: &str) {
    for group in design
        .target_groups
        .iter_mut()
        .filter(|group| group.name == old)
    {
        group.name = name.into();
    }
    for action in actions_mut(design) {
        let weighted = action
            .forward_config
            .iter_mut()
            .flat_map(|config| &mut config.target_groups);
        let weighted = weighted.map(|tuple| &mut tuple.target_group_arn);
        for reference in action.target_group_arn.iter_mut().chain(weighted) {
            if last_segment(reference) == old {
                *reference = name.into();
            }
        }
    }
    for wire in design
        .services
        .iter_mut()
        .flat_map(|service| &mut service.load_balancers)
    {
        if last_segment(&wire.target_group_arn) == old {
            wire.target_group_arn = name.into();
        }
    }
}

fn rename_load_balancer(design: &mut Design, old: &str, name: &str) {
    for balancer in design
        .load_balancers
        .iter_mut()
        .filter(|balancer| balancer.name == old)
    {
        balancer.name = name.into();
    }
    let services = design.services.iter_mut();
    for wire in services.flat_map(|service| &mut service.load_balancers) {
        if wire.load_balancer_name.as_deref() == Some(old) {
            wire.load_balancer_name = Some(name.into());
        }
    }
    for listener in &mut design.listeners {
        if last_segment(&listener.load_balancer_arn) == old {
            let before = listener.name();
            listener.load_balancer_arn = name.into();
            for rule in design
                .rules
                .iter_mut()
                .filter(|rule| rule.listener_arn == before)
            {
                rule.listener_arn = listener.name();
            }
        }
    }
}
