//! The forms of the load balancer's parts.

use super::field::{CONDITIONS, Control, Field, Fields};
use super::{Action, Group, group};
use crate::session::Shown;
use serde_json::{Value, json};
use stowplan_core::design::Part;

pub(super) fn rule(shown: &Shown<'_>, fields: &Fields<'_>) -> (Vec<Group>, Vec<Action>) {
    let main = vec![
        fields.fact("ListenerArn", "/ListenerArn"),
        fields.number("Priority", "/Priority", (1, 50_000), ""),
    ];
    let groups = shown
        .design
        .target_groups
        .iter()
        .map(|group| group.name.clone())
        .collect();
    let action = match fields.value("/Actions/0/TargetGroupArn") {
        Some(_) => vec![fields.choice("TargetGroupArn", "/Actions/0/TargetGroupArn", groups)],
        None => vec![fields.fact("Actions", "/Actions")],
    };
    let groups = vec![
        group("", main),
        group("Conditions", conditions(fields)),
        group("Actions", action),
    ];
    (groups, Vec::new())
}

fn conditions(fields: &Fields<'_>) -> Vec<Field> {
    let count = fields
        .value("/Conditions")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    (0..count).flat_map(|at| condition(fields, at)).collect()
}

fn condition(fields: &Fields<'_>, at: usize) -> Vec<Field> {
    let base = format!("/Conditions/{at}");
    let field = fields.said(&format!("{base}/Field"));
    let known = CONDITIONS.iter().find(|(name, _)| *name == field);
    let Some((_, member)) = known else {
        return vec![fields.fact(&field, &base)];
    };
    let typed = format!("{base}/{member}/Values");
    let path = if fields.value(&typed).is_some() {
        typed
    } else {
        format!("{base}/Values")
    };
    let values = fields.value(&path).cloned().unwrap_or_else(|| json!([]));
    let options = CONDITIONS.map(|(name, _)| name.to_string()).to_vec();
    let chosen = Field {
        value: field,
        ..fields.field(
            "Field",
            &base,
            Control::ConditionField { values },
            &options.join(","),
        )
    };
    vec![chosen, fields.lines("Values", &path)]
}

/// Key of the deregistration delay among a target group's attributes.
const DELAY: &str = "deregistration_delay.timeout_seconds";

pub(super) fn target_group(fields: &Fields<'_>, name: &str) -> (Vec<Group>, Vec<Action>) {
    let named = Control::Name(Part::TargetGroup(name.into()));
    let main = vec![
        fields.field("Name", "/Name", named, ""),
        fields.choice(
            "TargetType",
            "/TargetType",
            vec!["instance".into(), "ip".into()],
        ),
        fields.text("HealthCheckPath", "/HealthCheckPath", "/"),
        fields.number(
            "HealthCheckIntervalSeconds",
            "/HealthCheckIntervalSeconds",
            (5, 300),
            "30",
        ),
        fields.number(
            "HealthyThresholdCount",
            "/HealthyThresholdCount",
            (2, 10),
            "5",
        ),
        fields.number(
            "UnhealthyThresholdCount",
            "/UnhealthyThresholdCount",
            (2, 10),
            "2",
        ),
    ];
    let attributes = vec![fields.attribute(DELAY, DELAY, "300")];
    (
        vec![group("", main), group("Attributes", attributes)],
        Vec::new(),
    )
}

pub(super) fn load_balancer(fields: &Fields<'_>, name: &str) -> (Vec<Group>, Vec<Action>) {
    let named = Control::Name(Part::LoadBalancer(name.into()));
    let main = vec![
        fields.field("Name", "/Name", named, ""),
        fields.fact("Type", "/Type"),
        fields.lines("Subnets", "/Subnets"),
    ];
    (vec![group("", main)], Vec::new())
}

pub(super) fn listener(fields: &Fields<'_>) -> (Vec<Group>, Vec<Action>) {
    let main = vec![
        fields.fact("LoadBalancerArn", "/LoadBalancerArn"),
        fields.fact("Protocol", "/Protocol"),
        fields.fact("Port", "/Port"),
        fields.fact("DefaultActions", "/DefaultActions"),
    ];
    (vec![group("", main)], Vec::new())
}
