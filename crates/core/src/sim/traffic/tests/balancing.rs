//! Shares of the three algorithms against exact choices, request by request.

use super::super::{LeastOutstanding, Micro, Outstanding, REQUEST, Serving, Station, split};
use super::check_page;
use super::exact::{Chance, Lanes, fewest, one_with_fewest};
use crate::time::{Instant, Millis};
use alloc::collections::BinaryHeap;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The largest difference between two lists of shares, in percent of all requests.
fn apart(one: &[f64], other: &[f64]) -> f64 {
    let pairs = one.iter().zip(other);
    100.0 * pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn shares(parts: &[Micro]) -> Vec<f64> {
    let total: Micro = parts.iter().sum();
    parts
        .iter()
        .map(|part| *part as f64 / total as f64)
        .collect()
}

#[test]
fn parts_add_up_and_are_in_proportion() {
    let mut chance = Chance::new(9);
    for _ in 0..2000 {
        let targets = 1 + chance.whole(40) as usize;
        let weights: Vec<f64> = (0..targets)
            .map(|_| match chance.whole(5) {
                0 => 0.0,
                1 => f64::NAN,
                2 => -1.0,
                _ => chance.uniform(),
            })
            .collect();
        let total = chance.whole(1000 * REQUEST);
        let parts = split(total, &weights);
        assert_eq!(parts.iter().sum::<Micro>(), total);
        let sum: f64 = weights.iter().filter(|weight| **weight > 0.0).sum();
        for (part, weight) in parts.iter().zip(&weights) {
            let share = if sum == 0.0 {
                1.0 / targets as f64
            } else if *weight > 0.0 {
                weight / sum
            } else {
                0.0
            };
            assert!(
                (*part as f64 - total as f64 * share).abs() <= 1.001,
                "{weights:?}"
            );
        }
    }
    assert!(split(REQUEST, &[]).is_empty());
    assert_eq!(split(u64::MAX, &[1.0, 0.0]), [u64::MAX, 0]);
}

#[test]
fn turns_and_weighted_draws_come_out_as_split_says() {
    let requests = 200_000;
    let (mut turns, mut drawn) = (vec![0; 5], vec![0; 5]);
    // The last target is in slow start or mitigated, with a quarter of its weight.
    let weights = [1.0, 1.0, 1.0, 1.0, 0.25];
    let sum: f64 = weights.iter().sum();
    let mut chance = Chance::new(1);
    // Turns with weights: each target is due when it has got less than its part.
    let mut due = [0.0; 5];
    for _ in 0..requests {
        let first = (1..5).fold(0, |best, at| if due[at] < due[best] { at } else { best });
        due[first] += 1.0 / weights[first];
        turns[first] += 1;
        let mut rest = chance.uniform() * sum;
        let target = weights.iter().position(|weight| {
            rest -= weight;
            rest < 0.0
        });
        drawn[target.unwrap()] += 1;
    }
    let model = shares(&split(1000 * REQUEST, &weights));
    assert!(apart(&shares(&turns), &model) < 0.01);
    assert!(apart(&shares(&drawn), &model) < 0.5);
}

const SECOND: Millis = Millis(1000);

/// A target that answers in `mean_ms`, whatever it has to do, and has `waiting` outstanding.
fn steady(mean_ms: f64, waiting: f64) -> Outstanding {
    Outstanding {
        serving: Serving {
            lanes: 1,
            service_ms: 0.0,
            base: Millis(mean_ms as u64),
        },
        waiting: (waiting * REQUEST as f64) as Micro,
    }
}

/// Response times of a group's targets.
fn groups() -> [(&'static str, Vec<f64>); 6] {
    let mixed = |fast: usize, slow: usize| {
        let mut means = vec![10.0; fast];
        means.extend(vec![100.0; slow]);
        means
    };
    [
        ("10, 100", mixed(1, 1)),
        ("10, 30", vec![10.0, 30.0]),
        ("10, 20, 40, 80", vec![10.0, 20.0, 40.0, 80.0]),
        ("7 × 10, 100", mixed(7, 1)),
        ("4 × 10, 4 × 100", mixed(4, 4)),
        ("10, 7 × 100", mixed(1, 7)),
    ]
}

#[test]
fn least_outstanding_shares_are_near_the_exact_ones() {
    let levels = [0.1, 0.3, 0.6, 1.0, 2.5, 4.0, 10.0, 30.0];
    let mut table = String::from("| response times in ms |");
    for level in levels {
        table += &format!(" {level} |");
    }
    table += &format!("\n|---|{}\n", "---|".repeat(levels.len()));
    for (name, means) in groups() {
        table += &format!("| {name} |");
        for level in levels {
            // So many outstanding on each if all had as many.
            let rate = level * means.iter().map(|mean| 1.0 / mean).sum::<f64>();
            let exact = fewest(rate, &means, 120_000);
            let mut model = LeastOutstanding::default();
            let targets: Vec<Outstanding> = means.iter().map(|mean| steady(*mean, level)).collect();
            let error = apart(&exact, model.shares(rate, SECOND, &targets));
            assert!(error < 1.3, "{name} at {level}: {error}");
            table += &format!(" {error:.1} |");
        }
        table.push('\n');
    }
    check_page(&table);
}

fn any_target(chance: &mut Chance) -> Outstanding {
    let service_ms = match chance.whole(4) {
        0 => 0.0,
        1 => 1e7,
        2 => 10.0,
        _ => chance.uniform() * 1000.0,
    };
    Outstanding {
        serving: Serving {
            lanes: chance.whole(5) as u32,
            service_ms,
            base: Millis(chance.whole(3) * chance.whole(100)),
        },
        waiting: chance.whole(2) * chance.whole(20_000) * REQUEST,
    }
}

#[test]
fn least_outstanding_is_equal_among_equals_and_sums_to_one() {
    let mut model = LeastOutstanding::default();
    let mut chance = Chance::new(2);
    for round in 0..150 {
        let targets = 1 + chance.whole(40) as usize;
        let mut targets: Vec<Outstanding> = (0..targets).map(|_| any_target(&mut chance)).collect();
        targets.push(targets[0]);
        let rate = [0.0, 1e-3, 0.1, 1.0, 100.0, 1e9][chance.whole(6) as usize];
        let shares = model.shares(rate, SECOND, &targets);
        assert_eq!(shares.len(), targets.len());
        let sum: f64 = shares.iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "round {round}: {sum}");
        assert!(shares.iter().all(|share| *share >= 0.0), "round {round}");
        assert_eq!(shares.first(), shares.last());
        let alike = vec![targets[0]; 7];
        assert!(apart(model.shares(rate, SECOND, &alike), &[1.0 / 7.0; 7]) < 1e-6);
    }
    assert!(model.shares(1.0, SECOND, &[]).is_empty());
}

#[test]
fn a_new_target_gets_everything_until_it_has_as_many_outstanding() {
    let target = |waiting| Outstanding {
        serving: Serving {
            lanes: 1,
            service_ms: 10.0,
            base: Millis::ZERO,
        },
        waiting: waiting * REQUEST,
    };
    let mut model = LeastOutstanding::default();
    let shares = model.shares(0.15, SECOND, &[target(1000), target(1000), target(0)]);
    assert_eq!(shares, [0.0, 0.0, 1.0]);
    let level = model.shares(0.6, SECOND, &[target(1000), target(1000), target(950)]);
    // Each answers 100; 600 more make all three 1083 and a third, less what was there.
    let due = [550.0 / 3.0, 550.0 / 3.0, 550.0 / 3.0 + 50.0];
    assert!(apart(level, &due.map(|due| due / 600.0)) < 0.1, "{level:?}");
}

/// Two tasks of unequal speed behind least outstanding requests, request by request: the share of
/// the first.
fn exact_tasks(rate_per_ms: f64, service_ms: [f64; 2], requests: usize) -> f64 {
    let mut chance = Chance::new(77);
    let mut lanes = service_ms.map(|service_ms| Lanes::new(1, service_ms));
    let (mut outstanding, mut got) = ([0_u32; 2], [0_u32; 2]);
    let mut answers: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut now = 0.0;
    for _ in 0..requests {
        now += chance.exponential(1.0 / rate_per_ms);
        while let Some(Reverse((at, target))) = answers.peek().copied() {
            if at as f64 / 1e6 > now {
                break;
            }
            outstanding[target] -= 1;
            answers.pop();
        }
        let target = one_with_fewest(&outstanding, &mut chance);
        outstanding[target] += 1;
        got[target] += 1;
        let done = lanes[target].serve(now, &mut chance);
        answers.push(Reverse(((done * 1e6) as u64, target)));
    }
    f64::from(got[0]) / requests as f64
}

/// The same by the model, second by second: the mean share and how far it swings.
fn modelled_tasks(rate_per_ms: f64, service_ms: [f64; 2]) -> (f64, f64) {
    let servings = service_ms.map(|service_ms| Serving {
        lanes: 1,
        service_ms,
        base: Millis::ZERO,
    });
    let mut stations = [Station::default(), Station::default()];
    let mut balancer = LeastOutstanding::default();
    let total = (rate_per_ms * 1000.0 * REQUEST as f64) as u64;
    let mut seen = Vec::new();
    for second in 0..120_u64 {
        let from = Instant(second * 1000);
        let targets = [0, 1].map(|at: usize| Outstanding {
            serving: servings[at],
            waiting: stations[at].waiting(),
        });
        let parts = split(total, balancer.shares(rate_per_ms, SECOND, &targets));
        for at in 0..2 {
            let (to, timeout) = (from + SECOND, Millis::seconds(60));
            stations[at].step(from, to, parts[at], &servings[at], timeout);
        }
        seen.push(parts[0] as f64 / total as f64);
    }
    let late = &seen[60..];
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    let swing = late
        .iter()
        .fold(0.0_f64, |most, share| most.max((share - mean).abs()));
    (mean, swing)
}

#[test]
fn shares_and_queues_together_settle_near_the_exact_ones() {
    let mut table =
        String::from("| CPU use of both | exact | model | swing |\n|---|---|---|---|\n");
    for percent in [20, 50, 70, 80, 90] {
        let service_ms = [10.0, 20.0];
        let rate = f64::from(percent) / 100.0 * (0.1 + 0.05);
        let exact = exact_tasks(rate, service_ms, 200_000);
        let (model, swing) = modelled_tasks(rate, service_ms);
        assert!((exact - model).abs() < 0.01 && swing < 0.001, "{percent} %");
        table += &format!(
            "| {percent} % | {:.1} % | {:.1} % | {:.1} |\n",
            100.0 * exact,
            100.0 * model,
            100.0 * swing
        );
    }
    check_page(&table);
}
