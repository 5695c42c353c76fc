//! The table at the end of `cargo xtask test`: what ran, what failed, and what was NOT RUN.

use std::fmt;
use std::time::Duration;

/// How one suite ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Every test passed.
    Passed(Duration),
    /// A test failed, or the suite could not be set up.
    Failed(anyhow::Error),
    /// Left out, and why.
    NotRun(String),
}

/// The outcomes of all suites in the order in which they stand.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: Vec<(&'static str, Outcome)>,
}

impl Summary {
    /// Adds the outcome of a suite.
    pub(crate) fn add(&mut self, suite: &'static str, outcome: Outcome) {
        self.rows.push((suite, outcome));
    }

    /// How many suites failed.
    pub(crate) fn failures(&self) -> usize {
        self.rows
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
            .count()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (suite, outcome) in &self.rows {
            writeln!(f, "    {suite:<40} {outcome}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(taken) => write!(f, "passed   {} s", taken.as_secs()),
            Self::Failed(error) => write!(f, "FAILED   {error:#}"),
            Self::NotRun(reason) => write!(f, "NOT RUN  {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_run_is_said_in_capitals() {
        let mut summary = Summary::default();
        summary.add("native", Outcome::Passed(Duration::from_secs(7)));
        summary.add("docker", Outcome::NotRun("--skip docker".to_owned()));
        summary.add("browser", Outcome::Failed(anyhow::anyhow!("no page")));
        assert_eq!(summary.failures(), 1);
        let text = summary.to_string();
        assert!(text.contains("passed   7 s"), "{text}");
        assert!(text.contains("NOT RUN  --skip docker"), "{text}");
        assert!(text.contains("FAILED   no page"), "{text}");
    }
}
