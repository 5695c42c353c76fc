//! Workloads that cannot be, told at their place; the rest runs.

use super::*;
use serde_json::{Value, json};

/// What is found with this workload of the sample's service.
fn with(workload: &Value) -> Vec<String> {
    found(&set(&sample(), "/workloads/shop~1primes", workload.clone()))
}

#[test]
fn numbers_that_cannot_be_are_told() {
    let at = |member: &str| alloc::vec![format!("DS046 /workloads/shop~1primes/{member}")];
    assert_eq!(with(&json!({"cpuMsPerRequest": -1})), at("cpuMsPerRequest"));
    assert_eq!(with(&json!({"errorRate": 1.5})), at("errorRate"));
    assert_eq!(with(&json!({"errorRate": -0.1})), at("errorRate"));
    assert_eq!(with(&json!({"memoryMiB": 1_000_000})), at("memoryMiB"));
    let inner = json!({"containers": {"init": {"errorRate": 2}}});
    assert_eq!(with(&inner), at("containers/init/errorRate"));
    let sound = json!({"cpuMsPerRequest": 0, "errorRate": 1, "memoryMiB": 1});
    assert_eq!(with(&sound), Vec::<String>::new());
}

#[test]
fn names_that_mean_nothing_are_told() {
    let at = |member: &str| alloc::vec![format!("DS047 /workloads/shop~1primes/{member}")];
    assert_eq!(with(&json!({"startUpSecond": 1})), at("startUpSecond"));
    let inner = json!({"containers": {"init": {"exitcode": 1}}});
    assert_eq!(with(&inner), at("containers/init/exitcode"));
    assert_eq!(with(&json!({"note": "ours"})), Vec::<String>::new());
    let nobody = set(&sample(), "/workloads/shop~1prime", json!({}));
    assert_eq!(found(&nobody), ["DS047 /workloads/shop~1prime"]);
    let family = sample().task_definitions[0].family.clone();
    let of_run = format!("/workloads/shop~1family:{family}");
    let of_run = set(&sample(), &of_run, json!({}));
    assert_eq!(found(&of_run), Vec::<String>::new());
    let bare = set(&sample(), "/workloads/primes", json!({}));
    assert_eq!(found(&bare), ["DS047 /workloads/primes"]);
}
