//! EC2 instance types: vCPU and installed memory (reference ecs.md 7.3), and the memory that a
//! host of that size registers with ECS (2.3).

/// One type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceType {
    /// Name, `family.size`.
    pub name: &'static str,
    /// vCPUs; each registers 1024 CPU units.
    pub vcpu: u32,
    /// Installed memory in MiB.
    pub memory_mib: u32,
}

const fn of(name: &'static str, vcpu: u32, memory_mib: u32) -> InstanceType {
    InstanceType {
        name,
        vcpu,
        memory_mib,
    }
}

/// The types that a host can be given by name alone.
pub const INSTANCE_TYPES: &[InstanceType] = &[
    of("t2.micro", 1, 1024),
    of("t2.small", 1, 2048),
    of("t2.medium", 2, 4096),
    of("t2.large", 2, 8192),
    of("t2.xlarge", 4, 16384),
    of("t3.micro", 2, 1024),
    of("t3.small", 2, 2048),
    of("t3.medium", 2, 4096),
    of("t3.large", 2, 8192),
    of("t3.xlarge", 4, 16384),
    of("t3a.micro", 2, 1024),
    of("t3a.small", 2, 2048),
    of("t3a.medium", 2, 4096),
    of("t3a.large", 2, 8192),
    of("t3a.xlarge", 4, 16384),
    of("t4g.micro", 2, 1024),
    of("t4g.small", 2, 2048),
    of("t4g.medium", 2, 4096),
    of("t4g.large", 2, 8192),
    of("t4g.xlarge", 4, 16384),
    of("m5.large", 2, 8192),
    of("m5.xlarge", 4, 16384),
    of("m5.2xlarge", 8, 32768),
    of("m5.4xlarge", 16, 65536),
    of("m6i.large", 2, 8192),
    of("m6i.xlarge", 4, 16384),
    of("m6i.2xlarge", 8, 32768),
    of("m6i.4xlarge", 16, 65536),
    of("m7g.large", 2, 8192),
    of("m7g.xlarge", 4, 16384),
    of("m7g.2xlarge", 8, 32768),
    of("m7g.4xlarge", 16, 65536),
    of("c5.large", 2, 4096),
    of("c5.xlarge", 4, 8192),
    of("c5.2xlarge", 8, 16384),
    of("c5.4xlarge", 16, 32768),
    of("c6i.large", 2, 4096),
    of("c6i.xlarge", 4, 8192),
    of("c6i.2xlarge", 8, 16384),
    of("c6i.4xlarge", 16, 32768),
    of("c7g.large", 2, 4096),
    of("c7g.xlarge", 4, 8192),
    of("c7g.2xlarge", 8, 16384),
    of("c7g.4xlarge", 16, 32768),
    of("r5.large", 2, 16384),
    of("r5.xlarge", 4, 32768),
    of("r5.2xlarge", 8, 65536),
    of("r5.4xlarge", 16, 131_072),
    of("r6i.large", 2, 16384),
    of("r6i.xlarge", 4, 32768),
    of("r6i.2xlarge", 8, 65536),
    of("r6i.4xlarge", 16, 131_072),
    of("r7g.large", 2, 16384),
    of("r7g.xlarge", 4, 32768),
    of("r7g.2xlarge", 8, 65536),
    of("r7g.4xlarge", 16, 131_072),
    of("p3.2xlarge", 8, 62464),
    of("p3.8xlarge", 32, 249_856),
    of("p3.16xlarge", 64, 499_712),
    of("g4dn.xlarge", 4, 16384),
    of("g4dn.2xlarge", 8, 32768),
    of("g4dn.4xlarge", 16, 65536),
    of("g4dn.8xlarge", 32, 131_072),
    of("g4dn.12xlarge", 48, 196_608),
];

/// The type called `name`.
#[must_use]
pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    INSTANCE_TYPES.iter().find(|known| known.name == name)
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
        let mut names: alloc::vec::Vec<_> = INSTANCE_TYPES.iter().map(|known| known.name).collect();
        crate::sort::sort(&mut names);
        names.dedup();
        assert_eq!(names.len(), INSTANCE_TYPES.len());
    }
}
