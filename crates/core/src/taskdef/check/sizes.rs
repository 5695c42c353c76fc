//! Rules of CPU and memory (task-definition.md 2.4).

use super::{Context, Findings, Fix, Rule, is_unknown, item, literal, within};
use crate::taskdef::{ContainerDefinition, LaunchType, cpu_units, memory_mib};
use alloc::format;
use alloc::string::ToString;

/// Least memory that Docker 20.10 and later take, in MiB (S07).
pub const MEMORY_MIB_MIN: u32 = 6;

pub(super) fn sizes(found: &mut Findings, context: &Context<'_>) {
    let definition = context.definition;
    let literal = |size: &Option<alloc::string::String>| {
        let text = size.as_deref()?;
        literal(text).map(alloc::string::String::from)
    };
    let cpu = literal(&definition.cpu).as_deref().and_then(cpu_units);
    let memory = literal(&definition.memory).as_deref().and_then(memory_mib);
    let unknown = definition.memory.is_some() && memory.is_none();
    let needs_own = memory.is_none_or(|mib| mib == 0)
        && !unknown
        && !context.is_for(LaunchType::Fargate)
        && !is_unknown(&definition.extra, "memory");
    for (at, container) in definition.container_definitions.iter().enumerate() {
        if needs_own {
            own_memory(found, context, at, container);
        }
        limits(found, context, at, memory);
    }
    sums(found, context, cpu, memory);
}

fn own_memory(
    found: &mut Findings,
    context: &Context<'_>,
    at: usize,
    container: &ContainerDefinition,
) {
    let pointer = item("", "containerDefinitions", at);
    let stated = [
        (container.memory, "memory"),
        (container.memory_reservation, "memoryReservation"),
    ];
    let is_there = |(mib, member): &(Option<u32>, &str)| match mib {
        Some(mib) => *mib > 0,
        None => is_unknown(&container.extra, member),
    };
    if !stated.iter().any(is_there) {
        // Our own choice of a modest start: what Fargate's smallest task has.
        let fix = Fix::set(within(&pointer, "memory"), 512);
        found
            .add(Rule::NoMemory, pointer, [&context.called(at)])
            .fix(fix);
    }
}

fn limits(found: &mut Findings, context: &Context<'_>, at: usize, task: Option<u32>) {
    let container = &context.definition.container_definitions[at];
    let pointer = item("", "containerDefinitions", at);
    let memory = container.memory.filter(|mib| *mib > 0);
    let reserved = container.memory_reservation;
    if let (Some(memory), Some(reserved)) = (memory, reserved)
        && reserved > memory
    {
        let pointer = within(&pointer, "memoryReservation");
        let fix = Fix::set(pointer.clone(), memory);
        let words = [reserved.to_string(), memory.to_string()];
        found
            .add(
                Rule::ReservationAboveMemory,
                pointer,
                [&words[0], &words[1]],
            )
            .fix(fix);
    }
    let task = task.filter(|mib| *mib > 0);
    if let (Some(memory), Some(task)) = (memory, task)
        && memory > task
    {
        let pointer = within(&pointer, "memory");
        let words = [memory.to_string(), task.to_string()];
        found.add(
            Rule::MemoryAboveTask,
            pointer,
            [&context.called(at), &words[0], &words[1]],
        );
    }
    let too_small = |mib: &u32| (1..MEMORY_MIB_MIN).contains(mib);
    // With too little memory, the reservation follows.
    let reserved = reserved.filter(|_| !memory.as_ref().is_some_and(too_small));
    for (member, mib) in [("memory", memory), ("memoryReservation", reserved)] {
        if let Some(mib) = mib.filter(too_small) {
            let pointer = format!("{pointer}/{member}");
            let fix = Fix::set(pointer.clone(), MEMORY_MIB_MIN);
            found
                .add(Rule::MemoryBelowDocker, pointer, [&mib.to_string()])
                .fix(fix);
        }
    }
}

fn sums(found: &mut Findings, context: &Context<'_>, cpu: Option<u32>, memory: Option<u32>) {
    let containers = &context.definition.container_definitions;
    let sum = |of: fn(&ContainerDefinition) -> Option<u32>| -> u64 {
        containers.iter().filter_map(of).map(u64::from).sum()
    };
    let memory_sum = sum(|it| {
        // An unknown reservation may be less than what may be used.
        let is_known = !is_unknown(&it.extra, "memoryReservation");
        let reserved = it.memory_reservation.filter(|mib| *mib > 0);
        reserved.or(it.memory.filter(|_| is_known))
    });
    // One container above the task is told of at its own place.
    let one_above = |task: u32| {
        containers
            .iter()
            .any(|it| it.memory.is_some_and(|mib| mib > task))
    };
    if let Some(task) = memory.filter(|mib| *mib > 0 && memory_sum > u64::from(*mib))
        && !one_above(task)
    {
        let words = [memory_sum.to_string(), task.to_string()];
        found.add(Rule::MemorySum, "/memory", [&words[0], &words[1]]);
    }
    let cpu_sum = sum(|it| it.cpu);
    if let Some(task) = cpu.filter(|units| *units > 0 && cpu_sum > u64::from(*units)) {
        let words = [cpu_sum.to_string(), task.to_string()];
        found.add(Rule::CpuSum, "/cpu", [&words[0], &words[1]]);
    }
}
