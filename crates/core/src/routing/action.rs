//! What a rule or a listener's default does with a request (load-balancing-and-scaling.md 1.4,
//! 1.5), checked when the design was compiled.

use super::Outcome;
use crate::id::TargetGroupIx;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;

/// The actions of one rule: perhaps an authentication, then one action that routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    /// What stands before the action.
    pub authentication: Option<Authentication>,
    /// What is done.
    pub action: RoutingAction,
    /// What is changed of a request that is forwarded; at most one of each kind.
    pub transforms: Vec<Transform>,
}

impl Routed {
    /// The target groups that it forwards to.
    pub fn target_groups(&self) -> impl Iterator<Item = TargetGroupIx> + '_ {
        let groups = match &self.action {
            RoutingAction::Forward(forward) => forward.groups.as_slice(),
            RoutingAction::Redirect(_) | RoutingAction::FixedResponse(_) => &[],
        };
        groups.iter().map(|it| it.target_group)
    }
}

/// An action that routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoutingAction {
    /// To a target group.
    Forward(Forward),
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// The load balancer answers.
    FixedResponse(FixedResponse),
}

/// A forward to one to five target groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The groups in the document's order.
    pub groups: Vec<Weighted>,
    /// How long a client stays with its group; `None` where it does not.
    pub stickiness: Option<Millis>,
}

/// A target group and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The group.
    pub target_group: TargetGroupIx,
    /// 0 to 999; its share is this by the sum of all weights.
    pub weight: u32,
}

impl Forward {
    /// The sum of all weights.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.groups.iter().map(|it| it.weight).sum()
    }

    /// The group that a new request goes to, by a number that is drawn for it; `None` where all
    /// weights are zero.
    #[must_use]
    pub fn pick(&self, drawn: u64) -> Option<TargetGroupIx> {
        let mut at = drawn.checked_rem(self.total().into())?;
        for group in &self.groups {
            match at.checked_sub(group.weight.into()) {
                None => return Some(group.target_group),
                Some(rest) => at = rest,
            }
        }
        None
    }
}

/// A redirect; parts hold placeholders such as `#{host}` as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Its status.
    pub status: RedirectStatus,
    /// `HTTP`, `HTTPS` or `#{protocol}`.
    pub protocol: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: String,
    /// Path with its slash.
    pub path: String,
    /// Query without the question mark.
    pub query: String,
}

/// Status of a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectStatus {
    /// 301.
    MovedPermanently,
    /// 302.
    Found,
}

impl RedirectStatus {
    /// The status code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::MovedPermanently => 301,
            Self::Found => 302,
        }
    }
}

/// An answer of the load balancer's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedResponse {
    /// 2xx, 4xx or 5xx.
    pub status: u16,
    /// Content type, where one is stated.
    pub content_type: Option<String>,
    /// Body; empty where there is none.
    pub body: String,
}

/// An authentication before the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// Who is asked.
    pub kind: AuthenticationKind,
    /// What happens to a request that carries no session.
    pub unauthenticated: Unauthenticated,
}

impl Authentication {
    /// What becomes of a request without a session, unless it goes on.
    pub(super) const fn stops(self) -> Option<Outcome> {
        match self.unauthenticated {
            Unauthenticated::Allow => None,
            Unauthenticated::Authenticate | Unauthenticated::Deny => {
                Some(Outcome::Unauthenticated {
                    kind: self.kind,
                    answer: self.unauthenticated,
                })
            }
        }
    }
}

/// Who vouches for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationKind {
    /// An OpenID Connect provider.
    Oidc,
    /// An Amazon Cognito user pool.
    Cognito,
    /// A token of the request's own.
    Jwt,
}

/// What happens to a request that carries no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// It is sent to the provider with 302.
    Authenticate,
    /// It goes on.
    Allow,
    /// It is answered 401.
    Deny,
}

/// A change of a request on its way to the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transform {
    /// What it changes.
    pub kind: TransformKind,
    /// Regular expression that is looked for.
    pub regex: String,
    /// Replacement, with `$1` and so on for groups.
    pub replace: String,
}

/// What a transform changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TransformKind {
    /// The host header.
    HostHeader,
    /// Path and query.
    Url,
}
