//! Checked quantities: CPU units, memory, percentages. Not money, not time (see [`crate::time`]).
//!
//! ECS counts CPU in units of 1/1024 vCPU and memory in MiB (reference ecs.md 2.2 and 2.3).

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};

/// CPU units: 1024 make one vCPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CpuUnits(pub u32);

/// Memory in MiB (1,048,576 bytes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemoryMib(pub u32);

/// What is counted of a host: what it registers, and what a task reserves of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU units.
    pub cpu: CpuUnits,
    /// Memory in MiB.
    pub memory: MemoryMib,
    /// Network interfaces for `awsvpc` tasks, the host's own not among them (ecs.md 2.6);
    /// `u32::MAX` where the number is not known and so not limited.
    pub interfaces: u32,
    /// GPUs, each held by one task alone (ecs.md 2.7).
    pub gpus: u32,
}

impl Resources {
    /// CPU units and MiB, no interface and no GPU.
    #[must_use]
    pub const fn new(cpu: u32, memory_mib: u32) -> Self {
        Self {
            cpu: CpuUnits(cpu),
            memory: MemoryMib(memory_mib),
            interfaces: 0,
            gpus: 0,
        }
    }

    /// Whether all of `other` fits in.
    #[must_use]
    pub const fn holds(&self, other: &Self) -> bool {
        self.cpu.0 >= other.cpu.0
            && self.memory.0 >= other.memory.0
            && self.interfaces >= other.interfaces
            && self.gpus >= other.gpus
    }
}

impl Add for Resources {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            cpu: CpuUnits(self.cpu.0.saturating_add(other.cpu.0)),
            memory: MemoryMib(self.memory.0.saturating_add(other.memory.0)),
            interfaces: self.interfaces.saturating_add(other.interfaces),
            gpus: self.gpus.saturating_add(other.gpus),
        }
    }
}

impl AddAssign for Resources {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Resources {
    type Output = Self;
    /// Saturates at zero: an edit may shrink a host below what already runs on it.
    fn sub(self, other: Self) -> Self {
        Self {
            cpu: CpuUnits(self.cpu.0.saturating_sub(other.cpu.0)),
            memory: MemoryMib(self.memory.0.saturating_sub(other.memory.0)),
            interfaces: self.interfaces.saturating_sub(other.interfaces),
            gpus: self.gpus.saturating_sub(other.gpus),
        }
    }
}

impl SubAssign for Resources {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl fmt::Display for CpuUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} CPU units", self.0)
    }
}

impl fmt::Display for MemoryMib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB", self.0)
    }
}

/// `minimumHealthyPercent` of `desired`, rounded up (reference ecs.md 3.3).
#[must_use]
pub fn percent_ceil(desired: u32, percent: u32) -> u32 {
    let product = u64::from(desired) * u64::from(percent);
    u32::try_from(product.div_ceil(100)).unwrap_or(u32::MAX)
}

/// `maximumPercent` of `desired`, rounded down (reference ecs.md 3.3).
#[must_use]
pub fn percent_floor(desired: u32, percent: u32) -> u32 {
    let product = u64::from(desired) * u64::from(percent);
    u32::try_from(product / 100).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployment_bounds_round_as_documented() {
        // The deadlock table of ecs.md 3.3, worked by hand.
        assert_eq!((percent_ceil(2, 75), percent_floor(2, 100)), (2, 2));
        assert_eq!((percent_ceil(3, 75), percent_floor(3, 100)), (3, 3));
        assert_eq!((percent_ceil(3, 100), percent_floor(3, 125)), (3, 3));
        assert_eq!((percent_ceil(1, 50), percent_floor(1, 150)), (1, 1));
        assert_eq!((percent_ceil(6, 50), percent_floor(6, 200)), (3, 12));
    }
}
