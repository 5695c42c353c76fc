//! What a second of requests took of each target, for the metrics.

use super::Flow;
use super::group::Member;
use crate::sim::cloudwatch::Used;
use crate::sim::traffic::REQUEST;
use crate::sim::world::World;

impl Flow {
    /// Hands the second that was just recorded to the metrics.
    pub(super) fn measure(&mut self, world: &World) {
        let length = world.now().since(self.second).0 as f64;
        let used = |member: &Member| {
            let (_, each_mib) = member.memory_mib;
            let in_flight = member.station.waiting() as f64 / REQUEST as f64;
            let used = Used {
                cpu_ms: member.second.cpu_ms,
                mib_ms: in_flight * each_mib * length,
            };
            (member.task, used)
        };
        self.metrics.begin_second();
        for group in self.groups.values() {
            let members = group.members.iter();
            self.metrics.count_uses(members.map(used));
        }
        self.metrics.record(world, &self.last);
    }
}

impl World {
    /// Whether seconds of traffic are played now.
    pub(in crate::sim) fn plays_traffic(&self) -> bool {
        self.flow.ticks
    }
}
