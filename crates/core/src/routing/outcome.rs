//! What becomes of a request (load-balancing-and-scaling.md 1.4, 1.5, 1.7).

use super::{
    AuthenticationKind, FixedResponse, RedirectStatus, TransformKind, Unauthenticated, Weighted,
};
use crate::id::TargetGroupIx;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The load balancer answers before it asks any rule.
    Refused(Refusal),
    /// The request carries no session where one is asked for.
    Unauthenticated {
        /// Who vouches for clients.
        kind: AuthenticationKind,
        /// 302 to the provider, or 401; never `Allow`, which goes on.
        answer: Unauthenticated,
    },
    /// It goes to a target group.
    Forwarded(Forwarded),
    /// It would go to a target group, and all weights are zero.
    NoWeight {
        /// The answer, by the setting.
        status: u16,
    },
    /// A transform found what it looks for and made something of it that cannot be sent.
    RewriteFailed {
        /// All transforms up to the one that failed.
        rewritings: Vec<Rewriting>,
    },
    /// The client is sent elsewhere.
    Redirected {
        /// Status.
        status: RedirectStatus,
        /// The `Location` header.
        location: String,
    },
    /// The client would be sent to a URL that is too long.
    RedirectTooLong {
        /// Its bytes.
        length: usize,
        /// The answer, by the setting.
        status: u16,
    },
    /// The load balancer answers.
    Answered(FixedResponse),
}

impl Outcome {
    /// The target groups that may get the request: those with a weight that is not zero.
    #[must_use]
    pub fn asked_groups(&self) -> Vec<TargetGroupIx> {
        match self {
            Self::Forwarded(forwarded) => {
                let weighted = forwarded.groups.iter().filter(|it| it.weight > 0);
                weighted.map(|it| it.target_group).collect()
            }
            Self::Refused(_)
            | Self::Unauthenticated { .. }
            | Self::NoWeight { .. }
            | Self::RewriteFailed { .. }
            | Self::Redirected { .. }
            | Self::RedirectTooLong { .. }
            | Self::Answered(_) => Vec::new(),
        }
    }

    /// The status that the load balancer answers with; `None` where a target answers.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Forwarded(_) => None,
            Self::Refused(refusal) => Some(refusal.status()),
            Self::Unauthenticated { answer, .. } => Some(match answer {
                Unauthenticated::Authenticate => 302,
                Unauthenticated::Allow | Unauthenticated::Deny => 401,
            }),
            Self::NoWeight { status } | Self::RedirectTooLong { status, .. } => Some(*status),
            Self::RewriteFailed { .. } => Some(500),
            Self::Redirected { status, .. } => Some(status.code()),
            Self::Answered(response) => Some(response.status),
        }
    }
}

/// A request as a target gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// The groups and their weights; at least one weight is not zero.
    pub groups: Vec<Weighted>,
    /// The sum of the weights.
    pub total: u32,
    /// How long a client stays with its group.
    pub stickiness: Option<Millis>,
    /// Host header as the target gets it.
    pub host: String,
    /// Path and query as the target gets them.
    pub url: String,
    /// What the transforms did.
    pub rewritings: Vec<Rewriting>,
}

/// What one transform did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewriting {
    /// What it changes.
    pub kind: TransformKind,
    /// What it looked at.
    pub input: String,
    /// What it made of it.
    pub result: Rewritten,
}

/// What a transform made of its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// Its expression was not found.
    Unchanged,
    /// This.
    To(String),
    /// This, which cannot be sent.
    Failed(String),
}

/// Why the load balancer answers before it asks any rule (1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// TRACE: 405.
    Trace,
    /// A request line of more than 16K: 414.
    RequestLineTooLong,
    /// A header of more than 16K: 400.
    HeaderTooLong,
    /// Headers of more than 64K: 400.
    HeadersTooLong,
    /// More than 30 addresses in X-Forwarded-For: 463.
    TooManyForwardedFor,
    /// A Transfer-Encoding other than chunked and identity: 501.
    TransferEncoding,
    /// No request at all: a method, path, host or header with characters that HTTP does not
    /// have there: 400.
    Malformed,
}

impl Refusal {
    /// The status code of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Trace => 405,
            Self::RequestLineTooLong => 414,
            Self::HeaderTooLong | Self::HeadersTooLong | Self::Malformed => 400,
            Self::TooManyForwardedFor => 463,
            Self::TransferEncoding => 501,
        }
    }
}
