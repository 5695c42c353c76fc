//! EC2 instance types: vCPU, memory, network interfaces, GPUs, architecture and price (reference
//! ecs.md 7.3 and 2.6), and the memory that a host of that size registers with ECS (2.3).
//!
//! A design may bring types of its own (`instanceTypes`, in the shape of DescribeInstanceTypes);
//! one of a name that stands here takes its place.

use crate::units::{CpuUnits, MemoryMib, Resources};
use alloc::borrow::Cow;
use serde_json::Value;

/// The day whose prices the catalogue has: on demand, Linux, us-east-1.
pub const PRICES_OF: &str = "2026-07-20";

/// One type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceType {
    /// Name, `family.size`.
    pub name: Cow<'static, str>,
    /// vCPUs; each registers 1024 CPU units.
    pub vcpu: u32,
    /// Installed memory in MiB.
    pub memory_mib: u32,
    /// Network interfaces, its own among them; `None` where that is not known.
    pub interfaces: Option<u32>,
    /// `awsvpc` tasks with trunking; `None` where the type does not support it.
    pub trunk_tasks: Option<u32>,
    /// GPUs.
    pub gpus: u32,
    /// Processor architecture.
    pub architecture: Architecture,
    /// Price of an hour in millionths of a US dollar; `None` where it is not known.
    pub micro_usd_per_hour: Option<u32>,
}

/// Processor architecture, by its word in `ecs.cpu-architecture`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `x86_64`.
    X86,
    /// `arm64`.
    Arm,
}

impl Architecture {
    /// The attribute's value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// Name; vCPU, MiB, interfaces, tasks with trunking (0: unsupported), GPUs, price.
const fn of(name: &'static str, figures: [u32; 6]) -> InstanceType {
    let [vcpu, memory_mib, interfaces, trunk, gpus, price] = figures;
    InstanceType {
        name: Cow::Borrowed(name),
        vcpu,
        memory_mib,
        interfaces: Some(interfaces),
        trunk_tasks: if trunk == 0 { None } else { Some(trunk) },
        gpus,
        architecture: if is_graviton(name) {
            Architecture::Arm
        } else {
            Architecture::X86
        },
        micro_usd_per_hour: Some(price),
    }
}

/// Whether the family's third letter says Graviton: `t4g`, `m7g`, not `g4dn` (ecs.md 7.3, inferred
/// for the families of the catalogue).
const fn is_graviton(name: &str) -> bool {
    name.as_bytes()[2] == b'g'
}

/// The types that a host can be given by name alone.
pub const INSTANCE_TYPES: &[InstanceType] = &[
    of("t2.micro", [1, 1024, 2, 0, 0, 11600]),
    of("t2.small", [1, 2048, 3, 0, 0, 23000]),
    of("t2.medium", [2, 4096, 3, 0, 0, 46400]),
    of("t2.large", [2, 8192, 3, 0, 0, 92800]),
    of("t2.xlarge", [4, 16384, 3, 0, 0, 185_600]),
    of("t3.micro", [2, 1024, 2, 0, 0, 10400]),
    of("t3.small", [2, 2048, 3, 0, 0, 20800]),
    of("t3.medium", [2, 4096, 3, 0, 0, 41600]),
    of("t3.large", [2, 8192, 3, 0, 0, 83200]),
    of("t3.xlarge", [4, 16384, 4, 0, 0, 166_400]),
    of("t3a.micro", [2, 1024, 2, 0, 0, 9400]),
    of("t3a.small", [2, 2048, 2, 0, 0, 18800]),
    of("t3a.medium", [2, 4096, 3, 0, 0, 37600]),
    of("t3a.large", [2, 8192, 3, 0, 0, 75200]),
    of("t3a.xlarge", [4, 16384, 4, 0, 0, 150_400]),
    of("t4g.micro", [2, 1024, 2, 0, 0, 8400]),
    of("t4g.small", [2, 2048, 3, 0, 0, 16800]),
    of("t4g.medium", [2, 4096, 3, 0, 0, 33600]),
    of("t4g.large", [2, 8192, 3, 0, 0, 67200]),
    of("t4g.xlarge", [4, 16384, 4, 0, 0, 134_400]),
    of("m5.large", [2, 8192, 3, 10, 0, 96000]),
    of("m5.xlarge", [4, 16384, 4, 20, 0, 192_000]),
    of("m5.2xlarge", [8, 32768, 4, 40, 0, 384_000]),
    of("m5.4xlarge", [16, 65536, 8, 60, 0, 768_000]),
    of("m6i.large", [2, 8192, 3, 10, 0, 96000]),
    of("m6i.xlarge", [4, 16384, 4, 20, 0, 192_000]),
    of("m6i.2xlarge", [8, 32768, 4, 40, 0, 384_000]),
    of("m6i.4xlarge", [16, 65536, 8, 60, 0, 768_000]),
    of("m7g.large", [2, 8192, 3, 10, 0, 81600]),
    of("m7g.xlarge", [4, 16384, 4, 20, 0, 163_200]),
    of("m7g.2xlarge", [8, 32768, 4, 40, 0, 326_400]),
    of("m7g.4xlarge", [16, 65536, 8, 60, 0, 652_800]),
    of("c5.large", [2, 4096, 3, 10, 0, 85000]),
    of("c5.xlarge", [4, 8192, 4, 20, 0, 170_000]),
    of("c5.2xlarge", [8, 16384, 4, 40, 0, 340_000]),
    of("c5.4xlarge", [16, 32768, 8, 60, 0, 680_000]),
    of("c6i.large", [2, 4096, 3, 10, 0, 85000]),
    of("c6i.xlarge", [4, 8192, 4, 20, 0, 170_000]),
    of("c6i.2xlarge", [8, 16384, 4, 40, 0, 340_000]),
    of("c6i.4xlarge", [16, 32768, 8, 60, 0, 680_000]),
    of("c7g.large", [2, 4096, 3, 10, 0, 72500]),
    of("c7g.xlarge", [4, 8192, 4, 20, 0, 145_000]),
    of("c7g.2xlarge", [8, 16384, 4, 40, 0, 290_000]),
    of("c7g.4xlarge", [16, 32768, 8, 60, 0, 580_000]),
    of("r5.large", [2, 16384, 3, 10, 0, 126_000]),
    of("r5.xlarge", [4, 32768, 4, 20, 0, 252_000]),
    of("r5.2xlarge", [8, 65536, 4, 40, 0, 504_000]),
    of("r5.4xlarge", [16, 131_072, 8, 60, 0, 1_008_000]),
    of("r6i.large", [2, 16384, 3, 10, 0, 126_000]),
    of("r6i.xlarge", [4, 32768, 4, 20, 0, 252_000]),
    of("r6i.2xlarge", [8, 65536, 4, 40, 0, 504_000]),
    of("r6i.4xlarge", [16, 131_072, 8, 60, 0, 1_008_000]),
    of("r7g.large", [2, 16384, 3, 10, 0, 107_100]),
    of("r7g.xlarge", [4, 32768, 4, 20, 0, 214_200]),
    of("r7g.2xlarge", [8, 65536, 4, 40, 0, 428_400]),
    of("r7g.4xlarge", [16, 131_072, 8, 60, 0, 856_800]),
    of("p3.2xlarge", [8, 62464, 4, 40, 1, 3_060_000]),
    of("p3.8xlarge", [32, 249_856, 8, 60, 4, 12_240_000]),
    of("p3.16xlarge", [64, 499_712, 8, 120, 8, 24_480_000]),
    of("g4dn.xlarge", [4, 16384, 3, 0, 1, 526_000]),
    of("g4dn.2xlarge", [8, 32768, 3, 0, 1, 752_000]),
    of("g4dn.4xlarge", [16, 65536, 3, 0, 1, 1_204_000]),
    of("g4dn.8xlarge", [32, 131_072, 4, 0, 1, 2_176_000]),
    of("g4dn.12xlarge", [48, 196_608, 8, 0, 4, 3_912_000]),
    of("g5.xlarge", [4, 16384, 4, 6, 1, 1_006_000]),
    of("g5.2xlarge", [8, 32768, 4, 19, 1, 1_212_000]),
];

/// The type called `name`.
#[must_use]
pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    INSTANCE_TYPES.iter().find(|known| known.name == name)
}

impl InstanceType {
    /// The type that a document states in the shape of DescribeInstanceTypes, with two fields of
    /// our own for what that call does not tell: `awsvpcTrunkTasks` and `usdPerHour`. `None` where
    /// its name, vCPUs or memory are missing or 0.
    #[must_use]
    pub fn stated(written: &Value) -> Option<Self> {
        let number = |pointer: &str| {
            let number = written.pointer(pointer)?.as_u64()?;
            u32::try_from(number).ok()
        };
        let gpus = written.pointer("/GpuInfo/Gpus").and_then(Value::as_array);
        let gpus = gpus
            .into_iter()
            .flatten()
            .filter_map(|it| it.get("Count")?.as_u64());
        let architecture = written.pointer("/ProcessorInfo/SupportedArchitectures/0");
        let price = written.get("usdPerHour").and_then(Value::as_f64);
        Some(Self {
            name: Cow::Owned(written.get("InstanceType")?.as_str()?.into()),
            vcpu: number("/VCpuInfo/DefaultVCpus").filter(|it| *it > 0)?,
            memory_mib: number("/MemoryInfo/SizeInMiB").filter(|it| *it > 0)?,
            interfaces: number("/NetworkInfo/MaximumNetworkInterfaces"),
            trunk_tasks: number("/awsvpcTrunkTasks"),
            gpus: u32::try_from(gpus.sum::<u64>()).unwrap_or(u32::MAX),
            architecture: match architecture.and_then(Value::as_str) {
                Some("arm64") => Architecture::Arm,
                Some(_) | None => Architecture::X86,
            },
            micro_usd_per_hour: price.map(micro_usd),
        })
    }

    /// What a host of the type registers, with trunking or without.
    #[must_use]
    pub fn registers(&self, trunking: bool) -> Resources {
        // One interface is the host's own; with trunking AWS gives the number of tasks itself.
        let plain = self.interfaces.map(|all| all.saturating_sub(1));
        let trunked = self.trunk_tasks.filter(|_| trunking);
        Resources {
            cpu: CpuUnits(self.vcpu.saturating_mul(1024)),
            memory: MemoryMib(registered_memory(self.memory_mib)),
            interfaces: trunked.or(plain).unwrap_or(u32::MAX),
            gpus: self.gpus,
        }
    }
}

/// Dollars to millionths, rounded; what no price can be is 0.
fn micro_usd(dollars: f64) -> u32 {
    let micro = dollars * 1e6 + 0.5;
    if micro.is_finite() && micro > 0.0 && micro < f64::from(u32::MAX) {
        micro as u32
    } else {
        0
    }
}

/// MiB that a host with `installed` MiB registers: the kernel keeps a share, larger on small
/// hosts. Per mille by size, inferred from posted figures of current images (ecs.md 2.3).
#[must_use]
pub fn registered_memory(installed: u32) -> u32 {
    let per_mille = match installed {
        0..=1024 => 930,
        1025..=4096 => 945,
        4097..=8192 => 954,
        8193..=32768 => 961,
        32769.. => 966,
    };
    u32::try_from(u64::from(installed) * per_mille / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_memory_is_near_the_posted_figures() {
        // m6i.large was seen to register 7817 MiB, r6id.xlarge 31517, r6id.4xlarge 126722.
        for (installed, seen) in [(8192, 7817), (32768, 31517), (131_072, 126_722)] {
            let ours = registered_memory(installed);
            assert!(
                ours.abs_diff(seen) * 1000 < seen * 3,
                "{installed}: {ours} against {seen}"
            );
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: alloc::vec::Vec<_> =
            INSTANCE_TYPES.iter().map(|known| &known.name).collect();
        crate::sort::sort(&mut names);
        names.dedup();
        assert_eq!(names.len(), INSTANCE_TYPES.len());
    }

    #[test]
    fn interfaces_with_trunking_and_without() {
        // ecs.md 2.6: m5.large holds 2 tasks of its own interface, 10 with trunking; t3 has none.
        let registers = |name: &str, trunking| {
            let known = instance_type(name).unwrap();
            known.registers(trunking).interfaces
        };
        assert_eq!(
            (registers("m5.large", false), registers("m5.large", true)),
            (2, 10)
        );
        assert_eq!(registers("t3.large", true), 2);
        assert_eq!(registers("p3.16xlarge", true), 120);
    }

    #[test]
    fn graviton_families_are_arm() {
        let arm = INSTANCE_TYPES
            .iter()
            .filter(|known| known.architecture == Architecture::Arm);
        let families: alloc::collections::BTreeSet<_> = arm
            .filter_map(|known| known.name.split('.').next())
            .collect();
        assert_eq!(
            families.into_iter().collect::<alloc::vec::Vec<_>>(),
            ["c7g", "m7g", "r7g", "t4g"]
        );
    }

    #[test]
    fn a_document_states_a_type_in_the_shape_of_ec2() {
        let text = r#"{"InstanceType":"x9.large","VCpuInfo":{"DefaultVCpus":4},"MemoryInfo":{"SizeInMiB":8192},
            "NetworkInfo":{"MaximumNetworkInterfaces":3},"GpuInfo":{"Gpus":[{"Count":2}]},
            "ProcessorInfo":{"SupportedArchitectures":["arm64"]},"usdPerHour":0.1234}"#;
        let written: Value = serde_json::from_str(text).unwrap();
        let stated = InstanceType::stated(&written).unwrap();
        let registers = stated.registers(true);
        assert_eq!(
            (registers.cpu.0, registers.interfaces, registers.gpus),
            (4096, 2, 2)
        );
        assert_eq!(stated.architecture, Architecture::Arm);
        assert_eq!(stated.micro_usd_per_hour, Some(123_400));
    }
}
