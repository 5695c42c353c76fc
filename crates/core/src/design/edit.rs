//! Edits: what a gesture or a form does to the document. Each is applied whole or refused whole.
//!
//! An edit is data, so that a running simulation can take it as an input at a moment (a deploy is
//! an edit of `taskDefinition`) and a recording can hold it.

use super::{
    Action, Attribute, ContainerInstance, Design, Listener, LoadBalancer, Part, Rule,
    RuleCondition, Service, ServiceLoadBalancer, Subnet, TargetGroup, ValuesConfig, fresh_name,
    last_segment,
};
use crate::source::segments;
use crate::taskdef::{ContainerDefinition, PortMapping, TaskDefinition, revision_name};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "edit",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Edit {
    /// Sets the field at a JSON pointer; without a value the field is removed.
    Set {
        /// JSON pointer into the document.
        pointer: String,
        /// New value; absent removes the field.
        #[serde(default)]
        value: Option<Value>,
    },
    /// Adds a zone with a subnet of its own, named after the region's next free letter.
    AddZone,
    /// Adds a host to a zone.
    AddContainerInstance {
        /// Zone it stands in.
        availability_zone: String,
        /// Its type.
        instance_type: String,
    },
    /// Adds a service with a task definition of its own, ready to run.
    AddService {
        /// Cluster it belongs to.
        cluster: String,
    },
    /// Adds an application load balancer over all subnets, with a listener on port 80.
    AddLoadBalancer,
    /// Adds a target group, wired to `service` where one is named.
    AddTargetGroup {
        /// Service whose first container port registers with it.
        service: Option<String>,
    },
    /// Adds a rule behind the last of a listener.
    AddRule {
        /// Listener, `load-balancer:port`.
        listener: String,
        /// Target group it forwards to.
        target_group: String,
    },
    /// Moves a rule to another place in its listener's order; the priorities in use stay the
    /// same numbers, dealt out in the new order (SetRulePriorities).
    MoveRule {
        /// Listener, `load-balancer:port`.
        listener: String,
        /// The rule's present priority.
        priority: u32,
        /// Its new place among the listener's rules, from 0.
        to: usize,
    },
    /// Registers a new revision of a family: a copy of its newest with one change.
    AddRevision {
        /// Family.
        family: String,
    },
    /// Adds a read task definition as the next revision of its family.
    AddTaskDefinition {
        /// The definition.
        definition: alloc::boxed::Box<TaskDefinition>,
    },
    /// Points a service at a revision: this is what starts a deployment.
    Deploy {
        /// Service.
        service: String,
        /// `family:revision`.
        task_definition: String,
    },
    /// Gives a part another name and mends every reference to it.
    Rename {
        /// The part under its present name.
        part: Part,
        /// The new name.
        name: String,
    },
    /// Puts another document in this one's place: undo and redo, as a running simulation sees it.
    Replace {
        /// The whole document.
        design: alloc::boxed::Box<Design>,
    },
    /// Removes a part with the rules and wires that only it gave a meaning.
    Remove {
        /// The part.
        part: Part,
    },
}

/// Why an edit was refused; the document is then untouched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The part is not in the document.
    #[error("there is no {kind} called `{name}`")]
    NotFound {
        /// Its kind, in AWS's words.
        kind: &'static str,
        /// The name asked for.
        name: String,
    },
    /// The value does not have the type of the field.
    #[error("`{pointer}`: {message}")]
    WrongType {
        /// JSON pointer of the field.
        pointer: String,
        /// What is wrong.
        message: String,
    },
    /// The name is in use.
    #[error("`{0}` is already in use")]
    NameTaken(String),
    /// Nothing can be added there.
    #[error("{0}")]
    Impossible(String),
}

impl Edit {
    /// The document after this edit.
    ///
    /// # Errors
    /// The part is not there, the name is taken, or the value has the wrong type.
    pub fn apply(&self, design: &Design) -> Result<Design, EditError> {
        let mut next = design.clone();
        match self {
            Self::Set { pointer, value } => return set(design, pointer, value.clone()),
            Self::AddZone => add_zone(&mut next)?,
            Self::AddContainerInstance {
                availability_zone,
                instance_type,
            } => {
                add_container_instance(&mut next, availability_zone, instance_type);
            }
            Self::AddService { cluster } => add_service(&mut next, cluster)?,
            Self::AddLoadBalancer => add_load_balancer(&mut next),
            Self::AddTargetGroup { service } => add_target_group(&mut next, service.as_deref())?,
            Self::AddRule {
                listener,
                target_group,
            } => {
                add_rule(&mut next, listener, target_group)?;
            }
            Self::MoveRule {
                listener,
                priority,
                to,
            } => {
                move_rule(&mut next, listener, *priority, *to)?;
            }
            Self::AddRevision { family } => add_revision(&mut next, family)?,
            Self::AddTaskDefinition { definition } => {
                let definition = TaskDefinition {
                    revision: None,
                    ..(**definition).clone()
                };
                next.task_definitions.push(definition);
            }
            Self::Deploy {
                service,
                task_definition,
            } => {
                deploy(&mut next, service, task_definition)?;
            }
            Self::Rename { part, name } => rename(&mut next, part, name)?,
            Self::Replace { design } => next = (**design).clone(),
            Self::Remove { part } => remove(&mut next, part)?,
        }
        Ok(next)
    }

    /// The part that the edit made, found by comparing the documents before and after.
    #[must_use]
    pub fn made(&self, after: &Design) -> Option<Part> {
        match self {
            Self::AddZone => after.zones().pop().map(Part::Zone),
            Self::AddContainerInstance { .. } => {
                let id = after.container_instances.last()?.ec2_instance_id.clone();
                Some(Part::ContainerInstance(id))
            }
            Self::AddService { .. } => {
                Some(Part::Service(after.services.last()?.service_name.clone()))
            }
            Self::AddLoadBalancer => Some(Part::LoadBalancer(
                after.load_balancers.last()?.name.clone(),
            )),
            Self::AddTargetGroup { .. } => {
                Some(Part::TargetGroup(after.target_groups.last()?.name.clone()))
            }
            Self::AddRule { listener, .. } => {
                Some(Part::Rule(listener.clone(), after.rules.last()?.priority))
            }
            Self::MoveRule { listener, to, .. } => {
                let at = *after.rules_of(listener).get(*to)?;
                Some(Part::Rule(listener.clone(), after.rules[at].priority))
            }
            Self::AddRevision { family } => newest(after, family),
            Self::AddTaskDefinition { definition } => newest(after, &definition.family),
            Self::Rename { part, name } => Some(renamed(part, name)),
            Self::Set { .. } | Self::Deploy { .. } | Self::Replace { .. } | Self::Remove { .. } => {
                None
            }
        }
    }
}

fn newest(design: &Design, family: &str) -> Option<Part> {
    let (number, ..) = design.revisions(family).last()?;
    Some(Part::TaskDefinition(revision_name(family, number)))
}

fn not_found(part: &Part) -> EditError {
    EditError::NotFound {
        kind: part.kind(),
        name: part.name(),
    }
}

/// Sets or removes one field through the document's JSON form, so that every AWS field can be
/// edited by its own name, typed or not.
fn set(design: &Design, pointer: &str, value: Option<Value>) -> Result<Design, EditError> {
    let wrong = |message: String| EditError::WrongType {
        pointer: pointer.to_string(),
        message,
    };
    let mut document = serde_json::to_value(design).expect("a design has only JSON values");
    let keys = segments(pointer);
    let (last, parents) = keys
        .split_last()
        .ok_or_else(|| wrong("the whole document cannot be set".into()))?;
    let mut place = &mut document;
    for key in parents {
        place = enter(place, key).ok_or_else(|| wrong(format!("`{key}` leads nowhere")))?;
    }
    put(place, last, value).map_err(&wrong)?;
    let design = serde_path_to_error::deserialize(document);
    design.map_err(|error| wrong(error.inner().to_string()))
}

fn enter<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        Value::Object(fields) => {
            let empty = || Value::Object(serde_json::Map::new());
            Some(fields.entry(key).or_insert_with(empty))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn put(place: &mut Value, key: &str, value: Option<Value>) -> Result<(), String> {
    match (place, value) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(key.into(), value);
        }
        (Value::Object(fields), None) => {
            fields.remove(key);
        }
        (Value::Array(items), value) => {
            let at = if key == "-" {
                Some(items.len())
            } else {
                key.parse().ok()
            };
            let at = at
                .filter(|at| *at <= items.len())
                .ok_or("no such place in the list")?;
            match value {
                Some(value) if at == items.len() => items.push(value),
                Some(value) => items[at] = value,
                None if at < items.len() => drop(items.remove(at)),
                None => {}
            }
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {
            return Err(format!("`{key}` leads nowhere"));
        }
    }
    Ok(())
}

fn add_zone(design: &mut Design) -> Result<(), EditError> {
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

fn add_container_instance(design: &mut Design, zone: &str, instance_type: &str) {
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

fn letters(number: u32) -> String {
    let last = char::from(b'a' + u8::try_from(number % 26).expect("below 26"));
    if number < 26 {
        last.to_string()
    } else {
        letters(number / 26 - 1) + &last.to_string()
    }
}

fn add_service(design: &mut Design, cluster: &str) -> Result<(), EditError> {
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
pub(super) const STARTER_IMAGE: &str = "stowplan/primes:latest";

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
        cpu: None,
        memory: None,
        revision: None,
        extra: crate::taskdef::Extra::new(),
    }
}

fn add_load_balancer(design: &mut Design) {
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

fn add_target_group(design: &mut Design, service: Option<&str>) -> Result<(), EditError> {
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

fn add_rule(design: &mut Design, listener: &str, group: &str) -> Result<(), EditError> {
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
    let priority = used.iter().max().map_or(1, |last| last + 1);
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

fn move_rule(
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

fn add_revision(design: &mut Design, family: &str) -> Result<(), EditError> {
    let newest = design.revisions(family).last().map(|(_, at, _)| at);
    let at = newest.ok_or_else(|| not_found(&Part::TaskDefinition(family.into())))?;
    let copy = TaskDefinition {
        revision: None,
        ..design.task_definitions[at].clone()
    };
    design.task_definitions.push(copy);
    Ok(())
}

fn deploy(design: &mut Design, service: &str, definition: &str) -> Result<(), EditError> {
    let wanted = Part::TaskDefinition(definition.into());
    wanted.pointer(design).ok_or_else(|| not_found(&wanted))?;
    let mut services = design.services.iter_mut();
    let found = services.find(|known| known.service_name == service);
    let found = found.ok_or_else(|| not_found(&Part::Service(service.into())))?;
    found.task_definition = definition.into();
    Ok(())
}

fn renamed(part: &Part, name: &str) -> Part {
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

fn rename(design: &mut Design, part: &Part, name: &str) -> Result<(), EditError> {
    if part.name() == name {
        return Ok(());
    }
    part.pointer(design).ok_or_else(|| not_found(part))?;
    if name.trim().is_empty() {
        return Err(EditError::Impossible("a name must not be empty".into()));
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
fn actions_mut(design: &mut Design) -> impl Iterator<Item = &mut Action> {
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

fn remove(design: &mut Design, part: &Part) -> Result<(), EditError> {
    part.pointer(design).ok_or_else(|| not_found(part))?;
    match part {
        Part::Zone(zone) => {
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
                design.task_definitions.remove(at);
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
    design
        .load_balancers
        .retain(|balancer| balancer.name != name);
}

fn remove_listener(design: &mut Design, name: &str) {
    design
        .rules
        .retain(|rule| last_segment(&rule.listener_arn) != name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::sample;

    fn apply(design: &Design, edit: Edit) -> Design {
        edit.apply(design).unwrap()
    }

    #[test]
    fn any_field_can_be_set_by_pointer_and_a_wrong_type_is_refused_whole() {
        let design = sample();
        let edit = |pointer: &str, value: Value| Edit::Set {
            pointer: pointer.into(),
            value: Some(value),
        };
        let next = apply(&design, edit("/services/0/desiredCount", 7.into()));
        assert_eq!(next.services[0].desired_count, Some(7));
        let next = apply(&next, edit("/services/0/propagateTags", "SERVICE".into()));
        assert_eq!(next.services[0].extra["propagateTags"], "SERVICE");
        let error = edit("/services/0/desiredCount", "many".into())
            .apply(&design)
            .unwrap_err();
        assert!(
            error.to_string().contains("/services/0/desiredCount"),
            "{error}"
        );
        assert!(
            edit("/services/99/desiredCount", 1.into())
                .apply(&design)
                .is_err()
        );
        assert!(edit("", Value::Null).apply(&design).is_err());
    }

    #[test]
    fn moving_a_rule_deals_out_the_same_priorities() {
        let mut design = sample();
        let listener = design.listeners[0].name();
        let group = design.target_groups[0].name.clone();
        for priority in [10, 20, 30] {
            design = apply(
                &design,
                Edit::AddRule {
                    listener: listener.clone(),
                    target_group: group.clone(),
                },
            );
            design.rules.last_mut().unwrap().priority = priority;
        }
        let before: Vec<u32> = design
            .rules_of(&listener)
            .iter()
            .map(|at| design.rules[*at].priority)
            .collect();
        let moved = Edit::MoveRule {
            listener: listener.clone(),
            priority: 30,
            to: 0,
        };
        let next = apply(&design, moved.clone());
        let after: Vec<u32> = next
            .rules_of(&listener)
            .iter()
            .map(|at| next.rules[*at].priority)
            .collect();
        assert_eq!(before, after);
        let last_before = *design.rules_of(&listener).last().unwrap();
        assert_eq!(next.rules_of(&listener)[0], last_before);
        assert_eq!(moved.made(&next), Some(Part::Rule(listener, before[0])));
    }

    #[test]
    fn a_new_service_with_target_group_and_rule_is_wired_and_can_be_removed_again() {
        let design = sample();
        let cluster = design.clusters[0].cluster_name.clone();
        let next = apply(&design, Edit::AddService { cluster });
        let service = next.services.last().unwrap().service_name.clone();
        let next = apply(
            &next,
            Edit::AddTargetGroup {
                service: Some(service.clone()),
            },
        );
        let group = next.target_groups.last().unwrap().name.clone();
        assert_eq!(
            next.services.last().unwrap().load_balancers[0].target_group_arn,
            group
        );
        let listener = next.listeners[0].name();
        let next = apply(
            &next,
            Edit::AddRule {
                listener,
                target_group: group.clone(),
            },
        );
        assert_eq!(next.rules.len(), design.rules.len() + 1);
        let next = apply(
            &next,
            Edit::Remove {
                part: Part::TargetGroup(group),
            },
        );
        assert_eq!(next.rules.len(), design.rules.len());
        assert!(next.services.last().unwrap().load_balancers.is_empty());
        let next = apply(
            &next,
            Edit::Remove {
                part: Part::Service(service),
            },
        );
        assert_eq!(next.services, design.services);
    }

    #[test]
    fn renaming_mends_references() {
        let design = sample();
        let group = design.target_groups[0].name.clone();
        let part = Part::TargetGroup(group);
        let next = apply(
            &design,
            Edit::Rename {
                part: part.clone(),
                name: "renamed".into(),
            },
        );
        let uses = next.write().matches("\"renamed\"").count();
        assert!(
            uses >= 3,
            "the group, a rule and a service should say it: {uses}"
        );
        let taken = Edit::Rename {
            part,
            name: design.target_groups[1].name.clone(),
        };
        assert!(matches!(taken.apply(&design), Err(EditError::NameTaken(_))));
        let balancer = Part::LoadBalancer(design.load_balancers[0].name.clone());
        let next = apply(
            &design,
            Edit::Rename {
                part: balancer,
                name: "front".into(),
            },
        );
        assert_eq!(next.rules_of("front:80").len(), design.rules.len());
    }

    #[test]
    fn zones_and_hosts_get_free_names() {
        let design = sample();
        let next = apply(&design, Edit::AddZone);
        assert_eq!(next.zones().len(), design.zones().len() + 1);
        let zone = design.zones()[0].clone();
        let add = Edit::AddContainerInstance {
            availability_zone: zone,
            instance_type: "m5.large".into(),
        };
        let next = apply(&apply(&design, add.clone()), add);
        let mut ids: Vec<_> = next
            .container_instances
            .iter()
            .map(|host| &host.ec2_instance_id)
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), design.container_instances.len() + 2);
        assert_eq!(
            (letters(25), letters(26)),
            ("z".to_string(), "aa".to_string())
        );
    }

    #[test]
    fn deploying_needs_a_revision_that_exists() {
        let design = sample();
        let service = design.services[0].service_name.clone();
        let family = design.task_definitions[0].family.clone();
        let deploy = |number| Edit::Deploy {
            service: service.clone(),
            task_definition: revision_name(&family, number),
        };
        assert!(deploy(99).apply(&design).is_err());
        let next = apply(
            &design,
            Edit::AddRevision {
                family: family.clone(),
            },
        );
        let (number, ..) = next.revisions(&family).last().unwrap();
        assert_eq!(
            apply(&next, deploy(number)).services[0].task_definition,
            revision_name(&family, number)
        );
    }
}
