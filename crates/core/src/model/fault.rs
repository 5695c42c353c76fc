//! What is wrong with listeners and rules, as data (load-balancing-and-scaling.md 1.1 to 1.5).
//!
//! Beside [`super::Problem`], so that the many ways in which AWS refuses a rule do not crowd the
//! rest of a design's problems out.

use crate::routing::RegexFault;
use crate::severity::Severity;
use alloc::string::String;

/// What is wrong with a listener or a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoutingFault {
    /// A condition.
    Condition(ConditionFault),
    /// An action.
    Action(ActionFault),
    /// A redirect or a fixed response.
    Answer(AnswerFault),
    /// A transform.
    Transform(TransformFault),
    /// A listener.
    Listener(ListenerFault),
    /// More than AWS takes.
    Limit {
        /// Of what.
        quota: Quota,
        /// How many there are.
        count: usize,
    },
}

/// What is wrong with a condition, or with the conditions of a rule (1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionFault {
    /// A rule without conditions.
    None,
    /// A condition without values.
    NoValues,
    /// Values in two places.
    TwoPlaces,
    /// A configuration of another field than the condition's.
    OtherConfig {
        /// Its name.
        config: &'static str,
    },
    /// `Values` or `RegexValues` of the condition where only the configuration takes them.
    ConfigNeeded {
        /// Its name.
        config: &'static str,
    },
    /// More than one entry in the condition's own `Values`.
    OneValueOnly,
    /// Values and regular expressions in one condition.
    ValuesAndRegexes,
    /// A regular expression for a field that takes none.
    RegexNotHere,
    /// A second condition of a field that a rule has once.
    Repeated,
    /// A text that is too long.
    TooLong {
        /// Its characters.
        length: usize,
        /// The most.
        most: usize,
    },
    /// A character that the field does not take.
    Character {
        /// The character.
        character: char,
    },
    /// A method that is one but for the case of its letters.
    MethodCase {
        /// It in upper case.
        method: String,
    },
    /// A `*` or `?` in a method, which has no wildcards.
    MethodWildcard,
    /// A path with a query behind it.
    PathWithQuery,
    /// A host with a port behind it.
    HostWithPort,
    /// A host without a dot.
    HostWithoutDot,
    /// A host with something else than letters behind its last dot.
    HostEnd,
    /// An http-header condition on Host.
    HostAsHeader,
    /// A header name that is no token.
    HeaderName,
    /// No CIDR block.
    Cidr,
    /// `255.255.255.255/32`.
    Broadcast,
    /// A regular expression that AWS does not take.
    Regex(RegexFault),
}

/// What is wrong with the actions of a rule or listener (1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionFault {
    /// No forward, redirect or fixed-response.
    NoRouting,
    /// A second forward, redirect or fixed-response.
    SecondRouting,
    /// A second authentication.
    SecondAuthentication,
    /// An authentication behind the action that routes.
    RoutingNotLast,
    /// Several actions, and one of them without `Order`.
    NoOrder,
    /// Two actions with one `Order`.
    SameOrder,
    /// An `Order` outside 1 to 50000.
    OrderOutOfRange {
        /// As written.
        order: u32,
    },
    /// An authentication on a listener that is not HTTPS.
    AuthenticationNeedsHttps,
    /// An action without its configuration.
    NoConfig {
        /// The configuration's name.
        config: &'static str,
    },
    /// A `TargetGroupArn` beside a `ForwardConfig` that says otherwise.
    TwoPlaces,
    /// A target group that is listed twice.
    GroupTwice,
    /// Several target groups, and one of them without a weight.
    NoWeight,
    /// A weight above 999.
    WeightOutOfRange {
        /// As written.
        weight: u32,
    },
    /// All weights are zero.
    AllWeightsZero,
    /// Stickiness without a duration of 1 to 604800 s.
    StickinessDuration,
    /// Target groups keep their clients, and the forward over several of them does not.
    StickinessNeeded,
    /// Another action than a forward on a listener that has no HTTP.
    ForwardOnly,
}

/// What is wrong with a redirect or a fixed response (1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// A redirect's status other than `HTTP_301` and `HTTP_302`.
    RedirectStatus,
    /// A redirect's protocol other than HTTP, HTTPS and `#{protocol}`.
    RedirectProtocol,
    /// A redirect's port outside 1 to 65535.
    RedirectPort,
    /// A part of a redirect that is too short or too long.
    RedirectLength {
        /// Its characters.
        length: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// A redirect's path without its slash.
    RedirectPath,
    /// A redirect's query with its question mark.
    RedirectQuery,
    /// A placeholder that the part does not take.
    Placeholder {
        /// As written.
        text: String,
    },
    /// A redirect that leads where it came from.
    RedirectLoop,
    /// A redirect from HTTPS to HTTP.
    RedirectDowngrade,
    /// A status of a fixed response other than 2xx, 4xx and 5xx.
    FixedStatus,
    /// A body of a fixed response that is too long.
    FixedBody {
        /// Its characters.
        length: usize,
    },
}

/// What is wrong with a transform (1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransformFault {
    /// Transforms of a default rule.
    OnDefault,
    /// A second transform of its type.
    Twice,
    /// Another number of rewrites than one.
    Rewrites {
        /// How many.
        count: usize,
    },
    /// A text of more than 1024 characters.
    TooLong {
        /// Its characters.
        length: usize,
    },
    /// A replacement that refers to a group that the expression does not have.
    NoSuchGroup {
        /// The group.
        group: usize,
        /// How many there are.
        groups: usize,
    },
    /// A regular expression that AWS does not take.
    Regex(RegexFault),
}

/// What is wrong with a listener (1.1, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerFault {
    /// Port 0.
    Port,
    /// A protocol that its kind of load balancer does not have.
    Protocol,
    /// A rule of a listener that takes none.
    TakesNoRules,
}

/// What AWS counts (1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Values of one condition.
    ConditionValues,
    /// Values of all conditions of a rule.
    RuleValues,
    /// Wildcards of all conditions of a rule.
    RuleWildcards,
    /// Target groups of one forward.
    ForwardGroups,
    /// Rules of a load balancer, but for default ones.
    BalancerRules,
    /// Target groups of a load balancer.
    BalancerGroups,
    /// Listeners of a load balancer.
    BalancerListeners,
    /// Load balancers of a target group.
    GroupBalancers,
}

impl Quota {
    /// The most that AWS takes.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::ConditionValues => 3,
            Self::RuleValues | Self::RuleWildcards | Self::ForwardGroups => 5,
            Self::BalancerRules | Self::BalancerGroups => 100,
            Self::BalancerListeners => 50,
            Self::GroupBalancers => 1,
        }
    }

    /// Whether AWS raises it, or it is in doubt: three values for a condition stand in the guide,
    /// but not among the quotas of the same guide.
    #[must_use]
    pub const fn is_soft(self) -> bool {
        match self {
            Self::ConditionValues | Self::BalancerRules | Self::BalancerListeners => true,
            Self::RuleValues
            | Self::RuleWildcards
            | Self::ForwardGroups
            | Self::BalancerGroups
            | Self::GroupBalancers => false,
        }
    }
}

impl RoutingFault {
    /// The stable id under which the finding is documented.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Condition(_) => "DS034",
            Self::Action(_) => "DS035",
            Self::Answer(_) => "DS036",
            Self::Transform(_) => "DS037",
            Self::Listener(_) => "DS038",
            Self::Limit { .. } => "DS039",
        }
    }

    /// How bad it is: an error where AWS refuses the call.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Limit { quota, .. } if quota.is_soft() => Severity::Warning,
            Self::Action(ActionFault::AllWeightsZero) => Severity::Warning,
            Self::Condition(_)
            | Self::Action(_)
            | Self::Answer(_)
            | Self::Transform(_)
            | Self::Listener(_)
            | Self::Limit { .. } => Severity::Error,
        }
    }
}
