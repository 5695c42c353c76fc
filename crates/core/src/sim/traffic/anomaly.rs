//! Anomaly detection and mitigation of one target (load-balancing-and-scaling.md 2.7).
//!
//! Documented: detection runs by itself in groups of at least three healthy targets, from 5xx
//! answers and connection errors relative to the other targets; mitigation needs the algorithm
//! `weighted_random`, lowers the weight step by step until almost nothing is left, and raises it
//! gradually once the target is well. AWS publishes neither thresholds nor steps: those are ours.

use super::{Micro, REQUEST};

/// Healthy targets that detection needs. Documented.
pub const ANOMALY_HEALTHY_MIN: usize = 3;

/// Seconds over which errors are averaged. Our choice: long enough for a few errors to show
/// against chance, and a deployment that fails is noticed before its health checks notice it.
const ANOMALY_MEMORY: u64 = 16;

/// Least part of a target's requests that must fail, as percent. Our choice: a service that fails
/// now and then everywhere has no target that stands out.
pub const ANOMALY_RATIO_MIN: u64 = 5;

/// How many times the failing part of the other targets it must be. Our choice: twice is what
/// chance makes of few requests.
pub const ANOMALY_FACTOR: u64 = 3;

/// Least failed requests within the memory. Our choice: one error is no pattern.
pub const ANOMALY_FAILED_MIN: Micro = 3 * REQUEST;

/// What the weight is multiplied by, in percent, each second that the target is anomalous. Our
/// choice: almost nothing is left after about half a minute, as of a stuck health check.
pub const ANOMALY_DROP: u32 = 85;

/// The least weight, in millionths. Our choice: 1 %, since without any request nobody would see
/// that the target has recovered.
pub const ANOMALY_WEIGHT_MIN: u32 = 10_000;

/// What is added to the weight each second that the target is normal, in millionths. Our choice:
/// all of it is back after a minute and a half.
pub const ANOMALY_RISE: u32 = 11_000;

/// The weight of a target that nothing is wrong with, in millionths.
const WEIGHT_FULL: u32 = 1_000_000;

/// Requests that ended in a second, and those among them that failed with 5xx or for the
/// connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// All that ended.
    pub requests: Micro,
    /// Those that failed.
    pub failed: Micro,
}

/// What is seen of a target and the others of its group in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Of the target itself.
    pub own: Outcomes,
    /// Of all other healthy targets together.
    pub others: Outcomes,
    /// Healthy targets of the group, this one included.
    pub healthy: usize,
    /// Whether the group is `weighted_random` with `anomaly_mitigation` on.
    pub mitigates: bool,
}

/// What detection remembers of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anomaly {
    own: Outcomes,
    others: Outcomes,
    is_anomalous: bool,
    weight: u32,
}

impl Default for Anomaly {
    fn default() -> Self {
        Self {
            own: Outcomes::default(),
            others: Outcomes::default(),
            is_anomalous: false,
            weight: WEIGHT_FULL,
        }
    }
}

impl Anomaly {
    /// Takes in what was seen in one second.
    pub fn step(&mut self, seen: &Seen) {
        self.own.fade_into(seen.own);
        self.others.fade_into(seen.others);
        self.is_anomalous = seen.healthy >= ANOMALY_HEALTHY_MIN && self.stands_out();
        self.weight = if self.is_anomalous && seen.mitigates {
            (self.weight / 100 * ANOMALY_DROP).max(ANOMALY_WEIGHT_MIN)
        } else {
            (self.weight + ANOMALY_RISE).min(WEIGHT_FULL)
        };
    }

    /// Result of detection: `anomalous` or else `normal`.
    #[must_use]
    pub fn is_anomalous(&self) -> bool {
        self.is_anomalous
    }

    /// Whether mitigation is in effect: the weight is lowered or not yet back.
    #[must_use]
    pub fn is_mitigated(&self) -> bool {
        self.weight < WEIGHT_FULL
    }

    /// The weight of the target for [`super::split`], above 0 up to 1.
    #[must_use]
    pub fn weight(&self) -> f64 {
        f64::from(self.weight) / f64::from(WEIGHT_FULL)
    }

    fn stands_out(&self) -> bool {
        let own = &self.own;
        let others = &self.others;
        let wide = u128::from;
        own.failed >= ANOMALY_FAILED_MIN
            && wide(own.failed) * 100 >= wide(own.requests) * wide(ANOMALY_RATIO_MIN)
            && wide(own.failed) * wide(others.requests.max(1))
                >= wide(others.failed) * wide(own.requests) * wide(ANOMALY_FACTOR)
    }
}

impl Outcomes {
    /// Adds a second to what is remembered, of which a part fades.
    fn fade_into(&mut self, second: Self) {
        self.requests = self.requests - self.requests / ANOMALY_MEMORY + second.requests;
        self.failed = self.failed - self.failed / ANOMALY_MEMORY + second.failed;
    }
}
