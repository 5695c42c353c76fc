//! Anomaly mitigation: who stands out, and how the weight goes down and comes back.

use super::super::{ANOMALY_WEIGHT_MIN, Anomaly, Outcomes, REQUEST, Seen};

fn outcomes(requests: u64, failed: u64) -> Outcomes {
    Outcomes {
        requests: requests * REQUEST,
        failed: failed * REQUEST,
    }
}

/// A target that fails `own` of 100 requests a second beside two that fail `others` of 200.
fn seen(own: u64, others: u64) -> Seen {
    Seen {
        own: outcomes(100, own),
        others: outcomes(200, others),
        healthy: 3,
        mitigates: true,
    }
}

fn after(seconds: u32, seen: &Seen) -> Anomaly {
    let mut anomaly = Anomaly::default();
    for _ in 0..seconds {
        anomaly.step(seen);
    }
    anomaly
}

#[test]
fn a_target_that_fails_alone_loses_its_weight_and_gets_it_back() {
    let mut anomaly = after(1, &seen(50, 0));
    assert!(anomaly.is_anomalous() && anomaly.is_mitigated());
    let mut weights = alloc::vec![1.0, anomaly.weight()];
    for _ in 0..60 {
        anomaly.step(&seen(50, 0));
        weights.push(anomaly.weight());
    }
    assert!(weights.is_sorted_by(|a, b| a >= b));
    assert_eq!(anomaly.weight(), f64::from(ANOMALY_WEIGHT_MIN) / 1e6);
    let mut seconds = 0;
    while anomaly.is_mitigated() && seconds < 1000 {
        let before = anomaly.weight();
        anomaly.step(&seen(0, 0));
        assert!(anomaly.is_anomalous() || anomaly.weight() > before);
        seconds += 1;
    }
    assert!((60..300).contains(&seconds), "{seconds}");
}

#[test]
fn errors_that_all_have_are_no_anomaly() {
    assert!(!after(60, &seen(50, 100)).is_anomalous());
    assert!(!after(60, &seen(50, 40)).is_anomalous());
    assert!(after(60, &seen(50, 20)).is_anomalous());
    assert!(!after(60, &seen(1, 0)).is_anomalous());
    assert!(!after(60, &seen(0, 0)).is_anomalous());
}

#[test]
fn two_targets_are_not_compared_and_other_algorithms_not_mitigated() {
    let two = Seen {
        healthy: 2,
        ..seen(100, 0)
    };
    assert!(!after(60, &two).is_anomalous());
    let unmitigated = Seen {
        mitigates: false,
        ..seen(100, 0)
    };
    let anomaly = after(60, &unmitigated);
    assert!(anomaly.is_anomalous() && !anomaly.is_mitigated());
    assert_eq!(anomaly.weight(), 1.0);
}
