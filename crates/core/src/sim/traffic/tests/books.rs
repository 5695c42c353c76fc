//! The books of a station: what arrived was answered, timed out, lost or waits, to the last
//! millionth, whatever happens.

use super::super::{Latency, Micro, REQUEST, Serving, Station, Stepped};
use super::exact::Chance;
use crate::time::{Instant, Millis};
use alloc::vec::Vec;

const SECOND: u64 = 1000;
const LONG: Millis = Millis::minutes(60);

fn serving(lanes: u32, service_ms: f64, base_ms: u64) -> Serving {
    Serving {
        lanes,
        service_ms,
        base: Millis(base_ms),
    }
}

/// A station with a clock.
#[derive(Default)]
struct Clocked {
    station: Station,
    now: Instant,
}

impl Clocked {
    fn step(
        &mut self,
        length: u64,
        arrivals: Micro,
        serving: &Serving,
        timeout: Millis,
    ) -> Stepped {
        let from = self.now;
        self.now = from + Millis(length);
        self.station
            .step(from, self.now, arrivals, serving, timeout)
    }
}

fn any_serving(chance: &mut Chance) -> Serving {
    let service_ms = match chance.whole(6) {
        0 => 0.0,
        1 => 1e-3,
        2 => f64::NAN,
        3 => 30_000.0,
        _ => chance.uniform() * 50.0,
    };
    let base = match chance.whole(3) {
        0 => 0,
        1 => chance.whole(100),
        _ => chance.whole(5000),
    };
    serving(chance.whole(9) as u32, service_ms, base)
}

fn any_arrivals(chance: &mut Chance) -> Micro {
    match chance.whole(5) {
        0 => 0,
        1 => chance.whole(5),
        2 => chance.whole(1_000_000) * REQUEST,
        _ => chance.whole(300 * REQUEST),
    }
}

#[test]
fn nothing_is_lost_or_made_in_any_course_of_events() {
    for seed in 0..60 {
        let mut chance = Chance::new(seed);
        let mut clocked = Clocked::default();
        let (mut arrived, mut settled) = (0, 0);
        let mut now_serving = any_serving(&mut chance);
        let mut timeout = Millis(chance.whole(6000));
        for step in 0..300 {
            if chance.whole(20) == 0 {
                now_serving = any_serving(&mut chance);
            }
            if chance.whole(30) == 0 {
                timeout = Millis(chance.whole(60_000));
            }
            if chance.whole(80) == 0 {
                settled += clocked.station.abandon();
                assert!(clocked.station.is_idle() && clocked.station.waiting() == 0);
            }
            let length = [0, 1, 250, SECOND][chance.whole(4) as usize];
            let arrivals = any_arrivals(&mut chance);
            let stepped = clocked.step(length, arrivals, &now_serving, timeout);
            arrived += arrivals;
            settled += stepped.answered + stepped.timed_out;
            let waiting = clocked.station.waiting();
            assert_eq!(arrived, settled + waiting, "seed {seed}, step {step}");
            let most = length as f64 * f64::from(now_serving.lanes.max(1));
            assert!(
                stepped.busy_ms <= most * (1.0 + 1e-12),
                "seed {seed}, step {step}"
            );
            assert!(stepped.latency.mean_ms().is_finite());
        }
        // Once nothing arrives and all is given up or served, nothing is left.
        let quick = serving(8, 0.0, 0);
        settled += clocked.step(SECOND, 0, &quick, LONG).answered;
        assert_eq!(arrived, settled, "seed {seed}");
        assert!(clocked.station.is_idle(), "seed {seed}");
    }
}

#[test]
fn a_request_is_answered_after_its_time_outside_the_cpu() {
    let mut clocked = Clocked::default();
    let slow = serving(1, 0.0, 2500);
    let answered: Vec<Micro> = [10 * REQUEST, 0, 0, 0]
        .map(|arrivals| clocked.step(SECOND, arrivals, &slow, LONG).answered)
        .into();
    assert_eq!(answered, [0, 0, 5 * REQUEST, 5 * REQUEST]);
}

#[test]
fn a_shorter_time_outside_lets_nobody_overtake() {
    let mut clocked = Clocked::default();
    clocked.step(SECOND, 10 * REQUEST, &serving(1, 0.0, 60_000), LONG);
    let stepped = clocked.step(SECOND, 3 * REQUEST, &serving(1, 0.0, 0), LONG);
    assert_eq!(stepped.answered, 13 * REQUEST);
}

#[test]
fn a_full_cpu_is_busy_all_the_time_and_its_backlog_is_the_wait() {
    let mut clocked = Clocked::default();
    let one = serving(1, 10.0, 20);
    for _ in 0..10 {
        clocked.step(SECOND, 200 * REQUEST, &one, LONG);
    }
    let stepped = clocked.step(SECOND, 200 * REQUEST, &one, LONG);
    assert!((stepped.busy_ms - 1000.0).abs() < 1.0, "{stepped:?}");
    // At twice of what it can do, who leaves at t came at t / 2: at 10.5 s, 5.25 s ago.
    let mean = stepped.latency.mean_ms();
    assert!((mean - 5250.0).abs() < 60.0, "{mean}");
}

#[test]
fn requests_that_nobody_waits_for_still_cost_cpu() {
    let mut clocked = Clocked::default();
    let one = serving(1, 10.0, 0);
    let timeout = Millis::seconds(2);
    let mut last = Stepped::default();
    for _ in 0..60 {
        last = clocked.step(SECOND, 200 * REQUEST, &one, timeout);
    }
    // The line is older than the time-out: all of the CPU goes into answers that nobody hears.
    assert_eq!(last.answered, 0);
    assert_eq!(last.timed_out, 200 * REQUEST);
    assert!((last.busy_ms - 1000.0).abs() < 1.0);
    // With the load gone the dead work is finished first, then answers come again.
    let mut seconds = 0;
    while last.answered == 0 && seconds < 300 {
        last = clocked.step(SECOND, 20 * REQUEST, &one, timeout);
        seconds += 1;
    }
    // 60 s × 100 requests too many, at 80 a second.
    assert!((70..=78).contains(&seconds), "{seconds}");
}

#[test]
fn a_step_in_parts_is_nearly_the_step() {
    let one = serving(2, 40.0, 100);
    let (mut whole, mut parts) = (Clocked::default(), Clocked::default());
    for _ in 0..30 {
        whole.step(SECOND, 60 * REQUEST, &one, LONG);
        for _ in 0..10 {
            parts.step(100, 6 * REQUEST, &one, LONG);
        }
    }
    let (whole, parts) = (whole.station.waiting(), parts.station.waiting());
    assert!(whole.abs_diff(parts) < parts / 50, "{whole} {parts}");
}

#[test]
fn stations_that_are_nearly_alike_have_one_latency() {
    let latency = |arrivals| -> Latency {
        let mut clocked = Clocked::default();
        let one = serving(1, 10.0, 0);
        let mut last = Stepped::default();
        for _ in 0..20 {
            last = clocked.step(SECOND, arrivals, &one, LONG);
        }
        last.latency
    };
    assert_eq!(latency(60 * REQUEST), latency(60 * REQUEST + 1));
    assert_eq!(latency(60 * REQUEST).lanes, 1);
}
