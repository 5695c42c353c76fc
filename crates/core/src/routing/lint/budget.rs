//! What may be spent on proofs, and what a proof says.

/// Steps that may still be taken. A step looks at one place of one value.
#[derive(Debug)]
pub(super) struct Budget(u64);

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Takes steps; `false` once there are not as many left.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let rest = self.0.checked_sub(steps);
        self.0 = rest.unwrap_or(0);
        rest.is_some()
    }

    /// Whether nothing more can be found out.
    pub(super) const fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// What is known of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Neither was shown.
    Unknown,
}

impl Proof {
    /// Whether all claims hold; the first that does not decides.
    pub(super) fn all(claims: impl Iterator<Item = Self>) -> Self {
        let mut known = Self::Yes;
        for claim in claims {
            match claim {
                Self::Yes => {}
                Self::No => return Self::No,
                Self::Unknown => known = Self::Unknown,
            }
        }
        known
    }

    /// Whether any claim holds; the first that does decides.
    pub(super) fn any(claims: impl Iterator<Item = Self>) -> Self {
        let mut known = Self::No;
        for claim in claims {
            match claim {
                Self::Yes => return Self::Yes,
                Self::No => {}
                Self::Unknown => known = Self::Unknown,
            }
        }
        known
    }
}
