//! Removing parts with the rules and wires that only they gave a meaning.

use super::change::actions_mut;
use super::{EditError, not_found};
use crate::design::{Action, Design, Listener, Part, last_segment};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn remove(design: &mut Design, part: &Part) -> Result<(), EditError> {
    part.pointer(design).ok_or_else(|| not_found(part))?;
    match part {
        Part::Zone(zone) => {
            let gone = design
                .network
                .subnets
                .iter()
                .filter(|it| it.availability_zone == *zone);
            let gone: Vec<String> = gone.map(|subnet| subnet.subnet_id.clone()).collect();
            for balancer in &mut design.load_balancers {
                balancer.subnets.retain(|subnet| !gone.contains(subnet));
            }
            design
                .network
                .subnets
                .retain(|subnet| subnet.availability_zone != *zone);
            design
                .container_instances
                .retain(|host| host.availability_zone != *zone);
        }
        Part::Cluster(name) => design
            .clusters
            .retain(|cluster| cluster.cluster_name != *name),
        Part::ContainerInstance(id) => {
            design
                .container_instances
                .retain(|host| host.ec2_instance_id != *id);
        }
        Part::TaskDefinition(name) => {
            if let Some(at) = task_definition_at(design, name) {
                remove_revision(design, at);
            }
        }
        Part::Service(name) => {
            design
                .services
                .retain(|service| service.service_name != *name);
            let suffix = format!("/{name}");
            design.workloads.retain(|key, _| !key.ends_with(&suffix));
        }
        Part::LoadBalancer(name) => remove_load_balancer(design, name),
        Part::Listener(name) => remove_listener(design, name),
        Part::Rule(listener, priority) => {
            let at = design.rules_of(listener).into_iter();
            if let Some(at) = at
                .clone()
                .find(|at| design.rules[*at].priority == *priority)
            {
                design.rules.remove(at);
            }
        }
        Part::TargetGroup(name) => remove_target_group(design, name),
    }
    Ok(())
}

fn task_definition_at(design: &Design, name: &str) -> Option<usize> {
    let pointer = Part::TaskDefinition(name.into()).pointer(design)?;
    pointer.rsplit('/').next()?.parse().ok()
}

/// Later revisions keep their numbers: the next one states its own from now on.
fn remove_revision(design: &mut Design, at: usize) {
    let family = design.task_definitions[at].family.clone();
    let next = design.revisions(&family).find(|(_, place, _)| *place > at);
    if let Some((number, place)) = next.map(|(number, place, _)| (number, place)) {
        design.task_definitions[place].revision = Some(number);
    }
    design.task_definitions.remove(at);
}

fn remove_load_balancer(design: &mut Design, name: &str) {
    let of_balancer = |listener: &&Listener| last_segment(&listener.load_balancer_arn) == name;
    let listeners: Vec<String> = design
        .listeners
        .iter()
        .filter(of_balancer)
        .map(Listener::name)
        .collect();
    for listener in listeners {
        remove_listener(design, &listener);
    }
    for service in &mut design.services {
        let is_other = |wire: &str| wire != name;
        let wires = &mut service.load_balancers;
        wires.retain(|wire| wire.load_balancer_name.as_deref().is_none_or(is_other));
    }
    design
        .load_balancers
        .retain(|balancer| balancer.name != name);
}

fn remove_listener(design: &mut Design, name: &str) {
    let mut rules = design.rules_of(name);
    crate::sort::sort(&mut rules);
    for at in rules.into_iter().rev() {
        design.rules.remove(at);
    }
    design.listeners.retain(|listener| listener.name() != name);
}

/// Rules that forward to nothing else go with the group, as do the wires of services.
fn remove_target_group(design: &mut Design, name: &str) {
    let names = |reference: &str| last_segment(reference) == name;
    for action in actions_mut(design) {
        if action.target_group_arn.as_deref().is_some_and(names) {
            action.target_group_arn = None;
        }
        if let Some(config) = &mut action.forward_config {
            config
                .target_groups
                .retain(|tuple| !names(&tuple.target_group_arn));
        }
    }
    let points_nowhere =
        |action: &Action| action.r#type == "forward" && action.target_groups().next().is_none();
    design
        .rules
        .retain(|rule| !rule.actions.iter().any(points_nowhere));
    for service in &mut design.services {
        service
            .load_balancers
            .retain(|wire| !names(&wire.target_group_arn));
    }
    design.target_groups.retain(|group| group.name != name);
}
