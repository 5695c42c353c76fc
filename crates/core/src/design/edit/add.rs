//! Adding parts: each comes ready to run, with a free name and what it needs beside it.

use super::{EditError, not_found};
use crate::design::{
    Action, Attribute, ContainerInstance, Design, Listener, LoadBalancer, Part, Rule,
    RuleCondition, Service, ServiceLoadBalancer, Subnet, TargetGroup, ValuesConfig, fresh_name,
    last_segment,
};
use crate::taskdef::{ContainerDefinition, PortMapping, TaskDefinition, revision_name};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

pub(super) fn add_zone(design: &mut Design) -> Result<(), EditError> {
    let zones = design.zones();
    let region = if design.region.is_empty() {
        "us-east-1"
    } else {
        &design.region
    };
    let names = (b'a'..=b'z').map(|letter| {
        (
            char::from(letter),
            format!("{region}{}", char::from(letter)),
        )
    });
    let free = names.into_iter().find(|(_, zone)| !zones.contains(zone));
    let (letter, zone) =
        free.ok_or_else(|| EditError::Impossible(format!("`{region}` has no zone letter left")))?;
    let subnets = &design.network.subnets;
    let taken = |name: &str| subnets.iter().any(|subnet| subnet.subnet_id == name);
    let subnet_id = fresh_name(&format!("subnet-{letter}"), taken);
    design.network.subnets.push(Subnet {
        subnet_id,
        availability_zone: zone,
        ..Subnet::default()
    });
    Ok(())
}

pub(super) fn add_container_instance(design: &mut Design, zone: &str, instance_type: &str) {
    let hosts = &design.container_instances;
    // i-0a, i-0b … i-0z, i-0aa …: short enough to read on a tile, shaped as EC2's ids.
    let mut names = (0_u32..).map(|number| format!("i-0{}", letters(number)));
    let free = names.find(|id| hosts.iter().all(|host| host.ec2_instance_id != *id));
    design.container_instances.push(ContainerInstance {
        ec2_instance_id: free.expect("some id is free"),
        instance_type: instance_type.into(),
        availability_zone: zone.into(),
        ..ContainerInstance::default()
    });
}

pub(super) fn letters(number: u32) -> String {
    let last = char::from(b'a' + u8::try_from(number % 26).expect("below 26"));
    if number < 26 {
        last.to_string()
    } else {
        letters(number / 26 - 1) + &last.to_string()
    }
}

pub(super) fn add_service(design: &mut Design, cluster: &str) -> Result<(), EditError> {
    if !design
        .clusters
        .iter()
        .any(|known| known.cluster_name == cluster)
    {
        return Err(not_found(&Part::Cluster(cluster.into())));
    }
    let taken = |name: &str| {
        design
            .services
            .iter()
            .any(|service| service.service_name == name)
            || design
                .task_definitions
                .iter()
                .any(|definition| definition.family == name)
    };
    let name = fresh_name("service", taken);
    design.task_definitions.push(starter_definition(&name));
    design.services.push(Service {
        service_name: name.clone(),
        cluster: Some(cluster.into()),
        task_definition: revision_name(&name, 1),
        desired_count: Some(2),
        ..Service::default()
    });
    Ok(())
}

/// The image that a new service runs until the user says otherwise: the example of this project,
/// so that a first export runs as it is.
const STARTER_IMAGE: &str = "stowplan/primes:latest";

fn starter_definition(family: &str) -> TaskDefinition {
    let port = PortMapping {
        container_port: Some(8080),
        host_port: Some(0),
        ..PortMapping::default()
    };
    TaskDefinition {
        family: family.into(),
        network_mode: Some(crate::taskdef::NetworkMode::Bridge),
        container_definitions: vec![ContainerDefinition {
            name: family.into(),
            image: STARTER_IMAGE.into(),
            cpu: Some(256),
            memory: Some(512),
            essential: Some(true),
            port_mappings: Some(vec![port]),
            ..ContainerDefinition::default()
        }],
        ..TaskDefinition::default()
    }
}

pub(super) fn add_load_balancer(design: &mut Design) {
    let taken = |name: &str| {
        design
            .load_balancers
            .iter()
            .any(|balancer| balancer.name == name)
    };
    let name = fresh_name("alb", taken);
    let not_found = serde_json::json!({ "StatusCode": "404", "ContentType": "text/plain" });
    let mut answer = Action {
        r#type: "fixed-response".into(),
        ..Action::default()
    };
    answer.extra.insert("FixedResponseConfig".into(), not_found);
    design.listeners.push(Listener {
        load_balancer_arn: name.clone(),
        protocol: Some("HTTP".into()),
        port: 80,
        default_actions: vec![answer],
        ..Listener::default()
    });
    let subnets = design
        .network
        .subnets
        .iter()
        .map(|subnet| subnet.subnet_id.clone())
        .collect();
    let r#type = Some("application".into());
    design.load_balancers.push(LoadBalancer {
        name,
        r#type,
        subnets,
        ..LoadBalancer::default()
    });
}

pub(super) fn add_target_group(
    design: &mut Design,
    service: Option<&str>,
) -> Result<(), EditError> {
    let base = service.map_or_else(|| "targets".to_string(), |name| format!("{name}-tg"));
    let taken = |name: &str| design.target_groups.iter().any(|group| group.name == name);
    let name = fresh_name(&base, taken);
    if let Some(service) = service {
        wire_target_group(design, service, &name)?;
    }
    let delay = Attribute {
        key: "deregistration_delay.timeout_seconds".into(),
        // ECS's default of 300 s makes a first deployment look stuck; 30 s is what the best
        // practices guide advises for services that answer within seconds.
        value: "30".into(),
        ..Attribute::default()
    };
    design.target_groups.push(TargetGroup {
        name,
        target_type: Some("instance".into()),
        health_check_path: Some("/health".into()),
        health_check_interval_seconds: Some(10),
        attributes: vec![delay],
        ..TargetGroup::default()
    });
    Ok(())
}

fn wire_target_group(design: &mut Design, service: &str, group: &str) -> Result<(), EditError> {
    let part = Part::Service(service.into());
    let at = design
        .services
        .iter()
        .position(|known| known.service_name == service);
    let at = at.ok_or_else(|| not_found(&part))?;
    let definition = last_segment(&design.services[at].task_definition);
    let family = definition
        .rsplit_once(':')
        .map_or(definition, |(family, _)| family);
    let published = design
        .revisions(family)
        .last()
        .and_then(|(_, _, definition)| {
            definition
                .container_definitions
                .iter()
                .find_map(|container| {
                    let port = container.ports().first()?.container_port?;
                    Some((container.name.clone(), port))
                })
        });
    let (container_name, container_port) = published.ok_or_else(|| {
        EditError::Impossible(format!("no container of `{service}` publishes a port"))
    })?;
    design.services[at]
        .load_balancers
        .push(ServiceLoadBalancer {
            target_group_arn: group.into(),
            container_name,
            container_port,
            ..ServiceLoadBalancer::default()
        });
    Ok(())
}

/// The highest priority that a rule may have.
const PRIORITY_MAX: u32 = 50_000;

pub(super) fn add_rule(design: &mut Design, listener: &str, group: &str) -> Result<(), EditError> {
    if !design
        .listeners
        .iter()
        .any(|known| known.name() == listener)
    {
        return Err(not_found(&Part::Listener(listener.into())));
    }
    let used: Vec<u32> = design
        .rules_of(listener)
        .into_iter()
        .map(|at| design.rules[at].priority)
        .collect();
    let priority = used.iter().max().map_or(1, |last| last.saturating_add(1));
    let priority = if priority <= PRIORITY_MAX {
        Some(priority)
    } else {
        None
    };
    let priority = priority
        .or_else(|| (1..=PRIORITY_MAX).find(|number| !used.contains(number)))
        .ok_or_else(|| EditError::Impossible(format!("`{listener}` has no priority left")))?;
    let path = format!("/{}*", group.trim_end_matches("-tg"));
    let values = ValuesConfig {
        values: vec![path],
        ..ValuesConfig::default()
    };
    design.rules.push(Rule {
        listener_arn: listener.into(),
        priority,
        conditions: vec![RuleCondition {
            field: "path-pattern".into(),
            path_pattern_config: Some(values),
            ..RuleCondition::default()
        }],
        actions: vec![Action::forward(group)],
        ..Rule::default()
    });
    Ok(())
}
