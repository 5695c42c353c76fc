//! Placement rules in words: strategies, constraints, ports, remaining resources.

use crate::control::Explanation;
use crate::model::{ConstraintOrigin, DEFAULT_STRATEGIES, Model, SpreadField, Strategy};
use crate::taskdef::{Protocol, ReservedPort};
use crate::units::Resources;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A strategy as the documentation writes it.
#[must_use]
pub fn strategy_words(strategy: &Strategy) -> String {
    match strategy {
        Strategy::Spread(SpreadField::Instance) => "spread(instanceId)".to_string(),
        Strategy::Spread(SpreadField::Attribute(name)) => {
            let short = name.strip_prefix("ecs.").unwrap_or(name);
            format!("spread({short})")
        }
        Strategy::BinpackCpu => "binpack(cpu)".to_string(),
        Strategy::BinpackMemory => "binpack(memory)".to_string(),
        Strategy::Random => "random".to_string(),
    }
}

/// A service's strategies in order, and what ECS does where it names none.
#[must_use]
pub fn strategies_words(strategies: &[Strategy]) -> String {
    if strategies == DEFAULT_STRATEGIES {
        return "the default: fewest tasks in its zone, then on the host".to_string();
    }
    let names: Vec<String> = strategies.iter().map(strategy_words).collect();
    names.join(", then ")
}

/// A constraint as it is written, and whose it is where that is the task definition.
pub(super) fn constraint_words(
    model: &Model,
    explanation: &Explanation,
    origin: ConstraintOrigin,
) -> String {
    let definition = explanation.task_definition;
    let expression = model.expression(explanation.service, definition, origin);
    let text = expression.map_or("distinctInstance", |query| query.text());
    match origin {
        ConstraintOrigin::Service(_) => format!("`{text}`"),
        ConstraintOrigin::TaskDefinition(_) => format!("`{text}` of the task definition"),
    }
}

/// `port 8080`, with its protocol where that is not TCP.
pub(super) fn port_words(port: &ReservedPort) -> String {
    match port.protocol {
        Protocol::Tcp => format!("port {}", port.port),
        Protocol::Udp => format!("port {}/udp", port.port),
    }
}

/// CPU and memory, and network interfaces and GPUs where there are any to speak of.
#[must_use]
pub fn resources_words(resources: &Resources) -> String {
    let mut words = Vec::from([resources.cpu.to_string(), resources.memory.to_string()]);
    // What is not known is not limited and not told.
    if (1..u32::MAX).contains(&resources.interfaces) {
        words.push(counted(resources.interfaces, "interface"));
    }
    if resources.gpus > 0 {
        words.push(counted(resources.gpus, "GPU"));
    }
    words.join(", ")
}

fn counted(count: u32, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
