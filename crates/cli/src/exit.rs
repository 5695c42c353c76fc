//! Exit codes, in one place, and how a command ends early.

use crate::terminal::Terminal;
use stowplan_runner::{Complaint, Failure};

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Pass,
    /// Something went wrong that is not the user's doing.
    Internal,
    /// The usage is wrong, or an input or engine cannot be used.
    Unusable,
    /// An assertion of a scenario failed, or an input had no effect.
    AssertionFailed,
    /// The document has errors, or what the command was told to fail on.
    DocumentErrors,
    /// A run took more than it was given.
    BudgetExhausted,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Internal => 1,
            Self::Unusable => 2,
            Self::AssertionFailed => 3,
            Self::DocumentErrors => 4,
            Self::BudgetExhausted => 5,
        }
    }

    /// The worse of two: what makes the other meaningless comes first.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Internal => 0,
            Self::Unusable => 1,
            Self::DocumentErrors => 2,
            Self::BudgetExhausted => 3,
            Self::AssertionFailed => 4,
            Self::Pass => 5,
        };
        if rank(other) < rank(self) {
            other
        } else {
            self
        }
    }
}

/// The same for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  all is well
  1  internal error
  2  wrong usage, a file that cannot be read or written, or an engine that does not answer
  3  an assertion failed, or an input of a scenario had no effect
  4  a document has errors (warnings too with `check --fail-on warning`; `fmt` leaves it as it is,
     or with `--check` would change it)
  5  the budget of turns is exhausted
Of several, the first in the order 1, 2, 4, 5, 3 counts.";

/// Why a command ends before its end.
#[derive(Debug)]
pub(crate) struct Stop(Failure);

impl Stop {
    /// An input that cannot be used.
    pub(crate) const fn unusable(complaint: Complaint) -> Self {
        Self(Failure::Unusable(complaint))
    }

    /// A file that holds no design, where one is needed.
    pub(crate) fn not_a_design(name: &str) -> Self {
        Self::unusable(Complaint {
            message: format!("`{name}` is not a design"),
            hint: Some("name the file that the page saved, `….stowplan.json`".into()),
        })
    }

    pub(crate) const fn exit(&self) -> Exit {
        match &self.0 {
            Failure::Unusable(_) => Exit::Unusable,
            Failure::Document(_) => Exit::DocumentErrors,
            Failure::Internal(_) => Exit::Internal,
        }
    }

    /// Says why on standard error.
    pub(crate) fn tell(&self, terminal: &mut Terminal) {
        match &self.0 {
            Failure::Unusable(complaint) => terminal.complain("error", complaint),
            Failure::Document(complaints) => {
                for complaint in complaints {
                    terminal.complain("error", complaint);
                }
            }
            Failure::Internal(error) => {
                let complaint = Complaint {
                    message: format!("{error:#}"),
                    hint: None,
                };
                terminal.complain("error", &complaint);
            }
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self(Failure::Internal(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_the_codes_that_are_used() {
        for exit in [
            Exit::Pass,
            Exit::Internal,
            Exit::Unusable,
            Exit::AssertionFailed,
            Exit::DocumentErrors,
            Exit::BudgetExhausted,
        ] {
            assert!(HELP.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }
}
