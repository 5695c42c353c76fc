//! Hosts in a few words: what stands beside a name where a host does not simply work.

use crate::control::{InstanceState, InstanceStatus};
use alloc::vec::Vec;

/// ECS's and EC2's words for what keeps tasks from a host, the gravest last; none of a host that
/// takes tasks. Whether its EC2 instance is stopped is EC2's to know.
#[must_use]
pub fn host_marks(state: &InstanceState, stopped: bool) -> Vec<&'static str> {
    let draining = match state.status {
        InstanceStatus::Inactive => return Vec::from(["TERMINATED"]),
        InstanceStatus::Draining => Some("DRAINING"),
        InstanceStatus::Active => None,
    };
    // A stopped host has no agent either, which needs no word of its own.
    let cut_off = match (stopped, state.connected) {
        (true, _) => Some("STOPPED"),
        (false, false) => Some("DISCONNECTED"),
        (false, true) => None,
    };
    draining.into_iter().chain(cut_off).collect()
}
