//! What tasks use of what they reserve, for assertions: with traffic by the second, without any
//! when something changes.

use super::cloudwatch::{Used, use_of};
use super::tracks::{Counted, Track};
use super::world::World;
use crate::assert::Metric;
use crate::control::Task;
use crate::id::TaskId;
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The length of what is recorded at once.
const SECOND: Millis = Millis::seconds(1);

/// Writes what tasks use to the metrics that are of it.
pub(super) fn record_usage(world: &World, live: &BTreeMap<TaskId, Counted>, tracks: &mut [Track]) {
    if !tracks.iter().any(Track::is_of_usage) {
        return;
    }
    let tasks = &world.control().tasks;
    for moment in moments(world) {
        for track in tracks.iter_mut().filter(|it| it.is_of_usage()) {
            let metric = track.selector.metric;
            let mut sum = (0.0, 0.0);
            for (id, _) in live.iter().filter(|(_, it)| track.has_task(it)) {
                let task = tasks.get(id);
                let used = task.and_then(|it| used_of(world, metric, (*id, it), moment));
                let (used, of) = used.unwrap_or_default();
                sum = (sum.0 + used, sum.1 + of);
            }
            track.write_usage(moment.at, sum);
        }
    }
}

/// When a value of what tasks use begins to hold, and the requests in it.
#[derive(Clone, Copy, Debug)]
struct Moment {
    at: Instant,
    /// Whether a second of traffic is meant, which ended now.
    of_second: bool,
}

/// The moments of this turn from which on tasks use something else: the second that has just
/// ended, and without traffic the present.
fn moments(world: &World) -> Vec<Moment> {
    let now = world.now();
    let ended = world.traffic_second().at == now && now > Instant::ZERO;
    let second = ended.then_some(Moment {
        at: now - SECOND,
        of_second: true,
    });
    let present = (!world.plays_traffic()).then_some(Moment {
        at: now,
        of_second: false,
    });
    second.into_iter().chain(present).collect()
}

/// What a task uses from such a moment on, and of how much.
fn used_of(
    world: &World,
    metric: Metric,
    (id, task): (TaskId, &Task),
    moment: Moment,
) -> Option<(f64, f64)> {
    let used = use_of(world.metrics().uses(), id).filter(|_| moment.of_second);
    let used = used.map_or(Used::default(), |it| it.second);
    let usage = world.usage(id, task, used, SECOND)?;
    Some(if metric == Metric::CpuUtilization {
        (usage.cpu, usage.cpu_reserved)
    } else {
        (usage.memory, usage.memory_reserved)
    })
}
