//! One task as a queueing station: requests in flight as cohorts in a line, worked off by CPU lanes.
//!
//! A request spends a constant time outside the CPU and then joins a first-come queue with one or
//! more lanes and exponential service (M/M/c). The number of requests in that queue follows the
//! pointwise stationary fluid approximation: what leaves per unit of time is what would leave a
//! stationary queue with that mean number. It deliberately knows no single request, draws
//! nothing and limits no backlog.

use super::erlang::{Balance, sojourn};
use super::latency::Latency;
use super::{Micro, REQUEST};
use crate::time::{Instant, Millis};
use alloc::collections::VecDeque;

/// Mean length of the part of a queue that chance makes, in standard deviations of a walk that
/// goes up with each arrival and down with each service since the queue was last empty. What is
/// queued beyond is a backlog that all wait for. Our choice: at one half, the percentiles of a
/// queue at exactly 100 % are within a tenth of those of the walk held above zero, which is what
/// such a queue is.
pub const CHANCE_PART: f64 = 0.5;

/// Steps between 0 and 1 to which utilisation is rounded in a [`Latency`], so that stations that
/// differ by some millionths of a request have one and the same distribution. At 97 % the wait
/// changes by less than 0.3 %.
const RHO_STEPS: f64 = 8192.0;

/// Where nobody comes any more, less than this is done at once, in millionths of a request: a fluid
/// queue empties ever more slowly, and its last drops are no request that could fail.
const CRUMBS: Micro = REQUEST / 1000;

/// How a task serves requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// CPU lanes that work at the same time; 0 is taken as 1.
    pub lanes: u32,
    /// Mean CPU time of one request on one lane in ms, exponentially distributed; 0 (and what is
    /// no number) for requests that cost no CPU.
    pub service_ms: f64,
    /// Constant time of a request outside the CPU, before it queues for it.
    pub base: Millis,
}

/// What one segment brought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stepped {
    /// Requests answered in time.
    pub answered: Micro,
    /// Requests that the load balancer gave up on in this segment.
    pub timed_out: Micro,
    /// CPU time used in lane-milliseconds, at most lanes times the length of the segment.
    pub busy_ms: f64,
    /// How long those that were answered took, or would have if there were any.
    pub latency: Latency,
}

/// The requests that arrived in one segment, spread evenly over it. The positions run from 0 to
/// `total` and never fall; those before a position are past that stage.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cohort {
    from: Instant,
    to: Instant,
    total: Micro,
    /// Up to here the time outside the CPU is over.
    entered: Micro,
    /// Up to here the CPU is done with them.
    gone: Micro,
    /// Up to here the load balancer has given up on those that were not gone.
    given_up: Micro,
}

/// The queue of one task.
///
/// At every moment what has arrived is what was answered, timed out or abandoned, and
/// [`Station::waiting`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Station {
    /// What is in flight, oldest first.
    line: VecDeque<Cohort>,
    /// Requests before the line that wait for the CPU though nobody waits for them.
    zombies: Micro,
    /// Requests in the CPU stage: the zombies and the head of the line.
    in_cpu: Micro,
    /// Requests in the line that are not given up.
    waiting: Micro,
    /// The first cohort that is not wholly in the CPU stage.
    entering: usize,
    /// The first cohort that is not wholly given up.
    doubtful: usize,
    /// Utilisation at the end of the last step.
    rho: f64,
    /// Variance of the walk of [`CHANCE_PART`], no more than the queue's length explains.
    variance: f64,
    /// Number of requests that is left without the backlog; `None` if there is no backlog.
    beside_backlog: Option<f64>,
    /// The last solution, since in a steady stream it is the next one as well.
    solved: Solved,
}

/// One step of the fluid equation with what it depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Solved {
    offered: Micro,
    capacity: f64,
    lanes: u32,
    served: Micro,
    rho: f64,
}

/// What the CPU was done with in one segment.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    answered: Micro,
    /// Sum of the ages of those answered, in ms times millionths of a request.
    ages: f64,
}

impl Serving {
    pub(super) fn lanes(&self) -> u32 {
        self.lanes.max(1)
    }

    pub(super) fn service_ms(&self) -> f64 {
        if self.service_ms > 0.0 && self.service_ms.is_finite() {
            self.service_ms
        } else {
            0.0
        }
    }
}

impl Cohort {
    /// How many of them arrived at or before `bound`.
    fn reached(&self, bound: Instant) -> Micro {
        if bound >= self.to {
            return self.total;
        }
        let (part, whole) = (bound.since(self.from).0, self.to.since(self.from).0.max(1));
        match self.total.checked_mul(part) {
            Some(product) => product / whole,
            None => (u128::from(self.total) * u128::from(part) / u128::from(whole)) as u64,
        }
    }

    /// Mean moment in ms at which the `part` that begins at position `gone` arrived.
    fn arrived_ms(&self, part: Micro) -> f64 {
        let middle = (self.gone as f64 + 0.5 * part as f64) / self.total as f64;
        self.from.0 as f64 + middle * self.to.since(self.from).0 as f64
    }
}

impl Station {
    /// Requests in flight that the load balancer still waits for.
    #[must_use]
    pub fn waiting(&self) -> Micro {
        self.waiting
    }

    /// Whether nothing is in flight, not even a request that nobody waits for.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.line.is_empty() && self.zombies == 0
    }

    /// Requests that wait for the CPU or are on it, those included that were given up.
    #[must_use]
    pub fn in_cpu(&self) -> Micro {
        self.in_cpu
    }

    /// Everything in flight is lost, as when the task is killed; returns those that were still
    /// waited for.
    pub fn abandon(&mut self) -> Micro {
        let lost = self.waiting;
        self.line.clear();
        *self = Self {
            line: core::mem::take(&mut self.line),
            ..Self::default()
        };
        lost
    }

    /// Advances over the segment from `from` to `to`, which begins where the last one ended and
    /// is at most a second long, with `arrivals` spread evenly over it.
    ///
    /// `serving` and `timeout` hold for the segment and may differ from those before; requests
    /// stay in their order. A request is given up at the first end of a segment at which it is
    /// `timeout` old. Of a stationary queue only the mean is held against `timeout`: the share of
    /// requests that exceed it by chance is neglected.
    pub fn step(
        &mut self,
        from: Instant,
        to: Instant,
        arrivals: Micro,
        serving: &Serving,
        timeout: Millis,
    ) -> Stepped {
        self.arrive(from, to, arrivals);
        let entered = self.enter(to, serving.base);
        let served = self.serve(entered, to.since(from), serving);
        let beside_before = self.beside_backlog;
        self.walk(entered, served, serving.lanes());
        let left = self.leave(served, from, to);
        let timed_out = self.give_up(to, timeout);
        self.waiting -= left.answered + timed_out;
        Stepped {
            answered: left.answered,
            timed_out,
            busy_ms: requests(served) * serving.service_ms(),
            latency: self.latency(beside_before, &left, serving),
        }
    }

    fn arrive(&mut self, from: Instant, to: Instant, arrivals: Micro) {
        if arrivals == 0 {
            return;
        }
        self.waiting += arrivals;
        self.line.push_back(Cohort {
            from,
            to,
            total: arrivals,
            entered: 0,
            gone: 0,
            given_up: 0,
        });
    }

    /// Moves those into the CPU stage whose time outside is over at `to`; returns how many.
    fn enter(&mut self, to: Instant, base: Millis) -> Micro {
        let Some(bound) = to.0.checked_sub(base.0).map(Instant) else {
            return 0;
        };
        let mut entered = 0;
        while let Some(cohort) = self.line.get_mut(self.entering) {
            let position = cohort.reached(bound).max(cohort.entered);
            entered += position - cohort.entered;
            cohort.entered = position;
            if position < cohort.total {
                break;
            }
            self.entering += 1;
        }
        entered
    }

    /// Steps the fluid equation; returns how many the CPU is done with.
    fn serve(&mut self, entered: Micro, length: Millis, serving: &Serving) -> Micro {
        let offered = self.in_cpu + entered;
        let service_ms = serving.service_ms();
        if service_ms <= 0.0 {
            (self.in_cpu, self.rho) = (0, 0.0);
            return offered;
        }
        let lanes = serving.lanes();
        let capacity = length.0 as f64 * f64::from(lanes) / service_ms;
        let known = &self.solved;
        if known.offered != offered || known.capacity != capacity || known.lanes != lanes {
            let near = self.rho;
            let balance = Balance {
                lanes,
                offered: requests(offered),
                capacity,
                near,
            };
            let rho = balance.rho();
            self.solved = Solved {
                offered,
                capacity,
                lanes,
                // Rounded down: the CPU never does more than it can.
                served: ((capacity * rho * REQUEST as f64) as Micro).min(offered),
                rho,
            };
        }
        self.rho = self.solved.rho;
        self.in_cpu = offered - self.solved.served;
        if entered == 0 && self.in_cpu < CRUMBS && requests(offered) <= capacity {
            (self.in_cpu, self.rho) = (0, 0.0);
        }
        offered - self.in_cpu
    }

    /// Tells a backlog from what chance makes of the queue's length.
    fn walk(&mut self, entered: Micro, served: Micro, lanes: u32) {
        let number = requests(self.in_cpu);
        let queued = (number - self.rho * f64::from(lanes)).max(0.0);
        let explained = queued / CHANCE_PART;
        self.variance += requests(entered) + requests(served);
        if self.variance >= explained * explained {
            self.variance = explained * explained;
            self.beside_backlog = None;
        } else {
            let by_chance = CHANCE_PART * libm::sqrt(self.variance);
            self.beside_backlog = Some(number - queued + by_chance);
        }
    }

    /// Takes `served` off the head of the line, at an even pace over the segment.
    fn leave(&mut self, served: Micro, from: Instant, to: Instant) -> Left {
        let pace = to.since(from).0 as f64 / served.max(1) as f64;
        let dead = self.zombies.min(served);
        self.zombies -= dead;
        let mut left = Left::default();
        let mut rest = served - dead;
        while rest > 0 {
            let Some(cohort) = self.line.front_mut() else {
                break;
            };
            let lost = cohort.given_up.min(cohort.entered);
            let dead = rest.min(lost.saturating_sub(cohort.gone));
            cohort.gone += dead;
            rest -= dead;
            let alive = rest.min(cohort.entered - cohort.gone);
            if alive > 0 {
                let middle = (served - rest) as f64 + 0.5 * alive as f64;
                let departed = from.0 as f64 + pace * middle;
                left.ages += alive as f64 * (departed - cohort.arrived_ms(alive));
                left.answered += alive;
            }
            cohort.gone += alive;
            rest -= alive;
            if cohort.gone < cohort.total {
                break;
            }
            self.pop();
        }
        left
    }

    /// Gives up on all that are `timeout` old at `to` and still in flight; returns how many.
    fn give_up(&mut self, to: Instant, timeout: Millis) -> Micro {
        let Some(bound) = to.0.checked_sub(timeout.0).map(Instant) else {
            return 0;
        };
        let mut timed_out = 0;
        while let Some(cohort) = self.line.get_mut(self.doubtful) {
            let settled = cohort.given_up.max(cohort.gone);
            let position = cohort.reached(bound).max(settled);
            timed_out += position - settled;
            cohort.given_up = position;
            if position < cohort.total {
                break;
            }
            self.doubtful += 1;
        }
        self.bury();
        timed_out
    }

    /// Of cohorts that nobody waits for only the number matters once they are in the CPU stage,
    /// so that the line is no longer than a time-out and the time outside the CPU.
    fn bury(&mut self) {
        while self.doubtful > 0 && self.entering > 0 {
            if let Some(cohort) = self.line.front() {
                self.zombies += cohort.total - cohort.gone;
            }
            self.pop();
        }
    }

    fn pop(&mut self) {
        self.line.pop_front();
        self.entering = self.entering.saturating_sub(1);
        self.doubtful = self.doubtful.saturating_sub(1);
    }

    fn latency(&self, beside_before: Option<f64>, left: &Left, serving: &Serving) -> Latency {
        let mut latency = Latency {
            base_ms: serving.base.0 as f64,
            shift_ms: 0.0,
            lanes: serving.lanes(),
            service_ms: serving.service_ms(),
            rho: coarse(self.rho),
        };
        // Those that leave while the last of a backlog drains have waited for it.
        let beside = self.beside_backlog.or(beside_before);
        if let Some(offered) = beside.filter(|_| latency.service_ms > 0.0) {
            let balance = Balance {
                lanes: latency.lanes,
                offered,
                capacity: 0.0,
                near: self.rho,
            };
            latency.rho = coarse(balance.rho());
            latency.shift_ms = self.shift_ms(left, &latency);
        }
        latency
    }

    /// What the age of those that leave has beyond the stationary part of `latency`.
    fn shift_ms(&self, left: &Left, latency: &Latency) -> f64 {
        let per_request = latency.service_ms / f64::from(latency.lanes);
        let in_cpu_ms = if left.answered > 0 {
            left.ages / left.answered as f64 - latency.base_ms
        } else {
            requests(self.in_cpu) * per_request
        };
        let stationary_ms = latency.service_ms * sojourn(latency.lanes, latency.rho);
        // A whole number of requests ahead, so that stations in the same state are alike.
        whole((in_cpu_ms - stationary_ms) / per_request) * per_request
    }
}

/// Utilisation in steps of [`RHO_STEPS`], below 1.
fn coarse(rho: f64) -> f64 {
    whole(rho * RHO_STEPS).min(RHO_STEPS - 1.0) / RHO_STEPS
}

pub(super) fn requests(amount: Micro) -> f64 {
    amount as f64 / REQUEST as f64
}

/// The nearest whole number, 0 for what is negative.
fn whole(value: f64) -> f64 {
    (value + 0.5) as u64 as f64
}
