//! What is wrong with workloads, in words.

use crate::model::WorkloadFault;
use alloc::format;
use alloc::string::{String, ToString};

/// What is wrong, and what to do.
pub(super) fn workload_words(fault: &WorkloadFault) -> (String, String) {
    match fault {
        WorkloadFault::CpuTime { written } => (
            format!("a request cannot take {written} ms of CPU time"),
            "write 0 or more".to_string(),
        ),
        WorkloadFault::ErrorRate { written } => (
            format!("{written} is not a share of answers"),
            "write 0 to 1: 0.01 is one answer in a hundred".to_string(),
        ),
        WorkloadFault::Memory { written, reserved } => (
            format!(
                "{written} MiB without any work are more than the {reserved} MiB that a task of the service has"
            ),
            "raise the memory of its task definition, or write less".to_string(),
        ),
        WorkloadFault::Service { name, near } => (
            format!("no service is called `{name}`, so this workload is nobody's"),
            near.as_ref().map_or_else(
                || "write the cluster and the service, as `cluster/service`".to_string(),
                |near| format!("did you mean `{near}`?"),
            ),
        ),
        WorkloadFault::Member { name, near } => (
            format!("a workload has no `{name}`, so this decides nothing"),
            format!("did you mean `{near}`?"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_nobody_is_told_with_the_service_that_is_meant() {
        let fault = |near: Option<&str>| WorkloadFault::Service {
            name: "c/wbe".into(),
            near: near.map(Into::into),
        };
        assert_eq!(
            workload_words(&fault(Some("c/web"))).1,
            "did you mean `c/web`?"
        );
        assert!(workload_words(&fault(None)).1.contains("cluster/service"));
    }
}
