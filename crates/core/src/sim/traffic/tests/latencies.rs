//! Latency percentiles of a stationary queue against the exact one.

use super::super::erlang::{Balance, sojourn};
use super::super::{Histogram, Latency, REQUEST, Serving, Spread, Station};
use super::exact::Chance;
use super::{check_page, exact};
use crate::time::{Instant, Millis};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const SERVICE_MS: f64 = 10.0;
const SHARES: [f64; 3] = [0.5, 0.95, 0.99];

/// A minute of latencies once the station has had two minutes to settle, as the model has them.
fn modelled(lanes: u32, rho: f64) -> Histogram {
    let serving = Serving {
        lanes,
        service_ms: SERVICE_MS,
        base: Millis::ZERO,
    };
    let rate = 1000.0 * rho * f64::from(lanes) / SERVICE_MS;
    let arrivals = (rate * REQUEST as f64) as u64;
    let (mut station, mut histogram) = (Station::default(), Histogram::default());
    let mut spread = Spread::default();
    for second in 0..180_u64 {
        let (from, to) = (Instant(second * 1000), Instant(second * 1000 + 1000));
        let stepped = station.step(from, to, arrivals, &serving, Millis::seconds(60));
        if second >= 120 {
            spread.refit(&stepped.latency);
            histogram.add(&spread, stepped.answered);
        }
    }
    histogram
}

/// Errors of p50, p95 and p99 in percent of the exact value.
fn errors(lanes: u32, rho: f64) -> [f64; 3] {
    // The busier, the longer one value depends on the one before.
    let requests = if rho > 0.75 { 1_500_000 } else { 150_000 };
    let times = exact::stationary(lanes, rho, SERVICE_MS, requests);
    let histogram = modelled(lanes, rho);
    SHARES.map(|share| {
        let exact = times[(share * times.len() as f64) as usize];
        100.0 * (histogram.quantile(share).unwrap() / exact - 1.0)
    })
}

#[test]
fn percentiles_of_a_stationary_queue_are_near_the_exact_ones() {
    let mut table =
        String::from("| CPU use | 1 lane | 2 lanes | 4 lanes | 8 lanes |\n|---|---|---|---|---|\n");
    for percent in [10, 30, 50, 70, 80, 90, 95] {
        table += &format!("| {percent} % |");
        for lanes in [1, 2, 4, 8] {
            let errors = errors(lanes, f64::from(percent) / 100.0);
            let bound = if percent <= 90 { 10.0 } else { 15.0 };
            assert!(
                errors.iter().all(|error| error.abs() < bound),
                "{percent} % of {lanes} lanes: {errors:?}"
            );
            let [p50, p95, p99] = errors;
            table += &format!(" {p50:+.1} / {p95:+.1} / {p99:+.1} |");
        }
        table.push('\n');
    }
    check_page(&table);
}

#[test]
fn the_distribution_is_that_of_textbooks() {
    // M/M/1: the sojourn is exponential with mean s / (1 - rho).
    let single = Latency {
        base_ms: 20.0,
        shift_ms: 5.0,
        lanes: 1,
        service_ms: 10.0,
        rho: 0.8,
    };
    assert!((single.mean_ms() - 75.0).abs() < 1e-9);
    assert!((single.cdf(75.0) - (1.0 - libm::exp(-1.0))).abs() < 1e-12);
    assert!((single.quantile(0.5) - (25.0 + 50.0 * libm::log(2.0))).abs() < 1e-9);
    assert_eq!(single.cdf(24.9), 0.0);
    // M/M/2 at one half: a third of all wait, and the two rates coincide.
    let double = Latency {
        lanes: 2,
        rho: 0.5,
        base_ms: 0.0,
        shift_ms: 0.0,
        ..single
    };
    assert!((double.mean_ms() - 40.0 / 3.0).abs() < 1e-9);
    let e = libm::exp(-1.0);
    assert!((double.cdf(10.0) - (1.0 - (2.0 * e / 3.0 + 2.0 * e / 3.0))).abs() < 1e-12);
}

#[test]
fn no_parameter_makes_a_distribution_senseless() {
    for lanes in [0, 1, 2, 7, 64, 1000] {
        for service_ms in [0.0, 1e-6, 3.0, 1e7] {
            for rho in [0.0, 1e-9, 0.3, 0.5, 0.499_999_999, 0.97, 1.0, 2.0] {
                let latency = Latency {
                    base_ms: 1.0,
                    shift_ms: 0.0,
                    lanes,
                    service_ms,
                    rho,
                };
                let points: Vec<f64> = (0..60).map(|at| latency.cdf(f64::from(at * at))).collect();
                assert!(points.is_sorted() && points.iter().all(|p| (0.0..=1.0).contains(p)));
                assert!(latency.mean_ms() >= 1.0 && latency.mean_ms().is_finite());
                let median = latency.quantile(0.5);
                let there = service_ms == 0.0 || (latency.cdf(median) - 0.5).abs() < 1e-6;
                assert!(there, "{latency:?} at {median}");
            }
        }
    }
}

#[test]
fn a_step_of_the_fluid_is_balanced() {
    let mut chance = Chance::new(4);
    for round in 0..3000 {
        let lanes = 1 + chance.whole(40) as u32;
        // From a millionth to a hundred million, each order of magnitude as likely.
        let mut magnitude = || libm::exp(chance.exponential(1.0) * 3.0 - 9.0).min(1e8);
        let (offered, capacity) = (magnitude(), magnitude());
        let near = chance.uniform();
        let balance = Balance {
            lanes,
            offered,
            capacity,
            near,
        };
        let rho = balance.rho();
        assert!((0.0..1.0).contains(&rho), "round {round}: {balance:?}");
        let stays = f64::from(lanes) * rho * sojourn(lanes, rho);
        let error = (capacity * rho + stays) / offered - 1.0;
        assert!(error.abs() < 1e-6, "round {round}: {balance:?} {error}");
    }
}
