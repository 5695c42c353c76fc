//! Load that changes: the mean backlog and the latency of what is answered, against the exact queue.

use super::super::{Histogram, REQUEST, Serving, Spread, Station};
use super::{check_page, exact};
use crate::time::{Instant, Millis};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const SERVICE_MS: f64 = 10.0;

/// Half a minute at 50 %, a minute at `peak`, a minute at 50 % again; requests a second.
fn profile(lanes: u32, peak: f64) -> Vec<f64> {
    let full = 1000.0 * f64::from(lanes) / SERVICE_MS;
    let parts = [(30, 0.5), (60, peak), (60, 0.5)];
    let seconds = parts.map(|(seconds, rho)| core::iter::repeat_n(full * rho, seconds));
    seconds.into_iter().flatten().collect()
}

/// Number in the queue at the end of each second, and latencies of the second's answers.
fn modelled(lanes: u32, rates: &[f64]) -> (Vec<f64>, Vec<Histogram>) {
    let serving = Serving {
        lanes,
        service_ms: SERVICE_MS,
        base: Millis::ZERO,
    };
    let mut station = Station::default();
    let step = |(second, rate): (usize, &f64)| {
        let from = Instant(second as u64 * 1000);
        let arrivals = (rate * REQUEST as f64) as u64;
        let to = from + Millis(1000);
        let stepped = station.step(from, to, arrivals, &serving, Millis::seconds(60));
        let mut histogram = Histogram::default();
        histogram.add(&Spread::of(&stepped.latency), stepped.answered);
        (station.waiting() as f64 / REQUEST as f64, histogram)
    };
    rates.iter().enumerate().map(step).unzip()
}

#[test]
fn a_backlog_grows_and_drains_as_the_exact_one_does() {
    let mut table = String::from(
        "| peak, lanes | largest backlog, exact | model | largest error on the way | p50 | p95 | p99 |\n|---|---|---|---|---|---|---|\n",
    );
    for (percent, lanes) in [(90, 1), (100, 1), (120, 1), (90, 4), (100, 4), (120, 4)] {
        let rates = profile(lanes, f64::from(percent) / 100.0);
        let exact = exact::course(
            lanes,
            SERVICE_MS,
            &rates,
            if percent > 100 { 60 } else { 300 },
        );
        let (number, histograms) = modelled(lanes, &rates);
        let largest = |numbers: &[f64]| numbers.iter().copied().fold(0.0, f64::max);
        let apart: Vec<f64> = number
            .iter()
            .zip(&exact.number)
            .map(|(model, exact)| (model - exact).abs())
            .collect();
        let top = largest(&exact.number);
        let worst = 100.0 * largest(&apart) / top;
        assert!(worst < 20.0, "{percent} % of {lanes} lanes: {worst}");
        let [p50, p95, p99] = errors_at_peak(&exact.latencies, &histograms);
        if percent > 100 {
            assert!(worst < 5.0 && p50.abs() < 5.0 && p95.abs() < 5.0 && p99.abs() < 5.0);
        }
        table += &format!(
            "| {percent} %, {lanes} | {top:.1} | {:.1} | {worst:.0} % | {p50:+.0} % | {p95:+.0} % | {p99:+.0} % |\n",
            largest(&number)
        );
    }
    check_page(&table);
}

/// Errors of p50, p95 and p99 over the whole peak, in percent.
fn errors_at_peak(exact: &[Vec<f64>], model: &[Histogram]) -> [f64; 3] {
    let mut times: Vec<f64> = exact[30..90].iter().flatten().copied().collect();
    times.sort_unstable_by(f64::total_cmp);
    let mut histogram = Histogram::default();
    for second in &model[30..90] {
        histogram.merge(second);
    }
    [0.5, 0.95, 0.99].map(|share| {
        let exact = times[(share * times.len() as f64) as usize];
        100.0 * (histogram.quantile(share).unwrap() / exact - 1.0)
    })
}
