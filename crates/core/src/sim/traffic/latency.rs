//! How long the requests that leave a station have taken, as a distribution in closed form.

use super::erlang::{Erlang, sojourn};

/// Utilisation above which a stationary queue is not asked for: its latency would have no end.
const RHO_MAX: f64 = 0.999_999;

/// Steps of bisection for a quantile; each halves the error, 52 exhaust a double.
const BISECTIONS: u32 = 52;

/// The latency of requests: a constant time, and the sojourn in a stationary M/M/c queue.
///
/// Two values are equal exactly if their distributions are, so a distribution that was computed
/// can be used again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Latency {
    /// Constant time outside the CPU in ms.
    pub base_ms: f64,
    /// Wait behind a backlog in ms, on top of the stationary wait.
    pub shift_ms: f64,
    /// CPU lanes, at least 1.
    pub lanes: u32,
    /// Mean CPU time of a request in ms; 0 for none.
    pub service_ms: f64,
    /// Utilisation of the stationary queue, `0..1`.
    pub rho: f64,
}

impl Latency {
    /// The share of requests that take at most `t_ms`.
    #[must_use]
    pub fn cdf(&self, t_ms: f64) -> f64 {
        let after = t_ms - self.least_ms();
        if after < 0.0 {
            0.0
        } else {
            1.0 - self.tail().beyond(after)
        }
    }

    /// Mean in ms.
    #[must_use]
    pub fn mean_ms(&self) -> f64 {
        self.least_ms() + self.service_ms * sojourn(self.lanes.max(1), self.rho_safe())
    }

    /// The latency in ms that a share `p` of requests does not exceed; `p` is held within
    /// `0..=0.999_999_999`, as there is no longest latency.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let beyond = 1.0 - p.clamp(0.0, 0.999_999_999);
        if self.service_ms <= 0.0 || beyond >= 1.0 {
            return self.least_ms();
        }
        let tail = self.tail();
        let (mut low, mut high) = (0.0, self.service_ms);
        while tail.beyond(high) > beyond {
            low = high;
            high *= 2.0;
        }
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if tail.beyond(middle) > beyond {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.least_ms() + 0.5 * (low + high)
    }

    /// The part that every request has in common, in ms.
    pub(super) fn least_ms(&self) -> f64 {
        self.base_ms + self.shift_ms
    }

    /// What comes on top of [`Latency::least_ms`].
    pub(super) fn tail(&self) -> Tail {
        let lanes = self.lanes.max(1);
        let rho = self.rho_safe();
        let slots = f64::from(lanes) * (1.0 - rho);
        Tail {
            wait: Erlang::at(lanes, rho).wait,
            per_ms: if self.service_ms > 0.0 {
                1.0 / self.service_ms
            } else {
                f64::INFINITY
            },
            slow: slots.min(1.0),
            apart: (slots - 1.0).max(1.0 - slots),
        }
    }

    fn rho_safe(&self) -> f64 {
        self.rho.clamp(0.0, RHO_MAX)
    }
}

/// Sojourn in a stationary M/M/c queue: with chance `wait` the sum of an exponential wait and an
/// exponential service, else the service alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    wait: f64,
    /// Rate of service per ms; infinite if service takes no time.
    per_ms: f64,
    /// The smaller of the rates of wait and service, in rates of service.
    slow: f64,
    /// By how much the greater exceeds it.
    apart: f64,
}

impl Tail {
    /// The share of requests whose sojourn is above `t_ms`, which is at least 0.
    ///
    /// The sum of two exponentials with rates a ≤ b is beyond t with chance
    /// `e^-at (1 + a (1 - e^-(b-a)t) / (b-a))`: this form has no cancellation, and where the
    /// rates coincide the fraction is t.
    pub(super) fn beyond(&self, t_ms: f64) -> f64 {
        if self.per_ms.is_infinite() {
            return 0.0;
        }
        let t = t_ms * self.per_ms;
        let alone = libm::exp(-t);
        if self.wait <= 0.0 {
            return alone;
        }
        let apart = self.apart * t;
        let spread = if apart > 1e-9 {
            -libm::expm1(-apart) / self.apart
        } else {
            t
        };
        let both = libm::exp(-self.slow * t) * (1.0 + self.slow * spread);
        ((1.0 - self.wait) * alone + self.wait * both).min(1.0)
    }
}
