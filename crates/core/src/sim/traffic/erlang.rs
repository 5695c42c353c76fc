//! The stationary M/M/c queue: chance to wait (Erlang's C formula) and mean number of requests.

/// Steps of Newton's method after which the root is taken as it is; five are enough in practice,
/// the rest are halvings in the worst case.
const ITERATIONS_MAX: u32 = 60;

/// The search ends when a step moves the root by less than this part of it and of what it lacks to
/// one. Newton's method squares its error, so what is left after such a step is in the last digits
/// of a double.
const TOLERANCE: f64 = 1e-8;

/// The chance to wait at a utilisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Erlang {
    /// Chance that a request finds every lane busy.
    pub(super) wait: f64,
    /// How fast that grows with utilisation.
    slope: f64,
}

impl Erlang {
    /// Erlang's C formula for `lanes` and utilisation `rho` in `0..=1`.
    pub(super) fn at(lanes: u32, rho: f64) -> Self {
        if rho <= 0.0 {
            let slope = if lanes == 1 { 1.0 } else { 0.0 };
            return Self { wait: 0.0, slope };
        }
        let load = f64::from(lanes) * rho;
        let inverse_load = 1.0 / load;
        // The inverse of Erlang's B, which the recursion gives without a division per lane. It
        // may overflow to infinity where nobody ever waits; what follows then gives zero.
        let mut inverse_blocked = 1.0;
        for lane in 1..=lanes {
            inverse_blocked = 1.0 + inverse_blocked * (f64::from(lane) * inverse_load);
        }
        if inverse_blocked > 1e150 {
            return Self {
                wait: 0.0,
                slope: 0.0,
            };
        }
        let idle = 1.0 - rho;
        let wait = 1.0 / (inverse_blocked * idle + rho);
        let falls = f64::from(lanes) * (-inverse_blocked * (idle / rho) - 1.0);
        let slope = -wait * wait * (falls * idle - inverse_blocked + 1.0);
        Self { wait, slope }
    }
}

/// Mean time from joining the queue to the end of service, in service times, below `rho` of 1.
pub(super) fn sojourn(lanes: u32, rho: f64) -> f64 {
    1.0 + Erlang::at(lanes, rho).wait / (f64::from(lanes) * (1.0 - rho))
}

/// What an implicit step of the fluid equation is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Balance {
    /// Number of lanes.
    pub(super) lanes: u32,
    /// Requests in the system before the step and those that join during it.
    pub(super) offered: f64,
    /// Requests that all lanes together finish in the step if they are never idle.
    pub(super) capacity: f64,
    /// Where to begin the search, such as the answer of the step before.
    pub(super) near: f64,
}

impl Balance {
    /// The utilisation `rho` at which what is offered is as much as what is worked off and what
    /// stays: `offered = capacity * rho + L(rho)`, `L` being the mean number of a stationary
    /// queue. It always exists and is unique, since both terms grow with `rho` and `L` has no
    /// bound.
    ///
    /// Both sides are multiplied by `1 - rho`, which takes the pole away. What is searched for is
    /// `1 - rho`, since a long queue is the inverse of it.
    pub(super) fn rho(&self) -> f64 {
        if self.offered <= 0.0 {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        let mut idle = self.first_guess();
        for _ in 0..ITERATIONS_MAX {
            let (value, slope) = self.excess(idle);
            if value > 0.0 {
                low = idle;
            } else {
                high = idle;
            }
            let newton = idle - value / slope;
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            let moved = (next - idle).abs();
            idle = next;
            let least = TOLERANCE * idle.min(1.0 - idle);
            if moved <= least.max(f64::EPSILON * idle) {
                break;
            }
        }
        1.0 - idle
    }

    fn first_guess(&self) -> f64 {
        let too_many = self.offered - self.capacity - f64::from(self.lanes);
        if too_many > 1.0 {
            1.0 / (1.0 + too_many)
        } else if self.near > 0.0 && self.near < 1.0 {
            1.0 - self.near
        } else {
            0.5
        }
    }

    /// By how much too little is offered for a share of idle lanes, times that share; and the
    /// slope of it.
    fn excess(&self, idle: f64) -> (f64, f64) {
        let rho = 1.0 - idle;
        let erlang = Erlang::at(self.lanes, rho);
        let linear = f64::from(self.lanes) + self.capacity;
        let excess = linear * rho - self.offered;
        let value = idle * excess + rho * erlang.wait;
        let slope = excess - idle * linear - erlang.wait - rho * erlang.slope;
        (value, slope)
    }
}
