//! Histograms: exact totals, percentiles within the width of a bucket.

use super::super::{Histogram, Latency, REQUEST, Spread};
use super::exact::Chance;

fn exponential(service_ms: f64) -> Latency {
    Latency {
        lanes: 1,
        service_ms,
        ..Latency::default()
    }
}

fn constant(base_ms: f64) -> Latency {
    Latency {
        base_ms,
        lanes: 1,
        ..Latency::default()
    }
}

#[test]
fn percentiles_are_those_of_the_distribution() {
    for service_ms in [0.5, 10.0, 3000.0] {
        for shift_ms in [0.0, 40.0] {
            let latency = Latency {
                shift_ms,
                rho: 0.7,
                ..exponential(service_ms)
            };
            let mut histogram = Histogram::default();
            histogram.add(&Spread::of(&latency), 1000 * REQUEST);
            for p in [0.1, 0.5, 0.9, 0.99] {
                let (got, exact) = (histogram.quantile(p).unwrap(), latency.quantile(p));
                assert!((got / exact - 1.0).abs() < 0.025, "{latency:?} {p}: {got}");
            }
            let mean = histogram.mean().unwrap();
            assert!((mean / latency.mean_ms() - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn totals_are_exact_however_small_the_parts() {
    let mut chance = Chance::new(3);
    let (mut whole, mut left, mut right) = <(Histogram, Histogram, Histogram)>::default();
    let mut spread = Spread::default();
    let mut total = 0;
    for _ in 0..2000 {
        let latency = Latency {
            shift_ms: chance.uniform() * 100.0,
            rho: chance.uniform(),
            ..exponential(chance.uniform() * 100.0)
        };
        let count = chance.whole(3) * chance.whole(3 * REQUEST);
        spread.refit(&latency);
        assert_eq!(spread, Spread::of(&latency));
        whole.add(&spread, count);
        let part = if chance.whole(2) == 0 {
            &mut left
        } else {
            &mut right
        };
        part.add(&spread, count);
        total += count;
    }
    assert_eq!(whole.count(), total);
    left.merge(&right);
    left.merge(&Histogram::default());
    assert_eq!((left.count(), left.mean()), (total, whole.mean()));
    for p in 0..=100 {
        let p = f64::from(p) / 100.0;
        assert_eq!(left.quantile(p), whole.quantile(p));
    }
    let mut empty = Histogram::default();
    empty.merge(&whole);
    assert_eq!(empty.count(), total);
    assert_eq!(empty.quantile(0.9), whole.quantile(0.9));
    // All counts are reached: the highest percentile is in the highest bucket in use.
    assert!(whole.quantile(1.0) >= whole.quantile(0.999));
}

#[test]
fn without_requests_there_is_no_latency() {
    let mut histogram = Histogram::default();
    histogram.add(&Spread::of(&constant(5.0)), 0);
    assert_eq!(histogram, Histogram::default());
    assert_eq!(histogram.quantile(0.5), None);
    assert_eq!(histogram.mean(), None);
    assert_eq!(histogram.max(), None);
}

#[test]
fn the_shortest_and_the_longest_have_a_bucket() {
    let mut histogram = Histogram::default();
    for base_ms in [0.0, 0.05, 1e6, 1e12] {
        histogram.add(&Spread::of(&constant(base_ms)), REQUEST);
    }
    assert_eq!(histogram.count(), 4 * REQUEST);
    assert!(histogram.quantile(0.2).unwrap() <= 0.1);
    let top = histogram.quantile(1.0).unwrap();
    assert!((1e6..1.05e6).contains(&top), "{top}");
}

#[test]
fn the_slowest_of_many_requests_is_in_the_tail() {
    let mut histogram = Histogram::default();
    let spread = Spread::of(&exponential(10.0));
    histogram.add(&spread, REQUEST / 2);
    assert!((histogram.max().unwrap() / (10.0 * libm::log(2.0)) - 1.0).abs() < 0.03);
    histogram.add(&spread, 10_000 * REQUEST - REQUEST / 2);
    // Half of one in ten thousand.
    assert!((histogram.max().unwrap() / (10.0 * libm::log(20_000.0)) - 1.0).abs() < 0.03);
}
