//! Words for requests that fail.

use crate::control::RequestFailure;
use crate::id::{TargetGroupIx, TaskId};
use crate::model::Model;
use crate::sim::traffic::{Micro, REQUEST};
use crate::time::Instant;
use alloc::format;
use alloc::string::String;

/// Why a request failed, behind a colon.
#[must_use]
pub(super) const fn failure_words(failure: RequestFailure) -> &'static str {
    match failure {
        RequestFailure::EmptyGroup => "the target group has no registered target",
        RequestFailure::EmptyZone => {
            "the zone of the load balancer's node has no registered target"
        }
        RequestFailure::NoWeight => "every target group of the action has weight 0",
        RequestFailure::NoHealthyTarget => "no target is healthy",
        RequestFailure::ConnectionRefused => "the target refuses connections",
        RequestFailure::ConnectionReset => "the task ended with requests in flight",
        RequestFailure::DelayExpired => "the deregistration delay was over with requests in flight",
        RequestFailure::ConnectTimeout => "no connection to the target within the connect timeout",
        RequestFailure::IdleTimeout => "no answer of the target within the idle timeout",
        RequestFailure::TargetError => "the target answers with an error",
        RequestFailure::NodeUnreachable => "the load balancer's node in the zone is unreachable",
    }
}

/// The status that a client of a group gets; `None` where nobody answers, or where the load
/// balancer speaks no HTTP and so resets connections instead.
pub(super) fn status(model: &Model, group: TargetGroupIx, failure: RequestFailure) -> Option<u16> {
    let mut balancers = model.target_group(group).balancers.iter();
    let has_status = balancers.all(|it| model.load_balancer(*it).kind.has_status());
    failure.status().filter(|_| has_status)
}

/// A status as a client sees it.
fn status_words(model: &Model, group: TargetGroupIx, failure: RequestFailure) -> String {
    match status(model, group, failure) {
        Some(status) => format!("with {status}"),
        None => "without an answer".into(),
    }
}

/// A number of requests: to a tenth below ten, whole above.
#[must_use]
pub(super) fn requests_words(count: Micro) -> String {
    let tenths = (count + REQUEST / 20) / (REQUEST / 10);
    if tenths < 100 {
        return format!("{}.{}", tenths / 10, tenths % 10);
    }
    format!("{}", (count + REQUEST / 2) / REQUEST)
}

/// A rate in millionths of a request per second: `120 req/s`.
#[must_use]
pub fn rate_words(rate: Micro) -> String {
    format!("{} req/s", requests_words(rate))
}

/// What fails of it: `3.0 failed/s`.
#[must_use]
pub fn failing_rate_words(rate: Micro) -> String {
    format!("{} failed/s", requests_words(rate))
}

/// What one task gets, as short as a tile is narrow: `30/s`.
#[must_use]
pub fn short_rate_words(rate: Micro) -> String {
    format!("{}/s", requests_words(rate))
}

pub(super) fn failing_text(
    model: &Model,
    target_group: TargetGroupIx,
    failure: RequestFailure,
    task: Option<TaskId>,
) -> String {
    let group = &model.target_group(target_group).name;
    let (status, why) = (
        status_words(model, target_group, failure),
        failure_words(failure),
    );
    let task = task.map_or_else(String::new, |task| format!(" (task {task})"));
    format!("requests to {group} fail {status}: {why}{task}")
}

pub(super) fn failed_text(
    model: &Model,
    target_group: TargetGroupIx,
    failure: RequestFailure,
    count: Micro,
    (began, ended): (Instant, Instant),
) -> String {
    let group = &model.target_group(target_group).name;
    let (status, why) = (
        status_words(model, target_group, failure),
        failure_words(failure),
    );
    let count = requests_words(count);
    let when = if began == ended {
        format!("at {began}")
    } else {
        format!("from {began} to {ended}")
    };
    format!("{count} requests to {group} failed {status} {when}: {why}")
}
