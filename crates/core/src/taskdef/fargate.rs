//! Sizes of tasks on Fargate (task-definition.md 2.8).

use alloc::vec::Vec;

/// The memory in MiB that Fargate has with this many CPU units, smallest first; `None` where it
/// does not have the CPU. Windows has 1, 2 and 4 vCPU only.
#[must_use]
pub fn fargate_memory(cpu: u32, windows: bool) -> Option<Vec<u32>> {
    let range = |first: u32, last: u32, step: usize| (first..=last).step_by(step).collect();
    if windows && !matches!(cpu, 1024 | 2048 | 4096) {
        return None;
    }
    Some(match cpu {
        256 => alloc::vec![512, 1024, 2048],
        512 => range(1024, 4096, 1024),
        1024 => range(2048, 8192, 1024),
        2048 => range(4096, 16_384, 1024),
        4096 => range(8192, 30_720, 1024),
        8192 => range(16_384, 61_440, 4096),
        16_384 => range(32_768, 122_880, 8192),
        32_768 => alloc::vec![61_440, 122_880, 249_856],
        _ => return None,
    })
}
