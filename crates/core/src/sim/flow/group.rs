//! The flow through one target group: its share of every source, spread over its targets.
//!
//! Amounts are integers in millionths of a request, so that what came in is at every moment what
//! was answered, what failed and what waits. Shares are fractions of 2^32, cumulative, so that a
//! split adds up to the whole.

use super::count::Cell;
use crate::control::RequestFailure;
use crate::id::{InstanceIx, LoadBalancerIx, ServiceIx, TaskId, ZoneIx};
use crate::sim::traffic::{Anomaly, Latency, LeastOutstanding, Micro, Serving, Station};
use crate::time::{Instant, Millis};
use crate::units::Resources;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// One as a share.
pub(super) const WHOLE: u64 = 1 << 32;

/// How a target takes requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Conduct {
    /// It serves.
    Serves,
    /// It was told to stop: it finishes what it has and takes no new connection.
    Finishes,
    /// Its container does not listen.
    Refuses,
    /// Nothing comes back from its address.
    Dark,
}

/// A target as the flow knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) task: TaskId,
    pub(super) service: ServiceIx,
    pub(super) zone: ZoneIx,
    pub(super) host: InstanceIx,
    /// What it reserves.
    pub(super) reserved: Resources,
    /// Whether it is held to the CPU that it reserves.
    pub(super) is_limited: bool,
    /// Memory in MiB that it takes without work, and for each request in flight.
    pub(super) memory_mib: (f64, f64),
    pub(super) conduct: Conduct,
    pub(super) serving: Serving,
    /// CPU time of one request in vCPU-milliseconds, whatever the lanes.
    pub(super) cpu_ms: f64,
    /// Share of answers that are errors, in millionths.
    pub(super) errors_ppm: u32,
    /// Whether new requests may go to it: it is registered and does not drain.
    pub(super) is_open: bool,
    /// Whether the load balancer holds it for healthy.
    pub(super) is_healthy: bool,
    /// Since when it is healthy.
    pub(super) healthy_since: Instant,
    /// Whether its share grows from then on (slow start).
    pub(super) starts_slowly: bool,
    /// Whether no check has decided about it yet.
    pub(super) is_initial: bool,
    /// Its share by the algorithm alone, whoever keeps to it.
    pub(super) drawn: f64,
    /// Where its share ends among those of all; it begins where that of the one before ends.
    pub(super) share_end: u64,
    /// Share of the clients that keep to a target which keep to this one.
    pub(super) pinned: f64,
    pub(super) station: Station,
    pub(super) latency: Latency,
    pub(super) anomaly: Anomaly,
    /// This second's outcome.
    pub(super) second: MemberSecond,
}

/// What one target did in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct MemberSecond {
    pub(super) received: Micro,
    /// Requests that it answered, its errors among them.
    pub(super) done: Micro,
    /// Its errors, and what it did not answer.
    pub(super) errors: Micro,
    /// What it did not answer: refused, or too late.
    pub(super) unanswered: Micro,
    /// CPU that it used, in vCPU-milliseconds: requests that nobody waits for any more cost some
    /// too.
    pub(super) cpu_ms: f64,
}

/// A part of a source that a group gets: between two shares of its arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Feed {
    pub(super) source: usize,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Requests that came to nothing before a target was chosen, and where their share ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) failure: RequestFailure,
    pub(super) share_end: u64,
}

/// The flow through one target group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GroupFlow {
    pub(super) balancer: LoadBalancerIx,
    /// A request without answer fails after this time.
    pub(super) idle_timeout: Millis,
    pub(super) feeds: Vec<Feed>,
    /// By task.
    pub(super) members: Vec<Member>,
    /// Behind the shares of all members.
    pub(super) lost: Vec<Lost>,
    /// Requests that hang and when they fail.
    pub(super) hung: BTreeMap<(Instant, RequestFailure, ZoneIx), Micro>,
    /// Up to when it was played.
    pub(super) at: Instant,
    /// Of which sources and attempts the requests of this second are, by weight.
    pub(super) arriving: Vec<Asker>,
    /// Those of the requests in flight when it began, as if they were well mixed.
    pub(super) in_flight: Vec<Asker>,
    /// What failed in this second, for those who ask again.
    pub(super) failed: Micro,
    /// All that ever came in, was answered and failed.
    pub(super) totals: Totals,
    /// What became of requests in this second, by the zone of their target.
    pub(super) cells: BTreeMap<Option<ZoneIx>, Cell>,
    /// What was found of least outstanding requests, by the zone of the node.
    pub(super) outstanding: BTreeMap<ZoneIx, LeastOutstanding>,
    /// Whether it has just got its first requests: nobody has looked at its targets yet.
    pub(super) is_fresh: bool,
    /// Whether DNS had taken a node of its load balancer away a second ago.
    pub(super) had_node_down: bool,
}

/// Source, attempt and weight of requests. A source that is gone is [`GONE`].
pub(super) type Asker = (usize, u32, u64);

/// The place of a source that is gone: nobody asks again for it.
pub(super) const GONE: usize = usize::MAX;

/// What became of requests since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests that came in, retries among them.
    pub received: Micro,
    /// Requests that were answered, with whatever status the target chose but 5xx.
    pub answered: Micro,
    /// Requests that failed.
    pub failed: Micro,
}

/// Something that failed, for the list of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) failure: RequestFailure,
    pub(super) task: Option<TaskId>,
    pub(super) count: Micro,
}

/// The part of `total` between two shares.
pub(super) fn part(total: Micro, from: u64, to: u64) -> Micro {
    let up_to = |share: u64| ((u128::from(total) * u128::from(share)) >> 32) as u64;
    up_to(to) - up_to(from)
}

impl GroupFlow {
    pub(super) fn new(balancer: LoadBalancerIx, now: Instant) -> Self {
        Self {
            balancer,
            idle_timeout: Millis::ZERO,
            feeds: Vec::new(),
            members: Vec::new(),
            lost: Vec::new(),
            hung: BTreeMap::new(),
            at: now,
            arriving: Vec::new(),
            in_flight: Vec::new(),
            failed: 0,
            totals: Totals::default(),
            cells: BTreeMap::new(),
            outstanding: BTreeMap::new(),
            is_fresh: true,
            had_node_down: false,
        }
    }

    /// Requests that wait for an answer.
    pub(super) fn waiting(&self) -> Micro {
        let stations = self.members.iter().map(|it| it.station.waiting());
        stations.sum::<Micro>() + self.hung.values().sum::<Micro>()
    }

    fn cell(&mut self, zone: Option<ZoneIx>) -> &mut Cell {
        self.cells.entry(zone).or_default()
    }

    fn fail(&mut self, zone: Option<ZoneIx>, failed: Failed, told: &mut Vec<Failed>) {
        if failed.count == 0 {
            return;
        }
        self.totals.failed += failed.count;
        self.failed += failed.count;
        self.cell(zone).fail(failed.failure, failed.count);
        told.push(failed);
    }

    /// Plays on to `to` with `inflow` requests on the way.
    pub(super) fn advance(
        &mut self,
        to: Instant,
        inflow: Micro,
        connect_timeout: Millis,
        told: &mut Vec<Failed>,
    ) {
        let from = self.at;
        self.at = to;
        self.totals.received += inflow;
        let mut begins = 0;
        for at in 0..self.members.len() {
            let ends = self.members[at].share_end;
            let arrivals = part(inflow, begins, ends);
            begins = ends;
            self.serve(at, (from, to), (arrivals, connect_timeout), told);
        }
        for at in 0..self.lost.len() {
            let Lost { failure, share_end } = self.lost[at];
            let count = part(inflow, begins, share_end);
            begins = share_end;
            let task = None;
            self.fail(
                None,
                Failed {
                    failure,
                    task,
                    count,
                },
                told,
            );
        }
        self.give_up(to, told);
    }

    /// What hung long enough fails.
    fn give_up(&mut self, now: Instant, told: &mut Vec<Failed>) {
        while let Some(entry) = self.hung.first_entry().filter(|it| it.key().0 <= now) {
            let ((_, failure, zone), count) = entry.remove_entry();
            let task = None;
            self.fail(
                Some(zone),
                Failed {
                    failure,
                    task,
                    count,
                },
                told,
            );
        }
    }

    fn hang(&mut self, at: Instant, failure: RequestFailure, count: Micro, zone: ZoneIx) {
        if count > 0 {
            *self.hung.entry((at, failure, zone)).or_default() += count;
        }
    }

    fn serve(
        &mut self,
        at: usize,
        (from, to): (Instant, Instant),
        (arrivals, connect_timeout): (Micro, Millis),
        told: &mut Vec<Failed>,
    ) {
        let idle_timeout = self.idle_timeout;
        let member = &mut self.members[at];
        let (task, zone) = (Some(member.task), member.zone);
        member.second.received += arrivals;
        let taken = match member.conduct {
            Conduct::Serves => arrivals,
            Conduct::Finishes | Conduct::Refuses | Conduct::Dark => 0,
        };
        let refused = arrivals - taken;
        let conduct = member.conduct;
        if taken > 0 || !member.station.is_idle() {
            let stepped = member
                .station
                .step(from, to, taken, &member.serving, idle_timeout);
            let errors =
                (u128::from(stepped.answered) * u128::from(member.errors_ppm) / 1_000_000) as u64;
            let well = stepped.answered - errors;
            member.latency = stepped.latency;
            member.second.done += stepped.answered;
            member.second.errors += errors + stepped.timed_out;
            member.second.unanswered += stepped.timed_out;
            let whole = member.serving.service_ms;
            if whole > 0.0 {
                member.second.cpu_ms += stepped.busy_ms * member.cpu_ms / whole;
            }
            self.totals.answered += well;
            self.cell(Some(zone)).answer(&stepped.latency, well, errors);
            let failed = |failure, count| Failed {
                failure,
                task,
                count,
            };
            let by_target = failed(RequestFailure::TargetError, errors);
            self.fail(Some(zone), by_target, told);
            let too_late = failed(RequestFailure::IdleTimeout, stepped.timed_out);
            self.fail(Some(zone), too_late, told);
        }
        if refused == 0 {
            return;
        }
        let second = &mut self.members[at].second;
        second.errors += refused;
        second.unanswered += refused;
        match conduct {
            Conduct::Dark => {
                let late = to + connect_timeout;
                self.hang(late, RequestFailure::ConnectTimeout, refused, zone);
            }
            Conduct::Serves | Conduct::Finishes | Conduct::Refuses => {
                let failure = RequestFailure::ConnectionRefused;
                let count = refused;
                self.fail(
                    Some(zone),
                    Failed {
                        failure,
                        task,
                        count,
                    },
                    told,
                );
            }
        }
    }

    /// What a target has in flight comes to nothing: at once, or, where nobody tells the load
    /// balancer, at its idle timeout.
    pub(super) fn abandon(&mut self, at: usize, failure: RequestFailure, told: &mut Vec<Failed>) {
        let member = &mut self.members[at];
        let (count, zone, task) = (member.station.abandon(), member.zone, Some(member.task));
        if failure == RequestFailure::IdleTimeout {
            self.hang(self.at + self.idle_timeout, failure, count, zone);
        } else {
            self.fail(
                Some(zone),
                Failed {
                    failure,
                    task,
                    count,
                },
                told,
            );
        }
    }
}
