//! Sharing requests among targets by weight (load-balancing-and-scaling.md 2.7).
//!
//! All three algorithms end here; they differ in their weights. Round robin: 1 for each target, or
//! what slow start (2.5) leaves of it. Weighted random: what anomaly mitigation leaves
//! ([`super::Anomaly::weight`]). Least outstanding requests: [`super::LeastOutstanding`].

use super::Micro;
use alloc::vec;
use alloc::vec::Vec;

/// Shares `total` in proportion to `weights`, to the last millionth: the parts add up to `total`
/// and each is within one millionth of its exact share.
///
/// A weight that is negative or no number counts as 0. If all are 0 the parts are equal, since
/// somebody has to take the requests; without targets there are no parts.
#[must_use]
pub fn split(total: Micro, weights: &[f64]) -> Vec<Micro> {
    let mut sum: f64 = weights.iter().copied().map(positive).sum();
    let equal = sum <= 0.0;
    if equal {
        sum = weights.len() as f64;
    }
    let mut parts = vec![0; weights.len()];
    // Differences of rounded running sums: whatever was rounded up is missing in the next part.
    let (mut weight, mut given) = (0.0, 0);
    for (part, own) in parts.iter_mut().zip(weights) {
        weight += if equal { 1.0 } else { positive(*own) };
        let upto = portion(total, weight / sum);
        *part = upto - given;
        given = upto;
    }
    parts
}

fn positive(weight: f64) -> f64 {
    if weight > 0.0 && weight.is_finite() {
        weight
    } else {
        0.0
    }
}

fn portion(total: Micro, share: f64) -> Micro {
    if share >= 1.0 {
        total
    } else {
        ((total as f64 * share + 0.5) as Micro).min(total)
    }
}
