//! What is wrong with the order of a listener's rules, as data. It is found by
//! [`crate::routing::lint`], which only tells what is proven.

use crate::routing::{Example, Impossible};
use crate::severity::Severity;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What is wrong with a rule's place among the rules of its listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderFault {
    /// No request meets its conditions.
    Impossible(Impossible),
    /// Earlier rules match all that it matches.
    Shadowed {
        /// Their priorities, ascending; of several each is needed.
        priorities: Vec<u32>,
    },
    /// It shares requests with an earlier rule that does something else, and neither is an
    /// exception of the other.
    Overlaps {
        /// Priority of the first such rule.
        earlier: u32,
        /// How many rules behind this one share requests with it as well.
        more: u32,
        /// A request of both.
        example: Box<Example>,
    },
}

impl OrderFault {
    /// The stable id under which the finding is documented.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Impossible(_) | Self::Shadowed { .. } => "DS060",
            Self::Overlaps { .. } => "DS061",
        }
    }

    /// How bad it is. AWS takes such rules; one that is never reached is hardly meant.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Impossible(_) | Self::Shadowed { .. } => Severity::Warning,
            Self::Overlaps { .. } => Severity::Info,
        }
    }
}
