//! The books of traffic on random designs and faults: whatever happens, what came in was answered,
//! failed or waits, and going back in time changes nothing.

use super::anything::{MENDED, random};
use super::*;
use crate::sim::traffic::TrafficSource;
use serde_json::json;

/// Two sources on the sample's load balancer: one that waves and asks again, one that is steady
/// and keeps cookies.
fn sources() -> Vec<TrafficSource> {
    let text = json!([
        {"name": "browsers", "listener": "shop-alb:80",
            "requestsPerSecond": {"profile": "daily", "low": 5, "high": 90, "peakAt": "PT10M", "period": "PT40M"},
            "requests": [{"weight": 3, "path": "/"}, {"path": "/edges/1"}, {"path": "/primes/7"}],
            "retries": {"attempts": 2, "backoff": "PT0.7S"}},
        {"name": "apps", "listener": "shop-alb:80", "requestsPerSecond": 12.345,
            "requests": [{"path": "/primes/x"}], "session": "PT3M"}
    ]);
    crate::source::read(&text.to_string()).unwrap()
}

fn with_traffic(seed: u64) -> Recording {
    Recording {
        traffic: sources(),
        ..random(seed)
    }
}

#[test]
fn the_books_are_right_in_every_second_of_any_run() {
    for seed in 0..12 {
        let mut world = World::new(&with_traffic(seed));
        let mut log = Vec::new();
        let mut answered = 0;
        for second in 1..=MENDED + 600 {
            world.run(Instant(second * 1000), &mut log);
            let (totals, waiting) = world.traffic_totals();
            let accounted = totals.answered + totals.failed + waiting;
            assert_eq!(totals.received, accounted, "seed {seed}, second {second}");
            assert!(totals.answered >= answered, "seed {seed}, second {second}");
            answered = totals.answered;
        }
        assert!(answered > 0, "seed {seed}");
    }
}

#[test]
fn any_run_with_traffic_can_be_sought_through() {
    for seed in 0..4 {
        let recording = with_traffic(seed);
        let mut timeline = Timeline::new(recording.clone());
        timeline.seek(Instant(MENDED * 1000));
        for n in 0..6 {
            let to = Instant(draw_below(seed, Stream::Pull, n, MENDED * 1000));
            timeline.seek(to);
            let (straight, log) = simulate(&recording, to);
            assert!(
                timeline.world().traffic_second() == straight.traffic_second(),
                "seed {seed} at {to}"
            );
            assert_eq!(
                timeline.world().traffic_totals(),
                straight.traffic_totals(),
                "seed {seed} at {to}"
            );
            assert_eq!(timeline.events().len(), log.len(), "seed {seed} at {to}");
        }
    }
}

#[test]
fn once_everything_is_mended_requests_are_answered_again() {
    for seed in 0..12 {
        let mut world = World::new(&with_traffic(seed));
        let mut log = Vec::new();
        world.run(Instant((MENDED + 3000) * 1000), &mut log);
        let (before, _) = world.traffic_totals();
        world.run(Instant((MENDED + 3600) * 1000), &mut log);
        let (after, _) = world.traffic_totals();
        assert_eq!(
            after.failed - before.failed,
            0,
            "seed {seed}\n{}",
            story(&world, &log, "requests")
        );
        assert!(after.answered > before.answered, "seed {seed}");
    }
}
