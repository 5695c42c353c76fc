//! Pulling images: how long it takes, what a host keeps, what fails (ecs.md 4).
//!
//! Pulls do not slow each other down: Docker unpacks each on one core, which is what limits them
//! on a Nitro host. What two tasks both lack is pulled once. Images are never cleaned up.

use super::container::Life;
use crate::draw::{Stream, draw_below};
use crate::id::TaskId;
use crate::sim::faults::registry;
use crate::sim::host::PullBehavior;
use crate::sim::world::{Due, World};
use crate::time::{Instant, Millis};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

/// Pull times vary by up to this many percent. Our guess.
const PULL_JITTER_PERCENT: u64 = 20;

/// From one attempt that failed to the next. Our guess.
const RETRY_PAUSE: Millis = Millis::seconds(15);

/// Why an image cannot be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum PullFailure {
    /// The registry has no such image.
    Missing,
    /// The registry does not answer.
    NoAnswer,
}

impl PullFailure {
    /// The error as the agent reports it, after Docker's own words.
    pub(super) fn reason(self, image: &str) -> String {
        let prefix = "CannotPullContainerError: Error response from daemon";
        match self {
            Self::Missing => format!(
                "{prefix}: manifest for {image} not found: manifest unknown: Requested image not found"
            ),
            Self::NoAnswer => format!(
                "{prefix}: Get \"https://{}/v2/\": net/http: request canceled while waiting for \
                 connection (Client.Timeout exceeded while awaiting headers)",
                registry(image)
            ),
        }
    }
}

impl World {
    /// Begins to pull the image of a container.
    pub(super) fn pull(&mut self, task: TaskId, container: usize) {
        let until = self.now + self.model.settings.pull_retries;
        self.try_pull(task, container, until);
    }

    /// Pulls, or tries again after a pause while it is not `until` yet.
    pub(super) fn try_pull(&mut self, task: TaskId, container: usize, until: Instant) {
        let Some(agent) = self.agents.get(&task) else {
            return;
        };
        let document = Arc::clone(&agent.document);
        let image = &document.container_definitions[container].image;
        let size = self.image_size_mib(agent, container);
        let instance = agent.instance;
        let behavior = self.agent_config(instance).pull_behavior;
        let settings = self.model.settings;
        let now = self.now;
        let known = self
            .hosts
            .get(&instance)
            .and_then(|it| it.images.get(image));
        let ready_in = known.map(|at| at.since(now));
        let failure = if self.faults.is_out(image) {
            Some((PullFailure::NoAnswer, settings.registry_timeout))
        } else if self.faults.images.contains(image) {
            Some((PullFailure::Missing, settings.cached_pull))
        } else {
            None
        };
        let pulled = Due::Pulled(task, container);
        let (length, due) = match (ready_in, failure, behavior) {
            (Some(wait), _, PullBehavior::Once | PullBehavior::PreferCached) => (wait, pulled),
            (Some(wait), Some((_, asked)), PullBehavior::Default) => (asked + wait, pulled),
            (_, Some((why, asked)), _) => {
                let failed = Due::PullFailed {
                    task,
                    container,
                    why,
                    until,
                };
                (asked + RETRY_PAUSE, failed)
            }
            // Of an image that the host has, or another task is pulling, only the manifest is asked.
            (Some(wait), None, PullBehavior::Default | PullBehavior::Always) => {
                (settings.cached_pull + wait, pulled)
            }
            (None, None, _) => {
                let length = self.pull_time(task, container, size);
                let host = self.hosts.entry(instance).or_default();
                let images = &mut Arc::make_mut(host).images;
                images.insert(image.clone(), now + length);
                (settings.cached_pull + length, pulled)
            }
        };
        if let Some(agent) = self.agent(task) {
            agent.containers[container].life = Life::Pulling;
        }
        self.due_in(length, due);
    }

    /// The image's size over the bandwidth, and chance.
    fn pull_time(&self, task: TaskId, container: usize, size_mib: u64) -> Millis {
        let even = size_mib * 1000 / self.model.settings.pull_mib_per_second.max(1);
        let number = (task.0 & u128::from(u64::MAX)) as u64 ^ container as u64;
        let spread = 2 * PULL_JITTER_PERCENT + 1;
        let drawn = draw_below(self.control.seed, Stream::Pull, number, spread);
        Millis(even * (100 - PULL_JITTER_PERCENT + drawn) / 100)
    }
}
