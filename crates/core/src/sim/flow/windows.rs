//! Stretches of time in which requests fail for one reason, told when they begin and when they
//! are over: a list of events with one line a second would tell less.

use super::group::Failed;
use crate::control::{Event, EventKind, RequestFailure};
use crate::id::TargetGroupIx;
use crate::sim::traffic::Micro;
use crate::time::{Instant, Millis};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A reason is over once nothing has failed for it this long. Our choice: longer than the gap
/// between two requests of a trickle, shorter than any health check can change anything.
const QUIET: Millis = Millis::seconds(5);

/// Fewer requests than this are not told, in millionths: what is left of a share after rounding.
const TOLD_LEAST: Micro = 10_000;

/// Reasons for which requests fail just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Windows(BTreeMap<(TargetGroupIx, RequestFailure), Window>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Window {
    began: Instant,
    last: Instant,
    count: Micro,
    is_told: bool,
}

impl Windows {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn fail(
        &mut self,
        now: Instant,
        target_group: TargetGroupIx,
        failed: &Failed,
        log: &mut Vec<Event>,
    ) {
        let key = (target_group, failed.failure);
        let window = self.0.entry(key).or_insert(Window {
            began: now,
            last: now,
            count: 0,
            is_told: false,
        });
        window.last = now;
        window.count += failed.count;
        if !window.is_told && window.count >= TOLD_LEAST {
            window.is_told = true;
            let kind = EventKind::RequestsFail {
                target_group,
                failure: failed.failure,
                task: failed.task,
            };
            log.push(Event { at: now, kind });
        }
    }

    pub(super) fn close(&mut self, now: Instant, log: &mut Vec<Event>) {
        self.0.retain(|(target_group, failure), window| {
            let is_over = now.since(window.last) >= QUIET;
            if is_over && window.is_told {
                let kind = EventKind::RequestsFailed {
                    target_group: *target_group,
                    failure: *failure,
                    count: window.count,
                    began: window.began,
                    ended: window.last,
                };
                log.push(Event { at: now, kind });
            }
            !is_over
        });
    }
}
