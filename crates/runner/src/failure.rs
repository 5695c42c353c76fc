//! How a command of the runner fails: by what is to blame, with words for a person.

use std::fmt;

/// What is wrong and, where we know it, what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Why a command ended.
#[derive(Debug)]
pub enum Failure {
    /// The input cannot be read, or what was named cannot be used.
    Unusable(Complaint),
    /// The document was read and is wrong.
    Document(Vec<Complaint>),
    /// Anything else; nobody matches on it.
    Internal(anyhow::Error),
}

impl Complaint {
    /// A complaint with a hint.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
