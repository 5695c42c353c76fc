//! Placement: filters, then strategies, then one choice (ecs.md 2.1); explained to whoever asks.
//!
//! Ties are broken by the host's index, that is by its place in the document. Choosing and
//! explaining use the same filters; strategies are compared by [`lane`] in the short way and by
//! [`score`] in the long one, and tests hold both against a third that follows AWS's text.

mod explain;
mod filter;
mod fits;
mod lane;
mod memory;
mod plan;
mod remedy;
mod room;
mod score;
mod tournament;
mod trial;

pub use explain::{Candidate, Explanation, explain};
pub use filter::{PortHolder, Verdict, ask_hosts, matching};
pub use memory::Placement;
pub use remedy::{Change, Remedy};
pub use trial::Trial;

pub(super) use explain::examine;
pub(super) use lane::Ticket;
pub(super) use score::Stoppable;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
