//! The form of a service, with its workload beside it.

use super::field::{Control, Field, Fields};
use super::{Action, Group, group};
use crate::session::{EditorIntent, Intent, Shown};
use stowplan_core::control::Deployment;
use stowplan_core::design::{Edit, Part, PlacementConstraint, Service, Workload, last_segment};
use stowplan_core::model::{Scheduling, Strategy};
use stowplan_core::source::escape;
use stowplan_core::taskdef::revision_name;
use stowplan_core::view::{deployment_facts, deployment_title, strategy_words};

pub(super) fn content(
    shown: &Shown<'_>,
    fields: &Fields<'_>,
    name: &str,
) -> (Vec<Group>, Vec<Action>) {
    let found = shown
        .design
        .services
        .iter()
        .find(|service| service.service_name == name);
    let Some(service) = found else {
        return (Vec::new(), Vec::new());
    };
    let groups = vec![
        group("", main_fields(shown, fields, name)),
        group("deploymentConfiguration", rollout_fields(fields)),
        group("placement", placement_fields(shown, fields, service)),
        group("placementStrategy", strategy_facts(shown, service)),
        group("placementConstraints", constraint_facts(service)),
        group("loadBalancers", wire_facts(service)),
        group(
            "workload (simulation only)",
            workload_fields(shown, fields, service),
        ),
    ];
    let deployments = deployment_groups(shown, name).into_iter();
    let groups = deployments
        .chain(groups)
        .filter(|group| !group.fields.is_empty())
        .collect();
    (groups, actions(shown, service))
}

/// The deployments that are not over, the newest first.
fn deployment_groups(shown: &Shown<'_>, name: &str) -> Vec<Group> {
    let found = shown.model.service_named(name).zip(shown.control);
    let Some((service, control)) = found else {
        return Vec::new();
    };
    let Some(known) = control.services.get(&service) else {
        return Vec::new();
    };
    let group_of = |deployment: &Deployment| {
        let facts = deployment_facts(shown.model, control, service, deployment);
        let facts = facts.iter().map(|it| Field::said(it.label, &it.value));
        let title = deployment_title(shown.model, known, deployment);
        group(&format!("deployment {title}"), facts.collect())
    };
    known.deployments.iter().rev().map(group_of).collect()
}

fn main_fields(shown: &Shown<'_>, fields: &Fields<'_>, name: &str) -> Vec<Field> {
    let named = Control::Name(Part::Service(name.into()));
    vec![
        fields.field("serviceName", "/serviceName", named, ""),
        fields.choice("taskDefinition", "/taskDefinition", revisions(shown)),
        desired_field(shown, fields, name),
        fields.number(
            "healthCheckGracePeriodSeconds",
            "/healthCheckGracePeriodSeconds",
            (0, 2_147_483_647),
            "0",
        ),
    ]
}

/// The number of tasks, which a DAEMON service takes from its hosts.
fn desired_field(shown: &Shown<'_>, fields: &Fields<'_>, name: &str) -> Field {
    let service = shown.model.service_named(name);
    let daemon = service.filter(|at| shown.model.service(*at).scheduling == Scheduling::Daemon);
    let Some(service) = daemon else {
        return fields.number("desiredCount", "/desiredCount", (0, 5000), "0");
    };
    let count = shown
        .control
        .map(|control| control.desired_count(shown.model, service).to_string());
    let words = count.unwrap_or_else(|| "one on each host".into());
    Field::said("desiredCount", &words)
}

/// Every revision of the document as `family:revision`.
fn revisions(shown: &Shown<'_>) -> Vec<String> {
    let mut families: Vec<&str> = shown
        .design
        .task_definitions
        .iter()
        .map(|entry| entry.family.as_str())
        .collect();
    stowplan_core::sort::sort(&mut families);
    families.dedup();
    let names = families.into_iter().flat_map(|family| {
        shown
            .design
            .revisions(family)
            .map(move |(number, ..)| revision_name(family, number))
    });
    names.collect()
}

fn rollout_fields(fields: &Fields<'_>) -> Vec<Field> {
    let path = |name: &str| format!("/deploymentConfiguration/{name}");
    vec![
        fields.number(
            "minimumHealthyPercent",
            &path("minimumHealthyPercent"),
            (0, 100),
            "100",
        ),
        fields.number("maximumPercent", &path("maximumPercent"), (100, 200), "200"),
    ]
}

fn placement_fields(shown: &Shown<'_>, fields: &Fields<'_>, service: &Service) -> Vec<Field> {
    let index = shown.model.service_named(&service.service_name);
    let rebalances = index.is_none_or(|index| shown.model.service(index).zone_rebalancing);
    let mut rebalancing = ["ENABLED", "DISABLED"];
    if !rebalances {
        rebalancing.reverse();
    }
    vec![
        fields.template(service),
        fields.choice_or(
            "schedulingStrategy",
            "/schedulingStrategy",
            &["REPLICA", "DAEMON"],
        ),
        fields.choice_or(
            "availabilityZoneRebalancing",
            "/availabilityZoneRebalancing",
            &rebalancing,
        ),
    ]
}

/// The strategies in their order, as they hold: ECS's default where none stands.
fn strategy_facts(shown: &Shown<'_>, service: &Service) -> Vec<Field> {
    let Some(index) = shown.model.service_named(&service.service_name) else {
        return Vec::new();
    };
    let compiled = shown.model.service(index);
    if compiled.scheduling == Scheduling::Daemon {
        return Vec::new();
    }
    let note = if service.placement_strategy.is_empty() {
        " by default"
    } else {
        ""
    };
    let fact = |(strategy, at): (&Strategy, u32)| {
        Field::said(&format!("{at}{note}"), &strategy_words(strategy))
    };
    compiled.strategies.iter().zip(1..).map(fact).collect()
}

fn constraint_facts(service: &Service) -> Vec<Field> {
    let fact = |constraint: &PlacementConstraint| {
        let words = constraint.expression.as_deref();
        Field::said(&constraint.kind, words.unwrap_or("one task on each host"))
    };
    service.placement_constraints.iter().map(fact).collect()
}

fn wire_facts(service: &Service) -> Vec<Field> {
    let fact = |wire: &stowplan_core::design::ServiceLoadBalancer| {
        let to = format!("{}:{}", wire.container_name, wire.container_port);
        let classic = wire.load_balancer_name.as_deref();
        let group = last_segment(&wire.target_group_arn);
        Field::said(classic.unwrap_or(group), &to)
    };
    service.load_balancers.iter().map(fact).collect()
}

fn workload_fields(shown: &Shown<'_>, fields: &Fields<'_>, service: &Service) -> Vec<Field> {
    let first = shown
        .design
        .clusters
        .first()
        .map(|cluster| cluster.cluster_name.as_str());
    let cluster = service
        .cluster
        .as_deref()
        .map(last_segment)
        .or(first)
        .unwrap_or("default");
    let key = escape(&format!("{cluster}/{}", service.service_name));
    let fields = fields.at(&format!("/workloads/{key}"));
    let day = (0, 86_400);
    let second = |value: u32| value.to_string();
    vec![
        fields.number(
            "imageSizeMiB",
            "/imageSizeMiB",
            (0, 100_000),
            &second(Workload::IMAGE_SIZE_MIB),
        ),
        fields.number(
            "startupSeconds",
            "/startupSeconds",
            day,
            &second(Workload::STARTUP_SECONDS),
        ),
        fields.number(
            "shutdownSeconds",
            "/shutdownSeconds",
            day,
            &second(Workload::SHUTDOWN_SECONDS),
        ),
        fields.number("crashAfterSeconds", "/crashAfterSeconds", day, "never"),
    ]
}

fn actions(shown: &Shown<'_>, service: &Service) -> Vec<Action> {
    let named = last_segment(&service.task_definition);
    let family = named.rsplit_once(':').map_or(named, |(family, _)| family);
    let mut actions = Vec::new();
    if let Some((number, ..)) = shown.design.revisions(family).last() {
        let newest = revision_name(family, number);
        if newest != named {
            actions.push(deploy(&service.service_name, &newest));
        }
        actions.push(new_revision(family));
    }
    actions
}

/// Points a service at a revision.
pub(super) fn deploy(service: &str, task_definition: &str) -> Action {
    let edit = Edit::Deploy {
        service: service.into(),
        task_definition: task_definition.into(),
    };
    Action {
        label: format!("Deploy {task_definition}"),
        intent: Intent::edit(edit),
        is_harmful: false,
    }
}

/// Opens a revision in the editor.
pub(super) fn edit(task_definition: &str) -> Action {
    Action {
        label: "Edit".into(),
        intent: Intent::Editor(EditorIntent::Open(task_definition.into())),
        is_harmful: false,
    }
}

/// Copies the newest revision of a family and selects the copy.
pub(super) fn new_revision(family: &str) -> Action {
    Action {
        label: "New revision".into(),
        intent: Intent::edit(Edit::AddRevision {
            family: family.into(),
        }),
        is_harmful: false,
    }
}
