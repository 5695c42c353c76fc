//! Addressed randomness: `draw(seed, stream, n)` is a function, not a generator.
//!
//! A draw added in one place therefore moves nothing elsewhere. The mixer is SplitMix64's
//! finaliser (public domain, Sebastiano Vigna), applied to each part of the address; integers
//! only, so that every target gives the same bits.

/// What a draw is for. Each purpose has numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// The high half of a task id.
    TaskIdHigh = 1,
    /// The low half of a task id.
    TaskIdLow = 2,
    /// The id that the tasks of one RunTask call have in common.
    RunTaskId = 20,
    /// A deployment id.
    DeploymentId = 3,
    /// The time an image takes to pull.
    Pull = 4,
    /// The dynamic host port that an agent picks.
    HostPort = 5,
    /// The choice of the `random` placement strategy.
    Placement = 6,
    /// Whether a container that fails now and then fails a health check.
    ProbeError = 7,
    /// The order of the records in a DNS answer.
    DnsAnswer = 40,
}

/// The `n`-th number of `stream` under `seed`, uniform over all of `u64`.
#[must_use]
pub fn draw(seed: u64, stream: Stream, n: u64) -> u64 {
    mix(mix(mix(seed) ^ (stream as u64)) ^ n)
}

/// A draw in `0..bound`; zero for a bound of zero. The bias is below 2^-32 for bounds that fit
/// 32 bits, which all of ours do.
#[must_use]
pub fn draw_below(seed: u64, stream: Stream, n: u64, bound: u64) -> u64 {
    if bound == 0 {
        0
    } else {
        draw(seed, stream, n) % bound
    }
}

fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A 64-bit FNV-1a digest of text, for comparing event logs across targets.
#[must_use]
pub fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_numbers_are_independent_addresses() {
        assert_eq!(draw(7, Stream::Pull, 3), draw(7, Stream::Pull, 3));
        assert_ne!(draw(7, Stream::Pull, 3), draw(7, Stream::Pull, 4));
        assert_ne!(draw(7, Stream::Pull, 3), draw(7, Stream::HostPort, 3));
        assert_ne!(draw(7, Stream::Pull, 3), draw(8, Stream::Pull, 3));
    }

    #[test]
    fn digest_is_fnv1a() {
        // The published test vector of the FNV authors for the letter a.
        assert_eq!(digest(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
