//! What would make a waiting task fit, as advice.

use super::placement::constraint_words;
use crate::control::{Change, Explanation, Remedy};
use crate::model::{Model, PRICES_OF};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What would make the task fit, as advice.
#[must_use]
pub fn remedy_words(model: &Model, explanation: &Explanation, remedy: &Remedy) -> String {
    let changes = remedy.changes.iter();
    let changes: Vec<String> = changes
        .map(|change| change_words(model, explanation, remedy, change))
        .collect();
    let place = match remedy.instance {
        Some(instance) => format!("; it then fits on {}", model.instance(instance).name),
        None => String::new(),
    };
    format!("{}{place}", changes.join(" and "))
}

fn change_words(
    model: &Model,
    explanation: &Explanation,
    remedy: &Remedy,
    change: &Change,
) -> String {
    let host = remedy.instance.map(|at| model.instance(at).name.as_str());
    let host = host.unwrap_or("the host");
    let words = |constraint| constraint_words(model, explanation, constraint);
    match change {
        Change::LessMemory { by, to } => format!(
            "reserve {by} MiB less memory: {to} instead of {}",
            to.saturating_add(*by)
        ),
        Change::LessCpu { by, to } => format!(
            "reserve {by} CPU units less: {to} instead of {}",
            to.saturating_add(*by)
        ),
        Change::DynamicPort { port } => {
            format!(
                "use hostPort 0 instead of {}, a port that is free",
                port.port
            )
        }
        Change::Activate => format!("set {host} ACTIVE again"),
        Change::Connect => format!("reconnect the agent of {host}"),
        Change::AddSubnet { zone } => {
            format!("give the service a subnet in {}", model.zones[zone.at()])
        }
        Change::AddAttribute { name, constraint } => {
            format!(
                "give {host} an attribute {name} that matches {}",
                words(*constraint)
            )
        }
        Change::LoosenConstraint { constraint } => {
            format!("drop or loosen the constraint {}", words(*constraint))
        }
        Change::AddHost {
            instance_type,
            zone,
            micro_usd_per_hour,
        } => {
            let price = micro_usd_per_hour.map_or_else(String::new, |price| {
                let of = if is_of_the_catalogue(model, instance_type) {
                    format!(", prices of {PRICES_OF}")
                } else {
                    String::new()
                };
                format!(" (${} an hour{of})", dollars(price))
            });
            let zone = &model.zones[zone.at()];
            format!("add one more {instance_type} in {zone}{price}")
        }
    }
}

/// Whether the price is ours, and so of a known day; a document's own says no day.
fn is_of_the_catalogue(model: &Model, name: &str) -> bool {
    !model.instance_types.iter().any(|known| known.name == name)
}

/// Millionths of a dollar with four digits, as prices of instances are given.
fn dollars(micro: u32) -> String {
    let tenthousandths = micro.div_ceil(100);
    format!("{}.{:04}", tenthousandths / 10_000, tenthousandths % 10_000)
}
