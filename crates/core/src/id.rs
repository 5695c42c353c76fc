//! Typed ids. Indices point into a [`crate::model::Model`] and keep their meaning when an edited
//! design is compiled again; task and deployment ids are drawn and look like those of ECS.

use core::fmt;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position as a `usize`, for indexing.
            #[must_use]
            pub const fn at(self) -> usize {
                self.0 as usize
            }

            /// The id of position `at`.
            #[must_use]
            pub fn from_at(at: usize) -> Self {
                Self(u32::try_from(at).expect("fewer than 2^32 parts of a kind"))
            }
        }
    )*};
}

// A macro because six hand-written copies of the same two functions would drift apart.
index! {
    /// A container instance (host) of the model.
    InstanceIx;
    /// An availability zone of the model.
    ZoneIx;
    /// A revision of a task definition.
    TaskDefinitionIx;
    /// A service.
    ServiceIx;
    /// A load balancer.
    LoadBalancerIx;
    /// A listener.
    ListenerIx;
    /// A target group.
    TargetGroupIx;
    /// A CloudWatch alarm.
    AlarmIx;
    /// A Cloud Map service.
    RegistryIx;
}

/// A task's id: 32 hexadecimal digits, as in a task ARN.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u128);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({self})")
    }
}

impl core::str::FromStr for TaskId {
    type Err = core::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

/// A deployment's id, printed `ecs-svc/` and 19 digits as ECS does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId(pub u64);

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Ten to the nineteenth: the modulus keeps the printed id at ECS's 19 digits.
        write!(f, "ecs-svc/{:019}", self.0 % 10_000_000_000_000_000_000)
    }
}
