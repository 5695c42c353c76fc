//! The outline: everything that the canvas shows, as a tree of words for keyboard and screen
//! reader.

use stowplan_core::control::{ControlState, InstanceStatus, TaskStatus};
use stowplan_core::design::{Design, Part, last_segment};
use stowplan_core::id::{InstanceIx, ServiceIx, TaskId};
use stowplan_core::model::{Model, Scheduling};
use stowplan_core::scene::{Subject, tasks_waiting};
use stowplan_core::view::host_marks;

/// One line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What selecting it selects; also its identity.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// What is to be said beside it.
    pub detail: String,
    /// What it holds.
    pub children: Vec<Node>,
}

/// What the outline is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The document that is shown.
    pub design: &'a Design,
    /// It compiled.
    pub model: &'a Model,
    /// The run, if one is shown.
    pub control: Option<&'a ControlState>,
    /// Hosts whose EC2 instance is stopped.
    pub stopped: &'a [InstanceIx],
    /// The hosts that are asked for, in order.
    pub matches: &'a [Subject],
}

/// The whole tree: load balancers, clusters' zones, services, what is left of target groups, and
/// task definitions.
#[must_use]
pub fn outline(source: Source<'_>) -> Vec<Node> {
    let mut nodes = balancers(source.design);
    nodes.extend(zones(source));
    nodes.extend(services(source));
    nodes.extend(groups(source.design));
    nodes.extend(definitions(source.design));
    nodes
}

fn leaf(part: Part, name: String, detail: String) -> Node {
    Node {
        subject: Subject::Part(part),
        name,
        detail,
        children: Vec::new(),
    }
}

fn balancers(design: &Design) -> Vec<Node> {
    let node = |balancer: &stowplan_core::design::LoadBalancer| {
        let of_it = |listener: &&stowplan_core::design::Listener| {
            last_segment(&listener.load_balancer_arn) == balancer.name
        };
        Node {
            children: design
                .listeners
                .iter()
                .filter(of_it)
                .map(|one| listener(design, one))
                .collect(),
            ..leaf(
                Part::LoadBalancer(balancer.name.clone()),
                balancer.name.clone(),
                String::new(),
            )
        }
    };
    design.load_balancers.iter().map(node).collect()
}

fn listener(design: &Design, listener: &stowplan_core::design::Listener) -> Node {
    let name = listener.name();
    let protocol = listener.protocol.as_deref().unwrap_or("HTTP");
    let rules = design.rules_of(&name).into_iter().map(|at| {
        let rule = &design.rules[at];
        let values: Vec<String> = rule
            .conditions
            .iter()
            .flat_map(|condition| condition.shown_values())
            .collect();
        let part = Part::Rule(name.clone(), rule.priority);
        leaf(
            part,
            format!("{} {}", rule.priority, values.join(" ")),
            String::new(),
        )
    });
    let children = rules.collect();
    let title = format!("{protocol} :{}", listener.port);
    Node {
        children,
        ..leaf(Part::Listener(name.clone()), title, String::new())
    }
}

fn zones(source: Source<'_>) -> Vec<Node> {
    let node = |zone: String| {
        let hosts = source.design.container_instances.iter();
        let of_zone = hosts.filter(|host| host.availability_zone == zone);
        let children: Vec<Node> = of_zone.map(|one| host(source, one)).collect();
        let detail = if children.is_empty() {
            "no hosts".into()
        } else {
            String::new()
        };
        Node {
            children,
            ..leaf(Part::Zone(zone.clone()), zone, detail)
        }
    };
    source.design.zones().into_iter().map(node).collect()
}

fn host(source: Source<'_>, host: &stowplan_core::design::ContainerInstance) -> Node {
    let id = &host.ec2_instance_id;
    let index = source.model.instance_named(id);
    let state = index.and_then(|index| source.control?.instances.get(&index));
    let children: Vec<Node> = index
        .zip(source.control)
        .map(|(index, control)| {
            let mut tasks: Vec<TaskId> = control.tasks_on(index).map(|(id, _)| id).collect();
            stowplan_core::sort::sort_by_key(&mut tasks, |id| (control.tasks[id].created_at, *id));
            tasks
                .into_iter()
                .map(|id| task(source.model, control, id))
                .collect()
        })
        .unwrap_or_default();
    let stopped = index.is_some_and(|index| source.stopped.contains(&index));
    let detail = state.map_or_else(String::new, |state| {
        let marks = host_marks(state, stopped).join(" ");
        match state.status {
            InstanceStatus::Inactive => format!(" {marks}"),
            InstanceStatus::Active | InstanceStatus::Draining => {
                let space = if marks.is_empty() { "" } else { " " };
                format!("{space}{marks} · {}", tasks(children.len()))
            }
        }
    });
    let detail = format!("{}{detail}", host.instance_type);
    let mut node = leaf(Part::ContainerInstance(id.clone()), id.clone(), detail);
    if source.matches.binary_search(&node.subject).is_ok() {
        node.detail.insert_str(0, "matches · ");
    }
    Node { children, ..node }
}

fn tasks(count: usize) -> String {
    if count == 1 {
        "1 task".into()
    } else {
        format!("{count} tasks")
    }
}

fn task(model: &Model, control: &ControlState, id: TaskId) -> Node {
    let task = &control.tasks[&id];
    let revision = model.definition(task.task_definition).name();
    let short: String = id.to_string().chars().take(4).collect();
    let status = match task.last_status {
        TaskStatus::Running if !task.is_wanted() => "RUNNING, to stop",
        status @ (TaskStatus::Provisioning
        | TaskStatus::Pending
        | TaskStatus::Activating
        | TaskStatus::Running
        | TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning
        | TaskStatus::Stopped) => status.name(),
    };
    Node {
        subject: Subject::Task(id),
        name: format!("{revision} {short}"),
        detail: status.into(),
        children: Vec::new(),
    }
}

fn services(source: Source<'_>) -> Vec<Node> {
    let node = |service: &stowplan_core::design::Service| {
        let index = source.model.service_named(&service.service_name);
        let detail = match index.zip(source.control) {
            Some((index, control)) => counts(source.model, control, index),
            None => {
                let revision = last_segment(&service.task_definition);
                match index.map(|index| source.model.service(index).scheduling) {
                    Some(Scheduling::Daemon) => format!("{revision} on each host"),
                    Some(Scheduling::Replica | Scheduling::RunTask) | None => {
                        format!("{revision} × {}", service.desired_count.unwrap_or_default())
                    }
                }
            }
        };
        leaf(
            Part::Service(service.service_name.clone()),
            service.service_name.clone(),
            detail,
        )
    };
    source.design.services.iter().map(node).collect()
}

fn counts(model: &Model, control: &ControlState, service: ServiceIx) -> String {
    let desired = control.desired_count(model, service);
    let (running, pending) = control.counts(service);
    let counts = format!("desired {desired} running {running} pending {pending}");
    match tasks_waiting(model, control, service) {
        Some(waiting) => format!("{counts} waiting {waiting}"),
        None => counts,
    }
}

fn groups(design: &Design) -> Vec<Node> {
    let node = |group: &stowplan_core::design::TargetGroup| {
        leaf(
            Part::TargetGroup(group.name.clone()),
            group.name.clone(),
            "target group".into(),
        )
    };
    design.target_groups.iter().map(node).collect()
}

fn definitions(design: &Design) -> Vec<Node> {
    let mut families: Vec<&str> = design
        .task_definitions
        .iter()
        .map(|definition| definition.family.as_str())
        .collect();
    stowplan_core::sort::sort(&mut families);
    families.dedup();
    let revisions = families
        .into_iter()
        .flat_map(|family| design.revisions(family));
    let node = |(number, _, definition): (u32, usize, &stowplan_core::taskdef::TaskDefinition)| {
        let name = stowplan_core::taskdef::revision_name(&definition.family, number);
        leaf(
            Part::TaskDefinition(name.clone()),
            name,
            "task definition".into(),
        )
    };
    revisions.map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::design::sample;
    use stowplan_core::model::compile;

    #[test]
    fn every_part_of_the_sample_is_in_the_tree() {
        let design = sample();
        let compiled = compile(&design, None);
        let nodes = outline(Source {
            design: &design,
            model: &compiled.model,
            control: None,
            stopped: &[],
            matches: &[],
        });
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "shop-alb",
                "us-east-1a",
                "us-east-1b",
                "us-east-1c",
                "primes",
                "edges",
                "primes-tg",
                "edges-tg",
                "edges:1",
                "primes:1"
            ]
        );
        assert_eq!(nodes[0].children[0].children.len(), 2);
        assert_eq!(nodes[1].children.len(), 2);
    }
}
