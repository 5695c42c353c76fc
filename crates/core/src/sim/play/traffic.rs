//! Inputs about who asks: a source begins, changes, ends.

use crate::design::Design;
use crate::sim::select::hinted;
use crate::sim::traffic::{Checks, SOURCES_MAX, TrafficChange, TrafficFault, TrafficSource};
use crate::sim::world::World;
use crate::time::{Instant, Millis};
use crate::view::traffic_fault_words;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

impl World {
    pub(super) fn set_traffic(&mut self, change: &TrafficChange) -> Result<(), String> {
        check(change, &self.design, self.now.since(Instant::ZERO))?;
        let name = change.name().unwrap_or_default();
        let known = self.traffic.iter().position(|it| it.name() == name);
        let (at, source) = match known {
            Some(at) => (at, change.apply(&self.traffic[at])),
            None => (self.traffic.len(), self.beginning(change, name)?),
        };
        if self.traffic.get(at) == Some(&source) {
            return Err("it is so already".into());
        }
        self.settle_traffic();
        let sources = Arc::make_mut(&mut self.traffic);
        match sources.get_mut(at) {
            Some(known) => *known = source,
            None => sources.push(source),
        }
        Ok(())
    }

    pub(super) fn stop_traffic(&mut self, name: &str) -> Result<(), String> {
        let known = self.traffic.iter().position(|it| it.name() == name);
        let at = known.ok_or_else(|| self.no_source(name))?;
        self.settle_traffic();
        self.forget_source(at);
        Arc::make_mut(&mut self.traffic).remove(at);
        Ok(())
    }

    /// A source that is not there yet.
    fn beginning(&self, change: &TrafficChange, name: &str) -> Result<TrafficSource, String> {
        if change.listener.is_none() {
            let known = self.traffic.iter().map(TrafficSource::name);
            let sentence = format!(
                "no traffic is called `{name}`, and with `listener` and `requestsPerSecond` it \
                 would begin"
            );
            return Err(hinted(sentence, name, known));
        }
        if self.traffic.len() >= SOURCES_MAX {
            return Err(worded(&TrafficFault::TooManySources(SOURCES_MAX + 1)));
        }
        let begun = change.begin();
        begun.ok_or_else(|| format!("traffic `{name}` is new and needs `requestsPerSecond`"))
    }

    fn no_source(&self, name: &str) -> String {
        let known = self.traffic.iter().map(TrafficSource::name);
        hinted(format!("no traffic is called `{name}`"), name, known)
    }
}

/// Refuses what a scenario could not have: an input may come from elsewhere. The run has no end
/// that is known here.
fn check(change: &TrafficChange, design: &Design, now: Millis) -> Result<(), String> {
    let mut checks = Checks::new([design], Millis(u64::MAX));
    checks.change("", change, now);
    let first = checks.faults().into_iter().next();
    first.map_or(Ok(()), |(_, fault)| Err(worded(&fault)))
}

/// The fault with its hint.
fn worded(fault: &TrafficFault) -> String {
    let words = traffic_fault_words(fault);
    match words.hint {
        Some(hint) => format!("{}; {hint}", words.message),
        None => words.message,
    }
}
