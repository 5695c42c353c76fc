//! Watching engines: a list now and again, and a nudge whenever something happens.

use crate::agent::{Report, Reports};
use crate::host::{Host, causes};
use crate::labels::MANAGED;
use crate::observe::seen;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt;
use std::time::{Duration, Instant as Clock};

/// How long to wait before an engine's events are asked for again.
const RECONNECT: Duration = Duration::from_secs(2);

/// Lists our containers on `host` and reports them.
pub(crate) async fn list(at: usize, host: Host, reports: Reports) {
    let asked = Clock::now();
    let seen = seen(&host).await.map_err(|error| causes(&error));
    // The loop may have ended.
    let _ = reports.send(Report::Listed {
        host: at,
        asked,
        seen,
    });
}

/// Reports that something happened to a container of ours, for as long as anyone listens. What
/// it was is read from the list: one way of seeing, whether an event came or was missed.
pub(crate) async fn events(at: usize, host: Host, reports: Reports) {
    let filters = [
        ("type".to_owned(), vec!["container".to_owned()]),
        ("label".to_owned(), vec![MANAGED.to_owned()]),
    ];
    let options = EventsOptionsBuilder::new()
        .filters(&filters.into_iter().collect())
        .build();
    while !reports.is_closed() {
        let mut events = Box::pin(host.docker.events(Some(options.clone())));
        while let Some(Ok(event)) = events.next().await {
            let action = event.action.unwrap_or_default();
            let matters = ["die", "destroy", "health_status"]
                .iter()
                .any(|it| action.starts_with(it));
            if matters && reports.send(Report::Stirred { host: at }).is_err() {
                return;
            }
        }
        tokio::time::sleep(RECONNECT).await;
    }
}
